//! The shapes of Anthropic's Messages as Bedrock takes them: no `model`, no `stream`.

use crate::shape::{Member, Pattern, STRING, Shape, Text, list, optional, required, text};

pub(super) static REQUEST: Shape = Shape::Structure(&[
    required("anthropic_version", &Shape::Choice(&["bedrock-2023-05-31"])),
    optional("anthropic_beta", &list(&STRING)),
    required("max_tokens", &Shape::Integer { min: 1 }),
    required(
        "messages",
        &Shape::List {
            of: &MESSAGE,
            min: 1,
            max: 100_000,
        },
    ),
    optional(
        "system",
        &Shape::TextOr(&list(&Shape::Tagged(&[("text", TEXT)]))),
    ),
    optional("tools", &list(&TOOL)),
    optional("tool_choice", &TOOL_CHOICE),
    optional("thinking", &Shape::Object),
    optional("output_config", &OUTPUT_CONFIG),
    optional("temperature", &UNIT),
    optional("top_p", &UNIT),
    optional("top_k", &Shape::Integer { min: 0 }),
    optional("stop_sequences", &list(&text(1, usize::MAX))),
    optional(
        "metadata",
        &Shape::Structure(&[optional("user_id", &text(0, 256))]),
    ),
    optional("context_management", &Shape::Object),
]);

pub(crate) static UNIT: Shape = Shape::Number { min: 0.0, max: 1.0 };

static MESSAGE: Shape = Shape::Structure(&[
    required("role", &Shape::Choice(&["user", "assistant", "system"])),
    required("content", &Shape::TextOr(&list(&BLOCK))),
]);

static BLOCK: Shape = Shape::Tagged(&[
    ("text", TEXT),
    ("image", IMAGE),
    ("document", DOCUMENT),
    ("search_result", SEARCH_RESULT),
    (
        "thinking",
        &[
            required("thinking", &STRING),
            required("signature", &STRING),
        ],
    ),
    ("redacted_thinking", &[required("data", &STRING)]),
    (
        "tool_use",
        &[
            required("id", &TOOL_USE_ID),
            required("name", &TOOL_NAME),
            required("input", &Shape::Object),
            optional("cache_control", &CACHE_CONTROL),
        ],
    ),
    (
        "tool_result",
        &[
            required("tool_use_id", &TOOL_USE_ID),
            optional("content", &RESULT_CONTENT),
            optional("is_error", &Shape::Boolean),
            optional("cache_control", &CACHE_CONTROL),
        ],
    ),
]);

static RESULT_CONTENT: Shape = Shape::TextOr(&RESULT_BLOCKS);
static RESULT_BLOCKS: Shape = list(&RESULT_BLOCK);
static RESULT_BLOCK: Shape = Shape::Tagged(&[
    ("text", TEXT),
    ("image", IMAGE),
    ("document", DOCUMENT),
    ("search_result", SEARCH_RESULT),
]);

pub(crate) const TEXT: &[Member] = &[
    required("text", &STRING),
    optional("cache_control", &CACHE_CONTROL),
    optional("citations", &list(&Shape::Object)),
];

const IMAGE: &[Member] = &[
    required(
        "source",
        &Shape::Tagged(&[(
            "base64",
            &[
                required(
                    "media_type",
                    &Shape::Choice(&["image/jpeg", "image/png", "image/gif", "image/webp"]),
                ),
                required("data", &Shape::Blob),
            ],
        )]),
    ),
    optional("cache_control", &CACHE_CONTROL),
];

const DOCUMENT: &[Member] = &[
    required("source", &DOCUMENT_SOURCE),
    optional("title", &text(1, 500)),
    optional("context", &STRING),
    optional("citations", &CITATIONS),
    optional("cache_control", &CACHE_CONTROL),
];

static DOCUMENT_SOURCE: Shape = Shape::Tagged(&[
    (
        "base64",
        &[
            required("media_type", &Shape::Choice(&["application/pdf"])),
            required("data", &Shape::Blob),
        ],
    ),
    (
        "text",
        &[
            required("media_type", &Shape::Choice(&["text/plain"])),
            required("data", &STRING),
        ],
    ),
    (
        "content",
        &[required("content", &Shape::TextOr(&DOCUMENT_BLOCKS))],
    ),
]);
pub(crate) static DOCUMENT_BLOCKS: Shape =
    list(&Shape::Tagged(&[("text", TEXT), ("image", IMAGE)]));

pub(crate) const SEARCH_RESULT: &[Member] = &[
    required("source", &STRING),
    required("title", &STRING),
    required("content", &list(&Shape::Tagged(&[("text", TEXT)]))),
    optional("citations", &CITATIONS),
    optional("cache_control", &CACHE_CONTROL),
];

pub(crate) static CITATIONS: Shape = Shape::Structure(&[optional("enabled", &Shape::Boolean)]);

pub(crate) static CACHE_CONTROL: Shape = Shape::Tagged(&[(
    "ephemeral",
    &[optional("ttl", &Shape::Choice(&["5m", "1h"]))],
)]);

static TOOL: Shape = Shape::Structure(&[
    optional("type", &STRING),
    required("name", &TOOL_NAME),
    optional("description", &STRING),
    optional("input_schema", &Shape::Object),
    optional("strict", &Shape::Boolean),
    optional("cache_control", &CACHE_CONTROL),
    optional("max_characters", &Shape::Integer { min: 1 }),
]);

const PARALLEL: Member = optional("disable_parallel_tool_use", &Shape::Boolean);

pub(crate) static TOOL_CHOICE: Shape = Shape::Tagged(&[
    ("auto", &[PARALLEL]),
    ("any", &[PARALLEL]),
    ("tool", &[required("name", &STRING), PARALLEL]),
    ("none", &[]),
]);

pub(crate) static OUTPUT_CONFIG: Shape = Shape::Structure(&[
    optional(
        "effort",
        &Shape::Choice(&["low", "medium", "high", "xhigh", "max"]),
    ),
    optional(
        "format",
        &Shape::Tagged(&[("json_schema", &[required("schema", &Shape::Object)])]),
    ),
]);

pub(crate) static TOOL_NAME: Shape = Shape::Text(Text {
    min: 0,
    max: usize::MAX,
    pattern: Some(Pattern {
        source: "^[a-zA-Z0-9_-]{1,128}$",
        matches: |text| (1..=128).contains(&text.len()) && text.bytes().all(is_name_byte),
    }),
});

pub(crate) static TOOL_USE_ID: Shape = Shape::Text(Text {
    min: 0,
    max: usize::MAX,
    pattern: Some(Pattern {
        source: "^[a-zA-Z0-9_-]+$",
        matches: |text| !text.is_empty() && text.bytes().all(is_name_byte),
    }),
});

fn is_name_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-'
}
