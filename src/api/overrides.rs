//! `/users/{id}/number`, `/pin`, `/exemption`, `/resume`: what is set and done by hand for one person.

use super::bureau::{Because, Bureau};
use super::detached::detached;
use super::parameters::{Body, Path, Query, TenantQuery};
use super::problem::Problem;
use super::state::Api;
use super::syncs::{answer, by_api, one_person};
use crate::directory::UserId;
use crate::numbering::E164;
use crate::plan::{Hand, Wish};
use crate::reconcile::{self, Request, SyncError};
use crate::report::UserOverrides;
use crate::service::Served;
use crate::views::{SyncItem, read_number};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use serde::Deserialize;
use std::sync::Arc;
use std::time::Duration;
use utoipa::ToSchema;

/// What is done by hand waits so long for a sync under way.
const PATIENCE: Duration = Duration::from_secs(60);

/// So long an answer waits for what it has begun; what takes longer is looked at under `Location`.
const PROMPT: Duration = Duration::from_secs(30);

/// Which number: this one, the next one of a range, or what the rules pick.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub(super) struct NumberWish {
    /// This number.
    number: Option<String>,
    /// The next free one of this range.
    range: Option<String>,
}

/// Which number the user is pinned to.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct PinWish {
    /// The number.
    number: String,
    /// Take another number away at once; otherwise it is kept until it is changed by hand or comes back.
    #[serde(default)]
    r#move: bool,
}

/// Gives the user a number by hand, or another one. What is so already changes nothing.
#[utoipa::path(put, path = "/users/{id}/number", params(("id" = String, Path), TenantQuery), request_body = NumberWish,
    responses((status = 202, description = "Begun, with the change; `Location` tells what came of it", body = SyncItem),
        (status = 400, body = Problem), (status = 404, body = Problem),
        (status = 409, description = "Refused: the number is taken, of the wrong type, and so on", body = Problem),
        (status = 429, description = "This caller has reached `safety.max_by_hand`", body = Problem)))]
pub(super) async fn assign(
    State(api): State<Api>,
    Path(id): Path<String>,
    Query(query): Query<TenantQuery>,
    Body(wish): Body<NumberWish>,
) -> Result<Response, Problem> {
    let served = api.tenant(query.tenant.as_deref())?;
    if wish.number.is_some() && wish.range.is_some() {
        return Err(Problem::bad_request("give `number` or `range`, not both"));
    }
    let wish = Wish::Assign {
        number: wish.number.as_deref().map(read_number).transpose()?,
        range: wish.range,
    };
    let user = one_person(&served, &id).await?;
    order(&api, &served, user, wish).await
}

/// Takes the user's number back by hand. The rules give no other until the user is resumed.
#[utoipa::path(delete, path = "/users/{id}/number", params(("id" = String, Path), TenantQuery),
    responses((status = 202, description = "Begun, with the change; `Location` tells what came of it", body = SyncItem),
        (status = 404, body = Problem), (status = 409, body = Problem),
        (status = 429, description = "This caller has reached `safety.max_by_hand`", body = Problem)))]
pub(super) async fn release(
    State(api): State<Api>,
    Path(id): Path<String>,
    Query(query): Query<TenantQuery>,
) -> Result<Response, Problem> {
    let served = api.tenant(query.tenant.as_deref())?;
    let user = served.view.user_id(&id).await?;
    order(&api, &served, user, Wish::Release { renumber: false }).await
}

/// A sync of this one wish.
async fn order(
    api: &Api,
    served: &Arc<Served>,
    user: UserId,
    wish: Wish,
) -> Result<Response, Problem> {
    let people = vec![user];
    let request = Request::of_hand(by_api(), Hand { people, wish });
    let (api, served) = (api.clone(), Arc::clone(served));
    detached(async move {
        let tenant = || api.service.for_sync(&served);
        let runner = &api.service.runner;
        let run = runner.start_alone(tenant, request, PATIENCE).await?;
        let ended = tokio::time::timeout(PROMPT, run.ended()).await;
        if let Ok(end) = ended
            && let Some(Err(SyncError::Refused(refusal))) = &*end
        {
            return Err(refusal.clone().into());
        }
        answer(&api, &served, StatusCode::ACCEPTED, &run.id).await
    })
    .await
}

/// Pins the user to a number, which nobody else gets while the pin stands.
#[utoipa::path(put, path = "/users/{id}/pin", params(("id" = String, Path), TenantQuery), request_body = PinWish,
    responses((status = 200, body = UserOverrides),
        (status = 202, description = "With `move`: the change has begun; `Location` tells what came of it", body = SyncItem),
        (status = 400, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem)))]
pub(super) async fn pin(
    State(api): State<Api>,
    Path(id): Path<String>,
    Query(query): Query<TenantQuery>,
    Body(wish): Body<PinWish>,
) -> Result<Response, Problem> {
    let number = read_number(&wish.number)?;
    let (bureau, user) = whose(&api, &query, &id).await?;
    let set = reconcile::pin(&bureau.desk(), &bureau.rules, user, number, false).await?;
    if wish.r#move && set.number.is_some_and(|held| held != number) {
        let moved = order(&api, &bureau.served, user, this_number(number)).await;
        return moved.map_err(|problem| Problem {
            detail: format!(
                "{}; the pin stands, the number was not changed: `PUT /users/{{id}}/number` changes it, \
                 `DELETE /users/{{id}}/pin` takes the pin back",
                problem.detail
            ),
            ..problem
        });
    }
    Ok(Json(set).into_response())
}

const fn this_number(number: E164) -> Wish {
    Wish::Assign {
        number: Some(number),
        range: None,
    }
}

/// Takes the pin back; the number stays where it is.
#[utoipa::path(delete, path = "/users/{id}/pin", params(("id" = String, Path), TenantQuery),
    responses((status = 200, body = UserOverrides), (status = 404, body = Problem)))]
pub(super) async fn unpin(
    State(api): State<Api>,
    Path(id): Path<String>,
    Query(query): Query<TenantQuery>,
) -> Result<Json<UserOverrides>, Problem> {
    let (bureau, user) = whose(&api, &query, &id).await?;
    Ok(Json(reconcile::unpin(&bureau.desk(), user).await?))
}

/// Has the rules leave the user alone: the number stays, and none is given.
#[utoipa::path(put, path = "/users/{id}/exemption", params(("id" = String, Path), TenantQuery), request_body = Because,
    responses((status = 200, body = UserOverrides), (status = 400, body = Problem), (status = 404, body = Problem)))]
pub(super) async fn exempt(
    State(api): State<Api>,
    Path(id): Path<String>,
    Query(query): Query<TenantQuery>,
    Body(because): Body<Because>,
) -> Result<Json<UserOverrides>, Problem> {
    let (bureau, user) = whose(&api, &query, &id).await?;
    let set = reconcile::exempt(&bureau.desk(), user, &because.reason, because.until()?).await;
    Ok(Json(set?))
}

/// Takes the exemption back.
#[utoipa::path(delete, path = "/users/{id}/exemption", params(("id" = String, Path), TenantQuery),
    responses((status = 200, body = UserOverrides), (status = 404, body = Problem)))]
pub(super) async fn unexempt(
    State(api): State<Api>,
    Path(id): Path<String>,
    Query(query): Query<TenantQuery>,
) -> Result<Json<UserOverrides>, Problem> {
    let (bureau, user) = whose(&api, &query, &id).await?;
    Ok(Json(reconcile::unexempt(&bureau.desk(), user).await?))
}

/// Lets the rules decide again about somebody who waits for a person, for Teams, or after refused numbers.
#[utoipa::path(post, path = "/users/{id}/resume", params(("id" = String, Path), TenantQuery),
    responses((status = 200, body = UserOverrides), (status = 404, body = Problem)))]
pub(super) async fn resume(
    State(api): State<Api>,
    Path(id): Path<String>,
    Query(query): Query<TenantQuery>,
) -> Result<Json<UserOverrides>, Problem> {
    let (bureau, user) = whose(&api, &query, &id).await?;
    Ok(Json(reconcile::resume_user(&bureau.desk(), user).await?))
}

async fn whose(api: &Api, query: &TenantQuery, id: &str) -> Result<(Bureau, UserId), Problem> {
    let bureau = Bureau::of(api, query.tenant.as_deref())?;
    let user = bureau.served.view.user_id(id).await?;
    Ok((bureau, user))
}
