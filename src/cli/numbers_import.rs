//! `numbers import FILE`.

use super::args::ImportArgs;
use super::exit::Exit;
use super::files::{self, Telling, Words, note_wrong, refused_row};
use super::output::Output;
use super::overrides::Bureau;
use crate::app::App;
use crate::numbering::{E164, NumberState};
use crate::plan::{NumberWish, Refusal};
use crate::reconcile::{
    BulkDesk, InBulk as _, NumberFit, NumberWishes, OverrideError, ROWS_AT_ONCE,
};
use crate::report::{Matched, WrongRow};
use crate::sheets::{NUMBERS, Row, Rows, Sheet, number_wish};
use std::collections::HashMap;
use std::io;

/// `numbers import FILE`: looks at every row, and sets what is asked for if none is wrong.
pub(super) async fn import(
    app: &App,
    args: &ImportArgs,
    output: &mut Output,
) -> anyhow::Result<Exit> {
    let Some(file) = args.file.as_deref() else {
        return files::template(&NUMBERS, output);
    };
    let config = files::one_tenant(app, args.tenants.tenant.as_deref())?;
    let bureau = Bureau::of(app, config).await?;
    let rules = bureau.rules(app)?;
    let desk = bureau.bulk(&rules);
    let matched = Matched {
        tenant: config.name.clone(),
        preview: args.preview,
        licences: files::licences(app, config, output).await,
        ..Matched::default()
    };
    let mut look = Look {
        matched,
        ..Look::default()
    };
    let opened = files::open(file, &NUMBERS)?;
    let unusable = opened.is_err();
    match opened {
        Err(wrong) => note_wrong(&mut look.matched, wrong),
        Ok(sheet) => {
            look.over(&sheet, &desk).await?;
            let wrong = look.matched.wrong_rows > 0 && !args.skip_invalid;
            if !args.preview && !wrong && look.matched.new_matches + look.matched.to_remove > 0 {
                let rows = || wishes(&sheet, &look.to_set);
                let set = bureau.store().set_numbers(desk.by, &rows, desk.now).await?;
                look.matched.changed = set > 0;
            }
        }
    }
    let telling = Telling {
        file,
        unusable,
        skip_invalid: args.skip_invalid,
        words: WORDS,
    };
    files::tell(&mut look.matched, &telling, output)
}

const WORDS: Words = Words {
    new_matches: "numbers set aside or put to rest",
    rows_without_user: "rows whose number nobody has",
    users_without_row: "managed holders without a row",
    to_remove: "reservations, rests and blocks taken back",
    total_after: "numbers set aside or resting afterwards",
};

/// What is known of a file once all of its rows have been looked at. Of a row no more is kept than its number with its
/// line, and whether it is to be set.
#[derive(Default)]
struct Look {
    matched: Matched,
    seen: HashMap<E164, u32, foldhash::fast::RandomState>,
    /// Of each row, in their order, whether it sets something.
    to_set: Vec<bool>,
    held: u64,
}

impl Look {
    async fn over(&mut self, sheet: &Sheet, desk: &BulkDesk<'_>) -> anyhow::Result<()> {
        let mut rows = sheet.rows()?;
        self.matched.total_after = desk.records.set_aside(desk.now).await?;
        loop {
            let chunk = chunk_of(&mut rows)?;
            if chunk.is_empty() {
                break;
            }
            self.chunk(chunk, desk).await?;
        }
        let holders = desk.records.holders().await?;
        self.matched.users_without_row = holders.saturating_sub(self.held);
        Ok(())
    }

    async fn chunk(
        &mut self,
        chunk: Vec<Result<Row, WrongRow>>,
        desk: &BulkDesk<'_>,
    ) -> Result<(), OverrideError> {
        let first = self.to_set.len();
        self.to_set.resize(first + chunk.len(), false);
        self.matched.rows += chunk.len() as u64;
        let (mut places, mut asked) = (Vec::new(), Vec::new());
        for (place, row) in (first..).zip(chunk) {
            match row.and_then(|row| self.once(&row)) {
                Ok((line, wish)) => {
                    places.push((place, line));
                    asked.push(wish);
                }
                Err(wrong) => note_wrong(&mut self.matched, wrong),
            }
        }
        let fits = desk.look_at_numbers(&asked).await?;
        for (((place, line), wish), fit) in places.into_iter().zip(&asked).zip(fits) {
            match fit {
                Ok(fit) => self.fits(place, wish, fit),
                Err(refusal) => note_wrong(&mut self.matched, refused(line, wish, &refusal)),
            }
        }
        Ok(())
    }

    /// What the row asks for, unless a row before it is about the same number.
    fn once(&mut self, row: &Row) -> Result<(u64, NumberWish), WrongRow> {
        let wish = number_wish(row)?;
        let line = u32::try_from(row.line).unwrap_or(u32::MAX);
        match self.seen.get(&wish.number) {
            Some(before) => {
                let message =
                    format!("line {before} is about this number already: keep one of the two");
                let number = wish.number.to_string();
                Err(WrongRow::new(row.line, "number-twice", message).at("number", number))
            }
            None => {
                self.seen.insert(wish.number, line);
                Ok((row.line, wish))
            }
        }
    }

    fn fits(&mut self, place: usize, wish: &NumberWish, fit: NumberFit) {
        let matched = &mut self.matched;
        self.held += u64::from(fit.in_hands);
        matched.rows_without_user += u64::from(!fit.in_hands);
        if !fit.changes {
            matched.unchanged += 1;
            return;
        }
        self.to_set[place] = true;
        let goes = wish.state == NumberState::Free;
        match goes {
            true => matched.to_remove += 1,
            false => matched.new_matches += 1,
        }
        match (fit.was_set_aside, goes) {
            (true, true) => matched.total_after = matched.total_after.saturating_sub(1),
            (false, false) => matched.total_after += 1,
            _ => {}
        }
    }
}

/// What stands against a row: its time, or its number.
fn refused(line: u64, wish: &NumberWish, refusal: &Refusal) -> WrongRow {
    match refusal {
        Refusal::Past { until } => refused_row(line, "until", until.to_string(), refusal),
        _ => refused_row(line, "number", wish.number.to_string(), refusal),
    }
}

/// The next rows.
fn chunk_of(rows: &mut Rows<'_>) -> io::Result<Vec<Result<Row, WrongRow>>> {
    rows.take(ROWS_AT_ONCE).collect()
}

/// What the rows that set something ask for, read from the file once more.
fn wishes<'s>(sheet: &'s Sheet, to_set: &'s [bool]) -> io::Result<NumberWishes<'s>> {
    let (mut rows, mut place) = (sheet.rows()?, 0);
    Ok(Box::new(std::iter::from_fn(move || {
        let chunk = match chunk_of(&mut rows) {
            Ok(chunk) if chunk.is_empty() => return None,
            Ok(chunk) => chunk,
            Err(error) => return Some(Err(error)),
        };
        let mut asked = Vec::new();
        for row in chunk {
            let wanted = to_set.get(place).copied().unwrap_or_default();
            place += 1;
            if wanted && let Ok(wish) = row.and_then(|row| number_wish(&row)) {
                asked.push(wish);
            }
        }
        Some(Ok(asked))
    })))
}
