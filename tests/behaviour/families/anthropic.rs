//! Claude, by generation. Natively and on Converse it can do the same.

use reqllm_testkit::{Cell, Cells, Key, Thinks, Thoughts};

use super::{Line, NO_CACHE, cannot, dropped};
use crate::routes::{CONVERSE, NATIVE};

const SIGNED: Thinks = Thinks::WhenTold(Thoughts::Signed);

pub(super) const LINES: &[Line] = &[
    Line {
        family: "claude",
        model: "Claude 3 Haiku",
        spec: "bedrock:anthropic.claude-3-haiku-20240307-v1:0",
        thinks: Thinks::Never,
        routes: &[(CONVERSE, CLAUDE_3), (NATIVE, CLAUDE_3)],
    },
    Line {
        family: "claude",
        model: "Claude 3.5 Haiku",
        spec: "bedrock:us.anthropic.claude-3-5-haiku-20241022-v1:0",
        thinks: Thinks::Never,
        routes: &[(CONVERSE, CLAUDE_3_5), (NATIVE, CLAUDE_3_5)],
    },
    Line {
        family: "claude",
        model: "Claude 3.7 Sonnet",
        spec: "bedrock:us.anthropic.claude-3-7-sonnet-20250219-v1:0",
        thinks: SIGNED,
        routes: &[(CONVERSE, &[]), (NATIVE, &[])],
    },
    Line {
        family: "claude",
        model: "Claude Haiku 4.5",
        spec: "bedrock:us.anthropic.claude-haiku-4-5-20251001-v1:0",
        thinks: SIGNED,
        routes: &[(CONVERSE, &[]), (NATIVE, &[])],
    },
    Line {
        family: "claude",
        model: "Claude Opus 4.7",
        spec: "bedrock:us.anthropic.claude-opus-4-7",
        thinks: SIGNED,
        routes: &[(CONVERSE, &[]), (NATIVE, &[])],
    },
    Line {
        family: "claude",
        model: "Claude Sonnet 5",
        spec: "bedrock:us.anthropic.claude-sonnet-5",
        thinks: SIGNED,
        routes: &[(CONVERSE, &[]), (NATIVE, &[])],
    },
];

const CLAUDE_3: Cells = &[THOUGHTLESS, &[NO_CACHE, UNCITED]];

pub(super) const UNCITED: (Key, Cell) = (
    Key::Citations,
    cannot(
        "citations",
        "Anthropic's documentation, \"Citations\": all models but Claude 3 Haiku",
    ),
);

const CLAUDE_3_5: Cells = &[THOUGHTLESS];

pub(super) const THOUGHTLESS: &[(Key, Cell)] = &[
    (
        Key::Reasoning,
        cannot(
            "reasoning",
            "Anthropic's documentation, \"Extended thinking\": from Claude 3.7 on",
        ),
    ),
    (
        Key::ReasoningRoundTrip,
        dropped(
            "Anthropic's documentation, \"Extended thinking\": thoughts need the signature of Claude",
        ),
    ),
];
