//! The ports of a sync: what it remembers, and where its rules come from.

use super::HeldApproval;
use crate::apply::{Fence, Journal, JournalError};
use crate::directory::{Link, Page, UserId};
use crate::numbering::{E164, Listed};
use crate::plan::{
    Advance, Anchor, Change, Ending, FactsUpdate, Holding, Mover, NumberFacts, State, StoredUser,
    Suspension,
};
use crate::report::{RulesReport, SyncReport, TriggerKind};
use crate::rules::{RuleSet, RuleSetId, SourceFile};
use async_trait::async_trait;
use jiff::Timestamp;
use std::collections::BTreeSet;
use std::sync::Arc;

/// The id of a sync: unique, and in the order of their beginnings.
pub type SyncId = String;

/// Who asks for a sync.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trigger {
    /// What set it off.
    pub kind: TriggerKind,
    /// Who, for the audit trail: a command line user, a token's name, `schedule`.
    pub by: String,
}

/// The answer to the wish to begin a sync.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Begin {
    /// The tenant is this process's until [`Ledger::finish`] or the end of the process.
    Ours(Fence, SyncId),
    /// Another sync of the tenant runs.
    Running {
        /// Its id, where it is known already.
        sync: Option<SyncId>,
        /// Who runs it, for people: process id and host.
        holder: String,
    },
}

/// Whether a round reads everybody or what changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RoundMode {
    /// Everybody: who is not seen by its end is absent.
    Full,
    /// What changed since the stored link.
    Delta,
}

impl RoundMode {
    /// The name in logs.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Full => "full",
            Self::Delta => "delta",
        }
    }
}

/// A round of reading users, under way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Round {
    /// Its number, rising.
    pub id: i64,
    /// What it reads.
    pub mode: RoundMode,
    /// Where it goes on: of a new full round nothing yet.
    pub at: Option<Link>,
    /// Digest of the selected properties.
    pub selection: String,
    /// When `at` was handed out.
    pub at_since: Timestamp,
    /// Whether `at` is in the middle of a round that was interrupted.
    pub interrupted: bool,
}

/// What the end of a round found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RoundEnd {
    /// Users seen more than once in the round with different content: to be read by id.
    pub seen_twice: Vec<UserId>,
    /// How many users a full round did not see any more.
    pub absent: u64,
    /// How many users the round saw in all.
    pub seen: u64,
}

/// Which users to read back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Scope {
    /// All known users, gone ones included as long as they hold a number.
    Everyone,
    /// The undecided, those whose facts hold a wait or a wait note, those due by now, and these.
    Open {
        /// Users of whom something else changed: their number, their group.
        also: Vec<UserId>,
        /// The present, for `due`.
        now: Timestamp,
    },
    /// Exactly these.
    Only(Vec<UserId>),
}

/// Everything one transaction writes when a plan is claimed: either all of it or nothing.
#[derive(Clone, Debug, Default)]
pub struct Claim {
    /// Changes to be made by Linekeeper: one journal row each. A policy's or profile's row claims nothing.
    pub changes: Vec<Change>,
    /// Numbers adopted: their holdings begin.
    pub adopted: Vec<Holding>,
    /// Changes recorded without a write, for history and audit: adoptions and releases by Teams.
    pub recorded: Vec<Change>,
    /// Holdings that end without a write.
    pub ended: Vec<Ending>,
    /// Holdings whose `seen_licensed` or `missing` changed.
    pub holdings: Vec<Holding>,
    /// New facts of users.
    pub facts: Vec<FactsUpdate>,
    /// New facts of numbers.
    pub numbers: Vec<(E164, NumberFacts)>,
    /// Movers as they stand now.
    pub movers: Vec<Mover>,
    /// Waves that begin, and migrations that end.
    pub advances: Vec<Advance>,
    /// Users whose mark `undecided` is taken off; `None`: everybody's.
    pub decided: Option<Vec<UserId>>,
    /// Users whose mark stays, or is set, whatever `decided` says.
    pub still_undecided: Vec<UserId>,
    /// The rules to be remembered as those in force, where others are.
    pub rules: Option<RulesInForce>,
    /// The rules everything of it was decided by, for the audit trail.
    pub made_with: MadeWith,
    /// The tenant's memory as a whole from now on.
    pub anchor: Anchor,
}

/// Which rules something was decided by, as the audit trail names them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MadeWith {
    /// Their commit; `None` outside a git work tree.
    pub commit: Option<String>,
    /// Whether the folder differed from that commit.
    pub dirty: bool,
}

/// The rules by which everybody was last decided, as their files were then.
#[derive(Clone, Debug)]
pub struct RulesInForce {
    /// The digest they had.
    pub digest: RuleSetId,
    /// The files.
    pub files: Arc<[SourceFile]>,
}

/// All a sync remembers. Every write carries the fence and is refused once a newer one exists; every method is one
/// transaction, durable when it returns.
#[async_trait]
pub trait Ledger: Journal {
    /// Takes the tenant for one sync and writes its row. A killed process leaves nothing locked.
    async fn begin(&self, by: &Trigger, now: Timestamp) -> Result<Begin, JournalError>;

    /// The round to go on with: an interrupted one, or a delta round from the stored link, or `None` before the first
    /// full read. Judging its age and selection is the caller's.
    async fn resume_point(&self) -> Result<Option<Round>, JournalError>;

    /// Begins a full round, forgetting an interrupted one. The stored delta link stays until the round ends.
    async fn begin_full(
        &self,
        fence: Fence,
        selection: &str,
        now: Timestamp,
    ) -> Result<Round, JournalError>;

    /// Stores consecutive pages of a round in one transaction: records, marks of the undecided, who was seen, and
    /// the link after the last of them. A record equal to the stored one changes nothing but "seen". Users known as
    /// gone who show up are there again, and undecided. Does not end the round.
    async fn store_pages(
        &self,
        fence: Fence,
        round: &mut Round,
        pages: &[Page],
        now: Timestamp,
    ) -> Result<(), JournalError>;

    /// Ends a round: its delta link replaces the stored one; after a full round, users not seen are gone (`Absent`)
    /// and undecided. With `keep_absent`, nobody is marked absent (an empty directory that is not believed).
    async fn end_round(
        &self,
        fence: Fence,
        round: &Round,
        delta: &Link,
        keep_absent: bool,
        now: Timestamp,
    ) -> Result<RoundEnd, JournalError>;

    /// Stores single users read by id, as a page would; `None`: the directory no longer has the user.
    async fn store_user(
        &self,
        fence: Fence,
        id: UserId,
        user: Option<&crate::directory::User>,
        now: Timestamp,
    ) -> Result<(), JournalError>;

    /// The number list as last read, replacing what was stored; only differences are written.
    async fn store_listing(
        &self,
        fence: Fence,
        listing: &[Listed],
        now: Timestamp,
    ) -> Result<(), JournalError>;

    /// The number list as last stored, ascending.
    async fn listing(&self) -> Result<Vec<Listed>, JournalError>;

    /// Everything but the users, as one consistent view.
    async fn state(&self, now: Timestamp) -> Result<Arc<State>, JournalError>;

    /// Users of a scope in pages, each exactly once, in an order of the ledger's; `after` is the last id of the page
    /// before. The first empty page is the end.
    async fn users(
        &self,
        scope: &Scope,
        after: Option<UserId>,
        limit: usize,
    ) -> Result<Vec<StoredUser>, JournalError>;

    /// The rules by which everybody was last decided; `None` when no sync has remembered any.
    async fn rules_in_force(&self) -> Result<Option<RulesInForce>, JournalError>;

    /// The names of the ranges that had fewer free numbers than their `low-stock` when they were last remembered.
    async fn low_stock(&self) -> Result<BTreeSet<String>, JournalError>;

    /// Remembers such ranges in place of those before.
    async fn remember_low_stock(
        &self,
        fence: Fence,
        ranges: &BTreeSet<String>,
        now: Timestamp,
    ) -> Result<(), JournalError>;

    /// How many people this caller has given or taken a number by hand since then, one by one: what was refused or given
    /// back aside, and plans of many as well.
    async fn by_hand_since(&self, by: &Trigger, since: Timestamp) -> Result<u64, JournalError>;

    /// Claims a plan. Answers the `seq` of the changes that lost: another open step has their number or user.
    /// Those are not written, their users stay undecided; everything else is.
    async fn claim(
        &self,
        fence: Fence,
        sync: &SyncId,
        claim: &Claim,
        now: Timestamp,
    ) -> Result<Vec<u32>, JournalError>;

    /// Stores the held changes of a sync in place of the tenant's earlier held list.
    async fn hold(
        &self,
        fence: Fence,
        sync: &SyncId,
        report: &SyncReport,
        now: Timestamp,
    ) -> Result<(), JournalError>;

    /// Marks a held list as approved. `Some`: why it cannot be: it was decided, replaced, or has expired; nothing is
    /// marked then.
    async fn approve(
        &self,
        fence: Fence,
        approval: &HeldApproval,
        now: Timestamp,
    ) -> Result<Option<String>, JournalError>;

    /// Suspends a range, or with `None` takes the suspension back.
    async fn suspend(
        &self,
        fence: Fence,
        range: &str,
        suspension: Option<&Suspension>,
        now: Timestamp,
    ) -> Result<(), JournalError>;

    /// Lets the tenant go without a report: for a sync that broke down in this process.
    async fn abandon(&self) -> Result<(), JournalError>;

    /// Writes the sync's report and lets the tenant go.
    async fn finish(
        &self,
        fence: Fence,
        report: &SyncReport,
        now: Timestamp,
    ) -> Result<(), JournalError>;
}

/// Where the rules come from: the last good set.
pub trait RuleSource: Send + Sync {
    /// The rule set in force, with the commit it was read from.
    fn active(&self) -> Arc<RuleSet>;

    /// How reports name it: commit, state of the work tree, digest.
    fn described(&self) -> RulesReport;
}

/// Rules that change while the process lives. The last good set stays in force whatever becomes of the files.
pub trait LiveRules: RuleSource {
    /// The set in force, held still for one sync.
    fn still(&self) -> Arc<dyn RuleSource>;

    /// Reads the files again, if they have changed since they were last read. Blocks on the disk.
    fn look(&self) -> Reread;

    /// Reads the files again in any case. Blocks on the disk.
    fn reload(&self) -> Reread;

    /// What is wrong with the files as last read; `None`: nothing.
    fn problem(&self) -> Option<RulesProblem>;
}

/// What came of reading rule files again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reread {
    /// The rules are those that were in force.
    Same,
    /// Other rules are in force now.
    Changed,
    /// The files cannot be used; the rules in force stay. [`LiveRules::problem`] tells what is wrong.
    Refused,
}

/// Why rule files cannot be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RulesProblem {
    /// All errors with their places, for people.
    pub text: String,
    /// When they were found.
    pub since: Timestamp,
}
