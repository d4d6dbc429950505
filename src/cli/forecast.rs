//! `ranges forecast`: how long the numbers of each range last.

use super::args::ForecastArgs;
use super::exit::Exit;
use super::inventory::{plain_table, with_remedy};
use super::output::{Format, Output};
use crate::app::App;
use crate::report::inert;
use crate::views::{DayItem, ForecastItem};

/// `ranges forecast`: by the numbers given and come back, when the rules have none left to give.
pub(super) async fn forecast(
    app: &App,
    args: &ForecastArgs,
    output: &mut Output,
) -> anyhow::Result<Exit> {
    let chosen = app.chosen(args.tenants.tenant.as_deref())?;
    let several = chosen.len() > 1;
    let mut items: Vec<ForecastItem> = Vec::new();
    for config in chosen {
        let found = app
            .view(config)
            .await?
            .forecast(args.range.as_deref())
            .await;
        items.extend(
            found
                .map_err(with_remedy)?
                .into_iter()
                .map(|item| ForecastItem {
                    tenant: several.then(|| config.name.clone()),
                    ..item
                }),
        );
    }
    match output.format {
        Format::Json => output.items(&items)?,
        Format::Text => output.text(&table(&items))?,
    }
    Ok(Exit::Done)
}

fn table(items: &[ForecastItem]) -> String {
    let mut table = plain_table();
    let head = [
        "range",
        "free",
        "keep-free",
        "given",
        "came back",
        "in days",
        "a day",
        "resting",
        "joining",
        "outlook",
    ];
    table.set_header(head);
    for item in items {
        let all = |days: &[DayItem]| days.iter().map(|item| item.count).sum::<u64>().to_string();
        let counts = [
            item.free,
            item.keep_free,
            item.assigned,
            item.freed,
            item.days,
        ];
        let row = std::iter::once(inert(&item.range))
            .chain(counts.map(|count| count.to_string()))
            .chain([format!("{:+.2}", 0.0 - item.per_day)])
            .chain([all(&item.resting), all(&item.joining), outlook(item)]);
        table.add_row(row);
    }
    format!("{table}\n")
}

fn outlook(item: &ForecastItem) -> String {
    match item.runs_dry {
        _ if item.free <= item.keep_free => "has none left to give".to_owned(),
        Some(day) => format!("runs dry on {day} at the present rate"),
        None => "does not run dry at the present rate".to_owned(),
    }
}
