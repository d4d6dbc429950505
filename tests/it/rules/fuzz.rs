//! Hostile files: whatever stands in them, an answer without a panic, and in time that grows with the file only.

use super::source;
use linekeeper::rules::{LoadOptions, SourceFile, format, load};
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// Nothing that is mutated here may take longer, in a build without optimisation on a busy machine.
const LONGEST: Duration = Duration::from_secs(20);

/// A sequence that looks random and is the same in every run.
struct Sequence(u64);

impl Sequence {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn below(&mut self, bound: usize) -> usize {
        (self.next() % bound.max(1) as u64) as usize
    }
}

/// Reads and formats the bytes, and formats what came of it once more.
fn feed(bytes: &[u8]) {
    let file = SourceFile {
        name: "a.rules".into(),
        bytes: bytes.to_vec(),
    };
    let begun = Instant::now();
    let outcome = load(std::slice::from_ref(&file), LoadOptions { groups: true });
    let ends = bytes.iter().filter(|byte| matches!(byte, b'\n' | b'\r'));
    let lines = ends.count() + 1;
    for diagnostic in outcome.as_ref().err().into_iter().flatten().take(20) {
        assert!(!diagnostic.render(false).is_empty());
        // In UTF-16 the line ends are others.
        let is_text = std::str::from_utf8(bytes).is_ok();
        assert!(!is_text || diagnostic.line <= lines, "{diagnostic:?}");
    }
    if let Ok(once) = format(&file) {
        let again =
            format(&source("a.rules", &once)).unwrap_or_else(|_| panic!("not canonical:\n{once}"));
        assert_eq!(again, once, "from {}", String::from_utf8_lossy(bytes));
        if let Ok(loaded) = outcome {
            let after = load(&[source("a.rules", &once)], LoadOptions { groups: true });
            let after = after.unwrap_or_else(|_| panic!("not readable any more:\n{once}"));
            assert_eq!(after.rule_set.digest(), loaded.rule_set.digest(), "{once}");
        }
    }
    let taken = begun.elapsed();
    assert!(
        taken < LONGEST,
        "{taken:?} for {}",
        String::from_utf8_lossy(bytes)
    );
}

fn files(folder: &Path, ending: &str, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            files(&path, ending, found);
        } else if path
            .extension()
            .is_some_and(|extension| extension == ending)
        {
            found.push(path);
        }
    }
}

/// Rule files, good and wrong, to begin with.
fn seeds() -> Vec<Vec<u8>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut paths = Vec::new();
    files(&root.join("rules"), "rules", &mut paths);
    files(&root.join("tests/data"), "rules", &mut paths);
    files(&root.join("tests/data/wrong-rules"), "txt", &mut paths);
    paths.sort();
    assert!(paths.len() > 8, "the seeds were not found");
    let read = |path: &PathBuf| fs::read(path).expect("a seed");
    let whole: Vec<Vec<u8>> = paths.iter().map(read).collect();
    // The entries of the corpus one by one: small files reach more.
    let parts = whole.iter().flat_map(|bytes| {
        let text = String::from_utf8_lossy(bytes).into_owned();
        let parts: Vec<Vec<u8>> = text
            .split("\n\n")
            .map(|part| part.as_bytes().to_vec())
            .collect();
        parts
    });
    parts.collect()
}

#[test]
fn random_bytes_are_answered() {
    let mut random = Sequence(0x5EED);
    for _ in 0..400 {
        let length = random.below(200);
        let bytes: Vec<u8> = (0..length).map(|_| random.next() as u8).collect();
        feed(&bytes);
        let text: String = bytes.iter().map(|byte| char::from(byte % 128)).collect();
        feed(text.as_bytes());
    }
}

#[test]
fn mutated_rule_files_are_answered() {
    let seeds = seeds();
    let mut random = Sequence(0xC0FFEE);
    for _ in 0..1_500 {
        let mut bytes = seeds[random.below(seeds.len())].clone();
        for _ in 0..=random.below(4) {
            mutate(&mut bytes, &seeds, &mut random);
        }
        feed(&bytes);
    }
}

fn mutate(bytes: &mut Vec<u8>, seeds: &[Vec<u8>], random: &mut Sequence) {
    let at = random.below(bytes.len() + 1);
    let end = (at + random.below(12)).min(bytes.len());
    match random.below(7) {
        0 => bytes.truncate(at),
        1 => drop(bytes.drain(at..end)),
        2 => {
            let piece = bytes[at..end].to_vec();
            let to = random.below(bytes.len() + 1);
            bytes.splice(to..to, piece);
        }
        3 => {
            let other = &seeds[random.below(seeds.len())];
            let from = random.below(other.len() + 1);
            let piece = other[from..].to_vec();
            bytes.splice(at..at, piece);
        }
        4 => bytes.insert(at, random.next() as u8),
        5 => {
            let signs = [
                "\"", "'", "(", ")", "{", "}", "[", "]", ",", "#", "\n", "–", "„", "when", "AND",
                "\u{0}", "+",
            ];
            let sign = signs[random.below(signs.len())].bytes();
            bytes.splice(at..at, sign);
        }
        _ => {
            if let Some(byte) = bytes.get_mut(at) {
                *byte ^= 1 << random.below(8);
            }
        }
    }
}

const SOUP: [&str; 60] = [
    "range",
    "\"a\"",
    "{",
    "}",
    "type",
    "direct-routing",
    "numbers",
    "+49 89 5550 1000",
    "to",
    "1999",
    "when",
    "city",
    "=",
    "'Bonn'",
    "AND",
    "OR",
    "NOT",
    "(",
    ")",
    "[",
    "]",
    "IN",
    ",",
    "let",
    "alias",
    "x",
    "defaults",
    "policy",
    "location",
    "country",
    "operator",
    "unlisted",
    "reserve",
    "scope",
    "exclude",
    "\n",
    "# c\n",
    "\"",
    "„",
    "–",
    "..",
    "from",
    "2027-01-01",
    "30",
    "days",
    "%",
    "\\",
    "é\u{300}",
    "$_",
    ".",
    "user",
    "-like",
    "startswith",
    "und",
    "O",
    "00",
    "@",
    ";",
    ":",
    "\u{2028}",
];

#[test]
fn soups_of_tokens_are_answered() {
    // Found once: a stray block inside a statement that never ends.
    feed("range { let – {".as_bytes());
    let mut random = Sequence(0xBEEF);
    for _ in 0..1_500 {
        let length = random.below(40);
        let tokens: Vec<&str> = (0..length)
            .map(|_| SOUP[random.below(SOUP.len())])
            .collect();
        feed(
            tokens
                .join(if random.below(3) == 0 { "" } else { " " })
                .as_bytes(),
        );
        let inside = format!(
            "range \"a\" {{ type direct-routing numbers +49 89 5550 1000 when {} }}",
            tokens.join(" ")
        );
        feed(inside.as_bytes());
    }
}

#[test]
fn brackets_and_other_nesting_is_an_error_and_no_overflow() {
    let deep = |open: &str, close: &str| {
        format!(
            "scope when {} city = \"A\" {}",
            open.repeat(10_000),
            close.repeat(10_000)
        )
    };
    for text in [
        deep("(", ")"),
        deep("NOT (", ")"),
        deep("(", ""),
        deep("[", "]"),
        deep("{", "}"),
        deep("startswith(", ")"),
        deep("not ", ""),
    ] {
        feed(text.as_bytes());
    }
    let errors = load(
        &[source("a.rules", &deep("(", ")"))],
        LoadOptions::default(),
    )
    .expect_err("too deep");
    assert_eq!(errors[0].code, "too-deep");
}

#[test]
fn ten_megabytes_are_answered() {
    let much = "x".repeat(10 << 20);
    for text in [
        format!("# {much}"),
        format!("let a = [\"{much}\"]"),
        format!("scope when {much}"),
        format!("let a = [\"{much}"),
        "(".repeat(2 << 20),
        "\n".repeat(10 << 20),
    ] {
        let begun = Instant::now();
        let _ = load(&[source("a.rules", &text)], LoadOptions::default());
        let taken = begun.elapsed();
        assert!(taken < 3 * LONGEST, "{taken:?} for {}…", &text[..20]);
    }
}

/// How long it takes to read and format a text, the best of three attempts.
fn time(text: &str) -> Duration {
    let file = source("a.rules", text);
    let attempt = || {
        let begun = Instant::now();
        let loaded = load(std::slice::from_ref(&file), LoadOptions::default()).is_ok();
        let formatted = format(&file).is_ok();
        std::hint::black_box((loaded, formatted));
        begun.elapsed()
    };
    attempt().min(attempt()).min(attempt())
}

/// Four times the text may take a little more than four times as long, not sixteen times.
#[track_caller]
fn grows_with_the_file(what: &str, text: impl Fn(usize) -> String, small: usize) {
    let (short, long) = (time(&text(small)), time(&text(4 * small)));
    let bound = short * 12 + Duration::from_millis(200);
    assert!(
        long < bound,
        "{what}: {small} take {short:?}, four times as many {long:?}"
    );
}

#[test]
fn time_grows_with_the_file_and_not_with_its_square() {
    let lines =
        |line: fn(usize) -> String| move |count: usize| (0..count).map(line).collect::<String>();
    grows_with_the_file(
        "ranges",
        lines(|at| {
            let number = 4_989_000_000_000_u64 + 100 * at as u64;
            format!(
                "range \"r{at}\" {{ type direct-routing quarantine 1 day numbers +{number} to 99 when city = \"C{at}\" }}\n"
            )
        }),
        1_500,
    );
    grows_with_the_file(
        "errors",
        lines(|at| format!("exclude \"x\" when city{at} LIKE 'A%' UND\n")),
        1_500,
    );
    grows_with_the_file(
        "comments",
        lines(|at| format!("# comment {at}\nlet l{at} = [ # c\n \"x\", # d\n]\n")),
        1_500,
    );
    let numbers = |count: usize| {
        let each: Vec<String> = (0..count)
            .map(|at| format!("+{}", 4_989_000_000_000_u64 + 2 * at as u64))
            .collect();
        format!(
            "range \"a\" {{ type direct-routing quarantine 1 day numbers {} }}",
            each.join(", ")
        )
    };
    grows_with_the_file("numbers of one range", numbers, 4_000);
    let chain = |count: usize| {
        let each: Vec<String> = (0..count).map(|at| format!("city = \"C{at}\"")).collect();
        format!("scope when {}", each.join(" OR "))
    };
    grows_with_the_file("tests of one condition", chain, 4_000);
    let list = |count: usize| {
        let each: Vec<String> = (0..count).map(|at| format!("\"C{at}\"")).collect();
        format!("let a = [{}]", each.join(", "))
    };
    grows_with_the_file("texts of one list", list, 10_000);
    grows_with_the_file(
        "words without meaning",
        |count| "word ( { \"x\" } ) ".repeat(count),
        4_000,
    );
    grows_with_the_file(
        "one open text",
        |count| format!("let a = [\"{}", "x".repeat(20 * count)),
        20_000,
    );
}
