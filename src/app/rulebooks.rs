//! The rules of all tenants while the service lives: each source read once, kept from one reading of the configuration
//! to the next, and never two tenants in mode `apply` with one number.

use super::{check_overlaps_of, source_of};
use crate::cli::exit::{Exit, Failure};
use crate::clock::Clock;
use crate::config::{Mode, Rules, TenantConfig};
use crate::rulebook::{Accept, LiveRulebook, Mirrors};
use crate::rules::{LoadOptions, RuleSet};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Where rules lie, and whether they may name groups.
type Place = (Rules, bool);

/// The rules of the tenants of one configuration.
#[derive(Clone, Default)]
pub(super) struct Rulebooks {
    books: BTreeMap<Place, Arc<LiveRulebook>>,
    shelf: Arc<Mutex<Shelf>>,
    mirrors: Mirrors,
}

/// What is compared before rules come into force.
#[derive(Default)]
struct Shelf {
    /// The tenants in mode `apply`.
    applying: BTreeMap<String, Place>,
    sets: BTreeMap<Place, Arc<RuleSet>>,
}

impl Shelf {
    /// Whether no two of these tenants declare one number.
    fn check(&self, applying: &BTreeMap<String, Place>) -> Result<(), Failure> {
        let with_rules = |(tenant, place): (&String, &Place)| {
            let rules = self.sets.get(place)?;
            Some((tenant.clone(), Arc::clone(rules)))
        };
        let sets: Vec<(String, Arc<RuleSet>)> = applying.iter().filter_map(with_rules).collect();
        check_overlaps_of(&sets)
    }

    /// Puts a set in its place, unless it overlaps with another tenant's.
    fn accept(&mut self, place: &Place, rules: &Arc<RuleSet>) -> Result<(), String> {
        let before = self.sets.insert(place.clone(), Arc::clone(rules));
        let checked = self.check(&self.applying);
        if checked.is_err() {
            match before {
                Some(before) => drop(self.sets.insert(place.clone(), before)),
                None => drop(self.sets.remove(place)),
            }
        }
        checked.map_err(|failure| failure.message)
    }
}

impl Rulebooks {
    /// No rules yet.
    pub(super) fn of_process(mirrors: &Mirrors) -> Self {
        Self {
            mirrors: mirrors.clone(),
            ..Self::default()
        }
    }

    /// The books of these tenants: those that are open already as they are, the others read now. Nothing changes for
    /// the tenants served so far until [`Rulebooks::put_in_force`].
    ///
    /// # Errors
    /// Rules that cannot be used, or overlap, with exit code 3.
    pub(super) fn opened(
        &self,
        tenants: &[TenantConfig],
        clock: &Arc<dyn Clock>,
    ) -> Result<Self, Failure> {
        let mut books = BTreeMap::new();
        for tenant in tenants {
            let place = place_of(tenant);
            if books.contains_key(&place) {
                continue;
            }
            let book = match self.books.get(&place) {
                Some(book) => Arc::clone(book),
                None => Arc::new(self.open(&place, clock)?),
            };
            books.insert(place, book);
        }
        let shelf = Arc::clone(&self.shelf);
        held(&shelf).check(&applying(tenants))?;
        let mirrors = self.mirrors.clone();
        Ok(Self {
            books,
            shelf,
            mirrors,
        })
    }

    /// From now on these tenants' rules are compared when they change.
    pub(super) fn put_in_force(&self, tenants: &[TenantConfig]) {
        let mut shelf = held(&self.shelf);
        shelf.applying = applying(tenants);
        shelf.sets.retain(|place, _| self.books.contains_key(place));
    }

    /// The rules of a tenant that was among those opened.
    pub(super) fn of(&self, tenant: &TenantConfig) -> Option<Arc<LiveRulebook>> {
        self.books.get(&place_of(tenant)).cloned()
    }

    fn open(&self, place: &Place, clock: &Arc<dyn Clock>) -> Result<LiveRulebook, Failure> {
        let (rules, groups) = place;
        let source = source_of(rules, &self.mirrors);
        let options = LoadOptions { groups: *groups };
        let (shelf, here) = (Arc::clone(&self.shelf), place.clone());
        let accept: Accept = Box::new(move |rules| held(&shelf).accept(&here, rules));
        LiveRulebook::open(source, options, Arc::clone(clock), accept)
            .map_err(|error| Failure::new(Exit::Invalid, error.text()))
    }
}

fn place_of(tenant: &TenantConfig) -> Place {
    (tenant.rules.clone(), tenant.directory.groups)
}

fn applying(tenants: &[TenantConfig]) -> BTreeMap<String, Place> {
    let applying = tenants.iter().filter(|tenant| tenant.mode == Mode::Apply);
    applying
        .map(|tenant| (tenant.name.clone(), place_of(tenant)))
        .collect()
}

fn held(shelf: &Mutex<Shelf>) -> MutexGuard<'_, Shelf> {
    shelf.lock().unwrap_or_else(PoisonError::into_inner)
}
