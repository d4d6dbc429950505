//! Directory texts that repeat, each kept once: a tenant of a million people has hundreds of offices.

use crate::directory::Attribute;
use std::collections::HashSet;
use std::sync::Arc;

/// No more different texts than these are shared, so that a directory of nothing but differences costs no memory.
const MOST: usize = 1 << 16;

/// Texts handed out before.
#[derive(Debug, Default)]
pub(super) struct Texts(HashSet<Arc<str>, foldhash::fast::RandomState>);

impl Texts {
    pub(super) fn share(&mut self, attribute: Attribute, text: &str) -> Arc<str> {
        if is_personal(attribute) {
            return Arc::from(text);
        }
        if let Some(known) = self.0.get(text) {
            return Arc::clone(known);
        }
        let new: Arc<str> = Arc::from(text);
        if self.0.len() < MOST {
            self.0.insert(Arc::clone(&new));
        }
        new
    }
}

/// Whether nearly everybody has another value.
const fn is_personal(attribute: Attribute) -> bool {
    matches!(
        attribute,
        Attribute::Upn | Attribute::Mail | Attribute::DisplayName | Attribute::EmployeeId
    )
}
