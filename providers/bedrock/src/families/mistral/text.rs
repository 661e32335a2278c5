//! The text form of Mistral's first models: a prompt in, text out.
//!
//! Source: AWS's user guide, "Mistral AI text completion".

use reqllm_core::{Call, FinishReason, Fold, Model, Result, Warning};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::prompt;
use crate::json::{self, Text};

#[derive(Serialize)]
struct Request<'a> {
    prompt: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    max_tokens: Option<u32>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    stop: &'a [String],
    #[serde(skip_serializing_if = "Option::is_none")]
    temperature: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    top_p: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    top_k: Option<u32>,
}

/// The body. Without `max_tokens` the model's own default holds: 512 for the 7B and 8x7B models, 8,192 for the others.
pub(super) fn encode(model: &Model, call: &Call, warnings: &mut Vec<Warning>) -> Result<Value> {
    let settings = &call.settings;
    if settings.seed.is_some() {
        call.unsupported(&model.id, "a seed", warnings)?;
    }
    if !call.tools.is_empty() {
        call.unsupported(
            &model.id,
            "tools in its native form, which is a prompt",
            warnings,
        )?;
    }
    let request = Request {
        prompt: prompt::write(model, call, warnings)?,
        max_tokens: settings.max_tokens,
        stop: &settings.stop,
        temperature: settings.temperature,
        top_p: settings.top_p,
        top_k: settings.top_k,
    };
    serde_json::to_value(request).map_err(|error| {
        reqllm_core::Error::invalid_request(format!(
            "the request cannot be written as JSON: {error}"
        ))
    })
}

#[derive(Deserialize)]
struct Answer<'a> {
    #[serde(borrow)]
    outputs: Vec<Output<'a>>,
}

#[derive(Deserialize)]
struct Output<'a> {
    #[serde(borrow, default)]
    text: Text<'a>,
    #[serde(borrow)]
    stop_reason: Option<Text<'a>>,
}

/// Reads a whole answer, or a chunk of a stream: they have the same form.
pub(super) fn read(json: &[u8], fold: &mut Fold) -> Result<()> {
    let answer: Answer<'_> = json::read(json, "Mistral's answer")?;
    fold.start();
    for (index, output) in (0..).zip(answer.outputs) {
        fold.text(index, output.text);
        if let Some(raw) = output.stop_reason {
            fold.stop(finish_reason(&raw), raw.into_string());
        }
    }
    Ok(())
}

/// AWS's user guide: `stop`, or `length` where the answer has reached `max_tokens`. One recorded answer says `max_tokens`.
fn finish_reason(raw: &str) -> FinishReason {
    match raw {
        "stop" => FinishReason::Stop,
        "length" | "max_tokens" => FinishReason::Length,
        _ => FinishReason::Unknown,
    }
}
