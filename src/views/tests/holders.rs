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
    assert_snapshot!(page(&town, "anna"), @r#"
    person     anna (616e6e61-0000-0000-0000-000000000000), person
    decision   keep: keeps +498955501000; whoever is left alone keeps the number
    because    the person is left alone altogether: exempt by hand: keeps the number during parental leave
    licence    none
               - no entry of the user's plans is for Phone System
               - no entry of the user's plans is for Teams
    number     +498955501000 since 2026-02-09 12:00 UTC (rule: city = "Munich"), sync 0000007-a1b2, rules 1f2e3d4c5b6a
    next look  2026-03-04 08:00 UTC, without any change
    besides    exempt until 2026-03-04T08:00:00Z: keeps the number during parental leave
    ranges     muc, us, zrh: not asked: no range is offered without a voice licence
    notes      exempt: exempt by hand: keeps the number during parental leave
                 `linekeeper users exempt` and the `exempt` and `scope` rules decide who is left alone.
    history    2026-02-09 12:00 UTC to today: +498955501000, rule
    "#);
}

#[test]
fn somebody_who_is_gone() {
    let grace = |town: &mut Town| town.settings.deleted_grace = hours(24 * 7);
    assert_snapshot!(page(&anna("E5+").gone("anna", GoneHow::SoftDeleted, 24).but(grace), "anna"), @r#"
    person     anna (616e6e61-0000-0000-0000-000000000000), person
    decision   keep: keeps +498955501000; it is taken back at 2026-03-08T08:00:00Z if nothing changes
    because    the person is gone: deleted, restorable for 30 days; known since 2026-03-01T08:00:00Z
    licence    phone-system
               - MCOEV (Phone System) is Enabled, brought by E5: it counts
               - TEAMS1 (Teams) is Enabled, brought by E5: it counts
    number     +498955501000 since 2026-02-09 12:00 UTC (rule: city = "Munich"), sync 0000007-a1b2, rules 1f2e3d4c5b6a
    next look  2026-03-08 08:00 UTC, without any change
    ranges     muc: fits: city = "Munich"
               zrh: no: city = "Zurich" (it is "Munich")
               us: not asked: its numbers are calling-plan, which need a calling plan
    notes      release-due (muc): +498955501000 is released (deleted) at 2026-03-08T08:00:00Z if nothing changes
                 License or restore the person before then, and the number stays.
    history    2026-02-09 12:00 UTC to today: +498955501000, rule
    "#);
    assert_snapshot!(page(&anna("E5+").gone("anna", GoneHow::Absent, 24), "anna"), @r#"
    person     anna (616e6e61-0000-0000-0000-000000000000), person
    decision   release: +498955501000 is taken back at the next sync (deleted): the holder is no longer in the directory
    because    the person is gone: a complete read of the directory did not show the account any more; known since 2026-03-01T08:00:00Z
    licence    phone-system
               - MCOEV (Phone System) is Enabled, brought by E5: it counts
               - TEAMS1 (Teams) is Enabled, brought by E5: it counts
    number     +498955501000 since 2026-02-09 12:00 UTC (rule: city = "Munich"), sync 0000007-a1b2, rules 1f2e3d4c5b6a
    ranges     muc: fits: city = "Munich"
               zrh: no: city = "Zurich" (it is "Munich")
               us: not asked: its numbers are calling-plan, which need a calling plan
    history    2026-02-09 12:00 UTC to today: +498955501000, rule
    "#);
}

#[test]
fn somebody_in_doubt() {
    assert_snapshot!(page(&anna("E5 MCOEV=Suspended"), "anna"), @r#"
    person     anna (616e6e61-0000-0000-0000-000000000000), person
    decision   keep: keeps +498955501000; in doubt a number is kept
    because    it is in doubt whether the person is licensed: the Phone System plan is suspended or locked out
    licence    none
               - MCOEV (Phone System) is Suspended, brought by E5: it does not count
               - no entry of the user's plans is for Teams
    number     +498955501000 since 2026-02-09 12:00 UTC (rule: city = "Munich"), sync 0000007-a1b2, rules 1f2e3d4c5b6a
    ranges     muc, us, zrh: not asked: no range is offered without a voice licence
    notes      lapsing: the Phone System plan is suspended or locked out
                 Renew the subscription, or take the licence away; until then nothing changes.
    history    2026-02-09 12:00 UTC to today: +498955501000, rule
    "#);
    assert_snapshot!(page(&anna("E5"), "anna"), @r#"
    person     anna (616e6e61-0000-0000-0000-000000000000), person
    decision   keep: keeps +498955501000; in doubt a number is kept
    because    it is in doubt whether the person is licensed: a licence with Phone System is assigned, its plans have not arrived yet
    licence    none
               - no entry of the user's plans is for Phone System
               - no entry of the user's plans is for Teams
               - E5 is assigned and carries Phone System, which has not arrived at the user yet
    number     +498955501000 since 2026-02-09 12:00 UTC (rule: city = "Munich"), sync 0000007-a1b2, rules 1f2e3d4c5b6a
    next look  2026-03-05 08:00 UTC, without any change
    ranges     muc, us, zrh: not asked: no range is offered without a voice licence
    notes      licence-pending: a licence with Phone System is assigned, its plans have not arrived yet
                 Nothing to do: Microsoft usually takes minutes, sometimes a day; after 72 hours it counts as no licence.
    history    2026-02-09 12:00 UTC to today: +498955501000, rule
    "#);
}

#[test]
fn somebody_without_a_licence() {
    assert_snapshot!(page(&anna("E5-MCOEV MCOEV=Enabled TEAMS1=Enabled"), "anna"), @r#"
    person     anna (616e6e61-0000-0000-0000-000000000000), person
    decision   release: +498955501000 is taken back at the next sync (delicensed): the holder has no usable Phone System licence any more
    because    the person has no usable licence for telephony
    licence    none
               - MCOEV (Phone System) is Enabled, switched off in E5: it does not count
               - TEAMS1 (Teams) is Enabled, brought by E5: it counts
               - E5 carries Phone System, which is switched off in the licence
    number     +498955501000 since 2026-02-09 12:00 UTC (rule: city = "Munich"), sync 0000007-a1b2, rules 1f2e3d4c5b6a
    ranges     muc, us, zrh: not asked: no range is offered without a voice licence
    history    2026-02-09 12:00 UTC to today: +498955501000, rule
    "#);
    let slow = |town: &mut Town| town.settings.mode = Mode::AssignOnly;
    assert_snapshot!(page(&anna("E3+").but(slow), "anna"), @r#"
    person     anna (616e6e61-0000-0000-0000-000000000000), person
    decision   keep: keeps +498955501000; it is not taken back by itself, see the notes
    because    the person has no usable licence for telephony
    licence    none
               - TEAMS1 (Teams) is Enabled, brought by E3: it counts
               - no entry of the user's plans is for Phone System
    number     +498955501000 since 2026-02-09 12:00 UTC (rule: city = "Munich"), sync 0000007-a1b2, rules 1f2e3d4c5b6a
    ranges     muc, us, zrh: not asked: no range is offered without a voice licence
    notes      release-due: would be released, but the mode is assign-only
                 License or restore the person before then, and the number stays.
    history    2026-02-09 12:00 UTC to today: +498955501000, rule
    "#);
    let never = anna("").holding(1000, |holding| holding.seen_licensed = false);
    assert_snapshot!(page(&never, "anna"), @r#"
    person     anna (616e6e61-0000-0000-0000-000000000000), person
    decision   keep: keeps +498955501000; it has never been seen licensed with this number, so a person has to release it
    because    the person has no usable licence for telephony
    licence    none
               - no entry of the user's plans is for Phone System
               - no entry of the user's plans is for Teams
    number     +498955501000 since 2026-02-09 12:00 UTC (rule: city = "Munich"), sync 0000007-a1b2, rules 1f2e3d4c5b6a
    ranges     muc, us, zrh: not asked: no range is offered without a voice licence
    notes      stale-holder: holds +498955501000 without ever having been seen licensed; `linekeeper release` takes it back
                 If the person should not have a number, `linekeeper release` takes it back.
    history    2026-02-09 12:00 UTC to today: +498955501000, rule
    "#);
}

#[test]
fn somebody_without_teams() {
    assert_snapshot!(page(&anna("E5-TEAMS1 MCOEV=Enabled TEAMS1=Enabled"), "anna"), @r#"
    person     anna (616e6e61-0000-0000-0000-000000000000), person
    decision   keep: keeps +498955501000; a missing Teams plan does not take a number away
    because    the person has Phone System but no usable Teams plan
    licence    phone-system
               - MCOEV (Phone System) is Enabled, brought by E5: it counts
               - TEAMS1 (Teams) is Enabled, switched off in E5: it does not count
    number     +498955501000 since 2026-02-09 12:00 UTC (rule: city = "Munich"), sync 0000007-a1b2, rules 1f2e3d4c5b6a
    ranges     muc: fits: city = "Munich"
               zrh: no: city = "Zurich" (it is "Munich")
               us: not asked: its numbers are calling-plan, which need a calling plan
    notes      no-teams: has Phone System but no usable Teams plan
                 Switch the Teams plan on in the person's licence.
    history    2026-02-09 12:00 UTC to today: +498955501000, rule
    "#);
}

#[test]
fn somebody_disabled() {
    assert_snapshot!(page(&anna("E5+").with("anna", |u| u.user.enabled = false), "anna"), @r#"
    person     anna (616e6e61-0000-0000-0000-000000000000), person
    decision   keep: keeps +498955501000; disabling never releases a number
    because    the account of the person is disabled
    licence    phone-system
               - MCOEV (Phone System) is Enabled, brought by E5: it counts
               - TEAMS1 (Teams) is Enabled, brought by E5: it counts
    number     +498955501000 since 2026-02-09 12:00 UTC (rule: city = "Munich"), sync 0000007-a1b2, rules 1f2e3d4c5b6a
    ranges     muc: fits: city = "Munich"
               zrh: no: city = "Zurich" (it is "Munich")
               us: not asked: its numbers are calling-plan, which need a calling plan
    history    2026-02-09 12:00 UTC to today: +498955501000, rule
    "#);
}

#[test]
fn somebody_pinned() {
    assert_snapshot!(page(&anna("E5+").pinned("anna", 1005), "anna"), @r#"
    person     anna (616e6e61-0000-0000-0000-000000000000), person
    decision   keep: keeps +498955501000; a pin changes nobody's number by itself
    because    the person is pinned to +498955501005
    licence    phone-system
               - MCOEV (Phone System) is Enabled, brought by E5: it counts
               - TEAMS1 (Teams) is Enabled, brought by E5: it counts
    number     +498955501000 since 2026-02-09 12:00 UTC (rule: city = "Munich"), sync 0000007-a1b2, rules 1f2e3d4c5b6a
    besides    pinned to +498955501005
    ranges     muc: fits: city = "Munich"
               zrh: no: city = "Zurich" (it is "Munich")
               us: not asked: its numbers are calling-plan, which need a calling plan
    notes      pin-differs: holds +498955501000, is pinned to +498955501005
                 `linekeeper users pin USER NUMBER --move` changes the number at once, `linekeeper users unpin USER` drops the pin.
    history    2026-02-09 12:00 UTC to today: +498955501000, rule
    "#);
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
    assert_snapshot!(page(&town, "anna"), @r#"
    person     anna (616e6e61-0000-0000-0000-000000000000), person
    decision   keep: keeps +498955501000; a rule that excludes does not take a number away
    because    the rule `exclude "contractors"` says that the person gets no number by rule
    licence    phone-system
               - MCOEV (Phone System) is Enabled, brought by E5: it counts
               - TEAMS1 (Teams) is Enabled, brought by E5: it counts
    number     +498955501000 since 2026-02-09 12:00 UTC (rule: city = "Munich"), sync 0000007-a1b2, rules 1f2e3d4c5b6a
    ranges     muc: fits: city = "Munich"
    history    2026-02-09 12:00 UTC to today: +498955501000, rule
    "#);
}

#[test]
fn somebody_who_moved() {
    assert_snapshot!(page(&anna("E5+").attribute("anna", Attribute::City, "Zurich"), "anna"), @r#"
    person     anna (616e6e61-0000-0000-0000-000000000000), person
    decision   keep: keeps +498955501000; a number is kept, also after a move
    because    the person is licensed, and nothing speaks against a number
    licence    phone-system
               - MCOEV (Phone System) is Enabled, brought by E5: it counts
               - TEAMS1 (Teams) is Enabled, brought by E5: it counts
    number     +498955501000 since 2026-02-09 12:00 UTC (rule: city = "Munich"), sync 0000007-a1b2, rules 1f2e3d4c5b6a
    ranges     muc: no: city = "Munich" (it is "Zurich")
               zrh: fits: city = "Zurich"
               us: not asked: its numbers are calling-plan, which need a calling plan
    notes      drift (zrh): keeps +498955501000 of muc; the rules would pick zrh now
                 Nothing has to be done: a move never changes a number; `linekeeper release --renumber` lets the rules choose anew.
    history    2026-02-09 12:00 UTC to today: +498955501000, rule
    "#);
}

#[test]
fn somebody_where_all_is_well() {
    assert_snapshot!(page(&anna("E5+"), "anna"), @r#"
    person     anna (616e6e61-0000-0000-0000-000000000000), person
    decision   keep: keeps +498955501000; a number is kept, also after a move
    because    the person is licensed, and nothing speaks against a number
    licence    phone-system
               - MCOEV (Phone System) is Enabled, brought by E5: it counts
               - TEAMS1 (Teams) is Enabled, brought by E5: it counts
    number     +498955501000 since 2026-02-09 12:00 UTC (rule: city = "Munich"), sync 0000007-a1b2, rules 1f2e3d4c5b6a
    ranges     muc: fits: city = "Munich"
               zrh: no: city = "Zurich" (it is "Munich")
               us: not asked: its numbers are calling-plan, which need a calling plan
    history    2026-02-09 12:00 UTC to today: +498955501000, rule
    "#);
}
