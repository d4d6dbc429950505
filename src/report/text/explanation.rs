//! An explanation for people: read from top to bottom it answers "why?".

use crate::plan::advice;
use crate::report::{
    NoteExplanation, NumberExplanation, PendingExplanation, PersonExplanation, RangeExplanation,
    TeamsExplanation, Tenure, UserRef, inert,
};
use jiff::Timestamp;

/// So many ranges that do not fit are listed; the JSON has all.
const RANGES_SHOWN: usize = 20;

/// So many ranges that were not asked are named for each reason.
const NAMES_SHOWN: usize = 5;

/// So many former holdings are listed.
const TENURES_SHOWN: usize = 10;

/// The width of the column of labels.
const LABEL: usize = 11;

/// Why a person has a number, gets one, or gets none.
#[must_use]
pub fn person_text(person: &PersonExplanation) -> String {
    let mut page = Page::default();
    page.head(person);
    let held = person.history.iter().find(|tenure| tenure.to.is_none());
    page.list("number", held.map(tenure_why));
    page.list("under way", person.pending.iter().flat_map(under_way));
    let look = |until: Timestamp| format!("{}, without any change", time(until));
    page.list("next look", person.until.map(look));
    page.list("besides", person.by_hand.iter().map(|line| whole(line)));
    page.list("ranges", ranges(&person.ranges));
    page.list("nearest", nearest(person));
    page.list("notes", person.notes.iter().flat_map(note));
    page.list("history", history(&person.history, false));
    page.teams(person.teams.as_ref(), person.teams_unread.as_deref());
    page.0
}

fn under_way(pending: &PendingExplanation) -> Vec<String> {
    let tries = match pending.attempts {
        0 => String::new(),
        1 => ", tried once".to_owned(),
        tries => format!(", tried {tries} times"),
    };
    let row = format!(
        "{} of {} since {} (sync {}): {}{tries}",
        pending.action,
        pending.number,
        time(pending.since),
        inert(&pending.sync_id),
        pending.state
    );
    let error = pending.error.as_deref().map(whole);
    let again = |until| format!("not tried again before {}", time(until));
    let lines = [Some(row), error, pending.until.map(again)];
    lines.into_iter().flatten().collect()
}

fn nearest(person: &PersonExplanation) -> Option<String> {
    let name = person.nearest_miss.as_ref()?;
    let range = person.ranges.iter().find(|range| range.range == *name)?;
    Some(format!(
        "{} fits but for: {}",
        inert(name),
        whole(&range.why)
    ))
}

/// Why a number is not free, or that it is.
#[must_use]
pub fn number_text(number: &NumberExplanation) -> String {
    let mut page = Page::default();
    page.row("number", number.number.to_string());
    page.row("tenant", inert(&number.tenant));
    let range = match (&number.range, number.number_type) {
        (Some(range), Some(kind)) => format!("{} ({kind})", inert(range)),
        _ => "none declares it".to_owned(),
    };
    page.row("range", range);
    if let Some(state) = number.state {
        let since = number
            .since
            .map_or_else(String::new, |at| format!(", since {}", time(at)));
        let until = number
            .until
            .map_or_else(String::new, |at| format!(", until {}", time(at)));
        page.row("state", format!("{state}{since}{until}"));
    }
    if let Some(user) = &number.user {
        page.row("person", format!("{} ({})", shown(user), user.id));
    }
    page.list("because", number.because.iter().map(|line| whole(line)));
    match number.history.is_empty() {
        true => page.row("history", "nobody has held it as far as Linekeeper knows"),
        false => page.list("history", history(&number.history, true)),
    }
    page.teams(number.teams.as_ref(), number.teams_unread.as_deref());
    page.0
}

/// Labelled rows.
#[derive(Default)]
struct Page(String);

impl Page {
    fn head(&mut self, person: &PersonExplanation) {
        let (id, kind) = (person.user.id, person.kind);
        let as_of = person
            .as_of
            .map_or_else(|| "no sync has run yet".to_owned(), time);
        let outcome = whole(&person.outcome);
        self.row("person", format!("{} ({id}), {kind}", shown(&person.user)));
        self.row("tenant", inert(&person.tenant));
        self.row("as of", as_of);
        self.row("decision", format!("{}: {outcome}", person.decision.name()));
        self.row("because", whole(&person.because));
        self.row("licence", person.voice_licence.to_string());
        let reasons = person.licence.iter();
        reasons.for_each(|reason| self.row("", format!("- {}", whole(reason))));
    }

    fn row(&mut self, label: &str, text: impl AsRef<str>) {
        let line = format!("{label:<LABEL$}{}", text.as_ref());
        self.0.push_str(line.trim_end());
        self.0.push('\n');
    }

    fn list(&mut self, label: &str, lines: impl IntoIterator<Item = String>) {
        for (place, line) in lines.into_iter().enumerate() {
            self.row(if place == 0 { label } else { "" }, line);
        }
    }

    fn teams(&mut self, teams: Option<&TeamsExplanation>, unread: Option<&str>) {
        let mut lines = Vec::new();
        if let Some(teams) = teams {
            lines.extend(said_by(teams));
        }
        lines.extend(unread.map(whole));
        self.list("Teams now", lines);
    }
}

fn said_by(teams: &TeamsExplanation) -> Vec<String> {
    let mut lines = Vec::new();
    if let Some(features) = &teams.features {
        let number = teams
            .number
            .map_or_else(|| "no number".to_owned(), |number| number.to_string());
        let features = match features.is_empty() {
            true => "no voice features".to_owned(),
            false => inert(&features.join(", ")),
        };
        lines.push(format!("shows {number}; {features}"));
    }
    lines.extend(teams.listed.iter().map(|listed| whole(listed)));
    for (kind, name) in teams.policies.iter().flatten() {
        lines.push(format!("{} {}", inert(kind), inert(name)));
    }
    lines.extend(
        teams
            .differences
            .iter()
            .map(|line| format!("differs: {}", whole(line))),
    );
    lines
}

/// What was asked, in the order in which it is tried; then what was not asked, by the reason.
fn ranges(ranges: &[RangeExplanation]) -> Vec<String> {
    let mut lines = Vec::new();
    let mut unasked: Vec<(&str, Vec<&str>)> = Vec::new();
    for range in ranges {
        let (name, why) = (range.range.as_str(), range.why.as_str());
        let mark = match (range.considered, range.picked, range.matched) {
            (true, true, _) => "fits",
            (true, false, true) => "fits too",
            (true, false, false) => "no",
            (false, ..) => {
                match unasked.iter_mut().find(|(known, _)| *known == why) {
                    Some((_, names)) => names.push(name),
                    None => unasked.push((why, vec![name])),
                }
                continue;
            }
        };
        lines.push(format!("{}: {mark}: {}", inert(name), whole(why)));
    }
    if lines.len() > RANGES_SHOWN {
        let more = lines.len() - RANGES_SHOWN;
        lines.truncate(RANGES_SHOWN);
        lines.push(format!("… and {more} more (--output json shows all)"));
    }
    lines.extend(unasked.iter().map(|(why, names)| not_asked(why, names)));
    lines
}

fn not_asked(why: &str, names: &[&str]) -> String {
    let mut shown: Vec<String> = names
        .iter()
        .take(NAMES_SHOWN)
        .map(|name| inert(name))
        .collect();
    if names.len() > NAMES_SHOWN {
        shown.push(format!("{} more", names.len() - NAMES_SHOWN));
    }
    format!("{}: not asked: {}", shown.join(", "), whole(why))
}

fn note(note: &NoteExplanation) -> [String; 2] {
    let range = note
        .range
        .as_ref()
        .map_or_else(String::new, |range| format!(" ({})", inert(range)));
    [
        format!("{}{range}: {}", note.kind, whole(&note.detail)),
        format!("  {}", advice(note.kind)),
    ]
}

fn tenure_why(tenure: &Tenure) -> String {
    let why = match tenure.why.is_empty() {
        true => String::new(),
        false => format!(": {}", whole(&tenure.why)),
    };
    format!(
        "{} since {} ({}{why}){}",
        tenure.number,
        time(tenure.from),
        tenure.reason,
        origin(tenure)
    )
}

/// Which sync gave it, by which commit of the rules.
fn origin(tenure: &Tenure) -> String {
    let commit = tenure
        .rule_commit
        .as_deref()
        .map(|commit| commit.chars().take(12).collect::<String>());
    let commit = commit.map_or_else(String::new, |commit| format!(", rules {}", inert(&commit)));
    match tenure.sync_id.is_empty() {
        true => ", by hand".to_owned(),
        false => format!(", sync {}{commit}", inert(&tenure.sync_id)),
    }
}

fn history(tenures: &[Tenure], with_user: bool) -> Vec<String> {
    let line = |tenure: &Tenure| {
        let to = tenure.to.map_or_else(|| "today".to_owned(), time);
        let who = match with_user {
            true => shown(&tenure.user),
            false => tenure.number.to_string(),
        };
        let ended = tenure
            .end_reason
            .map_or_else(String::new, |end| format!(", ended {}", end.name()));
        format!(
            "{} to {to}: {who}, {}{ended}",
            time(tenure.from),
            tenure.reason
        )
    };
    let mut lines: Vec<String> = tenures.iter().take(TENURES_SHOWN).map(line).collect();
    if tenures.len() > TENURES_SHOWN {
        lines.push(format!("… and {} earlier", tenures.len() - TENURES_SHOWN));
    }
    lines
}

fn shown(user: &UserRef) -> String {
    match user.upn.is_empty() {
        true => user.id.to_string(),
        false => inert(&user.upn),
    }
}

/// A sentence of ours may quote the directory, and is longer than a name: each line's worth is made inert by itself.
fn whole(text: &str) -> String {
    let signs: Vec<char> = text.chars().collect();
    signs
        .chunks(150)
        .map(|chunk| inert(&chunk.iter().collect::<String>()))
        .collect()
}

fn time(at: Timestamp) -> String {
    at.strftime("%Y-%m-%d %H:%M UTC").to_string()
}
