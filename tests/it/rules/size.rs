//! Large and hostile files: an answer in time that grows with the file and not with its square.

use super::people::{Person, name};
use super::{read, rendered};
use linekeeper::directory::{Attribute, VoiceLicence};

/// Eight thousand lines, each made from its number.
fn lines(line: impl Fn(usize) -> String) -> String {
    (0..8_000).map(line).collect::<Vec<_>>().join("\n")
}

#[test]
fn many_ranges_load_and_are_found() {
    let text = lines(|at| {
        format!(
            "range \"r{at}\" {{ type direct-routing quarantine 1 day numbers +{} to 99 when city = \"C{}\" AND department = \"D{}\" }}",
            4_989_000_000_000_u64 + at as u64 * 100,
            at % 200,
            at / 200
        )
    });
    let loaded = read(&text).unwrap_or_else(|errors| panic!("{}", rendered(&errors[..1])));
    let rules = loaded.rule_set;
    assert_eq!(rules.ranges().len(), 8_000);
    let person = Person::new(&[(Attribute::City, "c7"), (Attribute::Department, "d9")]);
    let pick = rules.pick(person.subject(), VoiceLicence::PhoneSystem);
    assert_eq!(pick.map(|pick| name(&rules, pick.range)), Some("r1807"));
    let number = "+4989000432167".parse().expect("a number");
    assert_eq!(rules.range_of(number), Some(4_321));
}

#[test]
fn floods_of_errors_are_cut() {
    let check = |text: &str| {
        let errors = read(text).expect_err("wrong");
        assert!(errors.len() <= 2_001, "{} errors", errors.len());
        assert!(errors.iter().any(|error| error.code == "too-many-findings"));
    };
    check(&lines(|at| format!("exclude \"x\" when city{at} = \"A\"")));
    check(&lines(|at| format!("exclude \"x\" when city IN list{at}")));
    check(&lines(|_| "range \"x".to_owned()));
    check(&lines(|at| {
        format!(
            "range \"r{at}\" {{ type direct-routing numbers +49 89 5550 1000 overflow \"s{at}\" }}"
        )
    }));
    let braces = read(&lines(|_| "} } {".to_owned())).expect_err("wrong");
    assert_eq!(braces.len(), 1, "one slip makes one error");
}
