//! Tests of the plan, as data: a small tenant goes in, the plan comes out as lines of text.

mod claims;
mod errands;
mod from_file;
mod guard;
mod hand;
mod holders;
mod inventory;
mod later;
mod lines;
mod moving;
mod newcomers;
mod outcome;
mod properties;
mod queue;
mod releases;
mod rule_change;
mod stock;
mod supply;
mod suspended;
mod taken;
mod tenant_notes;
mod upkeep;
pub(crate) mod world;
