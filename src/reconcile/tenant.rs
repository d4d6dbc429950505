//! One tenant with everything a sync of it needs, and what is asked of a sync.

use super::{Ledger, Progress, RuleSource, SavedPlan, SyncId, Trigger};
use crate::apply::{Halt, Patience, Telephony};
use crate::clock::Clock;
use crate::directory::{Directory, UserId};
use crate::numbering::E164;
use crate::plan::{ChangeStatus, Hand, Settings, Wish};
use crate::report::SyncReport;
use crate::rules::RuleSetId;
use jiff::{SignedDuration, Timestamp};
use std::collections::BTreeSet;
use std::sync::Arc;

/// A tenant and its adapters.
#[derive(Clone)]
pub struct Tenant {
    /// Reads who is there.
    pub directory: Arc<dyn Directory>,
    /// Reads and writes numbers.
    pub telephony: Arc<dyn Telephony>,
    /// Remembers.
    pub ledger: Arc<dyn Ledger>,
    /// The rules in force.
    pub rules: Arc<dyn RuleSource>,
    /// The present.
    pub clock: Arc<dyn Clock>,
    /// Configuration of plans.
    pub settings: Arc<Settings>,
    /// Configuration of reading.
    pub reading: Reading,
    /// Configuration of applying.
    pub patience: Patience,
    /// Says when nothing new may be begun.
    pub halt: Halt,
}

/// How a tenant is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reading {
    /// The last moment at which a full read fell due; a full read that ended before it is out of date.
    pub full_due_since: Option<Timestamp>,
    /// Single reads in flight.
    pub in_flight: usize,
    /// The clock may be so far off Graph's.
    pub clock_tolerance: SignedDuration,
}

/// What is asked of a sync or a plan.
#[derive(Clone, Debug)]
pub struct Request {
    /// Who asks.
    pub trigger: Trigger,
    /// A person asks: what can pass is tried again at once.
    pub by_hand: bool,
    /// Read and decide everybody.
    pub full: bool,
    /// Believe an empty directory.
    pub accept_empty: bool,
    /// Lift the brakes.
    pub approve: bool,
    /// Only this person.
    pub only: Option<UserId>,
    /// Only these changes.
    pub selection: Option<Selection>,
    /// Only what a person asks for, of these people; it wins over all the above but the trigger and, of a plan of many
    /// orders, the brakes and the selection.
    pub hand: Option<Hand>,
    /// A changed rule set that a person has approved, by its digest.
    pub approved_rules: Option<RuleSetId>,
    /// The held list of which `selection` was approved: marked as decided when the sync has begun.
    pub approval: Option<HeldApproval>,
    /// Where to tell how far it is.
    pub progress: Progress,
}

/// A person's word on a held list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeldApproval {
    /// The sync that was held.
    pub held: SyncId,
    /// Who approves.
    pub by: String,
    /// Users whose changes are not made.
    pub except: Vec<UserId>,
}

/// A list of changes to which a sync is limited.
#[derive(Clone, Debug)]
pub enum Selection {
    /// A saved plan: exactly its changes, or nothing.
    Saved(Box<SavedPlan>),
    /// Approved changes of a held list: those that are still true.
    Approved(BTreeSet<(String, UserId, E164)>),
}

impl Selection {
    /// The held changes of a sync, but for those of some users; `None` when it holds nothing else.
    #[must_use]
    pub fn held_in(report: &SyncReport, except: &[UserId]) -> Option<Self> {
        let held = report.changes.iter().filter(|change| {
            change.status == ChangeStatus::Held && !except.contains(&change.user.id)
        });
        let keys: BTreeSet<_> = held
            .map(|change| (change.action.clone(), change.user.id, change.number))
            .collect();
        (!keys.is_empty()).then_some(Self::Approved(keys))
    }
}

impl Request {
    /// A sync that makes the held changes of an earlier one, each checked against what is true by now; `None` when that
    /// one holds nothing, or nothing of anybody else. Of one that holds changed rules: a sync that takes them up, if they
    /// are still the same, with the other brakes in force.
    #[must_use]
    pub fn approving(trigger: Trigger, held: &SyncReport, except: Vec<UserId>) -> Option<Self> {
        let rules = held.holds_rules().then(|| held.rules.digest.clone());
        let selection = match &rules {
            // Rules are taken up for everybody or not at all.
            Some(_) if !except.is_empty() => return None,
            Some(_) => None,
            None => Some(Selection::held_in(held, &except)?),
        };
        let approval = HeldApproval {
            held: held.sync_id.clone()?,
            by: trigger.by.clone(),
            except,
        };
        Some(Self {
            full: true,
            selection,
            approved_rules: rules,
            approval: Some(approval),
            ..Self::new(trigger, true)
        })
    }

    /// A plain sync.
    #[must_use]
    pub fn new(trigger: Trigger, by_hand: bool) -> Self {
        Self {
            trigger,
            by_hand,
            full: false,
            accept_empty: false,
            approve: false,
            only: None,
            selection: None,
            approved_rules: None,
            approval: None,
            progress: Progress::default(),
            hand: None,
        }
    }

    /// What a person asks for by hand: nothing else is decided.
    #[must_use]
    pub fn of_hand(trigger: Trigger, hand: Hand) -> Self {
        Self {
            hand: Some(hand),
            ..Self::new(trigger, false)
        }
    }

    /// The people who are read one by one; `None`: everybody, or what has changed of anybody. Orders for many people are
    /// planned over what every sync observes.
    #[must_use]
    pub fn read_by_id(&self) -> Option<&[UserId]> {
        self.people().filter(|_| !self.is_of_many())
    }

    /// Whether it is a plan of many orders by hand.
    #[must_use]
    pub fn is_of_many(&self) -> bool {
        let wish = self.hand.as_ref().map(|hand| &hand.wish);
        matches!(wish, Some(Wish::Errands(_)))
    }

    /// The people it is limited to; `None`: everybody whose turn it is.
    #[must_use]
    pub fn people(&self) -> Option<&[UserId]> {
        let only = || self.only.as_ref().map(std::slice::from_ref);
        match &self.hand {
            Some(hand) => Some(&hand.people),
            None => only(),
        }
    }
}
