//! `rules test`: the shipped rules by the shipped tests, and every way in which it can end.

use linekeeper::clock::{Clock, SystemClock};
use linekeeper::reconcile::{LiveRules, Reread};
use linekeeper::rulebook::{LiveRulebook, Source};
use linekeeper::rules::LoadOptions;
use linekeeper::trials::PRODUCTS;
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use tempfile::TempDir;

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// Exit code, standard output, standard error.
fn linekeeper(folder: &Path, arguments: &[&str]) -> (i32, String, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_linekeeper"))
        .args(arguments)
        .current_dir(folder)
        .env_remove("LINEKEEPER_LOG")
        .output()
        .expect("the binary starts");
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let code = output.status.code().expect("it ended by itself");
    (code, text(&output.stdout), text(&output.stderr))
}

const RULES: &str = r#"range "bonn" {
  type direct-routing
  numbers +49 228 5550 100 to 109
  quarantine 1 day
  when city = "Bonn" AND NOT (office starts with "Nord")
}
"#;

const TESTS: &str = r#"[person]
licences = ["SPE_E5"]
[[test]]
name = "Bonn"
person = { city = "Bonn" }
expect = { range = "bonn" }
[[test]]
name = "Köln & <others>"
person = { city = "Köln" }
expect = { range = "bonn" }
"#;

/// A folder `rules` with these files.
fn folder(files: &[(&str, &str)]) -> TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::create_dir(folder.path().join("rules")).expect("a folder");
    for (name, text) in files {
        std::fs::write(folder.path().join("rules").join(name), text).expect("written");
    }
    folder
}

fn usual() -> TempDir {
    folder(&[("a.rules", RULES), ("a.test.toml", TESTS)])
}

#[test]
fn the_shipped_rules_have_tests_with_full_coverage() {
    let arguments = ["rules", "test", "rules", "--coverage-threshold", "100"];
    let (code, out, err) = linekeeper(&root(), &arguments);
    assert_eq!(code, 0, "{out}{err}");
    assert!(out.contains("100 % of the ranges"), "{out}");
    for entry in std::fs::read_dir(root().join("rules")).expect("readable") {
        let path = entry.expect("readable").path();
        if path
            .extension()
            .is_some_and(|extension| extension == "rules")
        {
            let beside = path.with_extension("test.toml");
            assert!(beside.is_file(), "{} is missing", beside.display());
        }
    }
}

#[test]
fn a_failure_is_told_with_what_decided() {
    let folder = usual();
    let (code, out, err) = linekeeper(folder.path(), &["rules", "test", "rules"]);
    assert_eq!((code, err.as_str()), (1, ""));
    insta::assert_snapshot!(out, @r#"
    FAILED rules/a.test.toml:7: Köln & <others>
      range: expected bonn, got none
        bonn (rules/a.rules:1) does not fit:
          when city = "Bonn" AND NOT office starts with "nord"
            fails  city = "Bonn" (it is "Köln")
            fails  office starts with "nord" (it is empty)

    2 tests: 1 passed, 1 failed
    "#);
}

#[test]
fn some_tests_of_some_files_are_run() {
    let folder = usual();
    let ends = |arguments: &[&str]| {
        let (code, out, err) = linekeeper(folder.path(), &[&["rules", "test"], arguments].concat());
        (code, format!("{out}{err}"))
    };
    let passed = (0, "1 test: 1 passed, 0 failed\n".to_owned());
    assert_eq!(ends(&["rules", "--run", "Bonn"]), passed);
    assert_eq!(ends(&["rules/a.test.toml", "--run", "Bonn"]), passed);
    assert_eq!(ends(&["rules/a.rules", "--run", "Bonn"]), passed);
    std::fs::write(
        folder.path().join("linekeeper.toml"),
        "[rules]\npath = \"rules\"\n",
    )
    .expect("written");
    let (code, said) = ends(&["--run", "Bonn"]);
    assert_eq!(code, 0, "{said}");
    let (code, said) = ends(&["rules", "--run", "bonn"]);
    assert_eq!(code, 2, "{said}");
    assert!(said.contains("no test has `bonn` in its name"), "{said}");
    let repository = "[rules]\nrepository = \"https://git.example/rules.git\"\n";
    std::fs::write(folder.path().join("linekeeper.toml"), repository).expect("written");
    let (code, said) = ends(&[]);
    assert_eq!(code, 2, "{said}");
    assert!(said.contains("check it out and name its folder"), "{said}");
    // Another file beside it is not run when one is named.
    std::fs::write(folder.path().join("rules/b.test.toml"), "[[test]]\n").expect("written");
    assert_eq!(ends(&["rules/a.test.toml", "--run", "Bonn"]), passed);
    assert_eq!(ends(&["rules", "--run", "Bonn"]).0, 3);
}

#[test]
fn what_cannot_be_run_is_refused() {
    let ends = |files: &[(&str, &str)], text: &str| {
        let folder = folder(files);
        let (code, out, err) = linekeeper(
            folder.path(),
            &["rules", "test", "rules", "--junit", "x.xml"],
        );
        assert_eq!(out, "");
        assert!(err.contains(text), "{err}");
        assert!(!folder.path().join("x.xml").exists(), "nothing was run");
        code
    };
    assert_eq!(
        ends(&[("a.rules", RULES)], "there is no test file in rules"),
        2
    );
    assert_eq!(
        ends(
            &[("a.test.toml", TESTS)],
            "holds no file that ends in .rules"
        ),
        3
    );
    assert_eq!(
        ends(
            &[("a.rules", "range"), ("a.test.toml", TESTS)],
            "rules/a.rules:1"
        ),
        3
    );
    let wrong = TESTS.replace("range = \"bonn\"", "rang = \"bonn\"");
    assert_eq!(
        ends(
            &[("a.rules", RULES), ("a.test.toml", &wrong)],
            "did you mean `range`?"
        ),
        3
    );
    let (code, ..) = linekeeper(
        usual().path(),
        &["rules", "test", "rules", "--coverage-threshold", "101"],
    );
    assert_eq!(code, 2);
}

#[test]
fn junit_is_written_whether_tests_pass_or_not() {
    let folder = usual();
    let (code, ..) = linekeeper(
        folder.path(),
        &["rules", "test", "rules", "--junit", "x.xml"],
    );
    assert_eq!(code, 1);
    let written = std::fs::read_to_string(folder.path().join("x.xml")).expect("it was written");
    insta::assert_snapshot!(written, @r#"
    <?xml version="1.0" encoding="UTF-8"?>
    <testsuites name="linekeeper rules test" tests="2" failures="1" errors="0">
      <testsuite name="rules/a.test.toml" tests="2" failures="1" errors="0" skipped="0">
        <testcase name="Bonn" classname="rules/a.test.toml" file="rules/a.test.toml" line="3"/>
        <testcase name="Köln &amp; &lt;others&gt;" classname="rules/a.test.toml" file="rules/a.test.toml" line="7">
          <failure type="expectation" message="range: expected bonn, got none">range: expected bonn, got none&#10;  bonn (rules/a.rules:1) does not fit:&#10;    when city = &quot;Bonn&quot; AND NOT office starts with &quot;nord&quot;&#10;      fails  city = &quot;Bonn&quot; (it is &quot;Köln&quot;)&#10;      fails  office starts with &quot;nord&quot; (it is empty)</failure>
        </testcase>
      </testsuite>
    </testsuites>
    "#);
}

#[test]
fn coverage_below_the_threshold_ends_with_1() {
    let folder = usual();
    let ends = |threshold: &str| {
        let arguments = [
            "rules",
            "test",
            "rules",
            "--run",
            "Bonn",
            "--coverage-threshold",
            threshold,
        ];
        let (code, out, _) = linekeeper(folder.path(), &arguments);
        (code, out)
    };
    assert_eq!(ends("50").0, 0);
    let (code, out) = ends("51");
    assert_eq!(code, 1);
    insta::assert_snapshot!(out, @r#"
    1 test: 1 passed, 0 failed
    coverage of rules: 100 % of the ranges (1 of 1), 50 % of the clauses' outcomes (2 of 4)
      rules/a.rules:5: range "bonn": city = "Bonn" never fails
      rules/a.rules:5: range "bonn": office starts with "nord" never holds
    50 % is below the threshold of 51 %
    "#);
}

#[test]
fn the_same_for_programs() {
    let folder = usual();
    let (code, out, _) = linekeeper(
        folder.path(),
        &["--output", "json", "rules", "test", "rules", "--coverage"],
    );
    assert_eq!(code, 1);
    let report: Value = serde_json::from_str(&out).expect("JSON");
    assert_eq!(
        report["summary"],
        serde_json::json!({"tests": 2, "passed": 1, "failed": 1})
    );
    assert_eq!(report["tests"][0]["passed"], true);
    assert_eq!(report["tests"][1]["failures"][0]["what"], "range");
    assert_eq!(report["tests"][1]["failures"][0]["expected"], "bonn");
    assert_eq!(report["coverage"][0]["percent"], 75);
    assert_eq!(
        report["coverage"][0]["ranges"]["missing"],
        serde_json::json!([])
    );
    let clause = &report["coverage"][0]["clauses"]["missing"][0];
    assert_eq!(
        (&clause["in"], &clause["line"]),
        (&"range \"bonn\"".into(), &5.into())
    );
    assert_eq!(report["threshold"], Value::Null);
}

#[test]
fn an_edited_test_is_no_change_of_the_rules() {
    let folder = usual();
    let rules = folder.path().join("rules");
    let clock: Arc<dyn Clock> = Arc::new(SystemClock::default());
    let source = Source::Folder(rules.clone());
    let live = LiveRulebook::open(source, LoadOptions::default(), clock, Box::new(|_| Ok(())));
    let live = live.expect("good rules");
    std::fs::write(rules.join("a.test.toml"), "this is no TOML").expect("written");
    std::fs::write(rules.join("b.test.toml"), TESTS).expect("written");
    assert_eq!(live.look(), Reread::Same);
    assert_eq!(live.problem(), None);
    let (code, out, err) = linekeeper(folder.path(), &["rules", "check", "rules"]);
    assert_eq!(code, 0, "{out}{err}");
}

#[test]
fn the_guide_names_every_product() {
    let guide = std::fs::read_to_string(root().join("docs/rule-tests.md")).expect("readable");
    let words = guide.split_whitespace().collect::<Vec<_>>().join(" ");
    for (part_number, name, ..) in PRODUCTS {
        assert!(
            words.contains(&format!("{name} (`{part_number}`)")),
            "{name} (`{part_number}`)"
        );
    }
}
