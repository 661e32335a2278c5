//! Options that are one of a few words.

use serde::{Deserialize, Serialize};

/// The host that serves a call.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Endpoint {
    /// `bedrock-runtime`: Converse and Invoke, and what OpenAI's and Anthropic's own clients speak.
    #[default]
    #[serde(alias = "bedrock-runtime")]
    Runtime,
    /// `bedrock-mantle`: what OpenAI's and Anthropic's own clients speak.
    #[serde(alias = "bedrock-mantle")]
    Mantle,
}

impl Endpoint {
    /// The word of the option.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Runtime => "runtime",
            Self::Mantle => "mantle",
        }
    }

    /// What AWS calls it, in names of hosts.
    pub(crate) fn host(self) -> &'static str {
        match self {
            Self::Runtime => "bedrock-runtime",
            Self::Mantle => "bedrock-mantle",
        }
    }

    /// The name under which AWS signs for it. Source: the clients of OpenAI and of Anthropic for Bedrock.
    pub(crate) fn signing_name(self) -> &'static str {
        match self {
            Self::Runtime => "bedrock",
            Self::Mantle => "bedrock-mantle",
        }
    }
}

/// The form of a call that other vendors' own clients speak.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Api {
    /// OpenAI's Chat Completions.
    #[serde(alias = "chat_completions")]
    Chat,
    /// OpenAI's Responses.
    Responses,
    /// Anthropic's Messages.
    Messages,
}

impl Api {
    /// The word of the option.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Chat => "chat",
            Self::Responses => "responses",
            Self::Messages => "messages",
        }
    }
}

/// How much a guardrail tells of what it saw.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum GuardrailTrace {
    /// What it found.
    Enabled,
    /// Nothing.
    Disabled,
    /// Everything that it looked at.
    EnabledFull,
}

impl GuardrailTrace {
    /// The word on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Enabled => "enabled",
            Self::Disabled => "disabled",
            Self::EnabledFull => "enabled_full",
        }
    }
}

/// Whether a guardrail holds a stream back until it has looked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum GuardrailStreamMode {
    /// It does.
    Sync,
    /// It looks while the stream goes on.
    Async,
}

impl GuardrailStreamMode {
    /// The word on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Sync => "sync",
            Self::Async => "async",
        }
    }
}

/// What a call may cost and how fast it must be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum ServiceTier {
    /// Before all others, at a higher price.
    Priority,
    /// The usual.
    Default,
    /// When there is room, at a lower price.
    Flex,
    /// Of capacity that was reserved.
    Reserved,
}

impl ServiceTier {
    /// The word on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Priority => "priority",
            Self::Default => "default",
            Self::Flex => "flex",
            Self::Reserved => "reserved",
        }
    }
}

/// Latency profile.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Latency {
    /// The usual.
    Standard,
    /// Faster, where the model and the region have it.
    Optimized,
}

impl Latency {
    /// The word on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Standard => "standard",
            Self::Optimized => "optimized",
        }
    }
}
