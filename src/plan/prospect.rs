//! What the next sync would make of one person, by what is remembered alone.

use super::{
    Change, FactsUpdate, Holding, Judged, Note, Planner, State, StoredUser, World, judge,
    out_of_place,
};
use crate::numbering::{Category, E164, Listed, ListedProfile, ListedStatus, ListedType};
use jiff::Timestamp;
use std::collections::BTreeMap;
use std::sync::Arc;

/// What a sync would decide about one person now.
#[derive(Clone, Debug)]
pub struct Prospect {
    /// The row of the decision table, and what the licences say.
    pub judged: Judged,
    /// The changes of the person, in order.
    pub changes: Vec<Change>,
    /// The notes about the person.
    pub notes: Vec<Note>,
    /// When the person is looked at again without any change.
    pub due: Option<Timestamp>,
}

/// Decides about one person as a sync would that found nothing changed. People who are ahead in the queue for numbers
/// are not seen: of a number that is given by rule, only its range is certain.
#[must_use]
pub fn prospect(world: &World<'_>, stored: &StoredUser) -> Prospect {
    let id = stored.user.id;
    let mut planner = Planner::new(world);
    planner.consider(stored.clone());
    let draft = planner.finish();
    let mine = |update: &&FactsUpdate| update.user == id;
    let facts = draft.effects.facts.iter().find(mine);
    let of_person = |note: &Note| note.user == Some(id);
    Prospect {
        judged: judge(world, stored),
        due: facts.map_or(stored.facts.due, |update| update.facts.due),
        changes: draft
            .plan
            .changes
            .into_iter()
            .filter(|c| c.user == id)
            .collect(),
        notes: draft.plan.notes.into_iter().filter(of_person).collect(),
    }
}

/// What Teams shows of numbers whose entry in the stored list is older than what was done since: numbers given after
/// the list was read are with their holders, numbers freed after it are with nobody. To be handed to a [`World`] as
/// `confirmed` where nothing is read anew.
#[must_use]
pub fn as_remembered(
    state: &State,
    listing: &[Listed],
    listed_at: Timestamp,
) -> BTreeMap<E164, Option<Listed>> {
    let mut known = BTreeMap::new();
    let entry = |number: E164| {
        let at = listing.binary_search_by_key(&number, |l| l.number).ok();
        at.map(|at| &listing[at])
    };
    let freed = state
        .numbers
        .iter()
        .filter(|(_, facts)| facts.freed.is_some_and(|at| at >= listed_at));
    known.extend(freed.map(|(number, _)| (*number, None)));
    let missed: Vec<E164> = out_of_place(state, listing);
    for holding in state
        .holdings
        .iter()
        .filter(|h| missed.binary_search(&h.number).is_ok())
    {
        let shown = match holding.missing {
            None => Some(held(holding, entry(holding.number))),
            Some(_) => entry(holding.number).cloned(),
        };
        known.insert(holding.number, shown);
    }
    known
}

/// The number as Teams shows it once its holder has it.
fn held(holding: &Holding, listed: Option<&Listed>) -> Listed {
    let known = listed.map(|listed| (*listed.profile).clone());
    let profile = known.unwrap_or(ListedProfile {
        number_type: ListedType::Known(holding.number_type),
        activated: true,
        for_users: true,
        status: ListedStatus::UserAssigned,
        category: Category::Primary,
        ported: true,
        on_premises: false,
        extension: false,
        operator: None,
        country: None,
        location_update: false,
    });
    Listed {
        number: holding.number,
        target: Some(holding.user.0),
        profile: Arc::new(ListedProfile {
            status: ListedStatus::UserAssigned,
            category: Category::Primary,
            ..profile
        }),
    }
}
