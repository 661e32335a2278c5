//! Tools in the Responses form. Unlike in Chat Completions nothing stands around a function.

use reqllm_core::{Call, Error, Model, Result, Tool, ToolChoice, Warning};
use serde::Serialize;
use serde_json::Value;

/// A function on offer.
#[derive(Debug, Serialize)]
#[serde(tag = "type", rename = "function")]
pub(super) struct Function<'a> {
    name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<&'a str>,
    parameters: &'a Value,
    /// Where it is not said, the server takes it for true and closes the schema as it can: OpenAI's guide "Migrate to the
    /// Responses API".
    strict: bool,
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
    name: &'a str,
}

/// The tools on offer.
pub(super) fn offers<'a>(call: &'a Call, warnings: &mut Vec<Warning>) -> Result<Vec<Function<'a>>> {
    let offers = call.tools.iter().map(|tool| offer(tool, warnings));
    offers.collect()
}

/// Which of them the model is to call, if there are any.
pub(super) fn choice<'a>(
    model: &Model,
    call: &'a Call,
    warnings: &mut Vec<Warning>,
) -> Result<Option<Choice<'a>>> {
    let Some(choice) = call.tool_choice.as_ref().filter(|_| !call.tools.is_empty()) else {
        return Ok(None);
    };
    Ok(Some(match choice {
        ToolChoice::None => Choice::Word("none"),
        ToolChoice::Required => Choice::Word("required"),
        ToolChoice::Tool(name) => Choice::One(Chosen { name }),
        ToolChoice::Auto => Choice::Word("auto"),
        other => {
            let what = format!("`tool_choice` {other:?} in the Responses form");
            call.unsupported(&model.id, &what, warnings)?;
            return Ok(None);
        }
    }))
}

fn offer<'a>(tool: &'a Tool, warnings: &mut Vec<Warning>) -> Result<Function<'a>> {
    if !tool.parameters.is_object() {
        return Err(Error::invalid_request(format!(
            "`parameters` of tool {:?} is no JSON Schema object",
            tool.name
        )));
    }
    if tool.cache.is_some() {
        warnings.push(Warning::new(
            "cache_point_dropped",
            format!("tool {:?} has a cache point, for which this form of request has no place; the tool goes without it", tool.name),
        ));
    }
    Ok(Function {
        name: &tool.name,
        description: tool.description.as_deref().filter(|text| !text.is_empty()),
        parameters: &tool.parameters,
        strict: tool.strict.unwrap_or(false),
    })
}
