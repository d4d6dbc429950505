//! Each kind of note, and what can be done about it.

use super::pages::noted;
use crate::directory::Attribute;
use crate::numbering::{ListedType, NumberType};
use crate::plan::tests::world::{Town, ago, id, number, ruled_by, town};
use crate::plan::{Note, NoteKind, Suspension, Wait, advice};
use insta::assert_snapshot;

#[test]
fn every_kind_of_note_says_what_can_be_done() {
    let lines: Vec<String> = NoteKind::ALL
        .iter()
        .map(|kind| format!("{kind}: {}", advice(*kind)))
        .collect();
    assert_snapshot!(lines.join("\n"), @r"
    unknown-plan-status: Microsoft uses a licence status this version does not know; report it, and update Linekeeper.
    calling-plan-without-phone-system: Assign a licence with Phone System as well; the calling plan alone gives no number.
    lapsing: Renew the subscription, or take the licence away; until then nothing changes.
    licence-pending: Nothing to do: Microsoft usually takes minutes, sometimes a day; after 72 hours it counts as no licence.
    exempt: `linekeeper users exempt` and the `exempt` and `scope` rules decide who is left alone.
    no-teams: Switch the Teams plan on in the person's licence.
    disabled: Enable the account in Entra; the number follows at the next sync.
    removed-outside: Find out who took the number away in Teams; `linekeeper users resume` lets the rules decide again.
    released-by-hand: `linekeeper users resume` lets the rules give a number again.
    pin-differs: `linekeeper users pin USER NUMBER --move` changes the number at once, `linekeeper users unpin USER` drops the pin.
    drift: Nothing has to be done: a move never changes a number; `linekeeper release --renumber` lets the rules choose anew.
    no-range: Correct the person's attributes in the directory, or add a range; the failing clauses are listed above.
    near-miss: Correct the spelling in the directory, or declare it as an alias in the rules.
    unmanaged-number: The number was given in Teams and lies in no range of ours, or is not adopted; declare it in a range, or leave it.
    stale-holder: If the person should not have a number, `linekeeper release` takes it back.
    ambiguous: Give the ranges different priorities if the other one was meant.
    suspended: `linekeeper ranges resume` ends the suspension, `linekeeper operators resume` that of an operator.
    policy-missing: Create the policy in the Teams admin centre, or correct its name in the rules.
    country-mismatch: Correct the usage location in Entra: a number of this type must be of the same country.
    no-location: Add a `location` to the range that fits this person.
    exhausted: Add numbers to the range, or an overflow range; the person is served as soon as one is free.
    refused: Look at the person in the Teams admin centre; it is tried again by itself, and at once by `linekeeper users resume`.
    range-refused: Look at the numbers of the range in Teams, then `linekeeper ranges resume`.
    type-mismatch: Nothing is at risk; change the type of the range if the carrier has moved the number.
    conflict: Somebody else changed the same number or person; the next sync looks again.
    licence-not-ready: Nothing to do: Teams has not digested the licence; it is retried with growing pauses, at once by a sync by hand.
    not-teams-only: Give the person the TeamsUpgradePolicy UpgradeToTeams.
    blocked: Teams refused the number twice; `linekeeper numbers unblock` tries it sooner.
    release-blocked: Teams does not let the number go; it is retried. Licensing the person again, or support, frees it.
    incomplete-read: The directory could not be read to the end, so nothing is released; the next sync reads again.
    undeclared: Declare the numbers in a range if Linekeeper should manage them.
    emergency-mismatch: Ask the operator who sets emergency addresses, and correct `emergency` in the rules.
    profile-read-only: A profile that is synchronised from on-premises is set there; that of somebody with an administrator's role, by hand in Entra.
    unknown-plan: Correct the plan's name in the rule; until then the test never holds.
    release-due: License or restore the person before then, and the number stays.
    migrating: Nothing to do here: the syncs carry the migration on; `linekeeper migrate status` shows how far it is.
    ");
}

fn anna(licences: &str) -> Town {
    town().user("anna", licences)
}

fn two(rules: &str) -> Town {
    ruled_by(rules).user("anna", "E5+")
}

#[test]
fn notes_about_licences() {
    assert_snapshot!(noted(&anna("MCOEV=Dormant"), "anna"), @r#"
    none: gets no number: a voice plan has the status "Dormant", which counts as not usable
    unknown-plan-status: a voice plan has the status "Dormant", which counts as not usable
    "#);
    assert_snapshot!(noted(&anna("CP+"), "anna"), @r"
    none: gets no number: has a calling plan but no Phone System, which it needs
    calling-plan-without-phone-system: has a calling plan but no Phone System, which it needs
    ");
    assert_snapshot!(noted(&anna("E5 MCOEV=LockedOut"), "anna"), @r"
    none: gets no number: the Phone System plan is suspended or locked out
    lapsing: the Phone System plan is suspended or locked out
    ");
}

#[test]
fn notes_about_what_the_range_lacks() {
    let seattle = |country| {
        town()
            .user_in("Seattle", country, "anna", "E5+ CP+")
            .listed(100, None)
    };
    assert_snapshot!(noted(&seattle("DE"), "anna"), @r#"
    wait: gets no number yet: the range us is of US, the usage location is "DE"
    country-mismatch: the range us is of US, the usage location is "DE"
    "#);
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
    assert_snapshot!(noted(&anna("E5+").but(closed), "anna"), @r"
    wait: gets no number yet: the range muc is suspended: trunk is down
    suspended: the range muc is suspended: trunk is down
    ");
    let full = (1000..1010).fold(anna("E5+"), |town, last| {
        let name = format!("p{last}");
        town.user(&name, "E5+").holds(&name, last)
    });
    assert_snapshot!(noted(&full, "anna"), @r"
    wait: gets no number yet: muc and its overflow have no number left that the rules may give
    exhausted: muc and its overflow have no number left that the rules may give
    ");
    let policy = r#"range "muc" { type direct-routing numbers +49 89 5550 1000 to 1009 quarantine 0 days
        when city = "Munich" policy OnlineVoiceRoutingPolicy "DE-Munich" }"#;
    assert_snapshot!(noted(&two(policy), "anna"), @r#"
    wait: gets no number yet: the range muc names the OnlineVoiceRoutingPolicy "DE-Munich", which the tenant lacks
    policy-missing: the range muc names the OnlineVoiceRoutingPolicy "DE-Munich", which the tenant lacks
    "#);
    let location = r#"range "us" { type calling-plan numbers +1 206 555 0100 to 0109 country "US" quarantine 0 days
        location "9b11c2d0-1a2b-4c3d-8e4f-5a6b7c8d9e0f" when office = "SLU" when city = "Seattle" }"#;
    let nowhere = ruled_by(location)
        .user_in("Seattle", "US", "anna", "E5+ CP+")
        .listed(100, None);
    assert_snapshot!(noted(&nowhere, "anna"), @r"
    wait: gets no number yet: the range us has no emergency location for this person
    no-location: the range us has no emergency location for this person
    ");
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
    assert_snapshot!(noted(&not_ready(NoteKind::LicenceNotReady), "anna"), @r"
    wait: gets no number yet: Teams was not ready since 2026-03-02T06:00:00Z; tried again at 2026-03-02T09:00:00Z
    licence-not-ready: Teams was not ready since 2026-03-02T06:00:00Z; tried again at 2026-03-02T09:00:00Z
    ");
    assert_snapshot!(noted(&not_ready(NoteKind::NotTeamsOnly), "anna"), @r"
    wait: gets no number yet: Teams was not ready since 2026-03-02T06:00:00Z; tried again at 2026-03-02T09:00:00Z
    not-teams-only: Teams was not ready since 2026-03-02T06:00:00Z; tried again at 2026-03-02T09:00:00Z
    ");
    let refused = anna("E5+").with("anna", |u| {
        u.facts.wait = Some(Wait::Refused { since: ago(2) })
    });
    assert_snapshot!(noted(&refused, "anna"), @r"
    wait: gets no number yet: Teams refused two different numbers; tried again at 2026-03-03T06:00:00Z
    refused: Teams refused two different numbers; tried again at 2026-03-03T06:00:00Z
    ");
    let other = anna("E5+")
        .booked("anna", 1000)
        .listed_as(1000, Some("anna"), |profile| {
            profile.number_type = ListedType::Known(NumberType::OperatorConnect);
        });
    assert_snapshot!(noted(&other, "anna"), @r"
    keep: keeps +498955501000; a number is kept, also after a move
    type-mismatch: Teams lists +498955501000 as operator-connect, the range muc is direct-routing
    ");
    assert_snapshot!(noted(&anna("E5+").listed(5000, Some("anna")), "anna"), @r"
    none: gets no number: holds +498955505000, which is not managed
    unmanaged-number: holds +498955505000, which is not managed
    ");
    let taken = anna("E5+").booked("anna", 1000);
    assert_snapshot!(noted(&taken, "anna"), @r"
    keep: keeps +498955501000 for now; +498955501000 has left its holder in Teams; concluded if the next sync sees the same
    removed-outside: +498955501000 has left its holder in Teams; concluded if the next sync sees the same
    ");
}

#[test]
fn two_ranges_of_one_priority() {
    let rules = r#"
        range "a" { type direct-routing numbers +49 89 5550 1000 to 1009 quarantine 0 days when city = "Munich" }
        range "b" { type direct-routing numbers +49 89 5550 1100 to 1109 quarantine 0 days when usage_location = "DE" }"#;
    assert_snapshot!(noted(&two(rules), "anna"), @r#"
    assign: gets the next free number of a at the next sync: city = "Munich"
    ambiguous: also fits b, of the same priority; a comes first
    "#);
}

#[test]
fn a_pinned_number_that_is_not_to_be_had() {
    let town = anna("E5+")
        .pinned("anna", 1005)
        .user("bert", "E5+")
        .holds("bert", 1005);
    assert_snapshot!(noted(&town, "anna"), @r"
    wait: gets no number yet: the pinned number +498955501005 is not to be had
    conflict: the pinned number +498955501005 is not to be had
    ");
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
    assert_snapshot!(noted(&town(false), "anna"), @r"
    keep: keeps +498955501000; a number is kept, also after a move
    profile-read-only: the profile is synchronised from on-premises
    ");
    assert_snapshot!(noted(&town(true), "anna"), @"keep: keeps +498955501000; a number is kept, also after a move");
}

#[test]
fn a_settling_newcomer_is_told_until_when() {
    let town = anna("E5+")
        .but(|town| town.settings.eligibility.settle = jiff::SignedDuration::from_hours(6));
    assert_snapshot!(noted(&town.attribute("anna", Attribute::Office, "x"), "anna"), @"wait: gets no number before 2026-03-02T14:00:00Z: licence and attributes have to stand still until then (`eligibility.settle`)");
}
