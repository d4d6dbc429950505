//! `numbers history NUMBER`: what was written down, whatever the rules are like now.

use super::exit::{Exit, Failure};
use super::inventory::{plain_table, read_number};
use super::output::{Format, Output};
use crate::app::App;
use crate::numbering::NumberState;
use crate::plan::EndReason;
use crate::report::{UserRef, inert};
use crate::views::{HistoryItem, NumberThen, number_history, number_then};
use jiff::Timestamp;

/// `numbers history NUMBER`: who held it, from when to when, by which rule.
pub(super) async fn history(
    app: &App,
    tenant: Option<&str>,
    number: &str,
    output: &mut Output,
) -> anyhow::Result<Exit> {
    let number = read_number(number)?;
    let mut items = Vec::new();
    for config in app.chosen(tenant)? {
        let store = app.store_of(config).await?;
        items.extend(number_history(&store, number).await?);
    }
    match output.format {
        Format::Json => output.items(&items)?,
        Format::Text if items.is_empty() => output.line(&format!(
            "nobody has held {number} as far as Linekeeper knows"
        ))?,
        Format::Text => {
            let mut table = plain_table();
            table.set_header(["from", "to", "holder", "range", "reason", "ended", "sync"]);
            for item in &items {
                table.add_row(row(item));
            }
            output.text(&format!("{table}\n"))?;
        }
    }
    Ok(Exit::Done)
}

/// `numbers history NUMBER --at TIME`: who held it then, and what it was.
pub(super) async fn then(
    app: &App,
    tenant: Option<&str>,
    number: &str,
    at: Timestamp,
    output: &mut Output,
) -> anyhow::Result<Exit> {
    let number = read_number(number)?;
    if at > app.clock.now() {
        let text = format!("--at {at} has not come yet; who held a number is told of the past");
        return Err(Failure::new(Exit::Usage, text).into());
    }
    let chosen = app.chosen(tenant)?;
    let several = chosen.len() > 1;
    let mut items = Vec::new();
    for config in chosen {
        let store = app.store_of(config).await?;
        items.push(NumberThen {
            tenant: several.then(|| config.name.clone()),
            ..number_then(&store, number, at).await?
        });
    }
    // Of several tenants, those that have something to say of the number; if none has, all say so.
    let is_known = |item: &NumberThen| item.state.is_some() || item.before.is_some();
    if items.iter().any(is_known) {
        items.retain(is_known);
    }
    match output.format {
        Format::Json => output.items(&items)?,
        Format::Text => items
            .iter()
            .try_for_each(|item| output.text(&sentences(item)))?,
    }
    Ok(Exit::Done)
}

fn sentences(item: &NumberThen) -> String {
    let of = item
        .tenant
        .as_deref()
        .map(|tenant| format!("{}: ", inert(tenant)));
    let mut text = format!(
        "{}at {} {} {}\n",
        of.unwrap_or_default(),
        time(item.at),
        item.number,
        state_of(item)
    );
    match (&item.held, &item.before) {
        (Some(held), _) => text.push_str(&came(held)),
        (None, Some(before)) => text.push_str(&format!(
            "  before, it was with {} until {} ({})\n",
            named(&before.user),
            before.to.map(time).unwrap_or_default(),
            before.end_reason.map_or("", EndReason::name)
        )),
        (None, None) => {}
    }
    text
}

fn state_of(item: &NumberThen) -> String {
    let who = item.user.as_ref().map(named).unwrap_or_default();
    let since = item.since.map(|since| format!(" since {}", time(since)));
    let since = since.unwrap_or_default();
    let until = item.until.map(|until| format!(" until {}", time(until)));
    let until = until.unwrap_or_default();
    match item.state {
        Some(NumberState::Assigned) => format!("was with {who}{since}{until}"),
        Some(NumberState::Claimed) => format!("was claimed for {who}{since}"),
        Some(state) => format!("was with nobody; it was {state}{since}{until}"),
        None => "was with nobody as far as Linekeeper knows; whether the rules set it aside then is not written down"
            .to_owned(),
    }
}

/// Why and from where it came to its holder.
fn came(held: &HistoryItem) -> String {
    let range = held.range.as_deref();
    let range = range.map(|range| format!(" of the range {}", inert(range)));
    let commit = held.rule_commit.as_deref();
    let commit = commit.map(|commit| format!(", rules of the commit {}", inert(commit)));
    let (range, commit) = (range.unwrap_or_default(), commit.unwrap_or_default());
    let reason = held.reason.name();
    format!("  it came with the reason {reason}{range}{commit}\n")
}

fn named(user: &UserRef) -> String {
    match user.upn.as_str() {
        "" => user.id.to_string(),
        upn => inert(upn),
    }
}

fn time(at: Timestamp) -> String {
    at.strftime("%Y-%m-%d %H:%M").to_string()
}

fn row(item: &HistoryItem) -> [String; 7] {
    [
        time(item.from),
        item.to.map_or_else(|| "today".to_owned(), time),
        named(&item.user),
        inert(item.range.as_deref().unwrap_or_default()),
        item.reason.name().to_owned(),
        item.end_reason.map_or("", EndReason::name).to_owned(),
        item.sync_id.clone(),
    ]
}
