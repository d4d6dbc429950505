//! The rows of a file that names people: whom each means, and what stands against it.

use super::files::{note_wrong, refused_row};
use crate::directory::UserId;
use crate::numbering::E164;
use crate::plan::Refusal;
use crate::reconcile::{BulkDesk, OverrideError, PinWish, ROWS_AT_ONCE};
use crate::report::{Matched, WrongRow};
use crate::sheets::{PinRow, Row, Sheet, pin_row};
use std::collections::{BTreeMap, BTreeSet};

/// A row that names one person and a number.
pub(super) struct Named {
    pub(super) line: u64,
    /// What the file calls the person.
    pub(super) text: String,
    pub(super) user: UserId,
    pub(super) number: E164,
}

/// All rows of a file, as far as they can be told by themselves.
#[derive(Default)]
pub(super) struct Rows {
    /// Rows that are in order, each person and each number once.
    pub(super) named: Vec<Named>,
    /// The number each person of these is to have.
    pub(super) wanted: BTreeMap<UserId, E164>,
    /// People and numbers of rows that are wrong.
    pub(super) wrong_users: BTreeSet<UserId>,
    pub(super) wrong_numbers: BTreeSet<E164>,
    users: BTreeMap<UserId, u64>,
    numbers: BTreeMap<E164, u64>,
}

impl Rows {
    /// Reads them, and counts what is wrong.
    pub(super) async fn read(
        sheet: &Sheet,
        desk: &BulkDesk<'_>,
        matched: &mut Matched,
    ) -> anyhow::Result<Self> {
        let mut read = Self::default();
        let mut rows = sheet.rows()?;
        loop {
            let chunk: Vec<Result<Row, WrongRow>> =
                rows.by_ref().take(ROWS_AT_ONCE).collect::<Result<_, _>>()?;
            if chunk.is_empty() {
                return Ok(read);
            }
            matched.rows += chunk.len() as u64;
            read.chunk(chunk, desk, matched).await?;
        }
    }

    async fn chunk(
        &mut self,
        chunk: Vec<Result<Row, WrongRow>>,
        desk: &BulkDesk<'_>,
        matched: &mut Matched,
    ) -> Result<(), OverrideError> {
        let mut rows: Vec<PinRow> = Vec::with_capacity(chunk.len());
        for row in chunk {
            match row {
                Ok(row) => rows.push(pin_row(&row)),
                Err(wrong) => note_wrong(matched, wrong),
            }
        }
        let texts: Vec<String> = rows
            .iter()
            .filter_map(|row| row.user.clone().ok())
            .collect();
        let mut meant = desk.records.meant(&texts).await?.into_iter();
        for row in rows {
            let user = row.user.and_then(|text| {
                let found = meant.next().unwrap_or_default();
                matched.rows_without_user += u64::from(found.is_empty());
                Ok((only(row.line, &text, &found)?, text))
            });
            self.add(row.line, user, row.number, matched);
        }
        Ok(())
    }

    fn add(
        &mut self,
        line: u64,
        user: Result<(UserId, String), WrongRow>,
        number: Result<E164, WrongRow>,
        matched: &mut Matched,
    ) {
        let told = match (user, number) {
            (Ok((user, text)), Ok(number)) => {
                let named = Named {
                    line,
                    text,
                    user,
                    number,
                };
                match self.twice(&named) {
                    None => {
                        self.users.insert(user, line);
                        self.numbers.insert(number, line);
                        self.wanted.insert(user, number);
                        self.named.push(named);
                        return;
                    }
                    Some(wrong) => (Some(user), Some(number), vec![wrong]),
                }
            }
            (Ok((user, _)), Err(wrong)) => (Some(user), None, vec![wrong]),
            (Err(wrong), Ok(number)) => (None, Some(number), vec![wrong]),
            (Err(user), Err(number)) => (None, None, vec![user, number]),
        };
        self.wrong_users.extend(told.0);
        self.wrong_numbers.extend(told.1);
        let mut wrongs = told.2.into_iter();
        if let Some(first) = wrongs.next() {
            note_wrong(matched, first);
        }
        // A second fault of one row is told and not counted.
        for second in wrongs {
            note_wrong(matched, second);
            matched.wrong_rows -= 1;
        }
    }

    /// Why the row cannot stand beside one before it.
    fn twice(&self, row: &Named) -> Option<WrongRow> {
        if let Some(before) = self.users.get(&row.user) {
            let message = format!("line {before} names this person already: keep one of the two");
            return Some(WrongRow::new(row.line, "user-twice", message).at("user", &row.text));
        }
        let before = self.numbers.get(&row.number)?;
        let message =
            format!("line {before} gives this number to somebody else: keep one of the two");
        Some(WrongRow::new(row.line, "number-twice", message).at("number", row.number.to_string()))
    }

    /// Leaves the rows whose pins may be set. With `again` a row that is left out keeps its person's old pin, which may
    /// stand against another row: the others are looked at once more.
    pub(super) async fn keep_well(
        &mut self,
        desk: &BulkDesk<'_>,
        (force, replace, again): (bool, bool, bool),
        matched: &mut Matched,
    ) -> Result<(), OverrideError> {
        loop {
            let lets_go = |user: UserId, number: E164| self.lets_go(replace, user, number);
            let mut refused = BTreeSet::new();
            for chunk in self.named.chunks(ROWS_AT_ONCE) {
                let found = desk.look_at_pins(&wishes(chunk), force, &lets_go).await?;
                let well = well(chunk, found, matched).into_iter();
                let well: BTreeSet<u64> = well.map(|(row, ())| row.line).collect();
                let lines = chunk.iter().map(|row| row.line);
                refused.extend(lines.filter(|line| !well.contains(line)));
            }
            for row in self.named.extract_if(.., |row| refused.contains(&row.line)) {
                self.wanted.remove(&row.user);
                self.wrong_users.insert(row.user);
                self.wrong_numbers.insert(row.number);
            }
            if refused.is_empty() || !again {
                return Ok(());
            }
        }
    }

    /// Whether somebody's pin to a number ends with the file. Wrong rows leave alone whom and what they name.
    pub(super) fn lets_go(&self, replace: bool, user: UserId, number: E164) -> bool {
        match self.wanted.get(&user) {
            Some(wanted) => *wanted != number,
            None => {
                let spared =
                    self.wrong_users.contains(&user) || self.wrong_numbers.contains(&number);
                replace && !spared
            }
        }
    }

    /// The rows whose profiles may be written, and whether they have to be.
    pub(super) async fn look_at_profiles(
        &self,
        desk: &BulkDesk<'_>,
        force: bool,
        matched: &mut Matched,
    ) -> Result<Vec<(&Named, Option<bool>)>, OverrideError> {
        let mut fit = Vec::new();
        for chunk in self.named.chunks(ROWS_AT_ONCE) {
            let found = desk.look_at_profiles(&wishes(chunk), force).await?;
            fit.extend(well(chunk, found, matched));
        }
        Ok(fit)
    }
}

fn wishes(rows: &[Named]) -> Vec<PinWish> {
    let wish = |row: &Named| PinWish {
        user: row.user,
        number: row.number,
    };
    rows.iter().map(wish).collect()
}

/// The rows that nothing stands against.
fn well<'r, T>(
    rows: &'r [Named],
    found: Vec<Result<T, Refusal>>,
    matched: &mut Matched,
) -> Vec<(&'r Named, T)> {
    let mut fit = Vec::new();
    for (row, found) in rows.iter().zip(found) {
        match found {
            Ok(found) => fit.push((row, found)),
            Err(refusal) => {
                let (column, read) = match refusal {
                    Refusal::UnknownUser(_) | Refusal::Gone { .. } | Refusal::NoGuest { .. } => {
                        ("user", row.text.clone())
                    }
                    _ => ("number", row.number.to_string()),
                };
                note_wrong(matched, refused_row(row.line, column, read, &refusal));
            }
        }
    }
    fit
}

/// The one person a text means.
fn only(line: u64, text: &str, found: &[UserId]) -> Result<UserId, WrongRow> {
    match found {
        [user] => Ok(*user),
        [] => {
            let message = "nobody is known by this UPN, mail address or employee id";
            let help = "correct it; `linekeeper sync` reads whoever has joined since the last one";
            Err(WrongRow::new(line, "unknown-user", message)
                .at("user", text)
                .mended(help))
        }
        several => {
            let ids: Vec<String> = several.iter().map(UserId::to_string).collect();
            let message = format!("this names {} people: {}", several.len(), ids.join(", "));
            let help = "write the UPN or the object id of the one who is meant";
            Err(WrongRow::new(line, "several-users", message)
                .at("user", text)
                .mended(help))
        }
    }
}
