//! A call in the form of Cohere's Chat, as Command R takes it on Bedrock.
//!
//! Source: AWS's user guide, "Cohere Command R and Command R+ models". Tools are used in single steps: what they gave goes
//! beside the message that made the model ask, and the history has no place for them.

use std::collections::HashSet;

use reqllm_core::{Call, Error, Model, Part, Result, ToolContent, ToolResultPart, Warning};
use serde::Serialize;
use serde_json::{Map, Value, json};

use super::talk::{Document, Line, Talk};
use super::tools::{self, Definition};
use crate::families::turns;

#[derive(Serialize)]
struct Body<'a> {
    message: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    chat_history: Vec<Line>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    documents: Vec<Document<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    preamble: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    max_tokens: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    temperature: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    p: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    k: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    seed: Option<u64>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    stop_sequences: &'a [String],
    #[serde(skip_serializing_if = "Vec::is_empty")]
    tools: Vec<Definition<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    tool_results: Vec<ToolResult<'a>>,
}

#[derive(Serialize)]
struct ToolResult<'a> {
    call: ToolCall<'a>,
    outputs: Vec<Map<String, Value>>,
}

#[derive(Serialize)]
struct ToolCall<'a> {
    name: &'a str,
    parameters: Value,
}

pub(super) fn encode(model: &Model, call: &Call, warnings: &mut Vec<Warning>) -> Result<Value> {
    let settings = &call.settings;
    let mut talk = Talk::of(model, call, warnings)?;
    let tool_results = tool_results(model, call, &talk, warnings)?;
    let message = talk.question()?;
    turns::body(&Body {
        message,
        chat_history: talk.lines,
        documents: talk.documents,
        preamble: talk.preamble,
        max_tokens: settings.max_tokens,
        temperature: settings.temperature,
        p: settings.top_p,
        k: settings.top_k,
        seed: settings.seed,
        stop_sequences: &settings.stop,
        tools: tools::definitions(model, call, warnings)?,
        tool_results,
    })
}

/// What the tools gave since the user spoke last, each with the call that it answers.
fn tool_results<'a>(
    model: &Model,
    call: &Call,
    talk: &Talk<'a>,
    warnings: &mut Vec<Warning>,
) -> Result<Vec<ToolResult<'a>>> {
    let mut answered = HashSet::new();
    let mut results = Vec::with_capacity(talk.results.len());
    for (result, place) in &talk.results {
        // Ids of other makers may come again; the call that is meant is the one before the result.
        let asked = talk
            .calls
            .iter()
            .rfind(|(asked, at)| asked.id == result.id && at < place);
        let Some((asked, at)) = asked else {
            return Err(Error::invalid_request(format!(
                "messages[{}].content[{}] answers tool call {:?}, which is not among the calls before it",
                place.0, place.1, result.id
            )));
        };
        answered.insert(*at);
        // `parameters` must be an object: arguments that did not parse go back inside one.
        let parameters = match &asked.arguments {
            Value::Object(_) => asked.arguments.clone(),
            other => json!({ "invalid_arguments": other }),
        };
        results.push(ToolResult {
            call: ToolCall {
                name: &asked.name,
                parameters,
            },
            outputs: outputs(model, call, result, warnings)?,
        });
    }
    match talk.calls.iter().find(|(_, at)| !answered.contains(at)) {
        Some((open, at)) => Err(Error::invalid_request(format!(
            "messages[{}].content[{}] is tool call {:?}, to which there is no result",
            at.0, at.1, open.id
        ))),
        None => Ok(results),
    }
}

/// Outputs are objects of any members, which the model reads.
fn outputs(
    model: &Model,
    call: &Call,
    result: &ToolResultPart,
    warnings: &mut Vec<Warning>,
) -> Result<Vec<Map<String, Value>>> {
    let one = |key: &str, value: Value| Map::from_iter([(key.to_owned(), value)]);
    let mut outputs = match &result.content {
        ToolContent::Text(text) => vec![one("text", text.as_str().into())],
        ToolContent::Json(Value::Object(object)) => vec![object.clone()],
        ToolContent::Json(Value::Array(items))
            if !items.is_empty() && items.iter().all(Value::is_object) =>
        {
            items
                .iter()
                .filter_map(|item| item.as_object().cloned())
                .collect()
        }
        ToolContent::Json(value) => vec![one("result", value.clone())],
        ToolContent::Parts(parts) => {
            let mut outputs = Vec::with_capacity(parts.len());
            for part in parts {
                match part {
                    Part::Text(text) => outputs.push(one("text", text.text.as_str().into())),
                    other => {
                        let what = format!("a part of type {} in a tool result", other.kind());
                        turns::unsupported(model, call, &what, warnings)?;
                    }
                }
            }
            outputs
        }
        other => {
            return Err(Error::invalid_request(format!(
                "the result of tool call {:?} holds {other:?}, which Cohere has no place for",
                result.id
            )));
        }
    };
    if result.is_error {
        for output in &mut outputs {
            output.entry("is_error").or_insert(true.into());
        }
    }
    Ok(outputs)
}

#[cfg(test)]
mod tests;
