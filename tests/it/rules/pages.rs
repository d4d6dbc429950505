//! Every code that an error or a warning can bear has a page, and its examples are true.

use super::rendered;
use linekeeper::rules::{
    CODES, CodePage, Diagnostic, LoadOptions, SourceFile, code_page, load, nearest_code,
};
use std::collections::BTreeSet;
use std::path::Path;

fn found(bytes: Vec<u8>, options: LoadOptions) -> Vec<Diagnostic> {
    let file = SourceFile {
        name: "a.rules".into(),
        bytes,
    };
    match load(&[file], options) {
        Ok(loaded) => loaded.warnings,
        Err(found) => found,
    }
}

/// The wrong example as it is read: some faults lie in bytes, or in their number.
fn wrong(page: &CodePage) -> Vec<u8> {
    let text = page.wrong_file();
    match page.code {
        "utf-16" => text.encode_utf16().flat_map(u16::to_le_bytes).collect(),
        "not-utf-8" => text
            .chars()
            .map(|c| u8::try_from(u32::from(c)).unwrap_or(b'?'))
            .collect(),
        "nul-byte" => text.replace('␀', "\0").into_bytes(),
        "too-large" => vec![b'#'; (257 << 20) + 1],
        "too-many-findings" => text.repeat(1_001).into_bytes(),
        "too-many-patterns" => {
            let each = |at: usize| text.replace("\"0\"", &format!("\"{at}\""));
            (0..2_001).map(each).collect::<String>().into_bytes()
        }
        _ => text.into_bytes(),
    }
}

#[test]
fn the_wrong_example_of_every_page_brings_its_code_about_and_the_right_one_nothing() {
    for page in CODES {
        let groups = LoadOptions {
            groups: page.code != "groups-not-read",
        };
        let bad = found(wrong(page), groups);
        let codes: BTreeSet<&str> = bad.iter().map(|found| found.code).collect();
        let also = match page.code {
            "too-many-findings" => "unknown-attribute",
            _ => page.code,
        };
        let expected = BTreeSet::from([page.code, also]);
        assert_eq!(
            codes,
            expected,
            "{}\n{}",
            page.code,
            rendered(&bad[..bad.len().min(3)])
        );
        let severe = bad.iter().find(|found| found.code == page.code);
        assert_eq!(
            severe.map(|found| found.severity),
            Some(page.severity),
            "{}",
            page.code
        );
        let good = found(page.right_file().into_bytes(), groups);
        assert!(good.is_empty(), "{}\n{}", page.code, rendered(&good));
    }
}

#[test]
fn pages_are_in_order_and_found() {
    let codes: Vec<&str> = CODES.iter().map(|page| page.code).collect();
    assert!(codes.is_sorted_by(|a, b| a < b), "{codes:?}");
    assert!(codes.len() > 70);
    assert_eq!(code_page("syntax").map(|page| page.code), Some("syntax"));
    assert_eq!(code_page("nothing"), None);
    assert_eq!(nearest_code("mising-quote"), Some("missing-quotes"));
    assert_eq!(nearest_code("something-else"), None);
}

/// Words with hyphens that the sources of the language hold and that are no codes.
const NO_CODES: [&str; 16] = [
    "kebab-case",
    "port-in",
    "direct-routing",
    "low-stock",
    "keep-free",
    "deleted-grace",
    "longest-idle",
    "by-rule",
    "by-hand",
    "after-upload",
    "release-first",
    "in-place",
    "is-not",
    "e-mail",
    "pays-bas",
    "utf-8",
];

/// Besides this, every code that any test brings about is checked for a page as it is reported.
#[test]
fn every_code_in_the_sources_has_a_page() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/rules");
    let mut seen = 0;
    for file in std::fs::read_dir(folder).expect("the sources") {
        let path = file.expect("a file").path();
        let name = path
            .file_name()
            .expect("a name")
            .to_string_lossy()
            .into_owned();
        // Tables of words and pages hold no codes of their own.
        let is_table =
            ["codes_table.rs", "synonyms.rs", "mend_phrases.rs"].contains(&name.as_str());
        if is_table || !name.ends_with(".rs") {
            continue;
        }
        let text = std::fs::read_to_string(&path).expect("a source");
        let code = text
            .split("#[cfg(test)]\nmod tests")
            .next()
            .unwrap_or_default();
        for literal in code.split('"').skip(1).step_by(1) {
            let is_word = literal.contains('-')
                && literal.starts_with(|c: char| c.is_ascii_lowercase())
                && literal.ends_with(|c: char| c.is_ascii_alphanumeric())
                && literal
                    .chars()
                    .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-');
            if is_word && !NO_CODES.contains(&literal) {
                seen += 1;
                assert!(
                    code_page(literal).is_some(),
                    "{name}: `rules explain {literal}` has no page"
                );
            }
        }
    }
    assert!(seen > 60, "the codes were not found");
}
