//! A whole answer of Command R.

use reqllm_core::{Error, FinishReason, Fold, Result};
use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;

use super::{citation, finish_reason};
use crate::json::{self, Text};

/// The same whole, and as `response` in the last event of a stream.
#[derive(Default, Deserialize)]
pub(super) struct Answer<'a> {
    #[serde(borrow)]
    pub(super) response_id: Option<Text<'a>>,
    #[serde(borrow)]
    pub(super) generation_id: Option<Text<'a>>,
    #[serde(borrow)]
    pub(super) text: Option<Text<'a>>,
    #[serde(borrow)]
    pub(super) finish_reason: Option<Text<'a>>,
    #[serde(borrow)]
    pub(super) tool_calls: Option<Vec<ToolCall<'a>>>,
    pub(super) citations: Option<Vec<Value>>,
    pub(super) documents: Option<Value>,
}

/// It has no id.
#[derive(Deserialize)]
pub(super) struct ToolCall<'a> {
    #[serde(borrow)]
    pub(super) name: Text<'a>,
    #[serde(borrow)]
    pub(super) parameters: Option<&'a RawValue>,
}

pub(super) fn read(body: &[u8], fold: &mut Fold) -> Result<()> {
    let mut answer: Answer<'_> = json::read(body, "Cohere's answer")?;
    if answer.text.is_none() && answer.tool_calls.is_none() {
        return Err(
            Error::decode("Cohere's answer has neither `text` nor `tool_calls`")
                .with_provider(crate::ID),
        );
    }
    let text = answer.text.take().unwrap_or_default();
    fold.text(0, &*text);
    for wire in answer.citations.take().unwrap_or_default() {
        citation::tell(wire, &text, fold);
    }
    let calls = answer.tool_calls.take().unwrap_or_default();
    let calls = calls.iter().map(|call| {
        let parameters = call.parameters.map_or("", RawValue::get);
        (&*call.name, parameters)
    });
    let asks = tool_calls(answer.generation_id.as_deref(), calls, fold);
    end(answer, asks, fold);
    Ok(())
}

/// Tells of the calls, and whether there are any.
///
/// The id of the generation makes theirs, so that the same bytes give the same ids, and no two answers of a conversation
/// do.
pub(super) fn tool_calls<'a>(
    generation: Option<&str>,
    calls: impl Iterator<Item = (&'a str, &'a str)>,
    fold: &mut Fold,
) -> bool {
    let mut asks = false;
    for (n, (name, parameters)) in (0..).zip(calls) {
        asks = true;
        let id = match generation {
            Some(generation) => format!("call_{generation}_{n}"),
            None => format!("call_{n}"),
        };
        // The text is the block before them.
        fold.tool_call(n + 1, id, name.to_owned(), parameters);
    }
    asks
}

/// What is left to tell once the content has been told.
pub(super) fn end(answer: Answer<'_>, asks: bool, fold: &mut Fold) {
    if let Some(id) = answer.response_id {
        fold.id(id.into_string());
    }
    if let Some(documents) = answer.documents {
        fold.metadata("documents", documents);
    }
    if let Some(raw) = answer.finish_reason {
        // An answer that asks for tools is complete in Cohere's word.
        let reason = match finish_reason(&raw) {
            FinishReason::Stop if asks => FinishReason::ToolCalls,
            reason => reason,
        };
        fold.stop(reason, raw.into_string());
    }
}
