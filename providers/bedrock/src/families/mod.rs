//! The families that this crate brings along: one file each, named here.
//!
//! They are a list and not link-time registrations, because the latter are silently empty in static libraries and in
//! some WebAssembly builds. Families of other crates register themselves with
//! [`register_family!`](crate::register_family).

mod by_profile;
mod claude;
mod cohere;
mod deepseek;
mod frontier;
mod gemma;
mod glm;
mod gpt_oss;
mod jamba;
mod kimi;
mod llama;
mod marks;
mod minimax;
mod mistral;
mod nemotron;
mod nova;
mod qwen;
#[cfg(test)]
mod testing;
mod titan;
mod turns;
mod writer;

use crate::family::Family;
pub(crate) static BUILT_IN: &[&dyn Family] = &[
    &claude::Claude,
    &gpt_oss::GptOss,
    &mistral::Mistral,
    &llama::Llama,
    &cohere::CommandR,
    &cohere::Command,
    &nova::Nova,
    &titan::Titan,
    &deepseek::DEEPSEEK,
    &qwen::QWEN,
    &jamba::JAMBA,
    &writer::WRITER,
    &kimi::KIMI,
    &minimax::MINIMAX,
    &glm::GLM,
    &gemma::GEMMA,
    &nemotron::NEMOTRON,
    &frontier::GPT,
    &frontier::GROK,
];
