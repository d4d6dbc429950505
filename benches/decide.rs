//! Goals 1 and 5: what one core needs to decide about people, and to make rules ready.

mod made_up;
mod measure;
mod tenant;

use linekeeper::directory::{LicenceBook, PlanCatalogue};
use linekeeper::plan::{
    Asked, Circumstances, Comparison, Effect, Planner, Row, Settings, State, StoredUser, World,
    judge,
};
use linekeeper::rules::{GroupMembers, RuleSet};
use measure::{Scale, busy, figure, median, nanoseconds_each, thousands};
use std::collections::BTreeMap;
use std::hint::black_box;
use tenant::Maker;

fn main() {
    let scale = Scale::of_command_line();
    for ranges in [1_000, 10_000, 100_000, scale.size(1_000_000)] {
        let text = made_up::rules(ranges, 100);
        let ready = median(|| busy(|| tenant::rule_set(&text)).0);
        let size = format!("{} ranges", thousands(ranges));
        figure(
            5,
            "rule text to ready index",
            &size,
            ready.as_secs_f64() * 1e3,
            "ms",
        );
    }
    for users in [10_000, 100_000].map(|full| scale.size(full)) {
        diff(users, 1_000);
    }
    for users in [100_000, 1_000_000].map(|full| scale.size(full)) {
        for ranges in [1_000, 10_000] {
            decide(users, ranges);
        }
    }
}

/// Decides about everybody in two ways: the row of the table and the range alone, and as the planner considers them.
fn decide(users: u64, ranges: u64) {
    let rules = tenant::rule_set(&made_up::rules(ranges, 1_000));
    let mut maker = Maker::new(ranges);
    let people: Vec<StoredUser> = (0..users)
        .map(|at| tenant::stored(maker.user(at)))
        .collect();
    in_world(&rules, |world| {
        let size = format!("{} users", thousands(users));
        let of = format!("{} ranges", thousands(ranges));
        let time = median(|| busy(|| black_box(picked(world, &people))).0);
        let what = format!("decided: licence, eligibility, first of {of}");
        figure(1, &what, &size, nanoseconds_each(time, users), "ns a user");
        let time = median(|| {
            let copies = people.clone();
            let mut planner = Planner::new(world);
            let (time, ()) = busy(|| {
                copies
                    .into_iter()
                    .for_each(|stored| planner.consider(stored))
            });
            black_box(planner);
            time
        });
        let what = format!("considered by the planner, {of}");
        figure(1, &what, &size, nanoseconds_each(time, users), "ns a user");
    });
}

/// Compares what two rule sets make of everybody; the second writes one department in another way.
fn diff(users: u64, ranges: u64) {
    let text = made_up::rules(ranges, 1_000);
    let changed = text.replace("\"Finance\"", "\"Finances\"");
    let old = tenant::rule_set(&text);
    let mut maker = Maker::new(ranges);
    let people: Vec<StoredUser> = (0..users)
        .map(|at| tenant::stored(maker.user(at)))
        .collect();
    let new = tenant::rule_set(&changed);
    in_world(&old, |world| {
        let asked = Asked {
            settings: world.settings,
            book: world.book,
            groups: world.groups,
            now: world.now,
        };
        let time = median(|| {
            let mut comparison = Comparison::new(&old, &new);
            let mut is_moved = |stored: &&StoredUser| {
                let compared = comparison.see(asked, stored, true);
                compared.is_some_and(|compared| compared.effect == Effect::Moves)
            };
            let (time, moved) = busy(|| people.iter().filter(&mut is_moved).count());
            assert!(moved > 0, "the sets differ for somebody");
            time
        });
        let what = format!(
            "rules diff: asked by two sets of {} ranges",
            thousands(ranges)
        );
        let size = format!("{} users", thousands(users));
        figure(1, &what, &size, time.as_secs_f64() * 1e3, "ms");
    });
}

/// How many people may have a number and get a range.
fn picked(world: &World<'_>, people: &[StoredUser]) -> usize {
    let gets_one = |stored: &&StoredUser| {
        let judged = judge(world, stored);
        let subject = linekeeper::rules::Subject {
            user: &stored.user,
            kind: judged.licensing.kind,
            book: world.book,
            groups: world.groups,
        };
        let pick = || world.rules.pick(subject, judged.licensing.voice);
        judged.row == Row::Eligible && pick().is_some()
    };
    people.iter().filter(gets_one).count()
}

fn in_world(rules: &RuleSet, work: impl FnOnce(&World<'_>)) {
    let settings = Settings::default();
    let book = LicenceBook::new(PlanCatalogue::default(), Some(&tenant::skus()));
    work(&World {
        rules,
        settings: &settings,
        book: &book,
        groups: &GroupMembers::new(),
        listing: &[],
        listed_at: "2026-11-20T08:00:00Z".parse().expect("a time"),
        confirmed: &BTreeMap::new(),
        beside: &BTreeMap::new(),
        policies: &BTreeMap::new(),
        effective: None,
        state: &State::default(),
        circumstances: Circumstances {
            complete: true,
            clock_agrees: true,
            everyone: true,
            by_hand: false,
        },
        now: "2026-11-20T08:00:00Z".parse().expect("a time"),
    });
}
