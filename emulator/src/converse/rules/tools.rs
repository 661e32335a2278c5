//! Rules of `toolConfig`.

use serde_json::Value;

use super::format::strict_schema_error;
use super::{Case, Verdict, model_error, refuse, unsupported_field};
use crate::converse::families::{Choice, Quirk, Tools};
use crate::converse::request::{Tool, ToolChoice, ToolConfig};

/// Strict tools of one request, by the documentation of structured outputs.
const MAX_STRICT: usize = 20;

pub(super) fn check(case: &Case<'_>) -> Verdict {
    let Some(config) = &case.request.tool_config else {
        return Ok(());
    };
    match case.family.tools {
        Tools::No => return refuse("This model doesn't support tool use."),
        Tools::WholeAnswers if case.streaming => {
            return refuse("This model doesn't support tool use in streaming mode.");
        }
        Tools::WholeAnswers | Tools::Yes => {}
    }
    let names = names(config)?;
    strict(case, config)?;
    if case.family.has(Quirk::NoLookaround) {
        lookaround(config)?;
    }
    let Some(choice) = &config.tool_choice else {
        return Ok(());
    };
    let kind = match choice {
        ToolChoice::Auto {} => Choice::Auto,
        ToolChoice::Any {} => Choice::Any,
        ToolChoice::Tool { .. } => Choice::Tool,
    };
    if !case.family.choices.contains(&kind) {
        return unsupported_field(&format!("toolConfig.toolChoice.{}", kind.field()));
    }
    match choice {
        ToolChoice::Tool { name } if !names.contains(&name.as_str()) => refuse(format!(
            "The tool {name} at toolConfig.toolChoice.tool.name is not defined in toolConfig.tools."
        )),
        _ => Ok(()),
    }
}

/// The names of all tools, each once.
fn names(config: &ToolConfig) -> Result<Vec<&str>, crate::error::ApiError> {
    let mut names: Vec<&str> = Vec::new();
    for (index, tool) in config.tools.iter().enumerate() {
        let name = match tool {
            Tool::ToolSpec(spec) => spec.name.as_str(),
            Tool::SystemTool(tool) => tool.name.as_str(),
            Tool::CachePoint(_) => continue,
        };
        if names.contains(&name) {
            return refuse(format!(
                "The tool name {name} at toolConfig.tools.{index} is already defined. Tool names must be unique."
            ));
        }
        names.push(name);
        if let Tool::ToolSpec(spec) = tool {
            let schema = &spec.input_schema.json;
            if schema.get("type").is_none_or(|kind| kind != "object") {
                return refuse(format!(
                    "The value at toolConfig.tools.{index}.toolSpec.inputSchema.json.type must be one of the following: object."
                ));
            }
        }
    }
    Ok(names)
}

fn strict(case: &Case<'_>, config: &ToolConfig) -> Verdict {
    let mut strict: Vec<(usize, &Value)> = Vec::new();
    for (index, tool) in config.tools.iter().enumerate() {
        if let Tool::ToolSpec(spec) = tool
            && let Some(is_strict) = spec.strict
        {
            if !case.family.strict {
                return unsupported_field(&format!("toolConfig.tools.{index}.toolSpec.strict"));
            }
            let schema = &spec.input_schema.json;
            if is_strict {
                strict.push((index, schema));
            }
        }
    }
    if strict.len() > MAX_STRICT {
        return model_error(format!(
            "tools: at most {MAX_STRICT} tools can be strict, but {} are.",
            strict.len()
        ));
    }
    for (index, schema) in strict {
        if let Some(error) = strict_schema_error(schema) {
            return model_error(format!("tools.{index}.custom.input_schema: {error}"));
        }
    }
    Ok(())
}

/// The words of the model are not known.
fn lookaround(config: &ToolConfig) -> Verdict {
    for (index, tool) in config.tools.iter().enumerate() {
        if let Tool::ToolSpec(spec) = tool {
            let schema = &spec.input_schema.json;
            if looks_around(schema) {
                return model_error(format!(
                    "tools.{index}.function.parameters: look-around in a pattern is not supported"
                ));
            }
        }
    }
    Ok(())
}

fn looks_around(schema: &Value) -> bool {
    match schema {
        Value::Object(members) => members.iter().any(|(key, value)| match value.as_str() {
            Some(text) if key == "pattern" => ["(?=", "(?!", "(?<=", "(?<!"]
                .iter()
                .any(|group| text.contains(group)),
            _ => looks_around(value),
        }),
        Value::Array(items) => items.iter().any(looks_around),
        _ => false,
    }
}
