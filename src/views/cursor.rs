//! Pages of lists, and where they go on.

use super::ViewError;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use std::fmt;
use std::str::FromStr;

/// The most items of one page.
pub const MOST: u32 = 1000;

/// A part of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page<T> {
    /// Its items; fewer than asked for, even none, say nothing about the end.
    pub items: Vec<T>,
    /// Where the list goes on; `None` at its end.
    pub next: Option<Cursor>,
}

impl<'a> Page<&'a String> {
    /// The next names behind a cursor, of all in their order.
    ///
    /// # Errors
    /// A cursor of another list.
    pub fn of_names(
        all: &[&'a String],
        after: Option<&Cursor>,
        limit: u32,
    ) -> Result<Self, ViewError> {
        let after: Option<String> = after.map(|cursor| cursor.item(List::Tenants)).transpose()?;
        let from = after.map_or(0, |after| all.partition_point(|name| **name <= after));
        let items: Vec<_> = all[from..].iter().take(limit as usize).copied().collect();
        let more = from + items.len() < all.len();
        let last = items.last().filter(|_| more);
        let next = last.map(|last| Cursor::behind(List::Tenants, last));
        Ok(Self { items, next })
    }
}

/// Where a list goes on. Opaque to whoever is given it; made by one list and understood by no other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cursor(String);

/// Which list a cursor is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum List {
    Users,
    NotedUsers,
    Ranges,
    Numbers,
    Syncs,
    Audit,
    Tenants,
    History,
}

impl List {
    const fn sign(self) -> char {
        match self {
            Self::Users => 'u',
            Self::NotedUsers => 'n',
            Self::Ranges => 'r',
            Self::Numbers => 't',
            Self::Syncs => 's',
            Self::Audit => 'a',
            Self::Tenants => 'o',
            Self::History => 'h',
        }
    }
}

impl Cursor {
    /// The place behind an item of a list.
    pub(super) fn behind(list: List, item: impl fmt::Display) -> Self {
        Self(format!("{}{item}", list.sign()))
    }

    /// The item behind which the list goes on.
    pub(super) fn item<T: FromStr>(&self, list: List) -> Result<T, ViewError> {
        let item = self.0.strip_prefix(list.sign()).ok_or(ViewError::Cursor)?;
        item.parse().map_err(|_| ViewError::Cursor)
    }
}

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&URL_SAFE_NO_PAD.encode(&self.0))
    }
}

impl FromStr for Cursor {
    type Err = ViewError;

    fn from_str(text: &str) -> Result<Self, ViewError> {
        let bytes = URL_SAFE_NO_PAD
            .decode(text)
            .map_err(|_| ViewError::Cursor)?;
        let text = String::from_utf8(bytes).map_err(|_| ViewError::Cursor)?;
        Ok(Self(text))
    }
}

/// Whether a page of `limit` items that read `read` rows may have something behind it.
pub(super) const fn may_go_on(read: usize, limit: u32) -> bool {
    read as u64 >= limit as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_is_of_one_list_only() {
        let cursor = Cursor::behind(List::Users, 17);
        let read: Cursor = cursor.to_string().parse().expect("a cursor");
        assert_eq!(read, cursor);
        assert_eq!(read.item::<u32>(List::Users).ok(), Some(17));
        assert!(read.item::<u32>(List::Audit).is_err());
        for wrong in ["", "!", "dTE3eA", "_w"] {
            let read = wrong.parse::<Cursor>();
            let item = read.and_then(|cursor| cursor.item::<u32>(List::Users));
            assert!(item.is_err(), "{wrong}");
        }
    }
}
