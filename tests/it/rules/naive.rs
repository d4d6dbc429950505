//! The index and `explain` against a plain reading of the rules: all three must say the same about everybody.

use super::generated::{Rules, Somebody, Verdict, rules, somebody};
use super::{rendered, source};
use linekeeper::rules::{LoadOptions, RuleSet, load};
use proptest::prelude::*;
use proptest::test_runner::TestRunner;

/// Everything the product says about somebody, in both ways it can be asked.
fn agrees(generated: &Rules, rules: &RuleSet, somebody: &Somebody) -> Result<(), TestCaseError> {
    let person = somebody.person();
    let (subject, voice) = (person.subject(), somebody.voice);
    let expected = generated.verdict(&person, voice);
    let judged = rules.judge(subject, voice);
    let found = Verdict {
        exempt: judged.exempted_by == Some("alone"),
        in_scope: judged.in_scope,
        excluded: judged.excluded_by == Some("out"),
        pick: judged.pick.map(|pick| (pick.range, pick.ambiguous)),
    };
    prop_assert_eq!(&found, &expected, "the index");
    let singly = Verdict {
        exempt: rules.exempted_by(subject).is_some(),
        in_scope: rules.in_scope(subject),
        excluded: rules.excluded_by(subject).is_some(),
        pick: rules
            .pick(subject, voice)
            .map(|pick| (pick.range, pick.ambiguous)),
    };
    prop_assert_eq!(&singly, &expected, "the index, asked one by one");
    for told in rules.considered(subject, voice) {
        let offered = generated.is_offered(told.range, &person, voice);
        let holds = generated.ranges[told.range].when.holds(&person);
        let picked = expected
            .pick
            .as_ref()
            .is_some_and(|(range, _)| *range == told.range);
        let said = (told.considered, told.matched, told.picked);
        prop_assert_eq!(
            said,
            (offered, offered && holds, picked),
            "explain: {:?}",
            &told
        );
        prop_assert_eq!(told.misses.is_empty(), !offered || holds, "{:?}", &told);
        if offered {
            let why = rules.why_not(told.range, subject);
            prop_assert_eq!(why.is_none(), holds, "{:?}", why);
        }
    }
    // A near miss is for people without a range, and is said of ranges that are offered to them.
    if let Some(near) = rules.near_miss(subject, voice) {
        prop_assert_eq!(&expected.pick, &None);
        prop_assert!(
            generated.is_offered(near.range, &person, voice),
            "{:?}",
            near
        );
    }
    Ok(())
}

/// A thousand rule sets with ten people each are ten thousand cases a run.
#[test]
fn the_index_a_plain_reading_and_explain_agree_on_ten_thousand_cases() {
    let cases = std::cell::Cell::new(0);
    let picked = std::cell::Cell::new(0);
    let everybody = proptest::collection::vec(somebody(), 10);
    let mut runner = TestRunner::new(ProptestConfig::with_cases(1_000));
    let outcome = runner.run(&(rules(20, 12), everybody), |(generated, everybody)| {
        let text = generated.write();
        let loaded = load(&[source("a.rules", &text)], LoadOptions { groups: true });
        let loaded = loaded.unwrap_or_else(|errors| panic!("{}", rendered(&errors)));
        for somebody in &everybody {
            agrees(&generated, &loaded.rule_set, somebody)
                .map_err(|failed| TestCaseError::fail(format!("{failed}\n{somebody:?}\n{text}")))?;
            let verdict = generated.verdict(&somebody.person(), somebody.voice);
            picked.set(picked.get() + usize::from(verdict.pick.is_some()));
            cases.set(cases.get() + 1);
        }
        Ok(())
    });
    outcome.unwrap_or_else(|failure| panic!("{failure}"));
    assert!(cases.get() >= 10_000, "{}", cases.get());
    // Neither always nor never: else the agreement would mean little.
    assert!((1_000..9_500).contains(&picked.get()), "{}", picked.get());
}
