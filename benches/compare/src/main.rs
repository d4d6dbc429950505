//! What people use today, on the same made-up people and rules as the product's own benchmarks.
//!
//! `compare decide` measures what finds a range for a person, `compare claim` what gives numbers.

#[path = "../../made_up.rs"]
mod made_up;
#[path = "../../measure.rs"]
mod measure;

mod expressions;
mod numbers;
mod policies;
mod walk;
mod wire;

use made_up::{Ask, Person};
use measure::Scale;

fn main() {
    let scale = Scale::of_command_line();
    if std::env::args().any(|argument| argument == "claim") {
        numbers::measure(&scale);
    } else {
        decide(scale.size(100_000));
    }
}

fn decide(users: u64) {
    for ranges in [1_000, 10_000] {
        // What costs ten times as much is measured on a tenth of the people.
        let count = users * 1_000 / ranges;
        let people = (0..count).map(|at| Named::of(made_up::person(at, ranges)));
        let people: Vec<Named> = people.collect();
        wire::measure(&people, ranges, users);
        walk::measure(&people, ranges, users);
        expressions::measure(&people, ranges, users);
        policies::measure(&people, ranges, users);
    }
}

/// A person with texts, as every engine wants them.
pub(crate) struct Named {
    office: String,
    department: &'static str,
}

impl Named {
    fn of(person: Person) -> Self {
        Self {
            office: made_up::office(person.office),
            department: made_up::DEPARTMENTS[person.department],
        }
    }

    fn answers(&self, ask: &Ask) -> bool {
        match ask {
            Ask::Office(name) => *name == self.office,
            Ask::DepartmentIn(names) => names.contains(&self.department),
        }
    }
}

/// One of so many people, and at least fifty: for engines that would take minutes for all.
pub(crate) fn few(people: &[Named], of: usize) -> &[Named] {
    let count = (people.len() / of).max(50).min(people.len());
    &people[..count]
}

/// Stops the measurement unless an engine finds for people the range that is to be found.
pub(crate) fn agrees(
    engine: &str,
    people: &[Named],
    ranges: u64,
    first: impl Fn(&Named) -> Option<usize>,
) {
    for person in people.iter().take(20) {
        let wants = |range: &u64| made_up::asks(*range).iter().all(|ask| person.answers(ask));
        let wanted = (0..ranges).find(wants).map(|range| range as usize);
        assert!(wanted.is_some(), "everybody has a range");
        assert_eq!(first(person), wanted, "{engine} and {}", person.office);
    }
}
