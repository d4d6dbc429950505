//! Who may get what: the rule language, from text to decisions.
//!
//! [`load`] reads texts (not files: the rulebook does that) into a [`RuleSet`], or answers every error at once. On the
//! way a file is three different things: *parsed* (`blocks` splits it into pieces, so that one error hides no other,
//! and each is parsed on its own), *checked* (every name looked up, every number read) and *compiled* into an index,
//! so that the cost per user does not grow with the ranges that cannot match. Knows the directory and numbering;
//! knows nothing of numbers in use, time or storage.

mod analysis;
mod blocks;
mod check;
mod check_formula;
mod check_numbers;
mod check_operator;
mod check_range;
mod check_set;
mod checked;
mod codes;
mod codes_table;
mod compile;
mod considered;
mod diagnostic;
mod differ;
mod digest;
mod evaluate;
mod exercise;
mod explain;
mod expression;
mod fields;
mod findings;
mod format;
mod format_block;
mod format_formula;
mod format_lines;
mod index;
mod keys;
mod keyword;
mod lints;
mod mend;
mod mend_formula;
mod mend_lists;
mod mend_names;
mod mend_numbers;
mod mend_phrases;
mod mend_values;
mod near;
mod normal_form;
mod number_text;
mod parse;
mod parse_error;
mod parse_formula;
mod places;
mod plans;
mod range;
mod reading;
mod rule_set;
mod settings;
mod source;
mod subject;
mod synonyms;
mod syntax;
mod tokens;
mod vocabulary;
mod when_binding;

pub use codes::{CODES, CodePage, code_page, nearest_code};
pub use considered::{Considered, nearest_miss};
pub use diagnostic::{Diagnostic, Severity};
pub use differ::Changed;
pub use exercise::{Clause, Exercise, Owner, Weighed};
pub use findings::nearest;
pub use format::format;
pub use near::{Likeness, NearMiss, NearValue};
pub use normal_form::normal_form;
pub use number_text::read_span;
pub use range::{
    Amount, Dated, EmergencyModel, LocationRule, MigrationWay, Operator, PolicyRule, Range,
    ReleaseMode, Select, Unlisted,
};
pub use rule_set::{Alias, Judgement, Pick, RuleSet, RuleSetId};
pub use source::{LoadOptions, Loaded, SourceFile, load};
pub use subject::{GroupMembers, Subject};
