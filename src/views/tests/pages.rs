//! The page about somebody in a small tenant.

use crate::plan::Reason;
use crate::plan::tests::world::{Town, id};
use crate::report::{PersonExplanation, Tenure, UserRef, person_text};
use crate::store::Held;
use crate::views::person::{Known, person};

/// The whole page, without the two lines that are the same for everybody.
pub(super) fn page(town: &Town, name: &str) -> String {
    let decided = town.clone().with(name, |stored| stored.undecided = false);
    let text = person_text(&explained(&decided, name, None));
    let same = |line: &&str| !line.starts_with("tenant ") && !line.starts_with("as of ");
    text.lines()
        .filter(same)
        .map(|line| format!("{line}\n"))
        .collect()
}

/// The lines that differ between kinds of notes: what is decided, and what is noted.
pub(super) fn noted(town: &Town, name: &str) -> String {
    let explained = explained(town, name, None);
    let mut text = format!("{}: {}\n", explained.decision.name(), explained.outcome);
    for note in &explained.notes {
        text += &format!("{}: {}\n", note.kind, note.detail);
    }
    text
}

pub(super) fn explained(town: &Town, name: &str, held: Option<&Held>) -> PersonExplanation {
    let stored = town
        .users
        .iter()
        .find(|stored| stored.user.id == id(name))
        .expect("somebody of that name");
    let history = town
        .state
        .holdings
        .iter()
        .filter(|holding| holding.user == id(name))
        .map(|holding| Tenure {
            number: holding.number,
            user: UserRef {
                id: holding.user,
                upn: name.to_owned(),
            },
            from: holding.since,
            to: None,
            range: holding.range.clone(),
            reason: Reason::Rule,
            why: "city = \"Munich\"".to_owned(),
            sync_id: "0000007-a1b2".to_owned(),
            rule_commit: Some("1f2e3d4c5b6a798877665544332211".to_owned()),
            end_reason: None,
        });
    let history = history.collect();
    town.look(|world| {
        person(&Known {
            world,
            stored,
            history,
            held,
        })
    })
}
