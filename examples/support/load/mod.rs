//! Load: many slow streams at once, and many calls side by side, each answer checked to its last word.
//!
//! `examples/many_streams.rs` shows it, `benches/load.rs` measures it, and `tests/load.rs` does it small. The emulator is a process of its own, because
//! each connection takes a file descriptor at either end.

#![allow(
    dead_code,
    unused_imports,
    reason = "each program uses its own part of it"
)]

mod answers;
mod process;
mod rounds;
mod server;
mod setting;

pub(crate) use self::answers::Answers;
pub(crate) use self::process::{Footprint, Settled, room_for, settle};
pub(crate) use self::rounds::{Calls, Streams, calls, streams};
pub(crate) use self::server::{Server, serve_if_asked};
pub(crate) use self::setting::Setting;

use reqllm::Error;

/// What went wrong outside of the library.
pub(crate) fn failed(
    what: &str,
    error: impl Into<Box<dyn std::error::Error + Send + Sync>>,
) -> Error {
    Error::config(what.to_owned()).with_source(error)
}
