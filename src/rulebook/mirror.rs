//! Copies of git repositories on this machine: fetched by the system's git, read out of the object store.

use super::git::{GitError, commit_of};
use super::revision::{git_in, system_git};
use jiff::{SignedDuration, Timestamp};
use sha2::{Digest as _, Sha256};
use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use thiserror::Error;

/// A fetch is waited for so long; one that takes longer goes on, and what it brings is found at the next look.
const PATIENCE: Duration = Duration::from_secs(20);

/// The first fetch brings the whole history of the branch.
const FIRST_PATIENCE: Duration = Duration::from_secs(600);

/// Why a repository could not be fetched.
#[derive(Clone, Debug, Error)]
pub enum FetchError {
    /// The folder for the copy cannot be made or locked.
    #[error("{} cannot be written: {error}; set [rules] mirror to a folder that the service may write", .folder.display())]
    Mirror {
        /// The folder.
        folder: PathBuf,
        /// What the system said.
        error: String,
    },
    /// The system has no git.
    #[error(
        "git could not be started ({0}); a repository of rules is read through it, so it has to be installed"
    )]
    NoGit(String),
    /// git ended with an error.
    #[error("the branch `{branch}` of {url} could not be fetched: {said}")]
    Refused {
        /// The repository.
        url: String,
        /// The branch.
        branch: String,
        /// What git said.
        said: String,
    },
    /// git takes too long.
    #[error("{url} has not answered within {seconds} s")]
    Slow {
        /// The repository.
        url: String,
        /// How long it was waited for.
        seconds: u64,
    },
    /// What was fetched cannot be read.
    #[error("{0}")]
    Unreadable(String),
}

/// The copies that this process keeps, one for each repository, whoever has rules in it.
#[derive(Clone, Debug, Default)]
pub struct Mirrors(Arc<Mutex<BTreeMap<PathBuf, Arc<Mirror>>>>);

impl Mirrors {
    /// The copy of a repository, below a folder of this machine.
    #[must_use]
    pub fn of(&self, folder: &Path, url: &str) -> Arc<Mirror> {
        let digest: String = Sha256::digest(url.as_bytes())[..8]
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        let path = folder.join(format!("{digest}.git"));
        let mut mirrors = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let made = mirrors.entry(path.clone()).or_insert_with(|| {
            Arc::new(Mirror {
                path,
                url: url.to_owned(),
                fetched: Mutex::default(),
            })
        });
        Arc::clone(made)
    }
}

/// When a branch was fetched, and its newest commit.
type Fetched = (Timestamp, Result<String, FetchError>);

/// A bare copy of a repository.
#[derive(Debug)]
pub struct Mirror {
    path: PathBuf,
    url: String,
    /// Of each branch: when it was last fetched, and what came of it.
    fetched: Mutex<BTreeMap<String, Fetched>>,
}

impl Mirror {
    /// Where the copy is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// What it is a copy of.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The newest commit of a branch, fetched unless that was done less than `fresh` ago.
    ///
    /// # Errors
    /// When the repository does not answer or has no such branch. What was fetched before stays readable.
    pub fn newest(
        &self,
        branch: &str,
        now: Timestamp,
        fresh: SignedDuration,
    ) -> Result<String, FetchError> {
        let mut fetched = self.fetched.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((at, outcome)) = fetched.get(branch)
            && now.duration_since(*at).abs() < fresh
        {
            return outcome.clone();
        }
        let outcome = self.fetch(branch);
        fetched.insert(branch.to_owned(), (now, outcome.clone()));
        outcome
    }

    /// The commit of a branch that was fetched last, if ever.
    #[must_use]
    pub fn fetched_before(&self, branch: &str) -> Option<String> {
        commit_of(&self.path, &fetched(branch)).ok()
    }

    /// The commit that a name of this program's own stands for.
    #[must_use]
    pub fn marked(&self, mark: &str) -> Option<String> {
        commit_of(&self.path, &reference(mark)).ok()
    }

    /// Lets a name of this program's own stand for a commit.
    ///
    /// # Errors
    /// When the copy cannot be written.
    pub fn mark(&self, mark: &str, commit: &str) -> Result<(), FetchError> {
        let mut update = system_git(&self.path);
        update.args(["update-ref", &reference(mark), commit]);
        match update.output() {
            Ok(output) if output.status.success() => Ok(()),
            Ok(output) => Err(self.unwritable(&said(&output.stderr))),
            Err(error) => Err(FetchError::NoGit(error.to_string())),
        }
    }

    /// Whether a commit is part of another's history.
    #[must_use]
    pub fn is_ancestor(&self, older: &str, newer: &str) -> bool {
        let mut ask = git_in(&self.path);
        ask.args(["merge-base", "--is-ancestor", older, newer]);
        ask.output().is_ok_and(|output| output.status.success())
    }

    fn fetch(&self, branch: &str) -> Result<String, FetchError> {
        let first = !self.path.join("HEAD").exists();
        let parent = self.path.parent().unwrap_or(&self.path);
        fs::create_dir_all(parent).map_err(|error| self.unwritable(&error.to_string()))?;
        let (tell, told) = mpsc::channel();
        let (path, url, wanted) = (self.path.clone(), self.url.clone(), branch.to_owned());
        std::thread::spawn(move || drop(tell.send(fetch(&path, &url, &wanted))));
        let patience = if first { FIRST_PATIENCE } else { PATIENCE };
        match told.recv_timeout(patience) {
            Ok(Ok(None)) => {}
            Ok(Ok(Some(said))) => {
                let (url, branch) = (self.url.clone(), branch.to_owned());
                return Err(FetchError::Refused { url, branch, said });
            }
            Ok(Err(Failed::Git(error))) => return Err(FetchError::NoGit(error.to_string())),
            Ok(Err(Failed::Lock(error))) => return Err(self.unwritable(&error.to_string())),
            Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => {
                let (url, seconds) = (self.url.clone(), patience.as_secs());
                return Err(FetchError::Slow { url, seconds });
            }
        }
        commit_of(&self.path, &fetched(branch))
            .map_err(|error: GitError| FetchError::Unreadable(error.to_string()))
    }

    fn unwritable(&self, error: &str) -> FetchError {
        FetchError::Mirror {
            folder: self.path.clone(),
            error: error.to_owned(),
        }
    }
}

enum Failed {
    Git(io::Error),
    Lock(io::Error),
}

/// Fetches a branch; answers what git says against it. One process at a time writes a copy.
fn fetch(path: &Path, url: &str, branch: &str) -> Result<Option<String>, Failed> {
    let lock = File::create(path.with_extension("lock")).map_err(Failed::Lock)?;
    lock.lock().map_err(Failed::Lock)?;
    if !path.join("HEAD").exists() {
        let mut init = system_git(path.parent().unwrap_or(path));
        init.args(["init", "--quiet", "--bare", "--"]).arg(path);
        let output = init.output().map_err(Failed::Git)?;
        if !output.status.success() {
            return Ok(Some(said(&output.stderr)));
        }
    }
    let mut fetch = system_git(path);
    fetch
        // Nobody is there to answer; a peer that is silent is given up.
        .env("GIT_SSH_COMMAND", ssh())
        .env("GIT_ALLOW_PROTOCOL", "file:http:https:ssh")
        .args(["-c", "http.lowSpeedLimit=1", "-c", "http.lowSpeedTime=15"])
        .args(["-c", "gc.auto=0", "-c", "maintenance.auto=false"])
        .args(["fetch", "--quiet", "--no-tags", "--no-recurse-submodules"])
        .args(["--no-write-fetch-head", "--", url])
        .arg(format!("+refs/heads/{branch}:{}", fetched(branch)))
        .stdout(Stdio::null());
    let output = fetch.output().map_err(Failed::Git)?;
    Ok((!output.status.success()).then(|| said(&output.stderr)))
}

/// The administrator's way to call ssh, else one that never asks and never waits long.
fn ssh() -> std::ffi::OsString {
    std::env::var_os("GIT_SSH_COMMAND").unwrap_or_else(|| {
        "ssh -o BatchMode=yes -o ConnectTimeout=10 -o ServerAliveInterval=10 -o ServerAliveCountMax=1".into()
    })
}

fn fetched(branch: &str) -> String {
    format!("refs/heads/{branch}")
}

fn reference(mark: &str) -> String {
    format!("refs/linekeeper/{mark}")
}

/// git's own words, on one line.
fn said(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(bytes);
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    let lines: Vec<&str> = lines.collect();
    lines.join("; ")
}
