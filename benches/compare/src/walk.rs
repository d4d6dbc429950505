//! A naive walk: the syntax tree of each range evaluated in order, letter case aside, as one would write it first.

use crate::Named;
use crate::made_up::{self, Ask};
use crate::measure::{busy, figure, median, nanoseconds_each, thousands};
use std::hint::black_box;

enum Tree {
    And(Box<Tree>, Box<Tree>),
    Equal(&'static str, String),
    In(&'static str, Vec<String>),
}

/// Prints what the first matching range costs a person.
pub(crate) fn measure(people: &[Named], ranges: u64, users: u64) {
    let trees: Vec<Tree> = (0..ranges).map(tree).collect();
    let first = |person: &Named| trees.iter().position(|tree| tree.holds(person));
    let picked = || {
        people
            .iter()
            .filter(|person| first(person).is_some())
            .count()
    };
    let time = median(|| busy(|| black_box(picked())).0);
    let what = format!(
        "a walk over syntax trees, first of {} ranges",
        thousands(ranges)
    );
    let size = format!("{} users", thousands(users));
    figure(
        1,
        &what,
        &size,
        nanoseconds_each(time, people.len() as u64),
        "ns a user",
    );
}

fn tree(range: u64) -> Tree {
    let terms = made_up::asks(range).into_iter().map(|ask| match ask {
        Ask::Office(name) => Tree::Equal("office", name.to_lowercase()),
        Ask::DepartmentIn(names) => Tree::In(
            "department",
            names.iter().map(|name| name.to_lowercase()).collect(),
        ),
    });
    terms
        .reduce(|left, right| Tree::And(Box::new(left), Box::new(right)))
        .expect("a condition")
}

impl Tree {
    fn holds(&self, person: &Named) -> bool {
        match self {
            Self::And(left, right) => left.holds(person) && right.holds(person),
            Self::Equal(field, value) => folded(person, field) == *value,
            Self::In(field, values) => values.contains(&folded(person, field)),
        }
    }
}

fn folded(person: &Named, field: &str) -> String {
    let value = if field == "office" {
        person.office.as_str()
    } else {
        person.department
    };
    value.to_lowercase()
}
