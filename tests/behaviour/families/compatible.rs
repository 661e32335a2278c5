//! Those who speak Chat Completions as OpenAI does, each in its own way.

use reqllm_testkit::{Cell, Cells, Key, Thinks, Thoughts};

use super::{Line, NO_THOUGHTS, POINTS_DROPPED, cannot, dropped, no_choice};
use crate::routes::COMPATIBLE;

const fn line(
    family: &'static str,
    model: &'static str,
    spec: &'static str,
    thinks: Thinks,
    routes: &'static [(&'static crate::routes::Route, Cells)],
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

/// Google's guide "Thought signatures": what it has thought is in the signature of its answer.
const SIGNS: Thinks = Thinks::WhenTold(Thoughts::Sealed);

pub(super) const LINES: &[Line] = &[
    line(
        "groq",
        "Llama 3.3 70B",
        "groq:llama-3.3-70b-versatile",
        Thinks::Never,
        &[(
            COMPATIBLE,
            &[COMMON, UNPOINTED, NO_THOUGHTS, NO_PICTURES, NO_DOCUMENTS],
        )],
    ),
    line(
        "deepseek",
        "DeepSeek Chat",
        "deepseek:deepseek-chat",
        Thinks::Never,
        &[(
            COMPATIBLE,
            &[COMMON, UNPOINTED, NO_THOUGHTS, NO_PICTURES, NO_DOCUMENTS],
        )],
    ),
    line(
        "deepseek",
        "DeepSeek Reasoner",
        "deepseek:deepseek-reasoner",
        WORDS,
        &[(
            COMPATIBLE,
            &[COMMON, UNPOINTED, DEEPSEEK, NO_PICTURES, NO_DOCUMENTS],
        )],
    ),
    line(
        "mistral",
        "Mistral Large",
        "mistral:mistral-large-latest",
        Thinks::Never,
        &[(COMPATIBLE, &[COMMON, UNPOINTED, NO_THOUGHTS, NO_DOCUMENTS])],
    ),
    line(
        "mistral",
        "Magistral Medium",
        "mistral:magistral-medium-latest",
        WORDS,
        &[(
            COMPATIBLE,
            &[COMMON, UNPOINTED, MAGISTRAL, NO_PICTURES, NO_DOCUMENTS],
        )],
    ),
    line(
        "openrouter",
        "DeepSeek R1",
        "openrouter:deepseek/deepseek-r1",
        Thinks::WhenTold(Thoughts::Signed),
        &[(COMPATIBLE, &[COMMON, UNPOINTED, NO_PICTURES])],
    ),
    line(
        "openrouter",
        "Claude Haiku 4.5",
        "openrouter:anthropic/claude-haiku-4.5",
        Thinks::WhenTold(Thoughts::Signed),
        &[(COMPATIBLE, &[COMMON])],
    ),
    line(
        "google",
        "Gemini 3 Flash",
        "google:gemini-3-flash-preview",
        SIGNS,
        &[(COMPATIBLE, &[COMMON, UNPOINTED, NO_DOCUMENTS])],
    ),
    line(
        "google",
        "Gemini 2.5 Flash",
        "google:gemini-2.5-flash",
        SIGNS,
        &[(COMPATIBLE, &[COMMON, UNPOINTED, NO_DOCUMENTS])],
    ),
    line(
        "xai",
        "Grok 4.3",
        "xai:grok-4.3",
        Thinks::WhenTold(Thoughts::Counted),
        &[(COMPATIBLE, &[COMMON, UNPOINTED, XAI, NO_DOCUMENTS])],
    ),
    line(
        "together",
        "Llama 3.3 70B",
        "together:meta-llama/Llama-3.3-70B-Instruct-Turbo",
        Thinks::Never,
        &[(
            COMPATIBLE,
            &[COMMON, UNPOINTED, NO_THOUGHTS, NO_PICTURES, NO_DOCUMENTS],
        )],
    ),
    line(
        "together",
        "DeepSeek V3.1",
        "together:deepseek-ai/DeepSeek-V3-1",
        WORDS,
        &[(
            COMPATIBLE,
            &[COMMON, UNPOINTED, TOGETHER, NO_PICTURES, NO_DOCUMENTS],
        )],
    ),
    line(
        "fireworks",
        "gpt-oss 120B",
        "fireworks:accounts/fireworks/models/gpt-oss-120b",
        WORDS,
        &[(
            COMPATIBLE,
            &[COMMON, UNPOINTED, FIREWORKS, NO_PICTURES, NO_DOCUMENTS],
        )],
    ),
    line(
        "ollama",
        "Qwen3 8B",
        "ollama:qwen3:8b",
        WORDS,
        &[(
            COMPATIBLE,
            &[COMMON, UNPOINTED, OLLAMA, QWEN, NO_PICTURES, NO_DOCUMENTS],
        )],
    ),
    line(
        "lmstudio",
        "Qwen3 Coder 30B",
        "lmstudio:qwen/qwen3-coder-30b",
        Thinks::Never,
        &[(
            COMPATIBLE,
            &[COMMON, UNPOINTED, NO_THOUGHTS, NO_PICTURES, NO_DOCUMENTS],
        )],
    ),
    line(
        "vllm",
        "Qwen3 8B",
        "vllm:Qwen/Qwen3-8B",
        WORDS,
        &[(
            COMPATIBLE,
            &[COMMON, UNPOINTED, VLLM, QWEN, NO_PICTURES, NO_DOCUMENTS],
        )],
    ),
];

const COMMON: &[(Key, Cell)] = &[
    (
        Key::Guardrail,
        Cell::Absent {
            source: "the vendors' API references: no such member",
        },
    ),
    (
        Key::Citations,
        cannot(
            "citations",
            "the vendors' API references, \"Chat completions\": nothing asks for citations of a document",
        ),
    ),
];

/// They cache by themselves, or not at all.
const UNPOINTED: &[(Key, Cell)] = &[(Key::Cache, POINTS_DROPPED)];

const NO_PICTURES: &[(Key, Cell)] = &[(
    Key::Image,
    cannot("image", "the vendor's model card: text is all that goes in"),
)];

const NO_DOCUMENTS: &[(Key, Cell)] = &[(
    Key::Document,
    cannot(
        "document",
        "the vendors' API references: contents are text and images, and parts of type `file` are not among them",
    ),
)];

const DEEPSEEK_THINKS: Cell = Cell::Otherwise {
    code: "conflict",
    source: "DeepSeek's guide \"Thinking Mode\": a switch; the registry knows no levels of the model",
};

const DEEPSEEK: &[(Key, Cell)] = &[
    (Key::Reasoning, DEEPSEEK_THINKS),
    (Key::ReasoningRoundTrip, DEEPSEEK_THINKS),
    no_choice(
        "DeepSeek's API to one that thinks: \"Thinking mode does not support this tool_choice\" (issue 1376 of DeepSeek-V3)",
    ),
];

const MAGISTRAL_THINKS: Cell = Cell::Otherwise {
    code: "conflict",
    source: "Mistral's guide \"Reasoning\": `prompt_mode` has one word, and no level beside it",
};

const MAGISTRAL: &[(Key, Cell)] = &[
    (Key::Reasoning, MAGISTRAL_THINKS),
    (Key::ReasoningRoundTrip, MAGISTRAL_THINKS),
];

const XAI: &[(Key, Cell)] = &[
    (
        Key::StopSequence,
        cannot(
            "stop sequences",
            "xAI's guide \"Reasoning\": models that reason refuse `stop`",
        ),
    ),
    (
        Key::ReasoningRoundTrip,
        dropped(
            "xAI's guide \"Reasoning\": from Grok 4 on Chat Completions does not give thoughts, so none go back",
        ),
    ),
];

const OLLAMA: &[(Key, Cell)] = &[no_choice(
    "Ollama's \"OpenAI compatibility\": `tool_choice` is not among the members",
)];

const QWEN: &[(Key, Cell)] = &[(
    Key::ReasoningRoundTrip,
    dropped(
        "Qwen's model card, \"Best practices\": the history has no thoughts; inside of a turn with tool calls they go back",
    ),
)];

const VLLM: &[(Key, Cell)] = &[(
    Key::Reasoning,
    Cell::Otherwise {
        code: "conflict",
        source: "vLLM's \"Reasoning outputs\": `enable_thinking` of the template is a switch, and Qwen 3 has no levels",
    },
)];

const TOGETHER: &[(Key, Cell)] = &[
    (
        Key::Reasoning,
        Cell::Otherwise {
            code: "conflict",
            source: "Together's guide \"Reasoning\": hybrid models have a switch `enabled`; the registry knows no levels of the model",
        },
    ),
    (
        Key::ReasoningRoundTrip,
        dropped(
            "Together's API reference, \"Create chat completion\": no member takes thoughts back",
        ),
    ),
];

const FIREWORKS: &[(Key, Cell)] = &[(
    Key::ReasoningRoundTrip,
    dropped(
        "OpenAI's guide \"Handling the raw chain of thought\": thoughts go back inside of a turn with tool calls, and not behind its answer",
    ),
)];
