//! Runs a TextMate grammar as editors do: line by line, the leftmost match first, the earlier pattern on a tie, the end
//! of an open rule before all others. Knows the part of the format that our grammar keeps to, and refuses the rest:
//! `match` with `captures`, `begin` and `end` with theirs, `patterns`, `include` of the repository, and patterns without
//! look-around, which mean the same to the editors' engine and to ours.

use regex::{Regex, RegexBuilder};
use serde::Deserialize;
use std::collections::BTreeMap;

/// A grammar, ready to run.
#[derive(Debug)]
pub(super) struct Grammar {
    scope: String,
    top: Vec<usize>,
    rules: Vec<Rule>,
}

/// One sign's scopes, the outermost first.
pub(super) type Scopes = Vec<String>;

/// Where a line has left off: the rules that are open, the innermost last.
pub(super) type Open = Vec<usize>;

#[derive(Debug)]
struct Rule {
    name: Option<String>,
    start: Regex,
    captures: BTreeMap<usize, String>,
    /// Of a rule that stays open: its end, what the end captures, and the rules inside.
    block: Option<(Regex, BTreeMap<usize, String>, Vec<usize>)>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct File {
    name: String,
    scope_name: String,
    file_types: Vec<String>,
    patterns: Vec<Written>,
    repository: BTreeMap<String, Written>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase", default)]
struct Written {
    name: Option<String>,
    include: Option<String>,
    r#match: Option<String>,
    captures: BTreeMap<String, Capture>,
    begin: Option<String>,
    end: Option<String>,
    begin_captures: BTreeMap<String, Capture>,
    end_captures: BTreeMap<String, Capture>,
    patterns: Vec<Written>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Capture {
    name: String,
}

impl Grammar {
    /// Reads a grammar, or says what is outside of the part of the format that runs everywhere.
    pub(super) fn read(json: &str) -> Result<Self, String> {
        let file: File = serde_json::from_str(json).map_err(|error| error.to_string())?;
        if file.name.is_empty() || file.file_types != ["rules"] {
            return Err("the grammar is not one of rule files".to_owned());
        }
        let mut maker = Maker {
            repository: &file.repository,
            made: BTreeMap::new(),
            rules: Vec::new(),
        };
        let top = maker.list(&file.patterns)?;
        let unused = file
            .repository
            .keys()
            .find(|name| !maker.made.contains_key(*name));
        if let Some(name) = unused {
            return Err(format!("#{name} is included nowhere"));
        }
        Ok(Self {
            scope: file.scope_name,
            top,
            rules: maker.rules.into_iter().flatten().collect(),
        })
    }

    /// The scopes of each byte of a line, and what is open after it.
    pub(super) fn line(&self, text: &str, open: &mut Open) -> Vec<Scopes> {
        let line = format!("{text}\n");
        let mut scopes: Vec<Scopes> = Vec::with_capacity(line.len());
        let mut at = 0;
        while at < line.len() {
            let Some(step) = self.next(&line, at, open) else {
                break;
            };
            scopes.resize(step.start, self.around(open));
            let ends = step.rule.is_none();
            let of = step.rule.or(open.last().copied());
            let rule = &self.rules[of.unwrap_or_else(|| unreachable!("an end is of an open rule"))];
            let inner = if ends {
                self.around(open)
            } else {
                self.within(open, rule)
            };
            scopes.resize(step.end, inner);
            for (range, name) in step.captures {
                for sign in &mut scopes[range] {
                    sign.push(name.clone());
                }
            }
            if ends {
                open.pop();
            } else if rule.block.is_some() {
                open.extend(step.rule);
            }
            // What is empty and changes nothing is passed over.
            let stuck = step.end == at && step.start == at && !ends && rule.block.is_none();
            at = step.end + usize::from(stuck);
        }
        scopes.resize(line.len(), self.around(open));
        scopes.truncate(text.len());
        scopes
    }

    fn next(&self, line: &str, at: usize, open: &Open) -> Option<Step> {
        let here = open.last().map(|rule| &self.rules[*rule]);
        let (end, inside) = match here.and_then(|rule| rule.block.as_ref()) {
            Some((end, captures, inside)) => (Some((end, captures)), inside),
            None => (None, &self.top),
        };
        let end = end.map(|(end, captures)| (None, end, captures));
        let rules = inside.iter().map(|at| {
            let rule = &self.rules[*at];
            (Some(*at), &rule.start, &rule.captures)
        });
        let mut best: Option<Step> = None;
        for (rule, pattern, names) in end.into_iter().chain(rules) {
            let Some(found) = pattern.captures_at(line, at) else {
                continue;
            };
            let whole = found.get_match();
            if best.as_ref().is_none_or(|best| whole.start() < best.start) {
                let captures = names
                    .iter()
                    .filter_map(|(group, name)| Some((found.get(*group)?.range(), name.clone())));
                best = Some(Step {
                    rule,
                    start: whole.start(),
                    end: whole.end(),
                    captures: captures.collect(),
                });
            }
        }
        best
    }

    fn around(&self, open: &Open) -> Scopes {
        let names = open
            .iter()
            .filter_map(|rule| self.rules[*rule].name.clone());
        std::iter::once(self.scope.clone()).chain(names).collect()
    }

    fn within(&self, open: &Open, rule: &Rule) -> Scopes {
        let mut scopes = self.around(open);
        scopes.extend(rule.name.clone());
        scopes
    }
}

/// The next thing that happens on a line: a rule begins, or (none) the open one ends.
struct Step {
    rule: Option<usize>,
    start: usize,
    end: usize,
    captures: Vec<(std::ops::Range<usize>, String)>,
}

/// Makes rules of what is written, each piece of the repository once.
struct Maker<'a> {
    repository: &'a BTreeMap<String, Written>,
    made: BTreeMap<String, Vec<usize>>,
    rules: Vec<Option<Rule>>,
}

impl Maker<'_> {
    fn list(&mut self, patterns: &[Written]) -> Result<Vec<usize>, String> {
        let mut all = Vec::new();
        for pattern in patterns {
            all.extend(self.one(pattern)?);
        }
        Ok(all)
    }

    fn one(&mut self, written: &Written) -> Result<Vec<usize>, String> {
        match (
            &written.include,
            &written.r#match,
            &written.begin,
            &written.end,
        ) {
            (Some(include), None, None, None) => self.included(include),
            (None, Some(pattern), None, None) => {
                let rule = Rule {
                    name: written.name.clone(),
                    start: compiled(pattern)?,
                    captures: captures(&written.captures)?,
                    block: None,
                };
                self.rules.push(Some(rule));
                Ok(vec![self.rules.len() - 1])
            }
            (None, None, Some(begin), Some(end)) => {
                self.rules.push(None);
                let at = self.rules.len() - 1;
                let inside = self.list(&written.patterns)?;
                let ends = captures(&written.end_captures)?;
                self.rules[at] = Some(Rule {
                    name: written.name.clone(),
                    start: compiled(begin)?,
                    captures: captures(&written.begin_captures)?,
                    block: Some((compiled(end)?, ends, inside)),
                });
                Ok(vec![at])
            }
            (None, None, None, None) if !written.patterns.is_empty() => {
                self.list(&written.patterns)
            }
            _ => Err(format!("neither match nor begin and end: {written:?}")),
        }
    }

    fn included(&mut self, include: &str) -> Result<Vec<usize>, String> {
        let name = include.strip_prefix('#').unwrap_or(include);
        if let Some(made) = self.made.get(name) {
            return Ok(made.clone());
        }
        let written = self.repository.get(name);
        let written = written.ok_or_else(|| format!("there is no {include}"))?;
        let made = self.one(written)?;
        self.made.insert(name.to_owned(), made.clone());
        Ok(made)
    }
}

fn captures(written: &BTreeMap<String, Capture>) -> Result<BTreeMap<usize, String>, String> {
    let one = |(group, capture): (&String, &Capture)| {
        let group = group.parse().map_err(|_| format!("{group} is no group"))?;
        Ok((group, capture.name.clone()))
    };
    written.iter().map(one).collect()
}

/// Signs that the two engines read differently, or only one of them knows.
const ONE_SIDED: [&str; 16] = [
    "(?=", "(?!", "(?<", "(?>", "(?P", "(?x", "(?s", "(?m", "(?R", "(?U", "\\h", "\\z", "\\Z",
    "\\G", "\\<", "\\>",
];

fn compiled(pattern: &str) -> Result<Regex, String> {
    if let Some(sign) = ONE_SIDED.iter().find(|sign| pattern.contains(**sign)) {
        return Err(format!("{sign} in {pattern}"));
    }
    // To the editors' engine `^` and `$` are always those of a line.
    let built = RegexBuilder::new(pattern).multi_line(true).build();
    built.map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    const SMALL: &str = r##"{"name": "x", "scopeName": "source.x", "fileTypes": ["rules"], "patterns": [
        {"include": "#text"}, {"name": "word", "match": "(a)b", "captures": {"1": {"name": "first"}}}], "repository": {"text": {
        "name": "string", "begin": "\"", "end": "\"", "endCaptures": {"0": {"name": "end"}},
        "patterns": [{"name": "escape", "match": "\\\\."}]}}}"##;

    fn shown(lines: &[&str]) -> String {
        let grammar = Grammar::read(SMALL).expect("a grammar");
        let mut open = Open::new();
        let line = |line: &&str| {
            let scopes = grammar.line(line, &mut open);
            let signs = scopes.iter().map(|scopes| scopes[1..].join("+"));
            signs.collect::<Vec<_>>().join(" ")
        };
        lines.iter().map(line).collect::<Vec<_>>().join(" / ")
    }

    #[test]
    fn tokens_are_those_of_an_editor() {
        assert_eq!(shown(&["xab"]), " word+first word");
        assert_eq!(shown(&["\"ab\""]), "string string string string+end");
        assert_eq!(
            shown(&["\"\\\"", "a\"ab"]),
            "string string+escape string+escape / string string+end word+first word"
        );
    }

    #[test]
    fn what_does_not_run_everywhere_is_refused() {
        let refused = |from: &str, to: &str| {
            let changed = SMALL.replacen(from, to, 1);
            assert_ne!(changed, SMALL, "{from}");
            assert!(Grammar::read(&changed).is_err(), "{to}");
        };
        refused("(a)b", "(?=a)b");
        refused("(a)b", "(a");
        refused("\"match\"", "\"while\"");
        refused("#text", "#txt");
        refused("{\"include\": \"#text\"},", "");
    }
}
