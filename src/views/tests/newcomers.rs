//! The right column of the decision table: people who hold no managed number.

use super::pages::{explained, page};
use crate::directory::Attribute;
use crate::numbering::NumberType;
use crate::plan::tests::world::{Town, ago, id, number, ruled_by, town};
use crate::plan::{
    ChangeStatus, Exemption, GoneHow, Mode, OpenStep, Reason, StepError, StepState, Wait,
};
use crate::report::{ChangeReport, UserRef, person_text};
use crate::store::Held;
use insta::assert_snapshot;

fn anna(licences: &str) -> Town {
    town().user("anna", licences)
}

#[test]
fn somebody_exempt() {
    let exempt = Exemption {
        reason: "wants no number".to_owned(),
        until: None,
    };
    assert_snapshot!(page(&anna("E5+").with("anna", |u| u.facts.exempt = Some(exempt)), "anna"), @"");
}

#[test]
fn somebody_gone() {
    assert_snapshot!(page(&anna("E5+").gone("anna", GoneHow::Deleted, 5), "anna"), @"");
}

#[test]
fn somebody_whose_licence_is_on_its_way() {
    assert_snapshot!(page(&anna("E5").with("anna", |u| u.facts.pending_since = Some(ago(10))), "anna"), @"");
}

#[test]
fn somebody_without_a_licence() {
    assert_snapshot!(page(&anna("E3+"), "anna"), @"");
}

#[test]
fn somebody_without_teams() {
    assert_snapshot!(page(&anna("TP+"), "anna"), @"");
}

#[test]
fn somebody_disabled() {
    assert_snapshot!(page(&anna("E5+").with("anna", |u| u.user.enabled = false), "anna"), @"");
}

#[test]
fn somebody_who_waits_for_a_person() {
    let waits = |wait| anna("E5+").with("anna", |u| u.facts.wait = Some(wait));
    assert_snapshot!(page(&waits(Wait::RemovedOutside), "anna"), @"");
    assert_snapshot!(page(&waits(Wait::ReleasedByHand), "anna"), @"");
}

#[test]
fn somebody_pinned() {
    assert_snapshot!(page(&anna("E5+").pinned("anna", 1005), "anna"), @"");
}

#[test]
fn somebody_excluded() {
    let rules = r#"
        exclude "contractors" when employee_type = "Contractor"
        range "muc" { type direct-routing numbers +49 89 5550 1000 to 1009 quarantine 0 days when city = "Munich" }"#;
    let town = ruled_by(rules).user("anna", "E5+").attribute(
        "anna",
        Attribute::EmployeeType,
        "Contractor",
    );
    assert_snapshot!(page(&town, "anna"), @"");
}

#[test]
fn somebody_whom_a_range_fits() {
    assert_snapshot!(page(&anna("E5+"), "anna"), @"");
    let watching = |town: &mut Town| town.settings.mode = Mode::Observe;
    assert_snapshot!(page(&anna("E5+").had("anna", 1004, 48).but(watching), "anna"), @"");
}

#[test]
fn somebody_whom_no_range_fits() {
    let rules = r#"
        range "garden" {
          type direct-routing numbers +49 89 5550 1000 to 1009 quarantine 0 days
          when city = "München" AND office = "Garden"
        }
        range "bonn" {
          type direct-routing numbers +49 228 5550 100 to 109 quarantine 0 days when city = "Bonn" OR city = "Cologne"
        }"#;
    let town = ruled_by(rules)
        .user("anna", "E5+")
        .attribute("anna", Attribute::City, "Munchen")
        .attribute("anna", Attribute::Office, "garden");
    assert_snapshot!(page(&town, "anna"), @"");
}

#[test]
fn somebody_with_a_number_that_is_taken_over() {
    assert_snapshot!(page(&anna("E5+").listed(1003, Some("anna")), "anna"), @"");
}

#[test]
fn somebody_about_whom_an_unread_group_decides() {
    let rules = r#"
        exempt "board" when groups has "11111111-2222-3333-4444-555555555555"
        range "muc" { type direct-routing numbers +49 89 5550 1000 to 1009 quarantine 0 days when city = "Munich" }"#;
    assert_snapshot!(page(&ruled_by(rules).user("anna", "E5+"), "anna"), @"");
}

#[test]
fn somebody_whose_change_is_under_way() {
    let planned = anna("E5+").plan().plan.changes.remove(0);
    let town = anna("E5+").but(|town| {
        town.state.open_steps.push(OpenStep {
            id: 1,
            sync: "0000008-c3d4".to_owned(),
            change: planned,
            state: StepState::Waiting,
            claimed: ago(3),
            started: Some(ago(3)),
            operation: None,
            not_before: Some(ago(-1)),
            attempts: 2,
            error: Some(StepError::LicenceNotReady(
                "Teams does not show PhoneSystem for the person yet".to_owned(),
            )),
        });
    });
    assert_snapshot!(page(&town, "anna"), @"");
}

#[test]
fn somebody_whose_change_is_held() {
    let change = ChangeReport {
        action: "assign".to_owned(),
        user: UserRef {
            id: id("anna"),
            upn: "anna".to_owned(),
        },
        number: number(1000),
        range: Some("muc".to_owned()),
        number_type: NumberType::DirectRouting,
        reason: Reason::Rule,
        policy: None,
        status: ChangeStatus::Held,
        error: None,
        why: String::new(),
    };
    let held = Held {
        sync: "0000009-e5f6".to_owned(),
        changes: vec![change],
        created: ago(2),
    };
    let text = person_text(&explained(&anna("E5+"), "anna", Some(&held)));
    let decided: Vec<&str> = text
        .lines()
        .filter(|line| line.starts_with("decision"))
        .collect();
    assert_snapshot!(decided.join("\n"), @"");
}
