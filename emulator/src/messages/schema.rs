//! The shapes of bodies on these paths: what they have in common with a native body is [`crate::claude::model`]'s.

use crate::claude::model::{
    CACHE_CONTROL, CITATIONS, DOCUMENT_BLOCKS, OUTPUT_CONFIG, SEARCH_RESULT, TEXT, TOOL_CHOICE,
    TOOL_NAME, TOOL_USE_ID, UNIT,
};
use crate::shape::{Member, STRING, Shape, list, optional, required, text};

/// `POST /v1/messages`.
pub(super) static MESSAGES: Shape = Shape::Structure(&[
    MODEL,
    MESSAGES_MEMBER,
    // Nothing is answered with 0: that only fills the prompt cache.
    required("max_tokens", &Shape::Integer { min: 0 }),
    optional("stream", &Shape::Boolean),
    SYSTEM,
    TOOLS,
    CHOICE,
    THINKING,
    CONFIG,
    TOP_CACHE_CONTROL,
    CONTEXT,
    SPEED,
    optional("temperature", &UNIT),
    optional("top_p", &UNIT),
    optional("top_k", &Shape::Integer { min: 0 }),
    optional("stop_sequences", &list(&text(1, usize::MAX))),
    optional(
        "metadata",
        &Shape::Structure(&[optional("user_id", &text(0, 256))]),
    ),
    optional("service_tier", &Shape::Choice(&["auto", "standard_only"])),
    optional("inference_geo", &STRING),
]);

/// `POST /v1/messages/count_tokens`: what a model reads, and nothing of how it is to answer.
pub(super) static COUNT: Shape = Shape::Structure(&[
    MODEL,
    MESSAGES_MEMBER,
    SYSTEM,
    TOOLS,
    CHOICE,
    THINKING,
    CONFIG,
    TOP_CACHE_CONTROL,
    CONTEXT,
    SPEED,
]);

const MODEL: Member = required("model", &text(1, 256));
const MESSAGES_MEMBER: Member = required("messages", &CONVERSATION);
static CONVERSATION: Shape = Shape::List {
    of: &MESSAGE,
    min: 1,
    max: 100_000,
};
const SYSTEM: Member = optional(
    "system",
    &Shape::TextOr(&list(&Shape::Tagged(&[("text", TEXT)]))),
);
const TOOLS: Member = optional("tools", &TOOL_LIST);
static TOOL_LIST: Shape = list(&TOOL);
const CHOICE: Member = optional("tool_choice", &TOOL_CHOICE);
const THINKING: Member = optional("thinking", &Shape::Object);
const CONFIG: Member = optional("output_config", &OUTPUT_CONFIG);
const TOP_CACHE_CONTROL: Member = optional("cache_control", &CACHE_CONTROL);
const CONTEXT: Member = optional("context_management", &Shape::Object);
const SPEED: Member = optional("speed", &Shape::Choice(&["standard", "fast"]));

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
            // Who called it: the client's types send it back.
            optional("caller", &Shape::Tagged(&[("direct", &[])])),
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
static RESULT_BLOCKS: Shape = list(&Shape::Tagged(&[
    ("text", TEXT),
    ("image", IMAGE),
    ("document", DOCUMENT),
    ("search_result", SEARCH_RESULT),
]));

const URL: &[Member] = &[required("url", &text(1, usize::MAX))];

const IMAGE: &[Member] = &[
    required(
        "source",
        &Shape::Tagged(&[
            (
                "base64",
                &[
                    required(
                        "media_type",
                        &Shape::Choice(&["image/jpeg", "image/png", "image/gif", "image/webp"]),
                    ),
                    required("data", &Shape::Blob),
                ],
            ),
            ("url", URL),
        ]),
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
    ("url", URL),
]);

static TOOL: Shape = Shape::Structure(&[
    optional("type", &STRING),
    required("name", &TOOL_NAME),
    optional("description", &STRING),
    optional("input_schema", &Shape::Object),
    optional("strict", &Shape::Boolean),
    optional("eager_input_streaming", &Shape::Boolean),
    optional("input_examples", &list(&Shape::Object)),
    optional("cache_control", &CACHE_CONTROL),
    optional("max_characters", &Shape::Integer { min: 1 }),
    optional("display_width_px", &Shape::Integer { min: 1 }),
    optional("display_height_px", &Shape::Integer { min: 1 }),
    optional("display_number", &Shape::Integer { min: 0 }),
]);
