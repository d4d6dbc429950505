//! Permissions to write, which no harmless request can try: the token says which it carries. Then the policies that the
//! rules name, which only a holder of such a permission may look up, and the locations, which nobody may.

use super::graph::{Patient, refused};
use super::item::Item;
use crate::apply::Telephony as _;
use crate::cli::exit::Exit;
use crate::config::Mode;
use crate::directory::ReadError;
use crate::rules::RuleSet;
use std::collections::BTreeSet;

/// The permissions in the token, unless it cannot be looked into.
pub(super) struct Roles(Option<BTreeSet<String>>);

/// A permission that some configuration needs.
struct Wanted {
    name: &'static str,
    /// Others that carry the same.
    instead: &'static [&'static str],
    /// Why it is needed; `None`: it is not.
    needed: Option<&'static str>,
    /// Why it is not needed.
    spared: &'static str,
}

impl Roles {
    pub(super) fn new(granted: Option<Vec<String>>) -> Self {
        Self(granted.map(|roles| roles.into_iter().collect()))
    }

    /// Whether the token carries one of these; `None` when it cannot be looked into.
    fn have(&self, name: &str, instead: &[&str]) -> Option<bool> {
        let roles = self.0.as_ref()?;
        Some(roles.contains(name) || instead.iter().any(|other| roles.contains(*other)))
    }
}

pub(super) async fn checks(patient: &Patient<'_>) -> Vec<Item> {
    let mut items: Vec<Item> = wanted(patient)
        .iter()
        .map(|wanted| carried(patient, wanted))
        .collect();
    if let Some(rules) = patient.rules {
        items.extend(policies(patient, rules).await);
        items.extend(locations(patient, rules));
    }
    items
}

fn wanted(patient: &Patient<'_>) -> [Wanted; 4] {
    let writes = patient.tenant.mode != Mode::Observe;
    let policies = patient
        .rules
        .is_some_and(|rules| !rules.policies().is_empty());
    let groups = patient
        .rules
        .is_some_and(|rules| !rules.groups().is_empty());
    let phone = patient.tenant.profile.business_phone;
    [
        Wanted {
            name: "TeamsTelephoneNumber.ReadWrite.All",
            instead: &[],
            needed: writes.then_some("to assign and release numbers"),
            spared: "not needed: the mode is observe",
        },
        Wanted {
            name: "TeamsPolicyUserAssign.ReadWrite.All",
            instead: &[],
            needed: (writes && policies).then_some("to assign the policies of the ranges"),
            spared: "not needed: no range names a policy, or the mode is observe",
        },
        Wanted {
            name: "User-Phone.ReadWrite.All",
            instead: &["User.ReadWrite.All", "Directory.ReadWrite.All"],
            needed: (writes && phone).then_some("to write numbers to the profile"),
            spared: "not needed: profile.business_phone is off, or the mode is observe",
        },
        Wanted {
            name: "GroupMember.Read.All",
            instead: &[
                "Group.Read.All",
                "Group.ReadWrite.All",
                "Directory.Read.All",
                "Directory.ReadWrite.All",
            ],
            needed: groups.then_some("to read the members of the groups that rules name"),
            spared: "not needed: no rule names a group",
        },
    ]
}

fn carried(patient: &Patient<'_>, wanted: &Wanted) -> Item {
    let name = patient.name();
    let Some(purpose) = wanted.needed else {
        return Item::skipped(wanted.name, name, wanted.spared);
    };
    match patient.roles.have(wanted.name, wanted.instead) {
        Some(true) => Item::ok(
            wanted.name,
            name,
            format!("granted, {purpose} (as the token says; it was not tried)"),
        ),
        Some(false) => Item::error(
            Exit::Unreachable,
            wanted.name,
            name,
            format!("not granted; needed {purpose} (as the token says)"),
            format!(
                "grant the application permission {} in Entra, with admin consent, and wait some minutes",
                wanted.name
            ),
        ),
        None => Item::skipped(
            wanted.name,
            name,
            format!("needed {purpose}; the token cannot be looked into, and trying would write"),
        ),
    }
}

/// Whether the tenant has every policy that the rules name. Looking one up needs the permission to assign it.
async fn policies(patient: &Patient<'_>, rules: &RuleSet) -> Vec<Item> {
    let name = patient.name();
    let wanted = rules.policies();
    if wanted.is_empty() {
        return vec![Item::skipped("policies", name, "the rules name none")];
    }
    let mut items = Vec::new();
    let mut there = 0_usize;
    for (kind, policy) in &wanted {
        match patient.graph.policy(kind, policy).await {
            Ok(Some(_)) => there += 1,
            Ok(None) => items.push(Item::error(
                Exit::Invalid,
                "policies",
                name,
                format!("the tenant has no {kind} \"{policy}\", which the rules name"),
                "create it in the Teams admin centre, or correct its name in the rules",
            )),
            Err(ReadError::Refused(_)) if patient.tenant.mode == Mode::Observe => {
                let detail = "they can be looked up only with TeamsPolicyUserAssign.ReadWrite.All, which observe mode does not need";
                return vec![Item::skipped("policies", name, detail)];
            }
            Err(error) => {
                return vec![Item {
                    check: "policies".to_owned(),
                    ..refused("TeamsPolicyUserAssign.ReadWrite.All", name, &error)
                }];
            }
        }
    }
    if there > 0 {
        items.push(Item::ok(
            "policies",
            name,
            format!("{there} of {} that the rules name are there", wanted.len()),
        ));
    }
    items
}

/// Graph offers nothing about emergency locations.
fn locations(patient: &Patient<'_>, rules: &RuleSet) -> Option<Item> {
    let named: BTreeSet<&str> = rules
        .ranges()
        .iter()
        .flat_map(|range| &range.locations)
        .map(|location| location.id.as_str())
        .collect();
    let ids: Vec<&str> = named.into_iter().collect();
    let detail = format!(
        "Graph cannot be asked about emergency locations; compare in the Teams admin centre: {}",
        ids.join(", ")
    );
    (!ids.is_empty()).then(|| Item::skipped("locations", patient.name(), detail))
}
