//! Cohere's Command R and R+, and the older Command: natively two different bodies.

mod answer;
mod citation;
mod command;
mod profile;
mod request;
mod stream;
mod talk;
mod tools;

use reqllm_core::{Call, FinishReason, Fold, Model, Result, Warning};
use serde_json::{Map, Value};

use self::profile::{COMMAND, COMMAND_R};
use reqllm_dialects::StreamCodec;

use crate::family::{Codec, Family};
use crate::profile::Profile;

/// Command R and R+, with tools, documents and citations.
#[derive(Debug)]
pub(super) struct CommandR;

impl Family for CommandR {
    fn name(&self) -> &'static str {
        "cohere"
    }

    fn prefixes(&self) -> &'static [&'static str] {
        &["cohere.command-r"]
    }

    fn profile(&self) -> &'static Profile {
        &COMMAND_R
    }

    fn codec(&self) -> Option<&dyn Codec> {
        Some(self)
    }
}

impl Codec for CommandR {
    fn encode(&self, model: &Model, call: &Call, warnings: &mut Vec<Warning>) -> Result<Value> {
        request::encode(model, call, warnings)
    }

    fn answer(&self, body: &[u8], fold: &mut Fold) -> Result<()> {
        answer::read(body, fold)
    }

    fn stream(&self) -> Box<dyn StreamCodec> {
        Box::<stream::CommandRStream>::default()
    }

    fn by_default(&self) -> bool {
        false
    }
}

/// Command and Command Light, which go on with a prompt.
#[derive(Debug)]
pub(super) struct Command;

impl Family for Command {
    fn name(&self) -> &'static str {
        "cohere-command"
    }

    fn prefixes(&self) -> &'static [&'static str] {
        &["cohere.command-text", "cohere.command-light"]
    }

    fn profile(&self) -> &'static Profile {
        &COMMAND
    }

    fn codec(&self) -> Option<&dyn Codec> {
        Some(self)
    }
}

impl Codec for Command {
    fn encode(&self, model: &Model, call: &Call, warnings: &mut Vec<Warning>) -> Result<Value> {
        command::encode(model, call, warnings)
    }

    fn ask_for_stream(&self, body: &mut Map<String, Value>) {
        body.insert("stream".to_owned(), true.into());
    }

    fn answer(&self, body: &[u8], fold: &mut Fold) -> Result<()> {
        command::read(body, fold)
    }

    fn stream(&self) -> Box<dyn StreamCodec> {
        Box::new(command::chunk)
    }

    fn by_default(&self) -> bool {
        false
    }
}

/// Source: Cohere's API reference, `finish_reason` of Chat and Generate; recorded answers of Bedrock.
fn finish_reason(raw: &str) -> FinishReason {
    match raw {
        "COMPLETE" | "STOP_SEQUENCE" => FinishReason::Stop,
        "MAX_TOKENS" => FinishReason::Length,
        "ERROR_TOXIC" => FinishReason::ContentFilter,
        "ERROR_LIMIT" => FinishReason::ContextWindow,
        "ERROR" => FinishReason::Error,
        _ => FinishReason::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stream_of_command_is_asked_for_in_the_body() {
        let mut body = Map::new();
        Command.ask_for_stream(&mut body);
        assert_eq!(Value::from(body), serde_json::json!({"stream": true}));
    }
}
