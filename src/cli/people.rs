//! `users list`, and who is meant by a text.

use super::exit::{Exit, Failure};
use super::inventory::{plain_table, size};
use super::output::{Format, Output};
use crate::app::App;
use crate::config::TenantConfig;
use crate::directory::UserId;
use crate::plan::NoteKind;
use crate::report::inert;
use crate::store::TenantStore;
use crate::views::{UserItem, ViewError, find_user};
use std::sync::Arc;

/// The user of that id, UPN (former ones too) or mail, if Linekeeper knows exactly one.
pub(super) async fn known(store: &TenantStore, text: &str) -> anyhow::Result<Option<UserId>> {
    match find_user(store, text).await {
        Ok(found) => Ok(Some(found.stored.user.id)),
        Err(ViewError::NoUser(_)) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// Somebody a tenant knows.
pub(super) struct Meant<'a> {
    pub(super) config: &'a TenantConfig,
    pub(super) store: Arc<TenantStore>,
    pub(super) user: UserId,
}

/// Whom a text means, and in which tenant; `None`: no tenant knows such a user. No rules are read.
pub(super) async fn meant<'a>(
    app: &'a App,
    tenant: Option<&str>,
    text: &str,
) -> anyhow::Result<Option<Meant<'a>>> {
    let mut found = Vec::new();
    for config in app.chosen(tenant)? {
        let store = app.store_of(config).await?;
        if let Some(user) = known(&store, text).await? {
            found.push(Meant {
                config,
                store,
                user,
            });
        }
    }
    match found.len() {
        0 | 1 => Ok(found.pop()),
        _ => Err(ambiguous(text).into()),
    }
}

pub(super) fn unknown(user: &str) -> Failure {
    let text = format!(
        "no user with the UPN, mail or id `{user}` is known; run a sync first, or name the tenant with --tenant"
    );
    Failure::new(Exit::Error, text)
}

pub(super) fn ambiguous(what: &str) -> Failure {
    let text = format!("several tenants know `{what}`; name one with --tenant");
    Failure::new(Exit::Error, text)
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
    let mut items: Vec<UserItem> = Vec::new();
    for config in app.chosen(tenant)? {
        let view = app.view(config).await?;
        let mut after = None;
        while items.len() < limit {
            let page = view
                .users(note, after.as_ref(), size(limit, items.len()))
                .await?;
            items.extend(page.items);
            after = page.next;
            if after.is_none() {
                break;
            }
        }
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
