//! A small tenant in memory, and a plan of it as lines of text.

use crate::directory::tests::{licences, products};
use crate::directory::{Attribute, LicenceBook, Sku, User, UserId};
use crate::numbering::{
    Category, Country, E164, Listed, ListedProfile, ListedStatus, ListedType, NumberType,
};
use crate::plan::{
    Approval, Circumstances, Draft, Effective, Former, Gone, GoneHow, Holding, HoldingOrigin,
    Index, Missing, NumberFacts, Planner, Safety, Settings, State, StoredUser, World, guard,
    out_of_place,
};
use crate::rules::{GroupMembers, LoadOptions, RuleSet, SourceFile, load};
use jiff::{SignedDuration, Timestamp};
use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

/// One range of each type. Numbers are written by their last four digits: 1000 to 1009 of `muc`, 0100 to 0109 of
/// `us`, 2000 to 2009 of `zrh`.
pub(crate) const RULES: &str = r#"
    range "muc" {
      type direct-routing
      numbers +49 89 5550 1000 to 1009
      quarantine 0 days
      when city = "Munich"
    }
    range "us" {
      type calling-plan
      numbers +1 206 555 0100 to 0109
      country "US"
      location "9b11c2d0-1a2b-4c3d-8e4f-5a6b7c8d9e0f"
      quarantine 0 days
      when city = "Seattle"
    }
    range "zrh" {
      type operator-connect
      numbers +41 43 555 20 00 to 20 09
      quarantine 0 days
      when city = "Zurich"
    }
"#;

/// The number with these last four digits: below 1000 in Seattle, from 2000 to 2999 in Zurich, else in Munich.
pub(crate) fn number(last: u64) -> E164 {
    let prefix = match last {
        0..1000 => 12_065_550_000,
        2000..3000 => 41_435_550_000,
        _ => 498_955_500_000,
    };
    E164::from_digits(prefix + last).expect("it is a number")
}

/// The id of the user of that name; ids are ordered as names are.
pub(crate) fn id(name: &str) -> UserId {
    let mut bytes = [0; 16];
    bytes[..name.len()].copy_from_slice(name.as_bytes());
    UserId::from_u128(u128::from_be_bytes(bytes))
}

/// The present of every test.
pub(crate) fn now() -> Timestamp {
    "2026-03-02T08:00:00Z".parse().expect("it is an instant")
}

pub(crate) fn hours(hours: i64) -> SignedDuration {
    SignedDuration::from_hours(hours)
}

/// So many hours before the present; negative: after.
pub(crate) fn ago(before: i64) -> Timestamp {
    now() - hours(before)
}

/// A tenant. Every part may be changed before it is planned.
#[derive(Clone)]
pub(crate) struct Town {
    pub(crate) rules: Arc<RuleSet>,
    pub(crate) settings: Settings,
    pub(crate) users: Vec<StoredUser>,
    pub(crate) state: State,
    pub(crate) listing: BTreeMap<E164, Listed>,
    /// What the list shows a second time.
    pub(crate) beside: BTreeMap<E164, Listed>,
    pub(crate) skus: Option<Vec<Sku>>,
    pub(crate) groups: GroupMembers,
    pub(crate) policies: BTreeMap<(String, String), Option<String>>,
    pub(crate) effective: Option<Effective>,
    pub(crate) circumstances: Circumstances,
    pub(crate) approval: Approval,
    pub(crate) now: Timestamp,
}

/// A tenant with the rules above and nobody in it.
pub(crate) fn town() -> Town {
    ruled_by(RULES)
}

/// A tenant with these rules and nobody in it. Brakes are far away, everyone is decided.
pub(crate) fn ruled_by(text: &str) -> Town {
    let file = SourceFile {
        name: "test.rules".to_owned(),
        bytes: text.as_bytes().to_vec(),
    };
    let rules = load(&[file], LoadOptions { groups: true }).expect("the rules are right");
    let mut state = State::default();
    state.anchor.numbers_read = Some(ago(1));
    let settings = Settings {
        tenant: "test".to_owned(),
        mode: crate::plan::Mode::Apply,
        safety: Safety {
            max_releases: 1000,
            max_release_percent: 100,
            max_assignments: 0,
            max_unmatched_percent: 20,
            max_by_hand: 50,
        },
        ..Settings::default()
    };
    Town {
        rules: Arc::new(rules.rule_set),
        settings,
        users: Vec::new(),
        state,
        listing: BTreeMap::new(),
        beside: BTreeMap::new(),
        skus: Some(products()),
        groups: GroupMembers::new(),
        policies: BTreeMap::new(),
        effective: None,
        circumstances: Circumstances {
            complete: true,
            clock_agrees: true,
            everyone: true,
            by_hand: false,
        },
        approval: Approval::default(),
        now: now(),
    }
}

impl fmt::Debug for Town {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Town")
            .field("users", &self.users)
            .field("state", &self.state)
            .field("listing", &self.listing)
            .field("safety", &self.settings.safety)
            .field("circumstances", &self.circumstances)
            .finish_non_exhaustive()
    }
}

impl Town {
    /// Adds somebody in Munich.
    pub(crate) fn user(mut self, name: &str, licence_text: &str) -> Self {
        let mut user = User::new(id(name));
        user.licences = Arc::new(licences(licence_text));
        let texts = [
            (Attribute::Upn, name),
            (Attribute::City, "Munich"),
            (Attribute::UsageLocation, "DE"),
        ];
        user.attributes = texts.into_iter().collect();
        user.created = Some(ago(1000));
        self.users.push(StoredUser {
            user,
            gone: None,
            undecided: true,
            facts: crate::plan::UserFacts::default(),
        });
        self
    }

    /// Adds somebody elsewhere.
    pub(crate) fn user_in(self, city: &str, country: &str, name: &str, licence_text: &str) -> Self {
        let moved = self.user(name, licence_text);
        moved.attribute(name, Attribute::City, city).attribute(
            name,
            Attribute::UsageLocation,
            country,
        )
    }

    /// Changes the user of that name.
    pub(crate) fn with(mut self, name: &str, change: impl FnOnce(&mut StoredUser)) -> Self {
        let found = self
            .users
            .iter_mut()
            .find(|stored| stored.user.id == id(name));
        change(found.expect("the user is there"));
        self
    }

    /// Changes anything.
    pub(crate) fn but(mut self, change: impl FnOnce(&mut Self)) -> Self {
        change(&mut self);
        self
    }

    pub(crate) fn attribute(self, name: &str, attribute: Attribute, text: &str) -> Self {
        self.with(name, |stored| {
            stored.user.attributes.set(attribute, Some(text.into()));
        })
    }

    /// The user left so many hours ago.
    pub(crate) fn gone(self, name: &str, how: GoneHow, hours: i64) -> Self {
        self.with(name, |stored| {
            stored.gone = Some(Gone {
                since: ago(hours),
                how,
            });
        })
    }

    /// The user holds the number under management, and Teams shows it.
    pub(crate) fn holds(self, name: &str, last: u64) -> Self {
        self.booked(name, last).listed(last, Some(name))
    }

    /// The user holds the number under management; Teams does not show it.
    pub(crate) fn booked(mut self, name: &str, last: u64) -> Self {
        let range = self.rules.range_of(number(last));
        self.state.holdings.push(Holding {
            number: number(last),
            user: id(name),
            number_type: type_of(last),
            range: range.map(|at| self.rules.ranges()[at].name.clone()),
            origin: HoldingOrigin::Assigned,
            since: ago(500),
            seen_licensed: true,
            missing: None,
        });
        self
    }

    /// Changes the holding of the number.
    pub(crate) fn holding(mut self, last: u64, change: impl FnOnce(&mut Holding)) -> Self {
        let mut holdings = self.state.holdings.iter_mut();
        change(
            holdings
                .find(|h| h.number == number(last))
                .expect("it is held"),
        );
        self
    }

    /// An earlier sync, so many hours ago, has missed the number already.
    pub(crate) fn missed(self, last: u64, hours: i64) -> Self {
        self.holding(last, |holding| {
            holding.missing = Some(Missing {
                since: ago(hours),
                last_in_place: ago(hours + 1),
            });
        })
    }

    /// The user had the number until so many hours ago, and has none now.
    pub(crate) fn had(mut self, name: &str, last: u64, hours: i64) -> Self {
        self.state.former.push(Former {
            user: id(name),
            number: number(last),
            number_type: type_of(last),
            ended: ago(hours),
            reason: crate::plan::EndReason::Delicensed,
            seen_licensed: true,
        });
        self.number(last, |facts| facts.freed = Some(ago(hours)))
    }

    /// Changes what is remembered of a number.
    pub(crate) fn number(mut self, last: u64, change: impl FnOnce(&mut NumberFacts)) -> Self {
        change(self.state.numbers.entry(number(last)).or_default());
        self
    }

    /// The number rests for so many hours.
    pub(crate) fn rests(self, last: u64, hours: i64) -> Self {
        self.number(last, |facts| {
            facts.freed.get_or_insert(ago(10));
            facts.rest_until = Some(ago(-hours));
        })
    }

    /// Teams lists the number, as somebody's primary line or unassigned.
    pub(crate) fn listed(mut self, last: u64, holder: Option<&str>) -> Self {
        let line = listed(number(last), type_of(last), holder.map(id));
        self.listing.insert(number(last), line);
        self
    }

    /// Teams lists the number in a certain way.
    pub(crate) fn listed_as(
        mut self,
        last: u64,
        holder: Option<&str>,
        change: impl FnOnce(&mut ListedProfile),
    ) -> Self {
        let mut line = listed(number(last), type_of(last), holder.map(id));
        change(Arc::make_mut(&mut line.profile));
        self.listing.insert(number(last), line);
        self
    }

    /// Pins the user to the number.
    pub(crate) fn pinned(self, name: &str, last: u64) -> Self {
        self.with(name, |stored| stored.facts.pin = Some(number(last)))
    }

    /// Plans, considering the users in the order in which they stand, and lets the guard look at it.
    pub(crate) fn plan(&self) -> Draft {
        self.look(|world| {
            let mut planner = Planner::new(world);
            for stored in &self.users {
                planner.consider(stored.clone());
            }
            guard(planner.finish(), world, self.approval)
        })
    }

    /// Looks at the world of this tenant.
    pub(crate) fn look<R>(&self, look: impl FnOnce(&World<'_>) -> R) -> R {
        let mut state = self.state.clone();
        let facts = self.users.iter().map(|u| (u.user.id, u.facts.clone()));
        state.facts = facts.collect();
        let listing: Vec<Listed> = self.listing.values().cloned().collect();
        let single = |number| (number, self.listing.get(&number).cloned());
        let confirmed = out_of_place(&state, &listing).into_iter().map(single);
        let confirmed = confirmed.collect();
        let book = LicenceBook::new(self.settings.catalogue.clone(), self.skus.as_deref());
        look(&World {
            rules: &self.rules,
            settings: &self.settings,
            book: &book,
            groups: &self.groups,
            listing: &listing,
            listed_at: self.now,
            confirmed: &confirmed,
            beside: &self.beside,
            policies: &self.policies,
            effective: self.effective.as_ref(),
            state: &state,
            circumstances: self.circumstances,
            now: self.now,
        })
    }

    /// Looks things up in the world of this tenant.
    pub(crate) fn index<R>(&self, look: impl FnOnce(&Index<'_>) -> R) -> R {
        self.look(|world| look(&Index::new(world)))
    }
}

pub(crate) fn type_of(last: u64) -> NumberType {
    match last {
        0..1000 => NumberType::CallingPlan,
        2000..3000 => NumberType::OperatorConnect,
        _ => NumberType::DirectRouting,
    }
}

/// A line as Teams lists it: assigned to a user as the primary line, or free for users.
pub(crate) fn listed(number: E164, number_type: NumberType, holder: Option<UserId>) -> Listed {
    let status = match holder {
        Some(_) => ListedStatus::UserAssigned,
        None => ListedStatus::Unassigned,
    };
    let country = match number_type {
        NumberType::CallingPlan => Country::from_code("US"),
        NumberType::OperatorConnect => Country::from_code("CH"),
        NumberType::DirectRouting => None,
    };
    Listed {
        number,
        target: holder.map(|user| user.0),
        profile: Arc::new(ListedProfile {
            number_type: ListedType::Known(number_type),
            activated: true,
            for_users: true,
            status,
            category: Category::Primary,
            ported: true,
            on_premises: false,
            extension: false,
            operator: None,
            country,
            location_update: false,
            location: None,
        }),
    }
}
