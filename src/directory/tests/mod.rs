//! Licences as short texts, and what is made of them.

mod licensing;
mod texts;

pub(crate) use texts::{licences, plan, products};
