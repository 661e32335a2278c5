//! Events out of frames, at each level.

use std::borrow::Cow;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use driver::{OnText, Result, Wire};
use serde::Deserialize;
use serde_json::value::RawValue;

use crate::Level;
use crate::scan;

/// The prelude before the headers of a frame.
const PRELUDE: usize = 12;
/// A checksum.
const CHECKSUM: usize = 4;

/// Reads the frames of one stream.
pub(crate) struct Events {
    level: Level,
    wire: Wire,
    /// Where base64 is decoded to.
    decoded: Vec<u8>,
}

/// What a caller gets, in memory of its own.
#[expect(dead_code, reason = "it is read into, which is the work")]
enum Event {
    Text { block: u32, text: String },
    Other,
}

impl Events {
    pub(crate) fn new(level: Level, wire: Wire) -> Self {
        Self {
            level,
            wire,
            decoded: Vec::new(),
        }
    }

    /// Reads one whole frame.
    pub(crate) fn read(&mut self, frame: &[u8], text: OnText<'_>) -> Result<()> {
        let (headers, payload) = open(frame)?;
        match self.level {
            Level::Raw | Level::Hyper | Level::Reqwest => text(""),
            Level::Json => self.borrowed(payload, text)?,
            Level::Ideal | Level::Fast => {
                if let Event::Text { text: delta, .. } =
                    self.owned(event_type(headers)?, payload)?
                {
                    text(&delta);
                }
            }
        }
        Ok(())
    }

    fn borrowed(&mut self, payload: &[u8], text: OnText<'_>) -> Result<()> {
        let event: Borrowed<'_> = match self.wire {
            Wire::Converse => serde_json::from_slice(payload)?,
            Wire::Native => serde_json::from_slice(self.inner(payload)?)?,
        };
        if let Some(Text { text: Some(delta) }) = &event.delta {
            text(&delta.0);
        }
        Ok(())
    }

    fn owned(&mut self, event_type: &[u8], payload: &[u8]) -> Result<Event> {
        if self.level == Level::Fast
            && let Some((block, text)) = scan::text(event_type, payload, &mut self.decoded)
        {
            let text = text.to_owned();
            return Ok(Event::Text { block, text });
        }
        match event_type {
            b"contentBlockDelta" => {
                let event: Delta = serde_json::from_slice(payload)?;
                Ok(match event.delta {
                    DeltaKind::Text(text) => Event::Text {
                        block: event.content_block_index,
                        text,
                    },
                    _ => Event::Other,
                })
            }
            b"chunk" => {
                let event: ClaudeEvent<'_> = serde_json::from_slice(self.inner(payload)?)?;
                Ok(match (&*event.r#type, event.delta) {
                    ("content_block_delta", Some(ClaudeDelta { text: Some(text) })) => {
                        let block = event.index.unwrap_or_default();
                        Event::Text { block, text }
                    }
                    _ => Event::Other,
                })
            }
            _ => Ok(Event::Other),
        }
    }

    /// The JSON inside of a `chunk`.
    fn inner(&mut self, payload: &[u8]) -> Result<&[u8]> {
        let chunk: Chunk<'_> = serde_json::from_slice(payload)?;
        self.decoded.clear();
        STANDARD.decode_vec(chunk.bytes.as_bytes(), &mut self.decoded)?;
        Ok(&self.decoded)
    }
}

/// The headers and the payload, if both checksums are right.
fn open(frame: &[u8]) -> Result<(&[u8], &[u8])> {
    let number = |at: usize| {
        let bytes = frame.get(at..).and_then(|rest| rest.first_chunk());
        Ok::<_, driver::Failure>(u32::from_be_bytes(*bytes.ok_or("a frame is too short")?))
    };
    let end = frame.len().saturating_sub(CHECKSUM);
    if crc32fast::hash(&frame[..PRELUDE - CHECKSUM]) != number(PRELUDE - CHECKSUM)?
        || crc32fast::hash(&frame[..end]) != number(end)?
    {
        return Err("a checksum is wrong".into());
    }
    let headers = PRELUDE + number(4)? as usize;
    let payload = frame.get(headers..end).ok_or("headers are too long")?;
    Ok((&frame[PRELUDE..headers], payload))
}

/// The type of an event, after every header has been looked at.
fn event_type(mut headers: &[u8]) -> Result<&[u8]> {
    const STRING: u8 = 7;
    let mut event_type = &b""[..];
    while let Some((length, rest)) = headers.split_first() {
        let cut = "a header is cut off";
        let (name, rest) = rest.split_at_checked(usize::from(*length)).ok_or(cut)?;
        let ([kind, high, low], rest) = rest.split_first_chunk().ok_or(cut)?;
        if *kind != STRING {
            return Err("a header is no string".into());
        }
        let length = usize::from(u16::from_be_bytes([*high, *low]));
        let (value, rest) = rest.split_at_checked(length).ok_or(cut)?;
        match name {
            b":event-type" => event_type = value,
            b":message-type" if value != b"event" => return Err("the stream failed".into()),
            _ => {}
        }
        headers = rest;
    }
    Ok(event_type)
}

#[derive(Deserialize)]
struct Borrowed<'a> {
    #[serde(borrow)]
    delta: Option<Text<'a>>,
}

#[derive(Deserialize)]
struct Text<'a> {
    #[serde(borrow)]
    text: Option<Str<'a>>,
}

/// Borrowed where it has no escape. A type of its own, because serde always copies an `Option<Cow<str>>`.
#[derive(Deserialize)]
pub(crate) struct Str<'a>(#[serde(borrow)] pub(crate) Cow<'a, str>);

#[derive(Deserialize)]
struct Chunk<'a> {
    #[serde(borrow)]
    bytes: Cow<'a, str>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Delta {
    content_block_index: u32,
    delta: DeltaKind,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(dead_code, reason = "it is read into, which is the work")]
enum DeltaKind {
    Text(String),
    ToolUse { input: String },
    ReasoningContent(Box<RawValue>),
}

#[derive(Deserialize)]
struct ClaudeEvent<'a> {
    #[serde(borrow)]
    r#type: Cow<'a, str>,
    index: Option<u32>,
    delta: Option<ClaudeDelta>,
}

#[derive(Deserialize)]
struct ClaudeDelta {
    text: Option<String>,
}
