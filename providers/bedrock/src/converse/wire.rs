//! The shapes of a Converse request, in the order in which they are written.
//!
//! Source: the service model of bedrock-runtime, shapes ConverseRequest and below.

use std::collections::BTreeMap;

use reqllm_core::{Cache, ObjectSchema, Ttl};
use serde::Serialize;
use serde_json::{Map, Value};

use crate::json::{Blob, LongText};
use crate::options::{GuardrailStreamMode, GuardrailTrace, Latency, ServiceTier};

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Request<'a> {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) system: Vec<Block<'a>>,
    /// Empty for a managed prompt, which has messages of its own.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) messages: Vec<Message<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) inference_config: Option<InferenceConfig<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) tool_config: Option<ToolConfig<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) guardrail_config: Option<GuardrailConfig<'a>>,
    #[serde(skip_serializing_if = "Map::is_empty")]
    pub(super) additional_model_request_fields: Map<String, Value>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub(super) prompt_variables: BTreeMap<&'a str, TextOnly<'a>>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    pub(super) additional_model_response_field_paths: &'a [String],
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub(super) request_metadata: &'a BTreeMap<String, String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) performance_config: Option<PerformanceConfig>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) service_tier: Option<Tier>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) output_config: Option<OutputConfig<'a>>,
}

/// What native bodies of the same form share with a request.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Conversation<'a> {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) system: Vec<Block<'a>>,
    pub(super) messages: Vec<Message<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) tool_config: Option<ToolConfig<'a>>,
}

#[derive(Serialize)]
pub(super) struct Message<'a> {
    pub(super) role: &'static str,
    pub(super) content: Vec<Block<'a>>,
}

/// A block of content: an object with one member, whose name is the kind.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) enum Block<'a> {
    Text(LongText<'a>),
    Image(Media<'a>),
    Document(Document<'a>),
    Video(Media<'a>),
    Audio(Media<'a>),
    ToolUse(ToolUse<'a>),
    ToolResult(ToolResult<'a>),
    GuardContent(GuardContent<'a>),
    CachePoint(CachePoint),
    ReasoningContent(ReasoningContent<'a>),
    CitationsContent(CitationsContent<'a>),
    /// A block that this version does not know, as it came.
    #[serde(untagged)]
    Raw(&'a Value),
}

#[derive(Serialize)]
pub(super) struct Media<'a> {
    pub(super) format: &'static str,
    pub(super) source: Source<'a>,
}

#[derive(Serialize)]
pub(super) struct Document<'a> {
    pub(super) format: &'static str,
    pub(super) name: String,
    pub(super) source: Source<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) context: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) citations: Option<Enabled>,
}

#[derive(Serialize)]
pub(super) struct Enabled {
    pub(super) enabled: bool,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) enum Source<'a> {
    Bytes(Blob<'a>),
    S3Location(S3Location<'a>),
}

#[derive(Serialize)]
pub(super) struct S3Location<'a> {
    pub(super) uri: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ToolUse<'a> {
    pub(super) tool_use_id: &'a str,
    pub(super) name: &'a str,
    pub(super) input: std::borrow::Cow<'a, Value>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ToolResult<'a> {
    pub(super) tool_use_id: &'a str,
    pub(super) content: Vec<ToolResultBlock<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) status: Option<&'static str>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) enum ToolResultBlock<'a> {
    Json(&'a Value),
    Text(LongText<'a>),
    Image(Media<'a>),
    Document(Document<'a>),
    Video(Media<'a>),
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) enum GuardContent<'a> {
    Text(GuardText<'a>),
    Image(Media<'a>),
}

#[derive(Serialize)]
pub(super) struct GuardText<'a> {
    pub(super) text: LongText<'a>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    pub(super) qualifiers: &'a [String],
}

#[derive(Serialize)]
pub(super) struct CachePoint {
    #[serde(rename = "type")]
    kind: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    ttl: Option<Ttl>,
}

impl From<Cache> for CachePoint {
    fn from(cache: Cache) -> Self {
        Self {
            kind: "default",
            ttl: cache.ttl,
        }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) enum ReasoningContent<'a> {
    ReasoningText(ReasoningText<'a>),
    RedactedContent(std::borrow::Cow<'a, str>),
}

/// `text` must be there, even if it is empty.
#[derive(Serialize)]
pub(super) struct ReasoningText<'a> {
    pub(super) text: LongText<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) signature: Option<&'a str>,
}

#[derive(Serialize)]
pub(super) struct CitationsContent<'a> {
    pub(super) content: [TextOnly<'a>; 1],
    pub(super) citations: Vec<Citation<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Citation<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) title: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) source: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) source_content: Option<[TextOnly<'a>; 1]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) location: Option<&'a Value>,
}

#[derive(Serialize)]
pub(super) struct TextOnly<'a> {
    pub(super) text: LongText<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct InferenceConfig<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) max_tokens: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) temperature: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) top_p: Option<f64>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    pub(super) stop_sequences: &'a [String],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ToolConfig<'a> {
    pub(super) tools: Vec<ToolEntry<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) tool_choice: Option<ToolChoice<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) enum ToolEntry<'a> {
    ToolSpec(ToolSpec<'a>),
    CachePoint(CachePoint),
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ToolSpec<'a> {
    pub(super) name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) description: Option<&'a str>,
    pub(super) input_schema: InputSchema<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) strict: Option<bool>,
}

#[derive(Serialize)]
pub(super) struct InputSchema<'a> {
    pub(super) json: &'a Value,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) enum ToolChoice<'a> {
    Auto {},
    Any {},
    Tool { name: &'a str },
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct GuardrailConfig<'a> {
    pub(super) guardrail_identifier: &'a str,
    pub(super) guardrail_version: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) trace: Option<GuardrailTrace>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) stream_processing_mode: Option<GuardrailStreamMode>,
}

#[derive(Serialize)]
pub(super) struct PerformanceConfig {
    pub(super) latency: Latency,
}

#[derive(Serialize)]
pub(super) struct Tier {
    #[serde(rename = "type")]
    pub(super) kind: ServiceTier,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct OutputConfig<'a> {
    text_format: TextFormat<'a>,
}

#[derive(Serialize)]
struct TextFormat<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    structure: Structure<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Structure<'a> {
    json_schema: JsonSchema<'a>,
}

/// The schema is a text that holds JSON.
#[derive(Serialize)]
struct JsonSchema<'a> {
    name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<&'a str>,
    schema: String,
}

impl<'a> OutputConfig<'a> {
    pub(super) fn of(object: &'a ObjectSchema) -> Self {
        Self {
            text_format: TextFormat {
                kind: "json_schema",
                structure: Structure {
                    json_schema: JsonSchema {
                        name: &object.name,
                        description: object
                            .description
                            .as_deref()
                            .filter(|text| !text.is_empty()),
                        schema: object.schema.to_string(),
                    },
                },
            },
        }
    }
}
