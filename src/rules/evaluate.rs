//! Evaluates expressions for one user, remembering what directory texts mean.
//!
//! A directory repeats its texts: what a city or an office means to the rules (its class, the text tests it passes) is
//! worked out once and looked up for everybody else. The memory is bounded, and nothing depends on it but speed.

use super::Subject;
use super::expression::{Expression, Test, Truth};
use super::normal_form::{before_folding, normal_form_into};
use super::vocabulary::{Slot, SlotId, Table, Vocabulary};
use crate::directory::Attribute;
use std::sync::Arc;

/// How many values of an attribute are remembered, and how long a text may be to be remembered.
pub(super) const REMEMBERED: usize = 8_192;
pub(super) const LONGEST: usize = 256;

/// Places of the values every attribute has: none, the one of the user at hand that is not remembered, and the one
/// that is supposed to be the user's.
const MISSING: u32 = 0;
const PASSING: u32 = 1;
const SUPPOSED: u32 = 2;
const NOT_SEEN: u32 = u32::MAX;

/// What the values seen so far mean to the rules.
#[derive(Debug)]
pub(super) struct Memory {
    slots: Vec<SlotMemory>,
    /// Space for the ranges that hold, kept to be used again.
    pub(super) held: Vec<u32>,
}

#[derive(Debug)]
struct SlotMemory {
    /// Shares its texts with the users of a reading, so that comparing them touches no other memory.
    known: Table<Arc<str>, u32>,
    meanings: Vec<Meaning>,
    normal: String,
}

/// What one text means to the rules.
#[derive(Clone, Debug, Default)]
pub(super) struct Meaning {
    /// Its class; 0 when no rule mentions it.
    pub(super) class: u32,
    pub(super) blank: bool,
    /// The text tests it passes, ascending; not filled in for the passing value.
    pub(super) passes: Box<[u32]>,
}

impl Memory {
    pub(super) fn new(words: &Vocabulary) -> Self {
        let blank = Meaning {
            blank: true,
            ..Meaning::default()
        };
        let slot = |_: &Slot| SlotMemory {
            known: Table::default(),
            meanings: vec![blank.clone(), Meaning::default(), Meaning::default()],
            normal: String::new(),
        };
        Self {
            slots: words.slots.iter().map(slot).collect(),
            held: Vec::new(),
        }
    }
}

/// One user under the eyes of the rules.
pub(super) struct Look<'a> {
    words: &'a Vocabulary,
    subject: Subject<'a>,
    pub(super) memory: &'a mut Memory,
    /// Where the meaning of each attribute's value is, once it was looked up.
    seen: [u32; Attribute::ALL.len()],
}

impl<'a> Look<'a> {
    pub(super) fn new(words: &'a Vocabulary, subject: Subject<'a>, memory: &'a mut Memory) -> Self {
        Self {
            words,
            subject,
            memory,
            seen: [NOT_SEEN; Attribute::ALL.len()],
        }
    }

    /// What the user's value of an attribute means.
    pub(super) fn meaning(&mut self, slot: SlotId) -> &Meaning {
        let at = self.locate(slot);
        &self.memory.slots[slot as usize].meanings[at as usize]
    }

    fn locate(&mut self, slot: SlotId) -> u32 {
        let at = self.seen[slot as usize];
        if at != NOT_SEEN {
            return at;
        }
        let found = self.words.slots.get(slot as usize);
        let found = found.map_or(MISSING, |words| {
            match self.subject.user.attributes.shared(words.attribute) {
                None => MISSING,
                Some(text) => self.memory.slots[slot as usize].find(text, words, self.words),
            }
        });
        self.seen[slot as usize] = found;
        found
    }

    /// Lets the user's value count as one of that class, as an alias would: what text tests see stays as it is.
    pub(super) fn suppose(&mut self, slot: SlotId, class: u32) {
        let mut meaning = self.meaning(slot).clone();
        if self.seen[slot as usize] == PASSING {
            let tests = &self.words.slots[slot as usize].tests;
            let passes = tests.iter().copied();
            meaning.passes = passes.filter(|test| self.text(slot, *test)).collect();
        }
        meaning.class = class;
        self.memory.slots[slot as usize].meanings[SUPPOSED as usize] = meaning;
        self.seen[slot as usize] = SUPPOSED;
    }

    /// Whether the expression holds.
    pub(super) fn holds(&mut self, expression: &Expression) -> bool {
        self.truth(expression) == Truth::True
    }

    /// The outcome of an expression.
    pub(super) fn truth(&mut self, expression: &Expression) -> Truth {
        match expression {
            Expression::All(terms) => self.list(terms, Truth::False, Truth::True),
            Expression::Any(terms) => self.list(terms, Truth::True, Truth::False),
            Expression::Not(inner) => match self.truth(inner) {
                Truth::True => Truth::False,
                Truth::False => Truth::True,
                unknown => unknown,
            },
            Expression::Test(test) => self.test(test),
        }
    }

    /// One term that is `settling` decides; else an unknown one does, a group before a plan; else `otherwise`.
    fn list(&mut self, terms: &[Expression], settling: Truth, otherwise: Truth) -> Truth {
        let mut outcome = otherwise;
        for term in terms {
            match self.truth(term) {
                truth if truth == settling => return settling,
                Truth::UnknownGroup => outcome = Truth::UnknownGroup,
                Truth::UnknownPlan if outcome == otherwise => outcome = Truth::UnknownPlan,
                _ => {}
            }
        }
        outcome
    }

    /// The outcome of one test.
    pub(super) fn test(&mut self, test: &Test) -> Truth {
        match test {
            Test::OneOf(slot, classes) => {
                let class = self.meaning(*slot).class;
                match &**classes {
                    [only] => (*only == class).into(),
                    several => several.binary_search(&class).is_ok().into(),
                }
            }
            Test::Blank(slot) => self.meaning(*slot).blank.into(),
            Test::Text(slot, number) => self.text(*slot, *number).into(),
            Test::Kinds(mask) => (mask >> self.subject.kind as u8 & 1 == 1).into(),
            Test::Synced => self.subject.user.on_premises_synced.into(),
            Test::Plan(number) => self.plan(*number),
            Test::Group(group) => match self.subject.groups.get(group) {
                None => Truth::UnknownGroup,
                Some(members) => members.contains(&self.subject.user.id).into(),
            },
        }
    }

    fn text(&mut self, slot: SlotId, number: u32) -> bool {
        match self.locate(slot) {
            PASSING => {
                let attribute = self.words.slots[slot as usize].attribute;
                let raw = self
                    .subject
                    .user
                    .attributes
                    .get(attribute)
                    .unwrap_or_default();
                let normal = &self.memory.slots[slot as usize].normal;
                let test = &self.words.tests[number as usize];
                test.holds(normal, || before_folding(raw))
            }
            at => {
                let meaning = &self.memory.slots[slot as usize].meanings[at as usize];
                meaning.passes.binary_search(&number).is_ok()
            }
        }
    }

    fn plan(&self, number: u32) -> Truth {
        let plan = &self.words.plans[number as usize];
        let id = plan.id.or_else(|| self.subject.book.plan_named(&plan.name));
        id.map_or(Truth::UnknownPlan, |id| {
            self.subject
                .book
                .has_usable(&self.subject.user.licences, id)
                .into()
        })
    }
}

impl SlotMemory {
    /// Where the meaning of a text is; worked out when it is new.
    fn find(&mut self, text: &Arc<str>, slot: &Slot, words: &Vocabulary) -> u32 {
        if slot.repeats
            && let Some(at) = self.known.get(&**text)
        {
            return *at;
        }
        normal_form_into(text, &mut self.normal);
        let mut meaning = Meaning {
            class: slot.classes.get(self.normal.as_str()).copied().unwrap_or(0),
            blank: self.normal.is_empty(),
            passes: Box::default(),
        };
        let is_full = self.known.len() >= REMEMBERED;
        if !slot.repeats || is_full || text.len() > LONGEST {
            self.meanings[PASSING as usize] = meaning;
            return PASSING;
        }
        let passes = |number: &u32| {
            let test = &words.tests[*number as usize];
            test.holds(&self.normal, || before_folding(text))
        };
        meaning.passes = slot.tests.iter().copied().filter(passes).collect();
        let at = self.meanings.len() as u32;
        self.meanings.push(meaning);
        self.known.insert(Arc::clone(text), at);
        at
    }
}
