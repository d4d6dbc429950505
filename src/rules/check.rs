//! Checks the statements of all files as one rule set.

use super::check_formula::Names;
use super::check_range::{self, Surroundings};
use super::checked::{CheckedRange, CheckedSet, Operand};
use super::findings::{Findings, Spot, did_you_mean};
use super::keyword::is_reserved;
use super::normal_form::normal_form;
use super::plans::NumberingPlans;
use super::settings::Draft;
use super::syntax::{Spelled, Statement};
use super::{check_operator, check_set};
use crate::directory::Attribute;
use std::collections::{BTreeMap, BTreeSet};

/// One parsed file.
pub(super) struct ParsedFile<'a> {
    pub(super) name: &'a str,
    pub(super) statements: Vec<Statement>,
    /// Byte at which each line begins.
    pub(super) lines: &'a [u32],
}

/// Checks everything; what is wrong is reported, and then the answer is of no use.
pub(super) fn check(files: &[ParsedFile<'_>], groups: bool, findings: &mut Findings) -> CheckedSet {
    let mut checker = Checker {
        findings,
        lists: BTreeMap::new(),
        patterns: BTreeMap::new(),
        plans: NumberingPlans::default(),
        groups,
        set: CheckedSet::default(),
        operators: BTreeMap::new(),
        names: BTreeMap::new(),
    };
    let statements = || files.iter().flat_map(|file| &file.statements);
    for statement in statements() {
        checker.declare(statement);
    }
    checker.conditions(statements());
    for file in files {
        checker.ranges(file);
    }
    let Checker {
        mut set,
        names,
        findings,
        ..
    } = checker;
    check_set::check(&mut set, &names, findings);
    set
}

struct Checker<'a> {
    findings: &'a mut Findings,
    lists: BTreeMap<String, Vec<Spelled>>,
    patterns: BTreeMap<String, regex::Regex>,
    plans: NumberingPlans,
    groups: bool,
    set: CheckedSet,
    /// Index of each operator by its name.
    operators: BTreeMap<String, usize>,
    /// Every range name, also of ranges with errors, and where it was given first.
    names: BTreeMap<String, Spot>,
}

impl Checker<'_> {
    fn names(&mut self) -> Names<'_> {
        Names {
            findings: self.findings,
            lists: &self.lists,
            aliases: &self.set.aliases,
            groups: self.groups,
            patterns: &mut self.patterns,
            plans: &mut self.plans,
        }
    }

    /// Takes in what statements of any file may refer to.
    fn declare(&mut self, statement: &Statement) {
        match statement {
            Statement::Let { name, texts } => self.declare_list(name, texts),
            Statement::Alias {
                attribute,
                preferred,
                spellings,
            } => self.declare_alias(attribute, preferred, spellings),
            Statement::Operator { name, properties } => {
                let mut names = self.names();
                let operator = check_operator::operator(name, properties, &mut names);
                if self.operators.contains_key(&operator.name) {
                    self.duplicate(name, "operator");
                } else {
                    let at = self.set.operators.len();
                    self.operators.insert(operator.name.clone(), at);
                    self.set.operators.push(operator);
                }
            }
            _ => {}
        }
    }

    fn declare_list(&mut self, name: &Spelled, texts: &[Spelled]) {
        let is_word = name.value.chars().all(|c| c.is_alphanumeric() || c == '_');
        if !is_word {
            let message = format!(
                "`{}` is no name of a list",
                super::findings::shorten(&name.value)
            );
            let help = Some(format!("write {}", name.value.replace('-', "_")));
            self.findings.error(name.at, "list-name", message, help);
        } else if is_reserved(&name.value) || Attribute::from_name(&name.value).is_some() {
            let message = format!("`{}` has another meaning in rules", name.value);
            let help = Some(format!("call the list {}_list", name.value));
            self.findings.error(name.at, "list-name", message, help);
        } else if self.lists.contains_key(&name.value.to_lowercase()) {
            self.duplicate(name, "list");
            return;
        }
        if texts.is_empty() {
            let message = format!("the list `{}` is empty", name.value);
            let help = Some("to ask whether a value is missing write `is empty`".to_owned());
            self.findings.error(name.at, "empty-operand", message, help);
            return;
        }
        self.lists.insert(name.value.to_lowercase(), texts.to_vec());
    }

    fn declare_alias(&mut self, attribute: &Spelled, preferred: &Spelled, spellings: &[Spelled]) {
        let Some(attribute) = Attribute::from_name(&attribute.value) else {
            let message = format!("`{}` is no text attribute", attribute.value);
            let known = Attribute::ALL.iter().map(|known| known.name());
            let help = super::synonyms::attribute(&attribute.value)
                .or_else(|| did_you_mean(&attribute.value, known))
                .or_else(|| Some("an alias belongs to a text attribute, such as city".to_owned()));
            self.findings
                .error(attribute.at, "unknown-attribute", message, help);
            return;
        };
        for text in std::iter::once(preferred).chain(spellings) {
            if !self.names().is_fit(attribute, text) {
                return;
            }
        }
        let target = Operand {
            normal: normal_form(&preferred.value),
            shown: preferred.value.clone(),
        };
        // A value stands for itself, so it can be no other value's spelling.
        for text in std::iter::once(preferred).chain(spellings) {
            let known = self.set.aliases.entry(attribute).or_default();
            let earlier = known
                .entry(normal_form(&text.value))
                .or_insert_with(|| target.clone());
            if earlier.normal != target.normal {
                let message = format!(
                    "\"{}\" already means \"{}\"",
                    super::findings::shorten(&text.value),
                    super::findings::shorten(&earlier.shown)
                );
                let help = Some("one spelling means one value".to_owned());
                self.findings
                    .error(text.at, "alias-conflict", message, help);
            }
        }
    }

    fn duplicate(&mut self, name: &Spelled, what: &str) {
        let message = format!(
            "there are two {what}s \"{}\"",
            super::findings::shorten(&name.value)
        );
        let code = match what {
            "range" => "duplicate-range",
            "operator" => "duplicate-operator",
            _ => "duplicate-list",
        };
        let other = format!(
            "call one of them \"{}-2\"",
            super::findings::shorten(&name.value)
        );
        let help = match what {
            "list" => "join the two, or give one of them another name".to_owned(),
            _ => other,
        };
        self.findings.error(name.at, code, message, Some(help));
    }

    fn conditions<'s>(&mut self, statements: impl Iterator<Item = &'s Statement>) {
        let mut scoped = false;
        for statement in statements {
            match statement {
                Statement::Scope { at, when } => {
                    if std::mem::replace(&mut scoped, true) {
                        let message = "`scope` is given twice".to_owned();
                        let help = Some("join the two conditions with OR or AND".to_owned());
                        self.findings.error(*at, "duplicate-scope", message, help);
                    }
                    self.set.scope = self.names().condition(when);
                }
                Statement::Exclude { name, when } => {
                    let checked = self.names().condition(when);
                    let named = checked.map(|condition| (name.value.clone(), condition));
                    self.set.excludes.extend(named);
                }
                Statement::Exempt { name, when } => {
                    let checked = self.names().condition(when);
                    let named = checked.map(|condition| (name.value.clone(), condition));
                    self.set.exempts.extend(named);
                }
                _ => {}
            }
        }
    }

    fn ranges(&mut self, file: &ParsedFile<'_>) {
        let defaults = self.defaults(file);
        for statement in &file.statements {
            let Statement::Range {
                at,
                name,
                properties,
            } = statement
            else {
                continue;
            };
            let own = Draft::read(properties, &mut self.names());
            if !super::settings::is_name(name, "a range has a name", &mut self.names()) {
                continue;
            }
            if self.names.contains_key(&name.value) {
                self.duplicate(name, "range");
            } else {
                self.names.insert(name.value.clone(), name.at);
            }
            let mut around = Surroundings {
                findings: self.findings,
                plans: &mut self.plans,
                operators: &self.set.operators,
                operator_names: &self.operators,
                defaults: defaults.as_ref(),
                file: file.name,
                line: file.lines.partition_point(|start| *start <= at.start),
            };
            let checked: Option<CheckedRange> = check_range::range(name, own, &mut around);
            self.set.ranges.extend(checked);
        }
    }

    /// The defaults of one file; several blocks of them count as one.
    fn defaults(&mut self, file: &ParsedFile<'_>) -> Option<Draft> {
        use super::keyword::Keyword as K;
        const NOT_SHARED: [K; 5] = [K::Numbers, K::Never, K::Reserve, K::When, K::Description];
        let mut merged: Option<Draft> = None;
        let mut seen = BTreeSet::new();
        for statement in &file.statements {
            let Statement::Defaults { properties } = statement else {
                continue;
            };
            if !seen.is_empty() {
                let message = "a file has one `defaults`".to_owned();
                let at = properties.first().map(|property| property.at);
                let help = Some("put these properties into the first".to_owned());
                self.findings
                    .error(at.unwrap_or_default(), "duplicate-defaults", message, help);
                continue;
            }
            seen.insert(());
            for property in properties
                .iter()
                .filter(|p| NOT_SHARED.contains(&p.keyword))
            {
                let message = format!("`{}` cannot be a default", property.keyword.spelling());
                let help = Some("write it in each range".to_owned());
                self.findings
                    .error(property.at, "not-a-default", message, help);
            }
            let mut draft = Draft::read(properties, &mut self.names());
            draft
                .places
                .retain(|keyword, _| !NOT_SHARED.contains(keyword));
            merged = Some(draft);
        }
        merged
    }
}
