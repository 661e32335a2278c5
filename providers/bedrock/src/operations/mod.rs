//! What is no conversation: embeddings, ranks, token counts, guardrails, the models of the account.
//!
//! Each is a request and a decoder, both pure. What is true of a model stands in a table, a row a line of models.

pub(crate) mod account;
pub(crate) mod answer;
pub(crate) mod count_tokens;
pub(crate) mod embed;
pub(crate) mod guardrail;
pub(crate) mod options;
pub(crate) mod rerank;

use bytes::Bytes;
use reqllm_core::{Model, Result};
use serde::Serialize;

use crate::json;
use crate::model_id;

/// The row of a table that a model belongs to: the one whose prefix is the longest that fits one of its ids, with or
/// without the first segment, as families are found.
fn row<'a, R>(model: &Model, rows: &'a [R], prefix: impl Fn(&R) -> &'static str) -> Option<&'a R> {
    let ids = [
        model.base_model.as_deref(),
        Some(model.id.as_str()),
        model.wire_id.as_deref(),
    ];
    ids.into_iter()
        .flatten()
        .flat_map(model_id::readings)
        .find_map(|id| {
            rows.iter()
                .filter(|row| id.starts_with(prefix(row)))
                .max_by_key(|row| prefix(row).len())
        })
}

/// A body as it goes on the wire.
fn body(value: &impl Serialize) -> Result<Bytes> {
    json::write(value, 512)
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use reqllm_core::{Environment, Task};
    use serde_json::Value;

    use crate::Bedrock;

    /// A provider that sees nothing of this machine.
    pub(crate) fn bedrock() -> Bedrock {
        Bedrock::builder().environment(Environment::empty()).build()
    }

    /// The body of a request, as JSON.
    pub(crate) fn body_of(request: &http::Request<Bytes>) -> Value {
        serde_json::from_slice(request.body()).unwrap()
    }

    /// What a task makes of an answer.
    pub(crate) fn decode<T>(task: &Task<T>, headers: &[(&str, &str)], body: &str) -> Result<T> {
        let mut response = http::Response::builder();
        for (name, value) in headers {
            response = response.header(*name, *value);
        }
        let (head, ()) = response.body(()).unwrap().into_parts();
        task.decoder.decode(&head, body.as_bytes())
    }
}
