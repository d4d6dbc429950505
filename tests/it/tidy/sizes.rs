//! How long a file and a function may be.

use super::source::Source;

const FILE: usize = 400;
const FUNCTION: usize = 50;

/// Files that may be longer, with the reason; tables of data only.
const LONG_FILES: &[(&str, &str)] = &[(
    "src/rules/codes_table.rs",
    "the pages of all codes, nothing but data",
)];

/// Files beyond the limit, and exceptions that are none any more.
pub(super) fn long_files(source: &Source) -> Vec<String> {
    let lines = source.text.lines().count();
    let excused = LONG_FILES.iter().any(|(path, _)| *path == source.path);
    match (lines > FILE, excused) {
        (true, false) => vec![format!("{}: {lines} lines, more than {FILE}", source.path)],
        (false, true) => vec![format!(
            "{}: short again, take it off the list",
            source.path
        )],
        _ => Vec::new(),
    }
}

/// Functions beyond the limit, signature included; those of tests may hold long tables.
pub(super) fn long_functions(source: &Source) -> Vec<String> {
    let code = source.shipped();
    let mut complaints = Vec::new();
    for (place, word) in code.match_indices("fn ") {
        let begins = code[..place]
            .chars()
            .next_back()
            .is_none_or(|sign| sign.is_whitespace() || sign == '(');
        let name: String = code[place + word.len()..]
            .chars()
            .take_while(|sign| sign.is_alphanumeric() || *sign == '_')
            .collect();
        if !begins || name.is_empty() {
            continue;
        }
        let lines = body(&code[place..]).lines().count();
        if lines > FUNCTION {
            let line = 1 + code[..place].matches('\n').count();
            complaints.push(format!(
                "{}:{line}: fn {name} has {lines} lines, more than {FUNCTION}",
                source.path
            ));
        }
    }
    complaints
}

/// From `fn` to its closing brace, or to the semicolon of a function without body.
fn body(code: &str) -> &str {
    let mut depth = 0_usize;
    let mut brackets = 0_usize;
    for (place, sign) in code.char_indices() {
        match sign {
            '(' | '[' => brackets += 1,
            ')' | ']' => brackets = brackets.saturating_sub(1),
            '{' => depth += 1,
            '}' => {
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    return &code[..=place];
                }
            }
            ';' if depth == 0 && brackets == 0 => return &code[..=place],
            _ => {}
        }
    }
    code
}

#[test]
fn long_files_and_functions_are_found() {
    let file = |lines: usize| Source::new("src/a.rs", &"//\n".repeat(lines));
    assert!(long_files(&file(FILE)).is_empty());
    assert_eq!(long_files(&file(FILE + 1)).len(), 1);
    let function = |lines: usize| {
        let filler = "    let x = [0; 3]; // }\n".repeat(lines - 2);
        let text = format!(
            "trait T {{\n    fn short(&self);\n}}\nfn long() {{\n{filler}}}\nfn f() {{}}\n"
        );
        long_functions(&Source::new("src/a.rs", &text))
    };
    assert!(function(FUNCTION).is_empty());
    assert_eq!(
        function(FUNCTION + 1),
        ["src/a.rs:4: fn long has 51 lines, more than 50"]
    );
}
