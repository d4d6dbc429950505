//! Where the tests of a rule set stand in its files.

use super::checked::CheckedSet;
use super::findings::Spot;

/// Of each file the name, and where its lines begin.
pub(super) type Files = Vec<(String, Vec<u32>)>;

/// The place of every test, in the order of [`CheckedSet::conditions`]. Small, because a rule set may hold millions.
#[derive(Debug, Default)]
pub(super) struct Places {
    /// The files.
    files: Files,
    /// File and first byte of each test.
    starts: Vec<(u32, u32)>,
}

impl Places {
    pub(super) fn of(checked: &CheckedSet, files: Files) -> Self {
        let mut starts = Vec::new();
        for condition in checked.conditions() {
            condition.tests(&mut |_, at: Spot| starts.push((at.file, at.start)));
        }
        starts.shrink_to_fit();
        Self { files, starts }
    }

    /// How many tests there are.
    pub(super) fn len(&self) -> usize {
        self.starts.len()
    }

    /// What tells the places of two tests apart.
    pub(super) fn start(&self, test: usize) -> (u32, u32) {
        self.starts[test]
    }

    /// File and line of a test, by its number.
    pub(super) fn line(&self, test: usize) -> (&str, usize) {
        let (file, start) = self.starts[test];
        let (name, lines) = &self.files[file as usize];
        (name, lines.partition_point(|begin| *begin <= start).max(1))
    }
}
