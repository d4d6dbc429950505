//! Why a condition does not hold for a user, in the words of the rule file.

use super::evaluate::Look;
use super::expression::{Expression, Test, Truth};
use super::near::{Forms, is_typed, likeness};
use super::normal_form::normal_form;
use super::vocabulary::Vocabulary;
use crate::directory::{Attribute, Kind, User};

/// How a text that is almost the wanted one is announced.
pub(super) const NEARLY: &str = "nearly ";

/// The first clause that fails; `None` when the condition holds.
pub(super) fn failing_clause(
    expression: &Expression,
    look: &mut Look<'_>,
    words: &Vocabulary,
    user: &User,
) -> Option<String> {
    failing_clauses(expression, look, words, user)
        .into_iter()
        .next()
}

/// Every clause that fails, each with what was found; none when the condition holds.
pub(super) fn failing_clauses(
    expression: &Expression,
    look: &mut Look<'_>,
    words: &Vocabulary,
    user: &User,
) -> Vec<String> {
    let truth = look.truth(expression);
    match (expression, truth) {
        (_, Truth::True) => Vec::new(),
        (Expression::All(terms), _) => terms
            .iter()
            .flat_map(|term| failing_clauses(term, look, words, user))
            .collect(),
        (Expression::Test(test), truth) => {
            let found = match truth {
                Truth::UnknownPlan => Some("no plan of that name is known".to_owned()),
                Truth::UnknownGroup => Some("the group could not be read".to_owned()),
                _ => found(test, words, user),
            };
            let found = found.map_or_else(String::new, |found| format!(" ({found})"));
            vec![format!("{}{found}", written(expression, words))]
        }
        _ => {
            let values = values(expression, words, user);
            let found = match values.is_empty() {
                true => String::new(),
                false => format!(" ({})", values.join(", ")),
            };
            vec![format!("{}{found}", written(expression, words))]
        }
    }
}

/// How many clauses have to hold together.
pub(super) fn clauses(expression: &Expression) -> usize {
    match expression {
        Expression::All(terms) => terms.iter().map(clauses).sum(),
        _ => 1,
    }
}

/// What the user has of every attribute that the expression reads, each once.
fn values(expression: &Expression, words: &Vocabulary, user: &User) -> Vec<String> {
    let mut found = Vec::new();
    match expression {
        Expression::All(terms) | Expression::Any(terms) => {
            found.extend(terms.iter().flat_map(|term| values(term, words, user)));
        }
        Expression::Not(inner) => found.extend(values(inner, words, user)),
        Expression::Test(Test::OneOf(slot, _) | Test::Blank(slot) | Test::Text(slot, _)) => {
            let attribute = words.slots[*slot as usize].attribute;
            found.push(match value(user, attribute) {
                Some(text) => format!("{} is {text:?}", attribute.name()),
                None => format!("{} is empty", attribute.name()),
            });
        }
        Expression::Test(_) => {}
    }
    let mut seen = std::collections::BTreeSet::new();
    found.retain(|text| seen.insert(text.clone()));
    found
}

/// The user's value of an attribute, unless it is blank.
pub(super) fn value(user: &User, attribute: Attribute) -> Option<&str> {
    user.attributes
        .get(attribute)
        .filter(|text| !text.trim().is_empty())
}

/// What the user has instead.
pub(super) fn found(test: &Test, words: &Vocabulary, user: &User) -> Option<String> {
    Some(match test {
        Test::OneOf(slot, _) | Test::Blank(slot) | Test::Text(slot, _) => {
            let attribute = words.slots.get(*slot as usize)?.attribute;
            match value(user, attribute) {
                Some(text) => match near(test, words, text) {
                    Some(wanted) => {
                        format!("it is {text:?}, {NEARLY}{wanted:?}: spelling and accents count")
                    }
                    None => format!("it is {text:?}"),
                },
                None => "it is empty".to_owned(),
            }
        }
        Test::Kinds(_) => "it is another kind".to_owned(),
        Test::Synced => "it is false".to_owned(),
        Test::Plan(_) => "the plan is not usable".to_owned(),
        Test::Group(_) => "the user is no member".to_owned(),
    })
}

/// The wanted value that the user's is almost: an accent, another spelling of an umlaut or a slip of the pen away.
fn near<'w>(test: &Test, words: &'w Vocabulary, text: &str) -> Option<&'w str> {
    let Test::OneOf(slot, classes) = test else {
        return None;
    };
    let slot = words.slots.get(*slot as usize)?;
    let normal = normal_form(text);
    // What the rules know as it is means what it says.
    if !is_typed(slot.attribute) || slot.classes.contains_key(normal.as_str()) {
        return None;
    }
    let has = Forms::of(&normal);
    let alike = |class: &u32| {
        let wanted = &*slot.shown[*class as usize];
        Some((likeness(&has, &Forms::of(&normal_form(wanted)))?, wanted))
    };
    let nearest = classes.iter().filter_map(alike);
    nearest
        .min_by_key(|(likeness, _)| *likeness)
        .map(|(_, wanted)| wanted)
}

/// The expression as a rule file writes it.
pub(super) fn written(expression: &Expression, words: &Vocabulary) -> String {
    match expression {
        Expression::All(terms) if terms.is_empty() => "anyone".to_owned(),
        Expression::All(terms) => joined(terms, " AND ", words),
        Expression::Any(terms) => joined(terms, " OR ", words),
        Expression::Not(inner) => format!("NOT {}", term(inner, words)),
        Expression::Test(test) => written_test(test, words),
    }
}

fn joined(terms: &[Expression], connective: &str, words: &Vocabulary) -> String {
    let all: Vec<String> = terms.iter().map(|inner| term(inner, words)).collect();
    all.join(connective)
}

fn term(expression: &Expression, words: &Vocabulary) -> String {
    let text = written(expression, words);
    match expression {
        Expression::Any(_) | Expression::All(_) => format!("({text})"),
        _ => text,
    }
}

/// The test as a rule file writes it.
pub(super) fn written_test(test: &Test, words: &Vocabulary) -> String {
    let name = |slot: &u8| words.slots[*slot as usize].attribute.name();
    match test {
        Test::OneOf(slot, classes) => {
            let shown = &words.slots[*slot as usize].shown;
            let all: Vec<String> = classes
                .iter()
                .map(|class| format!("\"{}\"", shown[*class as usize]))
                .collect();
            match &all[..] {
                [only] => format!("{} = {only}", name(slot)),
                several => format!("{} IN [{}]", name(slot), several.join(", ")),
            }
        }
        Test::Blank(slot) => format!("{} is empty", name(slot)),
        Test::Text(slot, number) => {
            let (how, operand) = words.tests[*number as usize].parts();
            format!("{} {how} \"{operand}\"", name(slot))
        }
        Test::Kinds(mask) => {
            let named = Kind::ALL
                .iter()
                .filter(|kind| mask >> **kind as u8 & 1 == 1);
            let all: Vec<String> = named.map(|kind| format!("\"{kind}\"")).collect();
            format!("kind IN [{}]", all.join(", "))
        }
        Test::Synced => "on_premises_synced = true".to_owned(),
        Test::Plan(number) => format!("plans has \"{}\"", words.plans[*number as usize].name),
        Test::Group(group) => format!("groups has \"{group}\""),
    }
}
