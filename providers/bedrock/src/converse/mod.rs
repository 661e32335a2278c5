//! Converse and ConverseStream: one body for every model.

#[cfg(test)]
mod alike;
mod answer;
mod blocks;
mod countable;
mod delta;
mod document_name;
mod plain;
mod request;
mod stream;
mod usage;
mod wire;

use bytes::Bytes;
use http::response::Parts;
use reqllm_core::{Answer, Call, Delivery, Error, Fold, Model, Reader, Result, Warning};

pub(crate) use self::stream::ConverseEvents;

use crate::options::Read;
use crate::profile::Profile;
use serde_json::{Map, Value};

use crate::{error, eventstream, whole};

/// The body of a call.
pub(crate) fn encode(
    model: &Model,
    call: &Call,
    options: &Read,
    profile: &Profile,
    fields: Map<String, Value>,
    delivery: Delivery,
    warnings: &mut Vec<Warning>,
) -> Result<Bytes> {
    request::encode(model, call, options, profile, fields, delivery, warnings)
}

/// What is said and which tools there are: `system`, `messages` and `toolConfig`, for native bodies of the same form.
pub(crate) fn conversation(
    model: &Model,
    call: &Call,
    profile: &Profile,
    warnings: &mut Vec<Warning>,
) -> Result<Value> {
    request::conversation(model, call, profile, warnings)
}

/// Reads a whole answer in Converse's form that is none of Converse.
pub(crate) fn read(body: &[u8], fold: &mut Fold) -> Result<()> {
    answer::read(body, fold).map(|_| ())
}

/// The body of CountTokens for a call: what of Converse's body is input of the model.
pub(crate) fn countable(
    model: &Model,
    call: &Call,
    options: &Read,
    profile: &Profile,
    fields: Map<String, Value>,
    warnings: &mut Vec<Warning>,
) -> Result<Bytes> {
    let body = encode(
        model,
        call,
        options,
        profile,
        fields,
        Delivery::Whole,
        warnings,
    )?;
    countable::of(&body)
}

/// Reads the answer.
#[derive(Debug)]
pub(crate) struct ConverseAnswer {
    pub(crate) delivery: Delivery,
    pub(crate) profile: &'static Profile,
}

impl Answer for ConverseAnswer {
    fn open(&self, head: &Parts) -> Result<Box<dyn Reader>> {
        match self.delivery {
            Delivery::Stream => eventstream::open(head, ConverseEvents::new(self.profile)),
            _ => whole::open(head, answer::read_whole),
        }
    }

    fn refuse(&self, head: &Parts, body: &[u8]) -> Error {
        error::refusal(head, body)
    }
}
