//! Each kind of note, and what can be done about it.

use super::pages::noted;
use crate::directory::Attribute;
use crate::numbering::{ListedType, NumberType};
use crate::plan::tests::world::{Town, ago, id, number, ruled_by, town};
use crate::plan::{Note, NoteKind, Suspension, Wait};
use crate::report::advice;
use insta::assert_snapshot;

#[test]
fn every_kind_of_note_says_what_can_be_done() {
    let lines: Vec<String> = NoteKind::ALL
        .iter()
        .map(|kind| format!("{kind}: {}", advice(*kind)))
        .collect();
    assert_snapshot!(lines.join("\n"), @"");
}

fn anna(licences: &str) -> Town {
    town().user("anna", licences)
}

fn two(rules: &str) -> Town {
    ruled_by(rules).user("anna", "E5+")
}

#[test]
fn notes_about_licences() {
    assert_snapshot!(noted(&anna("MCOEV=Dormant"), "anna"), @"");
    assert_snapshot!(noted(&anna("CP+"), "anna"), @"");
    assert_snapshot!(noted(&anna("E5 MCOEV=LockedOut"), "anna"), @"");
}

#[test]
fn notes_about_what_the_range_lacks() {
    let seattle = |country| {
        town()
            .user_in("Seattle", country, "anna", "E5+ CP+")
            .listed(100, None)
    };
    assert_snapshot!(noted(&seattle("DE"), "anna"), @"");
    let closed = |town: &mut Town| {
        let reason = "trunk is down".to_owned();
        town.state.suspended.insert(
            "muc".to_owned(),
            Suspension {
                reason,
                since: ago(1),
            },
        );
    };
    assert_snapshot!(noted(&anna("E5+").but(closed), "anna"), @"");
    let full = (1000..1010).fold(anna("E5+"), |town, last| {
        let name = format!("p{last}");
        town.user(&name, "E5+").holds(&name, last)
    });
    assert_snapshot!(noted(&full, "anna"), @"");
    let policy = r#"range "muc" { type direct-routing numbers +49 89 5550 1000 to 1009 quarantine 0 days
        when city = "Munich" policy OnlineVoiceRoutingPolicy "DE-Munich" }"#;
    assert_snapshot!(noted(&two(policy), "anna"), @"");
    let location = r#"range "us" { type calling-plan numbers +1 206 555 0100 to 0109 country "US" quarantine 0 days
        location "9b11c2d0-1a2b-4c3d-8e4f-5a6b7c8d9e0f" when office = "SLU" when city = "Seattle" }"#;
    let nowhere = ruled_by(location)
        .user_in("Seattle", "US", "anna", "E5+ CP+")
        .listed(100, None);
    assert_snapshot!(noted(&nowhere, "anna"), @"");
}

#[test]
fn notes_about_what_teams_says() {
    let waits = |kind| Wait::Teams {
        kind,
        since: ago(2),
        until: ago(-1),
        attempts: 3,
    };
    let not_ready = |kind| anna("E5+").with("anna", |u| u.facts.wait = Some(waits(kind)));
    assert_snapshot!(noted(&not_ready(NoteKind::LicenceNotReady), "anna"), @"");
    assert_snapshot!(noted(&not_ready(NoteKind::NotTeamsOnly), "anna"), @"");
    let refused = anna("E5+").with("anna", |u| {
        u.facts.wait = Some(Wait::Refused { since: ago(2) })
    });
    assert_snapshot!(noted(&refused, "anna"), @"");
    let other = anna("E5+")
        .booked("anna", 1000)
        .listed_as(1000, Some("anna"), |profile| {
            profile.number_type = ListedType::Known(NumberType::OperatorConnect);
        });
    assert_snapshot!(noted(&other, "anna"), @"");
    assert_snapshot!(noted(&anna("E5+").listed(5000, Some("anna")), "anna"), @"");
    let taken = anna("E5+").booked("anna", 1000);
    assert_snapshot!(noted(&taken, "anna"), @"");
}

#[test]
fn two_ranges_of_one_priority() {
    let rules = r#"
        range "a" { type direct-routing numbers +49 89 5550 1000 to 1009 quarantine 0 days when city = "Munich" }
        range "b" { type direct-routing numbers +49 89 5550 1100 to 1109 quarantine 0 days when usage_location = "DE" }"#;
    assert_snapshot!(noted(&two(rules), "anna"), @"");
}

#[test]
fn a_pinned_number_that_is_not_to_be_had() {
    let town = anna("E5+")
        .pinned("anna", 1005)
        .user("bert", "E5+")
        .holds("bert", 1005);
    assert_snapshot!(noted(&town, "anna"), @"");
}

/// What only a sync can find out is told as the last one noted it, until the record changes.
#[test]
fn notes_of_the_last_sync() {
    let note = |kind| Note {
        kind,
        user: Some(id("anna")),
        number: Some(number(1000)),
        range: None,
        detail: "the profile is synchronised from on-premises".to_owned(),
    };
    let town = |undecided| {
        anna("E5+").holds("anna", 1000).with("anna", |u| {
            u.facts.notes = vec![note(NoteKind::ProfileReadOnly), note(NoteKind::Drift)];
            u.undecided = undecided;
        })
    };
    assert_snapshot!(noted(&town(false), "anna"), @"");
    assert_snapshot!(noted(&town(true), "anna"), @"");
}

#[test]
fn a_settling_newcomer_is_told_until_when() {
    let town = anna("E5+")
        .but(|town| town.settings.eligibility.settle = jiff::SignedDuration::from_hours(6));
    assert_snapshot!(noted(&town.attribute("anna", Attribute::Office, "x"), "anna"), @"");
}
