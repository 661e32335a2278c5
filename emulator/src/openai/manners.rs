//! Where the servers that speak OpenAI's dialect differ: a table, one row for each of them.
//!
//! The id of the model says which server is meant, since all of them are on one port here. A row says only what its source
//! says; whatever is not known is as OpenAI has it.

mod others;

use serde_json::Value;

use self::others::MORE;
use super::error::{Form, Refusal};

/// How one server behaves.
#[derive(Debug)]
pub(super) struct Manner {
    /// Whose server it is, as `owned_by` of its models says.
    pub(super) name: &'static str,
    /// Whose server it is, as it is said to people.
    pub(super) speaker: &'static str,
    ids: fn(&str) -> bool,
    pub(super) key: Key,
    pub(super) form: Form,
    pub(super) unknown: Unknown,
    /// How it words the refusal of unknown members, if not as OpenAI does.
    pub(super) strangers: Option<fn(&[&str]) -> Refusal>,
    /// Members that it has beside OpenAI's.
    pub(super) extra: &'static [&'static str],
    /// Members of OpenAI's that it does not have, and refuses.
    pub(super) refused: &'static [&'static str],
    /// The words that `tool_choice` may be.
    pub(super) choices: &'static [&'static str],
    /// Whether a schema becomes a grammar, which knows optional members and takes open objects: OpenAI's rules for `strict` are
    /// none of its.
    pub(super) grammar: bool,
    /// Whether the ids of tool calls are nine letters or digits.
    pub(super) short_ids: bool,
    pub(super) shown: Shown,
    /// Whether the model with this id takes no images.
    pub(super) blind: fn(&str) -> bool,
    /// Whether the model with this id reasons, the body being this.
    pub(super) reasons: fn(&str, &Value) -> bool,
    pub(super) counts: Counts,
    /// Where tool calls are signed: whether the model with this id wants the signatures back.
    pub(super) signs: Option<fn(&str) -> bool>,
    /// Whether the deltas of tool calls say which call they belong to.
    pub(super) indexed: bool,
    /// Whether a stream ends with `[DONE]`.
    pub(super) done: bool,
    /// A comment that is sent while there is nothing to say.
    pub(super) comment: Option<&'static str>,
    pub(super) details: Details,
    /// Whether a guardrail of Bedrock may stand in front.
    pub(super) guarded: bool,
    /// Where this is from.
    #[cfg_attr(not(test), expect(dead_code, reason = "for readers and for tests"))]
    pub(super) source: &'static str,
}

/// Whose key opens the door.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Key {
    /// [`crate::OPENAI_API_KEY`].
    OpenAi,
    /// Any, as long as there is one.
    Any,
    /// None is needed.
    Free,
}

/// What becomes of members that are not known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unknown {
    Refused,
    Ignored,
}

/// Where the reasoning of a chat shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shown {
    /// Nowhere; it is counted.
    Hidden,
    /// In `reasoning_content`.
    Content,
    /// In `reasoning`.
    Plain,
    /// In `reasoning` and `reasoning_details`.
    Details,
    /// In the text, between `<reasoning>` tags.
    Tagged,
    /// In `content`, which is a list then, as a chunk of the type `thinking`.
    Chunks,
    /// In the text, between `<thought>` tags, if the body asks for it.
    Asked,
}

/// When a stream says its usage.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Counts {
    /// In a chunk of its own behind the last one, if `stream_options.include_usage` asks for it.
    Asked,
    /// So, and in `x_groq` of the last chunk whoever asks.
    Groq,
    /// In the last chunk.
    Always,
    Never,
}

/// What a usage says beside its three sums.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Details {
    /// `prompt_tokens_details` and `completion_tokens_details`.
    Full,
    /// These, and what the cache had and had not.
    Cache,
    /// Nothing, and thoughts are in the total alone.
    Hidden,
    None,
}

const ALL_CHOICES: &[&str] = &["none", "auto", "required"];

/// OpenAI itself.
pub(super) static OPENAI: Manner = Manner {
    name: "openai",
    speaker: "OpenAI",
    ids: |_| true,
    key: Key::OpenAi,
    form: Form::OpenAi,
    unknown: Unknown::Refused,
    strangers: None,
    extra: &[],
    refused: &[],
    choices: ALL_CHOICES,
    grammar: false,
    short_ids: false,
    shown: Shown::Hidden,
    blind: |_| false,
    reasons: |_, _| false,
    counts: Counts::Asked,
    signs: None,
    indexed: true,
    done: true,
    comment: None,
    details: Details::Full,
    guarded: false,
    source: "OpenAI's API reference",
};

/// A server that nothing is known of, and that has whatever model it is asked for.
pub(super) static OTHER: Manner = Manner {
    name: "library",
    speaker: "OpenAI-compatible",
    key: Key::Any,
    unknown: Unknown::Ignored,
    grammar: true,
    source: "vLLM and llama.cpp's server, which pass over members that they do not know",
    ..OPENAI
};

/// Bedrock's mantle. Unknown members are refused in the words of serde.
pub(super) static MANTLE: Manner = Manner {
    name: "amazon",
    speaker: crate::BEDROCK,
    strangers: Some(|names| {
        let name = names.first().copied().unwrap_or_default();
        Refusal::invalid(format!(
            "Failed to deserialize the JSON body into the target type: {name}: unknown field `{name}`"
        ))
        .code("validation_error")
    }),
    shown: Shown::Plain,
    details: Details::None,
    source: "recordings of mantle; claude-code-router #1087 for the words",
    ..OPENAI
};

/// `bedrock-runtime`, which serves the open-weight models as InvokeModel does.
pub(super) static RUNTIME: Manner = Manner {
    shown: Shown::Tagged,
    guarded: true,
    source: "Bedrock user guide, OpenAI models: the reasoning stands in the text",
    ..MANTLE
};

/// Mantle, for the closed models of OpenAI and xAI: in Chat Completions their thoughts are counted and not shown.
pub(super) static MANTLE_CLOSED: Manner = Manner {
    shown: Shown::Hidden,
    details: Details::Full,
    source: "OpenAI's guide \"Reasoning models\"; docs.x.ai, Reasoning",
    ..MANTLE
};

/// The same on `bedrock-runtime`.
pub(super) static RUNTIME_CLOSED: Manner = Manner {
    guarded: true,
    source: "Bedrock user guide, Chat Completions API: the headers of guardrails",
    ..MANTLE_CLOSED
};

static OTHERS: [Manner; 8] = [
    Manner {
        name: "deepseek",
        speaker: "DeepSeek",
        ids: |id| id.starts_with("deepseek") && !id.contains('/'),
        key: Key::Any,
        blind: |_| true,
        unknown: Unknown::Ignored,
        shown: Shown::Content,
        // `deepseek-chat` is the one that does not, unless it is asked to.
        reasons: |id, body| match body.pointer("/thinking/type").and_then(Value::as_str) {
            Some(word) => word == "enabled",
            None => id != "deepseek-chat",
        },
        details: Details::Cache,
        source: "api-docs.deepseek.com: Reasoning Model, Thinking Mode, Create Chat Completion",
        ..OPENAI
    },
    Manner {
        name: "openrouter",
        speaker: "OpenRouter",
        ids: |id| id.contains('/'),
        key: Key::Any,
        form: Form::OpenRouter,
        unknown: Unknown::Ignored,
        shown: Shown::Details,
        reasons: |_, body| {
            let word = |name: &str| body.pointer(name).cloned().unwrap_or_default();
            word("/reasoning/enabled") != false && word("/reasoning/effort") != "none"
        },
        counts: Counts::Always,
        comment: Some("OPENROUTER PROCESSING"),
        source: "openrouter.ai/docs: API Overview, Streaming, Reasoning Tokens, Errors and Debugging",
        ..OPENAI
    },
    Manner {
        name: "groq",
        speaker: "Groq",
        ids: |id| id.starts_with("llama-"),
        key: Key::Any,
        // Llama 4's ids begin with its maker's name.
        blind: |_| true,
        strangers: Some(|names| {
            let name = names.first().copied().unwrap_or_default();
            Refusal::invalid(format!("property '{name}' is unsupported"))
        }),
        extra: &["reasoning_format", "include_reasoning", "search_settings"],
        refused: &[
            "logprobs",
            "top_logprobs",
            "logit_bias",
            "store",
            "verbosity",
        ],
        counts: Counts::Groq,
        source: "console.groq.com/docs: API Reference, OpenAI Compatibility",
        ..OPENAI
    },
    Manner {
        name: "mistralai",
        speaker: "Mistral",
        ids: |id| id.starts_with("mistral-") || id.starts_with("magistral-"),
        key: Key::Any,
        form: Form::Mistral,
        strangers: Some(|names| {
            Refusal::invalid("Extra inputs are not permitted")
                .param(names.first().copied().unwrap_or_default())
        }),
        extra: &["random_seed", "safe_prompt", "prompt_mode", "top_k"],
        refused: &[
            "max_completion_tokens",
            "stream_options",
            "seed",
            "store",
            "logit_bias",
            "user",
            "verbosity",
        ],
        choices: &["none", "auto", "any", "required"],
        short_ids: true,
        shown: Shown::Chunks,
        reasons: |id, body| id.starts_with("magistral-") || body["prompt_mode"] == "reasoning",
        counts: Counts::Always,
        details: Details::None,
        source: "docs.mistral.ai: API, Reasoning; `mistralai`, version 3.7.0; the 422 as its OpenAPI description has HTTPValidationError",
        ..OPENAI
    },
    Manner {
        name: "library",
        speaker: "OpenAI-compatible",
        ids: |id| id.starts_with("local-"),
        key: Key::Free,
        unknown: Unknown::Ignored,
        strangers: Some(|names| {
            let names = names.join(", ");
            Refusal::invalid(format!("{names}: Extra inputs are not permitted"))
        }),
        refused: &["max_completion_tokens", "stream_options"],
        counts: Counts::Never,
        indexed: false,
        done: false,
        details: Details::None,
        source: "OpenAI-compatible servers from before stream_options and max_completion_tokens came (2024)",
        ..OPENAI
    },
    Manner {
        name: "xai",
        speaker: "xAI",
        ids: |id| id.starts_with("grok-"),
        key: Key::Any,
        // Those that reason refuse them; the others are not told apart here.
        refused: &["stop", "presence_penalty", "frequency_penalty"],
        unknown: Unknown::Ignored,
        reasons: |_, body| body["reasoning_effort"] != "none",
        source: "docs.x.ai: Chat Completions, Reasoning: from Grok 4 on thoughts are counted and not shown",
        ..OPENAI
    },
    Manner {
        name: "google",
        ids: |id| id.starts_with("gemini-"),
        key: Key::Any,
        form: Form::Google,
        strangers: Some(|names| {
            let lines = names.iter().map(|name| {
                format!(
                    "Invalid JSON payload received. Unknown name \"{name}\": Cannot find field."
                )
            });
            Refusal::invalid(lines.collect::<Vec<_>>().join("\n"))
        }),
        extra: &["extra_body"],
        refused: &["frequency_penalty", "seed", "store"],
        shown: Shown::Asked,
        reasons: |_, body| body["reasoning_effort"] != "none",
        signs: Some(|id| !id.starts_with("gemini-2")),
        indexed: false,
        details: Details::Hidden,
        source: "ai.google.dev: OpenAI compatibility, Thought signatures; python-genai #2868, ChatterUI #227 and openhanako #394 for what is refused",
        ..OPENAI
    },
    Manner {
        name: "ollama",
        speaker: "Ollama",
        ids: |id| {
            let name = id.split_once(':').map(|(name, _)| name);
            name.is_some_and(|name| OLLAMAS.contains(&name))
        },
        key: Key::Free,
        unknown: Unknown::Ignored,
        shown: Shown::Plain,
        // What can think does, unless the effort is none.
        reasons: |id, body| id.starts_with("qwen3:") && body["reasoning_effort"] != "none",
        grammar: true,
        blind: |id| !id.starts_with("gemma3:"),
        details: Details::None,
        source: "docs.ollama.com: OpenAI compatibility, Thinking, Structured outputs; its library for the names",
        ..OPENAI
    },
];

/// What models are called there before the colon and the tag.
const OLLAMAS: &[&str] = &["qwen3", "llama3.2", "gemma3"];

/// The server that has this model; OpenAI's own for whatever no other has.
pub(super) fn of(id: &str) -> &'static Manner {
    MORE.iter()
        .chain(&OTHERS)
        .find(|manner| (manner.ids)(id))
        .unwrap_or(&OPENAI)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_id_says_whose_server_it_is() {
        for (id, name) in [
            ("gpt-5", "openai"),
            ("nonsense", "openai"),
            ("deepseek-reasoner", "deepseek"),
            ("deepseek/deepseek-r1", "openrouter"),
            ("openrouter/auto", "openrouter"),
            ("llama-3.3-70b-versatile", "groq"),
            ("mistral-large-latest", "mistralai"),
            ("magistral-medium-latest", "mistralai"),
            ("local-model", "library"),
            ("qwen3:8b", "ollama"),
            ("grok-4.3", "xai"),
            ("gemini-3-flash-preview", "google"),
            ("google/gemini-3-flash-preview", "openrouter"),
            ("ft:gpt-4o:acme", "openai"),
            ("meta-llama/Llama-3.3-70B-Instruct-Turbo", "together"),
            ("accounts/fireworks/models/gpt-oss-120b", "fireworks"),
            ("qwen/qwen3-coder-30b", "lmstudio"),
            ("qwen/qwen3-coder", "openrouter"),
            ("Qwen/Qwen3-8B", "vllm"),
        ] {
            assert_eq!(of(id).name, name, "{id}");
        }
        let mut all = MORE.iter().chain(&OTHERS);
        assert!(all.all(|manner| !manner.source.is_empty()));
    }

    #[test]
    fn who_reasons_is_said_by_id_and_body() {
        let reasons = |id: &str, body: Value| (of(id).reasons)(id, &body);
        let none = || Value::Null;
        assert!(reasons("deepseek-reasoner", none()) && !reasons("deepseek-chat", none()));
        let on = serde_json::json!({"thinking": {"type": "enabled"}});
        assert!(reasons("deepseek-chat", on));
        assert!(reasons("magistral-small", none()) && !reasons("mistral-small", none()));
        let off = serde_json::json!({"reasoning": {"effort": "none"}});
        assert!(reasons("a/b", none()) && !reasons("a/b", off));
    }
}
