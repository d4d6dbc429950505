//! Test files that we show or hand out pass beside their rules.

use super::markdown::blocks;
use super::read;
use linekeeper::simulator::{SAMPLE_RULES, SAMPLE_TESTS};
use std::process::Command;

/// Rules, and the tests beside them.
fn pairs() -> Vec<(String, String)> {
    let page = read("docs/cookbook.md");
    let blocks = blocks(&page);
    let tests = blocks
        .iter()
        .filter(|block| block.info == ["toml"] && block.text.contains("[[test]]"));
    let of_page = tests.map(|test| {
        let of_section = blocks
            .iter()
            .find(|block| block.section == test.section && block.info == ["rules"]);
        let rules = of_section.unwrap_or_else(|| panic!("{}: no rules", test.section));
        (rules.text.clone(), test.text.clone())
    });
    let mut all: Vec<(String, String)> = of_page.collect();
    assert!(!all.is_empty(), "the cookbook shows no test file");
    all.push((SAMPLE_RULES.to_owned(), SAMPLE_TESTS.to_owned()));
    all
}

#[test]
fn test_files_pass_beside_their_rules() {
    for (rules, tests) in pairs() {
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::write(folder.path().join("a.rules"), rules).expect("written");
        std::fs::write(folder.path().join("a.test.toml"), &tests).expect("written");
        let run = Command::new(env!("CARGO_BIN_EXE_linekeeper"))
            .args(["rules", "test"])
            .arg(folder.path())
            .output()
            .expect("the binary starts");
        let said = String::from_utf8_lossy(&run.stdout);
        assert!(run.status.success(), "{tests}\n{said}{run:?}");
    }
}
