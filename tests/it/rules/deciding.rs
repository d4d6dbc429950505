//! What rules decide, asked through the compiled set.

use super::people::{Person, name};
use super::{read, rendered};
use linekeeper::directory::{Attribute, GroupId, Kind, VoiceLicence};
use linekeeper::rules::{LoadOptions, RuleSet, load};

fn rules(text: &str) -> RuleSet {
    let loaded = load(
        &[super::source("a.rules", text)],
        LoadOptions { groups: true },
    );
    loaded
        .unwrap_or_else(|errors| panic!("{}", rendered(&errors)))
        .rule_set
}

/// Whether a condition holds for a person with this city, department and UPN.
fn check(condition: &str, person: [&str; 3], expected: bool) {
    let rules = rules(&format!("exclude \"x\" when {condition}"));
    let attributes = [Attribute::City, Attribute::Department, Attribute::Upn];
    let values: Vec<_> = attributes
        .into_iter()
        .zip(person)
        .filter(|(_, text)| !text.is_empty())
        .collect();
    let person = Person::new(&values);
    let held = rules.excluded_by(person.subject()) == Some("x");
    assert_eq!(held, expected, "{condition} for {values:?}");
}

#[test]
fn every_way_to_write_a_test() {
    let bonn = ["Bonn", "Sales EMEA", "Ext-anna@contoso.example"];
    for holds in [
        "city = \"BONN\"",
        "city == 'Bonn'",
        "user.city -eq \"bonn\"",
        "CITY eq \"bonn\"",
        "city –eq \"bonn\"",
        "city = „Bonn“",
        "city != \"Köln\"",
        "city <> \"Köln\"",
        "city -ne \"Köln\"",
        "city IN [\"A\", \"Bonn\",]",
        "city -in [\"Bonn\"]",
        "city NOT IN [\"Köln\"]",
        "city -notIn [\"Köln\"]",
        "department starts with \"sales\"",
        "department -startsWith \"Sales\"",
        "department startsWith \"Sales\"",
        "department NOT starts with \"Legal\"",
        "department -notStartsWith \"Legal\"",
        "department ends with \"emea\"",
        "department -endsWith \"EMEA\"",
        "department NOT ends with \"APAC\"",
        "department contains \"s e\"",
        "department -contains \"les\"",
        "department -notContains \"x\"",
        "upn matches \"^ext-\"",
        "upn -match \"^EXT-.*@contoso\"",
        "upn NOT matches \"^int-\"",
        "upn -notMatch \"^int-\"",
        "office is empty",
        "city is not empty",
        "office -eq null",
        "office -eq $null",
        "city -ne null",
        "on_premises_synced = false",
        "onPremisesSyncEnabled -ne $true",
        "kind = \"person\"",
        "userPrincipalName starts with \"EXT\"",
        "city = \"Bonn\" AND department starts with \"Sales\"",
        "city = \"Bonn\" && department starts with \"Sales\"",
        "city -eq \"Bonn\" -and (department -startsWith \"Sales\" -or office -eq null)",
        "city = \"x\" || city = \"bonn\"",
        "NOT city = \"x\"",
        "!(city = \"x\")",
        "-not (city = \"x\")",
        "NOT NOT city = \"Bonn\"",
        "city = \"x\" OR city = \"Bonn\" AND department contains \"sales\"",
    ] {
        check(holds, bonn, true);
    }
    for fails in [
        "city = \"Bonn\" AND office = \"x\"",
        "NOT (city = \"Bonn\" OR office = \"x\")",
        "office = \"x\"",
        "office starts with \"x\"",
        "office matches \".*\"",
        "plans has \"MCOEV\"",
        "plans has \"NO SUCH PLAN\"",
        "NOT plans has \"NO SUCH PLAN\"",
        "on_premises_synced = true",
        "kind IN [\"room\", \"device\"]",
    ] {
        check(fails, bonn, false);
    }
    check("office != \"x\"", bonn, true);
    check("city is empty", ["\u{200B} ", "", ""], true);
}

#[test]
fn aliases_and_lists_hold_in_all_files() {
    let text = "exclude \"a\" when city IN towns\nlet towns = [\"Munich\"]\nalias city \"München\" = \"Munich\", \"MUC\"";
    let rules = rules(text);
    let excluded = |city| {
        let person = Person::new(&[(Attribute::City, city)]);
        rules.excluded_by(person.subject()).is_some()
    };
    assert!(excluded("münchen") && excluded("muc") && excluded("Munich"));
    assert!(!excluded("Munchen"), "accents count");
}

const MIXED: &str = r#"
defaults { type direct-routing quarantine 1 day policy TenantDialPlan "DE" policy CallingLineIdentity "Main" }
range "first"  { numbers +49 89 5550 1000 to 1099 when city = "A" }
range "second" { numbers +49 89 5550 1100 to 1199 when city = "A" AND department = "X"
                 policy TenantDialPlan "B" when department = "X" policy TenantDialPlan "C" }
range "best"   { numbers +49 89 5550 1200 to 1299 when department starts with "Boss" priority 10 }
range "rooms"  { numbers +49 89 5550 1300 to 1399 when kind = "room" AND city = "A" }
range "hand"   { numbers +49 89 5550 1400 to 1499 }
range "oc"     { type operator-connect numbers +49 89 5550 1500 to 1599 when anyone priority 200 }
range "cp"     { type calling-plan numbers +49 89 5550 1600 to 1699 when anyone
                 location "x" when city = "A" location "y" }
"#;

#[test]
fn picks_by_licence_kind_priority_and_order() {
    let rules = rules(MIXED);
    let check = |values: &[(Attribute, &str)], kind, voice, expected: Option<(&str, &[&str])>| {
        let person = Person::new(values).of_kind(kind);
        let pick = rules.pick(person.subject(), voice);
        let pick = pick.map(|pick| {
            let others = pick.ambiguous.iter().map(|range| name(&rules, *range));
            (name(&rules, pick.range), others.collect::<Vec<_>>())
        });
        assert_eq!(
            pick,
            expected.map(|(range, others)| (range, others.to_vec()))
        );
    };
    let (city, department) = (Attribute::City, Attribute::Department);
    let (phone, calling) = (VoiceLicence::PhoneSystem, VoiceLicence::CallingPlan);
    check(&[(city, "a")], Kind::Person, phone, Some(("first", &[])));
    check(
        &[(city, "A"), (department, "x")],
        Kind::Person,
        phone,
        Some(("first", &["second"])),
    );
    check(
        &[(city, "A"), (department, "Boss 1")],
        Kind::Person,
        phone,
        Some(("best", &[])),
    );
    check(&[(city, "A")], Kind::Room, phone, Some(("rooms", &[])));
    check(&[(city, "B")], Kind::Room, phone, None);
    check(&[(city, "A")], Kind::Guest, phone, None);
    check(&[], Kind::Person, phone, Some(("oc", &[])));
    check(&[], Kind::Person, calling, Some(("cp", &[])));
    check(&[(city, "A")], Kind::Person, VoiceLicence::None, None);
}

#[test]
fn policies_and_locations_are_the_first_that_hold() {
    let rules = rules(MIXED);
    let person = Person::new(&[(Attribute::City, "A"), (Attribute::Department, "X")]);
    let other = Person::new(&[]);
    let policies = |range, person: &Person| {
        let all = rules.policies_for(range, person.subject());
        all.iter()
            .map(|policy| policy.name.clone())
            .collect::<Vec<_>>()
    };
    assert_eq!(policies(1, &person), ["B", "Main"]);
    assert_eq!(policies(1, &other), ["C", "Main"]);
    assert_eq!(policies(0, &other), ["DE", "Main"]);
    assert_eq!(rules.location_for(6, person.subject()), Some("x"));
    assert_eq!(rules.location_for(6, other.subject()), Some("y"));
    assert_eq!(rules.location_for(0, other.subject()), None);
    assert_eq!(rules.policies().len(), 4);
}

#[test]
fn says_which_clause_fails() {
    let rules = rules(MIXED);
    let person = Person::new(&[(Attribute::City, "A"), (Attribute::Department, "Y")]);
    let why = |range| rules.why_not(range, person.subject());
    assert_eq!(why(0), None);
    assert_eq!(why(1).as_deref(), Some("department = \"X\" (it is \"Y\")"));
    assert_eq!(
        why(2).as_deref(),
        Some("department starts with \"boss\" (it is \"Y\")")
    );
    assert_eq!(
        why(3).as_deref(),
        Some("kind IN [\"room\"] (it is another kind)")
    );
    assert!(why(4).is_some_and(|why| why.contains("by hand")));
}

#[test]
fn an_unread_group_leaves_its_users_open() {
    let group = "d3b4fe1f-9992-4930-8acb-ca6ec609365e";
    let rules = rules(&format!(
        "exclude \"x\" when city = \"A\" AND groups has \"{group}\"\nexclude \"y\" when city = \"C\" AND NOT groups has \"{group}\""
    ));
    let id: GroupId = group.parse().expect("a group id");
    let person = |city| Person::new(&[(Attribute::City, city)]);
    let open = |person: &Person| rules.depends_on_unread_group(person.subject());
    assert!(open(&person("A")) && open(&person("C")) && !open(&person("B")));
    assert_eq!(rules.excluded_by(person("C").subject()), None);
    let member = person("A").in_group(id, true);
    assert!(!open(&member));
    assert_eq!(rules.excluded_by(member.subject()), Some("x"));
    assert_eq!(
        rules.excluded_by(person("C").in_group(id, false).subject()),
        Some("y")
    );
    assert_eq!(rules.groups().iter().collect::<Vec<_>>(), [&id]);
}

#[test]
fn the_digest_sees_decisions_and_not_their_dress() {
    let digest = |text: &str| rules(text).digest().clone();
    let range = "range \"a\" { type direct-routing numbers +49 89 5550 1000 to 1009 quarantine 1 day when city IN towns }";
    let list = "let towns = [\"Bonn\", \"Ulm\"]";
    let first = digest(&format!("{list}\n{range}"));
    let dressed = format!("# a comment\n{range}\n\n# another\n  let t = [\"x\"] {list}");
    assert_eq!(digest(&dressed), first);
    assert_eq!(
        digest(&range.replace("towns", "[\"ULM\", \"bonn\", \"Ulm \"]")),
        first
    );
    assert_eq!(
        digest(&format!(
            "{list} {}",
            range.replace("to 1009", "to 1004, +49 89 5550 1005 to 1009")
        )),
        first
    );
    assert_ne!(
        digest(&format!("{list} {}", range.replace("1009", "1008"))),
        first
    );
    assert_ne!(digest(&range.replace("towns", "[\"Ulm\"]")), first);
    assert_ne!(
        digest(&format!("{list} {}", range.replace("1 day", "2 days"))),
        first
    );
}

#[test]
fn warnings_name_what_is_probably_not_meant() {
    let around = |line: &str| {
        format!("range \"a\" {{ type direct-routing numbers +49 89 5550 1000 to 1999\n{line} }}")
    };
    let check = |line: &str, expected: &[&str]| {
        let loaded = read(&around(line)).unwrap_or_else(|errors| panic!("{}", rendered(&errors)));
        let found: Vec<&str> = loaded.warnings.iter().map(|warning| warning.code).collect();
        assert_eq!(found, expected, "{line}");
    };
    check("quarantine 0 days", &[]);
    check("", &["no-quarantine"]);
    let check =
        |line: &str, expected: &[&str]| check(&format!("quarantine 1 day {line}"), expected);
    check("when city = \"A\" AND city = \"B\"", &["never-true"]);
    check("when city = \"A\" AND city != \"a\"", &["never-true"]);
    check("when city = \"A\" AND city is empty", &["never-true"]);
    check("when city = \"A\" AND city = \"A\"", &["no-difference"]);
    check("when city is empty OR city is not empty", &["always-true"]);
    check(
        "when city != \"A\" OR city != \"B\"",
        &[
            "always-true",
            "negation-catches-blanks",
            "negation-catches-blanks",
        ],
    );
    check(
        "when kind = \"room\" AND kind = \"device\"",
        &["never-true"],
    );
    check("when city != \"A\"", &["negation-catches-blanks"]);
    check("when city != \"A\" AND city is not empty", &[]);
    check("when NOT (city = \"A\" OR city is empty)", &[]);
    check("when NOT city NOT IN [\"A\"]", &[]);
    check(
        "when city = \"A\" OR city = \"B\" AND office = \"C\"",
        &["mixed-and-or"],
    );
    check(
        "when city = \"A\" OR (city = \"B\" AND office = \"C\")",
        &[],
    );
    check("when city = „A“", &["typographic-quotes"]);
    check("when city –eq \"A\"", &["typographic-dash"]);
    check("keep–free 5", &["typographic-dash"]);
    check(
        "numbers +49 89 5550 2000 to 2999, +49 89 5550 3000 123",
        &["long-number"],
    );
    check(
        "policy P \"x\" policy P \"y\" when city = \"A\"",
        &["never-reached"],
    );
}

#[test]
fn shadowed_ranges_are_named() {
    let check = |first: &str, second: &str, expected: bool| {
        let text = format!(
            "defaults {{ type direct-routing quarantine 1 day }}\nrange \"a\" {{ numbers +49 89 5550 1000 {first} }}\nrange \"b\" {{ numbers +49 89 5550 1001 {second} }}"
        );
        let loaded = read(&text).unwrap_or_else(|errors| panic!("{}", rendered(&errors)));
        let shadowed = loaded
            .warnings
            .iter()
            .any(|warning| warning.code == "shadowed" && warning.message.starts_with("`b`"));
        assert_eq!(shadowed, expected, "{first} / {second}");
    };
    check("when city = \"A\"", "when city = \"a\"", true);
    check(
        "when city = \"A\"",
        "when city = \"A\" AND office = \"B\"",
        true,
    );
    check("when city IN [\"A\", \"B\"]", "when city = \"A\"", true);
    check("when anyone", "when city starts with \"x\"", true);
    check(
        "when city = \"A\" AND office = \"B\"",
        "when city = \"A\"",
        false,
    );
    check("when city = \"A\"", "when city IN [\"A\", \"B\"]", false);
    check("when city = \"A\"", "when city = \"A\" priority 1", false);
    check(
        "when city = \"A\"",
        "when kind = \"room\" AND city = \"A\"",
        false,
    );
    check(
        "when city = \"A\"",
        "type operator-connect when city = \"A\"",
        true,
    );
    check(
        "when city = \"A\"",
        "type calling-plan when city = \"A\"",
        false,
    );
}
