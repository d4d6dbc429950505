//! `rules test`.

use super::args::RulesTestArgs;
use super::exit::{Exit, Failure};
use super::output::{Format, Output};
use super::rules::configured;
use crate::config::Config;
use crate::rulebook::{Rulebook, Source, TEST_FILE, test_files};
use crate::rules::{Diagnostic, LoadOptions, SourceFile};
use crate::trials::{
    CoverageReport, TrialReport, coverage_text, junit, read, run, summary, trials_text,
};
use anyhow::Context as _;
use std::path::{Path, PathBuf};

/// A folder of rules, and which of its test files are run.
struct Place {
    folder: PathBuf,
    only: Option<PathBuf>,
}

/// What came of all folders together.
#[derive(Default)]
struct Results {
    trials: Vec<TrialReport>,
    coverage: Vec<CoverageReport>,
    /// Whether any test file was there.
    found: bool,
}

/// `rules test [PATH]`: 1 when a test fails or the coverage is below the threshold, 3 when rules or tests have errors.
pub(super) fn test(
    config: impl FnOnce() -> anyhow::Result<Config>,
    args: &RulesTestArgs,
    output: &mut Output,
) -> anyhow::Result<Exit> {
    let (places, options) = match &args.path {
        Some(path) => (vec![place(path)], LoadOptions { groups: true }),
        None => {
            let (sources, options) = configured(&config()?);
            let places: Result<Vec<Place>, Failure> = sources.into_iter().map(whole).collect();
            (places?, options)
        }
    };
    let mut results = Results::default();
    for place in &places {
        tests_of(place, options, args, &mut results)?;
    }
    if let Some(why) = nothing_ran(&places, args, &results) {
        return Err(Failure::new(Exit::Usage, why).into());
    }
    if let Some(file) = &args.junit {
        std::fs::write(file, junit(&results.trials))
            .with_context(|| format!("{} cannot be written", file.display()))?;
    }
    let below = (results.coverage.iter())
        .filter(|coverage| {
            args.coverage_threshold
                .is_some_and(|n| coverage.percent < n.into())
        })
        .count();
    match output.format {
        Format::Json => output.json(&json(args, &results))?,
        Format::Text => output.text(&text(args, &results))?,
    }
    let failed = summary(&results.trials).failed > 0 || below > 0;
    Ok(if failed { Exit::Error } else { Exit::Done })
}

/// All tests of a configured folder.
fn whole(source: Source) -> Result<Place, Failure> {
    match source {
        Source::Folder(folder) => Ok(Place { folder, only: None }),
        Source::Repository(_) => {
            let text = format!(
                "the rules come from {source}: tests are run where rules are edited, so check it out and name its folder"
            );
            Err(Failure::new(Exit::Usage, text))
        }
    }
}

/// A test file means itself, any other file its folder.
fn place(path: &Path) -> Place {
    if !path.is_file() {
        return Place {
            folder: path.to_owned(),
            only: None,
        };
    }
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder.to_owned(),
        _ => PathBuf::from("."),
    };
    let is_test = path.to_string_lossy().ends_with(TEST_FILE);
    Place {
        folder,
        only: is_test.then(|| path.to_owned()),
    }
}

fn tests_of(
    place: &Place,
    options: LoadOptions,
    args: &RulesTestArgs,
    results: &mut Results,
) -> anyhow::Result<()> {
    let invalid = |text: String| Failure::new(Exit::Invalid, text);
    let book = Rulebook::open(&place.folder, options).map_err(|error| invalid(error.text()))?;
    let mut sources = test_files(&place.folder).map_err(|error| invalid(error.text()))?;
    if let Some(only) = &place.only {
        let is_meant = |file: &SourceFile| Path::new(&file.name).file_name() == only.file_name();
        sources.retain(is_meant);
    }
    results.found |= !sources.is_empty();
    let (mut files, mut faults) = (Vec::new(), Vec::new());
    for source in &sources {
        match read(source, book.rules()) {
            Ok(file) => files.push(file),
            Err(found) => faults.extend(found),
        }
    }
    if !faults.is_empty() {
        return Err(invalid(faults_text(&faults)).into());
    }
    let (trials, coverage) = run(book.rules(), &files, args.run.as_deref());
    results.trials.extend(trials);
    if args.coverage || args.coverage_threshold.is_some() {
        let report = coverage.report(&place.folder.display().to_string());
        results.coverage.push(report);
    }
    Ok(())
}

fn faults_text(faults: &[Diagnostic]) -> String {
    let errors = match faults.len() {
        1 => "1 error".to_owned(),
        several => format!("{several} errors"),
    };
    let shown: Vec<String> = faults.iter().map(|fault| fault.render(false)).collect();
    format!("the rule tests have {errors}\n{}", shown.join("\n"))
}

/// A run that tests nothing must not look like one that found nothing wrong.
fn nothing_ran(places: &[Place], args: &RulesTestArgs, results: &Results) -> Option<String> {
    if !results.found {
        let folders: Vec<String> = places
            .iter()
            .map(|place| place.folder.display().to_string())
            .collect();
        return Some(format!(
            "there is no test file in {}: tests of rules stand beside them in files that end in {TEST_FILE} \
             (docs/rule-tests.md shows how they are written)",
            folders.join(", ")
        ));
    }
    match &args.run {
        Some(name) if results.trials.is_empty() => {
            Some(format!("no test has `{name}` in its name; capitals count"))
        }
        _ => None,
    }
}

fn json(args: &RulesTestArgs, results: &Results) -> serde_json::Value {
    let coverage = (!results.coverage.is_empty()).then_some(&results.coverage);
    serde_json::json!({
        "tests": results.trials,
        "summary": summary(&results.trials),
        "coverage": coverage,
        "threshold": args.coverage_threshold,
    })
}

fn text(args: &RulesTestArgs, results: &Results) -> String {
    let mut out = trials_text(&results.trials);
    for coverage in &results.coverage {
        out.push_str(&coverage_text(coverage));
        let percent = coverage.percent;
        if let Some(wanted) = args.coverage_threshold.filter(|n| percent < u64::from(*n)) {
            out.push_str(&format!(
                "{percent} % is below the threshold of {wanted} %\n"
            ));
        }
    }
    out
}
