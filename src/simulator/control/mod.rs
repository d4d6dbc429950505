//! The control endpoints under `/_sim/`: the administrator's hand, and the tester's.

mod licences;
mod numbers;
mod operator;
mod people;
mod report;
mod table;

pub(super) use table::answer;
