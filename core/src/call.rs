//! Everything that the caller says in one call.

use std::fmt;
use std::str::FromStr;

use crate::{
    Error, ErrorKind, Message, ObjectSchema, ProviderOptions, Result, Tool, ToolChoice, Warning,
    user,
};

/// One call: messages, tools, settings.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Call {
    /// The conversation, oldest first.
    pub messages: Vec<Message>,
    /// The tools on offer.
    pub tools: Vec<Tool>,
    /// Which of them the model must use; the model decides if absent.
    pub tool_choice: Option<ToolChoice>,
    /// The object that the answer has to be, if it has to be one.
    pub object: Option<ObjectSchema>,
    /// Sampling and limits.
    pub settings: Settings,
    /// Options of the provider, by name.
    pub options: ProviderOptions,
    /// Whether what the model cannot do is left out with a warning instead of refused with an error.
    pub lossy: bool,
    /// Whether settings that contradict each other are refused with an error instead of settled with a warning.
    pub strict: bool,
}

impl Call {
    /// A call that says this.
    pub fn new(messages: impl IntoMessages) -> Self {
        Self {
            messages: messages.into_messages(),
            ..Self::default()
        }
    }

    /// Leaves something out that `model` cannot do: an error, or a warning if the call is lossy.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Unsupported`], naming the model and the feature, unless the call is lossy.
    pub fn unsupported(
        &self,
        model: &str,
        feature: &str,
        warnings: &mut Vec<Warning>,
    ) -> Result<()> {
        leave_out(self.lossy, model, feature, warnings)
    }

    /// Settles what contradicts itself: a warning that tells what was done, or an error if the call is strict.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidRequest`] with `conflict`, if the call is strict.
    pub fn settle(&self, conflict: &str, done: &str, warnings: &mut Vec<Warning>) -> Result<()> {
        if self.strict {
            return Err(Error::invalid_request(conflict));
        }
        warnings.push(Warning::new("conflict", format!("{conflict}; {done}")));
        Ok(())
    }
}

/// Leaves something out that a model cannot do, if that is allowed.
pub(crate) fn leave_out(
    lossy: bool,
    model: &str,
    feature: &str,
    warnings: &mut Vec<Warning>,
) -> Result<()> {
    if lossy {
        warnings.push(Warning::new(
            "unsupported",
            format!("{model} does not support {feature}; it was left out"),
        ));
        return Ok(());
    }
    Err(Error::new(
        ErrorKind::Unsupported,
        format!("{model} does not support {feature}; leave it out, or allow that with `lossy`"),
    )
    .with_model(model))
}

/// Sampling and limits. What is absent is left to the provider.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct Settings {
    /// Sampling temperature; the range is the provider's: 0 to 1 on Bedrock and with Anthropic, 0 to 2 with OpenAI.
    pub temperature: Option<f64>,
    /// Nucleus sampling, 0 to 1.
    pub top_p: Option<f64>,
    /// How many of the likeliest tokens are considered, from 1.
    pub top_k: Option<u32>,
    /// The most tokens that the answer may have, from 1.
    pub max_tokens: Option<u32>,
    /// Texts at which the answer stops.
    pub stop: Vec<String>,
    /// Seed of the sampler.
    pub seed: Option<u64>,
    /// How much the model should think.
    pub reasoning: Option<Reasoning>,
}

/// How much a model should think before it answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Reasoning {
    /// By level; what a level means is the family's.
    Effort(ReasoningEffort),
    /// At most this many tokens; 0 is [`ReasoningEffort::None`].
    Budget(u32),
}

/// A level of thinking.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum ReasoningEffort {
    /// Not at all.
    None,
    /// As little as the model can.
    Minimal,
    /// A little.
    Low,
    /// Some.
    Medium,
    /// Much.
    High,
    /// As much as the model can.
    Max,
}

impl ReasoningEffort {
    /// The word of the command line.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Minimal => "minimal",
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
            Self::Max => "max",
        }
    }
}

impl Reasoning {
    /// The same, with a budget of 0 as what it means: no thinking at all.
    #[must_use]
    pub fn settled(self) -> Self {
        match self {
            Self::Budget(0) => Self::Effort(ReasoningEffort::None),
            other => other,
        }
    }
}

impl fmt::Display for Reasoning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Effort(effort) => f.write_str(effort.as_str()),
            Self::Budget(tokens) => write!(f, "{tokens}"),
        }
    }
}

/// A level's word, or a number of tokens, of which 0 is `none`.
impl FromStr for Reasoning {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        use ReasoningEffort::{High, Low, Max, Medium, Minimal, None};
        for effort in [None, Minimal, Low, Medium, High, Max] {
            if text == effort.as_str() {
                return Ok(Self::Effort(effort));
            }
        }
        text.parse().map(|tokens| Self::Budget(tokens).settled()).map_err(|_| {
            Error::invalid_request(format!(
                "reasoning is {text:?}; give none, minimal, low, medium, high, max or a number of tokens"
            ))
        })
    }
}

/// What can be said to a model: a prompt, a message, or a conversation.
pub trait IntoMessages {
    /// The messages.
    fn into_messages(self) -> Vec<Message>;
}

/// With room for a system prompt.
fn one(message: Message) -> Vec<Message> {
    let mut messages = Vec::with_capacity(2);
    messages.push(message);
    messages
}

impl IntoMessages for &str {
    fn into_messages(self) -> Vec<Message> {
        one(user(self))
    }
}

impl IntoMessages for String {
    fn into_messages(self) -> Vec<Message> {
        one(user(self))
    }
}

impl IntoMessages for &String {
    fn into_messages(self) -> Vec<Message> {
        one(user(self))
    }
}

impl IntoMessages for Message {
    fn into_messages(self) -> Vec<Message> {
        one(self)
    }
}

impl IntoMessages for Vec<Message> {
    fn into_messages(self) -> Vec<Message> {
        self
    }
}

impl IntoMessages for &[Message] {
    fn into_messages(self) -> Vec<Message> {
        self.to_vec()
    }
}

impl IntoMessages for &Vec<Message> {
    fn into_messages(self) -> Vec<Message> {
        self.clone()
    }
}

impl<const N: usize> IntoMessages for [Message; N] {
    fn into_messages(self) -> Vec<Message> {
        self.into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_tokens_of_reasoning_are_none() {
        let none = Reasoning::Effort(ReasoningEffort::None);
        for text in ["0", "none"] {
            assert_eq!(text.parse::<Reasoning>().unwrap(), none);
        }
        assert_eq!("1".parse::<Reasoning>().unwrap(), Reasoning::Budget(1));
        assert!("-1".parse::<Reasoning>().is_err());
    }
}
