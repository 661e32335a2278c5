//! Tools in the Chat Completions form: what is on offer, the choice among it, and calls in the history.

use reqllm_core::{Call, Error, Model, Result, ToolCallPart, ToolChoice, Warning};
use serde::Serialize;
use serde_json::{Map, Value, json};

use super::Quirks;
use super::message::CacheControl;

/// A function on offer.
#[derive(Serialize)]
struct Function<'a> {
    name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<&'a str>,
    parameters: &'a Value,
    #[serde(skip_serializing_if = "Option::is_none")]
    strict: Option<bool>,
}

/// What stands around a function, on offer or called.
#[derive(Serialize)]
#[serde(tag = "type", rename = "function")]
struct Offer<'a> {
    function: Function<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cache_control: Option<CacheControl>,
}

/// A tool call in a message of the assistant.
#[derive(Serialize)]
pub(super) struct ToolCall<'a> {
    id: &'a str,
    #[serde(rename = "type")]
    kind: &'static str,
    function: CalledFunction<'a>,
}

#[derive(Serialize)]
struct CalledFunction<'a> {
    name: &'a str,
    /// JSON inside a string.
    arguments: String,
}

impl<'a> ToolCall<'a> {
    /// Servers parse the arguments and want an object: what did not parse goes back inside one.
    pub(super) fn of(call: &'a ToolCallPart) -> Self {
        let arguments = match &call.arguments {
            Value::Object(_) => call.arguments.to_string(),
            other => json!({ "invalid_arguments": other }).to_string(),
        };
        Self {
            id: &call.id,
            kind: "function",
            function: CalledFunction {
                name: &call.name,
                arguments,
            },
        }
    }
}

/// Puts `tools` and `tool_choice` into the body, if there are tools.
pub(super) fn write(
    quirks: &Quirks,
    model: &Model,
    call: &Call,
    warnings: &mut Vec<Warning>,
    body: &mut Map<String, Value>,
) -> Result<()> {
    if call.tools.is_empty() {
        return Ok(());
    }
    let mut offers = Vec::with_capacity(call.tools.len());
    for tool in &call.tools {
        if !tool.parameters.is_object() {
            return Err(Error::invalid_request(format!(
                "`parameters` of tool {:?} is no JSON Schema object",
                tool.name
            )));
        }
        if tool.cache.is_some() && !quirks.cache_control {
            warnings.push(Warning::new(
                "cache_point_dropped",
                format!("tool {:?} has a cache point, for which this form of request has no place; the tool goes without it", tool.name),
            ));
        }
        if tool.strict == Some(true) && !quirks.strict_tools {
            let what = format!("`strict` of tool {:?}", tool.name);
            call.unsupported(&model.id, &what, warnings)?;
        }
        offers.push(Offer {
            function: Function {
                name: &tool.name,
                description: tool.description.as_deref().filter(|text| !text.is_empty()),
                parameters: &tool.parameters,
                strict: tool.strict.filter(|_| quirks.strict_tools),
            },
            cache_control: tool
                .cache
                .filter(|_| quirks.cache_control)
                .map(CacheControl::of),
        });
    }
    body.insert("tools".to_owned(), super::request::to_json(&offers)?);
    if let Some(choice) = choice(quirks, model, call, warnings)? {
        body.insert("tool_choice".to_owned(), choice);
    }
    Ok(())
}

fn choice(
    quirks: &Quirks,
    model: &Model,
    call: &Call,
    warnings: &mut Vec<Warning>,
) -> Result<Option<Value>> {
    Ok(Some(match &call.tool_choice {
        None => return Ok(None),
        Some(ToolChoice::None) => "none".into(),
        Some(ToolChoice::Required) => quirks.some_tool.into(),
        Some(ToolChoice::Tool(name)) if quirks.one_tool => {
            json!({ "type": "function", "function": { "name": name } })
        }
        // Some tool of one is that one.
        Some(ToolChoice::Tool(name)) if matches!(&*call.tools, [only] if only.name == *name) => {
            quirks.some_tool.into()
        }
        Some(ToolChoice::Tool(_)) => {
            call.unsupported(
                &model.id,
                "`tool_choice` of one tool among several in its native form",
                warnings,
            )?;
            return Ok(None);
        }
        Some(_) => "auto".into(),
    }))
}
