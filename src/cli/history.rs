//! `numbers history NUMBER`.

use super::exit::Exit;
use super::inventory::{plain_table, read_number};
use super::output::{Format, Output};
use crate::app::App;
use crate::report::inert;
use crate::views::HistoryItem;
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
        items.extend(app.view(config).await?.history(number).await?);
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

fn row(item: &HistoryItem) -> [String; 7] {
    let time = |at: Timestamp| at.strftime("%Y-%m-%d %H:%M").to_string();
    let holder = if item.user.upn.is_empty() {
        item.user.id.to_string()
    } else {
        inert(&item.user.upn)
    };
    let ended = item
        .end_reason
        .and_then(|r| serde_json::to_value(r).ok())
        .and_then(|v| v.as_str().map(str::to_owned));
    [
        time(item.from),
        item.to.map_or_else(|| "today".to_owned(), time),
        holder,
        inert(item.range.as_deref().unwrap_or_default()),
        item.reason.name().to_owned(),
        ended.unwrap_or_default(),
        item.sync_id.clone(),
    ]
}
