//! The manifest and the migrations.

/// Dependencies without a comment that says what they are for. A companion may share the comment of the crate it
/// stands below and whose name it begins with, as `pest_derive` that of `pest`.
pub(super) fn without_reason(manifest: &str) -> Vec<String> {
    let mut complaints = Vec::new();
    let mut inside = false;
    let mut previous = "";
    let mut reason_for = String::new();
    for line in manifest.lines().map(str::trim) {
        if line.starts_with('[') {
            inside = line.ends_with("dependencies]");
        } else if inside && !line.is_empty() && !line.starts_with('#') {
            let name = line.split(['=', '.', ' ']).next().unwrap_or_default();
            if previous.starts_with('#') {
                reason_for = name.to_owned();
            } else if reason_for.is_empty() || !name.starts_with(&reason_for) {
                complaints.push(format!("Cargo.toml: no comment says what {name} is for"));
            }
        }
        previous = line;
    }
    complaints
}

/// Migrations must be numbered from 1 without a gap and say what they do: `0001_users.sql`.
pub(super) fn badly_named(names: &[String]) -> Vec<String> {
    let fits = |(place, name): (usize, &String)| {
        let (number, rest) = name.split_once('_')?;
        let words = rest.strip_suffix(".sql")?;
        let good = number.len() == 4
            && number.parse() == Ok(place + 1)
            && !words.is_empty()
            && words
                .bytes()
                .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_');
        good.then_some(())
    };
    names
        .iter()
        .enumerate()
        .filter(|entry| fits(*entry).is_none())
        .map(|(place, name)| {
            format!(
                "migrations: {name} should be {:04}_<what it does>.sql",
                place + 1
            )
        })
        .collect()
}

#[test]
fn missing_reasons_and_bad_names_are_found() {
    let manifest = "[package]\nname = \"x\"\n[dependencies]\n# Grammar.\npest = \"2\"\npest_derive = \"2\"\nserde = \"1\"\n\
                    [dev-dependencies]\ninsta = \"1\"\n[profile.dev]\ndebug = 1\n";
    assert_eq!(
        without_reason(manifest),
        [
            "Cargo.toml: no comment says what serde is for",
            "Cargo.toml: no comment says what insta is for"
        ]
    );
    let names = |names: &[&str]| names.iter().map(ToString::to_string).collect::<Vec<_>>();
    assert!(badly_named(&names(&["0001_users.sql", "0002_numbers_2.sql"])).is_empty());
    for bad in [
        "1_users.sql",
        "0002_users.sql",
        "0001_.sql",
        "0001_Users.sql",
        "0001.sql",
    ] {
        assert_eq!(badly_named(&names(&[bad])).len(), 1, "{bad}");
    }
}
