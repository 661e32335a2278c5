//! What may be known of a model: how it was come by, its limits, what it takes, how it thinks, how old it is.

use serde::{Deserialize, Serialize};

use crate::ModalitySet;

/// How the registry came to a model.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Resolution {
    /// It was written out by the caller.
    #[default]
    Explicit,
    /// It stands in the catalogue.
    Exact,
    /// It stands in the catalogue under another name.
    Alias,
    /// It is an inference profile or a variant of a model in the catalogue.
    Inherited,
    /// The provider is known and the model is not.
    Unregistered,
}

/// Limits in tokens, from 1. An absent one is not known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct Limits {
    /// Input and output together.
    pub context: Option<u64>,
    /// Input.
    pub input: Option<u64>,
    /// Output.
    pub output: Option<u64>,
}

impl Limits {
    /// A context window and a limit of output.
    pub const fn new(context: u64, output: u64) -> Self {
        Self {
            context: Some(context),
            input: None,
            output: Some(output),
        }
    }
}

/// What kinds of content a model takes and gives. Empty means not known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct Modalities {
    /// What it takes.
    pub input: ModalitySet,
    /// What it gives.
    pub output: ModalitySet,
}

impl Modalities {
    /// These kinds in, and those out.
    pub const fn new(input: ModalitySet, output: ModalitySet) -> Self {
        Self { input, output }
    }
}

/// How the model can be made to think more or less.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct ReasoningControls {
    /// It can be switched on and off.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub toggle: bool,
    /// The levels that it takes, in the provider's words.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub effort: Vec<String>,
    /// It takes a budget of tokens.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub budget: Option<Budget>,
}

impl ReasoningControls {
    /// Whether nothing is known of them.
    pub fn is_empty(&self) -> bool {
        !self.toggle && self.effort.is_empty() && self.budget.is_none()
    }
}

/// A budget of tokens for thinking.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct Budget {
    /// The least.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub min: Option<u64>,
    /// The most.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max: Option<u64>,
}

/// Where a model stands between its release and its end. Dates are `YYYY-MM-DD` or `YYYY-MM`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct Lifecycle {
    /// The stage; none if it is not known to be any but the usual one.
    pub status: Option<Status>,
    /// When it came out.
    pub released: Option<String>,
    /// When it was last changed.
    pub updated: Option<String>,
    /// Until when it knows the world.
    pub knowledge: Option<String>,
    /// When it goes away.
    pub retires: Option<String>,
    /// What to use instead.
    pub replacement: Option<String>,
}

/// A stage of a model's life.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Status {
    /// Being tried out.
    Beta,
    /// In use.
    Active,
    /// Still there, and on its way out.
    Deprecated,
    /// Gone.
    Retired,
}
