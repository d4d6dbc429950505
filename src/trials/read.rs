//! Reads a test file.

use super::document::{Document, Key, Place, Table, Value};
use super::expectation::Expectation;
use super::figure::{Figure, Person, Surroundings};
use super::products::Shelf;
use super::stock::Stock;
use crate::directory::LicenceBook;
use crate::plan::{Eligibility, Settings};
use crate::rules::{Diagnostic, RuleSet, SourceFile};
use jiff::Timestamp;
use jiff::civil::Date;
use std::collections::BTreeSet;

/// The tests of one file.
#[derive(Debug)]
pub struct TrialFile {
    /// Its name, for messages.
    pub name: String,
    pub(super) settings: Settings,
    pub(super) book: LicenceBook,
    pub(super) trials: Vec<Trial>,
}

/// One person, and what is expected.
#[derive(Debug)]
pub(super) struct Trial {
    pub(super) name: String,
    pub(super) line: usize,
    pub(super) person: Person,
    pub(super) stock: Stock,
    pub(super) expects: Expectation,
    pub(super) now: Timestamp,
}

/// What holds for the whole file.
#[derive(Default)]
struct Shared {
    figure: Figure,
    stock: Stock,
    date: Option<Timestamp>,
    settings: Settings,
}

const FILE_KEYS: [&str; 7] = [
    "person",
    "stock",
    "date",
    "eligibility",
    "products",
    "tenant",
    "test",
];
const TEST_KEYS: [&str; 6] = ["name", "person", "stock", "date", "expect", "case"];
const CASE_KEYS: [&str; 5] = ["name", "person", "stock", "date", "expect"];

/// The day on which a test takes place that names none: results do not change by themselves.
const USUAL_DAY: Timestamp = Timestamp::constant(1_767_225_600, 0);

/// Reads the tests of a file that stands beside these rules.
///
/// # Errors
/// Everything that is wrong, with its place.
pub fn read(file: &SourceFile, rules: &RuleSet) -> Result<TrialFile, Vec<Diagnostic>> {
    let text = match std::str::from_utf8(&file.bytes) {
        Ok(text) => text.strip_prefix('\u{FEFF}').unwrap_or(text),
        Err(_) => {
            let mut document = Document::new(&file.name, "");
            let help = "save the file as UTF-8".to_owned();
            document.fault(0..0, "not-utf-8", "this file is not UTF-8", Some(help));
            return Err(document.into_faults());
        }
    };
    let mut document = Document::new(&file.name, text);
    let read = document.root().map(|root| {
        let shelf = products(&mut document, &root);
        let book = shelf.book();
        let around = Surroundings {
            rules,
            shelf: &shelf,
            book: &book,
        };
        let shared = shared(&mut document, &root, around);
        let trials = trials(&mut document, &root, &shared, around);
        TrialFile {
            name: file.name.clone(),
            settings: shared.settings,
            trials,
            book,
        }
    });
    match (document.into_faults(), read) {
        (faults, Some(read)) if faults.is_empty() => Ok(read),
        (faults, _) => Err(faults),
    }
}

impl TrialFile {
    /// How many tests it holds.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.trials.len()
    }

    /// Whether it holds none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.trials.is_empty()
    }
}

fn entry<'v, 't>(root: &'v Table<'t>, name: &str) -> Option<(&'v Key<'t>, &'v Value<'t>)> {
    root.iter().find(|(key, _)| key.get_ref() == name)
}

/// The known products, and `[products]`.
fn products(document: &mut Document<'_>, root: &Table<'_>) -> Shelf {
    let mut shelf = Shelf::new();
    let Some((key, value)) = entry(root, "products") else {
        return shelf;
    };
    let Some(table) = document.table(key, value) else {
        return shelf;
    };
    for (name, plans) in table {
        if let Some(plans) = document.texts(name, plans) {
            let plans: Vec<String> = plans.into_iter().map(|plan| plan.value).collect();
            shelf.declare(name.get_ref(), &plans);
        }
    }
    shelf
}

fn shared<'t>(document: &mut Document<'t>, root: &Table<'t>, around: Surroundings<'_>) -> Shared {
    let mut shared = Shared::default();
    for (key, value) in root {
        let name: &str = key.get_ref();
        match name {
            "person" => {
                let table = document.table(key, value);
                shared.figure = table.map_or_else(Figure::default, |table| {
                    Figure::read(document, table, around)
                });
            }
            "stock" => shared.stock = stock(document, key, value, around.rules).unwrap_or_default(),
            "date" => shared.date = date(document, key, value),
            "tenant" => {
                let text = document.text(key, value);
                shared.settings.tenant = text.map_or_else(String::new, |text| text.value);
            }
            "eligibility" => {
                eligibility(document, key, value, &mut shared.settings.eligibility);
            }
            "products" | "test" => {}
            _ => document.unknown(key, "a test file", &FILE_KEYS),
        }
    }
    shared
}

fn eligibility<'t>(
    document: &mut Document<'t>,
    key: &Key<'t>,
    value: &Value<'t>,
    into: &mut Eligibility,
) {
    for (key, value) in document.table(key, value).into_iter().flatten() {
        let name: &str = key.get_ref();
        let place = match name {
            "require_teams" => &mut into.require_teams,
            "include_disabled" => &mut into.include_disabled,
            _ => {
                document.unknown(key, "eligibility", &["require_teams", "include_disabled"]);
                continue;
            }
        };
        if let Some(truth) = document.truth(key, value) {
            *place = truth;
        }
    }
}

fn stock<'t>(
    document: &mut Document<'t>,
    key: &Key<'t>,
    value: &Value<'t>,
    rules: &RuleSet,
) -> Option<Stock> {
    let table = document.table(key, value)?;
    Some(Stock::read(document, table, rules))
}

/// Midnight UTC of a day.
fn date(document: &mut Document<'_>, key: &Key<'_>, value: &Value<'_>) -> Option<Timestamp> {
    let written = match value.get_ref().as_datetime() {
        Some(day) => day.to_string(),
        None => document.text(key, value)?.value,
    };
    let day = written
        .parse::<Date>()
        .ok()
        .filter(|day| day.to_string() == written);
    let midnight = day.and_then(|day| day.to_zoned(jiff::tz::TimeZone::UTC).ok());
    if midnight.is_none() {
        let message = format!(
            "`{}` takes a day, such as 2027-02-01; this is {written}",
            key.get_ref()
        );
        document.fault(value.span(), "test-wrong-type", message, None);
    }
    midnight.map(|midnight| midnight.timestamp())
}

/// What a `[[test]]` or a `[[test.case]]` says.
struct Part<'v, 't> {
    name: Option<String>,
    figure: Figure,
    stock: Option<Stock>,
    date: Option<Timestamp>,
    expects: Option<Expectation>,
    cases: Vec<(&'v Table<'t>, Place)>,
}

fn part<'v, 't>(
    document: &mut Document<'t>,
    table: &'v Table<'t>,
    is_case: bool,
    around: Surroundings<'_>,
) -> Part<'v, 't> {
    let mut part = Part {
        name: None,
        figure: Figure::default(),
        stock: None,
        date: None,
        expects: None,
        cases: Vec::new(),
    };
    for (key, value) in table {
        let name: &str = key.get_ref();
        match name {
            "name" => part.name = document.text(key, value).map(|text| text.value),
            "person" => {
                if let Some(table) = document.table(key, value) {
                    part.figure = Figure::read(document, table, around);
                }
            }
            "stock" => part.stock = stock(document, key, value, around.rules),
            "date" => part.date = date(document, key, value),
            "expect" => {
                if let Some(table) = document.table(key, value) {
                    let at = key.span();
                    part.expects = Some(Expectation::read(document, table, &at, around.rules));
                }
            }
            "case" if !is_case => part.cases = document.tables(key, value),
            _ if is_case => document.unknown(key, "a case", &CASE_KEYS),
            _ => document.unknown(key, "a test", &TEST_KEYS),
        }
    }
    part
}

fn trials<'t>(
    document: &mut Document<'t>,
    root: &Table<'t>,
    shared: &Shared,
    around: Surroundings<'_>,
) -> Vec<Trial> {
    let mut trials = Vec::new();
    let Some((key, value)) = entry(root, "test") else {
        let help = "begin a test with [[test]]".to_owned();
        document.fault(0..0, "test-none", "this file holds no test", Some(help));
        return trials;
    };
    let mut names = BTreeSet::new();
    for (table, at) in document.tables(key, value) {
        let mut test = part(document, table, false, around);
        let name = named(document, test.name.as_deref(), &at, &mut names);
        let cases = std::mem::take(&mut test.cases);
        if cases.is_empty() {
            trials.extend(trial(document, name, &at, test, None, shared, around));
            continue;
        }
        for (number, (table, at)) in (1..).zip(&cases) {
            let case = part(document, table, true, around);
            let name = match &case.name {
                Some(own) => format!("{name}: {own}"),
                None => format!("{name} [{number}]"),
            };
            let name = named(document, Some(&name), at, &mut names);
            let test = Some(&test);
            trials.extend(trial(document, name, at, case, test, shared, around));
        }
    }
    trials
}

/// The name of a test; every one has its own.
fn named(
    document: &mut Document<'_>,
    name: Option<&str>,
    at: &Place,
    names: &mut BTreeSet<String>,
) -> String {
    let name = name.unwrap_or_default().trim().to_owned();
    if name.is_empty() {
        let help = "write name = \"joiner in Munich\"".to_owned();
        document.fault(at.clone(), "test-name", "this test has no name", Some(help));
    } else if !names.insert(name.clone()) {
        let message = format!("there are two tests \"{name}\"");
        document.fault(at.clone(), "test-duplicate", message, None);
    }
    name
}

/// A test from what it says itself, what its cases share, and what the file shares.
fn trial(
    document: &mut Document<'_>,
    name: String,
    at: &Place,
    own: Part<'_, '_>,
    test: Option<&Part<'_, '_>>,
    shared: &Shared,
    around: Surroundings<'_>,
) -> Option<Trial> {
    let below = test.map_or_else(Figure::default, |test| test.figure.clone());
    let figure = own.figure.over(&below.over(&shared.figure));
    let person = figure.person(document, at, &name, around);
    let of_test = |test: Option<&Part<'_, '_>>| test.and_then(|test| test.expects.clone());
    let Some(expects) = own.expects.or_else(|| of_test(test)) else {
        let help = "write expect = { range = \"…\" }, or expect = { none = true }".to_owned();
        let message = format!("the test \"{name}\" expects nothing");
        document.fault(at.clone(), "test-expects-nothing", message, Some(help));
        return None;
    };
    let stock = own
        .stock
        .or_else(|| test.and_then(|test| test.stock.clone()));
    let stock = stock.unwrap_or_else(|| shared.stock.clone());
    if let Some(number) = person.holds.filter(|held| stock.numbers.contains_key(held)) {
        let message = format!("the person holds {number}, and the stock says something else of it");
        document.fault(at.clone(), "test-contradiction", message, None);
    }
    let date = own.date.or_else(|| test.and_then(|test| test.date));
    Some(Trial {
        line: document.line(at),
        name,
        person,
        stock,
        expects,
        now: date.or(shared.date).unwrap_or(USUAL_DAY),
    })
}
