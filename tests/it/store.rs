//! The store on both engines: rounds, claims, the journal, locks, the held list, the audit trail.

mod cached;
mod exchange;
mod in_bulk;
mod journal;
mod limits;
mod locks;
mod looking;
mod migrations;
mod opening;
mod operators;
mod past;
mod pins;
mod reading;
mod rounds;
mod stock;
mod tampering;
mod trail;
mod views;
mod webhooks;

use crate::harness::database::Database;
use jiff::{SignedDuration, Timestamp};
use linekeeper::apply::{Fence, Journal, StepId};
use linekeeper::directory::{
    AssignedLicence, Attribute, Licences, Link, Next, Observed, Page, SkuId, User, UserId,
};
use linekeeper::numbering::{E164, NumberType};
use linekeeper::plan::{
    Action, Change, ChangeStatus, Expected, Mode, Reason, Settings, StoredUser,
};
use linekeeper::reconcile::{Begin, Claim, Ledger, Scope, SyncId, Trigger};
use linekeeper::report::{
    DirectoryReport, ReadMode, RulesReport, Summary, SyncReport, SyncStatus, TriggerKind,
};
use linekeeper::store::{Options, Store, TenantStore};
use std::sync::Arc;

const TENANT_ID: &str = "6d9b9f57-6c4a-4c43-8a0d-0d3c0a1b2c3d";

fn at(minute: i64) -> Timestamp {
    "2026-11-20T08:00:00Z".parse::<Timestamp>().expect("a time") + SignedDuration::from_mins(minute)
}

async fn open(database: &Database) -> TenantStore {
    let store = Store::open(&database.url, Options::default())
        .await
        .expect("opens");
    tenant_of(&store).await
}

async fn tenant_of(store: &Store) -> TenantStore {
    store
        .tenant("default", TENANT_ID, Arc::new(Settings::default()))
        .await
        .expect("the tenant")
}

fn trigger() -> Trigger {
    Trigger {
        kind: TriggerKind::Cli,
        by: "tests".to_owned(),
    }
}

async fn begin(store: &TenantStore) -> (Fence, SyncId) {
    match store.begin(&trigger(), at(0)).await.expect("begins") {
        Begin::Ours(fence, sync) => (fence, sync),
        Begin::Running { holder, .. } => panic!("{holder} syncs"),
    }
}

fn report(sync: &str, status: SyncStatus) -> SyncReport {
    SyncReport {
        tenant: "default".into(),
        plan_id: "plan-1".into(),
        sync_id: Some(sync.to_owned()),
        status,
        mode: Mode::Apply,
        rules: RulesReport {
            commit: Some("abc".into()),
            dirty: false,
            digest: "d".into(),
        },
        directory: DirectoryReport {
            mode: ReadMode::Full,
            complete: true,
            users: 1,
        },
        summary: Summary::default(),
        changes: Vec::new(),
        notes: Vec::new(),
        rule_change: None,
    }
}

fn id(no: u128) -> UserId {
    UserId::from_u128(no.wrapping_mul(0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835))
}

fn user(no: u128) -> User {
    let mut user = User::new(id(no));
    user.attributes = [
        (Attribute::Upn, format!("User{no}@example.test")),
        (Attribute::City, format!("City {}", no % 7)),
        (Attribute::EmployeeId, format!("E{no}")),
        (Attribute::Company, "Example".to_owned()),
        (Attribute::Surname, format!("Person{no}")),
    ]
    .into_iter()
    .collect();
    let sku = SkuId::from_u128(no % 3);
    user.licences = Arc::new(Licences {
        assigned: vec![AssignedLicence {
            sku,
            disabled: vec![],
        }],
        plans: vec![],
    });
    user
}

fn in_city(no: u128, city: &str) -> User {
    let mut user = user(no);
    user.attributes.set(Attribute::City, Some(city.into()));
    user
}

fn page(users: Vec<User>, next: Next) -> Page {
    let users = users
        .into_iter()
        .map(|user| Observed::Present(Box::new(user)))
        .collect();
    Page { users, next }
}

fn more(link: &str) -> Next {
    Next::More(Link(link.to_owned()))
}

fn end(link: &str) -> Next {
    Next::End {
        delta: Link(link.to_owned()),
    }
}

/// Reads everybody once: the fence stays with the caller.
async fn full_round(store: &TenantStore, fence: Fence, users: Vec<User>) {
    let mut round = store.begin_full(fence, "sel", at(0)).await.expect("begins");
    store
        .store_pages(fence, &mut round, &[page(users, end("delta-1"))], at(0))
        .await
        .expect("stores");
    store
        .end_round(fence, &round, &Link("delta-1".into()), false, at(0))
        .await
        .expect("ends");
}

async fn users(store: &TenantStore, scope: &Scope) -> Vec<StoredUser> {
    let (mut all, mut after) = (Vec::new(), None);
    loop {
        let page = store.users(scope, after, 2).await.expect("reads users");
        let Some(last) = page.last() else { return all };
        after = Some(last.user.id);
        all.extend(page);
    }
}

async fn undecided(store: &TenantStore) -> Vec<UserId> {
    let scope = Scope::Open {
        also: vec![],
        now: at(0),
    };
    let mut ids: Vec<UserId> = (users(store, &scope).await.into_iter())
        .filter(|stored| stored.undecided)
        .map(|stored| stored.user.id)
        .collect();
    ids.sort();
    ids
}

fn sorted(nos: &[u128]) -> Vec<UserId> {
    let mut ids: Vec<UserId> = nos.iter().map(|no| id(*no)).collect();
    ids.sort();
    ids
}

fn number(no: u64) -> E164 {
    E164::from_digits(498_955_501_000 + no).expect("a number")
}

fn change(seq: u32, action: Action, who: u128, no: u64) -> Change {
    let reason = match action {
        Action::Release => Reason::Delicensed,
        Action::Adopt => Reason::Adopted,
        _ => Reason::Rule,
    };
    Change {
        seq,
        after: None,
        action,
        user: id(who),
        upn: format!("user{who}@example.test"),
        number: number(no),
        number_type: NumberType::DirectRouting,
        range: Some("muc".into()),
        reason,
        location: None,
        expects: Expected::default(),
        by_teams: false,
        approved: false,
        bulk: false,
        part: linekeeper::plan::Part::Plain,
        rest_seconds: 3600,
        status: ChangeStatus::Planned,
        why: "the rule says so".into(),
        error: None,
        noted: None,
    }
}

fn plan(changes: Vec<Change>) -> Claim {
    Claim {
        changes,
        ..Claim::default()
    }
}

async fn step_of(store: &TenantStore, seq: u32) -> StepId {
    let steps = store.open_steps().await.expect("reads steps");
    let step = steps.iter().find(|step| step.change.seq == seq);
    StepId(step.expect("the step is open").id)
}

/// Claims the changes and lets each end as done.
async fn make(store: &TenantStore, fence: Fence, sync: &SyncId, changes: Vec<Change>, minute: i64) {
    let seqs: Vec<u32> = changes.iter().map(|change| change.seq).collect();
    let lost = store
        .claim(fence, sync, &plan(changes), at(minute))
        .await
        .expect("claims");
    assert_eq!(lost, Vec::<u32>::new());
    for seq in seqs {
        let step = step_of(store, seq).await;
        store.started(fence, step).await.expect("starts");
        store
            .ended(fence, step, &linekeeper::plan::StepEnd::Done, at(minute))
            .await
            .expect("ends");
    }
}
