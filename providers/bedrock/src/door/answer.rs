//! How the answers behind a door are read: in the dialect's form, or in AWS's where the request did not get as far.

use std::sync::Arc;

use http::header::CONTENT_TYPE;
use http::response::Parts;
use memchr::memmem;
use reqllm_core::{Answer, Delivery, Error, Fold, Reader, Result};
use reqllm_dialects::{Dialect, StreamCodec, answer, chat_completions, messages, responses};
use serde::Deserialize;
use serde_json::Value;

use super::choice::Door;
use crate::error;
use crate::invoke::Envelope;
use crate::options::Api;

/// What is spoken behind a door.
#[derive(Clone, Copy, Debug)]
pub(super) struct Spoken {
    form: Form,
    /// Whether a guardrail may have a word in it.
    guarded: bool,
}

#[derive(Clone, Copy, Debug)]
enum Form {
    Chat(&'static chat_completions::Quirks),
    Responses(&'static responses::Quirks),
    Messages,
}

impl Spoken {
    pub(super) fn of(door: &Door<'_>, guarded: bool) -> Self {
        let form = match door.api {
            Api::Chat => Form::Chat(door.line.chat),
            Api::Responses => Form::Responses(door.speaker()),
            Api::Messages => Form::Messages,
        };
        Self { form, guarded }
    }

    pub(super) fn answer(self, delivery: Delivery) -> Arc<dyn Answer> {
        let dialect: Arc<dyn Dialect> = Arc::new(self);
        let as_asked = answer::read(Arc::clone(&dialect), delivery);
        match delivery {
            Delivery::Stream => Arc::new(MayBeWhole {
                stream: as_asked,
                whole: answer::read(dialect, Delivery::Whole),
            }),
            _ => as_asked,
        }
    }
}

impl Dialect for Spoken {
    fn whole(&self, body: &[u8], fold: &mut Fold) -> Result<()> {
        if let Some(error) = unknown_operation(body) {
            return Err(error);
        }
        match self.form {
            Form::Chat(quirks) => chat_completions::read(quirks, body, fold)?,
            Form::Responses(quirks) => responses::read(quirks, body, fold)?,
            Form::Messages => messages::read(body, fold)?,
        }
        if self.guarded {
            let mut envelope = Envelope::default();
            envelope.read(body, fold)?;
            envelope.end(fold);
        }
        Ok(())
    }

    fn stream(&self) -> Box<dyn StreamCodec> {
        let codec: Box<dyn StreamCodec> = match self.form {
            Form::Chat(quirks) => Box::new(chat_completions::ChatStream::new(quirks)),
            Form::Responses(quirks) => Box::new(responses::ResponsesStream::new(quirks)),
            Form::Messages => Box::<messages::MessagesStream>::default(),
        };
        match self.guarded {
            true => Box::new(Guarded {
                codec,
                envelope: Envelope::default(),
            }),
            false => codec,
        }
    }

    /// AWS's own refusals come from in front of the model: from the signature, the quota, the host. The others are the
    /// dialect's.
    fn refusal(&self, head: &Parts, body: &[u8]) -> Error {
        let error = match is_of_aws(head, body) {
            true => error::refusal(head, body),
            false => match self.form {
                Form::Messages => messages::refusal(head, body),
                _ => chat_completions::refusal(head, body),
            },
        };
        // Source: AWS user guide, "Responses API".
        match error.message().contains("supported on this route") {
            true => error.with_advice("option `mantle_base_path` can say where it is served"),
            false => error,
        }
    }
}

/// Whether a refusal is in AWS's form: it names its code in a header, or has no error in the form of OpenAI or Anthropic.
fn is_of_aws(head: &Parts, body: &[u8]) -> bool {
    if head.headers.contains_key("x-amzn-errortype") {
        return true;
    }
    match serde_json::from_slice::<Value>(body) {
        Ok(body) => body.get("error").is_none(),
        Err(_) => false,
    }
}

/// What the frame behind AWS's hosts says to a path that it does not know, with status 200 at times.
///
/// Source: litellm, of `bedrock-runtime`.
fn unknown_operation(body: &[u8]) -> Option<Error> {
    #[derive(Deserialize)]
    struct Said {
        #[serde(rename = "Output")]
        output: Output,
    }
    #[derive(Deserialize)]
    struct Output {
        #[serde(rename = "__type")]
        code: String,
        #[serde(default)]
        message: String,
    }
    memmem::find(body, b"__type")?;
    let said: Said = serde_json::from_slice(body).ok()?;
    let code = error::bare_code(&said.output.code);
    Some(error::unmodeled(code, &said.output.message))
}

/// A stream, unless the head says that the answer is none.
#[derive(Debug)]
struct MayBeWhole {
    stream: Arc<dyn Answer>,
    whole: Arc<dyn Answer>,
}

impl Answer for MayBeWhole {
    fn open(&self, head: &Parts) -> Result<Box<dyn Reader>> {
        let kind = head.headers.get(CONTENT_TYPE);
        let is_json = kind.is_some_and(|kind| memmem::find(kind.as_bytes(), b"json").is_some());
        match is_json {
            true => self.whole.open(head),
            false => self.stream.open(head),
        }
    }

    fn refuse(&self, head: &Parts, body: &[u8]) -> Error {
        self.stream.refuse(head, body)
    }
}

/// A stream in which a guardrail may have a word.
struct Guarded {
    codec: Box<dyn StreamCodec>,
    envelope: Envelope,
}

impl StreamCodec for Guarded {
    fn chunk(&mut self, json: &[u8], fold: &mut Fold) -> Result<()> {
        self.codec.chunk(json, fold)?;
        self.envelope.read(json, fold)?;
        // Whichever chunk says why it stopped.
        self.envelope.end(fold);
        Ok(())
    }

    fn missing(&self, fold: &Fold) -> Option<&'static str> {
        self.codec.missing(fold)
    }

    fn abandon(&mut self, fold: &mut Fold) {
        self.codec.abandon(fold);
    }
}
