//! What the emulator serves beside conversations: embeddings, reranking, counting of tokens, guardrails on
//! their own, and the lists of models. One file for each operation.
//!
//! Embedding and rerank models are called by InvokeModel ([`Task`]). The others are operations of their
//! own ([`Call`]), some of them of other services: `bedrock`, the control plane, and
//! `bedrock-agent-runtime`. All share the port; no two of their paths are the same.

mod embed;
mod malformed;
mod rerank;
mod vector;

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
