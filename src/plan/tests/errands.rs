//! Many orders by hand as one plan.

use super::lines::{last, name};
use super::world::{Town, ago, id, number, ruled_by};
use crate::directory::Attribute;
use crate::plan::{
    Aim, Approval, ChangeStatus, Draft, Errand, GoneHow, Part, Plan, PlanStatus, errands, guard,
    settled,
};
use std::collections::BTreeMap;

const RULES: &str = r#"
    range "muc" {
      type direct-routing
      numbers +49 89 5550 1000 to 1009
      quarantine 30 days
      when city = "Munich"
    }
    range "ber" {
      type direct-routing
      numbers +49 89 5550 3000 to 3002
      quarantine 0 days
      when city = "Berlin"
    }
"#;

/// Anna and Bert in Munich with 1000 and 1001, Carl there without a number.
fn munich() -> Town {
    let town = ruled_by(RULES).user("anna", "E5+").holds("anna", 1000);
    town.user("bert", "E5+")
        .holds("bert", 1001)
        .user("carl", "E5+")
}

fn moved(town: Town, name: &str) -> Town {
    town.attribute(name, Attribute::City, "Berlin")
}

fn errand((name, aim): &(&str, Aim)) -> Errand {
    Errand {
        user: id(name),
        aim: *aim,
        why: "a test".to_owned(),
        had_until: None,
    }
}

fn ordered(town: &Town, wanted: &[Errand]) -> Draft {
    let people = town
        .users
        .iter()
        .filter(|stored| wanted.iter().any(|it| it.user == stored.user.id));
    let people = people.cloned().collect();
    town.look(|world| errands(world, people, wanted).into_draft(&BTreeMap::new()))
}

/// One line for each change and note.
fn lines(plan: &Plan) -> Vec<String> {
    let changes = plan
        .changes
        .iter()
        .filter(|change| change.part != Part::GivesBack);
    let changes =
        changes.map(|c| format!("{} {} {}", c.action.name(), name(c.user), last(c.number)));
    let notes = plan.notes.iter().map(|note| {
        let user = note.user.map(name).unwrap_or_default();
        format!("{} {user}", note.kind)
    });
    changes.chain(notes).collect()
}

#[track_caller]
fn check(town: &Town, orders: &[(&str, Aim)], expected: &[&str]) {
    let wanted: Vec<Errand> = orders.iter().map(errand).collect();
    assert_eq!(lines(&ordered(town, &wanted).plan), expected);
}

#[test]
fn a_certain_number_comes_in_exchange_or_alone_and_what_is_so_is_done() {
    let this = |last| Aim::Number(number(last));
    check(&munich(), &[("anna", this(1000))], &[]);
    check(
        &munich(),
        &[("anna", this(1005))],
        &["release anna 1000", "assign anna 1005"],
    );
    check(&munich(), &[("carl", this(1005))], &["assign carl 1005"]);
    // What is taken, promised or unknown is a note, and stops nobody else.
    check(
        &munich(),
        &[("anna", this(1001)), ("carl", this(1005))],
        &["assign carl 1005", "conflict anna"],
    );
    check(
        &munich(),
        &[("anna", this(1005)), ("bert", this(1005))],
        &["release anna 1000", "assign anna 1005", "conflict bert"],
    );
    check(&munich(), &[("zoe", this(1005))], &["conflict zoe"]);
    check(
        &munich().gone("anna", GoneHow::Deleted, 1),
        &[("anna", this(1005))],
        &["conflict anna"],
    );
}

#[test]
fn a_number_that_rests_rests_for_whoever_had_it() {
    let resting = munich().rests(1005, 5);
    let since = |hours| Errand {
        had_until: Some(ago(hours)),
        ..errand(&("carl", Aim::Number(number(1005))))
    };
    let freed = resting.state.numbers[&number(1005)].freed;
    assert!(freed.is_some(), "the number was freed some time");
    assert_eq!(
        lines(&ordered(&resting, &[since(0)]).plan),
        ["assign carl 1005"]
    );
    assert_eq!(
        lines(&ordered(&resting, &[since(10_000)]).plan),
        ["conflict carl"]
    );
    check(
        &resting,
        &[("carl", Aim::Number(number(1005)))],
        &["conflict carl"],
    );
}

#[test]
fn a_number_is_taken_back_if_it_is_still_the_same() {
    let without = |last| Aim::Without(number(last));
    let town = munich();
    let draft = ordered(&town, &[errand(&("anna", without(1000)))]);
    assert_eq!(lines(&draft.plan), ["release anna 1000"]);
    assert_eq!(
        (draft.plan.changes[0].part, draft.plan.changes[0].bulk),
        (Part::Holds, true)
    );
    check(&munich(), &[("anna", without(1005))], &["conflict anna"]);
    check(&munich(), &[("carl", without(1005))], &[]);
    check(
        &munich(),
        &[("anna", Aim::Left(number(1000)))],
        &["conflict anna"],
    );
}

#[test]
fn another_number_is_the_next_of_the_range_the_rules_pick() {
    check(
        &munich(),
        &[("bert", Aim::Another), ("anna", Aim::Another)],
        &[
            "release anna 1000",
            "assign anna 1002",
            "release bert 1001",
            "assign bert 1003",
        ],
    );
    // A number that somebody else is to get by name is not picked.
    check(
        &munich(),
        &[("anna", Aim::Another), ("carl", Aim::Number(number(1002)))],
        &["release anna 1000", "assign anna 1003", "assign carl 1002"],
    );
    check(&munich(), &[("carl", Aim::Another)], &["conflict carl"]);
    check(
        &munich().pinned("anna", 1000),
        &[("anna", Aim::Another)],
        &["conflict anna"],
    );
    check(
        &munich().pinned("anna", 1007),
        &[("anna", Aim::Another)],
        &["release anna 1000", "assign anna 1007"],
    );
    let nowhere = munich().attribute("anna", Attribute::City, "Bonn");
    check(&nowhere, &[("anna", Aim::Another)], &["no-range anna"]);
    let full = moved(munich(), "anna").user("x", "E5+").holds("x", 3000);
    let full = full
        .user("y", "E5+")
        .holds("y", 3001)
        .user("z", "E5+")
        .holds("z", 3002);
    check(&full, &[("anna", Aim::Another)], &["exhausted anna"]);
}

#[test]
fn whoever_has_moved_gets_a_number_of_there_and_nobody_else() {
    check(&munich(), &[("anna", Aim::Drifted)], &[]);
    check(
        &moved(munich(), "anna"),
        &[("anna", Aim::Drifted), ("bert", Aim::Drifted)],
        &["release anna 1000", "assign anna 3000"],
    );
}

#[test]
fn settled_orders_name_their_numbers_and_make_the_same_plan_again() {
    let town = moved(munich(), "anna");
    let orders = [
        ("anna", Aim::Drifted),
        ("bert", Aim::Another),
        ("carl", Aim::Another),
    ];
    let wanted: Vec<Errand> = orders.iter().map(errand).collect();
    let first = ordered(&town, &wanted);
    let kept = settled(&wanted, &first.plan.changes);
    let aims: Vec<Aim> = kept.iter().map(|errand| errand.aim).collect();
    assert_eq!(aims, [Aim::Number(number(3000)), Aim::Number(number(1002))]);
    let again = ordered(&town, &kept);
    assert_eq!(again.plan.changes, first.plan.changes);
    let text = serde_json::to_string(&kept).expect("JSON");
    assert_eq!(
        serde_json::from_str::<Vec<Errand>>(&text).expect("orders"),
        kept
    );
}

#[test]
fn the_brake_counts_every_number_that_is_taken_back_and_holds_what_follows() {
    let town = munich().but(|town| town.settings.safety.max_releases = 1);
    let wanted: Vec<Errand> = [("anna", Aim::Another), ("bert", Aim::Another)]
        .iter()
        .map(errand)
        .collect();
    let guarded = |town: &Town, brakes| {
        let draft = ordered(town, &wanted);
        let approval = Approval {
            brakes,
            listed: false,
        };
        town.look(|world| guard(draft, world, approval)).plan
    };
    let held = guarded(&town, false);
    assert_eq!(held.status, PlanStatus::Held);
    assert!(
        held.changes
            .iter()
            .all(|change| change.status == ChangeStatus::Held),
        "{held:?}"
    );
    let approved = guarded(&town, true);
    assert_eq!(approved.status, PlanStatus::Planned);
    assert!(approved.changes.iter().all(|change| change.approved));
    assert_eq!(guarded(&munich(), false).status, PlanStatus::Planned);
}
