//! Reads the properties of a range or of `defaults` into a draft.

use super::check_formula::{Names, country};
use super::check_numbers::{self, CheckedEntry};
use super::checked::Condition;
use super::findings::{Spot, did_you_mean};
use super::keyword::Keyword;
use super::syntax::{Entry, Formula, Property, Spelled, Value};
use super::{Amount, ReleaseMode, Select, Unlisted};
use crate::numbering::{Country, NumberType};
use jiff::SignedDuration;
use std::collections::BTreeMap;

/// What a block says; everything may be missing.
#[derive(Clone, Debug, Default)]
pub(super) struct Draft {
    pub(super) description: Option<String>,
    pub(super) number_type: Option<NumberType>,
    pub(super) numbers: Vec<CheckedEntry>,
    pub(super) never: Vec<CheckedEntry>,
    pub(super) reserve: Vec<CheckedEntry>,
    pub(super) country: Option<(Country, Spot)>,
    pub(super) unlisted: Option<Unlisted>,
    /// Inside: `None` for `anyone`.
    pub(super) when: Option<Option<Condition>>,
    pub(super) priority: Option<i64>,
    pub(super) overflow: Option<Vec<Spelled>>,
    pub(super) select: Option<Select>,
    pub(super) grace: Option<SignedDuration>,
    pub(super) deleted_grace: Option<SignedDuration>,
    pub(super) release: Option<ReleaseMode>,
    pub(super) quarantine: Option<SignedDuration>,
    pub(super) keep_free: Option<Amount>,
    pub(super) low_stock: Option<Amount>,
    pub(super) locations: Vec<DraftLocation>,
    pub(super) operator: Option<Spelled>,
    pub(super) policies: Vec<DraftPolicy>,
    /// Where each property stands, those that could not be read included.
    pub(super) places: BTreeMap<Keyword, Spot>,
}

/// An emergency location, with its condition.
#[derive(Clone, Debug)]
pub(super) struct DraftLocation {
    pub(super) id: String,
    pub(super) at: Spot,
    pub(super) when: Option<Condition>,
}

/// A policy, with its condition.
#[derive(Clone, Debug)]
pub(super) struct DraftPolicy {
    pub(super) policy_type: String,
    pub(super) name: String,
    pub(super) at: Spot,
    pub(super) when: Option<Condition>,
}

/// Longer waits are slips of the finger.
const LONGEST_DAYS: i64 = 36_500;

impl Draft {
    /// Reads the properties of one block, reporting what is wrong with each.
    pub(super) fn read(properties: &[Property], names: &mut Names<'_>) -> Self {
        let mut draft = Self::default();
        for property in properties {
            let keyword = property.keyword;
            if draft.places.contains_key(&keyword) && !keyword.may_repeat() {
                let message = format!("`{}` is given twice", keyword.spelling());
                let help = Some("a block holds it once".to_owned());
                names
                    .findings
                    .error(property.at, "duplicate-property", message, help);
                continue;
            }
            draft.places.entry(keyword).or_insert(property.at);
            draft.set(property, names);
        }
        draft
    }

    fn set(&mut self, property: &Property, names: &mut Names<'_>) {
        match (&property.value, property.keyword) {
            (Value::Text(text), Keyword::Description) => {
                self.description = Some(text.value.clone())
            }
            (Value::Text(text), Keyword::Country) => {
                self.country = country(text, names.findings).map(|country| (country, text.at));
            }
            (Value::Text(text), _) => self.operator = Some(text.clone()),
            (Value::Texts(texts), _) => self.overflow = Some(texts.clone()),
            (Value::Numbers(entries), keyword) => self.add_numbers(keyword, entries, names),
            (Value::When(None), _) => self.when = Some(None),
            (Value::When(Some(formula)), _) => {
                self.when = names.condition(formula).map(Some);
            }
            (Value::Integer(number), _) => self.priority = integer(number, names),
            (Value::Duration { count, hours }, keyword) => {
                let duration = duration(count, *hours, names);
                match keyword {
                    Keyword::Grace => self.grace = duration,
                    Keyword::DeletedGrace => self.deleted_grace = duration,
                    _ => self.quarantine = duration,
                }
            }
            (Value::Amount { count, percent }, keyword) => {
                let amount = amount(count, *percent, names);
                if keyword == Keyword::KeepFree {
                    self.keep_free = amount;
                } else {
                    self.low_stock = amount;
                }
            }
            (Value::Word(word), keyword) => self.set_word(keyword, word, names),
            (Value::Location { id, when }, _) => self.add_location(id, when.as_ref(), names),
            (Value::Policy { .. }, _) => self.add_policy(property, names),
            (Value::Unread, _) => {}
        }
    }

    fn add_numbers(&mut self, keyword: Keyword, entries: &[Entry], names: &mut Names<'_>) {
        let read = read_entries(entries, names);
        if keyword == Keyword::Numbers {
            check_numbers::lint_lengths(&read, names.findings);
            self.numbers.extend(read);
            return;
        }
        for from in entries.iter().filter_map(|entry| entry.from.as_ref()) {
            let message = format!("`from` has no place in `{}`", keyword.spelling());
            let help = Some("write it after the number in `numbers`".to_owned());
            names
                .findings
                .error(from.at, "misplaced-from", message, help);
        }
        if keyword == Keyword::Never {
            self.never.extend(read);
        } else {
            self.reserve.extend(read);
        }
    }

    fn add_location(&mut self, id: &Spelled, when: Option<&Formula>, names: &mut Names<'_>) {
        let condition = when.and_then(|formula| names.condition(formula));
        let is_named = is_name(id, "an emergency location has an id", names);
        if is_named && when.is_some() == condition.is_some() {
            self.locations.push(DraftLocation {
                id: id.value.trim().to_owned(),
                at: id.at,
                when: condition,
            });
        }
    }

    fn add_policy(&mut self, property: &Property, names: &mut Names<'_>) {
        let Value::Policy {
            policy_type,
            name,
            when,
        } = &property.value
        else {
            return;
        };
        let condition = when.as_ref().and_then(|formula| names.condition(formula));
        let is_named = is_name(name, "a policy has a name", names);
        if is_named && when.is_some() == condition.is_some() {
            self.policies.push(DraftPolicy {
                policy_type: policy_type.value.clone(),
                name: name.value.trim().to_owned(),
                at: property.at.to(name.at),
                when: condition,
            });
        }
    }

    fn set_word(&mut self, keyword: Keyword, word: &Spelled, names: &mut Names<'_>) {
        match keyword {
            Keyword::Type => {
                let known = NumberType::ALL.map(|known| (known.name(), known));
                self.number_type = one_word(word, &known, names);
            }
            Keyword::Unlisted => {
                let known = [("free", Unlisted::Free), ("reserve", Unlisted::Reserve)];
                self.unlisted = one_word(word, &known, names);
            }
            Keyword::Select => {
                let known = [
                    ("longest-idle", Select::LongestIdle),
                    ("lowest", Select::Lowest),
                    ("highest", Select::Highest),
                    ("random", Select::Random),
                ];
                self.select = one_word(word, &known, names);
            }
            _ => {
                let known = [
                    ("by-rule", ReleaseMode::ByRule),
                    ("by-hand", ReleaseMode::ByHand),
                ];
                self.release = one_word(word, &known, names);
            }
        }
    }
}

/// Reads one of several words; anything else is reported.
pub(super) fn one_word<T: Copy>(
    word: &Spelled,
    known: &[(&'static str, T)],
    names: &mut Names<'_>,
) -> Option<T> {
    let found = known
        .iter()
        .find(|(name, _)| name.eq_ignore_ascii_case(&word.value));
    if found.is_none() {
        let all: Vec<&str> = known.iter().map(|(name, _)| *name).collect();
        let message = format!(
            "expected {}, found `{}`",
            all.join(" or "),
            super::findings::shorten(&word.value)
        );
        let choice = all.join(" or ");
        let help =
            did_you_mean(&word.value, all.into_iter()).unwrap_or_else(|| format!("write {choice}"));
        names
            .findings
            .error(word.at, "unknown-word", message, Some(help));
    }
    found.map(|(_, value)| *value)
}

/// Whether a name is not blank; a fault is reported.
pub(super) fn is_name(name: &Spelled, message: &str, names: &mut Names<'_>) -> bool {
    let named = !name.value.trim().is_empty();
    if !named {
        names.findings.error(
            name.at,
            "empty-name",
            message.into(),
            Some("write it between the quotes".to_owned()),
        );
    }
    named
}

fn read_entries(entries: &[Entry], names: &mut Names<'_>) -> Vec<CheckedEntry> {
    let read = |entry| check_numbers::entry(entry, names.plans, names.findings);
    entries.iter().filter_map(read).collect()
}

fn integer(number: &Spelled, names: &mut Names<'_>) -> Option<i64> {
    let read = number.value.parse().ok();
    if read.is_none() {
        let help = "write a smaller number, such as 100";
        out_of_bounds(number, "this number is too large", help, names);
    }
    read
}

fn duration(count: &Spelled, hours: bool, names: &mut Names<'_>) -> Option<SignedDuration> {
    let limit = LONGEST_DAYS * if hours { 24 } else { 1 };
    let Some(count_read) = count.value.parse::<i64>().ok().filter(|n| *n <= limit) else {
        let help =
            "write at most 36500 days; to keep numbers for ever use `never` or release by-hand";
        out_of_bounds(count, "this is longer than a hundred years", help, names);
        return None;
    };
    Some(SignedDuration::from_hours(if hours {
        count_read
    } else {
        count_read * 24
    }))
}

fn amount(count: &Spelled, percent: bool, names: &mut Names<'_>) -> Option<Amount> {
    let limit = if percent { 100 } else { 1_000_000_000_000 };
    let Some(read) = count.value.parse::<u64>().ok().filter(|n| *n <= limit) else {
        let help = "write at most 100%";
        out_of_bounds(count, "this is more than the whole range", help, names);
        return None;
    };
    Some(if percent {
        Amount::Percent(read)
    } else {
        Amount::Count(read)
    })
}

fn out_of_bounds(number: &Spelled, message: &str, help: &str, names: &mut Names<'_>) {
    let help = Some(help.to_owned());
    names
        .findings
        .error(number.at, "out-of-bounds", message.into(), help);
}
