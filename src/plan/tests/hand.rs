//! What is asked for by hand, as a plan or a refusal.

use super::lines::last;
use super::world::{Town, ago, id, number, ruled_by, town};
use crate::plan::{Hand, Mode, NumberFacts, Part, Pause, Reservation, Suspension, Wish, by_hand};

/// Rules with reserved and never numbers: 1000 to 1009 in Munich, 3000 to 3009 by hand only.
const RULES: &str = r#"
    range "muc" {
      type direct-routing
      numbers +49 89 5550 1000 to 1009
      never +49 89 5550 1008
      reserve +49 89 5550 1009
      keep-free 100%
      quarantine 0 days
      when city = "Munich"
    }
    range "vip" {
      type direct-routing
      numbers +49 89 5550 3000 to 3009
      quarantine 30 days
    }
"#;

fn munich() -> Town {
    ruled_by(RULES).user("anna", "E5+").user("bert", "E5+")
}

/// The steps of what anna asks for, one text each, or the code of the refusal.
fn asked(town: &Town, wish: Wish) -> String {
    let hand = Hand {
        people: vec![id("anna")],
        wish,
    };
    let anna = town.users.iter().filter(|u| u.user.id == id("anna"));
    let people = anna.cloned().collect();
    town.look(|world| match by_hand(world, people, &hand.wish) {
        Err(refusal) => refusal.code().to_owned(),
        Ok(draft) => {
            let steps = draft.plan.changes.iter().map(|c| {
                let after = c
                    .after
                    .map(|seq| format!(" after {seq}"))
                    .unwrap_or_default();
                let part = match c.part {
                    Part::Plain => "",
                    Part::Holds => " holds",
                    Part::Renumbers => " renumbers",
                    Part::MakesRoom => " makes-room",
                    Part::TakesOver { .. } => " takes-over",
                    Part::GivesBack => " gives-back",
                    Part::LeftOver => " left-over",
                    Part::MovesOut { .. } => " moves-out",
                    Part::MovesIn { .. } => " moves-in",
                };
                format!("{} {}{part}{after}", c.action.name(), last(c.number))
            });
            steps.collect::<Vec<_>>().join(", ")
        }
    })
}

#[track_caller]
fn assigning(town: &Town, last: u64, expected: &str) {
    let wish = Wish::Assign {
        number: Some(number(last)),
        range: None,
    };
    assert_eq!(asked(town, wish), expected);
}

#[track_caller]
fn from(town: &Town, range: Option<&str>, expected: &str) {
    let wish = Wish::Assign {
        number: None,
        range: range.map(str::to_owned),
    };
    assert_eq!(asked(town, wish), expected);
}

#[track_caller]
fn releasing(town: &Town, renumber: bool, expected: &str) {
    assert_eq!(asked(town, Wish::Release { renumber }), expected);
}

#[test]
fn a_number_that_is_to_be_had_is_given() {
    assigning(&munich(), 1003, "assign 1003");
    assigning(&munich(), 1009, "assign 1009");
    assigning(&munich(), 3000, "assign 3000");
    assigning(
        &munich().with("anna", |u| u.user.enabled = false),
        3000,
        "assign 3000",
    );
    let reserved = |facts: &mut NumberFacts| {
        facts.reserved = Some(Reservation {
            by: "admin".to_owned(),
            reason: "vip".to_owned(),
            until: None,
            whom: None,
        });
    };
    assigning(&munich().number(1003, reserved), 1003, "assign 1003");
    // One's own former number rests from nobody else.
    assigning(
        &munich().had("anna", 1003, 5).rests(1003, 5),
        1003,
        "assign 1003",
    );
}

#[test]
fn a_number_that_is_not_to_be_had_is_refused() {
    assigning(&munich(), 5000, "outside-ranges");
    assigning(&munich(), 1008, "never");
    assigning(&munich().pinned("anna", 1008), 1008, "assign 1008");
    assigning(&munich().holds("bert", 1003), 1003, "taken");
    assigning(&munich().listed(1003, Some("bert")), 1003, "taken");
    assigning(&munich().pinned("bert", 1003), 1003, "pinned-to-another");
    assigning(&munich().rests(1003, 5), 1003, "resting");
    // A reserved number that rests is not given before its time either.
    assigning(&munich().rests(1009, 5), 1009, "resting");
    let blocked = |facts: &mut NumberFacts| facts.blocked_until = Some(ago(-1));
    assigning(&munich().number(1003, blocked), 1003, "blocked");
    assigning(
        &munich().listed_as(1003, None, |p| p.activated = false),
        1003,
        "absent",
    );
    assigning(
        &munich().listed_as(1003, None, |p| p.on_premises = true),
        1003,
        "foreign",
    );
    let suspended = |town: &mut Town| {
        let suspension = Suspension {
            reason: "port".to_owned(),
            since: ago(1),
        };
        town.state.suspended.insert("muc".to_owned(), suspension);
    };
    assigning(&munich().but(suspended), 1003, "suspended");
    from(&munich().but(suspended), None, "suspended");
}

#[test]
fn the_licence_decides_the_type() {
    let us = town().user("anna", "E5+").listed(100, None);
    assigning(&us, 100, "wrong-type");
    let unlicensed = town().user("anna", "");
    assigning(&unlicensed, 1003, "unlicensed");
    let gone = munich().gone("anna", crate::plan::GoneHow::Deleted, 1);
    assigning(&gone, 1003, "gone");
}

#[test]
fn without_a_number_the_range_or_the_rules_choose_and_nothing_is_kept_free() {
    from(&munich(), None, "assign 1000");
    from(&munich().holds("bert", 1000), Some("muc"), "assign 1001");
    from(&munich(), Some("vip"), "assign 3000");
    from(&munich(), Some("nowhere"), "unknown-range");
    from(&munich().pinned("anna", 3005), None, "assign 3005");
    from(&munich().had("anna", 1006, 5), None, "assign 1006");
    let elsewhere = ruled_by(RULES).user_in("Berlin", "DE", "anna", "E5+");
    from(&elsewhere, None, "no-range");
}

#[test]
fn a_change_of_number_is_one_chain() {
    let chain =
        "release 1000 makes-room, assign 3000 takes-over after 1, assign 1000 gives-back after 2";
    assigning(&munich().holds("anna", 1000), 3000, chain);
    from(&munich().holds("anna", 1000), Some("vip"), chain);
    // What is so already needs nothing; what would be a second number is refused.
    assigning(&munich().holds("anna", 1000), 1000, "");
    from(&munich().holds("anna", 1000), None, "has-one");
    from(&munich().holds("anna", 1000), Some("muc"), "has-one");
    assigning(&munich().listed(5000, Some("anna")), 1003, "unmanaged");
    let never_releases = |town: &mut Town| town.settings.mode = Mode::AssignOnly;
    assigning(
        &munich().holds("anna", 1000).but(never_releases),
        3000,
        "assign-only",
    );
    assigning(&munich().but(never_releases), 3000, "assign 3000");
}

/// What becomes of the managed number that Teams no longer shows with anna: its end, and how long it rests.
#[track_caller]
fn leaves_behind(town: &Town, wish: Wish, expected: &str) {
    let anna = town.users.iter().filter(|u| u.user.id == id("anna"));
    let people = anna.cloned().collect();
    let ended = town.look(|world| {
        let draft = by_hand(world, people, &wish).expect("it is done");
        let ended = draft.effects.ended.iter().map(|ending| {
            assert_eq!(ending.user, id("anna"));
            let hours = ending.rest_until.duration_since(world.now).as_hours();
            format!("{} {} {hours} h", last(ending.number), ending.reason.name())
        });
        ended.collect::<Vec<_>>().join(", ")
    });
    assert_eq!(ended, expected);
}

#[test]
fn a_managed_number_that_was_taken_away_outside_rests_when_another_one_is_given() {
    let gives = |last| Wish::Assign {
        number: Some(number(last)),
        range: None,
    };
    let lost = || munich().booked("anna", 1000);
    let changed = || lost().listed(1005, Some("anna"));
    leaves_behind(&lost(), gives(1001), "1000 changed-outside 24 h");
    leaves_behind(&changed(), gives(1001), "1000 changed-outside 24 h");
    let takes = Wish::Release { renumber: true };
    leaves_behind(&changed(), takes, "1000 changed-outside 24 h");
    // The rest of its range is longer, or it is with somebody else already.
    let vip = munich().booked("anna", 3000).listed(1005, Some("anna"));
    leaves_behind(&vip, gives(1001), "3000 changed-outside 720 h");
    let taken = changed().listed(1000, Some("bert"));
    leaves_behind(&taken, gives(1001), "1000 changed-outside 0 h");
    // What is asked for itself, and what is in place, ends with its own step.
    leaves_behind(&lost(), gives(1000), "");
    leaves_behind(&munich().holds("anna", 1000), gives(1001), "");
    leaves_behind(&changed(), gives(1005), "");
}

#[test]
fn a_release_holds_or_renumbers() {
    releasing(&munich().holds("anna", 1000), false, "release 1000 holds");
    releasing(
        &munich().holds("anna", 1000),
        true,
        "release 1000 renumbers",
    );
    releasing(
        &munich().listed(1000, Some("anna")),
        false,
        "release 1000 holds",
    );
    releasing(&munich(), false, "nothing-held");
    releasing(&munich().listed(5000, Some("anna")), false, "unmanaged");
    let gone = munich()
        .holds("anna", 1000)
        .gone("anna", crate::plan::GoneHow::Deleted, 1);
    releasing(&gone, false, "release 1000 holds");
    let paused = |town: &mut Town| {
        town.state.pause = Some(Pause {
            reason: "audit".to_owned(),
            until: None,
        });
    };
    releasing(&munich().holds("anna", 1000).but(paused), false, "paused");
}

/// What anna is told, and what can be done about it.
#[track_caller]
fn is_told(town: &Town, wish: Wish, expected: &str) {
    let anna = town.users.iter().filter(|u| u.user.id == id("anna"));
    let people = anna.cloned().collect();
    let refused = town.look(|world| by_hand(world, people, &wish).expect_err("it is refused"));
    assert_eq!(refused.to_string(), expected);
}

#[test]
fn a_refusal_says_what_can_be_done() {
    let wish = |number: Option<u64>, range: Option<&str>| Wish::Assign {
        number: number.map(super::world::number),
        range: range.map(str::to_owned),
    };
    is_told(
        &munich(),
        Wish::Release { renumber: false },
        "anna holds no number, so there is none to take back; `linekeeper explain anna` shows what is known",
    );
    is_told(
        &munich(),
        wish(Some(1003), Some("vip")),
        "+498955501003 lies in the range muc, not in vip: leave the range out, or name a number of vip",
    );
    is_told(
        &munich().gone("anna", crate::plan::GoneHow::Deleted, 1),
        wish(Some(1003), None),
        "anna is no longer in the directory, so Teams can give no number: restore the account in Entra, which Microsoft \
         allows for 30 days, and ask again",
    );
    let zurich = town().user("anna", "E5+");
    is_told(
        &zurich,
        wish(Some(2003), None),
        "+41435552003 of the range zrh cannot be assigned: the tenant does not list it; buy it in the Teams admin centre \
         or have the operator upload it, and ask again",
    );
    is_told(
        &zurich
            .clone()
            .listed_as(2003, None, |p| p.activated = false),
        wish(Some(2003), None),
        "+41435552003 of the range zrh cannot be assigned: Teams does not list it as an activated operator-connect number \
         for users; activate it in the Teams admin centre, or correct the `type` of the range",
    );
    is_told(
        &zurich.listed(2003, None),
        wish(Some(2003), None),
        "the range zrh is of CH, the usage location is \"DE\". Correct the usage location in Entra: a number of this type \
         must be of the same country.",
    );
    let policy = ruled_by(
        r#"range "muc" { type direct-routing numbers +49 89 5550 1000 to 1009 quarantine 0 days policy TenantDialPlan "DE" }"#,
    );
    is_told(
        &policy.user("anna", "E5+"),
        wish(Some(1003), None),
        "the range muc names the TenantDialPlan \"DE\", which the tenant lacks. Create the policy in the Teams admin \
         centre, or correct its name in the rules.",
    );
    let held = munich().holds("bert", 1003);
    let refused = held.look(|world| {
        let index = crate::plan::Index::new(world);
        crate::plan::may_rest(&index, number(1003)).expect_err("bert has it")
    });
    let holder = id("bert");
    assert_eq!(
        refused.to_string(),
        format!(
            "+498955501003 is held by {holder}; it cannot be put to rest or freed while somebody has it: `linekeeper \
             release {holder}` takes it back first"
        )
    );
}

#[test]
fn only_stale_holders_are_released_as_such() {
    let stale = town()
        .user("anna", "")
        .booked("anna", 1000)
        .listed(1000, Some("anna"));
    let never_seen = |town: &mut Town| town.state.holdings[0].seen_licensed = false;
    assert_eq!(
        asked(&stale.clone().but(never_seen), Wish::ReleaseStale),
        "release 1000"
    );
    let seen = |town: &mut Town| town.state.holdings[0].seen_licensed = true;
    assert_eq!(asked(&stale.but(seen), Wish::ReleaseStale), "");
    let licensed = munich().holds("anna", 1000).but(never_seen);
    assert_eq!(asked(&licensed, Wish::ReleaseStale), "");
}

#[test]
fn a_day_is_its_first_moment() {
    let moment = crate::plan::moment;
    assert_eq!(
        moment("2030-01-02").map(|m| m.to_string()),
        Ok("2030-01-02T00:00:00Z".to_owned())
    );
    assert_eq!(
        moment("2030-01-02T01:30:00+01:00").map(|m| m.to_string()),
        Ok("2030-01-02T00:30:00Z".to_owned())
    );
    for wrong in [
        "tomorrow",
        "2030-13-01",
        "2030-01-02T01:30",
        "02.01.2030",
        "",
    ] {
        assert!(moment(wrong).is_err(), "{wrong}");
    }
}
