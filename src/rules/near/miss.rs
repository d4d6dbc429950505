//! The range a person nearly has: what the rules would pick if a value that is nearly theirs were theirs.

use super::likeness::Likeness;
use super::values::{Near, Values};
use crate::directory::{Attribute, VoiceLicence};
use crate::rules::evaluate::Look;
use crate::rules::vocabulary::SlotId;
use crate::rules::{RuleSet, Subject, explain, normal_form};
use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;

/// The range that is nearest to somebody whom the rules give none, by values that are nearly those it asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NearMiss {
    /// Index of the range.
    pub range: usize,
    /// The values that are nearly right, at least one, in the order of attributes.
    pub values: Vec<NearValue>,
    /// The clauses of the range that fail all the same, each with what was found. Without any, the rules would pick the
    /// range if the values were what they are like.
    pub missing: Vec<String>,
}

/// A value of a person that is nearly one of the rules.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NearValue {
    /// The attribute.
    pub attribute: Attribute,
    /// The person's value, as the directory has it.
    pub has: String,
    /// The value of the rules, as a rule file writes it.
    pub wanted: String,
    /// The spelling of that value which the person's is like, in normal form, where it is another one: an alias.
    pub alias_like: Option<String>,
    /// How alike they are.
    pub likeness: Likeness,
    /// Other values of the rules that are as near, as a rule file writes them: which is meant cannot be told.
    pub rivals: Vec<String>,
}

/// One way to read a value as one of the rules.
#[derive(Clone)]
struct Reading {
    slot: SlotId,
    near: Near,
    rivals: Vec<u32>,
}

/// Values of so many attributes are supposed to be wrong at once.
const AT_ONCE: usize = 4;

impl RuleSet {
    /// The range that somebody without one nearly has; `None` when nothing is near, or when the rules pick a range.
    ///
    /// A value is near when it differs from one that the rules name (in a range, or as an alias) in accents, in how an
    /// umlaut is written, or in one or two letters, and is no value or alias of the rules itself. Reported, never
    /// matched. The cost hardly depends on the size of the rule set: what a text is near to is remembered.
    #[must_use]
    pub fn near_miss(&self, subject: Subject<'_>, voice: VoiceLicence) -> Option<NearMiss> {
        let values = self.near_values();
        let found: Vec<(SlotId, Arc<[Near]>)> = values
            .slots()
            .filter_map(|slot| {
                let attribute = self.words.slots[slot as usize].attribute;
                let text = subject.user.attributes.shared(attribute)?;
                let near = values.near(slot, text);
                (!near.is_empty()).then_some((slot, near))
            })
            .collect();
        if found.is_empty() || self.pick(subject, voice).is_some() {
            return None;
        }
        let readings: Vec<Reading> = found
            .iter()
            .flat_map(|(slot, near)| read(*slot, near))
            .collect();
        self.by_one(subject, voice, &readings)
            .or_else(|| self.by_several(subject, voice, &readings))
            .or_else(|| self.almost(subject, voice, &readings))
    }

    fn near_values(&self) -> &Values {
        self.near
            .get_or_init(|| Values::of(&self.words, &self.aliases, &self.ranges))
    }

    /// One value is wrong, and with the right one the rules pick a range.
    fn by_one(
        &self,
        subject: Subject<'_>,
        voice: VoiceLicence,
        readings: &[Reading],
    ) -> Option<NearMiss> {
        let picks =
            |reading: &&Reading| self.pick_with(subject, voice, std::slice::from_ref(*reading));
        let served = readings
            .iter()
            .filter_map(|reading| Some((picks(&reading)?, reading)));
        let (range, reading) = served.min_by_key(|(_, reading)| reading.near.likeness)?;
        let mut reading = reading.clone();
        // A rival that leads nowhere is none.
        let leads = |class: &u32| {
            let other = readings
                .iter()
                .find(|other| other.slot == reading.slot && other.near.class == *class);
            other.is_some_and(|other| picks(&other).is_some())
        };
        let rivals = reading.rivals.iter().copied().filter(leads).collect();
        reading.rivals = rivals;
        Some(self.miss(subject, range, &[reading], Vec::new()))
    }

    /// Several values are wrong, and with all of them right the rules pick a range.
    fn by_several(
        &self,
        subject: Subject<'_>,
        voice: VoiceLicence,
        readings: &[Reading],
    ) -> Option<NearMiss> {
        let mut slots = BTreeSet::new();
        let nearest = readings.iter().filter(|reading| slots.insert(reading.slot));
        let mut all: Vec<Reading> = nearest.take(AT_ONCE).cloned().collect();
        if all.len() < 2 {
            return None;
        }
        let range = self.pick_with(subject, voice, &all)?;
        for at in (0..all.len()).rev() {
            let mut fewer = all.clone();
            fewer.remove(at);
            if self.pick_with(subject, voice, &fewer) == Some(range) {
                all = fewer;
            }
        }
        Some(self.miss(subject, range, &all, Vec::new()))
    }

    /// A value is wrong, and with the right one all but one clause of a range would hold.
    fn almost(
        &self,
        subject: Subject<'_>,
        voice: VoiceLicence,
        readings: &[Reading],
    ) -> Option<NearMiss> {
        let asking = readings.iter().flat_map(|reading| {
            let ranges = self.near_values().asking(reading.slot, reading.near.class);
            ranges.map(move |range| (range, reading))
        });
        let missed = asking.filter_map(|(range, reading)| {
            let offered = self.not_offered(range, subject, voice).is_none();
            let when = self.ranges[range].when.as_ref().filter(|_| offered)?;
            let clauses = explain::clauses(when);
            let before = self.failing(range, subject, &[]);
            let after = self.failing(range, subject, std::slice::from_ref(reading));
            let nearer = after.len() == 1 && after.len() < before.len() && clauses > 1;
            nearer.then_some((range, reading, after))
        });
        let (range, reading, missing) = missed.min_by_key(|(range, reading, _)| {
            (reading.near.likeness, self.ranges[*range].priority)
        })?;
        Some(self.miss(subject, range, std::slice::from_ref(reading), missing))
    }

    /// The range the rules pick if the readings are right; `None` also for who would then be left out or alone.
    fn pick_with(
        &self,
        subject: Subject<'_>,
        voice: VoiceLicence,
        readings: &[Reading],
    ) -> Option<usize> {
        self.looking(subject, |look| {
            suppose(look, readings);
            let judged = self.judged(look, subject, voice);
            let served =
                judged.in_scope && judged.excluded_by.is_none() && judged.exempted_by.is_none();
            judged.pick.filter(|_| served).map(|pick| pick.range)
        })
    }

    fn failing(&self, range: usize, subject: Subject<'_>, readings: &[Reading]) -> Vec<String> {
        let Some(when) = &self.ranges[range].when else {
            return Vec::new();
        };
        self.looking(subject, |look| {
            suppose(look, readings);
            explain::failing_clauses(when, look, &self.words, subject.user)
        })
    }

    fn miss(
        &self,
        subject: Subject<'_>,
        range: usize,
        readings: &[Reading],
        missing: Vec<String>,
    ) -> NearMiss {
        let values = readings
            .iter()
            .map(|reading| self.near_value(subject, reading));
        let mut values: Vec<NearValue> = values.collect();
        values.sort_by_key(|value| value.attribute);
        NearMiss {
            range,
            values,
            missing,
        }
    }

    fn near_value(&self, subject: Subject<'_>, reading: &Reading) -> NearValue {
        let slot = &self.words.slots[reading.slot as usize];
        let shown = |class: u32| slot.shown[class as usize].to_string();
        let wanted = shown(reading.near.class);
        let is_own = normal_form(&wanted) == *reading.near.spelling;
        let has = subject.user.attributes.get(slot.attribute);
        NearValue {
            attribute: slot.attribute,
            has: has.unwrap_or_default().to_owned(),
            alias_like: (!is_own).then(|| reading.near.spelling.to_string()),
            wanted,
            likeness: reading.near.likeness,
            rivals: reading.rivals.iter().map(|class| shown(*class)).collect(),
        }
    }
}

fn suppose(look: &mut Look<'_>, readings: &[Reading]) {
    for reading in readings {
        look.suppose(reading.slot, reading.near.class);
    }
}

fn read(slot: SlotId, near: &[Near]) -> impl Iterator<Item = Reading> {
    near.iter().map(move |one| {
        let as_near = |other: &&Near| other.likeness == one.likeness && other.class != one.class;
        let rivals = near.iter().filter(as_near).map(|other| other.class);
        Reading {
            slot,
            near: one.clone(),
            rivals: rivals.collect(),
        }
    })
}

impl NearMiss {
    /// What is nearly right and what follows, as a sentence with the lines to paste into a rule file.
    #[must_use]
    pub fn sentence(&self, rules: &RuleSet) -> String {
        let name = &rules.ranges()[self.range].name;
        let values: Vec<String> = self.values.iter().map(ToString::to_string).collect();
        let then = match self.missing.first() {
            None => format!("{name} would fit"),
            Some(clause) => format!("{name} would fit but for {clause}"),
        };
        let aliases: Vec<String> = self.values.iter().filter_map(NearValue::alias).collect();
        let offer = match aliases.is_empty() {
            true => String::new(),
            false => format!("; if that is meant: {}", aliases.join(", ")),
        };
        format!("{}: {then}{offer}", values.join(", "))
    }
}

impl NearValue {
    /// The line that makes the two the same, to be pasted into a rule file; `None` where it cannot be told which value
    /// is meant.
    #[must_use]
    pub fn alias(&self) -> Option<String> {
        let Self {
            attribute,
            wanted,
            has,
            ..
        } = self;
        let line = || {
            format!(
                "alias {} {} = {}",
                attribute.name(),
                quoted(wanted),
                quoted(has)
            )
        };
        self.rivals.is_empty().then(line)
    }
}

impl fmt::Display for NearValue {
    /// Such as `city is "Munchen", nearly "München"`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let has = quoted(&self.has);
        write!(
            f,
            "{} is {has}, nearly {}",
            self.attribute.name(),
            quoted(&self.wanted)
        )?;
        if let Some(alias) = &self.alias_like {
            write!(f, " (by its alias {})", quoted(alias))?;
        }
        self.rivals
            .iter()
            .try_for_each(|rival| write!(f, " or {}", quoted(rival)))
    }
}

/// The text as a rule file writes it.
fn quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for sign in text.chars() {
        match sign {
            '"' | '\\' => out.extend(['\\', sign]),
            sign if sign.is_control() => {
                out.extend(format!("\\u{{{:X}}}", u32::from(sign)).chars())
            }
            sign => out.push(sign),
        }
    }
    out.push('"');
    out
}
