//! What people set by hand: facts of users and numbers, pauses, suspensions. None of it needs a sync, and a sync under
//! way does not write over it.

use super::audit::Entry;
use super::engine::execute;
use super::error::Fault;
use super::facts;
use super::marks;
use super::tenant::TenantStore;
use super::writing::retried;
use crate::apply::{Fence, JournalError};
use crate::directory::UserId;
use crate::numbering::{Country, E164, Listed};
use crate::plan::{NumberFacts, Pause, Suspension, UserFacts};
use crate::reconcile::{NumberChange, Overrides, UserChange};
use async_trait::async_trait;
use jiff::Timestamp;
use serde_json::json;

impl TenantStore {
    /// Facts of one user as they are now.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn facts(&self, user: UserId) -> Result<UserFacts, JournalError> {
        let read = async {
            let mut tx = self.pool.read().await?;
            facts::of_user(&mut tx, self.tenant, user).await
        };
        read.await.map_err(Fault::on_read)
    }

    /// Changes the facts of one user in one transaction; the user is decided again by the next sync. `what` and `by`
    /// go into the audit trail. `None`: nothing is changed, because somebody else is pinned to the number.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub async fn change_facts(
        &self,
        user: UserId,
        by: &str,
        what: &'static str,
        change: &(dyn Fn(&mut UserFacts) + Send + Sync),
        now: Timestamp,
    ) -> Result<Option<UserFacts>, JournalError> {
        let once = || async {
            let mut w = self.writing(None, now).await?;
            let before = facts::of_user(&mut w.tx, w.tenant, user).await?;
            let mut facts = before.clone();
            change(&mut facts);
            let version = w.head.version;
            match facts::put_users(&mut w, &[(user, &facts)], version).await {
                // Of what is written there, a pin alone may stand once only.
                Err(fault) if fault.is_second() => return Ok(None),
                put => put?,
            }
            marks::mark_users(&mut w, [user]).await?;
            let exemption = facts
                .exempt
                .as_ref()
                .filter(|_| facts.exempt != before.exempt);
            let reason = exemption.map(|exemption| &exemption.reason);
            let detail =
                json!({ "by": by, "reason": reason, "exempt": facts.exempt, "pin": facts.pin });
            w.record(Entry {
                event: what,
                number: facts.pin.or(before.pin),
                user: Some(user),
                detail,
            });
            w.commit().await?;
            Ok(Some(facts))
        };
        retried(once).await
    }

    async fn change_facts_of(
        &self,
        users: &[UserId],
        by: &str,
        what: &'static str,
        change: &UserChange<'_>,
        now: Timestamp,
    ) -> Result<(), Fault> {
        let mut w = self.writing(None, now).await?;
        let mut known = facts::of_users(&mut w.tx, w.tenant, users.iter().copied()).await?;
        let mut changed: Vec<(UserId, UserFacts)> = Vec::new();
        for user in users {
            let mut facts = known.remove(user).unwrap_or_default();
            change(&mut facts);
            changed.push((*user, facts));
        }
        let rows: Vec<(UserId, &UserFacts)> = changed.iter().map(|(id, f)| (*id, f)).collect();
        let version = w.head.version;
        facts::put_users(&mut w, &rows, version).await?;
        marks::mark_users(&mut w, users.iter().copied()).await?;
        for (user, facts) in &changed {
            w.record(Entry {
                event: what,
                number: facts.pin,
                user: Some(*user),
                detail: json!({ "by": by, "exempt": facts.exempt, "pin": facts.pin }),
            });
        }
        w.commit().await?;
        Ok(())
    }

    /// Changes the facts of one number in one transaction: reserved, unblocked, freed, put to rest by hand.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub async fn change_number(
        &self,
        number: E164,
        by: &str,
        what: &'static str,
        change: &(dyn Fn(&mut NumberFacts) + Send + Sync),
        now: Timestamp,
    ) -> Result<NumberFacts, JournalError> {
        let once = || async {
            let mut w = self.writing(None, now).await?;
            let before = facts::of_number(&mut w.tx, w.tenant, number).await?;
            let mut facts = before.clone();
            change(&mut facts);
            let version = w.head.version;
            facts::put_numbers(&mut w, &[(number, &facts)], version).await?;
            let reservation = facts
                .reserved
                .as_ref()
                .filter(|_| facts.reserved != before.reserved);
            let reason = reservation.map(|reservation| &reservation.reason);
            let detail = json!({
                "by": by, "reason": reason, "reserved": facts.reserved, "rest_until": facts.rest_until,
                "blocked_until": facts.blocked_until,
            });
            w.record(Entry {
                event: what,
                number: Some(number),
                user: None,
                detail,
            });
            w.commit().await?;
            Ok(facts)
        };
        retried(once).await
    }

    /// Stops every write of the tenant until it is taken back or over; a sync under way stops before its next one.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub async fn pause(&self, pause: &Pause, by: &str, now: Timestamp) -> Result<(), JournalError> {
        retried(|| self.put_pause(Some(pause), by, now)).await
    }

    /// Takes a pause back.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub async fn resume(&self, by: &str, now: Timestamp) -> Result<(), JournalError> {
        retried(|| self.put_pause(None, by, now)).await
    }

    /// Suspends a range by hand, or with `None` takes its suspension back; refusals until then are forgiven.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub async fn suspend_range(
        &self,
        range: &str,
        suspension: Option<&Suspension>,
        by: &str,
        now: Timestamp,
    ) -> Result<(), JournalError> {
        retried(|| self.put_suspension(None, range, suspension, by, now)).await
    }

    async fn put_pause(
        &self,
        pause: Option<&Pause>,
        by: &str,
        now: Timestamp,
    ) -> Result<(), Fault> {
        const PUT: &str = "UPDATE tenants SET pause = $2 WHERE no = $1";
        let mut w = self.writing(None, now).await?;
        let text = pause.map(serde_json::to_string).transpose()?;
        execute!(&mut w.tx, PUT, self.tenant, text)?;
        w.record(Entry {
            event: if pause.is_some() { "paused" } else { "resumed" },
            number: None,
            user: None,
            detail: json!({ "by": by, "reason": pause.map(|pause| &pause.reason), "pause": pause }),
        });
        w.commit().await?;
        Ok(())
    }

    pub(super) async fn put_suspension(
        &self,
        fence: Option<Fence>,
        range: &str,
        suspension: Option<&Suspension>,
        by: &str,
        now: Timestamp,
    ) -> Result<(), Fault> {
        const PUT: &str = "INSERT INTO suspensions (tenant, range_name, reason, since, forgiven)
            VALUES ($1, $2, $3, $4, $5) ON CONFLICT (tenant, range_name) DO UPDATE SET reason = excluded.reason,
            since = excluded.since,
            forgiven = CASE WHEN excluded.forgiven > 0 THEN excluded.forgiven ELSE suspensions.forgiven END";
        let mut w = self.writing(fence, now).await?;
        let event = if suspension.is_some() {
            "suspended"
        } else {
            "unsuspended"
        };
        // Of a sync whoever asked for it.
        let by = w.author.by.clone().unwrap_or_else(|| by.to_owned());
        let detail = json!({ "by": by, "range": range, "reason": suspension.map(|s| &s.reason) });
        let place = w.record(Entry {
            event,
            number: None,
            user: None,
            detail,
        });
        let reason = suspension.map(|suspension| suspension.reason.as_str());
        let since = suspension.map(|suspension| suspension.since.as_microsecond());
        let forgiven = if suspension.is_some() { 0 } else { place };
        execute!(&mut w.tx, PUT, self.tenant, range, reason, since, forgiven)?;
        w.written.suspensions = true;
        w.commit().await?;
        Ok(())
    }
}

#[async_trait]
impl Overrides for TenantStore {
    async fn change_user(
        &self,
        user: UserId,
        by: &str,
        what: &'static str,
        change: &UserChange<'_>,
        now: Timestamp,
    ) -> Result<Option<UserFacts>, JournalError> {
        self.change_facts(user, by, what, change, now).await
    }

    async fn change_users(
        &self,
        users: &[UserId],
        by: &str,
        what: &'static str,
        change: &UserChange<'_>,
        now: Timestamp,
    ) -> Result<(), JournalError> {
        retried(|| self.change_facts_of(users, by, what, change, now)).await
    }

    async fn change_number_facts(
        &self,
        number: E164,
        by: &str,
        what: &'static str,
        change: &NumberChange<'_>,
        now: Timestamp,
    ) -> Result<NumberFacts, JournalError> {
        self.change_number(number, by, what, change, now).await
    }

    async fn set_suspension(
        &self,
        range: &str,
        suspension: Option<&Suspension>,
        by: &str,
        now: Timestamp,
    ) -> Result<(), JournalError> {
        self.suspend_range(range, suspension, by, now).await
    }

    async fn suspend_operator(
        &self,
        operator: &str,
        country: Option<Country>,
        suspension: &Suspension,
        by: &str,
        what: &'static str,
        now: Timestamp,
    ) -> Result<(), JournalError> {
        Self::suspend_operator(self, operator, country, suspension, by, what, now).await
    }

    async fn resume_operator(
        &self,
        operator: &str,
        country: Option<Country>,
        by: &str,
        now: Timestamp,
    ) -> Result<(), JournalError> {
        Self::resume_operator(self, operator, country, by, now).await
    }

    async fn set_pause(
        &self,
        pause: Option<&Pause>,
        by: &str,
        now: Timestamp,
    ) -> Result<(), JournalError> {
        match pause {
            Some(pause) => self.pause(pause, by, now).await,
            None => self.resume(by, now).await,
        }
    }

    async fn listed(&self, number: E164) -> Result<Vec<Listed>, JournalError> {
        self.listed_as(number).await.map_err(Fault::on_read)
    }
}
