//! `ranges list` and `numbers list`: the inventory as last read, without asking Graph.

use super::exit::{Exit, Failure};
use super::output::{Format, Output};
use crate::app::App;
use crate::numbering::{E164, NumberState};
use crate::report::inert;
use crate::views::{self, Golden, MOST, NumberFilter, NumberItem, RangeItem, ViewError};
use comfy_table::{Table, presets};
use jiff::Timestamp;

/// `ranges list`: the stock of every range.
pub(super) async fn ranges(
    app: &App,
    tenant: Option<&str>,
    output: &mut Output,
) -> anyhow::Result<Exit> {
    let chosen = app.chosen(tenant)?;
    let several = chosen.len() > 1;
    let mut items: Vec<RangeItem> = Vec::new();
    for config in chosen {
        let view = app.view(config).await?;
        let mut after = None;
        loop {
            let page = view.ranges(after.as_ref(), MOST).await?;
            items.extend(page.items.into_iter().map(|item| RangeItem {
                tenant: several.then(|| config.name.clone()),
                ..item
            }));
            after = page.next;
            if after.is_none() {
                break;
            }
        }
    }
    match output.format {
        Format::Json => output.items(&items)?,
        Format::Text => output.text(&ranges_table(&items))?,
    }
    Ok(Exit::Done)
}

fn ranges_table(items: &[RangeItem]) -> String {
    let mut table = plain_table();
    let states = NumberState::ALL.map(NumberState::name);
    let head = ["range", "type", "country", "total"];
    table.set_header(head.into_iter().chain(states));
    for item in items {
        let name = match (item.suspended, item.by_operator) {
            (true, true) => format!("{} (operator suspended)", inert(&item.range)),
            (true, false) => format!("{} (suspended)", inert(&item.range)),
            (false, _) => inert(&item.range),
        };
        let start = [
            name,
            item.number_type.clone(),
            item.country.clone().unwrap_or_default(),
            item.total.to_string(),
        ];
        let counts = NumberState::ALL.map(|state| item.count(state).to_string());
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

/// What of `numbers list` is wanted.
pub(super) struct Wanted<'a> {
    pub(super) tenant: Option<&'a str>,
    pub(super) range: Option<&'a str>,
    pub(super) state: Option<&'a str>,
    pub(super) golden: Option<Option<u8>>,
    pub(super) limit: Option<usize>,
}

/// `numbers list`: numbers with their states, in the order of the ranges.
pub(super) async fn numbers(
    app: &App,
    wanted: &Wanted<'_>,
    output: &mut Output,
) -> anyhow::Result<Exit> {
    let filter = NumberFilter {
        range: wanted.range,
        state: wanted.state.map(known_state).transpose()?,
        golden: wanted
            .golden
            .map(|least| least.map_or(Golden::Configured, Golden::AtLeast)),
    };
    let limit = wanted.limit.unwrap_or(usize::MAX);
    let mut items: Vec<NumberItem> = Vec::new();
    for config in app.chosen(wanted.tenant)? {
        let view = app.view(config).await?;
        let mut after = None;
        while items.len() < limit {
            let page = view
                .numbers(filter, after.as_ref(), size(limit, items.len()))
                .await;
            let page = page.map_err(with_remedy)?;
            items.extend(page.items);
            after = page.next;
            if after.is_none() {
                break;
            }
        }
    }
    match output.format {
        Format::Json => output.items(&items)?,
        Format::Text => output.text(&numbers_table(&items, wanted.golden.is_some()))?,
    }
    Ok(Exit::Done)
}

/// The size of the next page when so many of a limit are there already.
pub(super) fn size(limit: usize, there: usize) -> u32 {
    let left = limit.saturating_sub(there);
    u32::try_from(left).unwrap_or(MOST).min(MOST)
}

/// Says where the names of the ranges stand, to whoever named one that is not there.
pub(super) fn with_remedy(error: ViewError) -> anyhow::Error {
    match error {
        ViewError::NoRange(_) => {
            let text = format!("{error}; `linekeeper ranges list` shows them");
            Failure::new(Exit::Error, text).into()
        }
        other => other.into(),
    }
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

fn numbers_table(items: &[NumberItem], scored: bool) -> String {
    let mut table = plain_table();
    let head = ["number", "range", "state", "user", "since", "until"];
    table.set_header(head.into_iter().chain(scored.then_some("golden")));
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
        let expected = || {
            item.whom
                .as_ref()
                .map(|whom| format!("for {}", inert(whom)))
        };
        let row = [
            item.number.to_string(),
            inert(&item.range),
            item.state.name().to_owned(),
            user.or_else(expected).unwrap_or_default(),
            time(item.since),
            time(item.until),
        ];
        let score = item.golden.map(|score| score.to_string());
        table.add_row(row.into_iter().chain(score));
    }
    format!("{table}\n{} numbers\n", items.len())
}

/// A number as a person types it: separators are taken out.
pub(super) fn read_number(text: &str) -> Result<E164, Failure> {
    views::read_number(text).map_err(|error| Failure::new(Exit::Usage, error.to_string()))
}
