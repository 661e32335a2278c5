//! Tools that a model may ask for.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::content::{self, Cache};

/// A tool as the model sees it.
///
/// ```
/// use reqllm_core::Tool;
/// use serde_json::json;
///
/// let tool = Tool::new("weather", json!({
///     "type": "object",
///     "properties": {"city": {"type": "string"}},
///     "required": ["city"],
/// }))
/// .description("Current weather of a city");
/// assert_eq!(tool.name, "weather");
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Tool {
    /// The name by which the model asks for it.
    pub name: String,
    /// What it does, for the model.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// JSON Schema of the arguments. Its key order is kept on the wire.
    pub parameters: Value,
    /// Whether the provider should hold the model to the schema.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub strict: Option<bool>,
    /// A cache point after this tool.
    #[serde(
        default,
        deserialize_with = "content::cache",
        skip_serializing_if = "Option::is_none"
    )]
    pub cache: Option<Cache>,
}

impl Tool {
    /// A tool whose arguments follow this JSON Schema.
    pub fn new(name: impl Into<String>, parameters: Value) -> Self {
        Self {
            name: name.into(),
            description: None,
            parameters,
            strict: None,
            cache: None,
        }
    }

    /// Says what the tool does.
    #[must_use]
    pub fn description(mut self, description: impl Into<String>) -> Self {
        self.description = Some(description.into());
        self
    }
}

/// Whether and which tool the model must use.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum ToolChoice {
    /// The model decides.
    #[default]
    Auto,
    /// No tool.
    None,
    /// Some tool.
    Required,
    /// This tool.
    Tool(String),
}

/// `auto`, `none` and `required` are the words; anything else is the name of a tool.
impl From<&str> for ToolChoice {
    fn from(text: &str) -> Self {
        match text {
            "auto" => Self::Auto,
            "none" => Self::None,
            "required" => Self::Required,
            name => Self::Tool(name.to_owned()),
        }
    }
}
