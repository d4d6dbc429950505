//! `ranges list` and `numbers list`: the inventory as last read, without asking Graph.

use super::exit::{Exit, Failure};
use super::output::{Format, Output};
use crate::app::{App, Records};
use crate::directory::{LicenceBook, UserId};
use crate::numbering::{E164, Listed, NumberState};
use crate::plan::{Circumstances, Entry, Index, RangeInventory, State, World};
use crate::reconcile::{Ledger as _, RuleSource as _, Scope};
use crate::report::{UserRef, inert};
use crate::rules::{GroupMembers, RuleSet};
use comfy_table::{Table, presets};
use jiff::Timestamp;
use serde::Serialize;
use std::collections::BTreeMap;
use std::sync::Arc;

/// What is stored of a tenant, held still for looking at it.
struct Still {
    rules: Arc<RuleSet>,
    state: Arc<State>,
    listing: Vec<Listed>,
    book: LicenceBook,
    now: Timestamp,
}

impl Still {
    async fn of(app: &App, records: &Records) -> anyhow::Result<Self> {
        let now = app.clock.now();
        let state = records.store.state(now).await?;
        Ok(Self {
            rules: records.rulebook.active(),
            listing: records.store.listing().await?,
            book: LicenceBook::new(records.settings.catalogue.clone(), Some(&state.anchor.skus)),
            state,
            now,
        })
    }

    fn look<T>(&self, records: &Records, at: impl FnOnce(&Index<'_>) -> T) -> T {
        let world = World {
            rules: &self.rules,
            settings: &records.settings,
            book: &self.book,
            groups: &GroupMembers::new(),
            listing: &self.listing,
            listed_at: self.state.anchor.numbers_read.unwrap_or(self.now),
            confirmed: &BTreeMap::new(),
            policies: &BTreeMap::new(),
            state: &self.state,
            circumstances: Circumstances {
                complete: true,
                clock_agrees: true,
                everyone: false,
                by_hand: false,
            },
            now: self.now,
        };
        at(&Index::new(&world))
    }
}

/// One line of `ranges list`.
#[derive(Serialize)]
struct RangeItem {
    #[serde(skip_serializing_if = "Option::is_none")]
    tenant: Option<String>,
    range: String,
    #[serde(rename = "type")]
    number_type: String,
    country: Option<String>,
    suspended: bool,
    total: u64,
    #[serde(flatten)]
    counts: BTreeMap<&'static str, u64>,
}

/// `ranges list`: the stock of every range.
pub(super) async fn ranges(
    app: &App,
    tenant: Option<&str>,
    output: &mut Output,
) -> anyhow::Result<Exit> {
    let chosen = app.chosen(tenant)?;
    let several = chosen.len() > 1;
    let mut items = Vec::new();
    for config in chosen {
        let records = app.records(config).await?;
        let still = Still::of(app, &records).await?;
        items.extend(still.look(&records, |index| {
            range_items(index, several.then(|| config.name.clone()))
        }));
    }
    match output.format {
        Format::Json => output.items(&items)?,
        Format::Text => output.text(&ranges_table(&items))?,
    }
    Ok(Exit::Done)
}

fn range_items(index: &Index<'_>, tenant: Option<String>) -> Vec<RangeItem> {
    let suspended = &index.world.state.suspended;
    let item = |range: &crate::rules::Range| {
        let counts = RangeInventory::of(index, range).counts();
        RangeItem {
            tenant: tenant.clone(),
            range: range.name.clone(),
            number_type: range.number_type.name().to_owned(),
            country: range.country.map(|country| country.to_string()),
            suspended: suspended.contains_key(&range.name),
            total: range.numbers.count(),
            counts: counts
                .into_iter()
                .map(|(state, count)| (state.name(), count))
                .collect(),
        }
    };
    index.world.rules.ranges().iter().map(item).collect()
}

fn ranges_table(items: &[RangeItem]) -> String {
    let mut table = plain_table();
    let states = NumberState::ALL.map(NumberState::name);
    let head = ["range", "type", "country", "total"];
    table.set_header(head.into_iter().chain(states));
    for item in items {
        let name = if item.suspended {
            format!("{} (suspended)", inert(&item.range))
        } else {
            inert(&item.range)
        };
        let start = [
            name,
            item.number_type.clone(),
            item.country.clone().unwrap_or_default(),
            item.total.to_string(),
        ];
        let counts = states.map(|state| {
            item.counts
                .get(state)
                .copied()
                .unwrap_or_default()
                .to_string()
        });
        table.add_row(start.into_iter().chain(counts));
    }
    format!("{table}\n")
}

/// The table of every list: no lines, only columns.
pub(super) fn plain_table() -> Table {
    let mut table = Table::new();
    table.load_style(presets::NOTHING);
    table
}

/// One line of `numbers list`.
#[derive(Serialize)]
struct NumberItem {
    number: E164,
    range: String,
    #[serde(rename = "type")]
    number_type: String,
    state: NumberState,
    user: Option<UserRef>,
    since: Option<Timestamp>,
    until: Option<Timestamp>,
}

/// What of `numbers list` is wanted.
pub(super) struct Wanted<'a> {
    pub(super) tenant: Option<&'a str>,
    pub(super) range: Option<&'a str>,
    pub(super) state: Option<&'a str>,
    pub(super) limit: Option<usize>,
}

/// `numbers list`: numbers with their states, in the order of the ranges.
pub(super) async fn numbers(
    app: &App,
    wanted: &Wanted<'_>,
    output: &mut Output,
) -> anyhow::Result<Exit> {
    let state = wanted.state.map(known_state).transpose()?;
    let mut items = Vec::new();
    for config in app.chosen(wanted.tenant)? {
        let records = app.records(config).await?;
        let still = Still::of(app, &records).await?;
        if let Some(name) = wanted.range
            && still.rules.range(name).is_none()
        {
            let text = format!("no range is called `{name}`; `linekeeper ranges list` shows them");
            return Err(Failure::new(Exit::Error, text).into());
        }
        let limit = wanted
            .limit
            .unwrap_or(usize::MAX)
            .saturating_sub(items.len());
        let found = still.look(&records, |index| entries(index, wanted.range, state, limit));
        items.extend(named(&records, found).await?);
    }
    match output.format {
        Format::Json => output.items(&items)?,
        Format::Text => output.text(&numbers_table(&items))?,
    }
    Ok(Exit::Done)
}

fn known_state(name: &str) -> Result<NumberState, Failure> {
    NumberState::from_name(name).ok_or_else(|| {
        let known = NumberState::ALL.map(NumberState::name).join(", ");
        Failure::new(
            Exit::Usage,
            format!("`{name}` is no state of a number; there are {known}"),
        )
    })
}

fn entries(
    index: &Index<'_>,
    range: Option<&str>,
    state: Option<NumberState>,
    limit: usize,
) -> Vec<(Entry, String, String)> {
    let mut found = Vec::new();
    for declared in index
        .world
        .rules
        .ranges()
        .iter()
        .filter(|r| range.is_none_or(|name| name == r.name))
    {
        let inventory = RangeInventory::of(index, declared);
        let left = limit.saturating_sub(found.len());
        let with_range = |entry| {
            (
                entry,
                declared.name.clone(),
                declared.number_type.name().to_owned(),
            )
        };
        found.extend(inventory.entries(state).take(left).map(with_range));
    }
    found
}

async fn named(
    records: &Records,
    found: Vec<(Entry, String, String)>,
) -> anyhow::Result<Vec<NumberItem>> {
    let ids: Vec<UserId> = found.iter().filter_map(|(entry, ..)| entry.user).collect();
    let limit = ids.len().max(1);
    let users = records.store.users(&Scope::Only(ids), None, limit).await?;
    let upns: BTreeMap<UserId, String> = users
        .iter()
        .map(|s| (s.user.id, s.user.upn().to_owned()))
        .collect();
    let user_ref = |id: UserId| UserRef {
        id,
        upn: upns.get(&id).cloned().unwrap_or_default(),
    };
    let item = |(entry, range, number_type): (Entry, String, String)| NumberItem {
        number: entry.number,
        range,
        number_type,
        state: entry.state,
        user: entry.user.map(user_ref),
        since: entry.since,
        until: entry.until,
    };
    Ok(found.into_iter().map(item).collect())
}

fn numbers_table(items: &[NumberItem]) -> String {
    let mut table = plain_table();
    table.set_header(["number", "range", "state", "user", "since", "until"]);
    for item in items {
        let time = |at: Option<Timestamp>| {
            at.map(|at| at.strftime("%Y-%m-%d %H:%M").to_string())
                .unwrap_or_default()
        };
        let user = item.user.as_ref().map(|u| {
            if u.upn.is_empty() {
                u.id.to_string()
            } else {
                inert(&u.upn)
            }
        });
        let row = [
            item.number.to_string(),
            inert(&item.range),
            item.state.name().to_owned(),
            user.unwrap_or_default(),
            time(item.since),
            time(item.until),
        ];
        table.add_row(row);
    }
    format!("{table}\n{} numbers\n", items.len())
}

/// A number as a person types it: separators are taken out.
pub(super) fn read_number(text: &str) -> Result<E164, Failure> {
    let bare: String = text
        .chars()
        .filter(|c| !matches!(c, ' ' | '-' | '(' | ')' | '/'))
        .collect();
    bare.parse().map_err(|error| {
        Failure::new(
            Exit::Usage,
            format!("`{text}` is no telephone number: {error}; write it like +498955501000"),
        )
    })
}
