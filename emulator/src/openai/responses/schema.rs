//! What a body of Responses may have, and its typed form.
//!
//! Source: `CreateResponse` of OpenAI's API description.

use serde::Deserialize;
use serde_json::Value;

use crate::openai::chat::schema::{METADATA, NAME, SERVICE_TIER};
use crate::shape::{STRING, Shape, list, optional, required, text};

pub(super) static REQUEST: Shape = Shape::Structure(&[
    required("model", &STRING),
    optional("input", &Shape::TextOr(&INPUT)),
    optional("background", &Shape::Boolean),
    optional("conversation", &Shape::TextOr(&Shape::Object)),
    optional("include", &list(&INCLUDE)),
    optional("instructions", &STRING),
    optional("max_output_tokens", &Shape::Integer { min: 16 }),
    optional("max_tool_calls", &Shape::Integer { min: 1 }),
    optional("metadata", &METADATA),
    optional("parallel_tool_calls", &Shape::Boolean),
    optional("previous_response_id", &STRING),
    optional("prompt", &Shape::Object),
    optional("prompt_cache_key", &STRING),
    optional(
        "prompt_cache_retention",
        &Shape::Choice(&["in_memory", "24h"]),
    ),
    optional(
        "reasoning",
        &Shape::Structure(&[
            optional("effort", &STRING),
            optional("summary", &Shape::Choice(&["auto", "concise", "detailed"])),
        ]),
    ),
    optional("safety_identifier", &STRING),
    optional("service_tier", &SERVICE_TIER),
    optional("store", &Shape::Boolean),
    optional("stream", &Shape::Boolean),
    optional(
        "stream_options",
        &Shape::Structure(&[optional("include_obfuscation", &Shape::Boolean)]),
    ),
    optional("temperature", &Shape::Number { min: 0.0, max: 2.0 }),
    optional(
        "text",
        &Shape::Structure(&[
            optional("format", &FORMAT),
            optional("verbosity", &Shape::Choice(&["low", "medium", "high"])),
        ]),
    ),
    optional("tool_choice", &Shape::TextOr(&TOOL_CHOICE)),
    optional("tools", &list(&TOOL)),
    optional("top_logprobs", &Shape::Range { min: 0, max: 20 }),
    optional("top_p", &Shape::Number { min: 0.0, max: 1.0 }),
    optional("truncation", &Shape::Choice(&["auto", "disabled"])),
    optional("user", &STRING),
]);

static INCLUDE: Shape = Shape::Choice(&[
    "reasoning.encrypted_content",
    "message.output_text.logprobs",
    "message.input_image.image_url",
    "file_search_call.results",
    "web_search_call.results",
    "web_search_call.action.sources",
    "computer_call_output.output.image_url",
    "code_interpreter_call.outputs",
]);

static INPUT: Shape = Shape::List {
    of: &ITEM,
    min: 0,
    max: usize::MAX,
};

static STATUS: Shape = Shape::Choice(&["in_progress", "completed", "incomplete"]);

static ITEM: Shape = Shape::Tagged(&[
    (
        "message",
        &[
            required(
                "role",
                &Shape::Choice(&["user", "assistant", "system", "developer"]),
            ),
            required("content", &Shape::TextOr(&list(&PART))),
            optional("id", &STRING),
            optional("status", &STATUS),
            optional("phase", &Shape::Choice(&["commentary", "final_answer"])),
        ],
    ),
    (
        "function_call",
        &[
            required("call_id", &text(1, usize::MAX)),
            required("name", &NAME),
            required("arguments", &STRING),
            optional("id", &STRING),
            optional("status", &STATUS),
        ],
    ),
    (
        "function_call_output",
        &[
            required("call_id", &text(1, usize::MAX)),
            required("output", &Shape::TextOr(&list(&PART))),
            optional("id", &STRING),
            optional("status", &STATUS),
        ],
    ),
    (
        "reasoning",
        &[
            required("id", &text(1, usize::MAX)),
            required("summary", &list(&SUMMARY)),
            optional("content", &list(&SUMMARY)),
            optional("encrypted_content", &STRING),
            optional("status", &STATUS),
        ],
    ),
    ("item_reference", &[required("id", &text(1, usize::MAX))]),
]);

static SUMMARY: Shape = Shape::Tagged(&[
    ("summary_text", &[required("text", &STRING)]),
    ("reasoning_text", &[required("text", &STRING)]),
]);

static PART: Shape = Shape::Tagged(&[
    ("input_text", &[required("text", &STRING)]),
    (
        "input_image",
        &[
            optional("image_url", &STRING),
            optional("file_id", &STRING),
            optional(
                "detail",
                &Shape::Choice(&["auto", "low", "high", "original"]),
            ),
        ],
    ),
    (
        "input_file",
        &[
            optional("file_data", &STRING),
            optional("file_url", &STRING),
            optional("file_id", &STRING),
            optional("filename", &STRING),
        ],
    ),
    (
        "output_text",
        &[
            required("text", &STRING),
            optional("annotations", &list(&Shape::Object)),
            optional("logprobs", &list(&Shape::Object)),
        ],
    ),
    ("refusal", &[required("refusal", &STRING)]),
]);

static FORMAT: Shape = Shape::Tagged(&[
    ("text", &[]),
    ("json_object", &[]),
    (
        "json_schema",
        &[
            required("name", &NAME),
            required("schema", &Shape::Object),
            optional("description", &STRING),
            optional("strict", &Shape::Boolean),
        ],
    ),
]);

static TOOL: Shape = Shape::Tagged(&[(
    "function",
    &[
        required("name", &NAME),
        optional("description", &STRING),
        optional("parameters", &Shape::Object),
        optional("strict", &Shape::Boolean),
    ],
)]);

static TOOL_CHOICE: Shape = Shape::Tagged(&[
    ("function", &[required("name", &NAME)]),
    (
        "allowed_tools",
        &[
            required("mode", &Shape::Choice(&["auto", "required"])),
            required("tools", &list(&Shape::Object)),
        ],
    ),
]);

#[derive(Debug, Deserialize)]
pub(super) struct Body {
    pub(super) instructions: Option<String>,
    pub(super) max_output_tokens: Option<u64>,
    pub(super) parallel_tool_calls: Option<bool>,
    pub(super) previous_response_id: Option<String>,
    pub(super) reasoning: Option<Reasoning>,
    #[serde(default)]
    pub(super) include: Option<Vec<String>>,
    pub(super) store: Option<bool>,
    pub(super) stream: Option<bool>,
    pub(super) temperature: Option<f64>,
    pub(super) top_p: Option<f64>,
    pub(super) text: Option<Text>,
    pub(super) tool_choice: Option<ToolChoice>,
    pub(super) tools: Option<Vec<Tool>>,
    pub(super) service_tier: Option<String>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Reasoning {
    pub(super) effort: Option<String>,
    pub(super) summary: Option<String>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Text {
    pub(super) format: Option<Format>,
}

#[derive(Debug, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(super) enum Format {
    Text,
    JsonObject,
    JsonSchema {
        name: String,
        schema: Value,
        strict: Option<bool>,
    },
}

#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub(super) enum ToolChoice {
    Word(String),
    Function { name: String },
    Allowed { mode: String, tools: Vec<Named> },
}

#[derive(Debug, Deserialize)]
pub(super) struct Named {
    pub(super) name: String,
}

#[derive(Debug, Deserialize)]
pub(super) struct Tool {
    pub(super) name: String,
    pub(super) parameters: Option<Value>,
    pub(super) strict: Option<bool>,
}

/// One item of a conversation, the caller's or the emulator's own.
#[derive(Debug, Clone, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(super) enum Item {
    Message {
        role: Role,
        content: Content,
    },
    FunctionCall {
        call_id: String,
        name: String,
    },
    FunctionCallOutput {
        call_id: String,
        output: Content,
    },
    Reasoning {
        id: String,
        encrypted_content: Option<String>,
    },
    #[serde(rename = "item_reference")]
    Reference {
        id: String,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Role {
    User,
    Assistant,
    System,
    Developer,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
pub(super) enum Content {
    Text(String),
    Parts(Vec<Part>),
}

#[derive(Debug, Clone, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(super) enum Part {
    InputText {
        text: String,
    },
    InputImage {
        image_url: Option<String>,
    },
    InputFile {
        file_data: Option<String>,
        file_url: Option<String>,
    },
    OutputText {
        text: String,
    },
    Refusal {
        refusal: String,
    },
}

impl Content {
    pub(super) fn parts(&self) -> &[Part] {
        match self {
            Self::Text(_) => &[],
            Self::Parts(parts) => parts,
        }
    }

    /// The text of all parts, joined.
    pub(super) fn text(&self) -> String {
        if let Self::Text(text) = self {
            return text.clone();
        }
        let texts = self.parts().iter().filter_map(|part| match part {
            Part::InputText { text }
            | Part::OutputText { text }
            | Part::Refusal { refusal: text } => Some(text.as_str()),
            _ => None,
        });
        texts.collect::<Vec<_>>().join("\n")
    }
}
