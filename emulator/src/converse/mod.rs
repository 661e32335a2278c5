//! Converse and ConverseStream.

mod answer;
mod model;
mod prompt;
mod request;
mod rules;
mod wording;

use std::sync::{Mutex, PoisonError};

use serde_json::Value;

use crate::brain::tokens::PromptCache;
use crate::dice::Dice;
use crate::error::ApiError;
use crate::guardrail::Guardrail;
use crate::model_id::ModelId;
use crate::reply::Reply;
use crate::shape;

/// Answers one request.
pub(crate) fn answer(
    model: &ModelId,
    body: &[u8],
    streaming: bool,
    cache: &Mutex<PromptCache>,
) -> Result<Reply, ApiError> {
    let value: Value = serde_json::from_slice(body)
        .map_err(|error| ApiError::serialization(format!("Malformed JSON: {error}")))?;
    let request = read(&value, streaming)?;
    rules::check(&request, model)?;

    let dice = Dice::new(&[model.id.as_bytes(), body]);
    let guardrail = request.guardrail_config.as_ref().map(|config| Guardrail {
        id: config.guardrail_identifier.clone(),
        version: config.guardrail_version.clone(),
        traced: matches!(config.trace.as_deref(), Some("enabled" | "enabled_full")),
    });
    let schema = rules::answer_schema(&request)?;
    let prompt = prompt::translate(&request, model, schema, dice.clone());
    let question = prompt.question();
    let blocked = guardrail.is_some() && Guardrail::blocks(&question);
    let outcome = if blocked {
        answer::Outcome::blocked()
    } else {
        let usage = prompt::meter(&value, model)
            .settle(&mut cache.lock().unwrap_or_else(PoisonError::into_inner));
        answer::Outcome::new(prompt.answer(), usage)
    };
    let trace = guardrail
        .filter(|guardrail| guardrail.traced)
        .map(|guardrail| guardrail.converse_trace(&question, blocked));
    let answer = answer::Encoder {
        request: &request,
        outcome,
        trace,
        dice,
    };
    Ok(if streaming {
        answer.events()
    } else {
        answer.whole()
    })
}

/// Checks the shape of a body and reads it.
fn read(value: &Value, streaming: bool) -> Result<request::Request, ApiError> {
    let shape = if streaming {
        &model::STREAM_REQUEST
    } else {
        &model::REQUEST
    };
    if let Some(error) = wording::error(&shape::check(shape, value)) {
        return Err(error);
    }
    serde::Deserialize::deserialize(value)
        .map_err(|error: serde_json::Error| ApiError::serialization(error.to_string()))
}

#[cfg(test)]
#[path = "tests.rs"]
mod tests;
