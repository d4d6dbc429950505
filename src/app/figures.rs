//! What the metrics show of each tenant, from its stored records.

use crate::numbering::NumberState;
use crate::plan::{NoteKind, State, UserFacts, is_waiting};
use crate::reconcile::{Ledger as _, RoundMode};
use crate::service::{LastSync, Served, Service};
use crate::store::TenantStore;
use crate::telemetry::{Board, TenantFigures, record_rules};
use crate::views::{RangeItem, TenantView};
use jiff::Timestamp;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::{Duration, SystemTime};
use tokio::time::Instant;

/// Between two looks at which tenants have something new.
const LOOK: Duration = Duration::from_secs(5);

/// A tenant without a new sync is looked at so often: people act by hand, and rests end.
const ANYWAY: Duration = Duration::from_mins(10);

/// What of a tenant was shown last.
struct Shown {
    sync: Option<LastSync>,
    at: Instant,
    rules: String,
}

/// Shows the figures of every tenant after each of its syncs, until the service stops.
pub(super) async fn keep_current(service: Arc<Service>) {
    let mut board = Board::default();
    let mut shown: BTreeMap<String, Shown> = BTreeMap::new();
    while !service.halt.is_set() {
        for served in service.tenants().values() {
            let before = shown.get(served.name());
            let rules = served.rules.described().digest;
            let other = before.is_none_or(|before| before.rules != rules);
            record_rules(served.name(), served.rules.problem().is_none(), other);
            let sync = served.last_sync();
            if !other && before.is_some_and(|b| b.sync == sync && b.at.elapsed() < ANYWAY) {
                continue;
            }
            show(&mut board, served, service.clock.now()).await;
            let at = Instant::now();
            shown.insert(served.name().to_owned(), Shown { sync, at, rules });
        }
        tokio::select! {
            () = tokio::time::sleep(LOOK) => {}
            () = service.halt.set() => return,
        }
    }
}

async fn show(board: &mut Board, served: &Served, now: Timestamp) {
    match figures(&served.view, &served.store, now).await {
        Ok(figures) => board.show(&figures),
        Err(error) => {
            let tenant = served.name();
            tracing::warn!(tenant, error = %format!("{error:#}"), "the figures for the metrics could not be read");
        }
    }
}

/// What is true of a tenant now, from its stored records.
///
/// # Errors
/// When the database cannot be read.
pub async fn figures(
    view: &TenantView,
    store: &TenantStore,
    now: Timestamp,
) -> anyhow::Result<TenantFigures> {
    let ranges = view.ranges(None, u32::MAX).await?.items;
    let state = store.state(now).await?;
    let round = store.resume_point().await?;
    let link = round.filter(|round| round.mode == RoundMode::Delta);
    let suspended = ranges.iter().filter(|range| range.suspended);
    let low = ranges.iter().filter(|range| range.supply.is_low());
    let givable = ranges
        .iter()
        .map(|range| (range.range.clone(), range.supply.givable()));
    Ok(TenantFigures {
        tenant: view.name().to_owned(),
        waiting: waiting(&state),
        notes: notes(&state),
        suspended: suspended.map(|range| range.range.clone()).collect(),
        numbers: ranges.iter().map(stock).collect(),
        givable: givable.collect(),
        low_stock: low.map(|range| range.range.clone()).collect(),
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
    let waits = |facts: &&UserFacts| facts.notes.iter().any(|note| is_waiting(note.kind));
    u64::try_from(state.facts.values().filter(waits).count()).unwrap_or(u64::MAX)
}

/// Users by the kind of their notes.
fn notes(state: &State) -> BTreeMap<&'static str, u64> {
    let mut counts = BTreeMap::new();
    for facts in state.facts.values() {
        let kinds: BTreeSet<NoteKind> = facts.notes.iter().map(|note| note.kind).collect();
        for kind in kinds {
            *counts.entry(kind.name()).or_default() += 1;
        }
    }
    counts
}

fn stock(range: &RangeItem) -> (String, BTreeMap<&'static str, u64>) {
    let counts = NumberState::ALL.map(|state| (state.name(), range.count(state)));
    (range.range.clone(), BTreeMap::from(counts))
}
