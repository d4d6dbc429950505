//! Explanations as a help desk reads them out: somebody of each row of the decision table, and each kind of note.

mod diagnosis;
mod holders;
mod newcomers;
mod noted;
mod numbers;
mod pages;
mod teams;
