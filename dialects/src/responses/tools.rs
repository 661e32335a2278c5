//! Tools in the Responses form. Unlike in Chat Completions nothing stands around a function.

use reqllm_core::{Call, Error, Model, Result, Tool, ToolChoice, Warning};
use serde::Serialize;
use serde_json::{Map, Value, json};

/// A function on offer.
#[derive(Serialize)]
#[serde(tag = "type", rename = "function")]
struct Function<'a> {
    name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<&'a str>,
    parameters: &'a Value,
    /// Where it is not said, the server takes it for true and closes the schema as it can: OpenAI's guide "Migrate to the
    /// Responses API".
    strict: bool,
}

/// Puts `tools` and `tool_choice` into the body, if there are tools.
pub(super) fn write(
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
        offers.push(
            serde_json::to_value(offer(tool, warnings)?).map_err(|error| {
                Error::invalid_request(format!("tool {:?} cannot be written: {error}", tool.name))
            })?,
        );
    }
    body.insert("tools".to_owned(), offers.into());
    if let Some(choice) = &call.tool_choice {
        let choice = match choice {
            ToolChoice::None => "none".into(),
            ToolChoice::Required => "required".into(),
            ToolChoice::Tool(name) => json!({ "type": "function", "name": name }),
            ToolChoice::Auto => "auto".into(),
            other => {
                let what = format!("`tool_choice` {other:?} in the Responses form");
                call.unsupported(&model.id, &what, warnings)?;
                return Ok(());
            }
        };
        body.insert("tool_choice".to_owned(), choice);
    }
    Ok(())
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
