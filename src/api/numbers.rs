//! `/numbers`: the state of each, and who ever held it.

use super::bureau::{Bureau, until_of};
use super::parameters::{Body, List, Path, Query, TenantQuery, cursor, limit};
use super::problem::Problem;
use super::state::Api;
use crate::numbering::NumberState;
use crate::plan::moment;
use crate::reconcile;
use crate::report::NumberOverrides;
use crate::views::{Golden, HistoryItem, NumberFilter, NumberItem, read_number};
use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use utoipa::ToSchema;

/// Which numbers are wanted.
#[derive(Clone, Debug, Default, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct NumbersQuery {
    /// The tenant; needed when several are configured.
    tenant: Option<String>,
    /// Only of this range.
    range: Option<String>,
    /// Only in this state, such as `free` or `assigned`.
    state: Option<String>,
    /// `true`: only memorable ones, each with its score as `golden`: those that `numbers.golden_score` leaves to people,
    /// and where that is off, all that score at all.
    golden: Option<bool>,
    /// At most so many items, 1 to 1000; 100 where it is left out. Of a rare state a part may hold fewer, even none,
    /// while there is a `next_cursor`.
    limit: Option<u32>,
    /// `next_cursor` of the part before.
    cursor: Option<String>,
}

/// Why a number is set aside, until when, and for whom.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ReservationWish {
    /// Why; it is shown wherever somebody asks.
    reason: String,
    /// A day (its first moment, UTC) or a full time; left out: until it is taken back.
    until: Option<String>,
    /// For somebody who may join later, by UPN, mail or employee id: they get it, and nobody else.
    #[serde(rename = "for")]
    whom: Option<String>,
}

/// Numbers with their states, in the order of the ranges, ascending in each.
#[utoipa::path(get, path = "/numbers", params(NumbersQuery),
    responses((status = 200, body = List<NumberItem>), (status = 400, body = Problem), (status = 404, body = Problem)))]
pub(super) async fn list(
    State(api): State<Api>,
    Query(query): Query<NumbersQuery>,
) -> Result<Json<List<NumberItem>>, Problem> {
    let served = api.tenant(query.tenant.as_deref())?;
    let filter = NumberFilter {
        range: query.range.as_deref(),
        state: query.state.as_deref().map(known_state).transpose()?,
        golden: query
            .golden
            .unwrap_or_default()
            .then_some(Golden::Configured),
    };
    let after = cursor(query.cursor.as_deref())?;
    let page = served
        .view
        .numbers(filter, after.as_ref(), limit(query.limit)?)
        .await?;
    Ok(Json(page.into()))
}

fn known_state(name: &str) -> Result<NumberState, Problem> {
    NumberState::from_name(name).ok_or_else(|| {
        let known = NumberState::ALL.map(NumberState::name).join(", ");
        Problem::bad_request(format!(
            "`{name}` is no state of a number; there are {known}"
        ))
    })
}

/// One number with its state.
#[utoipa::path(get, path = "/numbers/{e164}",
    params(("e164" = String, Path, description = "The number, such as +498955501000"), TenantQuery),
    responses((status = 200, body = NumberItem), (status = 400, body = Problem),
        (status = 404, description = "No range declares it", body = Problem)))]
pub(super) async fn show(
    State(api): State<Api>,
    Path(number): Path<String>,
    Query(query): Query<TenantQuery>,
) -> Result<Json<NumberItem>, Problem> {
    let served = api.tenant(query.tenant.as_deref())?;
    Ok(Json(served.view.number(read_number(&number)?).await?))
}

/// What of a history is wanted.
#[derive(Clone, Debug, Default, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct HistoryQuery {
    /// The tenant; needed when several are configured.
    tenant: Option<String>,
    /// Only who held it then: a day as 2026-12-31, which means its first moment in UTC, or a full time.
    at: Option<String>,
    /// At most so many items, 1 to 1000; 100 where it is left out.
    limit: Option<u32>,
    /// `next_cursor` of the part before.
    cursor: Option<String>,
}

/// Everyone who ever held the number under management, oldest first; it need not lie in a range any more.
#[utoipa::path(get, path = "/numbers/{e164}/history",
    params(("e164" = String, Path, description = "The number, such as +498955501000"), HistoryQuery),
    responses((status = 200, body = List<HistoryItem>), (status = 400, body = Problem), (status = 404, body = Problem)))]
pub(super) async fn history(
    State(api): State<Api>,
    Path(number): Path<String>,
    Query(query): Query<HistoryQuery>,
) -> Result<Json<List<HistoryItem>>, Problem> {
    let served = api.tenant(query.tenant.as_deref())?;
    let (after, limit) = (cursor(query.cursor.as_deref())?, limit(query.limit)?);
    let number = read_number(&number)?;
    let at = query.at.as_deref().map(moment).transpose();
    let at = at.map_err(|how| Problem::bad_request(format!("`at` is no time: {how}")))?;
    let page = served
        .view
        .history_page(number, at, after.as_ref(), limit)
        .await?;
    Ok(Json(page.into()))
}

/// Sets the number aside: the rules give it to nobody, people may. With `for` it is given to whoever has that name, once
/// they may have a number, and to nobody else.
#[utoipa::path(put, path = "/numbers/{e164}/reservation", params(("e164" = String, Path), TenantQuery),
    request_body = ReservationWish,
    responses((status = 200, body = NumberOverrides), (status = 400, body = Problem), (status = 404, body = Problem),
        (status = 409, body = Problem)))]
pub(super) async fn reserve(
    State(api): State<Api>,
    Path(number): Path<String>,
    Query(query): Query<TenantQuery>,
    Body(wish): Body<ReservationWish>,
) -> Result<Json<NumberOverrides>, Problem> {
    let bureau = Bureau::of(&api, query.tenant.as_deref())?;
    let (number, until) = (read_number(&number)?, until_of(wish.until.as_deref())?);
    let (desk, whom) = (bureau.desk(), wish.whom.as_deref());
    let set = reconcile::reserve(&desk, &bureau.rules, number, &wish.reason, until, whom).await?;
    if let Some(whom) = whom {
        let people = bureau.served.store.answering_to(whom).await?;
        reconcile::decide_again(&desk, &people).await?;
    }
    Ok(Json(set))
}

/// Takes a reservation by hand back; one by rule stays.
#[utoipa::path(delete, path = "/numbers/{e164}/reservation", params(("e164" = String, Path), TenantQuery),
    responses((status = 200, body = NumberOverrides), (status = 400, body = Problem), (status = 404, body = Problem)))]
pub(super) async fn unreserve(
    State(api): State<Api>,
    Path(number): Path<String>,
    Query(query): Query<TenantQuery>,
) -> Result<Json<NumberOverrides>, Problem> {
    let bureau = Bureau::of(&api, query.tenant.as_deref())?;
    let set = reconcile::unreserve(&bureau.desk(), &bureau.rules, read_number(&number)?).await;
    Ok(Json(set?))
}
