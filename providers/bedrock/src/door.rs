//! Bedrock's other doors: what other vendors' own clients speak, on `bedrock-runtime` and on `bedrock-mantle`.
//!
//! Converse and Invoke reach most models, and are what a call takes by default. Some models are on `bedrock-mantle` alone, and
//! some callers want Chat Completions, Responses or Messages: those come this way. What is sent and how it is read is the
//! dialects'; here is what Bedrock adds: where each line of models is served, under which id, who signs, and what of the
//! options has a place there.
//!
//! | room | decides |
//! | --- | --- |
//! | `choice` | which door a call takes, and why |
//! | `line` | where a line of models is served, and in which forms: a table |
//! | `profile` | what is true of a line in each form |
//! | `options` | which options have a place there, and the headers they go into |
//! | `exchange` | what is sent |
//! | `count` | how many tokens a call would take |
//! | `answer` | how the answer is read, and what a refusal means |
//!
//! Sources: AWS user guide, "Endpoints supported by Amazon Bedrock", "Responses API", "Chat Completions API", and its model
//! cards, September 2026; recorded calls; what other clients found, named beside each fact.

mod answer;
mod choice;
mod count;
mod exchange;
mod line;
mod options;
mod profile;
#[cfg(test)]
mod tests;

pub(crate) use self::choice::{Door, of};
