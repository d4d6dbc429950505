//! What a test says about a person, and the directory user it makes.

use super::document::{Document, Key, MANY, Place, Placed, Table, Value};
use super::licensed::{PlanSays, licensed, plans};
use super::products::{DEVICE, Licence, RESOURCE, ROOM, Shelf, id_from};
use super::stock::number;
use crate::directory::{Attribute, GroupId, Kind, LicenceBook, PlanId, User, UserId};
use crate::numbering::E164;
use crate::rules::{RuleSet, nearest};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// What a `person` table says. What it leaves out is said by the table it is laid over, or has its default.
#[derive(Clone, Debug, Default)]
pub(super) struct Figure {
    /// An empty text takes a value away.
    attributes: BTreeMap<Attribute, String>,
    id: Option<UserId>,
    kind: Option<Kind>,
    enabled: Option<bool>,
    synced: Option<bool>,
    licences: Option<Vec<Licence>>,
    plans: Option<Vec<(PlanId, PlanSays)>>,
    groups: Option<BTreeSet<GroupId>>,
    holds: Option<E164>,
    had: Option<E164>,
    pinned: Option<E164>,
}

/// A made-up person, complete.
#[derive(Clone, Debug)]
pub(super) struct Person {
    pub(super) user: User,
    pub(super) groups: BTreeSet<GroupId>,
    pub(super) holds: Option<E164>,
    pub(super) had: Option<E164>,
    pub(super) pinned: Option<E164>,
}

/// What a person may have besides attributes.
const OWN_KEYS: [&str; 10] = [
    "id",
    "kind",
    "enabled",
    "on_premises_synced",
    "licences",
    "plans",
    "groups",
    "holds",
    "had",
    "pinned",
];

/// What reading needs to know.
#[derive(Clone, Copy)]
pub(super) struct Surroundings<'a> {
    pub(super) rules: &'a RuleSet,
    pub(super) shelf: &'a Shelf,
    pub(super) book: &'a LicenceBook,
}

impl Figure {
    /// Reads a `person` table; what is wrong is reported.
    pub(super) fn read(
        document: &mut Document<'_>,
        table: &Table<'_>,
        around: Surroundings<'_>,
    ) -> Self {
        let mut figure = Self::default();
        for (key, value) in table {
            let name: &str = key.get_ref();
            if let Some(attribute) = Attribute::from_name(name) {
                figure.attribute(document, attribute, key, value);
                continue;
            }
            let folded: String = name.chars().filter(|c| *c != '_').collect();
            match folded.to_ascii_lowercase().as_str() {
                "id" => figure.id = guid(document, key, value, "an object id").map(UserId),
                "kind" => figure.kind = kind(document, key, value),
                "enabled" | "accountenabled" => figure.enabled = document.truth(key, value),
                "onpremisessynced" | "onpremisessyncenabled" | "dirsyncenabled" => {
                    figure.synced = document.truth(key, value);
                }
                "licences" | "licenses" => {
                    figure.licences = licences(document, key, value, around.shelf)
                }
                "plans" => figure.plans = plans(document, key, value, around.shelf),
                "groups" => figure.groups = groups(document, key, value),
                "holds" => figure.holds = number(document, key, value, around.rules),
                "had" => figure.had = number(document, key, value, around.rules),
                "pinned" => figure.pinned = number(document, key, value, around.rules),
                _ => {
                    let attributes = Attribute::ALL.iter().map(|known| known.name());
                    let known: Vec<&str> = OWN_KEYS.into_iter().chain(attributes).collect();
                    document.unknown(key, "a person", &known);
                }
            }
        }
        figure
    }

    fn attribute(
        &mut self,
        document: &mut Document<'_>,
        attribute: Attribute,
        key: &Key<'_>,
        value: &Value<'_>,
    ) {
        let Some(text) = document.text(key, value) else {
            return;
        };
        if self.attributes.insert(attribute, text.value).is_some() {
            let message = format!(
                "{} is given twice, under two of its names",
                attribute.name()
            );
            document.fault(key.span(), "test-duplicate", message, None);
        }
    }

    /// This figure, and where it says nothing the one below.
    pub(super) fn over(self, below: &Self) -> Self {
        let mut attributes = below.attributes.clone();
        attributes.extend(self.attributes);
        Self {
            attributes,
            id: self.id.or(below.id),
            kind: self.kind.or(below.kind),
            enabled: self.enabled.or(below.enabled),
            synced: self.synced.or(below.synced),
            licences: self.licences.or_else(|| below.licences.clone()),
            plans: self.plans.or_else(|| below.plans.clone()),
            groups: self.groups.or_else(|| below.groups.clone()),
            holds: self.holds.or(below.holds),
            had: self.had.or(below.had),
            pinned: self.pinned.or(below.pinned),
        }
    }

    /// The person; `name` stands for a missing UPN where an id has to be made up.
    pub(super) fn person(
        &self,
        document: &mut Document<'_>,
        at: &Place,
        name: &str,
        around: Surroundings<'_>,
    ) -> Person {
        let upn = self
            .attributes
            .get(&Attribute::Upn)
            .filter(|upn| !upn.is_empty());
        let id = || UserId::from_u128(id_from("user", upn.map_or(name, String::as_str)));
        let mut user = User::new(self.id.unwrap_or_else(id));
        let values = self.attributes.iter().filter(|(_, text)| !text.is_empty());
        user.attributes = values
            .map(|(attribute, text)| (*attribute, text.as_str()))
            .collect();
        user.enabled = self.enabled.unwrap_or(true);
        user.on_premises_synced = self.synced.unwrap_or(false);
        let assigned = self.licences.clone().unwrap_or_default();
        user.licences = Arc::new(licensed(
            document,
            at,
            &assigned,
            self.plans(),
            around.shelf,
        ));
        if let Some(wanted) = self.kind {
            self.become_kind(document, at, &mut user, wanted, assigned, around);
        }
        Person {
            user,
            groups: self.groups.clone().unwrap_or_default(),
            holds: self.holds,
            had: self.had,
            pinned: self.pinned,
        }
    }

    fn plans(&self) -> &[(PlanId, PlanSays)] {
        self.plans.as_deref().unwrap_or_default()
    }

    /// A kind follows from licences and user type. Where those of the test do not make it, what does is added.
    fn become_kind(
        &self,
        document: &mut Document<'_>,
        at: &Place,
        user: &mut User,
        wanted: Kind,
        mut assigned: Vec<Licence>,
        around: Surroundings<'_>,
    ) {
        user.guest = wanted == Kind::Guest;
        let product = match wanted {
            Kind::Room => Some(ROOM),
            Kind::Device => Some(DEVICE),
            Kind::Resource => Some(RESOURCE),
            Kind::Person | Kind::Guest => None,
        };
        let is = |user: &User| around.book.read_licences(&user.licences, user.guest).kind;
        if let Some(product) = product.filter(|_| is(user) != wanted) {
            assigned.extend(around.shelf.licence(product));
            user.licences = Arc::new(licensed(
                document,
                at,
                &assigned,
                self.plans(),
                around.shelf,
            ));
        }
        let became = is(user);
        if became != wanted {
            let message =
                format!("kind is {wanted}, but these licences make a {became} of the user");
            let help =
                "leave `kind` out, or the licence that makes something else of it".to_owned();
            document.fault(at.clone(), "test-kind", message, Some(help));
        }
    }
}

fn kind(document: &mut Document<'_>, key: &Key<'_>, value: &Value<'_>) -> Option<Kind> {
    let text = document.text(key, value)?;
    let found = Kind::ALL.into_iter().find(|kind| kind.name() == text.value);
    if found.is_none() {
        let names = Kind::ALL.map(Kind::name);
        no_such(document, &text, "kind", names.into_iter());
    }
    found
}

fn licences(
    document: &mut Document<'_>,
    key: &Key<'_>,
    value: &Value<'_>,
    shelf: &Shelf,
) -> Option<Vec<Licence>> {
    let texts = document.texts(key, value)?;
    let read = |text: &Placed<String>| {
        let found = shelf.licence(&text.value);
        if found.is_none() {
            no_such(document, text, "product or plan", shelf.spellings());
        }
        found
    };
    Some(texts.iter().filter_map(read).collect())
}

fn groups(
    document: &mut Document<'_>,
    key: &Key<'_>,
    value: &Value<'_>,
) -> Option<BTreeSet<GroupId>> {
    let texts = document.texts(key, value)?;
    let mut groups = BTreeSet::new();
    for text in texts {
        match text.value.parse() {
            Ok(group) => drop(groups.insert(group)),
            Err(_) => {
                let message = format!(
                    "a group is named by its id, a GUID; `{}` is none",
                    text.value
                );
                document.fault(text.at, "test-guid", message, None);
            }
        }
    }
    Some(groups)
}

fn guid(
    document: &mut Document<'_>,
    key: &Key<'_>,
    value: &Value<'_>,
    what: &str,
) -> Option<uuid::Uuid> {
    let text = document.text(key, value)?;
    let parsed = uuid::Uuid::try_parse(text.value.trim()).ok();
    if parsed.is_none() {
        let message = format!("{what} is a GUID; `{}` is none", text.value);
        document.fault(text.at, "test-guid", message, None);
    }
    parsed
}

/// Reports a name that is not known, and offers the nearest.
pub(super) fn no_such<'k>(
    document: &mut Document<'_>,
    text: &Placed<String>,
    what: &str,
    known: impl Iterator<Item = &'k str>,
) {
    let known: Vec<&str> = known.collect();
    let message = format!("there is no {what} `{}`", text.value);
    let help = match nearest(&text.value, known.iter().copied()) {
        Some(near) => Some(format!("did you mean `{near}`?")),
        None if known.len() <= MANY => Some(format!("known are {}", known.join(", "))),
        None => None,
    };
    document.fault(text.at.clone(), "test-unknown-name", message, help);
}
