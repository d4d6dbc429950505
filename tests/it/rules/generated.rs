//! Rule sets and people made by chance, and what a plain reading of the contract makes of them: without normal forms,
//! classes, an index or anything else of the product.

use super::people::Person;
use linekeeper::directory::{Attribute, GroupId, Kind, VoiceLicence, plan_id_by_name};
use proptest::prelude::*;

/// A condition, which can be written as a rule and judged by itself.
#[derive(Clone, Debug)]
pub(super) enum Condition {
    All(Vec<Condition>),
    Any(Vec<Condition>),
    Not(Box<Condition>),
    OneOf(Attribute, Vec<&'static str>),
    Blank(Attribute),
    Starts(Attribute, &'static str),
    Ends(Attribute, &'static str),
    Contains(Attribute, &'static str),
    Matches(Attribute, &'static str),
    Kind(Kind),
    Synced,
    Plan(&'static str),
    Group,
}

pub(super) const ATTRIBUTES: [Attribute; 4] = [
    Attribute::City,
    Attribute::Office,
    Attribute::Department,
    Attribute::Upn,
];
const VALUES: [&str; 8] = ["A", "a", "Ab", "ä", "Ä b", "B", "bc", "abc"];
const PATTERNS: [&str; 3] = ["^a", "b", "c$"];
const GROUP: &str = "d3b4fe1f-9992-4930-8acb-ca6ec609365e";

/// What texts are equal to: letter case and white space do not matter, and a city `ä` is meant to be `A`.
fn plain(text: &str) -> String {
    let words: Vec<String> = text.split_whitespace().map(str::to_lowercase).collect();
    words.join(" ")
}

fn meant(attribute: Attribute, text: &str) -> String {
    match (attribute, plain(text).as_str()) {
        (Attribute::City, "ä") => "a".to_owned(),
        (_, plain) => plain.to_owned(),
    }
}

const ALIASES: &str = "alias city \"A\" = \"ä\"\n";

impl Condition {
    /// As a rule file writes it, every term in brackets.
    pub(super) fn write(&self) -> String {
        let joined = |terms: &[Self], sign: &str| {
            let all: Vec<String> = terms
                .iter()
                .map(|term| format!("({})", term.write()))
                .collect();
            all.join(sign)
        };
        match self {
            Self::All(terms) => joined(terms, " AND "),
            Self::Any(terms) => joined(terms, " OR "),
            Self::Not(inner) => format!("NOT ({})", inner.write()),
            Self::OneOf(attribute, values) => format!("{} IN {values:?}", attribute.name()),
            Self::Blank(attribute) => format!("{} is empty", attribute.name()),
            Self::Starts(attribute, part) => format!("{} starts with {part:?}", attribute.name()),
            Self::Ends(attribute, part) => format!("{} ends with {part:?}", attribute.name()),
            Self::Contains(attribute, part) => format!("{} contains {part:?}", attribute.name()),
            Self::Matches(attribute, part) => format!("{} matches {part:?}", attribute.name()),
            Self::Kind(kind) => format!("kind = \"{kind}\""),
            Self::Synced => "on_premises_synced = true".to_owned(),
            Self::Plan(name) => format!("plans has \"{name}\""),
            Self::Group => format!("groups has \"{GROUP}\""),
        }
    }

    pub(super) fn holds(&self, person: &Person) -> bool {
        self.truth(person) == Some(true)
    }

    /// `None`: it cannot be known, and neither it nor its negation holds.
    pub(super) fn truth(&self, person: &Person) -> Option<bool> {
        let text = |attribute: &Attribute| {
            plain(person.user.attributes.get(*attribute).unwrap_or_default())
        };
        Some(match self {
            Self::All(terms) => return together(terms, person, false),
            Self::Any(terms) => return together(terms, person, true),
            Self::Not(inner) => !inner.truth(person)?,
            Self::OneOf(attribute, values) => {
                let has = meant(*attribute, &text(attribute));
                values.iter().any(|value| meant(*attribute, value) == has)
            }
            Self::Blank(attribute) => text(attribute).is_empty(),
            Self::Starts(attribute, part) => text(attribute).starts_with(&plain(part)),
            Self::Ends(attribute, part) => text(attribute).ends_with(&plain(part)),
            Self::Contains(attribute, part) => text(attribute).contains(&plain(part)),
            Self::Matches(attribute, pattern) => {
                let text = text(attribute);
                match *pattern {
                    "^a" => text.starts_with('a'),
                    "c$" => text.ends_with('c'),
                    _ => text.contains('b'),
                }
            }
            Self::Kind(kind) => person.kind == *kind,
            Self::Synced => person.user.on_premises_synced,
            Self::Plan("MCOEV") => !person.user.licences.plans.is_empty(),
            Self::Plan(_) => return None,
            Self::Group => {
                let members = person.groups.get(&group())?;
                members.contains(&person.user.id)
            }
        })
    }

    /// Whether a positive test names the kind.
    fn admits(&self, kind: Kind, negated: bool) -> bool {
        match self {
            Self::All(terms) | Self::Any(terms) => terms.iter().any(|t| t.admits(kind, negated)),
            Self::Not(inner) => inner.admits(kind, !negated),
            Self::Kind(named) => *named == kind && !negated,
            _ => false,
        }
    }
}

/// One term that comes out as `settling` decides, else one that cannot be known.
fn together(terms: &[Condition], person: &Person, settling: bool) -> Option<bool> {
    let all: Vec<Option<bool>> = terms.iter().map(|term| term.truth(person)).collect();
    if all.contains(&Some(settling)) {
        return Some(settling);
    }
    (!all.contains(&None)).then_some(!settling)
}

fn group() -> GroupId {
    GROUP.parse().expect("a group id")
}

/// A rule set.
#[derive(Clone, Debug)]
pub(super) struct Rules {
    pub(super) scope: Option<Condition>,
    pub(super) exclude: Option<Condition>,
    pub(super) exempt: Option<Condition>,
    pub(super) ranges: Vec<Range>,
}

#[derive(Clone, Debug)]
pub(super) struct Range {
    pub(super) when: Condition,
    pub(super) priority: i64,
    pub(super) number_type: &'static str,
}

/// What the contract says about one person.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Verdict {
    pub(super) exempt: bool,
    pub(super) in_scope: bool,
    pub(super) excluded: bool,
    /// The range, and others of its priority that hold too, in order.
    pub(super) pick: Option<(usize, Vec<usize>)>,
}

impl Rules {
    /// A line for each condition, a range's name being its index.
    pub(super) fn write(&self) -> String {
        let mut text = String::from(ALIASES);
        let named = [
            ("scope", &self.scope),
            ("exclude \"out\"", &self.exclude),
            ("exempt \"alone\"", &self.exempt),
        ];
        for (what, condition) in named {
            if let Some(condition) = condition {
                text.push_str(&format!("{what} when {}\n", condition.write()));
            }
        }
        for (at, range) in self.ranges.iter().enumerate() {
            let (number, priority) = (1000 + at, range.priority);
            text.push_str(&format!(
                "range \"{at}\" {{ type {} quarantine 1 day numbers +49 89 5550 {number} priority {priority}\nwhen {}\n}}\n",
                range.number_type,
                range.when.write()
            ));
        }
        text
    }

    pub(super) fn verdict(&self, person: &Person, voice: VoiceLicence) -> Verdict {
        let holds = |condition: &Option<Condition>| {
            condition.as_ref().map(|condition| condition.holds(person))
        };
        let mut held: Vec<(i64, usize)> = (self.ranges.iter().enumerate())
            .filter(|(at, range)| self.is_offered(*at, person, voice) && range.when.holds(person))
            .map(|(at, range)| (range.priority, at))
            .collect();
        held.sort_unstable();
        let pick = held.first().map(|(priority, first)| {
            let others = held[1..].iter().filter(|(other, _)| other == priority);
            (*first, others.map(|(_, at)| *at).collect())
        });
        Verdict {
            exempt: holds(&self.exempt) == Some(true),
            in_scope: holds(&self.scope) != Some(false),
            excluded: holds(&self.exclude) == Some(true),
            pick,
        }
    }

    pub(super) fn is_offered(&self, at: usize, person: &Person, voice: VoiceLicence) -> bool {
        let range = &self.ranges[at];
        let calling = range.number_type == "calling-plan";
        let fits = match voice {
            VoiceLicence::None => false,
            VoiceLicence::PhoneSystem => !calling,
            VoiceLicence::CallingPlan => calling,
        };
        fits && (person.kind == Kind::Person || range.when.admits(person.kind, false))
    }
}

/// Any condition: the fewer `parts`, the simpler.
pub(super) fn condition(parts: u32) -> impl Strategy<Value = Condition> {
    let attribute = || proptest::sample::select(&ATTRIBUTES[..]);
    let value = || proptest::sample::select(&VALUES[..]);
    let values = proptest::collection::vec(value(), 1..4);
    let leaf = prop_oneof![
        8 => (attribute(), values).prop_map(|(a, v)| Condition::OneOf(a, v)),
        2 => attribute().prop_map(Condition::Blank),
        2 => (attribute(), value()).prop_map(|(a, v)| Condition::Starts(a, v)),
        1 => (attribute(), value()).prop_map(|(a, v)| Condition::Ends(a, v)),
        1 => (attribute(), value()).prop_map(|(a, v)| Condition::Contains(a, v)),
        1 => (attribute(), proptest::sample::select(&PATTERNS[..]))
            .prop_map(|(a, p)| Condition::Matches(a, p)),
        1 => proptest::sample::select(&[Kind::Person, Kind::Room][..]).prop_map(Condition::Kind),
        1 => Just(Condition::Synced),
        1 => proptest::sample::select(&["MCOEV", "NO SUCH PLAN"][..]).prop_map(Condition::Plan),
        1 => Just(Condition::Group),
    ];
    leaf.prop_recursive(3, parts, 3, |inner| {
        let some = || proptest::collection::vec(inner.clone(), 1..4);
        prop_oneof![
            3 => some().prop_map(Condition::All),
            2 => some().prop_map(Condition::Any),
            1 => inner.clone().prop_map(|inner| Condition::Not(Box::new(inner))),
        ]
    })
}

/// A rule set of up to so many ranges.
pub(super) fn rules(ranges: usize, parts: u32) -> impl Strategy<Value = Rules> {
    let kinds = [
        "direct-routing",
        "direct-routing",
        "operator-connect",
        "calling-plan",
    ];
    let number_type = proptest::sample::select(kinds.to_vec());
    let range =
        (condition(parts), 0_i64..3, number_type).prop_map(|(when, priority, number_type)| Range {
            when,
            priority,
            number_type,
        });
    let maybe = || proptest::option::weighted(0.3, condition(4));
    let ranges = proptest::collection::vec(range, 1..=ranges);
    (maybe(), maybe(), maybe(), ranges).prop_map(|(scope, exclude, exempt, ranges)| Rules {
        scope,
        exclude,
        exempt,
        ranges,
    })
}

/// Somebody with some licence.
#[derive(Clone, Debug)]
pub(super) struct Somebody {
    pub(super) values: Vec<(Attribute, &'static str)>,
    pub(super) kind: Kind,
    pub(super) synced: bool,
    pub(super) plan: bool,
    /// `None`: the group could not be read.
    pub(super) member: Option<bool>,
    pub(super) voice: VoiceLicence,
}

impl Somebody {
    pub(super) fn person(&self) -> Person {
        let mut person = Person::new(&self.values).of_kind(self.kind);
        person.user.on_premises_synced = self.synced;
        if self.plan {
            person = person.with_plan(plan_id_by_name("MCOEV").expect("a known plan"));
        }
        match self.member {
            Some(member) => person.in_group(group(), member),
            None => person,
        }
    }
}

pub(super) fn somebody() -> impl Strategy<Value = Somebody> {
    let texts = [
        "", "A", "a", " AB", "ä", "Ä  B", "B", "bc", "zz", "abc", "cab c", " ",
    ];
    let values = proptest::collection::vec(proptest::sample::select(texts.to_vec()), 4);
    let kinds = [
        Kind::Person,
        Kind::Person,
        Kind::Person,
        Kind::Room,
        Kind::Guest,
    ];
    let voices = [
        VoiceLicence::PhoneSystem,
        VoiceLicence::PhoneSystem,
        VoiceLicence::CallingPlan,
        VoiceLicence::None,
    ];
    let kind = proptest::sample::select(kinds.to_vec());
    let voice = proptest::sample::select(voices.to_vec());
    let (synced, plan) = (any::<bool>(), any::<bool>());
    let member = proptest::option::weighted(0.7, any::<bool>());
    (values, kind, synced, plan, member, voice).prop_map(
        |(values, kind, synced, plan, member, voice)| Somebody {
            values: ATTRIBUTES.into_iter().zip(values).collect(),
            kind,
            synced,
            plan,
            member,
            voice,
        },
    )
}
