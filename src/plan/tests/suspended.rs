//! Suspended operators: their ranges count as suspended ones.

use super::lines::check;
use super::world::{Town, ago, id, number, ruled_by};
use crate::numbering::Country;
use crate::plan::{Hand, NoteKind, Refusal, Suspension, Wish, by_hand, standing};

/// `alp` in two countries, with a range of its own for each, one of nobody, and an overflow to each other.
const RULES: &str = r#"
    operator "alp" { id "0f0f0f0f-1a2b-4c3d-8e4f-5a6b7c8d9e0f" countries ["CH", "DE"] }
    operator "sea" { countries ["DE"] }
    range "zrh" { type operator-connect numbers +41 43 555 20 00 to 20 09 operator "alp" quarantine 0 days
      when city = "Zurich" }
    range "muc" { type direct-routing numbers +49 89 5550 1000 operator "alp" quarantine 0 days
      when city = "Munich" overflow "muc-2" }
    range "muc-2" { type direct-routing numbers +49 89 5550 1010 to 1019 operator "sea" quarantine 0 days
      overflow "muc-3" }
    range "muc-3" { type direct-routing numbers +49 89 5550 1020 to 1029 quarantine 0 days }
"#;

fn town() -> Town {
    (2000..2010).fold(ruled_by(RULES), |town, last| town.listed(last, None))
}

/// Anna in Munich, Zoe in Zurich.
fn both() -> Town {
    town()
        .user("anna", "E5+")
        .user_in("Zurich", "CH", "zoe", "E5+")
}

fn suspended(town: Town, operator: &str, country: Option<&str>) -> Town {
    let suspension = Suspension {
        reason: "fraud".to_owned(),
        since: ago(1),
    };
    let country = country.map(|code| Country::from_code(code).expect("a country"));
    town.but(|town| {
        let of_operator = town.state.suspended_operators.entry(operator.to_owned());
        of_operator.or_default().insert(country, suspension);
    })
}

#[test]
fn a_suspended_operator_gives_nothing_anywhere() {
    check(&both(), "assign anna 1000 rule\nassign zoe 2000 rule");
    check(
        &suspended(both(), "alp", None),
        "note anna suspended\nnote zoe suspended",
    );
    check(
        &suspended(both(), "sea", None),
        "assign anna 1000 rule\nassign zoe 2000 rule",
    );
}

#[test]
fn in_one_country_it_gives_nothing_there() {
    check(
        &suspended(both(), "alp", Some("CH")),
        "assign anna 1000 rule\nnote zoe suspended",
    );
    check(
        &suspended(both(), "alp", Some("DE")),
        "assign zoe 2000 rule\nnote anna suspended",
    );
}

#[test]
fn an_operator_that_no_rule_declares_any_more_suspends_nothing() {
    check(
        &suspended(both(), "gone", None),
        "assign anna 1000 rule\nassign zoe 2000 rule",
    );
}

#[test]
fn overflow_of_a_suspended_operator_is_passed_by() {
    let two = || town().user("anna", "E5+").user("bert", "E5+");
    check(&two(), "assign anna 1000 rule\nassign bert 1010 rule");
    check(
        &suspended(two(), "sea", None),
        "assign anna 1000 rule\nassign bert 1020 rule",
    );
}

#[test]
fn who_returns_waits_and_holders_keep() {
    let returning = || town().user("anna", "E5+").had("anna", 1000, 3);
    check(&returning(), "assign anna 1000 returning");
    check(
        &suspended(returning(), "alp", Some("DE")),
        "note anna suspended",
    );
    let holder = town().user("anna", "E5+").holds("anna", 1000);
    check(&suspended(holder, "alp", None), "keep 1");
}

#[test]
fn by_hand_it_is_refused_with_the_operator_and_the_way_back() {
    let refused = |country| {
        let town = suspended(both(), "alp", country);
        let wish = Wish::Assign {
            number: Some(number(1000)),
            range: None,
        };
        let hand = Hand {
            people: vec![id("anna")],
            wish,
        };
        let anna = town.users.iter().filter(|u| u.user.id == id("anna"));
        let people: Vec<_> = anna.cloned().collect();
        let done = town.look(|world| by_hand(world, people, &hand.wish).map(drop));
        done.expect_err("it is refused")
    };
    let whole: Refusal = refused(None);
    assert_eq!(whole.code(), "suspended");
    assert_eq!(
        whole.to_string(),
        "the range muc is of the operator alp, which is suspended: fraud; `linekeeper operators resume \"alp\"` lets it \
         give numbers again"
    );
    assert_eq!(
        refused(Some("DE")).to_string(),
        "the range muc is of the operator alp, which is suspended in DE: fraud; `linekeeper operators resume \"alp\" \
         --country DE` lets it give numbers again"
    );
}

#[test]
fn notes_and_numbers_say_so() {
    let town = suspended(both(), "alp", Some("CH"));
    let draft = town.plan();
    let notes = draft.plan.notes.iter();
    let said: Vec<&str> = notes
        .filter(|note| note.kind == NoteKind::Suspended)
        .map(|note| note.detail.as_str())
        .collect();
    assert_eq!(
        said,
        ["the range zrh is of the operator alp, which is suspended in CH: fraud"]
    );
    let (_, because) = town.index(|index| standing(index, number(2000)));
    assert_eq!(
        because.last().map(String::as_str),
        Some(
            "the range zrh is of the operator alp, which is suspended in CH since 2026-03-02T07:00:00Z: fraud"
        )
    );
}
