//! Those whose models think before they answer, and want their thoughts back.
//!
//! What `pydantic-ai` is named for are facts of its profiles, version 2.68.0, which were seen on the service itself.

use reqllm_dialects::chat_completions::{Quirks, Thoughts, ThoughtsMember};
use reqllm_dialects::profile::{
    CachePlaces, Profile, ReasoningField, ReasoningSwitch, Replay, ToolChoices,
};

use super::{LOW_HIGH_MAX, THINKING, word};
use crate::row::{Embeds, Forced, Objects, Row};

/// Who has thoughts in `reasoning_content`, a switch for them, and JSON without a schema.
const THINKER: Row = Row {
    quirks: Quirks {
        seed: false,
        strict_tools: false,
        thoughts: Thoughts::Member(ThoughtsMember::ReasoningContent),
        ..Row::COMPATIBLE.quirks
    },
    profile: Profile {
        strict_tools: false,
        reasoning: THINKING,
        replay: Replay::ToolTurn,
        ..Row::COMPATIBLE.profile
    },
    objects: Objects::Mode,
    ..Row::COMPATIBLE
};

pub(super) const DEEPSEEK: Row = Row {
    providers: &["deepseek"],
    quirks: Quirks {
        name: "DeepSeek",
        // API reference, "Create chat completion": text only, no seed, no `strict` but on the beta address. pydantic-ai:
        // `max_completion_tokens` is passed over in silence.
        images: false,
        urls: false,
        ..THINKER.quirks
    },
    // The same: `response_format` is `text` or `json_object`; pydantic-ai: a schema is refused as "unavailable now".
    forced: Forced::UnlessAskedToThink,
    // `@ai-sdk/deepseek`, version 3.0.56: the penalties are deprecated, a user is `user_id`.
    refuses: &[
        "frequency_penalty",
        "logit_bias",
        "parallel_tool_calls",
        "presence_penalty",
        "service_tier",
        "user",
        "verbosity",
    ],
    ..THINKER
};

/// Guide "Thinking Mode": these think unless they are told not to; in a conversation with tools all their thoughts have to come
/// back. "Thinking mode does not support this tool_choice", says the API to one that is to call a tool.
pub(super) const DEEPSEEK_THINKING: Row = Row {
    models: &["deepseek-v4", "deepseek-flash", "deepseek-reasoner"],
    quirks: Quirks {
        // Guide "Vision": `image_url`, in those that see.
        images: true,
        urls: true,
        ..DEEPSEEK.quirks
    },
    profile: Profile {
        replay: Replay::Text,
        ..DEEPSEEK.profile
    },
    forced: Forced::OnlyToldNotToThink,
    ..DEEPSEEK
};

pub(super) const ALIBABA: Row = Row {
    providers: &[
        "alibaba",
        "alibaba-cn",
        "alibaba-coding-plan",
        "alibaba-coding-plan-cn",
        "alibaba-token-plan",
        "alibaba-token-plan-cn",
    ],
    quirks: Quirks {
        name: "Alibaba",
        // "Qwen API reference", OpenAI compatible: `top_k`, `enable_thinking`, `thinking_budget`, audio and video. "Qwen-Omni":
        // the data of audio is a `data:` URL. Parts of type `file` are refused (pydantic-ai).
        top_k: true,
        audio: true,
        audio_in_url: true,
        video: true,
        // "Context cache": a mark in Anthropic's form on the parts of messages, of five minutes.
        cache_control: true,
        thoughts: Thoughts::Member(ThoughtsMember::ReasoningContent),
        ..Row::COMPATIBLE.quirks
    },
    profile: Profile {
        reasoning: ReasoningField::Switch(ReasoningSwitch {
            word: &["reasoning_effort"],
            budget: &["thinking_budget"],
            ..ReasoningSwitch::flag(&["enable_thinking"])
        }),
        replay: Replay::ToolTurn,
        cache: CachePlaces {
            tools: false,
            ttl: false,
            ..CachePlaces::ALL
        },
        ..Row::COMPATIBLE.profile
    },
    // "Qwen API reference", `tool_choice`: models in thinking mode cannot be made to call a tool. The API says the same.
    forced: Forced::UnlessAskedToThink,
    // `@ai-sdk/alibaba`, version 2.0.58: there is no such member.
    refuses: &["frequency_penalty"],
    embeds: Embeds {
        // "Text and multimodal embedding": at most ten texts a request.
        most: 10,
        ..Embeds::PLAIN
    },
    ..Row::COMPATIBLE
};

pub(super) const ZAI: Row = Row {
    providers: &["zai", "zai-coding-plan", "zhipuai", "zhipuai-coding-plan"],
    quirks: Quirks {
        name: "Z.AI",
        // API reference, "Chat completion": the counts of a stream come by themselves, and video is `video_url`.
        stream_usage: false,
        video: true,
        one_tool: false,
        ..THINKER.quirks
    },
    profile: Profile {
        // The same: `tool_choice` is `auto` alone.
        tool_choices: ToolChoices::AUTO,
        ..THINKER.profile
    },
    // The same, and `zai-sdk`, version 0.2.3: none of these is a member.
    refuses: &[
        "frequency_penalty",
        "logit_bias",
        "logprobs",
        "parallel_tool_calls",
        "presence_penalty",
        "service_tier",
        "top_logprobs",
        "user",
        "verbosity",
    ],
    ..THINKER
};

/// pydantic-ai: it always thinks and refuses `disabled`; "please use low, high, or max", says the API.
pub(super) const ZAI_ALWAYS: Row = Row {
    models: &["glm-5.3"],
    profile: Profile {
        reasoning: word(LOW_HIGH_MAX),
        ..ZAI.profile
    },
    ..ZAI
};

/// `@ai-sdk/moonshotai`, version 3.0.60: images and video in the request alone, objects by their schema.
pub(super) const MOONSHOT: Row = Row {
    providers: &["moonshotai", "moonshotai-cn"],
    quirks: Quirks {
        name: "Moonshot",
        urls: false,
        video: true,
        ..THINKER.quirks
    },
    profile: Profile {
        // Guide "Migrating from OpenAI": there is no `required`.
        tool_choices: ToolChoices {
            any: false,
            ..ToolChoices::ALL
        },
        ..THINKER.profile
    },
    objects: Objects::SchemaIfKnown,
    ..THINKER
};

/// Guide "Using thinking models": these think unless they are told not to, and then `tool_choice` is `auto` or `none`. "Model
/// parameter differences": the penalties cannot be changed.
pub(super) const MOONSHOT_THINKING: Row = Row {
    models: &["kimi-k2.5", "kimi-k2.6"],
    forced: Forced::OnlyToldNotToThink,
    refuses: &["frequency_penalty", "presence_penalty"],
    ..MOONSHOT
};

/// The same of those that always think, and cannot be told how much.
pub(super) const MOONSHOT_UNTOLD: Row = Row {
    models: &["kimi-k2-thinking", "kimi-k2.7"],
    profile: Profile {
        reasoning: ReasoningField::None,
        ..MOONSHOT.profile
    },
    ..MOONSHOT_THINKING
};

/// The same of one that takes a word, and no switch.
pub(super) const MOONSHOT_WORDS: Row = Row {
    models: &["kimi-k3"],
    profile: Profile {
        reasoning: word(LOW_HIGH_MAX),
        ..MOONSHOT.profile
    },
    ..MOONSHOT_THINKING
};

/// "OpenAI API compatibility".
pub(super) const XIAOMI: Row = Row {
    providers: &[
        "xiaomi",
        "xiaomi-token-plan-ams",
        "xiaomi-token-plan-cn",
        "xiaomi-token-plan-sgp",
    ],
    quirks: Quirks {
        name: "Xiaomi",
        ..THINKER.quirks
    },
    ..THINKER
};
