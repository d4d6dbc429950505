//! Values that repeat are kept once: a tenant of a million people has hundreds of offices and of licence sets.

use crate::directory::{Attribute, Licences};
use crate::numbering::ListedProfile;
use foldhash::fast::RandomState;
use std::collections::HashSet;
use std::hash::Hash;
use std::sync::Arc;

/// More different values of one kind are not remembered: such an attribute does not repeat after all.
const DIFFERENT: usize = 4096;

/// The values seen so far, in bounded number. A set is only asked whether it holds a value, never for its order.
#[derive(Debug)]
pub(super) struct Interner {
    texts: Vec<Shared<str>>,
    licences: Shared<Licences>,
    profiles: Shared<ListedProfile>,
}

impl Interner {
    pub(super) fn new() -> Self {
        Self {
            texts: Attribute::ALL.iter().map(|_| Shared::new()).collect(),
            licences: Shared::new(),
            profiles: Shared::new(),
        }
    }

    /// Forgets what is known of users, so that the values of a year ago are not kept for ever.
    pub(super) fn begin_round(&mut self) {
        self.texts.iter_mut().for_each(Shared::clear);
        self.licences.clear();
    }

    /// One text of an attribute.
    pub(super) fn text(&mut self, attribute: Attribute, text: &str) -> Arc<str> {
        match self.texts.get_mut(attribute as usize) {
            Some(known) if repeats(attribute) => known.share(text, |t| Arc::from(t)),
            _ => Arc::from(text),
        }
    }

    /// One set of licences; copied only when it is new.
    pub(super) fn licences(&mut self, licences: &Licences) -> Arc<Licences> {
        self.licences.share(licences, |l| Arc::new(l.clone()))
    }

    /// What a number has in common with others.
    pub(super) fn profile(&mut self, profile: ListedProfile) -> Arc<ListedProfile> {
        self.profiles.share(&profile, |p| Arc::new(p.clone()))
    }
}

/// Whether values of an attribute are shared by many users as a rule.
const fn repeats(attribute: Attribute) -> bool {
    !matches!(
        attribute,
        Attribute::Upn
            | Attribute::Mail
            | Attribute::DisplayName
            | Attribute::GivenName
            | Attribute::Surname
            | Attribute::EmployeeId
    )
}

#[derive(Debug)]
struct Shared<T: ?Sized>(HashSet<Arc<T>, RandomState>);

impl<T: ?Sized + Eq + Hash> Shared<T> {
    fn new() -> Self {
        Self(HashSet::with_hasher(RandomState::default()))
    }

    fn clear(&mut self) {
        self.0 = HashSet::with_hasher(RandomState::default());
    }

    fn share(&mut self, value: &T, make: impl FnOnce(&T) -> Arc<T>) -> Arc<T> {
        if let Some(known) = self.0.get(value) {
            return Arc::clone(known);
        }
        let fresh = make(value);
        if self.0.len() < DIFFERENT {
            self.0.insert(Arc::clone(&fresh));
        }
        fresh
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_what_repeats_up_to_a_bound() {
        let mut interner = Interner::new();
        let one = interner.text(Attribute::City, "Köln");
        let two = interner.text(Attribute::City, "Köln");
        assert!(Arc::ptr_eq(&one, &two));
        let upn = interner.text(Attribute::Upn, "a@contoso.example");
        assert!(!Arc::ptr_eq(
            &upn,
            &interner.text(Attribute::Upn, "a@contoso.example")
        ));
        for n in 0..2 * DIFFERENT {
            interner.text(Attribute::ExtensionAttribute1, &n.to_string());
        }
        let kept = &interner.texts[Attribute::ExtensionAttribute1 as usize];
        assert_eq!(kept.0.len(), DIFFERENT);
        interner.begin_round();
        assert!(!Arc::ptr_eq(&one, &interner.text(Attribute::City, "Köln")));
    }
}
