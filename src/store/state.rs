//! Everything remembered but the users, as one consistent view, kept in memory until somebody writes.

use super::audit::{number_of, user_of};
use super::bulk::Batch;
use super::engine::{Tx, fetch_all, fetch_optional};
use super::error::Fault;
use super::lease::in_force;
use super::record;
use super::tenant::{TenantStore, held};
use super::texts::Texts;
use super::{holdings, steps};
use crate::directory::UserId;
use crate::numbering::E164;
use crate::plan::{Anchor, Brake, Departed, NumberFacts, State, Suspension, UserFacts};
use jiff::{SignedDuration, Timestamp};
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

/// What is kept of the last reading.
#[derive(Debug, Default)]
pub(super) struct StateMemory {
    cached: Option<(i64, Arc<State>)>,
    /// The version handed out first since the sync began: what was changed by hand after it, a claim does not
    /// overwrite.
    pub(super) handed_out: Option<i64>,
}

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
        let cached = held(&self.state).cached.take();
        let mut state = match cached {
            Some((cached, state)) if cached == version => state,
            _ => {
                let anchor: Anchor = serde_json::from_str(&anchor)?;
                let users = u64::try_from(users).unwrap_or_default();
                Arc::new(load(&mut tx, self.tenant, anchor, users).await?)
            }
        };
        // Both depend on the present, so they are looked at again at every reading.
        if state.brake != brake || state.pause != pause {
            let state = Arc::make_mut(&mut state);
            state.brake = brake;
            state.pause = pause;
        }
        let mut memory = held(&self.state);
        memory.cached = Some((version, Arc::clone(&state)));
        // A later reading, by somebody who looks or sets something by hand, is not the one a plan was made of.
        memory.handed_out = Some(
            memory
                .handed_out
                .map_or(version, |first| first.min(version)),
        );
        Ok(state)
    }
}

async fn load(tx: &mut Tx, tenant: i64, anchor: Anchor, users: u64) -> Result<State, Fault> {
    Ok(State {
        holdings: holdings::open(tx, tenant).await?,
        former: holdings::former(tx, tenant).await?,
        departed: departed(tx, tenant).await?,
        numbers: number_facts(tx, tenant).await?,
        facts: user_facts(tx, tenant).await?,
        open_steps: steps::open(tx, tenant).await?,
        suspended: suspended(tx, tenant).await?,
        refused_in_a_row: refused(tx, tenant).await?,
        brake: Brake::default(),
        pause: None,
        anchor,
        users,
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
async fn refused(tx: &mut Tx, tenant: i64) -> Result<BTreeMap<String, u64>, Fault> {
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

/// Users who are gone and had a number, where employee id, company and surname are known.
async fn departed(tx: &mut Tx, tenant: i64) -> Result<Vec<Departed>, Fault> {
    const READ: &str = "SELECT u.id, u.record, u.employee_key, h.number
        FROM holdings h JOIN users u ON u.tenant = h.tenant AND u.id = h.user_id
        WHERE h.tenant = $1 AND u.gone_since IS NOT NULL AND u.employee_key IS NOT NULL AND NOT EXISTS
            (SELECT 1 FROM holdings x WHERE x.tenant = h.tenant AND x.user_id = h.user_id AND x.id > h.id)
        ORDER BY u.id";
    const COUNT: &str = "SELECT u.employee_key, COUNT(*) FROM {batch}
        JOIN users u ON u.tenant = $1 AND u.employee_key = batch.employee_key
        WHERE u.employee_key IS NOT NULL GROUP BY u.employee_key";
    let rows: Vec<(String, String, String, i64)> = fetch_all!(tx, READ, tenant)?;
    let keys: std::collections::BTreeSet<&String> = rows.iter().map(|row| &row.2).collect();
    let batch = Batch::default().text("employee_key", keys.into_iter().cloned());
    let counts: Vec<(String, i64)> = batch.fetch(tx, COUNT, &[tenant]).await?;
    let counts: HashMap<String, i64> = counts.into_iter().collect();
    let (mut departed, mut texts) = (Vec::new(), Texts::default());
    for (id, text, key, number) in rows {
        let user = record::decode(user_of(&id)?, &text, Arc::default(), &mut texts)?;
        let Some(identity) = record::identity(&user.attributes) else {
            continue;
        };
        let same = counts.get(&key).copied().unwrap_or(1);
        departed.push(Departed {
            user: user.id,
            identity,
            number: number_of(number)?,
            same_employee_id: u64::try_from(same).unwrap_or(1),
        });
    }
    Ok(departed)
}
