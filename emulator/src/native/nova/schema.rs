//! The shape of a `messages-v1` body, and its typed form.
//!
//! From AWS's schema of the request and from recordings. `max_new_tokens`, `top_p` and `top_k` are
//! older names. A cache point stands inside of the block that it follows, or alone. What Converse has in the same form is
//! Converse's.

use serde::Deserialize;
use serde_json::Value;

use crate::converse::model::{TOOL_CHOICE, TOOL_NAME};
use crate::converse::{S3Location, ToolChoice, ToolSpec, ToolUse};
use crate::shape::{Member, STRING, Shape, list, optional, required, text};

pub(super) static REQUEST: Shape = Shape::Structure(&[
    optional("schemaVersion", &Shape::Choice(&["messages-v1"])),
    required("messages", &MESSAGES),
    optional("system", &list(&Shape::Structure(&[TEXT, CACHE_POINT]))),
    optional("inferenceConfig", &INFERENCE),
    optional("toolConfig", &TOOLS),
    optional("reasoningConfig", &REASONING),
]);

static MESSAGES: Shape = Shape::List {
    of: &Shape::Structure(&[
        required("role", &Shape::Choice(&["user", "assistant"])),
        required(
            "content",
            &Shape::List {
                of: &BLOCK,
                min: 1,
                max: usize::MAX,
            },
        ),
    ]),
    min: 1,
    max: usize::MAX,
};

const TEXT: Member = optional("text", &text(1, usize::MAX));
const CACHE_POINT: Member = optional(
    "cachePoint",
    &Shape::Structure(&[required("type", &Shape::Choice(&["default"]))]),
);
const IMAGE: Member = optional("image", &IMAGE_SHAPE);

static IMAGE_SHAPE: Shape = Shape::Structure(&[
    required("format", &Shape::Choice(&["jpeg", "png", "gif", "webp"])),
    required("source", &SOURCE),
]);

static VIDEO: Shape = Shape::Structure(&[
    required(
        "format",
        &Shape::Choice(&[
            "mkv", "mov", "mp4", "webm", "three_gp", "flv", "mpeg", "mpg", "wmv",
        ]),
    ),
    required("source", &SOURCE),
]);

static BLOCK: Shape = Shape::Structure(&[
    TEXT,
    IMAGE,
    optional("video", &VIDEO),
    optional("document", &DOCUMENT),
    optional("reasoningContent", &Shape::Object),
    optional(
        "toolUse",
        &Shape::Structure(&[
            required("toolUseId", &text(1, usize::MAX)),
            required("name", &TOOL_NAME),
            required("input", &Shape::Object),
        ]),
    ),
    optional(
        "toolResult",
        &Shape::Structure(&[
            required("toolUseId", &text(1, usize::MAX)),
            required("content", &list(&RESULT)),
            optional("status", &Shape::Choice(&["success", "error"])),
        ]),
    ),
    CACHE_POINT,
]);

static RESULT: Shape = Shape::Structure(&[
    optional("text", &STRING),
    optional("json", &Shape::Object),
    IMAGE,
]);

static DOCUMENT: Shape = Shape::Structure(&[
    required(
        "format",
        &Shape::Choice(&[
            "csv", "xls", "xlsx", "html", "txt", "md", "doc", "docx", "pdf",
        ]),
    ),
    required("name", &text(1, 200)),
    required("source", &SOURCE),
]);

static SOURCE: Shape = Shape::Union {
    name: "Source",
    members: &[
        optional("bytes", &Shape::Blob),
        optional(
            "s3Location",
            &Shape::Structure(&[
                required("uri", &text(1, 1024)),
                optional("bucketOwner", &STRING),
            ]),
        ),
    ],
};

static INFERENCE: Shape = Shape::Structure(&[
    optional("maxTokens", &Shape::Integer { min: 1 }),
    optional("max_new_tokens", &Shape::Integer { min: 1 }),
    optional("temperature", &Shape::Number { min: 0.0, max: 1.0 }),
    optional("topP", &Shape::Number { min: 0.0, max: 1.0 }),
    optional("top_p", &Shape::Number { min: 0.0, max: 1.0 }),
    optional("topK", &Shape::Range { min: 0, max: 128 }),
    optional("top_k", &Shape::Range { min: 0, max: 128 }),
    optional("stopSequences", &list(&text(1, usize::MAX))),
]);

/// Tools take no cache point (LibreChat #13838, hermes #97281).
static TOOLS: Shape = Shape::Structure(&[
    required(
        "tools",
        &Shape::List {
            of: &Shape::Structure(&[required(
                "toolSpec",
                &Shape::Structure(&[
                    required("name", &TOOL_NAME),
                    optional("description", &text(1, usize::MAX)),
                    required(
                        "inputSchema",
                        &Shape::Structure(&[required("json", &Shape::Object)]),
                    ),
                ]),
            )]),
            min: 1,
            max: usize::MAX,
        },
    ),
    optional("toolChoice", &TOOL_CHOICE),
]);

static REASONING: Shape = Shape::Structure(&[
    required("type", &Shape::Choice(&["enabled", "disabled"])),
    optional(
        "maxReasoningEffort",
        &Shape::Choice(&["low", "medium", "high"]),
    ),
]);

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Body {
    pub(super) messages: Vec<Message>,
    pub(super) system: Option<Vec<Block>>,
    pub(super) inference_config: Option<Inference>,
    pub(super) tool_config: Option<Tools>,
    pub(super) reasoning_config: Option<Reasoning>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Message {
    pub(super) role: Role,
    pub(super) content: Vec<Block>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Role {
    User,
    Assistant,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Block {
    pub(super) text: Option<String>,
    pub(super) image: Option<Media>,
    pub(super) video: Option<Media>,
    pub(super) document: Option<Media>,
    pub(super) reasoning_content: Option<Value>,
    pub(super) tool_use: Option<ToolUse>,
    pub(super) tool_result: Option<ToolResult>,
    pub(super) cache_point: Option<Value>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Media {
    pub(super) format: String,
    pub(super) name: Option<String>,
    pub(super) source: Source,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Source {
    pub(super) bytes: Option<String>,
    pub(super) s3_location: Option<S3Location>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ToolResult {
    pub(super) tool_use_id: String,
    pub(super) content: Vec<ResultPart>,
    pub(super) status: Option<String>,
}

#[derive(Debug, Deserialize)]
pub(super) struct ResultPart {
    pub(super) text: Option<String>,
    pub(super) json: Option<Value>,
    pub(super) image: Option<Media>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Inference {
    pub(super) max_tokens: Option<u64>,
    #[serde(rename = "max_new_tokens")]
    pub(super) max_new_tokens: Option<u64>,
    pub(super) temperature: Option<f64>,
    pub(super) top_p: Option<f64>,
    #[serde(rename = "top_p")]
    pub(super) old_top_p: Option<f64>,
    pub(super) stop_sequences: Option<Vec<String>>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Tools {
    pub(super) tools: Vec<Tool>,
    pub(super) tool_choice: Option<ToolChoice>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Tool {
    pub(super) tool_spec: ToolSpec,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Reasoning {
    #[serde(rename = "type")]
    pub(super) kind: String,
    pub(super) max_reasoning_effort: Option<String>,
}
