//! Why a condition does not hold for a user, in the words of the rule file.

use super::evaluate::Look;
use super::expression::{Expression, Test, Truth};
use super::vocabulary::Vocabulary;
use crate::directory::{Kind, User};

/// The first clause that fails; `None` when the condition holds.
pub(super) fn failing_clause(
    expression: &Expression,
    look: &mut Look<'_>,
    words: &Vocabulary,
    user: &User,
) -> Option<String> {
    let truth = look.truth(expression);
    match (expression, truth) {
        (_, Truth::True) => None,
        (Expression::All(terms), _) => terms
            .iter()
            .find_map(|term| failing_clause(term, look, words, user)),
        (Expression::Test(test), truth) => {
            let found = match truth {
                Truth::UnknownPlan => "no plan of that name is known".to_owned(),
                Truth::UnknownGroup => "the group could not be read".to_owned(),
                _ => found(test, words, user)?,
            };
            Some(format!("{} ({found})", written(expression, words)))
        }
        _ => Some(written(expression, words)),
    }
}

/// What the user has instead.
fn found(test: &Test, words: &Vocabulary, user: &User) -> Option<String> {
    Some(match test {
        Test::OneOf(slot, _) | Test::Blank(slot) | Test::Text(slot, _) => {
            let attribute = words.slots.get(*slot as usize)?.attribute;
            match user.attributes.get(attribute) {
                Some(text) if !text.trim().is_empty() => format!("it is {text:?}"),
                _ => "it is empty".to_owned(),
            }
        }
        Test::Kinds(_) => "it is another kind".to_owned(),
        Test::Synced => "it is false".to_owned(),
        Test::Plan(_) => "the plan is not usable".to_owned(),
        Test::Group(_) => "the user is no member".to_owned(),
    })
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

fn written_test(test: &Test, words: &Vocabulary) -> String {
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
