//! Brings a state that was read before up to what this process has written since, by reading just that again.

use super::departed;
use super::engine::Tx;
use super::error::Fault;
use super::facts;
use super::holdings;
use super::migrations;
use super::operators;
use super::people;
use super::state::{refused, suspended};
use super::steps;
use super::written::Written;
use crate::plan::{NumberFacts, State, UserFacts};
use std::sync::Arc;

/// Reads again what was written. What is read whole at every reading (anchor, brake, pause, count of users) is not of
/// its business.
pub(super) async fn renew(
    tx: &mut Tx,
    tenant: i64,
    state: &mut Arc<State>,
    written: &Written,
) -> Result<(), Fault> {
    renew_holdings(tx, tenant, state, written).await?;
    renew_departed(tx, tenant, state, written).await?;
    renew_facts(tx, tenant, state, written).await?;
    if written.steps {
        let steps = steps::open(tx, tenant).await?;
        if state.open_steps != steps {
            Arc::make_mut(state).open_steps = steps;
        }
    }
    if written.migrations {
        let (migrations, movers) = migrations::under_way(tx, tenant).await?;
        let state = Arc::make_mut(state);
        state.migrations = migrations;
        state.movers = movers;
    }
    if written.suspensions {
        let state = Arc::make_mut(state);
        state.suspended = suspended(tx, tenant).await?;
        state.suspended_operators = operators::suspended(tx, tenant).await?;
    }
    if written.refusals || written.suspensions {
        let refused = refused(tx, tenant).await?;
        if state.refused_in_a_row != refused {
            Arc::make_mut(state).refused_in_a_row = refused;
        }
    }
    Ok(())
}

async fn renew_holdings(
    tx: &mut Tx,
    tenant: i64,
    state: &mut Arc<State>,
    written: &Written,
) -> Result<(), Fault> {
    let stale = &written.holders;
    if stale.is_empty() {
        return Ok(());
    }
    let open = holdings::open_of(tx, tenant, stale.iter().copied()).await?;
    let former = holdings::former_of(tx, tenant, stale.iter().copied()).await?;
    let state = Arc::make_mut(state);
    state.holdings.retain(|h| !stale.contains(&h.user));
    state.holdings.extend(open);
    state.holdings.sort_by_key(|h| h.number);
    state.former.retain(|f| !stale.contains(&f.user));
    state.former.extend(former);
    state.former.sort_by_key(|f| f.user);
    Ok(())
}

/// A departed user shows the last holding, the record, and how many objects share the employee id.
async fn renew_departed(
    tx: &mut Tx,
    tenant: i64,
    state: &mut Arc<State>,
    written: &Written,
) -> Result<(), Fault> {
    let mut stale = written.holders.clone();
    stale.extend(people::ids_of(tx, tenant, written.people.iter().copied()).await?);
    let now = departed::among(tx, tenant, stale.iter().copied()).await?;
    if !now.is_empty() || state.departed.iter().any(|d| stale.contains(&d.user)) {
        let departed = &mut Arc::make_mut(state).departed;
        departed.retain(|d| !stale.contains(&d.user));
        departed.extend(now);
        departed.sort_by_key(|d| d.user);
    }
    let keys = state.departed.iter().map(|d| &d.identity[0]);
    let changed = keys.filter(|key| written.employees.contains(*key));
    let counts = departed::count(tx, tenant, changed).await?;
    if !counts.is_empty() {
        for departed in &mut Arc::make_mut(state).departed {
            if let Some(count) = counts.get(&departed.identity[0]) {
                departed.same_employee_id = *count;
            }
        }
    }
    Ok(())
}

async fn renew_facts(
    tx: &mut Tx,
    tenant: i64,
    state: &mut Arc<State>,
    written: &Written,
) -> Result<(), Fault> {
    let (stale_numbers, stale_users) = (&written.numbers, &written.users);
    if stale_numbers.is_empty() && stale_users.is_empty() {
        return Ok(());
    }
    let mut numbers = facts::of_numbers(tx, tenant, stale_numbers.iter().copied()).await?;
    let mut users = facts::of_users(tx, tenant, stale_users.iter().copied()).await?;
    numbers.retain(|_, facts| *facts != NumberFacts::default());
    users.retain(|_, facts| *facts != UserFacts::default());
    let state = Arc::make_mut(state);
    for number in stale_numbers {
        state.numbers.remove(number);
    }
    state.numbers.extend(numbers);
    for user in stale_users {
        state.facts.remove(user);
    }
    state.facts.extend(users);
    Ok(())
}
