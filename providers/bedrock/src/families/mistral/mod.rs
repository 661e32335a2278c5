//! Mistral: through Converse, and on request natively, in one of two forms that the model decides.

mod profile;
mod prompt;
mod text;

use bytes::Bytes;
use reqllm_core::{Call, Fold, Model, Result, Warning};
use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::{Map, Value};

use self::profile::{LINES, PROFILE};
use reqllm_dialects::StreamCodec;
use reqllm_dialects::chat_completions::{self, ChatStream, Quirks};

use crate::family::{Codec, Family};
use crate::profile::{Profile, line};
use crate::{json, merge, model_id};

/// AWS's user guide, "Mistral AI text completion": the models that take a prompt. All others take messages.
const TEXT_MODELS: &[&str] = &[
    "mistral.mistral-7b-",
    "mistral.mixtral-8x7b-",
    "mistral.mistral-large-2402-",
    "mistral.mistral-small-2402-",
];

/// AWS's user guide, "Mistral AI chat completion": the members of the body, and `auto`, `any` and `none` as the choice of
/// tools. "Pixtral Large (25.02) parameters and inference": images as data: URLs in `image_url`.
const CHAT: Quirks = Quirks {
    name: "Mistral",
    images: true,
    some_tool: "any",
    ..Quirks::BASE
};

#[derive(Debug)]
pub(super) struct Mistral;

impl Family for Mistral {
    fn name(&self) -> &'static str {
        "mistral"
    }

    fn prefixes(&self) -> &'static [&'static str] {
        &["mistral."]
    }

    fn profile(&self) -> &'static Profile {
        &PROFILE
    }

    fn profile_of(&self, id: &str) -> &'static Profile {
        line(LINES, id).unwrap_or(&PROFILE)
    }

    fn codec(&self) -> Option<&dyn Codec> {
        Some(self)
    }
}

impl Codec for Mistral {
    fn encode(&self, model: &Model, call: &Call, warnings: &mut Vec<Warning>) -> Result<Value> {
        if takes_prompt(model) {
            return text::encode(model, call, warnings);
        }
        let body = self.write(model, call, &[], false, warnings)?;
        json::read(&body, "the body of a call")
    }

    fn write(
        &self,
        model: &Model,
        call: &Call,
        over: &[&Map<String, Value>],
        _streams: bool,
        warnings: &mut Vec<Warning>,
    ) -> Result<Bytes> {
        let room = json::room_for(call);
        if takes_prompt(model) {
            let mut body = text::encode(model, call, warnings)?;
            if let Some(body) = body.as_object_mut() {
                over.iter().for_each(|fields| merge::deep(body, fields));
            }
            return json::write(&body, room);
        }
        let mut body = chat_completions::encode(&CHAT, model, call, warnings)?;
        over.iter().for_each(|fields| body.merge(fields));
        body.write(room)
    }

    fn answer(&self, body: &[u8], fold: &mut Fold) -> Result<()> {
        if has_outputs(body) {
            text::read(body, fold)
        } else {
            chat_completions::read(&CHAT, body, fold)
        }
    }

    fn stream(&self) -> Box<dyn StreamCodec> {
        Box::new(MistralStream(ChatStream::new(&CHAT)))
    }

    /// AWS's user guide advises Converse for these models, and there they all take the same.
    fn by_default(&self) -> bool {
        false
    }
}

fn takes_prompt(model: &Model) -> bool {
    let ids = [
        model.base_model.as_deref(),
        Some(&*model.id),
        model.wire_id.as_deref(),
    ];
    ids.into_iter()
        .flatten()
        .flat_map(model_id::readings)
        .any(|id| TEXT_MODELS.iter().any(|begin| id.starts_with(begin)))
}

/// Whether it is in the text form. The answer says so itself, which holds for models whose id says nothing, too.
fn has_outputs(json: &[u8]) -> bool {
    #[derive(Deserialize)]
    struct Shape {
        outputs: Option<IgnoredAny>,
    }
    json::read(json, "Mistral's answer").is_ok_and(|shape: Shape| shape.outputs.is_some())
}

/// Reads one stream, of either form.
struct MistralStream(ChatStream);

impl StreamCodec for MistralStream {
    fn chunk(&mut self, json: &[u8], fold: &mut Fold) -> Result<()> {
        if has_outputs(json) {
            text::read(json, fold)
        } else {
            self.0.chunk(json, fold)
        }
    }
}

#[cfg(test)]
mod tests;
