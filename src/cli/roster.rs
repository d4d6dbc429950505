//! Lists of people as files: one a line, as UPN, mail or id, and where that is wanted a number after a comma.
//!
//! Blank lines, lines that begin with `#`, what follows a blank and `#`, a header line `user,number`, a byte order mark and
//! Excel's semicolons are all understood. Whatever is wrong is named at once, each with its line, and nothing is begun.

use super::exit::{Exit, Failure};
use super::inventory::read_number;
use super::people::known;
use crate::directory::UserId;
use crate::numbering::E164;
use crate::store::TenantStore;
use anyhow::Context as _;
use std::collections::BTreeMap;
use std::path::Path;

/// So many wrong lines are named.
const NAMED: usize = 100;

/// Somebody of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Listed {
    pub(super) user: UserId,
    pub(super) number: Option<E164>,
}

/// What a line may hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Columns {
    /// A user.
    User,
    /// A user, and perhaps a number.
    UserAndNumber,
}

/// Everybody a file names, in its order.
pub(super) async fn read(
    store: &TenantStore,
    file: &Path,
    columns: Columns,
) -> anyhow::Result<Vec<Listed>> {
    let text = std::fs::read_to_string(file)
        .with_context(|| format!("{} cannot be read as text in UTF-8", file.display()))?;
    let mut list = List::default();
    for (place, line) in (1..).zip(text.trim_start_matches('\u{feff}').lines()) {
        if let Some(cells) = cells(line).filter(|cells| !is_header(cells)) {
            match row(store, &cells, columns).await {
                Ok(listed) => list.add(place, listed),
                Err(why) => list.wrong.push((place, why)),
            }
        }
    }
    list.whole(file).map_err(Into::into)
}

#[derive(Default)]
struct List {
    people: Vec<Listed>,
    users: BTreeMap<UserId, usize>,
    numbers: BTreeMap<E164, usize>,
    wrong: Vec<(usize, String)>,
}

impl List {
    /// Nobody and no number may stand there twice.
    fn add(&mut self, place: usize, listed: Listed) {
        if let Some(before) = self.users.insert(listed.user, place) {
            let why = format!("the same user as in line {before}");
            self.wrong.push((place, why));
        }
        if let Some(number) = listed.number
            && let Some(before) = self.numbers.insert(number, place)
        {
            let why = format!("{number} is in line {before} already");
            self.wrong.push((place, why));
        }
        self.people.push(listed);
    }

    fn whole(self, file: &Path) -> Result<Vec<Listed>, Failure> {
        let file = file.display();
        if self.wrong.is_empty() && self.people.is_empty() {
            let text = format!("{file} names nobody: write one user a line, as UPN, mail or id");
            return Err(Failure::new(Exit::Error, text));
        }
        if self.wrong.is_empty() {
            return Ok(self.people);
        }
        let mut text = format!("{file}: nothing was changed, because of what is wrong in it:");
        for (place, why) in self.wrong.iter().take(NAMED) {
            text.push_str(&format!("\n  line {place}: {why}"));
        }
        if let Some(more @ 1..) = self.wrong.len().checked_sub(NAMED) {
            text.push_str(&format!("\n  … and {more} more"));
        }
        Err(Failure::new(Exit::Error, text))
    }
}

/// The cells of a line; `None`: it holds nothing. Names of guests hold a `#` of their own.
fn cells(line: &str) -> Option<Vec<String>> {
    let line = line.trim();
    let end = line.find(" #").or_else(|| line.find("\t#"));
    let line = line[..end.unwrap_or(line.len())].trim();
    if line.is_empty() || line.starts_with('#') {
        return None;
    }
    let cells = line.split([',', ';', '\t']);
    let plain = |cell: &str| cell.trim().trim_matches('"').trim().to_owned();
    Some(cells.map(plain).collect())
}

fn is_header(cells: &[String]) -> bool {
    let named = |at: usize, name: &str| {
        let cell: Option<&String> = cells.get(at);
        cell.is_none_or(|cell| cell.eq_ignore_ascii_case(name))
    };
    named(0, "user") && named(1, "number")
}

async fn row(store: &TenantStore, cells: &[String], columns: Columns) -> Result<Listed, String> {
    let (user, number) = match (cells, columns) {
        ([user], _) => (user, None),
        ([user, number], Columns::UserAndNumber) => (user, Some(number)),
        (_, Columns::User) => return Err("expected one user and nothing else".to_owned()),
        (_, Columns::UserAndNumber) => return Err("expected `user` or `user,number`".to_owned()),
    };
    let number = number.filter(|number| !number.is_empty());
    let number = number.map(|text| read_number(text)).transpose();
    let number = number.map_err(|error| error.to_string())?;
    match known(store, user).await {
        Ok(Some(user)) => Ok(Listed { user, number }),
        Ok(None) => Err(format!(
            "no user with the UPN, mail or id `{user}` is known; a sync finds new ones"
        )),
        Err(error) => Err(format!("{error:#}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_cells_or_nothing() {
        for nothing in ["", "  ", "# all of Munich", "\t# none"] {
            assert_eq!(cells(nothing), None, "{nothing:?}");
        }
        for (line, expected) in [
            ("anna@x.test", &["anna@x.test"][..]),
            (" anna@x.test  # of sales", &["anna@x.test"]),
            ("a_b#EXT#@x.test", &["a_b#EXT#@x.test"]),
            ("\"anna@x.test\";\"+49 89 1\"", &["anna@x.test", "+49 89 1"]),
            ("anna@x.test,", &["anna@x.test", ""]),
            ("a\tb\tc", &["a", "b", "c"]),
        ] {
            assert_eq!(cells(line).expect("cells"), expected, "{line:?}");
        }
    }

    #[test]
    fn a_header_is_no_user() {
        let header = |line| is_header(&cells(line).expect("cells"));
        assert!(header("User,Number") && header("user") && header("USER;NUMBER"));
        assert!(!header("user,+498955501000") && !header("users"));
    }
}
