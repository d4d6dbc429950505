//! The index against a reading of the rules without one: both must pick the same ranges for everybody.

use super::people::Person;
use super::{rendered, source};
use linekeeper::directory::{Attribute, Kind, VoiceLicence};
use linekeeper::rules::{LoadOptions, load, normal_form};
use proptest::prelude::*;

/// A condition as generated, which can be written as a rule and judged by itself.
#[derive(Clone, Debug)]
enum Condition {
    All(Vec<Condition>),
    Any(Vec<Condition>),
    Not(Box<Condition>),
    OneOf(Attribute, Vec<&'static str>),
    Blank(Attribute),
    Starts(Attribute, &'static str),
    Contains(Attribute, &'static str),
    Kind(Kind),
}

const ATTRIBUTES: [Attribute; 4] = [
    Attribute::City,
    Attribute::Office,
    Attribute::Department,
    Attribute::Upn,
];
const VALUES: [&str; 7] = ["A", "a", "Ab", "ä", "Ä b", "B", "bc"];

impl Condition {
    fn write(&self) -> String {
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
            Self::Contains(attribute, part) => format!("{} contains {part:?}", attribute.name()),
            Self::Kind(kind) => format!("kind = \"{kind}\""),
        }
    }

    fn holds(&self, person: &Person) -> bool {
        let value = |attribute: &Attribute| {
            normal_form(person.user.attributes.get(*attribute).unwrap_or_default())
        };
        match self {
            Self::All(terms) => terms.iter().all(|term| term.holds(person)),
            Self::Any(terms) => terms.iter().any(|term| term.holds(person)),
            Self::Not(inner) => !inner.holds(person),
            Self::OneOf(attribute, values) => values.iter().any(|text| {
                alias(*attribute, normal_form(text)) == alias(*attribute, value(attribute))
            }),
            Self::Blank(attribute) => value(attribute).is_empty(),
            Self::Starts(attribute, part) => value(attribute).starts_with(&normal_form(part)),
            Self::Contains(attribute, part) => value(attribute).contains(&normal_form(part)),
            Self::Kind(kind) => person.kind == *kind,
        }
    }

    fn admits(&self, kind: Kind, negated: bool) -> bool {
        match self {
            Self::All(terms) | Self::Any(terms) => terms.iter().any(|t| t.admits(kind, negated)),
            Self::Not(inner) => inner.admits(kind, !negated),
            Self::Kind(named) => *named == kind && !negated,
            _ => false,
        }
    }
}

/// The rule set says `alias city "A" = "ä"`.
fn alias(attribute: Attribute, normal: String) -> String {
    if attribute == Attribute::City && normal == "ä" {
        "a".into()
    } else {
        normal
    }
}

fn condition() -> impl Strategy<Value = Condition> {
    let attribute = || proptest::sample::select(&ATTRIBUTES[..]);
    let value = || proptest::sample::select(&VALUES[..]);
    let values = proptest::collection::vec(value(), 1..4);
    let leaf = prop_oneof![
        6 => (attribute(), values).prop_map(|(a, v)| Condition::OneOf(a, v)),
        1 => attribute().prop_map(Condition::Blank),
        2 => (attribute(), value()).prop_map(|(a, v)| Condition::Starts(a, v)),
        1 => (attribute(), value()).prop_map(|(a, v)| Condition::Contains(a, v)),
        1 => proptest::sample::select(&[Kind::Person, Kind::Room][..]).prop_map(Condition::Kind),
    ];
    leaf.prop_recursive(3, 12, 3, |inner| {
        let some = || proptest::collection::vec(inner.clone(), 1..4);
        prop_oneof![
            3 => some().prop_map(Condition::All),
            2 => some().prop_map(Condition::Any),
            1 => inner.clone().prop_map(|inner| Condition::Not(Box::new(inner))),
        ]
    })
}

fn people() -> impl Strategy<Value = Vec<(Vec<&'static str>, Kind)>> {
    let texts = ["", "A", "a", " AB", "ä", "Ä  B", "B", "bc", "zz"];
    let values = proptest::collection::vec(proptest::sample::select(texts.to_vec()), 4);
    let kind = proptest::sample::select(&[Kind::Person, Kind::Person, Kind::Room, Kind::Guest][..]);
    proptest::collection::vec((values, kind), 1..40)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn index_and_naive_reading_agree(
        ranges in proptest::collection::vec((condition(), 0_i64..3), 1..30),
        people in people(),
    ) {
        let mut text = String::from("alias city \"A\" = \"ä\"\ndefaults { type direct-routing quarantine 1 day }\n");
        for (at, (condition, priority)) in ranges.iter().enumerate() {
            let number = 1000 + at;
            text.push_str(&format!(
                "range \"{at}\" {{ numbers +49 89 5550 {number} priority {priority} when {} }}\n",
                condition.write()
            ));
        }
        let loaded = load(&[source("a.rules", &text)], LoadOptions::default())
            .unwrap_or_else(|errors| panic!("{}", rendered(&errors)));
        for (values, kind) in people {
            let values: Vec<_> = ATTRIBUTES.into_iter().zip(values).collect();
            let person = Person::new(&values).of_kind(kind);
            let mut held: Vec<(i64, usize)> = ranges
                .iter()
                .enumerate()
                .filter(|(_, (condition, _))| kind == Kind::Person || condition.admits(kind, false))
                .filter(|(_, (condition, _))| condition.holds(&person))
                .map(|(at, (_, priority))| (*priority, at))
                .collect();
            held.sort_unstable();
            let expected = held.first().map(|(priority, first)| {
                let others = held[1..].iter().filter(|(other, _)| other == priority);
                (*first, others.map(|(_, at)| *at).collect::<Vec<_>>())
            });
            let pick = loaded.rule_set.pick(person.subject(), VoiceLicence::PhoneSystem);
            prop_assert_eq!(pick.map(|pick| (pick.range, pick.ambiguous)), expected, "{:?}\n{}", values, text);
            for (at, (condition, _)) in ranges.iter().enumerate() {
                if kind == Kind::Person {
                    let why = loaded.rule_set.why_not(at, person.subject());
                    prop_assert_eq!(why.is_none(), condition.holds(&person), "{:?}", why);
                }
            }
        }
    }

    /// Whatever stands in a file: an answer, in bounded time, and no panic.
    #[test]
    fn any_text_is_answered(
        pieces in proptest::collection::vec(proptest::sample::select(PIECES.to_vec()), 0..60),
        noise in "\\PC{0,20}",
    ) {
        let text = pieces.join(" ") + &noise;
        let whole = load(&[source("a.rules", &text)], LoadOptions::default());
        for diagnostic in whole.err().unwrap_or_default() {
            prop_assert!(!diagnostic.render(false).is_empty());
            prop_assert!(diagnostic.line <= text.lines().count().max(1), "{:?}", diagnostic);
        }
    }
}

const PIECES: [&str; 48] = [
    "range",
    "\"a\"",
    "{",
    "}",
    "type",
    "direct-routing",
    "numbers",
    "+49 89 5550 1000",
    "to",
    "1999",
    "when",
    "city",
    "=",
    "\"Bonn\"",
    "AND",
    "OR",
    "NOT",
    "(",
    ")",
    "[",
    "]",
    "IN",
    ",",
    "let",
    "alias",
    "x",
    "defaults",
    "policy",
    "location",
    "country",
    "operator",
    "unlisted",
    "reserve",
    "scope",
    "exclude",
    "\n",
    "#",
    "\"",
    "„",
    "–",
    "..",
    "from",
    "2026-01-01",
    "30",
    "days",
    "%",
    "\\",
    "é\u{300}",
];
