//! `/syncs`: start one, look at one, decide what one holds.

use super::detached::detached;
use super::parameters::{Body, Path, Query, TenantQuery};
use super::problem::Problem;
use super::state::Api;
use crate::directory::UserId;
use crate::reconcile::{Request, Run, Start, Trigger};
use crate::report::{SyncRecord, SyncStatus, TriggerKind};
use crate::service::Served;
use crate::store::{Decision, Remembered};
use crate::views::{SyncItem, ViewError};
use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use std::sync::Arc;
use std::time::Duration;
use utoipa::ToSchema;

/// The longest idempotency key.
const LONGEST_KEY: usize = 255;

/// An approval waits so long for a sync under way.
const PATIENCE: Duration = Duration::from_secs(60);

/// Graph has so long to tell of somebody who is not known yet.
const GRAPH: Duration = Duration::from_secs(15);

/// How often, and after how long, another process's sync is looked at that has not told its id yet.
const LOOKS: u32 = 20;
const LOOK_AGAIN: Duration = Duration::from_millis(100);

/// What kind of sync is wished for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub(super) struct SyncWish {
    /// The tenant; needed when several are configured.
    tenant: Option<String>,
    /// Only this person: id, UPN (former ones too) or mail.
    user: Option<String>,
    /// Read the whole directory and decide for everybody.
    full: bool,
    /// Only plan; change nothing.
    dry_run: bool,
}

/// Whose held changes are left out.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Except {
    /// Users: id, UPN or mail.
    except: Vec<String>,
}

/// Starts a sync, or answers with the one under way.
#[utoipa::path(post, path = "/syncs", request_body = SyncWish,
    params(("Idempotency-Key" = Option<String>, Header, description = "Sent again within 24 hours, it starts nothing anew")),
    responses(
        (status = 202, description = "Begun; `Location` names it", body = SyncItem),
        (status = 200, description = "One is under way, or the same was asked before", body = SyncItem),
        (status = 404, description = "No such tenant or user", body = Problem),
        (status = 422, description = "Something else was asked under this idempotency key", body = Problem)))]
pub(super) async fn start(
    State(api): State<Api>,
    headers: HeaderMap,
    Body(wish): Body<SyncWish>,
) -> Result<Response, Problem> {
    let served = api.tenant(wish.tenant.as_deref())?;
    let key = idempotency_key(&headers)?;
    // The key has to learn how it was answered, whether or not somebody still listens.
    detached(async move {
        match key {
            Some(key) => start_once(&api, &served, &key, &wish).await,
            None => start_now(&api, &served, &wish).await,
        }
    })
    .await
}

async fn start_now(api: &Api, served: &Served, wish: &SyncWish) -> Result<Response, Problem> {
    let (status, id) = begin(api, served, wish).await?;
    answer(api, served, status, &id).await
}

/// Starts what was not asked under the key before. Two requests with one key wait for each other.
async fn start_once(
    api: &Api,
    served: &Served,
    key: &str,
    wish: &SyncWish,
) -> Result<Response, Problem> {
    let _one_at_a_time = served.keyed.lock().await;
    if let Some(answer) = answered_before(api, served, key, wish).await? {
        return Ok(answer);
    }
    let (status, id) = begin(api, served, wish).await?;
    served.store.answer_request(key, &id).await?;
    answer(api, served, status, &id).await
}

async fn begin(
    api: &Api,
    served: &Served,
    wish: &SyncWish,
) -> Result<(StatusCode, String), Problem> {
    let tenant = served.for_sync();
    let mut request = Request::new(by_api(), true);
    request.full = wish.full;
    request.only = match &wish.user {
        None => None,
        Some(text) => Some(one_person(served, text).await?),
    };
    if wish.dry_run {
        let run = api.service.runner.start_plan(&tenant, request);
        return Ok((StatusCode::ACCEPTED, run.id.clone()));
    }
    match api.service.runner.start(&tenant, request).await? {
        Start::Begun(run) => Ok((StatusCode::ACCEPTED, run.id.clone())),
        Start::Joined { sync: Some(id), .. } => Ok((StatusCode::OK, id)),
        Start::Joined { sync: None, holder } => {
            let id = named_later(served).await?;
            let id = id.ok_or_else(|| {
                Problem::unavailable(format!("a sync is under way, begun by {holder}; ask again"))
            })?;
            Ok((StatusCode::OK, id))
        }
    }
}

/// The id of a sync that another process has only just begun.
async fn named_later(served: &Served) -> Result<Option<String>, Problem> {
    for _ in 0..LOOKS {
        if let Some(id) = served.view.tenant().await?.running_sync_id {
            return Ok(Some(id));
        }
        tokio::time::sleep(LOOK_AGAIN).await;
    }
    Ok(None)
}

/// Who asks, as long as there is no access control.
pub(super) fn by_api() -> Trigger {
    Trigger {
        kind: TriggerKind::Api,
        by: "api".to_owned(),
    }
}

/// Somebody known by id, UPN or mail, or asked of the directory.
pub(super) async fn one_person(served: &Served, text: &str) -> Result<UserId, Problem> {
    match served.view.user_id(text).await {
        Err(ViewError::NoUser(_)) => {}
        other => return Ok(other?),
    }
    if let Ok(id) = text.parse() {
        return Ok(id);
    }
    let asked = tokio::time::timeout(GRAPH, served.directory().user_named(text)).await;
    let Ok(asked) = asked else {
        let detail = format!(
            "`{text}` is not known yet, and Graph does not answer; try again, or wait for a sync"
        );
        return Err(Problem::unavailable(detail));
    };
    match asked {
        Ok(Some(user)) => Ok(user.id),
        Ok(None) => Err(Problem::not_found(format!(
            "nobody in the directory has the UPN, mail or id `{text}`"
        ))),
        Err(error) => {
            let detail = format!("`{text}` is not known yet, and Graph cannot be asked: {error}");
            Err(Problem::new(StatusCode::BAD_GATEWAY, detail))
        }
    }
}

fn idempotency_key(headers: &HeaderMap) -> Result<Option<String>, Problem> {
    let Some(value) = headers.get("idempotency-key") else {
        return Ok(None);
    };
    match value.to_str() {
        Ok(key) if !key.is_empty() && key.len() <= LONGEST_KEY => Ok(Some(key.to_owned())),
        _ => Err(Problem::bad_request(format!(
            "an Idempotency-Key has 1 to {LONGEST_KEY} visible ASCII characters"
        ))),
    }
}

/// The answer to a request that came before under the same key.
async fn answered_before(
    api: &Api,
    served: &Served,
    key: &str,
    wish: &SyncWish,
) -> Result<Option<Response>, Problem> {
    let body = serde_json::to_vec(wish).unwrap_or_default();
    let digest: String = Sha256::digest(body)
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    let now = api.service.clock.now();
    match served.store.remember_request(key, &digest, now).await? {
        Remembered::New | Remembered::Same(None) => Ok(None),
        Remembered::Other => Err(Problem::new(
            StatusCode::UNPROCESSABLE_ENTITY,
            "something else was asked under this Idempotency-Key within the last 24 hours",
        )),
        Remembered::Same(Some(id)) => match answer(api, served, StatusCode::OK, &id).await {
            // A plan does not outlive the process that made it: it is made anew.
            Err(problem) if problem.status == StatusCode::NOT_FOUND => Ok(None),
            answered => answered.map(Some),
        },
    }
}

pub(super) async fn answer(
    api: &Api,
    served: &Served,
    status: StatusCode,
    id: &str,
) -> Result<Response, Problem> {
    let item = match api.service.runner.find(id) {
        Some(run) if run.dry => of_plan(served, &run),
        _ => served.view.sync(id).await?,
    };
    let location = format!("/api/v1/syncs/{id}");
    Ok((status, [(header::LOCATION, location)], Json(item)).into_response())
}

/// A plan that this process has made or is making, under the id by which it can be asked for.
fn of_plan(served: &Served, run: &Run) -> SyncItem {
    let mut report = match run.end().as_deref() {
        Some(Some(Ok(finished))) => finished.report.clone(),
        ended => {
            let status = match ended {
                None => SyncStatus::Running,
                Some(_) => SyncStatus::Failed,
            };
            crate::report::SyncReport::empty(
                served.name(),
                served.settings().mode,
                served.rules.described(),
                status,
            )
        }
    };
    report.sync_id = Some(run.id.clone());
    SyncItem::whole(SyncRecord {
        report,
        trigger: TriggerKind::Api,
        started: run.started,
        finished: run.finished(),
    })
}

/// Past syncs, the latest first.
#[utoipa::path(get, path = "/syncs", params(super::parameters::ListQuery),
    responses((status = 200, body = super::parameters::List<SyncItem>), (status = 400, body = Problem)))]
pub(super) async fn list(
    State(api): State<Api>,
    Query(query): Query<super::parameters::ListQuery>,
) -> Result<impl IntoResponse, Problem> {
    let served = api.tenant(query.tenant.as_deref())?;
    let cursor = query.cursor()?;
    let page = served.view.syncs(cursor.as_ref(), query.limit()?).await?;
    Ok(Json(super::parameters::List::from(page)))
}

/// The tenant of a sync, and the sync.
pub(super) async fn find(
    api: &Api,
    tenant: Option<&str>,
    id: &str,
) -> Result<(Arc<Served>, SyncItem), Problem> {
    let tenants = match tenant {
        Some(name) => vec![api.tenant(Some(name))?],
        None => api.service.tenants().values().cloned().collect(),
    };
    let run = api.service.runner.find(id);
    for served in tenants {
        match &run {
            Some(run) if run.tenant != served.name() => continue,
            Some(run) if run.dry => {
                let item = of_plan(&served, run);
                return Ok((served, item));
            }
            _ => {}
        }
        match served.view.sync(id).await {
            Ok(item) => return Ok((served, item)),
            Err(ViewError::NoSync(_)) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Err(Problem::not_found(format!("no sync has the id `{id}`")))
}

/// One sync with its changes and notes.
#[utoipa::path(get, path = "/syncs/{id}", params(("id" = String, Path), TenantQuery),
    responses((status = 200, body = SyncItem), (status = 404, body = Problem)))]
pub(super) async fn show(
    State(api): State<Api>,
    Path(id): Path<String>,
    Query(query): Query<TenantQuery>,
) -> Result<Json<SyncItem>, Problem> {
    let (_, item) = find(&api, query.tenant.as_deref(), &id).await?;
    Ok(Json(item))
}

/// Makes the changes that a sync holds, each checked against what is true by now, with a sync of its own.
#[utoipa::path(post, path = "/syncs/{id}/approve", params(("id" = String, Path), TenantQuery), request_body = Except,
    responses(
        (status = 202, description = "The sync that makes them has begun; `Location` names it", body = SyncItem),
        (status = 404, body = Problem),
        (status = 409, description = "It holds nothing, was decided or replaced, or has expired", body = Problem)))]
pub(super) async fn approve(
    State(api): State<Api>,
    Path(id): Path<String>,
    Query(query): Query<TenantQuery>,
    Body(body): Body<Except>,
) -> Result<Response, Problem> {
    let (served, _) = find(&api, query.tenant.as_deref(), &id).await?;
    let record = served.store.sync(&id).await?;
    let record = record.ok_or_else(|| Problem::conflict("a plan holds nothing to approve"))?;
    let mut except = Vec::new();
    for user in &body.except {
        except.push(served.view.user_id(user).await?);
    }
    let request = Request::approving(by_api(), &record.report, except).ok_or_else(|| {
        let status = record.report.status.name();
        let what = match record.report.holds_rules() {
            true => "holds changed rules, which are taken up for everybody or not at all: nobody can be left out",
            false => "holds no change that could be approved",
        };
        Problem::conflict(format!("the sync {id} ({status}) {what}"))
    })?;
    detached(async move {
        let tenant = || api.service.for_sync(&served);
        let runner = &api.service.runner;
        let run = runner.start_alone(tenant, request, PATIENCE).await?;
        answer(&api, &served, StatusCode::ACCEPTED, &run.id).await
    })
    .await
}

/// Drops the changes that a sync holds; what still holds is planned again.
#[utoipa::path(post, path = "/syncs/{id}/reject", params(("id" = String, Path), TenantQuery),
    responses((status = 200, body = SyncItem), (status = 404, body = Problem), (status = 409, body = Problem)))]
pub(super) async fn reject(
    State(api): State<Api>,
    Path(id): Path<String>,
    Query(query): Query<TenantQuery>,
) -> Result<Json<SyncItem>, Problem> {
    let (served, item) = find(&api, query.tenant.as_deref(), &id).await?;
    let decision = Decision::Reject { by: by_api().by };
    served
        .store
        .resolve_held(None, &id, &decision, api.service.clock.now())
        .await?;
    Ok(Json(item))
}
