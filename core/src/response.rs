//! What comes back.

use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::{Cost, Message, ReasoningPart, ToolCallPart};

/// A whole answer.
///
/// Its `Display` is the text.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Response {
    /// The provider's id of the answer or of the request.
    pub id: String,
    /// The provider.
    pub provider: String,
    /// The model's id in the registry.
    pub model: String,
    /// The id that was sent.
    pub wire_id: String,
    /// What the model said.
    pub message: Message,
    /// Why it stopped.
    pub finish_reason: FinishReason,
    /// Why it stopped, in the provider's word.
    pub raw_finish_reason: Option<String>,
    /// What it used.
    pub usage: Usage,
    /// What it cost; absent where the price is not known.
    pub cost: Option<Cost>,
    /// The object, where a schema was asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub object: Option<Value>,
    /// What was left out, replaced or guessed.
    pub warnings: Vec<Warning>,
    /// Facts in the provider's own shape: latency, traces, served tier.
    pub provider_metadata: Map<String, Value>,
}

impl Response {
    /// The text.
    pub fn text(&self) -> String {
        self.message.text()
    }

    /// The thoughts, in order.
    pub fn reasoning(&self) -> impl Iterator<Item = &ReasoningPart> {
        self.message.reasoning()
    }

    /// The tools that the model asks for, in order.
    pub fn tool_calls(&self) -> impl Iterator<Item = &ToolCallPart> {
        self.message.tool_calls()
    }

    /// Why the model stopped.
    pub fn finish_reason(&self) -> FinishReason {
        self.finish_reason
    }

    /// What the call used.
    pub fn usage(&self) -> &Usage {
        &self.usage
    }

    /// What the call cost; absent where the price is not known.
    pub fn cost(&self) -> Option<&Cost> {
        self.cost.as_ref()
    }

    /// What was left out, replaced or guessed.
    pub fn warnings(&self) -> &[Warning] {
        &self.warnings
    }
}

impl fmt::Display for Response {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for part in &self.message.content {
            if let crate::Part::Text(text) = part {
                f.write_str(&text.text)?;
            }
        }
        Ok(())
    }
}

/// Why a model stopped.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum FinishReason {
    /// It was done, or met a stop sequence.
    Stop,
    /// It met the limit of output tokens.
    Length,
    /// It waits for tools.
    ToolCalls,
    /// A filter or guardrail stepped in.
    ContentFilter,
    /// The context window is full.
    ContextWindow,
    /// It produced something that the provider could not use.
    Error,
    /// The provider gave no reason, or one that this version does not know; see the raw one.
    #[default]
    Unknown,
}

impl FinishReason {
    /// Whether the answer ended before the model was done with it: what stands at its end may be half of something.
    pub fn is_cut_off(self) -> bool {
        matches!(
            self,
            Self::Length | Self::ContentFilter | Self::ContextWindow | Self::Error
        )
    }
}

/// Tokens used. A count that the provider did not give is absent, never 0.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct Usage {
    /// Input that was neither read from nor written to a cache.
    pub input_tokens: Option<u64>,
    /// Output, reasoning included.
    pub output_tokens: Option<u64>,
    /// Input read from the cache.
    pub cache_read_tokens: Option<u64>,
    /// Input written to the cache.
    pub cache_write_tokens: Option<u64>,
    /// The part of the output that is reasoning.
    pub reasoning_tokens: Option<u64>,
    /// All of them.
    pub total_tokens: Option<u64>,
    /// The part of what was written to the cache that is to live for an hour; it has a price of its own.
    #[serde(skip)]
    pub cache_write_1h_tokens: Option<u64>,
}

impl Usage {
    /// Input that no cache had a part in, and output, reasoning included.
    pub fn of(input_tokens: Option<u64>, output_tokens: Option<u64>) -> Self {
        Self {
            input_tokens,
            output_tokens,
            ..Self::default()
        }
    }

    /// Takes over every count that `later` gives, and keeps the others.
    pub fn update(&mut self, later: Self) {
        let Self {
            input_tokens,
            output_tokens,
            cache_read_tokens,
            cache_write_tokens,
            reasoning_tokens,
            total_tokens,
            cache_write_1h_tokens,
        } = later;
        self.input_tokens = input_tokens.or(self.input_tokens);
        self.output_tokens = output_tokens.or(self.output_tokens);
        self.cache_read_tokens = cache_read_tokens.or(self.cache_read_tokens);
        self.cache_write_tokens = cache_write_tokens.or(self.cache_write_tokens);
        self.reasoning_tokens = reasoning_tokens.or(self.reasoning_tokens);
        self.total_tokens = total_tokens.or(self.total_tokens);
        self.cache_write_1h_tokens = cache_write_1h_tokens.or(self.cache_write_1h_tokens);
    }

    /// The sum of two uses. A count that one of them lacks is absent, because a part is no sum.
    #[must_use]
    pub fn plus(self, other: Self) -> Self {
        let sum = |a: Option<u64>, b: Option<u64>| Some(a?.saturating_add(b?));
        Self {
            input_tokens: sum(self.input_tokens, other.input_tokens),
            output_tokens: sum(self.output_tokens, other.output_tokens),
            cache_read_tokens: sum(self.cache_read_tokens, other.cache_read_tokens),
            cache_write_tokens: sum(self.cache_write_tokens, other.cache_write_tokens),
            reasoning_tokens: sum(self.reasoning_tokens, other.reasoning_tokens),
            total_tokens: sum(self.total_tokens, other.total_tokens),
            cache_write_1h_tokens: sum(self.cache_write_1h_tokens, other.cache_write_1h_tokens),
        }
    }

    /// All input: what was read from and written to a cache, and what was neither; absent where the last is.
    pub fn all_input_tokens(&self) -> Option<u64> {
        let cached = [self.cache_read_tokens, self.cache_write_tokens];
        let cached = cached.into_iter().flatten().fold(0, u64::saturating_add);
        self.input_tokens
            .map(|tokens| tokens.saturating_add(cached))
    }

    /// Adds up what was given, where the provider gave no total. Reasoning is part of the output.
    #[must_use]
    pub fn totalled(mut self) -> Self {
        if self.total_tokens.is_none() {
            self.total_tokens = [
                self.input_tokens,
                self.output_tokens,
                self.cache_read_tokens,
                self.cache_write_tokens,
            ]
            .into_iter()
            .flatten()
            .reduce(u64::saturating_add);
        }
        self
    }
}

/// Something that was left out, replaced or guessed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Warning {
    /// What kind: `unsupported`, `unregistered_model`, `invalid_tool_arguments`, …
    pub code: String,
    /// What happened.
    pub message: String,
}

impl Warning {
    /// A warning.
    pub fn new(code: impl Into<String>, message: impl Into<String>) -> Self {
        Self {
            code: code.into(),
            message: message.into(),
        }
    }
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}
