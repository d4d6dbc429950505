//! `explain USER` and `explain NUMBER`.

use super::exit::{Exit, Failure};
use super::output::{Format, Output};
use crate::app::App;
use crate::numbering::E164;
use crate::report::{NumberExplanation, number_text, person_text};
use crate::views::{ViewError, explain_number, explain_person, read_number};

/// A leading `+` and a digit make a number; everything else is somebody.
pub(super) async fn explain(
    app: &App,
    tenant: Option<&str>,
    whom: &str,
    output: &mut Output,
) -> anyhow::Result<Exit> {
    let bare = whom.trim();
    let is_number = bare
        .strip_prefix('+')
        .is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit() || c == ' '));
    match is_number {
        true => {
            let number =
                read_number(bare).map_err(|error| Failure::new(Exit::Usage, error.to_string()))?;
            explain_in_tenants(app, tenant, number, output).await
        }
        false => person(app, tenant, bare, output).await,
    }
}

async fn person(
    app: &App,
    tenant: Option<&str>,
    whom: &str,
    output: &mut Output,
) -> anyhow::Result<Exit> {
    let mut found = false;
    for config in app.chosen(tenant)? {
        let (tenant, records) = app.tenant(config).await?;
        match explain_person(&tenant, &records.store, whom).await {
            Ok(explained) => {
                match output.format {
                    Format::Json => output.json(&explained)?,
                    Format::Text => {
                        output.text(&format!("{}{}", gap(found), person_text(&explained)))?
                    }
                }
                found = true;
            }
            Err(ViewError::NoUser(_)) => {}
            Err(other) => return Err(Failure::new(Exit::Error, other.to_string()).into()),
        }
    }
    match found {
        true => Ok(Exit::Done),
        false => {
            let text = format!(
                "no user with the UPN, mail or id `{whom}` is known, and Graph shows none either; check the spelling, or run \
                 a sync first if Graph cannot be reached from here (`linekeeper doctor` tells)"
            );
            Err(Failure::new(Exit::Error, text).into())
        }
    }
}

/// Of several tenants, those that have something to say of the number; if none has, all say so.
async fn explain_in_tenants(
    app: &App,
    tenant: Option<&str>,
    number: E164,
    output: &mut Output,
) -> anyhow::Result<Exit> {
    let mut explained = Vec::new();
    for config in app.chosen(tenant)? {
        let (tenant, records) = app.tenant(config).await?;
        explained.push(explain_number(&tenant, &records.store, number).await?);
    }
    let is_known =
        |number: &NumberExplanation| number.range.is_some() || !number.history.is_empty();
    if explained.iter().any(is_known) {
        explained.retain(is_known);
    }
    for (place, number) in explained.iter().enumerate() {
        match output.format {
            Format::Json => output.json(number)?,
            Format::Text => output.text(&format!("{}{}", gap(place > 0), number_text(number)))?,
        }
    }
    Ok(Exit::Done)
}

/// An empty line between two tenants.
const fn gap(needed: bool) -> &'static str {
    if needed { "\n" } else { "" }
}
