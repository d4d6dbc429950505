//! One object per tenant: what `plan` and `sync` print, what is stored, what HTTP answers.

use super::UnmatchedReport;
use crate::directory::UserId;
use crate::numbering::{E164, NumberType};
use crate::plan::{ChangeStatus, Mode, NoteKind, PolicyName, Reason};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A plan, or a sync as it stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SyncReport {
    /// Tenant name.
    pub tenant: String,
    /// Digest of the plan's content.
    pub plan_id: String,
    /// `None` of a mere plan.
    pub sync_id: Option<String>,
    /// Where it stands.
    pub status: SyncStatus,
    /// What may be written.
    pub mode: Mode,
    /// The rules in force.
    pub rules: RulesReport,
    /// What was read of the directory.
    pub directory: DirectoryReport,
    /// Counts.
    pub summary: Summary,
    /// Changes in their order.
    pub changes: Vec<ChangeReport>,
    /// Notes in their order.
    pub notes: Vec<NoteReport>,
    /// Where the rules are not those in force: what that does to people without a number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rule_change: Option<UnmatchedReport>,
}

impl SyncReport {
    /// A report of which nothing is known yet but whom it is about.
    #[must_use]
    pub fn empty(tenant: &str, mode: Mode, rules: RulesReport, status: SyncStatus) -> Self {
        Self {
            tenant: tenant.to_owned(),
            plan_id: String::new(),
            sync_id: None,
            status,
            mode,
            rules,
            directory: DirectoryReport {
                mode: ReadMode::Delta,
                complete: false,
                users: 0,
            },
            summary: Summary::default(),
            changes: Vec::new(),
            notes: Vec::new(),
            rule_change: None,
        }
    }

    /// Whether changed rules are held: not single changes wait for approval, but the rules.
    #[must_use]
    pub fn holds_rules(&self) -> bool {
        self.rule_change.is_some_and(|change| change.held)
    }
}

/// `status` of a plan (`planned`, `held`) or a sync (all others).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum SyncStatus {
    /// A plan that would be applied.
    Planned,
    /// Under way.
    Running,
    /// All done.
    Succeeded,
    /// The user read was incomplete, or a change failed or waits for Graph.
    Partial,
    /// A guard holds something.
    Held,
    /// Nothing could be decided.
    Failed,
}

impl SyncStatus {
    /// The name in JSON.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Planned => "planned",
            Self::Running => "running",
            Self::Succeeded => "succeeded",
            Self::Partial => "partial",
            Self::Held => "held",
            Self::Failed => "failed",
        }
    }
}

/// What set a sync off.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum TriggerKind {
    /// The schedule.
    Schedule,
    /// The start of the service.
    Start,
    /// A change of the rules.
    Rules,
    /// The command line.
    Cli,
    /// The HTTP API.
    Api,
}

/// The rules a plan was made with.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RulesReport {
    /// Commit of the work tree the rules lie in; `None` outside one.
    pub commit: Option<String>,
    /// Whether the folder differs from that commit.
    pub dirty: bool,
    /// Digest of the compiled rule set.
    pub digest: String,
}

/// What was read of the directory.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct DirectoryReport {
    /// `full` or `delta`.
    pub mode: ReadMode,
    /// Whether the round ended properly.
    pub complete: bool,
    /// Known users.
    pub users: u64,
}

/// How users were read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ReadMode {
    /// Everybody.
    Full,
    /// What changed.
    Delta,
}

/// Counts of a plan or sync.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[expect(
    missing_docs,
    reason = "each counts what its name says in the contract"
)]
pub struct Summary {
    pub assign: u64,
    pub release: u64,
    pub adopt: u64,
    pub policy: u64,
    pub profile: u64,
    /// Managed holders left alone.
    pub keep: u64,
    /// Waiting users.
    pub waiting: u64,
    pub failed: u64,
    pub notes: u64,
}

/// A user as reports name one.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
pub struct UserRef {
    /// Object id.
    #[schema(value_type = String)]
    pub id: UserId,
    /// User principal name.
    pub upn: String,
}

/// One change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ChangeReport {
    /// `assign`, `release`, `adopt`, `policy` or `profile`.
    pub action: String,
    /// Whom.
    pub user: UserRef,
    /// The number.
    #[schema(value_type = String)]
    pub number: E164,
    /// The range it lies in.
    pub range: Option<String>,
    /// The number's type.
    #[serde(rename = "type")]
    #[schema(value_type = String)]
    pub number_type: NumberType,
    /// Why.
    #[schema(value_type = String)]
    pub reason: Reason,
    /// Of a policy change, which.
    #[schema(value_type = Option<Object>)]
    pub policy: Option<PolicyName>,
    /// Where it stands.
    #[schema(value_type = String)]
    pub status: ChangeStatus,
    /// What went wrong.
    pub error: Option<String>,
    /// The sentence behind the reason, for people only: not part of the JSON.
    #[serde(default, skip_serializing)]
    pub why: String,
}

/// One note.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
pub struct NoteReport {
    /// What it is about.
    #[schema(value_type = String)]
    pub kind: NoteKind,
    /// Whom it concerns.
    pub user: Option<UserRef>,
    /// Which number it concerns.
    #[schema(value_type = Option<String>)]
    pub number: Option<E164>,
    /// Which range it concerns.
    pub range: Option<String>,
    /// A sentence for people.
    pub detail: String,
}

/// A stored sync as `syncs list` shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SyncRecord {
    /// The report.
    pub report: SyncReport,
    /// What set it off.
    pub trigger: TriggerKind,
    /// When it began.
    pub started: Timestamp,
    /// When it ended.
    pub finished: Option<Timestamp>,
}
