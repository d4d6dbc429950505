//! What the tests read out of a page: fenced blocks, tables, and the pieces of code in a cell.

/// A fenced block.
#[derive(Debug)]
pub(super) struct Block {
    /// The words behind the fence, the language first.
    pub(super) info: Vec<String>,
    /// The heading under which it stands.
    pub(super) section: String,
    /// What is inside.
    pub(super) text: String,
    /// Line of the fence, from 1.
    pub(super) line: usize,
}

/// A table, without the line of dashes.
#[derive(Debug)]
pub(super) struct Table {
    /// The heading under which it stands.
    pub(super) section: String,
    /// The cells of its first row.
    pub(super) head: Vec<String>,
    /// The cells of every other row.
    pub(super) rows: Vec<Vec<String>>,
}

/// All fenced blocks of a page.
pub(super) fn blocks(page: &str) -> Vec<Block> {
    let mut all: Vec<Block> = Vec::new();
    let mut open = false;
    let mut section = String::new();
    for (line, text) in (1..).zip(page.lines()) {
        match (text.strip_prefix("```"), open) {
            (Some(_), true) => open = false,
            (Some(info), false) => {
                open = true;
                all.push(Block {
                    info: info.split_whitespace().map(str::to_owned).collect(),
                    section: section.clone(),
                    text: String::new(),
                    line,
                });
            }
            (None, true) => {
                if let Some(block) = all.last_mut() {
                    block.text.push_str(text);
                    block.text.push('\n');
                }
            }
            (None, false) => section = heading(text).map_or(section, str::to_owned),
        }
    }
    assert!(!open, "a block is not closed");
    all
}

/// All tables of a page.
pub(super) fn tables(page: &str) -> Vec<Table> {
    let mut all: Vec<Table> = Vec::new();
    let (mut section, mut before, mut fenced) = (String::new(), "", false);
    for text in page.lines() {
        fenced ^= text.starts_with("```");
        if !fenced && text.starts_with('|') {
            let is_rule = text.chars().all(|sign| "|-: ".contains(sign));
            match (before.starts_with('|'), all.last_mut()) {
                (true, Some(table)) if !is_rule => table.rows.push(cells(text)),
                (true, Some(_)) => {}
                _ => all.push(Table {
                    section: section.clone(),
                    head: cells(text),
                    rows: Vec::new(),
                }),
            }
        }
        section = heading(text)
            .filter(|_| !fenced)
            .map_or(section, str::to_owned);
        before = text;
    }
    all
}

/// The pieces of code in a text: what stands between backticks.
pub(super) fn code(text: &str) -> Vec<String> {
    let parts = text.split('`').skip(1).step_by(2);
    parts.map(str::to_owned).collect()
}

/// Everything of a page that is code: its blocks, and what stands between backticks in the prose and the tables.
pub(super) fn all_code(page: &str) -> String {
    let blocks: String = blocks(page).into_iter().map(|block| block.text).collect();
    let mut fenced = false;
    let prose = page.lines().filter(|line| {
        fenced ^= line.starts_with("```");
        !fenced && !line.starts_with("```")
    });
    let inline: Vec<String> = prose.flat_map(code).collect();
    format!("{blocks}\n{}", inline.join("\n"))
}

fn heading(line: &str) -> Option<&str> {
    let text = line.trim_start_matches('#');
    (text.len() < line.len()).then(|| text.trim())
}

/// The cells of a row; `\|` is a sign inside a cell.
fn cells(row: &str) -> Vec<String> {
    let plain = row.trim().trim_matches('|').replace("\\|", "\u{1}");
    let cells = plain.split('|');
    cells
        .map(|cell| cell.trim().replace('\u{1}', "|"))
        .collect()
}

#[test]
fn blocks_tables_and_code_are_found() {
    let page = "# A\n```rules wrong x\n| no | table |\n# no heading\n```\n## B\n| a | b |\n|---|---|\n| `x \\|\\| y` | z `q` |\n\n| c |\n|---|\n";
    let blocks = blocks(page);
    assert_eq!(blocks.len(), 1);
    assert_eq!(blocks[0].info, ["rules", "wrong", "x"]);
    assert_eq!((blocks[0].section.as_str(), blocks[0].line), ("A", 2));
    assert_eq!(blocks[0].text, "| no | table |\n# no heading\n");
    let tables = tables(page);
    assert_eq!(tables.len(), 2, "{tables:?}");
    assert_eq!(tables[0].section, "B");
    assert_eq!(tables[0].rows, [["`x || y`", "z `q`"]]);
    assert_eq!(code(&tables[0].rows[0][0]), ["x || y"]);
    assert_eq!(
        all_code(page),
        "| no | table |\n# no heading\n\nx \\|\\| y\nq"
    );
}
