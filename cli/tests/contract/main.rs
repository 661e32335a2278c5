//! The command line's contract with programs: what it prints, and what it sends for what it is given.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "helpers of tests are tests, which clippy does not see"
)]

#[path = "../common/mod.rs"]
mod common;

mod attachments;
mod dry_run;
mod events;
mod messages;
mod models;
mod objects;
mod operations;
mod providers;
mod reasoning;
mod response;
mod settings;
mod specs;
