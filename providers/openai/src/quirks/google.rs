//! Gemini, at the door that Google has for clients of OpenAI's.
//!
//! Sources: Google's guides "OpenAI compatibility", "Thought signatures" and "Thinking"; its API refuses members that it does
//! not know with status 400 and their names.

use reqllm_dialects::chat_completions::{Quirks, StrictObject, Tag, Thoughts};
use reqllm_dialects::mark::Maker;
use reqllm_dialects::profile::{Profile, ReasoningField, ReasoningSwitch, Replay};

use super::{LOW_TO_HIGH, NONE_TO_HIGH};
use crate::row::{Row, SchemaBeside};

const MAKER: Maker = Maker::new("google");
const VERTEX_MAKER: Maker = Maker::new("google-vertex");

/// Gemini 3 and what comes after it.
pub(super) const GOOGLE: Row = Row {
    providers: &["google"],
    quirks: Quirks {
        name: "Google",
        // Refused by name: `seed`, `top_k`.
        seed: false,
        // "OpenAI compatibility": images as `data:` URLs, audio as `input_audio`.
        urls: false,
        audio: true,
        // Nothing is said of `strict`; a schema holds whatever it says.
        strict_tools: false,
        strict_object: StrictObject::Unsaid,
        // "Thought signatures", the example in OpenAI's form. Without it: "function_response.name: Name cannot be empty".
        result_names: true,
        thoughts: Thoughts::Signatures {
            maker: MAKER,
            // The same, "FAQs": for calls that another model has made; else they are refused.
            waiver: Some("skip_thought_signature_validator"),
        },
        // `total_tokens` has the thoughts, `completion_tokens` has not; there are no details.
        uncounted_thoughts: true,
        // Where `include_thoughts` asks for them, they stand in the text.
        reasoning: Some(Tag {
            open: "<thought>",
            close: "</thought>",
        }),
        ..Row::COMPATIBLE.quirks
    },
    profile: Profile {
        strict_tools: false,
        // "OpenAI compatibility": `reasoning_effort`, or a budget in `thinking_config`, never both.
        reasoning: thinks(LOW_TO_HIGH),
        replay: Replay::Marked(MAKER),
        ..Row::COMPATIBLE.profile
    },
    // Refused by name. What else OpenAI has is sent as it is asked for; the API says so if it does not know it.
    refuses: &["frequency_penalty", "store"],
    ..Row::COMPATIBLE
};

/// Gemini 2 and before, and Gemma.
pub(super) const GOOGLE_OLDER: Row = Row {
    models: &["gemini-1", "gemini-2", "gemini-robotics-er-1", "gemma"],
    quirks: Quirks {
        // "Thought signatures", "Model behavior": before Gemini 3 calls without one are taken.
        thoughts: Thoughts::Signatures {
            maker: MAKER,
            waiver: None,
        },
        ..GOOGLE.quirks
    },
    // "Structured outputs": beside tools from Gemini 3 on. Before: "Function calling with a response mime type:
    // 'application/json' is unsupported".
    schema_beside: SchemaBeside {
        tools: false,
        stream: true,
    },
    ..GOOGLE
};

/// "OpenAI compatibility": of Gemini 2.5 all but Pro can be told not to think.
pub(super) const GOOGLE_FLASH: Row = Row {
    models: &["gemini-2.5-flash"],
    profile: Profile {
        reasoning: thinks(NONE_TO_HIGH),
        ..GOOGLE_OLDER.profile
    },
    ..GOOGLE_OLDER
};

/// Models of others at Vertex, which has each in its maker's way.
pub(super) const VERTEX: Row = Row {
    providers: &["google-vertex"],
    ..Row::COMPATIBLE
};

/// Vertex has the same door for Gemini. Source: Google's guide "Using OpenAI libraries with Vertex AI". Its seals are taken for its own.
pub(super) const VERTEX_GEMINI: Row = Row {
    providers: VERTEX.providers,
    models: &["gemini"],
    quirks: Quirks {
        name: "Vertex",
        thoughts: Thoughts::Signatures {
            maker: VERTEX_MAKER,
            waiver: Some("skip_thought_signature_validator"),
        },
        ..GOOGLE.quirks
    },
    profile: Profile {
        replay: Replay::Marked(VERTEX_MAKER),
        ..GOOGLE.profile
    },
    ..GOOGLE
};

pub(super) const VERTEX_GEMINI_OLDER: Row = Row {
    models: &["gemini-1", "gemini-2"],
    quirks: Quirks {
        thoughts: Thoughts::Signatures {
            maker: VERTEX_MAKER,
            waiver: None,
        },
        ..VERTEX_GEMINI.quirks
    },
    schema_beside: GOOGLE_OLDER.schema_beside,
    ..VERTEX_GEMINI
};

pub(super) const VERTEX_GEMINI_FLASH: Row = Row {
    models: GOOGLE_FLASH.models,
    profile: Profile {
        reasoning: thinks(NONE_TO_HIGH),
        ..VERTEX_GEMINI_OLDER.profile
    },
    ..VERTEX_GEMINI_OLDER
};

const fn thinks(words: &'static [&'static str]) -> ReasoningField {
    ReasoningField::Switch(ReasoningSwitch {
        // The clients' own `extra_body` is spread over the body, and has a member of its name in it.
        budget: &["extra_body", "google", "thinking_config", "thinking_budget"],
        ..ReasoningSwitch::word(&["reasoning_effort"], words)
    })
}
