//! The shapes of Anthropic's Messages as Bedrock takes them: no `model`, no `stream`.
//!
//! Anthropic's own paths ([`crate::messages`]) take the same with more in it: what is theirs alone stands there, and goes into the
//! blocks that are made here.

use crate::shape::{Member, Pattern, STRING, Shape, Text, list, optional, required, text};

pub(super) static REQUEST: Shape = Shape::Structure(&[
    required("anthropic_version", &Shape::Choice(&["bedrock-2023-05-31"])),
    optional("anthropic_beta", &list(&STRING)),
    required("max_tokens", &Shape::Integer { min: 1 }),
    required("messages", &MESSAGES),
    SYSTEM,
    optional("tools", &list(&TOOL)),
    CHOICE,
    THINKING,
    CONFIG,
    TEMPERATURE,
    TOP_P,
    TOP_K,
    STOP_SEQUENCES,
    METADATA,
    CONTEXT,
]);

pub(crate) const SYSTEM: Member = optional(
    "system",
    &Shape::TextOr(&list(&Shape::Tagged(&[("text", TEXT)]))),
);
pub(crate) const CHOICE: Member = optional("tool_choice", &TOOL_CHOICE);
pub(crate) const THINKING: Member = optional("thinking", &Shape::Object);
pub(crate) const CONFIG: Member = optional("output_config", &OUTPUT_CONFIG);
pub(crate) const TEMPERATURE: Member = optional("temperature", &UNIT);
pub(crate) const TOP_P: Member = optional("top_p", &UNIT);
pub(crate) const TOP_K: Member = optional("top_k", &Shape::Integer { min: 0 });
pub(crate) const STOP_SEQUENCES: Member = optional("stop_sequences", &list(&text(1, usize::MAX)));
pub(crate) const METADATA: Member = optional(
    "metadata",
    &Shape::Structure(&[optional("user_id", &text(0, 256))]),
);
pub(crate) const CONTEXT: Member = optional("context_management", &Shape::Object);

static UNIT: Shape = Shape::Number { min: 0.0, max: 1.0 };

static MESSAGES: Shape = messages(&MESSAGE);
static MESSAGE: Shape = Shape::Structure(&[ROLE, required("content", &Shape::TextOr(&BLOCKS))]);
static BLOCKS: Shape = list(&BLOCK);
static BLOCK: Shape = Shape::Tagged(&blocks(IMAGE, DOCUMENT, TOOL_USE, TOOL_RESULT));

/// A conversation of such messages.
pub(crate) const fn messages(message: &'static Shape) -> Shape {
    Shape::List {
        of: message,
        min: 1,
        max: 100_000,
    }
}

pub(crate) const ROLE: Member = required("role", &Shape::Choice(&["user", "assistant", "system"]));

/// A block by the name of its type, and the members that it has.
type Tag = (&'static str, &'static [Member]);

/// The blocks of a message; given are those that are not the same everywhere.
pub(crate) const fn blocks(
    image: &'static [Member],
    document: &'static [Member],
    tool_use: &'static [Member],
    tool_result: &'static [Member],
) -> [Tag; 8] {
    const THOUGHT: &[Member] = &[
        required("thinking", &STRING),
        required("signature", &STRING),
    ];
    const REDACTED: &[Member] = &[required("data", &STRING)];
    [
        ("text", TEXT),
        ("image", image),
        ("document", document),
        ("search_result", SEARCH_RESULT),
        ("thinking", THOUGHT),
        ("redacted_thinking", REDACTED),
        ("tool_use", tool_use),
        ("tool_result", tool_result),
    ]
}

const TOOL_USE: &[Member] = &[USE_ID, USE_NAME, USE_INPUT, CACHED];
pub(crate) const USE_ID: Member = required("id", &TOOL_USE_ID);
pub(crate) const USE_NAME: Member = required("name", &TOOL_NAME);
pub(crate) const USE_INPUT: Member = required("input", &Shape::Object);

const TOOL_RESULT: &[Member] = &tool_result(&RESULT_CONTENT);
static RESULT_CONTENT: Shape = Shape::TextOr(&RESULT_BLOCKS);
static RESULT_BLOCKS: Shape = list(&RESULT_BLOCK);
static RESULT_BLOCK: Shape = Shape::Tagged(&result_blocks(IMAGE, DOCUMENT));

/// The result of a tool with this content.
pub(crate) const fn tool_result(content: &'static Shape) -> [Member; 4] {
    [
        required("tool_use_id", &TOOL_USE_ID),
        optional("content", content),
        optional("is_error", &Shape::Boolean),
        CACHED,
    ]
}

/// The blocks of a result.
pub(crate) const fn result_blocks(
    image: &'static [Member],
    document: &'static [Member],
) -> [Tag; 4] {
    [
        ("text", TEXT),
        ("image", image),
        ("document", document),
        ("search_result", SEARCH_RESULT),
    ]
}

const TEXT: &[Member] = &[
    required("text", &STRING),
    CACHED,
    optional("citations", &list(&Shape::Object)),
];

const IMAGE: &[Member] = &image(&IMAGE_SOURCE);
static IMAGE_SOURCE: Shape = Shape::Tagged(&[IMAGE_BYTES]);

/// An image from such a source.
pub(crate) const fn image(source: &'static Shape) -> [Member; 2] {
    [required("source", source), CACHED]
}

pub(crate) const IMAGE_BYTES: Tag = (
    "base64",
    &[
        required(
            "media_type",
            &Shape::Choice(&["image/jpeg", "image/png", "image/gif", "image/webp"]),
        ),
        required("data", &Shape::Blob),
    ],
);

const DOCUMENT: &[Member] = &document(&DOCUMENT_SOURCE);
static DOCUMENT_SOURCE: Shape = Shape::Tagged(&[PDF, PLAIN_TEXT, OWN_CONTENT]);

/// A document from such a source.
pub(crate) const fn document(source: &'static Shape) -> [Member; 5] {
    [
        required("source", source),
        optional("title", &TITLE),
        optional("context", &STRING),
        optional("citations", &CITATIONS),
        CACHED,
    ]
}

static TITLE: Shape = text(1, 500);

pub(crate) const PDF: Tag = (
    "base64",
    &[
        required("media_type", &Shape::Choice(&["application/pdf"])),
        required("data", &Shape::Blob),
    ],
);
pub(crate) const PLAIN_TEXT: Tag = (
    "text",
    &[
        required("media_type", &Shape::Choice(&["text/plain"])),
        required("data", &STRING),
    ],
);
pub(crate) const OWN_CONTENT: Tag = ("content", &[required("content", &DOCUMENT_CONTENT)]);
static DOCUMENT_CONTENT: Shape = Shape::TextOr(&DOCUMENT_BLOCKS);
static DOCUMENT_BLOCKS: Shape = list(&Shape::Tagged(&[("text", TEXT), ("image", IMAGE)]));

const SEARCH_RESULT: &[Member] = &[
    required("source", &STRING),
    required("title", &STRING),
    required("content", &list(&Shape::Tagged(&[("text", TEXT)]))),
    optional("citations", &CITATIONS),
    CACHED,
];

static CITATIONS: Shape = Shape::Structure(&[optional("enabled", &Shape::Boolean)]);

/// What most blocks may say, and on Anthropic's own paths the body.
pub(crate) const CACHED: Member = optional("cache_control", &CACHE_CONTROL);
static CACHE_CONTROL: Shape = Shape::Tagged(&[(
    "ephemeral",
    &[optional("ttl", &Shape::Choice(&["5m", "1h"]))],
)]);

static TOOL: Shape = Shape::Structure(&TOOL_MEMBERS);

/// What a tool may say everywhere.
pub(crate) const TOOL_MEMBERS: [Member; 7] = [
    optional("type", &STRING),
    required("name", &TOOL_NAME),
    optional("description", &STRING),
    optional("input_schema", &Shape::Object),
    optional("strict", &Shape::Boolean),
    CACHED,
    optional("max_characters", &Shape::Integer { min: 1 }),
];

const PARALLEL: Member = optional("disable_parallel_tool_use", &Shape::Boolean);

static TOOL_CHOICE: Shape = Shape::Tagged(&[
    ("auto", &[PARALLEL]),
    ("any", &[PARALLEL]),
    ("tool", &[required("name", &STRING), PARALLEL]),
    ("none", &[]),
]);

static OUTPUT_CONFIG: Shape = Shape::Structure(&[
    optional(
        "effort",
        &Shape::Choice(&["low", "medium", "high", "xhigh", "max"]),
    ),
    optional(
        "format",
        &Shape::Tagged(&[("json_schema", &[required("schema", &Shape::Object)])]),
    ),
]);

static TOOL_NAME: Shape = Shape::Text(Text {
    min: 0,
    max: usize::MAX,
    pattern: Some(Pattern {
        source: "^[a-zA-Z0-9_-]{1,128}$",
        matches: |text| (1..=128).contains(&text.len()) && text.bytes().all(is_name_byte),
    }),
});

static TOOL_USE_ID: Shape = Shape::Text(Text {
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
