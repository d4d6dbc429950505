//! Known users in memory for the length of a round: id, dense number, digest of the record. 45 MB for a million.

use crate::directory::UserId;

/// What is known of one user.
#[derive(Clone, Copy, Debug)]
pub(super) struct Known {
    id: [u8; 16],
    /// Digest of the stored record.
    pub(super) digest: u64,
    /// The dense number.
    pub(super) no: u32,
    pub(super) gone: bool,
}

/// Users by id. An open-addressing table of places in a list: half the memory of a hash map of the same content.
#[derive(Debug, Default)]
pub(super) struct Roster {
    users: Vec<Known>,
    /// Place in `users` plus one; 0 is empty. Its length is a power of two, at least twice the users.
    table: Vec<u32>,
}

impl Roster {
    pub(super) fn get(&self, id: UserId) -> Option<&Known> {
        self.find(id).map(|at| &self.users[at])
    }

    pub(super) fn get_mut(&mut self, id: UserId) -> Option<&mut Known> {
        self.find(id).map(|at| &mut self.users[at])
    }

    /// Adds a user who is not there yet.
    pub(super) fn add(&mut self, id: UserId, no: u32, digest: u64, gone: bool) {
        if self.users.len() == self.users.capacity() {
            // A quarter more, not twice as much: a million users are what memory is measured by.
            self.users.reserve_exact(self.users.len() / 4 + 64);
        }
        self.users.push(Known {
            id: *id.0.as_bytes(),
            digest,
            no,
            gone,
        });
        if self.users.len() * 2 > self.table.len() {
            self.rebuild();
        } else {
            self.put(self.users.len() - 1);
        }
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &Known> {
        self.users.iter()
    }

    fn find(&self, id: UserId) -> Option<usize> {
        let mask = self.table.len().checked_sub(1)?;
        let mut slot = slot_of(id.0.as_bytes()) & mask;
        loop {
            let at = (self.table[slot] as usize).checked_sub(1)?;
            if &self.users[at].id == id.0.as_bytes() {
                return Some(at);
            }
            slot = (slot + 1) & mask;
        }
    }

    fn put(&mut self, at: usize) {
        let mask = self.table.len() - 1;
        let mut slot = slot_of(&self.users[at].id) & mask;
        while self.table[slot] != 0 {
            slot = (slot + 1) & mask;
        }
        // Dense numbers are 32 bits wide, so places are.
        self.table[slot] = u32::try_from(at + 1).unwrap_or(u32::MAX);
    }

    fn rebuild(&mut self) {
        let size = (self.users.len() * 4).next_power_of_two().max(64);
        self.table.clear();
        self.table.shrink_to(size);
        self.table.resize(size, 0);
        for at in 0..self.users.len() {
            self.put(at);
        }
    }
}

/// Spreads the bits of an id, whether it is random or counted up by a test or a simulator.
fn slot_of(id: &[u8; 16]) -> usize {
    let value = u128::from_le_bytes(*id);
    // Truncation is wanted: both halves are folded into one.
    let folded = (value as u64) ^ ((value >> 64) as u64).rotate_left(32);
    (folded.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 24) as usize
}

/// A set of dense numbers as bits: 125 kB for a million.
#[derive(Debug, Default)]
pub(super) struct Bits(Vec<u64>);

impl Bits {
    /// Adds a number; answers whether it was missing.
    pub(super) fn insert(&mut self, no: u32) -> bool {
        let (word, bit) = (no as usize / 64, 1 << (no % 64));
        if self.0.len() <= word {
            self.0.resize(word + 1, 0);
        }
        let missing = self.0[word] & bit == 0;
        self.0[word] |= bit;
        missing
    }

    pub(super) fn contains(&self, no: u32) -> bool {
        let word = self.0.get(no as usize / 64);
        word.is_some_and(|word| word & (1 << (no % 64)) != 0)
    }

    pub(super) fn count(&self) -> u64 {
        self.0.iter().map(|word| u64::from(word.count_ones())).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_whom_it_knows_and_nobody_else() {
        let mut roster = Roster::default();
        for no in 0..5000u32 {
            roster.add(
                UserId::from_u128(u128::from(no) << 64 | 7),
                no,
                u64::from(no),
                false,
            );
        }
        for no in 0..5000u32 {
            let known = roster
                .get(UserId::from_u128(u128::from(no) << 64 | 7))
                .map(|known| known.no);
            assert_eq!(known, Some(no));
        }
        assert!(roster.get(UserId::from_u128(7777)).is_none());
        assert!(Roster::default().get(UserId::from_u128(1)).is_none());
    }
}
