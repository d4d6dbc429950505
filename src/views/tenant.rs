//! One tenant as a person looks at it.

use super::ViewError;
use super::stock::Counted;
use crate::clock::Clock;
use crate::directory::LicenceBook;
use crate::plan::{Anchor, Settings};
use crate::reconcile::RuleSource;
use crate::rules::RuleSet;
use crate::store::{Standing, TenantStore};
use jiff::Timestamp;
use std::sync::{Arc, Mutex, PoisonError};

/// One tenant as a person looks at it. Kept for as long as the process lives, it answers faster: what it remembers is
/// checked against the tenant's version at every look.
pub struct TenantView {
    pub(super) store: Arc<TenantStore>,
    pub(super) rules: Arc<dyn RuleSource>,
    pub(super) settings: Arc<Settings>,
    clock: Arc<dyn Clock>,
    known: Mutex<Option<(i64, Arc<Known>)>>,
    pub(super) counted: tokio::sync::Mutex<Option<Counted>>,
}

/// What of the tenant as a whole is needed to read its users and numbers.
pub(super) struct Known {
    pub(super) anchor: Anchor,
    pub(super) book: LicenceBook,
}

/// One look: where the tenant stood, and when.
pub(super) struct Look {
    pub(super) standing: Standing,
    pub(super) known: Arc<Known>,
    pub(super) rules: Arc<RuleSet>,
    pub(super) now: Timestamp,
}

impl TenantView {
    /// A tenant of the configuration.
    #[must_use]
    pub fn new(
        store: Arc<TenantStore>,
        rules: Arc<dyn RuleSource>,
        settings: Arc<Settings>,
        clock: Arc<dyn Clock>,
    ) -> Self {
        Self {
            store,
            rules,
            settings,
            clock,
            known: Mutex::default(),
            counted: tokio::sync::Mutex::default(),
        }
    }

    /// The tenant's name as configured.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.settings.tenant
    }

    /// A fresh look at the tenant.
    pub(super) async fn look(&self) -> Result<Look, ViewError> {
        let now = self.clock.now();
        let standing = self.store.standing(now).await?;
        Ok(Look {
            known: self.known(standing.version).await?,
            standing,
            rules: self.rules.active(),
            now,
        })
    }

    async fn known(&self, version: i64) -> Result<Arc<Known>, ViewError> {
        let remembered = self.remembered();
        if let Some((of, known)) = &remembered
            && *of == version
        {
            return Ok(Arc::clone(known));
        }
        let anchor = self.store.anchor().await?;
        // Most commits leave the anchor as it is, and the book costs more than the comparison.
        let known = match remembered {
            Some((_, known)) if known.anchor == anchor => known,
            _ => Arc::new(Known {
                book: LicenceBook::new(self.settings.catalogue.clone(), anchor.products()),
                anchor,
            }),
        };
        *self.known.lock().unwrap_or_else(PoisonError::into_inner) =
            Some((version, Arc::clone(&known)));
        Ok(known)
    }

    fn remembered(&self) -> Option<(i64, Arc<Known>)> {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.clone()
    }
}

impl std::fmt::Debug for TenantView {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TenantView")
            .field("name", &self.name())
            .finish_non_exhaustive()
    }
}
