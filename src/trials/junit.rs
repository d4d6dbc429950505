//! The results as JUnit XML, which every pipeline reads.

use super::report::{MismatchReport, TrialReport, summary};
use std::fmt::Write as _;

/// One `testsuite` per file, one `testcase` per test. Holds nothing that differs between two equal runs.
#[must_use]
pub fn junit(trials: &[TrialReport]) -> String {
    let mut out = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    let all = summary(trials);
    // Writing into a string cannot fail.
    let _ = writeln!(
        out,
        "<testsuites name=\"linekeeper rules test\" tests=\"{}\" failures=\"{}\" errors=\"0\">",
        all.tests, all.failed
    );
    for suite in trials.chunk_by(|a, b| a.file == b.file) {
        let counts = summary(suite);
        let name = escaped(suite.first().map_or("", |trial| &trial.file));
        let _ = writeln!(
            out,
            "  <testsuite name=\"{name}\" tests=\"{}\" failures=\"{}\" errors=\"0\" skipped=\"0\">",
            counts.tests, counts.failed
        );
        suite.iter().for_each(|trial| case(&mut out, trial));
        out.push_str("  </testsuite>\n");
    }
    out.push_str("</testsuites>\n");
    out
}

fn case(out: &mut String, trial: &TrialReport) {
    let (name, file) = (escaped(&trial.name), escaped(&trial.file));
    let head = format!(
        "    <testcase name=\"{name}\" classname=\"{file}\" file=\"{file}\" line=\"{}\"",
        trial.line
    );
    if trial.failures.is_empty() {
        let _ = writeln!(out, "{head}/>");
        return;
    }
    let _ = writeln!(out, "{head}>");
    let messages: Vec<String> = trial.failures.iter().map(message).collect();
    let mut text = String::new();
    for failure in &trial.failures {
        let _ = writeln!(text, "{}", message(failure));
        for line in &failure.because {
            let _ = writeln!(text, "  {line}");
        }
    }
    let _ = writeln!(
        out,
        "      <failure type=\"expectation\" message=\"{}\">{}</failure>",
        escaped(&messages.join("; ")),
        escaped(text.trim_end())
    );
    out.push_str("    </testcase>\n");
}

fn message(failure: &MismatchReport) -> String {
    format!(
        "{}: expected {}, got {}",
        failure.what, failure.expected, failure.got
    )
}

/// Text as it may stand between tags and in quotes. What XML 1.0 has no way to write becomes U+FFFD.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for sign in text.chars() {
        match sign {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&apos;"),
            // In an attribute a line end would be read as a blank.
            '\n' => out.push_str("&#10;"),
            '\r' => out.push_str("&#13;"),
            '\t' => out.push_str("&#9;"),
            '\u{0}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => out.push('\u{fffd}'),
            other => out.push(other),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn says_what_failed_and_escapes_what_xml_takes_for_its_own() {
        let trial = |file: &str, name: &str, failures: Vec<MismatchReport>| TrialReport {
            file: file.to_owned(),
            line: 3,
            name: name.to_owned(),
            passed: failures.is_empty(),
            failures,
        };
        let failure = MismatchReport {
            what: "range",
            expected: "a<b".to_owned(),
            got: "none".to_owned(),
            because: vec!["city = \"Bonn\" & \u{1}".to_owned(), "x".to_owned()],
        };
        let passed = trial("a.test.toml", "it's <b>\u{fc}</b>", Vec::new());
        let trials = [
            passed,
            trial("a.test.toml", "y\nz", vec![failure]),
            trial("b.test.toml", "w", Vec::new()),
        ];
        insta::assert_snapshot!(junit(&trials), @r#"
        <?xml version="1.0" encoding="UTF-8"?>
        <testsuites name="linekeeper rules test" tests="3" failures="1" errors="0">
          <testsuite name="a.test.toml" tests="2" failures="1" errors="0" skipped="0">
            <testcase name="it&apos;s &lt;b&gt;ü&lt;/b&gt;" classname="a.test.toml" file="a.test.toml" line="3"/>
            <testcase name="y&#10;z" classname="a.test.toml" file="a.test.toml" line="3">
              <failure type="expectation" message="range: expected a&lt;b, got none">range: expected a&lt;b, got none&#10;  city = &quot;Bonn&quot; &amp; �&#10;  x</failure>
            </testcase>
          </testsuite>
          <testsuite name="b.test.toml" tests="1" failures="0" errors="0" skipped="0">
            <testcase name="w" classname="b.test.toml" file="b.test.toml" line="3"/>
          </testsuite>
        </testsuites>
        "#);
    }
}
