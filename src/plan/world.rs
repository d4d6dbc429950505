//! Everything a plan is made from, as one value, and the look-ups over it.

use super::expected::Expected;
use super::{
    Effective, Holding, Migration, Mover, NumberFacts, OpenStep, Reservation, Settings, State,
    StoredUser,
};
use crate::directory::{LicenceBook, UserId};
use crate::numbering::{E164, Listed, NumberType};
use crate::rules::{GroupMembers, Range, RuleSet};
use jiff::Timestamp;
use std::collections::BTreeMap;
use std::ops::RangeInclusive;

/// What was observed and what is remembered: the whole input of a plan besides the users themselves.
pub struct World<'a> {
    /// The rules in force.
    pub rules: &'a RuleSet,
    /// Configuration.
    pub settings: &'a Settings,
    /// The tenant's products.
    pub book: &'a LicenceBook,
    /// Members of the groups that rules name.
    pub groups: &'a GroupMembers,
    /// The number list, ascending by number, each number once.
    pub listing: &'a [Listed],
    /// When that list was read.
    pub listed_at: Timestamp,
    /// Managed numbers that the list does not show with their holder, each read by itself.
    pub confirmed: &'a BTreeMap<E164, Option<Listed>>,
    /// What the list shows of numbers a second time, with another type: an operator's upload beside the old entry.
    pub beside: &'a BTreeMap<E164, Listed>,
    /// Policies the rules name and the tenant's ids of them; `None`: the tenant has none of that name.
    pub policies: &'a BTreeMap<(String, String), Option<String>>,
    /// Policies in force by Teams' own word; `None`: not asked in this sync.
    pub effective: Option<&'a Effective>,
    /// What is remembered.
    pub state: &'a State,
    /// Circumstances of this sync.
    pub circumstances: Circumstances,
    /// The present.
    pub now: Timestamp,
}

/// What was special about the observation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Circumstances {
    /// The round of users ended properly; otherwise nothing is released.
    pub complete: bool,
    /// This machine's clock agrees with Graph's; otherwise nothing is released and no rest ends.
    pub clock_agrees: bool,
    /// Everyone is being decided, not only those of whom something changed.
    pub everyone: bool,
    /// A person asked for this sync: refusals that can pass are tried again at once.
    pub by_hand: bool,
}

impl Circumstances {
    /// Nothing special: for looking at what is stored, as a plan would see it.
    pub const ORDINARY: Self = Self {
        complete: true,
        clock_agrees: true,
        everyone: false,
        by_hand: false,
    };
}

/// Look-ups over a [`World`], made once per plan.
pub struct Index<'a> {
    /// The world itself.
    pub world: &'a World<'a>,
    by_holder: Vec<u32>,
    holdings: BTreeMap<UserId, &'a Holding>,
    held: BTreeMap<E164, &'a Holding>,
    open_users: BTreeMap<UserId, &'a OpenStep>,
    open_numbers: BTreeMap<E164, &'a OpenStep>,
    pins: BTreeMap<E164, UserId>,
    movers: BTreeMap<UserId, &'a Mover>,
    migrating: BTreeMap<&'a str, &'a Migration>,
    pub(super) expected: Expected,
}

impl<'a> Index<'a> {
    /// Arranges the world for looking up by user and by number.
    #[must_use]
    pub fn new(world: &'a World<'a>) -> Self {
        let listed = 0..u32::try_from(world.listing.len()).unwrap_or(u32::MAX);
        let holder = |at: &u32| world.listing[*at as usize].primary_line_of();
        let mut by_holder: Vec<u32> = listed.filter(|at| holder(at).is_some()).collect();
        by_holder.sort_by_key(|at| (holder(at), *at));
        let state = world.state;
        let claims = || {
            state
                .open_steps
                .iter()
                .filter(|step| step.change.action.claims())
        };
        let reserved = state.numbers.iter().filter_map(|(number, facts)| {
            let reserved = facts.reserved.as_ref();
            let lasts = |it: &&Reservation| it.until.is_none_or(|until| world.now < until);
            Some((*number, reserved.filter(lasts)?))
        });
        let pinned = |(user, facts): (&UserId, &super::UserFacts)| Some((facts.pin?, *user));
        Self {
            world,
            by_holder,
            holdings: state.holdings.iter().map(|h| (h.user, h)).collect(),
            held: state.holdings.iter().map(|h| (h.number, h)).collect(),
            // Of a change of number the first step that is still open stands for the person.
            open_users: claims().rev().map(|s| (s.change.user, s)).collect(),
            open_numbers: claims().map(|step| (step.change.number, step)).collect(),
            pins: state.facts.iter().filter_map(pinned).collect(),
            movers: under_way(state).map(|mover| (mover.user, mover)).collect(),
            migrating: state
                .migrations
                .values()
                .map(|migration| (migration.range.as_str(), migration))
                .collect(),
            expected: Expected::of(reserved),
        }
    }

    /// The managed number in the user's hands.
    #[must_use]
    pub fn holding_of(&self, user: UserId) -> Option<&'a Holding> {
        self.holdings.get(&user).copied()
    }

    /// Who holds the number under management.
    #[must_use]
    pub fn holding(&self, number: E164) -> Option<&'a Holding> {
        self.held.get(&number).copied()
    }

    /// All managed numbers, ascending.
    pub fn holdings(&self) -> impl Iterator<Item = &'a Holding> + '_ {
        self.held.values().copied()
    }

    /// Managed numbers between two numbers, inclusive.
    pub fn held_within(&self, within: RangeInclusive<E164>) -> impl Iterator<Item = E164> + '_ {
        self.held.range(within).map(|(number, _)| *number)
    }

    /// The open step that claims the user.
    #[must_use]
    pub fn open_step_of(&self, user: UserId) -> Option<&'a OpenStep> {
        self.open_users.get(&user).copied()
    }

    /// The open step that claims the number.
    #[must_use]
    pub fn open_step(&self, number: E164) -> Option<&'a OpenStep> {
        self.open_numbers.get(&number).copied()
    }

    /// Open steps by their number, ascending.
    pub fn open_numbers(&self) -> impl Iterator<Item = E164> + '_ {
        self.open_numbers.keys().copied()
    }

    /// Somebody whose number moves to another type, and the migration.
    #[must_use]
    pub fn mover_of(&self, user: UserId) -> Option<(&'a Mover, &'a Migration)> {
        let mover = self.movers.get(&user).copied()?;
        Some((mover, self.world.state.migrations.get(&mover.migration)?))
    }

    /// The migration that a range is in.
    #[must_use]
    pub fn migration_of(&self, range: &str) -> Option<&'a Migration> {
        self.migrating.get(range).copied()
    }

    /// Whether Teams lists the number, or lists it a second time, as one of this type that can be assigned.
    #[must_use]
    pub fn offers(&self, number: E164, number_type: NumberType) -> bool {
        let entries = [self.listed(number), self.world.beside.get(&number)];
        let mut entries = entries.into_iter().flatten();
        entries.any(|listed| listed.is_assignable_as(number_type))
    }

    /// The type with which a number of a range is given: while the range moves, the one it is listed with.
    #[must_use]
    pub fn type_to_give(&self, range: &Range, number: E164) -> NumberType {
        let moves = self.migration_of(&range.name).map(|migration| migration.to);
        let direct = range.number_type == NumberType::DirectRouting;
        let arrived = moves.filter(|to| direct && self.offers(number, *to));
        arrived.unwrap_or(range.number_type)
    }

    /// Whose pin the number is.
    #[must_use]
    pub fn pinned_to(&self, number: E164) -> Option<UserId> {
        self.pins.get(&number).copied()
    }

    /// Whom the number is set aside for by name, while that is in force.
    #[must_use]
    pub fn reserved_for(&self, number: E164) -> Option<&'a str> {
        let reserved = self.facts(number)?.reserved.as_ref()?;
        let lasts = reserved.until.is_none_or(|until| self.world.now < until);
        reserved.whom.as_deref().filter(|_| lasts)
    }

    /// Whether the number is set aside by name for somebody other than this user.
    #[must_use]
    pub fn is_for_another(&self, number: E164, stored: &StoredUser) -> bool {
        self.reserved_for(number).is_some() && !self.expected.numbers_for(stored).contains(&number)
    }

    /// Pinned numbers, ascending.
    pub fn pinned_numbers(&self) -> impl Iterator<Item = E164> + '_ {
        self.pins.keys().copied()
    }

    /// What Teams says of a number: read by itself where that was done, else as listed.
    #[must_use]
    pub fn listed(&self, number: E164) -> Option<&'a Listed> {
        if let Some(single) = self.world.confirmed.get(&number) {
            return single.as_ref();
        }
        let at = self
            .world
            .listing
            .binary_search_by_key(&number, |l| l.number)
            .ok()?;
        Some(&self.world.listing[at])
    }

    /// The number Teams shows as the user's primary line: the managed one first, else the lowest.
    #[must_use]
    pub fn primary_of(&self, user: UserId) -> Option<&'a Listed> {
        let holder = |at: &u32| self.world.listing[*at as usize].primary_line_of();
        let from = self
            .by_holder
            .partition_point(|at| holder(at) < Some(user.0));
        let theirs = self.by_holder[from..]
            .iter()
            .take_while(|at| holder(at) == Some(user.0));
        let lines: Vec<&Listed> = theirs
            .map(|at| &self.world.listing[*at as usize])
            .filter(|line| {
                self.listed(line.number).and_then(Listed::primary_line_of) == Some(user.0)
            })
            .collect();
        let managed = self.holding_of(user).map(|h| h.number);
        let is_managed = |line: &&&Listed| Some(line.number) == managed;
        lines
            .iter()
            .find(is_managed)
            .or_else(|| lines.first())
            .copied()
    }

    /// Whether Teams shows the holding in place.
    #[must_use]
    pub fn in_place(&self, holding: &Holding) -> bool {
        self.listed(holding.number).and_then(Listed::holder) == Some(holding.user.0)
    }

    /// What is remembered of the number.
    #[must_use]
    pub fn facts(&self, number: E164) -> Option<&'a NumberFacts> {
        self.world.state.numbers.get(&number)
    }

    /// Users of whom something changed outside the directory: their number left, came, or moved, or a policy did.
    #[must_use]
    pub fn affected(&self) -> Vec<UserId> {
        let moved = self
            .holdings()
            .filter(|h| h.missing.is_some() || !self.in_place(h))
            .map(|h| h.user);
        let came = self.world.listing.iter().filter_map(|listed| {
            let holder = UserId(listed.holder()?);
            let managed = self.holding(listed.number).map(|h| h.user) == Some(holder);
            let ours = self.world.rules.range_of(listed.number).is_some();
            (ours && !managed).then_some(holder)
        });
        let effective = self.world.effective.into_iter();
        let changed = effective.flat_map(|effective| effective.differing(self.world.state));
        let migrations = &self.world.state.migrations;
        let moving = under_way(self.world.state).filter(|mover| {
            let migration = migrations.get(&mover.migration);
            migration.is_some_and(|migration| mover.has_begun(migration))
        });
        let moving = moving.map(|mover| mover.user);
        let mut users: Vec<UserId> = moved.chain(came).chain(changed).chain(moving).collect();
        users.sort_unstable();
        users.dedup();
        users
    }
}

fn under_way(state: &State) -> impl Iterator<Item = &Mover> {
    state.movers.iter().filter(|mover| mover.is_under_way())
}

/// Managed numbers that the list does not show with their holder: each has to be read by itself before a plan.
#[must_use]
pub fn out_of_place(state: &State, listing: &[Listed]) -> Vec<E164> {
    let shown = |h: &&Holding| {
        let at = listing.binary_search_by_key(&h.number, |l| l.number);
        at.is_ok_and(|at| listing[at].holder() == Some(h.user.0))
    };
    let mut missing: Vec<E164> = state
        .holdings
        .iter()
        .filter(|h| !shown(h))
        .map(|h| h.number)
        .collect();
    missing.sort_unstable();
    missing
}
