//! What people are shown of the inventory.

use super::journal::ready;
use super::*;
use crate::harness::database::on_both_engines;
use linekeeper::clock::Clock;
use linekeeper::plan::NumberFacts;
use linekeeper::reconcile::RuleSource;
use linekeeper::rules::{LoadOptions, RuleSet, SourceFile, load};
use linekeeper::views::{Cursor, NumberFilter, TenantView};
use std::sync::Mutex;

on_both_engines!(
    numbers_come_in_pages_of_any_size,
    a_range_of_a_million_is_paged_by_what_is_shown,
    counts_add_up_and_follow_what_is_written_and_the_clock,
    cursors_are_of_one_list,
);

const RULES: &str = r#"
range "late" { type direct-routing numbers +498955502000 to +498955502009 when city = "Bonn" }
range "muc" {
  type direct-routing
  numbers +498955501000 to +498955501004, +498955501008 to +498955501009
  never +498955501009
  when city = "München"
}
"#;

const LARGE: &str = r#"range "all" { type direct-routing numbers +498900000000 to +498900999999 when city = "Bonn" }"#;

struct Fixed(Arc<RuleSet>);

impl RuleSource for Fixed {
    fn active(&self) -> Arc<RuleSet> {
        Arc::clone(&self.0)
    }

    fn described(&self) -> RulesReport {
        RulesReport {
            commit: None,
            dirty: false,
            digest: self.0.digest().clone(),
        }
    }
}

/// A clock that stands where it is put.
#[derive(Debug)]
struct Put(Mutex<Timestamp>);

impl Clock for Put {
    fn now(&self) -> Timestamp {
        *self.0.lock().expect("not poisoned")
    }
}

fn view(store: &Arc<TenantStore>, rules: &str) -> (TenantView, Arc<Put>) {
    let file = SourceFile {
        name: "offices.rules".to_owned(),
        bytes: rules.as_bytes().to_vec(),
    };
    let rules = load(&[file], LoadOptions::default())
        .expect("good rules")
        .rule_set;
    let clock = Arc::new(Put(Mutex::new(at(10))));
    let view = TenantView::new(
        Arc::clone(store),
        Arc::new(Fixed(Arc::new(rules))),
        Arc::new(Settings::default()),
        Arc::clone(&clock) as Arc<dyn Clock>,
    );
    (view, clock)
}

/// Two numbers held, one claimed, one resting until minute 100.
async fn some_in_use(database: &Database) -> Arc<TenantStore> {
    let (store, fence, sync) = ready(database, 5).await;
    let assigned = vec![
        change(1, Action::Assign, 1, 1),
        change(2, Action::Assign, 2, 2),
    ];
    make(&store, fence, &sync, assigned, 1).await;
    let claimed = plan(vec![change(3, Action::Assign, 3, 8)]);
    store
        .claim(fence, &sync, &claimed, at(2))
        .await
        .expect("claims");
    let rests = |facts: &mut NumberFacts| facts.rest_until = Some(at(100));
    store
        .change_number(number(4), "admin", "rests", &rests, at(2))
        .await
        .expect("rests");
    let report = report(&sync, SyncStatus::Succeeded);
    store.finish(fence, &report, at(3)).await.expect("ends");
    Arc::new(store)
}

async fn listed(view: &TenantView, filter: NumberFilter<'_>, limit: u32) -> Vec<String> {
    let (mut all, mut after) = (Vec::new(), None::<Cursor>);
    loop {
        let page = view
            .numbers(filter, after.as_ref(), limit)
            .await
            .expect("reads");
        assert!(page.items.len() <= limit as usize);
        let line = |item: &linekeeper::views::NumberItem| {
            let user = item
                .user
                .as_ref()
                .map(|user| user.upn.clone())
                .unwrap_or_default();
            let digits = item.number.to_string();
            format!("{} {} {user}", &digits[digits.len() - 4..], item.state)
        };
        all.extend(page.items.iter().map(line));
        after = page.next;
        if after.is_none() {
            return all;
        }
    }
}

async fn numbers_come_in_pages_of_any_size(database: &Database) {
    let store = some_in_use(database).await;
    let (view, _) = view(&store, RULES);
    let everything = NumberFilter::default();
    let all = listed(&view, everything, 1000).await;
    assert_eq!(all.len(), 17);
    assert_eq!(
        all[10..],
        [
            "1000 free ",
            "1001 assigned User1@example.test",
            "1002 assigned User2@example.test",
            "1003 free ",
            "1004 quarantined ",
            "1008 claimed User3@example.test",
            "1009 never ",
        ]
    );
    for limit in [1, 2, 3, 7, 17] {
        assert_eq!(
            listed(&view, everything, limit).await,
            all,
            "{limit} at once"
        );
    }
    let free = NumberFilter {
        range: Some("muc"),
        state: Some(linekeeper::numbering::NumberState::Free),
        ..NumberFilter::default()
    };
    assert_eq!(listed(&view, free, 1).await, ["1000 free ", "1003 free "]);
    let one = view.number(number(8)).await.expect("reads");
    assert_eq!((one.range.as_str(), one.state.name()), ("muc", "claimed"));
    assert!(view.number(number(5)).await.is_err(), "between the spans");
}

async fn a_range_of_a_million_is_paged_by_what_is_shown(database: &Database) {
    let (store, _, _) = ready(database, 1).await;
    let (view, _) = view(&Arc::new(store), LARGE);
    let assigned = NumberFilter {
        state: Some(linekeeper::numbering::NumberState::Assigned),
        ..NumberFilter::default()
    };
    assert_eq!(listed(&view, assigned, 10).await, [""; 0]);
    let page = view
        .numbers(NumberFilter::default(), None, 3)
        .await
        .expect("reads");
    let next = page.next.expect("it goes on");
    let page = view
        .numbers(NumberFilter::default(), Some(&next), 1)
        .await
        .expect("reads");
    assert_eq!(page.items[0].number.to_string(), "+498900000003");
    let ranges = view.ranges(None, 10).await.expect("reads");
    assert_eq!(
        (ranges.items[0].total, ranges.items[0].free),
        (1_000_000, 1_000_000)
    );
}

async fn counts_add_up_and_follow_what_is_written_and_the_clock(database: &Database) {
    let store = some_in_use(database).await;
    let (view, clock) = view(&store, RULES);
    let count = async || {
        let item = view.range("muc").await.expect("reads");
        let sum: u64 = linekeeper::numbering::NumberState::ALL
            .iter()
            .map(|state| item.count(*state))
            .sum();
        assert_eq!(sum, item.total);
        (item.free, item.quarantined, item.reserved, item.suspended)
    };
    assert_eq!(count().await, (2, 1, 0, false));
    *clock.0.lock().expect("not poisoned") = at(100);
    assert_eq!(count().await, (3, 0, 0, false), "the rest is over");
    *clock.0.lock().expect("not poisoned") = at(99);
    assert_eq!(
        count().await,
        (2, 1, 0, false),
        "a clock put back is believed"
    );
    let reserve = |facts: &mut NumberFacts| {
        facts.reserved = Some(linekeeper::plan::Reservation {
            by: "admin".into(),
            reason: "fair".into(),
            until: None,
            whom: None,
        });
    };
    store
        .change_number(number(0), "admin", "reserved", &reserve, at(3))
        .await
        .expect("reserves");
    let suspension = linekeeper::plan::Suspension {
        reason: "audit".into(),
        since: at(3),
    };
    store
        .suspend_range("muc", Some(&suspension), "test", at(3))
        .await
        .expect("suspends");
    assert_eq!(count().await, (1, 1, 1, true));
}

async fn cursors_are_of_one_list(database: &Database) {
    let store = some_in_use(database).await;
    let (view, _) = view(&store, RULES);
    let ranges = view.ranges(None, 1).await.expect("reads");
    let cursor = ranges.next.expect("it goes on");
    let rest = view.ranges(Some(&cursor), 1).await.expect("reads");
    assert_eq!((rest.items[0].range.as_str(), rest.next), ("muc", None));
    assert!(view.users(None, Some(&cursor), 1).await.is_err());
    assert!(
        view.numbers(NumberFilter::default(), Some(&cursor), 1)
            .await
            .is_err()
    );
    let (mut upns, mut after) = (Vec::new(), None);
    loop {
        let page = view.users(None, after.as_ref(), 2).await.expect("reads");
        upns.extend(page.items.into_iter().map(|user| (user.upn, user.number)));
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    assert_eq!(upns.len(), 5);
    assert_eq!(upns[1], ("User1@example.test".to_owned(), Some(number(1))));
}
