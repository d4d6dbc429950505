//! The state as last read, and what this process has written since.

use super::written::Written;
use crate::plan::State;
use std::collections::BTreeMap;
use std::sync::Arc;

/// So many keys of writes are kept for a reading that may never come.
const MOST_KEPT: usize = 16_384;

/// A state, with what it was made of.
#[derive(Clone, Debug)]
pub(super) struct Cached {
    /// The tenant's version that it shows.
    pub(super) version: i64,
    /// The stored text of its anchor.
    pub(super) anchor: String,
    pub(super) state: Arc<State>,
}

/// What is kept between two readings. The tenant's version tells whether anybody else has written.
#[derive(Debug, Default)]
pub(super) struct StateMemory {
    cached: Option<Cached>,
    /// What each write of this process wrote, by the version it made.
    written: BTreeMap<i64, Written>,
    kept: usize,
    /// The version handed out first since the sync began: what was changed by hand after it, a claim does not
    /// overwrite.
    pub(super) handed_out: Option<i64>,
}

impl StateMemory {
    /// Remembers what a write that made this version wrote.
    pub(super) fn note(&mut self, version: i64, written: Written) {
        self.kept += 1 + written.len();
        self.written.insert(version, written);
        if self.kept > MOST_KEPT {
            self.written.clear();
            self.kept = 0;
        }
    }

    /// Takes the state out, with all that was written until `version`; `None` when somebody else wrote some of it.
    pub(super) fn recall(&mut self, version: i64) -> Option<(Cached, Written)> {
        let cached = self.cached.take_if(|cached| cached.version <= version)?;
        let mut all = Written::default();
        for version in cached.version + 1..=version {
            all.join(self.written.get(&version)?);
        }
        (!all.everything).then_some((cached, all))
    }

    /// Keeps a state that has been read, unless a later one is there.
    pub(super) fn keep(&mut self, cached: Cached) {
        let version = cached.version;
        // A later reading, by somebody who looks or sets something by hand, is not the one a plan was made of.
        self.handed_out = Some(self.handed_out.map_or(version, |first| first.min(version)));
        if self.cached.as_ref().is_none_or(|c| c.version <= version) {
            self.cached = Some(cached);
            self.written = self.written.split_off(&(version + 1));
            self.kept = self.written.values().map(|w| 1 + w.len()).sum();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(version: i64) -> Cached {
        Cached {
            version,
            anchor: String::new(),
            state: Arc::default(),
        }
    }

    fn people(nos: std::ops::Range<u32>) -> Written {
        let mut written = Written::default();
        written.people(nos);
        written
    }

    #[test]
    fn only_an_unbroken_row_of_own_writes_is_recalled() {
        let mut memory = StateMemory::default();
        memory.keep(at(4));
        // Commits come in the order of their versions, their notes need not.
        memory.note(6, people(2..3));
        memory.note(5, people(0..2));
        memory.note(8, people(9..10));
        let (_, written) = memory.recall(6).expect("5 and 6 are known");
        assert_eq!(written, people(0..3));
        assert!(memory.recall(6).is_none(), "it has been taken out");
        memory.keep(at(6));
        assert!(memory.recall(5).is_none(), "an older moment is not shown");
        assert!(memory.recall(8).is_none(), "somebody else made 7");
        memory.keep(at(8));
        assert_eq!(memory.recall(8).expect("it is current").1, people(0..0));
    }

    #[test]
    fn writes_that_nobody_reads_are_dropped() {
        let mut memory = StateMemory::default();
        memory.keep(at(0));
        for version in 1..6 {
            memory.note(version, people(0..4000));
        }
        assert!(memory.recall(5).is_none());
        assert!(memory.kept < MOST_KEPT);
    }
}
