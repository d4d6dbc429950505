//! What a plan says about no user in particular.

use super::world::{Town, ago, ruled_by, town};
use crate::numbering::ListedProfile;
use crate::plan::{NoteKind, Suspension};

/// What the notes of that kind about no user say.
fn said(town: &Town, kind: NoteKind) -> Vec<String> {
    let notes = town.plan().plan.notes.into_iter();
    let of_kind = notes.filter(|note| note.kind == kind && note.user.is_none());
    of_kind.map(|note| note.detail).collect()
}

#[test]
fn numbers_that_no_range_declares_are_counted_by_operator_type_and_prefix() {
    let operator = |p: &mut ListedProfile| p.operator = Some(uuid::Uuid::from_u128(5));
    let town = town()
        .listed(1000, None)
        .listed(7001, None)
        .listed(7002, Some("anna"))
        .listed(205, None)
        .listed_as(7003, None, operator);
    let found = said(&town, NoteKind::Undeclared);
    assert_eq!(found.len(), 3, "{found:?}");
    assert!(
        found
            .iter()
            .any(|l| l.starts_with("direct-routing numbers with +49 that no range declares: 2,")),
        "{found:?}"
    );
    assert!(
        found
            .iter()
            .any(|l| l.starts_with("calling-plan numbers with +1 that no range declares: 1,")),
        "{found:?}"
    );
    assert!(
        found
            .iter()
            .any(|l| l.contains("00000000-0000-0000-0000-000000000005")),
        "{found:?}"
    );
    let some = town.but(|town| town.circumstances.everyone = false);
    assert_eq!(said(&some, NoteKind::Undeclared), Vec::<String>::new());
}

#[test]
fn an_emergency_model_that_the_numbers_contradict_is_named() {
    let town = |model: &str, update: bool| {
        let text = format!(
            r#"operator "Alp" {{ id "0f0f0f0f-1a2b-4c3d-8e4f-5a6b7c8d9e0f" countries ["CH"] emergency {model} }}
            range "zrh" {{ type operator-connect numbers +41 43 555 20 00 to 20 09 operator "Alp" quarantine 0 days
                {} }}"#,
            if model == "tenant" {
                r#"location "9b11c2d0-1a2b-4c3d-8e4f-5a6b7c8d9e0f""#
            } else {
                ""
            }
        );
        let town = ruled_by(&text);
        town.listed_as(2001, None, |p| p.location_update = update)
            .listed_as(2002, None, |p| p.location_update = update)
    };
    let count = |model, update| said(&town(model, update), NoteKind::EmergencyMismatch).len();
    assert_eq!((count("locked", false), count("locked", true)), (0, 1));
    assert_eq!((count("operator", true), count("operator", false)), (0, 1));
    assert_eq!((count("tenant", true), count("tenant", false)), (0, 1));
}

#[test]
fn blocked_numbers_and_ranges_that_teams_refuses_are_named() {
    let town = town()
        .number(1000, |f| f.blocked_until = Some(ago(-1)))
        .number(1001, |f| f.blocked_until = Some(ago(0)))
        .but(|town| {
            town.state.refused_in_a_row.insert("muc".to_owned(), 3);
            town.state.refused_in_a_row.insert("zrh".to_owned(), 2);
            let suspension = Suspension {
                reason: "refused".to_owned(),
                since: ago(1),
            };
            town.state.suspended.insert("muc".to_owned(), suspension);
        });
    assert_eq!(said(&town, NoteKind::Blocked).len(), 1);
    assert_eq!(said(&town, NoteKind::RangeRefused).len(), 1);
}

#[test]
fn plans_that_nobody_knows_are_named() {
    let rules = r#"range "muc" { type direct-routing numbers +49 89 5550 1000 to 1009 quarantine 0 days
        when plans has "MCOEV" OR plans has "NOSUCH" }"#;
    let town = ruled_by(rules).user("anna", "E5+");
    let found = said(&town, NoteKind::UnknownPlan);
    assert_eq!(found.len(), 1);
    assert!(found[0].contains("NOSUCH"));
    assert_eq!(
        said(&town.but(|town| town.skus = None), NoteKind::UnknownPlan),
        Vec::<String>::new()
    );
}
