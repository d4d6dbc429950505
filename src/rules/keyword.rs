//! The words that open statements and properties.

/// A word that opens a statement or a property.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Keyword {
    Alias,
    Let,
    Defaults,
    Range,
    Operator,
    Scope,
    Exclude,
    Exempt,
    Description,
    Type,
    Numbers,
    Never,
    Reserve,
    Country,
    Unlisted,
    When,
    Priority,
    Overflow,
    Select,
    Grace,
    DeletedGrace,
    Release,
    Quarantine,
    KeepFree,
    LowStock,
    Location,
    Policy,
    Id,
    Countries,
    Emergency,
    Migration,
}

/// Every keyword with its spelling: statements, then properties of ranges, then properties of operators.
const WORDS: [(Keyword, &str); 31] = [
    (Keyword::Alias, "alias"),
    (Keyword::Let, "let"),
    (Keyword::Defaults, "defaults"),
    (Keyword::Range, "range"),
    (Keyword::Operator, "operator"),
    (Keyword::Scope, "scope"),
    (Keyword::Exclude, "exclude"),
    (Keyword::Exempt, "exempt"),
    (Keyword::Description, "description"),
    (Keyword::Type, "type"),
    (Keyword::Numbers, "numbers"),
    (Keyword::Never, "never"),
    (Keyword::Reserve, "reserve"),
    (Keyword::Country, "country"),
    (Keyword::Unlisted, "unlisted"),
    (Keyword::When, "when"),
    (Keyword::Priority, "priority"),
    (Keyword::Overflow, "overflow"),
    (Keyword::Select, "select"),
    (Keyword::Grace, "grace"),
    (Keyword::DeletedGrace, "deleted-grace"),
    (Keyword::Release, "release"),
    (Keyword::Quarantine, "quarantine"),
    (Keyword::KeepFree, "keep-free"),
    (Keyword::LowStock, "low-stock"),
    (Keyword::Location, "location"),
    (Keyword::Policy, "policy"),
    (Keyword::Id, "id"),
    (Keyword::Countries, "countries"),
    (Keyword::Emergency, "emergency"),
    (Keyword::Migration, "migration"),
];

/// Words with a meaning of their own inside values and expressions; no list may be called so.
const RESERVED: [&str; 26] = [
    "and", "or", "not", "in", "is", "empty", "true", "false", "null", "starts", "ends", "with",
    "contains", "matches", "has", "to", "from", "anyone", "eq", "ne", "hours", "days", "user",
    "hour", "day", "notin",
];

impl Keyword {
    /// The keyword a word spells, letter case and the kind of hyphen aside.
    pub(super) fn from_word(word: &str) -> Option<Self> {
        // No keyword is longer, and nearly all words of a file are looked up here.
        if word.len() > 40 || !word.starts_with(|c: char| c.is_ascii_alphabetic()) {
            return None;
        }
        let plain = super::tokens::with_plain_dashes(word);
        WORDS
            .iter()
            .find(|(_, spelling)| spelling.eq_ignore_ascii_case(&plain))
            .map(|(keyword, _)| *keyword)
    }

    /// The spelling in a rule file.
    pub(super) fn spelling(self) -> &'static str {
        WORDS
            .iter()
            .find(|(keyword, _)| *keyword == self)
            .map_or("", |(_, spelling)| spelling)
    }

    /// Whether the word opens a statement.
    pub(super) fn opens_statement(self) -> bool {
        self <= Self::Exempt
    }

    /// Whether the word opens a property of a block of the kind `block`.
    pub(super) fn is_property_of(self, block: Self) -> bool {
        match block {
            Self::Operator => self >= Self::Id,
            Self::Range | Self::Defaults => {
                self == Self::Operator || (self >= Self::Description && self < Self::Id)
            }
            _ => false,
        }
    }

    /// Whether a block may hold the property several times.
    pub(super) fn may_repeat(self) -> bool {
        matches!(
            self,
            Self::Numbers | Self::Never | Self::Reserve | Self::Policy | Self::Location
        )
    }
}

/// The spellings of all statements.
pub(super) fn statements() -> impl Iterator<Item = &'static str> {
    WORDS[..8].iter().map(|(_, spelling)| *spelling)
}

/// The spellings of all properties a block of that kind may have.
pub(super) fn properties_of(block: Keyword) -> impl Iterator<Item = &'static str> {
    WORDS
        .iter()
        .filter(move |(keyword, _)| keyword.is_property_of(block))
        .map(|(_, spelling)| *spelling)
}

/// Whether a word belongs to the language, so that no list may be called so.
pub(super) fn is_reserved(word: &str) -> bool {
    Keyword::from_word(word).is_some() || RESERVED.iter().any(|r| r.eq_ignore_ascii_case(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_words_in_any_case_and_with_any_hyphen() {
        let check = |word: &str, expected: Option<Keyword>| {
            assert_eq!(Keyword::from_word(word), expected, "{word}");
        };
        check("range", Some(Keyword::Range));
        check("Low-Stock", Some(Keyword::LowStock));
        check("keep\u{2011}free", Some(Keyword::KeepFree));
        check("keepfree", None);
        check("ranges", None);
        check("1", None);
    }

    #[test]
    fn blocks_have_their_own_properties() {
        assert!(Keyword::Operator.is_property_of(Keyword::Range));
        assert!(Keyword::Policy.is_property_of(Keyword::Defaults));
        assert!(!Keyword::Id.is_property_of(Keyword::Range));
        assert!(Keyword::Migration.is_property_of(Keyword::Operator));
        assert_eq!(statements().last(), Some("exempt"));
    }
}
