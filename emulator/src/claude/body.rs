//! Typed native bodies. They are read after the shape check, so only the useful half is modelled.

use serde::{Deserialize, Deserializer};
use serde_json::Value;

use super::Place;

#[derive(Debug, Deserialize)]
pub(crate) struct Body {
    /// None where tokens are only counted.
    pub(crate) max_tokens: Option<u64>,
    pub(crate) messages: Vec<Message>,
    #[serde(default, deserialize_with = "optional_content")]
    pub(crate) system: Vec<Block>,
    pub(crate) tools: Option<Vec<Tool>>,
    pub(crate) tool_choice: Option<ToolChoice>,
    pub(crate) thinking: Option<Value>,
    pub(crate) output_config: Option<OutputConfig>,
    pub(crate) temperature: Option<f64>,
    pub(crate) top_p: Option<f64>,
    /// A cache point behind the last block that can have one.
    pub(crate) cache_control: Option<CacheControl>,
    pub(crate) top_k: Option<u64>,
    pub(crate) stop_sequences: Option<Vec<String>>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Message {
    pub(crate) role: Role,
    #[serde(deserialize_with = "content")]
    pub(crate) content: Vec<Block>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Role {
    User,
    Assistant,
    System,
}

#[derive(Debug, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(crate) enum Block {
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
pub(crate) struct CacheControl {
    pub(crate) ttl: Option<String>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Citations {
    #[serde(default)]
    pub(crate) enabled: bool,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Source {
    #[serde(rename = "type")]
    pub(crate) kind: String,
    pub(crate) media_type: Option<String>,
    pub(crate) data: Option<String>,
    pub(crate) url: Option<String>,
    /// The blocks of a document that brings its own.
    #[serde(default, deserialize_with = "optional_content")]
    pub(crate) content: Vec<Block>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Tool {
    #[serde(rename = "type")]
    pub(crate) kind: Option<String>,
    pub(crate) name: String,
    pub(crate) input_schema: Option<Value>,
    pub(crate) strict: Option<bool>,
    pub(crate) cache_control: Option<CacheControl>,
}

#[derive(Debug, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(crate) enum ToolChoice {
    Auto {
        #[serde(default)]
        disable_parallel_tool_use: bool,
    },
    Any {
        #[serde(default)]
        disable_parallel_tool_use: bool,
    },
    Tool {
        name: String,
    },
    None,
}

#[derive(Debug, Deserialize)]
pub(crate) struct OutputConfig {
    pub(crate) effort: Option<String>,
    pub(crate) format: Option<Format>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Format {
    pub(crate) schema: Value,
}

impl Body {
    /// Whether thinking is given by its signature alone. Anthropic's documentation, "Controlling thinking display".
    pub(super) fn omits_thinking(&self, place: &Place<'_>) -> bool {
        let display = self.thinking.as_ref().and_then(|it| it.get("display"));
        display
            .and_then(Value::as_str)
            .map_or(place.omits_thinking, |display| display == "omitted")
    }
}

impl ToolChoice {
    /// Whether at most one tool may be called.
    pub(crate) fn one_at_a_time(&self) -> bool {
        match self {
            Self::Auto {
                disable_parallel_tool_use,
            }
            | Self::Any {
                disable_parallel_tool_use,
            } => *disable_parallel_tool_use,
            Self::Tool { .. } | Self::None => false,
        }
    }
}

impl Block {
    pub(crate) fn cache_control(&self) -> Option<&CacheControl> {
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
