//! Every word of the rule language, as the sources of the parser spell it. Pages and grammars are held against this.

use super::{path, read};
use linekeeper::directory::{Attribute, Kind};
use linekeeper::numbering::NumberType;
use std::collections::BTreeSet;

/// The words by what they are.
#[derive(Debug)]
pub(super) struct Words {
    /// What opens a statement.
    pub(super) statements: Vec<String>,
    /// What opens a property, of ranges or operators.
    pub(super) properties: Vec<String>,
    /// Words that are the value of a property.
    pub(super) values: Vec<String>,
    /// Words inside expressions, numbers and durations, the accepted spellings included.
    pub(super) operators: BTreeSet<String>,
    /// What stands before an operator: the canonical spellings, and the others without underscores.
    pub(super) attributes: Vec<String>,
}

/// Reads them.
pub(super) fn words() -> Words {
    let rules = all_of("src/rules");
    let keywords = found(&rules, r#"\(Keyword::[A-Za-z]+, "([a-z-]+)"\)"#);
    let statements = keywords.iter().position(|word| word == "exempt");
    let (statements, properties) = keywords.split_at(1 + statements.expect("the last statement"));
    let choice = r#"\("([a-z-]+)", (?:Unlisted|Select|ReleaseMode|EmergencyModel|MigrationWay)::"#;
    let mut values = found(&rules, choice);
    values.extend(NumberType::ALL.iter().map(|kind| kind.name().to_owned()));
    let canonical = Attribute::ALL.iter().map(|attribute| attribute.name());
    let mut attributes: Vec<String> = canonical.map(str::to_owned).collect();
    let spellings = found(
        &read("src/directory/attribute.rs"),
        r#"[A-Za-z0-9]+ "[a-z_0-9]+" \[([^\]]+)\]"#,
    );
    let others = found(
        &rules,
        r#"((?:"[a-z]+" \| )*"[a-z]+") => Some\((?:Field|Self)::[A-Z]"#,
    );
    for list in spellings.iter().chain(&others) {
        attributes.extend(list.split('"').skip(1).step_by(2).map(str::to_owned));
    }
    let words = Words {
        statements: statements.to_vec(),
        properties: properties.to_vec(),
        values,
        operators: found(&read("src/rules/grammar.pest"), r#"\^"([a-z]{2,})""#)
            .into_iter()
            .collect(),
        attributes,
    };
    assert_eq!(words.statements.len(), 8, "{words:?}");
    assert!(words.properties.len() > 20, "{words:?}");
    assert!(words.values.len() > 15, "{words:?}");
    assert!(words.operators.len() > 30, "{words:?}");
    assert!(words.attributes.len() > 70, "{words:?}");
    words
}

/// The names of kinds, which stand in quotes.
pub(super) fn kinds() -> impl Iterator<Item = &'static str> {
    Kind::ALL.iter().map(|kind| kind.name())
}

impl Words {
    /// All of them.
    pub(super) fn all(&self) -> impl Iterator<Item = &str> {
        let listed = [
            &self.statements,
            &self.properties,
            &self.values,
            &self.attributes,
        ];
        let listed = listed.into_iter().flatten();
        listed.chain(&self.operators).map(String::as_str)
    }
}

/// What the pattern's first group finds in a source.
fn found(source: &str, pattern: &str) -> Vec<String> {
    let pattern = regex::Regex::new(pattern).expect("a pattern");
    let all: Vec<String> = pattern
        .captures_iter(source)
        .map(|captures| captures[1].to_owned())
        .collect();
    assert!(
        !all.is_empty(),
        "the sources were not understood: {pattern}"
    );
    all
}

/// All sources of a folder as one text.
fn all_of(folder: &str) -> String {
    let entries = std::fs::read_dir(path(folder)).expect("readable sources");
    let files = entries.map(|entry| entry.expect("readable sources").path());
    let files = files.filter(|file| file.extension().is_some_and(|ending| ending == "rs"));
    files
        .map(|file| std::fs::read_to_string(file).expect("sources are UTF-8"))
        .collect()
}
