use super::*;
use crate::rules::{LoadOptions, RuleSet, SourceFile, load};

const RULES: &str = r#"
scope when company is empty OR company = "Contoso"
exclude "guests of the house" when employee_type = "Guest"
exempt "board" when department = "Board"
defaults { quarantine 1 day }
range "bonn" {
  type direct-routing
  numbers +49 228 5550 100 to 104
  when city = "Bonn"
  overflow "bonn-2"
  policy CallingLineIdentity "Desk" when department = "Service"
  policy CallingLineIdentity "Plain"
}
range "bonn-2" { type direct-routing numbers +49 228 5550 200 to 201 }
range "by-hand" { type direct-routing numbers +49 228 5550 300 to 301 }
range "seattle" {
  type calling-plan
  numbers +1 206 555 0100 to 0104
  country "US"
  when groups has "0f0e0d0c-0b0a-4908-8706-050403020100"
  location "here" when office is not empty
}
range "plan" { type direct-routing numbers +49 228 5550 400 to 401 when plans has "OWN_PLAN" AND city = "Bad Godesberg" }
"#;

fn source(name: &str, text: &str) -> SourceFile {
    SourceFile {
        name: name.to_owned(),
        bytes: text.as_bytes().to_vec(),
    }
}

fn rules() -> RuleSet {
    let options = LoadOptions { groups: true };
    load(&[source("x.rules", RULES)], options)
        .expect("good rules")
        .rule_set
}

/// Reads tests after a person who lives in Bonn and is licensed.
fn reading(rules: &RuleSet, text: &str) -> TrialFile {
    let person = "tenant = \"contoso\"\n[person]\ncity = \"Bonn\"\nlicences = [\"SPE_E5\"]\n";
    let file = source("x.test.toml", &format!("{person}{text}"));
    read(&file, rules).unwrap_or_else(|faults| panic!("{faults:#?}"))
}

/// Everything in this passes.
#[track_caller]
fn passes(text: &str) {
    let rules = rules();
    let (trials, _) = run(&rules, &[reading(&rules, text)], None);
    assert!(!trials.is_empty());
    assert_eq!(summary(&trials).failed, 0, "{}", trials_text(&trials));
}

/// The test ends so, with these expectations unmet.
#[track_caller]
fn fails(person: &str, expect: &str, unmet: &[&str]) -> String {
    let rules = rules();
    let test = format!("[[test]]\nname = \"it\"\nperson = {person}\nexpect = {expect}\n");
    let (trials, _) = run(&rules, &[reading(&rules, &test)], None);
    let failures = &trials[0].failures;
    let found: Vec<String> = failures
        .iter()
        .map(|f| format!("{}: {}, not {}", f.what, f.got, f.expected))
        .collect();
    assert_eq!(found, unmet);
    trials_text(&trials)
}

#[test]
fn every_kind_of_expectation_can_come_true() {
    passes(
        r#"
[[test]]
name = "range"
expect = { range = "bonn", from = "bonn", number = "+49 228 5550 100", decision = "assign", notes = [], policies = { callinglineidentity = "Plain" } }
[[test]]
name = "overflow"
stock = { held = ["+49 228 5550 100..104"] }
expect = { range = "bonn", from = "bonn-2", number = "+49 228 5550 200", policies = {} }
[[test]]
name = "exhausted"
stock = { held = ["+49 228 5550 100 to 104"], blocked = ["+49 228 5550 200"], resting = ["+49 228 5550 201"] }
expect = { range = "bonn", decision = "wait", notes = ["exhausted"] }
[[test]]
name = "suspended"
stock = { suspended = ["bonn"] }
expect = { range = "bonn", notes = ["suspended"] }
[[test]]
name = "policy missing"
stock = { missing_policies = ["Plain"] }
expect = { range = "bonn", notes = ["policy-missing"] }
[[test]]
name = "rules"
[[test.case]]
person = { employee_type = "guest" }
expect = { none = true, rule = "guests of the house" }
[[test.case]]
person = { department = "Board" }
expect = { none = true, rule = "board" }
[[test.case]]
person = { company = "Other" }
expect = { none = true, rule = "scope", decision = "none" }
[[test]]
name = "holders"
[[test.case]]
person = { holds = "+49 228 5550 103" }
expect = { range = "bonn", decision = "keep", number = "+49 228 5550 103", notes = [] }
[[test.case]]
person = { holds = "+49 228 5550 103", licences = [] }
expect = { decision = "release", none = true }
[[test.case]]
person = { had = "+49 228 5550 300" }
expect = { number = "+49 228 5550 300", from = "by-hand", decision = "assign" }
[[test.case]]
person = { pinned = "+49 228 5550 301" }
expect = { number = "+49 228 5550 301" }
"#,
    );
}

#[test]
fn licences_kinds_groups_and_settings_are_as_a_test_says() {
    passes(
        r#"
[products]
CONTOSO_VOICE = ["MCOEV", "TEAMS1", "OWN_PLAN"]
[eligibility]
require_teams = false
include_disabled = true
[[test]]
name = "an own product"
person = { city = "bad  godesberg", licenses = ["contoso_voice"] }
expect = { range = "plan" }
[[test]]
name = "an own plan switched off"
person = { city = "Bad Godesberg", licences = ["CONTOSO_VOICE"], plans = { OWN_PLAN = "switched-off" } }
expect = { none = true }
[[test]]
name = "without Teams"
person = { licences = ["MCOEV"], accountEnabled = false }
expect = { range = "bonn" }
[[test]]
name = "a plan that has not arrived, then one in grace"
case = [
  { person = { plans = { MCOEV = "not-arrived" } }, expect = { none = true, notes = ["licence-pending"] } },
  { person = { plans = { MCOEV = "Warning" } }, expect = { range = "bonn" } },
]
[[test]]
name = "kinds"
case = [
  { person = { kind = "guest" }, expect = { none = true, notes = [] } },
  { person = { kind = "room", licences = [] }, expect = { none = true } },
  { person = { kind = "resource", licences = [] }, expect = { none = true } },
  { person = { kind = "device", licences = [] }, expect = { none = true } },
  { person = { kind = "person" }, expect = { range = "bonn" } },
]
[[test]]
name = "a group and a calling plan"
person = { licences = ["Microsoft 365 E3", "MCOTEAMS_ESSENTIALS"], groups = ["0F0E0D0C-0B0A-4908-8706-050403020100"], usageLocation = "US", office = "North" }
expect = { range = "seattle", location = "here" }
stock = { absent = ["+1 206 555 0100"] }
[[test]]
name = "not in the group"
person = { licences = ["Microsoft 365 E3", "MCOTEAMS_ESSENTIALS"], usageLocation = "US" }
expect = { none = true }
"#,
    );
}

#[test]
fn whoever_expects_a_range_expects_a_number_of_it() {
    let person = r#"{ licences = ["SPE_E3", "MCOTEAMS_ESSENTIALS"], groups = ["0f0e0d0c-0b0a-4908-8706-050403020100"] }"#;
    fails(
        person,
        r#"{ range = "seattle" }"#,
        &["range: seattle, but waits (country-mismatch), not seattle with a number"],
    );
    fails(
        "{}",
        "{ none = true }",
        &["none: bonn with +492285550100, not none"],
    );
    fails(
        "{ holds = \"+49 228 5550 100\", department = \"Board\" }",
        "{ none = true }",
        &["none: none with +492285550100, not none"],
    );
}

#[test]
fn a_failure_shows_expected_got_and_the_deciding_clauses() {
    let text = fails(
        r#"{ city = "Bonn", department = "Sales" }"#,
        r#"{ range = "plan", number = "+49 228 5550 400", policies = { CallingLineIdentity = "Desk" }, notes = ["drift"], decision = "keep", rule = "board" }"#,
        &[
            "range: bonn, not plan",
            "number: +492285550100, not +492285550400",
            "notes: none, not drift",
            "policies: CallingLineIdentity Plain, not CallingLineIdentity Desk",
            "decision: assign, not keep",
            "rule: none, not exempt \"board\"",
        ],
    );
    insta::assert_snapshot!(text, @r#"
    FAILED x.test.toml:5: it
      range: expected plan, got bonn
        plan (x.rules:23) does not fit:
          when plans has "OWN_PLAN" AND city = "Bad Godesberg"
            cannot be decided  plans has "OWN_PLAN" (no plan of that name is known)
            fails  city = "Bad Godesberg" (it is "Bonn")
        bonn (x.rules:6) fits and comes first:
          when city = "Bonn"
            holds  city = "Bonn" (it is "Bonn")
      number: expected +492285550400, got +492285550100
        +492285550400 is free: it can be given to the next person
      notes: expected drift, got none
      policies: expected CallingLineIdentity Desk, got CallingLineIdentity Plain
          policy CallingLineIdentity "Desk" of "bonn" when department = "Service"
            fails  department = "Service" (it is "Sales")
          policy CallingLineIdentity "Plain" of "bonn" for everyone
      decision: expected keep, got assign
      rule: expected exempt "board", got none
          exempt "board" when department = "Board"
            fails  department = "Board" (it is "Sales")

    1 test: 0 passed, 1 failed
    "#);
}

#[test]
fn coverage_tells_what_no_test_asks_about() {
    let rules = rules();
    let text = r#"
[[test]]
name = "one"
expect = { range = "bonn" }
[[test]]
name = "two"
person = { department = "Service", company = "Contoso" }
expect = { range = "bonn" }
"#;
    let file = reading(&rules, text);
    let (trials, coverage) = run(&rules, &[file], None);
    assert_eq!(summary(&trials).failed, 0);
    let report = coverage.report("x");
    insta::assert_snapshot!(coverage_text(&report), @r#"
    coverage of x: 25 % of the ranges (1 of 4), 50 % of the clauses' outcomes (10 of 20)
      x.rules:14: range "bonn-2" is given to nobody
      x.rules:16: range "seattle" is given to nobody
      x.rules:23: range "plan" is given to nobody
      x.rules:3: exclude "guests of the house": employee_type = "Guest" never holds
      x.rules:4: exempt "board": department = "Board" never holds
      x.rules:9: range "bonn": city = "Bonn" never fails
      x.rules:20: range "seattle": groups has "0f0e0d0c-0b0a-4908-8706-050403020100" is asked of nobody
      x.rules:21: location "here" of "seattle": office is empty is asked of nobody
      x.rules:23: range "plan": plans has "OWN_PLAN" could not be decided for anybody
      x.rules:23: range "plan": city = "Bad Godesberg" never holds
    "#);
    assert_eq!(
        (
            report.percent,
            report.ranges.percent,
            report.clauses.percent
        ),
        (25, 25, 50)
    );
}

#[test]
fn only_tests_of_that_name_run() {
    let rules = rules();
    let text = "[[test]]\nname = \"a\"\nexpect = { none = true }\n[[test]]\nname = \"b\"\nexpect = { range = \"bonn\" }\n";
    let file = reading(&rules, text);
    let (trials, _) = run(&rules, &[file], Some("b"));
    assert_eq!(
        summary(&trials),
        Summary {
            tests: 1,
            passed: 1,
            failed: 0
        }
    );
}

/// The messages about a wrong file, each with its line.
fn faults(text: &str) -> Vec<String> {
    let found = read(&source("x.test.toml", text), &rules()).expect_err("it is wrong");
    found
        .iter()
        .map(|fault| {
            let help = fault.help.as_deref().unwrap_or_default();
            format!("{}: {}; {help}", fault.line, fault.message)
        })
        .collect()
}

#[test]
fn everything_that_is_wrong_with_a_file_is_told_at_once() {
    let text = r#"
persn = 1
date = "tomorrow"
[person]
citty = "x"
officeLocation = "a"
office = "b"
licences = ["Microsoft 365 E6"]
enabled = "yes"
plans = { TEAMS1 = "switched-off" }
[stock]
held = ["+49 228 5550 100 to 102", "+49 228 5550 101", "+49 30 1234567", "123"]
absent = ["+49 228 5550 104"]
[[test]]
name = "a"
expect = { range = "Bonn", notes = ["drft"], none = false }
[[test]]
person = { kind = "room", licences = ["SPE_E5"] }
expect = {}
[[test]]
name = "a"
person = { holds = "+49 228 5550 100 to 101" }
[[test]]
name = "b"
person = { holds = "+49 228 5550 100", plans = {} }
expect = { none = true, number = "+49 228 5550 100" }
"#;
    insta::assert_snapshot!(faults(text).join("\n"), @r#"
    2: `persn` has no meaning in a test file; did you mean `person`?
    3: `date` takes a day, such as 2027-02-01; this is tomorrow; 
    5: `citty` has no meaning in a person; did you mean `city`?
    6: office is given twice, under two of its names; 
    8: there is no product or plan `Microsoft 365 E6`; did you mean `Microsoft 365 E3`?
    9: `enabled` takes true or false, without quotes; this is a text; 
    12: +492285550101 is named twice in this stock; 
    12: no range of the rules declares +49301234567; 
    12: `123` does not begin with + and the country code; write +49123 if it is a German number
    13: +492285550104 is a direct-routing number, which need not be listed to be given; 
    14: `plans` switches off, or waits for, a plan that no licence of the person brings; name a product under `licences` that brings it
    16: there is no range `Bonn`; did you mean `bonn`?
    16: there is no note kind `drft`; did you mean `drift`?
    16: `none = false` says nothing; leave it out, or write range = "…"
    17: this test has no name; write name = "joiner in Munich"
    17: kind is room, but these licences make a person of the user; leave `kind` out, or the licence that makes something else of it
    19: nothing is expected, so that the test could not fail; write range = "…", or none = true
    20: there are two tests "a"; 
    20: `plans` switches off, or waits for, a plan that no licence of the person brings; name a product under `licences` that brings it
    20: the test "a" expects nothing; write expect = { range = "…" }, or expect = { none = true }
    22: `holds` takes one number, this is a span of 2; 
    23: the person holds +492285550100, and the stock says something else of it; 
    26: `none` expects no range and no number, and yet one is named;
    "#);
}

#[test]
fn what_is_no_test_file_is_told() {
    assert_eq!(
        faults(""),
        ["1: this file holds no test; begin a test with [[test]]"]
    );
    assert_eq!(
        faults("a =\n[b\n"),
        [
            "1: this is no TOML: string values must be quoted, expected literal string; ",
            "2: this is no TOML: unclosed table, expected `]`; ",
        ]
    );
    let wide = SourceFile {
        name: "x.test.toml".to_owned(),
        bytes: vec![0xff, 0xfe, 0x61, 0],
    };
    let found = read(&wide, &rules()).expect_err("it is wrong");
    assert_eq!(
        found[0].to_string(),
        "x.test.toml:1:1: this file is not UTF-8 [not-utf-8]"
    );
    let marked = read(
        &source(
            "x",
            "\u{feff}[[test]]\nname = \"a\"\nexpect = { none = true }",
        ),
        &rules(),
    );
    assert_eq!(marked.expect("a byte order mark is no fault").len(), 1);
}
