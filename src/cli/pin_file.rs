//! `users pin --file FILE`: pins, or numbers for the profiles of guests.

use super::args::PinArgs;
use super::by_hand::order;
use super::exit::Exit;
use super::files::{self, Telling, Words, note_wrong};
use super::output::Output;
use super::overrides::Bureau;
use super::pin_rows::{Named, Rows};
use crate::app::App;
use crate::config::TenantConfig;
use crate::directory::{Kind, LicenceBook, UserId, VoiceLicence};
use crate::numbering::E164;
use crate::plan::{Hand, Mode, Wish};
use crate::reconcile::{BulkDesk, Scope};
use crate::report::{Matched, WrongRow};
use crate::sheets::{PINS, Sheet};
use anyhow::bail;
use std::collections::BTreeMap;
use std::path::Path;

/// Everybody is gone through in pages of this size.
const PAGE: usize = 5_000;

/// `users pin --file FILE`, and `users pin --template`.
pub(super) async fn pin_file(
    app: &App,
    args: &PinArgs,
    output: &mut Output,
) -> anyhow::Result<Exit> {
    let Some(file) = args.many.file.as_deref() else {
        return files::template(&PINS, output);
    };
    let config = files::one_tenant(app, args.tenants.tenant.as_deref())?;
    let bureau = Bureau::of(app, config).await?;
    let rules = bureau.rules(app)?;
    let desk = bureau.bulk(&rules);
    let opened = files::open(file, &PINS)?;
    let telling = telling(file, args, opened.is_err());
    let mut matched = Matched {
        tenant: config.name.clone(),
        preview: args.many.preview,
        licences: files::licences(app, config, output).await,
        ..Matched::default()
    };
    let sheet = match opened {
        Ok(sheet) => sheet,
        Err(wrong) => {
            note_wrong(&mut matched, wrong);
            return files::tell(&mut matched, &telling, output);
        }
    };
    let bringing = Bringing {
        desk: &desk,
        args,
        sheet: &sheet,
    };
    if !args.many.profile_only {
        bringing.pins(&mut matched).await?;
        return files::tell(&mut matched, &telling, output);
    }
    let phones = bringing.phones(&mut matched).await?;
    let writes = !args.many.preview && desk.settings.mode != Mode::Observe;
    matched.changed = writes && !phones.is_empty();
    let done = files::tell(&mut matched, &telling, output)?;
    match args.many.preview || phones.is_empty() {
        true => Ok(done),
        false => written(app, config, args, phones, output).await,
    }
}

fn telling<'a>(file: &'a Path, args: &PinArgs, unusable: bool) -> Telling<'a> {
    Telling {
        file,
        unusable,
        skip_invalid: args.many.skip_invalid,
        words: match args.many.profile_only {
            true => PROFILE_WORDS,
            false => WORDS,
        },
    }
}

const WORDS: Words = Words {
    new_matches: "new pins",
    rows_without_user: "rows without a user",
    users_without_row: "licensed people without a row",
    to_remove: "pins without a row, dropped",
    total_after: "pins afterwards",
};

const PROFILE_WORDS: Words = Words {
    new_matches: "profiles to be written",
    rows_without_user: "rows without a user",
    users_without_row: "guests without a row",
    to_remove: "profiles to be cleared",
    total_after: "guests with the number of their row afterwards",
};

/// Writes the profiles, as changes by hand: journal, re-reads and audit trail are theirs.
async fn written(
    app: &App,
    config: &TenantConfig,
    args: &PinArgs,
    phones: BTreeMap<UserId, E164>,
    output: &mut Output,
) -> anyhow::Result<Exit> {
    let (tenant, _) = app.tenant(config).await?;
    let people = phones.keys().copied().collect();
    let wish = Wish::Profile { phones };
    order(app, &tenant, Hand { people, wish }, args.wait, output).await
}

/// A file being brought.
struct Bringing<'a> {
    desk: &'a BulkDesk<'a>,
    args: &'a PinArgs,
    sheet: &'a Sheet,
}

impl Bringing<'_> {
    /// Looks at the rows again and again until what was looked at is what is set: somebody else may pin meanwhile.
    async fn pins(&self, matched: &mut Matched) -> anyhow::Result<()> {
        const ATTEMPTS: usize = 5;
        for _ in 0..ATTEMPTS {
            let mut look = matched.clone();
            let changes = self.look_at_pins(&mut look).await?;
            let wrong = look.wrong_rows > 0 && !self.args.many.skip_invalid;
            let set = match look.preview || wrong || changes.is_empty() {
                true => None,
                false => Some(
                    self.desk
                        .records
                        .set_pins(self.desk.by, &changes, self.desk.now)
                        .await?,
                ),
            };
            look.changed = set == Some(true);
            if set != Some(false) {
                *matched = look;
                return Ok(());
            }
        }
        bail!("others go on pinning people to numbers of the file; nothing was changed, try again")
    }

    async fn look_at_pins(
        &self,
        matched: &mut Matched,
    ) -> anyhow::Result<Vec<(UserId, Option<E164>)>> {
        let mut rows = Rows::read(self.sheet, self.desk, matched).await?;
        let pinned = self.desk.records.pins().await?;
        let replace = self.args.many.replace;
        if replace && rows.named.is_empty() && matched.wrong_rows == 0 && !pinned.is_empty() {
            let message = format!(
                "the file has no rows, so that --replace would drop all {} pins; `linekeeper users unpin` drops one",
                pinned.len()
            );
            note_wrong(matched, WrongRow::new(1, "no-rows", message));
            return Ok(Vec::new());
        }
        let asked = (self.args.force, replace, self.args.many.skip_invalid);
        rows.keep_well(self.desk, asked, matched).await?;
        let fit = &rows.named;
        let is_new = |named: &&Named| pinned.get(&named.user) != Some(&named.number);
        let new: Vec<_> = fit.iter().filter(is_new).collect();
        let dropped = pinned.iter().filter(|(user, number)| {
            !rows.wanted.contains_key(user) && rows.lets_go(replace, **user, **number)
        });
        let mut changes: Vec<(UserId, Option<E164>)> =
            dropped.map(|(user, _)| (*user, None)).collect();
        let first_pins = new
            .iter()
            .filter(|named| !pinned.contains_key(&named.user))
            .count();
        matched.unchanged = (fit.len() - new.len()) as u64;
        matched.new_matches = new.len() as u64;
        matched.to_remove = changes.len() as u64;
        matched.total_after = (pinned.len() - changes.len() + first_pins) as u64;
        changes.extend(new.iter().map(|named| (named.user, Some(named.number))));
        matched.users_without_row = self
            .without_row(&rows, |kind, licence| {
                kind == Kind::Person && licence != VoiceLicence::None
            })
            .await?;
        Ok(changes)
    }

    async fn phones(&self, matched: &mut Matched) -> anyhow::Result<BTreeMap<UserId, E164>> {
        let rows = Rows::read(self.sheet, self.desk, matched).await?;
        let mut phones = BTreeMap::new();
        for (named, writes) in rows
            .look_at_profiles(self.desk, self.args.force, matched)
            .await?
        {
            match writes {
                Some(true) => {
                    phones.insert(named.user, named.number);
                    matched.new_matches += 1;
                }
                Some(false) => matched.unchanged += 1,
                None => matched.notes.push(format!(
                    "line {}: the profile of {} is synchronised from on-premises and cannot be written: set the number there",
                    named.line, named.text
                )),
            }
        }
        matched.total_after = matched.new_matches + matched.unchanged;
        matched.users_without_row = self
            .without_row(&rows, |kind, _| kind == Kind::Guest)
            .await?;
        match matched.wrong_rows > 0 && !self.args.many.skip_invalid {
            true => Ok(BTreeMap::new()),
            false => Ok(phones),
        }
    }

    /// How many of these people no row names.
    async fn without_row(
        &self,
        rows: &Rows,
        counts: impl Fn(Kind, VoiceLicence) -> bool,
    ) -> anyhow::Result<u64> {
        let anchor = self.desk.records.around(&[]).await?.state.anchor;
        let book = LicenceBook::new(self.desk.settings.catalogue.clone(), anchor.products());
        let (mut after, mut count) = (None, 0);
        loop {
            let page = self
                .desk
                .records
                .users(&Scope::Everyone, after, PAGE)
                .await?;
            let Some(last) = page.last() else {
                return Ok(count);
            };
            after = Some(last.user.id);
            for stored in page.iter().filter(|stored| stored.gone.is_none()) {
                let licensing = book.read(&stored.user);
                let named = rows.wanted.contains_key(&stored.user.id)
                    || rows.wrong_users.contains(&stored.user.id);
                count += u64::from(!named && counts(licensing.kind, licensing.voice));
            }
        }
    }
}
