//! What follows from what was applied: ranges that refuse people are suspended, and ranges that run low are told of.

use super::sync::Course;
use crate::apply::JournalError;
use crate::plan::{Plan, State, Supply, Suspension, World, supplies};
use std::collections::BTreeSet;

/// So many people refused in a row suspend a range.
const REFUSED_IN_A_ROW: u64 = 3;

impl Course<'_> {
    /// Looks at the ranges once everything is applied.
    pub(super) async fn aftermath(
        &self,
        before: &World<'_>,
        whole: bool,
        plan: &Plan,
    ) -> Result<(), JournalError> {
        let state = self.tenant.ledger.state(self.tenant.clock.now()).await?;
        self.suspend_refusing_ranges(before.state, &state).await?;
        let world = World {
            state: &state,
            now: self.tenant.clock.now(),
            ..*before
        };
        self.look_at_stock(&world, whole, plan).await
    }

    async fn suspend_refusing_ranges(
        &self,
        before: &State,
        state: &State,
    ) -> Result<(), JournalError> {
        let now = self.tenant.clock.now();
        for (range, refused) in state
            .refused_in_a_row
            .iter()
            .filter(|(_, refused)| **refused >= REFUSED_IN_A_ROW)
        {
            if !before.suspended.contains_key(range) {
                let reason = format!("Teams refused {refused} people in a row");
                tracing::error!(%range, error = reason, "range suspended; look at its numbers in Teams, then `linekeeper ranges resume`");
                let suspension = Suspension { reason, since: now };
                self.tenant
                    .ledger
                    .suspend(self.fence, range, Some(&suspension), now)
                    .await?;
            }
        }
        Ok(())
    }

    /// Tells of ranges that have fallen below their `low-stock`, and forgets those that have risen again. Looked at are
    /// those that the plan touched, and all when everybody was read or decided anew: a sync of few changes counts few.
    async fn look_at_stock(
        &self,
        world: &World<'_>,
        whole: bool,
        plan: &Plan,
    ) -> Result<(), JournalError> {
        let ranges = world.rules.ranges();
        let ledger = &self.tenant.ledger;
        let remembered = ledger.low_stock().await?;
        let touched = plan.changes.iter();
        let touched: BTreeSet<usize> = touched
            .filter_map(|change| world.rules.range_of(change.number))
            .collect();
        let counted: BTreeSet<usize> = (0..ranges.len())
            .filter(|at| ranges[*at].low_stock.is_some())
            .filter(|at| whole || touched.contains(at) || remembered.contains(&ranges[*at].name))
            .collect();
        if counted.is_empty() && remembered.is_empty() {
            return Ok(());
        }
        let (mut short, mut fallen) = (BTreeSet::new(), Vec::new());
        for (at, supply) in supplies(world, &counted) {
            let name = &ranges[at].name;
            if supply.is_low() {
                short.insert(name.clone());
            }
            match (supply.is_low(), remembered.contains(name)) {
                (true, false) => fallen.push((name, supply)),
                (false, true) => {
                    tracing::info!(
                        range = name,
                        count = supply.free,
                        "the range has enough free numbers again"
                    );
                }
                _ => {}
            }
        }
        if short != remembered {
            let now = self.tenant.clock.now();
            ledger.remember_low_stock(self.fence, &short, now).await?;
        }
        for (range, supply) in fallen {
            tell(range, supply);
        }
        Ok(())
    }
}

fn tell(range: &str, supply: Supply) {
    let (count, threshold) = (supply.free, supply.least.unwrap_or_default());
    tracing::warn!(
        range,
        count,
        threshold,
        "the range runs low; order numbers, or name an `overflow`; `linekeeper ranges forecast` tells how long it lasts"
    );
}
