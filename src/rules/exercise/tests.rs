use super::*;
use crate::directory::{Attribute, Kind, LicenceBook, PlanCatalogue, UserId};
use crate::rules::{GroupMembers, LoadOptions, SourceFile, load};
use std::fmt::Write as _;

const RULES: &str = r#"scope when company = "Contoso" OR company is empty
exclude "no line" when NOT (employee_type != "Test")
exempt "board" when plans has "NOBODY_KNOWS_IT"
defaults {
  quarantine 1 day
  policy TenantDialPlan "DE" when
    usage_location = "DE"
}
range "a" {
  type direct-routing
  numbers +49 89 5550 1000 to 1009
  when city = "Bonn" AND
       (kind = "room" OR office starts with "H")
  policy CallingLineIdentity "x" when department = "Sales"
}
range "b" { type direct-routing numbers +49 89 5550 2000 to 2009 when anyone }
range "c" { type calling-plan numbers +49 89 5550 3000 to 3009 when city = "Köln" location "l" when office is empty }
"#;

fn rules() -> RuleSet {
    let file = SourceFile {
        name: "x.rules".to_owned(),
        bytes: RULES.as_bytes().to_vec(),
    };
    load(&[file], LoadOptions::default())
        .expect("good rules")
        .rule_set
}

fn person(texts: &[(Attribute, &str)]) -> User {
    let mut user = User::new(UserId::from_u128(7));
    user.attributes = texts.iter().copied().collect();
    user
}

fn shown(exercise: &Exercise<'_>) -> String {
    exercise
        .clauses()
        .iter()
        .fold(String::new(), |mut out, clause| {
            let name = exercise.rules.name_of(clause.owner);
            let Clause {
                text,
                line,
                held,
                failed,
                undecided,
                ..
            } = clause;
            let _ = writeln!(out, "{line} {name}: {text}: {held} {failed} {undecided}");
            out
        })
}

#[test]
fn every_clause_is_asked_and_counted_where_it_stands() {
    let rules = rules();
    let (book, groups) = (
        LicenceBook::new(PlanCatalogue::default(), Some(&[])),
        GroupMembers::new(),
    );
    let bonn = person(&[(Attribute::City, "Bonn"), (Attribute::Office, "Hardtberg")]);
    let room = person(&[
        (Attribute::Company, "contoso"),
        (Attribute::UsageLocation, "DE"),
    ]);
    let subject = |user, kind| Subject {
        user,
        kind,
        book: &book,
        groups: &groups,
    };
    let mut one = Exercise::of(&rules);
    one.everyone(subject(&bonn, Kind::Person));
    one.licensed(subject(&bonn, Kind::Person));
    one.eligible(subject(&bonn, Kind::Person), VoiceLicence::PhoneSystem);
    one.given(0, subject(&bonn, Kind::Person));
    one.given(1, subject(&bonn, Kind::Person));
    let mut other = Exercise::of(&rules);
    other.everyone(subject(&room, Kind::Room));
    other.eligible(subject(&room, Kind::Room), VoiceLicence::PhoneSystem);
    other.given(2, subject(&room, Kind::Room));
    one.add(&other);
    insta::assert_snapshot!(shown(&one), @r#"
    1 scope: company = "Contoso": 1 1 0
    1 scope: company is empty: 1 1 0
    2 exclude "no line": employee_type = "Test": 0 1 0
    3 exempt "board": plans has "NOBODY_KNOWS_IT": 0 0 2
    12 range "a": city = "Bonn": 1 1 0
    13 range "a": kind IN ["room"]: 1 1 0
    13 range "a": office starts with "h": 1 1 0
    14 policy CallingLineIdentity "x" of "a": department = "Sales": 0 1 0
    7 policy TenantDialPlan "DE" of "a": usage_location = "DE": 1 2 0
    17 range "c": city = "Köln": 0 0 0
    17 location "l" of "c": office is empty: 1 0 0
    "#);
    assert_eq!(one.clauses().iter().map(Clause::ways).sum::<u64>(), 15);
}

#[test]
fn each_clause_tells_what_it_found() {
    let rules = rules();
    let (book, groups) = (
        LicenceBook::new(PlanCatalogue::default(), Some(&[])),
        GroupMembers::new(),
    );
    let user = person(&[(Attribute::City, "BONN"), (Attribute::Office, "Nord")]);
    let subject = Subject {
        user: &user,
        kind: Kind::Person,
        book: &book,
        groups: &groups,
    };
    let told = |owner| {
        let weighed = rules.weigh(owner, subject).into_iter();
        let line =
            |w: Weighed| format!("{}: {:?} {}", w.text, w.holds, w.found.unwrap_or_default());
        weighed.map(line).collect::<Vec<_>>()
    };
    assert_eq!(
        told(Owner::Range(0)),
        [
            "city = \"Bonn\": Some(true) it is \"BONN\"",
            "kind IN [\"room\"]: Some(false) it is another kind",
            "office starts with \"h\": Some(false) it is \"Nord\"",
        ]
    );
    assert_eq!(
        told(Owner::Exempt(0)),
        ["plans has \"NOBODY_KNOWS_IT\": None no plan of that name is known"]
    );
    assert_eq!(
        told(Owner::Policy(0, 0)),
        ["department = \"Sales\": Some(false) it is empty"]
    );
    assert_eq!(told(Owner::Range(1)), [""; 0]);
    assert_eq!(
        rules.wording(Owner::Policy(1, 0)).as_deref(),
        Some("usage_location = \"DE\"")
    );
    assert_eq!(rules.wording(Owner::Policy(9, 0)), None);
}
