//! What the metrics show of a tenant, from its stored records.

use super::{App, Records};
use crate::directory::LicenceBook;
use crate::numbering::Listed;
use crate::plan::{Circumstances, Index, RangeInventory, Settings, State, World, is_waiting};
use crate::reconcile::{Ledger as _, RoundMode, RuleSource as _};
use crate::rules::{GroupMembers, RuleSet};
use crate::store::TenantStore;
use crate::telemetry::TenantFigures;
use jiff::Timestamp;
use std::collections::BTreeMap;
use std::time::SystemTime;

impl App {
    /// What is true of a tenant now; see [`figures`].
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn figures(&self, records: &Records) -> anyhow::Result<TenantFigures> {
        let rules = records.rulebook.active();
        figures(&records.store, &rules, &records.settings, self.clock.now()).await
    }
}

/// What is true of a tenant now. Reads the stored state and number list, so that it belongs after a sync and not into
/// every request for the metrics.
///
/// # Errors
/// When the database cannot be read.
pub(super) async fn figures(
    store: &TenantStore,
    rules: &RuleSet,
    settings: &Settings,
    now: Timestamp,
) -> anyhow::Result<TenantFigures> {
    let state = store.state(now).await?;
    let listing = store.listing().await?;
    let round = store.resume_point().await?;
    let link = round.filter(|round| round.mode == RoundMode::Delta);
    Ok(TenantFigures {
        tenant: settings.tenant.clone(),
        waiting: waiting(&state),
        notes: notes(&state),
        numbers: numbers(rules, settings, &state, &listing, now),
        suspended: state.suspended.keys().cloned().collect(),
        delta_link: link.map(|round| SystemTime::from(round.at_since)),
        open_steps: u64::try_from(state.open_steps.len()).unwrap_or(u64::MAX),
        held: store.held(now).await?.is_some(),
        brake_releases: state.brake.releases,
        brake_assignments: state.brake.assignments,
        paused: state.pause.is_some(),
    })
}

/// Users with a note that means waiting.
fn waiting(state: &State) -> u64 {
    let waits = |facts: &&crate::plan::UserFacts| facts.notes.iter().any(|n| is_waiting(n.kind));
    u64::try_from(state.facts.values().filter(waits).count()).unwrap_or(u64::MAX)
}

fn notes(state: &State) -> BTreeMap<&'static str, u64> {
    let mut counts = BTreeMap::new();
    for facts in state.facts.values() {
        let mut kinds: Vec<&'static str> = facts.notes.iter().map(|n| n.kind.name()).collect();
        kinds.sort_unstable();
        kinds.dedup();
        for kind in kinds {
            *counts.entry(kind).or_default() += 1;
        }
    }
    counts
}

fn numbers(
    rules: &RuleSet,
    settings: &Settings,
    state: &State,
    listing: &[Listed],
    now: Timestamp,
) -> BTreeMap<String, BTreeMap<&'static str, u64>> {
    let world = World {
        rules,
        settings,
        book: &LicenceBook::new(settings.catalogue.clone(), Some(&state.anchor.skus)),
        groups: &GroupMembers::new(),
        listing,
        listed_at: state.anchor.numbers_read.unwrap_or(now),
        confirmed: &BTreeMap::new(),
        policies: &BTreeMap::new(),
        state,
        circumstances: Circumstances {
            complete: true,
            clock_agrees: true,
            everyone: false,
            by_hand: false,
        },
        now,
    };
    let index = Index::new(&world);
    let counts = |range: &crate::rules::Range| {
        let counts = RangeInventory::of(&index, range).counts();
        let named = counts.into_iter().map(|(state, n)| (state.name(), n));
        (range.name.clone(), named.collect())
    };
    rules.ranges().iter().map(counts).collect()
}
