//! Tools in the Chat Completions form: what is on offer, the choice among it, and calls in the history.

use reqllm_core::{
    Call, Error, Message, Model, Part, Result, ToolCallPart, ToolChoice, ToolResultPart, Warning,
};
use serde::Serialize;
use serde_json::{Value, json};

use super::Quirks;
use super::message::CacheControl;
use super::signatures::{Beside, Extra, Held, Signature};
use crate::json::JsonText;

/// A function on offer.
#[derive(Debug, Serialize)]
struct Function<'a> {
    name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<&'a str>,
    parameters: &'a Value,
    #[serde(skip_serializing_if = "Option::is_none")]
    strict: Option<bool>,
}

/// What stands around a function on offer.
#[derive(Debug, Serialize)]
#[serde(tag = "type", rename = "function")]
pub(super) struct Offer<'a> {
    function: Function<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cache_control: Option<CacheControl>,
}

/// Which tool the model is to call: a word, or the name of one.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub(super) enum Choice<'a> {
    Word(&'static str),
    One(Chosen<'a>),
}

#[derive(Debug, Serialize)]
#[serde(tag = "type", rename = "function")]
pub(super) struct Chosen<'a> {
    function: ChosenFunction<'a>,
}

#[derive(Debug, Serialize)]
struct ChosenFunction<'a> {
    name: &'a str,
}

/// A tool call in a message of the assistant.
#[derive(Debug, Serialize)]
pub(super) struct ToolCall<'a> {
    id: &'a str,
    #[serde(rename = "type")]
    kind: &'static str,
    function: CalledFunction<'a>,
    // As in `Beside`, which flattened would cost a map of its own.
    #[serde(skip_serializing_if = "Option::is_none")]
    extra_content: Option<Extra<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    provider_specific_fields: Option<Held<'a>>,
}

#[derive(Debug, Serialize)]
struct CalledFunction<'a> {
    name: &'a str,
    arguments: JsonText<'a>,
}

impl<'a> ToolCall<'a> {
    /// Servers parse the arguments and want an object: what did not parse goes back inside one.
    pub(super) fn of(call: &'a ToolCallPart, signature: Option<Signature<'a>>) -> Self {
        let arguments = match &call.arguments {
            arguments @ Value::Object(_) => arguments.into(),
            other => json!({ "invalid_arguments": other }).into(),
        };
        let Beside {
            extra_content,
            provider_specific_fields,
        } = signature.map(Beside::from).unwrap_or_default();
        Self {
            id: &call.id,
            kind: "function",
            function: CalledFunction {
                name: &call.name,
                arguments,
            },
            extra_content,
            provider_specific_fields,
        }
    }

    pub(super) fn is_signed(&self) -> bool {
        self.extra_content.is_some() || self.provider_specific_fields.is_some()
    }

    pub(super) fn sign(&mut self, signature: Signature<'a>) {
        let beside = Beside::from(signature);
        self.extra_content = beside.extra_content;
        self.provider_specific_fields = beside.provider_specific_fields;
    }
}

/// The name of the tool that gave a result: of the one that was called under its id, before.
pub(super) fn called<'a>(before: &'a [Message], result: &'a ToolResultPart) -> Option<&'a str> {
    let parts = before.iter().rev().flat_map(|it| &it.content);
    let called = parts.filter_map(|part| match part {
        Part::ToolCall(call) if call.id == result.id => Some(call.name.as_str()),
        _ => None,
    });
    called.chain(result.name.as_deref()).next()
}

/// The tools on offer.
pub(super) fn offers<'a>(
    quirks: &Quirks,
    model: &Model,
    call: &'a Call,
    warnings: &mut Vec<Warning>,
) -> Result<Vec<Offer<'a>>> {
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
    Ok(offers)
}

/// Which of them the model is to call, if there are any.
pub(super) fn choice<'a>(
    quirks: &Quirks,
    model: &Model,
    call: &'a Call,
    warnings: &mut Vec<Warning>,
) -> Result<Option<Choice<'a>>> {
    let Some(choice) = call.tool_choice.as_ref().filter(|_| !call.tools.is_empty()) else {
        return Ok(None);
    };
    Ok(Some(match choice {
        ToolChoice::None => Choice::Word("none"),
        ToolChoice::Required => Choice::Word(quirks.some_tool),
        ToolChoice::Tool(name) if quirks.one_tool => Choice::One(Chosen {
            function: ChosenFunction { name },
        }),
        // Some tool of one is that one.
        ToolChoice::Tool(name) if matches!(&*call.tools, [only] if only.name == *name) => {
            Choice::Word(quirks.some_tool)
        }
        ToolChoice::Tool(_) => {
            call.unsupported(
                &model.id,
                "`tool_choice` of one tool among several in Chat Completions",
                warnings,
            )?;
            return Ok(None);
        }
        _ => Choice::Word("auto"),
    }))
}
