//! What the analysis says about rules, in its own words.

use super::{read, rendered};
use std::fmt::Write;
use std::time::{Duration, Instant};

/// What is said, one line each: where, code, message and help; `no-quarantine` and the like aside.
fn said(text: &str) -> String {
    let loaded = read(text).unwrap_or_else(|errors| panic!("{}", rendered(&errors)));
    let of_analysis = |code: &str| {
        matches!(
            code,
            "never-true"
                | "always-true"
                | "no-difference"
                | "shadowed"
                | "never-reached"
                | "overlapping-ranges"
        )
    };
    loaded
        .warnings
        .iter()
        .filter(|warning| of_analysis(warning.code))
        .map(|warning| {
            let help = warning.help.as_deref().unwrap_or("-");
            format!(
                "{}:{} {}: {}; {help}",
                warning.line, warning.column, warning.code, warning.message
            )
        })
        .collect::<Vec<_>>()
        .join("\n")
}

#[track_caller]
fn condition(when: &str, expected: &str) {
    let found = said(&format!("exclude \"x\" when {when}"));
    let shown: Vec<String> = found
        .lines()
        .map(|line| {
            line.split_once(' ')
                .map_or(line, |(_, rest)| rest)
                .to_owned()
        })
        .collect();
    assert_eq!(shown.join("\n"), expected, "{when}");
}

#[test]
fn contradictions_say_what_excludes_what() {
    condition(
        r#"city = "A" AND office = "x" AND city IN ["B", "C"]"#,
        r#"never-true: this never holds; `city = "A"` and `city IN ["B", "C"]` exclude each other; if either will do, join them with OR, or use IN with a list"#,
    );
    condition(
        r#"city starts with "ab" AND city NOT contains "b""#,
        r#"never-true: this never holds; `city starts with "ab"` and `city NOT contains "b"` exclude each other"#,
    );
    condition(
        r#"city = "Bonn" AND city starts with "k""#,
        r#"never-true: this never holds; `city = "Bonn"` and `city starts with "k"` exclude each other"#,
    );
    condition(
        r#"(city = "A" OR city = "B") AND city != "A" AND city != "B""#,
        "never-true: this never holds; -",
    );
    condition(
        r#"city is empty AND city matches ".*""#,
        r#"never-true: this never holds; `city is empty` and `city matches ".*"` exclude each other"#,
    );
    condition(
        r#"kind != "person" AND kind NOT IN ["room", "device"] AND kind NOT IN ["guest", "resource"]"#,
        "never-true: this never holds; -",
    );
    // What a pattern matches is not known; what cannot be known is neither true nor false.
    condition(r#"city matches "^a" AND city = "bonn""#, "");
    condition(r#"plans has "X" OR NOT plans has "X""#, "");
    condition(
        r#"city matches "^a" AND city NOT matches "^a""#,
        r#"never-true: this never holds; `city matches "^a"` and `city NOT matches "^a"` exclude each other"#,
    );
}

#[test]
fn parts_are_named_in_their_place() {
    condition(
        r#"office = "x" OR (city = "A" AND city = "B")"#,
        r#"never-true: `city = "A" AND city = "B"` never holds; `city = "A"` and `city = "B"` exclude each other; if either will do, join them with OR, or use IN with a list"#,
    );
    condition(
        r#"office = "x" AND (city is empty OR city is not empty)"#,
        "always-true: `city is empty OR city is not empty` always holds; take it out, or correct it",
    );
    let superfluous = |part: &str| {
        format!(
            "no-difference: `{part}` makes no difference; without it the rest decides alike: take it out, or correct it"
        )
    };
    condition(
        r#"city = "A" AND city != "B""#,
        &superfluous(r#"city != "B""#),
    );
    condition(
        r#"city starts with "ab" AND city starts with "a""#,
        &superfluous(r#"city starts with "a""#),
    );
    condition(
        r#"office = "x" AND (city = "A" OR (city = "A" AND department = "D"))"#,
        &superfluous(r#"city = "A" AND department = "D""#),
    );
    condition(
        r#"city is not empty AND city IN ["A"]"#,
        &superfluous("city is not empty"),
    );
    let found =
        said("exclude \"x\" when office = \"x\"\n  AND city = \"A\"\n  AND city IN [\"A\", \"B\"]");
    assert!(found.starts_with("3:7 no-difference"), "{found}");
    condition(r#"city != "A" AND city is not empty"#, "");
    condition(r#"city = "A" OR (city = "B" AND office = "C")"#, "");
}

fn ranges(first: &str, second: &str) -> String {
    said(&format!(
        "defaults {{ type direct-routing quarantine 1 day }}\n{first}\n{second}"
    ))
}

#[test]
fn ranges_may_be_shadowed_by_several_together() {
    let three = |last: &str| {
        ranges(
            "range \"a\" { numbers +49 89 5550 1000 when city = \"A\" AND office is empty }\n\
             range \"b\" { numbers +49 89 5550 1001 when city = \"A\" AND office is not empty }\n\
             range \"c\" { numbers +49 89 5550 1002 when city = \"B\" }",
            last,
        )
    };
    assert_eq!(
        three("range \"d\" { numbers +49 89 5550 1003 when city IN [\"A\", \"B\"] }"),
        "5:38 shadowed: `d` is never reached: `a`, `b` and `c` together take everybody it is for; give it a lower priority number, or narrow one of the others"
    );
    assert_eq!(
        three(
            "range \"d\" { type calling-plan numbers +49 89 5550 1003 when city IN [\"A\", \"B\"] }"
        ),
        ""
    );
    assert_eq!(
        three("range \"d\" { numbers +49 89 5550 1003 priority 200 when city IN [\"A\", \"C\"] }"),
        ""
    );
    assert_eq!(
        three("range \"d\" { numbers +49 89 5550 1003 when kind = \"room\" AND city = \"B\" }"),
        "",
    );
}

#[test]
fn who_is_left_out_reaches_nothing() {
    let left_out = |rule: &str| {
        ranges(
            rule,
            "range \"a\" { numbers +49 89 5550 1000 when city = \"A\" }",
        )
    };
    let help = "correct one of them, or take `when` out if it is for overflow only";
    assert_eq!(
        left_out("exclude \"no line\" when city starts with \"a\""),
        format!(
            "3:38 never-reached: `a` is never reached: `exclude` \"no line\" leaves out everybody it is for; {help}"
        )
    );
    assert_eq!(
        left_out("scope when city IN [\"B\", \"C\"]"),
        format!("3:38 never-reached: `a` is never reached: nobody it is for is in `scope`; {help}")
    );
    assert_eq!(
        left_out(
            "scope when office = \"x\"\nexempt \"y\" when office = \"x\" OR department = \"z\""
        ),
        format!(
            "4:38 never-reached: `a` is never reached: `scope`, `exclude` and `exempt` together leave out everybody it is for; {help}"
        )
    );
    assert_eq!(left_out("scope when city = \"A\" OR office = \"x\""), "");
}

#[test]
fn overlaps_show_somebody_who_falls_in_both() {
    let check = |first: &str, second: &str, expected: &str| {
        let found = ranges(
            &format!("range \"a\" {{ numbers +49 89 5550 1000 when {first} }}"),
            &format!("range \"b\" {{ numbers +49 89 5550 1001 when {second} }}"),
        );
        let help = "give one of them another `priority`, or narrow one";
        let whole = format!(
            "3:38 overlapping-ranges: `a` and `b` have the same priority and both fit, for example, {expected}, who gets `a`, which stands first; {help}"
        );
        assert_eq!(
            found,
            if expected.is_empty() { "" } else { &whole },
            "{first} / {second}"
        );
    };
    check(
        "city = \"München\" AND office != \"x\"",
        "usage_location = \"US\" AND department starts with \"Sales\"",
        "a person with city \"München\", usage_location \"US\" and department \"sales\"",
    );
    check(
        "city contains \"burg\"",
        "city ends with \"Nord\"",
        "a person with city \"burgnord\"",
    );
    check(
        "city is not empty AND city != \"Other\"",
        "office = \"y\" AND city NOT IN [\"x\"]",
        "a person with city \"Else\" and office \"y\"",
    );
    check(
        "upn matches \"^ext-\"",
        "department = \"D\"",
        "a person with department \"D\" and upn \"ext-\"",
    );
    check("upn matches \"^e[x]+t\"", "department = \"D\"", "");
    check("city = \"A\"", "city = \"B\"", "");
}

#[test]
fn an_overlap_that_somebody_else_takes_is_none() {
    let found = ranges(
        "range \"vip\" { numbers +49 89 5550 1002 priority 10 when city = \"A\" AND department = \"D\" }",
        "range \"a\" { numbers +49 89 5550 1000 when city = \"A\" }\nrange \"b\" { numbers +49 89 5550 1001 when department = \"D\" }",
    );
    assert_eq!(found, "");
}

#[test]
fn thousands_of_ranges_stay_fast() {
    let mut text = String::from(
        "defaults { type direct-routing quarantine 1 day }\nscope when company = \"C\"\n",
    );
    for at in 0..6_000_u64 {
        let number = 4_989_000_000_000 + at * 10;
        let _ = writeln!(
            text,
            "range \"r{at}\" {{ numbers +{number} when city = \"C{}\" AND department = \"D{}\" AND office != \"X\" }}",
            at % 150,
            at / 150
        );
    }
    let began = Instant::now();
    assert_eq!(said(&text), "");
    assert!(
        began.elapsed() < Duration::from_secs(60),
        "{:?}",
        began.elapsed()
    );
    // Everything overlaps with everything: the work is bounded, and something is said about many.
    let mut text = String::from("defaults { type direct-routing quarantine 1 day }\n");
    for at in 0..3_000_u64 {
        let number = 4_989_000_000_000 + at * 10;
        let _ = writeln!(
            text,
            "range \"r{at}\" {{ numbers +{number} when city contains \"c{at}\" AND department contains \"d{at}\" }}"
        );
    }
    let began = Instant::now();
    assert!(said(&text).lines().count() > 100);
    assert!(
        began.elapsed() < Duration::from_secs(60),
        "{:?}",
        began.elapsed()
    );
}
