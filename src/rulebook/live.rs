//! Rules while the process lives: read again when their source changes, the last good set kept when they break.

use super::source::{Source, Version};
use super::{Rulebook, RulebookError};
use crate::clock::Clock;
use crate::reconcile::{LiveRules, Reread, RuleSource, RulesProblem};
use crate::report::RulesReport;
use crate::rules::{LoadOptions, RuleSet};
use jiff::{SignedDuration, Timestamp};
use std::sync::{Arc, Mutex, PoisonError, RwLock, RwLockReadGuard};

/// Whether rules that are good in themselves may come into force beside everybody else's; else why not.
pub type Accept = Box<dyn Fn(&Arc<RuleSet>) -> Result<(), String> + Send + Sync>;

/// Rules whose source is looked at again and again.
pub struct LiveRulebook {
    source: Source,
    options: LoadOptions,
    clock: Arc<dyn Clock>,
    accept: Accept,
    inner: RwLock<Inner>,
    /// Held from reading files until what was read is in force or refused.
    reading: Mutex<()>,
}

struct Inner {
    book: Arc<Rulebook>,
    problem: Option<RulesProblem>,
    /// The source as it was when last read; `None` when it could not even be looked at.
    version: Option<Version>,
}

impl LiveRulebook {
    /// Reads a source for the first time. What cannot be used, or not be fetched, is as if it came later where a
    /// repository had good rules once.
    ///
    /// # Errors
    ///
    /// When its rules cannot be used, and there are no last good ones.
    pub fn open(
        source: Source,
        options: LoadOptions,
        clock: Arc<dyn Clock>,
        accept: Accept,
    ) -> Result<Self, RulebookError> {
        let now = clock.now();
        // Many tenants may have their rules in one repository: it is fetched once for all of them.
        let version = source.version(now, source.poll());
        let (version, read) = newest(&source, options, &accept, version);
        let (book, problem) = match read {
            Ok(book) => (book, None),
            Err(error) => match accepted_last(&source, options, &accept) {
                Some(book) => (book, Some(problem_of(&error, now))),
                None => return Err(error),
            },
        };
        Ok(Self {
            source,
            options,
            clock,
            accept,
            inner: RwLock::new(Inner {
                book: Arc::new(book),
                problem,
                version,
            }),
            reading: Mutex::default(),
        })
    }

    fn put(&self, version: Option<Version>, read: Result<Rulebook, RulebookError>) -> Reread {
        let now = self.clock.now();
        let mut inner = self.inner.write().unwrap_or_else(PoisonError::into_inner);
        inner.version = version;
        match read {
            Ok(book) => {
                let same = book.rules().digest() == inner.book.rules().digest();
                inner.problem = None;
                inner.book = Arc::new(book);
                if same { Reread::Same } else { Reread::Changed }
            }
            Err(error) => {
                let since = inner.problem.as_ref().map_or(now, |problem| problem.since);
                inner.problem = Some(problem_of(&error, since));
                Reread::Refused
            }
        }
    }

    /// Reads a state of the source.
    fn take(&self, version: Result<Version, RulebookError>) -> Reread {
        let (version, read) = newest(&self.source, self.options, &self.accept, version);
        self.put(version, read)
    }

    /// What the last look came to.
    fn as_it_was(&self) -> Reread {
        match self.read().problem {
            Some(_) => Reread::Refused,
            None => Reread::Same,
        }
    }

    fn read(&self) -> RwLockReadGuard<'_, Inner> {
        self.inner.read().unwrap_or_else(PoisonError::into_inner)
    }
}

fn problem_of(error: &RulebookError, since: Timestamp) -> RulesProblem {
    RulesProblem {
        text: error.text(),
        since,
    }
}

/// The rules of a state of the source, accepted and remembered as the last good ones.
fn newest(
    source: &Source,
    options: LoadOptions,
    accept: &Accept,
    version: Result<Version, RulebookError>,
) -> (Option<Version>, Result<Rulebook, RulebookError>) {
    let version = match version {
        Ok(version) => version,
        Err(error) => return (None, Err(error)),
    };
    let read = source.read(&version, options).and_then(|book| {
        accept(book.rules()).map_err(RulebookError::Overlap)?;
        source.keep(&book, options)?;
        Ok(book)
    });
    (Some(version), read)
}

fn accepted_last(source: &Source, options: LoadOptions, accept: &Accept) -> Option<Rulebook> {
    let book = source.last_good(options)?;
    accept(book.rules()).ok().map(|()| book)
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
    fn still(&self) -> Arc<dyn RuleSource> {
        Arc::clone(&self.read().book) as Arc<dyn RuleSource>
    }

    fn look(&self) -> Reread {
        // Somebody else is reading, perhaps waiting for a repository: what comes of it is found at the next look.
        let Ok(_one_at_a_time) = self.reading.try_lock() else {
            return self.as_it_was();
        };
        // Files that are half written are read once they stand still, a folder that is missing once it is there.
        let version = self.source.version(self.clock.now(), self.source.poll());
        if version.as_ref().ok() == self.read().version.as_ref() {
            return self.as_it_was();
        }
        self.take(version)
    }

    fn reload(&self) -> Reread {
        let _one_at_a_time = self.reading.lock().unwrap_or_else(PoisonError::into_inner);
        // Taken before reading: what changes meanwhile is found at the next look.
        let version = self.source.version(self.clock.now(), SignedDuration::ZERO);
        self.take(version)
    }

    fn problem(&self) -> Option<RulesProblem> {
        self.read().problem.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::SystemClock;
    use std::path::Path;

    fn range(name: &str) -> String {
        format!(
            "range \"{name}\" {{ type direct-routing numbers +49 89 5550 1000 when city = \"Bonn\" quarantine 1 day }}"
        )
    }

    fn open(folder: &Path) -> Result<LiveRulebook, RulebookError> {
        let clock: Arc<dyn Clock> = Arc::new(SystemClock::default());
        let accept: Accept = Box::new(|rules| match rules.ranges()[0].name.as_str() {
            "theirs" => Err("theirs is another tenant's".to_owned()),
            _ => Ok(()),
        });
        let source = Source::Folder(folder.to_owned());
        LiveRulebook::open(source, LoadOptions::default(), clock, accept)
    }

    #[test]
    fn the_last_good_set_stays_while_the_files_are_broken() {
        let folder = tempfile::tempdir().expect("a folder");
        let write = |text: &str| {
            std::fs::write(folder.path().join("a.rules"), text).expect("written");
        };
        assert!(open(folder.path()).is_err(), "nothing was ever good");
        write(&range("one"));
        let live = open(folder.path()).expect("good rules");
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

    #[test]
    fn what_is_not_accepted_stays_out() {
        let folder = tempfile::tempdir().expect("a folder");
        let write = |text: &str| {
            std::fs::write(folder.path().join("a.rules"), text).expect("written");
        };
        write(&range("theirs"));
        assert!(matches!(
            open(folder.path()),
            Err(RulebookError::Overlap(_))
        ));
        write(&range("ours"));
        let live = open(folder.path()).expect("good rules");
        write(&range("theirs"));
        assert_eq!(live.look(), Reread::Refused);
        assert_eq!(live.active().ranges()[0].name, "ours");
        let problem = live.problem().expect("a problem");
        assert_eq!(problem.text, "theirs is another tenant's");
    }
}
