//! `init`: a commented configuration and a first rule file, and what to do next.

use super::exit::{Exit, Failure};
use super::output::{Format, Output};
use super::retyped::linekeeper;
use crate::config::DEFAULTS;
use anyhow::Context as _;
use std::fs::OpenOptions;
use std::io::Write as _;
use std::path::{Path, PathBuf};

/// The first rule file.
const RULES: &str = include_str!("../../config/first.rules");

/// Writes the files into a folder; one that is there already is left as it is, and nothing is written then.
pub(super) fn init(folder: Option<&Path>, output: &mut Output) -> anyhow::Result<Exit> {
    let folder = folder.unwrap_or(Path::new(""));
    let files = [
        (folder.join("linekeeper.toml"), configuration(DEFAULTS)),
        (folder.join("rules").join("first.rules"), RULES.to_owned()),
    ];
    let there: Vec<String> = files
        .iter()
        .filter(|(path, _)| path.symlink_metadata().is_ok())
        .map(|(path, _)| path.display().to_string())
        .collect();
    if !there.is_empty() {
        let text = format!(
            "{} is there already and is not overwritten; move it away, or choose another folder with --folder",
            there.join(" and ")
        );
        return Err(Failure::new(Exit::Error, text).into());
    }
    let rules = folder.join("rules");
    std::fs::create_dir_all(&rules)
        .with_context(|| format!("the folder {} cannot be made", rules.display()))?;
    for (path, text) in &files {
        write(path, text)?;
    }
    let paths: Vec<&PathBuf> = files.iter().map(|(path, _)| path).collect();
    match output.format {
        Format::Json => output.json(&serde_json::json!({ "written": paths }))?,
        Format::Text => output.text(&next_steps(folder))?,
    }
    Ok(Exit::Done)
}

fn write(path: &Path, text: &str) -> anyhow::Result<()> {
    let file = OpenOptions::new().write(true).create_new(true).open(path);
    file.and_then(|mut file| file.write_all(text.as_bytes()))
        .with_context(|| format!("{} cannot be written", path.display()))
}

/// The defaults with every setting commented out: what is not set stays as it is in later versions, too. Sections stay,
/// so that taking the sign away from one line is enough.
fn configuration(defaults: &str) -> String {
    let line = |line: &str| match line.chars().next() {
        None | Some('#' | '[' | ' ') => format!("{line}\n"),
        Some(_) => format!("#{line}\n"),
    };
    defaults.lines().map(line).collect()
}

fn next_steps(folder: &Path) -> String {
    let shown = folder.join("linekeeper.toml");
    let rules = folder.join("rules").join("first.rules");
    let linekeeper = linekeeper((folder != Path::new("")).then_some(&*shown));
    let (shown, rules) = (shown.display(), rules.display());
    format!(
        "Written: {shown} and {rules}\n\n\
         1. Register an app in Entra ID with the application permissions User.Read.All, LicenseAssignment.Read.All and\n   \
         TeamsTelephoneNumber.Read.All, grant admin consent, and fill in the [[tenant]] block at the end of\n   \
         {shown}. Put the secret into a file of its own that only you can read (chmod 600).\n\
         2. Write your ranges into {rules}, then: {linekeeper} rules check\n\
         3. Look before anything happens: {linekeeper} doctor, then: {linekeeper} plan --full\n\n\
         The mode is `observe`: nothing is written to Teams until you change it.\n"
    )
}

#[cfg(test)]
mod tests {
    use super::{RULES, configuration};
    use crate::config::{DEFAULTS, Sources, load};
    use crate::rules::{LoadOptions, SourceFile, load as load_rules};

    #[test]
    fn the_written_configuration_means_the_defaults() {
        let folder = tempfile::tempdir().expect("a folder");
        let written = configuration(DEFAULTS);
        std::fs::write(folder.path().join("linekeeper.toml"), &written).expect("written");
        let sources = Sources {
            file: None,
            folder: folder.path().to_owned(),
            environment: Vec::new(),
        };
        let with_file = load(&sources).expect("it is understood");
        std::fs::remove_file(folder.path().join("linekeeper.toml")).expect("our own file");
        let without = load(&sources).expect("the defaults are understood");
        assert_eq!(format!("{with_file:?}"), format!("{without:?}"));
        let set = written
            .lines()
            .filter(|line| !line.is_empty() && !line.starts_with(['#', '[']));
        assert_eq!(set.count(), 0, "{written}");
        assert!(written.contains("#max_releases = 20") && written.contains("#name = \"contoso\""));
    }

    #[test]
    fn the_first_rules_are_right_and_raise_no_warning() {
        let file = SourceFile {
            name: "first.rules".to_owned(),
            bytes: RULES.as_bytes().to_vec(),
        };
        let loaded = load_rules(&[file], LoadOptions::default()).expect("right rules");
        assert_eq!(loaded.warnings, []);
    }
}
