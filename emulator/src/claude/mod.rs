//! Native Claude bodies: Anthropic's Messages inside of InvokeModel and its stream.

mod answer;
mod body;
mod model;
mod prompt;
mod rules;
mod thinking;
mod wording;

use std::sync::{Mutex, PoisonError};

use http::HeaderMap;
use serde_json::Value;

use crate::brain::tokens::PromptCache;
use crate::dice::Dice;
use crate::error::ApiError;
use crate::guardrail::Guardrail;
use crate::model_id::ModelId;
use crate::reply::Reply;
use crate::shape;
pub(crate) use thinking::{ThinkingRequest, thinking_error};

/// Answers one request.
pub(crate) fn answer(
    model: &ModelId,
    headers: &HeaderMap,
    body: &[u8],
    streaming: bool,
    cache: &Mutex<PromptCache>,
) -> Result<Reply, ApiError> {
    if !model.may_be_claude() {
        return Err(ApiError::validation(
            "The emulator serves native request bodies for anthropic models only. Use Converse for this model.",
        ));
    }
    let value: Value = serde_json::from_slice(body).map_err(|_| {
        ApiError::validation("Malformed input request, please reformat your input and try again.")
    })?;
    let request = read(&value)?;
    rules::check(&request)?;

    let dice = Dice::new(&[model.id.as_bytes(), body]);
    let prompt = prompt::translate(&request, dice.clone());
    let question = prompt.question();
    let guardrail = guardrail(headers);
    let blocked = guardrail.is_some() && Guardrail::blocks(&question);
    let outcome = (!blocked).then(|| {
        let usage = prompt::meter(&value, model)
            .settle(&mut cache.lock().unwrap_or_else(PoisonError::into_inner));
        (prompt.answer(), usage)
    });
    let guardrail = guardrail.map(|guardrail| {
        (
            blocked,
            guardrail
                .traced
                .then(|| guardrail.invoke_trace(&question, blocked)),
        )
    });
    let encoder = answer::Encoder {
        model,
        outcome,
        guardrail,
        dice,
    };
    let mut reply = if streaming {
        encoder.events()
    } else {
        encoder.whole()
    };
    for name in [
        "x-amzn-bedrock-service-tier",
        "x-amzn-bedrock-performanceconfig-latency",
    ] {
        if let Some(value) = headers.get(name) {
            reply.headers.insert(name, value.clone());
        }
    }
    Ok(reply)
}

/// Checks the shape of a body and reads it.
fn read(value: &Value) -> Result<body::Body, ApiError> {
    if let Some(violation) = shape::check(&model::REQUEST, value).first() {
        return Err(ApiError::validation(wording::message(violation)));
    }
    serde::Deserialize::deserialize(value)
        .map_err(|error: serde_json::Error| ApiError::validation(error.to_string()))
}

/// The guardrail that the headers ask for.
fn guardrail(headers: &HeaderMap) -> Option<Guardrail> {
    let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let trace = header("x-amzn-bedrock-trace").unwrap_or_default();
    Some(Guardrail {
        id: header("x-amzn-bedrock-guardrailidentifier")
            .filter(|id| !id.is_empty())?
            .to_owned(),
        version: header("x-amzn-bedrock-guardrailversion")
            .unwrap_or("DRAFT")
            .to_owned(),
        traced: trace == "ENABLED" || trace == "ENABLED_FULL",
    })
}

#[cfg(test)]
#[path = "tests.rs"]
mod tests;
