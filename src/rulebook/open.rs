//! A folder of rules, read and compiled.

use super::folder;
use super::git::GitError;
use super::mirror::FetchError;
use super::revision::{Revision, revision};
use crate::reconcile::RuleSource;
use crate::report::RulesReport;
use crate::rules::{Diagnostic, LoadOptions, RuleSet, SourceFile, load};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use thiserror::Error;

/// The rules of one folder, as they stood when it was opened.
#[derive(Debug)]
pub struct Rulebook {
    rules: Arc<RuleSet>,
    warnings: Vec<Diagnostic>,
    revision: Revision,
}

/// Why a folder gives no rules. Such a folder is refused whole.
#[derive(Debug, Error)]
pub enum RulebookError {
    /// There is no such folder.
    #[error("there is no rules folder {}: create it, or set [rules] path to where the rules are", .0.display())]
    NoFolder(PathBuf),
    /// It holds no file that ends in `.rules`.
    #[error("the folder {} holds no file that ends in .rules", .0.display())]
    NoRuleFile(PathBuf),
    /// A file or the folder itself cannot be read.
    #[error("{} cannot be read", .path.display())]
    Unreadable {
        /// What cannot be read.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// Files changed every time they were read.
    #[error("the rules in {} change faster than they can be read; try again when they stand still", .0.display())]
    Changing(PathBuf),
    /// The repository cannot be fetched.
    #[error("{0}")]
    Fetch(FetchError),
    /// A commit cannot be read, or holds no rules.
    #[error("{0}")]
    Git(GitError),
    /// The branch does not go on from the commit in force.
    #[error(
        "the history of the branch `{branch}` was rewritten: {after} does not go on from {before}, which is in force; \
         look what became of the commits between, then set [rules] allow_rewrite = true"
    )]
    Rewritten {
        /// The branch.
        branch: String,
        /// The commit in force.
        before: String,
        /// The newest commit.
        after: String,
    },
    /// Another tenant's rules, in force in this process, declare some of the numbers.
    #[error("{0}")]
    Overlap(String),
    /// The rules have errors: all of them, then the warnings.
    #[error("the rules have {} errors", errors(.0))]
    Wrong(Vec<Diagnostic>),
}

impl RulebookError {
    /// What is wrong, whole: every error with its place.
    #[must_use]
    pub fn text(&self) -> String {
        let details: String = match self {
            Self::Wrong(found) => found
                .iter()
                .map(|diagnostic| format!("\n{}", diagnostic.render(false)))
                .collect(),
            Self::Unreadable { source, .. } => format!(": {source}"),
            _ => String::new(),
        };
        format!("{self}{details}")
    }
}

impl Rulebook {
    /// Reads all rule files of a folder as one rule set.
    ///
    /// # Errors
    ///
    /// When the folder or a file cannot be read, or the rules have errors.
    pub fn open(path: &Path, options: LoadOptions) -> Result<Self, RulebookError> {
        let files = folder::read(path)?;
        Self::of_files(&files, options, revision(path))
    }

    /// Files that were read elsewhere as one rule set, and where they come from.
    ///
    /// # Errors
    ///
    /// When the rules have errors.
    pub fn of_files(
        files: &[SourceFile],
        options: LoadOptions,
        revision: Revision,
    ) -> Result<Self, RulebookError> {
        let loaded = load(files, options).map_err(RulebookError::Wrong)?;
        Ok(Self {
            rules: Arc::new(loaded.rule_set),
            warnings: loaded.warnings,
            revision,
        })
    }

    /// The rules.
    #[must_use]
    pub fn rules(&self) -> &Arc<RuleSet> {
        &self.rules
    }

    /// What is allowed and probably not meant.
    #[must_use]
    pub fn warnings(&self) -> &[Diagnostic] {
        &self.warnings
    }

    /// The commit the rules come from.
    #[must_use]
    pub fn revision(&self) -> &Revision {
        &self.revision
    }
}

impl RuleSource for Rulebook {
    fn active(&self) -> Arc<RuleSet> {
        Arc::clone(&self.rules)
    }

    fn described(&self) -> RulesReport {
        RulesReport {
            commit: self.revision.commit.clone(),
            dirty: self.revision.dirty,
            digest: self.rules.digest().clone(),
        }
    }
}

fn errors(diagnostics: &[Diagnostic]) -> usize {
    let is_error = |d: &&Diagnostic| d.severity == crate::rules::Severity::Error;
    diagnostics.iter().filter(is_error).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn opens_a_folder_as_one_rule_set() {
        let folder = tempfile::tempdir().expect("a folder");
        let write = |name: &str, text: &str| {
            std::fs::write(folder.path().join(name), text).expect("written");
        };
        write("1.rules", "let towns = [\"Bonn\"]");
        write(
            "2.rules",
            "range \"r\" { type direct-routing numbers +49 89 5550 1000 when city IN towns quarantine 1 day }",
        );
        let book = Rulebook::open(folder.path(), LoadOptions::default()).expect("good rules");
        assert_eq!(book.active().ranges().len(), 1);
        assert!(book.warnings().is_empty());
        write("1.rules", "let");
        match Rulebook::open(folder.path(), LoadOptions::default()) {
            Err(RulebookError::Wrong(found)) => assert_eq!(errors(&found), 2, "{found:?}"),
            other => panic!("{other:?}"),
        }
    }
}
