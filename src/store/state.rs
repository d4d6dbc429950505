//! Everything remembered but the users, as one consistent view, kept in memory until somebody writes.

use super::audit::{number_of, user_of};
use super::engine::{Tx, fetch_all, fetch_optional};
use super::error::Fault;
use super::lease::in_force;
use super::renew::renew;
use super::state_memory::Cached;
use super::tenant::{TenantStore, held};
use super::{departed, holdings, migrations, operators, steps};
use crate::directory::UserId;
use crate::numbering::E164;
use crate::plan::{Brake, NumberFacts, State, Suspension, UserFacts};
use jiff::{SignedDuration, Timestamp};
use std::collections::BTreeMap;
use std::sync::Arc;

/// The window of the brakes.
const WINDOW: SignedDuration = SignedDuration::from_hours(24);

impl TenantStore {
    pub(super) async fn current_state(&self, now: Timestamp) -> Result<Arc<State>, Fault> {
        const HEAD: &str = "SELECT version, anchor, pause, users FROM tenants WHERE no = $1";
        let mut tx = self.pool.read().await?;
        let head: Option<(i64, String, Option<String>, i64)> =
            fetch_optional!(&mut tx, HEAD, self.tenant)?;
        let (version, anchor, pause, users) = head.ok_or(Fault::Fenced)?;
        let brake = brake(&mut tx, self.tenant, now).await?;
        let pause = in_force(pause.as_deref(), now)?;
        let users = u64::try_from(users).unwrap_or_default();
        let mut cached = self.renewed_or_loaded(&mut tx, version).await?;
        if cached.anchor != anchor {
            Arc::make_mut(&mut cached.state).anchor = serde_json::from_str(&anchor)?;
            cached.anchor = anchor;
        }
        // Two of these depend on the present, so they are looked at again at every reading.
        let state = &cached.state;
        if state.brake != brake || state.pause != pause || state.users != users {
            let state = Arc::make_mut(&mut cached.state);
            state.brake = brake;
            state.pause = pause;
            state.users = users;
        }
        let state = Arc::clone(&cached.state);
        held(&self.state).keep(cached);
        Ok(state)
    }

    async fn renewed_or_loaded(&self, tx: &mut Tx, version: i64) -> Result<Cached, Fault> {
        let recalled = held(&self.state).recall(version);
        if let Some((mut cached, written)) = recalled {
            renew(tx, self.tenant, &mut cached.state, &written).await?;
            cached.version = version;
            return Ok(cached);
        }
        Ok(Cached {
            version,
            anchor: String::new(),
            state: Arc::new(load(tx, self.tenant).await?),
        })
    }
}

/// All but what every reading looks at anew.
async fn load(tx: &mut Tx, tenant: i64) -> Result<State, Fault> {
    let (migrations, movers) = migrations::under_way(tx, tenant).await?;
    Ok(State {
        migrations,
        movers,
        holdings: holdings::open(tx, tenant).await?,
        former: holdings::former(tx, tenant).await?,
        departed: departed::all(tx, tenant).await?,
        numbers: number_facts(tx, tenant).await?,
        facts: user_facts(tx, tenant).await?,
        open_steps: steps::open(tx, tenant).await?,
        suspended: suspended(tx, tenant).await?,
        suspended_operators: operators::suspended(tx, tenant).await?,
        refused_in_a_row: refused(tx, tenant).await?,
        ..State::default()
    })
}

async fn number_facts(tx: &mut Tx, tenant: i64) -> Result<BTreeMap<E164, NumberFacts>, Fault> {
    const READ: &str = "SELECT number, facts FROM number_facts WHERE tenant = $1";
    let rows: Vec<(i64, String)> = fetch_all!(tx, READ, tenant)?;
    let nothing = NumberFacts::default();
    let mut all = BTreeMap::new();
    for (number, facts) in rows {
        let facts: NumberFacts = serde_json::from_str(&facts)?;
        if facts != nothing {
            all.insert(number_of(number)?, facts);
        }
    }
    Ok(all)
}

async fn user_facts(tx: &mut Tx, tenant: i64) -> Result<BTreeMap<UserId, UserFacts>, Fault> {
    const READ: &str = "SELECT user_id, facts FROM user_facts WHERE tenant = $1";
    let rows: Vec<(String, String)> = fetch_all!(tx, READ, tenant)?;
    let nothing = UserFacts::default();
    let mut all = BTreeMap::new();
    for (user, facts) in rows {
        let facts: UserFacts = serde_json::from_str(&facts)?;
        if facts != nothing {
            all.insert(user_of(&user)?, facts);
        }
    }
    Ok(all)
}

pub(super) async fn suspended(
    tx: &mut Tx,
    tenant: i64,
) -> Result<BTreeMap<String, Suspension>, Fault> {
    const READ: &str = "SELECT range_name, reason, since FROM suspensions WHERE tenant = $1 AND reason IS NOT NULL";
    let rows: Vec<(String, String, Option<i64>)> = fetch_all!(tx, READ, tenant)?;
    let suspended = rows.into_iter().map(|(range, reason, since)| {
        let since = Timestamp::from_microsecond(since.unwrap_or_default())?;
        Ok((range, Suspension { reason, since }))
    });
    suspended.collect()
}

/// Different users refused in a range since the last success there, and since its suspension was taken back.
pub(super) async fn refused(tx: &mut Tx, tenant: i64) -> Result<BTreeMap<String, u64>, Fault> {
    const READ: &str = "SELECT j.range_name, COUNT(DISTINCT j.user_id) FROM journal j
        WHERE j.tenant = $1 AND j.outcome = 'refused' AND j.range_name IS NOT NULL
            AND NOT EXISTS (SELECT 1 FROM journal s WHERE s.tenant = j.tenant AND s.range_name = j.range_name
                AND s.action = 'assign' AND s.outcome = 'done' AND s.ended_seq > j.ended_seq)
            AND NOT EXISTS (SELECT 1 FROM suspensions x WHERE x.tenant = j.tenant AND x.range_name = j.range_name
                AND x.forgiven >= j.ended_seq)
        GROUP BY j.range_name";
    let rows: Vec<(String, i64)> = fetch_all!(tx, READ, tenant)?;
    Ok(rows
        .into_iter()
        .map(|(range, users)| (range, u64::try_from(users).unwrap_or_default()))
        .collect())
}

/// What was done in the last 24 hours, and what may yet come of the steps under way.
async fn brake(tx: &mut Tx, tenant: i64, now: Timestamp) -> Result<Brake, Fault> {
    const DONE: &str = "SELECT action, COUNT(*) FROM journal
        WHERE tenant = $1 AND counts = 1 AND ended IS NOT NULL AND ended > $2 AND outcome = 'done' GROUP BY action";
    const OPEN: &str = "SELECT action, COUNT(*) FROM journal
        WHERE tenant = $1 AND counts = 1 AND ended IS NULL AND claimed > $2 GROUP BY action";
    let since = now
        .checked_sub(WINDOW)
        .unwrap_or(Timestamp::MIN)
        .as_microsecond();
    let mut rows: Vec<(String, i64)> = fetch_all!(tx, DONE, tenant, since)?;
    let open: Vec<(String, i64)> = fetch_all!(tx, OPEN, tenant, since)?;
    rows.extend(open);
    let count = |action: &str| {
        let of = rows.iter().filter(|(name, _)| name == action);
        u64::try_from(of.map(|(_, count)| count).sum::<i64>()).unwrap_or_default()
    };
    Ok(Brake {
        releases: count("release"),
        assignments: count("assign"),
    })
}
