//! Claiming a plan: one transaction for everything a plan changes before anything is sent.

use super::audit::{Entry, digits};
use super::author::decided_by;
use super::bulk::Batch;
use super::engine::execute;
use super::error::Fault;
use super::exchange;
use super::facts::{self, Touched};
use super::holdings::{self, Beginning, End};
use super::marks;
use super::migrations;
use super::movers;
use super::rules_in_force;
use super::tenant::{TenantStore, held};
use super::writing::Writing;
use crate::apply::Fence;
use crate::directory::UserId;
use crate::numbering::E164;
use crate::plan::{Action, Change, NumberFacts, Part, Reason};
use crate::reconcile::{Claim, SyncId};
use jiff::Timestamp;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

const CHUNK: usize = 2048;

impl TenantStore {
    pub(super) async fn claim_once(
        &self,
        fence: Fence,
        sync: &SyncId,
        claim: &Claim,
        now: Timestamp,
    ) -> Result<Vec<u32>, Fault> {
        const ANCHOR: &str = "UPDATE tenants SET anchor = $2 WHERE no = $1";
        let read_at = held(&self.state).handed_out.unwrap_or(i64::MAX);
        let mut w = self.writing(Some(fence), now).await?;
        decided_by(self, &mut w, &claim.made_with).await?;
        let touched = facts::touched_since(&mut w.tx, w.tenant, read_at).await?;
        let mut lost = end_and_adopt(&mut w, claim).await?;
        holdings::update(&mut w, &claim.holdings).await?;
        put_facts(&mut w, claim, &touched).await?;
        movers::put(&mut w, &claim.movers).await?;
        migrations::advance(&mut w, &claim.advances).await?;
        let by_hand = |change: &&Change| {
            touched.users.contains(&change.user) || touched.numbers.contains(&change.number)
        };
        lost.extend(
            claim
                .changes
                .iter()
                .filter(by_hand)
                .map(|change| change.seq),
        );
        exchange::lose_together(&claim.changes, &mut lost);
        claim_steps(&mut w, sync, &claim.changes, &mut lost).await?;
        exchange::keep_together(&mut w, sync, &claim.changes, &mut lost).await?;
        record_changes(&mut w, sync, claim, &lost).await?;
        settle_marks(&mut w, claim, &lost, &touched).await?;
        if let Some(rules) = &claim.rules {
            rules_in_force::put(&mut w, rules).await?;
        }
        execute!(
            &mut w.tx,
            ANCHOR,
            w.tenant,
            serde_json::to_string(&claim.anchor)?
        )?;
        w.commit().await?;
        Ok(lost.into_iter().collect())
    }
}

/// Ends holdings first, so that their numbers and users are there for the adopted ones. Answers the lost adoptions.
async fn end_and_adopt(w: &mut Writing, claim: &Claim) -> Result<BTreeSet<u32>, Fault> {
    let endings: Vec<End> = claim
        .ended
        .iter()
        .map(|ending| End {
            number: ending.number,
            user: ending.user,
            reason: ending.reason,
            rest_until: Some(ending.rest_until),
        })
        .collect();
    holdings::end(w, &endings, "ended").await?;
    let numbers = claim.ended.iter().map(|ending| ending.number);
    let mut rests = facts::of_numbers(&mut w.tx, w.tenant, numbers).await?;
    for ending in &claim.ended {
        let facts = rests.entry(ending.number).or_default();
        facts.freed = Some(w.now);
        facts.rest_until = Some(ending.rest_until);
    }
    let rests: Vec<(E164, &NumberFacts)> = rests
        .iter()
        .map(|(number, facts)| (*number, facts))
        .collect();
    facts::put_numbers(w, &rests, 0).await?;
    let recorded: BTreeMap<(E164, UserId), &Change> = (claim.recorded.iter())
        .filter(|change| change.action == Action::Adopt)
        .map(|change| ((change.number, change.user), change))
        .collect();
    let change_of = |number, user| recorded.get(&(number, user)).copied();
    let new: Vec<Beginning<'_>> = (claim.adopted.iter())
        .map(|holding| Beginning {
            holding,
            change: change_of(holding.number, holding.user),
        })
        .collect();
    let refused = holdings::begin(w, &new).await?;
    let lost = claim
        .recorded
        .iter()
        .filter(|change| change.action == Action::Adopt && refused.contains(&change.number));
    Ok(lost.map(|change| change.seq).collect())
}

/// Writes facts, but not over what somebody changed by hand after the state was read.
async fn put_facts(w: &mut Writing, claim: &Claim, touched: &Touched) -> Result<(), Fault> {
    let users: Vec<_> = (claim.facts.iter())
        .filter(|update| !touched.users.contains(&update.user))
        .map(|update| (update.user, &update.facts))
        .collect();
    facts::put_users(w, &users, 0).await?;
    let numbers: Vec<_> = (claim.numbers.iter())
        .filter(|(number, _)| !touched.numbers.contains(number))
        .map(|(number, facts)| (*number, facts))
        .collect();
    facts::put_numbers(w, &numbers, 0).await
}

/// Writes the journal rows, claiming ones first. A change whose predecessor is lost is lost with it.
async fn claim_steps(
    w: &mut Writing,
    sync: &str,
    changes: &[Change],
    lost: &mut BTreeSet<u32>,
) -> Result<(), Fault> {
    let first = w.head.next_step;
    w.head.next_step += i64::try_from(changes.len()).unwrap_or_default();
    let claiming: BTreeMap<u32, UserId> = (changes.iter())
        .filter(|change| claims(change))
        .map(|change| (change.seq, change.user))
        .collect();
    let follows = |change: &Change| {
        let before = change.after.and_then(|seq| claiming.get(&seq));
        before == Some(&change.user)
    };
    for pass in 0..3 {
        let belongs = |change: &Change| match (claims(change), follows(change)) {
            (true, false) => pass == 0,
            (true, true) => pass == 1,
            (false, _) => pass == 2,
        };
        let mut rows: Vec<(i64, &Change)> = Vec::new();
        for (id, change) in (first..).zip(changes).filter(|(_, change)| belongs(change)) {
            if change.after.is_some_and(|before| lost.contains(&before)) {
                lost.insert(change.seq);
            }
            if !lost.contains(&change.seq) {
                rows.push((id, change));
            }
        }
        for chunk in rows.chunks(CHUNK) {
            insert_steps(w, sync, chunk, pass == 1, lost).await?;
        }
    }
    Ok(())
}

async fn insert_steps(
    w: &mut Writing,
    sync: &str,
    rows: &[(i64, &Change)],
    following: bool,
    lost: &mut BTreeSet<u32>,
) -> Result<(), Fault> {
    const ADD: &str = "INSERT INTO journal (tenant, id, sync, seq, after_seq, action, claims, number, user_id, user_claim,
            range_name, reason, counts, by_hand, state, claimed, change)
        SELECT $1, id, sync, seq, after_seq, action, claims, number, user_id, user_claim, range_name, reason, counts,
            by_hand, 'claimed', $2, change
        FROM {batch} WHERE true ON CONFLICT DO NOTHING RETURNING id";
    let claims_user = |change: &Change| !following && change.part != Part::GivesBack;
    let user_claim = |change: &Change| claims_user(change).then(|| change.user.to_string());
    let batch = step_batch(sync, rows)?
        .maybe_text("user_claim", rows.iter().map(|(_, c)| user_claim(c)))
        .int("by_hand", rows.iter().map(|(_, c)| i64::from(is_order(c))));
    let won: Vec<(i64,)> = batch
        .fetch(&mut w.tx, ADD, &[w.tenant, w.now.as_microsecond()])
        .await?;
    w.written.steps |= !won.is_empty();
    let won: BTreeSet<i64> = won.into_iter().map(|(id,)| id).collect();
    for (id, change) in rows {
        if !won.contains(id) {
            lost.insert(change.seq);
        } else if claims(change) {
            w.record(Entry {
                event: "claimed",
                number: Some(change.number),
                user: Some(change.user),
                detail: claimed(*id, change),
            });
        }
    }
    Ok(())
}

/// What the trail says of a claim: a person's approval too, for the brakes do not count what was approved.
fn claimed(step: i64, change: &Change) -> Value {
    let mut detail = json!({
        "step": step, "action": change.action.name(), "reason": change.reason.name(), "range": change.range,
    });
    if change.approved {
        detail["approved"] = Value::Bool(true);
    }
    detail
}

fn step_batch(sync: &str, rows: &[(i64, &Change)]) -> Result<Batch, Fault> {
    let changes = || rows.iter().map(|(_, change)| *change);
    let texts: Vec<String> = changes()
        .map(serde_json::to_string)
        .collect::<Result<_, _>>()?;
    Ok(Batch::default()
        .int("id", rows.iter().map(|(id, _)| *id))
        .text("sync", rows.iter().map(|_| sync.to_owned()))
        .int("seq", changes().map(|c| i64::from(c.seq)))
        .maybe_int("after_seq", changes().map(|c| c.after.map(i64::from)))
        .text("action", changes().map(|c| c.action.name().to_owned()))
        .int("claims", changes().map(|c| i64::from(claims(c))))
        .int("number", changes().map(|c| digits(c.number)))
        .text("user_id", changes().map(|c| c.user.to_string()))
        .maybe_text("range_name", changes().map(|c| c.range.clone()))
        .text("reason", changes().map(|c| c.reason.name().to_owned()))
        .int("counts", changes().map(|c| i64::from(counts(c))))
        .json("change", texts))
}

/// Whether the row claims number and user from the start. The way back of a change of number takes over the claim on the
/// old number when that is released.
fn claims(change: &Change) -> bool {
    change.action.claims() && change.part != Part::GivesBack
}

/// Whether the change counts for a brake once it is made.
const fn counts(change: &Change) -> bool {
    let braked = match change.action {
        Action::Assign => matches!(change.reason, Reason::Rule),
        Action::Release => {
            change.bulk || matches!(change.reason, Reason::Delicensed | Reason::Deleted)
        }
        _ => false,
    };
    braked && !change.approved && !change.by_teams
}

/// Whether the change stands for an order by hand of one person: of a change of number, the release.
const fn is_order(change: &Change) -> bool {
    let leads = match change.action {
        Action::Assign => matches!(change.part, Part::Plain),
        Action::Release => matches!(change.part, Part::Holds | Part::Renumbers | Part::MakesRoom),
        _ => false,
    };
    leads && matches!(change.reason, Reason::Manual) && !change.bulk
}

/// Journal rows of what needs no write: they are closed as they are made, and claim nothing.
async fn record_changes(
    w: &mut Writing,
    sync: &str,
    claim: &Claim,
    lost: &BTreeSet<u32>,
) -> Result<(), Fault> {
    const ADD: &str = "INSERT INTO journal (tenant, id, sync, seq, after_seq, action, claims, number, user_id,
            range_name, reason, counts, state, claimed, ended, ended_seq, outcome, change)
        SELECT $1, id, sync, seq, after_seq, action, 0, number, user_id, range_name, reason, 0, 'claimed', $2, $2, $3,
            'recorded', change FROM {batch} WHERE true";
    let first = w.head.next_step;
    w.head.next_step += i64::try_from(claim.recorded.len()).unwrap_or_default();
    let rows: Vec<(i64, &Change)> = (first..)
        .zip(&claim.recorded)
        .filter(|(_, c)| !lost.contains(&c.seq))
        .collect();
    for chunk in rows.chunks(CHUNK) {
        let scalars = [w.tenant, w.now.as_microsecond(), w.head.audit_seq];
        step_batch(sync, chunk)?
            .execute(&mut w.tx, ADD, &scalars)
            .await?;
    }
    Ok(())
}

/// Takes the mark off the decided, and leaves it on those whose change was lost or whom somebody changed meanwhile.
async fn settle_marks(
    w: &mut Writing,
    claim: &Claim,
    lost: &BTreeSet<u32>,
    touched: &Touched,
) -> Result<(), Fault> {
    marks::unmark(w, claim.decided.as_deref()).await?;
    let changes = claim.changes.iter().chain(&claim.recorded);
    let losers = changes
        .filter(|change| lost.contains(&change.seq))
        .map(|change| change.user);
    let kept: BTreeSet<UserId> = (claim.still_undecided.iter().copied())
        .chain(losers)
        .chain(touched.users.iter().copied())
        .collect();
    marks::mark_users(w, kept).await
}
