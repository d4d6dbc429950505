//! What a past sync did to people, from its journal: also of one whose process was killed before it could report.

use super::audit::{digits, number_of, user_of};
use super::bulk::Batch;
use super::engine::{Tx, fetch_all};
use super::error::Fault;
use super::tenant::TenantStore;
use crate::apply::JournalError;
use crate::directory::UserId;
use crate::numbering::E164;
use crate::plan::{Action, Change, ChangeStatus, Past};
use crate::report::ChangeReport;
use jiff::Timestamp;
use std::collections::{BTreeMap, BTreeSet};

impl TenantStore {
    /// What a sync did, or is still at, in its order; changes that failed or were given back are none. `told` are the
    /// changes of its report, which hold what it brought to an end for earlier syncs: that comes first.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn made_in(
        &self,
        sync: &str,
        told: &[ChangeReport],
    ) -> Result<Vec<Past>, JournalError> {
        let read = async {
            let mut tx = self.pool.read().await?;
            let own = own_steps(&mut tx, self.tenant, sync).await?;
            let mut made = of_earlier_syncs(told, &own);
            made.extend(own);
            let ended = last_ended(&mut tx, self.tenant, &made).await?;
            for past in &mut made {
                let held = ended.get(&(past.user, past.number)).copied();
                past.had_until = past.had_until.max(held);
            }
            Ok::<_, Fault>(made)
        };
        read.await.map_err(Fault::on_read)
    }
}

async fn own_steps(tx: &mut Tx, tenant: i64, sync: &str) -> Result<Vec<Past>, Fault> {
    const READ: &str = "SELECT change, ended FROM journal WHERE tenant = $1 AND sync = $2
        AND action IN ('assign', 'release', 'adopt') AND (ended IS NULL OR outcome IN ('done', 'recorded')) ORDER BY id";
    let rows: Vec<(String, Option<i64>)> = fetch_all!(tx, READ, tenant, sync)?;
    let past = |(text, ended): (String, Option<i64>)| {
        let change: Change = serde_json::from_str(&text)?;
        let ended = ended.map(Timestamp::from_microsecond).transpose()?;
        Ok(Past {
            user: change.user,
            had_until: ended.filter(|_| change.action == Action::Release),
            action: change.action,
            number: change.number,
            by_teams: change.by_teams,
        })
    };
    rows.into_iter().map(past).collect()
}

fn of_earlier_syncs(told: &[ChangeReport], own: &[Past]) -> Vec<Past> {
    let known: BTreeSet<(&str, UserId, E164)> = own
        .iter()
        .map(|past| (past.action.name(), past.user, past.number))
        .collect();
    let earlier = told.iter().filter(|change| {
        let key = (change.action.as_str(), change.user.id, change.number);
        change.status == ChangeStatus::Succeeded && !known.contains(&key)
    });
    let past = |change: &ChangeReport| {
        let action = match change.action.as_str() {
            "assign" => Action::Assign,
            "release" => Action::Release,
            _ => return None,
        };
        Some(Past {
            user: change.user.id,
            action,
            number: change.number,
            by_teams: false,
            had_until: None,
        })
    };
    earlier.filter_map(past).collect()
}

/// When these people last held these numbers.
async fn last_ended(
    tx: &mut Tx,
    tenant: i64,
    made: &[Past],
) -> Result<BTreeMap<(UserId, E164), Timestamp>, Fault> {
    const READ: &str = "SELECT h.user_id, h.number, MAX(h.ended) FROM {batch} CROSS JOIN holdings h
        WHERE h.tenant = $1 AND h.user_id = batch.id AND h.number = batch.number AND h.ended IS NOT NULL
        GROUP BY h.user_id, h.number";
    let batch = Batch::default()
        .text("id", made.iter().map(|past| past.user.to_string()))
        .int("number", made.iter().map(|past| digits(past.number)));
    let rows: Vec<(String, i64, i64)> = batch.fetch(tx, READ, &[tenant]).await?;
    let ended = rows.into_iter().map(|(user, number, ended)| {
        let key = (user_of(&user)?, number_of(number)?);
        Ok((key, Timestamp::from_microsecond(ended)?))
    });
    ended.collect()
}
