//! What a transaction wrote of what [`crate::plan::State`] shows, by key: its own process reads only that again.

use crate::directory::UserId;
use crate::numbering::E164;
use std::collections::HashSet;
use std::hash::Hash;

/// Beyond so many keys, reading everything costs no more than reading these.
const MOST: usize = 4096;

type Keys<T> = HashSet<T, foldhash::fast::RandomState>;

/// Keys of what was written. Too many keys are none: then everything counts as written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Written {
    /// Users of whom a holding began, ended or changed.
    pub(super) holders: Keys<UserId>,
    /// Numbers whose facts were put.
    pub(super) numbers: Keys<E164>,
    /// Users whose facts were put.
    pub(super) users: Keys<UserId>,
    /// Dense numbers of users whose record, coming or going was stored.
    pub(super) people: Keys<u32>,
    /// Employee keys that somebody got or lost.
    pub(super) employees: Keys<String>,
    /// Whether a step was written that is open, or was.
    pub(super) steps: bool,
    /// Whether something was written that refusals in a row depend on.
    pub(super) refusals: bool,
    /// Whether a suspension, of a range or an operator, was written or taken back.
    pub(super) suspensions: bool,
    /// Whether a migration was written, or somebody who moves in one.
    pub(super) migrations: bool,
    /// Whether there were too many keys.
    pub(super) everything: bool,
}

impl Written {
    pub(super) fn holders(&mut self, users: impl ExactSizeIterator<Item = UserId>) {
        self.add(users, |written| &mut written.holders);
    }

    pub(super) fn numbers(&mut self, numbers: impl ExactSizeIterator<Item = E164>) {
        self.add(numbers, |written| &mut written.numbers);
    }

    pub(super) fn users(&mut self, users: impl ExactSizeIterator<Item = UserId>) {
        self.add(users, |written| &mut written.users);
    }

    pub(super) fn people(&mut self, nos: impl ExactSizeIterator<Item = u32>) {
        self.add(nos, |written| &mut written.people);
    }

    pub(super) fn employees(&mut self, keys: impl ExactSizeIterator<Item = String>) {
        self.add(keys, |written| &mut written.employees);
    }

    /// Adds what a later transaction wrote.
    pub(super) fn join(&mut self, later: &Self) {
        self.everything |= later.everything;
        self.steps |= later.steps;
        self.refusals |= later.refusals;
        self.suspensions |= later.suspensions;
        self.migrations |= later.migrations;
        self.holders(later.holders.iter().copied());
        self.numbers(later.numbers.iter().copied());
        self.users(later.users.iter().copied());
        self.people(later.people.iter().copied());
        self.employees(later.employees.iter().cloned());
    }

    /// How many keys are kept.
    pub(super) fn len(&self) -> usize {
        self.holders.len()
            + self.numbers.len()
            + self.users.len()
            + self.people.len()
            + self.employees.len()
    }

    fn add<T: Hash + Eq>(
        &mut self,
        keys: impl ExactSizeIterator<Item = T>,
        part: impl Fn(&mut Self) -> &mut Keys<T>,
    ) {
        if !self.everything && self.len() + keys.len() <= MOST {
            part(self).extend(keys);
        } else if keys.len() > 0 {
            *self = Self {
                everything: true,
                ..Self::default()
            };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn too_many_keys_are_everything() {
        let mut written = Written::default();
        written.people(0..4000);
        written.people(0..0);
        assert_eq!((written.len(), written.everything), (4000, false));
        let mut more = Written::default();
        more.people(4000..4100);
        written.join(&more);
        assert_eq!((written.len(), written.everything), (0, true));
    }
}
