//! Server-sent events.
//!
//! Lines may end in LF, CR or CRLF, and may be cut anywhere between two pieces. An event is what stands in its `data` lines;
//! names, ids and comments say nothing that the dialects do not say in the data. Source: the HTML standard, "Server-sent
//! events". One field more than it has is heard: `error`, with what went wrong.

use bytes::Bytes;
use memchr::memchr2;
use reqllm_core::{Error, Fold, Reader, Result};
use serde::de::IgnoredAny;

use crate::answer::{WholeReader, is_web_page, warn_if_unstopped};
use crate::stream::StreamCodec;

/// The longest event, in bytes, as of AWS's event streams.
pub const MAX_EVENT: usize = 24 * 1024 * 1024;
/// The most that is read of a stream in all. A million tokens, each in an event of its own, have a third of it.
const MAX_STREAM: usize = 1024 * 1024 * 1024;
/// What is kept of the room for cut lines after a long one, in bytes.
const KEPT: usize = 64 * 1024;

/// Finds the events in pieces of a stream. Nothing is copied of an event that has one line and lies in one piece.
///
/// ```
/// use reqllm_dialects::sse::Events;
///
/// let mut events = Events::default();
/// let mut seen = Vec::new();
/// for piece in ["data: {\"a\"", ":1}\n", "\n: a comment\n\nevent: x\ndata: 2\n\n"] {
///     events.push(piece.as_bytes(), |data| {
///         seen.push(String::from_utf8_lossy(data).into_owned());
///         Ok(())
///     })?;
/// }
/// assert_eq!(seen, ["{\"a\":1}", "2"]);
/// # Ok::<(), reqllm_core::Error>(())
/// ```
#[derive(Debug, Default)]
pub struct Events {
    /// A line that is cut off.
    line: Vec<u8>,
    /// The data of the event so far, of lines that have ended.
    data: Vec<u8>,
    has_data: bool,
    /// The last line ended in CR at the end of its piece: an LF at the beginning of the next one belongs to it.
    after_cr: bool,
    /// Something was read: no byte order mark can follow.
    begun: bool,
}

impl Events {
    /// Takes the next piece, and hands on the data of each event that has ended.
    ///
    /// # Errors
    ///
    /// What `each` reports, and [`ErrorKind::Decode`](reqllm_core::ErrorKind::Decode) for an event of more than
    /// [`MAX_EVENT`] bytes.
    pub fn push(&mut self, piece: &[u8], mut each: impl FnMut(&[u8]) -> Result<()>) -> Result<()> {
        let mut rest = piece;
        while !rest.is_empty() {
            if std::mem::take(&mut self.after_cr) && rest[0] == b'\n' {
                rest = &rest[1..];
                continue;
            }
            let Some(end) = memchr2(b'\n', b'\r', rest) else {
                return self.keep(rest);
            };
            let (line, behind) = (&rest[..end], &rest[end + 1..]);
            self.after_cr = rest[end] == b'\r';
            rest = behind;
            if self.line.is_empty() {
                // The blank line that ends a lone line mostly lies in the same piece: then nothing is copied.
                match self.lone(line, rest) {
                    Some((data, behind)) => {
                        rest = behind;
                        each(data)?;
                    }
                    None => self.line(line, &mut each)?,
                }
            } else {
                self.keep(line)?;
                let mut whole = std::mem::take(&mut self.line);
                let done = self.line(&whole, &mut each);
                whole.clear();
                if whole.capacity() <= KEPT {
                    self.line = whole;
                }
                done?;
            }
        }
        Ok(())
    }

    /// The stream has ended. Its last event need not have a blank line behind it. What is left of a line is an event only if
    /// it is surely all of it: an object of JSON, or `[DONE]`.
    ///
    /// # Errors
    ///
    /// What `each` reports.
    pub fn end(&mut self, mut each: impl FnMut(&[u8]) -> Result<()>) -> Result<()> {
        let line = match self.begun {
            true => &*self.line,
            false => without_mark(&self.line),
        };
        if !self.has_data && is_whole(line) {
            let line = std::mem::take(&mut self.line);
            self.line(&line, &mut each)?;
        }
        self.line(b"", &mut each)
    }

    /// How many bytes of a cut line there are.
    pub fn left_over(&self) -> usize {
        self.line.len()
    }

    /// The data of an event of this one line, if the blank line follows at once; and what is behind it.
    fn lone<'a>(&mut self, line: &'a [u8], rest: &'a [u8]) -> Option<(&'a [u8], &'a [u8])> {
        if self.has_data || self.after_cr {
            return None;
        }
        let behind = rest.strip_prefix(b"\n")?;
        let data = data(line)?;
        self.begun = true;
        Some((data, behind))
    }

    fn line(&mut self, line: &[u8], each: &mut impl FnMut(&[u8]) -> Result<()>) -> Result<()> {
        let line = match std::mem::replace(&mut self.begun, true) {
            false => without_mark(line),
            true => line,
        };
        if line.is_empty() {
            if !std::mem::take(&mut self.has_data) {
                return Ok(());
            }
            let mut whole = std::mem::take(&mut self.data);
            let done = each(&whole);
            whole.clear();
            if whole.capacity() <= KEPT {
                self.data = whole;
            }
            return done;
        }
        let Some(data) = data(line) else {
            return match line.strip_prefix(b"error:") {
                Some(said) => each(&error(said)),
                None => Ok(()),
            };
        };
        if self.data.len() + data.len() > MAX_EVENT {
            return Err(too_long());
        }
        if std::mem::replace(&mut self.has_data, true) {
            self.data.push(b'\n');
        }
        self.data.extend_from_slice(data);
        Ok(())
    }

    fn keep(&mut self, piece: &[u8]) -> Result<()> {
        if self.line.len() + piece.len() > MAX_EVENT {
            return Err(too_long());
        }
        self.line.extend_from_slice(piece);
        Ok(())
    }
}

/// What a line says, if it is one of data. Behind the colon one space is for the eye.
fn data(line: &[u8]) -> Option<&[u8]> {
    match line.strip_prefix(b"data")? {
        [b':', b' ', data @ ..] | [b':', data @ ..] => Some(data),
        [] => Some(b""),
        _ => None,
    }
}

/// The event of an error that stands in a field of its own, which the standard has not: so older builds of llama.cpp's server
/// end a stream. Source: its `server_sent_event(sink, "error", …)`.
fn error(said: &[u8]) -> Vec<u8> {
    let said = String::from_utf8_lossy(said.trim_ascii());
    match serde_json::from_str::<IgnoredAny>(&said) {
        Ok(_) => format!("{{\"error\":{said}}}").into_bytes(),
        Err(_) => serde_json::json!({"error": said}).to_string().into_bytes(),
    }
}

/// The first line without a byte order mark.
fn without_mark(line: &[u8]) -> &[u8] {
    line.strip_prefix(b"\xef\xbb\xbf").unwrap_or(line)
}

/// Whether a line of data that nothing ends can have no more to it.
fn is_whole(line: &[u8]) -> bool {
    let Some(data) = data(line) else {
        return false;
    };
    // As text: of bytes, what is skipped would not be held to UTF-8.
    let Ok(data) = std::str::from_utf8(data.trim_ascii()) else {
        return false;
    };
    data == "[DONE]" || data.starts_with('{') && serde_json::from_str::<IgnoredAny>(data).is_ok()
}

fn too_long() -> Error {
    Error::decode(format!(
        "an event of the stream is longer than {MAX_EVENT} bytes"
    ))
}

/// Reads an answer that comes as server-sent events, each of them a chunk of the dialect's. Whatever its head says, its first
/// letter tells whether it is one: a server or a proxy that does not stream may not say so.
pub(crate) struct SseReader {
    events: Events,
    codec: Box<dyn StreamCodec>,
    /// What reads it if it is one piece of JSON.
    whole: WholeReader,
    in_one_piece: bool,
    begun: bool,
    /// How many bytes have come.
    length: usize,
}

impl SseReader {
    pub(crate) fn new(codec: Box<dyn StreamCodec>, whole: WholeReader) -> Self {
        Self {
            events: Events::default(),
            codec,
            whole,
            in_one_piece: false,
            begun: false,
            length: 0,
        }
    }

    /// Tells of the head, before anything else; of an empty body as well.
    fn begin(&mut self, fold: &mut Fold) {
        if !std::mem::replace(&mut self.begun, true) {
            self.whole.head.tell(fold);
        }
    }
}

impl Reader for SseReader {
    fn read(&mut self, chunk: Bytes, fold: &mut Fold) -> Result<()> {
        if !self.begun {
            // Blanks before a body say nothing of its form.
            if chunk.trim_ascii_start().is_empty() {
                return Ok(());
            }
            match chunk.trim_ascii_start().first() {
                Some(b'{' | b'[') => self.in_one_piece = true,
                Some(b'<') => return Err(self.whole.head.name(is_web_page())),
                _ => {}
            }
        }
        if self.in_one_piece {
            self.begun = true;
            return self.whole.read(chunk, fold);
        }
        self.begin(fold);
        self.length = self.length.saturating_add(chunk.len());
        if self.length > MAX_STREAM {
            return Err(self.whole.head.name(Error::decode(format!(
                "the stream has more than {MAX_STREAM} bytes; what came before is in the partial response"
            ))));
        }
        let codec = &mut self.codec;
        self.events
            .push(&chunk, |data| hear(&mut **codec, data, fold))
            .map_err(|error| self.whole.head.name(error))
    }

    fn end(&mut self, fold: &mut Fold) -> Result<()> {
        if self.in_one_piece {
            return self.whole.end(fold);
        }
        self.begin(fold);
        let codec = &mut self.codec;
        self.events
            .end(|data| hear(&mut **codec, data, fold))
            .map_err(|error| self.whole.head.name(error))?;
        match self.codec.missing(fold) {
            None => {
                warn_if_unstopped(fold);
                Ok(())
            }
            Some(missing) => {
                let cut = match self.events.left_over() {
                    0 => "",
                    _ => ", and its last line is cut off",
                };
                let error = Error::stream(format!(
                    "the stream ended early: {missing}{cut}; what arrived is in the partial response"
                ));
                Err(self.whole.head.name(error.set_retryable(true)))
            }
        }
    }

    /// What may follow is counts and words of farewell.
    fn is_whole(&self, fold: &Fold) -> bool {
        self.codec.missing(fold).is_none()
    }

    fn abandon(&mut self, fold: &mut Fold) {
        self.codec.abandon(fold);
    }
}

/// An event without data says nothing.
fn hear(codec: &mut dyn StreamCodec, data: &[u8], fold: &mut Fold) -> Result<()> {
    if data.trim_ascii().is_empty() {
        return Ok(());
    }
    codec.chunk(data, fold)?;
    fold.check_bounds()
}

#[cfg(test)]
mod tests;
