//! The canonical form: stable, complete, and of the same meaning as what it was made from.

use super::{read, rendered, source};
use linekeeper::rules::{LoadOptions, Loaded, format, load};
use proptest::prelude::*;
use std::path::Path;

fn formatted(text: &str) -> String {
    format(&source("a.rules", text))
        .unwrap_or_else(|errors| panic!("{}\n{text}", rendered(&errors)))
}

fn loaded(text: &str) -> Loaded {
    load(&[source("a.rules", text)], LoadOptions { groups: true })
        .unwrap_or_else(|errors| panic!("{}\n{text}", rendered(&errors)))
}

/// The comments in order; in generated files they are numbered and `#` stands nowhere else.
fn comments(text: &str) -> Vec<&str> {
    let lines = text
        .lines()
        .filter_map(|line| Some(&line[line.find('#')?..]));
    lines.map(str::trim_end).collect()
}

/// What must hold of every rule file without errors.
fn check(text: &str) -> String {
    let once = formatted(text);
    assert_eq!(formatted(&once), once, "formatted twice, from\n{text}");
    let (before, after) = (loaded(text).rule_set, loaded(&once).rule_set);
    assert_eq!(after.digest(), before.digest(), "{text}\nbecame\n{once}");
    let names = |set: &linekeeper::rules::RuleSet| {
        let ranges = set.ranges().iter();
        ranges
            .map(|range| (range.name.clone(), range.description.clone()))
            .collect::<Vec<_>>()
    };
    assert_eq!(names(&after), names(&before), "{text}\nbecame\n{once}");
    once
}

#[test]
fn the_shipped_rules_are_canonical() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    for name in [
        "rules/10-people.rules",
        "rules/20-germany.rules",
        "rules/30-united-states.rules",
        "config/first.rules",
        "src/simulator/sample.rules",
    ] {
        let text = std::fs::read_to_string(root.join(name)).expect("a rule file");
        if std::env::var_os("LINEKEEPER_REFRESH").is_some() {
            std::fs::write(root.join(name), formatted(&text)).expect("a writable folder");
            continue;
        }
        assert!(
            formatted(&text) == text,
            "`linekeeper rules fmt {name}` has something to do"
        );
    }
}

#[test]
fn the_rules_of_the_tests_keep_their_meaning() {
    let text = include_str!("../../data/contoso/contoso.rules");
    let once = check(text);
    assert!(
        once.contains("city = \"Köln\" AND usage_location IN [\"DE\", \"AT\"]"),
        "{once}"
    );
    assert_eq!(comments(&once), comments(text));
}

#[test]
fn line_ends_and_the_mark_at_the_beginning_do_not_matter() {
    let text = include_str!("../../data/contoso/contoso.rules");
    let plain = formatted(text);
    for other in [
        text.replace('\n', "\r\n"),
        text.replace('\n', "\r"),
        format!("\u{FEFF}{text}"),
    ] {
        assert_eq!(formatted(&other), plain);
    }
    assert_eq!(formatted(""), "");
    assert_eq!(
        formatted("\n\n  # only a comment  \n\n"),
        "# only a comment\n"
    );
}

/// One token of a generated file: texts and numbers hold together.
type Token = String;

fn words(text: &str) -> Vec<Token> {
    text.split(' ')
        .filter(|word| !word.is_empty())
        .map(str::to_owned)
        .collect()
}

fn value() -> impl Strategy<Value = Token> {
    let texts = [
        "\"Bonn\"",
        "'Köln'",
        "„München“",
        "\"a\\\"b\"",
        "\"a\\\\\"",
        "“it's”",
        "\"\\d\"",
        "\"x\\u{200B}y\"",
        "«A»",
        "'B\"C'",
        "\"Garmisch-Partenkirchen\"",
    ];
    proptest::sample::select(texts.to_vec()).prop_map(str::to_owned)
}

fn values() -> impl Strategy<Value = Vec<Token>> {
    (proptest::collection::vec(value(), 1..9), any::<bool>()).prop_map(|(values, comma)| {
        let mut tokens = vec!["[".to_owned()];
        for value in values {
            tokens.extend([value, ",".to_owned()]);
        }
        if !comma {
            tokens.pop();
        }
        tokens.push("]".to_owned());
        tokens
    })
}

fn test() -> impl Strategy<Value = Vec<Token>> {
    let names = [
        "city",
        "user.officeLocation",
        "Department",
        "jobTitle",
        "company_name",
        "UPN",
    ];
    let name = || proptest::sample::select(names.to_vec()).prop_map(words);
    let equal = [
        "=",
        "==",
        "-eq",
        "eq",
        "!=",
        "<>",
        "–ne",
        "starts with",
        "-startsWith",
        "NOT contains",
        "-notEndsWith",
    ];
    let equal = proptest::sample::select(equal.to_vec()).prop_map(words);
    let member = proptest::sample::select(vec!["IN", "not in", "-in", "-notIn"]).prop_map(words);
    let empty = [
        "is empty",
        "is not null",
        "-eq $null",
        "!= null",
        "IS BLANK",
    ];
    let alone = [
        "user.dirSyncEnabled -eq $true",
        "on_premises_synced != false",
        "plans has 'MCOEV'",
        "kind = \"room\"",
        "city IN towns",
        "upn -notMatch '^x\\d+$'",
        "groups HAS \"d3b4fe1f-9992-4930-8acb-ca6ec609365e\"",
        "usage_location -in ['DE','AT']",
    ];
    let joined = |(mut name, operator, value): (Vec<Token>, Vec<Token>, Vec<Token>)| {
        name.extend(operator);
        name.extend(value);
        name
    };
    prop_oneof![
        4 => (name(), equal, value().prop_map(|text| vec![text])).prop_map(joined),
        2 => (name(), member, values()).prop_map(joined),
        1 => (name(), proptest::sample::select(empty.to_vec()).prop_map(words)).prop_map(move |(n, e)| joined((n, e, Vec::new()))),
        2 => proptest::sample::select(alone.to_vec()).prop_map(words),
    ]
}

fn formula() -> impl Strategy<Value = Vec<Token>> {
    test().prop_recursive(4, 24, 4, |inner| {
        let connective = proptest::sample::select(vec!["AND", "or", "-and", "&&", "||", "OR"]);
        let chain =
            proptest::collection::vec((connective, inner.clone()), 2..5).prop_map(|terms| {
                let mut tokens = Vec::new();
                for (word, term) in terms {
                    if !tokens.is_empty() {
                        tokens.push(word.to_owned());
                    }
                    tokens.extend(term);
                }
                tokens
            });
        let group = inner
            .clone()
            .prop_map(|term| [vec!["(".to_owned()], term, vec![")".to_owned()]].concat());
        let not = (
            proptest::sample::select(vec!["NOT", "-not", "!", "not NOT"]),
            inner,
        )
            .prop_map(|(word, term)| {
                [
                    words(word),
                    vec!["(".to_owned()],
                    term,
                    vec![")".to_owned()],
                ]
                .concat()
            });
        prop_oneof![3 => chain, 2 => group, 1 => not]
    })
}

/// A property of a range; which one is chosen by number, so that each stands there once.
fn property(kind: usize) -> BoxedStrategy<Vec<Token>> {
    let fixed = |choices: &[&'static str]| {
        let choices: Vec<Vec<Token>> = choices.iter().map(|choice| words(choice)).collect();
        proptest::sample::select(choices).boxed()
    };
    let when = |head: &'static str| {
        formula()
            .prop_map(move |formula| [words(head), vec!["when".to_owned()], formula].concat())
            .boxed()
    };
    match kind {
        0 => formula()
            .prop_map(|formula| [words("When"), formula].concat())
            .boxed(),
        1 => fixed(&["priority 007", "PRIORITY -3", "priority 10"]),
        2 => fixed(&[
            "quarantine 1 days",
            "Quarantine 030 Day",
            "quarantine 24 hours",
        ]),
        3 => fixed(&["keep–free 5 %", "keep-free 007"]),
        4 => when("policy OnlineVoiceRoutingPolicy 'DE'"),
        5 => fixed(&[
            "policy TenantDialPlan “DE”",
            "select Lowest",
            "release by-hand",
        ]),
        6 => when("location \"a\""),
        7 => fixed(&["location \"b\"", "description 'A\\'b\\''", "country \"de\""]),
        _ => fixed(&["unlisted reserve", "grace 2 hours", "deleted-grace 7 days"]),
    }
}

fn range(at: usize) -> impl Strategy<Value = Vec<Token>> {
    let order = Just((0..9).collect::<Vec<usize>>()).prop_shuffle();
    let kinds = (order, 0..9_usize).prop_map(|(order, count)| order[..count].to_vec());
    kinds
        .prop_flat_map(|kinds| kinds.into_iter().map(property).collect::<Vec<_>>())
        .prop_map(move |properties| {
            let mut tokens = vec!["range".to_owned(), format!("\"r{at}\""), "{".to_owned()];
            let number = 1_000 + 20 * at;
            tokens.extend(words("type direct-routing numbers"));
            tokens.push(format!("+49(89)5550-{number}"));
            tokens.extend([
                ",".to_owned(),
                format!("+49 89 5550 {}", number + 2),
                "to".to_owned(),
            ]);
            tokens.extend([
                format!("{}", number + 9),
                "from".to_owned(),
                "2027-01-01".to_owned(),
            ]);
            tokens.extend(properties.into_iter().flatten());
            tokens.push("}".to_owned());
            tokens
        })
}

fn file() -> impl Strategy<Value = Vec<Token>> {
    let excluded = formula().prop_map(|f| [words("exclude 'x' when"), f].concat());
    let scope = proptest::option::of(formula().prop_map(|f| [words("SCOPE when"), f].concat()));
    let aliases = Just(words("alias officeLocation “A” = 'a1' , \"a2\" ,"));
    let list = values().prop_map(|values| [words("let Towns ="), values].concat());
    (list, aliases, scope, excluded, range(0), range(1), range(2)).prop_map(
        |(list, aliases, scope, excluded, a, b, c)| {
            let all = [list, a, aliases, scope.unwrap_or_default(), b, excluded, c];
            all.concat()
        },
    )
}

/// What may stand between two tokens.
fn gap(kind: u8, at: usize) -> String {
    match kind {
        0..=5 => " ".into(),
        6 => "\n".into(),
        7 => "\r\n\t".into(),
        8 => "\n\n\n".into(),
        9 => format!(" #c{at} \n"),
        10 => format!("\n#c{at}\n"),
        _ => format!("\n\n  #c{at}\n\n"),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn formatting_keeps_meaning_and_comments_and_is_stable(
        tokens in file(),
        gaps in proptest::collection::vec(0_u8..12, 64..65),
        calm in 0_usize..4,
    ) {
        let mut text = String::new();
        for (at, token) in tokens.iter().enumerate() {
            text.push_str(token);
            // Most files have few comments, some have one between any two tokens.
            let kind = if at % (1 + 5 * calm) == 0 { gaps[(at * 7) % gaps.len()] } else { 0 };
            text.push_str(&gap(kind, at));
        }
        let once = check(&text);
        prop_assert_eq!(comments(&once), comments(&text), "{}\nbecame\n{}", text, once);
        for other in ["–", "„", "“", "$true", "-and", "user."] {
            let kept: Vec<&str> = once.lines().filter(|line| line.contains(other)).collect();
            prop_assert!(kept.is_empty(), "{other} stays in {kept:?}");
        }
    }
}

#[test]
fn warnings_of_typography_are_gone_afterwards() {
    let text = "range „a“ { type direct–routing numbers +49 89 5550 1000 quarantine 1 day when city –eq ‘Bonn’ }";
    assert_eq!(loaded(text).warnings.len(), 4);
    let once = check(text);
    assert_eq!(read(&once).expect("good").warnings.len(), 0, "{once}");
}
