//! `numbers order upload|release|block RANGE`: a script for what Graph cannot do.

use super::args::{OrderCommand, RangeArgs};
use super::exit::{Exit, Failure};
use super::output::{Format, Output};
use super::overrides::Ruled;
use super::plan_and_sync::refused;
use crate::app::App;
use crate::numbering::NumberType;
use crate::plan::Refusal;
use crate::report::{LeftOut, NumberOrder, OrderKind, inert, orders, powershell};
use crate::views::{Ordered, ViewError};
use anyhow::Context as _;
use serde::Serialize;
use std::path::Path;

/// `numbers order …`.
pub(super) async fn order(
    app: &App,
    command: &OrderCommand,
    output: &mut Output,
) -> anyhow::Result<Exit> {
    let (ordered, script) = match command {
        OrderCommand::Upload(args) => (Ordered::Upload, args),
        OrderCommand::Release(args) => (Ordered::Release, args),
        OrderCommand::Block(args) => {
            let (days, states) = (args.days, args.states().to_vec());
            (Ordered::Block { days, states }, &args.script)
        }
    };
    let order = made(app, &script.range, &ordered).await?;
    let text = powershell(&order);
    let save = script.save.as_deref();
    if let Some(file) = save {
        std::fs::write(file, &text)
            .with_context(|| format!("{} cannot be written", file.display()))?;
    }
    match (output.format, save) {
        (Format::Json, _) => output.json(&told(&order, save, &text))?,
        (Format::Text, Some(file)) => output.line(&sentence(&order, file))?,
        (Format::Text, None) => output.text(&text)?,
    }
    warn(&order, output);
    Ok(Exit::Done)
}

async fn made(app: &App, range: &RangeArgs, ordered: &Ordered) -> anyhow::Result<NumberOrder> {
    let ruled = Ruled::with_range(app, range.tenants.tenant.as_deref(), &range.name).await?;
    let tenant_id = ruled.bureau.tenant_id().to_owned();
    let declared = ruled.rules.range(&range.name);
    if let (Some(declared), Ordered::Upload) = (declared, ordered)
        && declared.number_type != NumberType::DirectRouting
    {
        let who = match declared.number_type {
            NumberType::OperatorConnect => "the operator uploads them",
            _ => "Microsoft adds them when they are bought or ported",
        };
        let text = format!(
            "the range {} is {}: only direct-routing numbers can be uploaded, {who}",
            inert(&range.name),
            declared.number_type
        );
        return Err(Failure::new(Exit::Error, text).into());
    }
    let view = ruled.view(app).await?;
    match view.number_order(&range.name, ordered).await {
        Ok(Some(order)) => Ok(NumberOrder { tenant_id, ..order }),
        Ok(None) => {
            let text = "the numbers of the tenant have not been read yet; run `linekeeper sync` first, in mode observe if \
                        nothing is to be written";
            Err(Failure::new(Exit::Error, text).into())
        }
        Err(ViewError::NoRange(range)) => Err(refused(&Refusal::UnknownRange { range }).into()),
        Err(error) => Err(error.into()),
    }
}

/// What is worth knowing before the script is read.
fn warn(order: &NumberOrder, output: &mut Output) {
    if order.numbers.is_empty() {
        output.warning(&format!(
            "there is nothing to {}: no number of the range {} is fit for it, {}",
            order.kind.name(),
            inert(&order.range),
            left_out(order)
        ));
    } else if matches!(order.kind, OrderKind::Block { .. }) && !order.suspended {
        output.warning(&format!(
            "the range {} is not suspended: the rules go on giving its numbers, and Teams will refuse the blocked ones; \
             `linekeeper ranges suspend` first",
            inert(&order.range)
        ));
    }
}

fn sentence(order: &NumberOrder, file: &Path) -> String {
    let what = match order.kind {
        OrderKind::Upload => "uploads",
        OrderKind::Release => "releases",
        OrderKind::Block { .. } => "blocks",
    };
    format!(
        "{}: {what} {} numbers of the range {}; without -Execute it only says what it would do; {}",
        inert(&file.display().to_string()),
        order.numbers.count(),
        inert(&order.range),
        left_out(order)
    )
}

/// `left out: 3 assigned, 1 never`.
fn left_out(order: &NumberOrder) -> String {
    let counts = order.left_out.iter().map(|(why, numbers)| {
        let name = serde_json::to_value(why).unwrap_or_default();
        format!("{} {}", numbers.count(), name.as_str().unwrap_or_default())
    });
    match counts.collect::<Vec<_>>().as_slice() {
        [] => "none is left out".to_owned(),
        counts => format!("left out: {}", counts.join(", ")),
    }
}

/// The order as programs read it.
#[derive(Serialize)]
struct Told<'a> {
    tenant: &'a str,
    range: &'a str,
    #[serde(rename = "type")]
    number_type: NumberType,
    order: &'static str,
    /// When the numbers were read.
    as_of: jiff::Timestamp,
    /// How many numbers it concerns.
    numbers: u64,
    /// In how many orders.
    orders: u64,
    left_out: Vec<Left>,
    /// The file it was saved to.
    saved: Option<String>,
    /// The script, where it was not saved.
    script: Option<&'a str>,
}

#[derive(Serialize)]
struct Left {
    why: LeftOut,
    detail: &'static str,
    numbers: u64,
    spans: Vec<String>,
}

fn told<'a>(order: &'a NumberOrder, save: Option<&Path>, script: &'a str) -> Told<'a> {
    let left = order.left_out.iter().map(|(why, numbers)| Left {
        why: *why,
        detail: why.why(),
        numbers: numbers.count(),
        spans: numbers.runs().map(|run| run.to_string()).collect(),
    });
    Told {
        tenant: &order.tenant,
        range: &order.range,
        number_type: order.number_type,
        order: order.kind.name(),
        as_of: order.as_of,
        numbers: order.numbers.count(),
        orders: orders(order),
        left_out: left.collect(),
        saved: save.map(|file| file.display().to_string()),
        script: save.is_none().then_some(script),
    }
}
