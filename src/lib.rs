//! Linekeeper gives Microsoft Teams users their phone numbers by rule.
//!
//! # The story
//!
//! A **sync** makes a tenant what its rules say. It is one sentence, and [`reconcile::sync`] reads like it:
//! *observe* the directory, the products and the numbers; *decide* about everyone of whom something changed; *plan*;
//! *guard* the plan with two brakes; *claim* the numbers in the database; *apply* each change; *verify* and report.
//!
//! A **plan** ([`plan::Plan`]) is a value. It leaves no choice for later: every change says what it does to whom, which
//! rule wants it, and what it expects to find. It is made by pure functions over what was observed and what is
//! remembered, so that the same input gives the same plan to the byte, and `linekeeper plan` shows what
//! `linekeeper sync` would do. Looking ahead is the same course over a ledger that forgets ([`reconcile::Overlay`]).
//!
//! A **claim** is a journal row. Partial unique indexes over open rows let the database refuse a second plan, process
//! or replica that wants the same number or the same person. The intent is written before anything leaves this
//! machine; what may have left is settled by reading Graph, never by sending again blindly ([`apply::recover`]).
//!
//! # The rooms, in reading order
//!
//! | room | what stands there | what it deliberately does not know |
//! |---|---|---|
//! | [`directory`] | users, licences, what licences make of a user | numbers, rules, storage |
//! | [`numbering`] | numbers, spans, number types, what Teams says of a number | users' attributes, rules |
//! | [`rules`] | the rule language, from text to decisions | files, numbers in use, time |
//! | [`plan`] | decisions, changes, notes, guard rails | how anything is read or written |
//! | [`apply`] | one step from intent to record, and recovery | why a change is wanted |
//! | [`reconcile`] | one sync | SQL, HTTP, files |
//! | [`schedule`] | when | what runs then |
//! | [`report`] | the JSON and text of a plan and a sync | where they go |
//! | [`trials`] | rule tests: made-up people, and what the rules make of them | files, the clock, real people |
//! | [`views`] | what can be looked at: lists, pages, items, explanations | arguments, HTTP, how to write |
//! | [`sheets`] | CSV files that people fill in or look at | the database, the rules, who has a number |
//! | [`store`] | SQLite and PostgreSQL; the only place that knows SQL | what a record means |
//! | [`graph`] | Microsoft Graph; the only place that speaks its wire format | rules, plans |
//! | [`rulebook`] | rule files and the commit they come from | what the rules say |
//! | [`simulator`] | a strict Graph-like server | everything but the clock: it shares no wire type with `graph` |
//! | [`service`] | the living service: its tenants, when their syncs run, its rules | HTTP, where its parts come from |
//! | [`webhooks`] | what others are told as it happens, and how it reaches them | SQL, Graph, how a sync runs |
//! | [`api`] | the service over HTTP | SQL, Graph |
//! | [`telemetry`] | logs, and figures for Prometheus | where the figures come from |
//! | [`clock`] | the present, handed in wherever it is needed | who asks |
//! | [`config`] | file, environment, defaults: one validated value | everything else |
//! | [`cli`], [`app`] | commands; where adapters meet the engine | nothing is hidden from them |
//!
//! The core (`directory`, `numbering`, `rules`, `plan`) is synchronous and pure; times are handed in. Ports are traits
//! that stand with their caller and are documented by their promise after a crash. `tests/it/tidy.rs` checks who may
//! import whom.

pub mod directory;
pub mod numbering;
pub mod rules;

pub mod plan;

pub mod apply;
pub mod reconcile;
pub mod report;
pub mod schedule;

pub mod graph;
pub mod rulebook;
pub mod simulator;
pub mod store;

pub mod api;
pub mod service;
pub mod sheets;
pub mod trials;
pub mod views;
pub mod webhooks;

pub mod app;
pub mod cli;
pub mod clock;
pub mod config;
pub mod telemetry;
