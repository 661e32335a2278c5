//! The shape of a Command R body, and its typed form.
//!
//! Members are those that AWS documents for Command R; `chat_history` takes the roles and tool members
//! of Cohere's own Chat API (v1), which the model speaks. `p` ends at 0.99 (promptfoo #914).

use serde::Deserialize;
use serde_json::{Map, Value};

use crate::shape::{Member, STRING, Shape, Text, list, optional, required, text};

pub(super) static REQUEST: Shape = Shape::Structure(&[
    required("message", &STRING),
    optional("chat_history", &list(&TURN)),
    optional("documents", &list(&ANY_MAP)),
    optional("preamble", &STRING),
    optional("max_tokens", &Shape::Integer { min: 1 }),
    optional("temperature", &Shape::Number { min: 0.0, max: 1.0 }),
    optional(
        "p",
        &Shape::Number {
            min: 0.01,
            max: 0.99,
        },
    ),
    optional(
        "k",
        &Shape::Number {
            min: 0.0,
            max: 500.0,
        },
    ),
    optional("stop_sequences", &list(&text(1, usize::MAX))),
    optional("seed", &Shape::Integer { min: 0 }),
    optional("frequency_penalty", &PENALTY),
    optional("presence_penalty", &PENALTY),
    optional(
        "prompt_truncation",
        &Shape::Choice(&["OFF", "AUTO_PRESERVE_ORDER"]),
    ),
    optional("tools", &list(&TOOL)),
    optional("tool_results", &RESULTS),
    optional("force_single_step", &Shape::Boolean),
    optional(
        "citation_quality",
        &Shape::Choice(&["fast", "accurate", "off"]),
    ),
    optional("raw_prompting", &Shape::Boolean),
    optional("search_queries_only", &Shape::Boolean),
    optional("return_prompt", &Shape::Boolean),
]);

static PENALTY: Shape = Shape::Number { min: 0.0, max: 1.0 };

static TURN: Shape = Shape::Structure(&[
    required(
        "role",
        &Shape::Choice(&["USER", "CHATBOT", "SYSTEM", "TOOL"]),
    ),
    optional("message", &STRING),
    optional("tool_calls", &list(&Shape::Structure(CALL))),
    optional("tool_results", &RESULTS),
]);

static RESULTS: Shape = list(&Shape::Structure(&[
    required("call", &Shape::Structure(CALL)),
    required("outputs", &list(&ANY_MAP)),
]));

const CALL: &[Member] = &[
    required("name", &STRING),
    required("parameters", &Shape::Object),
];

static ANY_MAP: Shape = Shape::Object;

static TOOL: Shape = Shape::Structure(&[
    required("name", &text(1, usize::MAX)),
    required("description", &STRING),
    optional(
        "parameter_definitions",
        &Shape::Map {
            key: Text {
                min: 1,
                max: usize::MAX,
                pattern: None,
            },
            value: &Shape::Structure(&[
                optional("description", &STRING),
                required("type", &STRING),
                optional("required", &Shape::Boolean),
            ]),
            min: 0,
            max: usize::MAX,
        },
    ),
]);

#[derive(Debug, Deserialize)]
pub(super) struct Body {
    pub(super) message: String,
    pub(super) chat_history: Option<Vec<Turn>>,
    pub(super) documents: Option<Vec<Map<String, Value>>>,
    pub(super) preamble: Option<String>,
    pub(super) max_tokens: Option<u64>,
    pub(super) stop_sequences: Option<Vec<String>>,
    pub(super) tools: Option<Vec<Tool>>,
    pub(super) tool_results: Option<Vec<ToolResult>>,
    pub(super) search_queries_only: Option<bool>,
    pub(super) return_prompt: Option<bool>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Turn {
    pub(super) role: Role,
    pub(super) message: Option<String>,
    pub(super) tool_calls: Option<Vec<Call>>,
    pub(super) tool_results: Option<Vec<ToolResult>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub(super) enum Role {
    User,
    Chatbot,
    System,
    Tool,
}

/// Calls have no ids: name and parameters say which one is meant.
#[derive(Debug, PartialEq, Deserialize)]
pub(super) struct Call {
    pub(super) name: String,
    pub(super) parameters: Value,
}

#[derive(Debug, Deserialize)]
pub(super) struct ToolResult {
    pub(super) call: Call,
    pub(super) outputs: Vec<Value>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Tool {
    pub(super) name: String,
    pub(super) parameter_definitions: Option<Map<String, Value>>,
}
