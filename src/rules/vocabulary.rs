//! The values and tests rules speak of, numbered, so that deciding compares numbers and not texts.

use super::checked::{Aliases, Operand, TextTest};
use crate::directory::{Attribute, PlanId, plan_id_by_name};
use std::collections::{BTreeMap, HashMap};

/// Hashing that is the same in every process: nothing that is decided may depend on chance.
pub(super) type Table<K, V> = HashMap<K, V, foldhash::fast::FixedState>;

/// Number of an attribute that rules read.
pub(super) type SlotId = u8;

/// Everything rules speak of.
#[derive(Debug, Default)]
pub(super) struct Vocabulary {
    pub(super) slots: Vec<Slot>,
    slot_of: BTreeMap<Attribute, SlotId>,
    /// All text tests, by number.
    pub(super) tests: Vec<TextTest>,
    test_of: Table<(SlotId, &'static str, String), u32>,
    pub(super) plans: Vec<Plan>,
    plan_of: Table<String, u32>,
}

/// What rules say about one attribute.
#[derive(Debug)]
pub(super) struct Slot {
    pub(super) attribute: Attribute,
    /// From normal form to class; class 0 is every value that no rule mentions.
    pub(super) classes: Table<Box<str>, u32>,
    /// How rules write the value of each class.
    pub(super) shown: Vec<Box<str>>,
    /// The text tests on this attribute.
    pub(super) tests: Vec<u32>,
    /// Whether its values repeat between users, so that remembering what they mean pays.
    pub(super) repeats: bool,
}

/// A plan as rules name it.
#[derive(Debug)]
pub(super) struct Plan {
    pub(super) name: String,
    /// Its id, where the product knows it without the tenant's help.
    pub(super) id: Option<PlanId>,
}

impl Vocabulary {
    /// The slot of an attribute, made when it is new.
    pub(super) fn slot(&mut self, attribute: Attribute) -> SlotId {
        if let Some(slot) = self.slot_of.get(&attribute) {
            return *slot;
        }
        let slot = self.slots.len() as SlotId;
        self.slot_of.insert(attribute, slot);
        self.slots.push(Slot {
            attribute,
            classes: Table::default(),
            shown: vec!["".into()],
            tests: Vec::new(),
            repeats: attribute.is_shared_by_many(),
        });
        slot
    }

    /// The class of a value, made when it is new.
    pub(super) fn class(&mut self, slot: SlotId, value: &Operand) -> u32 {
        let slot = &mut self.slots[slot as usize];
        if let Some(class) = slot.classes.get(value.normal.as_str()) {
            return *class;
        }
        let class = slot.shown.len() as u32;
        slot.classes.insert(value.normal.as_str().into(), class);
        slot.shown.push(value.shown.as_str().into());
        class
    }

    /// The number of a text test, made when it is new.
    pub(super) fn test(&mut self, slot: SlotId, test: TextTest) -> u32 {
        let (how, operand) = test.parts();
        let key = (slot, how, operand.to_owned());
        if let Some(known) = self.test_of.get(&key) {
            return *known;
        }
        let number = self.tests.len() as u32;
        self.test_of.insert(key, number);
        self.tests.push(test);
        self.slots[slot as usize].tests.push(number);
        number
    }

    /// The number of a plan name, made when it is new. Letter case does not matter.
    pub(super) fn plan(&mut self, name: &str) -> u32 {
        let next = self.plans.len() as u32;
        let number = *self
            .plan_of
            .entry(name.to_ascii_uppercase())
            .or_insert(next);
        if number == next {
            self.plans.push(Plan {
                name: name.to_owned(),
                id: name.parse().ok().or_else(|| plan_id_by_name(name)),
            });
        }
        number
    }

    /// Lets every alias stand for the class of its value, where some rule mentions that.
    pub(super) fn add_aliases(&mut self, aliases: &Aliases) {
        for slot in &mut self.slots {
            for (spelling, value) in aliases.get(&slot.attribute).into_iter().flatten() {
                if let Some(class) = slot.classes.get(value.normal.as_str()).copied() {
                    slot.classes.insert(spelling.as_str().into(), class);
                }
            }
        }
    }
}
