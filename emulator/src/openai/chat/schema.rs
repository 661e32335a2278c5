//! What a body of Chat Completions may have.
//!
//! Source: `CreateChatCompletionRequest` of OpenAI's API description.

use crate::shape::{Pattern, STRING, Shape, Text, list, optional, required, text};

pub(super) static REQUEST: Shape = Shape::Structure(&[
    required("messages", &MESSAGES),
    required("model", &STRING),
    optional("audio", &Shape::Object),
    optional("frequency_penalty", &PENALTY),
    optional("function_call", &Shape::TextOr(&Shape::Object)),
    optional("functions", &list(&Shape::Object)),
    optional("logit_bias", &Shape::Object),
    optional("logprobs", &Shape::Boolean),
    optional("max_completion_tokens", &Shape::Integer { min: 1 }),
    optional("max_tokens", &Shape::Integer { min: 1 }),
    optional("metadata", &METADATA),
    optional("modalities", &list(&Shape::Choice(&["text", "audio"]))),
    optional("n", &Shape::Range { min: 1, max: 128 }),
    optional("parallel_tool_calls", &Shape::Boolean),
    optional("prediction", &Shape::Object),
    optional("presence_penalty", &PENALTY),
    optional("prompt_cache_key", &STRING),
    optional(
        "prompt_cache_retention",
        &Shape::Choice(&["in_memory", "24h"]),
    ),
    optional("reasoning_effort", &STRING),
    optional("response_format", &RESPONSE_FORMAT),
    optional("safety_identifier", &STRING),
    optional(
        "seed",
        &Shape::Range {
            min: i64::MIN,
            max: i64::MAX,
        },
    ),
    optional("service_tier", &SERVICE_TIER),
    optional("stop", &Shape::TextOr(&STOP)),
    optional("store", &Shape::Boolean),
    optional("stream", &Shape::Boolean),
    optional(
        "stream_options",
        &Shape::Structure(&[
            optional("include_usage", &Shape::Boolean),
            optional("include_obfuscation", &Shape::Boolean),
        ]),
    ),
    optional("temperature", &Shape::Number { min: 0.0, max: 2.0 }),
    optional("tool_choice", &Shape::TextOr(&TOOL_CHOICE)),
    optional(
        "tools",
        &Shape::List {
            of: &TOOL,
            min: 0,
            max: 128,
        },
    ),
    optional("top_logprobs", &Shape::Range { min: 0, max: 20 }),
    optional("top_p", &Shape::Number { min: 0.0, max: 1.0 }),
    optional("user", &STRING),
    optional("verbosity", &Shape::Choice(&["low", "medium", "high"])),
    optional("web_search_options", &Shape::Object),
]);

static MESSAGES: Shape = Shape::List {
    of: &Shape::Structure(&[
        required(
            "role",
            &Shape::Choice(&["system", "developer", "user", "assistant", "tool"]),
        ),
        optional("content", &Shape::TextOr(&list(&PART))),
        optional("name", &STRING),
        optional("refusal", &STRING),
        optional("audio", &Shape::Object),
        optional("tool_calls", &list(&CALL)),
        optional("tool_call_id", &STRING),
        // Gemini's, here and beside calls; the rules refuse it of others.
        optional("extra_content", &Shape::Object),
    ]),
    min: 1,
    max: usize::MAX,
};

static PART: Shape = Shape::Tagged(&[
    ("text", &[required("text", &STRING)]),
    ("refusal", &[required("refusal", &STRING)]),
    (
        "image_url",
        &[required(
            "image_url",
            &Shape::Structure(&[
                required("url", &text(1, usize::MAX)),
                optional("detail", &Shape::Choice(&["auto", "low", "high"])),
            ]),
        )],
    ),
    (
        "file",
        &[required(
            "file",
            &Shape::Structure(&[
                optional("file_data", &STRING),
                optional("filename", &STRING),
                optional("file_id", &STRING),
            ]),
        )],
    ),
    // Mistral's, of its own answers.
    ("thinking", &[required("thinking", &list(&Shape::Object))]),
]);

static CALL: Shape = Shape::Structure(&[
    required("id", &text(1, usize::MAX)),
    required("type", &Shape::Choice(&["function"])),
    required(
        "function",
        &Shape::Structure(&[required("name", &NAME), required("arguments", &STRING)]),
    ),
    optional("extra_content", &Shape::Object),
]);

static TOOL: Shape = Shape::Structure(&[
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
]);

static TOOL_CHOICE: Shape = Shape::Structure(&[
    required("type", &Shape::Choice(&["function"])),
    required("function", &Shape::Structure(&[required("name", &NAME)])),
]);

static STOP: Shape = Shape::List {
    of: &text(1, usize::MAX),
    min: 0,
    max: 4,
};

static RESPONSE_FORMAT: Shape = Shape::Tagged(&[
    ("text", &[]),
    ("json_object", &[]),
    (
        "json_schema",
        &[required(
            "json_schema",
            &Shape::Structure(&[
                required("name", &NAME),
                optional("schema", &Shape::Object),
                optional("description", &STRING),
                optional("strict", &Shape::Boolean),
            ]),
        )],
    ),
]);

pub(in crate::openai) static NAME: Shape = Shape::Text(Text {
    min: 0,
    max: 64,
    pattern: Some(Pattern {
        source: "^[a-zA-Z0-9_-]+$",
        matches: |text| {
            let legal = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-';
            !text.is_empty() && text.bytes().all(legal)
        },
    }),
});

pub(in crate::openai) static SERVICE_TIER: Shape =
    Shape::Choice(&["auto", "default", "flex", "scale", "priority"]);

/// Sixteen pairs of strings.
pub(in crate::openai) static METADATA: Shape = Shape::Map {
    key: Text {
        min: 0,
        max: 64,
        pattern: None,
    },
    value: &text(0, 512),
    min: 0,
    max: 16,
};

static PENALTY: Shape = Shape::Number {
    min: -2.0,
    max: 2.0,
};
