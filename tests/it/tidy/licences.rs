//! The licences of everything that is built in, against the list in `deny.toml`.

use std::path::Path;
use std::process::Command;

/// Name, version and licence expression of a package.
pub(super) type Package = (String, Option<String>);

/// The identifiers in `[licenses] allow`.
pub(super) fn allowed(deny: &str) -> Vec<String> {
    let section = deny.split("[licenses]").nth(1).unwrap_or_default();
    let list = section.split("allow = [").nth(1).unwrap_or_default();
    let list = list.split(']').next().unwrap_or_default();
    list.split('"')
        .skip(1)
        .step_by(2)
        .map(str::to_owned)
        .collect()
}

/// Every package of other people that is built for this machine, tests and build scripts included.
pub(super) fn packages(root: &Path) -> Vec<Package> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let version = Command::new(&cargo)
        .arg("-vV")
        .output()
        .expect("cargo runs");
    let version = String::from_utf8_lossy(&version.stdout).into_owned();
    let host = version.lines().find_map(|line| line.strip_prefix("host: "));
    // Packages for other machines were never downloaded and cannot be looked at.
    let answer = Command::new(&cargo)
        .current_dir(root)
        .args([
            "metadata",
            "--format-version=1",
            "--locked",
            "--offline",
            "--filter-platform",
        ])
        .arg(host.expect("cargo names its host"))
        .output()
        .expect("cargo runs");
    assert!(
        answer.status.success(),
        "{}",
        String::from_utf8_lossy(&answer.stderr)
    );
    let metadata: serde_json::Value = serde_json::from_slice(&answer.stdout).expect("JSON");
    let packages = metadata["packages"].as_array().expect("a list of packages");
    packages
        .iter()
        .filter(|package| !package["source"].is_null())
        .map(|package| {
            let name = format!("{} {}", text(&package["name"]), text(&package["version"]));
            (name, package["license"].as_str().map(str::to_owned))
        })
        .collect()
}

fn text(value: &serde_json::Value) -> &str {
    value.as_str().unwrap_or_default()
}

/// Packages whose licence is missing, or does not leave a choice within the list.
pub(super) fn outside(packages: &[Package], allowed: &[String]) -> Vec<String> {
    packages
        .iter()
        .filter_map(|(name, licence)| match licence {
            None => Some(format!("{name}: names no licence")),
            Some(licence) if !permits(licence, allowed) => {
                Some(format!("{name}: {licence} is not on the list of deny.toml"))
            }
            Some(_) => None,
        })
        .collect()
}

/// Whether an expression can be fulfilled with allowed licences only. The old `A/B` means `A OR B`.
fn permits(expression: &str, allowed: &[String]) -> bool {
    let spaced = expression
        .replace('/', " OR ")
        .replace('(', " ( ")
        .replace(')', " ) ");
    let mut words = spaced.split_whitespace().peekable();
    let answer = either(&mut words, allowed);
    answer && words.next().is_none()
}

type Words<'a> = std::iter::Peekable<std::str::SplitWhitespace<'a>>;

fn either(words: &mut Words<'_>, allowed: &[String]) -> bool {
    let mut answer = both(words, allowed);
    while words.next_if_eq(&"OR").is_some() {
        // Both sides are read even when the first suffices.
        let other = both(words, allowed);
        answer = answer || other;
    }
    answer
}

fn both(words: &mut Words<'_>, allowed: &[String]) -> bool {
    let mut answer = single(words, allowed);
    while words.next_if_eq(&"AND").is_some() {
        let other = single(words, allowed);
        answer = answer && other;
    }
    answer
}

fn single(words: &mut Words<'_>, allowed: &[String]) -> bool {
    match words.next() {
        Some("(") => {
            let answer = either(words, allowed);
            words.next_if_eq(&")").is_some() && answer
        }
        Some(licence) => {
            let mut name = licence.to_owned();
            if words.next_if_eq(&"WITH").is_some() {
                name = format!("{name} WITH {}", words.next().unwrap_or_default());
            }
            allowed.contains(&name)
        }
        None => false,
    }
}

#[test]
fn licences_outside_the_list_are_found() {
    let list = allowed(
        "[licenses]\nallow = [\n  \"MIT\", # why\n  \"Apache-2.0 WITH LLVM-exception\",\n  \"ISC\",\n]\n",
    );
    assert_eq!(list, ["MIT", "Apache-2.0 WITH LLVM-exception", "ISC"]);
    for (expression, permitted) in [
        ("MIT", true),
        ("GPL-3.0-only", false),
        ("GPL-3.0-only OR MIT", true),
        ("MIT/GPL-3.0", true),
        ("MIT AND GPL-3.0-only", false),
        ("(GPL-2.0 OR MIT) AND ISC", true),
        ("ISC AND (GPL-2.0 OR LGPL-2.1)", false),
        ("Apache-2.0 WITH LLVM-exception", true),
        ("Apache-2.0", false),
        ("", false),
        ("MIT OR", true),
        ("(MIT", false),
    ] {
        assert_eq!(permits(expression, &list), permitted, "{expression}");
    }
    let packages = [
        ("a 1".to_owned(), None),
        ("b 1".to_owned(), Some("MIT".to_owned())),
    ];
    assert_eq!(outside(&packages, &list), ["a 1: names no licence"]);
}
