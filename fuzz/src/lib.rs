//! What the targets share: who reads, how bytes are cut, and what must hold of whatever was read.

mod dialects;
mod frames;
mod reading;
mod subjects;

pub use dialects::{CHAT_COMPLETIONS, MESSAGES, RESPONSES, Spoken, pieces};
pub use frames::{boundary, frames, mend, spaced_frames};
pub use reading::{Outcome, check, cut, read};
pub use subjects::{BEDROCK, Subject, native_wholes, pick, streams, whole_converse};
