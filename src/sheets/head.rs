//! The first line of a file: how it separates, and which columns it has.

use crate::report::WrongRow;

/// The columns of a kind of file.
#[derive(Clone, Copy, Debug)]
pub struct Layout {
    /// Its columns in their usual order.
    pub columns: &'static [&'static str],
    /// So many of them, from the first, a file must have.
    pub required: usize,
    /// Columns that an export has beside these; they are passed over.
    pub passed_over: &'static [&'static str],
    /// A row to show how it is filled in.
    pub example: &'static [&'static str],
}

/// The head of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Head {
    /// Of each cell of a row the column of the layout, where it is one.
    pub(super) columns: Vec<Option<usize>>,
}

/// The sign that separates the cells of a head; a comma where nothing tells.
pub(super) fn separator(line: &str) -> u8 {
    let count = |sign: char| {
        let mut quoted = false;
        let seen = line.chars().filter(|c| {
            quoted ^= *c == '"';
            !quoted && *c == sign
        });
        seen.count()
    };
    let mut signs = [(count(','), b','), (count(';'), b';'), (count('\t'), b'\t')];
    signs.sort_by_key(|(count, _)| std::cmp::Reverse(*count));
    match signs[0] {
        (0, _) => b',',
        (_, sign) => sign,
    }
}

impl Head {
    /// Reads the cells of the head.
    pub(super) fn of(line: u64, cells: &[String], layout: &Layout) -> Result<Self, WrongRow> {
        let expected = layout.columns.join(",");
        let plain = |cell: &String| cell.trim().to_lowercase();
        let names: Vec<String> = cells.iter().map(plain).collect();
        let known = |name: &String| layout.columns.iter().position(|column| column == name);
        if !names.iter().any(|name| known(name).is_some()) {
            let message = format!(
                "the head is missing: the first line has to name the columns, as in {expected}"
            );
            return Err(WrongRow::new(line, "no-head", message)
                .at("", cells.join(" | "))
                .without_column()
                .mended("--template prints a file with its head and an example"));
        }
        let mut columns = Vec::with_capacity(names.len());
        for (cell, name) in cells.iter().zip(&names) {
            let column = known(name);
            let other = name.is_empty() || layout.passed_over.contains(&name.as_str());
            if column.is_none() && !other {
                let message = format!("there is no such column; expected are {expected}");
                return Err(WrongRow::new(line, "unknown-column", message)
                    .at(cell, cell)
                    .mended("take the column out, or correct its name"));
            }
            if column.is_some() && columns.contains(&column) {
                let message = "the column is there twice: keep one of the two";
                return Err(WrongRow::new(line, "column-twice", message).at(cell, cell));
            }
            columns.push(column);
        }
        let missing = (0..layout.required).find(|column| !columns.contains(&Some(*column)));
        match missing {
            None => Ok(Self { columns }),
            Some(column) => {
                let name = layout.columns[column];
                let message = format!("the column {name} is missing; expected are {expected}");
                Err(WrongRow::new(line, "missing-column", message).at(name, cells.join(" | ")))
            }
        }
    }
}

impl WrongRow {
    fn without_column(self) -> Self {
        Self {
            column: None,
            ..self
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LAYOUT: Layout = Layout {
        columns: &["number", "state", "until"],
        required: 2,
        passed_over: &["range"],
        example: &[],
    };

    #[test]
    fn the_separator_is_what_the_head_has_most_of() {
        for (line, sign) in [
            ("number,state", b','),
            ("number;state;until", b';'),
            ("number\tstate", b'\t'),
            ("\"a;b;c\",d", b','),
            ("number", b','),
        ] {
            assert_eq!(separator(line), sign, "{line}");
        }
    }

    #[test]
    fn heads_are_read_or_explained() {
        let read = |line: &str| {
            let cells: Vec<String> = line.split(',').map(str::to_owned).collect();
            Head::of(1, &cells, &LAYOUT)
                .map(|head| head.columns)
                .map_err(|wrong| wrong.code.to_owned())
        };
        assert_eq!(
            read("State, NUMBER ,range"),
            Ok(vec![Some(1), Some(0), None])
        );
        assert_eq!(read("number,state,"), Ok(vec![Some(0), Some(1), None]));
        assert_eq!(read("+498955501000,free"), Err("no-head".to_owned()));
        assert_eq!(
            read("number,state,colour"),
            Err("unknown-column".to_owned())
        );
        assert_eq!(read("number,number,state"), Err("column-twice".to_owned()));
        assert_eq!(read("number,until"), Err("missing-column".to_owned()));
    }
}
