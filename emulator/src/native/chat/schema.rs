//! The shapes of a chat body's members, and their typed form.

use serde::Deserialize;
use serde_json::Value;

use crate::shape::{Pattern, STRING, Shape, Text, list, optional, required, text};

pub(in crate::native) static MESSAGES: Shape = Shape::List {
    of: &Shape::Structure(&[
        required(
            "role",
            &Shape::Choice(&["system", "developer", "user", "assistant", "tool"]),
        ),
        optional("content", &Shape::TextOr(&list(&PART))),
        optional("name", &STRING),
        optional("refusal", &STRING),
        optional("tool_calls", &list(&CALL)),
        optional("tool_call_id", &text(1, usize::MAX)),
    ]),
    min: 1,
    max: usize::MAX,
};

static PART: Shape = Shape::Tagged(&[
    ("text", &[required("text", &STRING)]),
    (
        "image_url",
        &[required(
            "image_url",
            &Shape::TextOr(&Shape::Structure(&[
                required("url", &text(1, usize::MAX)),
                optional("detail", &STRING),
            ])),
        )],
    ),
]);

static CALL: Shape = Shape::Structure(&[
    required("id", &text(1, usize::MAX)),
    optional("type", &Shape::Choice(&["function"])),
    optional("index", &Shape::Integer { min: 0 }),
    required(
        "function",
        &Shape::Structure(&[required("name", &NAME), required("arguments", &STRING)]),
    ),
]);

pub(in crate::native) static TOOLS: Shape = list(&Shape::Structure(&[
    required("type", &Shape::Choice(&["function"])),
    required(
        "function",
        &Shape::Structure(&[
            required("name", &NAME),
            optional("description", &STRING),
            optional("parameters", &Shape::Object),
            optional("strict", &Shape::Boolean),
        ]),
    ),
]));

pub(in crate::native) static TOOL_CHOICE: Shape = Shape::TextOr(&Shape::Structure(&[
    required("type", &Shape::Choice(&["function"])),
    required("function", &Shape::Structure(&[required("name", &NAME)])),
]));

pub(in crate::native) static STOP: Shape = Shape::TextOr(&list(&text(1, usize::MAX)));

pub(in crate::native) static RESPONSE_FORMAT: Shape = Shape::Tagged(&[
    ("text", &[]),
    ("json_object", &[]),
    (
        "json_schema",
        &[required(
            "json_schema",
            &Shape::Structure(&[
                required("name", &NAME),
                required("schema", &Shape::Object),
                optional("description", &STRING),
                optional("strict", &Shape::Boolean),
            ]),
        )],
    ),
]);

static NAME: Shape = Shape::Text(Text {
    min: 0,
    max: usize::MAX,
    pattern: Some(Pattern {
        source: "^[a-zA-Z0-9_-]{1,64}$",
        matches: |text| {
            let legal = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-';
            (1..=64).contains(&text.len()) && text.bytes().all(legal)
        },
    }),
});

/// All that any of the families takes. Which of it a family takes is in that family's shape.
#[derive(Debug, Deserialize)]
pub(in crate::native) struct Body {
    pub(in crate::native) model: Option<String>,
    pub(in crate::native) stream: Option<bool>,
    pub(in crate::native) messages: Vec<Message>,
    pub(in crate::native) tools: Option<Vec<Tool>>,
    pub(in crate::native) tool_choice: Option<ToolChoice>,
    pub(in crate::native) max_tokens: Option<u64>,
    pub(in crate::native) max_completion_tokens: Option<u64>,
    pub(in crate::native) stop: Option<StopSequences>,
    pub(in crate::native) response_format: Option<ResponseFormat>,
    pub(in crate::native) documents: Option<Vec<Value>>,
    pub(in crate::native) n: Option<u64>,
}

#[derive(Debug, Deserialize)]
pub(in crate::native) struct Message {
    pub(super) role: Role,
    pub(super) content: Option<Content>,
    pub(super) tool_calls: Option<Vec<Call>>,
    pub(super) tool_call_id: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Role {
    System,
    Developer,
    User,
    Assistant,
    Tool,
}

#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub(super) enum Content {
    Text(String),
    Parts(Vec<Part>),
}

#[derive(Debug, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(super) enum Part {
    Text { text: String },
    ImageUrl { image_url: ImageUrl },
}

/// Mistral takes the bare URL as well.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub(super) enum ImageUrl {
    Bare(String),
    Wrapped { url: String },
}

#[derive(Debug, Deserialize)]
pub(super) struct Call {
    pub(super) id: String,
    pub(super) function: Called,
}

#[derive(Debug, Deserialize)]
pub(super) struct Called {
    pub(super) name: String,
    pub(super) arguments: String,
}

#[derive(Debug, Deserialize)]
pub(in crate::native) struct Tool {
    pub(super) function: Function,
}

#[derive(Debug, Deserialize)]
pub(super) struct Function {
    pub(super) name: String,
    pub(super) parameters: Option<Value>,
}

#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub(in crate::native) enum ToolChoice {
    Word(String),
    Function { function: Named },
}

#[derive(Debug, Deserialize)]
pub(in crate::native) struct Named {
    pub(super) name: String,
}

#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub(in crate::native) enum StopSequences {
    One(String),
    Many(Vec<String>),
}

#[derive(Debug, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(in crate::native) enum ResponseFormat {
    Text,
    JsonObject,
    JsonSchema { json_schema: SchemaFormat },
}

#[derive(Debug, Deserialize)]
pub(in crate::native) struct SchemaFormat {
    pub(super) schema: Value,
}

impl Message {
    /// The text of a message, its parts joined.
    pub(super) fn text(&self) -> String {
        match &self.content {
            None => String::new(),
            Some(Content::Text(text)) => text.clone(),
            Some(Content::Parts(parts)) => {
                let texts = parts.iter().filter_map(|part| match part {
                    Part::Text { text } => Some(text.as_str()),
                    Part::ImageUrl { .. } => None,
                });
                texts.collect::<Vec<_>>().join("\n")
            }
        }
    }

    pub(super) fn images(&self) -> impl Iterator<Item = &str> {
        let parts = match &self.content {
            Some(Content::Parts(parts)) => parts.as_slice(),
            _ => &[],
        };
        parts.iter().filter_map(|part| match part {
            Part::ImageUrl { image_url } => Some(match image_url {
                ImageUrl::Bare(url) | ImageUrl::Wrapped { url } => url.as_str(),
            }),
            Part::Text { .. } => None,
        })
    }
}
