//! Conversations of more than one call, with a provider whose model says what it is told to.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "helpers of tests are tests, which clippy does not see"
)]

#[path = "../common/mod.rs"]
mod common;
mod ends;
mod growth;
mod media;
mod object;
mod run;
mod script;
