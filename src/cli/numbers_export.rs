//! `numbers export [FILE]`: the inventory, or its whole history, a page at a time.

use super::args::ExportArgs;
use super::exit::{Exit, Failure};
use super::files::one_tenant;
use super::output::{Format, Output};
use crate::app::App;
use crate::plan::HoldingOrigin;
use crate::report::UserRef;
use crate::sheets::SheetWriter;
use crate::views::{HistoryItem, MOST, NumberFilter, NumberItem, TenantView, ViewError};
use anyhow::Context as _;
use jiff::Timestamp;
use serde::Serialize;
use std::io::{self, BufWriter, Write};
use std::path::Path;
use tempfile::NamedTempFile;

const INVENTORY: [&str; 9] = [
    "number", "state", "until", "reason", "range", "type", "user_id", "upn", "since",
];

const HISTORY: [&str; 15] = [
    "number",
    "from",
    "to",
    "user_id",
    "upn",
    "range",
    "type",
    "origin",
    "reason",
    "why",
    "sync_id",
    "plan_id",
    "rule_commit",
    "end_reason",
    "end_sync_id",
];

/// `numbers export [FILE]`.
pub(super) async fn export(
    app: &App,
    args: &ExportArgs,
    output: &mut Output,
) -> anyhow::Result<Exit> {
    let config = one_tenant(app, args.tenants.tenant.as_deref())?;
    let view = app.view(config).await?;
    // Nothing is begun for a range that there is not.
    let known = view.numbers(filter(args), None, 0).await;
    known.map_err(with_remedy)?;
    let file = args.file.as_deref().filter(|file| file.as_os_str() != "-");
    let Some(file) = file else {
        match output.format {
            Format::Json => {
                written(&view, args, Items::begin(output)?).await?;
            }
            Format::Text => {
                written(&view, args, Csv::begin(Stream(output), args)?).await?;
            }
        }
        return Ok(Exit::Done);
    };
    let cannot = || format!("{} cannot be written", file.display());
    let whole = Whole::beside(file).with_context(cannot)?;
    let (rows, csv) = written(&view, args, Csv::begin(whole, args)?).await?;
    csv.put_in_place(file).with_context(cannot)?;
    match output.format {
        Format::Json => output.json(&serde_json::json!({ "file": file, "rows": rows }))?,
        Format::Text => output.line(&format!("{rows} rows written to {}", file.display()))?,
    }
    Ok(Exit::Done)
}

/// Writes all rows, and answers how many there were.
async fn written<S: Sink>(
    view: &TenantView,
    args: &ExportArgs,
    mut sink: S,
) -> anyhow::Result<(u64, S::Whole)> {
    let rows = match args.history {
        true => history(view, args, &mut sink).await?,
        false => inventory(view, args, &mut sink).await?,
    };
    Ok((rows, sink.end()?))
}

async fn inventory(
    view: &TenantView,
    args: &ExportArgs,
    sink: &mut impl Sink,
) -> anyhow::Result<u64> {
    let filter = filter(args);
    let (mut after, mut rows) = (None, 0);
    loop {
        let page = view
            .numbers_with_reasons(filter, after.as_ref(), MOST)
            .await;
        let page = page.map_err(with_remedy)?;
        rows += page.items.len() as u64;
        for (item, reason) in page.items {
            sink.number(&item, reason)?;
        }
        after = page.next;
        if after.is_none() {
            return Ok(rows);
        }
    }
}

fn filter(args: &ExportArgs) -> NumberFilter<'_> {
    NumberFilter {
        range: args.range.as_deref(),
        state: None,
        golden: None,
    }
}

async fn history(
    view: &TenantView,
    args: &ExportArgs,
    sink: &mut impl Sink,
) -> anyhow::Result<u64> {
    let (mut at, mut rows) = (None, 0);
    loop {
        let page = view.whole_history(args.range.as_deref(), at, MOST).await;
        let (items, next) = page.map_err(with_remedy)?;
        rows += items.len() as u64;
        for item in &items {
            sink.holder(item)?;
        }
        at = next;
        if at.is_none() {
            return Ok(rows);
        }
    }
}

fn with_remedy(error: ViewError) -> anyhow::Error {
    match error {
        ViewError::NoRange(_) => {
            let text = format!("{error}; `linekeeper ranges list` shows them");
            Failure::new(Exit::Error, text).into()
        }
        other => other.into(),
    }
}

/// Where rows go, one after the other.
trait Sink {
    /// What is there when all of them have gone.
    type Whole;
    fn number(&mut self, item: &NumberItem, reason: Option<String>) -> io::Result<()>;
    fn holder(&mut self, item: &HistoryItem) -> io::Result<()>;
    fn end(self) -> io::Result<Self::Whole>;
}

/// As CSV.
struct Csv<W: Write>(SheetWriter<W>);

impl<W: Write> Csv<W> {
    fn begin(to: W, args: &ExportArgs) -> io::Result<Self> {
        let head: &[&str] = if args.history { &HISTORY } else { &INVENTORY };
        SheetWriter::with_head(to, head).map(Self)
    }
}

impl<W: Write> Sink for Csv<W> {
    type Whole = W;

    fn number(&mut self, item: &NumberItem, reason: Option<String>) -> io::Result<()> {
        let (id, upn) = names(item.user.as_ref());
        self.0.row([
            item.number.to_string(),
            item.state.name().to_owned(),
            time(item.until),
            reason.unwrap_or_default(),
            item.range.clone(),
            item.number_type.clone(),
            id,
            upn,
            time(item.since),
        ])
    }

    fn holder(&mut self, item: &HistoryItem) -> io::Result<()> {
        let (id, upn) = names(Some(&item.user));
        let end_reason = item.end_reason.map(|reason| reason.name().to_owned());
        self.0.row([
            item.number.to_string(),
            item.from.to_string(),
            time(item.to),
            id,
            upn,
            item.range.clone().unwrap_or_default(),
            item.number_type.name().to_owned(),
            origin(item.origin).to_owned(),
            item.reason.name().to_owned(),
            item.why.clone(),
            item.sync_id.clone(),
            item.plan_id.clone().unwrap_or_default(),
            item.rule_commit.clone().unwrap_or_default(),
            end_reason.unwrap_or_default(),
            item.end_sync_id.clone().unwrap_or_default(),
        ])
    }

    fn end(self) -> io::Result<W> {
        self.0.end()
    }
}

fn names(user: Option<&UserRef>) -> (String, String) {
    let both = user.map(|user| (user.id.to_string(), user.upn.clone()));
    both.unwrap_or_default()
}

const fn origin(origin: HoldingOrigin) -> &'static str {
    match origin {
        HoldingOrigin::Assigned => "assigned",
        HoldingOrigin::Adopted => "adopted",
    }
}

fn time(at: Option<Timestamp>) -> String {
    at.map(|at| at.to_string()).unwrap_or_default()
}

/// As one JSON list.
struct Items<'o> {
    output: &'o mut Output,
    first: bool,
}

#[derive(Serialize)]
struct Reasoned<'i> {
    #[serde(flatten)]
    item: &'i NumberItem,
    reason: Option<String>,
}

impl<'o> Items<'o> {
    fn begin(output: &'o mut Output) -> io::Result<Self> {
        output.text("{\"items\":[")?;
        Ok(Self {
            output,
            first: true,
        })
    }

    fn item(&mut self, item: &impl Serialize) -> io::Result<()> {
        let separator = if self.first { "" } else { "," };
        self.first = false;
        let text = serde_json::to_string(item)?;
        self.output.text(&format!("{separator}{text}"))
    }
}

impl Sink for Items<'_> {
    type Whole = ();

    fn number(&mut self, item: &NumberItem, reason: Option<String>) -> io::Result<()> {
        self.item(&Reasoned { item, reason })
    }

    fn holder(&mut self, item: &HistoryItem) -> io::Result<()> {
        self.item(item)
    }

    fn end(self) -> io::Result<()> {
        self.output.text("]}\n")
    }
}

/// Standard output; what is written ends in whole cells, so that it is text.
struct Stream<'o>(&'o mut Output);

impl Write for Stream<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.bytes(bytes)?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// A file that is seen once it is whole: until then it has another name.
enum Whole {
    New(Box<BufWriter<NamedTempFile>>),
    /// A device or a pipe cannot be replaced.
    There(Box<BufWriter<std::fs::File>>),
}

impl Whole {
    fn beside(file: &Path) -> io::Result<Self> {
        if file.exists() && !file.is_file() {
            let file = std::fs::OpenOptions::new().write(true).open(file)?;
            return Ok(Self::There(Box::new(BufWriter::new(file))));
        }
        let folder = file
            .parent()
            .filter(|folder| !folder.as_os_str().is_empty());
        let new = NamedTempFile::new_in(folder.unwrap_or(Path::new(".")))?;
        Ok(Self::New(Box::new(BufWriter::new(new))))
    }

    fn put_in_place(self, file: &Path) -> io::Result<()> {
        match self {
            Self::There(mut there) => there.flush(),
            Self::New(new) => {
                let new = new.into_inner().map_err(io::IntoInnerError::into_error)?;
                new.as_file().sync_all()?;
                new.persist(file).map(drop).map_err(|error| error.error)
            }
        }
    }
}

impl Write for Whole {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::New(new) => new.write(bytes),
            Self::There(there) => there.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::New(new) => new.flush(),
            Self::There(there) => there.flush(),
        }
    }
}
