//! The folder of a demonstration whose rules are to be changed while it runs: rules with their tests as a git
//! repository, and the configuration by which the other commands reach the same tenant.

use super::exit::{Exit, Failure};
use crate::simulator::{SAMPLE_RULES, SAMPLE_TESTS};
use anyhow::Context as _;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

/// The first line of a configuration that a demonstration has written, and the next one may replace.
pub(super) const MARK: &str =
    "# Written by `linekeeper demo`; the next demonstration in this folder writes it anew.";

/// What lies in the rules folder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Rules {
    /// What was there already.
    Found,
    /// The sample rules, in a git repository of their own.
    Committed,
    /// The sample rules without git, which is not there or refuses.
    Plain,
}

/// Refuses a folder in which somebody else's configuration lies, before anything is written.
pub(super) fn refuse_strangers(folder: &Path) -> anyhow::Result<()> {
    let file = folder.join("linekeeper.toml");
    let theirs = match fs::read_to_string(&file) {
        Ok(text) => !text.starts_with(MARK),
        Err(error) => error.kind() != std::io::ErrorKind::NotFound,
    };
    if theirs {
        let text = format!(
            "{} is there already and was not written by a demonstration; name another folder with --folder",
            file.display()
        );
        return Err(Failure::new(Exit::Error, text).into());
    }
    Ok(())
}

/// Sees to it that there are rules in the folder. Rules that are there already stay as they are.
pub(super) fn provide_rules(folder: &Path) -> anyhow::Result<Rules> {
    let rules = folder.join("rules");
    if rules.symlink_metadata().is_ok() {
        return Ok(Rules::Found);
    }
    let write = |name: &str, text: &str| fs::write(rules.join(name), text);
    fs::create_dir_all(&rules)
        .and_then(|()| write("offices.rules", SAMPLE_RULES))
        .and_then(|()| write("offices.test.toml", SAMPLE_TESTS))
        .with_context(|| format!("the rules cannot be written into {}", rules.display()))?;
    Ok(match commit(&rules) {
        true => Rules::Committed,
        false => Rules::Plain,
    })
}

/// Makes a repository of the folder, with everything in it as the first commit on `main`.
fn commit(rules: &Path) -> bool {
    let steps: [&[&str]; 4] = [
        &["init", "--quiet"],
        // Whatever the machine calls first branches.
        &["symbolic-ref", "HEAD", "refs/heads/main"],
        &["add", "--all"],
        &[
            "commit",
            "--quiet",
            "--no-verify",
            "-m",
            "The rules of Northwind",
        ],
    ];
    steps.iter().all(|step| git(rules, step))
}

fn git(folder: &Path, arguments: &[&str]) -> bool {
    let ran = Command::new("git")
        .arg("-C")
        .arg(folder)
        .args(["-c", "user.name=Northwind"])
        .args(["-c", "user.email=telephony@northwind.example"])
        .args(["-c", "commit.gpgsign=false"])
        .args(arguments)
        // These would point git at another repository than the folder's.
        .env_remove("GIT_DIR")
        .env_remove("GIT_WORK_TREE")
        .env_remove("GIT_INDEX_FILE")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    ran.is_ok_and(|status| status.success())
}

/// What to do with the folder while the service runs.
pub(super) fn advice(folder: &Path, rules: Rules) -> String {
    let place = folder.display();
    let change = match rules {
        Rules::Committed => {
            "\
             git -C rules worktree add -b change ../change     a work tree to change them in, which is not in force yet\n  \
             linekeeper rules check change                     every mistake with its place\n  \
             git -C rules merge change                         in force as soon as it is committed and merged"
        }
        Rules::Found | Rules::Plain => {
            "\
             linekeeper rules check                            every mistake with its place; what is saved is in force at once"
        }
    };
    format!(
        "The rules lie in {place}/rules, the configuration beside them; the service takes changes up by itself. In {place}:\n  \
         {change}\n\n"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder() -> tempfile::TempDir {
        tempfile::tempdir().expect("a folder")
    }

    #[test]
    fn sample_rules_become_a_repository_with_one_commit() {
        let folder = folder();
        let place = folder.path().join("new/demo");
        assert_eq!(provide_rules(&place).expect("written"), Rules::Committed);
        let revision = crate::rulebook::revision(&place.join("rules"));
        assert!(revision.commit.is_some() && !revision.dirty, "{revision:?}");
        let branch = fs::read_to_string(place.join("rules/.git/HEAD")).expect("a branch");
        assert_eq!(branch.trim(), "ref: refs/heads/main");
        assert!(place.join("rules/offices.test.toml").is_file());
    }

    #[test]
    fn rules_that_are_there_stay() {
        let folder = folder();
        fs::create_dir(folder.path().join("rules")).expect("a folder");
        fs::write(folder.path().join("rules/mine.rules"), "# mine").expect("written");
        assert_eq!(
            provide_rules(folder.path()).expect("nothing to do"),
            Rules::Found
        );
        let files: Vec<_> = fs::read_dir(folder.path().join("rules"))
            .expect("a folder")
            .map(|entry| entry.expect("a file").file_name())
            .collect();
        assert_eq!(files, ["mine.rules"]);
    }

    #[test]
    fn only_a_configuration_of_a_demonstration_is_replaced() {
        let folder = folder();
        assert!(refuse_strangers(folder.path()).is_ok(), "nothing there");
        let file = folder.path().join("linekeeper.toml");
        fs::write(&file, format!("{MARK}\nmode = \"apply\"\n")).expect("written");
        assert!(refuse_strangers(folder.path()).is_ok());
        fs::write(&file, "mode = \"apply\"\n").expect("written");
        let error = refuse_strangers(folder.path())
            .expect_err("refused")
            .to_string();
        assert!(error.contains("--folder"), "{error}");
    }
}
