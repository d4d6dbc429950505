//! The table of contents.

use super::gate::{Gate, LARGEST_BODY, gate};
use super::problem::Problem;
use super::state::Api;
use super::{audit, events, numbers, overrides, probes, ranges, rules, syncs, tenants, users};
use axum::extract::{DefaultBodyLimit, Request};
use axum::http::StatusCode;
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use axum::{Router, middleware};
use std::any::Any;
use std::time::Duration;
use tower_http::catch_panic::CatchPanicLayer;
use utoipa::openapi::{InfoBuilder, OpenApi, OpenApiBuilder};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// A request has so long to be answered; streams of events begin within it and go on.
const ANSWER: Duration = Duration::from_secs(120);

/// All routes. `loopback_only`: nobody is let in under another name than this machine's own.
pub fn router(api: Api, loopback_only: bool) -> Router {
    let (routes, document) = documented().split_for_parts();
    let document = axum::body::Bytes::from(named(document).to_json().unwrap_or_default());
    let describes = move || {
        let document = document.clone();
        async move { ([("content-type", "application/json")], document) }
    };
    routes
        .route("/api/v1/openapi.json", get(describes))
        .route("/livez", get(probes::livez))
        .route("/readyz", get(probes::readyz))
        .route("/metrics", get(probes::metrics))
        .fallback(async || {
            Problem::not_found("there is nothing here; /api/v1/openapi.json describes the routes")
        })
        .method_not_allowed_fallback(async || {
            Problem::new(
                StatusCode::METHOD_NOT_ALLOWED,
                "this route does not take that method",
            )
        })
        .with_state(api)
        .layer(middleware::from_fn_with_state(Gate { loopback_only }, gate))
        .layer(DefaultBodyLimit::max(LARGEST_BODY))
        .layer(middleware::from_fn(in_time))
        .layer(CatchPanicLayer::custom(broke_down))
}

/// The description of `/api/v1`, made from the routes themselves.
#[must_use]
pub fn openapi() -> OpenApi {
    named(documented().into_openapi())
}

/// Names each operation by its method and path: programs made from the document want a name of its own for each.
fn named(mut document: OpenApi) -> OpenApi {
    for (path, item) in &mut document.paths.paths {
        let words = path.trim_start_matches("/api/v1").split(['/', '{', '}']);
        let words: Vec<&str> = words.filter(|word| !word.is_empty()).collect();
        let operations = [
            ("get", &mut item.get),
            ("put", &mut item.put),
            ("post", &mut item.post),
            ("delete", &mut item.delete),
        ];
        for (method, operation) in operations {
            if let Some(operation) = operation {
                operation.operation_id = Some(format!("{method}_{}", words.join("_")));
            }
        }
    }
    document
}

fn documented() -> OpenApiRouter<Api> {
    let info = InfoBuilder::new()
        .title("Linekeeper")
        .version("1")
        .description(Some(
            "Gives Microsoft Teams users their phone numbers by rule.",
        ));
    let document = OpenApiBuilder::new().info(info.build()).build();
    let routes = OpenApiRouter::with_openapi(OpenApi::default())
        .routes(routes!(syncs::list, syncs::start))
        .routes(routes!(syncs::show))
        .routes(routes!(events::events))
        .routes(routes!(syncs::approve))
        .routes(routes!(syncs::reject))
        .routes(routes!(rules::reload))
        .merge(to_look_at())
        .merge(by_hand());
    OpenApiRouter::with_openapi(document).nest("/api/v1", routes)
}

/// What only shows.
fn to_look_at() -> OpenApiRouter<Api> {
    OpenApiRouter::new()
        .routes(routes!(users::list))
        .routes(routes!(users::show))
        .routes(routes!(users::explain))
        .routes(routes!(ranges::list))
        .routes(routes!(ranges::show))
        .routes(routes!(numbers::list))
        .routes(routes!(numbers::show))
        .routes(routes!(numbers::history))
        .routes(routes!(audit::list))
        .routes(routes!(rules::show))
        .routes(routes!(tenants::list))
}

/// What people do and set by hand.
fn by_hand() -> OpenApiRouter<Api> {
    OpenApiRouter::new()
        .routes(routes!(overrides::assign, overrides::release))
        .routes(routes!(overrides::pin, overrides::unpin))
        .routes(routes!(overrides::exempt, overrides::unexempt))
        .routes(routes!(overrides::resume))
        .routes(routes!(ranges::suspend, ranges::resume))
        .routes(routes!(numbers::reserve, numbers::unreserve))
        .routes(routes!(tenants::pause, tenants::resume))
}

/// Answers for a handler that takes too long.
async fn in_time(request: Request, next: Next) -> Response {
    match tokio::time::timeout(ANSWER, next.run(request)).await {
        Ok(response) => response,
        Err(_) => {
            let detail = format!("the request was not answered within {} s", ANSWER.as_secs());
            Problem::unavailable(detail).into_response()
        }
    }
}

fn broke_down(_cause: Box<dyn Any + Send>) -> Response {
    tracing::error!("a request broke down: a defect of this program");
    let detail = "the request broke down: a defect of this program, which its log describes";
    Problem::new(StatusCode::INTERNAL_SERVER_ERROR, detail).into_response()
}
