//! AWS's binary event stream: from bytes, cut anywhere, to messages.
//!
//! `aws-smithy-eventstream` decodes the frames. This room decides when there is a whole one: it checks the prelude's
//! checksum before it trusts a length, and refuses lengths that no frame of Bedrock can have, so that a damaged length
//! neither stalls the stream nor fills the memory.
//!
//! Source of the layout: the Amazon event stream specification; of the limits: botocore and aws-c-event-stream.

use aws_smithy_eventstream::frame::read_message_from;
use aws_smithy_types::event_stream::{Header, HeaderValue, Message};
use bytes::{Buf, Bytes, BytesMut};
use http::header::CONTENT_TYPE;
use reqllm_core::{Error, Fold, Reader, Result};
use serde::Deserialize;

use crate::error;
use crate::head::Head;

/// The content type of an event stream.
const MEDIA_TYPE: &str = "application/vnd.amazon.eventstream";

/// Total length, length of the headers, checksum of these two.
const PRELUDE: usize = 12;
/// What a frame without headers and payload has: the prelude and the checksum of the message.
const MIN_FRAME: usize = PRELUDE + 4;
const MAX_FRAME: usize = 24 * 1024 * 1024 + MAX_HEADERS + MIN_FRAME;
const MAX_HEADERS: usize = 128 * 1024;
/// The most that is read of a stream in all. A million tokens, each in an event of its own, have a third of it.
const MAX_STREAM: usize = 1024 * 1024 * 1024;

/// Cuts frames out of bytes that arrive in pieces.
#[derive(Default)]
struct Frames {
    /// The beginning of a frame whose rest has not arrived.
    buffer: BytesMut,
}

impl Frames {
    /// Adds a piece.
    fn push(&mut self, chunk: &[u8]) {
        self.buffer.extend_from_slice(chunk);
    }

    /// The next whole message, if it is there.
    fn next(&mut self) -> Result<Option<Message>> {
        let Some(length) = frame_length(&self.buffer)? else {
            return Ok(None);
        };
        if self.buffer.len() < length {
            // A checked length: room for the rest of this frame and nothing more.
            self.buffer.reserve(length - self.buffer.len());
            return Ok(None);
        }
        let frame = self.buffer.split_to(length).freeze();
        read_message_from(frame).map(Some).map_err(|error| {
            Error::stream(format!("a frame of the event stream is damaged: {error}"))
                .with_provider(crate::ID)
                .set_retryable(true)
                .with_source(error)
        })
    }

    fn left_over(&self) -> usize {
        self.buffer.len()
    }
}

/// The length of the frame at the front, once its prelude is there and proves to be whole.
fn frame_length(bytes: &[u8]) -> Result<Option<usize>> {
    let Some(mut prelude) = bytes.get(..PRELUDE) else {
        return Ok(None);
    };
    let expected = crc32fast::hash(&prelude[..8]);
    let total = prelude.get_u32() as usize;
    let headers = prelude.get_u32() as usize;
    let damaged = |what: String| {
        Error::stream(format!("a frame of the event stream is damaged: {what}"))
            .with_provider(crate::ID)
            .set_retryable(true)
    };
    if prelude.get_u32() != expected {
        return Err(damaged(
            "the checksum of its prelude does not match".to_owned(),
        ));
    }
    if !(MIN_FRAME..=MAX_FRAME).contains(&total) {
        return Err(damaged(format!(
            "it claims {total} bytes; {MIN_FRAME} to {MAX_FRAME} are possible"
        )));
    }
    if headers > MAX_HEADERS || headers > total - MIN_FRAME {
        return Err(damaged(format!(
            "it claims {headers} bytes of headers in {total} bytes"
        )));
    }
    Ok(Some(total))
}

/// What a message is.
enum Kind<'a> {
    Event(&'a str),
    Exception(&'a str),
    Error {
        code: &'a str,
        message: &'a str,
    },
    /// No type that the specification knows.
    Unknown,
}

fn kind(headers: &[Header]) -> Kind<'_> {
    let text = |name: &str| {
        headers.iter().find_map(|header| match header.value() {
            HeaderValue::String(text) if header.name().as_str() == name => Some(text.as_str()),
            _ => None,
        })
    };
    match text(":message-type") {
        // Seen with gateways, and told in litellm's stream decoder: an exception that says that it is an event.
        Some("event") => match text(":event-type").unwrap_or_default() {
            name if name.ends_with("Exception") => Kind::Exception(name),
            event => Kind::Event(event),
        },
        Some("exception") => Kind::Exception(text(":exception-type").unwrap_or("exception")),
        Some("error") => Kind::Error {
            code: text(":error-code").unwrap_or("UnknownError"),
            message: text(":error-message").unwrap_or_default(),
        },
        _ => Kind::Unknown,
    }
}

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

    fn take(&mut self, chunk: &[u8], fold: &mut Fold) -> Result<()> {
        self.length = self.length.saturating_add(chunk.len());
        if self.length > MAX_STREAM {
            return Err(Error::decode(format!(
                "the stream has more than {MAX_STREAM} bytes; what came before is in the partial response"
            ))
            .with_provider(crate::ID));
        }
        self.frames.push(chunk);
        while let Some(message) = self.frames.next()? {
            match kind(message.headers()) {
                Kind::Event(event_type) => {
                    self.events.event(event_type, message.payload(), fold)?;
                    fold.check_bounds()?;
                }
                Kind::Exception(name) => return Err(error::in_stream(name, message.payload())),
                Kind::Error { code, message } => return Err(error::unmodeled(code, message)),
                Kind::Unknown => {
                    return Err(Error::decode(
                        "a message of the event stream has no :message-type that is known",
                    )
                    .with_provider(crate::ID));
                }
            }
        }
        Ok(())
    }
}

impl<E: Events> Reader for StreamReader<E> {
    fn read(&mut self, chunk: Bytes, fold: &mut Fold) -> Result<()> {
        self.begin(fold);
        self.take(&chunk, fold)
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

/// Whether a head promises an event stream. One without a content type may.
pub(crate) fn is_promised(head: &http::response::Parts) -> bool {
    head.headers.get(CONTENT_TYPE).is_none_or(|value| {
        let bare = value.as_bytes().split(|byte| *byte == b';').next();
        bare.is_some_and(|bare| {
            bare.trim_ascii()
                .eq_ignore_ascii_case(MEDIA_TYPE.as_bytes())
        })
    })
}

/// Reads an answer that should have been an event stream and says in its head that it is none, for the sake of
/// the message in it.
pub(crate) struct NoStream {
    content_type: String,
    body: BytesMut,
}

/// How much of it is read for that.
const NO_STREAM_LIMIT: usize = 64 * 1024;

impl NoStream {
    pub(crate) fn new(head: &http::response::Parts) -> Self {
        Self {
            content_type: head
                .headers
                .get(CONTENT_TYPE)
                .map_or_else(String::new, |value| {
                    String::from_utf8_lossy(value.as_bytes()).into_owned()
                }),
            body: BytesMut::new(),
        }
    }
}

impl Reader for NoStream {
    fn read(&mut self, chunk: Bytes, fold: &mut Fold) -> Result<()> {
        let room = NO_STREAM_LIMIT.saturating_sub(self.body.len());
        self.body.extend_from_slice(&chunk[..chunk.len().min(room)]);
        // Whoever says so much that is no stream need not be heard to the end.
        if self.body.len() == NO_STREAM_LIMIT {
            return self.end(fold);
        }
        Ok(())
    }

    fn end(&mut self, _fold: &mut Fold) -> Result<()> {
        #[derive(Deserialize)]
        struct Body {
            #[serde(alias = "Message")]
            message: String,
        }
        let said = serde_json::from_slice::<Body>(&self.body)
            .map(|body| format!("; it says: {}", error::shown(&body.message)))
            .unwrap_or_default();
        Err(Error::decode(format!(
            "the answer has content type {:?} where {MEDIA_TYPE} was due{said}; \
             check that the endpoint is Bedrock Runtime and that no proxy rewrites it",
            self.content_type
        ))
        .with_provider(crate::ID))
    }
}

/// Opens a reader of `events`, or of the complaint of somebody who is not Bedrock; an error if the body is encoded.
pub(crate) fn open<E: Events + 'static>(
    head: &http::response::Parts,
    events: E,
) -> Result<Box<dyn Reader>> {
    Head::is_plain(head)?;
    if is_promised(head) {
        let mut reader = StreamReader::new(events);
        reader.head = Head::of(head);
        Ok(Box::new(reader))
    } else {
        Ok(Box::new(NoStream::new(head)))
    }
}

#[cfg(test)]
mod tests {
    use aws_smithy_eventstream::frame::write_message_to;
    use proptest::prelude::*;
    use reqllm_core::{ErrorKind, Identity};

    use super::*;

    /// Notes what it sees; complete after an event named `end`.
    #[derive(Default)]
    struct Log(Vec<String>);

    impl Events for &mut Log {
        fn event(&mut self, event_type: &str, payload: &[u8], _: &mut Fold) -> Result<()> {
            self.0
                .push(format!("{event_type} {}", String::from_utf8_lossy(payload)));
            Ok(())
        }

        fn end(&mut self, _: &mut Fold) -> Option<&'static str> {
            match self.0.last() {
                Some(last) if last.starts_with("end") => None,
                _ => Some("no end"),
            }
        }
    }

    fn frame(headers: &[(&'static str, &str)], payload: &str) -> Vec<u8> {
        let headers = headers
            .iter()
            .map(|(name, value)| Header::new(*name, HeaderValue::String(value.to_string().into())))
            .collect();
        let message = Message::new_from_parts(headers, Bytes::copy_from_slice(payload.as_bytes()));
        let mut bytes = Vec::new();
        write_message_to(&message, &mut bytes).unwrap();
        bytes
    }

    fn event(event_type: &str, payload: &str) -> Vec<u8> {
        frame(
            &[(":message-type", "event"), (":event-type", event_type)],
            payload,
        )
    }

    fn read(log: &mut Log, pieces: &[&[u8]]) -> Result<()> {
        let mut fold = Fold::new(Identity::default());
        let mut reader = StreamReader::new(log);
        for piece in pieces {
            reader.read(Bytes::copy_from_slice(piece), &mut fold)?;
        }
        reader.end(&mut fold)
    }

    /// Fewer than 12 bytes of the next frame must not cost the frames before it.
    #[test]
    fn no_event_is_lost_wherever_the_bytes_are_cut() {
        let stream = [event("a", "1"), event("b", ""), event("end", "{}")].concat();
        for cut in 0..=stream.len() {
            let mut log = Log::default();
            read(&mut log, &[&stream[..cut], &stream[cut..]]).unwrap();
            assert_eq!(log.0, ["a 1", "b ", "end {}"], "cut at {cut}");
        }
        let mut log = Log::default();
        read(&mut log, &stream.chunks(1).collect::<Vec<_>>()).unwrap();
        assert_eq!(log.0.len(), 3);
    }

    #[test]
    fn a_stream_that_is_cut_off_is_never_complete() {
        let stream = [event("a", "1"), event("end", "{}")].concat();
        for cut in 0..stream.len() {
            let error = read(&mut Log::default(), &[&stream[..cut]]).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Stream, "cut at {cut}");
        }
    }

    #[test]
    fn an_empty_body_is_told_by_the_head() {
        let mut log = Log::default();
        let mut reader = StreamReader::new(&mut log);
        reader.head.request_id = Some("r-1".to_owned());
        let mut fold = Fold::new(Identity::default());
        let error = reader.end(&mut fold).unwrap_err();
        assert_eq!(error.request_id(), Some("r-1"));
        assert_eq!(fold.abandon().id, "r-1");
    }

    #[test]
    fn every_flipped_byte_is_found() {
        let stream = [event("a", "12345"), event("end", "{}")].concat();
        for at in 0..stream.len() {
            let mut damaged = stream.clone();
            damaged[at] ^= 0x20;
            read(&mut Log::default(), &[&damaged]).unwrap_err();
        }
    }

    #[test]
    fn impossible_lengths_are_refused_before_anything_is_buffered() {
        for (total, headers) in [(15u32, 0u32), (u32::MAX, 0), (64, 64), (1 << 20, 1 << 19)] {
            let mut prelude = [total.to_be_bytes(), headers.to_be_bytes()].concat();
            prelude.extend(crc32fast::hash(&prelude).to_be_bytes());
            let error = read(&mut Log::default(), &[&prelude]).unwrap_err();
            assert!(error.message().contains("it claims"), "{error}");
        }
        // A wrong length with its right checksum missing: found at once, not awaited.
        let mut flipped = event("a", "1");
        flipped[1] = 0x7f;
        let error = read(&mut Log::default(), &[&flipped[..12]]).unwrap_err();
        assert!(
            error.message().contains("checksum of its prelude"),
            "{error}"
        );
    }

    #[test]
    fn exceptions_and_errors_end_the_stream_with_their_names() {
        let exception = frame(
            &[
                (":message-type", "exception"),
                (":exception-type", "throttlingException"),
            ],
            r#"{"message":"slow down"}"#,
        );
        let mut log = Log::default();
        let error = read(&mut log, &[&[event("a", "1"), exception].concat()]).unwrap_err();
        assert_eq!(error.code(), Some("ThrottlingException"));
        assert!(error.message().starts_with("slow down — "), "{error}");
        assert_eq!(log.0, ["a 1"], "what came before is kept");
        // Some gateways pass an exception on as an event of its name.
        let event = event("modelStreamErrorException", r#"{"message":"boom"}"#);
        let error = read(&mut Log::default(), &[&event]).unwrap_err();
        assert_eq!(error.code(), Some("ModelStreamErrorException"));
        let error = frame(
            &[
                (":message-type", "error"),
                (":error-code", "InternalError"),
                (":error-message", "oops"),
            ],
            "",
        );
        let error = read(&mut Log::default(), &[&error]).unwrap_err();
        assert_eq!(
            (error.code(), error.message()),
            (Some("InternalError"), "oops")
        );
    }

    /// Frames of the real service, put down by hand from the API facts.
    #[test]
    fn known_frames_read_as_they_should() {
        let exception = hex::decode(concat!(
            "000000b2000000613590d5d30f3a657863657074696f6e2d747970650700137468726f74746c696e67457863657074696f6e",
            "0d3a636f6e74656e742d747970650700106170706c69636174696f6e2f6a736f6e0d3a6d6573736167652d74797065070009",
            "657863657074696f6e7b226d657373616765223a22546f6f206d616e792072657175657374732c20706c6561736520776169",
            "74206265666f726520747279696e6720616761696e2e227de8ffb26a"
        ))
        .unwrap();
        let error = read(&mut Log::default(), &[&exception]).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::RateLimited);
        let message = "Too many requests, please wait before trying again. — ";
        assert!(error.message().starts_with(message), "{error}");
        let unmodeled = hex::decode(concat!(
            "0000005800000048154692c10d3a6d6573736167652d747970650700056572726f720b3a6572726f722d636f646507000d",
            "496e7465726e616c4572726f720e3a6572726f722d6d6573736167650700046f6f707353235f76"
        ))
        .unwrap();
        let error = read(&mut Log::default(), &[&unmodeled]).unwrap_err();
        assert_eq!(error.code(), Some("InternalError"));
    }

    proptest! {
        #[test]
        fn any_bytes_end_in_an_answer_not_in_a_panic(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
            let _ = read(&mut Log::default(), &[&bytes]);
        }

        #[test]
        fn any_cutting_gives_the_same_events(
            payloads in proptest::collection::vec("[a-z]{0,40}", 1..6),
            size in 1usize..60,
        ) {
            let mut stream: Vec<u8> = payloads.iter().flat_map(|p| event("e", p)).collect();
            stream.extend(event("end", ""));
            let mut log = Log::default();
            read(&mut log, &stream.chunks(size).collect::<Vec<_>>()).unwrap();
            let expected: Vec<String> = payloads
                .iter()
                .map(|p| format!("e {p}"))
                .chain(["end ".to_owned()])
                .collect();
            prop_assert_eq!(log.0, expected);
        }
    }
}
