//! What commands that bring a file have in common: the file itself, the licences, and how the outcome is told.

use super::exit::{Exit, Failure};
use super::output::{Format, Output};
use crate::app::App;
use crate::config::TenantConfig;
use crate::directory::{PlanId, Seats};
use crate::report::{Licences, Matched, SeatCount, WrongRow, inert};
use crate::sheets::{Layout, Sheet, SheetError, SheetWriter};
use anyhow::Context as _;
use std::collections::BTreeSet;
use std::fs::File;
use std::io;
use std::path::Path;

/// So many wrong rows are kept for programs, and shown to people.
const KEPT: usize = 1_000;
const SHOWN: usize = 100;

/// The one tenant that a file is about.
pub(super) fn one_tenant<'a>(
    app: &'a App,
    tenant: Option<&str>,
) -> Result<&'a TenantConfig, Failure> {
    match app.chosen(tenant)?[..] {
        [config] => Ok(config),
        _ => Err(Failure::new(
            Exit::Usage,
            "a file is about one tenant; name it with --tenant",
        )),
    }
}

/// The file, or standard input: `Err` of what it is as a whole.
pub(super) fn open(file: &Path, layout: &Layout) -> anyhow::Result<Result<Sheet, WrongRow>> {
    let sheet = match file.as_os_str() == "-" {
        true => Sheet::read(io::stdin().lock(), layout),
        false => Sheet::read(
            File::open(file).with_context(|| format!("{} cannot be read", file.display()))?,
            layout,
        ),
    };
    match sheet {
        Ok(sheet) => Ok(Ok(sheet)),
        Err(SheetError::Wrong(wrong)) => Ok(Err(*wrong)),
        Err(SheetError::Io(error)) => {
            let text = format!("{} cannot be read", file.display());
            Err(anyhow::Error::new(error).context(text))
        }
    }
}

/// Prints the head and an example.
pub(super) fn template(layout: &Layout, output: &mut Output) -> anyhow::Result<Exit> {
    let mut text = Vec::new();
    let mut writer = SheetWriter::with_head(&mut text, layout.columns)?;
    writer.row(layout.example)?;
    writer.end()?;
    output.text(&String::from_utf8(text)?)?;
    Ok(Exit::Done)
}

/// How many licences there are, as Graph says now; `None` with a warning where it cannot be asked.
pub(super) async fn licences(
    app: &App,
    config: &TenantConfig,
    output: &mut Output,
) -> Option<Licences> {
    let asked = async {
        let (tenant, _) = app.tenant(config).await?;
        let seats = tenant.directory.seats().await?;
        let catalogue = &tenant.settings.catalogue;
        Ok::<_, anyhow::Error>(Licences {
            phone_system: count(&seats, &catalogue.phone_system),
            calling_plan: count(&seats, &catalogue.calling),
        })
    };
    match asked.await {
        Ok(licences) => Some(licences),
        Err(error) => {
            output.warning(&format!("the licences could not be counted: {error:#}"));
            None
        }
    }
}

/// Licences of all products that carry one of the plans.
fn count(seats: &[Seats], plans: &BTreeSet<PlanId>) -> SeatCount {
    let mut sum = SeatCount::default();
    for seats in seats {
        if seats.sku.plans.iter().any(|plan| plans.contains(&plan.id)) {
            sum.total += seats.total;
            sum.available += seats.available;
        }
    }
    sum
}

/// Counts a wrong row, and keeps it if there are not too many.
pub(super) fn note_wrong(matched: &mut Matched, wrong: WrongRow) {
    matched.wrong_rows += 1;
    if matched.errors.len() < KEPT {
        matched.errors.push(wrong);
    }
}

/// How the outcome of a file is told.
pub(super) struct Telling<'a> {
    /// The file as it was named.
    pub(super) file: &'a Path,
    /// Whether the file as a whole cannot be used.
    pub(super) unusable: bool,
    /// Whether wrong rows were left out.
    pub(super) skip_invalid: bool,
    /// What each count is called for people.
    pub(super) words: Words,
}

/// What the counts mean, for people.
pub(super) struct Words {
    pub(super) new_matches: &'static str,
    pub(super) rows_without_user: &'static str,
    pub(super) users_without_row: &'static str,
    pub(super) to_remove: &'static str,
    pub(super) total_after: &'static str,
}

/// Prints counts and wrong rows; with wrong rows that were not to be left out, this is the end.
pub(super) fn tell(
    matched: &mut Matched,
    telling: &Telling<'_>,
    output: &mut Output,
) -> anyhow::Result<Exit> {
    matched.errors.sort_by_key(|wrong| wrong.line);
    match output.format {
        Format::Json => output.json(matched)?,
        Format::Text => {
            if !telling.unusable {
                output.text(&text(matched, &telling.words))?;
            }
            for wrong in matched.errors.iter().take(SHOWN) {
                let line = wrong_line(telling.file, wrong);
                match telling.skip_invalid && !telling.unusable {
                    true => output.warning(&line),
                    false => output.error(&anyhow::anyhow!(line)),
                }
            }
            let more = matched.wrong_rows.saturating_sub(SHOWN as u64);
            if more > 0 {
                output.warning(&format!(
                    "{more} more rows are wrong; --output json lists up to {KEPT}"
                ));
            }
        }
    }
    if telling.unusable {
        let text = format!(
            "{} cannot be used; nothing was changed",
            telling.file.display()
        );
        return Err(Failure::new(Exit::Error, text).into());
    }
    if matched.wrong_rows == 0 || telling.skip_invalid {
        return Ok(Exit::Done);
    }
    let text = format!(
        "{} of {} rows are wrong, so that nothing was changed: mend them, or leave them out with --skip-invalid",
        matched.wrong_rows,
        matched.rows.max(matched.wrong_rows)
    );
    Err(Failure::new(Exit::Error, text).into())
}

fn text(matched: &Matched, words: &Words) -> String {
    let seats = |count: SeatCount| format!("{}, {} available", count.total, count.available);
    let mut lines: Vec<(&str, String)> = Vec::new();
    if let Some(licences) = &matched.licences {
        lines.push(("licences with Phone System", seats(licences.phone_system)));
        lines.push(("licences with a calling plan", seats(licences.calling_plan)));
    }
    lines.push(("rows", matched.rows.to_string()));
    lines.push(("wrong rows", matched.wrong_rows.to_string()));
    lines.push(("rows that are so already", matched.unchanged.to_string()));
    lines.push((words.new_matches, matched.new_matches.to_string()));
    lines.push((
        words.rows_without_user,
        matched.rows_without_user.to_string(),
    ));
    lines.push((
        words.users_without_row,
        matched.users_without_row.to_string(),
    ));
    lines.push((words.to_remove, matched.to_remove.to_string()));
    lines.push((words.total_after, matched.total_after.to_string()));
    let mut table = super::inventory::plain_table();
    for (word, count) in lines {
        table.add_row([word.to_owned(), count]);
    }
    let notes = matched
        .notes
        .iter()
        .map(|note| format!("note: {}\n", inert(note)));
    let last = match (matched.preview, matched.changed) {
        (true, _) => "This is a preview: nothing was changed.\n",
        (false, true) => "",
        (false, false) => "Nothing was changed.\n",
    };
    format!("{table}\n{}{last}", notes.collect::<String>())
}

/// `numbers.csv:3: number `4.98955E+11`: what is wrong`, and how to mend it.
fn wrong_line(file: &Path, wrong: &WrongRow) -> String {
    let column = wrong
        .column
        .as_deref()
        .map(|column| format!(" {}", inert(column)));
    let read = match wrong.read.is_empty() {
        true => String::new(),
        false => format!(" `{}`", inert(&wrong.read)),
    };
    let help = wrong.help.as_deref().map(|help| format!("; {help}"));
    let place = format!("{}:{}:", file.display(), wrong.line);
    format!(
        "{place}{}{read}{} {}{}",
        column.unwrap_or_default(),
        if wrong.column.is_some() || !wrong.read.is_empty() {
            ":"
        } else {
            ""
        },
        wrong.message,
        help.unwrap_or_default()
    )
}

/// What a refusal says of a row.
pub(super) fn refused_row(
    line: u64,
    column: &str,
    read: impl Into<String>,
    refusal: &crate::plan::Refusal,
) -> WrongRow {
    let words: Vec<String> = refusal.to_string().split(' ').map(inert).collect();
    WrongRow::new(line, refusal.code(), words.join(" ")).at(column, read)
}
