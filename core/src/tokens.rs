//! How many tokens a call would take.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::{Identity, Warning};

/// How many tokens the input of a call has, as the provider counts them.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct TokenCount {
    /// The tokens of messages, system prompt and tools together.
    pub input_tokens: u64,
    /// The provider.
    pub provider: String,
    /// The model's id in the registry.
    pub model: String,
    /// The id that was sent, which may be that of the base model.
    pub wire_id: String,
    /// What was left out, replaced or guessed.
    pub warnings: Vec<Warning>,
    /// Facts in the provider's own shape.
    pub provider_metadata: Map<String, Value>,
}

impl TokenCount {
    /// So many tokens, of this model.
    pub fn of(identity: &Identity, input_tokens: u64) -> Self {
        Self {
            input_tokens,
            provider: identity.provider.clone(),
            model: identity.model.clone(),
            wire_id: identity.wire_id.clone(),
            ..Self::default()
        }
    }
}
