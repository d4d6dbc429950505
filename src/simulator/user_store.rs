//! All users, with what the delta query needs: a counter that every change moves.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use jiff::{SignedDuration, Timestamp};
use serde_json::{Map, Value};
use uuid::Uuid;

use super::generator::Generator;
use super::tenant_file::Users;
use super::user_record::Record;

type FastMap<K, V> = HashMap<K, V, foldhash::fast::RandomState>;

/// Position of a user in the store; never reused.
pub(super) type Place = u32;

/// Users in order of arrival, deleted ones included.
#[derive(Debug)]
pub(super) struct UserStore {
    entries: Vec<Entry>,
    by_id: FastMap<Uuid, Place>,
    /// Lower-case UPNs; those of untouched generated users are worked out instead.
    by_upn: FastMap<String, Place>,
    /// Last change of every user that changed, so that a round costs what changed and no more.
    changes: BTreeMap<u64, Place>,
    clock: u64,
    /// Who is in the deleted items.
    bin: BTreeSet<Place>,
    generator: Option<Generator>,
}

#[derive(Debug)]
struct Entry {
    id: Uuid,
    body: Body,
    presence: Presence,
    history: Option<Box<History>>,
}

#[derive(Debug)]
enum Body {
    Generated(u64),
    Kept(Box<Record>),
}

/// Whether the user is there.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Presence {
    Here,
    /// In the deleted items since then.
    Deleted(Timestamp),
    Gone,
}

/// Counter readings of the last changes.
#[derive(Clone, Debug, Default)]
pub(super) struct History {
    last: u64,
    /// Creation, deletion or restoration.
    pub(super) presence: u64,
    pub(super) properties: BTreeMap<String, u64>,
}

impl UserStore {
    pub(super) fn new(users: Users) -> Self {
        let mut store = Self {
            entries: Vec::new(),
            by_id: FastMap::default(),
            by_upn: FastMap::default(),
            changes: BTreeMap::new(),
            clock: 0,
            bin: BTreeSet::new(),
            generator: None,
        };
        match users {
            Users::Given(users) => {
                for (id, record) in users {
                    store.push(id, Body::Kept(Box::new(record)));
                }
            }
            Users::Generated(generator) => {
                for index in 0..generator.count {
                    store.push(generator.id(index), Body::Generated(index));
                }
                store.generator = Some(generator);
            }
        }
        store
    }

    fn push(&mut self, id: Uuid, body: Body) -> Place {
        let place = Place::try_from(self.entries.len()).unwrap_or(Place::MAX);
        self.by_id.insert(id, place);
        self.entries.push(Entry {
            id,
            body,
            presence: Presence::Here,
            history: None,
        });
        self.index_upn(place);
        place
    }

    fn index_upn(&mut self, place: Place) {
        if matches!(self.entries[place as usize].body, Body::Kept(_))
            && let Some(upn) = self.text(place, "userPrincipalName")
        {
            self.by_upn.insert(upn.to_lowercase(), place);
        }
    }

    /// How many places there are.
    pub(super) fn len(&self) -> Place {
        Place::try_from(self.entries.len()).unwrap_or(Place::MAX)
    }

    /// The reading of the change counter.
    pub(super) fn clock(&self) -> u64 {
        self.clock
    }

    /// The place of an id, deleted users included.
    pub(super) fn by_id(&self, id: Uuid) -> Option<Place> {
        self.by_id.get(&id).copied()
    }

    /// The place of a present user by id or UPN.
    pub(super) fn find(&self, key: &str) -> Option<Place> {
        let place = match key.parse::<Uuid>() {
            Ok(id) => self.by_id(id)?,
            Err(_) => self.by_name(key)?,
        };
        (self.presence(place) == Presence::Here).then_some(place)
    }

    fn by_name(&self, upn: &str) -> Option<Place> {
        let upn = upn.to_lowercase();
        if let Some(place) = self.by_upn.get(&upn) {
            let still = self
                .text(*place, "userPrincipalName")
                .is_some_and(|now| now.to_lowercase() == upn);
            return still.then_some(*place);
        }
        let index = self.generator.as_ref()?.index_of(&upn)?;
        let place = Place::try_from(index).ok()?;
        matches!(self.entries.get(place as usize)?.body, Body::Generated(_)).then_some(place)
    }

    pub(super) fn id(&self, place: Place) -> Uuid {
        self.entries[place as usize].id
    }

    pub(super) fn presence(&self, place: Place) -> Presence {
        self.entries[place as usize].presence
    }

    pub(super) fn history(&self, place: Place) -> Option<&History> {
        self.entries[place as usize].history.as_deref()
    }

    /// Users whose last change lies behind the first reading and not behind the second, oldest first.
    pub(super) fn changed(&self, after: u64, upto: u64) -> impl Iterator<Item = (u64, Place)> {
        use std::ops::Bound::{Excluded, Included};
        let upto = upto.max(after);
        self.changes
            .range((Excluded(after), Included(upto)))
            .map(|(reading, place)| (*reading, *place))
    }

    /// Writes the JSON text of one property; answers false, writing nothing, when it is not set.
    pub(super) fn write(&self, place: Place, property: &str, out: &mut String) -> bool {
        match &self.entries[place as usize].body {
            Body::Kept(record) => match record.text(property) {
                None => false,
                Some(text) => {
                    out.push_str(text);
                    true
                }
            },
            Body::Generated(index) => self
                .generator
                .as_ref()
                .is_some_and(|generator| generator.write(*index, property, out)),
        }
    }

    /// One property as a value.
    pub(super) fn value(&self, place: Place, property: &str) -> Value {
        let mut text = String::new();
        self.write(place, property, &mut text);
        serde_json::from_str(&text).unwrap_or(Value::Null)
    }

    /// One property as text.
    pub(super) fn text(&self, place: Place, property: &str) -> Option<String> {
        self.value(place, property).as_str().map(str::to_owned)
    }

    /// Names of the properties that are set.
    pub(super) fn property_names(&self, place: Place) -> Vec<String> {
        match (&self.entries[place as usize].body, &self.generator) {
            (Body::Kept(record), _) => record.names().map(str::to_owned).collect(),
            (Body::Generated(_), _) => Generator::PROPERTIES
                .iter()
                .map(|name| (*name).to_owned())
                .collect(),
        }
    }

    /// A new user, or another content for an old one.
    pub(super) fn put(&mut self, id: Uuid, fields: Map<String, Value>) -> Place {
        match self.by_id(id) {
            Some(place) if self.presence(place) == Presence::Here => {
                let mut updates = fields;
                for name in self.property_names(place) {
                    updates.entry(name).or_insert(Value::Null);
                }
                self.update(place, &updates);
                place
            }
            _ => {
                let place = self.push(id, Body::Kept(Box::new(Record::from_fields(fields))));
                let history = self.touch(place);
                history.presence = history.last;
                place
            }
        }
    }

    /// Sets properties; only what differs counts as changed.
    pub(super) fn update(&mut self, place: Place, updates: &Map<String, Value>) {
        let mut record = self.record(place);
        let mut changed = Vec::new();
        for (name, value) in updates {
            if name != "id" && !name.starts_with('@') && record.set(name, value) {
                changed.push(name.clone());
            }
        }
        self.entries[place as usize].body = Body::Kept(Box::new(record));
        self.index_upn(place);
        if !changed.is_empty() {
            let history = self.touch(place);
            let reading = history.last;
            history
                .properties
                .extend(changed.into_iter().map(|name| (name, reading)));
        }
    }

    fn record(&self, place: Place) -> Record {
        match &self.entries[place as usize].body {
            Body::Kept(record) => (**record).clone(),
            Body::Generated(_) => Record::from_fields(
                self.property_names(place)
                    .into_iter()
                    .map(|name| (name.clone(), self.value(place, &name)))
                    .collect(),
            ),
        }
    }

    /// Moves the counter and notes the reading as the user's last change.
    fn touch(&mut self, place: Place) -> &mut History {
        self.clock += 1;
        let history = self.entries[place as usize].history.get_or_insert_default();
        self.changes.remove(&history.last);
        history.last = self.clock;
        self.changes.insert(self.clock, place);
        history
    }

    pub(super) fn set_presence(&mut self, place: Place, presence: Presence) {
        self.entries[place as usize].presence = presence;
        match presence {
            Presence::Deleted(_) => self.bin.insert(place),
            Presence::Here | Presence::Gone => self.bin.remove(&place),
        };
        let history = self.touch(place);
        history.presence = history.last;
    }

    /// Users in the deleted items, by place.
    pub(super) fn deleted(&self) -> impl Iterator<Item = Place> {
        self.bin.iter().copied()
    }

    /// Purges whom the deleted items have held for 30 days (docs/graph.md 2.2).
    pub(super) fn purge(&mut self, now: Timestamp) {
        let month = SignedDuration::from_hours(30 * 24);
        let over = |place: &Place| match self.presence(*place) {
            Presence::Deleted(at) => now.duration_since(at) >= month,
            _ => false,
        };
        let expired: Vec<Place> = self.deleted().filter(over).collect();
        for place in expired {
            self.set_presence(place, Presence::Gone);
        }
    }
}
