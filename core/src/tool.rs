//! Tools that a model may ask for.

mod handler;

use std::fmt;
use std::sync::Arc;

use schemars::JsonSchema;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;

pub use self::handler::{IntoToolOutput, Json, NoArguments, ToolHandler, ToolOutput};
use self::handler::{Raw, Typed};
use crate::content::{self, Cache};
use crate::object::schema_of;

/// A tool: what the model sees of it and, if it is to be run here, the function behind it.
///
/// A typed function gives both: its argument's JSON Schema is what the model sees.
///
/// ```
/// use reqllm_core::Tool;
/// use schemars::JsonSchema;
/// use serde::Deserialize;
///
/// #[derive(Deserialize, JsonSchema)]
/// struct Weather {
///     /// City name
///     city: String,
/// }
///
/// let tool = Tool::new("weather", "Current weather of a city", |w: Weather| async move {
///     format!("It is raining in {}.", w.city)
/// });
/// assert_eq!(tool.parameters["properties"]["city"]["description"], "City name");
/// ```
///
/// A schema of one's own does as well, with or without a function:
///
/// ```
/// use reqllm_core::Tool;
/// use serde_json::{Value, json};
///
/// let tool = Tool::from_schema("weather", json!({
///     "type": "object",
///     "properties": {"city": {"type": "string"}},
///     "required": ["city"],
/// }))
/// .description("Current weather of a city")
/// .run_by(|arguments: Value| async move { format!("rain in {}", arguments["city"]) });
/// assert!(tool.handler().is_some());
/// ```
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Tool {
    /// The name by which the model asks for it. Providers have rules for names; one that breaks them is sent under a
    /// legal name, and calls come back under this one.
    pub name: String,
    /// What it does, for the model.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// JSON Schema of the arguments: an object. Its key order is kept on the wire.
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
    #[serde(skip)]
    handler: Option<Arc<dyn ToolHandler>>,
}

impl Tool {
    /// A tool that `function` runs. Its argument's type says what the model has to write; what it gives is text, JSON
    /// ([`Json`]), parts, or a `Result` of these, whose error the model gets to see.
    pub fn new<A, R, F, Fut>(
        name: impl Into<String>,
        description: impl Into<String>,
        function: F,
    ) -> Self
    where
        A: DeserializeOwned + JsonSchema + Send + 'static,
        F: Fn(A) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = R> + Send + 'static,
        R: IntoToolOutput + Send + 'static,
    {
        let mut tool = Self::from_schema(name, schema_of::<A>()).description(description);
        tool.handler = Some(Arc::new(Typed::new(function)));
        tool
    }

    /// A tool whose arguments follow this JSON Schema. Nobody runs it here, unless [`Tool::run_by`] says who.
    pub fn from_schema(name: impl Into<String>, parameters: Value) -> Self {
        Self {
            name: name.into(),
            description: None,
            parameters,
            strict: None,
            cache: None,
            handler: None,
        }
    }

    /// Says what the tool does.
    #[must_use]
    pub fn description(mut self, description: impl Into<String>) -> Self {
        self.description = Some(description.into());
        self
    }

    /// Asks the provider to hold the model to the schema.
    #[must_use]
    pub fn strict(mut self, strict: bool) -> Self {
        self.strict = Some(strict);
        self
    }

    /// Puts a cache point after this tool.
    #[must_use]
    pub fn cached(mut self, cache: Cache) -> Self {
        self.cache = Some(cache);
        self
    }

    /// Says what runs it. The function gets the arguments as the model wrote them.
    #[must_use]
    pub fn run_by<R, F, Fut>(mut self, function: F) -> Self
    where
        F: Fn(Value) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = R> + Send + 'static,
        R: IntoToolOutput + Send + 'static,
    {
        self.handler = Some(Arc::new(Raw(function)));
        self
    }

    /// Says what runs it: a handler with a state of its own.
    #[must_use]
    pub fn with_handler(mut self, handler: Arc<dyn ToolHandler>) -> Self {
        self.handler = Some(handler);
        self
    }

    /// What runs it, if anything does.
    pub fn handler(&self) -> Option<&Arc<dyn ToolHandler>> {
        self.handler.as_ref()
    }
}

/// By what the model sees; who runs it makes no difference.
impl PartialEq for Tool {
    fn eq(&self, other: &Self) -> bool {
        let seen = |tool: &Self| (tool.strict, tool.cache);
        self.name == other.name
            && self.description == other.description
            && self.parameters == other.parameters
            && seen(self) == seen(other)
    }
}

impl fmt::Debug for Tool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tool")
            .field("name", &self.name)
            .field("description", &self.description)
            .field("parameters", &self.parameters)
            .field("strict", &self.strict)
            .field("cache", &self.cache)
            .field("has_handler", &self.handler.is_some())
            .finish()
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
