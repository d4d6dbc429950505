//! `/users`: people with licence, number, overrides and standing notes.

use super::parameters::{List, Path, Query, TenantQuery, cursor, limit};
use super::problem::Problem;
use super::state::Api;
use crate::plan::NoteKind;
use crate::report::PersonExplanation;
use crate::views::{UserItem, explain_person};
use axum::Json;
use axum::extract::State;
use serde::Deserialize;

/// Which users are wanted.
#[derive(Clone, Debug, Default, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct UsersQuery {
    /// The tenant; needed when several are configured.
    tenant: Option<String>,
    /// Only those with a standing note of this kind, such as `no-range`.
    note: Option<String>,
    /// At most so many items, 1 to 1000; 100 where it is left out.
    limit: Option<u32>,
    /// `next_cursor` of the part before.
    cursor: Option<String>,
}

/// Users with licence, number, overrides and notes; of those who are gone, whoever holds a number or waits.
#[utoipa::path(get, path = "/users", params(UsersQuery),
    responses((status = 200, body = List<UserItem>), (status = 400, body = Problem), (status = 404, body = Problem)))]
pub(super) async fn list(
    State(api): State<Api>,
    Query(query): Query<UsersQuery>,
) -> Result<Json<List<UserItem>>, Problem> {
    let served = api.tenant(query.tenant.as_deref())?;
    let note = query.note.as_deref().map(known_kind).transpose()?;
    let after = cursor(query.cursor.as_deref())?;
    let page = served
        .view
        .users(note, after.as_ref(), limit(query.limit)?)
        .await?;
    Ok(Json(page.into()))
}

fn known_kind(name: &str) -> Result<NoteKind, Problem> {
    NoteKind::from_name(name).ok_or_else(|| {
        let known: Vec<&str> = NoteKind::ALL.iter().map(|kind| kind.name()).collect();
        let known = known.join(", ");
        Problem::bad_request(format!("`{name}` is no kind of note; there are {known}"))
    })
}

/// One user, there or gone.
#[utoipa::path(get, path = "/users/{id}",
    params(("id" = String, Path, description = "Object id, UPN (former ones too) or mail"), TenantQuery),
    responses((status = 200, body = UserItem), (status = 404, body = Problem),
        (status = 409, description = "More than one user is meant: name one by id", body = Problem)))]
pub(super) async fn show(
    State(api): State<Api>,
    Path(id): Path<String>,
    Query(query): Query<TenantQuery>,
) -> Result<Json<UserItem>, Problem> {
    let served = api.tenant(query.tenant.as_deref())?;
    Ok(Json(served.view.user(&id).await?))
}

/// Why the user has a number, would get one, or gets none: the licence, every range with the clause that decides, what
/// is waited for, what was; ends with what Teams says just now.
#[utoipa::path(get, path = "/users/{id}/explain",
    params(("id" = String, Path, description = "Object id, UPN (former ones too) or mail"), TenantQuery),
    responses((status = 200, body = PersonExplanation), (status = 404, body = Problem),
        (status = 409, description = "More than one user is meant, or there have never been good rules", body = Problem)))]
pub(super) async fn explain(
    State(api): State<Api>,
    Path(id): Path<String>,
    Query(query): Query<TenantQuery>,
) -> Result<Json<PersonExplanation>, Problem> {
    let served = api.tenant(query.tenant.as_deref())?;
    let tenant = served.for_sync();
    Ok(Json(explain_person(&tenant, &served.store, &id).await?))
}
