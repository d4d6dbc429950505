//! Mends names, calls and the order of a test.

use super::fields::Field;
use super::format_formula::quoted;
use super::mend_formula::{Word, Work};
use super::mend_phrases::function;
use super::tokens::TokenKind;

impl Work<'_> {
    /// `user.assignedPlans -any (…)` and `memberOf`: what is asked for stands in the first text.
    pub(super) fn plans_and_groups(&mut self) -> bool {
        let from = if self.is(self.at, "user") && self.is(self.at + 1, ".") {
            2
        } else {
            0
        };
        let Some(word) = self.word(self.at + from) else {
            return false;
        };
        let field = match word.text.to_lowercase().replace('_', "").as_str() {
            "assignedplans" | "assignedplan" | "provisionedplans" | "licenses" | "licences" => {
                "plans"
            }
            "memberof" | "transitivememberof" | "ismemberof" => "groups",
            _ => return false,
        };
        let rest = &self.tokens[self.at + from..];
        let Some(text) = rest.iter().position(|word| word.kind == TokenKind::Text) else {
            return false;
        };
        let opened = rest[..text].iter().filter(|word| word.is("(")).count();
        let mut closed = 0;
        let mut taken = text + 1;
        while closed < opened && taken < rest.len() {
            closed += usize::from(rest[taken].is(")"));
            opened_more(&rest[taken], &mut closed);
            taken += 1;
        }
        let written = format!("{field} has {}", quoted(&rest[text].inside()));
        let message = format!("`{}` is no attribute", word.text);
        self.replace(from + taken, &written, "unknown-attribute", message)
    }

    /// `$_.city`, `$user.city`, `user/city`, `[city]`.
    pub(super) fn variable(&mut self) -> bool {
        let at = self.at;
        let is_path = self.is(at + 1, "/") || (self.is(at + 1, ".") && !self.is(at, "user"));
        let bracketed = self.is(at, "[") && self.is(at + 2, "]") && !self.after_operator();
        // How many tokens there are, and which of them is the name.
        let (taken, field) = if self.is(at, "$") && self.is(at + 2, ".") && self.is_field(at + 3) {
            (4, 3)
        } else if self.is(at, "$") && self.is_field(at + 1) {
            (2, 1)
        } else if bracketed && self.is_field(at + 1) {
            (3, 1)
        } else if is_path && self.is_field(at + 2) {
            (3, 2)
        } else {
            return false;
        };
        let name = self.tokens[self.at + field].text.to_string();
        let message = "an attribute stands by its bare name".to_owned();
        self.replace(taken, &name, "foreign-name", message)
    }

    /// `startswith(city, "x")` and `city.StartsWith("x")`.
    pub(super) fn call(&mut self) -> bool {
        let subject = if self.is(self.at, "user") && self.is(self.at + 1, ".") {
            2
        } else {
            0
        };
        let (name, open, field) =
            if self.is(self.at + subject + 1, ".") && self.is(self.at + subject + 3, "(") {
                (subject + 2, subject + 3, Some(subject))
            } else if let Some(open) = (0..7).find(|at| self.is(self.at + at, "(")) {
                let prefix = &self.tokens[self.at..self.at + open];
                let is_path = prefix.iter().all(|word| {
                    word.kind == TokenKind::Word
                        || word.is("[")
                        || word.is("]")
                        || word.is(":")
                        || word.is(".")
                });
                if open == 0 || !is_path || (open > 1 && !self.is(self.at, "[")) {
                    return false;
                }
                (open - 1, open, None)
            } else {
                return false;
            };
        let inside = &self.tokens[self.at + open + 1..];
        let Some(close) = inside.iter().position(|word| word.is(")")) else {
            return false;
        };
        let mut arguments: Vec<String> = Vec::new();
        if let Some(field) = field {
            arguments.push(self.tokens[self.at + field].text.to_string());
        }
        let fits = |word: &&Word<'_>| {
            !word.is(",") && !word.is("user") && !word.is(".") && !word.is("$") && !word.is("_")
        };
        arguments.extend(
            inside[..close]
                .iter()
                .filter(fits)
                .map(|word| word.text.to_string()),
        );
        let called = self.tokens[self.at + name].text.to_lowercase();
        let Some(written) = function(&called, &arguments) else {
            return false;
        };
        let message = format!("`{called}(…)` is no test of this language: there are no functions");
        self.replace(open + close + 2, &written, "foreign-function", message)
    }

    /// `"Bonn" = city` and `["A", "B"] -contains city`; also `"city" = "Bonn"`.
    pub(super) fn reversed(&mut self) -> bool {
        if self.after_operator() || self.after_list_start() {
            return false;
        }
        if self.is_text(self.at)
            && Field::from_name(&self.tokens[self.at].inside()).is_some()
            && self.is_text(self.at + 2)
        {
            let name = self.tokens[self.at].inside();
            let message = "an attribute stands without quotes".to_owned();
            return self.replace(1, &name, "quoted-word", message);
        }
        let from = usize::from(self.is(self.at, "@"));
        let bracket = self.is(self.at + from, "[") || self.is(self.at + from, "(");
        let value = if self.is_text(self.at) {
            Some((1, quoted(&self.tokens[self.at].inside())))
        } else if bracket && self.is_text(self.at + from + 1) {
            self.list_at(self.at)
                .map(|(taken, texts)| (taken, format!("[{}]", texts.join(", "))))
        } else {
            None
        };
        let Some((taken, value)) = value else {
            return false;
        };
        let operator = self.at + taken;
        let Some((length, negated)) = self.comparison(operator) else {
            return false;
        };
        let before = self.before_name(operator + length);
        let field = operator + length + before;
        if !self.is_field(field) {
            return false;
        }
        let word = match (value.starts_with('['), negated) {
            (true, true) => "NOT IN",
            (true, false) => "IN",
            (false, true) => "!=",
            (false, false) => "=",
        };
        let written = format!("{} {word} {value}", self.tokens[field].text);
        let message = "the attribute stands before the operator".to_owned();
        self.replace(
            taken + length + before + 1,
            &written,
            "reversed-test",
            message,
        )
    }

    /// How many tokens the operator has, and whether it negates.
    fn comparison(&self, at: usize) -> Option<(usize, bool)> {
        const PLAIN: [&str; 7] = ["=", "-eq", "eq", "-contains", "-in", "in", "contains"];
        const NEGATED: [&str; 4] = ["-ne", "ne", "-notcontains", "-notin"];
        if self.is(at + 1, "=") && (self.is(at, "!") || self.is(at, "=")) {
            return Some((2, self.is(at, "!")));
        }
        let is_any = |words: &[&str]| words.iter().any(|word| self.is(at, word));
        (is_any(&PLAIN) || is_any(&NEGATED)).then(|| (1, is_any(&NEGATED)))
    }

    /// How many tokens of `user.`, `$_.` or `$` stand before a name.
    fn before_name(&self, at: usize) -> usize {
        match (self.is(at, "$"), self.is(at + 1, "."), self.is(at + 2, ".")) {
            (true, _, true) => 3,
            (true, ..) => 1,
            (false, true, _) if self.is(at, "user") => 2,
            _ => 0,
        }
    }
}

fn opened_more(word: &Word<'_>, closed: &mut usize) {
    if word.is("(") {
        *closed = closed.saturating_sub(1);
    }
}
