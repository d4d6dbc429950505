//! What of an operator stands against its leaving: who holds numbers of it, and what it has to take back.

use super::operator_numbers::{Group, Within, country, group_of, is_held, once_each};
use super::{TenantView, ViewError};
use crate::directory::UserId;
use crate::numbering::{Country, E164, Listed, ListedType, NumberState};
use crate::plan::{Entry, Index, RangeInventory, entry};
use crate::report::UserRef;
use crate::rules::RuleSet;
use serde::Serialize;
use std::collections::BTreeMap;

/// A number of an operator.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct OperatorNumberItem {
    /// The number.
    pub number: E164,
    /// The range that declares it, if one does.
    pub range: Option<String>,
    /// Its type as Teams lists it, else its range's.
    #[serde(rename = "type")]
    pub number_type: Option<String>,
    /// Its country.
    pub country: Option<Country>,
    /// Its state; null of a number that no range declares.
    pub state: Option<NumberState>,
    /// Its holder, or who it is claimed for.
    pub user: Option<UserRef>,
}

/// The numbers of an operator that is to leave.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OperatorLeaving {
    /// Numbers that somebody or something holds, or is about to get, ascending.
    pub assigned: Vec<OperatorNumberItem>,
    /// Numbers the tenant still lists that nobody holds, ascending.
    pub to_take_back: Vec<OperatorNumberItem>,
    /// Its ranges, in file order.
    pub ranges: Vec<String>,
}

/// A number found, with its holder not named yet.
struct Found {
    item: OperatorNumberItem,
    user: Option<UserId>,
    held: bool,
}

impl TenantView {
    /// The numbers of a declared operator that is to leave. All numbers are looked at.
    ///
    /// # Errors
    /// An operator that no rule declares, or what the database says.
    pub async fn operator_leaving(&self, name: &str) -> Result<OperatorLeaving, ViewError> {
        let look = self.look().await?;
        let rules = &look.rules;
        let mut declared = rules.operators().iter();
        let at = declared
            .position(|known| known.name == name)
            .ok_or_else(|| ViewError::NoOperator(name.to_owned()))?;
        let wanted = Some(Group::Declared(at));
        let mut found = BTreeMap::new();
        self.each_operator_stretch(&look, |index, within| {
            listed_of(index, wanted, &mut found);
            held_of(index, wanted, within, &mut found);
        })
        .await?;
        let users: Vec<UserId> = found.values().filter_map(|found| found.user).collect();
        let upns = self.store.upns(users).await?;
        let mut leaving = OperatorLeaving {
            ranges: rules.ranges_of(name).map(|r| r.name.clone()).collect(),
            ..OperatorLeaving::default()
        };
        for found in found.into_values() {
            let upn = |id| upns.get(&id).cloned().unwrap_or_default();
            let user = found.user.map(|id| UserRef { id, upn: upn(id) });
            let list = match found.held {
                true => &mut leaving.assigned,
                false => &mut leaving.to_take_back,
            };
            list.push(OperatorNumberItem { user, ..found.item });
        }
        Ok(leaving)
    }
}

/// What Teams lists as the operator's.
fn listed_of(index: &Index<'_>, wanted: Option<Group>, found: &mut BTreeMap<E164, Found>) {
    let rules = index.world.rules;
    for listed in once_each(index.world.listing) {
        let number = listed.number;
        if group_of(rules, number, Some(listed)) != wanted {
            continue;
        }
        let range = rules.range_of(number).map(|at| &rules.ranges()[at]);
        let now = range.map(|range| entry(index, range, number));
        let holding = index.holding(number);
        let (held, user) = match (&now, holding) {
            (Some(now), _) => (is_held(now.state), now.user.filter(|_| is_held(now.state))),
            (None, Some(holding)) => (true, Some(holding.user)),
            (None, None) => (!listed.is_unassigned(), listed.target.map(UserId)),
        };
        let state = now.map(|now| now.state);
        let item = item(rules, number, Some(listed), state);
        found.insert(number, Found { item, user, held });
    }
}

/// Numbers of the operator's ranges that are held or claimed without being listed.
fn held_of(
    index: &Index<'_>,
    wanted: Option<Group>,
    within: Within<'_>,
    found: &mut BTreeMap<E164, Found>,
) {
    let rules = index.world.rules;
    for range in within.iter().filter(|range| range.operator.is_some()) {
        let told = RangeInventory::of(index, range).told;
        let is_new = |entry: &&Entry| {
            is_held(entry.state)
                && index.listed(entry.number).is_none()
                && group_of(rules, entry.number, None) == wanted
        };
        for entry in told.iter().filter(is_new) {
            let item = item(rules, entry.number, None, Some(entry.state));
            let user = entry.user;
            let held = true;
            found.insert(entry.number, Found { item, user, held });
        }
    }
}

fn item(
    rules: &RuleSet,
    number: E164,
    listed: Option<&Listed>,
    state: Option<NumberState>,
) -> OperatorNumberItem {
    let range = rules.range_of(number).map(|at| &rules.ranges()[at]);
    let listed_type = listed.map(|listed| match &listed.profile.number_type {
        ListedType::Known(known) => known.name().to_owned(),
        ListedType::Other(text) => text.clone(),
    });
    OperatorNumberItem {
        number,
        range: range.map(|range| range.name.clone()),
        number_type: listed_type.or_else(|| range.map(|r| r.number_type.name().to_owned())),
        country: country(rules, number, listed),
        state,
        user: None,
    }
}
