//! The typed form of a chat body, read after the shapes of its house have let it in.

use serde::Deserialize;
use serde_json::Value;

/// All that any house takes. Which of it one takes is in that house's shape.
#[derive(Debug, Deserialize)]
pub(crate) struct Body {
    pub(crate) model: Option<String>,
    pub(crate) messages: Vec<Message>,
    pub(crate) tools: Option<Vec<Tool>>,
    pub(crate) tool_choice: Option<ToolChoice>,
    pub(crate) parallel_tool_calls: Option<bool>,
    pub(crate) max_tokens: Option<u64>,
    pub(crate) max_completion_tokens: Option<u64>,
    pub(crate) stop: Option<Stop>,
    pub(crate) response_format: Option<ResponseFormat>,
    pub(crate) reasoning_effort: Option<String>,
    pub(crate) temperature: Option<f64>,
    pub(crate) top_p: Option<f64>,
    pub(crate) logprobs: Option<bool>,
    pub(crate) top_logprobs: Option<u64>,
    pub(crate) n: Option<u64>,
    pub(crate) stream: Option<bool>,
    pub(crate) stream_options: Option<StreamOptions>,
    pub(crate) service_tier: Option<String>,
    /// Jamba's.
    pub(crate) documents: Option<Value>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct StreamOptions {
    pub(crate) include_usage: Option<bool>,
    pub(crate) include_obfuscation: Option<bool>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Message {
    pub(crate) role: Role,
    pub(crate) content: Option<Content>,
    pub(crate) refusal: Option<String>,
    pub(crate) tool_calls: Option<Vec<Call>>,
    pub(crate) tool_call_id: Option<String>,
    pub(crate) name: Option<String>,
    pub(crate) extra_content: Option<Value>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Role {
    System,
    Developer,
    User,
    Assistant,
    Tool,
}

#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub(crate) enum Content {
    Text(String),
    Parts(Vec<Part>),
}

#[derive(Debug, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(crate) enum Part {
    Text { text: String },
    Refusal { refusal: String },
    ImageUrl { image_url: ImageUrl },
    File { file: File },
    Thinking {},
}

/// Mistral takes the bare URL as well.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub(crate) enum ImageUrl {
    Bare(String),
    Wrapped { url: String },
}

#[derive(Debug, Deserialize)]
pub(crate) struct File {
    pub(crate) file_data: Option<String>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Call {
    pub(crate) id: String,
    pub(crate) function: Called,
    pub(crate) extra_content: Option<Value>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Called {
    pub(crate) name: String,
    pub(crate) arguments: String,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Tool {
    pub(crate) function: Function,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Function {
    pub(crate) name: String,
    pub(crate) parameters: Option<Value>,
    pub(crate) strict: Option<bool>,
}

#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub(crate) enum ToolChoice {
    Word(String),
    Function { function: Named },
}

#[derive(Debug, Deserialize)]
pub(crate) struct Named {
    pub(crate) name: String,
}

#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub(crate) enum Stop {
    One(String),
    Many(Vec<String>),
}

#[derive(Debug, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(crate) enum ResponseFormat {
    Text,
    JsonObject,
    JsonSchema { json_schema: SchemaFormat },
}

#[derive(Debug, Deserialize)]
pub(crate) struct SchemaFormat {
    pub(crate) name: String,
    pub(crate) schema: Option<Value>,
    pub(crate) strict: Option<bool>,
}

impl ImageUrl {
    pub(crate) fn url(&self) -> &str {
        let (Self::Bare(url) | Self::Wrapped { url }) = self;
        url
    }
}

impl Message {
    pub(crate) fn parts(&self) -> &[Part] {
        match &self.content {
            Some(Content::Parts(parts)) => parts,
            _ => &[],
        }
    }

    /// The text of a message, its parts joined.
    pub(crate) fn text(&self) -> String {
        if let Some(Content::Text(text)) = &self.content {
            return text.clone();
        }
        let texts = self.parts().iter().filter_map(|part| match part {
            Part::Text { text } | Part::Refusal { refusal: text } => Some(text.as_str()),
            _ => None,
        });
        texts.collect::<Vec<_>>().join("\n")
    }

    pub(crate) fn images(&self) -> impl Iterator<Item = &str> {
        self.parts().iter().filter_map(|part| match part {
            Part::ImageUrl { image_url } => Some(image_url.url()),
            _ => None,
        })
    }
}
