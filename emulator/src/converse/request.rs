//! Typed Converse requests. They are read after the shape check, so only the useful half is modelled.

use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::{Map, Value};

use crate::brain::decoded_length;

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Request {
    pub(super) messages: Option<Vec<Message>>,
    pub(super) system: Option<Vec<SystemBlock>>,
    pub(super) inference_config: Option<InferenceConfig>,
    pub(super) tool_config: Option<ToolConfig>,
    pub(super) guardrail_config: Option<GuardrailConfig>,
    pub(super) additional_model_request_fields: Option<Map<String, Value>>,
    pub(super) additional_model_response_field_paths: Option<Vec<String>>,
    pub(super) performance_config: Option<Value>,
    pub(super) service_tier: Option<Value>,
    pub(super) output_config: Option<OutputConfig>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Message {
    pub(super) role: Role,
    pub(super) content: Vec<ContentBlock>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Role {
    User,
    Assistant,
    System,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) enum ContentBlock {
    Text(String),
    Image(Media),
    Document(Document),
    Video(Media),
    Audio(Media),
    ToolUse(ToolUse),
    ToolResult(ToolResult),
    GuardContent(GuardContent),
    CachePoint(CachePoint),
    ReasoningContent(Reasoning),
    CitationsContent(CitationsContent),
    SearchResult(SearchResult),
    ToolAddition(IgnoredAny),
    ToolRemoval(IgnoredAny),
}

#[derive(Debug, Deserialize)]
pub(super) struct Media {
    pub(super) format: String,
    pub(super) source: Source,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) enum Source {
    Bytes(String),
    S3Location(S3Location),
    Text(String),
    Content(Vec<TextBlock>),
}

#[derive(Debug, Deserialize)]
pub(crate) struct S3Location {
    pub(crate) uri: String,
}

#[derive(Debug, Deserialize)]
pub(super) struct Document {
    pub(super) format: Option<String>,
    pub(super) name: String,
    pub(super) source: Source,
    pub(super) citations: Option<CitationsConfig>,
}

#[derive(Debug, Deserialize)]
pub(super) struct CitationsConfig {
    pub(super) enabled: bool,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ToolUse {
    pub(crate) tool_use_id: String,
    pub(crate) name: String,
    #[serde(rename = "type")]
    pub(crate) kind: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ToolResult {
    pub(super) tool_use_id: String,
    pub(super) content: Vec<ToolResultContent>,
    pub(super) status: Option<String>,
    #[serde(rename = "type")]
    pub(super) kind: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) enum ToolResultContent {
    Json(Value),
    Text(String),
    Image(Media),
    Document(Document),
    Video(Media),
    SearchResult(SearchResult),
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) enum GuardContent {
    Text(TextBlock),
    Image(Media),
}

#[derive(Debug, Deserialize)]
pub(super) struct TextBlock {
    pub(super) text: String,
}

#[derive(Debug, Deserialize)]
pub(super) struct CachePoint {
    pub(super) ttl: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) enum Reasoning {
    ReasoningText {
        text: String,
        signature: Option<String>,
    },
    RedactedContent(String),
}

#[derive(Debug, Deserialize)]
pub(super) struct CitationsContent {
    pub(super) content: Option<Vec<TextBlock>>,
}

#[derive(Debug, Deserialize)]
pub(super) struct SearchResult {
    pub(super) source: String,
    pub(super) title: String,
    pub(super) content: Vec<TextBlock>,
    pub(super) citations: Option<CitationsConfig>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) enum SystemBlock {
    Text(String),
    GuardContent(GuardContent),
    CachePoint(CachePoint),
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct InferenceConfig {
    pub(super) max_tokens: Option<u64>,
    pub(super) temperature: Option<f64>,
    pub(super) top_p: Option<f64>,
    pub(super) stop_sequences: Option<Vec<String>>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ToolConfig {
    pub(super) tools: Vec<Tool>,
    pub(super) tool_choice: Option<ToolChoice>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) enum Tool {
    ToolSpec(ToolSpec),
    SystemTool(SystemTool),
    CachePoint(CachePoint),
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ToolSpec {
    pub(crate) name: String,
    pub(crate) input_schema: InputSchema,
    pub(crate) strict: Option<bool>,
}

#[derive(Debug, Deserialize)]
pub(super) struct SystemTool {
    pub(super) name: String,
}

#[derive(Debug, Deserialize)]
pub(crate) struct InputSchema {
    pub(crate) json: Value,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum ToolChoice {
    Auto {},
    Any {},
    Tool { name: String },
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct GuardrailConfig {
    pub(super) guardrail_identifier: String,
    pub(super) guardrail_version: String,
    pub(super) trace: Option<String>,
    pub(super) stream_processing_mode: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct OutputConfig {
    pub(super) text_format: Option<TextFormat>,
    pub(super) effort: Option<String>,
}

#[derive(Debug, Deserialize)]
pub(super) struct TextFormat {
    pub(super) structure: Structure,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) enum Structure {
    JsonSchema { schema: String },
}

impl Request {
    /// A field of `additionalModelRequestFields`.
    pub(super) fn extra(&self, name: &str) -> Option<&Value> {
        self.additional_model_request_fields.as_ref()?.get(name)
    }
}

impl Source {
    /// Bytes of the content, where they are known.
    pub(super) fn length(&self) -> Option<usize> {
        match self {
            Self::Bytes(base64) => Some(decoded_length(base64)),
            Self::Text(text) => Some(text.len()),
            Self::Content(blocks) => Some(blocks.iter().map(|block| block.text.len()).sum()),
            Self::S3Location(_) => None,
        }
    }
}
