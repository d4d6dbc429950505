//! What all routes share.

use super::problem::Problem;
use crate::service::{Served, Service};
use crate::store::Store;
use std::sync::Arc;

/// What all routes share.
#[derive(Clone)]
pub struct Api {
    /// The tenants and the runner of their syncs.
    pub service: Arc<Service>,
    /// The database, to ask whether it answers.
    pub store: Store,
    /// Renders the metrics for `/metrics`.
    pub metrics: Arc<dyn Fn() -> String + Send + Sync>,
}

impl Api {
    /// The tenant of that name; without a name the only one.
    pub(super) fn tenant(&self, name: Option<&str>) -> Result<Arc<Served>, Problem> {
        let tenants = self.service.tenants();
        let known = || {
            let names: Vec<&str> = tenants.keys().map(String::as_str).collect();
            names.join(", ")
        };
        match name {
            Some(name) => tenants.get(name).cloned().ok_or_else(|| {
                let detail = format!("no tenant is called `{name}`; there are {}", known());
                Problem::not_found(detail)
            }),
            None if tenants.len() == 1 => tenants
                .values()
                .next()
                .cloned()
                .ok_or_else(|| Problem::not_found("no tenant is configured")),
            None if tenants.is_empty() => Err(Problem::not_found("no tenant is configured")),
            None => {
                let detail = format!("name the tenant with `tenant`; there are {}", known());
                Err(Problem::bad_request(detail))
            }
        }
    }
}
