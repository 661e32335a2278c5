//! What the service refuses is mended, and what is mended is said.

mod attachments;
mod cache;
mod media;
mod objects;
mod reasoning;
mod tools;
mod turns;

use std::borrow::Cow;

use reqllm_core::{Call, Expectation, Model, ProviderOptions, Role, Warning};
use serde_json::{Map, Value};

use super::*;
use crate::family::Families;
use reqllm_core::Error;

/// A call after shaping, with what was said about it.
struct Outcome {
    call: Call,
    fields: Value,
    expectation: Expectation,
    warnings: Vec<Warning>,
}

impl Outcome {
    fn codes(&self) -> Vec<&str> {
        self.warnings.iter().map(|it| it.code.as_str()).collect()
    }

    /// The conversation, one word a part.
    fn turns(&self) -> String {
        let turn = |message: &reqllm_core::Message| {
            let parts: Vec<String> = message.content.iter().map(part).collect();
            format!("{}({})", message.role.as_str(), parts.join(" "))
        };
        self.call
            .messages
            .iter()
            .map(turn)
            .collect::<Vec<_>>()
            .join(" ")
    }
}

fn part(part: &reqllm_core::Part) -> String {
    use reqllm_core::Part;
    let mut word = match part {
        Part::Text(text) => text.text.clone(),
        Part::ToolCall(call) => format!("call:{}", call.id),
        Part::ToolResult(result) => format!("result:{}", result.id),
        other => other.kind().to_owned(),
    };
    if part.cache().is_some() {
        word.push('*');
    }
    word
}

fn shaped(model: &Model, call: &Call) -> std::result::Result<Outcome, Error> {
    let options = Read::of(&call.options)?;
    let (_, profile) = Families::new(&[]).of(model);
    let mut warnings = Vec::new();
    let form = match options.use_converse {
        Some(false) => Form::Native,
        _ => Form::Converse,
    };
    let shaped = shape(model, call, &options, profile, form, &mut warnings)?;
    Ok(Outcome {
        call: shaped.call.into_owned(),
        fields: Value::Object(shaped.fields),
        expectation: shaped.expectation,
        warnings,
    })
}

fn of(id: &str, call: &Call) -> Outcome {
    shaped(&Model::new("bedrock", id), call).unwrap()
}

fn options(value: Value) -> ProviderOptions {
    match value {
        Value::Object(map) => map.into(),
        _ => Map::new().into(),
    }
}

const CLAUDE: &str = "us.anthropic.claude-sonnet-4-5-20250929-v1:0";
const CLAUDE_5: &str = "us.anthropic.claude-sonnet-5";
const NOVA: &str = "us.amazon.nova-pro-v1:0";
const LLAMA: &str = "us.meta.llama3-3-70b-instruct-v1:0";
const MISTRAL: &str = "mistral.mistral-large-3-675b-instruct";
const QWEN: &str = "qwen.qwen3-32b-v1:0";
const GPT_OSS: &str = "openai.gpt-oss-120b-1:0";
const WRITER: &str = "us.writer.palmyra-x5-v1:0";

#[test]
fn a_call_that_needs_nothing_is_not_copied() {
    let call = Call::new("Hi");
    let options = Read::of(&call.options).unwrap();
    let model = Model::new("bedrock", CLAUDE);
    let (_, profile) = Families::new(&[]).of(&model);
    let mut warnings = Vec::new();
    let form = Form::Converse;
    let shaped = shape(&model, &call, &options, profile, form, &mut warnings).unwrap();
    assert!(matches!(shaped.call, Cow::Borrowed(_)));
    assert!(warnings.is_empty() && shaped.fields.is_empty());
}
