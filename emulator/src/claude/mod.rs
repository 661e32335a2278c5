//! Claude's bodies: Anthropic's Messages, inside of InvokeModel and its stream.
//!
//! What is the same wherever such a body comes in is here; Anthropic's own paths are in [`crate::messages`], which says in a
//! [`Place`] what is different there.

mod answer;
pub(crate) mod body;
mod citations;
pub(crate) mod model;
pub(crate) mod place;
mod prompt;
mod rules;
mod thinking;
mod wording;

use serde_json::Value;

use crate::brain::tokens::PromptCache;
use crate::dice::Dice;
use crate::error::ApiError;
use crate::model_id::ModelId;
use crate::native::call::{Asked, Request};
use crate::shape::{self, Problem, Shape};
pub(crate) use place::Place;
pub(crate) use thinking::{ThinkingRequest, thinking_error};

/// What a Messages body asks.
pub(crate) fn ask(request: &Request<'_>) -> Result<Asked, ApiError> {
    let place = Place::native(request.model);
    let body = read(&model::REQUEST, request.body, &place)?;
    ask_at(&place, &body, request.body, request.dice.clone())
}

/// What a body asks that has been read, at a place where such bodies come in. `value` is the same body as it arrived.
pub(crate) fn ask_at(
    place: &Place<'_>,
    body: &body::Body,
    value: &Value,
    dice: Dice,
) -> Result<Asked, ApiError> {
    rules::check(body, place)?;
    Ok(Asked {
        prompt: prompt::translate(place.speaker, body, dice),
        meter: prompt::meter(value, place.cache),
        writer: Box::new(answer::Encoder {
            model: place.name.to_owned(),
            ids: place.ids,
            quotations: citations::of(body),
            one_call: body
                .tool_choice
                .as_ref()
                .is_some_and(body::ToolChoice::one_at_a_time),
            omits_thinking: body.omits_thinking(place),
        }),
    })
}

/// The input tokens of a request, cached or not: what CountTokens answers.
pub(crate) fn count(model: &ModelId, body: &[u8]) -> Result<u64, ApiError> {
    let value = parse(body)?;
    let place = Place::native(model);
    count_at(&place, &read(&model::REQUEST, &value, &place)?, &value)
}

/// The same for a body that has been read.
pub(crate) fn count_at(
    place: &Place<'_>,
    body: &body::Body,
    value: &Value,
) -> Result<u64, ApiError> {
    rules::check(body, place)?;
    let usage = prompt::meter(value, place.cache).settle(&mut PromptCache::default());
    Ok(usage.total())
}

fn parse(body: &[u8]) -> Result<Value, ApiError> {
    serde_json::from_slice(body).map_err(|_| {
        ApiError::validation("Malformed input request, please reformat your input and try again.")
    })
}

/// Checks the shape of a body and reads it.
pub(crate) fn read(
    shape: &Shape,
    value: &Value,
    place: &Place<'_>,
) -> Result<body::Body, ApiError> {
    let violations = shape::check(shape, value);
    let matters =
        |problem: &Problem| place.strict_members || !matches!(problem, Problem::Unknown { .. });
    if let Some(violation) = violations.iter().find(|it| matters(&it.problem)) {
        return Err(ApiError::validation(wording::message(violation)));
    }
    serde::Deserialize::deserialize(value)
        .map_err(|error: serde_json::Error| ApiError::validation(error.to_string()))
}

#[cfg(test)]
#[path = "tests.rs"]
mod tests;
