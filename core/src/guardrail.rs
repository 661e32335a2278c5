//! A guardrail's judgement of a text or an image, without a model.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::{Part, ProviderOptions, Warning};

/// What a guardrail is to look at.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct GuardrailCheck {
    /// The guardrail, by id or ARN.
    pub guardrail: String,
    /// Its version: a number, or `DRAFT`.
    pub version: String,
    /// Whose words these are.
    pub source: GuardrailSource,
    /// Texts and images. What a part is to the guardrail, its [`guard`](Part::guard) says.
    pub content: Vec<Part>,
    /// Whether everything that it looked at is told, and not only what it found.
    pub full: bool,
    /// Options of the provider, by name.
    pub options: ProviderOptions,
}

impl GuardrailCheck {
    /// Has `guardrail` in its `version` look at this.
    pub fn new(
        guardrail: impl Into<String>,
        version: impl Into<String>,
        source: GuardrailSource,
        content: Vec<Part>,
    ) -> Self {
        Self {
            guardrail: guardrail.into(),
            version: version.into(),
            source,
            content,
            full: false,
            options: ProviderOptions::new(),
        }
    }
}

/// Whose words a guardrail looks at; it may have other rules for either.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum GuardrailSource {
    /// The user's.
    Input,
    /// The model's.
    Output,
}

/// A guardrail's judgement.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Guarded {
    /// Whether it stepped in.
    pub action: GuardrailAction,
    /// Its action in the provider's word.
    pub raw_action: String,
    /// Why, in the provider's words.
    pub action_reason: Option<String>,
    /// What it puts in the place of the content; empty if it did not step in.
    pub outputs: Vec<String>,
    /// What it found, by policy, in the provider's own shape.
    pub assessments: Vec<Value>,
    /// What it used, in the units by which the provider bills each policy.
    pub usage: Map<String, Value>,
    /// The provider.
    pub provider: String,
    /// What was left out, replaced or guessed.
    pub warnings: Vec<Warning>,
    /// Facts in the provider's own shape.
    pub provider_metadata: Map<String, Value>,
}

impl Guarded {
    /// A judgement without findings, of this provider.
    pub fn of(provider: impl Into<String>) -> Self {
        Self {
            provider: provider.into(),
            ..Self::default()
        }
    }
}

/// What a guardrail did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum GuardrailAction {
    /// It let the content pass.
    None,
    /// It stepped in: the content was blocked, or parts of it were masked.
    Intervened,
    /// Something that this version does not know; see the raw one.
    #[default]
    Unknown,
}
