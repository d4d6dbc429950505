//! Looks up every name in an expression and checks every operand.

use super::checked::{Aliases, Condition, Operand, Probe, TextTest};
use super::fields::{Field, field_names};
use super::findings::{Findings, Spot, did_you_mean};
use super::normal_form::normal_form;
use super::plans::NumberingPlans;
use super::synonyms;
use super::syntax::{self, Formula, Relation, Spelled};
use crate::directory::{Attribute, Kind, PlanId, plan_id_by_name};
use crate::numbering::Country;
use std::collections::BTreeMap;

/// What expressions may refer to, and where faults go.
pub(super) struct Names<'a> {
    pub(super) findings: &'a mut Findings,
    pub(super) lists: &'a BTreeMap<String, Vec<Spelled>>,
    pub(super) aliases: &'a Aliases,
    pub(super) groups: bool,
    /// Patterns compiled so far: equal ones are compiled once, and their number is bounded.
    pub(super) patterns: &'a mut BTreeMap<String, regex::Regex>,
    pub(super) plans: &'a mut NumberingPlans,
}

/// How many different patterns a rule set may hold, and how large a compiled one may be.
const PATTERNS: usize = 2_000;
const PATTERN_SIZE: usize = 1 << 20;

impl Names<'_> {
    /// The checked condition; `None` when something in it is wrong, which has been reported.
    pub(super) fn condition(&mut self, formula: &Formula) -> Option<Condition> {
        super::lints::formula(formula, self.findings);
        self.checked(formula)
    }

    fn checked(&mut self, formula: &Formula) -> Option<Condition> {
        match formula {
            Formula::Any(terms, _) => Some(Condition::Any(self.terms(terms, false)?)),
            Formula::All(terms) => Some(Condition::All(self.terms(terms, true)?)),
            Formula::Not(inner, _) => Some(negate(self.checked(inner)?)),
            Formula::Group(inner) => self.checked(inner),
            Formula::Test(test) => {
                let probe = Condition::Test(self.probe(test)?, test.at);
                let is_false = matches!(test.operand, syntax::Operand::Truth(false));
                Some(if test.negated != is_false {
                    negate(probe)
                } else {
                    probe
                })
            }
        }
    }

    /// Checks every term, so that all faults are found, and lifts inner terms of the same connective.
    fn terms(&mut self, terms: &[Formula], all: bool) -> Option<Vec<Condition>> {
        let checked: Vec<Option<Condition>> = terms.iter().map(|term| self.checked(term)).collect();
        let mut flat = Vec::with_capacity(checked.len());
        for term in checked {
            match term? {
                Condition::All(inner) if all => flat.extend(inner),
                Condition::Any(inner) if !all => flat.extend(inner),
                other => flat.push(other),
            }
        }
        Some(flat)
    }

    fn probe(&mut self, test: &syntax::Test) -> Option<Probe> {
        let field = self.field(&test.attribute)?;
        match (field, test.relation, &test.operand) {
            (Field::Text(attribute), Relation::Empty, _) => Some(Probe::Blank(attribute)),
            (Field::Text(attribute), Relation::Equal, syntax::Operand::Text(text)) => {
                super::lints::habits(test, attribute.name(), text, self.findings);
                self.one_of(attribute, std::slice::from_ref(text), test.at)
            }
            (Field::Text(attribute), Relation::In, operand) => {
                let texts = self.listed(operand)?;
                self.one_of(attribute, &texts, test.at)
            }
            (Field::Text(Attribute::UsageLocation), _, _) => self.refuse(
                test,
                "usage_location is a country code: it takes =, !=, IN, NOT IN and `is empty` only",
            ),
            (Field::Text(attribute), relation, syntax::Operand::Text(text)) => {
                self.text_test(attribute, relation, text)
            }
            (Field::Kind, Relation::Equal, syntax::Operand::Text(text)) => {
                self.kinds(std::slice::from_ref(text))
            }
            (Field::Kind, Relation::In, operand) => {
                let texts = self.listed(operand)?;
                self.kinds(&texts)
            }
            (Field::Synced, Relation::Equal, syntax::Operand::Truth(_)) => Some(Probe::Synced),
            (Field::Plans, Relation::Has, syntax::Operand::Text(text)) => self.plan(text),
            (Field::Groups, Relation::Has, syntax::Operand::Text(text)) => self.group(text),
            (Field::Text(_), Relation::Equal, _) => self.refuse(
                test,
                "this attribute is a text: compare it with a text in quotes",
            ),
            (Field::Text(_), ..) => self.refuse(test, "only plans and groups take `has`"),
            (Field::Kind, ..) => self.refuse(test, "kind takes =, !=, IN and NOT IN only"),
            (Field::Synced, ..) => self.refuse(
                test,
                "on_premises_synced is compared with true or false only",
            ),
            (Field::Plans, ..) => self.refuse(test, "plans takes `has` and a plan only"),
            (Field::Groups, ..) => self.refuse(test, "groups takes `has` and a group id only"),
        }
    }

    fn refuse<T>(&mut self, test: &syntax::Test, message: &str) -> Option<T> {
        let help = instead(test);
        self.findings
            .error(test.at, "wrong-operator", message.into(), Some(help));
        None
    }

    fn field(&mut self, name: &Spelled) -> Option<Field> {
        let field = Field::from_name(&name.value);
        if field.is_none() {
            let message = format!(
                "`{}` is no attribute",
                super::findings::shorten(&name.value)
            );
            let near = did_you_mean(&name.value.replace('-', "_"), field_names());
            let help = synonyms::attribute(&name.value)
                .or(near)
                .unwrap_or_else(|| {
                    let all: Vec<&str> = field_names().filter(|n| !n.starts_with("ext")).collect();
                    format!(
                        "attributes are {}, extension_attribute_1 to 15",
                        all.join(", ")
                    )
                });
            self.findings
                .error(name.at, "unknown-attribute", message, Some(help));
        }
        field
    }

    fn listed(&mut self, operand: &syntax::Operand) -> Option<Vec<Spelled>> {
        match operand {
            syntax::Operand::Texts(texts, at) if texts.is_empty() => {
                self.empty_operand(*at, "an empty list holds nobody", "city");
                None
            }
            syntax::Operand::Texts(texts, _) => Some(texts.clone()),
            syntax::Operand::List(name) => {
                let Some(texts) = self.lists.get(&name.value.to_lowercase()) else {
                    let message = format!(
                        "there is no list `{}`",
                        super::findings::shorten(&name.value)
                    );
                    let help = self
                        .findings
                        .did_you_mean(&name.value, self.lists.keys().map(String::as_str))
                        .unwrap_or_else(|| format!("declare it: let {} = [\"…\"]", name.value));
                    self.findings
                        .error(name.at, "unknown-list", message, Some(help));
                    return None;
                };
                Some(texts.clone())
            }
            _ => None,
        }
    }

    fn one_of(&mut self, attribute: Attribute, texts: &[Spelled], at: Spot) -> Option<Probe> {
        let mut values = Vec::with_capacity(texts.len());
        let mut sound = true;
        for text in texts {
            sound &= self.is_fit(attribute, text);
            let normal = normal_form(&text.value);
            let alias = self.aliases.get(&attribute).and_then(|a| a.get(&normal));
            values.push(alias.cloned().unwrap_or_else(|| Operand {
                normal,
                shown: text.value.clone(),
            }));
        }
        if values.is_empty() {
            self.empty_operand(at, "an empty list holds nobody", attribute.name());
            return None;
        }
        values.sort();
        values.dedup_by(|a, b| a.normal == b.normal);
        sound.then_some(Probe::OneOf(attribute, values))
    }

    /// Whether the text can be a value of the attribute at all.
    pub(super) fn is_fit(&mut self, attribute: Attribute, text: &Spelled) -> bool {
        if normal_form(&text.value).is_empty() {
            self.empty_operand(text.at, "no value equals an empty text", attribute.name());
            return false;
        }
        attribute != Attribute::UsageLocation || country(text, self.findings).is_some()
    }

    fn empty_operand(&mut self, at: Spot, message: &str, name: &str) {
        let help = format!(
            "to ask whether a value is missing write {name} is empty, or {name} is not empty"
        );
        self.findings
            .error(at, "empty-operand", message.into(), Some(help));
    }

    fn text_test(
        &mut self,
        attribute: Attribute,
        relation: Relation,
        text: &Spelled,
    ) -> Option<Probe> {
        if relation == Relation::Has {
            let message = "only plans and groups take `has`".to_owned();
            let help = Some(format!(
                "write {} contains {}",
                attribute.name(),
                super::format_formula::quoted(&text.value)
            ));
            self.findings
                .error(text.at, "wrong-operator", message, help);
            return None;
        }
        let part = normal_form(&text.value);
        if part.is_empty() {
            self.empty_operand(
                text.at,
                "every text begins with, ends with and contains an empty one",
                attribute.name(),
            );
            return None;
        }
        let test = match relation {
            Relation::StartsWith => TextTest::StartsWith(part),
            Relation::EndsWith => TextTest::EndsWith(part),
            Relation::Contains => TextTest::Contains(part),
            _ => TextTest::Matches(self.pattern(text)?),
        };
        Some(Probe::Text(attribute, test))
    }

    fn pattern(&mut self, text: &Spelled) -> Option<regex::Regex> {
        if let Some(known) = self.patterns.get(&text.value) {
            return Some(known.clone());
        }
        if self.patterns.len() >= PATTERNS {
            let message = format!("a rule set may hold {PATTERNS} different patterns");
            let help = Some("use `starts with`, `contains` or IN where they do".into());
            self.findings
                .error(text.at, "too-many-patterns", message, help);
            return None;
        }
        let built = regex::RegexBuilder::new(&text.value)
            .case_insensitive(true)
            .size_limit(PATTERN_SIZE)
            .dfa_size_limit(PATTERN_SIZE)
            .nest_limit(100)
            .build();
        match built {
            Ok(pattern) => {
                self.patterns.insert(text.value.clone(), pattern.clone());
                Some(pattern)
            }
            Err(error) => {
                let (code, message) = match error {
                    regex::Error::CompiledTooBig(_) => (
                        "pattern-too-large",
                        "this pattern grows too large".to_owned(),
                    ),
                    other => {
                        let text = other.to_string();
                        let last = text.lines().last().unwrap_or_default();
                        let cause = last.trim_start_matches("error: ");
                        ("wrong-pattern", format!("this is no pattern: {cause}"))
                    }
                };
                let help = "a sign with a meaning of its own, such as ( or *, needs a backslash before it to stand for itself";
                let help = match code {
                    "wrong-pattern" => help,
                    _ => "use fewer repetitions, or IN with a list",
                };
                self.findings
                    .error(text.at, code, message, Some(help.to_owned()));
                None
            }
        }
    }

    fn kinds(&mut self, texts: &[Spelled]) -> Option<Probe> {
        let mut kinds = std::collections::BTreeSet::new();
        for text in texts {
            let normal = normal_form(&text.value);
            let names = || Kind::ALL.iter().map(|kind| kind.name());
            match Kind::ALL.into_iter().find(|kind| kind.name() == normal) {
                Some(kind) => {
                    kinds.insert(kind);
                }
                None => {
                    let message = format!("`{}` is no kind", super::findings::shorten(&text.value));
                    let all = || format!("kinds are {}", names().collect::<Vec<_>>().join(", "));
                    let help = did_you_mean(&normal, names()).unwrap_or_else(all);
                    self.findings
                        .error(text.at, "unknown-kind", message, Some(help));
                    return None;
                }
            }
        }
        Some(Probe::Kinds(kinds))
    }

    fn plan(&mut self, text: &Spelled) -> Option<Probe> {
        let name = text.value.trim().to_owned();
        if name.is_empty() {
            let message = "a plan has a name or an id".to_owned();
            let help = Some("write plans has \"MCOEV\", or the plan that is meant".to_owned());
            self.findings.error(text.at, "empty-name", message, help);
            return None;
        }
        if plan_id_by_name(&name).is_none() && name.parse::<PlanId>().is_err() {
            super::lints::unlikely_plan(&name, text.at, self.findings);
        }
        Some(Probe::Plan(name))
    }

    fn group(&mut self, text: &Spelled) -> Option<Probe> {
        if !self.groups {
            let message = "groups are not read from the directory".to_owned();
            let help = "set groups = true under [directory] in the configuration".to_owned();
            self.findings
                .error(text.at, "groups-not-read", message, Some(help));
            return None;
        }
        let Ok(group) = text.value.parse() else {
            let message = "a group is named by its id, a GUID".to_owned();
            let help = "write groups has \"<object id>\": the portal shows it on the group's page"
                .to_owned();
            self.findings
                .error(text.at, "wrong-group", message, Some(help));
            return None;
        };
        Some(Probe::Group(group))
    }
}

/// Reads a country code; a fault is reported.
pub(super) fn country(text: &Spelled, findings: &mut Findings) -> Option<Country> {
    let country = Country::from_code(&text.value);
    if country.is_none() {
        let message = format!(
            "`{}` is no ISO 3166-1 alpha-2 country code",
            super::findings::shorten(&text.value)
        );
        let help = match synonyms::country(&text.value) {
            Some(code) => format!("write \"{code}\""),
            None => "write the two letters of the country, such as \"DE\" or \"US\"".to_owned(),
        };
        findings.error(text.at, "unknown-country", message, Some(help));
    }
    country
}

/// How the test could be written with its attribute.
fn instead(test: &syntax::Test) -> String {
    let not = if test.negated { "!= " } else { "= " };
    let value = match &test.operand {
        syntax::Operand::Text(text) => super::format_formula::quoted(&text.value),
        syntax::Operand::Truth(truth) => format!("\"{truth}\""),
        _ => "\"…\"".to_owned(),
    };
    let no = ["no", "false", "0", "nein", "non"];
    match Field::from_name(&test.attribute.value) {
        Some(Field::Text(Attribute::UsageLocation)) if test.relation != Relation::Has => {
            "write usage_location = \"DE\", or usage_location IN [\"DE\", \"AT\"]".to_owned()
        }
        Some(Field::Text(attribute)) => format!("write {} {not}{value}", attribute.name()),
        Some(Field::Kind) => "write kind = \"room\", or kind IN [\"person\", \"room\"]".to_owned(),
        Some(Field::Synced) => {
            let is_no = no
                .iter()
                .any(|word| value.trim_matches('"').eq_ignore_ascii_case(word));
            format!("write on_premises_synced = {}", is_no == test.negated)
        }
        Some(Field::Plans) => format!("write plans has {value}"),
        _ => "write groups has \"<group id>\"".to_owned(),
    }
}

fn negate(condition: Condition) -> Condition {
    match condition {
        Condition::Not(inner) => *inner,
        other => Condition::Not(Box::new(other)),
    }
}
