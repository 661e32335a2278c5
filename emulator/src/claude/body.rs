//! Typed native bodies. They are read after the shape check, so only the useful half is modelled.

use serde::{Deserialize, Deserializer};
use serde_json::Value;

#[derive(Debug, Deserialize)]
pub(super) struct Body {
    pub(super) max_tokens: u64,
    pub(super) messages: Vec<Message>,
    #[serde(default, deserialize_with = "optional_content")]
    pub(super) system: Vec<Block>,
    pub(super) tools: Option<Vec<Tool>>,
    pub(super) tool_choice: Option<ToolChoice>,
    pub(super) thinking: Option<Value>,
    pub(super) output_config: Option<OutputConfig>,
    pub(super) temperature: Option<f64>,
    pub(super) top_k: Option<u64>,
    pub(super) stop_sequences: Option<Vec<String>>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Message {
    pub(super) role: Role,
    #[serde(deserialize_with = "content")]
    pub(super) content: Vec<Block>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Role {
    User,
    Assistant,
    System,
}

#[derive(Debug, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(super) enum Block {
    Text {
        text: String,
        cache_control: Option<CacheControl>,
    },
    Image {
        source: Source,
        cache_control: Option<CacheControl>,
    },
    Document {
        source: Source,
        title: Option<String>,
        citations: Option<Citations>,
        cache_control: Option<CacheControl>,
    },
    SearchResult {
        title: String,
        cache_control: Option<CacheControl>,
    },
    Thinking {
        thinking: String,
        signature: String,
    },
    RedactedThinking {
        data: String,
    },
    ToolUse {
        id: String,
        name: String,
        cache_control: Option<CacheControl>,
    },
    ToolResult {
        tool_use_id: String,
        #[serde(default, deserialize_with = "optional_content")]
        content: Vec<Self>,
        #[serde(default)]
        is_error: Option<bool>,
        cache_control: Option<CacheControl>,
    },
}

#[derive(Debug, Deserialize)]
pub(super) struct CacheControl {
    pub(super) ttl: Option<String>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Citations {
    #[serde(default)]
    pub(super) enabled: bool,
}

#[derive(Debug, Deserialize)]
pub(super) struct Source {
    #[serde(rename = "type")]
    pub(super) kind: String,
    pub(super) media_type: Option<String>,
    pub(super) data: Option<String>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Tool {
    #[serde(rename = "type")]
    pub(super) kind: Option<String>,
    pub(super) name: String,
    pub(super) input_schema: Option<Value>,
    pub(super) cache_control: Option<CacheControl>,
}

#[derive(Debug, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(super) enum ToolChoice {
    Auto,
    Any,
    Tool { name: String },
    None,
}

#[derive(Debug, Deserialize)]
pub(super) struct OutputConfig {
    pub(super) format: Option<Format>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Format {
    pub(super) schema: Value,
}

impl Block {
    pub(super) fn cache_control(&self) -> Option<&CacheControl> {
        match self {
            Self::Text { cache_control, .. }
            | Self::Image { cache_control, .. }
            | Self::Document { cache_control, .. }
            | Self::SearchResult { cache_control, .. }
            | Self::ToolUse { cache_control, .. }
            | Self::ToolResult { cache_control, .. } => cache_control.as_ref(),
            Self::Thinking { .. } | Self::RedactedThinking { .. } => None,
        }
    }
}

/// A string stands for one text block.
#[derive(Deserialize)]
#[serde(untagged)]
enum Content {
    Text(String),
    Blocks(Vec<Block>),
}

fn content<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Block>, D::Error> {
    Content::deserialize(deserializer).map(Content::into_blocks)
}

fn optional_content<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Block>, D::Error> {
    let content = Option::<Content>::deserialize(deserializer)?;
    Ok(content.map(Content::into_blocks).unwrap_or_default())
}

impl Content {
    fn into_blocks(self) -> Vec<Block> {
        match self {
            Self::Text(text) => vec![Block::Text {
                text,
                cache_control: None,
            }],
            Self::Blocks(blocks) => blocks,
        }
    }
}
