//! Errors as RFC 9457 says.

use crate::apply::JournalError;
use crate::reconcile::SyncError;
use crate::store::HeldError;
use crate::views::ViewError;
use axum::extract::rejection::{JsonRejection, PathRejection, QueryRejection};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::ToSchema;

/// Why a request was not answered as it wished (`application/problem+json`, RFC 9457).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub(super) struct Problem {
    /// The kind of problem: always `about:blank`, the status tells.
    #[serde(rename = "type")]
    pub(super) kind: &'static str,
    /// The status in words.
    pub(super) title: String,
    /// The HTTP status.
    pub(super) status: u16,
    /// What went wrong with this request, and how to mend it.
    pub(super) detail: String,
    /// Seconds after which it may be tried again.
    #[serde(skip)]
    pub(super) retry_after: Option<u32>,
}

impl Problem {
    /// A problem of that status.
    pub(super) fn new(status: StatusCode, detail: impl Into<String>) -> Self {
        Self {
            kind: "about:blank",
            title: status.canonical_reason().unwrap_or("Error").to_owned(),
            status: status.as_u16(),
            detail: detail.into(),
            retry_after: None,
        }
    }

    /// The request cannot be understood.
    pub(super) fn bad_request(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, detail)
    }

    /// There is no such thing.
    pub(super) fn not_found(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND, detail)
    }

    /// It stands against what is.
    pub(super) fn conflict(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::CONFLICT, detail)
    }

    /// Not now; perhaps in a while.
    pub(super) fn unavailable(detail: impl Into<String>) -> Self {
        Self {
            retry_after: Some(5),
            ..Self::new(StatusCode::SERVICE_UNAVAILABLE, detail)
        }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let body = serde_json::to_vec(&self).unwrap_or_default();
        let mut response = (status, body).into_response();
        let headers = response.headers_mut();
        headers.insert(
            header::CONTENT_TYPE,
            HeaderValue::from_static("application/problem+json"),
        );
        if let Some(seconds) = self.retry_after {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}

impl From<JournalError> for Problem {
    fn from(error: JournalError) -> Self {
        tracing::error!(%error, "a request could not be answered");
        Self::unavailable(format!("the database does not do its part: {error}"))
    }
}

impl From<ViewError> for Problem {
    fn from(error: ViewError) -> Self {
        let detail = error.to_string();
        match error {
            ViewError::NoUser(_)
            | ViewError::NoRange(_)
            | ViewError::NoOperator(_)
            | ViewError::Undeclared(_)
            | ViewError::NoSync(_) => Self::not_found(detail),
            ViewError::SeveralUsers { .. } => Self::conflict(detail),
            ViewError::NoNumber { .. } | ViewError::Cursor => Self::bad_request(detail),
            ViewError::Journal(error) => error.into(),
        }
    }
}

impl From<SyncError> for Problem {
    fn from(error: SyncError) -> Self {
        let detail = error.to_string();
        match error {
            SyncError::Running { .. } => Self {
                retry_after: Some(5),
                ..Self::conflict(detail)
            },
            SyncError::Stale(_) | SyncError::NotHeld(_) => Self::conflict(detail),
            SyncError::Refused(refusal) => refusal.into(),
            SyncError::Stopping => Self::unavailable(detail),
            SyncError::Journal(error) => error.into(),
        }
    }
}

impl From<HeldError> for Problem {
    fn from(error: HeldError) -> Self {
        let detail = error.to_string();
        match error {
            HeldError::Journal(error) => error.into(),
            _ => Self::conflict(detail),
        }
    }
}

impl From<JsonRejection> for Problem {
    fn from(rejection: JsonRejection) -> Self {
        Self::new(rejection.status(), rejection.body_text())
    }
}

impl From<PathRejection> for Problem {
    fn from(rejection: PathRejection) -> Self {
        Self::new(rejection.status(), rejection.body_text())
    }
}

impl From<QueryRejection> for Problem {
    fn from(rejection: QueryRejection) -> Self {
        Self::new(rejection.status(), rejection.body_text())
    }
}
