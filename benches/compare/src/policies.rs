//! cedar-policy: each range a policy that permits those who match, its id being the range's place.
//!
//! Cedar knows no order of policies: it evaluates the whole set and names all that permitted. Two ways are measured:
//! the set asked once, of whose reasons the lowest id is the first range; and a set for each range, asked one after
//! another until one permits. Texts compare by their letters, which is to its advantage over the product. It is
//! measured on a hundredth of the people, because each costs so much.

use crate::made_up::{self, Ask};
use crate::measure::{busy, figure, median, nanoseconds_each, thousands};
use crate::{Named, agrees, few};
use cedar_policy::{
    Authorizer, Context, Decision, Entities, EntityUid, Policy, PolicyId, PolicySet, Request,
    RestrictedExpression,
};
use std::hint::black_box;

/// Prints what the first matching range costs a person, and what it takes to make the ranges ready.
pub(crate) fn measure(people: &[Named], ranges: u64, users: u64) {
    let people = few(people, 100);
    let asked = Asked::new();
    let set = ready(ranges);
    pick("one set, lowest of its reasons", people, ranges, users, |person| {
        asked.first_of_reasons(&set, person)
    });
    let sets: Vec<PolicySet> = (0..ranges).map(|range| set_of([range])).collect();
    pick("a set a range, in order", people, ranges, users, |person| {
        asked.first_in_order(&sets, person)
    });
    let time = median(|| busy(|| black_box(ready(ranges))).0);
    let of = format!("{} ranges", thousands(ranges));
    figure(5, "cedar-policy 4.14.1, one set of policies", &of, time.as_secs_f64() * 1e3, "ms");
}

fn pick(
    how: &str,
    people: &[Named],
    ranges: u64,
    users: u64,
    first: impl Fn(&Named) -> Option<usize>,
) {
    agrees("cedar-policy", people, ranges, &first);
    let picked = || people.iter().filter(|person| first(person).is_some()).count();
    let time = median(|| busy(|| black_box(picked())).0);
    figure(
        1,
        &format!("cedar-policy 4.14.1, {how}, first of {} ranges", thousands(ranges)),
        &format!("{} users", thousands(users)),
        nanoseconds_each(time, people.len() as u64),
        "ns a user",
    );
}

fn ready(ranges: u64) -> PolicySet {
    set_of(0..ranges)
}

fn set_of(ranges: impl IntoIterator<Item = u64>) -> PolicySet {
    let mut set = PolicySet::new();
    for range in ranges {
        let id = PolicyId::new(range.to_string());
        let policy = Policy::parse(Some(id), policy(range)).expect("a right policy");
        set.add(policy).expect("another id than all before");
    }
    set
}

/// What stays the same from question to question.
struct Asked {
    authorizer: Authorizer,
    entities: Entities,
    person: EntityUid,
    action: EntityUid,
    stock: EntityUid,
}

impl Asked {
    fn new() -> Self {
        let named = |text: &str| text.parse().expect("a name of an entity");
        Self {
            authorizer: Authorizer::new(),
            entities: Entities::empty(),
            person: named(r#"Person::"one""#),
            action: named(r#"Action::"number""#),
            stock: named(r#"Stock::"all""#),
        }
    }

    fn first_of_reasons(&self, set: &PolicySet, person: &Named) -> Option<usize> {
        let answer = self
            .authorizer
            .is_authorized(&self.question(person), set, &self.entities);
        let places = answer.diagnostics().reason();
        places
            .map(|id| id.to_string().parse().expect("ids are places"))
            .min()
    }

    fn first_in_order(&self, sets: &[PolicySet], person: &Named) -> Option<usize> {
        let question = self.question(person);
        sets.iter().position(|set| {
            let answer = self.authorizer.is_authorized(&question, set, &self.entities);
            answer.decision() == Decision::Allow
        })
    }

    fn question(&self, person: &Named) -> Request {
        let text = |text: &str| RestrictedExpression::new_string(text.to_owned());
        let context = Context::from_pairs([
            ("office".to_owned(), text(&person.office)),
            ("department".to_owned(), text(person.department)),
        ]);
        Request::new(
            self.person.clone(),
            self.action.clone(),
            self.stock.clone(),
            context.expect("two different keys"),
            None,
        )
        .expect("no schema that it could contradict")
    }
}

fn policy(range: u64) -> String {
    let terms: Vec<String> = made_up::asks(range)
        .iter()
        .map(|ask| match ask {
            Ask::Office(name) => format!("context.office == {name:?}"),
            Ask::DepartmentIn(names) => format!("{names:?}.contains(context.department)"),
        })
        .collect();
    format!(
        "permit (principal, action, resource) when {{ {} }};",
        terms.join(" && ")
    )
}
