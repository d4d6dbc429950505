//! A tenant on paper: everything a decision looks at, as a test says it, and nothing besides.

use super::read::{Trial, TrialFile};
use super::stock::Is;
use crate::directory::{LicenceBook, User, UserId};
use crate::numbering::{
    Category, E164, Listed, ListedProfile, ListedStatus, ListedType, NumberType,
};
use crate::plan::{
    EndReason, Former, Holding, HoldingOrigin, NumberFacts, Reservation, Settings, State,
    StoredUser, Suspension, UserFacts, World,
};
use crate::rules::{GroupMembers, Range, RuleSet};
use jiff::{SignedDuration, Timestamp};
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// What every test of a rule set begins with: all numbers that must be listed are, and free.
pub(super) struct Blank<'a> {
    pub(super) rules: &'a RuleSet,
    listing: Vec<Listed>,
}

/// The tenant of one test.
pub(super) struct Paper<'a> {
    rules: &'a RuleSet,
    settings: &'a Settings,
    book: &'a LicenceBook,
    groups: GroupMembers,
    listing: Cow<'a, [Listed]>,
    policies: BTreeMap<(String, String), Option<String>>,
    confirmed: BTreeMap<E164, Option<Listed>>,
    state: State,
    now: Timestamp,
}

const DAY: SignedDuration = SignedDuration::from_hours(24);

impl<'a> Blank<'a> {
    pub(super) fn of(rules: &'a RuleSet) -> Self {
        let mut listing = Vec::new();
        for range in rules.ranges() {
            if range.number_type.must_be_listed() {
                let profile = Arc::new(profile(rules, range, ListedStatus::Unassigned));
                listing.extend(range.numbers.iter().map(|number| Listed {
                    number,
                    target: None,
                    profile: Arc::clone(&profile),
                }));
            }
        }
        listing.sort_by_key(|listed| listed.number);
        Self { rules, listing }
    }

    /// The tenant of a test, and its person as the store would have them.
    pub(super) fn paper(&'a self, file: &'a TrialFile, trial: &Trial) -> (Paper<'a>, StoredUser) {
        let mut listed: BTreeMap<E164, Option<Listed>> = BTreeMap::new();
        let mut state = self.state(trial, &mut listed);
        let stored = self.stored(trial, &mut state, &mut listed);
        let members = |group| match trial.person.groups.contains(group) {
            true => BTreeSet::from([stored.user.id]),
            false => BTreeSet::new(),
        };
        let groups = self.rules.groups().iter();
        let policies = self.rules.policies().into_iter().map(|policy| {
            let there = !trial.stock.missing_policies.contains(&policy.1);
            let id = there.then(|| policy.1.clone());
            (policy, id)
        });
        let paper = Paper {
            rules: self.rules,
            settings: &file.settings,
            book: &file.book,
            groups: groups.map(|group| (*group, members(group))).collect(),
            listing: self.listing(listed),
            policies: policies.collect(),
            confirmed: BTreeMap::new(),
            state,
            now: trial.now,
        };
        (paper, stored)
    }

    /// What is remembered of the numbers that the test names.
    fn state(&self, trial: &Trial, listed: &mut BTreeMap<E164, Option<Listed>>) -> State {
        let mut state = State::default();
        let now = trial.now;
        state.anchor.numbers_read = Some(now);
        for (number, is) in &trial.stock.numbers {
            match is {
                Is::Held => {
                    let holder = UserId::from_u128(u128::from(number.digits()));
                    self.hold(*number, holder, now, &mut state, listed);
                }
                Is::Absent => drop(listed.insert(*number, None)),
                other => drop(state.numbers.insert(*number, facts(*other, now))),
            }
        }
        for name in &trial.stock.suspended {
            let suspension = Suspension {
                reason: "the test says so".to_owned(),
                since: now - DAY,
            };
            state.suspended.insert(name.clone(), suspension);
        }
        state
    }

    fn stored(
        &self,
        trial: &Trial,
        state: &mut State,
        listed: &mut BTreeMap<E164, Option<Listed>>,
    ) -> StoredUser {
        let user: User = trial.person.user.clone();
        if let Some(number) = trial.person.holds {
            self.hold(number, user.id, trial.now, state, listed);
        }
        if let Some(number) = trial.person.had {
            state.former.push(Former {
                user: user.id,
                number,
                number_type: self
                    .range_of(number)
                    .map_or(NumberType::DirectRouting, |r| r.number_type),
                ended: trial.now - DAY,
                reason: EndReason::Delicensed,
                seen_licensed: true,
            });
            let facts = state.numbers.entry(number).or_default();
            facts.freed.get_or_insert(trial.now - DAY);
        }
        let facts = UserFacts {
            pin: trial.person.pinned,
            ..UserFacts::default()
        };
        if facts.pin.is_some() {
            state.facts.insert(user.id, facts.clone());
        }
        state.users = 1 + state.holdings.len() as u64;
        StoredUser {
            user,
            gone: None,
            undecided: true,
            facts,
        }
    }

    /// Puts a number into somebody's hands, here and in Teams.
    fn hold(
        &self,
        number: E164,
        holder: UserId,
        now: Timestamp,
        state: &mut State,
        listed: &mut BTreeMap<E164, Option<Listed>>,
    ) {
        let Some(range) = self.range_of(number) else {
            return;
        };
        state.holdings.push(Holding {
            number,
            user: holder,
            number_type: range.number_type,
            range: Some(range.name.clone()),
            origin: HoldingOrigin::Assigned,
            since: now - DAY * 30,
            seen_licensed: true,
            missing: None,
        });
        let shown = Listed {
            number,
            target: Some(holder.0),
            profile: Arc::new(profile(self.rules, range, ListedStatus::UserAssigned)),
        };
        listed.insert(number, Some(shown));
    }

    fn range_of(&self, number: E164) -> Option<&'a Range> {
        self.rules
            .range_of(number)
            .map(|at| &self.rules.ranges()[at])
    }

    /// The number list with what is different in this test.
    fn listing(&'a self, different: BTreeMap<E164, Option<Listed>>) -> Cow<'a, [Listed]> {
        if different.is_empty() {
            return Cow::Borrowed(&self.listing);
        }
        let same = self
            .listing
            .iter()
            .filter(|listed| !different.contains_key(&listed.number));
        let mut listing: Vec<Listed> = same.cloned().collect();
        listing.extend(different.into_values().flatten());
        listing.sort_by_key(|listed| listed.number);
        Cow::Owned(listing)
    }
}

impl Paper<'_> {
    /// What a plan is made from.
    pub(super) fn world(&self) -> World<'_> {
        let (rules, settings, book) = (self.rules, self.settings, self.book);
        World {
            groups: &self.groups,
            listed_at: self.now,
            confirmed: &self.confirmed,
            policies: &self.policies,
            ..World::at_rest(rules, settings, book, &self.state, &self.listing, self.now)
        }
    }
}

/// What is remembered of a number that is in nobody's hands.
fn facts(is: Is, now: Timestamp) -> NumberFacts {
    let none = NumberFacts::default();
    match is {
        Is::Held | Is::Absent => none,
        Is::Resting => NumberFacts {
            freed: Some(now - DAY),
            rest_until: Some(now + DAY),
            ..none
        },
        Is::Reserved => NumberFacts {
            reserved: Some(Reservation {
                by: "the test".to_owned(),
                reason: "its stock says so".to_owned(),
                until: None,
                whom: None,
            }),
            ..none
        },
        Is::Blocked => NumberFacts {
            blocked_until: Some(now + DAY),
            blocks: 1,
            ..none
        },
        Is::Used(place) => {
            // Each a second after the one before, all of them years ago: rests are over.
            let freed = now - DAY * 3_650 + SignedDuration::from_secs(place as i64);
            NumberFacts {
                freed: Some(freed),
                rest_until: Some(freed),
                ..none
            }
        }
    }
}

/// A number of the range as Teams lists it when all is well.
fn profile(rules: &RuleSet, range: &Range, status: ListedStatus) -> ListedProfile {
    let operator = range.operator.and_then(|at| rules.operators().get(at));
    let operator = operator.and_then(|operator| operator.id.as_ref()?.parse().ok());
    ListedProfile {
        number_type: ListedType::Known(range.number_type),
        activated: true,
        for_users: true,
        status,
        category: Category::Primary,
        ported: true,
        on_premises: false,
        extension: false,
        operator,
        country: range.country,
        location_update: true,
        location: None,
    }
}
