//! Who has a claim to a certain number: the pinned, the returning, the re-created.

use super::lines::check;
use super::world::{Town, ago, id, number, ruled_by, town};
use crate::directory::Attribute;
use crate::plan::{Departed, GoneHow, Planner, Reservation, Suspension};

/// Somebody in Munich who had 1007 until ten hours ago.
fn back(licence: &str) -> Town {
    town().user("anna", licence).had("anna", 1007, 10)
}

fn reserved() -> Option<Reservation> {
    Some(Reservation {
        by: "admin".to_owned(),
        reason: "board".to_owned(),
        until: None,
        whom: None,
    })
}

const BACK: &str = "assign anna 1007 returning";
const OTHER: &str = "assign anna 1000 rule";

#[test]
fn who_returns_gets_the_old_number_free_resting_or_set_aside() {
    check(&back("E5+"), BACK);
    check(&back("E5+").rests(1007, 100), BACK);
    check(&back("E5+").number(1007, |f| f.reserved = reserved()), BACK);
    check(&back("E5+").listed(1007, None), BACK);
    let ruled = |property: &str| {
        let text = format!(
            r#"range "muc" {{ type direct-routing numbers +49 89 5550 1000 to 1009 quarantine 0 days {property}
                when city = "Munich" }}"#
        );
        ruled_by(&text).user("anna", "E5+").had("anna", 1007, 10)
    };
    check(&ruled("reserve +49 89 5550 1007"), BACK);
    check(&ruled("unlisted reserve"), BACK);
    check(&ruled("keep-free 10"), BACK);
    check(&ruled("never +49 89 5550 1007"), OTHER);
    // Even where the rules pick no range now.
    check(
        &back("E5+").attribute("anna", Attribute::City, "Nowhere"),
        BACK,
    );
}

#[test]
fn an_old_number_that_is_not_to_be_had_is_replaced() {
    check(
        &back("E5+").number(1007, |f| f.blocked_until = Some(ago(-1))),
        OTHER,
    );
    check(
        &back("E5+").listed_as(1007, None, |p| p.activated = false),
        OTHER,
    );
    check(
        &back("E5+")
            .user("zoe", "E5+")
            .pinned("zoe", 1007)
            .gone("zoe", GoneHow::Deleted, 0),
        OTHER,
    );
    let held = back("E5+").user("bert", "E5+").holds("bert", 1007);
    check(&held, "assign anna 1000 rule\nkeep 1");
    let refused = back("E5+").with("anna", |u| u.facts.refused = vec![(number(1007), ago(3))]);
    check(&refused, OTHER);
    // No range declares it any more.
    check(&town().user("anna", "E5+").had("anna", 7000, 10), OTHER);
}

#[test]
fn type_and_country_of_the_old_number_must_fit() {
    check(
        &town()
            .user("anna", "E5+")
            .had("anna", 104, 10)
            .listed(104, None),
        OTHER,
    );
    let swiss = |country: &str| {
        let town = town().user_in("Munich", country, "anna", "E5+");
        town.had("anna", 2004, 10).listed(2004, None)
    };
    check(&swiss("CH"), "assign anna 2004 returning");
    check(&swiss("DE"), OTHER);
}

#[test]
fn who_returns_waits_while_the_range_is_suspended() {
    let suspension = Suspension {
        reason: "cut-over".to_owned(),
        since: ago(1),
    };
    let town = back("E5+").attribute("anna", Attribute::City, "Zurich");
    let suspended =
        town.but(|town| drop(town.state.suspended.insert("muc".to_owned(), suspension)));
    check(&suspended, "note anna suspended");
}

#[test]
fn a_number_that_rests_from_somebody_else_is_not_given_early() {
    // Somebody else had it after her, and freed it five hours ago.
    let after = |town: Town| town.number(1007, |f| f.freed = Some(ago(5)));
    check(&after(back("E5+").rests(1007, 100)), OTHER);
    check(&after(back("E5+").rests(1007, -1)), BACK);
    let pinned = |town: Town| town.pinned("anna", 1007);
    check(
        &pinned(back("E5+").rests(1007, 100)),
        "assign anna 1007 pinned",
    );
    check(
        &pinned(after(back("E5+").rests(1007, 100))),
        "note anna conflict",
    );
    check(
        &pinned(after(back("E5+").rests(1007, -1))),
        "assign anna 1007 pinned",
    );
    check(
        &pinned(town().user("anna", "E5+").rests(1007, 100)),
        "note anna conflict",
    );
}

#[test]
fn claims_are_set_aside_before_anyone_is_served() {
    let town = back("E5+")
        .user("aaron", "E5+")
        .user("bert", "E5+")
        .with("aaron", |u| u.user.created = Some(ago(5000)))
        .but(|town| {
            town.state
                .former
                .iter_mut()
                .for_each(|f| f.number = number(1000))
        })
        .pinned("bert", 1001);
    check(
        &town,
        "assign aaron 1002 rule
         assign anna 1000 returning
         assign bert 1001 pinned",
    );
}

#[test]
fn of_two_who_had_a_number_the_first_in_the_queue_gets_it() {
    let town = back("E5+").user("aaron", "E5+").had("aaron", 1007, 5);
    check(&town, "assign aaron 1007 returning\nassign anna 1000 rule");
}

#[test]
fn a_pinned_number_is_given_to_nobody_else() {
    let town = town()
        .user("anna", "E5+")
        .user("zoe", "")
        .pinned("zoe", 1000);
    check(&town, "assign anna 1001 rule");
}

#[test]
fn a_pin_reaches_what_the_rules_may_not_give_but_nothing_impossible() {
    let rules = r#"range "muc" { type direct-routing numbers +49 89 5550 1000 to 1009 quarantine 0 days
        reserve +49 89 5550 1003 never +49 89 5550 1004 when city = "Munich" }"#;
    let pinned = |last| ruled_by(rules).user("anna", "E5+").pinned("anna", last);
    check(&pinned(1003), "assign anna 1003 pinned");
    check(&pinned(1004), "assign anna 1004 pinned");
    check(
        &pinned(1005).number(1005, |f| f.blocked_until = Some(ago(-1))),
        "assign anna 1005 pinned",
    );
    check(&pinned(7000), "note anna conflict");
    check(
        &pinned(1005).user("bert", "E5+").holds("bert", 1005),
        "note anna conflict\nkeep 1",
    );
    check(
        &pinned(1005).listed_as(1005, None, |p| p.for_users = false),
        "note anna conflict",
    );
    // Of a type that the licence does not fit.
    check(
        &town()
            .user("anna", "E5+")
            .pinned("anna", 104)
            .listed(104, None),
        "note anna conflict",
    );
    check(
        &town()
            .user("anna", "E5+")
            .pinned("anna", 2004)
            .listed(2004, None),
        "note anna country-mismatch",
    );
}

/// Anna's former object had 1007 and is gone; this one has the same employee id, company and surname.
fn recreated() -> Town {
    let mut town = town().user("anna", "E5+");
    for (attribute, text) in [
        (Attribute::EmployeeId, "4711"),
        (Attribute::Company, "Contoso"),
        (Attribute::Surname, "MÜLLER"),
    ] {
        town = town.attribute("anna", attribute, text);
    }
    town.state.departed.push(Departed {
        user: id("old"),
        identity: ["4711".to_owned(), "contoso".to_owned(), "müller".to_owned()],
        number: number(1007),
        same_employee_id: 2,
    });
    town.had("old", 1007, 10)
}

#[test]
fn who_was_re_created_gets_the_former_number() {
    check(&recreated(), BACK);
    check(&recreated().rests(1007, 100), BACK);
    // Not if it rests from somebody else, is set aside, blocked, or was refused for this person.
    check(
        &recreated()
            .rests(1007, 100)
            .number(1007, |f| f.freed = Some(ago(5))),
        OTHER,
    );
    check(
        &recreated().number(1007, |f| f.reserved = reserved()),
        OTHER,
    );
    check(
        &recreated().number(1007, |f| f.blocked_until = Some(ago(-1))),
        OTHER,
    );
    let refused = recreated().with("anna", |u| u.facts.refused = vec![(number(1007), ago(3))]);
    check(&refused, OTHER);
    check(&recreated().but(|town| town.settings.rehire = false), OTHER);
}

#[test]
fn a_re_created_person_must_be_the_same_beyond_doubt() {
    check(
        &recreated().attribute("anna", Attribute::EmployeeId, "4712"),
        OTHER,
    );
    check(
        &recreated().attribute("anna", Attribute::Surname, "Meier"),
        OTHER,
    );
    check(
        &recreated().attribute("anna", Attribute::Company, " "),
        OTHER,
    );
    check(
        &recreated().but(|town| town.state.departed[0].same_employee_id = 3),
        OTHER,
    );
    // The number must lie in the range that the rules pick, or its overflow.
    let moved = recreated().attribute("anna", Attribute::City, "Nowhere");
    check(&moved, "note anna no-range");
    let elsewhere = recreated().but(|town| town.state.departed[0].number = number(2004));
    check(&elsewhere.listed(2004, None), OTHER);
}

/// Number 1005, set aside for that name.
fn kept_for(town: Town, last: u64, whom: &str) -> Town {
    let reservation = reserved().map(|it| Reservation {
        whom: Some(whom.to_owned()),
        ..it
    });
    town.number(last, |facts| facts.reserved = reservation)
}

#[test]
fn whoever_a_number_is_reserved_for_gets_it_and_nobody_else() {
    let anna = || town().user("anna", "E5+");
    let named = |attribute, text: &str| anna().attribute("anna", attribute, text);
    const GIVEN: &str = "assign anna 1005 pinned";
    check(
        &kept_for(named(Attribute::EmployeeId, "E-1"), 1005, " e-1 "),
        GIVEN,
    );
    check(
        &kept_for(named(Attribute::Mail, "A@x.test"), 1005, "a@X.test"),
        GIVEN,
    );
    check(
        &kept_for(
            named(Attribute::Upn, "STRASSE@x.test"),
            1005,
            "stra\u{df}e@x.test",
        ),
        GIVEN,
    );
    check(
        &kept_for(anna(), 1000, "zoe@x.test"),
        "assign anna 1001 rule",
    );
    check(&kept_for(back("E5+"), 1007, "zoe@x.test"), OTHER);
    // Also where the rules pick no range; whoever the rules exclude or who has no licence gets none.
    let elsewhere =
        named(Attribute::EmployeeId, "E-1").attribute("anna", Attribute::City, "Nowhere");
    check(&kept_for(elsewhere, 1005, "E-1"), GIVEN);
    let unlicensed = town()
        .user("anna", "E3+")
        .attribute("anna", Attribute::EmployeeId, "E-1");
    check(&kept_for(unlicensed, 1005, "E-1"), "");
}

#[test]
fn a_reserved_number_that_is_not_to_be_had_is_waited_for() {
    let anna = || {
        town()
            .user("anna", "E5+")
            .attribute("anna", Attribute::EmployeeId, "E-1")
    };
    check(
        &kept_for(anna(), 1005, "E-1")
            .user("zoe", "E5+")
            .holds("zoe", 1005),
        "note anna conflict\nkeep 1",
    );
    check(
        &kept_for(anna().rests(1005, 5), 1005, "E-1"),
        "note anna conflict",
    );
    // Two numbers for one person: neither.
    check(
        &kept_for(kept_for(anna(), 1005, "E-1"), 1006, "e-1"),
        "note anna conflict",
    );
}

#[test]
fn a_name_that_several_have_means_nobody() {
    let town = kept_for(town().user("anna", "E5+").user("bert", "E3+"), 1005, "E-1");
    let town = town.attribute("anna", Attribute::EmployeeId, "E-1");
    let both = town.clone().attribute("bert", Attribute::EmployeeId, "e-1");
    let planned = |town: &Town, witnesses: &[&str]| {
        town.look(|world| {
            let mut planner = Planner::new(world);
            let of = |name| {
                town.users
                    .iter()
                    .find(|u| u.user.id == id(name))
                    .expect("a user")
            };
            planner.consider(of("anna").clone());
            let sought = planner.sought();
            assert_eq!(sought.len(), 1);
            witnesses
                .iter()
                .for_each(|name| planner.witness(&sought, of(name)));
            let plan = planner.finish().plan;
            (
                plan.changes.len(),
                plan.notes.first().map(|note| note.detail.clone()),
            )
        })
    };
    assert_eq!(planned(&town, &["anna", "bert"]), (1, None));
    let (changes, said) = planned(&both, &["anna", "bert"]);
    assert_eq!(changes, 0);
    assert!(said.is_some_and(|said| said.contains("means several people")));
}
