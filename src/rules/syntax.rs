//! A rule file as parsed: names are not looked up yet, numbers not read, nothing is checked.

use super::findings::Spot;
use super::keyword::Keyword;

/// A word or a text, with its place.
#[derive(Clone, Debug)]
pub(super) struct Spelled {
    pub(super) value: String,
    pub(super) at: Spot,
}

/// One statement.
#[derive(Debug)]
pub(super) enum Statement {
    Alias {
        attribute: Spelled,
        preferred: Spelled,
        spellings: Vec<Spelled>,
    },
    Let {
        name: Spelled,
        texts: Vec<Spelled>,
    },
    Defaults {
        properties: Vec<Property>,
    },
    Range {
        at: Spot,
        name: Spelled,
        properties: Vec<Property>,
    },
    Operator {
        name: Spelled,
        properties: Vec<Property>,
    },
    Scope {
        at: Spot,
        when: Formula,
    },
    Exclude {
        name: Spelled,
        when: Formula,
    },
    Exempt {
        name: Spelled,
        when: Formula,
    },
}

/// One property of a block.
#[derive(Debug)]
pub(super) struct Property {
    pub(super) keyword: Keyword,
    pub(super) at: Spot,
    pub(super) value: Value,
}

/// What a property says.
#[derive(Debug)]
pub(super) enum Value {
    /// It could not be parsed, which has been reported.
    Unread,
    Text(Spelled),
    Texts(Vec<Spelled>),
    Word(Spelled),
    Numbers(Vec<Entry>),
    /// `None`: `anyone`.
    When(Option<Formula>),
    Integer(Spelled),
    Duration {
        count: Spelled,
        hours: bool,
    },
    Amount {
        count: Spelled,
        percent: bool,
    },
    Policy {
        policy_type: Spelled,
        name: Spelled,
        when: Option<Formula>,
    },
    Location {
        id: Spelled,
        when: Option<Formula>,
    },
}

/// One number or span, as written.
#[derive(Debug)]
pub(super) struct Entry {
    pub(super) first: Spelled,
    pub(super) last: Option<Spelled>,
    pub(super) from: Option<Spelled>,
}

/// An expression as written.
#[derive(Debug)]
pub(super) enum Formula {
    Any(Vec<Self>, Spot),
    All(Vec<Self>),
    Not(Box<Self>, Spot),
    Group(Box<Self>),
    Test(Test),
}

/// One test of an attribute.
#[derive(Debug)]
pub(super) struct Test {
    pub(super) attribute: Spelled,
    pub(super) relation: Relation,
    pub(super) negated: bool,
    pub(super) operand: Operand,
    pub(super) at: Spot,
}

/// What a test asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Relation {
    Equal,
    In,
    StartsWith,
    EndsWith,
    Contains,
    Matches,
    Empty,
    Has,
}

/// What a test compares with.
#[derive(Debug)]
pub(super) enum Operand {
    Nothing,
    Text(Spelled),
    Texts(Vec<Spelled>, Spot),
    List(Spelled),
    Truth(bool),
}
