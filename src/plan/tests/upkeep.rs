//! What goes with a kept number: its profile, where that can be written, and its policies.

use super::lines::check;
use super::world::{Town, ago, hours, id, now, number, ruled_by};
use crate::plan::{Effective, NoteKind, PolicyName, Shown};

/// Anna holds 1004, and its range names a dial plan.
fn holder() -> Town {
    let rules = r#"range "muc" { type direct-routing numbers +49 89 5550 1000 to 1009 quarantine 0 days
        when city = "Munich" policy TenantDialPlan "DE" }"#;
    let town = ruled_by(rules).user("anna", "E5+").holds("anna", 1004);
    let key = ("TenantDialPlan".to_owned(), "DE".to_owned());
    town.but(|town| drop(town.policies.insert(key, Some("id".to_owned()))))
}

fn given(town: Town, name: &str) -> Town {
    let policy = PolicyName {
        policy_type: "TenantDialPlan".to_owned(),
        name: name.to_owned(),
    };
    town.with("anna", |anna| anna.facts.policies.push(policy))
}

fn enforced(town: Town) -> Town {
    town.but(|town| town.settings.enforce_policies = true)
}

/// Teams says that this dial plan is in force for anna.
fn in_force(mut town: Town, name: &str) -> Town {
    let facts = town.users.iter().map(|u| (u.user.id, u.facts.clone()));
    let state = crate::plan::State {
        facts: facts.collect(),
        ..crate::plan::State::default()
    };
    let shown: Shown = [("TenantDialPlan".to_owned(), name.to_owned())].into();
    town.effective = Some(Effective::new([(id("anna"), shown)], &state));
    town
}

#[test]
fn a_refused_profile_is_left_alone_for_a_week() {
    let refused = |last, before| {
        holder()
            .but(|town| town.settings.business_phone = true)
            .with("anna", |u| {
                u.facts.phone_refused = Some((number(last), ago(before)))
            })
    };
    let written = "profile anna +498955501004 rule\nkeep 1";
    check(&refused(1004, 24), "note anna profile-read-only\nkeep 1");
    check(
        &refused(1004, 7 * 24 - 1),
        "note anna profile-read-only\nkeep 1",
    );
    check(&refused(1004, 7 * 24), written);
    // Another number was refused.
    check(&refused(1005, 24), written);
    let until = refused(1004, 24).plan().plan.notes.remove(0).detail;
    let end = (now() + hours(6 * 24)).to_string();
    assert!(
        until.ends_with(&format!("tried again after {end}")),
        "{until}"
    );
}

#[test]
fn a_profile_that_cannot_be_cleared_is_noted() {
    let leaves = holder()
        .but(|town| town.settings.business_phone = true)
        .with("anna", |anna| {
            anna.user.licences = std::sync::Arc::default();
            anna.user.on_premises_synced = true;
        });
    let showing = |text: &str| {
        leaves
            .clone()
            .with("anna", |u| u.user.business_phone = Some(text.into()))
    };
    check(
        &showing("+49 89 5550-1004"),
        "release anna 1004 delicensed\nnote anna profile-read-only",
    );
    check(&showing("+49 89 1"), "release anna 1004 delicensed");
}

#[test]
fn a_policy_that_the_rules_name_anew_is_set_or_noted() {
    let kept = |name| given(holder(), name);
    check(&kept("DE"), "keep 1");
    check(&kept("AT"), "note anna drift\nkeep 1");
    let note = kept("AT").plan().plan.notes.remove(0);
    assert_eq!(
        (note.kind, note.range.as_deref()),
        (NoteKind::Drift, Some("muc"))
    );
    check(&enforced(kept("DE")), "keep 1");
    check(
        &enforced(kept("AT")),
        "policy anna +TenantDialPlan:DE rule\nkeep 1",
    );
    // What Linekeeper never set is no drift of its own.
    check(&holder(), "keep 1");
}

#[test]
fn a_policy_that_teams_has_otherwise_is_set_again() {
    let town = given(holder(), "DE");
    let set = "policy anna +TenantDialPlan:DE rule\nkeep 1";
    check(&in_force(enforced(town.clone()), "DE"), "keep 1");
    check(&in_force(enforced(town.clone()), "AT"), set);
    let why = in_force(enforced(town.clone()), "AT")
        .plan()
        .plan
        .changes
        .remove(0)
        .why;
    assert_eq!(
        why,
        "gives TenantDialPlan \"DE\" again: Teams has \"AT\" in force"
    );
    check(&in_force(town, "AT"), "keep 1");
}
