//! Those who speak Anthropic's Messages at their own doors.

use reqllm_testkit::{Cell, Cells, Key, Thinks, Thoughts};

use super::anthropic::{THOUGHTLESS, UNCITED};
use super::{Line, cannot};
use crate::routes::{MESSAGES, Route};

const SIGNED: Thinks = Thinks::WhenTold(Thoughts::Signed);

const fn line(
    family: &'static str,
    model: &'static str,
    spec: &'static str,
    thinks: Thinks,
    routes: &'static [(&'static Route, Cells)],
) -> Line {
    Line {
        family,
        model,
        spec,
        thinks,
        routes,
    }
}

pub(super) const LINES: &[Line] = &[
    line(
        "anthropic",
        "Claude 3 Haiku",
        "anthropic:claude-3-haiku-20240307",
        Thinks::Never,
        &[(MESSAGES, &[CLAUDE, THOUGHTLESS, CLAUDE_3])],
    ),
    line(
        "anthropic",
        "Claude Haiku 4.5",
        "anthropic:claude-haiku-4-5",
        SIGNED,
        &[(MESSAGES, &[CLAUDE])],
    ),
    line(
        "anthropic",
        "Claude Sonnet 4.5",
        "anthropic:claude-sonnet-4-5",
        SIGNED,
        &[(MESSAGES, &[CLAUDE])],
    ),
    line(
        "anthropic",
        "Claude Opus 4.8",
        "anthropic:claude-opus-4-8",
        SIGNED,
        &[(MESSAGES, &[CLAUDE])],
    ),
    line(
        "anthropic",
        "Claude Sonnet 5",
        "anthropic:claude-sonnet-5",
        SIGNED,
        &[(MESSAGES, &[CLAUDE])],
    ),
    line(
        "minimax",
        "MiniMax M2",
        "minimax:MiniMax-M2",
        SIGNED,
        &[(MESSAGES, &[MINIMAX])],
    ),
];

const CLAUDE: &[(Key, Cell)] = &[(
    Key::Guardrail,
    Cell::Absent {
        source: "Anthropic's API reference, \"Messages\": no such member",
    },
)];

const CLAUDE_3: &[(Key, Cell)] = &[
    UNCITED,
    (
        Key::Cache,
        cannot(
            "cache point",
            "the registry has no price of cached tokens for it; AWS user guide, \"Prompt caching\": not among the models",
        ),
    ),
];

const MINIMAX_TEXT: &str = "MiniMax's documentation, \"Compatible Anthropic API\": MiniMax-M2 takes neither images nor documents";

const MINIMAX: &[(Key, Cell)] = &[
    (
        Key::Guardrail,
        Cell::Absent {
            source: "MiniMax's documentation, \"Compatible Anthropic API\": no such member",
        },
    ),
    (
        Key::StopSequence,
        cannot(
            "stop sequences",
            "MiniMax's documentation, \"Compatible Anthropic API\": `stop_sequences` is ignored",
        ),
    ),
    (Key::Image, cannot("image", MINIMAX_TEXT)),
    (Key::Document, cannot("document", MINIMAX_TEXT)),
    (Key::Citations, cannot("document", MINIMAX_TEXT)),
];
