//! Reranking by InvokeModel: documents in the order of their relevance to a query.
//!
//! Facts: the model parameters of Cohere Rerank in the Bedrock user guide, a recording, and the errors
//! that users quote. Reranking has no token counts, not even in the headers.

use std::cmp::Ordering;

use http::StatusCode;
use serde::{Deserialize, Serialize};

use super::malformed::read;
use super::vector::relevance;
use crate::error::ApiError;
use crate::reply::Reply;
use crate::shape::{Member, Shape, optional, required, text};

/// A rerank model, by the bodies that it takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reranker {
    Amazon,
    Cohere,
}

impl Reranker {
    pub(super) fn of(vendor: &str, name: &str) -> Option<Self> {
        match (vendor, name) {
            ("amazon", "rerank-v1:0") => Some(Self::Amazon),
            ("cohere", "rerank-v3-5:0") => Some(Self::Cohere),
            _ => None,
        }
    }

    pub(super) fn answer(self, body: &[u8]) -> Result<Reply, ApiError> {
        let request: Request = read(self.shape(), body)?;
        let ranked = ranked(&request.query, &request.documents, request.top_n);
        let results = ranked
            .into_iter()
            .map(|(index, relevance_score)| Ranked {
                index,
                relevance_score,
            })
            .collect();
        let reply = Reply::json(StatusCode::OK, &Answer { results });
        Ok(reply.header("x-amzn-bedrock-invocation-latency", 100))
    }

    fn shape(self) -> &'static Shape {
        match self {
            Self::Amazon => &AMAZON,
            Self::Cohere => &COHERE,
        }
    }
}

/// Indices with their scores, best first, and of equals the first one first.
pub(super) fn ranked<T: AsRef<str>>(
    query: &str,
    documents: &[T],
    top: Option<usize>,
) -> Vec<(usize, f32)> {
    let scores = documents
        .iter()
        .map(|document| relevance(query, document.as_ref()));
    let mut ranked: Vec<(usize, f32)> = scores.enumerate().collect();
    ranked.sort_by(|(_, a), (_, b)| b.partial_cmp(a).unwrap_or(Ordering::Equal));
    ranked.truncate(top.unwrap_or(usize::MAX));
    ranked
}

static AMAZON: Shape = Shape::Structure(&[QUERY, DOCUMENTS, TOP]);
static COHERE: Shape = Shape::Structure(&[
    QUERY,
    DOCUMENTS,
    TOP,
    // "1 is not greater or equal to 2", says the real one.
    required("api_version", &Shape::Integer { min: 2 }),
    optional("max_tokens_per_doc", &Shape::Integer { min: 1 }),
]);

const QUERY: Member = required("query", &text(1, usize::MAX));
const DOCUMENTS: Member = required(
    "documents",
    &Shape::List {
        of: &text(1, usize::MAX),
        min: 1,
        max: 1000,
    },
);
const TOP: Member = optional("top_n", &Shape::Integer { min: 1 });

#[derive(Deserialize)]
struct Request {
    query: String,
    documents: Vec<String>,
    top_n: Option<usize>,
}

#[derive(Serialize)]
struct Answer {
    results: Vec<Ranked>,
}

#[derive(Serialize)]
struct Ranked {
    index: usize,
    relevance_score: f32,
}
