//! The middle column of the decision table: people who hold a managed number.

use super::pages::page;
use crate::directory::Attribute;
use crate::plan::tests::world::{Town, ago, hours, ruled_by, town};
use crate::plan::{Exemption, GoneHow, Mode};
use insta::assert_snapshot;

fn anna(licences: &str) -> Town {
    town().user("anna", licences).holds("anna", 1000)
}

#[test]
fn an_exempt_holder() {
    let until = Some(ago(-48));
    let reason = "keeps the number during parental leave".to_owned();
    let town = anna("").with("anna", |u| {
        u.facts.exempt = Some(Exemption { reason, until })
    });
    assert_snapshot!(page(&town, "anna"), @"");
}

#[test]
fn somebody_who_is_gone() {
    let grace = |town: &mut Town| town.settings.deleted_grace = hours(24 * 7);
    assert_snapshot!(page(&anna("E5+").gone("anna", GoneHow::SoftDeleted, 24).but(grace), "anna"), @"");
    assert_snapshot!(page(&anna("E5+").gone("anna", GoneHow::Absent, 24), "anna"), @"");
}

#[test]
fn somebody_in_doubt() {
    assert_snapshot!(page(&anna("E5 MCOEV=Suspended"), "anna"), @"");
    assert_snapshot!(page(&anna("E5"), "anna"), @"");
}

#[test]
fn somebody_without_a_licence() {
    assert_snapshot!(page(&anna("E5-MCOEV MCOEV=Enabled TEAMS1=Enabled"), "anna"), @"");
    let slow = |town: &mut Town| town.settings.mode = Mode::AssignOnly;
    assert_snapshot!(page(&anna("E3+").but(slow), "anna"), @"");
    let never = anna("").holding(1000, |holding| holding.seen_licensed = false);
    assert_snapshot!(page(&never, "anna"), @"");
}

#[test]
fn somebody_without_teams() {
    assert_snapshot!(page(&anna("E5-TEAMS1 MCOEV=Enabled TEAMS1=Enabled"), "anna"), @"");
}

#[test]
fn somebody_disabled() {
    assert_snapshot!(page(&anna("E5+").with("anna", |u| u.user.enabled = false), "anna"), @"");
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
    let town = ruled_by(rules)
        .user("anna", "E5+")
        .attribute("anna", Attribute::EmployeeType, "Contractor")
        .holds("anna", 1000);
    assert_snapshot!(page(&town, "anna"), @"");
}

#[test]
fn somebody_who_moved() {
    assert_snapshot!(page(&anna("E5+").attribute("anna", Attribute::City, "Zurich"), "anna"), @"");
}

#[test]
fn somebody_where_all_is_well() {
    assert_snapshot!(page(&anna("E5+"), "anna"), @"");
}
