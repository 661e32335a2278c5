//! What a model can do: yes, no, or not known.

use std::fmt;
use std::str::FromStr;

use serde::de::{Deserialize, Deserializer, Error as _, MapAccess, Visitor};
use serde::ser::{Serialize, SerializeMap, Serializer};

use crate::{Error, Result, nearest};

macro_rules! capabilities {
    ($($(#[$doc:meta])* $name:ident = $text:literal,)*) => {
        /// Something that a model can or cannot do. A typed key: a wrong one does not compile.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[non_exhaustive]
        pub enum Capability {
            $($(#[$doc])* $name,)*
        }

        impl Capability {
            /// Every capability, in the order in which they are written.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// The name in JSON and on the command line.
            pub fn as_str(self) -> &'static str {
                match self {
                    $(Self::$name => $text,)*
                }
            }
        }
    };
}

capabilities! {
    /// Holds a conversation.
    Chat = "chat",
    /// Calls tools.
    Tools = "tools",
    /// Calls tools while it streams.
    StreamingTools = "streaming_tools",
    /// Holds to the schema of a tool's arguments.
    StrictTools = "strict_tools",
    /// Calls several tools at once.
    ParallelTools = "parallel_tools",
    /// Can be made to call a certain tool.
    ForcedToolChoice = "forced_tool_choice",
    /// Thinks before it answers, and tells.
    Reasoning = "reasoning",
    /// Answers in JSON on request.
    JsonMode = "json_mode",
    /// Holds to a JSON Schema.
    StructuredOutput = "structured_output",
    /// Answers piece by piece.
    Streaming = "streaming",
    /// Takes a sampling temperature.
    Temperature = "temperature",
    /// Takes attachments.
    Attachments = "attachments",
    /// Caches prompts.
    PromptCache = "prompt_cache",
    /// Cites its sources.
    Citations = "citations",
    /// Turns text into vectors.
    Embeddings = "embeddings",
    /// Orders documents by relevance.
    Rerank = "rerank",
    /// Draws.
    ImageGeneration = "image_generation",
    /// Speaks.
    Speech = "speech",
    /// Writes down what is spoken.
    Transcription = "transcription",
    /// Its weights can be had.
    OpenWeights = "open_weights",
}

impl fmt::Display for Capability {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Capability {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let names = || Self::ALL.iter().map(|capability| capability.as_str());
        if let Some(capability) = Self::ALL.iter().find(|it| it.as_str() == text) {
            return Ok(*capability);
        }
        let hint = match nearest(text, names()) {
            Some(near) => format!("did you mean {near:?}?"),
            None => format!("there are {}", names().collect::<Vec<_>>().join(", ")),
        };
        Err(Error::invalid_request(format!(
            "no capability goes by {text:?}; {hint}"
        )))
    }
}

/// Which capabilities a model has: each is yes, no, or not known.
///
/// ```
/// use reqllm_core::{Capabilities, Capability};
///
/// let known = Capabilities::new()
///     .with(Capability::Tools, true)
///     .with(Capability::Reasoning, false);
/// assert_eq!(known.get(Capability::Tools), Some(true));
/// assert_eq!(known.get(Capability::Reasoning), Some(false));
/// assert_eq!(known.get(Capability::Citations), None);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Capabilities {
    yes: u32,
    no: u32,
}

impl Capabilities {
    /// Nothing is known.
    pub const fn new() -> Self {
        Self { yes: 0, no: 0 }
    }

    /// From two sets of bits, as [`Capabilities::bits`] gives them; where both say something, it is yes.
    pub const fn from_bits(yes: u32, no: u32) -> Self {
        Self { yes, no: no & !yes }
    }

    /// The set of those that it has, and of those that it has not, by position in [`Capability::ALL`].
    pub const fn bits(self) -> (u32, u32) {
        (self.yes, self.no)
    }

    /// Whether it has one; none if that is not known.
    pub const fn get(self, capability: Capability) -> Option<bool> {
        let bit = 1 << capability as u32;
        if self.yes & bit != 0 {
            Some(true)
        } else if self.no & bit != 0 {
            Some(false)
        } else {
            None
        }
    }

    /// Says whether it has one.
    pub const fn set(&mut self, capability: Capability, value: Option<bool>) {
        let bit = 1 << capability as u32;
        self.yes &= !bit;
        self.no &= !bit;
        match value {
            Some(true) => self.yes |= bit,
            Some(false) => self.no |= bit,
            None => {}
        }
    }

    /// Says whether it has one.
    #[must_use]
    pub const fn with(mut self, capability: Capability, value: bool) -> Self {
        self.set(capability, Some(value));
        self
    }

    /// Takes over whatever `later` knows.
    #[must_use]
    pub const fn updated(self, later: Self) -> Self {
        Self {
            yes: (self.yes & !later.no) | later.yes,
            no: (self.no & !later.yes) | later.no,
        }
    }

    /// Each capability, and whether the model has it.
    pub fn iter(self) -> impl Iterator<Item = (Capability, Option<bool>)> {
        Capability::ALL
            .iter()
            .map(move |capability| (*capability, self.get(*capability)))
    }
}

impl Serialize for Capabilities {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(Capability::ALL.len()))?;
        for (capability, value) in self.iter() {
            map.serialize_entry(capability.as_str(), &value)?;
        }
        map.end()
    }
}

impl<'de> Deserialize<'de> for Capabilities {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct CapabilitiesVisitor;
        impl<'de> Visitor<'de> for CapabilitiesVisitor {
            type Value = Capabilities;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("capabilities by name, each true, false or null")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut capabilities = Capabilities::new();
                while let Some(name) = map.next_key::<String>()? {
                    let capability = name
                        .parse()
                        .map_err(|error: Error| A::Error::custom(error.message()))?;
                    capabilities.set(capability, map.next_value()?);
                }
                Ok(capabilities)
            }
        }
        deserializer.deserialize_map(CapabilitiesVisitor)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_is_a_bit_for_each() {
        assert!(Capability::ALL.len() <= 32);
        for (position, capability) in Capability::ALL.iter().enumerate() {
            assert_eq!(*capability as usize, position);
            assert_eq!(
                capability.as_str().parse::<Capability>().unwrap(),
                *capability
            );
        }
    }

    #[test]
    fn json_keeps_the_unknown_apart() {
        let known = Capabilities::new()
            .with(Capability::Tools, true)
            .with(Capability::Citations, false);
        let json = serde_json::to_value(known).unwrap();
        assert_eq!(json["tools"], true);
        assert_eq!(json["citations"], false);
        assert!(json["reasoning"].is_null());
        assert_eq!(serde_json::from_value::<Capabilities>(json).unwrap(), known);
        let error = serde_json::from_str::<Capabilities>(r#"{"tool": true}"#).unwrap_err();
        assert!(
            error.to_string().contains("did you mean \"tools\""),
            "{error}"
        );
    }

    #[test]
    fn later_knowledge_wins_and_ignorance_does_not() {
        let first = Capabilities::new()
            .with(Capability::Tools, true)
            .with(Capability::Chat, true);
        let later = Capabilities::new().with(Capability::Tools, false);
        let both = first.updated(later);
        assert_eq!(both.get(Capability::Tools), Some(false));
        assert_eq!(both.get(Capability::Chat), Some(true));
    }
}
