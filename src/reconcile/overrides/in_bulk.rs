//! Many overrides at once, as a file brings them: looked at a chunk at a time, with the checks of the single commands,
//! and written in one transaction: either all of them or none.

use super::{OverrideError, Overrides};
use crate::apply::JournalError;
use crate::directory::{LicenceBook, UserId};
use crate::numbering::{E164, Listed, NumberState};
use crate::plan::{
    Circumstances, Holder, Index, NumberWish, Refusal, Settings, State, StoredUser, World, entry,
    may_become, may_pin, may_show,
};
use crate::reconcile::Scope;
use crate::rules::RuleSet;
use async_trait::async_trait;
use jiff::Timestamp;
use std::collections::{BTreeMap, BTreeSet};
use std::io;

/// Rows are looked at and written in chunks of this size.
pub const ROWS_AT_ONCE: usize = 2_048;

/// What numbers are to be, a chunk after the other. Gone through anew when the database makes a write begin again.
pub type NumberWishes<'w> = Box<dyn Iterator<Item = io::Result<Vec<NumberWish>>> + Send + 'w>;

/// What is remembered of certain numbers, and nothing else.
#[derive(Debug)]
pub struct Around {
    /// Holdings, facts of numbers, open steps and pins of these numbers, and what the past says as a whole.
    pub state: State,
    /// What Teams lists of them, ascending.
    pub listing: Vec<Listed>,
}

/// Reads and writes many overrides. Writes are one durable transaction each, with an audit record for each change, and
/// carry no fence: a sync under way yields to them.
#[async_trait]
pub trait InBulk: Overrides {
    /// What is remembered of these numbers.
    async fn around(&self, numbers: &[E164]) -> Result<Around, JournalError>;

    /// Whom each of the texts means: by UPN, mail address, employee id or object id, or else by a former UPN. Who is
    /// gone is meant only where nobody else is.
    async fn meant(&self, texts: &[String]) -> Result<Vec<Vec<UserId>>, JournalError>;

    /// Everybody who is pinned, and to which number.
    async fn pins(&self) -> Result<BTreeMap<UserId, E164>, JournalError>;

    /// How many numbers are set aside or put to rest by hand, blocked ones included.
    async fn set_aside(&self, now: Timestamp) -> Result<u64, JournalError>;

    /// How many managed numbers are in somebody's hands.
    async fn holders(&self) -> Result<u64, JournalError>;

    /// Makes of numbers what is wished; answers how many facts changed.
    async fn set_numbers<'w>(
        &self,
        by: &str,
        wishes: &(dyn Fn() -> io::Result<NumberWishes<'w>> + Send + Sync),
        now: Timestamp,
    ) -> Result<u64, JournalError>;

    /// Pins users to numbers, or with `None` takes their pins. `false`: nothing was changed, because somebody else was
    /// pinned to one of the numbers meanwhile.
    async fn set_pins(
        &self,
        by: &str,
        pins: &[(UserId, Option<E164>)],
        now: Timestamp,
    ) -> Result<bool, JournalError>;
}

/// What many overrides are looked at with.
#[derive(Clone, Copy)]
pub struct BulkDesk<'a> {
    /// The tenant's records.
    pub records: &'a dyn InBulk,
    /// The tenant's settings.
    pub settings: &'a Settings,
    /// The tenant's rules.
    pub rules: &'a RuleSet,
    /// Who asks, for the audit trail.
    pub by: &'a str,
    /// The present.
    pub now: Timestamp,
}

/// How a wish for a number fits what there is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NumberFit {
    /// Whether something is to be set.
    pub changes: bool,
    /// Whether the number is set aside, resting or blocked by hand or by Teams now.
    pub was_set_aside: bool,
    /// Whether somebody has it.
    pub in_hands: bool,
}

/// What is asked for somebody whom a row names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PinWish {
    /// Whom.
    pub user: UserId,
    /// Which number.
    pub number: E164,
}

impl BulkDesk<'_> {
    /// Looks at what numbers are to be: one answer each, in their order.
    ///
    /// # Errors
    /// The database.
    pub async fn look_at_numbers(
        &self,
        wishes: &[NumberWish],
    ) -> Result<Vec<Result<NumberFit, Refusal>>, OverrideError> {
        let numbers: Vec<E164> = wishes.iter().map(|wish| wish.number).collect();
        let around = self.records.around(&numbers).await?;
        let fits = self.with_index(&around, |index| {
            let fit = |wish: &NumberWish| {
                let changes = may_become(index, wish)?;
                Ok(fit_of(index, wish.number, changes))
            };
            wishes.iter().map(fit).collect()
        });
        self.named(fits).await
    }

    /// Looks at whom rows want to pin. `lets_go` tells whether a pin ends with the same file, so that its number may go
    /// to somebody else.
    ///
    /// # Errors
    /// The database.
    pub async fn look_at_pins(
        &self,
        wishes: &[PinWish],
        force: bool,
        lets_go: &(dyn Fn(UserId, E164) -> bool + Sync),
    ) -> Result<Vec<Result<(), Refusal>>, OverrideError> {
        let look =
            |index: &Index<'_>, stored: &StoredUser, number| may_pin(index, stored, number, force);
        self.look_at_people(wishes, lets_go, look).await
    }

    /// Looks at whose profile is to show which number: whether it has to be written, `None` where only on-premises can.
    ///
    /// # Errors
    /// The database.
    pub async fn look_at_profiles(
        &self,
        wishes: &[PinWish],
        force: bool,
    ) -> Result<Vec<Result<Option<bool>, Refusal>>, OverrideError> {
        let look =
            |index: &Index<'_>, stored: &StoredUser, number| may_show(index, stored, number, force);
        self.look_at_people(wishes, &|_, _| false, look).await
    }

    async fn look_at_people<T: Send>(
        &self,
        wishes: &[PinWish],
        lets_go: &(dyn Fn(UserId, E164) -> bool + Sync),
        look: impl Fn(&Index<'_>, &StoredUser, E164) -> Result<T, Refusal> + Sync,
    ) -> Result<Vec<Result<T, Refusal>>, OverrideError> {
        let numbers: Vec<E164> = wishes.iter().map(|wish| wish.number).collect();
        let mut around = self.records.around(&numbers).await?;
        let pins = &mut around.state.facts;
        pins.retain(|user, facts| !facts.pin.is_some_and(|pin| lets_go(*user, pin)));
        let scope = Scope::Only(wishes.iter().map(|wish| wish.user).collect());
        let people = self
            .records
            .users(&scope, None, wishes.len().max(1))
            .await?;
        let people: BTreeMap<UserId, StoredUser> = people
            .into_iter()
            .map(|stored| (stored.user.id, stored))
            .collect();
        let found = self.with_index(&around, |index| {
            let one = |wish: &PinWish| match people.get(&wish.user) {
                Some(stored) => look(index, stored, wish.number),
                None => Err(Refusal::UnknownUser(wish.user.to_string())),
            };
            wishes.iter().map(one).collect()
        });
        self.named(found).await
    }

    fn with_index<T>(&self, around: &Around, look: impl FnOnce(&Index<'_>) -> T) -> T {
        let products = around.state.anchor.products();
        let book = LicenceBook::new(self.settings.catalogue.clone(), products);
        let (state, listing) = (&around.state, &around.listing);
        let world = World {
            circumstances: Circumstances {
                by_hand: true,
                ..Circumstances::ORDINARY
            },
            ..World::at_rest(self.rules, self.settings, &book, state, listing, self.now)
        };
        look(&Index::new(&world))
    }

    /// Gives all people whom refusals name by id the names that people know: one reading, however many there are.
    async fn named<T>(
        &self,
        mut found: Vec<Result<T, Refusal>>,
    ) -> Result<Vec<Result<T, Refusal>>, OverrideError> {
        fn refused<T>(one: &mut Result<T, Refusal>) -> Option<&mut Holder> {
            one.as_mut().err()?.holder_mut()
        }
        let nameless = found
            .iter_mut()
            .filter_map(refused)
            .map(|holder| holder.user);
        let nameless: BTreeSet<UserId> = nameless.collect();
        if nameless.is_empty() {
            return Ok(found);
        }
        let (most, scope) = (nameless.len(), Scope::Only(nameless.into_iter().collect()));
        let people = self.records.users(&scope, None, most).await?;
        let upns = people
            .iter()
            .map(|stored| (stored.user.id, stored.user.upn()));
        let upns: BTreeMap<UserId, &str> = upns.filter(|(_, upn)| !upn.is_empty()).collect();
        for holder in found.iter_mut().filter_map(refused) {
            holder.upn = upns.get(&holder.user).map(|upn| (*upn).to_owned());
        }
        Ok(found)
    }
}

fn fit_of(index: &Index<'_>, number: E164, changes: bool) -> NumberFit {
    let rules = index.world.rules;
    let now = index.world.now;
    let state = rules
        .range_of(number)
        .map(|at| entry(index, &rules.ranges()[at], number).state);
    NumberFit {
        changes,
        was_set_aside: index
            .facts(number)
            .is_some_and(|facts| facts.is_set_aside(now)),
        in_hands: matches!(
            state,
            Some(NumberState::Assigned | NumberState::Claimed | NumberState::Foreign)
        ),
    }
}
