//! The library's side of `bedrock-mantle`: the dialects that it speaks, fed with recorded bytes.

use std::sync::Arc;

use http::response::Parts;
use reqllm::{Answer, Call, Capability, Delivery, Error, Fold, Result};
use reqllm_dialects::chat_completions::{self, ChatStream};
use reqllm_dialects::responses::speakers::{BEDROCK_MANTLE, FORM};
use reqllm_dialects::responses::{self, Responses};
use reqllm_dialects::{StreamCodec, answer, merge, shape};
use serde_json::{Map, Value};

use crate::decode;
use crate::recording::Recording;
use crate::wire::{Dialect, Wire};

/// What reads the answer of a recording, if it is one of `bedrock-mantle`.
pub(crate) fn answer(recording: &Recording) -> Option<Arc<dyn Answer>> {
    let (dialect, delivery) = match recording.wire {
        Wire::Mantle(dialect) => (dialect, Delivery::Whole),
        Wire::MantleStream(dialect) => (dialect, Delivery::Stream),
        _ => return None,
    };
    let dialect: Arc<dyn reqllm_dialects::Dialect> = match dialect {
        Dialect::ChatCompletions => Arc::new(Chat),
        Dialect::Responses => Arc::new(Responses::new(&BEDROCK_MANTLE)),
    };
    Some(answer::read(dialect, delivery))
}

/// AWS's user guide, "OpenAI models": `max_completion_tokens` limits the answer.
static CHAT: chat_completions::Quirks = chat_completions::Quirks {
    name: "Bedrock",
    max_tokens: "max_completion_tokens",
    ..chat_completions::Quirks::BASE
};

#[derive(Debug)]
struct Chat;

impl reqllm_dialects::Dialect for Chat {
    fn whole(&self, body: &[u8], fold: &mut Fold) -> Result<()> {
        chat_completions::read(&CHAT, body, fold)
    }

    fn stream(&self) -> Box<dyn StreamCodec> {
        Box::new(ChatStream::new(&CHAT))
    }

    fn refusal(&self, head: &Parts, body: &[u8]) -> Error {
        chat_completions::refusal(head, body)
    }
}

/// The body that the library makes of a call. `thinks` says whether the model does: no registry is asked here.
pub(crate) fn encode(
    recording: &Recording,
    dialect: Dialect,
    call: &Call,
    thinks: bool,
) -> Result<Map<String, Value>> {
    let mut model = decode::model(recording);
    model.capabilities = model.capabilities.with(Capability::Reasoning, thinks);
    let mut warnings = Vec::new();
    match dialect {
        Dialect::ChatCompletions => chat_completions::encode(&CHAT, &model, call, &mut warnings),
        Dialect::Responses => {
            let profile = BEDROCK_MANTLE.profile();
            let wishes = shape::Wishes::default();
            let shaped = shape::shape(&model, call, &wishes, &profile, &FORM, &mut warnings)?;
            let wishes = responses::Wishes::default();
            let quirks = &BEDROCK_MANTLE;
            let mut body = responses::encode(quirks, &model, &shaped.call, &wishes, &mut warnings)?;
            merge::deep(&mut body, &shaped.fields);
            Ok(body)
        }
    }
}
