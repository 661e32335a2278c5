//! The dialects that several providers speak, as they are read over HTTP: whole, and as server-sent events.

use std::sync::{Arc, LazyLock};

use http::response::Parts;
use reqllm_core::{Answer, Delivery, Error, Fold, Result};
use reqllm_dialects::chat_completions::{self, ChatStream, Tag};
use reqllm_dialects::messages::{self, MessagesStream};
use reqllm_dialects::responses::Responses;
use reqllm_dialects::responses::speakers;
use reqllm_dialects::{Dialect, StreamCodec, answer};
use serde_json::Value;

use crate::{check, cut, read};

/// A dialect, in both forms of delivery.
pub struct Spoken {
    whole: Arc<dyn Answer>,
    stream: Arc<dyn Answer>,
}

/// OpenAI's Responses.
pub static RESPONSES: LazyLock<Spoken> =
    LazyLock::new(|| Spoken::of(Responses::new(&speakers::OPENAI)));

/// OpenAI's Chat Completions, with reasoning between tags.
pub static CHAT_COMPLETIONS: LazyLock<Spoken> = LazyLock::new(|| Spoken::of(Chat));

/// Anthropic's Messages.
pub static MESSAGES: LazyLock<Spoken> = LazyLock::new(|| Spoken::of(Claude));

const QUIRKS: chat_completions::Quirks = chat_completions::Quirks {
    name: "Acme",
    reasoning: Some(Tag {
        open: "<think>",
        close: "</think>",
    }),
    ..chat_completions::Quirks::BASE
};

#[derive(Debug)]
struct Chat;

impl Dialect for Chat {
    fn whole(&self, body: &[u8], fold: &mut Fold) -> Result<()> {
        chat_completions::read(&QUIRKS, body, fold)
    }

    fn stream(&self) -> Box<dyn StreamCodec> {
        Box::new(ChatStream::new(&QUIRKS))
    }

    fn refusal(&self, head: &Parts, body: &[u8]) -> Error {
        chat_completions::refusal(head, body)
    }
}

#[derive(Debug)]
struct Claude;

impl Dialect for Claude {
    fn whole(&self, body: &[u8], fold: &mut Fold) -> Result<()> {
        messages::read(body, fold)
    }

    fn stream(&self) -> Box<dyn StreamCodec> {
        Box::new(MessagesStream::default())
    }

    fn refusal(&self, head: &Parts, body: &[u8]) -> Error {
        chat_completions::refusal(head, body)
    }
}

impl Spoken {
    fn of(dialect: impl Dialect + 'static) -> Self {
        let dialect: Arc<dyn Dialect> = Arc::new(dialect);
        Self {
            whole: answer::read(Arc::clone(&dialect), Delivery::Whole),
            stream: answer::read(dialect, Delivery::Stream),
        }
    }

    /// Reads a text as a whole answer, and line by line as the events of a stream; and these once more with white space in
    /// front of each JSON, which readers of plain events leave alone.
    pub fn hear(&self, text: &str) {
        let seed = 1 + text.len() as u8 % 255;
        let whole = read(&*self.whole, [text.as_bytes()]);
        check(&whole, text.len());
        whole.assert_same(&read(&*self.whole, cut(text.as_bytes(), seed)));
        let bytes = sse(text.lines(), "");
        let plain = read(&*self.stream, [&bytes[..]]);
        check(&plain, bytes.len());
        plain.assert_same(&read(&*self.stream, cut(&bytes, seed)));
        let spaced = read(&*self.stream, [&sse(text.lines(), " ")[..]]);
        assert_eq!(plain.response, spaced.response);
        assert_eq!(plain.events, spaced.events);
        assert_eq!(plain.error.is_some(), spaced.error.is_some());
    }

    /// Reads a whole answer, and the events that tell the same: both come to the same.
    pub fn both(&self, answer: &Value, events: &[Value]) {
        let body = answer.to_string();
        let whole = read(&*self.whole, [body.as_bytes()]);
        if whole.error.is_some() {
            return;
        }
        let events: Vec<String> = events.iter().map(Value::to_string).collect();
        let bytes = sse(events.iter().map(String::as_str), "");
        let streamed = read(&*self.stream, [&bytes[..]]);
        assert_eq!(streamed.error, None);
        assert_eq!(whole.response.message, streamed.response.message);
        assert_eq!(whole.response.usage, streamed.response.usage);
        assert_eq!(
            whole.response.finish_reason,
            streamed.response.finish_reason
        );
    }
}

/// Lines as server-sent events, with something in front of each.
fn sse<'a>(lines: impl Iterator<Item = &'a str>, front: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    for line in lines {
        bytes.extend_from_slice(format!("data: {front}{line}\n\n").as_bytes());
    }
    bytes
}

/// A text in pieces of three letters.
pub fn pieces(text: &str) -> Vec<String> {
    let letters: Vec<char> = text.chars().collect();
    letters.chunks(3).map(|it| it.iter().collect()).collect()
}
