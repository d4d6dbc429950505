//! From the parts of a parsed expression to a formula.

use super::findings::{Findings, Spot};
use super::parse::{Parts, Rule, spelled, spot, text, texts};
use super::syntax::{Formula, Operand, Relation, Spelled, Test};
use pest::iterators::Pair;

/// Reads an `any` and all it holds. The depth is bounded: pieces with deeper brackets are not parsed.
pub(super) fn formula(any: Pair<'_, Rule>, base: Spot, findings: &mut Findings) -> Formula {
    let at = spot(&any, base);
    let mut terms: Vec<Formula> = of_rule(any.into_inner(), Rule::all)
        .map(|all| conjunction(all, base, findings))
        .collect();
    if terms.len() == 1 {
        return terms.remove(0);
    }
    Formula::Any(terms, at)
}

fn conjunction(all: Pair<'_, Rule>, base: Spot, findings: &mut Findings) -> Formula {
    let mut terms: Vec<Formula> = of_rule(all.into_inner(), Rule::not)
        .filter_map(|not| negation(not, base, findings))
        .collect();
    if terms.len() == 1 {
        return terms.remove(0);
    }
    Formula::All(terms)
}

fn negation(not: Pair<'_, Rule>, base: Spot, findings: &mut Findings) -> Option<Formula> {
    let at = spot(&not, base);
    let mut negated = false;
    for part in not.into_inner() {
        let inner = match part.as_rule() {
            Rule::group => {
                let any = part.into_inner().next()?;
                Formula::Group(Box::new(formula(any, base, findings)))
            }
            Rule::test => Formula::Test(test(part, base, findings)?),
            _ => {
                negated = !negated;
                continue;
            }
        };
        return Some(if negated {
            Formula::Not(Box::new(inner), at)
        } else {
            inner
        });
    }
    None
}

fn test(part: Pair<'_, Rule>, base: Spot, findings: &mut Findings) -> Option<Test> {
    let at = spot(&part, base);
    let mut parts = part.into_inner();
    let attribute = without_user(spelled(parts.next()?, base));
    let comparison = parts.next()?;
    let kind = comparison.as_rule();
    let mut test = Test {
        attribute,
        relation: Relation::Equal,
        negated: false,
        operand: Operand::Nothing,
        at,
    };
    if kind == Rule::emptiness {
        test.relation = Relation::Empty;
    }
    for part in comparison.into_inner() {
        let rule = part.as_rule();
        match rule {
            Rule::not_word => test.negated = true,
            Rule::not_in
            | Rule::not_match
            | Rule::not_starts
            | Rule::not_ends
            | Rule::not_contains
            | Rule::not_equal => {
                test.negated = true;
                test.relation = relation(rule, test.relation);
            }
            Rule::text => test.operand = Operand::Text(text(part, base, findings)),
            Rule::list => {
                let at = spot(&part, base);
                test.operand = Operand::Texts(texts(part.into_inner(), base, findings), at);
            }
            Rule::name => test.operand = Operand::List(spelled(part, base)),
            Rule::yes | Rule::no => test.operand = Operand::Truth(rule == Rule::yes),
            Rule::null => test.relation = Relation::Empty,
            _ => test.relation = relation(rule, test.relation),
        }
    }
    Some(test)
}

fn relation(rule: Rule, so_far: Relation) -> Relation {
    match rule {
        Rule::in_word | Rule::not_in => Relation::In,
        Rule::has_word => Relation::Has,
        Rule::matches | Rule::not_match => Relation::Matches,
        Rule::starts | Rule::not_starts => Relation::StartsWith,
        Rule::ends | Rule::not_ends => Relation::EndsWith,
        Rule::contains | Rule::not_contains => Relation::Contains,
        _ => so_far,
    }
}

/// Entra's dialect writes `user.` before attributes.
fn without_user(attribute: Spelled) -> Spelled {
    match attribute.value.split_once('.') {
        Some((_, bare)) => Spelled {
            value: bare.to_owned(),
            at: attribute.at,
        },
        None => attribute,
    }
}

fn of_rule(parts: Parts<'_>, rule: Rule) -> impl Iterator<Item = Pair<'_, Rule>> {
    parts.filter(move |part| part.as_rule() == rule)
}
