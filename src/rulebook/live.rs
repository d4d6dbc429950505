//! The rules of a folder while the process lives: read again when they change, the last good set kept when they break.

use super::folder::{Stamp, stamps};
use super::{Rulebook, RulebookError};
use crate::clock::Clock;
use crate::reconcile::{LiveRules, Reread, RuleSource, RulesProblem};
use crate::report::RulesReport;
use crate::rules::{LoadOptions, RuleSet};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError, RwLock, RwLockReadGuard};

/// Whether rules that are good in themselves may come into force beside everybody else's; else why not.
pub type Accept = Box<dyn Fn(&Arc<RuleSet>) -> Result<(), String> + Send + Sync>;

/// A folder of rules that is looked at again and again.
pub struct LiveRulebook {
    folder: PathBuf,
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
    /// The files as they were when last read; `None` when they could not even be listed.
    stamps: Option<Vec<Stamp>>,
}

impl LiveRulebook {
    /// Reads a folder for the first time.
    ///
    /// # Errors
    ///
    /// When its rules cannot be used: there are no last good ones yet.
    pub fn open(
        folder: &Path,
        options: LoadOptions,
        clock: Arc<dyn Clock>,
        accept: Accept,
    ) -> Result<Self, RulebookError> {
        let stamps = stamps(folder).ok();
        let book = accepted(&accept, Rulebook::open(folder, options))?;
        Ok(Self {
            folder: folder.to_owned(),
            options,
            clock,
            accept,
            inner: RwLock::new(Inner {
                book: Arc::new(book),
                problem: None,
                stamps,
            }),
            reading: Mutex::default(),
        })
    }

    fn put(&self, stamps: Option<Vec<Stamp>>, read: Result<Rulebook, RulebookError>) -> Reread {
        let now = self.clock.now();
        let mut inner = self.inner.write().unwrap_or_else(PoisonError::into_inner);
        inner.stamps = stamps;
        match read {
            Ok(book) => {
                let same = book.rules().digest() == inner.book.rules().digest();
                inner.problem = None;
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
}

fn accepted(
    accept: &Accept,
    read: Result<Rulebook, RulebookError>,
) -> Result<Rulebook, RulebookError> {
    let book = read?;
    accept(book.rules()).map_err(RulebookError::Overlap)?;
    Ok(book)
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
        let _one_at_a_time = self.reading.lock().unwrap_or_else(PoisonError::into_inner);
        // Taken before reading: what changes meanwhile is found at the next look.
        let stamps = stamps(&self.folder).ok();
        let read = accepted(&self.accept, Rulebook::open(&self.folder, self.options));
        self.put(stamps, read)
    }

    fn problem(&self) -> Option<RulesProblem> {
        self.read().problem.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::SystemClock;

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
        LiveRulebook::open(folder, LoadOptions::default(), clock, accept)
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
