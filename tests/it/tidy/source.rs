//! A source file, and what is left of it without comments, texts and tests.

use super::root;
use std::path::Path;

/// One file.
pub(super) struct Source {
    /// From the root, with slashes.
    pub(super) path: String,
    /// As it is.
    pub(super) text: String,
    /// With comments and literals blanked; the lines stay where they are.
    pub(super) code: String,
}

impl Source {
    pub(super) fn new(path: &str, text: &str) -> Self {
        Self {
            path: path.to_owned(),
            text: text.to_owned(),
            code: blanked(text),
        }
    }

    /// The code without the tests at its end; nothing of a file of tests.
    pub(super) fn shipped(&self) -> &str {
        if self.path.ends_with("/tests.rs") || self.path.contains("/tests/") {
            return "";
        }
        let end = self
            .code
            .find("#[cfg(test)]\nmod ")
            .unwrap_or(self.code.len());
        &self.code[..end]
    }

    /// `src/plan/guard.rs` is `["plan", "guard"]`, `src/plan/mod.rs` is `["plan"]`, `src/lib.rs` is empty.
    pub(super) fn module(&self) -> Vec<&str> {
        let inner = self.path.strip_prefix("src/").unwrap_or(&self.path);
        let inner = inner.strip_suffix(".rs").unwrap_or(inner);
        let mut parts: Vec<&str> = inner.split('/').collect();
        if matches!(parts.last(), Some(&("mod" | "lib" | "main"))) {
            parts.pop();
        }
        parts
    }
}

/// All Rust files below a folder, in order.
pub(super) fn sources(folder: &str) -> Vec<Source> {
    let mut found = Vec::new();
    collect(&root().join(folder), folder, &mut found);
    found.sort_by(|a, b| a.path.cmp(&b.path));
    found
}

fn collect(folder: &Path, name: &str, found: &mut Vec<Source>) {
    for entry in std::fs::read_dir(folder).expect("the folder is readable") {
        let entry = entry.expect("the folder is readable");
        let path = format!("{name}/{}", entry.file_name().to_string_lossy());
        if entry.path().is_dir() {
            collect(&entry.path(), &path, found);
        } else if path.ends_with(".rs") {
            let text = std::fs::read_to_string(entry.path()).expect("sources are UTF-8");
            found.push(Source::new(&path, &text));
        }
    }
}

/// Blanks comments, texts and characters.
fn blanked(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let skipped = literal_or_comment(rest, out.chars().next_back());
        if skipped == 0 {
            out.push(first);
            rest = &rest[first.len_utf8()..];
        } else {
            let (literal, after) = rest.split_at(skipped);
            out.extend(
                literal
                    .chars()
                    .map(|sign| if sign == '\n' { sign } else { ' ' }),
            );
            rest = after;
        }
    }
    out
}

/// How many bytes of a comment, text or character the rest begins with; 0 if it begins with none.
fn literal_or_comment(rest: &str, before: Option<char>) -> usize {
    if rest.starts_with("//") {
        return rest.find('\n').unwrap_or(rest.len());
    }
    if rest.starts_with("/*") {
        return rest.find("*/").map_or(rest.len(), |end| end + 2);
    }
    let in_word = before.is_some_and(|sign| sign.is_alphanumeric() || sign == '_');
    if let Some(raw) = rest
        .strip_prefix('r')
        .filter(|_| !in_word || before == Some('b'))
    {
        let hashes = raw.len() - raw.trim_start_matches('#').len();
        if raw[hashes..].starts_with('"') {
            let close = format!("\"{}", "#".repeat(hashes));
            let start = 1 + hashes + 1;
            return rest[start..]
                .find(&close)
                .map_or(rest.len(), |end| start + end + close.len());
        }
    }
    let quote = match rest.as_bytes() {
        [b'"', ..] => b'"',
        [b'\'', b'\\', ..] => b'\'',
        // A character, not a lifetime: the next sign but one closes it.
        [b'\'', ..] if rest.chars().nth(2) == Some('\'') => b'\'',
        _ => return 0,
    };
    let mut escaped = false;
    for (place, byte) in rest.bytes().enumerate().skip(1) {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            _ if byte == quote => return place + 1,
            _ => {}
        }
    }
    rest.len()
}

#[test]
fn comments_and_literals_are_blanked_and_nothing_else() {
    for (text, code) in [
        ("a // b\nc", "a\nc"),
        ("a /* b\n */ c", "a\nc"),
        (r#"f("x // y", 'z', '\'', "\"q")"#, "f(,,,)"),
        ("f(r#\"a \" b\"#, br\"c\", for_r)", "f(,b,for_r)"),
        ("fn f<'a>(x: &'a str)", "fnf<'a>(x:&'astr)"),
        ("'ü' ' ' x", "x"),
    ] {
        let blanked = blanked(text);
        assert_eq!(blanked.replace(' ', ""), code, "{text}");
        assert_eq!(blanked.matches('\n').count(), text.matches('\n').count());
    }
    let source = Source::new("src/a/b.rs", "fn f() {}\n#[cfg(test)]\nmod tests { }\n");
    assert_eq!(source.shipped(), "fn f() {}\n");
    assert_eq!(source.module(), ["a", "b"]);
    assert_eq!(Source::new("src/a/mod.rs", "").module(), ["a"]);
    assert!(Source::new("src/lib.rs", "").module().is_empty());
}
