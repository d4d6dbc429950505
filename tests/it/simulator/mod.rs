//! The simulator over real HTTP: it must refuse what Graph refuses.

mod delta;
mod desk;
mod locations;
mod misfortunes;
mod numbers;
mod token;
