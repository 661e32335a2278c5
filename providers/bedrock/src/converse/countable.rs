//! The members of a Converse request that are counted.

use bytes::Bytes;
use reqllm_core::{Error, Result};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

/// Shape CountTokensRequest.
#[derive(Serialize)]
struct Request<'a> {
    input: Input<'a>,
}

#[derive(Serialize)]
struct Input<'a> {
    converse: Members<'a>,
}

/// Shape ConverseTokensRequest. Sampling, guardrails and tags are no input of the model.
#[derive(Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
struct Members<'a> {
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    system: Option<&'a RawValue>,
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    messages: Option<&'a RawValue>,
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    tool_config: Option<&'a RawValue>,
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    additional_model_request_fields: Option<&'a RawValue>,
}

/// The body of CountTokens for a body of Converse.
pub(super) fn of(body: &[u8]) -> Result<Bytes> {
    let unwritten = |error: serde_json::Error| {
        Error::invalid_request(format!("the request cannot be written as JSON: {error}"))
    };
    let converse = serde_json::from_slice(body).map_err(unwritten)?;
    let request = Request {
        input: Input { converse },
    };
    serde_json::to_vec(&request)
        .map(Bytes::from)
        .map_err(unwritten)
}
