//! cel: each range a compiled expression of the Common Expression Language, tried in order.
//!
//! It compares texts by their letters, so that unlike the product it takes `köln` and `Köln` for two cities; that is to
//! its advantage. It is measured on a tenth of the people, because each costs so much.

use crate::made_up::{self, Ask};
use crate::measure::{busy, figure, median, nanoseconds_each, thousands};
use crate::{Named, agrees, few};
use cel::{Context, Program, Value};
use std::hint::black_box;

/// Prints what the first matching range costs a person, and what it takes to make the ranges ready.
pub(crate) fn measure(people: &[Named], ranges: u64, users: u64) {
    let people = few(people, 10);
    let programs = ready(ranges);
    let root = Context::default();
    agrees("cel", people, ranges, |person| {
        first(&root, &programs, person)
    });
    let picked = || {
        people
            .iter()
            .filter(|person| first(&root, &programs, person).is_some())
            .count()
    };
    let time = median(|| busy(|| black_box(picked())).0);
    let of = format!("{} ranges", thousands(ranges));
    figure(
        1,
        &format!("cel 0.15.0, first of {of}"),
        &format!("{} users", thousands(users)),
        nanoseconds_each(time, people.len() as u64),
        "ns a user",
    );
    let time = median(|| busy(|| black_box(ready(ranges))).0);
    figure(5, "cel 0.15.0, a program a range", &of, time.as_secs_f64() * 1e3, "ms");
}

fn ready(ranges: u64) -> Vec<Program> {
    (0..ranges)
        .map(|range| Program::compile(&condition(range)).expect("a right expression"))
        .collect()
}

fn first(root: &Context<'_>, programs: &[Program], person: &Named) -> Option<usize> {
    let mut context = root.new_inner_scope();
    context.add_variable_from_value("office", person.office.as_str());
    context.add_variable_from_value("department", person.department);
    programs.iter().position(|program| {
        let value = program.execute(&context).expect("all variables are set");
        matches!(value, Value::Bool(true))
    })
}

fn condition(range: u64) -> String {
    let terms: Vec<String> = made_up::asks(range)
        .iter()
        .map(|ask| match ask {
            Ask::Office(name) => format!("office == {name:?}"),
            Ask::DepartmentIn(names) => format!("department in {names:?}"),
        })
        .collect();
    terms.join(" && ")
}
