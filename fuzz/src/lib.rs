//! What the targets share: who reads, how bytes are cut, and what must hold of whatever was read.

mod frames;
mod reading;
mod subjects;

pub use frames::{boundary, frames, mend, spaced_frames};
pub use reading::{Outcome, check, cut, read};
pub use subjects::{BEDROCK, Subject, native_wholes, pick, streams, whole_converse};
