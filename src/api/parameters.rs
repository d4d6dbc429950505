//! What requests carry: query parameters and bodies, with refusals as problems.

use super::problem::Problem;
use crate::views::{Cursor, MOST, Page};
use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::request::Parts;
use axum::http::{StatusCode, header};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// Which tenant is meant.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct TenantQuery {
    /// The tenant; needed when several are configured.
    pub(super) tenant: Option<String>,
}

/// Query parameters.
pub(super) struct Query<T>(pub(super) T);

impl<S: Send + Sync, T: DeserializeOwned + Send> FromRequestParts<S> for Query<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let axum::extract::Query(value) =
            axum::extract::Query::from_request_parts(parts, state).await?;
        Ok(Self(value))
    }
}

/// The parts of the path.
pub(super) struct Path<T>(pub(super) T);

impl<S: Send + Sync, T: DeserializeOwned + Send> FromRequestParts<S> for Path<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let axum::extract::Path(value) =
            axum::extract::Path::from_request_parts(parts, state).await?;
        Ok(Self(value))
    }
}

/// A body of JSON. No body at all is an empty object.
pub(super) struct Body<T>(pub(super) T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Body<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let json = request
            .headers()
            .get(header::CONTENT_TYPE)
            .is_some_and(|value| value.as_bytes().starts_with(b"application/json"));
        let bytes = Bytes::from_request(request, state).await.map_err(|error| {
            Problem::new(error.status(), format!("the body cannot be read: {error}"))
        })?;
        let text: &[u8] = match (bytes.is_empty(), json) {
            (true, _) => b"{}",
            (false, true) => &bytes,
            // A page of another site can send any body but this kind without asking first.
            (false, false) => {
                let detail = "send the body with `Content-Type: application/json`";
                return Err(Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, detail));
            }
        };
        let mut json = serde_json::Deserializer::from_slice(text);
        let value = serde_path_to_error::deserialize(&mut json).map_err(|error| {
            Problem::bad_request(format!("the body is not as expected: {error}"))
        })?;
        json.end()
            .map_err(|error| Problem::bad_request(format!("the body does not end: {error}")))?;
        Ok(Self(value))
    }
}

/// Which part of a list is wanted.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct ListQuery {
    /// The tenant; needed when several are configured.
    pub(super) tenant: Option<String>,
    /// At most so many items, 1 to 1000; 100 where it is left out.
    limit: Option<u32>,
    /// `next_cursor` of the part before.
    cursor: Option<String>,
}

/// Items of a list where the request does not say.
const USUAL: u32 = 100;

impl ListQuery {
    /// How many items are wanted.
    pub(super) fn limit(&self) -> Result<u32, Problem> {
        limit(self.limit)
    }

    /// Where to go on.
    pub(super) fn cursor(&self) -> Result<Option<Cursor>, Problem> {
        cursor(self.cursor.as_deref())
    }
}

/// How many items are wanted, of a list with parameters of its own.
pub(super) fn limit(wanted: Option<u32>) -> Result<u32, Problem> {
    match wanted.unwrap_or(USUAL) {
        limit @ 1..=MOST => Ok(limit),
        limit => Err(Problem::bad_request(format!(
            "`limit` is {limit}; it may be 1 to {MOST}"
        ))),
    }
}

/// Where to go on, in a list with parameters of its own.
pub(super) fn cursor(text: Option<&str>) -> Result<Option<Cursor>, Problem> {
    Ok(text.map(str::parse).transpose()?)
}

/// A part of a list.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(super) struct List<T> {
    /// What it holds.
    items: Vec<T>,
    /// Where the next part begins; null at the end.
    next_cursor: Option<String>,
}

impl<T> From<Page<T>> for List<T> {
    fn from(page: Page<T>) -> Self {
        Self {
            items: page.items,
            next_cursor: page.next.map(|cursor| cursor.to_string()),
        }
    }
}
