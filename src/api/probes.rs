//! What a machine room asks: does it live, is it ready, what does it count.

use super::state::Api;
use axum::extract::{RawQuery, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use std::time::Duration;

/// The database has so long to answer.
const DATABASE: Duration = Duration::from_secs(5);

/// `/livez`: the process runs and answers.
pub(super) async fn livez() -> &'static str {
    "ok\n"
}

/// `/metrics`, in the text format of Prometheus.
pub(super) async fn metrics(State(api): State<Api>) -> impl IntoResponse {
    let kind = "text/plain; version=0.0.4; charset=utf-8";
    ([(header::CONTENT_TYPE, kind)], (api.metrics)())
}

/// `/readyz`: the database answers. With `?verbose` a line for each thing looked at,
/// also for what is wrong but stops nobody, such as broken rules while the last good ones are in force.
pub(super) async fn readyz(State(api): State<Api>, RawQuery(query): RawQuery) -> Response {
    let verbose = query.is_some_and(|query| query.starts_with("verbose"));
    let mut looked = vec![database(&api).await];
    let tenants = api.service.tenants();
    looked.extend(tenants.values().flat_map(|served| tenant(served)));
    let ready = looked.iter().all(|look| look.state != Light::Red);
    let status = match ready {
        true => StatusCode::OK,
        false => StatusCode::SERVICE_UNAVAILABLE,
    };
    let mut text = String::new();
    if verbose || !ready {
        for look in looked
            .iter()
            .filter(|look| verbose || look.state != Light::Green)
        {
            text += &format!("[{}] {}\n", look.state.sign(), look.text);
        }
    }
    text += if ready { "ready\n" } else { "not ready\n" };
    (status, text).into_response()
}

struct Look {
    state: Light,
    text: String,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Light {
    Green,
    Yellow,
    Red,
}

impl Light {
    const fn sign(self) -> char {
        match self {
            Self::Green => '+',
            Self::Yellow => '!',
            Self::Red => '-',
        }
    }
}

async fn database(api: &Api) -> Look {
    let (state, text) = match tokio::time::timeout(DATABASE, api.store.ping()).await {
        Ok(Ok(())) => (Light::Green, "the database answers".to_owned()),
        Ok(Err(error)) => (Light::Red, format!("the database does not answer: {error}")),
        Err(_) => (
            Light::Red,
            format!(
                "the database did not answer within {} s",
                DATABASE.as_secs()
            ),
        ),
    };
    Look { state, text }
}

fn tenant(served: &crate::service::Served) -> Vec<Look> {
    let name = served.name();
    let rules = match served.rules.problem() {
        None => Look {
            state: Light::Green,
            text: format!("{name}: the rules are good"),
        },
        Some(problem) => Look {
            state: Light::Yellow,
            text: format!(
                "{name}: the newest rules cannot be used since {}, the last good ones are in force\n{}",
                problem.since, problem.text
            ),
        },
    };
    let last = served.last_sync().map(|last| match last.status {
        Some(status) => Look {
            state: match status {
                crate::report::SyncStatus::Failed => Light::Yellow,
                _ => Light::Green,
            },
            text: format!("{name}: the last sync {} at {}", status.name(), last.ended),
        },
        None => Look {
            state: Light::Yellow,
            text: format!("{name}: the last sync broke down at {}", last.ended),
        },
    });
    [Some(rules), last].into_iter().flatten().collect()
}
