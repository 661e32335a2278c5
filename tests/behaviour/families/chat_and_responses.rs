//! OpenAI's own models, by its two APIs.

use reqllm_testkit::{Cell, Cells, Key, Thinks, Thoughts};

use super::{Line, NO_THOUGHTS, POINTS_DROPPED, cannot, dropped, least_16};
use crate::routes::{OPENAI_CHAT, OPENAI_RESPONSES, Route};

const fn line(
    model: &'static str,
    spec: &'static str,
    thinks: Thinks,
    routes: &'static [(&'static Route, Cells)],
) -> Line {
    Line {
        family: "openai",
        model,
        spec,
        thinks,
        routes,
    }
}

pub(super) const LINES: &[Line] = &[
    line(
        "GPT-4.1",
        "openai:gpt-4.1",
        Thinks::Never,
        &[
            (OPENAI_CHAT, &[COMMON, NO_THOUGHTS]),
            (OPENAI_RESPONSES, &[COMMON, RESPONSES, NO_THOUGHTS]),
        ],
    ),
    line(
        "GPT-4o",
        "openai:gpt-4o",
        Thinks::Never,
        &[
            (OPENAI_CHAT, &[COMMON, NO_THOUGHTS]),
            (OPENAI_RESPONSES, &[COMMON, RESPONSES, NO_THOUGHTS]),
        ],
    ),
    line(
        "GPT-5 mini",
        "openai:gpt-5-mini",
        Thinks::WhenTold(Thoughts::Counted),
        &[(OPENAI_CHAT, &[COMMON, COUNTED])],
    ),
    line(
        "GPT-5 mini",
        "openai:gpt-5-mini",
        Thinks::WhenTold(Thoughts::Sealed),
        &[(OPENAI_RESPONSES, &[COMMON, RESPONSES])],
    ),
    line(
        "o3",
        "openai:o3",
        Thinks::WhenTold(Thoughts::Counted),
        &[(OPENAI_CHAT, &[COMMON, COUNTED])],
    ),
    line(
        "o3",
        "openai:o3",
        Thinks::WhenTold(Thoughts::Sealed),
        &[(OPENAI_RESPONSES, &[COMMON, RESPONSES])],
    ),
];

const COMMON: &[(Key, Cell)] = &[
    (
        Key::Guardrail,
        Cell::Absent {
            source: "OpenAI's API reference: no such member",
        },
    ),
    (
        Key::Citations,
        cannot(
            "citations",
            "OpenAI's API reference: nothing asks for citations of a file in the request; its file search has them",
        ),
    ),
    (Key::Cache, POINTS_DROPPED),
];

/// What only Chat Completions has, and it of models that do not think.
const RESPONSES: &[(Key, Cell)] = &[
    least_16("OpenAI's API reference, `max_output_tokens`: at least 16"),
    (
        Key::StopSequence,
        cannot(
            "stop sequences",
            "OpenAI's API reference, \"Create a model response\": no such member; a call that leaves option `api` out goes by Chat Completions for them",
        ),
    ),
];

/// Thoughts in Chat Completions, of which nothing but their number comes.
const COUNTED: &[(Key, Cell)] = &[
    (
        Key::StopSequence,
        cannot(
            "stop sequences",
            "OpenAI's API reference, `stop`: not supported with the reasoning models",
        ),
    ),
    (
        Key::ReasoningRoundTrip,
        dropped(
            "OpenAI's guide \"Reasoning models\": Chat Completions neither gives thoughts nor takes them back",
        ),
    ),
];
