//! A call as a prompt of Llama's.
//!
//! Source: AWS's user guide, "Meta Llama models".

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use reqllm_core::{Call, Error, MediaPart, Model, Result, Source, Warning};
use serde::Serialize;
use serde_json::Value;

use super::template;
use crate::families::turns::{self, Turns};
use crate::media;

pub(super) fn encode(model: &Model, call: &Call, warnings: &mut Vec<Warning>) -> Result<Value> {
    let settings = &call.settings;
    for (given, what) in [
        (settings.seed.is_some(), "a seed"),
        (settings.top_k.is_some(), "top_k"),
        (!settings.stop.is_empty(), "stop sequences"),
    ] {
        if given {
            turns::unsupported(model, call, what, warnings)?;
        }
    }
    turns::refuse_tools(model, call, warnings)?;
    let mut turns = Turns::of(model, call, template::sees(model), warnings)?;
    let template = template::of(model, warnings);
    turns.guard(&template.marks, warnings);
    let images = turns.turns.iter().flat_map(|turn| &turn.images);
    turns::body(&Body {
        prompt: template.prompt(&turns)?,
        max_gen_len: settings.max_tokens,
        temperature: settings.temperature,
        top_p: settings.top_p,
        images: images
            .map(|(part, place)| image(part, place))
            .collect::<Result<_>>()?,
    })
}

#[derive(Serialize)]
struct Body {
    prompt: String,
    /// The service's own default is 512.
    #[serde(skip_serializing_if = "Option::is_none")]
    max_gen_len: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    temperature: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    top_p: Option<f64>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    images: Vec<String>,
}

/// The base64 of a picture.
fn image(part: &MediaPart, place: &str) -> Result<String> {
    media::IMAGE
        .of(&part.media_type)
        .map_err(|why| Error::invalid_request(format!("{place}: {why}")))?;
    match &part.source {
        Source::Data(bytes) => Ok(STANDARD.encode(bytes)),
        Source::Url(_) => Err(Error::invalid_request(format!(
            "{place}: Llama's native body takes `data` or a data: URL; s3:// goes through Converse (`use_converse`)"
        ))),
        _ => Err(Error::invalid_request(format!(
            "{place}: Llama has no such source"
        ))),
    }
}

#[cfg(test)]
mod tests;
