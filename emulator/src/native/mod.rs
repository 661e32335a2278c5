//! Native bodies: what InvokeModel and its stream take and give, one room per vendor.
//!
//! A vendor's room checks a body, says which [`crate::brain::Prompt`] it means, and writes the answer
//! in the vendor's own words ([`call::Writer`]). What the service adds to all of them alike
//! (guardrails, token counts, tiers, frames) is in [`call`]. Claude's room is `crate::claude`.
//!
//! Facts are from recordings of the real service where there are some; the rooms name the others.

pub(crate) mod call;
mod chat;
mod cohere;
mod gpt_oss;
mod inst;
mod jamba;
mod llama;
mod mistral;
mod nova;
mod titan;
mod wording;

use std::sync::Mutex;

use http::HeaderMap;
use serde_json::Value;

use crate::brain::tokens::PromptCache;
use crate::claude;
use crate::dice::Dice;
use crate::error::ApiError;
use crate::model_id::ModelId;
use crate::reply::Reply;
use call::{Asked, Request};

/// Answers one request.
pub(crate) fn answer(
    model: &ModelId,
    headers: &HeaderMap,
    body: &[u8],
    streaming: bool,
    cache: &Mutex<PromptCache>,
) -> Result<Reply, ApiError> {
    // Embeddings and rerank have no prompt and no answer: they are operations of their own, and are
    // told apart here, before the text models of the same vendors.
    if is_operation(model) {
        return unserved(model, "embeddings and rerank bodies");
    }
    let line = line(model)?;
    let value: Value = serde_json::from_slice(body).map_err(|_| {
        ApiError::validation("Malformed input request, please reformat your input and try again.")
    })?;
    let request = Request {
        model,
        body: &value,
        streaming,
        dice: Dice::new(&[model.id.as_bytes(), body]),
    };
    Ok(call::serve(line(&request)?, &request, headers, cache))
}

type Line = fn(&Request<'_>) -> Result<Asked, ApiError>;

/// The room that knows the bodies of a model.
fn line(model: &ModelId) -> Result<Line, ApiError> {
    // An identifier that hides its model is taken for one of Claude.
    let Some((vendor, name)) = model.vendor_and_name() else {
        return Ok(claude::ask);
    };
    Ok(match vendor {
        "anthropic" => claude::ask,
        "meta" if name.starts_with("llama") => llama::ask,
        "cohere" if name.starts_with("command-r") => cohere::command_r::ask,
        "cohere" if name.starts_with("command") => cohere::command::ask,
        "openai" if name.starts_with("gpt-oss") => gpt_oss::ask,
        "mistral" => mistral::ask,
        "amazon" if is_nova(name) => nova::ask,
        "amazon" if name.starts_with("titan-text") || name.starts_with("titan-tg1") => titan::ask,
        "ai21" if name.starts_with("jamba") => jamba::ask,
        _ => return unserved(model, "native bodies of this model"),
    })
}

/// Whether the model embeds or ranks, as all their ids say: `cohere.embed-v4:0`, `amazon.rerank-v1:0`.
fn is_operation(model: &ModelId) -> bool {
    model
        .vendor_and_name()
        .is_some_and(|(_, name)| name.contains("embed") || name.contains("rerank"))
}

/// The Novas that write text; Canvas, Reel and Sonic have other bodies.
fn is_nova(name: &str) -> bool {
    name.starts_with("nova-")
        && !["canvas", "reel", "sonic"]
            .iter()
            .any(|other| name.contains(other))
}

fn unserved<T>(model: &ModelId, what: &str) -> Result<T, ApiError> {
    Err(ApiError::validation(format!(
        "The emulator does not serve {what} ({}). Use Converse for a text model.",
        model.id
    )))
}

#[cfg(test)]
mod corpus;
#[cfg(test)]
pub(crate) mod testing;

#[cfg(test)]
mod tests {
    use super::testing::refused;
    use super::*;
    use serde_json::json;

    #[test]
    fn models_without_native_bodies_are_named() {
        for id in [
            "amazon.titan-embed-text-v2:0",
            "us.cohere.embed-v4:0",
            "amazon.rerank-v1:0",
            "amazon.nova-2-multimodal-embeddings-v1:0",
            "amazon.nova-canvas-v1:0",
            "deepseek.v3-v1:0",
            "openai.gpt-5.6-sol",
            "ai21.j2-mid-v1",
        ] {
            assert!(refused(id, &json!({})).contains(id), "{id}");
        }
    }

    #[test]
    fn profiles_and_arns_lead_to_the_same_room() {
        let titan = json!({"inputText": "Hi"});
        let id = "arn:aws:bedrock:us-east-1::foundation-model/amazon.titan-text-lite-v1";
        assert!(testing::whole(id, &titan)["results"].is_array());
        let llama = json!({"prompt": "Hi"});
        let id = "arn:aws:bedrock:eu-west-1:123456789012:inference-profile/eu.meta.llama3-2-1b-instruct-v1:0";
        assert!(testing::whole(id, &llama)["generation"].is_string());
    }

    #[test]
    fn a_body_that_is_not_json_is_malformed() {
        let model = ModelId::parse("amazon.titan-text-lite-v1").unwrap();
        let error = answer(&model, &HeaderMap::new(), b"{", false, &Mutex::default()).unwrap_err();
        assert_eq!(
            error.message,
            "Malformed input request, please reformat your input and try again."
        );
    }
}
