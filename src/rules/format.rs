//! The one canonical form of a rule file: what `linekeeper rules fmt` writes.
//!
//! A file is split and parsed as for checking, and written anew statement by statement. Formatting says nothing about
//! what rules mean: order, names and texts stay, and so does every comment, beside the text it stood beside. Words take
//! their canonical spelling (Entra's dialect, typographic dashes and quotes included), properties stand in columns, and
//! what is too long for a line is broken in one way. Formatting twice changes nothing.

use super::diagnostic::Diagnostic;
use super::findings::Findings;
use super::format_block::Printer;
use super::reading::Reading;
use super::source::{SourceFile, decode, line_starts};
use super::{blocks, parse, tokens};

/// The canonical form of a rule file: UTF-8 without a byte order mark, lines end with a line feed.
///
/// Looks at this file only: whether its names mean something, and whether its numbers exist, is not judged.
///
/// # Errors
///
/// What cannot be parsed, in the order of the file.
pub fn format(file: &SourceFile) -> Result<String, Vec<Diagnostic>> {
    let text = decode(file).map_err(|diagnostic| vec![*diagnostic])?;
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    let mut findings = Findings::default();
    let list = tokens::tokenise(0, &text, &mut findings);
    let blocks = blocks::split(0, &text, &list, &mut findings);
    let reading = Reading {
        file: 0,
        text: &text,
        list: &list,
    };
    let mut printer = Printer::new(reading);
    for block in blocks {
        let pieces = block.places();
        for statement in parse::parse(&text, vec![block], &mut findings) {
            printer.statement(&statement, &pieces);
        }
    }
    if findings.errors() > 0 {
        let lines = line_starts(&text);
        let (found, _) = findings.into_sorted();
        let wrong = found
            .into_iter()
            .map(|finding| Diagnostic::new(finding, &file.name, &text, &lines));
        return Err(wrong.filter(Diagnostic::is_error).collect());
    }
    Ok(printer.finish())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn formatted(text: &str) -> String {
        let file = SourceFile {
            name: "a.rules".into(),
            bytes: text.as_bytes().to_vec(),
        };
        format(&file).unwrap_or_else(|errors| panic!("{errors:?} in {text}"))
    }

    /// What is written must be this, and stay this.
    #[track_caller]
    fn check(text: &str, expected: &str) {
        let expected = expected.trim_start_matches('\n');
        assert_eq!(formatted(text), expected, "{text}");
        assert_eq!(formatted(expected), expected, "formatted twice");
    }

    #[test]
    fn words_take_their_canonical_spelling() {
        check(
            "\u{FEFF}RANGE 'a' { Type Direct\u{2011}Routing\r\n NUMBERS +49(89)5550\u{A0}1000..1999,\rCountry \u{201E}DE\u{201C} QUARANTINE 030 day Grace 1 days keep\u{2013}free 5 % PRIORITY -07 }",
            r#"
range "a" {
  type       direct-routing
  numbers    +49 89 5550 1000 to 1999
  country    "DE"
  quarantine 30 days
  grace      1 day
  keep-free  5%
  priority   -7
}
"#,
        );
        check(
            r#"scope when user.usageLocation -eq 'DE' -and -not (user.city -in ["A",'B',] && officeLocation -eq null || user.department -ne $null) and user.onPremisesSyncEnabled -eq $true and upn -notmatch "^x\d" or not not mail -startsWith 'it\'s "x"'"#,
            r#"
scope when
  usage_location = "DE"
      AND NOT (city IN ["A", "B"] AND office is empty OR department is not empty)
      AND on_premises_synced = true
      AND upn NOT matches "^x\d"
  OR mail starts with "it's \"x\""
"#,
        );
    }

    #[test]
    fn comments_stay_where_they_were() {
        check(
            r#"

# of the file


# of the list
let a = [ # opened
  "x" # of x
  , "y",
  # "z",
] # closed
# of the range
range # named
"r" { # begins

  # of the type
  type direct-routing # a
  numbers # first
  +49 89 5550 1000 # one
  # between
  , +49 89 5550 2000 to # inside
  2010 # two

  when # who
    city = "A" # here
    and ( # open
     office = "B" or office="C" # last
     # or office = "D"
    ) # after
  # end
} # of the end
# last"#,
            r#"
# of the file

# of the list
let a = [  # opened
  "x",     # of x
  "y",
  # "z",
]  # closed

# of the range
range "r" {  # named
  # begins

  # of the type
  type    direct-routing     # a
  numbers                    # first
          +49 89 5550 1000,  # one
          # between
          +49 89 5550 2000 to 2010  # inside
  # two

  when                                    # who
          city = "A"                      # here
          AND (                           # open
            office = "B" OR office = "C"  # last
            # or office = "D"
          )  # after
  # end
}  # of the end
# last
"#,
        );
    }

    #[test]
    fn long_lists_and_formulas_are_broken_in_one_way() {
        let many = (10..40)
            .map(|at| format!("\"Town number {at}\""))
            .collect::<Vec<_>>();
        let text = format!("let towns = [{}]", many.join(","));
        let once = formatted(&text);
        assert!(once.lines().all(|line| line.len() <= 120), "{once}");
        assert_eq!(once.lines().count(), 7, "{once}");
        assert_eq!(formatted(&once), once);
        check(
            r#"range "a" { policy OnlineVoiceRoutingPolicy "DE-National" when employee_type = "Apprentice" and (city = "Garmisch-Partenkirchen" or city = "Bad Reichenhall") when city in ["Garmisch-Partenkirchen", "Bad Reichenhall"] and department in ["Research and Development", "Customer Success"] }"#,
            r#"
range "a" {
  policy OnlineVoiceRoutingPolicy "DE-National" when
           employee_type = "Apprentice" AND (city = "Garmisch-Partenkirchen" OR city = "Bad Reichenhall")
  when   city IN ["Garmisch-Partenkirchen", "Bad Reichenhall"]
         AND department IN ["Research and Development", "Customer Success"]
}
"#,
        );
    }

    #[test]
    fn what_cannot_be_parsed_is_told_and_not_written() {
        let file = SourceFile {
            name: "a.rules".into(),
            bytes: b"let a = [\"x\"\nscope when\ncity = Bonn".to_vec(),
        };
        let errors = format(&file).expect_err("two errors");
        let found: Vec<_> = errors.iter().map(|e| (e.code, e.line)).collect();
        assert_eq!(found, [("incomplete", 1), ("missing-quotes", 3)]);
    }
}
