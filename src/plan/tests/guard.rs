//! The brakes, and what else holds a plan.

use super::lines::check;
use super::world::{Town, ago, town};
use crate::directory::SkuId;
use crate::plan::{Approval, GoneHow, Pause, PlanStatus, PolicyName, Safety, release_limit};

const NAMES: [&str; 8] = [
    "anna", "bert", "carl", "dora", "emil", "fred", "gina", "hans",
];

/// So many holders without a licence, and so many who keep theirs.
fn holders(unlicensed: usize, kept: usize) -> Town {
    let mut town = town();
    for (name, last) in NAMES.iter().zip(1000..).take(unlicensed + kept) {
        let licence = if last < 1000 + unlicensed as u64 {
            ""
        } else {
            "E5+"
        };
        town = town.user(name, licence).holds(name, last);
    }
    town.but(|town| {
        town.settings.safety = Safety {
            max_releases: 3,
            max_release_percent: 100,
            max_assignments: 2,
            max_unmatched_percent: 20,
            max_by_hand: 50,
        };
    })
}

fn joiners(count: usize) -> Town {
    NAMES
        .iter()
        .take(count)
        .fold(holders(0, 0), |town, name| town.user(name, "E5+"))
}

fn held(town: &Town) -> (PlanStatus, usize, String) {
    let plan = town.plan().plan;
    let held = plan
        .changes
        .iter()
        .filter(|c| c.status == crate::plan::ChangeStatus::Held);
    (plan.status, held.count(), plan.held_because.join("; "))
}

#[test]
fn the_limit_is_the_smaller_of_count_and_share_but_at_least_three_or_the_count() {
    let limit = |holders: u64, max_releases, max_release_percent| {
        let mut town = town();
        for last in 1000..1000 + holders {
            town = town.booked(&format!("u{last}"), last);
        }
        town.settings.safety = Safety {
            max_releases,
            max_release_percent,
            max_assignments: 0,
            max_unmatched_percent: 20,
            max_by_hand: 50,
        };
        town.look(release_limit)
    };
    assert_eq!(limit(1000, 20, 10), 20);
    assert_eq!(limit(100, 20, 10), 10);
    assert_eq!(limit(99, 20, 10), 9);
    assert_eq!(limit(39, 20, 10), 3);
    assert_eq!(limit(29, 20, 10), 3);
    assert_eq!(limit(0, 20, 10), 3);
    assert_eq!(limit(100, 2, 10), 2);
    assert_eq!(limit(100, 0, 10), 0);
    assert_eq!(limit(100, 20, 0), 3);
    assert_eq!(limit(100, 20, 100), 20);
}

#[test]
fn over_the_brake_none_is_released_and_assignments_still_run() {
    check(
        &holders(3, 0),
        "release anna 1000 delicensed\nrelease bert 1001 delicensed\nrelease carl 1002 delicensed",
    );
    check(
        &holders(4, 0).user("zoe", "E5+"),
        "release anna 1000 delicensed held
         release bert 1001 delicensed held
         release carl 1002 delicensed held
         release dora 1003 delicensed held
         assign zoe 1004 rule",
    );
    let (status, _, because) = held(&holders(4, 0));
    assert_eq!(status, PlanStatus::Held);
    assert!(
        because.contains("4 releases") && because.contains("(3)"),
        "{because}"
    );
}

#[test]
fn the_24_hours_before_count() {
    let before = |releases| holders(2, 2).but(|town| town.state.brake.releases = releases);
    assert_eq!(held(&before(1)).1, 0);
    assert_eq!(held(&before(2)).1, 2);
    let assigned = |count| joiners(1).but(|town| town.state.brake.assignments = count);
    assert_eq!(held(&assigned(1)).1, 0);
    assert_eq!(held(&assigned(2)).1, 1);
    // Nothing to release: what was before holds nothing.
    assert_eq!(
        held(&holders(0, 2).but(|town| town.state.brake.releases = 99)).0,
        PlanStatus::Planned
    );
}

#[test]
fn zero_releases_means_every_one_needs_approval() {
    let none = holders(1, 7).but(|town| town.settings.safety.max_releases = 0);
    assert_eq!(held(&none).1, 1);
}

#[test]
fn what_teams_did_already_does_not_count() {
    let town = holders(4, 0).but(|town| town.listing.clear());
    assert_eq!(held(&town).1, 0);
    let mixed = holders(4, 0).listed(1003, None);
    assert_eq!(held(&mixed).1, 0);
}

#[test]
fn the_assignment_brake_counts_assignments_by_rule_only() {
    assert_eq!(held(&joiners(2)).1, 0);
    let (status, count, because) = held(&joiners(3));
    assert_eq!((status, count), (PlanStatus::Held, 3));
    assert!(because.contains("3 assignments by rule"), "{because}");
    assert_eq!(
        held(&joiners(8).but(|town| town.settings.safety.max_assignments = 0)).1,
        0
    );
    check(
        &joiners(3).had("anna", 1007, 3).pinned("bert", 1008),
        "assign anna 1007 returning\nassign bert 1008 pinned\nassign carl 1000 rule",
    );
    check(
        &joiners(4)
            .had("anna", 1007, 3)
            .user("zoe", "")
            .holds("zoe", 1009),
        "release zoe 1009 delicensed
         assign anna 1007 returning
         assign bert 1000 rule held
         assign carl 1001 rule held
         assign dora 1002 rule held",
    );
}

#[test]
fn approval_lifts_the_brakes() {
    let approve = |town: Town| {
        town.but(|town| {
            town.approval = Approval {
                brakes: true,
                ..Approval::default()
            }
        })
    };
    assert_eq!(held(&approve(holders(4, 0))).1, 0);
    assert_eq!(held(&approve(joiners(4))).1, 0);
    let changes = approve(holders(4, 0)).plan().plan.changes;
    assert!(changes.iter().all(|change| change.approved));
}

#[test]
fn what_follows_a_held_change_is_held() {
    let town = holders(4, 0).with("bert", |u| {
        u.facts.policies.push(PolicyName {
            policy_type: "TenantDialPlan".to_owned(),
            name: "DE".to_owned(),
        });
    });
    check(
        &town,
        "release anna 1000 delicensed held
         release bert 1001 delicensed held
         policy bert -TenantDialPlan:DE delicensed held
         release carl 1002 delicensed held
         release dora 1003 delicensed held",
    );
}

#[test]
fn a_product_that_died_holds_releases_for_lost_licence() {
    let dead = SkuId::from_u128(0xc7df2760_2c81_4ef7_b578_5b5392b571df);
    let town = holders(1, 0)
        .user("zoe", "E5+")
        .holds("zoe", 1009)
        .gone("zoe", GoneHow::Deleted, 0);
    let remembers = |town: Town, sku| {
        town.but(|town| drop(town.state.anchor.holder_skus.insert(sku, "E5".to_owned())))
    };
    check(
        &remembers(town.clone(), dead),
        "release anna 1000 delicensed held\nrelease zoe 1009 deleted",
    );
    assert!(
        held(&remembers(town.clone(), dead))
            .2
            .contains(&dead.to_string())
    );
    // One that the tenant no longer lists at all; and one that lives.
    assert_eq!(held(&remembers(town.clone(), SkuId::from_u128(7))).1, 1);
    let alive = SkuId::from_u128(0x06ebc4ee_1bb5_47dd_8120_11324bc54e06);
    assert_eq!(held(&remembers(town.clone(), alive)).1, 0);
    // Lifting the brakes does not lift this.
    let approved = remembers(town, dead).but(|town| {
        town.approval = Approval {
            brakes: true,
            ..Approval::default()
        }
    });
    assert_eq!(held(&approved).1, 1);
}

#[test]
fn a_pause_holds_every_write_until_it_ends() {
    let paused = |until| {
        holders(1, 0)
            .user("zoe", "E5+")
            .listed(1005, Some("yves"))
            .user("yves", "E5+")
            .but(|town| {
                town.state.pause = Some(Pause {
                    reason: "audit".to_owned(),
                    until,
                });
            })
    };
    let all_held = "release anna 1000 delicensed held
         adopt yves 1005 adopted
         assign zoe 1001 rule held";
    check(&paused(None), all_held);
    check(&paused(Some(ago(-1))), all_held);
    check(&paused(Some(ago(0))), &all_held.replace(" held", ""));
    let approved = paused(None).but(|town| {
        town.approval = Approval {
            brakes: true,
            ..Approval::default()
        }
    });
    check(&approved, all_held);
}

#[test]
fn one_cause_behind_most_of_many_releases_is_named() {
    let because = |unlicensed: usize, gone: usize| {
        let town = holders(unlicensed + gone, 0);
        let left = &NAMES[unlicensed..unlicensed + gone];
        let town = left
            .iter()
            .fold(town, |town, name| town.gone(name, GoneHow::Absent, 0));
        held(&town).2
    };
    assert!(
        because(5, 1).contains("5 of them because the holders lost their Phone System licence")
    );
    assert!(because(1, 5).contains("5 of them because the holders are gone"));
    assert!(!because(3, 3).contains("because"));
}
