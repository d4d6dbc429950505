//! The rules of a folder while the process lives: read again when they change, the last good set kept when they break.

use super::folder::{Stamp, stamps};
use super::{Rulebook, RulebookError};
use crate::clock::Clock;
use crate::reconcile::{LiveRules, Reread, RuleSource, RulesProblem};
use crate::report::RulesReport;
use crate::rules::{LoadOptions, RuleSet};
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

/// A folder of rules that is looked at again and again.
#[derive(Debug)]
pub struct LiveRulebook {
    folder: PathBuf,
    options: LoadOptions,
    clock: Arc<dyn Clock>,
    inner: RwLock<Inner>,
}

#[derive(Debug)]
struct Inner {
    /// What is in force; before the first good set, no rule at all.
    book: Arc<Rulebook>,
    /// Whether there has ever been a good set.
    good: bool,
    problem: Option<RulesProblem>,
    /// The files as they were when last read; `None` when they could not even be listed.
    stamps: Option<Vec<Stamp>>,
}

impl LiveRulebook {
    /// Reads a folder for the first time. Files that cannot be used are no error: the next look may find them mended.
    ///
    /// # Errors
    ///
    /// Only when not even the empty set of rules can be made.
    pub fn open(
        folder: &Path,
        options: LoadOptions,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, RulebookError> {
        let live = Self {
            folder: folder.to_owned(),
            options,
            clock,
            inner: RwLock::new(Inner {
                book: Arc::new(Rulebook::empty()?),
                good: false,
                problem: None,
                stamps: None,
            }),
        };
        live.reload();
        Ok(live)
    }

    /// The rules in force with warnings and commit.
    #[must_use]
    pub fn book(&self) -> Arc<Rulebook> {
        Arc::clone(&self.read().book)
    }

    fn put(&self, stamps: Option<Vec<Stamp>>, read: Result<Rulebook, RulebookError>) -> Reread {
        let now = self.clock.now();
        let mut inner = self.write();
        inner.stamps = stamps;
        match read {
            Ok(book) => {
                let same = inner.good && book.rules().digest() == inner.book.rules().digest();
                inner.problem = None;
                inner.good = true;
                inner.book = Arc::new(book);
                if same { Reread::Same } else { Reread::Changed }
            }
            Err(error) => {
                let since = inner.problem.as_ref().map_or(now, |problem| problem.since);
                let text = error.text();
                inner.problem = Some(RulesProblem { text, since });
                Reread::Refused
            }
        }
    }

    fn read(&self) -> RwLockReadGuard<'_, Inner> {
        self.inner.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, Inner> {
        self.inner.write().unwrap_or_else(PoisonError::into_inner)
    }
}

impl RuleSource for LiveRulebook {
    fn active(&self) -> Arc<RuleSet> {
        self.read().book.active()
    }

    fn described(&self) -> RulesReport {
        self.read().book.described()
    }
}

impl LiveRules for LiveRulebook {
    fn still(&self) -> Option<Arc<dyn RuleSource>> {
        let inner = self.read();
        inner
            .good
            .then(|| Arc::clone(&inner.book) as Arc<dyn RuleSource>)
    }

    fn look(&self) -> Reread {
        let now = stamps(&self.folder).ok();
        let inner = self.read();
        let (same, refused) = (now == inner.stamps, inner.problem.is_some());
        drop(inner);
        match (same, refused) {
            // Files that are half written are read once they stand still, a folder that is missing once it is there.
            (true, true) => Reread::Refused,
            (true, false) => Reread::Same,
            (false, _) => self.reload(),
        }
    }

    fn reload(&self) -> Reread {
        // Taken before reading: what changes meanwhile is found at the next look.
        let stamps = stamps(&self.folder).ok();
        self.put(stamps, Rulebook::open(&self.folder, self.options))
    }

    fn problem(&self) -> Option<RulesProblem> {
        self.read().problem.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::SystemClock;

    #[test]
    fn the_last_good_set_stays_while_the_files_are_broken() {
        let folder = tempfile::tempdir().expect("a folder");
        let write = |text: &str| {
            std::fs::write(folder.path().join("a.rules"), text).expect("written");
        };
        let clock: Arc<dyn Clock> = Arc::new(SystemClock::default());
        let live = LiveRulebook::open(folder.path(), LoadOptions::default(), clock);
        let live = live.expect("an empty set");
        assert!(live.still().is_none(), "nothing was ever good");
        assert!(live.problem().is_some());
        let range = |name: &str| {
            format!(
                "range \"{name}\" {{ type direct-routing numbers +49 89 5550 1000 when city = \"Bonn\" quarantine 1 day }}"
            )
        };
        write(&range("one"));
        assert_eq!(live.look(), Reread::Changed);
        assert_eq!(live.look(), Reread::Same);
        write("range \"broken");
        assert_eq!(live.look(), Reread::Refused);
        assert_eq!(live.active().ranges()[0].name, "one");
        let problem = live.problem().expect("a problem");
        assert!(problem.text.contains("a.rules"), "{}", problem.text);
        assert_eq!(live.look(), Reread::Refused);
        assert_eq!(
            live.problem(),
            Some(problem),
            "the same problem since the same time"
        );
        write(&range("another"));
        assert_eq!(live.look(), Reread::Changed);
        assert_eq!(live.problem(), None);
        assert_eq!(live.active().ranges()[0].name, "another");
    }
}
