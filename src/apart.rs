//! Calls so large that to put them into a request keeps a thread busy for long: it is done where threads may be busy.
//!
//! Base64 and JSON of a twenty-megabyte document take tens of milliseconds, in which nothing else would run on the thread of a
//! runtime. Bodies are hashed likewise, by the transport.

use reqllm_core::{Call, Delivery, Exchange, Part, Result, Source, Task, TokenCount, ToolContent};
use reqllm_transport::{HEAVY, apart};
use serde_json::Value;

use crate::{Chat, CountCall};

impl Chat {
    /// The request, which is made on another thread if it is a heavy one.
    pub(crate) async fn exchange_in_place(&self, delivery: Delivery) -> Result<Exchange> {
        if !is_heavy(&self.call) {
            return self.exchange(delivery);
        }
        let chat = self.clone();
        Box::pin(apart(move || chat.exchange(delivery))).await?
    }

    /// The same, of a call that nobody else has: what is said is lent to the other thread, and not copied.
    pub(crate) async fn exchange_of_mine(&mut self, delivery: Delivery) -> Result<Exchange> {
        if !is_heavy(&self.call) {
            return self.exchange(delivery);
        }
        let messages = std::mem::take(&mut self.call.messages);
        let mut chat = self.clone();
        chat.call.messages = messages;
        let made = apart(move || (chat.exchange(delivery), chat.call.messages));
        let (exchange, messages) = Box::pin(made).await?;
        self.call.messages = messages;
        exchange
    }
}

impl CountCall {
    /// The request, which is made on another thread if it is a heavy one.
    pub(crate) async fn task_in_place(&self) -> Result<Task<TokenCount>> {
        if !is_heavy(&self.chat.call) {
            return self.task();
        }
        let count = self.clone();
        Box::pin(apart(move || count.task())).await?
    }
}

/// Whether what is said is so much that its request is heavy. Few calls are looked at to their end that are.
fn is_heavy(call: &Call) -> bool {
    let mut said = Said(0);
    let mut parts = call.messages.iter().flat_map(|message| &message.content);
    parts.any(|part| said.part(part))
}

/// Bytes of media and text.
struct Said(usize);

impl Said {
    /// Adds so many; whether it is enough.
    fn bytes(&mut self, bytes: usize) -> bool {
        self.0 = self.0.saturating_add(bytes);
        self.0 >= HEAVY
    }

    fn part(&mut self, part: &Part) -> bool {
        match part {
            Part::Text(part) => self.bytes(part.text.len()),
            Part::Image(part) | Part::Video(part) | Part::Audio(part) => self.source(&part.source),
            Part::Document(part) => {
                self.bytes(part.context.as_ref().map_or(0, String::len));
                self.source(&part.source)
            }
            Part::Reasoning(part) => {
                self.bytes(part.redacted.as_ref().map_or(0, String::len));
                self.bytes(part.text.len())
            }
            Part::ToolCall(part) => self.value(&part.arguments),
            Part::ToolResult(part) => match &part.content {
                ToolContent::Text(text) => self.bytes(text.len()),
                ToolContent::Json(value) => self.value(value),
                ToolContent::Parts(parts) => parts.iter().any(|part| self.part(part)),
                _ => false,
            },
            Part::Unknown(part) => self.value(&part.raw),
            _ => false,
        }
    }

    /// A `data:` URL is its data.
    fn source(&mut self, source: &Source) -> bool {
        self.bytes(match source {
            Source::Data(data) => data.len(),
            Source::Url(url) => url.len(),
            _ => 0,
        })
    }

    fn value(&mut self, value: &Value) -> bool {
        match value {
            Value::String(text) => self.bytes(text.len()),
            Value::Array(items) => items.iter().any(|item| self.value(item)),
            Value::Object(fields) => fields
                .iter()
                .any(|(name, value)| self.bytes(name.len()) || self.value(value)),
            // Some digits.
            _ => self.bytes(size_of::<u64>()),
        }
    }
}
