//! What is looked at by people, whatever they look through: the same questions for the command line, HTTP and the
//! dashboard, answered from what is stored.
//!
//! Changes nothing. [`explain_person`] and [`explain_number`] end with what Teams says, read just then; where Graph
//! cannot be reached they say so and answer the rest.

mod explain;
mod person;
mod sentences;
mod teams;

pub use explain::{Sought, explain_number, explain_person};

#[cfg(test)]
mod tests;
