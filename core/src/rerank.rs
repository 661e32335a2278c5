//! Documents in the order in which they answer a query.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::{Cost, Identity, ProviderOptions, Usage, Warning};

/// A query, and the documents that may answer it.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Rerank {
    /// The query.
    pub query: String,
    /// The documents.
    pub documents: Vec<String>,
    /// How many of the best are wanted, from 1; all of them if absent.
    pub top_n: Option<u32>,
    /// Options of the provider, by name.
    pub options: ProviderOptions,
}

impl Rerank {
    /// Ranks these documents.
    pub fn new<D: Into<String>>(
        query: impl Into<String>,
        documents: impl IntoIterator<Item = D>,
    ) -> Self {
        Self {
            query: query.into(),
            documents: documents.into_iter().map(Into::into).collect(),
            ..Self::default()
        }
    }
}

/// Documents, the best first.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Reranked {
    /// The documents, in the provider's order: the best first.
    pub results: Vec<RankedDocument>,
    /// What it used, where the provider counts tokens.
    pub usage: Usage,
    /// What it cost; absent where the price is not known.
    pub cost: Option<Cost>,
    /// The provider.
    pub provider: String,
    /// The model's id in the registry.
    pub model: String,
    /// The id that was sent.
    pub wire_id: String,
    /// What was left out, replaced or guessed.
    pub warnings: Vec<Warning>,
    /// Facts in the provider's own shape.
    pub provider_metadata: Map<String, Value>,
}

impl Reranked {
    /// No documents yet, of this model.
    pub fn of(identity: &Identity) -> Self {
        Self {
            provider: identity.provider.clone(),
            model: identity.model.clone(),
            wire_id: identity.wire_id.clone(),
            ..Self::default()
        }
    }
}

/// A document, and how well it answers the query.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct RankedDocument {
    /// Where it stood among the documents that were given, from 0.
    pub index: usize,
    /// How well it answers, usually from 0 to 1; comparable within one answer.
    pub relevance_score: f64,
    /// The document.
    pub document: String,
}

impl RankedDocument {
    /// The document that was given at `index`.
    pub fn new(index: usize, relevance_score: f64, document: impl Into<String>) -> Self {
        Self {
            index,
            relevance_score,
            document: document.into(),
        }
    }
}
