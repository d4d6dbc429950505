//! What is reported about people whose values are nearly those of the rules.

use super::{Likeness, NearMiss};
use crate::directory::{Attribute, Kind, LicenceBook, PlanCatalogue, User, UserId, VoiceLicence};
use crate::rules::{GroupMembers, LoadOptions, RuleSet, SourceFile, Subject, load};
use std::time::Instant;

const RULES: &str = r#"
alias city "Köln" = "Cologne"
exclude "no line" when employee_type = "Contractor"
defaults { type direct-routing quarantine 0 days }
range "garden"  { numbers +49 89 5550 1000 when city = "München" AND office = "Englischer Garten" }
range "cgn"     { numbers +49 221 5550 100 when city = "Köln" AND employee_type != "Trainee" }
range "bonn"    { numbers +49 228 5550 100 when city = "Bonn" }
range "born"    { numbers +49 228 5550 101 when city = "Born" }
range "mues"    { numbers +49 228 5550 102 when city starts with "müns" }
range "london"  { type calling-plan country "GB" numbers +44 20 7946 1000 when city = "London" AND usage_location = "GB" }
range "site"    { numbers +49 228 5550 103 when office = "Building 1" AND department = "Sales" AND company = "Contoso" }
"#;

fn rules(text: &str) -> RuleSet {
    let source = SourceFile {
        name: "a.rules".to_owned(),
        bytes: text.as_bytes().to_vec(),
    };
    let loaded = load(&[source], LoadOptions::default());
    loaded.expect("valid rules").rule_set
}

/// What is answered about a person with these values.
fn asked<T>(values: &[(Attribute, &str)], ask: impl FnOnce(Subject<'_>) -> T) -> T {
    let mut user = User::new(UserId::from_u128(1));
    user.attributes = values.iter().copied().collect();
    ask(Subject {
        user: &user,
        kind: Kind::Person,
        book: &LicenceBook::new(PlanCatalogue::default(), None),
        groups: &GroupMembers::new(),
    })
}

fn near(rules: &RuleSet, values: &[(Attribute, &str)], voice: VoiceLicence) -> Option<NearMiss> {
    asked(values, |subject| rules.near_miss(subject, voice))
}

#[test]
fn says_what_is_nearly_right_and_how_to_make_it_so() {
    use Attribute::{City, Company, Department, EmployeeType, Office};
    let rules = rules(RULES);
    let check = |values: &[(Attribute, &str)], expected: &str| {
        let found = near(&rules, values, VoiceLicence::PhoneSystem);
        let found = found.map(|near| near.sentence(&rules));
        assert_eq!(found.as_deref().unwrap_or_default(), expected, "{values:?}");
    };
    let garden = (Office, "englischer garten");
    check(
        &[(City, "Munchen"), garden],
        r#"city is "Munchen", nearly "München": garden would fit; if that is meant: alias city "München" = "Munchen""#,
    );
    check(
        &[(City, "Muenchen"), (Office, "Englischer \"Gaten\"")],
        r#"city is "Muenchen", nearly "München", office is "Englischer \"Gaten\"", nearly "Englischer Garten": garden would fit; if that is meant: alias city "München" = "Muenchen", alias office "Englischer Garten" = "Englischer \"Gaten\"""#,
    );
    check(
        &[(City, "Munchen")],
        r#"city is "Munchen", nearly "München": garden would fit but for office = "Englischer Garten" (it is empty); if that is meant: alias city "München" = "Munchen""#,
    );
    check(
        &[(City, "Colonge")],
        r#"city is "Colonge", nearly "Köln" (by its alias "cologne"): cgn would fit; if that is meant: alias city "Köln" = "Colonge""#,
    );
    check(
        &[(City, "Bomn")],
        r#"city is "Bomn", nearly "Bonn" or "Born": bonn would fit"#,
    );
    // What the rules know is no misspelling; what an alias would not mend is not promised.
    check(&[(City, "München")], "");
    check(&[(City, "Munster")], "");
    check(&[(City, "Colonge"), (EmployeeType, "Contractor")], "");
    check(
        &[(City, "Colonge"), (EmployeeType, "Trainee")],
        "city is \"Colonge\", nearly \"Köln\" (by its alias \"cologne\"): cgn would fit but for NOT employee_type = \"Trainee\" (employee_type is \"Trainee\"); if that is meant: alias city \"Köln\" = \"Colonge\"",
    );
    check(&[(City, "Londn")], "");
    check(&[(Department, "Sale"), (Office, "Building 2")], "");
    check(
        &[
            (Department, "Sale"),
            (Office, "Building 2"),
            (Company, "Contoso"),
        ],
        "department is \"Sale\", nearly \"Sales\": site would fit but for office = \"Building 1\" (it is \"Building 2\"); if that is meant: alias department \"Sales\" = \"Sale\"",
    );
    check(&[(City, "bonn")], "");
    check(&[], "");
}

#[test]
fn ranges_of_another_licence_are_not_near() {
    let rules = rules(RULES);
    let londn = [(Attribute::City, "Londn"), (Attribute::UsageLocation, "GB")];
    assert_eq!(near(&rules, &londn, VoiceLicence::PhoneSystem), None);
    assert_eq!(near(&rules, &londn, VoiceLicence::None), None);
    let miss = near(&rules, &londn, VoiceLicence::CallingPlan).expect("near");
    assert_eq!(rules.ranges()[miss.range].name, "london");
    assert_eq!(miss.values[0].likeness, Likeness::Letters(1));
    assert_eq!(miss.missing, Vec::<String>::new());
}

/// What an alias line offers is what comes of it.
#[test]
fn pasted_aliases_do_what_was_said() {
    use Attribute::{City, Office};
    let before = rules(RULES);
    for values in [
        vec![(City, "Munchen"), (Office, "Englischer Garten")],
        vec![(City, "Münchne"), (Office, "Englischer\\ \"Gaten\"")],
        vec![(City, "Cologné")],
    ] {
        let miss = near(&before, &values, VoiceLicence::PhoneSystem).expect("near");
        let lines: Vec<String> = miss
            .values
            .iter()
            .filter_map(|value| value.alias())
            .collect();
        let after = rules(&format!("{RULES}\n{}", lines.join("\n")));
        let pick = asked(&values, |subject| {
            after.pick(subject, VoiceLicence::PhoneSystem)
        });
        let pick = pick.expect("a range");
        assert_eq!(pick.range, miss.range, "{values:?}");
    }
}

/// Five thousand people without a range, each with a town of their own, among two thousand ranges: what is asked of
/// each is a few look-ups, not a comparison with two thousand names.
#[test]
fn the_cost_of_a_person_does_not_grow_with_the_ranges() {
    let text: String = (0..2_000)
        .map(|at| {
            let number = 4_989_000_000_000_u64 + at;
            format!("range \"r{at}\" {{ type direct-routing quarantine 0 days numbers +{number} when city = \"{}\" }}\n", town(at))
        })
        .collect();
    let rules = rules(&text);
    let began = Instant::now();
    let near_ones = (0..5_000)
        .filter(|at| {
            let has = town(at + 5_000);
            near(
                &rules,
                &[(Attribute::City, &has)],
                VoiceLicence::PhoneSystem,
            )
            .is_some()
        })
        .count();
    assert_eq!(near_ones, 0);
    assert!(began.elapsed().as_secs() < 30, "{:?}", began.elapsed());
}

/// A made-up town.
fn town(seed: u64) -> String {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let letters = (0..10).map(|_| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        char::from(b'a' + (state >> 33) as u8 % 26)
    });
    letters.collect()
}
