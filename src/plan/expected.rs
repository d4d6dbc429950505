//! Numbers that people have set aside for somebody whom the directory may not even know yet.
//!
//! Somebody is meant by UPN, mail or employee id, each in the normal form of the rules. Where two people answer to one
//! text, or one person to two numbers, nobody gets any of them before a person has made clear who is meant.

use super::case::Case;
use super::former::{Claimant, reserved_claim, rests_from_another};
use super::{Former, Index, Reservation, StoredUser};
use crate::directory::{Attribute, UserId};
use crate::numbering::E164;
use crate::rules::normal_form;
use std::collections::{BTreeMap, BTreeSet};

/// Numbers set aside for somebody, by the normal form of whom, and who else answers to it.
#[derive(Debug, Default)]
pub(super) struct Expected {
    by_text: BTreeMap<String, BTreeSet<E164>>,
    rivals: BTreeMap<E164, BTreeSet<UserId>>,
}

impl Expected {
    /// Of reservations that are in force.
    pub(super) fn of<'a>(reserved: impl Iterator<Item = (E164, &'a Reservation)>) -> Self {
        let mut by_text: BTreeMap<String, BTreeSet<E164>> = BTreeMap::new();
        for (number, reservation) in reserved {
            let text = reservation.whom.as_deref().map(normal_form);
            if let Some(text) = text.filter(|text| !text.is_empty()) {
                by_text.entry(text).or_default().insert(number);
            }
        }
        Self {
            by_text,
            rivals: BTreeMap::new(),
        }
    }

    /// The numbers that wait for this user.
    pub(super) fn numbers_for(&self, stored: &StoredUser) -> BTreeSet<E164> {
        if self.by_text.is_empty() || stored.gone.is_some() {
            return BTreeSet::new();
        }
        let texts = [Attribute::Upn, Attribute::Mail, Attribute::EmployeeId];
        let texts = texts.map(|attribute| stored.user.attributes.get(attribute));
        let numbers = texts.into_iter().flatten().filter_map(|text| {
            let numbers = self.by_text.get(&normal_form(text))?;
            Some(numbers.iter().copied())
        });
        numbers.flatten().collect()
    }

    /// Remembers who answers to which of these numbers.
    pub(super) fn witness(&mut self, sought: &BTreeSet<E164>, stored: &StoredUser) {
        for number in self.numbers_for(stored).intersection(sought) {
            self.rivals
                .entry(*number)
                .or_default()
                .insert(stored.user.id);
        }
    }

    /// Remembers that the last sync has found several.
    pub(super) fn is_doubtful(&mut self, number: E164, who: [UserId; 2]) {
        self.rivals.entry(number).or_default().extend(who);
    }

    fn rivals_of(&self, number: E164) -> usize {
        self.rivals.get(&number).map_or(0, BTreeSet::len)
    }
}

/// What has been set aside for somebody.
pub(super) enum Awaits {
    /// Nothing.
    Nothing,
    /// This number.
    Number(E164),
    /// Several, or one that is as well for somebody else: the number to be told, and the sentence.
    Doubt(E164, String),
}

/// What has been set aside for the user of a case.
pub(super) fn awaits(index: &Index<'_>, case: &Case) -> Awaits {
    let numbers = index.expected.numbers_for(&case.stored);
    let Some(first) = numbers.first().copied() else {
        return Awaits::Nothing;
    };
    if numbers.len() > 1 {
        let list: Vec<String> = numbers.iter().map(ToString::to_string).collect();
        let detail = format!(
            "{} are all reserved for this person, who gets none of them: `linekeeper numbers unreserve` all but one",
            list.join(", ")
        );
        return Awaits::Doubt(first, detail);
    }
    if index.expected.rivals_of(first) > 1 {
        let whom = index.reserved_for(first).unwrap_or_default();
        let detail = format!(
            "{first} is reserved for `{whom}`, which means several people, so that none of them gets it: reserve it for \
             a UPN or employee id that only one has"
        );
        return Awaits::Doubt(first, detail);
    }
    Awaits::Number(first)
}

/// The claim to the number that was set aside for the user, if it can be given now.
pub(super) fn claim(
    index: &Index<'_>,
    case: &Case,
    number: E164,
    former: Option<&Former>,
) -> Option<Claimant> {
    if rests_from_another(index, number, former) {
        return None;
    }
    let reservation = index.facts(number)?.reserved.as_ref()?;
    let whom = reservation.whom.as_deref().unwrap_or_default();
    let why = format!(
        "reserved for {whom} by {}: {}",
        reservation.by, reservation.reason
    );
    reserved_claim(index, case, number, why)
}
