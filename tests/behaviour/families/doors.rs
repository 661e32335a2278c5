//! Bedrock's other doors, by the models that are there.

use reqllm_testkit::{Cell, Cells, Key, Thinks, Thoughts};

use super::{Line, NO_CACHE, NO_CITATIONS, NO_IMAGES, cannot, dropped, least_16};
use crate::routes::{
    MANTLE_CHAT, MANTLE_MESSAGES, MANTLE_RESPONSES, RUNTIME_CHAT, RUNTIME_MESSAGES,
    RUNTIME_RESPONSES, Route,
};

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

const WORDS: Thinks = Thinks::WhenTold(Thoughts::Words);
const SIGNED: Thinks = Thinks::WhenTold(Thoughts::Signed);
const COUNTED: Thinks = Thinks::WhenTold(Thoughts::Counted);
const SEALED: Thinks = Thinks::WhenTold(Thoughts::Sealed);

pub(super) const LINES: &[Line] = &[
    line(
        "gpt-oss",
        "gpt-oss 120B",
        "bedrock:openai.gpt-oss-120b-1:0",
        WORDS,
        &[(RUNTIME_CHAT, &[GPT_OSS])],
    ),
    line(
        "gpt",
        "GPT-5.6",
        "bedrock:us.openai.gpt-5.6-sol",
        SEALED,
        &[(RUNTIME_RESPONSES, &[FRONTIER, UNGUARDED])],
    ),
    line(
        "gpt",
        "GPT-5.6",
        "bedrock:us.openai.gpt-5.6-sol",
        COUNTED,
        &[(RUNTIME_CHAT, &[FRONTIER_CHAT, TEXT_AND_IMAGES])],
    ),
    line(
        "grok",
        "Grok 4.3",
        "bedrock:us.xai.grok-4.3",
        SEALED,
        &[(
            RUNTIME_RESPONSES,
            &[STOPLESS, &[LEAST], TEXT_AND_IMAGES, UNGUARDED],
        )],
    ),
    line(
        "grok",
        "Grok 4.3",
        "bedrock:us.xai.grok-4.3",
        COUNTED,
        &[(RUNTIME_CHAT, &[FRONTIER_CHAT, TEXT_AND_IMAGES])],
    ),
    line(
        "claude",
        "Claude Haiku 4.5",
        "bedrock:us.anthropic.claude-haiku-4-5-20251001-v1:0",
        SIGNED,
        &[(RUNTIME_MESSAGES, &[UNGUARDED])],
    ),
    line(
        "claude",
        "Claude Sonnet 5",
        "bedrock:us.anthropic.claude-sonnet-5",
        SIGNED,
        &[(RUNTIME_MESSAGES, &[UNGUARDED])],
    ),
    line(
        "gpt-oss",
        "gpt-oss 120B",
        "bedrock:openai.gpt-oss-120b",
        WORDS,
        &[
            (MANTLE_CHAT, &[GPT_OSS, UNGUARDED]),
            (MANTLE_RESPONSES, &[GPT_OSS, STOPLESS, &[LEAST], UNGUARDED]),
        ],
    ),
    line(
        "qwen",
        "Qwen3 32B",
        "bedrock:qwen.qwen3-32b",
        Thinks::Never,
        &[(MANTLE_CHAT, &[QWEN, TEXT_ALONE, UNGUARDED])],
    ),
    line(
        "deepseek",
        "DeepSeek V3.1",
        "bedrock:deepseek.v3.1",
        WORDS,
        &[(
            MANTLE_CHAT,
            &[
                &[(Key::ReasoningRoundTrip, dropped(UNTHOUGHT))],
                TEXT_ALONE,
                UNGUARDED,
            ],
        )],
    ),
    line(
        "gemma",
        "Gemma 4 31B",
        "bedrock:google.gemma-4-31b",
        Thinks::Never,
        &[
            (MANTLE_CHAT, &[GEMMA, TEXT_AND_IMAGES, UNGUARDED]),
            (
                MANTLE_RESPONSES,
                &[GEMMA, STOPLESS, &[LEAST], TEXT_AND_IMAGES, UNGUARDED],
            ),
        ],
    ),
    line(
        "gpt",
        "GPT-5.5",
        "bedrock:openai.gpt-5.5",
        SEALED,
        &[(MANTLE_RESPONSES, &[FRONTIER, UNGUARDED])],
    ),
    line(
        "gpt",
        "GPT-5.6",
        "bedrock:openai.gpt-5.6-sol",
        SEALED,
        &[(MANTLE_RESPONSES, &[FRONTIER, UNGUARDED])],
    ),
    line(
        "grok",
        "Grok 4.3",
        "bedrock:xai.grok-4.3",
        SEALED,
        &[(
            MANTLE_RESPONSES,
            &[STOPLESS, &[LEAST], TEXT_AND_IMAGES, UNGUARDED],
        )],
    ),
    line(
        "grok",
        "Grok 4.3",
        "bedrock:xai.grok-4.3",
        COUNTED,
        &[(MANTLE_CHAT, &[FRONTIER_CHAT, TEXT_AND_IMAGES, UNGUARDED])],
    ),
    line(
        "claude",
        "Claude Haiku 4.5",
        "bedrock:anthropic.claude-haiku-4-5",
        SIGNED,
        &[(MANTLE_MESSAGES, &[UNGUARDED])],
    ),
    line(
        "claude",
        "Claude Sonnet 5",
        "bedrock:anthropic.claude-sonnet-5",
        SIGNED,
        &[(MANTLE_MESSAGES, &[UNGUARDED])],
    ),
];

const UNGUARDED: &[(Key, Cell)] = &[(
    Key::Guardrail,
    Cell::Refused {
        says: "guardrails",
        source: "AWS user guide, \"Chat Completions API\", has the headers for bedrock-runtime, \"Responses API\" has none; Bifrost, tried on AWS: bedrock-mantle takes them and guards nothing",
    },
)];

const UNTHOUGHT: &str = "recordings of bedrock-mantle: its thoughts come in words without a seal, and no member of the form takes such back";

const TEXT: &str = "AWS user guide, \"OpenAI models\": only text goes in and comes out";

const GPT_OSS: &[(Key, Cell)] = &[
    (
        Key::ToolRoundTrip,
        Cell::Otherwise {
            code: "reasoning_dropped",
            source: UNTHOUGHT,
        },
    ),
    (Key::ReasoningRoundTrip, dropped(UNTHOUGHT)),
    NO_IMAGES,
    (Key::Document, cannot("document", TEXT)),
    (Key::Citations, cannot("document", TEXT)),
    NO_CACHE,
];

const NO_FILES: &str = "AWS user guide, \"Chat Completions API\": contents are text and images; the model's card has no documents";

const TEXT_AND_IMAGES: &[(Key, Cell)] = &[
    (Key::Document, cannot("document", NO_FILES)),
    (Key::Citations, cannot("document", NO_FILES)),
    NO_CACHE,
];

const TEXT_ALONE: &[(Key, Cell)] = &[
    NO_IMAGES,
    (Key::Document, cannot("document", NO_FILES)),
    (Key::Citations, cannot("document", NO_FILES)),
    NO_CACHE,
];

/// It thinks, and here nothing tells it to.
const QWEN: &[(Key, Cell)] = &[
    (
        Key::Reasoning,
        cannot(
            "reasoning",
            "Qwen's model card: the switch is `enable_thinking`; OpenAI's API reference of Chat Completions has no such member, and bedrock-mantle refuses those that it does not know (claude-code-router #1087)",
        ),
    ),
    (Key::ReasoningRoundTrip, dropped(UNTHOUGHT)),
];

/// The same.
const GEMMA: &[(Key, Cell)] = &[
    (
        Key::Reasoning,
        cannot(
            "reasoning",
            "Google's model card of Gemma 4: a word at the beginning of the system prompt makes it think, and no member of the form does",
        ),
    ),
    (
        Key::ReasoningRoundTrip,
        dropped("Google's model card of Gemma 4: the history has no thoughts of earlier turns"),
    ),
];

const STOPLESS: &[(Key, Cell)] = &[(
    Key::StopSequence,
    cannot(
        "stop sequences",
        "OpenAI's API reference, \"Create a model response\": no such member",
    ),
)];

const LEAST: (Key, Cell) = least_16("OpenAI's API reference, `max_output_tokens`: at least 16");

/// Of the models that OpenAI and xAI have closed, in Chat Completions.
const FRONTIER_CHAT: &[(Key, Cell)] = &[
    (
        Key::StopSequence,
        cannot(
            "stop sequences",
            "OpenAI's API reference, \"Create chat completion\", and xAI's guide \"Reasoning\": models that reason refuse `stop`",
        ),
    ),
    least_16("litellm: fewer than 16 tokens are refused"),
    (
        Key::ReasoningRoundTrip,
        dropped(
            "OpenAI's guide \"Reasoning models\": Chat Completions gives no thoughts, so none go back",
        ),
    ),
];

const FRONTIER: &[(Key, Cell)] = &[STOPLESS[0], LEAST, NO_CITATIONS, NO_CACHE];
