//! The cookbook, cooked: every recipe's people in the simulator, a sync of the real binary, and who got what.

use super::markdown::{Table, blocks, code, tables};
use super::read;
use crate::harness::database::Database;
use crate::harness::scenario::Scenario;
use crate::harness::tenant::{CALLING_PLAN, E3, E5, ROOM, Tenant, upn};
use linekeeper::clock::{Clock as _, SystemClock};
use linekeeper::directory::Attribute;
use linekeeper::numbering::NumberType;
use linekeeper::rules::{LoadOptions, RuleSet, SourceFile, load};
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, BTreeSet};

const PAGE: &str = "docs/cookbook.md";

/// A person of a recipe: a row of its table.
struct Guest {
    name: String,
    properties: Map<String, Value>,
    licences: &'static [&'static str],
    gets: String,
}

impl Guest {
    fn of(row: &[String]) -> Self {
        Self {
            name: row[0].clone(),
            properties: code(&row[1]).iter().map(|said| property(said)).collect(),
            licences: match row[2].as_str() {
                "Phone System" => &[E5],
                "calling plan" => &[E5, CALLING_PLAN],
                "Teams Rooms" => &[ROOM],
                "none" => &[E3],
                other => panic!("{other} is no licence of the cookbook"),
            },
            gets: row[3].clone(),
        }
    }

    /// The number in the last cell, without the spaces for people.
    fn number(&self) -> Option<String> {
        let number = code(&self.gets)
            .into_iter()
            .find(|code| code.starts_with('+'));
        number.map(|number| number.replace(' ', ""))
    }

    /// The pieces of code in the last cell that begin with a word and a blank, such as policies.
    fn said<'a>(&'a self, is: impl Fn(&str) -> bool + 'a) -> BTreeSet<String> {
        code(&self.gets)
            .into_iter()
            .filter(|code| is(code))
            .collect()
    }
}

/// `city = "Bonn"` as a property of a Graph user.
fn property(said: &str) -> (String, Value) {
    let (name, value) = said.split_once(" = ").unwrap_or_else(|| panic!("{said}"));
    let value = value.trim_matches('"');
    let graph_name = match Attribute::from_name(name) {
        Some(Attribute::City) => "city",
        Some(Attribute::Office) => "officeLocation",
        Some(Attribute::UsageLocation) => "usageLocation",
        Some(Attribute::Department) => "department",
        Some(Attribute::JobTitle) => "jobTitle",
        Some(Attribute::EmployeeType) => "employeeType",
        _ => panic!("{name} is no property the cookbook's people have"),
    };
    (graph_name.to_owned(), value.into())
}

/// The one rule set under a heading.
fn rules_of(section: &str) -> String {
    let page = read(PAGE);
    let mut found = blocks(&page).into_iter().filter(|block| {
        block.section == section && block.info.first().is_some_and(|word| word == "rules")
    });
    let block = found
        .next()
        .unwrap_or_else(|| panic!("{section}: no rules"));
    assert!(found.next().is_none(), "{section}: two rule sets");
    block.text
}

fn compiled(text: &str) -> RuleSet {
    let file = SourceFile {
        name: "recipe.rules".into(),
        bytes: text.as_bytes().to_vec(),
    };
    let loaded = load(&[file], LoadOptions::default());
    loaded.unwrap_or_else(|found| panic!("{found:?}")).rule_set
}

/// The people, and what the rules need in a tenant: listed numbers of carriers, and policies.
fn tenant(guests: &[Guest], rules: &RuleSet) -> Tenant {
    let mut tenant = Tenant::default();
    for guest in guests {
        let more = Value::Object(guest.properties.clone());
        let city = more["city"].as_str().unwrap_or_default().to_owned();
        tenant = tenant.person_with(&guest.name, &city, guest.licences, more);
    }
    for range in rules.ranges() {
        let kind = match range.number_type {
            NumberType::CallingPlan => "callingPlan",
            NumberType::OperatorConnect => "operatorConnect",
            NumberType::DirectRouting => continue,
        };
        let country = range.country.map_or_else(String::new, |c| c.to_string());
        for number in range.numbers.iter() {
            tenant = tenant.number(&number.to_string(), kind, &country);
        }
    }
    for (kind, name) in rules.policies() {
        tenant = tenant.policy(&kind, &name);
    }
    tenant
}

/// One table of one recipe.
async fn cook(table: Table) {
    let text = rules_of(&table.section);
    let rules = compiled(&text);
    let guests: Vec<Guest> = table.rows.iter().map(|row| Guest::of(row)).collect();
    let database = Database::sqlite();
    let mut story = Scenario::new(&database, tenant(&guests, &rules), &text).await;
    if let Some((_, day)) = table.head[3].split_once("after ") {
        story.later(&format!("{}d", days_until(day) + 1));
    }
    let synced = story.sync(0).await;
    for guest in guests
        .iter()
        .filter(|guest| guest.gets.starts_with("by hand"))
    {
        let number = guest.number().expect("a number by hand");
        let given = story.run(&["assign", &upn(&guest.name), &number]).await;
        given.exits(0);
    }
    let state = story.control("GET", "/_sim/state", Value::Null);
    let held: BTreeMap<String, String> = story
        .held()
        .iter()
        .filter_map(|line| line.split_once(' '))
        .map(|(number, name)| (name.to_owned(), number.to_owned()))
        .collect();
    for guest in &guests {
        let of = format!("{} of `{}`", guest.name, table.section);
        let (expected, got) = (guest.number(), held.get(&guest.name));
        assert_eq!(got, expected.as_ref(), "the number of {of}: {synced}");
        let granted = granted(&state, &story, &guest.name);
        let policies = guest.said(|code| code.contains("Policy ") || code.starts_with("Tenant"));
        assert_eq!(granted, policies, "the policies of {of}");
        let Some(number) = expected else {
            let noted = noted(&synced.report(), &guest.name);
            assert_eq!(noted, guest.said(|_| true), "the notes about {of}");
            continue;
        };
        let range = rules
            .range_of(number.parse().expect("a number"))
            .expect("a range");
        let named = guest.said(|code| rules.range(code).is_some());
        let range = BTreeSet::from([rules.ranges()[range].name.clone()]);
        assert!(named.is_empty() || named == range, "the range of {of}");
        let location = state["numbers"][&number]["location"].as_str();
        let location: BTreeSet<String> = location
            .map(|id| format!("location {id}"))
            .into_iter()
            .collect();
        let promised = guest.said(|code| code.starts_with("location "));
        assert!(
            promised.is_empty() || promised == location,
            "the location of {of}"
        );
    }
    story.agrees().await;
    database.remove().await;
}

/// `OnlineVoiceRoutingPolicy DE` for each policy somebody was given.
fn granted(state: &Value, story: &Scenario, name: &str) -> BTreeSet<String> {
    let of = state["policies"][story.id_of(name)].as_object();
    let line = |(kind, policy): (&String, &Value)| {
        format!("{kind} {}", policy.as_str().unwrap_or_default())
    };
    of.into_iter().flatten().map(line).collect()
}

/// The kinds of the notes about somebody.
fn noted(report: &Value, name: &str) -> BTreeSet<String> {
    let notes = report["notes"].as_array().expect("notes");
    let about = notes.iter().filter(|note| note["user"]["upn"] == upn(name));
    about
        .filter_map(|note| note["kind"].as_str().map(str::to_owned))
        .collect()
}

fn days_until(day: &str) -> i64 {
    let day: jiff::civil::Date = day.parse().expect("a day");
    let start = day.to_zoned(jiff::tz::TimeZone::UTC).expect("a midnight");
    let hours = start
        .timestamp()
        .duration_since(SystemClock::default().now())
        .as_hours();
    hours / 24 + 1
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn everybody_of_the_cookbook_gets_what_it_says() {
    let tables = tables(&read(PAGE));
    let recipes = tables.into_iter().filter(|table| table.head[0] == "person");
    let cooked: Vec<_> = recipes.map(|table| tokio::spawn(cook(table))).collect();
    assert!(cooked.len() >= 12, "the recipes were not found");
    for recipe in cooked {
        recipe.await.expect("a recipe as the page says");
    }
}

#[test]
fn every_recipe_has_rules_people_and_a_place_in_the_list() {
    let page = read(PAGE);
    let sections = page.lines().filter_map(|line| line.strip_prefix("## "));
    for section in sections {
        rules_of(section);
        let people = tables(&page).into_iter().filter(|t| t.section == section);
        assert!(people.count() > 0, "{section}: no people");
        assert!(
            page.contains(&format!("- [{section}](#")),
            "{section}: not in the list"
        );
    }
}

/// The story of a number that changes hands, day by day.
#[tokio::test]
async fn a_number_rests_as_the_cookbook_says() {
    let database = Database::sqlite();
    let tables = tables(&read(PAGE));
    let days = tables
        .iter()
        .find(|table| table.head[0] == "day")
        .expect("the days");
    let mut story = Scenario::new(&database, Tenant::default(), &rules_of(&days.section)).await;
    let happens = regex::Regex::new(r"`([a-z]+)` (joins|leaves)").expect("a pattern");
    for row in &days.rows {
        story.later(&format!("{}d", row[0]));
        for found in happens.captures_iter(&row[1]) {
            match &found[2] {
                "joins" => story.joins(&found[1], "Hamburg", &[E5]),
                _ => story.delete(&found[1], false),
            }
        }
        story.sync(0).await;
        assert_eq!(
            story.held(),
            code(&row[2]),
            "who holds what on day {}",
            row[0]
        );
        let waiting = code(&row[3]);
        let waiting: Vec<&str> = waiting.iter().map(String::as_str).collect();
        story.noted("exhausted", &waiting).await;
    }
    story.control("GET", "/_sim/violations", json!(null));
    database.remove().await;
}
