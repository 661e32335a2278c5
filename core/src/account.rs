//! The models of an account, as the provider itself lists them.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{ProviderOptions, Warning};

/// Which models are asked for.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct AccountQuery {
    /// Only those of this kind; all of them if absent.
    pub kind: Option<AccountModelKind>,
    /// Only the one of this id or ARN.
    pub id: Option<String>,
    /// Options of the provider, by name.
    pub options: ProviderOptions,
}

impl AccountQuery {
    /// Every model.
    pub fn new() -> Self {
        Self::default()
    }
}

/// What kind of thing a provider lists.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum AccountModelKind {
    /// A model.
    Model,
    /// An inference profile, which leads to a model in one or more regions.
    InferenceProfile,
}

/// A model that an account can see. Whether it may be called, only a call tells.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct AccountModel {
    /// The id by which it is called.
    pub id: String,
    /// What it is.
    pub kind: AccountModelKind,
    /// Its full name in the provider's own scheme, such as an ARN.
    pub arn: Option<String>,
    /// A name for people.
    pub name: Option<String>,
    /// Who made it, in the provider's words.
    pub vendor: Option<String>,
    /// The ids of the models that an inference profile leads to, each once.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub base_models: Vec<String>,
    /// Its stage, in the provider's word: `ACTIVE`, `LEGACY`, …
    pub status: Option<String>,
    /// What it takes, in the provider's words: `TEXT`, `IMAGE`, …
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub input_modalities: Vec<String>,
    /// What it gives, in the provider's words: `TEXT`, `EMBEDDING`, …
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub output_modalities: Vec<String>,
    /// Whether it can stream its answers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub streaming: Option<bool>,
    /// How it can be called, in the provider's words: `ON_DEMAND`, `PROVISIONED`, `INFERENCE_PROFILE`, …
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub inference_types: Vec<String>,
    /// All that the provider says of it, in its own shape.
    pub raw: Value,
}

impl AccountModel {
    /// A model of which nothing more is known.
    pub fn new(id: impl Into<String>, kind: AccountModelKind) -> Self {
        Self {
            id: id.into(),
            kind,
            arn: None,
            name: None,
            vendor: None,
            base_models: Vec::new(),
            status: None,
            input_modalities: Vec::new(),
            output_modalities: Vec::new(),
            streaming: None,
            inference_types: Vec::new(),
            raw: Value::Null,
        }
    }
}

/// A part of the list.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct AccountPage {
    /// The models on it.
    pub models: Vec<AccountModel>,
    /// What to ask for the next part with; none if this was the last one.
    pub next: Option<String>,
    /// What was left out, replaced or guessed.
    pub warnings: Vec<Warning>,
}

impl AccountPage {
    /// These models, and nothing after them.
    pub fn new(models: Vec<AccountModel>) -> Self {
        Self {
            models,
            next: None,
            warnings: Vec::new(),
        }
    }
}

/// The whole list.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct AccountModels {
    /// The models, in the provider's order.
    pub models: Vec<AccountModel>,
    /// What was left out, replaced or guessed.
    pub warnings: Vec<Warning>,
}

impl AccountModels {
    /// Adds the next part of the list.
    pub fn extend(&mut self, page: AccountPage) {
        self.models.extend(page.models);
        for warning in page.warnings {
            // The same is true of every part.
            if !self.warnings.contains(&warning) {
                self.warnings.push(warning);
            }
        }
    }
}
