//! Where a line of models is served, and in which forms. One row a line, its source beside it.

use reqllm_dialects::chat_completions::{Quirks, Tag};

use crate::model_id;
use crate::options::Api;
use crate::profile::Kinds;

/// A line of models.
#[derive(Debug)]
pub(super) struct Line {
    /// What its ids begin with, geography aside.
    prefix: &'static str,
    /// Below which path `bedrock-mantle` serves it to OpenAI's clients.
    pub(super) base: &'static str,
    /// The forms that it has on `bedrock-mantle`, the one that is taken unless another is asked for first.
    pub(super) mantle: &'static [Api],
    /// The forms that it has on `bedrock-runtime`, beside Converse and Invoke.
    pub(super) runtime: &'static [Api],
    /// Whether its ids without geography and version are known to `bedrock-mantle` alone.
    mantle_alone: bool,
    /// What is true of it in Chat Completions.
    pub(super) chat: &'static Quirks,
    /// What may be attached in OpenAI's forms.
    pub(super) takes: Kinds,
    /// Whether `reasoning_effort` means something to it in Chat Completions.
    pub(super) effort: bool,
    /// Whether it is held to JSON Schemas in OpenAI's forms.
    pub(super) schemas: bool,
    /// Whether it takes tools in Chat Completions only while it does not think.
    pub(super) tools_or_thoughts: bool,
}

const CHAT: Quirks = Quirks {
    name: "Bedrock",
    stop: true,
    seed: true,
    images: true,
    one_tool: true,
    stream_usage: true,
    // Recorded answers of mantle: `service_tier`.
    envelope: true,
    ..Quirks::BASE
};

/// Of the models that OpenAI and xAI have closed. litellm: GPT-5.6 refuses `max_tokens`.
const FRONTIER: Quirks = Quirks {
    max_tokens: "max_completion_tokens",
    seed: false,
    strict_tools: true,
    ..CHAT
};

/// AWS user guide, "OpenAI models": `max_completion_tokens`; only text goes in. On `bedrock-runtime` thoughts stand between tags,
/// as in the native form; recorded of `bedrock-mantle`: in a member `reasoning`.
const GPT_OSS: Quirks = Quirks {
    max_tokens: "max_completion_tokens",
    images: false,
    strict_tools: true,
    reasoning: Some(Tag {
        open: "<reasoning>",
        close: "</reasoning>",
    }),
    ..CHAT
};

/// Models of which nothing is said below: most are below `/v1`, in Chat Completions.
const ANY: Line = Line {
    prefix: "",
    base: "/v1",
    mantle: &[Api::Chat],
    runtime: &[Api::Chat],
    mantle_alone: false,
    chat: &CHAT,
    takes: Kinds::IMAGE,
    effort: false,
    schemas: false,
    tools_or_thoughts: false,
};

/// The longest beginning that fits counts.
static LINES: &[Line] = &[
    // AWS user guide, "Messages API"; Bifrost, litellm #41827: Claude is in no form of OpenAI's.
    Line {
        prefix: "anthropic.",
        base: "/anthropic/v1",
        mantle: &[Api::Messages],
        runtime: &[Api::Messages],
        ..ANY
    },
    // AWS's model cards of GPT-5.4 to 5.6: below `/openai/v1`, and on `bedrock-runtime` by inference profiles alone. pydantic-ai
    // and big-AGI #1167: no Chat Completions on `bedrock-mantle`. litellm: Chat Completions on `bedrock-runtime`, with tools only
    // where the effort is `none`. Recorded with status 200: a strict schema.
    Line {
        prefix: "openai.",
        base: "/openai/v1",
        mantle: &[Api::Responses],
        runtime: &[Api::Responses, Api::Chat],
        mantle_alone: true,
        chat: &FRONTIER,
        takes: Kinds::IMAGE_DOCUMENT,
        effort: true,
        schemas: true,
        tools_or_thoughts: true,
    },
    // AWS user guide, "Responses API": `bedrock-mantle` alone has it for gpt-oss. Its ids have no version there, and one here.
    Line {
        prefix: "openai.gpt-oss-",
        mantle: &[Api::Chat, Api::Responses],
        mantle_alone: true,
        chat: &GPT_OSS,
        takes: Kinds::NONE,
        effort: true,
        ..ANY
    },
    // Recorded: Chat Completions. pydantic-ai, litellm: no Responses. Converse knows it by the same id.
    Line {
        prefix: "openai.gpt-oss-safeguard-",
        chat: &GPT_OSS,
        takes: Kinds::NONE,
        effort: true,
        ..ANY
    },
    // AWS's model card of Grok 4.3: `bedrock-mantle` alone, below `/openai/v1`, in both forms. litellm: Grok on
    // `bedrock-runtime` too, by inference profile.
    Line {
        prefix: "xai.",
        base: "/openai/v1",
        mantle: &[Api::Responses, Api::Chat],
        runtime: &[Api::Responses, Api::Chat],
        mantle_alone: true,
        chat: &FRONTIER,
        effort: true,
        schemas: true,
        ..ANY
    },
    // AWS's model cards of Gemma 4: below `/openai/v1`, in both forms, and nowhere else.
    Line {
        prefix: "google.gemma-4",
        base: "/openai/v1",
        mantle: &[Api::Chat, Api::Responses],
        runtime: &[],
        mantle_alone: true,
        ..ANY
    },
    // litellm, price map: `reasoning_effort` is accepted.
    Line {
        prefix: "deepseek.v3",
        effort: true,
        takes: Kinds::NONE,
        ..ANY
    },
];

/// Models that `bedrock-mantle` knows by another id than `bedrock-runtime`. Sources: AWS's model cards; recorded calls.
const NAMES: &[(&str, &str)] = &[
    ("openai.gpt-oss-120b-1:0", "openai.gpt-oss-120b"),
    ("openai.gpt-oss-20b-1:0", "openai.gpt-oss-20b"),
    (
        "anthropic.claude-haiku-4-5-20251001-v1:0",
        "anthropic.claude-haiku-4-5",
    ),
];

/// Whether an id, as it is sent, is known to `bedrock-mantle` alone. Every call asks this, so it looks at little.
pub(super) fn is_on_mantle_alone(id: &str) -> bool {
    matches!(id.as_bytes().first(), Some(b'o' | b'x' | b'g'))
        && !id.contains(':')
        && with_prefix(id).is_some_and(|line| line.mantle_alone)
}

/// The line of an id, and whether that has a geography in front.
pub(super) fn of(id: &str) -> (&'static Line, bool) {
    let lines = model_id::readings(id).map(|reading| (with_prefix(reading), reading));
    let mut known = lines.filter_map(|(line, reading)| Some((line?, reading != id)));
    known.next().unwrap_or((&ANY, false))
}

/// The id by which `bedrock-mantle` knows a model, if it is another one.
pub(super) fn name_on_mantle(id: &str) -> Option<&'static str> {
    let (_, name) = NAMES.iter().find(|(known, _)| *known == id)?;
    Some(name)
}

fn with_prefix(id: &str) -> Option<&'static Line> {
    LINES
        .iter()
        .filter(|line| id.starts_with(line.prefix))
        .max_by_key(|line| line.prefix.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_beginning_counts() {
        for (id, base, alone) in [
            ("openai.gpt-5.5", "/openai/v1", true),
            ("us.openai.gpt-5.6-sol", "/openai/v1", false),
            ("openai.gpt-oss-120b", "/v1", true),
            ("openai.gpt-oss-120b-1:0", "/v1", false),
            ("openai.gpt-oss-safeguard-20b", "/v1", false),
            ("xai.grok-4.3", "/openai/v1", true),
            ("us.xai.grok-4.3", "/openai/v1", false),
            ("google.gemma-4-31b", "/openai/v1", true),
            ("google.gemma-3-27b-it", "/v1", false),
            ("anthropic.claude-opus-5", "/anthropic/v1", false),
            ("qwen.qwen3-32b-v1:0", "/v1", false),
            ("", "/v1", false),
        ] {
            let (line, geographic) = of(id);
            assert_eq!((line.base, is_on_mantle_alone(id)), (base, alone), "{id}");
            assert_eq!(geographic, id.starts_with("us."), "{id}");
        }
    }

    #[test]
    fn the_quick_look_misses_no_line() {
        for line in LINES.iter().filter(|line| line.mantle_alone) {
            assert!(is_on_mantle_alone(&format!("{}x", line.prefix)), "{line:?}");
        }
        for (of_runtime, of_mantle) in NAMES {
            assert!(!is_on_mantle_alone(of_runtime));
            assert_eq!(name_on_mantle(of_runtime), Some(*of_mantle));
            assert_eq!(name_on_mantle(of_mantle), None);
        }
    }
}
