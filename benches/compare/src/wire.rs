//! wirefilter-engine: each range a compiled filter, tried in order.
//!
//! It compares bytes, so that unlike the product it takes `köln` and `Köln` for two cities; that is to its advantage.

use crate::Named;
use crate::made_up::{self, Ask};
use crate::measure::{busy, figure, median, nanoseconds_each, thousands};
use std::hint::black_box;
use wirefilter::{ExecutionContext, Filter, Scheme};

/// Prints what the first matching range costs a person.
pub(crate) fn measure(people: &[Named], ranges: u64, users: u64) {
    let scheme = Scheme! { office: Bytes, department: Bytes };
    let filters: Vec<Filter<'_>> = (0..ranges)
        .map(|range| {
            scheme
                .parse(&condition(range))
                .expect("a right filter")
                .compile()
        })
        .collect();
    let time = median(|| busy(|| black_box(picked(&scheme, &filters, people))).0);
    let what = format!(
        "wirefilter-engine 0.6.1, first of {} ranges",
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

fn picked<'s>(scheme: &'s Scheme, filters: &[Filter<'s>], people: &'s [Named]) -> usize {
    let mut context = ExecutionContext::new(scheme);
    let mut picked = 0;
    for person in people {
        context
            .set_field_value("office", person.office.as_str())
            .expect("a field");
        context
            .set_field_value("department", person.department)
            .expect("a field");
        let first = filters
            .iter()
            .position(|filter| filter.execute(&context).expect("all fields are set"));
        picked += usize::from(first.is_some());
    }
    picked
}

fn condition(range: u64) -> String {
    let terms: Vec<String> = made_up::asks(range)
        .iter()
        .map(|ask| match ask {
            Ask::Office(name) => format!("office == {name:?}"),
            Ask::DepartmentIn(names) => {
                let names: Vec<String> = names.iter().map(|name| format!("{name:?}")).collect();
                format!("department in {{{}}}", names.join(" "))
            }
        })
        .collect();
    terms.join(" and ")
}
