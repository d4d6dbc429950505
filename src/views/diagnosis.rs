//! What is wrong with the tenant's numbers, and what to do about each, in which order. Pure: from what Teams lists, the
//! people it names, and what is remembered.

use super::remedies::{
    DELETED, DELETED_FOREIGN, FOREIGN, FURTHER_LINE, LOCATION, LOCATION_LOCKED, NOT_ADOPTED,
    ON_PREMISES, STALE, STUCK, STUCK_DELETED, TWO_PRIMARIES, UNKNOWN, UNLICENSED,
};
use super::undeclared::undeclared;
use crate::directory::{Kind, LicenceBook, Licensing, UserId, VoiceLicence};
use crate::numbering::{Category, E164, Listed, ListedStatus, ListedType};
use crate::plan::{Action, Holding, NoteKind, State, StepError, StoredUser};
use crate::report::UserRef;
use crate::rules::{GroupMembers, RuleSet, Subject};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// What is wrong with a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Ailment {
    /// Teams does not let go of it.
    ReleaseBlocked,
    /// Its holder has no voice licence.
    UnlicensedHolder,
    /// Its holder is deleted.
    DeletedHolder,
    /// Nobody knows its holder.
    UnknownHolder,
    /// Its holder has another line, too.
    TwoLines,
    /// It is written from on-premises, and lies in a range.
    OnPremises,
    /// Its emergency location is another one than the range's.
    LocationDiffers,
    /// No range declares it.
    Undeclared,
}

impl Ailment {
    /// All of them, the pressing ones first.
    pub const ALL: [Self; 8] = [
        Self::ReleaseBlocked,
        Self::UnlicensedHolder,
        Self::DeletedHolder,
        Self::UnknownHolder,
        Self::TwoLines,
        Self::OnPremises,
        Self::LocationDiffers,
        Self::Undeclared,
    ];

    /// The same as a sentence.
    #[must_use]
    pub const fn sentence(self) -> &'static str {
        match self {
            Self::ReleaseBlocked => "stuck: Teams does not let go of the number",
            Self::UnlicensedHolder => "held by somebody without a voice licence",
            Self::DeletedHolder => "held by somebody who is deleted",
            Self::UnknownHolder => "held by an object that the directory does not show",
            Self::TwoLines => "one of several lines of one person",
            Self::OnPremises => "written from on-premises, and declared by a range",
            Self::LocationDiffers => "with another emergency location than its range's",
            Self::Undeclared => "declared by no range",
        }
    }
}

/// One number that something is wrong with, or a run of numbers alike.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// What is wrong.
    pub kind: Ailment,
    /// The number, or the first of the run.
    pub number: E164,
    /// The last number of a run.
    pub to: Option<E164>,
    /// How many numbers it is about.
    pub count: u64,
    /// Who holds it.
    pub user: Option<UserRef>,
    /// The range that declares it.
    pub range: Option<String>,
    /// What was found.
    pub detail: String,
    /// What to do, in this order.
    pub to_do: &'static [&'static str],
}

/// Who holds a number.
#[derive(Clone, Debug)]
pub(super) enum Holder {
    /// Somebody the directory shows, or showed.
    Known(Box<StoredUser>),
    /// The directory has no such user.
    Nobody,
    /// The directory could not be asked.
    Unread,
}

/// What is looked at.
pub(super) struct Inspected<'a> {
    /// The rules in force.
    pub(super) rules: &'a RuleSet,
    /// What licences mean.
    pub(super) book: &'a LicenceBook,
    /// Members of the groups that the rules name.
    pub(super) groups: &'a GroupMembers,
    /// What is remembered.
    pub(super) state: &'a State,
    /// The tenant's numbers, ascending.
    pub(super) listing: &'a [Listed],
    /// Whom the numbers are assigned to.
    pub(super) holders: &'a BTreeMap<Uuid, Holder>,
}

/// All that is wrong, the pressing first, each kind ascending by number. A number may have more than one ailment, but
/// only one about who holds it.
pub(super) fn findings(inspected: &Inspected<'_>) -> Vec<Finding> {
    let look = Look::new(inspected);
    let mut found = Vec::new();
    for listed in inspected.listing {
        found.extend(look.holder(listed));
        found.extend(look.lines(listed));
        found.extend(look.on_premises(listed));
        found.extend(look.location(listed));
    }
    found.extend(undeclared(inspected.rules, inspected.listing));
    found.sort_by_key(|finding| (finding.kind, finding.number));
    found
}

/// Look-ups over what is inspected.
struct Look<'a> {
    inspected: &'a Inspected<'a>,
    managed: BTreeMap<E164, &'a Holding>,
    stuck: BTreeSet<E164>,
    lines: BTreeMap<Uuid, Vec<&'a Listed>>,
}

impl<'a> Look<'a> {
    fn new(inspected: &'a Inspected<'a>) -> Self {
        let state = inspected.state;
        let blocked =
            |error: &Option<StepError>| matches!(error, Some(StepError::ReleaseBlocked(_)));
        let steps = state.open_steps.iter();
        let stuck = steps
            .filter(|step| step.change.action == Action::Release && blocked(&step.error))
            .map(|step| step.change.number);
        let mut lines: BTreeMap<Uuid, Vec<&Listed>> = BTreeMap::new();
        for listed in inspected.listing {
            if let Some(target) = assigned_to(listed) {
                lines.entry(target).or_default().push(listed);
            }
        }
        lines.retain(|_, lines| lines.len() > 1);
        Self {
            inspected,
            managed: state.holdings.iter().map(|h| (h.number, h)).collect(),
            stuck: stuck.collect(),
            lines,
        }
    }

    fn finding(
        &self,
        kind: Ailment,
        listed: &Listed,
        detail: String,
        to_do: &'static [&'static str],
    ) -> Finding {
        let rules = self.inspected.rules;
        let range = rules.range_of(listed.number);
        Finding {
            kind,
            number: listed.number,
            to: None,
            count: 1,
            user: listed.target.map(|id| self.named(id)),
            range: range.map(|at| rules.ranges()[at].name.clone()),
            detail,
            to_do,
        }
    }

    fn named(&self, id: Uuid) -> UserRef {
        let upn = match self.inspected.holders.get(&id) {
            Some(Holder::Known(stored)) => stored.user.upn().to_owned(),
            _ => String::new(),
        };
        UserRef {
            id: UserId(id),
            upn,
        }
    }

    /// What is wrong with who holds it.
    fn holder(&self, listed: &Listed) -> Option<Finding> {
        let target = assigned_to(listed)?;
        let managed = self.managed.get(&listed.number);
        let ours = managed.filter(|holding| holding.user.0 == target);
        match self.inspected.holders.get(&target)? {
            Holder::Unread => None,
            Holder::Nobody => Some(self.finding(
                Ailment::UnknownHolder,
                listed,
                format!("assigned to the object {target}, of which the directory knows nothing"),
                UNKNOWN,
            )),
            Holder::Known(stored) => {
                let licensing = self.inspected.book.read(&stored.user);
                let gone = stored.gone.is_some();
                if !gone && !is_without_licence(&licensing) {
                    return None;
                }
                let ranged = self.inspected.rules.range_of(listed.number).is_some();
                let stuck = self.stuck.contains(&listed.number)
                    || (ours.is_some() && has_note(stored, NoteKind::ReleaseBlocked));
                Some(match (stuck, gone) {
                    (true, _) => self.finding(
                        Ailment::ReleaseBlocked,
                        listed,
                        blocked_detail(gone),
                        if gone { STUCK_DELETED } else { STUCK },
                    ),
                    (false, true) => self.finding(
                        Ailment::DeletedHolder,
                        listed,
                        gone_detail(stored),
                        if ours.is_some() {
                            DELETED
                        } else {
                            DELETED_FOREIGN
                        },
                    ),
                    (false, false) => {
                        let (detail, to_do) = unlicensed(ours.copied(), ranged);
                        self.finding(Ailment::UnlicensedHolder, listed, detail, to_do)
                    }
                })
            }
        }
    }

    /// Somebody with more than one line: each line of theirs is told.
    fn lines(&self, listed: &Listed) -> Option<Finding> {
        let lines = self.lines.get(&assigned_to(listed)?)?;
        let others: Vec<String> = lines
            .iter()
            .filter(|line| line.number != listed.number)
            .map(|line| line.number.to_string())
            .collect();
        let primary = |line: &&&Listed| line.profile.category == Category::Primary;
        let primaries = lines.iter().filter(primary).count();
        let is_managed = self.managed.contains_key(&listed.number);
        let what = match (listed.profile.category, is_managed) {
            (Category::Primary, true) => "the primary line that Linekeeper manages",
            (Category::Primary, false) => "a primary line",
            (Category::Other, _) => "a private or alternate line",
        };
        let detail = format!("{what}; beside it: {}", others.join(", "));
        let to_do = if primaries > 1 {
            TWO_PRIMARIES
        } else {
            FURTHER_LINE
        };
        Some(self.finding(Ailment::TwoLines, listed, detail, to_do))
    }

    fn on_premises(&self, listed: &Listed) -> Option<Finding> {
        let ranged = self.inspected.rules.range_of(listed.number).is_some();
        let found = listed.profile.on_premises && ranged;
        found.then(|| {
            let detail =
                "directory synchronisation writes it; Teams lets nobody change it in the cloud";
            self.finding(Ailment::OnPremises, listed, detail.to_owned(), ON_PREMISES)
        })
    }

    /// Only where the range names a location for this holder.
    fn location(&self, listed: &Listed) -> Option<Finding> {
        let rules = self.inspected.rules;
        let range = rules.range_of(listed.number)?;
        let target = assigned_to(listed)?;
        let Some(Holder::Known(stored)) = self.inspected.holders.get(&target) else {
            return None;
        };
        if stored.gone.is_some() || listed.profile.on_premises {
            return None;
        }
        let subject = Subject {
            user: &stored.user,
            kind: self.inspected.book.read(&stored.user).kind,
            book: self.inspected.book,
            groups: self.inspected.groups,
        };
        let wanted: Uuid = rules.location_for(range, subject)?.parse().ok()?;
        let shown = listed.profile.location;
        (shown != Some(wanted)).then(|| {
            let shown = shown.map_or_else(|| "no location".to_owned(), |id| id.to_string());
            let detail = format!("Teams has {shown}, the rules name {wanted} for this person");
            let to_do = match listed.profile.location_update {
                false if listed.profile.operator.is_some() => LOCATION_LOCKED,
                _ => LOCATION,
            };
            self.finding(Ailment::LocationDiffers, listed, detail, to_do)
        })
    }
}

/// The user, or what else, that a number is assigned to as a line of a user.
pub(super) fn assigned_to(listed: &Listed) -> Option<Uuid> {
    let assigned = listed.profile.status == ListedStatus::UserAssigned;
    listed.target.filter(|_| assigned)
}

/// Whether nothing lets the user have a number: resource accounts have licences of their own kind.
fn is_without_licence(licensing: &Licensing) -> bool {
    let none = licensing.voice == VoiceLicence::None && licensing.doubt.is_none();
    none && licensing.kind != Kind::Resource
}

fn has_note(stored: &StoredUser, kind: NoteKind) -> bool {
    stored.facts.notes.iter().any(|note| note.kind == kind)
}

fn blocked_detail(gone: bool) -> String {
    let who = if gone {
        "is deleted"
    } else {
        "lost the licence"
    };
    format!(
        "the holder {who}, and Teams refuses to unassign the number: it counts as assigned until it goes"
    )
}

fn gone_detail(stored: &StoredUser) -> String {
    let since = stored
        .gone
        .map(|gone| gone.since.strftime("%Y-%m-%d %H:%M").to_string());
    format!("the holder is gone since {}", since.unwrap_or_default())
}

fn unlicensed(ours: Option<&Holding>, ranged: bool) -> (String, &'static [&'static str]) {
    match (ours, ranged) {
        (Some(holding), _) if holding.seen_licensed => (
            "the holder has lost the voice licence".to_owned(),
            UNLICENSED,
        ),
        (Some(_), _) => (
            "the holder has had no voice licence as long as Linekeeper knows the number".to_owned(),
            STALE,
        ),
        (None, true) => (
            "the holder has no voice licence, and the number is not managed yet".to_owned(),
            NOT_ADOPTED,
        ),
        (None, false) => (
            "the holder has no voice licence, and no range declares the number".to_owned(),
            FOREIGN,
        ),
    }
}

/// The listed type as people know it.
pub(super) fn type_name(listed: &Listed) -> &str {
    match &listed.profile.number_type {
        ListedType::Known(known) => known.name(),
        ListedType::Other(text) => text,
    }
}
