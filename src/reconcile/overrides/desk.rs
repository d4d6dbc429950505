//! What every override works with: the records of a tenant, its rules, and who asks.

use crate::apply::JournalError;
use crate::directory::{LicenceBook, UserId};
use crate::numbering::{Country, E164, Listed};
use crate::plan::{
    Circumstances, Index, NumberFacts, Pause, Refusal, Settings, State, StoredUser, Suspension,
    UserFacts, World,
};
use crate::reconcile::by_hand::named;
use crate::reconcile::{Ledger, Scope};
use crate::rules::RuleSet;
use async_trait::async_trait;
use jiff::Timestamp;
use thiserror::Error;

/// What is changed of a user's facts.
pub type UserChange<'c> = dyn Fn(&mut UserFacts) + Send + Sync + 'c;

/// What is changed of a number's facts.
pub type NumberChange<'c> = dyn Fn(&mut NumberFacts) + Send + Sync + 'c;

/// Writes what people set by hand. Each method is one durable transaction with its audit record, and carries no fence:
/// a sync under way yields to it.
#[async_trait]
pub trait Overrides: Ledger {
    /// Changes what is remembered of one user, who is decided again by the next sync. `what` and `by` go into the audit
    /// trail. `None`: nothing is changed, because somebody else is pinned to the number the user would be pinned to.
    async fn change_user(
        &self,
        user: UserId,
        by: &str,
        what: &'static str,
        change: &UserChange<'_>,
        now: Timestamp,
    ) -> Result<Option<UserFacts>, JournalError>;

    /// The same for many users, in one transaction: all of them or none. No pin is changed.
    async fn change_users(
        &self,
        users: &[UserId],
        by: &str,
        what: &'static str,
        change: &UserChange<'_>,
        now: Timestamp,
    ) -> Result<(), JournalError>;

    /// Changes what is remembered of one number.
    async fn change_number_facts(
        &self,
        number: E164,
        by: &str,
        what: &'static str,
        change: &NumberChange<'_>,
        now: Timestamp,
    ) -> Result<NumberFacts, JournalError>;

    /// Suspends a range, or with `None` takes the suspension back; refusals until then are forgiven.
    async fn set_suspension(
        &self,
        range: &str,
        suspension: Option<&Suspension>,
        by: &str,
        now: Timestamp,
    ) -> Result<(), JournalError>;

    /// Suspends an operator, or its ranges of one country. `what` and `by` go into the audit trail.
    async fn suspend_operator(
        &self,
        operator: &str,
        country: Option<Country>,
        suspension: &Suspension,
        by: &str,
        what: &'static str,
        now: Timestamp,
    ) -> Result<(), JournalError>;

    /// Takes suspensions of an operator back: that of one country, or all of them.
    async fn resume_operator(
        &self,
        operator: &str,
        country: Option<Country>,
        by: &str,
        now: Timestamp,
    ) -> Result<(), JournalError>;

    /// Pauses the tenant, or with `None` lets it write again.
    async fn set_pause(
        &self,
        pause: Option<&Pause>,
        by: &str,
        now: Timestamp,
    ) -> Result<(), JournalError>;

    /// What the stored number list says of one number; more than one entry where it is listed with extensions.
    async fn listed(&self, number: E164) -> Result<Vec<Listed>, JournalError>;
}

/// Where an override is made. What has to be checked against the rules is handed them beside it: all else can be set
/// while the rules cannot be read.
#[derive(Clone, Copy)]
pub struct Desk<'a> {
    /// The tenant's records.
    pub records: &'a dyn Overrides,
    /// The tenant's settings.
    pub settings: &'a Settings,
    /// Who asks, for the audit trail.
    pub by: &'a str,
    /// The present.
    pub now: Timestamp,
}

/// Why an override was not made.
#[derive(Clone, Debug, Error)]
pub enum OverrideError {
    /// It is refused; nothing was changed.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The database.
    #[error(transparent)]
    Journal(#[from] JournalError),
}

impl Desk<'_> {
    /// A known user, gone ones included.
    pub(super) async fn stored(&self, user: UserId) -> Result<StoredUser, OverrideError> {
        let scope = Scope::Only(vec![user]);
        let mut found = self.records.users(&scope, None, 1).await?;
        match found.pop() {
            Some(stored) => Ok(stored),
            None => Err(Refusal::UnknownUser(user.to_string()).into()),
        }
    }

    /// Looks at one number as a plan would.
    pub(super) async fn look<T>(
        &self,
        rules: &RuleSet,
        number: E164,
        look: impl FnOnce(&Index<'_>) -> Result<T, Refusal>,
    ) -> Result<T, OverrideError> {
        let listing = self.records.listed(number).await?;
        let state = self.records.state(self.now).await?;
        let seen = self.see(rules, &state, &listing, look);
        match seen {
            Ok(seen) => Ok(seen),
            Err(refusal) => Err(self.refused(refusal).await),
        }
    }

    fn see<T>(
        &self,
        rules: &RuleSet,
        state: &State,
        listing: &[Listed],
        look: impl FnOnce(&Index<'_>) -> T,
    ) -> T {
        let products = state.anchor.products();
        let book = LicenceBook::new(self.settings.catalogue.clone(), products);
        let world = World {
            circumstances: Circumstances {
                by_hand: true,
                ..Circumstances::ORDINARY
            },
            ..World::at_rest(rules, self.settings, &book, state, listing, self.now)
        };
        look(&Index::new(&world))
    }

    /// A refusal that names people as people know them.
    pub(super) async fn refused(&self, refusal: Refusal) -> OverrideError {
        let named = named(self.records, refusal).await;
        named.map_or_else(OverrideError::from, OverrideError::from)
    }
}
