//! The commit a folder of rules comes from, as the system's git tells it.
//!
//! Rules often belong to another user than the one the service runs as. Git refuses such a repository, because its
//! settings name programs that git would run: even `git status` runs the filters they name. So it is asked there only
//! for what runs nothing and fetches nothing: the commit, the files in it, and their digests without filters.

use super::folder::stamps;
use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Command, Stdio};

/// Where a folder of rules stands in git.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Revision {
    /// The commit checked out; `None` outside a work tree, before its first commit, or without git.
    pub commit: Option<String>,
    /// Whether the folder differs from that commit.
    pub dirty: bool,
    /// Why no commit is told of a folder that lies in a work tree, in git's words.
    pub problem: Option<String>,
}

/// Asks git for the commit of the work tree a folder lies in. Whatever goes wrong: no commit.
#[must_use]
pub fn revision(folder: &Path) -> Revision {
    let git = Git {
        folder,
        environment: &[],
    };
    git.revision()
}

/// Has git answer also in a repository of somebody else. The settings of a repository cannot say this, the command line
/// can, since git 2.38. Never with what looks at the work tree, such as `status`: that may run programs.
const FOREIGN: &[&str] = &["-c", "safe.directory=*"];

const HEAD: &[&str] = &["rev-parse", "--verify", "HEAD"];

/// Git in one folder.
struct Git<'a> {
    folder: &'a Path,
    environment: &'a [(&'a str, &'a str)],
}

impl Git<'_> {
    fn revision(&self) -> Revision {
        let refusal = match self.ask(&[], HEAD) {
            Ok(commit) => return at(&commit, self.has_changes()),
            Err(refusal) => refusal,
        };
        match self.ask(FOREIGN, HEAD) {
            Ok(commit) => at(&commit, self.has_other_files().unwrap_or(true)),
            Err(_) => Revision {
                problem: lies_in_work_tree(self.folder).then_some(refusal),
                ..Revision::default()
            },
        }
    }

    /// Whether anything in the folder differs from the commit. A work tree whose state cannot be told is not vouched for.
    fn has_changes(&self) -> bool {
        let status = ["status", "--porcelain", "--untracked-files=all", "--", "."];
        let status = self.ask(&[], &status);
        status.map_or(true, |status| !status.trim().is_empty())
    }

    /// Whether the rule files differ from those of the commit, told from their names and digests alone.
    fn has_other_files(&self) -> Result<bool, String> {
        let listed = self.ask(FOREIGN, &["ls-tree", "-z", "HEAD"])?;
        let mut committed: BTreeMap<&str, &str> = listed.split('\0').filter_map(entry).collect();
        committed.retain(|name, _| name.ends_with(".rules") && !name.starts_with('.'));
        let files = stamps(self.folder).map_err(|error| error.to_string())?;
        let name = |path: &Path| Some(path.file_name()?.to_str()?.to_owned());
        let names: Option<Vec<String>> = files.iter().map(|(path, ..)| name(path)).collect();
        let Some(names) = names else { return Ok(true) };
        let mut question = vec!["hash-object", "--no-filters", "--"];
        question.extend(names.iter().map(String::as_str));
        let digests = self.ask(FOREIGN, &question)?;
        let there = names.iter().map(String::as_str).zip(digests.lines());
        Ok(there.collect::<BTreeMap<_, _>>() != committed)
    }

    /// What git answers. What it says when it refuses is the error.
    fn ask(&self, trust: &[&str], question: &[&str]) -> Result<String, String> {
        let mut git = system_git(self.folder);
        git.args(trust).args(question);
        git.envs(self.environment.iter().copied());
        let output = git.output();
        let output = output.map_err(|error| format!("git cannot be run: {error}"))?;
        if output.status.success() {
            return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
        }
        let said = String::from_utf8_lossy(&output.stderr);
        let first = said.lines().next().unwrap_or_default();
        Err(first.trim_start_matches("fatal: ").to_owned())
    }
}

/// The system's git in a folder, whoever it belongs to. Only for what runs no filter, as [`FOREIGN`] has it: reading
/// commits, trees and blobs.
pub(super) fn git_in(folder: &Path) -> Command {
    let mut command = system_git(folder);
    command.args(FOREIGN);
    command
}

/// The system's git in a folder, so that no hook and no watcher of the repository is run by it, nothing is written and
/// nothing is fetched; git refuses a repository of another user.
pub(super) fn system_git(folder: &Path) -> Command {
    let mut command = Command::new("git");
    command
        .arg("-C")
        .arg(folder)
        .args(["--no-pager", "--literal-pathspecs", "--no-replace-objects"])
        .args([
            "-c",
            "core.hooksPath=/dev/null",
            "-c",
            "core.fsmonitor=false",
        ])
        .env("GIT_OPTIONAL_LOCKS", "0")
        .env("GIT_TERMINAL_PROMPT", "0")
        .env("GIT_NO_LAZY_FETCH", "1")
        .env("GIT_ALLOW_PROTOCOL", "none")
        .env("LC_ALL", "C")
        // These would point git at another repository than the folder's.
        .env_remove("GIT_DIR")
        .env_remove("GIT_WORK_TREE")
        .env_remove("GIT_INDEX_FILE")
        .env_remove("GIT_OBJECT_DIRECTORY")
        .stdin(Stdio::null());
    command
}

fn at(commit: &str, dirty: bool) -> Revision {
    let commit = commit.trim();
    match !commit.is_empty() && commit.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        true => Revision {
            commit: Some(commit.to_owned()),
            dirty,
            problem: None,
        },
        false => Revision::default(),
    }
}

/// Name and digest of one line of `ls-tree`: mode, type, digest, a tab, and the name.
fn entry(line: &str) -> Option<(&str, &str)> {
    let (about, name) = line.split_once('\t')?;
    Some((name, about.rsplit(' ').next()?))
}

fn lies_in_work_tree(folder: &Path) -> bool {
    let Ok(folder) = folder.canonicalize() else {
        return false;
    };
    let mut above = folder.ancestors();
    above.any(|folder| folder.join(".git").symlink_metadata().is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;
    use tempfile::TempDir;

    /// Has git believe that the repository belongs to somebody else.
    const SOMEBODY_ELSES: &[(&str, &str)] = &[("GIT_TEST_ASSUME_DIFFERENT_OWNER", "1")];

    fn run(folder: &Path, arguments: &[&str]) {
        let names = ["-c", "user.name=n", "-c", "user.email=n@example.org"];
        let done = Command::new("git")
            .arg("-C")
            .arg(folder)
            .args(names)
            .args([
                "-c",
                "commit.gpgsign=false",
                "-c",
                "core.hooksPath=/dev/null",
            ])
            .args(arguments)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status()
            .expect("git runs");
        assert!(done.success(), "{arguments:?}");
    }

    fn write(folder: &TempDir, name: &str, text: &str) {
        fs::write(folder.path().join(name), text).expect("written");
    }

    /// A repository with two rule files in a folder.
    fn repository() -> TempDir {
        let folder = tempfile::tempdir().expect("a folder");
        run(folder.path(), &["init", "--quiet"]);
        fs::create_dir(folder.path().join("rules")).expect("a folder");
        write(&folder, "rules/a.rules", "");
        write(&folder, "rules/b.rules", "# b\n");
        run(folder.path(), &["add", "-A"]);
        run(folder.path(), &["commit", "--quiet", "-m", "first"]);
        folder
    }

    fn somebody_elses(folder: &Path) -> Revision {
        let git = Git {
            folder,
            environment: SOMEBODY_ELSES,
        };
        git.revision()
    }

    #[test]
    fn tells_commit_and_changes() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path();
        assert_eq!(revision(path), Revision::default());
        run(path, &["init", "--quiet"]);
        let empty = revision(path);
        assert_eq!(empty.commit, None, "no commit yet");
        let problem = empty.problem.expect("said by git");
        assert!(problem.contains("revision"), "{problem}");
        let folder = repository();
        let rules = folder.path().join("rules");
        let clean = revision(&rules);
        assert_eq!(clean.commit.as_ref().map(String::len), Some(40));
        assert!(!clean.dirty);
        write(&folder, "elsewhere", "");
        assert!(!revision(&rules).dirty, "only the folder counts");
        write(&folder, "rules/c.rules", "");
        let dirty = revision(&rules);
        assert_eq!((dirty.commit, dirty.dirty), (clean.commit, true));
    }

    #[test]
    fn tells_them_of_a_repository_of_somebody_else() {
        let folder = repository();
        let rules = folder.path().join("rules");
        let git = Git {
            folder: &rules,
            environment: SOMEBODY_ELSES,
        };
        let refusal = git.ask(&[], HEAD).expect_err("git refuses");
        assert!(refusal.contains("ownership"), "{refusal}");
        assert_eq!(somebody_elses(&rules), revision(&rules));
        assert!(!somebody_elses(&rules).dirty);
        let changes: [(&str, Option<&str>); 4] = [
            ("rules/b.rules", Some("# c\n")),
            ("rules/b.rules", None),
            ("rules/c.rules", Some("")),
            ("rules/0.rules", Some("")),
        ];
        for (name, text) in changes {
            match text {
                Some(text) => write(&folder, name, text),
                None => fs::remove_file(folder.path().join(name)).expect("there"),
            }
            assert!(somebody_elses(&rules).dirty, "{name} {text:?}");
            assert_eq!(somebody_elses(&rules).commit, revision(&rules).commit);
            run(folder.path(), &["clean", "--force", "--quiet"]);
            run(folder.path(), &["checkout", "--quiet", "."]);
            assert!(!somebody_elses(&rules).dirty, "as before");
        }
        write(&folder, "rules/notes.txt", "no rule file");
        write(&folder, "rules/.draft.rules", "hidden");
        assert!(!somebody_elses(&rules).dirty);
    }

    /// The settings of the repository name a filter for rule files. Git's own check of the work tree would run it.
    #[test]
    fn runs_no_program_of_a_repository_of_somebody_else() {
        let folder = repository();
        let rules = folder.path().join("rules");
        let mark = folder.path().join("it-ran");
        let program = format!("touch '{}'; cat", mark.display());
        run(folder.path(), &["config", "filter.f.clean", &program]);
        write(&folder, "rules/.gitattributes", "*.rules filter=f\n");
        let changed = || {
            write(&folder, "rules/b.rules", "# B\n");
            let _ = fs::remove_file(&mark);
        };
        changed();
        assert!(somebody_elses(&rules).commit.is_some());
        assert!(!mark.exists(), "nothing of theirs is run");
        changed();
        assert!(revision(&rules).dirty);
        assert!(mark.exists(), "or the test would prove nothing");
    }
}
