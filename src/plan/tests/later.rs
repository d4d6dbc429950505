//! The same tenant once a plan has been applied to it and every write took effect.

use super::world::Town;
use crate::plan::{
    Action, Change, ChangeStatus, Draft, Ending, Former, Holding, HoldingOrigin, NumberFacts,
    Outcome, StepEnd, UserFacts, outcome,
};
use jiff::SignedDuration;

/// Applies what is not held, and lets a minute pass.
pub(super) fn after(town: &Town, draft: &Draft) -> Town {
    let mut town = town.clone();
    let effects = &draft.effects;
    for update in &effects.facts {
        let mut known = town.users.iter_mut();
        let user = known.find(|stored| stored.user.id == update.user);
        user.expect("facts are of users").facts = update.facts.clone();
    }
    for changed in &effects.holdings {
        let mut known = town.state.holdings.iter_mut();
        let holding = known.find(|h| h.number == changed.number && h.user == changed.user);
        *holding.expect("marks are of holdings") = changed.clone();
    }
    effects
        .ended
        .iter()
        .for_each(|ending| end(&mut town, ending));
    effects
        .adopted
        .iter()
        .for_each(|holding| begin(&mut town, holding.clone()));
    let made = |c: &&Change| c.status == ChangeStatus::Planned && !c.by_teams;
    draft
        .plan
        .changes
        .iter()
        .filter(made)
        .for_each(|change| make(&mut town, change));
    town.state.anchor.numbers_read = Some(town.now);
    town.now += SignedDuration::from_mins(1);
    town
}

fn end(town: &mut Town, ending: &Ending) {
    let held = town
        .state
        .holdings
        .iter()
        .position(|h| h.number == ending.number && h.user == ending.user);
    let holding = town
        .state
        .holdings
        .remove(held.expect("what ends was held"));
    town.state.former.push(Former {
        user: holding.user,
        number: holding.number,
        number_type: holding.number_type,
        ended: town.now,
        reason: ending.reason,
        seen_licensed: holding.seen_licensed,
    });
    let facts = ending.facts(town.state.numbers.get(&ending.number), town.now);
    town.state.numbers.insert(ending.number, facts);
}

fn begin(town: &mut Town, holding: Holding) {
    let state = &mut town.state;
    let clash = state
        .holdings
        .iter()
        .find(|h| h.number == holding.number || h.user == holding.user);
    assert_eq!(
        clash, None,
        "one number has one holder, one holder one number"
    );
    state.former.retain(|former| former.user != holding.user);
    state.holdings.push(holding);
}

fn make(town: &mut Town, change: &Change) {
    match change.action {
        Action::Assign => {
            let line = super::world::listed(change.number, change.number_type, Some(change.user));
            town.listing.insert(change.number, line);
            let holding = Holding {
                number: change.number,
                user: change.user,
                number_type: change.number_type,
                range: change.range.clone(),
                origin: HoldingOrigin::Assigned,
                since: town.now,
                seen_licensed: true,
                missing: None,
            };
            begin(town, holding);
        }
        Action::Release => {
            town.listing.remove(&change.number);
            let ending = Ending {
                number: change.number,
                user: change.user,
                reason: change.reason.into(),
                rest_until: town.now,
            };
            end(town, &ending);
        }
        _ => {}
    }
    remember(town, change);
}

fn remember(town: &mut Town, change: &Change) {
    let mut users = town.users.iter_mut();
    let user = users
        .find(|stored| stored.user.id == change.user)
        .expect("changes are of users");
    let facts: &mut UserFacts = &mut user.facts;
    let number: &mut NumberFacts = town.state.numbers.entry(change.number).or_default();
    let before = Outcome {
        user: facts.clone(),
        number: number.clone(),
    };
    let after = outcome(change, &StepEnd::Done, before, &town.settings, town.now);
    *facts = after.user;
    *number = after.number;
}
