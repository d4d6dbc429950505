//! Users: pages of a delta round, one by its id, the members of a group (docs/graph.md 1, 2).

use super::Graph;
use super::decode::{Malformed, Text, decode_list};
use super::mapping::UserMapper;
use super::route::Route;
use super::user_wire::{HIRE_DATE, PROPERTIES};
use crate::directory::{
    Cursor, GroupId, Link, Next, Page, PlanCatalogue, PlanId, ReadError, User, UserId,
};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use reqwest::StatusCode;
use serde::Deserialize;
use sha2::{Digest, Sha256};
use std::collections::BTreeSet;
use std::fmt::Write;

/// What is encoded in a key of a path: all but the unreserved signs.
const KEY: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// Rises when the same properties are read into something else.
const READING: &str = "1";

/// The properties that are asked for.
fn properties(hire_date: bool) -> String {
    let more = if hire_date { HIRE_DATE } else { "" };
    format!("{PROPERTIES}{more}")
}

/// The digest of what pages carry: properties, and the plans whose dates are kept.
pub(super) fn selection(catalogue: &PlanCatalogue, hire_date: bool) -> String {
    let mut text = format!("{READING}\n{}", properties(hire_date));
    let mut add = |name: &str, plans: &BTreeSet<PlanId>| {
        text.push('\n');
        text.push_str(name);
        for plan in plans {
            // Writing to a text cannot fail.
            let _ = write!(text, " {plan}");
        }
    };
    add("phone_system", &catalogue.phone_system);
    add("calling", &catalogue.calling);
    let mut digest = String::with_capacity(32);
    for byte in Sha256::digest(text).iter().take(16) {
        let _ = write!(digest, "{byte:02x}");
    }
    digest
}

#[derive(Debug, Deserialize)]
struct WireMember<'a> {
    #[serde(borrow)]
    id: Text<'a>,
}

impl Graph {
    pub(super) async fn read_page(&self, at: &Cursor) -> Result<Page, ReadError> {
        let base = &self.transport.base;
        let url = match at {
            Cursor::Full => {
                self.interner().begin_round();
                let properties = properties(self.hire_date);
                base.at(&format!("/users/delta?$select={properties}"))?
            }
            Cursor::At(link) => base.follow(link)?,
        };
        let read = self.transport.read(Route::Users, url, |answer| {
            UserMapper::new(&self.catalogue, &mut self.interner()).page(&answer.body)
        });
        let page = match read.await.map_err(ReadError::from) {
            Err(ReadError::Resync) if *at == Cursor::Full => {
                return Err(ReadError::Broken(
                    "Graph asks for a new full read while one begins".into(),
                ));
            }
            other => other?,
        };
        let (Next::More(next) | Next::End { delta: next }) = &page.next;
        base.follow(next)?;
        if let (Next::More(next), Cursor::At(link)) = (&page.next, at)
            && next == link
        {
            return Err(ReadError::Broken(
                "the next link of a page of users leads to the same page".into(),
            ));
        }
        Ok(page)
    }

    pub(super) async fn read_user(&self, id: UserId) -> Result<Option<User>, ReadError> {
        match self.read_user_at(&id.to_string()).await? {
            Some(user) if user.id != id => Err(ReadError::Broken(format!(
                "asked for the user {id}, Graph answered with {}",
                user.id
            ))),
            read => Ok(read),
        }
    }

    /// One user by object id or UPN; `key` is percent-encoded here.
    pub(super) async fn read_user_at(&self, key: &str) -> Result<Option<User>, ReadError> {
        let key = utf8_percent_encode(key, KEY);
        let properties = properties(self.hire_date);
        let url = self
            .transport
            .base
            .at(&format!("/users/{key}?$select={properties}"))?;
        let read = self.transport.read(Route::Users, url, |answer| {
            UserMapper::new(&self.catalogue, &mut self.interner()).single(&answer.body)
        });
        match read.await {
            Ok(user) => Ok(Some(user)),
            Err(failure) if failure.is(StatusCode::NOT_FOUND) => Ok(None),
            Err(failure) => Err(failure.into()),
        }
    }

    pub(super) async fn read_members(&self, group: GroupId) -> Result<Vec<UserId>, ReadError> {
        let path =
            format!("/groups/{group}/transitiveMembers/microsoft.graph.user?$select=id&$top=999");
        let mut url = self.transport.base.at(&path)?;
        let (mut members, mut seen) = (Vec::new(), BTreeSet::new());
        loop {
            if !seen.insert(url.to_string()) {
                return Err(ReadError::Broken(format!(
                    "the members of group {group} have a next link that leads back"
                )));
            }
            let read = self.transport.read(Route::Members, url, |answer| {
                let (items, next) = decode_list::<WireMember<'_>>(&answer.body)?;
                let ids: Result<Vec<UserId>, _> =
                    items.iter().map(|item| item.id.parse()).collect();
                let ids = ids.map_err(|_| Malformed::Wrong("a member's `id` is no GUID".into()))?;
                Ok((ids, next.map(|link| Link(link.to_string()))))
            });
            let (ids, next) = read.await?;
            members.extend(ids);
            match next {
                Some(next) => url = self.transport.base.follow(&next)?,
                None => break,
            }
        }
        members.sort_unstable();
        members.dedup();
        Ok(members)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_selection_changes_with_the_plans_that_are_dated() {
        let known = selection(&PlanCatalogue::default(), false);
        assert_eq!(known, selection(&PlanCatalogue::default(), false));
        assert_ne!(known, selection(&PlanCatalogue::default(), true));
        let extra = [PlanId::from_u128(7)];
        assert_ne!(
            known,
            selection(&PlanCatalogue::with_extras(&extra, &[], &[]), false)
        );
        assert_ne!(
            selection(&PlanCatalogue::with_extras(&extra, &[], &[]), false),
            selection(&PlanCatalogue::with_extras(&[], &extra, &[]), false)
        );
    }
}
