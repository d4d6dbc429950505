//! The table of all codes, in the order of their names.

use super::Severity::{Error, Warning};
use super::codes::CodePage;

/// Every code that an error or a warning can bear, in the order of the names.
pub const CODES: &[CodePage] = &[
    CodePage {
        code: "alias-conflict",
        severity: Error,
        title: "one spelling is given to two values",
        meaning: "An alias says that a spelling means one value. If it meant two, nobody could tell which; and a value stands for itself, so it cannot be a spelling of another value.",
        wrong: r#"alias city "Frankfurt (Main)" = "Frankfurt"
alias city "Frankfurt (Oder)" = "Frankfurt""#,
        right: r#"alias city "Frankfurt (Main)" = "Frankfurt", "FFM"
alias city "Frankfurt (Oder)" = "FFO""#,
    },
    CodePage {
        code: "alias-form",
        severity: Error,
        title: "an alias is not written as one",
        meaning: "An alias names an attribute, then the value that rules use, then = and the other spellings, all of them texts in quotes.",
        wrong: r#"alias "München" = "Munich""#,
        right: r#"alias city "München" = "Munich""#,
    },
    CodePage {
        code: "always-true",
        severity: Warning,
        title: "a condition holds for everybody",
        meaning: "The parts of the condition cover everybody, so it decides nothing. Where everybody is meant, `anyone` says so.",
        wrong: r#"when city is empty OR city is not empty"#,
        right: "when anyone",
    },
    CodePage {
        code: "blank-in-number",
        severity: Error,
        title: "a blank stands beside a separator in a number",
        meaning: "Inside a number, hyphens, slashes and brackets stand without blanks around them; otherwise they could be meant as the sign of a span.",
        wrong: "numbers +49 89 / 5550",
        right: "numbers +49 89 5550 1000",
    },
    CodePage {
        code: "country-required",
        severity: Error,
        title: "the country of a range cannot be told from its numbers",
        meaning: "Calling-plan and operator-connect numbers are given to people of the same country only. Where several countries share a calling code (+1, +44, +7), the country has to be said.",
        wrong: r#"range "london" {
  type calling-plan
  numbers +44 20 7946 0100
  quarantine 30 days
}"#,
        right: r#"range "london" {
  type calling-plan
  numbers +44 20 7946 0100
  country "GB"
  quarantine 30 days
}"#,
    },
    CodePage {
        code: "dash-in-number",
        severity: Error,
        title: "a dash stands where `to` is meant",
        meaning: "A dash between two numbers may be meant as a span, or as a separator. Spans are written with `to` (or two dots), so that nobody has to guess.",
        wrong: "numbers +49 89 5550 1000 – 1999",
        right: "numbers +49 89 5550 1000 to 1999",
    },
    CodePage {
        code: "doubled-quote",
        severity: Error,
        title: "a quote is doubled inside a text",
        meaning: r#"In other languages two quotes inside a text stand for one. Here a text may hold the other kind of quote, or \" and \'."#,
        wrong: "when surname = 'O''Brien'",
        right: r#"when surname = "O'Brien""#,
    },
    CodePage {
        code: "duplicate-defaults",
        severity: Error,
        title: "a file has two blocks of defaults",
        meaning: "`defaults` holds for its own file. With two of them it would depend on their order what a range gets.",
        wrong: r#"defaults { quarantine 30 days }
defaults { low-stock 10% }"#,
        right: r#"defaults {
  quarantine 30 days
  low-stock 10%
}"#,
    },
    CodePage {
        code: "duplicate-list",
        severity: Error,
        title: "two lists have one name",
        meaning: "Lists hold for all files, and letter case does not matter in their names. A name that is given twice would mean two lists.",
        wrong: r#"let dach = ["DE", "AT", "CH"]
let DACH = ["DE", "AT"]"#,
        right: r#"let dach = ["DE", "AT", "CH"]
let german_speaking = ["DE", "AT"]"#,
    },
    CodePage {
        code: "duplicate-operator",
        severity: Error,
        title: "two operators have one name",
        meaning: "Ranges refer to operators by name, so a name belongs to one operator, in all files together.",
        wrong: r#"operator "Carrier" { countries ["DE"] }
operator "Carrier" { countries ["AT"] }"#,
        right: r#"operator "Carrier" { countries ["DE", "AT"] }"#,
    },
    CodePage {
        code: "duplicate-policy",
        severity: Error,
        title: "a policy type is given twice without `when`",
        meaning: "Of each policy type the first that holds for a user counts. Two that hold for everybody cannot both count.",
        wrong: r#"policy TenantDialPlan "DE"
policy TenantDialPlan "DE-South""#,
        right: r#"policy TenantDialPlan "DE-South" when city = "Munich"
policy TenantDialPlan "DE""#,
    },
    CodePage {
        code: "duplicate-property",
        severity: Error,
        title: "a property is given twice",
        meaning: "A block holds each property once; only numbers, never, reserve, policy and location may be repeated.",
        wrong: r#"priority 10
priority 20"#,
        right: "priority 10",
    },
    CodePage {
        code: "duplicate-range",
        severity: Error,
        title: "two ranges have one name",
        meaning: "Numbers, overrides and overflow refer to ranges by name, in all files together. Letter case counts.",
        wrong: r#"range "a" {
  type direct-routing
  numbers +49 89 5550 1000
  quarantine 30 days
}
range "a" {
  type direct-routing
  numbers +49 89 5550 2000
  quarantine 30 days
}"#,
        right: r#"range "a" {
  type direct-routing
  numbers +49 89 5550 1000
  quarantine 30 days
}
range "b" {
  type direct-routing
  numbers +49 89 5550 2000
  quarantine 30 days
}"#,
    },
    CodePage {
        code: "duplicate-scope",
        severity: Error,
        title: "`scope` is given twice",
        meaning: "The scope says who these rules are about at all. There is one for all files; several conditions are joined into one.",
        wrong: r#"scope when company = "Contoso"
scope when usage_location = "DE""#,
        right: r#"scope when company = "Contoso" AND usage_location = "DE""#,
    },
    CodePage {
        code: "empty-name",
        severity: Error,
        title: "a name is blank",
        meaning: "Ranges, operators, policies, locations and plans are found by their names, so a name says something.",
        wrong: r#"policy TenantDialPlan """#,
        right: r#"policy TenantDialPlan "DE""#,
    },
    CodePage {
        code: "empty-operand",
        severity: Error,
        title: "something is compared with an empty text or list",
        meaning: "Missing, null and blank are one thing here: empty. No value equals an empty text, so whoever writes it means something else: `is empty` or `is not empty`.",
        wrong: r#"when city = """#,
        right: "when city is empty",
    },
    CodePage {
        code: "foreign-function",
        severity: Error,
        title: "a function is called",
        meaning: "OData, SQL and PowerShell have functions for tests of texts. Here they are operators between the attribute and the text. Functions that change letter case or blanks are not needed: neither matters in comparisons.",
        wrong: "when startswith(department, 'Sales')",
        right: r#"when department starts with "Sales""#,
    },
    CodePage {
        code: "foreign-keyword",
        severity: Error,
        title: "a word of another language stands in a condition",
        meaning: "The words of conditions are English: AND, OR, NOT, IN, is empty, anyone.",
        wrong: r#"when city = "Bonn" UND department = "Sales""#,
        right: r#"when city = "Bonn" AND department = "Sales""#,
    },
    CodePage {
        code: "foreign-name",
        severity: Error,
        title: "an attribute is written like a variable or a path",
        meaning: "Attributes stand by their bare names; only the prefix `user.` is accepted.",
        wrong: r#"when $_.City -eq "Bonn""#,
        right: r#"when city = "Bonn""#,
    },
    CodePage {
        code: "foreign-operator",
        severity: Error,
        title: "an operator of another language",
        meaning: "Entra's operators are accepted; those of other languages are not, because they mean slightly different things in each. The help writes the test in the words of this language.",
        wrong: r#"when department -like "Sales*""#,
        right: r#"when department starts with "Sales""#,
    },
    CodePage {
        code: "groups-not-read",
        severity: Error,
        title: "a rule asks for a group, and groups are not read",
        meaning: "Reading the members of groups costs requests, so it has to be switched on in the configuration: groups = true under [directory]. Until then a rule that asks for a group is refused rather than silently false.",
        wrong: r#"when groups has "d3b4fe1f-9992-4930-8acb-ca6ec609365e""#,
        right: r#"when department = "Sales""#,
    },
    CodePage {
        code: "impossible-number",
        severity: Error,
        title: "no numbering plan has such a number",
        meaning: "The number has too few or too many digits for its country, or its country code does not exist.",
        wrong: "numbers +33 1 55 50 100",
        right: "numbers +33 1 55 50 10 00",
    },
    CodePage {
        code: "incomplete",
        severity: Error,
        title: "something ends too early",
        meaning: "A property or statement breaks off before it is whole.",
        wrong: "priority",
        right: "priority 10",
    },
    CodePage {
        code: "list-form",
        severity: Error,
        title: "a list is not written as one",
        meaning: "IN, `let` and `countries` take a list: texts in square brackets with commas between. `overflow` takes its names without brackets. Several values are compared with IN, not with = and OR.",
        wrong: "when city IN ('Bonn', 'Köln')",
        right: r#"when city IN ["Bonn", "Köln"]"#,
    },
    CodePage {
        code: "list-name",
        severity: Error,
        title: "a word cannot name a list",
        meaning: "Names of lists are letters, digits and underscores, and no word that means something else in rules, such as an attribute.",
        wrong: r#"let sales-staff = ["Sales"]"#,
        right: r#"let sales_staff = ["Sales"]"#,
    },
    CodePage {
        code: "location-forbidden",
        severity: Error,
        title: "an emergency location is given where only the operator sets it",
        meaning: "The operator is declared with emergency locked: it alone sets emergency addresses, and Teams refuses an assignment that brings one.",
        wrong: r#"operator "Carrier" { emergency locked }
range "a" {
  type operator-connect
  operator "Carrier"
  numbers +49 89 5550 1000
  location "9b11c2d0-1a2b-4c3d-8e4f-5a6b7c8d9e0f"
  quarantine 30 days
}"#,
        right: r#"operator "Carrier" { emergency locked }
range "a" {
  type operator-connect
  operator "Carrier"
  numbers +49 89 5550 1000
  quarantine 30 days
}"#,
    },
    CodePage {
        code: "location-required",
        severity: Error,
        title: "an emergency location is missing",
        meaning: "Calling-plan numbers of the US and Canada, and numbers of operators declared with emergency tenant, can be assigned only together with an emergency location.",
        wrong: r#"range "seattle" {
  type calling-plan
  numbers +1 206 555 0100
  country "US"
  quarantine 30 days
}"#,
        right: r#"range "seattle" {
  type calling-plan
  numbers +1 206 555 0100
  country "US"
  location "6f2a51d8-3f0e-4d51-9c0d-2d5f3f0c8a11"
  quarantine 30 days
}"#,
    },
    CodePage {
        code: "long-number",
        severity: Warning,
        title: "a number is three digits longer than its neighbours",
        meaning: "Two numbers without a comma between are read as one, and some numbering plans accept it.",
        wrong: "numbers +43 1 5550 100, +43 1 5550 101 555",
        right: "numbers +43 1 5550 100, +43 1 5550 101",
    },
    CodePage {
        code: "misplaced-from",
        severity: Error,
        title: "`from` stands where it has no meaning",
        meaning: "A day from which a number may be given stands behind the number in `numbers`. Numbers in `never` and `reserve` are not given by rule at all.",
        wrong: "never +49 89 5550 1000 from 2027-01-01",
        right: "never +49 89 5550 1000",
    },
    CodePage {
        code: "missing-brace",
        severity: Error,
        title: "a statement has no block",
        meaning: "The properties of a range, an operator and of defaults stand between { and }.",
        wrong: r#"range "munich""#,
        right: r#"range "munich" {
  type direct-routing
  numbers +49 89 5550 1000
  quarantine 30 days
}"#,
    },
    CodePage {
        code: "missing-comma",
        severity: Error,
        title: "a comma is missing between numbers",
        meaning: "A number stands on one line; what follows on the next is another one, after a comma.",
        wrong: r#"numbers +49 89 5550 1000
        +49 89 5550 1001"#,
        right: r#"numbers +49 89 5550 1000,
        +49 89 5550 1001"#,
    },
    CodePage {
        code: "missing-connective",
        severity: Error,
        title: "two tests stand side by side",
        meaning: "Between two tests stands AND or OR.",
        wrong: r#"when city = "Bonn" department = "Sales""#,
        right: r#"when city = "Bonn" AND department = "Sales""#,
    },
    CodePage {
        code: "missing-name",
        severity: Error,
        title: "a statement has no name",
        meaning: "`exclude` and `exempt` are followed by a name in quotes: it says why, and `explain` shows it.",
        wrong: r#"exclude when employee_type = "Contractor""#,
        right: r#"exclude "no direct line" when employee_type = "Contractor""#,
    },
    CodePage {
        code: "missing-operator",
        severity: Error,
        title: "an attribute and a text stand side by side",
        meaning: "Between an attribute and a text stands an operator.",
        wrong: r#"when city "Bonn""#,
        right: r#"when city = "Bonn""#,
    },
    CodePage {
        code: "missing-property",
        severity: Error,
        title: "a range lacks a property it cannot do without",
        meaning: "A range has a type and numbers; a type may also come from the defaults of its file.",
        wrong: r#"range "munich" {
  numbers +49 89 5550 1000
  quarantine 30 days
}"#,
        right: r#"range "munich" {
  type direct-routing
  numbers +49 89 5550 1000
  quarantine 30 days
}"#,
    },
    CodePage {
        code: "missing-quotes",
        severity: Error,
        title: "a text stands without quotes",
        meaning: "Texts stand in quotes, so that they can be told from words of the language.",
        wrong: "when city = Bonn",
        right: r#"when city = "Bonn""#,
    },
    CodePage {
        code: "missing-test",
        severity: Error,
        title: "AND or OR has nothing before it",
        meaning: "AND and OR join two tests.",
        wrong: r#"when AND city = "Bonn""#,
        right: r#"when city = "Bonn""#,
    },
    CodePage {
        code: "missing-when",
        severity: Error,
        title: "`when` is missing",
        meaning: "`scope`, `exclude` and `exempt` say whom they are about behind `when`.",
        wrong: r#"exclude "no direct line" employee_type = "Contractor""#,
        right: r#"exclude "no direct line" when employee_type = "Contractor""#,
    },
    CodePage {
        code: "mixed-and-or",
        severity: Warning,
        title: "AND and OR are mixed without brackets",
        meaning: "AND binds tighter than OR. Not everybody who reads the rule knows that, and whoever wrote it may have meant the other.",
        wrong: r#"when city = "Bonn" OR city = "Köln" AND department = "Sales""#,
        right: r#"when (city = "Bonn" OR city = "Köln") AND department = "Sales""#,
    },
    CodePage {
        code: "negation-catches-blanks",
        severity: Warning,
        title: "a negation also holds for people without a value",
        meaning: "Missing values are not equal to anything, so != and NOT hold for them. If only people with another value are meant, that has to be said.",
        wrong: r#"when department != "Sales""#,
        right: r#"when department != "Sales" AND department is not empty"#,
    },
    CodePage {
        code: "never-reached",
        severity: Warning,
        title: "a policy or location comes after one that holds for everybody",
        meaning: "Of each policy type, and of the locations, the first that holds for a user counts. One without `when` holds for everybody, so those behind it never count.",
        wrong: r#"policy TenantDialPlan "DE"
policy TenantDialPlan "DE-South" when city = "Munich""#,
        right: r#"policy TenantDialPlan "DE-South" when city = "Munich"
policy TenantDialPlan "DE""#,
    },
    CodePage {
        code: "never-true",
        severity: Warning,
        title: "a condition holds for nobody",
        meaning: "The parts of the condition exclude each other. One person has one city.",
        wrong: r#"when city = "Bonn" AND city = "Köln""#,
        right: r#"when city IN ["Bonn", "Köln"]"#,
    },
    CodePage {
        code: "no-difference",
        severity: Warning,
        title: "a part of a condition changes nothing",
        meaning: "Without it the condition holds for the same people, because the other parts say the same already or say more. Often another value or another attribute was meant.",
        wrong: r#"when city = "Köln" AND city != "Bonn""#,
        right: r#"when city = "Köln""#,
    },
    CodePage {
        code: "no-order",
        severity: Error,
        title: "texts are compared by order",
        meaning: "Whether one text comes before another is no question here: employee numbers and postal codes are texts. A set of values is written with IN, a beginning with `starts with`, a form with `matches`.",
        wrong: r#"when postal_code >= "80000""#,
        right: r#"when postal_code matches "^8""#,
    },
    CodePage {
        code: "no-quarantine",
        severity: Warning,
        title: "freed numbers are given again at once",
        meaning: "Callers of the last holder would reach somebody else the same day. If that is meant, quarantine 0 days says so.",
        wrong: r#"range "munich" {
  type direct-routing
  numbers +49 89 5550 1000
}"#,
        right: r#"range "munich" {
  type direct-routing
  numbers +49 89 5550 1000
  quarantine 30 days
}"#,
    },
    CodePage {
        code: "not-a-default",
        severity: Error,
        title: "a property cannot be a default",
        meaning: "Numbers, never, reserve, when and description belong to one range. `defaults` holds the others.",
        wrong: r#"defaults { when city = "Bonn" }"#,
        right: "defaults { quarantine 30 days }",
    },
    CodePage {
        code: "not-a-digit",
        severity: Error,
        title: "a number holds something that is no digit",
        meaning: "A number is + and digits, with blanks between, or hyphens, slashes and brackets without blanks around.",
        wrong: "numbers +49 89 5550 1000 +49 89 5550 1001",
        right: "numbers +49 89 5550 1000, +49 89 5550 1001",
    },
    CodePage {
        code: "not-utf-8",
        severity: Error,
        title: "a file is not UTF-8",
        meaning: "The bytes of the file are no UTF-8; an older encoding such as Windows-1252 writes umlauts otherwise. Most editors have `Save with encoding`.",
        wrong: "# München",
        right: "# München",
    },
    CodePage {
        code: "nul-byte",
        severity: Error,
        title: "a file holds a NUL byte",
        meaning: "No text holds one: the file is something else, or damaged.",
        wrong: "# a␀b",
        right: "# ab",
    },
    CodePage {
        code: "null-in-quotes",
        severity: Warning,
        title: r#"the text "null" is compared with"#,
        meaning: "In quotes it is a text of four letters, which nobody's city is. A missing value is asked for with `is empty`.",
        wrong: r#"when city = "null""#,
        right: "when city is empty",
    },
    CodePage {
        code: "number-length",
        severity: Error,
        title: "a number has too few or too many digits",
        meaning: "A number in international form has 7 to 15 digits.",
        wrong: "numbers +49 12",
        right: "numbers +49 89 5550 1000",
    },
    CodePage {
        code: "number-without-plus",
        severity: Error,
        title: "a number does not begin with + and its country code",
        meaning: "Only the international form means the same number everywhere.",
        wrong: "numbers 089 5550 1000",
        right: "numbers +49 89 5550 1000",
    },
    CodePage {
        code: "operator-country",
        severity: Error,
        title: "an operator does not serve the country of a range",
        meaning: "The operator is declared with the countries it serves, and the numbers of the range are of another.",
        wrong: r#"operator "Carrier" { countries ["AT"] }
range "a" {
  type operator-connect
  operator "Carrier"
  numbers +49 89 5550 1000
  quarantine 30 days
}"#,
        right: r#"operator "Carrier" { countries ["AT", "DE"] }
range "a" {
  type operator-connect
  operator "Carrier"
  numbers +49 89 5550 1000
  quarantine 30 days
}"#,
    },
    CodePage {
        code: "out-of-bounds",
        severity: Error,
        title: "a number is larger than makes sense",
        meaning: "A share is at most 100%, a wait at most a hundred years.",
        wrong: "keep-free 101%",
        right: "keep-free 10%",
    },
    CodePage {
        code: "outside-numbers",
        severity: Error,
        title: "`never` or `reserve` names numbers that the range does not have",
        meaning: "They pick out numbers of the range; a number outside is a slip.",
        wrong: "never +49 89 5550 2000",
        right: "never +49 89 5550 1000",
    },
    CodePage {
        code: "overflow-type",
        severity: Error,
        title: "overflow leads to a range of another type",
        meaning: "What type of number somebody may have comes with the licence, so overflow goes to ranges of the same type.",
        wrong: r#"range "a" {
  type direct-routing
  numbers +49 89 5550 1000
  overflow "b"
  quarantine 30 days
}
range "b" {
  type operator-connect
  numbers +49 89 5550 2000
  quarantine 30 days
}"#,
        right: r#"range "a" {
  type direct-routing
  numbers +49 89 5550 1000
  overflow "b"
  quarantine 30 days
}
range "b" {
  type direct-routing
  numbers +49 89 5550 2000
  quarantine 30 days
}"#,
    },
    CodePage {
        code: "overlap",
        severity: Error,
        title: "a number lies in two ranges",
        meaning: "A number belongs to one range: otherwise two rules could give it, with different policies and rests.",
        wrong: r#"range "a" {
  type direct-routing
  numbers +49 89 5550 1000
  quarantine 30 days
}
range "b" {
  type direct-routing
  numbers +49 89 5550 0999 to 1001
  quarantine 30 days
}"#,
        right: r#"range "a" {
  type direct-routing
  numbers +49 89 5550 1000
  quarantine 30 days
}
range "b" {
  type direct-routing
  numbers +49 89 5550 2000
  quarantine 30 days
}"#,
    },
    CodePage {
        code: "overlapping-ranges",
        severity: Warning,
        title: "two ranges of one priority fit the same people",
        meaning: "The first in the order of the files wins, and whoever is assigned is noted as `ambiguous`. The message shows a person whom both fit. Say which is meant: give one of them a lower priority number, or narrow a condition.",
        wrong: r#"range "bonn" {
  type direct-routing
  quarantine 30 days
  numbers +49 228 5550 100 to 199
  when city = "Bonn"
}
range "sales" {
  type direct-routing
  quarantine 30 days
  numbers +49 228 5550 200 to 299
  when department = "Sales"
}"#,
        right: r#"range "bonn" {
  type direct-routing
  quarantine 30 days
  numbers +49 228 5550 100 to 199
  when city = "Bonn"
}
range "sales" {
  type direct-routing
  quarantine 30 days
  numbers +49 228 5550 200 to 299
  when department = "Sales"
  priority 10
}"#,
    },
    CodePage {
        code: "pattern-too-large",
        severity: Error,
        title: "a pattern grows too large",
        meaning: "Repetitions inside repetitions multiply. The bound keeps decisions fast for everybody.",
        wrong: r#"when upn matches "(a{1000}){1000}""#,
        right: r#"when upn matches "^a+@""#,
    },
    CodePage {
        code: "policy-form",
        severity: Error,
        title: "a policy is not written as one",
        meaning: "A policy is its type, a bare word as PowerShell names it, and then its name in quotes.",
        wrong: r#"policy "DE-Munich""#,
        right: r#"policy OnlineVoiceRoutingPolicy "DE-Munich""#,
    },
    CodePage {
        code: "quoted-word",
        severity: Error,
        title: "quotes stand around something that takes none",
        meaning: "Only texts stand in quotes: numbers, words, durations and attributes do not.",
        wrong: r#"type "direct-routing""#,
        right: "type direct-routing",
    },
    CodePage {
        code: "reversed-test",
        severity: Error,
        title: "the value stands before the attribute",
        meaning: "A test begins with the attribute. `contains` asks whether a text holds another; whether a value is in a list is asked with IN.",
        wrong: r#"when ["Bonn", "Köln"] -contains city"#,
        right: r#"when city IN ["Bonn", "Köln"]"#,
    },
    CodePage {
        code: "shadowed",
        severity: Warning,
        title: "a range is never reached",
        meaning: "An earlier range, or one with a lower priority number, takes everybody this one is for.",
        wrong: r#"range "a" {
  type direct-routing
  numbers +49 89 5550 1000
  when city = "Bonn"
  quarantine 30 days
}
range "b" {
  type direct-routing
  numbers +49 89 5550 2000
  when city = "Bonn" AND department = "Sales"
  quarantine 30 days
}"#,
        right: r#"range "a" {
  type direct-routing
  numbers +49 89 5550 1000
  when city = "Bonn"
  priority 200
  quarantine 30 days
}
range "b" {
  type direct-routing
  numbers +49 89 5550 2000
  when city = "Bonn" AND department = "Sales"
  quarantine 30 days
}"#,
    },
    CodePage {
        code: "span-length",
        severity: Error,
        title: "the ends of a span differ in length",
        meaning: "A span runs between two numbers with as many digits. The end may be written by its last digits only.",
        wrong: "numbers +49 89 5550 1000 to +49 89 5550 19990",
        right: "numbers +49 89 5550 1000 to 1999",
    },
    CodePage {
        code: "span-order",
        severity: Error,
        title: "a span ends before it begins",
        meaning: "The lower number stands first.",
        wrong: "numbers +49 89 5550 1999 to 1000",
        right: "numbers +49 89 5550 1000 to 1999",
    },
    CodePage {
        code: "stray-brace",
        severity: Error,
        title: "a brace stands where no block does",
        meaning: "Only range, operator and defaults have blocks, and blocks do not stand inside blocks.",
        wrong: r#"let dach = ["DE"] }"#,
        right: r#"let dach = ["DE"]"#,
    },
    CodePage {
        code: "stray-name",
        severity: Error,
        title: "`defaults` has a name",
        meaning: "There is one for each file, and it needs no name.",
        wrong: r#"defaults "all" { quarantine 30 days }"#,
        right: "defaults { quarantine 30 days }",
    },
    CodePage {
        code: "stray-sign",
        severity: Error,
        title: "a colon, equals sign, comma or semicolon too many",
        meaning: "A value follows its property at once, and nothing stands between properties but white space.",
        wrong: "priority: 10",
        right: "priority 10",
    },
    CodePage {
        code: "syntax",
        severity: Error,
        title: "something cannot be read",
        meaning: "What stands there begins or continues nothing that the language knows. The message says what was expected.",
        wrong: "priority ten",
        right: "priority 10",
    },
    CodePage {
        code: "too-deep",
        severity: Error,
        title: "brackets are nested too deep",
        meaning: "More than a hundred levels are no condition anybody can read; the bound keeps a damaged file from exhausting memory.",
        wrong: r#"when (((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((city = "Bonn")))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))"#,
        right: r#"when (city = "Bonn")"#,
    },
    CodePage {
        code: "too-large",
        severity: Error,
        title: "the rule files are too large",
        meaning: "Together they may hold 256 MB. Something else probably lies in the folder.",
        wrong: "# 256 MB of anything",
        right: "# a few lines",
    },
    CodePage {
        code: "too-many-findings",
        severity: Error,
        title: "more errors than are shown",
        meaning: "A thousand errors and a thousand warnings are shown. Mending the first of them often mends the rest.",
        wrong: r#"exclude "x" when nothing = "A""#,
        right: r#"exclude "x" when city = "A""#,
    },
    CodePage {
        code: "too-many-patterns",
        severity: Error,
        title: "too many different patterns",
        meaning: "Every pattern costs time for every user. Beginnings and lists of values do not: use `starts with` and IN.",
        wrong: r#"exclude "x" when upn matches "0""#,
        right: r#"exclude "x" when upn starts with "0""#,
    },
    CodePage {
        code: "trunk-zero",
        severity: Error,
        title: "a number holds (0)",
        meaning: "The zero in brackets is dialled inside a country only; it is no part of the number.",
        wrong: "numbers +49 (0) 89 5550 1000",
        right: "numbers +49 89 5550 1000",
    },
    CodePage {
        code: "two-countries",
        severity: Error,
        title: "a range has numbers of two countries",
        meaning: "People, emergency addresses and policies belong to a country, so a range has numbers of one.",
        wrong: "numbers +49 89 5550 1000, +43 1 5550 1000",
        right: "numbers +49 89 5550 1000",
    },
    CodePage {
        code: "two-words",
        severity: Error,
        title: "a value of one word is written in several",
        meaning: "Types and other choices are single words, with hyphens where others put blanks.",
        wrong: "type Direct Routing",
        right: "type direct-routing",
    },
    CodePage {
        code: "typographic-dash",
        severity: Warning,
        title: "a dash of a word processor",
        meaning: "It is read as a hyphen. `linekeeper rules fmt` writes the plain one.",
        wrong: "low–stock 10%",
        right: "low-stock 10%",
    },
    CodePage {
        code: "typographic-quotes",
        severity: Warning,
        title: "quotes of a word processor",
        meaning: "They are read as plain ones. `linekeeper rules fmt` writes those.",
        wrong: "when city = “Bonn”",
        right: r#"when city = "Bonn""#,
    },
    CodePage {
        code: "unbalanced-brackets",
        severity: Error,
        title: "a bracket too many or too few",
        meaning: "Every ( has its ).",
        wrong: r#"when city = "Bonn")"#,
        right: r#"when city = "Bonn""#,
    },
    CodePage {
        code: "unclosed-block",
        severity: Error,
        title: "a block is not closed",
        meaning: "Its } is missing; the next statement or the end of the file came first.",
        wrong: r#"range "a" {
  type direct-routing
  numbers +49 89 5550 1000
  quarantine 30 days
let dach = ["DE"]"#,
        right: r#"range "a" {
  type direct-routing
  numbers +49 89 5550 1000
  quarantine 30 days
}
let dach = ["DE"]"#,
    },
    CodePage {
        code: "unclosed-text",
        severity: Error,
        title: "a text is not closed",
        meaning: "A text ends on its line, with the partner of the quote that began it.",
        wrong: r#"description "Munich"#,
        right: r#"description "Munich""#,
    },
    CodePage {
        code: "unknown-attribute",
        severity: Error,
        title: "there is no such attribute",
        meaning: "Rules read the attributes of the contract; names of Graph and Entra are accepted, and letter case and underscores do not matter.",
        wrong: r#"when citty = "Bonn""#,
        right: r#"when city = "Bonn""#,
    },
    CodePage {
        code: "unknown-character",
        severity: Error,
        title: "an escape names no character",
        meaning: r#"\u{…} holds the code of a Unicode character, in hexadecimal digits."#,
        wrong: r#"when city = "\u{D800}""#,
        right: r#"when city = "\u{4B}öln""#,
    },
    CodePage {
        code: "unknown-country",
        severity: Error,
        title: "there is no such country code",
        meaning: "Countries are named by the two letters of ISO 3166-1, as in usage locations: GB, not UK.",
        wrong: r#"country "Germany""#,
        right: r#"country "DE""#,
    },
    CodePage {
        code: "unknown-day",
        severity: Error,
        title: "there is no such day",
        meaning: "Days are written year-month-day, and have to be in the calendar.",
        wrong: "numbers +49 89 5550 1000 from 2027-02-30",
        right: "numbers +49 89 5550 1000 from 2027-02-28",
    },
    CodePage {
        code: "unknown-kind",
        severity: Error,
        title: "there is no such kind of account",
        meaning: "Kinds are person, room, resource, shared, device and guest, or those the message lists.",
        wrong: r#"when kind = "human""#,
        right: r#"when kind = "person""#,
    },
    CodePage {
        code: "unknown-list",
        severity: Error,
        title: "there is no such list",
        meaning: "A bare word behind IN is the name of a list that `let` declares, in any file.",
        wrong: "when usage_location IN dach",
        right: r#"let dach = ["DE", "AT", "CH"]
range "munich" {
  type direct-routing
  numbers +49 89 5550 1000
  when usage_location IN dach
  quarantine 30 days
}"#,
    },
    CodePage {
        code: "unknown-operator",
        severity: Error,
        title: "there is no such operator",
        meaning: "A range names an operator that is declared in some file.",
        wrong: r#"operator "Carrier""#,
        right: r#"operator "Carrier" { countries ["DE"] }
range "munich" {
  type operator-connect
  operator "Carrier"
  numbers +49 89 5550 1000
  quarantine 30 days
}"#,
    },
    CodePage {
        code: "unknown-property",
        severity: Error,
        title: "there is no such property",
        meaning: "The word is no property of this block; the message offers the nearest, or what is meant.",
        wrong: "prioritty 10",
        right: "priority 10",
    },
    CodePage {
        code: "unknown-range",
        severity: Error,
        title: "there is no such range",
        meaning: "`overflow` names ranges that are declared in some file; letter case counts.",
        wrong: r#"overflow "munich-2""#,
        right: r#"range "munich" {
  type direct-routing
  numbers +49 89 5550 1000
  overflow "munich-2"
  quarantine 30 days
}
range "munich-2" {
  type direct-routing
  numbers +49 89 5550 2000
  quarantine 30 days
}"#,
    },
    CodePage {
        code: "unknown-statement",
        severity: Error,
        title: "there is no such statement",
        meaning: "A statement begins with alias, let, defaults, range, operator, scope, exclude or exempt.",
        wrong: r#"rnage "munich" { }"#,
        right: r#"range "a" {
  type direct-routing
  numbers +49 89 5550 1000
  quarantine 30 days
}"#,
    },
    CodePage {
        code: "unknown-word",
        severity: Error,
        title: "there is no such choice",
        meaning: "The property takes one of a few words, which the message lists.",
        wrong: "type direct",
        right: "type direct-routing",
    },
    CodePage {
        code: "unlikely-plan",
        severity: Warning,
        title: "a plan is probably called otherwise",
        meaning: "Service plans have technical names, and products have others. A plan nobody knows makes the test and its negation false.",
        wrong: r#"when plans has "Phone System""#,
        right: r#"when plans has "MCOEV""#,
    },
    CodePage {
        code: "utf-16",
        severity: Error,
        title: "a file is UTF-16",
        meaning: "Some Windows programs write UTF-16 unless told otherwise. Save the file as UTF-8.",
        wrong: "# München",
        right: "# München",
    },
    CodePage {
        code: "wildcard-in-quotes",
        severity: Warning,
        title: "* or % stands in a comparison",
        meaning: "In a comparison with = they stand for themselves. Beginnings, ends and parts are asked for by name.",
        wrong: r#"when city = "Bonn*""#,
        right: r#"when city starts with "Bonn""#,
    },
    CodePage {
        code: "wrong-group",
        severity: Error,
        title: "a group is not named by its id",
        meaning: "Groups are renamed, ids are not: a group is named by its object id.",
        wrong: r#"when groups has "Sales""#,
        right: r#"when groups has "d3b4fe1f-9992-4930-8acb-ca6ec609365e""#,
    },
    CodePage {
        code: "wrong-number",
        severity: Error,
        title: "a number is none",
        meaning: "No country code begins with 0.",
        wrong: "numbers +0 89 5550 1000",
        right: "numbers +49 89 5550 1000",
    },
    CodePage {
        code: "wrong-operator",
        severity: Error,
        title: "an operator does not fit its attribute",
        meaning: "Texts are compared with texts, on_premises_synced with true or false, plans and groups with `has`; usage_location and kind take =, !=, IN and NOT IN.",
        wrong: r#"when on_premises_synced = "yes""#,
        right: "when on_premises_synced = true",
    },
    CodePage {
        code: "wrong-pattern",
        severity: Error,
        title: "a pattern cannot be read",
        meaning: "A pattern is a regular expression; signs such as ( and * mean something in it and need a backslash to stand for themselves.",
        wrong: r#"when upn matches "(""#,
        right: r#"when upn matches "\(""#,
    },
    CodePage {
        code: "wrong-unit",
        severity: Error,
        title: "a number has a wrong unit, or none",
        meaning: "Waits are whole hours or days; amounts are whole numbers, or shares with %; a priority is a whole number.",
        wrong: "quarantine 2 weeks",
        right: "quarantine 14 days",
    },
];
