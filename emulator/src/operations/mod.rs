//! What the emulator serves beside conversations: embeddings, reranking, counting of tokens, guardrails on
//! their own, and the lists of models. One file for each operation.
//!
//! Embedding and rerank models are called by InvokeModel ([`Task`]). The others are operations of their
//! own ([`Call`]), some of them of other services: `bedrock`, the control plane, and
//! `bedrock-agent-runtime`. All share the port; no two of their paths are the same.

mod agent_rerank;
mod apply_guardrail;
mod count_tokens;
mod embed;
mod foundation_models;
mod inference_profiles;
mod malformed;
mod modelled;
mod rerank;
pub(crate) mod vector;

use crate::error::ApiError;
use crate::model_id::ModelId;
use crate::reply::Reply;
use crate::route::{Api, Operation};
use embed::Embedder;
use rerank::Reranker;

/// What a model does that holds no conversations.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Task {
    Embed(Embedder),
    Rerank(Reranker),
}

impl Task {
    /// The task of a model, unless it is one to talk to.
    pub(crate) fn of(model: &ModelId) -> Option<Self> {
        let (vendor, name) = model.vendor_and_name()?;
        Embedder::of(vendor, name)
            .map(Self::Embed)
            .or_else(|| Reranker::of(vendor, name).map(Self::Rerank))
    }

    /// Answers `operation` on `model`: whole answers of InvokeModel are all that there is.
    pub(crate) fn answer(
        self,
        model: &ModelId,
        operation: Operation,
        body: &[u8],
    ) -> Result<Reply, ApiError> {
        match (operation.api, operation.streaming, self) {
            (Api::Converse, ..) => Err(ApiError::validation(
                "This action doesn't support the model that you provided. Try again with a supported text or chat model.",
            )),
            (Api::Invoke, true, _) => Err(ApiError::validation(
                "The model is unsupported for streaming.",
            )),
            (Api::Invoke, false, Self::Embed(embedder)) => embedder.answer(model, body),
            (Api::Invoke, false, Self::Rerank(reranker)) => reranker.answer(body),
        }
    }
}

/// An operation of its own, with the labels of its path.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Call {
    CountTokens(ModelId),
    ApplyGuardrail { guardrail: String, version: String },
    Rerank,
    ListFoundationModels,
    GetFoundationModel(String),
    ListInferenceProfiles,
    GetInferenceProfile(String),
}

/// What comes with a call beside the labels of its path.
pub(crate) struct Asked<'a> {
    pub(crate) query: &'a str,
    pub(crate) body: &'a [u8],
    /// Where the caller believes to be. ARNs say it again.
    pub(crate) region: &'a str,
}

impl Call {
    pub(crate) fn answer(&self, asked: &Asked<'_>) -> Result<Reply, ApiError> {
        let Asked {
            query,
            body,
            region,
        } = *asked;
        match self {
            Self::CountTokens(model) => count_tokens::answer(model, body),
            Self::ApplyGuardrail { guardrail, version } => {
                apply_guardrail::answer(guardrail, version, body)
            }
            Self::Rerank => agent_rerank::answer(body),
            Self::ListFoundationModels => foundation_models::list(query, region),
            Self::GetFoundationModel(id) => foundation_models::get(id, region),
            Self::ListInferenceProfiles => inference_profiles::list(query, region),
            Self::GetInferenceProfile(id) => inference_profiles::get(id, region),
        }
    }
}
