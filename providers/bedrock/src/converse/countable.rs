//! The members of a Converse request that are counted.

use bytes::Bytes;
use reqllm_core::Result;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::json;

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
    let converse = serde_json::from_slice(body).map_err(|error| json::unwritten(&error))?;
    let request = Request {
        input: Input { converse },
    };
    json::write(&request, body.len() + 32)
}
