//! The state that a process keeps: after every kind of write it is what a process that reads everything would see.

use super::*;
use crate::harness::database::on_both_engines;
use linekeeper::plan::{
    Anchor, EndReason, Ending, FactsUpdate, Holding, HoldingOrigin, Missing, NumberFacts, Pause,
    Reservation, State, StepEnd, StepError, Suspension, UserFacts,
};

on_both_engines!(
    own_writes_keep_the_state_current,
    any_course_of_writes_keeps_the_state_current,
    writes_of_others_are_seen,
    more_writes_than_are_kept_are_seen,
);

const USERS: u128 = 12;
const NUMBERS: u64 = 10;

/// A tenant as two processes see it: one that writes and remembers, one that has just begun.
struct Pair {
    root: Store,
    store: TenantStore,
    fence: Fence,
    sync: SyncId,
    minute: i64,
    seq: u32,
}

impl Pair {
    async fn new(database: &Database) -> Self {
        let root = Store::open(&database.url, Options::default())
            .await
            .expect("opens");
        let store = tenant_of(&root).await;
        let (fence, sync) = begin(&store).await;
        Self {
            root,
            store,
            fence,
            sync,
            minute: 0,
            seq: 0,
        }
    }

    /// Checks that what is remembered is what is stored, and answers it.
    async fn same(&self, after: &str) -> Arc<State> {
        let now = at(self.minute);
        let fresh = tenant_of(&self.root).await;
        let kept = self.store.state(now).await.expect("reads");
        let read = fresh.state(now).await.expect("reads");
        assert_eq!(*kept, *read, "after {after}");
        kept
    }

    fn change(&mut self, action: Action, who: u128, no: u64) -> Change {
        self.seq += 1;
        Change {
            range: Some(format!("range {}", no % 3)),
            ..change(self.seq, action, who, no)
        }
    }

    async fn claim(&self, claim: &Claim) {
        self.store
            .claim(self.fence, &self.sync, claim, at(self.minute))
            .await
            .expect("claims");
    }

    async fn end(&self, step: StepId, end: &StepEnd) {
        self.store
            .ended(self.fence, step, end, at(self.minute))
            .await
            .expect("ends");
    }

    async fn store_user(&self, who: u128, user: Option<&User>) {
        self.store
            .store_user(self.fence, id(who), user, at(self.minute))
            .await
            .expect("stores");
    }

    async fn by_hand(&self, store: &TenantStore, who: u128, no: u64) {
        let now = at(self.minute);
        let pin = |facts: &mut UserFacts| facts.pin = facts.pin.is_none().then(|| number(no));
        store
            .change_facts(id(who), "eve", "pinned", &pin, now)
            .await
            .expect("changes");
        let reserve = |facts: &mut NumberFacts| {
            facts.reserved = facts.reserved.is_none().then(|| Reservation {
                by: "eve".into(),
                reason: "the board".into(),
                until: None,
                whom: None,
            });
        };
        store
            .change_number(number(no), "eve", "reserved", &reserve, now)
            .await
            .expect("changes");
    }

    async fn next_sync(&mut self) {
        let report = report(&self.sync, SyncStatus::Succeeded);
        self.store
            .finish(self.fence, &report, at(self.minute))
            .await
            .expect("finishes");
        (self.fence, self.sync) = begin(&self.store).await;
    }
}

fn holding(who: u128, no: u64) -> Holding {
    Holding {
        number: number(no),
        user: id(who),
        number_type: NumberType::DirectRouting,
        range: Some("muc".into()),
        origin: HoldingOrigin::Adopted,
        since: at(1),
        seen_licensed: false,
        missing: None,
    }
}

fn suspension() -> Suspension {
    Suspension {
        reason: "tests".into(),
        since: at(0),
    }
}

async fn own_writes_keep_the_state_current(database: &Database) {
    let mut pair = Pair::new(database).await;
    let empty = pair.same("the beginning").await;
    full_round(&pair.store, pair.fence, (0..USERS).map(user).collect()).await;
    assert_eq!(pair.same("a full round").await.users, 12);
    let first = pair.change(Action::Assign, 1, 1);
    let second = pair.change(Action::Assign, 2, 2);
    let (one, two) = (first.seq, second.seq);
    pair.claim(&plan(vec![first, second])).await;
    assert_eq!(pair.same("a claim").await.open_steps.len(), 2);
    let one = step_of(&pair.store, one).await;
    let two = step_of(&pair.store, two).await;
    pair.store.started(pair.fence, one).await.expect("starts");
    pair.same("a start").await;
    let link = Link("op/1".into());
    let accepted = pair.store.accepted(pair.fence, one, Some(&link)).await;
    accepted.expect("accepts");
    pair.same("an operation").await;
    pair.end(one, &StepEnd::Done).await;
    assert_eq!(pair.same("an assignment").await.holdings.len(), 1);
    pair.end(
        two,
        &StepEnd::Failed(StepError::Refused("it is taken".into())),
    )
    .await;
    assert_eq!(pair.same("a refusal").await.refused_in_a_row["range 2"], 1);
    pair.by_hand(&pair.store, 3, 3).await;
    let held = pair.same("overrides").await;
    let begun = pair.store.begin_full(pair.fence, "sel", at(1)).await;
    begun.expect("begins");
    assert!(
        Arc::ptr_eq(&held, &pair.same("a new round").await),
        "what did not change is not read again"
    );
    pair.next_sync().await;
    assert!(
        Arc::ptr_eq(&held, &pair.same("the next sync").await),
        "nor is it for a new sync"
    );
    assert_eq!(empty.users, 0, "what was handed out stays as it was");
}

async fn writes_of_others_are_seen(database: &Database) {
    let mut pair = Pair::new(database).await;
    full_round(&pair.store, pair.fence, (0..USERS).map(user).collect()).await;
    pair.same("a full round").await;
    let other = tenant_of(&pair.root).await;
    for turn in 0..4 {
        pair.minute = turn;
        pair.by_hand(&other, 1, 1).await;
        pair.by_hand(&pair.store, 2, 2).await;
        let pinned = pair.same("writes of two processes").await.facts.len();
        assert_eq!(pinned, if turn % 2 == 0 { 2 } else { 0 });
        let range = Some(&suspension()).filter(|_| turn % 2 == 0).cloned();
        other
            .suspend_range("muc", range.as_ref(), "test", at(turn))
            .await
            .expect("suspends");
        pair.same("a suspension of another").await;
    }
}

async fn more_writes_than_are_kept_are_seen(database: &Database) {
    let pair = Pair::new(database).await;
    full_round(&pair.store, pair.fence, (0..USERS).map(user).collect()).await;
    pair.same("a full round").await;
    let facts = |who: u128| FactsUpdate {
        user: id(who),
        facts: UserFacts {
            due: Some(at(9)),
            ..UserFacts::default()
        },
    };
    for turn in 0..5 {
        let claim = Claim {
            facts: (0..4000).map(|who| facts(turn * 4000 + who)).collect(),
            ..Claim::default()
        };
        pair.claim(&claim).await;
    }
    assert_eq!(pair.same("many writes").await.facts.len(), 20_000);
    let claim = Claim {
        facts: (15_000..25_000).map(facts).collect(),
        ..Claim::default()
    };
    pair.claim(&claim).await;
    assert_eq!(pair.same("one large write").await.facts.len(), 25_000);
}

/// Numbers that look random and are the same at every run.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % sides
    }
}

async fn any_course_of_writes_keeps_the_state_current(database: &Database) {
    let mut pair = Pair::new(database).await;
    full_round(&pair.store, pair.fence, (0..USERS).map(user).collect()).await;
    let mut dice = Dice(0x2545_f491_4f6c_dd1d);
    for turn in 0..200 {
        pair.minute = turn;
        let what = write_something(&mut pair, &mut dice).await;
        // Not after each: several writes in a row are one thing to catch up with.
        if dice.roll(3) > 0 {
            pair.same(&format!("turn {turn}, {what}")).await;
        }
    }
    let state = pair.same("everything").await;
    assert!(!state.departed.is_empty() && !state.former.is_empty() && !state.holdings.is_empty());
}

async fn write_something(pair: &mut Pair, dice: &mut Dice) -> &'static str {
    let (who, no) = (u128::from(dice.roll(USERS as u64)), dice.roll(NUMBERS));
    match dice.roll(12) {
        0 => {
            pair.store_user(who, None).await;
            "somebody gone"
        }
        1 | 2 => {
            let mut user = user(who);
            // Few employee ids, so that people share them.
            let employee = format!("E{}", dice.roll(4));
            user.attributes
                .set(Attribute::EmployeeId, Some(employee.as_str().into()));
            pair.store_user(who, Some(&user)).await;
            "somebody changed"
        }
        3 | 4 => {
            let assign = pair.change(Action::Assign, who, no);
            pair.claim(&plan(vec![assign])).await;
            "a claimed assignment"
        }
        5..=7 => go_on(pair, dice).await,
        8 => release_or_end(pair, dice, who).await,
        9 => {
            let adopted = vec![holding(who, no)];
            pair.claim(&Claim {
                adopted,
                ..Claim::default()
            })
            .await;
            "an adoption"
        }
        10 => {
            let range = format!("range {}", dice.roll(3));
            let suspension = Some(suspension()).filter(|_| dice.roll(2) == 0);
            let suspended = pair
                .store
                .suspend(pair.fence, &range, suspension.as_ref(), at(pair.minute))
                .await;
            suspended.expect("suspends");
            "a suspension"
        }
        _ => seldom(pair, dice, who, no).await,
    }
}

/// Lets an open step go on, in one of the ways it can.
async fn go_on(pair: &mut Pair, dice: &mut Dice) -> &'static str {
    let steps = pair.store.open_steps().await.expect("reads");
    if steps.is_empty() {
        return "nothing open";
    }
    let open = &steps[dice.roll(steps.len() as u64) as usize];
    let step = StepId(open.id);
    match dice.roll(7) {
        0 => drop(pair.store.started(pair.fence, step).await),
        // Refused once it has been started.
        1 => drop(pair.store.withdrawn(pair.fence, step).await),
        2 => {
            let why = StepError::LicenceNotReady("not yet".into());
            let until = at(pair.minute + 5);
            pair.end(step, &StepEnd::Waiting { until, why }).await;
        }
        3 => {
            let why = StepError::Refused("it is taken".into());
            pair.end(step, &StepEnd::Failed(why)).await;
        }
        4 => {
            let why = StepError::NotTeamsOnly("not yet".into());
            pair.end(step, &StepEnd::Failed(why)).await;
        }
        _ => pair.end(step, &StepEnd::Done).await,
    }
    "a step"
}

/// A release to be made, an end that others made, or a holding that Teams does not show.
async fn release_or_end(pair: &mut Pair, dice: &mut Dice, who: u128) -> &'static str {
    let state = pair.store.state(at(pair.minute)).await.expect("reads");
    let Some(held) = state.holdings.iter().find(|h| h.user == id(who)) else {
        return "nothing held";
    };
    let no = held.number.digits() - number(0).digits();
    let claim = match dice.roll(3) {
        0 => plan(vec![pair.change(Action::Release, who, no)]),
        1 => Claim {
            ended: vec![Ending {
                number: held.number,
                user: held.user,
                reason: EndReason::RemovedOutside,
                rest_until: at(pair.minute + 30),
            }],
            ..Claim::default()
        },
        _ => Claim {
            holdings: vec![Holding {
                seen_licensed: true,
                missing: Some(Missing {
                    since: at(pair.minute),
                    last_in_place: at(0),
                }),
                ..held.clone()
            }],
            ..Claim::default()
        },
    };
    pair.claim(&claim).await;
    "an end of a holding"
}

async fn seldom(pair: &mut Pair, dice: &mut Dice, who: u128, no: u64) -> &'static str {
    match dice.roll(4) {
        0 => {
            pair.next_sync().await;
            "a new sync"
        }
        1 => {
            let there = (0..USERS).filter(|other| *other != who).map(user).collect();
            full_round(&pair.store, pair.fence, there).await;
            "a full round without somebody"
        }
        2 => {
            let pause = Pause {
                reason: "tests".into(),
                until: Some(at(pair.minute + 3)),
            };
            let now = at(pair.minute);
            pair.store.pause(&pause, "eve", now).await.expect("pauses");
            let anchor = Anchor {
                numbers_listed: no,
                ..Anchor::default()
            };
            pair.claim(&Claim {
                anchor,
                ..Claim::default()
            })
            .await;
            "a pause and an anchor"
        }
        _ => {
            pair.by_hand(&pair.store, who, no).await;
            "overrides"
        }
    }
}
