//! Requests, and what Converse says to them.

mod cache;
mod citations;
mod conversation;
mod corpus;
mod format;
mod guardrail;
mod manners;
mod media;
mod parameters;
mod replay;
mod results;
mod shapes;
mod thinking;
mod tools;
mod wrong_values;

use super::*;
use crate::reply::ReplyBody;
use serde_json::json;

const CLAUDE: &str = "anthropic.claude-sonnet-4-5-20250929-v1:0";
const CLAUDE_3: &str = "anthropic.claude-3-haiku-20240307-v1:0";
const SONNET_4_6: &str = "us.anthropic.claude-sonnet-4-6";
const OPUS_4_7: &str = "us.anthropic.claude-opus-4-7";
const SONNET_5: &str = "us.anthropic.claude-sonnet-5";
const NOVA: &str = "amazon.nova-lite-v1:0";
const NOVA_2: &str = "us.amazon.nova-2-lite-v1:0";
const TITAN: &str = "amazon.titan-text-express-v1";
const LLAMA: &str = "us.meta.llama3-3-70b-instruct-v1:0";
const LLAMA_4: &str = "us.meta.llama4-maverick-17b-instruct-v1:0";
const MISTRAL_7B: &str = "mistral.mistral-7b-instruct-v0:2";
const PIXTRAL: &str = "us.mistral.pixtral-large-2502-v1:0";
const MINISTRAL: &str = "mistral.ministral-3-14b-instruct";
const COMMAND_R: &str = "cohere.command-r-v1:0";
const R1: &str = "us.deepseek.r1-v1:0";
const QWEN: &str = "qwen.qwen3-32b-v1:0";
const KIMI: &str = "moonshot.kimi-k2-thinking";
const GLM: &str = "zai.glm-4.7-flash";
const GPT_OSS: &str = "openai.gpt-oss-120b-1:0";
const GPT_5: &str = "us.openai.gpt-5.6-sol";
const GPT_6: &str = "us.openai.gpt-6";
const GROK: &str = "us.xai.grok-4";
const PALMYRA: &str = "us.writer.palmyra-x5-v1:0";
const GEMMA: &str = "google.gemma-3-27b-it";
const NEMOTRON: &str = "nvidia.nemotron-nano-9b-v2";
const UNKNOWN: &str = "somebody.something-1";

/// The smallest PNG header that is one.
const PNG: &str = "iVBORw0KGgo=";

fn reply(model: &str, body: &Value, streaming: bool) -> Result<ReplyBody, ApiError> {
    let model = ModelId::parse(model).unwrap();
    let reply = answer(
        &model,
        body.to_string().as_bytes(),
        streaming,
        &Mutex::default(),
    )?;
    Ok(reply.body)
}

fn ask(model: &str, body: &Value) -> Result<Value, ApiError> {
    let ReplyBody::Whole(body) = reply(model, body, false)? else {
        panic!("not a whole body")
    };
    Ok(serde_json::from_slice(&body).unwrap())
}

/// The content of a whole answer.
#[track_caller]
fn content(model: &str, body: &Value) -> Vec<Value> {
    let answer = ask(model, body).unwrap_or_else(|error| panic!("{model}: {}", error.message));
    answer["output"]["message"]["content"]
        .as_array()
        .unwrap()
        .clone()
}

/// The text of a whole answer.
#[track_caller]
fn text(model: &str, body: &Value) -> String {
    let texts = content(model, body);
    texts
        .iter()
        .filter_map(|block| block["text"].as_str())
        .collect()
}

/// The payloads of a stream with the names of their events.
#[track_caller]
fn events(model: &str, body: &Value) -> Vec<(String, Value)> {
    let reply =
        reply(model, body, true).unwrap_or_else(|error| panic!("{model}: {}", error.message));
    let ReplyBody::Events(frames) = reply else {
        panic!("not a stream")
    };
    frames.iter().map(|frame| event(frame)).collect()
}

/// Reads one frame by the layout of the format: a second opinion about what `frame` writes.
fn event(frame: &[u8]) -> (String, Value) {
    let word = |at: usize| u32::from_be_bytes(frame[at..at + 4].try_into().unwrap()) as usize;
    let (total, headers) = (word(0), word(4));
    assert_eq!(total, frame.len());
    let mut rest = &frame[12..12 + headers];
    let mut name = String::new();
    while let [length, after @ ..] = rest {
        let (key, after) = after.split_at(usize::from(*length));
        let length = usize::from(u16::from_be_bytes([after[1], after[2]]));
        let (value, after) = after[3..].split_at(length);
        if key.ends_with(b"-type") && (key.starts_with(b":event") || key.starts_with(b":exception"))
        {
            name = String::from_utf8(value.to_vec()).unwrap();
        }
        rest = after;
    }
    let payload = serde_json::from_slice(&frame[12 + headers..total - 4]).unwrap();
    (name, payload)
}

/// The deltas of one block of a stream.
fn deltas(events: &[(String, Value)], index: usize) -> Vec<&Value> {
    events
        .iter()
        .filter(|(name, payload)| {
            name == "contentBlockDelta" && payload["contentBlockIndex"] == index
        })
        .map(|(_, payload)| &payload["delta"])
        .collect()
}

fn asked(text: &str) -> Value {
    json!({"messages": [{"role": "user", "content": [{"text": text}]}]})
}

/// `base` with the members of `extra`.
fn with(mut base: Value, extra: Value) -> Value {
    base.as_object_mut()
        .unwrap()
        .extend(extra.as_object().unwrap().clone());
    base
}

fn messages(messages: Value) -> Value {
    json!({"messages": messages})
}

fn user(content: Value) -> Value {
    json!({"role": "user", "content": content})
}

fn assistant(content: Value) -> Value {
    json!({"role": "assistant", "content": content})
}

fn tools() -> Value {
    json!({"toolConfig": {"tools": [{"toolSpec": {"name": "weather", "inputSchema": {"json": {"type": "object"}}}}]}})
}

/// A conversation in which `weather` was called, with `content` in the turn of its result.
fn called(content: Value) -> Value {
    with(
        messages(json!([
            user(json!([{"text": "Weather?"}])),
            assistant(
                json!([{"toolUse": {"toolUseId": "abc123def", "name": "weather", "input": {}}}])
            ),
            user(content),
        ])),
        tools(),
    )
}

/// The result of that call.
fn result(content: Value) -> Value {
    json!({"toolResult": {"toolUseId": "abc123def", "content": content}})
}

/// Fields that the service passes on to the model.
fn fields(fields: Value) -> Value {
    json!({"additionalModelRequestFields": fields})
}

#[track_caller]
fn refused(model: &str, body: &Value, code: &str, fragment: &str) {
    let status = match code {
        "AccessDeniedException" => 403,
        "InternalServerException" => 500,
        _ => 400,
    };
    let error = match ask(model, body) {
        Err(error) => error,
        Ok(answer) => panic!("{model} answers {body}\nwith {answer}"),
    };
    assert_eq!(
        (error.status.as_u16(), &*error.code),
        (status, code),
        "{}",
        error.message
    );
    assert!(
        error.message.contains(fragment),
        "{model}: {}\nlacks {fragment}",
        error.message
    );
}

/// Refused by a `ValidationException` that says `fragment`.
#[track_caller]
fn invalid(model: &str, body: &Value, fragment: &str) {
    refused(model, body, "ValidationException", fragment);
}

#[track_caller]
fn accepted(model: &str, body: &Value) {
    if let Err(error) = ask(model, body) {
        panic!("{model} refuses {body}\nwith {}", error.message);
    }
}
