//! What is remembered of certain numbers, wherever they lie: a few statements for all of them.

use super::audit::{digits, number_of, user_of};
use super::bulk::Batch;
use super::engine::{Tx, fetch_optional, for_each_row};
use super::error::Fault;
use super::tenant::TenantStore;
use super::{facts, holdings, listing, steps};
use crate::directory::UserId;
use crate::numbering::{E164, Listed};
use crate::plan::{Holding, NumberFacts, OpenStep, State, UserFacts};
use crate::reconcile::Around;
use jiff::Timestamp;
use std::collections::{BTreeMap, BTreeSet};

impl TenantStore {
    pub(super) async fn read_around(&self, numbers: &[E164]) -> Result<Around, Fault> {
        const ANCHOR: &str = "SELECT anchor FROM tenants WHERE no = $1";
        let mut tx = self.pool.read().await?;
        let anchor: Option<(String,)> = fetch_optional!(&mut tx, ANCHOR, self.tenant)?;
        let (anchor,) = anchor.ok_or(Fault::Fenced)?;
        let mut around = State {
            anchor: serde_json::from_str(&anchor)?,
            ..State::default()
        };
        if numbers.is_empty() {
            let listing = Vec::new();
            return Ok(Around {
                state: around,
                listing,
            });
        }
        around.holdings = held(&mut tx, self.tenant, numbers).await?;
        around.numbers = facts::of_numbers(&mut tx, self.tenant, numbers.iter().copied()).await?;
        around.open_steps = claims(&mut tx, self.tenant, numbers).await?;
        around.facts = pins(&mut tx, self.tenant, numbers).await?;
        let listing = listed(&mut tx, self.tenant, numbers).await?;
        Ok(Around {
            state: around,
            listing,
        })
    }

    /// How many numbers are set aside, resting or blocked. Their facts are gone through one by one.
    pub(super) async fn count_set_aside(&self, now: Timestamp) -> Result<u64, Fault> {
        const READ: &str = "SELECT facts FROM number_facts WHERE tenant = $1";
        let mut tx = self.pool.read().await?;
        let mut count = 0;
        for_each_row!(
            &mut tx,
            READ,
            [self.tenant],
            |(text,): (String,)| -> Result<(), Fault> {
                let facts: NumberFacts = serde_json::from_str(&text)?;
                count += u64::from(facts.is_set_aside(now));
                Ok(())
            }
        );
        Ok(count)
    }

    pub(super) async fn count_holders(&self) -> Result<u64, Fault> {
        const COUNT: &str = "SELECT COUNT(*) FROM holdings WHERE tenant = $1 AND ended IS NULL";
        let mut tx = self.pool.read().await?;
        let row: Option<(i64,)> = fetch_optional!(&mut tx, COUNT, self.tenant)?;
        Ok(row.map_or(0, |(count,)| count.unsigned_abs()))
    }

    pub(super) async fn all_pins(&self) -> Result<BTreeMap<UserId, E164>, Fault> {
        const READ: &str =
            "SELECT user_id, pinned FROM user_facts WHERE tenant = $1 AND pinned IS NOT NULL";
        let mut tx = self.pool.read().await?;
        let mut pins = BTreeMap::new();
        for_each_row!(&mut tx, READ, [self.tenant], |(user, number): (
            String,
            i64
        )|
         -> Result<(), Fault> {
            pins.insert(user_of(&user)?, number_of(number)?);
            Ok(())
        });
        Ok(pins)
    }
}

fn batch_of(numbers: &[E164]) -> Batch {
    Batch::default().int("number", numbers.iter().copied().map(digits))
}

async fn held(tx: &mut Tx, tenant: i64, numbers: &[E164]) -> Result<Vec<Holding>, Fault> {
    const READ: &str = "SELECT h.number, h.user_id, h.number_type, h.range_name, h.origin, h.since, h.seen_licensed,
            h.missing_since, h.last_in_place
        FROM {batch} CROSS JOIN holdings h
        WHERE h.tenant = $1 AND h.number = batch.number AND h.ended IS NULL";
    let rows: Vec<holdings::OpenRow> = batch_of(numbers).fetch(tx, READ, &[tenant]).await?;
    rows.into_iter().map(holdings::holding_of).collect()
}

async fn listed(tx: &mut Tx, tenant: i64, numbers: &[E164]) -> Result<Vec<Listed>, Fault> {
    const READ: &str =
        "SELECT l.number, l.place, l.target, l.profile FROM {batch} CROSS JOIN listing l
        WHERE l.tenant = $1 AND l.number = batch.number ORDER BY l.number, l.place";
    let rows: Vec<listing::Row> = batch_of(numbers).fetch(tx, READ, &[tenant]).await?;
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let profiles = listing::profiles(tx, tenant).await?;
    let listed = rows.into_iter();
    listed
        .map(|row| listing::listed_of(row, &profiles))
        .collect()
}

/// Of the steps under way, which are few, those that claim one of the numbers.
async fn claims(tx: &mut Tx, tenant: i64, numbers: &[E164]) -> Result<Vec<OpenStep>, Fault> {
    let (Some(first), Some(last)) = (numbers.iter().min(), numbers.iter().max()) else {
        return Ok(Vec::new());
    };
    let (first, last) = (digits(*first), digits(*last));
    let mut open = steps::claiming(tx, tenant, first, last, i64::MAX).await?;
    let wanted: BTreeSet<E164> = numbers.iter().copied().collect();
    open.retain(|step| wanted.contains(&step.change.number));
    Ok(open)
}

async fn pins(
    tx: &mut Tx,
    tenant: i64,
    numbers: &[E164],
) -> Result<BTreeMap<UserId, UserFacts>, Fault> {
    const READ: &str = "SELECT f.user_id, f.pinned FROM {batch} CROSS JOIN user_facts f
        WHERE f.tenant = $1 AND f.pinned = batch.number AND f.pinned IS NOT NULL";
    let rows: Vec<(String, i64)> = batch_of(numbers).fetch(tx, READ, &[tenant]).await?;
    let pins = rows.into_iter().map(|(user, number)| {
        let facts = UserFacts {
            pin: Some(number_of(number)?),
            ..UserFacts::default()
        };
        Ok((user_of(&user)?, facts))
    });
    pins.collect()
}
