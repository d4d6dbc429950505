//! The journal of steps: each method one durable transaction, its audit record included.

use super::audit::Entry;
use super::author::on_behalf_of;
use super::engine::execute;
use super::error::Fault;
use super::exchange;
use super::facts;
use super::holdings::{self, Beginning, End};
use super::marks;
use super::movers;
use super::names::name;
use super::steps;
use super::tenant::TenantStore;
use super::writing::{Writing, retried};
use crate::apply::{Fence, Journal, JournalError, StepId};
use crate::directory::Link;
use crate::numbering::E164;
use crate::plan::{
    Action, Change, EndReason, Holding, HoldingOrigin, OpenStep, Outcome, Stage, StepEnd,
    StepError, StepState, outcome,
};
use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};
use serde_json::json;

#[async_trait]
impl Journal for TenantStore {
    async fn started(&self, fence: Fence, step: StepId) -> Result<(), JournalError> {
        retried(|| self.start_step(fence, step)).await
    }

    async fn accepted(
        &self,
        fence: Fence,
        step: StepId,
        operation: Option<&Link>,
    ) -> Result<(), JournalError> {
        retried(|| self.accept_step(fence, step, operation)).await
    }

    async fn ended(
        &self,
        fence: Fence,
        step: StepId,
        end: &StepEnd,
        now: Timestamp,
    ) -> Result<(), JournalError> {
        retried(|| self.end_step(fence, step, end, now)).await
    }

    async fn withdrawn(&self, fence: Fence, step: StepId) -> Result<(), JournalError> {
        retried(|| self.withdraw_step(fence, step)).await
    }

    async fn open_steps(&self) -> Result<Vec<OpenStep>, JournalError> {
        let read = async {
            let mut tx = self.pool.read().await?;
            steps::open(&mut tx, self.tenant).await
        };
        read.await.map_err(Fault::on_read)
    }

    async fn may_move(&self, number: E164, back: bool) -> Result<bool, JournalError> {
        let read = async {
            let mut tx = self.pool.read().await?;
            movers::may_move(&mut tx, self.tenant, number, back).await
        };
        read.await.map_err(Fault::on_read)
    }

    async fn may_write(
        &self,
        fence: Fence,
        needed: SignedDuration,
        now: Timestamp,
    ) -> Result<bool, JournalError> {
        let read = self.write_allowed(fence, needed, now).await;
        read.map_err(Fault::on_read)
    }
}

impl TenantStore {
    async fn start_step(&self, fence: Fence, step: StepId) -> Result<(), Fault> {
        const START: &str = "UPDATE journal
            SET state = 'started', started = $3, operation = NULL, not_before = NULL, attempts = attempts + 1
            WHERE tenant = $1 AND id = $2";
        let now = self.options.clock.now();
        let mut w = self.writing(Some(fence), now).await?;
        steps::one(&mut w.tx, w.tenant, step).await?;
        execute!(&mut w.tx, START, w.tenant, step.0, now.as_microsecond())?;
        w.written.steps = true;
        w.commit().await?;
        Ok(())
    }

    async fn accept_step(
        &self,
        fence: Fence,
        step: StepId,
        operation: Option<&Link>,
    ) -> Result<(), Fault> {
        const ACCEPT: &str =
            "UPDATE journal SET state = 'accepted', operation = $3 WHERE tenant = $1 AND id = $2";
        let mut w = self.writing(Some(fence), self.options.clock.now()).await?;
        steps::one(&mut w.tx, w.tenant, step).await?;
        let operation = operation.map(|link| link.0.as_str());
        execute!(&mut w.tx, ACCEPT, w.tenant, step.0, operation)?;
        w.written.steps = true;
        w.commit().await?;
        Ok(())
    }

    async fn withdraw_step(&self, fence: Fence, step: StepId) -> Result<(), Fault> {
        const DROP: &str = "DELETE FROM journal WHERE tenant = $1 AND id = $2";
        let mut w = self.writing(Some(fence), self.options.clock.now()).await?;
        let open = steps::one(&mut w.tx, w.tenant, step).await?;
        on_behalf_of(&mut w, &open.sync).await?;
        if open.state != StepState::Claimed {
            let text = format!(
                "step {} was started: only looking at Graph tells its end",
                step.0
            );
            return Err(Fault::Refused(text));
        }
        execute!(&mut w.tx, DROP, w.tenant, step.0)?;
        w.written.steps = true;
        marks::mark_users(&mut w, [open.change.user]).await?;
        if open.change.action.claims() {
            w.record(entry("withdrawn", step, &open.change, None));
        }
        w.commit().await?;
        Ok(())
    }

    async fn end_step(
        &self,
        fence: Fence,
        step: StepId,
        end: &StepEnd,
        now: Timestamp,
    ) -> Result<(), Fault> {
        let mut w = self.writing(Some(fence), now).await?;
        let open = steps::one(&mut w.tx, w.tenant, step).await?;
        on_behalf_of(&mut w, &open.sync).await?;
        w.written.steps = true;
        let change = &open.change;
        let (before, after) = self.outcome_of(&mut w, change, end, now).await?;
        match end {
            StepEnd::Done => {
                let place = finish_step(&mut w, step, &open, after.number.rest_until).await?;
                close(&mut w, step, "done", None, place).await?;
                pass_claim_on(&mut w, &open).await?;
                exchange::pass_number_on(&mut w, &open).await?;
            }
            StepEnd::Waiting { until, why } => {
                put_off(&mut w, step, *until, why).await?;
                if open.error.as_ref() != Some(why) {
                    w.record(entry("put-off", step, change, Some(why)));
                }
            }
            StepEnd::Failed(error) => {
                let until = after.number.blocked_until;
                let blocked = until.filter(|_| until != before.number.blocked_until);
                fail_step(&mut w, step, &open, error, blocked).await?;
            }
        }
        if after.user != before.user {
            facts::put_users(&mut w, &[(change.user, &after.user)], 0).await?;
        }
        if after.number != before.number {
            facts::put_numbers(&mut w, &[(change.number, &after.number)], 0).await?;
        }
        w.commit().await?;
        Ok(())
    }

    /// The facts before the step ended, and after it.
    async fn outcome_of(
        &self,
        w: &mut Writing,
        change: &Change,
        end: &StepEnd,
        now: Timestamp,
    ) -> Result<(Outcome, Outcome), Fault> {
        let before = Outcome {
            user: facts::of_user(&mut w.tx, w.tenant, change.user).await?,
            number: facts::of_number(&mut w.tx, w.tenant, change.number).await?,
        };
        let after = outcome(change, end, before.clone(), &self.settings, now);
        Ok((before, after))
    }
}

/// What a step that is done makes of holdings; answers the place of its audit record.
async fn finish_step(
    w: &mut Writing,
    step: StepId,
    open: &OpenStep,
    rest_until: Option<Timestamp>,
) -> Result<i64, Fault> {
    let change = &open.change;
    match change.action {
        Action::Release if change.part.moves().is_some() => {
            movers::arrive(w, change, Stage::Released).await?;
        }
        Action::Assign | Action::Adopt => {
            if let Some(back) = change.part.moves() {
                move_on(w, change, back).await?;
            }
            let holding = holding_of(change, w.now);
            holdings::end_others(w, change.number, change.user).await?;
            let new = Beginning {
                holding: &holding,
                change: Some(change),
            };
            holdings::begin(w, &[new]).await?;
        }
        Action::Release => {
            let before = w.last_place();
            let end = End {
                number: change.number,
                user: change.user,
                reason: change.reason.into(),
                rest_until,
            };
            holdings::end(w, &[end], "released").await?;
            if w.last_place() == before {
                // Somebody else ended the holding meanwhile: the claim ends all the same.
                w.record(entry("released", step, change, None));
            }
        }
        Action::Policy { .. } | Action::Profile { .. } => {
            let event = if matches!(change.action, Action::Profile { .. }) {
                "profile"
            } else {
                "policy"
            };
            w.record(entry(event, step, change, None));
        }
    }
    Ok(w.last_place())
}

/// The holding of the old type ends where that of the new one begins, or the other way round on the way back.
async fn move_on(w: &mut Writing, change: &Change, back: bool) -> Result<(), Fault> {
    let moved = End {
        number: change.number,
        user: change.user,
        reason: EndReason::Migrated,
        rest_until: None,
    };
    holdings::end(w, &[moved], "moved").await?;
    let stage = match back {
        true => Stage::Returned,
        false => Stage::Assigned,
    };
    movers::arrive(w, change, stage).await
}

/// The holding that begins when a step is done.
fn holding_of(change: &Change, now: Timestamp) -> Holding {
    let adopted = change.action == Action::Adopt;
    Holding {
        number: change.number,
        user: change.user,
        number_type: change.number_type,
        range: change.range.clone(),
        origin: if adopted {
            HoldingOrigin::Adopted
        } else {
            HoldingOrigin::Assigned
        },
        since: now,
        // Nobody is assigned a number without having been read as licensed right before.
        seen_licensed: !adopted,
        missing: None,
    }
}

/// What a step that failed leaves behind: the claim is gone, and the user is decided again.
async fn fail_step(
    w: &mut Writing,
    step: StepId,
    open: &OpenStep,
    error: &StepError,
    blocked_until: Option<Timestamp>,
) -> Result<(), Fault> {
    let change = &open.change;
    movers::stumble(w, change, error).await?;
    let refused = change.action == Action::Assign && matches!(error, StepError::Refused(_));
    let event = if change.action.claims() {
        "given-back"
    } else {
        "failed"
    };
    let mut told = entry(event, step, change, Some(error));
    if let Some(until) = blocked_until {
        told.detail["blocked_until"] = json!(until);
    }
    let place = w.record(told);
    let outcome = if refused { "refused" } else { "failed" };
    close(w, step, outcome, Some(error), place).await?;
    if change.part.is_owed() {
        pass_claim_on(w, open).await?;
    }
    marks::mark_users(w, [change.user]).await
}

async fn close(
    w: &mut Writing,
    step: StepId,
    outcome: &str,
    error: Option<&StepError>,
    place: i64,
) -> Result<(), Fault> {
    const CLOSE: &str = "UPDATE journal SET ended = $3, ended_seq = $4, outcome = $5, error = $6
        WHERE tenant = $1 AND id = $2";
    w.written.refusals = true;
    let error = error.map(serde_json::to_string).transpose()?;
    let now = w.now.as_microsecond();
    execute!(
        &mut w.tx, CLOSE, w.tenant, step.0, now, place, outcome, error
    )?;
    Ok(())
}

async fn put_off(
    w: &mut Writing,
    step: StepId,
    until: Timestamp,
    why: &StepError,
) -> Result<(), Fault> {
    const WAIT: &str =
        "UPDATE journal SET state = $3, not_before = $4, error = $5 WHERE tenant = $1 AND id = $2";
    let state = name(StepState::Waiting)?;
    let why = serde_json::to_string(why)?;
    execute!(
        &mut w.tx,
        WAIT,
        w.tenant,
        step.0,
        state,
        until.as_microsecond(),
        why
    )?;
    Ok(())
}

/// Hands the claim on the user to the step that waited for this one.
async fn pass_claim_on(w: &mut Writing, open: &OpenStep) -> Result<(), Fault> {
    const PASS: &str = "UPDATE journal SET user_claim = user_id
        WHERE tenant = $1 AND sync = $2 AND after_seq = $3 AND user_id = $4 AND claims = 1 AND ended IS NULL";
    let user = open.change.user.to_string();
    execute!(
        &mut w.tx,
        PASS,
        w.tenant,
        &open.sync,
        i64::from(open.change.seq),
        user
    )?;
    Ok(())
}

fn entry(event: &'static str, step: StepId, change: &Change, error: Option<&StepError>) -> Entry {
    Entry {
        event,
        number: Some(change.number),
        user: Some(change.user),
        detail: json!({
            "step": step.0, "action": change.action.name(), "reason": change.reason.name(), "range": change.range,
            "error": error,
        }),
    }
}
