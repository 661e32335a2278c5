//! A body of Chat Completions as it is read, and the prompt that it means, whoever serves it.
//!
//! OpenAI, those who speak its dialect, and the native bodies of gpt-oss, Mistral and Jamba differ in what they let in and in how
//! they answer: each has a table of shapes and rules of its own. What has been let in means the same everywhere.

mod body;
mod prompt;

pub(crate) use body::{Body, Call, Message, Part, ResponseFormat, Role, ToolChoice};
pub(crate) use prompt::{any_object, choice, describe, translate};
