//! Native Claude bodies: Anthropic's Messages inside of InvokeModel and its stream.

mod answer;
mod body;
mod citations;
mod model;
mod prompt;
mod rules;
mod thinking;
mod wording;

use serde_json::Value;

use crate::brain::tokens::PromptCache;
use crate::error::ApiError;
use crate::model_id::ModelId;
use crate::native::call::{Asked, Request};
use crate::shape;
pub(crate) use thinking::{ThinkingRequest, thinking_error};

/// What a Messages body asks.
pub(crate) fn ask(request: &Request<'_>) -> Result<Asked, ApiError> {
    let body = read(request.body)?;
    rules::check(&body)?;
    Ok(Asked {
        prompt: prompt::translate(&body, request.dice.clone()),
        meter: prompt::meter(request.body, request.model),
        writer: Box::new(answer::Encoder {
            model: request.model.claude_name().to_owned(),
            quotations: citations::of(&body),
        }),
    })
}

/// The input tokens of a request, cached or not: what CountTokens answers.
pub(crate) fn count(model: &ModelId, body: &[u8]) -> Result<u64, ApiError> {
    let value = parse(body)?;
    rules::check(&read(&value)?)?;
    let usage = prompt::meter(&value, model).settle(&mut PromptCache::default());
    Ok(usage.total())
}

fn parse(body: &[u8]) -> Result<Value, ApiError> {
    serde_json::from_slice(body).map_err(|_| {
        ApiError::validation("Malformed input request, please reformat your input and try again.")
    })
}

/// Checks the shape of a body and reads it.
fn read(value: &Value) -> Result<body::Body, ApiError> {
    if let Some(violation) = shape::check(&model::REQUEST, value).first() {
        return Err(ApiError::validation(wording::message(violation)));
    }
    serde::Deserialize::deserialize(value)
        .map_err(|error: serde_json::Error| ApiError::validation(error.to_string()))
}

#[cfg(test)]
#[path = "tests.rs"]
mod tests;
