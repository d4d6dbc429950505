//! What an operator does to numbers that move to it (docs/graph.md 10). Real time.

use serde::Deserialize;
use tokio::time::Instant;
use uuid::Uuid;

use super::number_store::Number;
use super::switches::Span;
use super::world::World;

/// A number that an operator is to take over.
#[derive(Debug)]
pub(super) struct Transfer {
    pub(super) number_type: String,
    pub(super) operator_id: Uuid,
    pub(super) country: Option<String>,
    pub(super) how: How,
    pub(super) shown: Shown,
    pub(super) after: Span,
    pub(super) ordered: Instant,
    /// Since when nobody has held it.
    pub(super) free_since: Option<Instant>,
}

/// How the operator does it.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq)]
#[serde(rename_all = "kebab-case")]
pub(super) enum How {
    /// It lists the number anew, once nobody holds it.
    #[default]
    Upload,
    /// It changes the type where the number is.
    InPlace,
}

/// Whether an upload shows beside the old entry. What Graph does is not known: either is a guess.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Shown {
    /// Only when the old entry is free.
    #[default]
    Once,
    /// As an entry of its own, with the new type and without holder.
    Twice,
}

/// What is due of a transfer.
enum Due {
    Nothing,
    Listed,
    Beside,
    InPlace,
}

impl World {
    /// Whether something would happen to a number that moves.
    pub(super) fn is_transfer_due(&self, at: Instant) -> bool {
        self.transfers.iter().any(|(number, transfer)| {
            let free = self.is_free(number);
            free != transfer.free_since.is_some()
                || !matches!(self.due(number, transfer, at), Due::Nothing)
        })
    }

    /// Lets the operator do what is due.
    pub(super) fn transfer_due(&mut self, at: Instant) {
        let numbers: Vec<String> = self.transfers.keys().cloned().collect();
        for number in numbers {
            let free = self.is_free(&number);
            if let Some(transfer) = self.transfers.get_mut(&number) {
                transfer.free_since = transfer.free_since.filter(|_| free).or(free.then_some(at));
            }
            let Some(transfer) = self.transfers.get(&number) else {
                continue;
            };
            match self.due(&number, transfer, at) {
                Due::Nothing => {}
                Due::Beside => {
                    let entry = transfer.entry(&number);
                    self.numbers.put_beside(&number, Some(entry));
                }
                Due::Listed => {
                    self.numbers.put(transfer.entry(&number));
                    self.arrived(&number);
                }
                Due::InPlace => {
                    if let Some(listed) = self.numbers.get(&number) {
                        let mut changed = Number::clone(listed);
                        changed.number_type.clone_from(&transfer.number_type);
                        changed.iso_country_code.clone_from(&transfer.country);
                        self.numbers.put(changed);
                    }
                    self.arrived(&number);
                }
            }
        }
    }

    fn arrived(&mut self, number: &str) {
        self.transfers.remove(number);
        self.numbers.put_beside(number, None);
    }

    fn is_free(&self, number: &str) -> bool {
        let listed = self.numbers.get(number);
        listed.is_none_or(|listed| listed.assignment_target_id.is_none())
    }

    fn due(&self, number: &str, transfer: &Transfer, at: Instant) -> Due {
        let passed = |since: Instant| at.duration_since(since) >= transfer.after.0;
        let beside = self.numbers.beside(number).is_some();
        match (transfer.how, transfer.shown) {
            (How::InPlace, _) if passed(transfer.ordered) => Due::InPlace,
            (How::InPlace, _) => Due::Nothing,
            (How::Upload, Shown::Twice) if beside && transfer.free_since.is_some() => Due::Listed,
            (How::Upload, Shown::Twice) if !beside && passed(transfer.ordered) => Due::Beside,
            (How::Upload, Shown::Twice) => Due::Nothing,
            (How::Upload, Shown::Once) if transfer.free_since.is_some_and(passed) => Due::Listed,
            (How::Upload, Shown::Once) => Due::Nothing,
        }
    }
}

impl Transfer {
    /// The entry with the new type, held by nobody.
    fn entry(&self, number: &str) -> Number {
        let mut entry = Number::new(number.to_owned(), &self.number_type);
        entry.operator_id = self.operator_id;
        entry.iso_country_code.clone_from(&self.country);
        entry
    }
}
