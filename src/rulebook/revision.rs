//! The commit a folder of rules comes from, as the system's git tells it.

use std::path::Path;
use std::process::{Command, Stdio};

/// Where a folder of rules stands in git.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Revision {
    /// The commit checked out; `None` outside a work tree, before its first commit, or without git.
    pub commit: Option<String>,
    /// Whether the folder differs from that commit.
    pub dirty: bool,
}

/// Asks git for the commit of the work tree a folder lies in. Whatever goes wrong: no commit.
#[must_use]
pub fn revision(folder: &Path) -> Revision {
    let Some(commit) = git(folder, &["rev-parse", "--verify", "--quiet", "HEAD"]) else {
        return Revision::default();
    };
    let commit = commit.trim().to_owned();
    if commit.is_empty() || !commit.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return Revision::default();
    }
    let status = git(
        folder,
        &["status", "--porcelain", "--untracked-files=all", "--", "."],
    );
    Revision {
        commit: Some(commit),
        // A work tree whose state cannot be told is not vouched for.
        dirty: status.is_none_or(|status| !status.trim().is_empty()),
    }
}

/// The system's git in a folder, so that nothing in the repository's configuration is run by it, nothing is written and
/// nothing is fetched.
pub(super) fn git_in(folder: &Path) -> Command {
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
        .env("LC_ALL", "C")
        // These would point git at another repository than the folder's.
        .env_remove("GIT_DIR")
        .env_remove("GIT_WORK_TREE")
        .env_remove("GIT_INDEX_FILE")
        .env_remove("GIT_OBJECT_DIRECTORY")
        .stdin(Stdio::null());
    command
}

/// What git answers; nothing when it fails.
fn git(folder: &Path, arguments: &[&str]) -> Option<String> {
    let mut command = git_in(folder);
    let output = command
        .args(arguments)
        .stderr(Stdio::null())
        .output()
        .ok()?;
    output
        .status
        .success()
        .then(|| String::from_utf8_lossy(&output.stdout).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

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

    #[test]
    fn tells_commit_and_changes() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path();
        assert_eq!(revision(path), Revision::default());
        run(path, &["init", "--quiet"]);
        assert_eq!(revision(path), Revision::default(), "no commit yet");
        fs::create_dir(path.join("rules")).expect("a folder");
        fs::write(path.join("rules/a.rules"), "").expect("written");
        run(path, &["add", "-A"]);
        run(path, &["commit", "--quiet", "-m", "first"]);
        let clean = revision(&path.join("rules"));
        assert_eq!(clean.commit.as_ref().map(String::len), Some(40));
        assert!(!clean.dirty);
        fs::write(path.join("elsewhere"), "").expect("written");
        assert!(
            !revision(&path.join("rules")).dirty,
            "only the folder counts"
        );
        fs::write(path.join("rules/b.rules"), "").expect("written");
        let dirty = revision(&path.join("rules"));
        assert_eq!((dirty.commit, dirty.dirty), (clean.commit, true));
    }
}
