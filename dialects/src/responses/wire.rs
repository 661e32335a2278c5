//! What is on the wire of an answer.

use reqllm_core::Fold;
use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;

use super::usage::Counts;
use crate::json::{self, Text};

/// The object `response`: an answer, or what an event says of one.
#[derive(Deserialize)]
pub(super) struct Response<'a> {
    #[serde(borrow, default, deserialize_with = "json::word")]
    pub(super) id: Option<Text<'a>>,
    #[serde(borrow)]
    pub(super) status: Option<Text<'a>>,
    #[serde(borrow)]
    pub(super) output: Option<Vec<&'a RawValue>>,
    #[serde(default, deserialize_with = "json::if_fits")]
    pub(super) usage: Option<Counts>,
    pub(super) error: Option<Value>,
    #[serde(borrow, default, deserialize_with = "json::if_fits")]
    pub(super) incomplete_details: Option<Incomplete<'a>>,
    #[serde(borrow, default, deserialize_with = "json::word")]
    pub(super) service_tier: Option<Text<'a>>,
}

#[derive(Deserialize)]
pub(super) struct Incomplete<'a> {
    #[serde(borrow)]
    pub(super) reason: Option<Text<'a>>,
}

impl Response<'_> {
    /// What is known from the beginning.
    pub(super) fn begin(&self, fold: &mut Fold) {
        fold.start();
        if let Some(id) = &self.id {
            fold.id(&**id);
        }
    }
}

#[derive(Deserialize)]
pub(super) struct Kind<'a> {
    #[serde(borrow, rename = "type", default)]
    pub(super) kind: Text<'a>,
}

impl<'a> Kind<'a> {
    /// The type of an item; empty if it has none.
    pub(super) fn of(raw: &'a RawValue) -> Text<'a> {
        let read = serde_json::from_str(raw.get());
        read.map(|Self { kind }| kind).unwrap_or_default()
    }
}

#[derive(Deserialize)]
pub(super) struct Message<'a> {
    #[serde(borrow)]
    pub(super) content: Vec<&'a RawValue>,
    #[serde(borrow, default, deserialize_with = "json::word")]
    pub(super) phase: Option<Text<'a>>,
}

#[derive(Deserialize)]
pub(super) struct Part<'a> {
    #[serde(borrow, rename = "type", default)]
    pub(super) kind: Text<'a>,
    #[serde(borrow)]
    pub(super) text: Option<Text<'a>>,
    #[serde(borrow)]
    pub(super) refusal: Option<Text<'a>>,
    pub(super) annotations: Option<Vec<Value>>,
}

#[derive(Deserialize)]
pub(super) struct Logprobs {
    pub(super) logprobs: Vec<Value>,
}

#[derive(Deserialize)]
pub(super) struct Thought<'a> {
    #[serde(borrow)]
    pub(super) id: Option<Text<'a>>,
    #[serde(borrow)]
    pub(super) summary: Option<Vec<Said<'a>>>,
    #[serde(borrow)]
    pub(super) content: Option<Vec<Said<'a>>>,
    #[serde(borrow)]
    pub(super) encrypted_content: Option<Text<'a>>,
}

#[derive(Deserialize)]
pub(super) struct Said<'a> {
    #[serde(borrow)]
    pub(super) text: Text<'a>,
}

/// A call without one of these is none that anybody could answer.
#[derive(Deserialize)]
pub(super) struct FunctionCall<'a> {
    #[serde(borrow)]
    pub(super) call_id: Text<'a>,
    #[serde(borrow)]
    pub(super) name: Text<'a>,
    #[serde(borrow, default)]
    pub(super) arguments: Text<'a>,
}
