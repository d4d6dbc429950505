//! `ranges forecast`.

use super::TenantArgs;
use clap::Args;

/// `ranges forecast`.
#[derive(Clone, Debug, Args)]
#[command(
    after_help = "The rate is that of the last 90 days: numbers given, by rule or by hand, less those that came back; a younger \
history counts as one of at least 14 days. Numbers that rest are counted from the day on which their rest ends, and what comes \
back later rests first. `keep-free`, `reserve` and golden numbers are no supply. With `directory.hire_date` people who are known to \
join count where they are more than the rate says. Nothing is asked of Graph and nothing is \
changed. With --output json: {\"items\":[{\"range\",\"free\",\"keep_free\",\"golden\",\"days\",\"assigned\",\"freed\",\
\"per_day\",\"resting\":[{\"day\",\"count\"}],\"joining\":[{\"day\",\"count\"}],\"runs_dry\"|null}]}"
)]
pub struct ForecastArgs {
    /// Which tenants.
    #[command(flatten)]
    pub tenants: TenantArgs,
    /// Only this range
    #[arg(long, value_name = "NAME")]
    pub range: Option<String>,
}
