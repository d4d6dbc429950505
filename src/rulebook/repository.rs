//! Rules that are a branch of a git repository: the newest commit, the one in force, and the step between them.

use super::git::{GitError, files_at};
use super::mirror::{FetchError, Mirror};
use super::open::{Rulebook, RulebookError};
use super::revision::Revision;
use crate::rules::LoadOptions;
use jiff::{SignedDuration, Timestamp};
use sha2::{Digest as _, Sha256};
use std::sync::Arc;

/// The folder that is looked for where none is named.
const USUAL_FOLDER: &str = "rules";

/// A folder of a branch of a repository.
#[derive(Clone, Debug)]
pub struct Repository {
    /// The copy on this machine.
    pub mirror: Arc<Mirror>,
    /// The branch.
    pub branch: String,
    /// The folder from the top of the repository; empty: the top; `None`: `rules`, or the top if there is none.
    pub folder: Option<String>,
    /// How old what was fetched may be.
    pub poll: SignedDuration,
    /// Whether a branch whose history was rewritten is taken up.
    pub allow_rewrite: bool,
}

impl Repository {
    /// The newest commit of the branch.
    ///
    /// # Errors
    /// When it cannot be fetched.
    pub(super) fn newest(
        &self,
        now: Timestamp,
        fresh: SignedDuration,
    ) -> Result<String, FetchError> {
        self.mirror.newest(&self.branch, now, fresh)
    }

    /// The rules of a commit, read whole from its tree.
    ///
    /// # Errors
    /// When it has no rule files, or the rules have errors.
    pub(super) fn open(
        &self,
        commit: &str,
        options: LoadOptions,
    ) -> Result<Rulebook, RulebookError> {
        let path = self.mirror.path();
        let snapshot = match &self.folder {
            Some(folder) => files_at(path, commit, folder),
            None => match files_at(path, commit, USUAL_FOLDER) {
                Err(GitError::NoFolder { .. } | GitError::NoRuleFile { .. }) => {
                    files_at(path, commit, "")
                }
                found => found,
            },
        };
        let snapshot = snapshot.map_err(RulebookError::Git)?;
        let revision = Revision {
            commit: Some(snapshot.commit),
            dirty: false,
            problem: None,
        };
        Rulebook::of_files(&snapshot.files, options, revision)
    }

    /// The rules of a revision; `HEAD` is the newest commit of the branch, as the copy has no other.
    ///
    /// # Errors
    /// When there is no such revision, or as [`Repository::open`].
    pub(super) fn at(
        &self,
        revision: &str,
        options: LoadOptions,
    ) -> Result<Rulebook, RulebookError> {
        match revision.strip_prefix("HEAD") {
            Some(rest) if rest.is_empty() || rest.starts_with(['~', '^']) => {
                self.open(&format!("refs/heads/{}{rest}", self.branch), options)
            }
            _ => self.open(revision, options),
        }
    }

    /// The commit whose rules came into force last, in whatever process of this machine.
    fn in_force(&self, options: LoadOptions) -> Option<String> {
        self.mirror.marked(&self.mark(options))
    }

    /// The rules that came into force last, else those fetched last.
    pub(super) fn last_good(&self, options: LoadOptions) -> Option<Rulebook> {
        let fetched = || self.mirror.fetched_before(&self.branch);
        let commit = self.in_force(options).or_else(fetched)?;
        self.open(&commit, options).ok()
    }

    /// Whether a commit may follow the one in force.
    ///
    /// # Errors
    /// When the one in force is no part of its history, and that is not allowed.
    pub(super) fn may_follow(
        &self,
        commit: &str,
        options: LoadOptions,
    ) -> Result<(), RulebookError> {
        let Some(before) = self.in_force(options) else {
            return Ok(());
        };
        if self.allow_rewrite || self.mirror.is_ancestor(&before, commit) {
            return Ok(());
        }
        let short = |commit: &str| commit.get(..12).unwrap_or(commit).to_owned();
        Err(RulebookError::Rewritten {
            branch: self.branch.clone(),
            before: short(&before),
            after: short(commit),
        })
    }

    /// From now on these rules are the last good ones, also after a restart.
    ///
    /// # Errors
    /// When the copy cannot be written.
    pub(super) fn put_in_force(
        &self,
        commit: &str,
        options: LoadOptions,
    ) -> Result<(), RulebookError> {
        let mark = self.mark(options);
        self.mirror
            .mark(&mark, commit)
            .map_err(RulebookError::Fetch)
    }

    /// Where it is, for people.
    pub(super) fn place(&self) -> String {
        format!("{}, branch {}", self.mirror.url(), self.branch)
    }

    /// One name for each set of rules that a copy holds.
    fn mark(&self, options: LoadOptions) -> String {
        let folder = self.folder.as_deref().unwrap_or("*");
        let text = format!("{}\0{folder}\0{}", self.branch, options.groups);
        let digest = Sha256::digest(text.as_bytes());
        let hex: String = digest[..8]
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        format!("in-force-{hex}")
    }
}
