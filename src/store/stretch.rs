//! What is remembered of the numbers between two numbers, a bounded part at a time.

use super::audit::{digits, number_of, user_of};
use super::engine::{Tx, fetch_all};
use super::error::Fault;
use super::tenant::TenantStore;
use super::{holdings, listing, steps};
use crate::apply::JournalError;
use crate::directory::UserId;
use crate::numbering::{E164, Listed};
use crate::plan::{NumberFacts, OpenStep, State, UserFacts};
use std::collections::BTreeMap;

/// All that is remembered of the numbers of a stretch, as one consistent view.
#[derive(Debug)]
pub struct Stretch {
    /// The last number it is about.
    pub upto: E164,
    /// Holdings, facts of numbers, open steps and pins of these numbers, and nothing else.
    pub state: State,
    /// What Teams lists of them, ascending.
    pub listing: Vec<Listed>,
}

/// The numbers asked for; shortened when a table has more to say than a stretch may hold.
#[derive(Clone, Copy)]
struct Bounds {
    tenant: i64,
    from: i64,
    to: i64,
    most: i64,
}

impl Bounds {
    /// Ends the stretch before the first row that is one too many.
    fn shorten<T>(&mut self, rows: &[T], number: impl Fn(&T) -> i64) {
        if rows.len() as u64 > self.most.unsigned_abs()
            && let Some(last) = rows.last()
        {
            self.to = self.to.min((number(last) - 1).max(self.from));
        }
    }
}

impl TenantStore {
    /// What is remembered from one number to another, or, where that is more than about `most` rows of a kind, to a
    /// number before it.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn stretch(&self, from: E164, to: E164, most: u32) -> Result<Stretch, JournalError> {
        let bounds = Bounds {
            tenant: self.tenant,
            from: digits(from),
            to: digits(to),
            most: i64::from(most),
        };
        self.read_stretch(bounds).await.map_err(Fault::on_read)
    }

    async fn read_stretch(&self, mut bounds: Bounds) -> Result<Stretch, Fault> {
        let mut tx = self.pool.read().await?;
        let held = held(&mut tx, &mut bounds).await?;
        let listed = listed(&mut tx, &mut bounds).await?;
        let numbers = numbers(&mut tx, &mut bounds).await?;
        let mut open = claims(&mut tx, &mut bounds).await?;
        let facts = pins(&mut tx, bounds).await?;
        let upto = number_of(bounds.to)?;
        open.retain(|step| step.change.number <= upto);
        let profiles = match listed.is_empty() {
            true => BTreeMap::new(),
            false => listing::profiles(&mut tx, bounds.tenant).await?,
        };
        let within = listed.into_iter().filter(|row| row.0 <= bounds.to);
        let listing = within.map(|row| listing::listed_of(row, &profiles));
        let listing = listing.collect::<Result<_, Fault>>()?;
        let within = held.into_iter().filter(|row| row.0 <= bounds.to);
        let state = State {
            holdings: within
                .map(holdings::holding_of)
                .collect::<Result<_, Fault>>()?,
            numbers: facts_of(numbers, bounds.to)?,
            open_steps: open,
            facts,
            ..State::default()
        };
        Ok(Stretch {
            upto,
            state,
            listing,
        })
    }
}

async fn held(tx: &mut Tx, b: &mut Bounds) -> Result<Vec<holdings::OpenRow>, Fault> {
    const READ: &str = "SELECT number, user_id, number_type, range_name, origin, since, seen_licensed, missing_since,
            last_in_place FROM holdings
        WHERE tenant = $1 AND ended IS NULL AND number BETWEEN $2 AND $3 ORDER BY number LIMIT $4";
    let rows: Vec<holdings::OpenRow> = fetch_all!(tx, READ, b.tenant, b.from, b.to, b.most + 1)?;
    b.shorten(&rows, |row| row.0);
    Ok(rows)
}

async fn listed(tx: &mut Tx, b: &mut Bounds) -> Result<Vec<listing::Row>, Fault> {
    const READ: &str = "SELECT number, place, target, profile FROM listing
        WHERE tenant = $1 AND number BETWEEN $2 AND $3 ORDER BY number, place LIMIT $4";
    let rows: Vec<listing::Row> = fetch_all!(tx, READ, b.tenant, b.from, b.to, b.most + 1)?;
    b.shorten(&rows, |row| row.0);
    Ok(rows)
}

async fn numbers(tx: &mut Tx, b: &mut Bounds) -> Result<Vec<(i64, String)>, Fault> {
    const READ: &str = "SELECT number, facts FROM number_facts
        WHERE tenant = $1 AND number BETWEEN $2 AND $3 ORDER BY number LIMIT $4";
    let rows: Vec<(i64, String)> = fetch_all!(tx, READ, b.tenant, b.from, b.to, b.most + 1)?;
    b.shorten(&rows, |row| row.0);
    Ok(rows)
}

async fn claims(tx: &mut Tx, b: &mut Bounds) -> Result<Vec<OpenStep>, Fault> {
    let open = steps::claiming(tx, b.tenant, b.from, b.to, b.most + 1).await?;
    b.shorten(&open, |step| digits(step.change.number));
    Ok(open)
}

fn facts_of(rows: Vec<(i64, String)>, to: i64) -> Result<BTreeMap<E164, NumberFacts>, Fault> {
    let nothing = NumberFacts::default();
    let mut all = BTreeMap::new();
    for (number, text) in rows.into_iter().filter(|(number, _)| *number <= to) {
        let facts: NumberFacts = serde_json::from_str(&text)?;
        if facts != nothing {
            all.insert(number_of(number)?, facts);
        }
    }
    Ok(all)
}

/// Who is pinned to these numbers.
async fn pins(tx: &mut Tx, b: Bounds) -> Result<BTreeMap<UserId, UserFacts>, Fault> {
    const READ: &str = "SELECT user_id, pinned FROM user_facts
        WHERE tenant = $1 AND pinned IS NOT NULL AND pinned BETWEEN $2 AND $3";
    let rows: Vec<(String, i64)> = fetch_all!(tx, READ, b.tenant, b.from, b.to)?;
    let pins = rows.into_iter().map(|(user, number)| {
        let facts = UserFacts {
            pin: Some(number_of(number)?),
            ..UserFacts::default()
        };
        Ok((user_of(&user)?, facts))
    });
    pins.collect()
}
