//! The tenant's telephone numbers and who holds them (docs/graph.md 4.1).

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use tokio::time::Instant;
use uuid::Uuid;

/// One numberAssignment. Closed lists are kept as text, because an export may hold newer members.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Number {
    #[serde(default)]
    pub(super) id: String,
    pub(super) telephone_number: String,
    #[serde(default)]
    pub(super) operator_id: Uuid,
    pub(super) number_type: String,
    #[serde(default = "activated")]
    pub(super) activation_state: String,
    #[serde(default = "user_assignment")]
    pub(super) capabilities: Vec<String>,
    #[serde(default = "unassigned")]
    pub(super) assignment_status: Option<String>,
    #[serde(default)]
    pub(super) assignment_target_id: Option<Uuid>,
    #[serde(default)]
    pub(super) assignment_category: Option<String>,
    #[serde(default)]
    pub(super) port_in_status: Option<String>,
    #[serde(default = "online")]
    pub(super) number_source: Option<String>,
    #[serde(default)]
    pub(super) iso_country_code: Option<String>,
    #[serde(default)]
    city: Option<String>,
    #[serde(default)]
    pub(super) location_id: Option<String>,
    #[serde(default)]
    civic_address_id: Option<String>,
    #[serde(default)]
    pub(super) network_site_id: Option<String>,
    #[serde(default)]
    pub(super) supported_customer_actions: Vec<String>,
    #[serde(default)]
    pub(super) reverse_number_lookup_options: Vec<String>,
    /// Uploaded to the tenant, so that it stays listed when nobody holds it.
    #[serde(skip)]
    pub(super) inventory: bool,
}

fn activated() -> String {
    "activated".to_owned()
}

fn user_assignment() -> Vec<String> {
    vec!["userAssignment".to_owned()]
}

#[expect(clippy::unnecessary_wraps, reason = "the field it fills is nullable")]
fn unassigned() -> Option<String> {
    Some("unassigned".to_owned())
}

#[expect(clippy::unnecessary_wraps, reason = "the field it fills is nullable")]
fn online() -> Option<String> {
    Some("online".to_owned())
}

impl Number {
    /// An activated, unassigned number.
    pub(super) fn new(telephone_number: String, number_type: &str) -> Self {
        Self {
            id: String::new(),
            telephone_number,
            operator_id: Uuid::nil(),
            number_type: number_type.to_owned(),
            activation_state: activated(),
            capabilities: user_assignment(),
            assignment_status: unassigned(),
            assignment_target_id: None,
            assignment_category: None,
            port_in_status: None,
            number_source: online(),
            iso_country_code: None,
            city: None,
            location_id: None,
            civic_address_id: None,
            network_site_id: None,
            supported_customer_actions: Vec::new(),
            reverse_number_lookup_options: Vec::new(),
            inventory: false,
        }
    }

    /// The same number held by a user.
    pub(super) fn held_by(mut self, user: Uuid, category: &str) -> Self {
        self.assignment_status = Some("userAssigned".to_owned());
        self.assignment_target_id = Some(user);
        self.assignment_category = Some(category.to_owned());
        self
    }

    /// The same number held by nobody.
    pub(super) fn freed(mut self) -> Self {
        self.assignment_status = unassigned();
        self.assignment_target_id = None;
        self.assignment_category = None;
        self
    }

    pub(super) fn is_primary(&self) -> bool {
        !matches!(
            self.assignment_category.as_deref(),
            Some("private" | "alternate")
        )
    }

    pub(super) fn is_on_premises(&self) -> bool {
        self.number_source.as_deref() == Some("onPremises")
    }

    /// Whether only the operator can change its emergency address (docs/graph.md 10); a number of which nothing is said
    /// can be changed by anybody.
    pub(super) fn has_locked_location(&self) -> bool {
        let actions = &self.supported_customer_actions;
        let may_change = actions.iter().any(|action| action == "locationUpdate");
        self.number_type == "operatorConnect" && !actions.is_empty() && !may_change
    }

    /// Fills what a tenant file may leave out.
    fn completed(mut self) -> Self {
        if self.id.is_empty() {
            self.id = number_id(self.operator_id, &self.telephone_number);
        }
        if self.number_type != "directRouting" || self.assignment_target_id.is_none() {
            self.inventory = true;
        }
        self
    }

    /// A field by its wire name, for filters; lists have several values.
    pub(super) fn field(&self, name: &str) -> Option<Vec<String>> {
        let one = |value: Option<String>| value.into_iter().collect();
        Some(match name {
            "telephoneNumber" => vec![self.telephone_number.clone()],
            "operatorId" => vec![self.operator_id.to_string()],
            "numberType" => vec![self.number_type.clone()],
            "activationState" => vec![self.activation_state.clone()],
            "capabilities" => self.capabilities.clone(),
            "assignmentStatus" => one(self.assignment_status.clone()),
            "assignmentTargetId" => one(self.assignment_target_id.map(|id| id.to_string())),
            "assignmentCategory" => one(self.assignment_category.clone()),
            "portInStatus" => one(self.port_in_status.clone()),
            "numberSource" => one(self.number_source.clone()),
            "isoCountryCode" => one(self.iso_country_code.clone()),
            "locationId" => one(self.location_id.clone()),
            "civicAddressId" => one(self.civic_address_id.clone()),
            "networkSiteId" => one(self.network_site_id.clone()),
            "supportedCustomerActions" => self.supported_customer_actions.clone(),
            "reverseNumberLookupOptions" => self.reverse_number_lookup_options.clone(),
            _ => return None,
        })
    }
}

/// The id as the documentation samples decode: `<operator>|<number>` (docs/graph.md 4.1).
pub(super) fn number_id(operator: Uuid, number: &str) -> String {
    use base64::Engine as _;
    base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(format!("{operator}|{number}"))
}

/// All listed numbers in ascending order.
#[derive(Debug, Default)]
pub(super) struct NumberStore {
    list: Vec<Arc<Number>>,
    held: HashMap<Uuid, Vec<String>>,
    /// What readers still see of numbers that changed a moment ago.
    shadows: BTreeMap<String, Shadow>,
    /// Entries of an operator beside those of numbers that are held with another type still.
    beside: BTreeMap<String, Arc<Number>>,
}

#[derive(Debug)]
struct Shadow {
    until: Instant,
    shown: Option<Arc<Number>>,
}

impl NumberStore {
    pub(super) fn new(numbers: Vec<Number>) -> Self {
        let mut list: Vec<Arc<Number>> = numbers
            .into_iter()
            .map(|number| Arc::new(number.completed()))
            .collect();
        list.sort_by(|a, b| a.telephone_number.cmp(&b.telephone_number));
        let mut store = Self {
            list,
            ..Self::default()
        };
        for number in &store.list {
            if let Some(user) = number.assignment_target_id {
                store
                    .held
                    .entry(user)
                    .or_default()
                    .push(number.telephone_number.clone());
            }
        }
        store
    }

    /// The number as it is now.
    pub(super) fn get(&self, number: &str) -> Option<&Arc<Number>> {
        self.position(number).ok().map(|at| &self.list[at])
    }

    fn position(&self, number: &str) -> Result<usize, usize> {
        self.list
            .binary_search_by(|listed| listed.telephone_number.as_str().cmp(number))
    }

    /// The numbers of a user, as they are now.
    pub(super) fn of(&self, user: Uuid) -> Vec<Arc<Number>> {
        let held = self.held.get(&user).map(Vec::as_slice).unwrap_or_default();
        held.iter()
            .filter_map(|number| self.get(number).cloned())
            .collect()
    }

    /// Lists a number or changes it.
    pub(super) fn put(&mut self, number: Number) {
        let number = number.completed();
        self.forget_holder(&number.telephone_number);
        if let Some(user) = number.assignment_target_id {
            self.held
                .entry(user)
                .or_default()
                .push(number.telephone_number.clone());
        }
        match self.position(&number.telephone_number) {
            Ok(at) => self.list[at] = Arc::new(number),
            Err(at) => self.list.insert(at, Arc::new(number)),
        }
    }

    /// Takes a number off the list.
    pub(super) fn remove(&mut self, number: &str) -> bool {
        self.forget_holder(number);
        self.position(number).map(|at| self.list.remove(at)).is_ok()
    }

    fn forget_holder(&mut self, number: &str) {
        if let Some(user) = self
            .get(number)
            .and_then(|listed| listed.assignment_target_id)
            && let Some(held) = self.held.get_mut(&user)
        {
            held.retain(|other| other != number);
        }
    }

    /// Lets readers see the present state of a number until then, whatever happens to it now.
    pub(super) fn shade(&mut self, number: &str, until: Instant) {
        let shown = self.get(number).cloned();
        let shadow = self
            .shadows
            .entry(number.to_owned())
            .or_insert(Shadow { until, shown });
        shadow.until = until;
    }

    /// Drops what nobody sees any more.
    pub(super) fn lift_shadows(&mut self, at: Instant) {
        self.shadows.retain(|_, shadow| shadow.until > at);
    }

    pub(super) fn next_shadow(&self) -> Option<Instant> {
        self.shadows.values().map(|shadow| shadow.until).min()
    }

    /// The number as readers see it.
    pub(super) fn seen(&self, number: &str) -> Option<&Arc<Number>> {
        match self.shadows.get(number) {
            Some(shadow) => shadow.shown.as_ref(),
            None => self.get(number),
        }
    }

    /// The list as readers see it, ascending.
    pub(super) fn all_seen(&self) -> Vec<&Arc<Number>> {
        if self.is_plain() {
            return self.list.iter().collect();
        }
        let plain = self
            .list
            .iter()
            .filter(|number| !self.shadows.contains_key(&number.telephone_number));
        let mut all: Vec<_> = plain
            .chain(
                self.shadows
                    .values()
                    .filter_map(|shadow| shadow.shown.as_ref()),
            )
            .collect();
        all.extend(self.beside.values());
        all.sort_by(|a, b| a.telephone_number.cmp(&b.telephone_number));
        all
    }

    /// A stretch of the list as readers see it, without a walk over the whole.
    pub(super) fn page(&self, skip: usize, top: usize) -> Vec<&Arc<Number>> {
        if self.is_plain() {
            return self.list.iter().skip(skip).take(top).collect();
        }
        self.all_seen().into_iter().skip(skip).take(top).collect()
    }

    fn is_plain(&self) -> bool {
        self.shadows.is_empty() && self.beside.is_empty()
    }

    /// The second entry of a number that is held with another type still.
    pub(super) fn beside(&self, number: &str) -> Option<&Arc<Number>> {
        self.beside.get(number)
    }

    /// Lists a number a second time, or with `None` no longer.
    pub(super) fn put_beside(&mut self, number: &str, entry: Option<Number>) {
        match entry {
            Some(entry) => self
                .beside
                .insert(number.to_owned(), Arc::new(entry.completed())),
            None => self.beside.remove(number),
        };
    }

    /// The whole list as it is now.
    pub(super) fn all(&self) -> &[Arc<Number>] {
        &self.list
    }
}
