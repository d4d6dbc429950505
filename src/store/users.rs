//! Items of pages into rows of users: only what differs is written.

use super::bulk::Batch;
use super::error::Fault;
use super::licence_sets::LicenceNumbers;
use super::marks;
use super::people;
use super::record::{self, Encoded};
use super::rosters::Roster;
use super::run_set::RunSet;
use super::writing::Writing;
use crate::directory::{Attribute, Observed, User, UserId};
use crate::plan::GoneHow;
use std::collections::BTreeMap;

/// Rows of one statement: large enough that statements cost nothing, small enough that memory does not matter.
const CHUNK: usize = 1000;

/// What a batch of items came to.
#[derive(Debug, Default)]
pub(super) struct Absorbed {
    /// Every user met, in order, and whether the item said something new of that user.
    pub(super) seen: Vec<(u32, bool)>,
    /// Users known to have been met twice with different content.
    pub(super) twice: RunSet,
    /// Users to be decided.
    pub(super) undecided: RunSet,
}

/// One row to be written.
struct Row<'a> {
    user: &'a User,
    licences: i64,
    encoded: Encoded,
    gone: Option<GoneHow>,
    known: bool,
}

/// Rows and departures of a batch, each user once: the last item wins.
#[derive(Default)]
struct Pending<'a> {
    rows: BTreeMap<u32, Row<'a>>,
    gone: BTreeMap<u32, GoneHow>,
}

/// Stores items; the roster knows everybody of them who is stored already, and knows them all afterwards.
pub(super) async fn absorb<'a>(
    w: &mut Writing,
    roster: &mut Roster,
    licences: &LicenceNumbers,
    items: impl Iterator<Item = &'a Observed>,
) -> Result<Absorbed, Fault> {
    let mut absorbed = Absorbed::default();
    let mut pending = Pending::default();
    for item in items {
        let met = match item {
            Observed::Present(user) => {
                let number = licences.of(&user.licences);
                let number =
                    number.ok_or_else(|| Fault::Corrupt("a licence set has no number".into()))?;
                Some(pending.present(w, roster, user, number)?)
            }
            Observed::Removed { id, for_good } => pending.removed(w, roster, *id, *for_good),
        };
        let Some((no, changed)) = met else { continue };
        absorbed.seen.push((no, changed));
        if changed {
            absorbed.undecided.insert(no);
        }
    }
    pending.write(w).await?;
    Ok(absorbed)
}

impl<'a> Pending<'a> {
    fn present(
        &mut self,
        w: &mut Writing,
        roster: &mut Roster,
        user: &'a User,
        licences: i64,
    ) -> Result<(u32, bool), Fault> {
        let encoded = record::encode(user, licences)?;
        let digest = encoded.digest;
        let (no, known) = match roster.get_mut(user.id) {
            Some(known) if known.digest == digest && !known.gone => return Ok((known.no, false)),
            Some(known) => {
                w.head.users += i64::from(known.gone);
                known.digest = digest;
                known.gone = false;
                (known.no, true)
            }
            None => {
                let no = marks::narrow(w.head.next_user)?;
                w.head.next_user += 1;
                w.head.users += 1;
                roster.add(user.id, no, digest, false);
                (no, false)
            }
        };
        // Somebody new of this very batch is still new to the database.
        let known = known && self.rows.get(&no).is_none_or(|row| row.known);
        self.gone.remove(&no);
        let row = Row {
            user,
            licences,
            encoded,
            gone: None,
            known,
        };
        self.rows.insert(no, row);
        Ok((no, true))
    }

    fn removed(
        &mut self,
        w: &mut Writing,
        roster: &mut Roster,
        id: UserId,
        for_good: bool,
    ) -> Option<(u32, bool)> {
        let known = roster.get_mut(id)?;
        let how = match for_good {
            true => GoneHow::Deleted,
            false => GoneHow::SoftDeleted,
        };
        let changed = !known.gone;
        w.head.users -= i64::from(changed);
        known.gone = true;
        match self.rows.get_mut(&known.no) {
            Some(row) => row.gone = Some(how),
            None => {
                self.gone.insert(known.no, how);
            }
        }
        Some((known.no, changed))
    }

    async fn write(mut self, w: &mut Writing) -> Result<(), Fault> {
        let anybody_gone =
            !self.gone.is_empty() || self.rows.values().any(|row| row.gone.is_some());
        while !self.rows.is_empty() {
            let rest = match self.rows.keys().nth(CHUNK) {
                Some(first) => {
                    let first = *first;
                    self.rows.split_off(&first)
                }
                None => BTreeMap::new(),
            };
            let chunk = std::mem::replace(&mut self.rows, rest);
            remember_upns(w, &chunk).await?;
            note_people(w, &chunk).await?;
            write_rows(w, chunk).await?;
        }
        mark_gone(w, self.gone.into_iter().collect()).await?;
        if anybody_gone {
            people::make_employee_index(&mut w.tx).await?;
        }
        Ok(())
    }
}

async fn write_rows(w: &mut Writing, rows: BTreeMap<u32, Row<'_>>) -> Result<(), Fault> {
    const PUT: &str = "INSERT INTO users (tenant, no, id, upn_key, mail_key, employee_key, licences, digest,
            gone_since, gone_how, record)
        SELECT $1, no, id, upn_key, mail_key, employee_key, licences, digest,
            CASE WHEN gone_how IS NULL THEN NULL ELSE $2 END, gone_how, record
        FROM {batch} WHERE true
        ON CONFLICT (tenant, no) DO UPDATE SET upn_key = excluded.upn_key, mail_key = excluded.mail_key,
            employee_key = excluded.employee_key, licences = excluded.licences, digest = excluded.digest,
            gone_since = excluded.gone_since, gone_how = excluded.gone_how, record = excluded.record";
    let text = |row: &Row<'_>, attribute| record::lookup_key(row.user.attributes.get(attribute));
    let digest = |row: &Row<'_>| i64::try_from(row.encoded.digest).unwrap_or_default();
    let batch = Batch::default()
        .int("no", rows.keys().map(|no| i64::from(*no)))
        .text("id", rows.values().map(|row| row.user.id.to_string()))
        .maybe_text(
            "upn_key",
            rows.values().map(|row| text(row, Attribute::Upn)),
        )
        .maybe_text(
            "mail_key",
            rows.values().map(|row| text(row, Attribute::Mail)),
        )
        .maybe_text("employee_key", rows.values().map(employee_key))
        .int("licences", rows.values().map(|row| row.licences))
        .int("digest", rows.values().map(digest))
        .maybe_text("gone_how", rows.values().map(|row| row.gone.map(name_of)))
        .json("record", rows.into_values().map(|row| row.encoded.record));
    batch
        .execute(&mut w.tx, PUT, &[w.tenant, w.now.as_microsecond()])
        .await?;
    Ok(())
}

/// Keeps the UPNs that users are about to lose, so that people can still be found by them.
async fn remember_upns(w: &mut Writing, rows: &BTreeMap<u32, Row<'_>>) -> Result<(), Fault> {
    const KEEP: &str = "INSERT INTO former_upns (tenant, upn_key, user_no)
        SELECT u.tenant, u.upn_key, u.no FROM {batch} CROSS JOIN users u
        WHERE u.tenant = $1 AND u.no = batch.no AND u.upn_key IS NOT NULL AND u.upn_key <> COALESCE(batch.upn_key, '') ON CONFLICT DO NOTHING";
    let known = || rows.iter().filter(|(_, row)| row.known);
    let upn = |row: &Row<'_>| record::lookup_key(row.user.attributes.get(Attribute::Upn));
    let batch = Batch::default()
        .int("no", known().map(|(no, _)| i64::from(*no)))
        .maybe_text("upn_key", known().map(|(_, row)| upn(row)));
    batch.execute(&mut w.tx, KEEP, &[w.tenant]).await?;
    Ok(())
}

/// Notes whose record is written, and which employee keys come with it and go.
async fn note_people(w: &mut Writing, rows: &BTreeMap<u32, Row<'_>>) -> Result<(), Fault> {
    const LOST: &str = "SELECT DISTINCT u.employee_key FROM {batch}
        CROSS JOIN users u WHERE u.tenant = $1 AND u.no = batch.no AND u.employee_key IS NOT NULL AND u.employee_key <> COALESCE(batch.employee_key, '')";
    w.written.people(rows.keys().copied());
    if w.written.everything {
        return Ok(());
    }
    let known = || rows.iter().filter(|(_, row)| row.known);
    let batch = Batch::default()
        .int("no", known().map(|(no, _)| i64::from(*no)))
        .maybe_text("employee_key", known().map(|(_, row)| employee_key(row)));
    let lost: Vec<(String,)> = batch.fetch(&mut w.tx, LOST, &[w.tenant]).await?;
    let gained: Vec<String> = rows.values().filter_map(employee_key).collect();
    w.written.employees(lost.into_iter().map(|(key,)| key));
    w.written.employees(gained.into_iter());
    Ok(())
}

/// Marks users as gone; who is gone already stays gone since then.
async fn mark_gone(w: &mut Writing, gone: Vec<(u32, GoneHow)>) -> Result<(), Fault> {
    const GONE: &str =
        "UPDATE users SET gone_since = COALESCE(gone_since, $2), gone_how = batch.how
        FROM {batch} WHERE users.tenant = $1 AND users.no = batch.no";
    w.written.people(gone.iter().map(|(no, _)| *no));
    for chunk in gone.chunks(CHUNK) {
        let batch = Batch::default()
            .int("no", chunk.iter().map(|(no, _)| i64::from(*no)))
            .text("how", chunk.iter().map(|(_, how)| name_of(*how)));
        batch
            .execute(&mut w.tx, GONE, &[w.tenant, w.now.as_microsecond()])
            .await?;
    }
    Ok(())
}

/// Marks users a full round did not see as gone and undecided.
pub(super) async fn mark_absent(w: &mut Writing, missing: &RunSet) -> Result<(), Fault> {
    if missing.is_empty() {
        return Ok(());
    }
    mark_gone(w, missing.iter().map(|no| (no, GoneHow::Absent)).collect()).await?;
    w.head.users -= i64::try_from(missing.count()).unwrap_or_default();
    people::make_employee_index(&mut w.tx).await?;
    marks::mark(w, missing).await
}

fn employee_key(row: &Row<'_>) -> Option<String> {
    record::identity_key(row.user.attributes.get(Attribute::EmployeeId))
}

fn name_of(how: GoneHow) -> String {
    match how {
        GoneHow::SoftDeleted => "soft-deleted",
        GoneHow::Deleted => "deleted",
        GoneHow::Absent => "absent",
    }
    .to_owned()
}

/// How a user went, by its stored name.
pub(super) fn how_of(name: &str) -> Result<GoneHow, Fault> {
    match name {
        "soft-deleted" => Ok(GoneHow::SoftDeleted),
        "deleted" => Ok(GoneHow::Deleted),
        "absent" => Ok(GoneHow::Absent),
        other => Err(Fault::Corrupt(format!(
            "`{other}` is stored as how a user went"
        ))),
    }
}
