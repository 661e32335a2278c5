//! Tools as Command R takes them: parameters with a Python type each, and no JSON Schema.
//!
//! Source: AWS's user guide, "Cohere Command R and Command R+ models", `tools`; Cohere's API reference of Chat v1,
//! `parameter_definitions`.

use reqllm_core::{Call, Error, Model, Part, Result, Tool, ToolChoice, Warning};
use serde::Serialize;
use serde_json::{Map, Value, json};

use crate::families::turns::unsupported;

#[derive(Serialize)]
pub(super) struct Definition<'a> {
    name: &'a str,
    /// It must be there; the name stands in for one that is not given.
    description: &'a str,
    parameter_definitions: Map<String, Value>,
}

/// The tools on offer. What a definition cannot say is refused, or left out with a warning if the call is lossy.
pub(super) fn definitions<'a>(
    model: &Model,
    call: &'a Call,
    warnings: &mut Vec<Warning>,
) -> Result<Vec<Definition<'a>>> {
    let results = |part: &Part| matches!(part, Part::ToolResult(_));
    match &call.tool_choice {
        Some(ToolChoice::Required | ToolChoice::Tool(_)) if call.tools.is_empty() => {
            return Err(Error::invalid_request(
                "`tool_choice` asks for a tool, and `tools` is empty",
            ));
        }
        Some(ToolChoice::Required | ToolChoice::Tool(_)) => {
            unsupported(
                model,
                call,
                "a choice of tools other than auto and none",
                warnings,
            )?;
        }
        // The body has no word for it; to offer none is the same, unless results stand beside the message.
        Some(ToolChoice::None)
            if call
                .messages
                .last()
                .is_some_and(|it| it.content.iter().any(results)) =>
        {
            unsupported(
                model,
                call,
                "tool_choice none beside results of tools",
                warnings,
            )?;
        }
        Some(ToolChoice::None) => return Ok(Vec::new()),
        _ => {}
    }
    call.tools
        .iter()
        .map(|tool| definition(model, call, tool, warnings))
        .collect()
}

fn definition<'a>(
    model: &Model,
    call: &Call,
    tool: &'a Tool,
    warnings: &mut Vec<Warning>,
) -> Result<Definition<'a>> {
    let Some(schema) = tool.parameters.as_object() else {
        return Err(Error::invalid_request(format!(
            "`parameters` of tool {:?} is no JSON Schema object",
            tool.name
        )));
    };
    let mut refuse = |what: String| unsupported(model, call, &what, warnings);
    if tool.strict == Some(true) {
        refuse(format!("a strict tool such as {:?}", tool.name))?;
    }
    if tool.cache.is_some() {
        refuse(format!("a cache point after tool {:?}", tool.name))?;
    }
    let is_object = matches!(
        schema.get("type").and_then(Value::as_str),
        None | Some("object")
    );
    for (keyword, value) in schema {
        let known = match keyword.as_str() {
            "properties" => value.is_object(),
            "type" => is_object,
            // A definition names all of its parameters, so this says nothing more.
            "additionalProperties" => value.is_boolean(),
            "required" | "title" | "description" | "$schema" => true,
            _ => false,
        };
        if !known {
            refuse(format!(
                "`{keyword}` in the parameters of tool {:?}, as it is given",
                tool.name
            ))?;
        }
    }
    let required: Vec<&str> = match schema.get("required").and_then(Value::as_array) {
        Some(names) => names.iter().filter_map(Value::as_str).collect(),
        None => Vec::new(),
    };
    let mut parameters = Map::new();
    if let Some(properties) = schema.get("properties").and_then(Value::as_object) {
        for (name, schema) in properties {
            let parameter = parameter(schema, |what| {
                refuse(format!(
                    "{what} in parameter {name:?} of tool {:?}",
                    tool.name
                ))
            })?;
            let mut entry = Map::new();
            if let Some(description) = parameter.description {
                entry.insert("description".to_owned(), description.into());
            }
            entry.insert("type".to_owned(), parameter.kind.into());
            entry.insert(
                "required".to_owned(),
                json!(required.contains(&name.as_str())),
            );
            parameters.insert(name.clone(), entry.into());
        }
    }
    let given = tool.description.as_deref().filter(|text| !text.is_empty());
    Ok(Definition {
        name: &tool.name,
        description: given.unwrap_or(&tool.name),
        parameter_definitions: parameters,
    })
}

struct Parameter {
    description: Option<String>,
    /// A Python type.
    kind: String,
}

/// A parameter from its schema; `refuse` is told what cannot be said.
fn parameter(schema: &Value, mut refuse: impl FnMut(String) -> Result<()>) -> Result<Parameter> {
    let kind = match python_type(schema) {
        Some(kind) => kind,
        None => {
            let given = schema.get("type").unwrap_or(&Value::Null);
            refuse(format!("the type {given}"))?;
            // Python's word for whatever there is.
            "object".to_owned()
        }
    };
    let mut description = schema
        .get("description")
        .and_then(Value::as_str)
        .map(str::to_owned);
    let mut remark = |text: String| match &mut description {
        Some(description) => {
            description.push(' ');
            description.push_str(&text);
        }
        None => description = Some(text),
    };
    for (keyword, value) in schema.as_object().into_iter().flatten() {
        match (keyword.as_str(), value) {
            ("type" | "description" | "title" | "items", _) => {}
            // There is no member for these, and the description is what the model reads.
            ("enum", Value::Array(values)) => {
                let values: Vec<String> = values.iter().map(Value::to_string).collect();
                remark(format!("One of {}.", values.join(", ")));
            }
            ("default", value) => remark(format!("If left out: {value}.")),
            _ => refuse(format!("`{keyword}`"))?,
        }
    }
    Ok(Parameter { description, kind })
}

/// The Python type of a schema, if its type is a simple one or a list of such.
fn python_type(schema: &Value) -> Option<String> {
    Some(match schema.get("type")?.as_str()? {
        "string" => "str".to_owned(),
        "integer" => "int".to_owned(),
        "number" => "float".to_owned(),
        "boolean" => "bool".to_owned(),
        "array" => match schema.get("items") {
            None => "list".to_owned(),
            Some(items) => {
                let plain = |keyword: &String| {
                    matches!(keyword.as_str(), "type" | "items" | "title" | "description")
                };
                if !items.as_object()?.keys().all(plain) {
                    return None;
                }
                format!("List[{}]", python_type(items)?)
            }
        },
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use reqllm_core::{ErrorKind, tool_result};

    fn with_tool(parameters: Value) -> Call {
        let mut call = Call::new("Hi");
        call.tools = vec![Tool::from_schema("f", parameters).description("Does f.")];
        call
    }

    fn encoded(call: &Call, warnings: &mut Vec<Warning>) -> Result<Value> {
        let model = Model::new("bedrock", "cohere.command-r-v1:0");
        let definitions = definitions(&model, call, warnings)?;
        Ok(serde_json::to_value(definitions).unwrap())
    }

    #[test]
    fn simple_schemas_become_definitions_in_their_order() {
        let call = with_tool(json!({
            "type": "object",
            "properties": {
                "z": {"type": "string", "description": "Last."},
                "a": {"type": "integer"},
                "n": {"type": "number", "default": 1.5},
                "b": {"type": "boolean"},
                "l": {"type": "array"},
                "s": {"type": "array", "items": {"type": "array", "items": {"type": "string"}}},
                "e": {"type": "string", "description": "Unit.", "enum": ["c", "f"]},
            },
            "required": ["z", "l"],
            "additionalProperties": false,
        }));
        let json = encoded(&call, &mut Vec::new()).unwrap();
        assert_eq!(
            json.to_string(),
            concat!(
                r#"[{"name":"f","description":"Does f.","parameter_definitions":{"#,
                r#""z":{"description":"Last.","type":"str","required":true},"#,
                r#""a":{"type":"int","required":false},"#,
                r#""n":{"description":"If left out: 1.5.","type":"float","required":false},"#,
                r#""b":{"type":"bool","required":false},"#,
                r#""l":{"type":"list","required":true},"#,
                r#""s":{"type":"List[List[str]]","required":false},"#,
                r#""e":{"description":"Unit. One of \"c\", \"f\".","type":"str","required":false}}}]"#,
            )
        );
    }

    #[test]
    fn what_a_definition_cannot_say_is_refused_by_its_place() {
        let property = |schema: Value| json!({"type": "object", "properties": {"x": schema}});
        for (parameters, word) in [
            (
                property(json!({"type": "object", "properties": {}})),
                r#"the type "object""#,
            ),
            (property(json!({"type": ["string", "null"]})), "the type"),
            (property(json!({"anyOf": []})), "the type null"),
            (
                property(json!({"type": "array", "items": {"type": "object"}})),
                "the type",
            ),
            (
                property(json!({"type": "string", "pattern": "a"})),
                "`pattern`",
            ),
            (json!({"type": "object", "$defs": {}}), "`$defs`"),
            (json!({"type": "array"}), "`type`"),
        ] {
            let mut call = with_tool(parameters);
            let error = encoded(&call, &mut Vec::new()).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Unsupported);
            assert!(error.to_string().contains(word), "{error}");
            call.lossy = true;
            let mut warnings = Vec::new();
            encoded(&call, &mut warnings).unwrap();
            assert!(!warnings.is_empty());
        }
        let error = encoded(&with_tool(json!(7)), &mut Vec::new()).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidRequest);
    }

    #[test]
    fn no_tool_is_offered_where_none_may_be_used() {
        let mut call = with_tool(json!({"type": "object"}));
        call.tool_choice = Some(ToolChoice::None);
        assert_eq!(encoded(&call, &mut Vec::new()).unwrap(), json!([]));
        call.messages.push(tool_result("t", "x"));
        assert!(encoded(&call, &mut Vec::new()).is_err());
        call.tool_choice = Some(ToolChoice::Required);
        assert!(encoded(&call, &mut Vec::new()).is_err());
        call.tool_choice = Some(ToolChoice::Auto);
        let json = encoded(&call, &mut Vec::new()).unwrap();
        assert_eq!(json[0]["parameter_definitions"], json!({}));
    }
}
