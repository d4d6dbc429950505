//! Who has a claim to a certain number: the pinned, those it was reserved for, the returning, and the re-created.

use super::case::Case;
use super::expected::{self, Awaits, awaits};
use super::grant::{Grant, country_mismatch};
use super::inventory::{entry, is_never};
use super::judge::Row;
use super::{Departed, Former, Index, Reason};
use crate::directory::{Attribute, UserId, VoiceLicence};
use crate::numbering::{E164, NumberState, NumberType};
use crate::rules::normal_form;
use jiff::Timestamp;
use std::collections::BTreeMap;

/// A claim to a certain number.
pub(super) struct Claimant {
    pub(super) number: E164,
    pub(super) range: usize,
    reason: Reason,
    number_type: NumberType,
    why: String,
}

impl Claimant {
    pub(super) const fn is_bound_to_country(&self) -> bool {
        self.number_type.is_bound_to_country()
    }

    pub(super) fn into_grant(self) -> Grant {
        Grant {
            number: self.number,
            range: self.range,
            reason: self.reason,
            why: self.why,
        }
    }
}

/// Former holdings by user, and departed people by identity.
pub(super) struct Claimants<'a> {
    former: BTreeMap<UserId, &'a Former>,
    departed: BTreeMap<&'a [String; 3], &'a Departed>,
}

impl<'a> Claimants<'a> {
    pub(super) fn new(index: &Index<'a>) -> Self {
        let state = index.world.state;
        let departed = state.departed.iter().filter(|d| d.same_employee_id == 2);
        Self {
            former: state.former.iter().map(|f| (f.user, f)).collect(),
            departed: departed.map(|d| (&d.identity, d)).collect(),
        }
    }

    /// The number this user has a claim to, if it can be given now.
    pub(super) fn claim_of(&mut self, index: &Index<'_>, case: &Case) -> Option<Claimant> {
        if let Row::Pinned(number) = case.judged.row {
            let former = self.former.get(&case.id()).copied();
            let waits = rests_from_another(index, number, former);
            return (!waits).then(|| pinned(index, case, number)).flatten();
        }
        match awaits(index, case) {
            Awaits::Nothing => {}
            Awaits::Number(number) => {
                let former = self.former.get(&case.id()).copied();
                return expected::claim(index, case, number, former);
            }
            Awaits::Doubt(..) => return None,
        }
        if let Some(number) = self.lost_just_now(case) {
            return returning(index, case, number);
        }
        match self.former.get(&case.id()) {
            Some(former) if rests_from_another(index, former.number, Some(former)) => None,
            Some(former) => returning(index, case, former.number),
            None => self.recreated(index, case),
        }
    }

    /// The number whose release by Teams this very plan records.
    fn lost_just_now(&self, case: &Case) -> Option<E164> {
        case.steps.first().map(|step| step.number)
    }

    fn recreated(&self, index: &Index<'_>, case: &Case) -> Option<Claimant> {
        let world = index.world;
        if !world.settings.rehire || self.departed.is_empty() {
            return None;
        }
        let value = |attribute| {
            let text = case.stored.user.attributes.get(attribute)?;
            Some(normal_form(text)).filter(|text| !text.is_empty())
        };
        let identity = [
            value(Attribute::EmployeeId)?,
            value(Attribute::Company)?,
            value(Attribute::Surname)?,
        ];
        let departed = self.departed.get(&identity)?;
        let pick = world
            .rules
            .pick(case.subject(world), case.judged.licensing.voice)?;
        let range = world.rules.range_of(departed.number)?;
        let within = super::assign::with_overflow(world.rules, pick.range).contains(&range);
        let allowed = [NumberState::Free, NumberState::Quarantined];
        let former = self.former.get(&departed.user).copied();
        let fits = !was_refused(case, departed.number)
            && !rests_from_another(index, departed.number, former)
            && country_mismatch(case, &world.rules.ranges()[range]).is_none();
        let why = format!(
            "the same person had {} as {}",
            departed.number, departed.user
        );
        let state = entry(index, &world.rules.ranges()[range], departed.number).state;
        (within && fits && allowed.contains(&state))
            .then(|| claim(index, departed.number, range, Reason::Returning, why))
    }
}

fn pinned(index: &Index<'_>, case: &Case, number: E164) -> Option<Claimant> {
    let why = format!("pinned to {number}");
    let states = [
        NumberState::Free,
        NumberState::Reserved,
        NumberState::Quarantined,
        NumberState::Never,
    ];
    given(index, case, number, &states, Reason::Pinned, why)
}

/// The claim to a number that was set aside for this user by name.
pub(super) fn reserved_claim(
    index: &Index<'_>,
    case: &Case,
    number: E164,
    why: String,
) -> Option<Claimant> {
    let states = [NumberState::Reserved];
    given(index, case, number, &states, Reason::Pinned, why)
}

fn returning(index: &Index<'_>, case: &Case, number: E164) -> Option<Claimant> {
    if was_refused(case, number) {
        return None;
    }
    let why = format!("had {number} before");
    let states = [
        NumberState::Free,
        NumberState::Reserved,
        NumberState::Quarantined,
    ];
    let claim = given(index, case, number, &states, Reason::Returning, why)?;
    let range = &index.world.rules.ranges()[claim.range];
    country_mismatch(case, range).is_none().then_some(claim)
}

/// Refused by Teams, or given back by hand to get another one.
fn was_refused(case: &Case, number: E164) -> bool {
    let mut refused = case.facts.refused.iter();
    case.facts.renumber == Some(number) || refused.any(|(refused, _)| *refused == number)
}

/// Whether the number still rests after somebody who had it later than this former holder, or whom it never belonged
/// to: only the one it rests from may have it before its time.
pub(super) fn rests_from_another(index: &Index<'_>, number: E164, former: Option<&Former>) -> bool {
    let last = former.filter(|former| former.number == number);
    rests_since_another(index, number, last.map(|last| last.ended))
}

/// The same for somebody who had the number until then; `None`: never.
pub(super) fn rests_since_another(
    index: &Index<'_>,
    number: E164,
    had_until: Option<Timestamp>,
) -> bool {
    let Some(facts) = index.facts(number) else {
        return false;
    };
    let world = index.world;
    let agrees = world.circumstances.clock_agrees;
    let rests = facts
        .rest_until
        .is_some_and(|until| world.now < until || !agrees);
    // Holdings are remembered to the microsecond.
    let freed = facts.freed.map(|at| at.as_microsecond());
    let theirs =
        had_until.is_some_and(|until| freed.is_none_or(|freed| until.as_microsecond() >= freed));
    rests && !theirs
}

/// The claim to a number that lies in a range, fits the licence, and is in one of these states.
fn given(
    index: &Index<'_>,
    case: &Case,
    number: E164,
    states: &[NumberState],
    reason: Reason,
    why: String,
) -> Option<Claimant> {
    let range = index.world.rules.range_of(number)?;
    let declared = &index.world.rules.ranges()[range];
    if !fits(case.judged.licensing.voice, declared.number_type) {
        return None;
    }
    let theirs = index.pinned_to(number).is_none_or(|user| user == case.id())
        && !index.is_for_another(number, &case.stored);
    let entry = entry(index, declared, number);
    // The number that Teams has just taken from this very user is still booked as theirs.
    let booked = entry.state == NumberState::Assigned && entry.user == Some(case.id());
    let gone_from_teams = index
        .listed(number)
        .is_none_or(|l| l.is_assignable_as(declared.number_type));
    let listed_enough = !declared.number_type.must_be_listed() || index.listed(number).is_some();
    let available = states.contains(&entry.state)
        || (booked && gone_from_teams && listed_enough && !is_never(index, declared, number));
    (theirs && available).then(|| claim(index, number, range, reason, why))
}

fn claim(index: &Index<'_>, number: E164, range: usize, reason: Reason, why: String) -> Claimant {
    Claimant {
        number,
        range,
        reason,
        number_type: index.world.rules.ranges()[range].number_type,
        why,
    }
}

/// Whether a number of this type may be held with this voice licence.
pub(super) const fn fits(voice: VoiceLicence, number_type: NumberType) -> bool {
    match voice {
        VoiceLicence::None => false,
        VoiceLicence::CallingPlan => matches!(number_type, NumberType::CallingPlan),
        VoiceLicence::PhoneSystem => !matches!(number_type, NumberType::CallingPlan),
    }
}
