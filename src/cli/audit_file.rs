//! `audit export`, and `audit verify --file`, which needs nothing but the file.

use super::args::AuditExportArgs;
use super::audit::tell;
use super::exit::{Exit, Failure};
use super::output::{Format, Output};
use crate::app::App;
use crate::report::inert;
use crate::store::{ChainCheck, ChainMark, TenantStore};
use crate::views::{AuditFileCheck, AuditVerdict, audit_line};
use anyhow::Context as _;
use std::fs::File;
use std::io::{BufRead, BufReader, Read as _, Write};
use std::path::Path;

/// Records of one part of an export.
const PART: u32 = 4096;

/// No record takes so much; a line that does is none.
const LONGEST_LINE: u64 = 1 << 20;

/// `audit export [FILE]`: part by part, checked on the way.
pub(super) async fn export(
    app: &App,
    args: &AuditExportArgs,
    output: &mut Output,
) -> anyhow::Result<Exit> {
    let chosen = app.chosen(args.tenants.tenant.as_deref())?;
    let file = args.file.as_deref().filter(|file| *file != Path::new("-"));
    let mut beside = match file {
        Some(file) => Some(file_beside(file)?),
        None => None,
    };
    let mut verdicts = Vec::new();
    for config in chosen {
        let store = app.store_of(config).await?;
        let mut put = |text: &str| match &mut beside {
            Some(beside) => beside.write_all(text.as_bytes()),
            None => output.text(text),
        };
        verdicts.push(export_one(&store, &config.name, &mut put).await?);
    }
    if let (Some(beside), Some(file)) = (beside, file) {
        let whole = || format!("{} cannot be written", file.display());
        beside.as_file().sync_all().with_context(whole)?;
        beside.persist(file).with_context(whole)?;
        told(&verdicts, file, output)?;
    }
    let damaged = verdicts.iter().filter(|verdict| !verdict.valid);
    let damaged: Vec<&str> = damaged.map(|verdict| verdict.tenant.as_str()).collect();
    if damaged.is_empty() {
        return Ok(Exit::Done);
    }
    output.warning(&format!(
        "the audit trail of {} is not what was written; it was exported as it lies there, and `linekeeper audit verify` says \
         what is wrong",
        damaged.join(", ")
    ));
    Ok(Exit::Error)
}

/// A file that takes the place of another one once it is whole.
fn file_beside(file: &Path) -> anyhow::Result<tempfile::NamedTempFile> {
    let folder = file
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty());
    let folder = folder.unwrap_or(Path::new("."));
    tempfile::NamedTempFile::new_in(folder)
        .with_context(|| format!("{} cannot be written", file.display()))
}

async fn export_one(
    store: &TenantStore,
    tenant: &str,
    put: &mut dyn FnMut(&str) -> std::io::Result<()>,
) -> anyhow::Result<AuditVerdict> {
    // What is written meanwhile is for the next export.
    let end = store.audit_end().await?;
    let mut check = ChainCheck::new(tenant, None);
    let mut after = 0;
    while after < end.seq {
        let part = store.audit_as_it_lies(after, PART).await?;
        let mut text = String::new();
        let before = after;
        for record in &part {
            let seq = record.seq.parse().unwrap_or(i64::MAX);
            if seq > end.seq {
                break;
            }
            check.take(record);
            text.push_str(&audit_line(tenant, record, seq == end.seq)?);
            text.push('\n');
            after = seq;
        }
        put(&text)?;
        if after == before {
            break;
        }
    }
    Ok(AuditVerdict::new(tenant, check.end(Some(&end))))
}

fn told(verdicts: &[AuditVerdict], file: &Path, output: &mut Output) -> anyhow::Result<()> {
    if output.format == Format::Json {
        return Ok(output.items(verdicts)?);
    }
    for verdict in verdicts {
        let (tenant, file) = (inert(&verdict.tenant), file.display());
        let (records, hash) = (verdict.records, &verdict.hash);
        output.line(&match records {
            0 => format!("{tenant}: the audit trail holds no record yet"),
            _ => format!("{tenant}: {records} records in {file}; their mark is {records}:{hash}"),
        })?;
    }
    Ok(())
}

/// `audit verify --file FILE`.
pub(super) fn verify(
    file: &Path,
    expect: Option<ChainMark>,
    output: &mut Output,
) -> anyhow::Result<Exit> {
    let shown = file.display().to_string();
    let read = read(file, AuditFileCheck::new(expect.clone()));
    let (verdicts, wrong, unread) = read
        .with_context(|| format!("{shown} cannot be read"))?
        .end();
    if verdicts.is_empty() {
        let why = wrong
            .first()
            .map_or_else(String::new, |why| format!(" ({why})"));
        let text = format!(
            "{shown} holds no record of an audit trail{why}; `linekeeper audit export FILE` writes one"
        );
        return Err(Failure::new(Exit::Error, text).into());
    }
    if expect.is_some() && verdicts.len() > 1 {
        let text = format!(
            "a mark is of one tenant's trail, and {shown} holds several; export one with --tenant"
        );
        return Err(Failure::new(Exit::Usage, text).into());
    }
    let mut exits = vec![Exit::Done];
    for verdict in &verdicts {
        exits.push(tell(verdict, output)?);
    }
    if unread > 0 {
        let told: Vec<String> = wrong.iter().map(|why| inert(why)).collect();
        let told = told.join("\n  ");
        output.warning(&format!(
            "{shown}: lines that are no records: {unread}\n  {told}"
        ));
        exits.push(Exit::Error);
    }
    Ok(Exit::worst(exits))
}

/// Reads the file line by line.
fn read(file: &Path, mut check: AuditFileCheck) -> std::io::Result<AuditFileCheck> {
    let mut reader: Box<dyn BufRead> = match file == Path::new("-") {
        true => Box::new(BufReader::new(std::io::stdin())),
        false => Box::new(BufReader::new(File::open(file)?)),
    };
    let mut line = Vec::new();
    loop {
        line.clear();
        let mut limited = (&mut reader).take(LONGEST_LINE);
        if limited.read_until(b'\n', &mut line)? == 0 {
            return Ok(check);
        }
        let text = String::from_utf8_lossy(&line);
        check.take(text.trim_end_matches(['\n', '\r']));
    }
}
