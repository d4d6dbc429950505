//! `operators list|suspend|resume|remove`.

use super::args::{OperatorArgs, OperatorNameArgs, OperatorSuspendArgs};
use super::exit::{Exit, Failure};
use super::inventory::plain_table;
use super::output::{Format, Output};
use super::overrides::{Ruled, details, tell};
use super::plan_and_sync::refused;
use crate::app::App;
use crate::numbering::Country;
use crate::plan::Refusal;
use crate::reconcile::{self, OverrideError};
use crate::report::{OperatorSuspension, inert};
use crate::views::{OperatorItem, OperatorLeaving, OperatorNumberItem, OperatorNumbers, ViewError};
use serde::Serialize;

/// `operators list`: the operators of every tenant, with their numbers.
pub(super) async fn list(
    app: &App,
    tenant: Option<&str>,
    output: &mut Output,
) -> anyhow::Result<Exit> {
    let chosen = app.chosen(tenant)?;
    let several = chosen.len() > 1;
    let mut items: Vec<OperatorItem> = Vec::new();
    for config in chosen {
        let found = app.view(config).await?.operators().await?;
        items.extend(found.into_iter().map(|item| OperatorItem {
            tenant: several.then(|| config.name.clone()),
            ..item
        }));
    }
    match output.format {
        Format::Json => output.items(&items)?,
        Format::Text => output.text(&text(&items))?,
    }
    Ok(Exit::Done)
}

fn text(items: &[OperatorItem]) -> String {
    let mut operators = plain_table();
    operators.set_header([
        "operator",
        "id",
        "countries",
        "emergency",
        "migration",
        "ranges",
    ]);
    let mut numbers = plain_table();
    let states = [
        "free",
        "claimed",
        "assigned",
        "quarantined",
        "reserved",
        "never",
        "blocked",
        "absent",
        "foreign",
        "undeclared",
    ];
    numbers.set_header(["operator", "country", "total"].into_iter().chain(states));
    for item in items {
        let ranges: Vec<String> = item.ranges.iter().map(|range| inert(range)).collect();
        operators.add_row([
            format!("{}{}", called(item), suspended(item)),
            item.id.as_deref().map(inert).unwrap_or_default(),
            codes(&item.countries),
            item.emergency.unwrap_or_default().to_owned(),
            item.migration.unwrap_or_default().to_owned(),
            ranges.join(", "),
        ]);
        for counted in &item.numbers {
            let country = counted.country.map_or_else(String::new, |c| c.to_string());
            let start = [called(item), country, counted.total.to_string()];
            let counts = counts(counted).map(|count| count.to_string());
            numbers.add_row(start.into_iter().chain(counts));
        }
    }
    format!("{operators}\n\n{numbers}\n")
}

/// The name, or what stands for one where no rule declares the operator.
fn called(item: &OperatorItem) -> String {
    let name = match &item.operator {
        Some(name) => inert(name),
        None => format!("(no rule) {}", item.id.as_deref().unwrap_or_default()),
    };
    match &item.tenant {
        Some(tenant) => format!("{}: {name}", inert(tenant)),
        None => name,
    }
}

/// ` (suspended in CH, DE)`, or nothing.
fn suspended(item: &OperatorItem) -> String {
    let countries: Vec<Country> = item.suspensions.iter().filter_map(|s| s.country).collect();
    match (item.suspended, countries.is_empty()) {
        (true, _) => " (suspended)".to_owned(),
        (false, false) => format!(" (suspended in {})", codes(&countries)),
        (false, true) => String::new(),
    }
}

fn codes(countries: &[Country]) -> String {
    let codes: Vec<&str> = countries.iter().map(Country::as_str).collect();
    codes.join(", ")
}

const fn counts(of: &OperatorNumbers) -> [u64; 10] {
    [
        of.free,
        of.claimed,
        of.assigned,
        of.quarantined,
        of.reserved,
        of.never,
        of.blocked,
        of.absent,
        of.foreign,
        of.undeclared,
    ]
}

/// `operators suspend NAME [--country CC] --reason R`.
pub(super) async fn suspend(
    app: &App,
    args: &OperatorSuspendArgs,
    output: &mut Output,
) -> anyhow::Result<Exit> {
    let ruled = known(app, &args.which.operator).await?;
    let name = &args.which.operator.name;
    let country = args.which.country;
    let set = reconcile::suspend_operator(
        &ruled.bureau.desk(),
        &ruled.rules,
        name,
        country,
        &args.reason,
    )
    .await;
    let sentence = |set: &OperatorSuspension| {
        let reason = details(Some(&args.reason), None);
        let who = who(set);
        format!(
            "{who} gives no number until it is resumed{reason}; {}",
            ranges(set)
        )
    };
    tell(set, sentence, output)
}

/// `operators resume NAME [--country CC]`.
pub(super) async fn resume(
    app: &App,
    args: &OperatorArgs,
    output: &mut Output,
) -> anyhow::Result<Exit> {
    let ruled = known(app, &args.operator).await?;
    let (desk, name) = (ruled.bureau.desk(), &args.operator.name);
    let set = reconcile::resume_operator(&desk, &ruled.rules, name, args.country).await;
    let sentence = |set: &OperatorSuspension| match (set.suspended, set.changed) {
        (true, _) => format!(
            "{} still gives no number, because the operator is suspended as a whole{}; `linekeeper operators resume` \
             without --country ends that",
            who(set),
            details(set.reason.as_deref(), None)
        ),
        (false, true) => format!("{} gives numbers again; {}", who(set), ranges(set)),
        (false, false) => format!("{} was not suspended", who(set)),
    };
    tell(set, sentence, output)
}

async fn known<'a>(app: &'a App, args: &OperatorNameArgs) -> anyhow::Result<Ruled<'a>> {
    Ruled::with_operator(app, args.tenants.tenant.as_deref(), &args.name).await
}

/// `the operator Alp in CH`.
fn who(set: &OperatorSuspension) -> String {
    let country = set.country.map(|country| format!(" in {country}"));
    let country = country.unwrap_or_default();
    format!("the operator {}{country}", inert(&set.operator))
}

/// `its ranges: muc, zrh`.
fn ranges(set: &OperatorSuspension) -> String {
    let ranges: Vec<String> = set.ranges.iter().map(|range| inert(range)).collect();
    match ranges.as_slice() {
        [] => "no range is of it".to_owned(),
        ranges => format!("its ranges: {}", ranges.join(", ")),
    }
}

/// What `operators remove` prints.
#[derive(Serialize)]
struct Removal<'a> {
    tenant: &'a str,
    operator: &'a str,
    /// Whether nobody holds a number of it.
    removed: bool,
    /// Numbers that somebody holds: none once it is removed.
    assigned: &'a [OperatorNumberItem],
    /// Numbers the operator has to take back.
    to_take_back: &'a [OperatorNumberItem],
    /// Ranges that the rules still give it.
    ranges: &'a [String],
    /// Whether the command changed anything.
    changed: bool,
}

/// `operators remove NAME`. While somebody holds a number of it nothing is changed; else it is suspended, so that nobody
/// gets one while it leaves.
pub(super) async fn remove(
    app: &App,
    args: &OperatorNameArgs,
    output: &mut Output,
) -> anyhow::Result<Exit> {
    let ruled = known(app, args).await?;
    let desk = ruled.bureau.desk();
    let mut leaving = leaving(app, &ruled, &args.name).await?;
    let mut changed = false;
    if leaving.assigned.is_empty() {
        let set = reconcile::suspend_leaving_operator(&desk, &ruled.rules, &args.name).await;
        changed = match set {
            Ok(set) => set.changed,
            Err(OverrideError::Refused(refusal)) => return Err(refused(&refusal).into()),
            Err(OverrideError::Journal(error)) => return Err(error.into()),
        };
        // A sync may have given a number in between; from now on none does.
        leaving = self::leaving(app, &ruled, &args.name).await?;
    }
    let is_free = leaving.assigned.is_empty();
    let removal = Removal {
        tenant: &desk.settings.tenant,
        operator: &args.name,
        removed: is_free,
        assigned: &leaving.assigned,
        // As long as somebody holds one, there is nothing to take back yet.
        to_take_back: if is_free { &leaving.to_take_back } else { &[] },
        ranges: &leaving.ranges,
        changed,
    };
    match output.format {
        Format::Json => output.json(&removal)?,
        Format::Text => output.text(&told(&removal))?,
    }
    match is_free {
        true => Ok(Exit::Done),
        false => Err(still_assigned(&args.name, &leaving).into()),
    }
}

async fn leaving(app: &App, ruled: &Ruled<'_>, name: &str) -> anyhow::Result<OperatorLeaving> {
    match ruled.view(app).await?.operator_leaving(name).await {
        Err(ViewError::NoOperator(operator)) => {
            let declared = ruled.rules.operators().iter();
            let declared = declared.map(|known| known.name.clone()).collect();
            Err(refused(&Refusal::UnknownOperator { operator, declared }).into())
        }
        found => Ok(found?),
    }
}

fn still_assigned(name: &str, leaving: &OperatorLeaving) -> Failure {
    let count = leaving.assigned.len();
    let text = format!(
        "the operator {} is not removed: numbers of it that are assigned: {count}; release them, or move their holders \
         to other numbers with `linekeeper assign`, run `linekeeper sync`, and ask again",
        inert(name)
    );
    Failure::new(Exit::Error, text)
}

fn told(removal: &Removal<'_>) -> String {
    if !removal.removed {
        return format!("{}\n", table(removal.assigned));
    }
    let operator = inert(removal.operator);
    let ranges: Vec<String> = removal.ranges.iter().map(|range| inert(range)).collect();
    let rules = match ranges.as_slice() {
        [] => format!("then take operator \"{operator}\" out of the rule files"),
        ranges => format!(
            "then take operator \"{operator}\" and its ranges ({}) out of the rule files",
            ranges.join(", ")
        ),
    };
    let suspended = format!(
        "nobody holds a number of the operator {operator}, and the rules give none until `linekeeper operators resume`"
    );
    match removal.to_take_back {
        [] => format!("{suspended}\nthe tenant lists no number of it any more; {rules}\n"),
        numbers => format!(
            "{suspended}\nnumbers that the tenant still lists, which the operator has to take back: {}; {rules}\n\n{}\n",
            numbers.len(),
            table(numbers)
        ),
    }
}

fn table(items: &[OperatorNumberItem]) -> comfy_table::Table {
    let mut table = plain_table();
    table.set_header(["number", "type", "country", "range", "state", "user"]);
    for item in items {
        let user = item.user.as_ref().map(|user| match user.upn.as_str() {
            "" => user.id.to_string(),
            upn => inert(upn),
        });
        let state = item.state.map_or("undeclared", |state| state.name());
        table.add_row([
            item.number.to_string(),
            item.number_type.as_deref().map(inert).unwrap_or_default(),
            item.country.map_or_else(String::new, |c| c.to_string()),
            item.range.as_deref().map(inert).unwrap_or_default(),
            state.to_owned(),
            user.unwrap_or_default(),
        ]);
    }
    table
}
