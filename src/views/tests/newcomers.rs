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
    assert_snapshot!(page(&anna("E5+").with("anna", |u| u.facts.exempt = Some(exempt)), "anna"), @r#"
    person     anna (616e6e61-0000-0000-0000-000000000000), person
    decision   none: gets no number
    because    the person is left alone altogether: exempt by hand: wants no number
    licence    phone-system
               - MCOEV (Phone System) is Enabled, brought by E5: it counts
               - TEAMS1 (Teams) is Enabled, brought by E5: it counts
    besides    exempt: wants no number
    ranges     muc: fits: city = "Munich"
               zrh: no: city = "Zurich" (it is "Munich")
               us: not asked: its numbers are calling-plan, which need a calling plan
    "#);
}

#[test]
fn somebody_gone() {
    assert_snapshot!(page(&anna("E5+").gone("anna", GoneHow::Deleted, 5), "anna"), @r#"
    person     anna (616e6e61-0000-0000-0000-000000000000), person
    decision   none: gets no number
    because    the person is gone: deleted for good; known since 2026-03-02T03:00:00Z
    licence    phone-system
               - MCOEV (Phone System) is Enabled, brought by E5: it counts
               - TEAMS1 (Teams) is Enabled, brought by E5: it counts
    ranges     muc: fits: city = "Munich"
               zrh: no: city = "Zurich" (it is "Munich")
               us: not asked: its numbers are calling-plan, which need a calling plan
    "#);
}

#[test]
fn somebody_whose_licence_is_on_its_way() {
    assert_snapshot!(page(&anna("E5").with("anna", |u| u.facts.pending_since = Some(ago(10))), "anna"), @r"
    person     anna (616e6e61-0000-0000-0000-000000000000), person
    decision   wait: gets no number yet: a licence with Phone System is assigned, its plans have not arrived yet
    because    it is in doubt whether the person is licensed: a licence with Phone System is assigned, its plans have not arrived yet
    licence    none
               - no entry of the user's plans is for Phone System
               - no entry of the user's plans is for Teams
               - E5 is assigned and carries Phone System, which has not arrived at the user yet
    next look  2026-03-04 22:00 UTC, without any change
    ranges     muc, us, zrh: not asked: no range is offered without a voice licence
    notes      licence-pending: a licence with Phone System is assigned, its plans have not arrived yet
                 Nothing to do: Microsoft usually takes minutes, sometimes a day; after 72 hours it counts as no licence.
    ");
}

#[test]
fn somebody_without_a_licence() {
    assert_snapshot!(page(&anna("E3+"), "anna"), @r"
    person     anna (616e6e61-0000-0000-0000-000000000000), person
    decision   none: gets no number
    because    the person has no usable licence for telephony
    licence    none
               - TEAMS1 (Teams) is Enabled, brought by E3: it counts
               - no entry of the user's plans is for Phone System
    ranges     muc, us, zrh: not asked: no range is offered without a voice licence
    ");
}

#[test]
fn somebody_without_teams() {
    assert_snapshot!(page(&anna("TP+"), "anna"), @r#"
    person     anna (616e6e61-0000-0000-0000-000000000000), person
    decision   none: gets no number: has Phone System but no usable Teams plan
    because    the person has Phone System but no usable Teams plan
    licence    phone-system
               - MCOEV (Phone System) is Enabled, brought by TP: it counts
               - no entry of the user's plans is for Teams
    ranges     muc: fits: city = "Munich"
               zrh: no: city = "Zurich" (it is "Munich")
               us: not asked: its numbers are calling-plan, which need a calling plan
    notes      no-teams: has Phone System but no usable Teams plan
                 Switch the Teams plan on in the person's licence.
    "#);
}

#[test]
fn somebody_disabled() {
    assert_snapshot!(page(&anna("E5+").with("anna", |u| u.user.enabled = false), "anna"), @r#"
    person     anna (616e6e61-0000-0000-0000-000000000000), person
    decision   none: gets no number: the account is disabled
    because    the account of the person is disabled
    licence    phone-system
               - MCOEV (Phone System) is Enabled, brought by E5: it counts
               - TEAMS1 (Teams) is Enabled, brought by E5: it counts
    ranges     muc: fits: city = "Munich"
               zrh: no: city = "Zurich" (it is "Munich")
               us: not asked: its numbers are calling-plan, which need a calling plan
    notes      disabled: the account is disabled
                 Enable the account in Entra; the number follows at the next sync.
    "#);
}

#[test]
fn somebody_who_waits_for_a_person() {
    let waits = |wait| anna("E5+").with("anna", |u| u.facts.wait = Some(wait));
    assert_snapshot!(page(&waits(Wait::RemovedOutside), "anna"), @r#"
    person     anna (616e6e61-0000-0000-0000-000000000000), person
    decision   wait: gets no number yet: waits for a person: `linekeeper users resume`
    because    the number of the person was taken away in Teams, and a person has to decide what follows
    licence    phone-system
               - MCOEV (Phone System) is Enabled, brought by E5: it counts
               - TEAMS1 (Teams) is Enabled, brought by E5: it counts
    ranges     muc: fits: city = "Munich"
               zrh: no: city = "Zurich" (it is "Munich")
               us: not asked: its numbers are calling-plan, which need a calling plan
    notes      removed-outside: waits for a person: `linekeeper users resume`
                 Find out who took the number away in Teams; `linekeeper users resume` lets the rules decide again.
    "#);
    assert_snapshot!(page(&waits(Wait::ReleasedByHand), "anna"), @r#"
    person     anna (616e6e61-0000-0000-0000-000000000000), person
    decision   wait: gets no number yet: waits for a person: `linekeeper users resume`
    because    the number of the person was released by hand, and a person has to decide what follows
    licence    phone-system
               - MCOEV (Phone System) is Enabled, brought by E5: it counts
               - TEAMS1 (Teams) is Enabled, brought by E5: it counts
    ranges     muc: fits: city = "Munich"
               zrh: no: city = "Zurich" (it is "Munich")
               us: not asked: its numbers are calling-plan, which need a calling plan
    notes      released-by-hand: waits for a person: `linekeeper users resume`
                 `linekeeper users resume` lets the rules give a number again.
    "#);
}

#[test]
fn somebody_pinned() {
    assert_snapshot!(page(&anna("E5+").pinned("anna", 1005), "anna"), @r#"
    person     anna (616e6e61-0000-0000-0000-000000000000), person
    decision   assign: gets +498955501005 of muc at the next sync (pinned): pinned to +498955501005
    because    the person is pinned to +498955501005
    licence    phone-system
               - MCOEV (Phone System) is Enabled, brought by E5: it counts
               - TEAMS1 (Teams) is Enabled, brought by E5: it counts
    besides    pinned to +498955501005
    ranges     muc: fits: city = "Munich"
               zrh: no: city = "Zurich" (it is "Munich")
               us: not asked: its numbers are calling-plan, which need a calling plan
    "#);
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
    assert_snapshot!(page(&town, "anna"), @r#"
    person     anna (616e6e61-0000-0000-0000-000000000000), person
    decision   none: gets no number
    because    the rule `exclude "contractors"` says that the person gets no number by rule
    licence    phone-system
               - MCOEV (Phone System) is Enabled, brought by E5: it counts
               - TEAMS1 (Teams) is Enabled, brought by E5: it counts
    ranges     muc: fits: city = "Munich"
    "#);
}

#[test]
fn somebody_whom_a_range_fits() {
    assert_snapshot!(page(&anna("E5+"), "anna"), @r#"
    person     anna (616e6e61-0000-0000-0000-000000000000), person
    decision   assign: gets the next free number of muc at the next sync: city = "Munich"
    because    the person is licensed, and nothing speaks against a number
    licence    phone-system
               - MCOEV (Phone System) is Enabled, brought by E5: it counts
               - TEAMS1 (Teams) is Enabled, brought by E5: it counts
    ranges     muc: fits: city = "Munich"
               zrh: no: city = "Zurich" (it is "Munich")
               us: not asked: its numbers are calling-plan, which need a calling plan
    "#);
    let watching = |town: &mut Town| town.settings.mode = Mode::Observe;
    assert_snapshot!(page(&anna("E5+").had("anna", 1004, 48).but(watching), "anna"), @r#"
    person     anna (616e6e61-0000-0000-0000-000000000000), person
    decision   assign: gets +498955501004 of muc at the next sync (returning): had +498955501004 before; the mode is observe, so that nothing is written
    because    the person is licensed, and nothing speaks against a number
    licence    phone-system
               - MCOEV (Phone System) is Enabled, brought by E5: it counts
               - TEAMS1 (Teams) is Enabled, brought by E5: it counts
    ranges     muc: fits: city = "Munich"
               zrh: no: city = "Zurich" (it is "Munich")
               us: not asked: its numbers are calling-plan, which need a calling plan
    "#);
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
    assert_snapshot!(page(&town, "anna"), @r#"
    person     anna (616e6e61-0000-0000-0000-000000000000), person
    decision   none: gets no number: no range fits this person
    because    the person is licensed, and nothing speaks against a number
    licence    phone-system
               - MCOEV (Phone System) is Enabled, brought by E5: it counts
               - TEAMS1 (Teams) is Enabled, brought by E5: it counts
    ranges     garden: no: city = "München" (it is "Munchen", nearly "München": spelling and accents count)
               bonn: no: city = "Bonn" OR city = "Cologne" (city is "Munchen")
    nearest    garden fits but for: city = "München" (it is "Munchen", nearly "München": spelling and accents count)
    notes      no-range: no range fits this person
                 Correct the person's attributes in the directory, or add a range; the failing clauses are listed above.
               near-miss (garden): city is "Munchen", nearly "München": garden would fit; if that is meant: alias city "München" = "Munchen"
                 Correct the spelling in the directory, or declare it as an alias in the rules.
    "#);
}

#[test]
fn somebody_with_a_number_that_is_taken_over() {
    assert_snapshot!(page(&anna("E5+").listed(1003, Some("anna")), "anna"), @r#"
    person     anna (616e6e61-0000-0000-0000-000000000000), person
    decision   adopt: +498955501003, which Teams shows already, is taken under management at the next sync
    because    the person is licensed, and nothing speaks against a number
    licence    phone-system
               - MCOEV (Phone System) is Enabled, brought by E5: it counts
               - TEAMS1 (Teams) is Enabled, brought by E5: it counts
    ranges     muc: fits: city = "Munich"
               zrh: no: city = "Zurich" (it is "Munich")
               us: not asked: its numbers are calling-plan, which need a calling plan
    "#);
}

#[test]
fn somebody_about_whom_an_unread_group_decides() {
    let rules = r#"
        exempt "board" when groups has "11111111-2222-3333-4444-555555555555"
        range "muc" { type direct-routing numbers +49 89 5550 1000 to 1009 quarantine 0 days when city = "Munich" }"#;
    assert_snapshot!(page(&ruled_by(rules).user("anna", "E5+"), "anna"), @r#"
    person     anna (616e6e61-0000-0000-0000-000000000000), person
    decision   none: gets no number
    because    a rule asks for members of a group that could not be read; the person is left as is
    licence    phone-system
               - MCOEV (Phone System) is Enabled, brought by E5: it counts
               - TEAMS1 (Teams) is Enabled, brought by E5: it counts
    ranges     muc: fits: city = "Munich"
    "#);
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
            claims_number: true,
            claims_user: true,
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
    assert_snapshot!(page(&town, "anna"), @r#"
    person     anna (616e6e61-0000-0000-0000-000000000000), person
    decision   pending: the assignment of +498955501000 is under way: put off by Teams, tried again at 2026-03-02T09:00:00Z
    because    the person is licensed, and nothing speaks against a number
    licence    phone-system
               - MCOEV (Phone System) is Enabled, brought by E5: it counts
               - TEAMS1 (Teams) is Enabled, brought by E5: it counts
    under way  assign of +498955501000 since 2026-03-02 05:00 UTC (sync 0000008-c3d4): put off by Teams, tried 2 times
               Teams does not show PhoneSystem for the person yet
               not tried again before 2026-03-02 09:00 UTC
    ranges     muc: fits: city = "Munich"
               zrh: no: city = "Zurich" (it is "Munich")
               us: not asked: its numbers are calling-plan, which need a calling plan
    notes      licence-not-ready (muc): assign of +498955501000: Teams does not show PhoneSystem for the person yet
                 Nothing to do: Teams has not digested the licence; it is retried with growing pauses, at once by a sync by hand.
    "#);
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
    assert_snapshot!(decided.join("\n"), @"decision   held: the assignment of +498955501000 is held since 2026-03-02T06:00:00Z until a person decides: `linekeeper syncs approve 0000009-e5f6` or `reject`");
}
