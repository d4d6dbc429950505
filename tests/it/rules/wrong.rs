//! Wrong rule files: each with the code and the line of every error it must give.

use super::{read, rendered};
use linekeeper::rules::Severity;

/// A range that is fine, around one line that is not; the line given stands on line 2.
fn around(line: &str) -> String {
    format!(
        "range \"a\" {{ type direct-routing numbers +49 89 5550 1000 to 1999 quarantine 1 day\n{line}\n}}"
    )
}

/// What differs from the expected errors, to be shown for all cases of a table at once.
fn difference(text: &str, expected: &[(&str, usize)]) -> Option<String> {
    let errors = match read(text) {
        Ok(_) => Vec::new(),
        Err(diagnostics) => diagnostics,
    };
    let found: Vec<(&str, usize)> = errors
        .iter()
        .filter(|diagnostic| diagnostic.severity == Severity::Error)
        .map(|diagnostic| (diagnostic.code, diagnostic.line))
        .collect();
    let shown = || {
        format!(
            "{text}\nexpected {expected:?}\nfound {found:?}\n{}",
            rendered(&errors)
        )
    };
    (found != expected).then(shown)
}

fn check(text: &str, expected: &[(&str, usize)]) {
    check_all([difference(text, expected)]);
}

fn check_all(differences: impl IntoIterator<Item = Option<String>>) {
    let all: Vec<String> = differences.into_iter().flatten().collect();
    assert!(all.is_empty(), "{}", all.join("\n\n"));
}

#[test]
fn wrong_properties() {
    let cases: &[(&str, &str)] = &[
        ("type calling-plan", "duplicate-property"),
        ("priority 10 priority 11", "duplicate-property"),
        ("priority ten", "syntax"),
        ("priority 99999999999999999999", "out-of-bounds"),
        ("prioritty 10", "unknown-property"),
        ("description Munich", "missing-quotes"),
        ("description \"Munich", "unclosed-text"),
        ("description", "incomplete"),
        ("country \"UK\"", "unknown-country"),
        ("country \"Germany\"", "unknown-country"),
        ("unlisted maybe", "unknown-word"),
        ("select lowst", "unknown-word"),
        ("release sometimes", "unknown-word"),
        ("grace 3 weeks", "wrong-unit"),
        ("grace 3", "incomplete"),
        ("grace 99999999 days", "out-of-bounds"),
        ("keep-free 101%", "out-of-bounds"),
        ("low-stock ten", "syntax"),
        ("overflow \"b\"", "unknown-range"),
        ("overflow b", "missing-quotes"),
        ("operator \"T\"", "unknown-operator"),
        ("policy \"DE\"", "policy-form"),
        ("policy OnlineVoiceRoutingPolicy", "incomplete"),
        ("policy TenantDialPlan \" \"", "empty-name"),
        ("policy P \"x\" policy P \"y\"", "duplicate-policy"),
        ("location \"\"", "empty-name"),
        ("location \"x\" when city", "incomplete"),
        ("never +49 89 5550 2000", "outside-numbers"),
        ("reserve +49 89 5550 1990 to 2000", "outside-numbers"),
        ("never +49 89 5550 1000 from 2027-01-01", "misplaced-from"),
    ];
    check_all(
        cases
            .iter()
            .map(|(line, code)| difference(&around(line), &[(*code, 2)])),
    );
}

#[test]
fn wrong_conditions() {
    let cases: &[(&str, &str)] = &[
        ("when", "incomplete"),
        ("when citty = \"Bonn\"", "unknown-attribute"),
        ("when city-name = \"Bonn\"", "unknown-attribute"),
        ("when city = Bonn", "missing-quotes"),
        ("when city = 5", "missing-quotes"),
        ("when city \"Bonn\"", "missing-operator"),
        ("when city = \"A\" UND office = \"B\"", "foreign-keyword"),
        ("when city = \"A\" ODER office = \"B\"", "foreign-keyword"),
        ("when city = \"A\" ET office = \"B\"", "foreign-keyword"),
        ("when city = \"A\" ou office = \"B\"", "foreign-keyword"),
        ("when city = \"A\" & office = \"B\"", "foreign-operator"),
        ("when city = \"A\" AND", "incomplete"),
        ("when (city = \"A\"", "incomplete"),
        ("when city = \"A\")", "unbalanced-brackets"),
        ("when city = \"A\" office = \"B\"", "missing-connective"),
        ("when city = \"\"", "empty-operand"),
        ("when city = \"\u{200B} \"", "empty-operand"),
        ("when city starts with \"\"", "empty-operand"),
        ("when city IN []", "empty-operand"),
        ("when city IN \"A\"", "list-form"),
        ("when city IN towns", "unknown-list"),
        ("when city IN [\"A\" \"B\"]", "list-form"),
        ("when usage_location = \"UK\"", "unknown-country"),
        ("when usage_location starts with \"D\"", "wrong-operator"),
        ("when kind = \"human\"", "unknown-kind"),
        ("when kind starts with \"p\"", "wrong-operator"),
        ("when on_premises_synced = \"yes\"", "wrong-operator"),
        ("when on_premises_synced is empty", "wrong-operator"),
        ("when city = true", "wrong-operator"),
        ("when city has \"x\"", "wrong-operator"),
        ("when plans = \"MCOEV\"", "wrong-operator"),
        ("when plans has \"\"", "empty-name"),
        (
            "when groups has \"d3b4fe1f-9992-4930-8acb-ca6ec609365e\"",
            "groups-not-read",
        ),
        ("when upn matches \"(\"", "wrong-pattern"),
        ("when upn matches \"(a{1000}){1000}\"", "pattern-too-large"),
        ("when city = \"\\u{D800}\"", "unknown-character"),
        ("when city is nothing", "foreign-operator"),
        ("when NOT", "incomplete"),
    ];
    check_all(
        cases
            .iter()
            .map(|(line, code)| difference(&around(line), &[(*code, 2)])),
    );
}

#[test]
fn wrong_numbers() {
    let cases: &[(&str, &str)] = &[
        ("49 89 5550 1000", "number-without-plus"),
        ("089 5550 1000", "number-without-plus"),
        ("+49 (0) 89 5550 1000", "trunk-zero"),
        ("+49 89 5550 1000 - 1999", "dash-in-number"),
        ("+49 89 5550 1000 – 1999", "dash-in-number"),
        ("+49 89 5550 1000 +49 89 5550 1001", "not-a-digit"),
        ("+49 89 5550 1000\n+49 89 5550 1001", "missing-comma"),
        ("+49 89 5550 1000\n2000", "missing-comma"),
        ("+49 89 5550 1000 to", "incomplete"),
        ("+49 89 5550 1999 to 1000", "span-order"),
        ("+49 89 5550 1000 to +49 89 5550 19990", "span-length"),
        ("+33 1 55 50 100", "impossible-number"),
        ("+999 123 4567", "impossible-number"),
        ("+49 12", "number-length"),
        ("+4989555010001234", "number-length"),
        ("1.2E10", "syntax"),
        ("+49 89 ５550 1000", "not-a-digit"),
        ("+49 89 5550 1000, +43 1 5550 1000", "two-countries"),
        ("+49 89 5550 1000 from 2027-02-30", "unknown-day"),
        ("+49 89 5550 1000 from tomorrow", "syntax"),
        ("", "incomplete"),
    ];
    check_all(cases.iter().map(|(numbers, code)| {
        let text =
            format!("range \"a\" {{ type direct-routing quarantine 1 day\nnumbers {numbers} }}");
        let line = if numbers.contains('\n') { 3 } else { 2 };
        difference(&text, &[(*code, line)])
    }));
}

#[test]
fn wrong_files() {
    let fine = "type direct-routing numbers +49 89 5550 1000 quarantine 1 day";
    let cases: Vec<(String, Vec<(&str, usize)>)> = vec![
        ("rnage \"a\" {}".into(), vec![("unknown-statement", 1)]),
        ("}".into(), vec![("unknown-statement", 1)]),
        ("range \"a\"".into(), vec![("missing-brace", 1)]),
        (format!("\n\nrange \"a\" {{ {fine}"), vec![("unclosed-block", 3)]),
        (format!("range a {{ {fine} }}"), vec![("missing-quotes", 1)]),
        (format!("range \"\" {{ {fine} }}"), vec![("empty-name", 1)]),
        ("range \"a\" { numbers +49 89 5550 1000 quarantine 1 day }".into(), vec![("missing-property", 1)]),
        ("range \"a\" { type direct-routing quarantine 1 day }".into(), vec![("missing-property", 1)]),
        ("range \"a\" { type direct numbers +49 89 5550 1000 quarantine 1 day }".into(), vec![("unknown-word", 1)]),
        (format!("range \"a\" {{ typ x {fine} }}"), vec![("unknown-property", 1)]),
        (format!("range \"a\" {{ {fine} }}\nrange \"a\" {{ type direct-routing numbers +49 89 5550 2000 quarantine 1 day }}"), vec![("duplicate-range", 2)]),
        (format!("range \"a\" {{ {fine} }}\nrange \"b\" {{ {fine} }}"), vec![("overlap", 2)]),
        (format!("range \"a\" {{ {fine} overflow \"b\" }}\nrange \"b\" {{ type operator-connect numbers +49 89 5550 2000 quarantine 1 day }}"), vec![("overflow-type", 1)]),
        ("let a = [\"x\"]\nlet A = [\"y\"]".into(), vec![("duplicate-list", 2)]),
        ("let city = [\"x\"]".into(), vec![("list-name", 1)]),
        ("let range = [\"x\"]".into(), vec![("list-name", 1)]),
        ("let my-list = [\"x\"]".into(), vec![("list-name", 1)]),
        ("let a = []".into(), vec![("empty-operand", 1)]),
        ("let a = \"x\"".into(), vec![("list-form", 1)]),
        ("alias city \"A\" = \"B\"\nalias city \"C\" = \"B\"".into(), vec![("alias-conflict", 2)]),
        ("alias city \"A\" = \"B\"\nalias city \"B\" = \"C\"".into(), vec![("alias-conflict", 2)]),
        ("alias cityy \"A\" = \"B\"".into(), vec![("unknown-attribute", 1)]),
        ("alias city \"A\"".into(), vec![("incomplete", 1)]),
        ("scope when city = \"A\"\nscope when city = \"B\"".into(), vec![("duplicate-scope", 2)]),
        ("exclude \"x\"".into(), vec![("incomplete", 1)]),
        ("exclude when city = \"A\"".into(), vec![("missing-name", 1)]),
        ("exempt \"x\" when citty = \"A\"".into(), vec![("unknown-attribute", 1)]),
        ("defaults { when city = \"A\" }".into(), vec![("not-a-default", 1)]),
        ("defaults { priority 1 }\ndefaults { priority 2 }".into(), vec![("duplicate-defaults", 2)]),
        ("operator \"T\" { countries [\"UK\"] }".into(), vec![("unknown-country", 1)]),
        ("operator \"T\" { emergency both }".into(), vec![("unknown-word", 1)]),
        ("operator \"T\" { id \"x\" }\noperator \"T\" { id \"y\" }".into(), vec![("duplicate-operator", 2)]),
        ("operator \"T\" { emergency locked }\nrange \"a\" { type operator-connect operator \"T\" quarantine 1 day numbers +49 89 5550 1000\nlocation \"x\" }".into(), vec![("location-forbidden", 3)]),
        ("operator \"T\" { emergency tenant }\nrange \"a\" { type operator-connect operator \"T\" quarantine 1 day numbers +49 89 5550 1000 }".into(), vec![("location-required", 2)]),
        ("operator \"T\" { countries [\"AT\"] }\nrange \"a\" { type operator-connect operator \"T\" quarantine 1 day numbers +49 89 5550 1000 }".into(), vec![("operator-country", 2)]),
        ("range \"a\" { type calling-plan quarantine 1 day numbers +44 20 7946 0100 }".into(), vec![("country-required", 1)]),
        ("range \"a\" { type calling-plan quarantine 1 day country \"US\" numbers +1 206 555 0100 }".into(), vec![("location-required", 1)]),
    ];
    check_all(
        cases
            .iter()
            .map(|(text, expected)| difference(text, expected)),
    );
}

#[test]
fn every_error_of_every_block_comes_at_once() {
    check(
        "let a = [\"x\"\nscope when citty = \"A\"\nrange \"r\" {\n  type direct\n  numbers 089\n  when city = Bonn\n  priority x\n}\nrange \"s\" { type direct-routing numbers +49 89 5550 1000 quarantine 1 day }\nexclude \"x\" when city IN nowhere",
        &[
            ("incomplete", 1),
            ("unknown-attribute", 2),
            ("unknown-word", 4),
            ("number-without-plus", 5),
            ("missing-quotes", 6),
            ("syntax", 7),
            ("unknown-list", 10),
        ],
    );
}

#[test]
fn brackets_a_hundred_deep_pass_and_deeper_ones_do_not() {
    let nested = |depth: usize| {
        around(&format!(
            "when {}city = \"A\"{}",
            "(".repeat(depth),
            ")".repeat(depth)
        ))
    };
    check(&nested(100), &[]);
    check(&nested(101), &[("too-deep", 2)]);
    check(&nested(100_000), &[("too-deep", 2)]);
    check(
        &around(&format!("when {} city = \"A\"", "NOT ".repeat(50_001))),
        &[],
    );
}

#[test]
fn files_that_are_no_utf8_text() {
    let check = |bytes: &[u8], expected: (&str, usize)| {
        let file = linekeeper::rules::SourceFile {
            name: "a.rules".into(),
            bytes: bytes.to_vec(),
        };
        let errors = linekeeper::rules::load(&[file], linekeeper::rules::LoadOptions::default())
            .expect_err("no text");
        let found: Vec<_> = errors.iter().map(|e| (e.code, e.line)).collect();
        assert_eq!(found, [expected]);
    };
    check(&[0xFF, 0xFE, b'a', 0], ("utf-16", 1));
    check(b"l\0e\0t\0 \0", ("utf-16", 1));
    check(b"# a\nlet a = [\"\0\"]", ("nul-byte", 2));
    check(b"# a\n# M\xFCnchen", ("not-utf-8", 2));
}

#[test]
fn a_message_shows_place_cause_and_remedy() {
    let errors = read("range \"a\" {\n  type direct-routing\n  numbers +49 89 5550 1000\n  when citty = \"Bonn\"\n}")
        .expect_err("a wrong attribute");
    insta::assert_snapshot!(errors[0].render(false), @r#"
    error[unknown-attribute]: `citty` is no attribute
     --> a.rules:4:8
      |
    4 |   when citty = "Bonn"
      |        ^^^^^
      |
      = help: did you mean `city`?
    "#);
    insta::assert_snapshot!(
        serde_json::to_string(&errors[0]).expect("JSON"),
        @r#"{"file":"a.rules","line":4,"column":8,"code":"unknown-attribute","message":"`citty` is no attribute","help":"did you mean `city`?"}"#
    );
}
