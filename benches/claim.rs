//! Goal 4: numbers for joiners, planned from ranges of a million numbers of which half are taken, and claimed durably.

mod made_up;
mod measure;
mod tenant;

use linekeeper::directory::{LicenceBook, Link, Next, Observed, Page, PlanCatalogue, User};
use linekeeper::numbering::{
    Category, E164, Listed, ListedProfile, ListedStatus, ListedType, NumberType,
};
use linekeeper::plan::{Circumstances, Draft, Planner, Settings, State, StoredUser, World};
use linekeeper::reconcile::{Begin, Claim, Ledger as _, Trigger};
use linekeeper::report::TriggerKind;
use linekeeper::rules::{GroupMembers, RuleSet};
use linekeeper::store::{Options, Store, TenantStore};
use measure::{Scale, busy, figure, median, middle, thousands};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;
use tenant::Maker;
use uuid::Uuid;

const RANGES: u64 = 100;
const NAME_OF_SERVER: &str = "LINEKEEPER_TEST_POSTGRES";

fn main() {
    let scale = Scale::of_command_line();
    let numbers = scale.size(1_000_000);
    let rules = tenant::rule_set(&made_up::rules(RANGES, numbers / RANGES));
    let listing = half_taken(numbers);
    for joiners in [10_000, 100_000].map(|full| scale.size(full)) {
        let size = format!("{} joiners", thousands(joiners));
        let people = joining(joiners);
        let draft = in_world(&rules, &listing, |world| planned(world, &people, &size));
        let runtime = tokio::runtime::Runtime::new().expect("a runtime");
        runtime.block_on(claimed(&people, &draft, &size));
    }
}

fn per_second(count: usize, time: Duration) -> f64 {
    count as f64 / time.as_secs_f64()
}

fn planned(world: &World<'_>, people: &[User], size: &str) -> Draft {
    let mut drafts = Vec::new();
    let time = median(|| {
        let stored: Vec<StoredUser> = people.iter().cloned().map(tenant::stored).collect();
        let mut planner = Planner::new(world);
        let (time, draft) = busy(|| {
            stored
                .into_iter()
                .for_each(|stored| planner.consider(stored));
            planner.finish()
        });
        drafts.push(draft);
        time
    });
    let draft = drafts.pop().expect("it was planned");
    assert_eq!(
        draft.plan.changes.len(),
        people.len(),
        "everybody gets a number"
    );
    figure(
        4,
        "planned: considered, numbers picked, plan in order",
        size,
        per_second(people.len(), time),
        "a second",
    );
    draft
}

async fn claimed(people: &[User], draft: &Draft, size: &str) {
    let mut times = Vec::new();
    for _ in 0..5 {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let url = format!("sqlite:{}", folder.path().join("bench.db").display());
        times.push(claimed_once(&url, people, draft).await);
    }
    let rate = per_second(people.len(), middle(&mut times));
    figure(
        4,
        "claimed durably, with journal and audit trail: SQLite",
        size,
        rate,
        "a second",
    );
    #[expect(
        clippy::disallowed_methods,
        reason = "a benchmark has no configuration; ./bench names the server"
    )]
    let Ok(server) = std::env::var(NAME_OF_SERVER) else {
        return;
    };
    let mut times = Vec::new();
    for _ in 0..5 {
        let url = fresh_database(&server).await;
        times.push(claimed_once(&url, people, draft).await);
        drop_database(&server, &url).await;
    }
    let rate = per_second(people.len(), middle(&mut times));
    figure(
        4,
        "claimed durably, with journal and audit trail: PostgreSQL",
        size,
        rate,
        "a second",
    );
}

/// The claiming transaction alone, in a database that knows the people.
async fn claimed_once(url: &str, people: &[User], draft: &Draft) -> Duration {
    let store = Store::open(url, Options::default())
        .await
        .expect("a database");
    let tenant = store
        .tenant(
            "bench",
            "6d9b9f57-6c4a-4c43-8a0d-0d3c0a1b2c3d",
            Arc::new(Settings::default()),
        )
        .await;
    let tenant = tenant.expect("a tenant");
    let trigger = Trigger {
        kind: TriggerKind::Cli,
        by: "bench".to_owned(),
    };
    let begun = tenant.begin(&trigger, now()).await.expect("a sync");
    let Begin::Ours(fence, sync) = begun else {
        panic!("nobody else syncs")
    };
    know(&tenant, fence, people).await;
    let claim = Claim {
        changes: draft.plan.changes.clone(),
        facts: draft.effects.facts.clone(),
        decided: Some(draft.effects.decided.clone()),
        ..Claim::default()
    };
    tenant
        .state(now())
        .await
        .expect("the state is read before a plan");
    let begun = std::time::Instant::now();
    let lost = tenant
        .claim(fence, &sync, &claim, now())
        .await
        .expect("the claim is written");
    let time = begun.elapsed();
    assert!(lost.is_empty(), "nobody else claims");
    store.close().await;
    time
}

async fn know(tenant: &TenantStore, fence: linekeeper::apply::Fence, people: &[User]) {
    let mut round = tenant.begin_full(fence, "", now()).await.expect("a round");
    let end = || Link("end".to_owned());
    for users in people.chunks(1_600) {
        let users = users
            .iter()
            .map(|user| Observed::Present(Box::new(user.clone())))
            .collect();
        let page = Page {
            users,
            next: Next::End { delta: end() },
        };
        tenant
            .store_pages(fence, &mut round, &[page], now())
            .await
            .expect("users are stored");
    }

    tenant
        .end_round(fence, &round, &end(), false, now())
        .await
        .expect("the round ends");
}

async fn fresh_database(server: &str) -> String {
    let name = format!("linekeeper_bench_{}", Uuid::new_v4().simple());
    administer(server, format!("CREATE DATABASE {name}")).await;
    let (base, _) = server.rsplit_once('/').expect("a URL with a database name");
    format!("{base}/{name}")
}

async fn drop_database(server: &str, url: &str) {
    let (_, name) = url.rsplit_once('/').expect("a URL with a database name");
    administer(server, format!("DROP DATABASE {name} WITH (FORCE)")).await;
}

async fn administer(server: &str, statement: String) {
    use sqlx::Connection as _;
    let mut connection = sqlx::PgConnection::connect(server)
        .await
        .expect("the server answers");
    let done = sqlx::raw_sql(sqlx::AssertSqlSafe(statement))
        .execute(&mut connection)
        .await;
    done.expect("the server obeys");
}

/// People with a licence, all of whom some range of [`RANGES`] wants.
fn joining(count: u64) -> Vec<User> {
    let mut maker = Maker::new(RANGES);
    (0..count)
        .map(|at| {
            maker.user_like(
                at,
                made_up::Person {
                    licence: 0,
                    ..made_up::person(at, RANGES)
                },
            )
        })
        .collect()
}

/// Every other number is somebody else's.
fn half_taken(numbers: u64) -> Vec<Listed> {
    let profile = Arc::new(ListedProfile {
        number_type: ListedType::Known(NumberType::DirectRouting),
        activated: true,
        for_users: true,
        status: ListedStatus::UserAssigned,
        category: Category::Other,
        ported: true,
        on_premises: false,
        extension: false,
        operator: None,
        country: None,
        location_update: false,
        location: None,
    });
    let listed = |at: u64| Listed {
        number: E164::from_digits(made_up::first_number(0, 0) + at).expect("a number"),
        target: Some(Uuid::from_u128(u128::from(at) + 1)),
        profile: Arc::clone(&profile),
    };
    (0..numbers).step_by(2).map(listed).collect()
}

fn in_world<T>(rules: &RuleSet, listing: &[Listed], work: impl FnOnce(&World<'_>) -> T) -> T {
    let settings = Settings::default();
    let book = LicenceBook::new(PlanCatalogue::default(), Some(&tenant::skus()));
    work(&World {
        rules,
        settings: &settings,
        book: &book,
        groups: &GroupMembers::new(),
        listing,
        listed_at: now(),
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
        now: now(),
    })
}

fn now() -> jiff::Timestamp {
    "2026-11-20T08:00:00Z".parse().expect("a time")
}
