//! The lines of a formatted file, with the comments of the source woven in where they stood.

use super::tokens::{Token, is_space};

/// Longer lines are broken where they can be.
pub(super) const WIDTH: usize = 120;

/// Blanks between text and comment.
const GAP: usize = 2;

/// Lines as they are written.
#[derive(Debug)]
pub(super) struct Lines<'a> {
    written: Vec<Line>,
    comments: Vec<Comment<'a>>,
    /// The first comment that is not written yet.
    next: usize,
    /// Set when the next text begins a line, with its indentation.
    pending: Option<usize>,
    /// How many lines there were when a block began: no blank line follows its first.
    opened: usize,
}

#[derive(Debug, Default)]
struct Line {
    text: String,
    comment: Option<String>,
    /// Nothing may follow on this line.
    closed: bool,
}

#[derive(Debug)]
struct Comment<'a> {
    text: &'a str,
    /// Where it counts as standing: a comment inside of what stays together is moved behind it.
    at: u32,
    own_line: bool,
    after_blank: bool,
}

impl<'a> Lines<'a> {
    pub(super) fn new(text: &'a str, tokens: &[Token]) -> Self {
        Self {
            written: Vec::new(),
            comments: comments(text, tokens),
            next: 0,
            pending: Some(0),
            opened: 0,
        }
    }

    /// Moves every comment between the two places to the later one.
    pub(super) fn keep_together(&mut self, start: u32, end: u32) {
        let from = self.comments.partition_point(|comment| comment.at < start);
        for comment in &mut self.comments[from..] {
            if comment.at >= end {
                break;
            }
            comment.at = end;
        }
    }

    /// Whether no comment waits to be written before this place.
    pub(super) fn is_free(&self, end: u32) -> bool {
        self.comments
            .get(self.next)
            .is_none_or(|comment| comment.at >= end)
    }

    /// Writes the comments up to a place inside a value: beside the last text, or on lines of their own.
    pub(super) fn weave(&mut self, until: u32, indent: usize) {
        self.weave_with(until, indent, false);
    }

    /// As [`Lines::weave`], between properties or statements, where single blank lines stay.
    pub(super) fn weave_between(&mut self, until: u32, indent: usize) {
        self.weave_with(until, indent, true);
    }

    fn weave_with(&mut self, until: u32, indent: usize, blanks: bool) {
        while let Some(comment) = self.comments.get(self.next)
            && comment.at <= until
        {
            self.next += 1;
            let (text, after_blank) = (comment.text, comment.after_blank);
            match self.written.last_mut() {
                Some(line) if !comment.own_line && !line.closed => {
                    line.comment = Some(text.to_owned());
                    line.closed = true;
                }
                _ => {
                    if blanks && after_blank {
                        self.blank();
                    }
                    self.written.push(Line {
                        text: format!("{:indent$}{text}", ""),
                        comment: None,
                        closed: true,
                    });
                }
            }
        }
    }

    /// Lets the next text begin a line.
    pub(super) fn newline(&mut self, indent: usize) {
        self.pending = Some(indent);
    }

    /// Writes text: on the line, or on a new one with this indentation when a comment has ended the line.
    pub(super) fn put(&mut self, text: &str, indent: usize) {
        let closed = self.written.last().is_none_or(|line| line.closed);
        let begin = self.pending.take().or(closed.then_some(indent));
        if let Some(indent) = begin {
            self.written.push(Line {
                text: " ".repeat(indent),
                ..Line::default()
            });
        }
        if let Some(line) = self.written.last_mut() {
            line.text.push_str(text);
        }
    }

    /// Where the next text would begin if it is put with this indentation.
    pub(super) fn column(&self, indent: usize) -> usize {
        match (self.pending, self.written.last()) {
            (Some(pending), _) => pending,
            (None, Some(line)) if !line.closed => line.text.chars().count(),
            _ => indent,
        }
    }

    /// Writes a blank line, unless it would be the first of the file or of a block.
    pub(super) fn blank(&mut self) {
        if self.written.len() > self.opened {
            self.blank_at(self.written.len());
        }
    }

    /// Says that a block has just been opened.
    pub(super) fn open(&mut self) {
        self.opened = self.written.len();
    }

    /// How many lines there are.
    pub(super) fn count(&self) -> usize {
        self.written.len()
    }

    /// Whether one of the lines from `from` on is blank.
    pub(super) fn has_blank(&self, from: usize) -> bool {
        self.written[from..].iter().any(|line| line.text.is_empty())
    }

    /// Inserts a blank line.
    pub(super) fn blank_at(&mut self, at: usize) {
        let blank = Line {
            closed: true,
            ..Line::default()
        };
        self.written.insert(at, blank);
    }

    /// The file, comments beside text in columns.
    pub(super) fn finish(mut self) -> String {
        self.weave_between(u32::MAX, 0);
        let mut out = String::new();
        let beside = |line: &Line| line.comment.is_some();
        for run in self.written.chunk_by(|a, b| beside(a) && beside(b)) {
            let widths = run.iter().map(|line| line.text.trim_end().chars().count());
            let column = widths.max().unwrap_or_default() + GAP;
            for line in run {
                let text = line.text.trim_end();
                match &line.comment {
                    Some(comment) => out.push_str(&format!("{text:column$}{comment}")),
                    None => out.push_str(text),
                }
                out.push('\n');
            }
        }
        out
    }
}

/// Whether a blank line stands right before the place.
pub(super) fn after_blank(text: &str, at: u32) -> bool {
    let before = text[..at as usize].trim_end_matches(is_space);
    let gap = &text[before.len()..at as usize];
    gap.matches('\n').count() > 1
}

/// All comments: they stand between the tokens.
fn comments<'a>(text: &'a str, tokens: &[Token]) -> Vec<Comment<'a>> {
    let mut all = Vec::new();
    let mut from = 0;
    let ends = tokens.iter().map(|token| (token.start, token.end));
    for (start, end) in ends.chain([(text.len() as u32, 0)]) {
        let mut rest = from as usize;
        while let Some(at) = text[rest..start as usize].find('#') {
            let at = rest + at;
            let length = text[at..].find('\n').unwrap_or(text.len() - at);
            let line = text[..at].rfind('\n').map_or(0, |newline| newline + 1);
            all.push(Comment {
                text: text[at..at + length].trim_end(),
                at: at as u32,
                own_line: text[line..at].trim_start_matches(is_space).is_empty(),
                after_blank: after_blank(text, at as u32),
            });
            rest = at + length;
        }
        from = end;
    }
    all
}
