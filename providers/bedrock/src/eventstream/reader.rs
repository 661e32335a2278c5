//! Events out of an event stream.

use bytes::Bytes;
use reqllm_core::{Error, Fold, Reader, Result};
use reqllm_dialects::answer::check_encoding;

use super::frames::Frames;
use super::headers::Headers;
use super::no_stream::{NoStream, is_promised};
use crate::error;
use crate::head::Head;

/// The most that is read of a stream in all. A million tokens, each in an event of its own, have a third of it.
const MAX_STREAM: usize = 1024 * 1024 * 1024;

/// Makes sense of the events of one kind of stream.
pub(crate) trait Events: Send {
    /// Takes one event.
    fn event(&mut self, event_type: &str, payload: &[u8], fold: &mut Fold) -> Result<()>;

    /// The stream has ended: what is still missing of it.
    fn end(&mut self, fold: &mut Fold) -> Option<&'static str>;

    /// The stream is given up: what was held back goes into the fold; see [`Reader::abandon`].
    fn abandon(&mut self, _fold: &mut Fold) {}
}

/// Reads an event stream.
pub(crate) struct StreamReader<E> {
    frames: Frames,
    events: E,
    last: LastEvent,
    head: Head,
    begun: bool,
    /// How many bytes have come.
    length: usize,
}

impl<E: Events> StreamReader<E> {
    pub(crate) fn new(events: E) -> Self {
        Self {
            frames: Frames::default(),
            events,
            last: LastEvent::default(),
            head: Head::default(),
            begun: false,
            length: 0,
        }
    }
}

impl<E: Events> StreamReader<E> {
    /// Tells of the head, before anything else; of an empty body as well.
    fn begin(&mut self, fold: &mut Fold) {
        if !std::mem::replace(&mut self.begun, true) {
            self.head.tell(fold);
        }
    }

    fn take(&mut self, chunk: Bytes, fold: &mut Fold) -> Result<()> {
        self.length = self.length.saturating_add(chunk.len());
        if self.length > MAX_STREAM {
            return Err(Error::decode(format!(
                "the stream has more than {MAX_STREAM} bytes; what came before is in the partial response"
            ))
            .with_provider(crate::ID));
        }
        self.frames.push(chunk);
        while let Some(frame) = self.frames.next_frame()? {
            let (headers, payload) = (frame.headers(), frame.payload());
            if !self.last.has(headers) {
                self.last.take(headers, event_type(headers, payload)?);
            }
            self.events.event(&self.last.event_type, payload, fold)?;
            fold.check_bounds()?;
        }
        Ok(())
    }
}

impl<E: Events> Reader for StreamReader<E> {
    fn read(&mut self, chunk: Bytes, fold: &mut Fold) -> Result<()> {
        self.begin(fold);
        self.take(chunk, fold)
            .map_err(|error| self.head.name(error))
    }

    fn end(&mut self, fold: &mut Fold) -> Result<()> {
        self.begin(fold);
        let missing = self.events.end(fold);
        let broken = |what: &str| {
            let error = Error::stream(format!(
                "the stream ended early: {what}; what arrived is in the partial response"
            ));
            Err(self
                .head
                .name(error.with_provider(crate::ID).set_retryable(true)))
        };
        if self.frames.left_over() > 0 {
            return broken("its last frame is cut off");
        }
        match missing {
            Some(missing) => broken(missing),
            None => Ok(()),
        }
    }

    fn abandon(&mut self, fold: &mut Fold) {
        self.events.abandon(fold);
    }
}

/// Opens a reader of `events`, or of the complaint of somebody who is not Bedrock; an error if the body is encoded.
pub(crate) fn open<E: Events + 'static>(
    head: &http::response::Parts,
    events: E,
) -> Result<Box<dyn Reader>> {
    check_encoding(head)?;
    if is_promised(head) {
        let mut reader = StreamReader::new(events);
        reader.head = Head::of(head);
        Ok(Box::new(reader))
    } else {
        Ok(Box::new(NoStream::new(head)))
    }
}

/// What the headers of the last event told. Most events of a stream have the same.
#[derive(Default)]
struct LastEvent {
    headers: Vec<u8>,
    event_type: String,
}

impl LastEvent {
    /// Whether it had the same headers. It had some, if there was one: no event is without a type.
    fn has(&self, headers: Headers<'_>) -> bool {
        !self.headers.is_empty() && self.headers == headers.as_bytes()
    }

    fn take(&mut self, headers: Headers<'_>, event_type: &str) {
        self.headers.clear();
        self.headers.extend_from_slice(headers.as_bytes());
        self.event_type.clear();
        self.event_type.push_str(event_type);
    }
}

/// The type of an event; an error if it is none.
fn event_type<'a>(headers: Headers<'a>, payload: &[u8]) -> Result<&'a str> {
    let text = |name| headers.text(name);
    match text(":message-type") {
        // Seen with gateways, and told in litellm's stream decoder: an exception that says that it is an event.
        Some("event") => match text(":event-type").unwrap_or_default() {
            name if name.ends_with("Exception") => Err(error::in_stream(name, payload)),
            event => Ok(event),
        },
        Some("exception") => {
            let name = text(":exception-type").unwrap_or("exception");
            Err(error::in_stream(name, payload))
        }
        Some("error") => {
            let code = text(":error-code").unwrap_or("UnknownError");
            let message = text(":error-message").unwrap_or_default();
            Err(error::unmodeled(code, message))
        }
        _ => Err(
            Error::decode("a message of the event stream has no :message-type that is known")
                .with_provider(crate::ID),
        ),
    }
}

#[cfg(test)]
mod tests;
