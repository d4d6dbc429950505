//! Goal 3: a hundred changes in a tenant, in a process that has synced before.
//!
//! The directory and Teams are in memory, so that what is measured begins with the last page handed over, decoded
//! already, and ends with the end of the sync: everything durable, the report among it.

mod made_up;
mod measure;
mod tenant;

use async_trait::async_trait;
use jiff::SignedDuration;
use linekeeper::apply::{
    CallError, EffectivePage, Halt, OperationState, Order, Patience, Telephony, Voice, VoiceError,
};
use linekeeper::clock::SystemClock;
use linekeeper::directory::{
    Cursor, Directory, GroupId, Link, Next, Observed, Page, ReadError, Seats, Sku, User, UserId,
};
use linekeeper::numbering::{
    Category, E164, Listed, ListedProfile, ListedStatus, ListedType, NumberType,
};
use linekeeper::plan::Settings;
use linekeeper::reconcile::{self, Reading, Request, RuleSource, Tenant, Trigger};
use linekeeper::report::{RulesReport, TriggerKind};
use linekeeper::rules::RuleSet;
use linekeeper::store::{Options, Store};
use made_up::Person;
use measure::{Scale, figure, middle, on_processors, thousands};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use tenant::Maker;

const RANGES: u64 = 100;
const CHANGED: u64 = 100;
const PAGE: u64 = 1_000;

fn main() {
    let scale = Scale::of_command_line();
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    for users in [10_000, 100_000, 1_000_000].map(|full| scale.size(full)) {
        let size = format!("{} users", thousands(users));
        let what = format!("{CHANGED} changes, from the last page to durable, no numbers listed");
        let (time, busy) = runtime.block_on(changes(users, 0));
        figure(3, &what, &size, time.as_secs_f64() * 1e3, "ms");
        let same = "the same, time of all its threads on a processor";
        figure(3, same, &size, busy.as_secs_f64() * 1e3, "ms");
        let numbers = users / 10;
        let (_, with_list) = runtime.block_on(changes(users, numbers));
        let each = with_list.saturating_sub(busy).as_secs_f64() * 1e6 / numbers as f64;
        figure(
            3,
            "each managed number more, one for ten users, on a processor",
            &size,
            each,
            "µs a number",
        );
    }
}

/// The median times of syncs after a first one: by the clock, and on processors.
async fn changes(users: u64, numbers: u64) -> (Duration, Duration) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let url = format!("sqlite:{}", folder.path().join("bench.db").display());
    let store = Store::open(&url, Options::default())
        .await
        .expect("a database");
    let world = Arc::new(Made::new(users, numbers));
    let tenant = tenant(&store, &world).await;
    let request = Request::new(
        Trigger {
            kind: TriggerKind::Schedule,
            by: "bench".to_owned(),
        },
        false,
    );
    let (mut times, mut busy) = (Vec::new(), Vec::new());
    for round in 0..=7 {
        let finished = reconcile::sync(&tenant, &request).await.expect("a sync");
        let (ended, worked) = (Instant::now(), on_processors());
        assert!(finished.failure.is_none(), "{:?}", finished.failure);
        assert!(finished.report.directory.complete, "the round ended");
        if round > 1 {
            let (handed_over, worked_before) = world.handed_over();
            times.push(ended.duration_since(handed_over));
            busy.push(worked.saturating_sub(worked_before));
        }
    }
    store.close().await;
    (middle(&mut times), middle(&mut busy))
}

async fn tenant(store: &Store, world: &Arc<Made>) -> Tenant {
    let settings = Arc::new(Settings {
        tenant: "bench".to_owned(),
        ..Settings::default()
    });
    let id = "6d9b9f57-6c4a-4c43-8a0d-0d3c0a1b2c3d";
    let ledger = store
        .tenant("bench", id, Arc::clone(&settings))
        .await
        .expect("a tenant");
    let rules = tenant::rule_set(&made_up::rules(RANGES, 10_000));
    Tenant {
        directory: Arc::clone(world) as Arc<dyn Directory>,
        telephony: Arc::clone(world) as Arc<dyn Telephony>,
        ledger: Arc::new(ledger),
        rules: Arc::new(Fixed(Arc::new(rules))),
        clock: Arc::new(SystemClock::default()),
        settings,
        reading: Reading {
            full_due_since: None,
            in_flight: 8,
            clock_tolerance: SignedDuration::from_mins(5),
        },
        patience: Patience {
            poll: SignedDuration::from_secs(2),
            operation: SignedDuration::from_mins(10),
            request: SignedDuration::from_secs(15),
            in_flight: 50,
        },
        halt: Halt::default(),
    }
}

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

/// A tenant in memory: holders first, then people without Phone System, so that nobody waits for a number.
struct Made {
    users: u64,
    listing: Vec<Listed>,
    seen: Mutex<Seen>,
}

struct Seen {
    maker: Maker,
    rounds: u64,
    handed_over: (Instant, Duration),
}

impl Made {
    fn new(users: u64, numbers: u64) -> Self {
        let seen = Seen {
            maker: Maker::new(RANGES),
            rounds: 0,
            handed_over: (Instant::now(), Duration::ZERO),
        };
        Self {
            users,
            listing: held(numbers),
            seen: Mutex::new(seen),
        }
    }

    fn handed_over(&self) -> (Instant, Duration) {
        self.seen
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .handed_over
    }

    /// Everybody at first; then some whose department changes with every round.
    fn items(&self, seen: &mut Seen, from: u64) -> Vec<Observed> {
        let rounds = seen.rounds;
        let places: Vec<u64> = match rounds {
            0 => (from..(from + PAGE).min(self.users)).collect(),
            _ => (0..CHANGED)
                .map(|at| made_up::mix(at ^ rounds << 32) % self.users)
                .collect(),
        };
        let listed = self.listing.len() as u64;
        let item = |at: u64| {
            let person = made_up::person(at + rounds, RANGES);
            let licence = if at < listed { 0 } else { 90 };
            Observed::Present(Box::new(
                seen.maker.user_like(at, Person { licence, ..person }),
            ))
        };
        places.into_iter().map(item).collect()
    }
}

#[async_trait]
impl Directory for Made {
    async fn page(&self, at: &Cursor) -> Result<Page, ReadError> {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        let from = match at {
            Cursor::At(link) => link.0.parse().unwrap_or(self.users),
            Cursor::Full => 0,
        };
        let users = self.items(&mut seen, from);
        let last = seen.rounds > 0 || from + PAGE >= self.users;
        let next = match last {
            true => Next::End {
                delta: Link(format!("delta-{}", seen.rounds)),
            },
            false => Next::More(Link((from + PAGE).to_string())),
        };
        seen.rounds += u64::from(last);
        seen.handed_over = (Instant::now(), on_processors());
        Ok(Page { users, next })
    }

    async fn skus(&self) -> Result<Vec<Sku>, ReadError> {
        Ok(tenant::skus())
    }

    async fn seats(&self) -> Result<Vec<Seats>, ReadError> {
        Ok(Vec::new())
    }

    async fn user(&self, _: UserId) -> Result<Option<User>, ReadError> {
        Ok(None)
    }

    async fn user_named(&self, _: &str) -> Result<Option<User>, ReadError> {
        Ok(None)
    }

    async fn members(&self, _: GroupId) -> Result<Vec<UserId>, ReadError> {
        Ok(Vec::new())
    }

    fn selection(&self) -> String {
        "bench".to_owned()
    }
}

#[async_trait]
impl Telephony for Made {
    async fn numbers(&self, _: Option<&Link>) -> Result<(Vec<Listed>, Option<Link>), ReadError> {
        Ok((self.listing.clone(), None))
    }

    async fn number(&self, number: E164) -> Result<Option<Listed>, ReadError> {
        Ok(self
            .listing
            .iter()
            .find(|listed| listed.number == number)
            .cloned())
    }

    async fn voice(&self, _: UserId) -> Result<Option<Voice>, VoiceError> {
        Ok(None)
    }

    async fn effective_policies(&self, _: Option<&Link>) -> Result<EffectivePage, VoiceError> {
        Ok((Vec::new(), None))
    }

    async fn policy(&self, _: &str, _: &str) -> Result<Option<String>, ReadError> {
        Ok(None)
    }

    async fn send(&self, _: &Order) -> Result<Option<Link>, CallError> {
        Err(CallError::Refused("nothing is to be sent".to_owned()))
    }

    async fn operation(&self, _: &Link) -> Result<OperationState, ReadError> {
        Ok(OperationState::Unknown)
    }

    fn clock_ahead(&self) -> Option<SignedDuration> {
        Some(SignedDuration::ZERO)
    }
}

/// Numbers that the first users hold.
fn held(numbers: u64) -> Vec<Listed> {
    let profile = Arc::new(ListedProfile {
        number_type: ListedType::Known(NumberType::DirectRouting),
        activated: true,
        for_users: true,
        status: ListedStatus::UserAssigned,
        category: Category::Primary,
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
        target: Some(tenant::id(at).0),
        profile: Arc::clone(&profile),
    };
    (0..numbers).map(listed).collect()
}
