//! The decision table of the contract (section 2): the first row that fits decides. Pure, one user at a time.

use super::{Gone, NoteKind, Settings, StoredUser, UserFacts, Wait, World};
use crate::directory::{Doubt, Kind, LicenceBook, Licensing, VoiceLicence};
use crate::numbering::E164;
use crate::rules::Subject;
use jiff::{SignedDuration, Timestamp};

/// How long a licence whose plans have not arrived is believed.
const PENDING_FOR: SignedDuration = SignedDuration::from_hours(72);

/// The row of the table that fits a user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Row {
    /// Left alone altogether, with the reason.
    Exempt(String),
    /// No longer in the directory.
    Gone(Gone),
    /// Perhaps licensed: `lapsing` or `licence-pending`.
    InDoubt(NoteKind),
    /// Voice licence `none`.
    Unlicensed,
    /// Phone System without Teams.
    NoTeams,
    /// The account is disabled.
    Disabled,
    /// Waits for a person: `removed-outside` or `released-by-hand`.
    AwaitsPerson(NoteKind),
    /// Pinned to a number.
    Pinned(E164),
    /// Excluded by the rule of that name.
    Excluded(String),
    /// May have a number if the rules pick a range.
    Eligible,
    /// A group that decides about the user could not be read: left as is.
    GroupUnread,
}

/// A user with the row that fits, and what the licences say.
#[derive(Clone, Debug)]
pub struct Judged {
    /// The row.
    pub row: Row,
    /// What the licences make of the user; of somebody gone, of the last record.
    pub licensing: Licensing,
    /// Since when a pending licence was seen, to be remembered.
    pub pending_since: Option<Timestamp>,
}

impl Judged {
    /// Whether the user is licensed or in doubt: a holder seen so may later be released for lack of a licence.
    #[must_use]
    pub fn is_licensed_or_in_doubt(&self, gone: bool) -> bool {
        let licensed = self.licensing.voice != VoiceLicence::None;
        !gone && (licensed || matches!(self.row, Row::InDoubt(_)))
    }
}

/// Finds the row for a user.
#[must_use]
pub fn judge(world: &World<'_>, stored: &StoredUser) -> Judged {
    let licensing = world.book.read(&stored.user);
    let subject = subject(world, stored, &licensing);
    let pending_since = pending_since(world.book, world.now, stored, &licensing);
    let row = row(world, stored, &licensing, subject, pending_since);
    Judged {
        row,
        licensing,
        pending_since,
    }
}

/// What the rules look at.
#[must_use]
pub(super) fn subject<'a>(
    world: &'a World<'_>,
    stored: &'a StoredUser,
    licensing: &Licensing,
) -> Subject<'a> {
    Subject {
        user: &stored.user,
        kind: licensing.kind,
        book: world.book,
        groups: world.groups,
    }
}

fn row(
    world: &World<'_>,
    stored: &StoredUser,
    licensing: &Licensing,
    subject: Subject<'_>,
    pending_since: Option<Timestamp>,
) -> Row {
    if let Some(reason) = exempt_by_hand(world.now, &stored.facts) {
        return Row::Exempt(reason);
    }
    if world.rules.depends_on_unread_group(subject) {
        return Row::GroupUnread;
    }
    if let Some(reason) = exempt_by_rule(world, subject) {
        return Row::Exempt(reason);
    }
    if let Some(row) = apart(world.settings, world.now, stored, licensing, pending_since) {
        return row;
    }
    match world.rules.excluded_by(subject) {
        Some(name) => Row::Excluded(name.to_owned()),
        None => Row::Eligible,
    }
}

/// What the licences make of somebody about whom the rules are asked; else the row that fits whatever they say. The
/// rules alone may still exempt, exclude or leave out of scope.
///
/// # Errors
/// The row is no error: it is why the rules have nothing to decide.
pub fn candidacy(
    settings: &Settings,
    book: &LicenceBook,
    now: Timestamp,
    stored: &StoredUser,
) -> Result<Licensing, Row> {
    if let Some(reason) = exempt_by_hand(now, &stored.facts) {
        return Err(Row::Exempt(reason));
    }
    let licensing = book.read(&stored.user);
    let pending_since = pending_since(book, now, stored, &licensing);
    match apart(settings, now, stored, &licensing, pending_since) {
        Some(row) => Err(row),
        None => Ok(licensing),
    }
}

/// The rows that neither scope nor exclusions have a say in.
fn apart(
    settings: &Settings,
    now: Timestamp,
    stored: &StoredUser,
    licensing: &Licensing,
    pending_since: Option<Timestamp>,
) -> Option<Row> {
    if let Some(gone) = stored.gone {
        return Some(Row::Gone(gone));
    }
    let eligibility = settings.eligibility;
    match licensing.doubt {
        Some(Doubt::Lapsing) => return Some(Row::InDoubt(NoteKind::Lapsing)),
        Some(Doubt::Pending) if is_recent(pending_since, now) => {
            return Some(Row::InDoubt(NoteKind::LicencePending));
        }
        _ => {}
    }
    if licensing.voice == VoiceLicence::None {
        return Some(Row::Unlicensed);
    }
    if eligibility.require_teams && !licensing.teams {
        return Some(Row::NoTeams);
    }
    if !stored.user.enabled && !eligibility.include_disabled {
        return Some(Row::Disabled);
    }
    match stored.facts.wait {
        Some(Wait::RemovedOutside) => return Some(Row::AwaitsPerson(NoteKind::RemovedOutside)),
        Some(Wait::ReleasedByHand) => return Some(Row::AwaitsPerson(NoteKind::ReleasedByHand)),
        _ => {}
    }
    stored.facts.pin.map(Row::Pinned)
}

/// Since when a licence whose plans have not arrived is believed.
fn pending_since(
    book: &LicenceBook,
    now: Timestamp,
    stored: &StoredUser,
    licensing: &Licensing,
) -> Option<Timestamp> {
    let pending = licensing.doubt == Some(Doubt::Pending) && stored.gone.is_none();
    let remembered = stored.facts.pending_since;
    match pending {
        true => Some(remembered.unwrap_or(now)),
        // Whether it is still pending cannot be told without the tenant's products.
        false => remembered.filter(|_| !book.is_known() && stored.gone.is_none()),
    }
}

fn exempt_by_hand(now: Timestamp, facts: &UserFacts) -> Option<String> {
    let exempt = facts.exempt.as_ref()?;
    let lasts = exempt.until.is_none_or(|until| now < until);
    lasts.then(|| format!("exempt by hand: {}", exempt.reason))
}

fn exempt_by_rule(world: &World<'_>, subject: Subject<'_>) -> Option<String> {
    if let Some(name) = world.rules.exempted_by(subject) {
        return Some(format!("exempt by the rule \"{name}\""));
    }
    let outside = !world.rules.in_scope(subject);
    outside.then(|| "outside the scope of the rules".to_owned())
}

fn is_recent(since: Option<Timestamp>, now: Timestamp) -> bool {
    since.is_some_and(|since| now.duration_since(since) < PENDING_FOR)
}

/// When a pending licence stops being believed.
#[must_use]
pub(super) fn pending_until(since: Timestamp) -> Option<Timestamp> {
    since.checked_add(PENDING_FOR).ok()
}

/// Notes that the licences alone give rise to, of persons.
#[must_use]
pub(super) fn licence_notes(licensing: &Licensing) -> Vec<(NoteKind, String)> {
    let mut notes = Vec::new();
    if licensing.kind != Kind::Person {
        return notes;
    }
    if let Some(text) = &licensing.unknown_status {
        let detail = format!("a voice plan has the status \"{text}\", which counts as not usable");
        notes.push((NoteKind::UnknownPlanStatus, detail));
    }
    if licensing.calling_plan_alone {
        let detail = "has a calling plan but no Phone System, which it needs".to_owned();
        notes.push((NoteKind::CallingPlanWithoutPhoneSystem, detail));
    }
    notes
}
