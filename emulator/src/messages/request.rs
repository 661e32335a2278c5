//! One request to a model: its body, read and checked, and the answer to it.

use std::sync::{Mutex, PoisonError};

use http::{HeaderMap, StatusCode};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::betas::{self, Betas};
use super::door::Endpoint;
use super::error::invalid;
use super::models::{self, Model};
use super::version::Version;
use super::{Door, answer, error, rules, schema};
use crate::BEDROCK;
use crate::brain::tokens::PromptCache;
use crate::claude::body::Body;
use crate::claude::place::Ids;
use crate::claude::{self, Place};
use crate::dice::Dice;
use crate::error::ApiError;
use crate::native::call::Answered;
use crate::reply::Reply;

/// A body that may be answered.
pub(super) struct Request {
    door: Door,
    /// None if another vendor serves the model.
    model: Option<&'static Model>,
    betas: Betas,
    value: Value,
    body: Body,
    pub(super) extras: Extras,
    dice: Dice,
}

/// What a body says on these paths, and not inside of InvokeModel.
#[derive(Debug, Deserialize)]
pub(super) struct Extras {
    pub(super) model: String,
    pub(super) stream: Option<bool>,
    pub(super) metadata: Option<Metadata>,
    pub(super) service_tier: Option<String>,
    pub(super) speed: Option<String>,
    pub(super) inference_geo: Option<String>,
    pub(super) context_management: Option<Value>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Metadata {
    pub(super) user_id: Option<String>,
}

#[derive(Serialize)]
struct Count {
    input_tokens: u64,
}

impl Request {
    /// Reads and checks a body, which is to be answered, or whose tokens are to be counted.
    pub(super) fn read(
        door: Door,
        version: Version,
        headers: &HeaderMap,
        bytes: &[u8],
        counts: bool,
    ) -> Result<Self, ApiError> {
        let value: Value = serde_json::from_slice(bytes)
            .map_err(|error| invalid(format!("The request body is not valid JSON: {error}")))?;
        let Some(name) = value.get("model").filter(|it| !it.is_null()) else {
            return Err(invalid(match value.is_object() {
                true => "model: Field required",
                false => "Input should be a valid dictionary",
            }));
        };
        let Some(name) = name.as_str() else {
            return Err(invalid("model: Input should be a valid string"));
        };
        let (door, model) = models::of(door, name)?;
        if counts && door == Door::Bedrock(Endpoint::Runtime) {
            // AWS names the path for bedrock-mantle alone.
            return Err(error::not_found("Not Found"));
        }
        let betas = match model {
            Some(_) => Betas::of(door, headers)?,
            None => Betas::none(),
        };
        let shape = match counts {
            true => &schema::COUNT,
            false => &schema::MESSAGES,
        };
        if model.is_some() {
            rules::unserved(&value)?;
        }
        let place = place(door, model, &betas, name, counts);
        let body = claude::read(shape, &value, &place).map_err(said)?;
        let extras = Extras::deserialize(&value).map_err(|error| invalid(error.to_string()))?;
        if let Some(model) = model {
            version.check(door, model, &value)?;
            rules::check(&rules::Case {
                door,
                model,
                betas: &betas,
                body: &body,
                extras: &extras,
            })?;
        }
        Ok(Self {
            door,
            model,
            betas,
            body,
            extras,
            dice: Dice::new(&[name.as_bytes(), asked(&value).as_bytes()]),
            value,
        })
    }

    /// The input tokens, cached or not.
    pub(super) fn count(&self) -> Result<Reply, ApiError> {
        let input_tokens =
            claude::count_at(&self.place(true), &self.body, &self.value).map_err(said)?;
        Ok(Reply::json(StatusCode::OK, &Count { input_tokens }))
    }

    pub(super) fn answer(&self, cache: &Mutex<PromptCache>) -> Result<Reply, ApiError> {
        let asked = claude::ask_at(
            &self.place(false),
            &self.body,
            &self.value,
            self.dice.clone(),
        )
        .map_err(said)?;
        let mut cache = cache.lock().unwrap_or_else(PoisonError::into_inner);
        let mut answered = Answered {
            answer: asked.prompt.answer(),
            usage: asked.meter.settle(&mut cache),
            dice: self.dice.clone(),
            guarded: false,
        };
        drop(cache);
        let thought = answered.answer.thoughts();
        asked.writer.count(&mut answered);
        if self.body.max_tokens == Some(0) {
            answered.answer.tokens = 0;
        }
        let note = answer::Note {
            thought,
            extras: &self.extras,
        };
        Ok(if self.extras.stream == Some(true) {
            note.stream(asked.writer.events(&answered))
        } else {
            note.whole(asked.writer.whole(&answered))
        })
    }

    fn place(&self, counts: bool) -> Place<'_> {
        place(
            self.door,
            self.model,
            &self.betas,
            &self.extras.model,
            counts,
        )
    }
}

/// What a body asks for, whether the answer is to come whole or in a stream: it is the same one.
fn asked(body: &Value) -> String {
    let mut body = body.clone();
    if let Some(body) = body.as_object_mut() {
        body.shift_remove("stream");
    }
    body.to_string()
}

fn place<'a>(
    door: Door,
    model: Option<&'static Model>,
    betas: &Betas,
    asked: &'a str,
    counts: bool,
) -> Place<'a> {
    let manners = model.map(|model| model.manners);
    Place {
        speaker: match (door, model) {
            (Door::Bedrock(_), _) => BEDROCK,
            (Door::Anthropic, Some(_)) => "Anthropic",
            (Door::Anthropic, None) => "Anthropic-compatible",
        },
        name: model.map_or(asked, |model| model.called(asked)),
        cache: model.map_or(asked, |model| model.called(asked)),
        ids: match door {
            Door::Anthropic => Ids::ANTHROPIC,
            Door::Bedrock(_) => Ids::BEDROCK,
        },
        strict_members: model.is_some(),
        verifies: model.is_some(),
        forced_while_thinking: manners.is_none_or(|it| it.forced_while_thinking),
        budget_beyond_answer: counts || betas.has(betas::INTERLEAVED_THINKING),
        prefill: manners.is_none_or(|it| it.prefill),
        omits_thinking: manners.is_some_and(|it| it.omits_thinking),
    }
}

/// The rules of Claude's bodies, in Anthropic's words: only the name of the error is another.
fn said(error: ApiError) -> ApiError {
    invalid(error.message)
}
