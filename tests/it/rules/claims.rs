//! What the analysis claims about rule sets made by chance is never contradicted by people made by chance, and where
//! everybody can be tried, it claims all there is to claim.

use super::generated::{ATTRIBUTES, Condition, Rules, Somebody, rules, somebody};
use super::people::Person;
use super::{rendered, source};
use linekeeper::directory::{Attribute, Kind, VoiceLicence, plan_id_by_name};
use linekeeper::rules::{Diagnostic, LoadOptions, Loaded, load};
use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use std::cell::RefCell;
use std::collections::BTreeMap;

/// How often each kind of claim was made.
type Counts = RefCell<BTreeMap<&'static str, usize>>;

fn loaded(text: &str) -> Loaded {
    let loaded = load(&[source("a.rules", text)], LoadOptions { groups: true });
    loaded.unwrap_or_else(|errors| panic!("{}", rendered(&errors)))
}

/// One rule set with everybody it is tried on.
struct Trial<'a> {
    rules: &'a Rules,
    text: String,
    people: Vec<(Person, VoiceLicence)>,
}

impl Trial<'_> {
    /// Whether somebody contradicts the claim.
    fn contradicted(&self, claim: &Diagnostic) -> bool {
        match claim.code {
            "never-true" | "always-true" | "no-difference" => self.part(claim),
            "shadowed" | "never-reached" => self.never_picked(claim),
            "overlapping-ranges" => self.overlap(claim),
            _ => false,
        }
    }

    fn never_picked(&self, claim: &Diagnostic) -> bool {
        let range: usize = claim
            .message
            .split('`')
            .nth(1)
            .and_then(|name| name.parse().ok())
            .expect("a range");
        self.people.iter().any(|(person, voice)| {
            let verdict = self.rules.verdict(person, *voice);
            let served = verdict.in_scope && !verdict.exempt && !verdict.excluded;
            served && verdict.pick.is_some_and(|(picked, _)| picked == range)
        })
    }

    /// The person shown fits both ranges, and gets the one that is named.
    fn overlap(&self, claim: &Diagnostic) -> bool {
        let names: Vec<usize> = claim
            .message
            .split('`')
            .filter_map(|name| name.parse().ok())
            .collect();
        let [first, second, picked] = names[..] else {
            panic!("{}", claim.message);
        };
        // Whether a tenant knows that plan is not for a plain reading to say.
        if claim.message.contains("NO SUCH PLAN") {
            return false;
        }
        let (person, voice) = shown(&claim.message, self.rules.ranges[first].number_type);
        let ranges = &self.rules.ranges;
        let verdict = self.rules.verdict(&person, voice);
        let fits =
            |at: usize| ranges[at].when.holds(&person) && self.rules.is_offered(at, &person, voice);
        let served = verdict.in_scope && !verdict.exempt && !verdict.excluded;
        let gets = verdict.pick.is_some_and(|(range, _)| range == picked);
        !(fits(first)
            && fits(second)
            && served
            && gets
            && ranges[first].priority == ranges[second].priority)
    }

    /// A whole condition holds for nobody or everybody, or decides alike when a part of it is replaced.
    fn part(&self, claim: &Diagnostic) -> bool {
        let line = self.text.lines().nth(claim.line - 1).expect("a line");
        let whole = self.condition_at(claim.line);
        let truths = || self.people.iter().map(|(person, _)| whole.holds(person));
        match claim.message.as_str() {
            "this never holds" => return truths().any(|holds| holds),
            "this always holds" => return truths().any(|holds| !holds),
            _ => {}
        }
        let Some(marked) = marked(claim, line) else {
            return false;
        };
        let constants: &[bool] = match claim.code {
            "never-true" => &[false],
            "always-true" => &[true],
            _ => &[true, false],
        };
        let negated = claim.message.starts_with("`NOT (");
        !constants.iter().any(|constant| {
            let constant = if *constant != negated {
                "is empty OR upn is not empty"
            } else {
                "is empty AND upn is not empty"
            };
            let (before, after) = (&line[..marked.start], &line[marked.end..]);
            let condition = format!("{before}(upn {constant}){after}");
            let (_, condition) = condition.split_once("when ").expect("a condition");
            let replaced = loaded(&format!(
                "alias city \"A\" = \"ä\"\nexclude \"x\" when {condition}"
            ))
            .rule_set;
            let alike = |(person, _): &(Person, VoiceLicence)| {
                replaced.excluded_by(person.subject()).is_some() == whole.holds(person)
            };
            self.people.iter().all(alike)
        })
    }

    fn condition_at(&self, line: usize) -> &Condition {
        let text = self.text.lines().nth(line - 1).expect("a line");
        let named = |condition: &'_ Option<Condition>| condition.is_some();
        match text.split(' ').next() {
            Some("scope") if named(&self.rules.scope) => self.rules.scope.as_ref(),
            Some("exclude") => self.rules.exclude.as_ref(),
            Some("exempt") => self.rules.exempt.as_ref(),
            _ => {
                let before = self.text.lines().take(line);
                let at = before.filter(|line| line.starts_with("range")).count();
                Some(&self.rules.ranges[at - 1].when)
            }
        }
        .expect("a condition")
    }
}

/// What the caret of a message stands under; `None` where the line was cut.
fn marked(claim: &Diagnostic, line: &str) -> Option<std::ops::Range<usize>> {
    let page = claim.render(false);
    if !page.contains(line) || line.len() > 150 {
        return None;
    }
    let below = |line: &&str| {
        let (_, marks) = line.split_once('|').unwrap_or_default();
        marks.contains('^') && marks.chars().all(|sign| matches!(sign, ' ' | '^'))
    };
    let carets = page.lines().find(below)?;
    let width = carets.chars().filter(|sign| *sign == '^').count();
    let byte = |at: usize| {
        line.char_indices()
            .nth(at)
            .map_or(line.len(), |(byte, _)| byte)
    };
    let marked = byte(claim.column - 1)..byte(claim.column - 1 + width);
    is_balanced(&line[marked.clone()]).then_some(marked)
}

/// Whether every bracket has its partner: marks go from the first test of a part to its last.
fn is_balanced(text: &str) -> bool {
    let mut open = 0_i32;
    text.chars().all(|sign| {
        open += i32::from(sign == '(') - i32::from(sign == ')');
        open >= 0
    }) && open == 0
}

/// The person an overlap shows: `… for example, a room with city "A b", plan "MCOEV" and no membership of ID, who gets …`.
fn shown(message: &str, number_type: &str) -> (Person, VoiceLicence) {
    let (_, after) = message.split_once("for example, ").expect("an example");
    let (described, _) = after.split_once(", who gets").expect("an example");
    let kind = Kind::ALL
        .into_iter()
        .find(|kind| described.starts_with(&format!("a {kind}")));
    let attribute = |attribute: &Attribute| {
        let (_, after) = described.split_once(&format!("{} \"", attribute.name()))?;
        let (value, _) = after.split_once('"')?;
        Some((*attribute, value))
    };
    let values: Vec<(Attribute, &str)> = ATTRIBUTES.iter().filter_map(attribute).collect();
    let mut person = Person::new(&values).of_kind(kind.expect("a kind"));
    person.user.on_premises_synced = described.contains("on_premises_synced true");
    if described.contains("plan \"MCOEV\"") && !described.contains("no plan \"MCOEV\"") {
        person = person.with_plan(plan_id_by_name("MCOEV").expect("a plan"));
    }
    if let Some((before, id)) = described.split_once("membership of ") {
        let id = id.split([',', ' ']).next().and_then(|id| id.parse().ok());
        person = person.in_group(id.expect("a group"), !before.ends_with("no "));
    }
    let voice = match number_type {
        "calling-plan" => VoiceLicence::CallingPlan,
        _ => VoiceLicence::PhoneSystem,
    };
    (person, voice)
}

#[test]
fn random_people_never_contradict_a_claim() {
    let counts = Counts::default();
    let everybody = proptest::collection::vec(somebody(), 40);
    let mut runner = TestRunner::new(ProptestConfig::with_cases(1_500));
    let outcome = runner.run(&(rules(6, 5), everybody), |(generated, everybody)| {
        let trial = Trial {
            text: generated.write(),
            rules: &generated,
            people: everybody
                .iter()
                .map(|one: &Somebody| (one.person(), one.voice))
                .collect(),
        };
        for claim in loaded(&trial.text).warnings {
            *counts.borrow_mut().entry(claim.code).or_insert(0) += 1;
            prop_assert!(
                !trial.contradicted(&claim),
                "{}\n{}",
                claim.render(false),
                trial.text
            );
        }
        Ok(())
    });
    outcome.unwrap_or_else(|failure| panic!("{failure}"));
    let counts = counts.into_inner();
    let expected = [
        "never-true",
        "always-true",
        "no-difference",
        "shadowed",
        "never-reached",
        "overlapping-ranges",
    ];
    for code in expected {
        // How often depends on the people that chance makes.
        assert!(counts.contains_key(code), "{code}: {counts:?}");
    }
}

/// Conditions on one text, the kind and the mark of synchronisation, tried on every text of up to five letters.
#[test]
fn what_is_so_for_everybody_is_claimed() {
    let letters = ["", "a", "b", "z"];
    let mut texts = vec![String::new()];
    for _ in 0..5 {
        let longer = texts
            .iter()
            .flat_map(|text| letters.map(|letter| format!("{text}{letter}")));
        texts = longer.collect();
        texts.sort();
        texts.dedup();
    }
    let people: Vec<Person> = texts
        .iter()
        .flat_map(|text| {
            [
                Kind::Person,
                Kind::Room,
                Kind::Guest,
                Kind::Device,
                Kind::Resource,
            ]
            .map(|kind| (text, kind))
        })
        .flat_map(|(text, kind)| [true, false].map(|synced| (text, kind, synced)))
        .map(|(text, kind, synced)| {
            let mut person = Person::new(&[(Attribute::Office, text)]).of_kind(kind);
            person.user.on_premises_synced = synced;
            person
        })
        .collect();
    let found = RefCell::new([0_usize; 2]);
    let mut runner = TestRunner::new(ProptestConfig::with_cases(400));
    let outcome = runner.run(&(on_one_text(), any::<bool>()), |(condition, negated)| {
        let condition = match negated {
            true => Condition::Not(Box::new(condition)),
            false => condition,
        };
        let text = format!("exclude \"x\" when {}", condition.write());
        let claims = loaded(&text).warnings;
        let said = |code: &str, message: &str| {
            claims
                .iter()
                .any(|claim| claim.code == code && claim.message == message)
        };
        let holds = people
            .iter()
            .filter(|person| condition.holds(person))
            .count();
        prop_assert_eq!(
            said("never-true", "this never holds"),
            holds == 0,
            "{}",
            text
        );
        prop_assert_eq!(
            said("always-true", "this always holds"),
            holds == people.len(),
            "{}",
            text
        );
        found.borrow_mut()[0] += usize::from(holds == 0);
        found.borrow_mut()[1] += usize::from(holds == people.len());
        Ok(())
    });
    outcome.unwrap_or_else(|failure| panic!("{failure}"));
    let [never, always] = found.into_inner();
    assert!(never > 5 && always > 5, "{never} {always}");
}

fn on_one_text() -> impl Strategy<Value = Condition> {
    let office = Attribute::Office;
    let part = || proptest::sample::select(&["a", "b", "ab", "ba"][..]);
    let values = proptest::collection::vec(proptest::sample::select(&["a", "ab", "bab"][..]), 1..3);
    let leaf = prop_oneof![
        2 => values.prop_map(move |values| Condition::OneOf(office, values)),
        1 => Just(Condition::Blank(office)),
        1 => part().prop_map(move |part| Condition::Starts(office, part)),
        1 => part().prop_map(move |part| Condition::Ends(office, part)),
        1 => part().prop_map(move |part| Condition::Contains(office, part)),
        1 => proptest::sample::select(&Kind::ALL[..]).prop_map(Condition::Kind),
        1 => Just(Condition::Synced),
    ];
    leaf.prop_recursive(3, 10, 4, |inner| {
        let some = || proptest::collection::vec(inner.clone(), 2..5);
        prop_oneof![
            3 => some().prop_map(Condition::All),
            2 => some().prop_map(Condition::Any),
            1 => inner.clone().prop_map(|inner| Condition::Not(Box::new(inner))),
        ]
    })
}
