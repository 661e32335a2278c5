//! The families that this crate brings along: one file each, named here.
//!
//! They are a list and not link-time registrations, because the latter are silently empty in static libraries and in
//! some WebAssembly builds. Families of other crates register themselves with
//! [`register_family!`](crate::register_family).

mod chat_completions;
mod claude;
mod gpt_oss;
mod mistral;
mod nova;

use crate::family::Family;

pub(crate) const BUILT_IN: &[&dyn Family] = &[
    &claude::Claude,
    &gpt_oss::GptOss,
    &mistral::Mistral,
    &nova::Nova,
];
