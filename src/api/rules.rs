//! `/rules`: what is in force, and where it comes from.

use super::parameters::{Query, TenantQuery};
use super::problem::Problem;
use super::state::Api;
use crate::reconcile::{Reread, RulesProblem};
use crate::views::RulesItem;
use axum::Json;
use axum::extract::State;
use jiff::Timestamp;
use serde::Serialize;
use std::sync::Arc;
use utoipa::ToSchema;

/// The rules in force, and what is wrong with the files if they cannot be used.
#[derive(Serialize, ToSchema)]
pub(super) struct InForce {
    /// The last good rules.
    #[serde(flatten)]
    rules: RulesItem,
    /// Why the files as they are now are not in force; null: they are.
    problem: Option<Broken>,
}

/// Why rule files cannot be used.
#[derive(Serialize, ToSchema)]
struct Broken {
    /// All errors with their places, for people.
    text: String,
    /// When the first of them was found.
    #[schema(value_type = String, format = DateTime)]
    since: Timestamp,
}

/// The rules in force: the last good ones.
#[utoipa::path(get, path = "/rules", params(TenantQuery),
    responses((status = 200, body = InForce), (status = 400, body = Problem), (status = 404, body = Problem)))]
pub(super) async fn show(
    State(api): State<Api>,
    Query(query): Query<TenantQuery>,
) -> Result<Json<InForce>, Problem> {
    let served = api.tenant(query.tenant.as_deref())?;
    Ok(Json(InForce {
        rules: served.view.rules(),
        problem: served.rules.problem().map(broken),
    }))
}

/// Reads the rule files again at once, without waiting for the next look at them. Rules that are new come into force
/// with a sync; files that cannot be used change nothing.
#[utoipa::path(post, path = "/rules/reload", params(TenantQuery),
    responses((status = 200, description = "These are in force", body = InForce), (status = 400, body = Problem),
        (status = 404, body = Problem),
        (status = 409, description = "The files cannot be used: what is wrong where; the last good rules stay", body = Problem)))]
pub(super) async fn reload(
    State(api): State<Api>,
    Query(query): Query<TenantQuery>,
) -> Result<Json<InForce>, Problem> {
    let served = api.tenant(query.tenant.as_deref())?;
    let rules = Arc::clone(&served.rules);
    let reread = tokio::task::spawn_blocking(move || rules.reload()).await;
    match (reread, served.rules.problem()) {
        (Ok(Reread::Refused), Some(problem)) => Err(Problem::conflict(problem.text)),
        (_, problem) => Ok(Json(InForce {
            rules: served.view.rules(),
            problem: problem.map(broken),
        })),
    }
}

fn broken(problem: RulesProblem) -> Broken {
    Broken {
        text: problem.text,
        since: problem.since,
    }
}
