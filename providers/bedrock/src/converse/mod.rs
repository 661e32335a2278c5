//! Converse and ConverseStream: one body for every model.

mod answer;
mod blocks;
mod request;
mod stream;
mod usage;
mod wire;

use bytes::Bytes;
use http::response::Parts;
use reqllm_core::{Answer, Call, Delivery, Error, Model, Reader, Result, Warning};

use crate::family::Profile;
use crate::options::Read;
use crate::{error, eventstream, whole};

/// The body of a call.
pub(crate) fn encode(
    model: &Model,
    call: &Call,
    options: &Read,
    profile: &Profile,
    delivery: Delivery,
    warnings: &mut Vec<Warning>,
) -> Result<Bytes> {
    request::encode(model, call, options, profile, delivery, warnings)
}

/// Reads the answer.
#[derive(Debug)]
pub(crate) struct ConverseAnswer(pub(crate) Delivery);

impl Answer for ConverseAnswer {
    fn open(&self, head: &Parts) -> Result<Box<dyn Reader>> {
        Ok(match self.0 {
            Delivery::Stream => eventstream::open(head, stream::ConverseEvents::default()),
            _ => whole::open(head, answer::read),
        })
    }

    fn refuse(&self, head: &Parts, body: &[u8]) -> Error {
        error::refusal(head, body)
    }
}
