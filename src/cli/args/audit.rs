//! What is typed to look at the audit trail.

use super::TenantArgs;
use crate::store::ChainMark;
use clap::{Args, Subcommand};
use jiff::Timestamp;
use std::path::PathBuf;

/// `audit …`.
#[derive(Clone, Debug, Subcommand)]
pub enum AuditCommand {
    /// Who changed what, when, why, and by which rules
    List(AuditListArgs),
    /// Check that no record was changed, removed, added or put elsewhere since it was written
    Verify(AuditVerifyArgs),
    /// Write the whole trail as JSON Lines, to be kept elsewhere and checked without the database
    Export(AuditExportArgs),
}

/// `audit list`.
#[derive(Clone, Debug, Args)]
#[command(
    after_help = "Oldest first. A DATE is a day as YYYY-MM-DD, which means its first moment in UTC, or a full time such as \
2026-12-31T17:00:00Z; --until leaves out what happened then or later."
)]
pub struct AuditListArgs {
    /// Which tenants.
    #[command(flatten)]
    pub tenants: TenantArgs,
    /// From then on
    #[arg(long, value_name = "DATE", value_parser = crate::plan::moment)]
    pub since: Option<Timestamp>,
    /// Before then
    #[arg(long, value_name = "DATE", value_parser = crate::plan::moment)]
    pub until: Option<Timestamp>,
    /// Only about this person: UPN (former ones too), mail or id, also of somebody gone
    #[arg(long)]
    pub user: Option<String>,
    /// Only about this number, such as +498955501000
    #[arg(long, allow_hyphen_values = true)]
    pub number: Option<String>,
    /// Only of this kind, such as assigned or suspended
    #[arg(long)]
    pub event: Option<String>,
    /// Only of this sync
    #[arg(long, value_name = "ID")]
    pub sync: Option<String>,
    /// Only the last N of each tenant
    #[arg(long, value_name = "N")]
    pub limit: Option<u32>,
}

/// `audit verify`.
#[derive(Clone, Debug, Args)]
#[command(
    after_help = "Each record carries a hash over itself and the record before it. Exit codes: 0 whole; 1 something is wrong, and \
the text says where. Whoever can write to the database could make the whole trail anew: note down the mark that is printed, \
or keep an export elsewhere, and --expect finds that, too. --file needs neither configuration nor database."
)]
pub struct AuditVerifyArgs {
    /// Which tenants.
    #[command(flatten)]
    pub tenants: TenantArgs,
    /// Check a file that `audit export` wrote instead of the database; - is standard input
    #[arg(long, value_name = "FILE", conflicts_with = "tenant")]
    pub file: Option<PathBuf>,
    /// A mark as an earlier check printed it: the record of that place must still have that hash (one tenant only)
    #[arg(long, value_name = "SEQ:HASH", value_parser = mark)]
    pub expect: Option<ChainMark>,
}

/// `audit export`.
#[derive(Clone, Debug, Args)]
#[command(
    after_help = "One record a line. The last one of each tenant says so, so that a file that was cut off is told from a whole one; \
`linekeeper audit verify --file FILE` checks it. An existing FILE is replaced once the new one is whole. Exit code 1: the \
trail is damaged; it was exported as it lies there."
)]
pub struct AuditExportArgs {
    /// Which tenants.
    #[command(flatten)]
    pub tenants: TenantArgs,
    /// Where to [default: standard output]
    pub file: Option<PathBuf>,
}

/// A mark as it is printed: `4711:9f86…`.
fn mark(text: &str) -> Result<ChainMark, String> {
    let parts = text.trim().split_once(':');
    let read = parts.and_then(|(seq, hash)| Some((seq.parse::<i64>().ok()?, hash)));
    let is_hash = |hash: &str| hash.len() == 64 && hash.bytes().all(|b| b.is_ascii_hexdigit());
    match read.filter(|(seq, hash)| *seq > 0 && is_hash(hash)) {
        Some((seq, hash)) => Ok(ChainMark {
            seq,
            hash: hash.to_ascii_lowercase(),
        }),
        None => Err(
            "write it as `audit verify` prints it: a place, a colon and the 64 digits of the hash"
                .to_owned(),
        ),
    }
}
