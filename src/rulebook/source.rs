//! Where rules come from: a folder of this machine, or a branch of a repository.

use super::folder::stamps;
use super::git::{authored, files_at, place_of};
use super::open::{Rulebook, RulebookError};
use super::repository::Repository;
use super::revision::Revision;
use crate::rules::LoadOptions;
use jiff::{SignedDuration, Timestamp};
use std::fmt;
use std::path::PathBuf;

/// Where rules come from.
#[derive(Clone, Debug)]
pub enum Source {
    /// A folder of this machine.
    Folder(PathBuf),
    /// A branch of a git repository.
    Repository(Repository),
}

/// What tells a state of the source from its earlier and later ones: of a repository, the commit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Version(String);

impl Source {
    /// The newest rules.
    ///
    /// # Errors
    /// When they cannot be read or have errors.
    pub fn newest(&self, options: LoadOptions, now: Timestamp) -> Result<Rulebook, RulebookError> {
        let version = self.version(now, self.poll())?;
        self.read(&version, options)
    }

    /// The rules of a revision: a branch, a tag, a commit.
    ///
    /// # Errors
    /// When there is no such revision, or its rules cannot be read or have errors.
    pub fn at(&self, revision: &str, options: LoadOptions) -> Result<Rulebook, RulebookError> {
        match self {
            Self::Folder(folder) => {
                let read = || {
                    let place = place_of(folder)?;
                    files_at(&place.repository, revision, &place.folder)
                };
                let snapshot = read().map_err(RulebookError::Git)?;
                let revision = Revision {
                    commit: Some(snapshot.commit),
                    dirty: false,
                    problem: None,
                };
                Rulebook::of_files(&snapshot.files, options, revision)
            }
            Self::Repository(repository) => repository.at(revision, options),
        }
    }

    /// Brings what was pushed to this machine; nothing to do for a folder.
    ///
    /// # Errors
    /// When the repository cannot be fetched.
    pub fn fetch(&self, now: Timestamp) -> Result<(), RulebookError> {
        self.version(now, self.poll()).map(drop)
    }

    /// When a commit of the source was written by its author; `None` where it cannot be read.
    #[must_use]
    pub fn authored(&self, commit: &str) -> Option<Timestamp> {
        match self {
            Self::Folder(folder) => authored(folder, commit),
            Self::Repository(repository) => authored(repository.mirror.path(), commit),
        }
    }

    /// Remembers that rules came into force, where that outlives the process.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn keep(&self, book: &Rulebook, options: LoadOptions) -> Result<(), RulebookError> {
        match (self, &book.revision().commit) {
            (Self::Repository(repository), Some(commit)) => {
                repository.put_in_force(commit, options)
            }
            _ => Ok(()),
        }
    }

    /// The rules that came into force last; `None` where only the newest are kept.
    #[must_use]
    pub fn last_good(&self, options: LoadOptions) -> Option<Rulebook> {
        match self {
            Self::Folder(_) => None,
            Self::Repository(repository) => repository.last_good(options),
        }
    }

    /// How old what is known of the source may be when somebody looks at it.
    pub(super) const fn poll(&self) -> SignedDuration {
        match self {
            Self::Folder(_) => SignedDuration::ZERO,
            Self::Repository(repository) => repository.poll,
        }
    }

    /// The state of the source; of a repository, fetched unless that was done less than `fresh` ago.
    pub(super) fn version(
        &self,
        now: Timestamp,
        fresh: SignedDuration,
    ) -> Result<Version, RulebookError> {
        match self {
            Self::Folder(folder) => Ok(Version(format!("{:?}", stamps(folder)?))),
            Self::Repository(repository) => repository
                .newest(now, fresh)
                .map(Version)
                .map_err(RulebookError::Fetch),
        }
    }

    /// The rules of a state. Of a folder, those it holds by now.
    pub(super) fn read(
        &self,
        version: &Version,
        options: LoadOptions,
    ) -> Result<Rulebook, RulebookError> {
        match self {
            Self::Folder(folder) => Rulebook::open(folder, options),
            Self::Repository(repository) => {
                repository.may_follow(&version.0, options)?;
                repository.open(&version.0, options)
            }
        }
    }
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Folder(folder) => write!(f, "{}", folder.display()),
            Self::Repository(repository) => f.write_str(&repository.place()),
        }
    }
}
