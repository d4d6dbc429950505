//! All state of the simulated tenant, and what the passing of time does to it.

use std::collections::{BTreeMap, HashMap};

use jiff::Timestamp;
use serde_json::{Map, Value, json};
use tokio::time::Instant;
use uuid::Uuid;

use super::effects::Strip;
use super::licensing::Capabilities;
use super::number_store::NumberStore;
use super::operations::Operations;
use super::operator::Transfer;
use super::sku::Sku;
use super::switches::{OnDelete, Switches};
use super::tenant_file::{Policy, TenantFile};
use super::user_store::{Place, Presence, UserStore};

/// The tenant.
#[derive(Debug)]
pub(super) struct World {
    pub(super) users: UserStore,
    pub(super) numbers: NumberStore,
    pub(super) skus: Vec<Sku>,
    pub(super) policies: Vec<Policy>,
    pub(super) groups: BTreeMap<Uuid, Vec<Uuid>>,
    /// By user, then by lower-case policy type.
    pub(super) granted_policies: BTreeMap<Uuid, BTreeMap<String, Policy>>,
    pub(super) operations: Operations,
    pub(super) switches: Switches,
    pub(super) strips: Vec<Strip>,
    pub(super) transfers: BTreeMap<String, Transfer>,
    /// Since when a user has had Phone System and a calling plan, for those licensed after the start.
    licensed_since: HashMap<Uuid, Since>,
    pub(super) violations: Vec<Value>,
}

#[derive(Clone, Copy, Debug, Default)]
struct Since {
    phone_system: Option<Timestamp>,
    calling_plan: Option<Timestamp>,
}

impl World {
    pub(super) fn new(tenant: TenantFile, switches: Switches) -> Self {
        Self {
            users: UserStore::new(tenant.users),
            numbers: NumberStore::new(tenant.numbers),
            skus: tenant.skus,
            policies: tenant.policies,
            groups: tenant.groups,
            granted_policies: BTreeMap::new(),
            operations: Operations::default(),
            switches,
            strips: Vec::new(),
            transfers: BTreeMap::new(),
            licensed_since: HashMap::new(),
            violations: Vec::new(),
        }
    }

    /// Whether [`World::settle`] would do anything.
    pub(super) fn is_due(&self, now: Timestamp, at: Instant) -> bool {
        self.operations.next_due().is_some_and(|due| due <= at)
            || self.strips.iter().any(|strip| strip.due <= now)
            || self.numbers.next_shadow().is_some_and(|until| until <= at)
            || self.is_transfer_due(at)
    }

    /// Lets everything happen whose time has come.
    pub(super) fn settle(&mut self, now: Timestamp, at: Instant) {
        self.numbers.lift_shadows(at);
        while let Some(id) = self.operations.take_due(at) {
            self.finish(&id, now, at);
        }
        self.strip_due(now);
        self.transfer_due(at);
    }

    /// What the user's licences allow, whether or not Teams has taken note of it.
    pub(super) fn capabilities(&self, place: Place) -> Capabilities {
        Capabilities::of(&self.users, &self.skus, place)
    }

    /// What Teams has digested of the licences (`readiness_delay`).
    pub(super) fn digested(&self, place: Place, now: Timestamp) -> Capabilities {
        let mut capabilities = self.capabilities(place);
        let since = self
            .licensed_since
            .get(&self.users.id(place))
            .copied()
            .unwrap_or_default();
        let delay = self.switches.readiness_delay.signed();
        let ready =
            |since: Option<Timestamp>| since.is_none_or(|since| now.duration_since(since) >= delay);
        capabilities.phone_system &= ready(since.phone_system);
        capabilities.calling_plan &= ready(since.calling_plan);
        capabilities
    }

    /// Changes properties of a user, with what Teams makes of it.
    pub(super) fn change_user(
        &mut self,
        place: Place,
        updates: &Map<String, Value>,
        now: Timestamp,
    ) {
        let before = self.capabilities(place);
        self.users.update(place, updates);
        self.compare_licences(place, before, now);
    }

    /// A user appears, or has another content.
    pub(super) fn put_user(&mut self, id: Uuid, fields: Map<String, Value>, now: Timestamp) {
        let known = self
            .users
            .by_id(id)
            .filter(|place| self.users.presence(*place) == Presence::Here);
        let before = known
            .map(|place| self.capabilities(place))
            .unwrap_or_default();
        let place = self.users.put(id, fields);
        self.compare_licences(place, before, now);
    }

    fn compare_licences(&mut self, place: Place, before: Capabilities, now: Timestamp) {
        let after = self.capabilities(place);
        let user = self.users.id(place);
        let since = self.licensed_since.entry(user).or_default();
        if after.phone_system && !before.phone_system {
            since.phone_system = Some(now);
        }
        if after.calling_plan && !before.calling_plan {
            since.calling_plan = Some(now);
        }
        if before != after {
            self.plan_strips(user, after, now);
        }
    }

    /// Deletes a user, into the deleted items or for good.
    pub(super) fn delete_user(&mut self, place: Place, hard: bool, now: Timestamp) {
        self.users.set_presence(
            place,
            if hard {
                Presence::Gone
            } else {
                Presence::Deleted(now)
            },
        );
        if self.switches.on_delete == OnDelete::Strip {
            for number in self.numbers.of(self.users.id(place)) {
                self.take_away(&number, true);
            }
        }
    }

    /// Notes something no correct client makes us accept.
    pub(super) fn violated(
        &mut self,
        kind: &str,
        number: &str,
        user: Uuid,
        detail: String,
        now: Timestamp,
    ) {
        self.violations.push(json!({
            "time": now.to_string(), "kind": kind, "number": number, "user": user, "detail": detail,
        }));
    }
}
