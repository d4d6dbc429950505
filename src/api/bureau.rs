//! What people set by hand over HTTP: the same operations as on the command line.

use super::problem::Problem;
use super::state::Api;
use super::syncs::by_api;
use crate::plan::{Refusal, moment};
use crate::reconcile::{Desk, OverrideError};
use crate::rules::RuleSet;
use crate::service::Served;
use axum::http::StatusCode;
use jiff::Timestamp;
use serde::Deserialize;
use std::sync::Arc;
use utoipa::ToSchema;

/// One tenant's records and rules, held still for one request.
pub(super) struct Bureau {
    pub(super) served: Arc<Served>,
    pub(super) rules: Arc<RuleSet>,
    by: String,
    now: Timestamp,
}

impl Bureau {
    pub(super) fn of(api: &Api, tenant: Option<&str>) -> Result<Self, Problem> {
        let served = api.tenant(tenant)?;
        Ok(Self {
            rules: served.rules.active(),
            by: by_api().by,
            now: api.service.clock.now(),
            served,
        })
    }

    /// What the operations work with.
    pub(super) fn desk(&self) -> Desk<'_> {
        Desk {
            records: &*self.served.store,
            settings: self.served.settings(),
            by: &self.by,
            now: self.now,
        }
    }
}

/// Why, and until when.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Because {
    /// Why; it is shown wherever somebody asks.
    pub(super) reason: String,
    /// A day (its first moment, UTC) or a full time; left out: until it is taken back.
    until: Option<String>,
}

impl Because {
    /// The end, as a moment.
    pub(super) fn until(&self) -> Result<Option<Timestamp>, Problem> {
        until_of(self.until.as_deref())
    }
}

/// The end of something, as a moment.
pub(super) fn until_of(text: Option<&str>) -> Result<Option<Timestamp>, Problem> {
    let read = text.map(moment).transpose();
    read.map_err(|how| Problem::bad_request(format!("`until` cannot be read: {how}")))
}

/// Why.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Reason {
    /// Why; it is shown wherever somebody asks.
    pub(super) reason: String,
}

impl From<OverrideError> for Problem {
    fn from(error: OverrideError) -> Self {
        match error {
            OverrideError::Refused(refusal) => refusal.into(),
            OverrideError::Journal(error) => error.into(),
        }
    }
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        let status = match refusal {
            Refusal::UnknownUser(_)
            | Refusal::UnknownRange { .. }
            | Refusal::OutsideRanges { .. } => StatusCode::NOT_FOUND,
            Refusal::Past { .. } | Refusal::ForNobody => StatusCode::BAD_REQUEST,
            Refusal::TooMany { .. } => StatusCode::TOO_MANY_REQUESTS,
            _ => StatusCode::CONFLICT,
        };
        Self::new(status, refusal.to_string())
    }
}
