//! Finds the values of the rules that a text is near to, without comparing it with each.
//!
//! Two texts that differ in two letters at most become equal when up to two letters are taken out of the first seven
//! of each: every value is filed under all such remainders, and under its forms without accents. A text is compared
//! only with what is filed under one of its own. What a text was found to be near to is remembered, because a
//! directory repeats its texts. Built when somebody without a range is seen first.

use super::likeness::{Forms, Likeness, MOST, likeness, words};
use crate::directory::Attribute;
use crate::rules::checked::Aliases;
use crate::rules::evaluate::{LONGEST, REMEMBERED};
use crate::rules::expression::{Expression, Test};
use crate::rules::vocabulary::{SlotId, Table, Vocabulary};
use crate::rules::{Range, normal_form};
use std::collections::BTreeSet;
use std::hash::BuildHasher;
use std::sync::{Arc, Mutex};

/// A value of the rules that a text is near to.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Near {
    pub(super) likeness: Likeness,
    pub(super) class: u32,
    /// The spelling it is near to, in normal form: the value's own, or that of an alias.
    pub(super) spelling: Arc<str>,
}

/// The values of every attribute whose texts people type.
#[derive(Debug)]
pub(in crate::rules) struct Values {
    slots: Vec<(SlotId, SlotValues)>,
    /// Which ranges ask for a value, ascending.
    asking: Vec<(SlotId, u32, u32)>,
}

#[derive(Debug, Default)]
struct SlotValues {
    spellings: Vec<Spelling>,
    /// What each spelling is filed under, ascending.
    filed: Vec<(u64, u32)>,
    /// Spellings that mean a value already: none of them is anything else's misspelling.
    taken: BTreeSet<Box<str>>,
    known: Mutex<Table<Arc<str>, Arc<[Near]>>>,
}

#[derive(Debug)]
struct Spelling {
    normal: Arc<str>,
    class: u32,
    forms: Forms,
}

/// Letters from which some are taken out.
const HEAD: usize = 7;

/// Of an attribute with more values only those that differ in accents and umlauts are found.
const INDEXED: usize = 20_000;

/// So many values are compared with one text, and so many of the nearest are kept.
const COMPARED: usize = 256;
const KEPT: usize = 4;

/// So many ranges that ask for a value are looked at.
const ASKING: usize = 16;

impl Values {
    pub(in crate::rules) fn of(words: &Vocabulary, aliases: &Aliases, ranges: &[Range]) -> Self {
        let typed = (0..)
            .zip(&words.slots)
            .filter(|(_, slot)| is_typed(slot.attribute));
        let slots = typed.map(|(id, slot)| {
            let mut all: Vec<(&str, u32)> = slot
                .classes
                .iter()
                .map(|(normal, class)| (&**normal, *class))
                .collect();
            all.sort_unstable();
            let of_attribute = aliases.get(&slot.attribute).into_iter().flatten();
            let mut values = SlotValues::of(&all);
            values.taken = of_attribute
                .map(|(spelling, _)| spelling.as_str().into())
                .collect();
            (id, values)
        });
        let slots: Vec<(SlotId, SlotValues)> = slots.collect();
        let mut asking = Vec::new();
        for (at, range) in (0..).zip(ranges) {
            if let Some(when) = &range.when {
                asked(when, at, &mut asking);
            }
        }
        asking.sort_unstable();
        asking.dedup();
        Self { slots, asking }
    }

    /// Some of the ranges whose condition asks for the value by a positive test, in file order.
    pub(super) fn asking(&self, slot: SlotId, class: u32) -> impl Iterator<Item = usize> {
        let first = (self.asking).partition_point(|(s, c, _)| (*s, *c) < (slot, class));
        let same = self.asking[first..].iter();
        same.take_while(move |(s, c, _)| (*s, *c) == (slot, class))
            .map(|(_, _, range)| *range as usize)
            .take(ASKING)
    }

    /// Attributes in which near values are looked for.
    pub(super) fn slots(&self) -> impl Iterator<Item = SlotId> {
        self.slots.iter().map(|(slot, _)| *slot)
    }

    /// The values of the rules that a text is near to, the nearest first; none when the rules know it as it is.
    pub(super) fn near(&self, slot: SlotId, text: &Arc<str>) -> Arc<[Near]> {
        let found = self.slots.binary_search_by_key(&slot, |(slot, _)| *slot);
        match found {
            Ok(at) if text.len() <= LONGEST => self.slots[at].1.remembered(text),
            _ => Arc::default(),
        }
    }
}

impl SlotValues {
    fn of(values: &[(&str, u32)]) -> Self {
        let mut all = Self::default();
        for (at, (normal, class)) in (0..).zip(values) {
            let forms = Forms::of(normal);
            let mut keys = form_keys(&forms);
            if values.len() <= INDEXED {
                remainders(&forms, &mut keys);
            }
            all.filed.extend(keys.into_iter().map(|key| (key, at)));
            all.spellings.push(Spelling {
                normal: (*normal).into(),
                class: *class,
                forms,
            });
        }
        all.filed.sort_unstable();
        all.filed.dedup();
        all
    }

    fn remembered(&self, text: &Arc<str>) -> Arc<[Near]> {
        let known = self.known.lock();
        let Ok(mut known) = known else {
            return self.look_up(text);
        };
        if let Some(near) = known.get(&**text) {
            return Arc::clone(near);
        }
        let near = self.look_up(text);
        if known.len() < REMEMBERED {
            known.insert(Arc::clone(text), Arc::clone(&near));
        }
        near
    }

    fn look_up(&self, text: &str) -> Arc<[Near]> {
        let normal = normal_form(text);
        let is_known = |spelling: &Spelling| (*spelling.normal).cmp(&normal);
        if normal.is_empty()
            || self.taken.contains(normal.as_str())
            || self.spellings.binary_search_by(is_known).is_ok()
        {
            return Arc::default();
        }
        let forms = Forms::of(&normal);
        let near = self.candidates(&forms).into_iter().filter_map(|at| {
            let spelling = &self.spellings[at as usize];
            Some(Near {
                likeness: likeness(&forms, &spelling.forms)?,
                class: spelling.class,
                spelling: Arc::clone(&spelling.normal),
            })
        });
        let mut near: Vec<Near> = near.collect();
        near.sort();
        let mut seen = BTreeSet::new();
        near.retain(|near| seen.insert(near.class));
        near.truncate(KEPT);
        near.into()
    }

    /// The spellings filed under something that the text would be filed under.
    fn candidates(&self, forms: &Forms) -> BTreeSet<u32> {
        let mut keys = form_keys(forms);
        remainders(forms, &mut keys);
        let mut found = BTreeSet::new();
        for key in keys {
            let first = self.filed.partition_point(|(other, _)| *other < key);
            let same = self.filed[first..]
                .iter()
                .take_while(|(other, _)| *other == key);
            let room = COMPARED.saturating_sub(found.len());
            found.extend(same.map(|(_, at)| *at).take(room));
            if found.len() >= COMPARED {
                break;
            }
        }
        found
    }
}

/// What a text is filed under as a whole, the nearest kinds of likeness first.
fn form_keys(forms: &Forms) -> Vec<u64> {
    let forms = [(0, &*forms.bare), (1, &*forms.wide), (2, &*forms.narrow)];
    forms.map(|form| key(&form)).to_vec()
}

/// What is left of the first letters when up to so many are taken out, words run together.
fn remainders(forms: &Forms, keys: &mut Vec<u64>) {
    let mut forms = vec![&forms.bare, &forms.wide];
    forms.dedup();
    for form in forms {
        let head: Vec<char> = words(form).flat_map(str::chars).take(HEAD).collect();
        let mut left = BTreeSet::from([head]);
        keys.extend(left.iter().map(|letters| key(&(3, letters))));
        for _ in 0..MOST {
            let shorter = |letters: &Vec<char>| {
                let letters = letters.clone();
                (0..letters.len()).map(move |out| {
                    let mut rest = letters.clone();
                    rest.remove(out);
                    rest
                })
            };
            left = left.iter().flat_map(shorter).collect();
            keys.extend(left.iter().map(|letters| key(&(3, letters))));
        }
    }
}

fn asked(when: &Expression, range: u32, asking: &mut Vec<(SlotId, u32, u32)>) {
    match when {
        Expression::All(terms) | Expression::Any(terms) => {
            terms.iter().for_each(|term| asked(term, range, asking));
        }
        Expression::Test(Test::OneOf(slot, classes)) => {
            asking.extend(classes.iter().map(|class| (*slot, *class, range)));
        }
        Expression::Not(_) | Expression::Test(_) => {}
    }
}

fn key(of: &impl std::hash::Hash) -> u64 {
    foldhash::fast::FixedState::default().hash_one(of)
}

/// Whether people type the attribute's values, so that they mistype them. Codes, and what names one person only, are
/// something else when one sign of them is.
pub(in crate::rules) fn is_typed(attribute: Attribute) -> bool {
    !matches!(
        attribute,
        Attribute::UsageLocation
            | Attribute::PostalCode
            | Attribute::EmployeeId
            | Attribute::CostCenter
            | Attribute::Upn
            | Attribute::Mail
            | Attribute::DisplayName
            | Attribute::GivenName
            | Attribute::Surname
            | Attribute::PreferredLanguage
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn values(of: &[&str]) -> SlotValues {
        let mut all: Vec<String> = of.iter().map(|text| normal_form(text)).collect();
        all.sort();
        all.dedup();
        let all: Vec<(&str, u32)> = all.iter().map(String::as_str).zip(1..).collect();
        SlotValues::of(&all)
    }

    #[test]
    fn the_nearest_comes_first_and_what_is_known_has_none() {
        let values = values(&["München", "Munchen-Ost", "Bonn", "Born"]);
        let check = |text: &str, expected: &[&str]| {
            let near = values.look_up(text);
            let near: Vec<&str> = near.iter().map(|near| &*near.spelling).collect();
            assert_eq!(near, expected, "{text}");
        };
        check("Munchen", &["münchen"]);
        check("Bomn", &["bonn", "born"]);
        check("bonn", &[]);
        check("Ulm", &[]);
        check(" ", &[]);
    }

    #[test]
    fn many_values_are_not_all_compared() {
        let towns: Vec<String> = (0..2_000_u32)
            .map(|at| {
                let letter = |by: u32| char::from(b'a' + ((at * 7 + 3) / by % 26) as u8);
                format!(
                    "{}{}{}stadt{}{}",
                    letter(1),
                    letter(26),
                    letter(676),
                    letter(5),
                    letter(31)
                )
            })
            .collect();
        let all: Vec<&str> = towns.iter().map(String::as_str).collect();
        let values = values(&all);
        assert!(values.filed.len() <= 60 * values.spellings.len());
        let compared: usize = towns
            .iter()
            .map(|town| values.candidates(&Forms::of(&format!("{town}x"))).len())
            .sum();
        assert!(compared / towns.len() <= COMPARED, "{compared}");
        let words = values.candidates(&Forms::of("zürich"));
        assert!(words.len() < 20, "{words:?}");
    }

    proptest! {
        /// The filing finds whatever a comparison with every value finds.
        #[test]
        fn nothing_near_is_missed(
            texts in proptest::collection::vec("[abäeü]{1,9}( [abe1]{1,5})?", 1..12),
            text in "[abäeü]{1,9}( [abe1]{1,5})?",
        ) {
            let all: Vec<&str> = texts.iter().map(String::as_str).collect();
            let values = values(&all);
            let forms = Forms::of(&normal_form(&text));
            let found = values.candidates(&forms);
            for (at, spelling) in (0..).zip(&values.spellings) {
                if likeness(&forms, &spelling.forms).is_some() {
                    prop_assert!(found.contains(&at), "{} is near {}", text, spelling.normal);
                }
            }
        }
    }
}
