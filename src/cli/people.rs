//! `users list`, and who is meant by a text.

use super::exit::{Exit, Failure};
use super::inventory::plain_table;
use super::output::{Format, Output};
use crate::app::{App, Records};
use crate::directory::{LicenceBook, UserId};
use crate::numbering::E164;
use crate::plan::{NoteKind, StoredUser};
use crate::reconcile::{Ledger as _, Scope};
use crate::report::inert;
use serde::Serialize;
use std::collections::BTreeMap;

/// Users are read back in pages of this size.
const PAGE: usize = 5_000;

/// The user of that id, UPN (former ones too) or mail, if Linekeeper knows exactly one.
pub(super) async fn known(records: &Records, text: &str) -> anyhow::Result<Option<UserId>> {
    let found = records.store.find_users(text).await?;
    match found.as_slice() {
        [] => Ok(None),
        [one] => Ok(Some(one.stored.user.id)),
        several => {
            let ids: Vec<String> = several
                .iter()
                .map(|f| f.stored.user.id.to_string())
                .collect();
            let text = format!(
                "`{text}` is more than one user: {}; name one by id",
                ids.join(", ")
            );
            Err(Failure::new(Exit::Error, text).into())
        }
    }
}

/// One line of `users list`.
#[derive(Serialize)]
struct UserItem {
    id: UserId,
    upn: String,
    voice_licence: String,
    kind: String,
    number: Option<E164>,
    range: Option<String>,
    exempt: bool,
    pin: Option<E164>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    notes: Vec<NoteItem>,
}

/// A standing note of a user.
#[derive(Serialize)]
struct NoteItem {
    kind: NoteKind,
    detail: String,
}

/// `users list`.
pub(super) async fn list(
    app: &App,
    tenant: Option<&str>,
    note: Option<&str>,
    limit: Option<usize>,
    output: &mut Output,
) -> anyhow::Result<Exit> {
    let note = note.map(known_kind).transpose()?;
    let limit = limit.unwrap_or(usize::MAX);
    let mut items = Vec::new();
    for config in app.chosen(tenant)? {
        let records = app.records(config).await?;
        items.extend(of_tenant(app, &records, note, limit.saturating_sub(items.len())).await?);
    }
    match output.format {
        Format::Json => output.items(&items)?,
        Format::Text => output.text(&table(&items))?,
    }
    Ok(Exit::Done)
}

fn known_kind(name: &str) -> Result<NoteKind, Failure> {
    NoteKind::from_name(name).ok_or_else(|| {
        let known: Vec<&str> = NoteKind::ALL.iter().map(|kind| kind.name()).collect();
        Failure::new(
            Exit::Usage,
            format!(
                "`{name}` is no kind of note; there are {}",
                known.join(", ")
            ),
        )
    })
}

async fn of_tenant(
    app: &App,
    records: &Records,
    note: Option<NoteKind>,
    limit: usize,
) -> anyhow::Result<Vec<UserItem>> {
    let state = records.store.state(app.clock.now()).await?;
    let book = LicenceBook::new(records.settings.catalogue.clone(), Some(&state.anchor.skus));
    let rules = crate::reconcile::RuleSource::active(&*records.rulebook);
    let held: BTreeMap<UserId, E164> = state.holdings.iter().map(|h| (h.user, h.number)).collect();
    let item = |stored: &StoredUser| {
        let licensing = book.read(&stored.user);
        let number = held.get(&stored.user.id).copied();
        let range = number
            .and_then(|n| rules.range_of(n))
            .map(|at| rules.ranges()[at].name.clone());
        UserItem {
            id: stored.user.id,
            upn: stored.user.upn().to_owned(),
            voice_licence: licensing.voice.to_string(),
            kind: licensing.kind.to_string(),
            number,
            range,
            exempt: stored.facts.exempt.is_some(),
            pin: stored.facts.pin,
            notes: note_items(stored),
        }
    };
    let wanted = |stored: &StoredUser| match note {
        Some(kind) => stored.facts.notes.iter().any(|n| n.kind == kind),
        None => true,
    };
    let mut items = Vec::new();
    let mut after = None;
    while items.len() < limit {
        let page = records.store.users(&Scope::Everyone, after, PAGE).await?;
        let Some(last) = page.last() else { break };
        after = Some(last.user.id);
        let left = limit - items.len();
        items.extend(page.iter().filter(|s| wanted(s)).take(left).map(item));
    }
    Ok(items)
}

fn note_items(stored: &StoredUser) -> Vec<NoteItem> {
    let item = |note: &crate::plan::Note| NoteItem {
        kind: note.kind,
        detail: note.detail.clone(),
    };
    stored.facts.notes.iter().map(item).collect()
}

fn table(items: &[UserItem]) -> String {
    let mut table = plain_table();
    table.set_header(["upn", "licence", "kind", "number", "range", "notes"]);
    for item in items {
        let notes: Vec<&str> = item.notes.iter().map(|note| note.kind.name()).collect();
        table.add_row([
            inert(&item.upn),
            item.voice_licence.clone(),
            item.kind.clone(),
            item.number.map(|n| n.to_string()).unwrap_or_default(),
            inert(item.range.as_deref().unwrap_or_default()),
            notes.join(", "),
        ]);
    }
    format!("{table}\n{} users\n", items.len())
}
