//! The Graph adapter against a server that misbehaves as each test says.

mod identity;
mod login;
mod reading;
mod server;
mod telephony;
mod trouble;
mod writing;
