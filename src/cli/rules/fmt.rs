//! `rules fmt`: brings rule files into their canonical form.

use super::super::exit::{Exit, Failure};
use super::super::output::{Format, Output};
use super::configured;
use crate::config::Config;
use crate::rulebook::{RulebookError, Source, rule_files};
use crate::rules::{Diagnostic, LoadOptions, SourceFile, format, load};
use anyhow::Context as _;
use serde::Serialize;
use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};

/// What came of it: the JSON of the command.
#[derive(Debug, Default, Serialize)]
struct Outcome {
    /// Files that were not canonical; now they are, unless `--check` asked only.
    changed: Vec<String>,
    /// Files that were canonical before.
    canonical: Vec<String>,
    /// Every error; files that hold one are left as they are.
    errors: Vec<Diagnostic>,
    /// Whether files were written.
    written: bool,
}

/// `rules fmt [PATH] [--check]`: 3 when a file holds errors, 1 when `--check` finds one that is not canonical.
pub(in crate::cli) fn fmt(
    config: impl FnOnce() -> anyhow::Result<Config>,
    path: Option<&Path>,
    check: bool,
    output: &mut Output,
) -> anyhow::Result<Exit> {
    if path == Some(Path::new("-")) {
        return from_stdin(check, output);
    }
    let paths = match path {
        Some(path) => vec![path.to_owned()],
        None => folders(&config()?)?,
    };
    let mut outcome = Outcome {
        written: !check,
        ..Outcome::default()
    };
    let mut wanted: BTreeMap<PathBuf, (Vec<u8>, String)> = BTreeMap::new();
    for path in &paths {
        judge(path, &mut outcome, &mut wanted)?;
    }
    if !check {
        for (path, (before, after)) in &wanted {
            replace(path, before, after)
                .with_context(|| format!("{} is not formatted", path.display()))?;
        }
    }
    let mut shown = wanted.keys().map(|path| path.display().to_string());
    outcome.changed = shown.by_ref().collect();
    match output.format {
        Format::Json => output.json(&outcome)?,
        Format::Text => output.text(&text(&outcome))?,
    }
    Ok(if !outcome.errors.is_empty() {
        Exit::Invalid
    } else if check && !outcome.changed.is_empty() {
        Exit::Error
    } else {
        Exit::Done
    })
}

/// The configured folders. Rules that come from a repository are formatted where they are written.
fn folders(config: &Config) -> anyhow::Result<Vec<PathBuf>> {
    let folder = |source| match source {
        Source::Folder(folder) => Ok(folder),
        Source::Repository(_) => Err(Failure::new(
            Exit::Usage,
            "the configured rules come from a repository: name the folder of your working copy, as in `linekeeper rules \
             fmt rules`",
        )),
    };
    let (sources, _) = configured(config);
    Ok(sources.into_iter().map(folder).collect::<Result<_, _>>()?)
}

/// Looks at a folder of rules or at one file, which is judged among the others of its folder.
fn judge(
    path: &Path,
    outcome: &mut Outcome,
    wanted: &mut BTreeMap<PathBuf, (Vec<u8>, String)>,
) -> anyhow::Result<()> {
    let (all, only) = sources(path)?;
    let errors = match load(&all, LoadOptions { groups: true }) {
        Ok(_) => Vec::new(),
        Err(found) => found.into_iter().filter(Diagnostic::is_error).collect(),
    };
    let is_meant = |name: &str| only.as_ref().is_none_or(|only| only == name);
    for file in all.into_iter().filter(|file| is_meant(&file.name)) {
        if errors.iter().any(|error| error.file == file.name) {
            continue;
        }
        match format(&file) {
            Err(found) => outcome.errors.extend(found),
            Ok(after) if after.as_bytes() == file.bytes => outcome.canonical.push(file.name),
            Ok(after) => {
                decides_alike(&file, &after)?;
                wanted.insert(PathBuf::from(file.name), (file.bytes, after));
            }
        }
    }
    let mine = errors.into_iter().filter(|error| is_meant(&error.file));
    outcome.errors.extend(mine);
    Ok(())
}

/// The files that form one rule set with what was named; and the one file that is meant, if it is not all of them.
fn sources(path: &Path) -> anyhow::Result<(Vec<SourceFile>, Option<String>)> {
    let invalid = |error: RulebookError| Failure::new(Exit::Invalid, error.text());
    if path.is_dir() || !path.exists() {
        return Ok((rule_files(path).map_err(invalid)?, None));
    }
    let folder = path.parent().unwrap_or(Path::new(""));
    let folder = if folder.as_os_str().is_empty() {
        Path::new(".")
    } else {
        folder
    };
    let is_same = |file: &SourceFile| Path::new(&file.name).file_name() == path.file_name();
    let mut all = rule_files(folder).unwrap_or_default();
    let name = path.display().to_string();
    match all.iter_mut().find(|file| is_same(file)) {
        Some(file) => file.name.clone_from(&name),
        // A file with another ending belongs to no folder of rules.
        None => {
            let bytes =
                fs::read(path).with_context(|| format!("{} cannot be read", path.display()))?;
            let name = name.clone();
            all = vec![SourceFile { name, bytes }];
        }
    }
    Ok((all, Some(name)))
}

/// Nothing is written that would be read differently: the file by itself must give the same rules, or lack the same
/// names of other files.
fn decides_alike(before: &SourceFile, after: &str) -> anyhow::Result<()> {
    let outcome = |bytes: &[u8]| {
        let file = SourceFile {
            name: before.name.clone(),
            bytes: bytes.to_vec(),
        };
        let loaded = load(&[file], LoadOptions { groups: true });
        loaded
            .map(|loaded| loaded.rule_set.digest().clone())
            .map_err(|found| {
                let errors = found.into_iter().filter(Diagnostic::is_error);
                let said = errors.map(|error| (error.code, error.message));
                said.collect::<Vec<_>>()
            })
    };
    anyhow::ensure!(
        outcome(&before.bytes) == outcome(after.as_bytes()),
        "{}: its canonical form would not decide alike, so nothing is written; this is a fault of linekeeper: please \
         report it with the file",
        before.name
    );
    Ok(())
}

/// Replaces a file by one beside it in one step: whoever reads sees the old text or the new one, and a crash leaves one
/// of them. Owner and permissions stay; of a symbolic link the file it leads to is replaced.
fn replace(path: &Path, before: &[u8], after: &str) -> anyhow::Result<()> {
    let path = fs::canonicalize(path)?;
    let folder = path.parent().context("it stands in no folder")?;
    let mut beside = tempfile::NamedTempFile::new_in(folder)?;
    beside.write_all(after.as_bytes())?;
    let metadata = fs::metadata(&path)?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::{MetadataExt as _, fchown};
        let made = beside.as_file().metadata()?;
        if (made.uid(), made.gid()) != (metadata.uid(), metadata.gid()) {
            fchown(beside.as_file(), Some(metadata.uid()), Some(metadata.gid()))
                .context("its owner cannot be kept")?;
        }
    }
    beside.as_file().set_permissions(metadata.permissions())?;
    beside.as_file().sync_all()?;
    anyhow::ensure!(
        fs::read(&path)? == before,
        "it was changed while it was being formatted; run the command again"
    );
    beside.persist(&path)?;
    File::open(folder)?.sync_all()?;
    Ok(())
}

/// `rules fmt -`: an editor hands over a text and takes it back. Only what cannot be parsed is an error here.
fn from_stdin(check: bool, output: &mut Output) -> anyhow::Result<Exit> {
    let mut bytes = Vec::new();
    std::io::stdin()
        .read_to_end(&mut bytes)
        .context("standard input cannot be read")?;
    let file = SourceFile {
        name: "<stdin>".to_owned(),
        bytes,
    };
    match format(&file) {
        Ok(after) if check => Ok(if after.as_bytes() == file.bytes {
            Exit::Done
        } else {
            Exit::Error
        }),
        Ok(after) => {
            decides_alike(&file, &after)?;
            output.text(&after)?;
            Ok(Exit::Done)
        }
        Err(found) => {
            let shown: Vec<String> = found.iter().map(|error| error.render(false)).collect();
            let message = format!("the text has errors\n{}", shown.join("\n"));
            Err(Failure::new(Exit::Invalid, message).into())
        }
    }
}

fn text(outcome: &Outcome) -> String {
    let mut out: String = outcome
        .errors
        .iter()
        .map(|error| format!("{}\n", error.render(false)))
        .collect();
    let (each, all) = match outcome.written {
        true => ("formatted", "formatted"),
        false => ("not canonical", "not canonical"),
    };
    for path in &outcome.changed {
        out.push_str(&format!("{each}: {path}\n"));
    }
    out.push_str(&format!(
        "{} {all}, {} canonical already, {} errors\n",
        outcome.changed.len(),
        outcome.canonical.len(),
        outcome.errors.len()
    ));
    out
}
