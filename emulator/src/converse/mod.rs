//! Converse and ConverseStream.

mod answer;
mod families;
mod guard;
pub(crate) mod model;
mod outcome;
mod prompt;
mod request;
mod rules;
mod sniff;
pub(crate) mod wording;

use std::sync::{Mutex, PoisonError};

use serde_json::Value;

use crate::brain::tokens::PromptCache;
use crate::dice::Dice;
use crate::error::ApiError;
use crate::model_id::ModelId;
use crate::reply::Reply;
use crate::shape;
use families::Family;
use outcome::{Manner, Outcome};
pub(crate) use prompt::in_prefix_order;
pub(crate) use request::{S3Location, ToolChoice, ToolSpec, ToolUse};
pub(crate) use rules::strict_schema_error;

/// Answers one request.
pub(crate) fn answer(
    model: &ModelId,
    body: &[u8],
    streaming: bool,
    cache: &Mutex<PromptCache>,
) -> Result<Reply, ApiError> {
    let mut value: Value = serde_json::from_slice(body)
        .map_err(|error| ApiError::serialization(format!("Malformed JSON: {error}")))?;
    // The model is in the path. A member of its name, which some clients leave in the body, is ignored.
    if let Some(members) = value.as_object_mut() {
        members.remove("modelId");
    }
    let request = read(&value, streaming)?;
    let family = Family::of(model);
    let case = rules::Case {
        request: &request,
        model,
        family,
        streaming,
    };
    rules::check(&case)?;
    if family.has(families::Quirk::SniffsImages)
        && let Some(message) = sniff::wrong_image(&request)
    {
        return sniff::refusal(message, streaming);
    }

    let dice = Dice::new(&[model.id.as_bytes(), body]);
    let schema = rules::answer_schema(&request)?.or_else(|| {
        let native = request.extra("output_config")?.get("format")?;
        native.get("schema").cloned()
    });
    let prompt = prompt::translate(&request, family, schema, dice.clone());
    let question = prompt.question();
    let guard = guard::Guard::of(&request, &question, streaming);
    let mut outcome = if guard.as_ref().is_some_and(|guard| guard.blocks()) {
        Outcome::blocked()
    } else {
        let usage = prompt::meter(&value, model)
            .settle(&mut cache.lock().unwrap_or_else(PoisonError::into_inner));
        let manner = Manner {
            request: &request,
            family,
            streaming,
            question: &question,
            dice: &dice,
        };
        Outcome::new(prompt.answer(), usage, &manner)
    };
    let trace = guard.as_ref().and_then(|guard| guard.look_at(&mut outcome));
    let answer = answer::Encoder {
        request: &request,
        outcome,
        trace,
        withheld: guard.is_some_and(|guard| guard.withholds()),
        dice,
    };
    Ok(if streaming {
        answer.events()
    } else {
        answer.whole()
    })
}

/// The input tokens of a request, cached or not: what CountTokens answers.
pub(crate) fn count(model: &ModelId, body: &Value) -> Result<u64, ApiError> {
    let request = read(body, false)?;
    rules::check(&rules::Case {
        request: &request,
        model,
        family: Family::of(model),
        streaming: false,
    })?;
    let usage = prompt::meter(body, model).settle(&mut PromptCache::default());
    Ok(usage.total())
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
mod tests;
