//! Made-up people and rules, the same for the product and for what it is compared with. Knows nothing of either.
//!
//! As in a real directory, texts repeat: there is an office for every four ranges, and twenty departments. Three of
//! four ranges want an office and one of five departments; the fourth takes the rest of the office.

#![allow(
    dead_code,
    reason = "each benchmark is a crate of its own and uses a part of this file"
)]

/// Departments of the organisation; the last five have no range of their own.
pub(crate) const DEPARTMENTS: [&str; 20] = [
    "Sales",
    "Sales Operations",
    "Support",
    "Engineering",
    "Research",
    "Finance",
    "Legal",
    "Human Resources",
    "Marketing",
    "Procurement",
    "Logistics",
    "Quality",
    "Facilities",
    "IT",
    "Consulting",
    "Management",
    "Audit",
    "Treasury",
    "Communications",
    "Strategy",
];

/// What a range asks of a person: all of it.
#[derive(Clone, Debug)]
pub(crate) enum Ask {
    /// The office is this.
    Office(String),
    /// The department is one of these.
    DepartmentIn(Vec<&'static str>),
}

/// What the rules look at in a person, and the licence.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Person {
    /// Index of the office.
    pub(crate) office: u64,
    /// Index of the department.
    pub(crate) department: usize,
    /// From 0 to 99; below 85: with Phone System.
    pub(crate) licence: u64,
}

/// The name of an office.
pub(crate) fn office(index: u64) -> String {
    format!("Building {index}")
}

/// The name of its city; five offices each.
pub(crate) fn city(office: u64) -> String {
    format!("City {}", office / 5)
}

/// The person at a place, where there are so many ranges.
pub(crate) fn person(at: u64, ranges: u64) -> Person {
    let bits = mix(at);
    Person {
        office: bits % offices(ranges),
        department: usize::try_from((bits >> 32) % 20).unwrap_or_default(),
        licence: (bits >> 48) % 100,
    }
}

fn offices(ranges: u64) -> u64 {
    ranges.div_ceil(4)
}

/// What the range at a place asks for.
pub(crate) fn asks(range: u64) -> Vec<Ask> {
    let office = Ask::Office(office(range / 4));
    match usize::try_from(range % 4) {
        Ok(part @ 0..3) => vec![
            office,
            Ask::DepartmentIn(DEPARTMENTS[part * 5..part * 5 + 5].to_vec()),
        ],
        _ => vec![office],
    }
}

/// So many ranges in the rule language, each of `numbers` numbers.
pub(crate) fn rules(ranges: u64, numbers: u64) -> String {
    (0..ranges).map(|range| rule(range, numbers)).collect()
}

/// The first number of a range.
pub(crate) fn first_number(range: u64, numbers: u64) -> u64 {
    493_020_000_000 + range * numbers
}

fn rule(range: u64, numbers: u64) -> String {
    let when: Vec<String> = asks(range)
        .iter()
        .map(|ask| match ask {
            Ask::Office(name) => format!("office = \"{name}\""),
            Ask::DepartmentIn(names) => format!("department IN {names:?}"),
        })
        .collect();
    let first = first_number(range, numbers);
    format!(
        "range \"r{range:05}\" {{\n  type direct-routing\n  numbers +{first} to +{}\n  when {}\n}}\n",
        first + numbers - 1,
        when.join(" AND ")
    )
}

/// Spreads the bits of a number: the same for the same number, without a pattern that anything could profit from.
pub(crate) fn mix(value: u64) -> u64 {
    let mut z = value.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}
