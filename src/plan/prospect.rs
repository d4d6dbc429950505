//! What the next sync would make of one person, by what is remembered alone.

use super::{
    Anchor, Change, Circumstances, FactsUpdate, Holding, Judged, Note, NoteKind, Planner, Settings,
    State, StoredUser, World, judge, out_of_place,
};
use crate::directory::{LicenceBook, Sku, UserId};
use crate::numbering::{Category, E164, Listed, ListedProfile, ListedStatus, ListedType};
use crate::rules::{GroupMembers, RuleSet};
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
    // That several people answer to a name was found out from everybody, by the last sync.
    let doubts = stored.facts.notes.iter();
    let doubts = doubts.filter(|note| note.kind == NoteKind::Conflict);
    for number in doubts.filter_map(|note| note.number) {
        let somebody = UserId::from_u128(0);
        planner.index.expected.is_doubtful(number, [id, somebody]);
    }
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

impl Anchor {
    /// The tenant's products, for a [`LicenceBook`]; `None` as long as none has been read, because the permission is
    /// missing or no sync has run.
    #[must_use]
    pub fn products(&self) -> Option<&[Sku]> {
        (!self.skus.is_empty()).then_some(self.skus.as_slice())
    }
}

impl<'a> World<'a> {
    /// The world as it is stored, for looking at it while no sync runs: nothing about it is special, and what is not
    /// stored is empty, so that whoever reads members, policies or single numbers puts them in.
    #[must_use]
    pub fn at_rest(
        rules: &'a RuleSet,
        settings: &'a Settings,
        book: &'a LicenceBook,
        state: &'a State,
        listing: &'a [Listed],
        now: Timestamp,
    ) -> Self {
        static MEMBERS: GroupMembers = GroupMembers::new();
        static CONFIRMED: BTreeMap<E164, Option<Listed>> = BTreeMap::new();
        static BESIDE: BTreeMap<E164, Listed> = BTreeMap::new();
        static POLICIES: BTreeMap<(String, String), Option<String>> = BTreeMap::new();
        Self {
            rules,
            settings,
            book,
            groups: &MEMBERS,
            listing,
            listed_at: state.anchor.numbers_read.unwrap_or(now),
            confirmed: &CONFIRMED,
            beside: &BESIDE,
            policies: &POLICIES,
            effective: None,
            state,
            circumstances: Circumstances::ORDINARY,
            now,
        }
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
        location: None,
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

#[cfg(test)]
mod tests {
    use crate::directory::{Sku, SkuId, SkuStatus};
    use crate::plan::Anchor;
    use jiff::Timestamp;
    use uuid::Uuid;

    #[test]
    fn products_that_were_never_read_are_not_known() {
        let mut anchor = Anchor {
            full_read: Some(Timestamp::UNIX_EPOCH),
            numbers_read: Some(Timestamp::UNIX_EPOCH),
            ..Anchor::default()
        };
        assert_eq!(anchor.products(), None);
        anchor.skus.push(Sku {
            id: SkuId(Uuid::nil()),
            part_number: "SPE_E5".to_owned(),
            status: SkuStatus("Enabled".to_owned()),
            plans: Vec::new(),
        });
        assert_eq!(anchor.products(), Some(anchor.skus.as_slice()));
    }
}
