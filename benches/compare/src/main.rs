//! What people use today, on the same made-up people and rules as the product's own benchmarks.
//!
//! `compare decide` measures what finds a range for a person, `compare claim` what gives numbers.

#[path = "../../made_up.rs"]
mod made_up;
#[path = "../../measure.rs"]
mod measure;

mod numbers;
mod walk;
mod wire;

use made_up::Person;
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
}
