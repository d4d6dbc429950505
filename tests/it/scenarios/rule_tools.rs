//! `rules fmt` and `rules explain` over the real binary.

use serde_json::Value;
use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Output, Stdio};

const UNTIDY: &str =
    "range 'a' { type direct-routing # t\n numbers +49 89 5550 1000..1999 quarantine 30 days }\n";
const TIDY: &str = "range \"a\" {\n  type       direct-routing  # t\n  numbers    +49 89 5550 1000 to 1999\n  quarantine 30 days\n}\n";

fn run(folder: &Path, arguments: &[&str], input: Option<&str>) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_linekeeper"))
        .args(arguments)
        .current_dir(folder)
        .env_remove("LINEKEEPER_LOG")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the binary starts");
    let mut stdin = child.stdin.take().expect("piped");
    stdin
        .write_all(input.unwrap_or_default().as_bytes())
        .expect("it is read");
    drop(stdin);
    child.wait_with_output().expect("it ends")
}

fn out(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).expect("UTF-8")
}

#[track_caller]
fn exits(output: &Output, code: i32) {
    assert_eq!(output.status.code(), Some(code), "{output:?}");
}

/// A folder of rules with these files.
fn rules(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    fs::create_dir(folder.path().join("rules")).expect("a folder");
    for (name, text) in files {
        fs::write(folder.path().join("rules").join(name), text).expect("written");
    }
    folder
}

#[test]
fn fmt_rewrites_what_is_not_canonical_and_nothing_else() {
    let folder = rules(&[("1.rules", UNTIDY), ("2.rules", "let a = [\"x\"]\n")]);
    let file = folder.path().join("rules/1.rules");
    let checked = run(folder.path(), &["rules", "fmt", "--check", "rules"], None);
    exits(&checked, 1);
    assert!(
        out(&checked).contains("not canonical: rules/1.rules"),
        "{checked:?}"
    );
    assert_eq!(fs::read_to_string(&file).expect("a file"), UNTIDY);

    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        fs::set_permissions(&file, fs::Permissions::from_mode(0o640)).expect("permitted");
    }
    let done = run(
        folder.path(),
        &["rules", "fmt", "rules", "--output", "json"],
        None,
    );
    exits(&done, 0);
    let report: Value = serde_json::from_str(&out(&done)).expect("JSON");
    assert_eq!(
        report,
        serde_json::json!({"changed": ["rules/1.rules"], "canonical": ["rules/2.rules"], "errors": [], "written": true})
    );
    assert_eq!(fs::read_to_string(&file).expect("a file"), TIDY);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = fs::metadata(&file).expect("a file").permissions().mode();
        assert_eq!(mode & 0o777, 0o640);
    }
    let left = fs::read_dir(folder.path().join("rules")).expect("a folder");
    assert_eq!(left.count(), 2, "nothing is left beside the files");
    exits(
        &run(folder.path(), &["rules", "fmt", "--check", "rules"], None),
        0,
    );
}

#[test]
fn fmt_leaves_files_with_errors_and_tells_the_errors() {
    let wrong = "range 'b' { type direct-routing numbers 089 quarantine 30 days }\n";
    let folder = rules(&[("1.rules", UNTIDY), ("2.rules", wrong)]);
    let read =
        |name: &str| fs::read_to_string(folder.path().join("rules").join(name)).expect("a file");
    let done = run(folder.path(), &["rules", "fmt", "rules"], None);
    exits(&done, 3);
    assert!(out(&done).contains("number-without-plus"), "{done:?}");
    assert_eq!(
        (read("1.rules").as_str(), read("2.rules").as_str()),
        (TIDY, wrong)
    );
    exits(
        &run(folder.path(), &["rules", "fmt", "rules/1.rules"], None),
        0,
    );
    exits(
        &run(folder.path(), &["rules", "fmt", "rules/2.rules"], None),
        3,
    );
    exits(&run(folder.path(), &["rules", "fmt", "nowhere"], None), 3);
}

#[test]
fn fmt_knows_the_other_files_of_the_folder() {
    let user = "range 'a' { type direct-routing numbers +49 89 5550 1000 quarantine 1 day when city in towns }\n";
    let folder = rules(&[("1.rules", "let towns = [\"Bonn\"]\n"), ("2.rules", user)]);
    let done = run(folder.path(), &["rules", "fmt", "rules/2.rules"], None);
    exits(&done, 0);
    assert!(
        out(&done).contains("1 formatted, 0 canonical already, 0 errors"),
        "{done:?}"
    );
}

#[cfg(unix)]
#[test]
fn fmt_follows_links_and_keeps_them() {
    let folder = rules(&[]);
    fs::write(folder.path().join("real.txt"), UNTIDY).expect("written");
    let link = folder.path().join("rules/1.rules");
    std::os::unix::fs::symlink("../real.txt", &link).expect("a link");
    exits(&run(folder.path(), &["rules", "fmt", "rules"], None), 0);
    assert!(fs::symlink_metadata(&link).expect("a link").is_symlink());
    let real = fs::read_to_string(folder.path().join("real.txt")).expect("a file");
    assert_eq!(real, TIDY);
}

#[test]
fn fmt_serves_editors_over_standard_input() {
    let folder = rules(&[]);
    let done = run(folder.path(), &["rules", "fmt", "-"], Some(UNTIDY));
    exits(&done, 0);
    assert_eq!(out(&done), TIDY);
    exits(
        &run(
            folder.path(),
            &["rules", "fmt", "-", "--check"],
            Some(UNTIDY),
        ),
        1,
    );
    exits(
        &run(folder.path(), &["rules", "fmt", "-", "--check"], Some(TIDY)),
        0,
    );
    let wrong = run(
        folder.path(),
        &["rules", "fmt", "-"],
        Some("let a = [\"x\""),
    );
    exits(&wrong, 3);
    assert_eq!(out(&wrong), "");
}

#[test]
fn explain_knows_every_code() {
    let folder = rules(&[]);
    let explain = |arguments: &[&str]| {
        let all: Vec<&str> = ["rules", "explain"]
            .iter()
            .chain(arguments)
            .copied()
            .collect();
        run(folder.path(), &all, None)
    };
    let page = explain(&["missing-quotes"]);
    exits(&page, 0);
    for said in [
        "missing-quotes (error)",
        "Wrong:",
        "when city = Bonn",
        "when city = \"Bonn\"",
    ] {
        assert!(out(&page).contains(said), "{said} in {}", out(&page));
    }
    let list = explain(&[]);
    exits(&list, 0);
    let codes: Vec<&str> = linekeeper::rules::CODES
        .iter()
        .map(|page| page.code)
        .collect();
    let text = out(&list);
    let listed: Vec<&str> = text
        .lines()
        .filter_map(|line| line.split(' ').next())
        .collect();
    assert_eq!(listed, codes);
    let unknown = explain(&["mising-quotes"]);
    exits(&unknown, 2);
    let said = String::from_utf8_lossy(&unknown.stderr).into_owned();
    assert!(said.contains("did you mean `missing-quotes`?"), "{said}");
    let object: Value =
        serde_json::from_str(&out(&explain(&["syntax", "--output", "json"]))).expect("JSON");
    assert_eq!(object["severity"], "error");
}
