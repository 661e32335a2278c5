//! Where a line of models is served, and in which forms. One row a line, its source beside it.

use reqllm_dialects::chat_completions::{Quirks, StrictObject, Tag};

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
    // OpenAI's guide "Structured model outputs" wants all members of a strict schema to be required; that mantle makes less of it
    // nobody says.
    strict_object: StrictObject::IfAllRequired,
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

/// Models of which nothing is said below: most are below `/v1` of `bedrock-mantle`, in Chat Completions. AWS user guide, "API
/// compatibility by models": of the models that `bedrock-runtime` has by Converse, it has few in OpenAI's forms too.
const ANY: Line = Line {
    prefix: "",
    base: "/v1",
    mantle: &[Api::Chat],
    runtime: &[],
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
    // "Chat Completions API": `bedrock-runtime` has it with these ids.
    Line {
        prefix: "openai.gpt-oss-",
        mantle: &[Api::Chat, Api::Responses],
        runtime: &[Api::Chat],
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
        mantle_alone: true,
        ..ANY
    },
    // AWS's model cards: text alone, but for those that see. Qwen's model cards: what makes it think is `enable_thinking`, which is
    // no member of this form.
    Line {
        prefix: "qwen.",
        takes: Kinds::NONE,
        ..ANY
    },
    Line {
        prefix: "qwen.qwen3-vl-",
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

/// Models that `bedrock-mantle` knows by another name, and not by their id without its version. Sources: AWS's model cards;
/// litellm, price map, under `bedrock_mantle/`.
const NAMES: &[(&str, &str)] = &[
    ("deepseek.v3-v1:0", "deepseek.v3.1"),
    ("moonshot.kimi-k2-thinking", "moonshotai.kimi-k2-thinking"),
    (
        "qwen.qwen3-coder-30b-a3b-v1:0",
        "qwen.qwen3-coder-30b-a3b-instruct",
    ),
    (
        "qwen.qwen3-coder-480b-a35b-v1:0",
        "qwen.qwen3-coder-480b-a35b-instruct",
    ),
    (
        "qwen.qwen3-next-80b-a3b",
        "qwen.qwen3-next-80b-a3b-instruct",
    ),
    (
        "qwen.qwen3-vl-235b-a22b",
        "qwen.qwen3-vl-235b-a22b-instruct",
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

/// The id by which `bedrock-mantle` knows a model, if it is another one: most have no version there, and no date before it.
pub(super) fn name_on_mantle(id: &str) -> Option<&str> {
    let mut names = NAMES.iter();
    match names.find(|(known, _)| *known == id) {
        Some((_, name)) => Some(name),
        None => without_version(id),
    }
}

/// The id without `-v1:0`, `-20251001-v1:0` or `-1:0` at its end. `-v2` with nothing behind it belongs to a name: there is a
/// `nvidia.nemotron-nano-9b-v2`.
fn without_version(id: &str) -> Option<&str> {
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let (rest, minor) = id.rsplit_once(':')?;
    let (name, version) = rest.rsplit_once('-')?;
    let major = version.strip_prefix('v').unwrap_or(version);
    if !is_number(minor) || !is_number(major) {
        return None;
    }
    match name.rsplit_once('-') {
        Some((undated, date)) if date.len() == 8 && is_number(date) => Some(undated),
        _ => Some(name),
    }
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
    }

    #[test]
    fn mantle_has_names_without_versions() {
        let by_rule = [
            ("openai.gpt-oss-120b-1:0", "openai.gpt-oss-120b"),
            ("qwen.qwen3-32b-v1:0", "qwen.qwen3-32b"),
            (
                "qwen.qwen3-235b-a22b-2507-v1:0",
                "qwen.qwen3-235b-a22b-2507",
            ),
            (
                "anthropic.claude-haiku-4-5-20251001-v1:0",
                "anthropic.claude-haiku-4-5",
            ),
        ];
        for (of_runtime, of_mantle) in by_rule.iter().chain(NAMES) {
            assert!(!is_on_mantle_alone(of_runtime), "{of_runtime}");
            assert_eq!(name_on_mantle(of_runtime), Some(*of_mantle));
            assert_eq!(name_on_mantle(of_mantle), None);
        }
        for id in [
            "nvidia.nemotron-nano-9b-v2",
            "anthropic.claude-opus-4-6-v1",
            "openai.gpt-5.4-2026-03-05",
            "mistral.magistral-small-2509",
            "x-v1:",
            "x-v:0",
            "x:0",
            ":",
            "",
        ] {
            assert_eq!(name_on_mantle(id), None, "{id:?}");
        }
    }

    #[test]
    fn the_runtime_has_few_models_in_openai_s_forms() {
        for (id, forms) in [
            ("openai.gpt-oss-20b-1:0", &[Api::Chat][..]),
            ("us.openai.gpt-5.6-sol", &[Api::Responses, Api::Chat]),
            ("us.xai.grok-4.3", &[Api::Responses, Api::Chat]),
            ("us.anthropic.claude-opus-5", &[Api::Messages]),
            ("openai.gpt-oss-safeguard-20b", &[]),
            ("deepseek.v3.1", &[]),
            ("moonshotai.kimi-k2.5", &[]),
            ("acme.new-1", &[]),
        ] {
            assert_eq!(of(id).0.runtime, forms, "{id}");
        }
    }
}
