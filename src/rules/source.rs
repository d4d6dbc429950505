//! From the bytes of rule files to a rule set, or to everything that is wrong with them.

use super::check::{ParsedFile, check};
use super::checked::CheckedSet;
use super::diagnostic::Diagnostic;
use super::findings::Findings;
use super::places::Files;
use super::syntax::Statement;
use super::{RuleSet, Severity, analysis, blocks, compile, parse, tokens};

/// One rule file, as read.
#[derive(Clone, Debug)]
pub struct SourceFile {
    /// Its name, for messages.
    pub name: String,
    /// Its content.
    pub bytes: Vec<u8>,
}

/// What the configuration says about rules.
#[derive(Clone, Copy, Debug, Default)]
pub struct LoadOptions {
    /// Whether groups are read from the directory (`[directory] groups`), so that `groups has` may be used.
    pub groups: bool,
}

/// A rule set without errors.
#[derive(Debug)]
pub struct Loaded {
    /// The rules, ready to decide.
    pub rule_set: RuleSet,
    /// What is allowed and probably not meant, in the order of files and lines.
    pub warnings: Vec<Diagnostic>,
}

/// All files together may be so large.
const LARGEST: usize = 256 << 20;

/// Reads files, in this order, as one rule set.
///
/// # Errors
///
/// Every error of every file, in the order of files and lines, followed by the warnings.
pub fn load(files: &[SourceFile], options: LoadOptions) -> Result<Loaded, Vec<Diagnostic>> {
    if let Some(too_large) = too_large(files) {
        return Err(vec![too_large]);
    }
    let mut broken = Vec::new();
    let mut texts = Vec::with_capacity(files.len());
    for file in files {
        texts.push(decode(file).unwrap_or_else(|diagnostic| {
            broken.push(*diagnostic);
            ""
        }));
    }
    let lines: Vec<Vec<u32>> = texts.iter().map(|text| line_starts(text)).collect();
    let mut findings = Findings::default();
    let places = files.iter().zip(&texts).zip(&lines);
    let parsed: Vec<ParsedFile<'_>> = (0..)
        .zip(places)
        .map(|(index, ((file, text), lines))| ParsedFile {
            name: &file.name,
            statements: statements(index, text, &mut findings),
            lines,
        })
        .collect();
    let checked = check(&parsed, options.groups, &mut findings);
    let failed = findings.errors() > 0 || !broken.is_empty();
    let rule_set = (!failed).then(|| compiled(checked, files, &lines, &mut findings));
    let mut diagnostics = broken;
    let (found, dropped) = findings.into_sorted();
    diagnostics.extend(found.into_iter().map(|finding| {
        let file = finding.spot.file as usize;
        Diagnostic::new(finding, &files[file].name, texts[file], &lines[file])
    }));
    if dropped > 0 {
        diagnostics.push(dropped_note(dropped, failed, files));
    }
    diagnostics.sort_by_key(|diagnostic| diagnostic.severity);
    match rule_set {
        None => Err(diagnostics),
        Some(rule_set) => Ok(Loaded {
            rule_set,
            warnings: diagnostics,
        }),
    }
}

/// Compiles a set without errors, and reports what is claimed about it as far as the compiled set confirms it.
fn compiled(
    checked: CheckedSet,
    files: &[SourceFile],
    lines: &[Vec<u32>],
    findings: &mut Findings,
) -> RuleSet {
    let claims = analysis::analyse(&checked);
    let names = files.iter().map(|file| file.name.clone());
    let places: Files = names.zip(lines.iter().cloned()).collect();
    let mut rule_set = compile::compile(checked, places);
    rule_set.sources = files.into();
    claims.report(&rule_set, findings);
    rule_set
}

fn too_large(files: &[SourceFile]) -> Option<Diagnostic> {
    let total: usize = files.iter().map(|file| file.bytes.len()).sum();
    let name = files.first().map_or("", |file| file.name.as_str());
    let message = format!("the rule files hold {} MB", total >> 20);
    let help = "together they may hold 256 MB";
    (total > LARGEST).then(|| Diagnostic::of_file(name, "too-large", message, help))
}

fn statements(file: u32, text: &str, findings: &mut Findings) -> Vec<Statement> {
    let tokens = tokens::tokenise(file, text, findings);
    let blocks = blocks::split(file, text, &tokens, findings);
    parse::parse(text, blocks, findings)
}

fn dropped_note(dropped: usize, failed: bool, files: &[SourceFile]) -> Diagnostic {
    let name = files.first().map_or("", |file| file.name.as_str());
    let message = format!("{dropped} more errors or warnings are not shown");
    let mut note =
        Diagnostic::of_file(name, "too-many-findings", message, "mend those shown first");
    if !failed {
        note.severity = Severity::Warning;
    }
    note
}

/// The text of a file without its byte order mark.
pub(super) fn decode(file: &SourceFile) -> Result<&str, Box<Diagnostic>> {
    let bytes = &file.bytes;
    let help = "save the file as UTF-8";
    let refuse = |code, message: &str| {
        Box::new(Diagnostic::of_file(
            &file.name,
            code,
            message.to_owned(),
            help,
        ))
    };
    if bytes.starts_with(&[0xFF, 0xFE]) || bytes.starts_with(&[0xFE, 0xFF]) || looks_wide(bytes) {
        return Err(refuse("utf-16", "this file is UTF-16"));
    }
    let line_of = |at: usize| 1 + bytes[..at].iter().filter(|byte| **byte == b'\n').count();
    if let Some(at) = bytes.iter().position(|byte| *byte == 0) {
        let mut fault = refuse("nul-byte", "this file holds a NUL byte: it is no text");
        fault.line = line_of(at);
        return Err(fault);
    }
    match std::str::from_utf8(bytes) {
        Ok(text) => Ok(text.strip_prefix('\u{FEFF}').unwrap_or(text)),
        Err(error) => {
            let mut fault = refuse("not-utf-8", "this file is not UTF-8");
            fault.line = line_of(error.valid_up_to());
            Err(fault)
        }
    }
}

/// Whether every other byte of the beginning is NUL, as in UTF-16 without a mark.
fn looks_wide(bytes: &[u8]) -> bool {
    let head = &bytes[..bytes.len().min(64) & !1];
    let zeros = |offset: usize| head.iter().skip(offset).step_by(2).all(|byte| *byte == 0);
    head.len() >= 4 && (zeros(0) || zeros(1))
}

/// Byte at which each line begins.
pub(super) fn line_starts(text: &str) -> Vec<u32> {
    let bytes = text.as_bytes();
    let ends_line =
        |at: usize| bytes[at] == b'\n' || (bytes[at] == b'\r' && bytes.get(at + 1) != Some(&b'\n'));
    let after = (0..bytes.len())
        .filter(|at| ends_line(*at))
        .map(|at| at as u32 + 1);
    std::iter::once(0).chain(after).collect()
}
