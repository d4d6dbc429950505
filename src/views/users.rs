//! Users: with licence, number, overrides and standing notes.

use super::cursor::{List, may_go_on};
use super::tenant::Look;
use super::{Cursor, Page, TenantView, ViewError};
use crate::directory::UserId;
use crate::numbering::E164;
use crate::plan::{Note, NoteKind, StoredUser};
use crate::store::{FoundUser, TenantStore};
use serde::Serialize;
use utoipa::ToSchema;

/// One user of `users list`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct UserItem {
    /// Object id.
    #[schema(value_type = String)]
    pub id: UserId,
    /// User principal name.
    pub upn: String,
    /// `none`, `phone-system` or `calling-plan`.
    pub voice_licence: String,
    /// `person`, `guest`, `room`, `device` or `resource`.
    pub kind: String,
    /// The managed number in the user's hands.
    #[schema(value_type = Option<String>)]
    pub number: Option<E164>,
    /// The range that declares it.
    pub range: Option<String>,
    /// Whether the rules leave the user alone, by hand.
    pub exempt: bool,
    /// The number the user is pinned to.
    #[schema(value_type = Option<String>)]
    pub pin: Option<E164>,
    /// What the last decision noted.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    pub notes: Vec<NoteItem>,
}

/// A standing note of a user.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct NoteItem {
    /// What it is about.
    #[schema(value_type = String)]
    pub kind: NoteKind,
    /// A sentence for people.
    pub detail: String,
}

impl TenantView {
    /// Users in the order in which they were first seen; with a kind of note only those who have such a note, by id.
    /// Of those who are gone, whoever holds a number or waits for something.
    ///
    /// # Errors
    /// A cursor of another list, or what the database says.
    pub async fn users(
        &self,
        note: Option<NoteKind>,
        after: Option<&Cursor>,
        limit: u32,
    ) -> Result<Page<UserItem>, ViewError> {
        let people = match note {
            None => {
                let after = after.map(|cursor| cursor.item(List::Users)).transpose()?;
                self.store.people(after, limit).await?
            }
            Some(kind) => {
                let after = after.map(|cursor| cursor.item(List::NotedUsers));
                self.store
                    .noted_people(kind, after.transpose()?, limit)
                    .await?
            }
        };
        let last = people.last().filter(|_| may_go_on(people.len(), limit));
        let next = last.map(|last| match note {
            None => Cursor::behind(List::Users, last.place),
            Some(_) => Cursor::behind(List::NotedUsers, last.stored.user.id),
        });
        let look = self.look().await?;
        let items = people.iter().map(|p| item(&look, &p.stored, p.number));
        Ok(Page {
            items: items.collect(),
            next,
        })
    }

    /// The user of that id, UPN (former ones too) or mail, whether there or gone.
    ///
    /// # Errors
    /// When nobody or more than one is meant, or what the database says.
    pub async fn user(&self, text: &str) -> Result<UserItem, ViewError> {
        let (stored, number) = match text.parse() {
            Ok(id) => {
                let person = self.store.person(id).await?;
                let person = person.ok_or_else(|| ViewError::NoUser(text.to_owned()))?;
                (person.stored, person.number)
            }
            Err(_) => {
                let found = find_user(&self.store, text).await?;
                (found.stored, found.number)
            }
        };
        let look = self.look().await?;
        Ok(item(&look, &stored, number))
    }

    /// The id of the user of that id, UPN (former ones too) or mail.
    ///
    /// # Errors
    /// As [`TenantView::user`].
    pub async fn user_id(&self, text: &str) -> Result<UserId, ViewError> {
        Ok(find_user(&self.store, text).await?.stored.user.id)
    }
}

/// The one user of that id, UPN (former ones too) or mail, whether there or gone.
///
/// # Errors
/// When nobody or more than one is meant, or what the database says.
pub async fn find_user(store: &TenantStore, text: &str) -> Result<FoundUser, ViewError> {
    let mut found = store.find_users(text).await?;
    if found.len() > 1 {
        return Err(ViewError::SeveralUsers {
            text: text.to_owned(),
            users: found.iter().map(|found| found.stored.user.id).collect(),
        });
    }
    found
        .pop()
        .ok_or_else(|| ViewError::NoUser(text.to_owned()))
}

fn item(look: &Look, stored: &StoredUser, number: Option<E164>) -> UserItem {
    let licensing = look.known.book.read(&stored.user);
    let range = number.and_then(|number| look.rules.range_of(number));
    UserItem {
        id: stored.user.id,
        upn: stored.user.upn().to_owned(),
        voice_licence: licensing.voice.to_string(),
        kind: licensing.kind.to_string(),
        number,
        range: range.map(|at| look.rules.ranges()[at].name.clone()),
        exempt: stored.facts.exempt.is_some(),
        pin: stored.facts.pin,
        notes: stored.facts.notes.iter().map(note_item).collect(),
    }
}

fn note_item(note: &Note) -> NoteItem {
    NoteItem {
        kind: note.kind,
        detail: note.detail.clone(),
    }
}
