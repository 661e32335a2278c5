//! The rules of a Converse request that its shape does not show.
//!
//! Messages are those of the real service where they are known from recordings or reports.

mod conversation;
mod reasoning;

use serde_json::Value;

use super::request::{
    CachePoint, ContentBlock, Document, Request, Source, Structure, SystemBlock, Tool, ToolChoice,
    ToolResultContent,
};
use crate::error::ApiError;
use crate::model_id::ModelId;

const MAX_CACHE_POINTS: usize = 4;
const MAX_DOCUMENTS: usize = 5;
const MAX_DOCUMENT_BYTES: usize = 4_500_000;
const MAX_IMAGE_BYTES: usize = 3_932_160;

/// What a rule finds wrong.
type Verdict = Result<(), ApiError>;

pub(super) fn check(request: &Request, model: &ModelId) -> Verdict {
    if model.is_prompt() {
        return prompt_resource(request);
    }
    let messages = request.messages.as_deref().unwrap_or_default();
    conversation::check(messages, request.tool_config.is_some(), model)?;
    tools(request)?;
    cache_points(request)?;
    attachments(request)?;
    field_paths(request)?;
    reasoning::check(request, model)
}

/// The schema that the text of the answer must satisfy. It arrives as a string that holds JSON.
pub(super) fn answer_schema(request: &Request) -> Result<Option<Value>, ApiError> {
    let format = request
        .output_config
        .as_ref()
        .and_then(|config| config.text_format.as_ref());
    let Some(format) = format else {
        return Ok(None);
    };
    let Structure::JsonSchema { schema } = &format.structure;
    match serde_json::from_str(schema) {
        Ok(schema @ Value::Object(_)) => Ok(Some(schema)),
        _ => refuse(
            "The value at outputConfig.textFormat.structure.jsonSchema.schema is not a valid JSON schema. \
             Provide a string that holds a JSON object and try again.",
        ),
    }
}

/// A managed prompt brings its own configuration; a request may only add messages and variables.
fn prompt_resource(request: &Request) -> Verdict {
    let present = [
        ("inferenceConfig", request.inference_config.is_some()),
        ("system", request.system.is_some()),
        ("toolConfig", request.tool_config.is_some()),
        (
            "additionalModelRequestFields",
            request.additional_model_request_fields.is_some(),
        ),
    ];
    match present.into_iter().find(|(_, present)| *present) {
        Some((field, _)) => refuse(format!(
            "The {field} field can't be set when the model ID is the ARN of a prompt. Remove {field} and try again."
        )),
        None => Ok(()),
    }
}

fn tools(request: &Request) -> Verdict {
    let Some(config) = &request.tool_config else {
        return Ok(());
    };
    let mut names = Vec::new();
    for (index, tool) in config.tools.iter().enumerate() {
        let name = match tool {
            Tool::ToolSpec(spec) => &spec.name,
            Tool::SystemTool(tool) => &tool.name,
            Tool::CachePoint(_) => continue,
        };
        if names.contains(&name) {
            return refuse(format!(
                "The tool name {name} at toolConfig.tools.{index} is already defined. Tool names must be unique."
            ));
        }
        names.push(name);
        if let Tool::ToolSpec(spec) = tool {
            let super::request::InputSchema::Json(schema) = &spec.input_schema;
            if schema.get("type").is_none_or(|kind| kind != "object") {
                return refuse(format!(
                    "The value at toolConfig.tools.{index}.toolSpec.inputSchema.json.type must be one of the following: object."
                ));
            }
        }
    }
    match &config.tool_choice {
        Some(ToolChoice::Tool { name }) if !names.contains(&name) => refuse(format!(
            "The tool {name} at toolConfig.toolChoice.tool.name is not defined in toolConfig.tools."
        )),
        _ => Ok(()),
    }
}

fn cache_points(request: &Request) -> Verdict {
    let mut points: Vec<&CachePoint> = Vec::new();
    for tool in request.tool_config.iter().flat_map(|config| &config.tools) {
        if let Tool::CachePoint(point) = tool {
            points.push(point);
        }
    }
    for block in request.system.iter().flatten() {
        if let SystemBlock::CachePoint(point) = block {
            points.push(point);
        }
    }
    for message in request.messages.iter().flatten() {
        let mut previous: Option<&ContentBlock> = None;
        for block in &message.content {
            if let ContentBlock::CachePoint(point) = block {
                match previous {
                    Some(ContentBlock::ReasoningContent(_)) => {
                        return refuse("Cache point cannot be inserted after reasoning block.");
                    }
                    Some(ContentBlock::CachePoint(_)) => {
                        return refuse("Cache point cannot be inserted after another cache point.");
                    }
                    _ => points.push(point),
                }
            }
            previous = Some(block);
        }
    }
    if points.len() > MAX_CACHE_POINTS {
        return refuse(format!(
            "The number of cache points in the request ({}) exceeds the maximum of {MAX_CACHE_POINTS}.",
            points.len()
        ));
    }
    let long = |point: &&CachePoint| point.ttl.as_deref() == Some("1h");
    let first_short = points.iter().position(|point| !long(point));
    match (first_short, points.iter().rposition(long)) {
        (Some(short), Some(long)) if long > short => refuse(
            "The model returned the following errors: a ttl='1h' cache_control block must not come \
             after a ttl='5m' cache_control block.",
        ),
        _ => Ok(()),
    }
}

fn attachments(request: &Request) -> Verdict {
    let mut documents: Vec<&Document> = Vec::new();
    for message in request.messages.iter().flatten() {
        let mut has_text = false;
        let before = documents.len();
        for block in &message.content {
            match block {
                ContentBlock::Text(_) => has_text = true,
                ContentBlock::Document(document) => documents.push(document),
                ContentBlock::Image(image) => image_size(&image.source)?,
                ContentBlock::ToolResult(result) => {
                    for content in &result.content {
                        if let ToolResultContent::Document(document) = content {
                            document_rules(document)?;
                        }
                    }
                }
                _ => {}
            }
        }
        if documents.len() > before && !has_text {
            return refuse(
                "A text block must be included when using documents. Add a text block and retry your request.",
            );
        }
    }
    if documents.len() > MAX_DOCUMENTS {
        return refuse(format!(
            "The number of documents in the request exceeds the maximum of {MAX_DOCUMENTS}."
        ));
    }
    for (index, document) in documents.iter().enumerate() {
        document_rules(document)?;
        if documents
            .iter()
            .take(index)
            .any(|other| other.name == document.name)
        {
            return refuse(format!(
                "The document name {} is used more than once. Document names must be unique.",
                document.name
            ));
        }
    }
    Ok(())
}

fn document_rules(document: &Document) -> Verdict {
    // Underscores are accepted by the real service, though its message does not say so.
    let allowed = |c: char| c.is_ascii_alphanumeric() || c.is_whitespace() || "-()[]_".contains(c);
    let name = &document.name;
    let double = name
        .chars()
        .zip(name.chars().skip(1))
        .any(|(a, b)| a.is_whitespace() && b.is_whitespace());
    if double || !name.chars().all(allowed) {
        return refuse(
            "The document file name can only contain alphanumeric characters, whitespace characters, hyphens, \
             parentheses, and square brackets. The name can't contain more than one consecutive whitespace character.",
        );
    }
    if document.format.is_none()
        && matches!(document.source, Source::Bytes(_) | Source::S3Location(_))
    {
        return refuse(
            "The format field must be set for a document with a source of bytes or s3Location.",
        );
    }
    if document
        .source
        .length()
        .is_some_and(|length| length > MAX_DOCUMENT_BYTES)
    {
        return refuse("The document file size exceeds the maximum of 4.5 MB.");
    }
    Ok(())
}

fn image_size(source: &Source) -> Verdict {
    if source
        .length()
        .is_some_and(|length| length > MAX_IMAGE_BYTES)
    {
        return refuse("The image file size exceeds the maximum of 3.75 MB.");
    }
    Ok(())
}

fn field_paths(request: &Request) -> Verdict {
    let paths = request
        .additional_model_response_field_paths
        .iter()
        .flatten();
    match paths.enumerate().find(|(_, path)| !path.starts_with('/')) {
        Some((index, path)) => refuse(format!(
            "The value {path} at additionalModelResponseFieldPaths.{index} is not a valid JSON Pointer."
        )),
        None => Ok(()),
    }
}

fn refuse<T>(message: impl Into<String>) -> Result<T, ApiError> {
    Err(ApiError::validation(message))
}

/// What a model, rather than the service in front of it, says about a request.
fn model_error<T>(message: impl AsRef<str>) -> Result<T, ApiError> {
    refuse(format!(
        "The model returned the following errors: {}",
        message.as_ref()
    ))
}
