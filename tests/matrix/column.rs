//! The forms of answers, each of which is a column of the tables: where a piece of one ends, and what it says.
//!
//! Read by hand, so that the library and these lines can disagree.

use std::ops::Range;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use reqllm::Delivery;
use serde_json::Value;

use crate::frames;

/// What an answer looks like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Column {
    /// On Amazon's own operations, in AWS's event streams.
    Converse,
    Claude,
    GptOss,
    /// In server-sent events.
    Chat,
    Responses,
    Messages,
    /// In one piece alone.
    Embeddings,
    Counts,
}

/// A frame or an event.
pub(crate) struct Piece {
    pub(crate) place: Range<usize>,
    /// Where all that it says has come, though not the blank line behind it.
    pub(crate) said: usize,
    /// Null if it is no JSON.
    payload: Value,
}

impl Column {
    /// Amazon's own operations.
    pub(crate) const AMAZON: &[Self] = &[Self::Converse, Self::Claude, Self::GptOss];
    /// The forms of OpenAI and Anthropic, whoever speaks them.
    pub(crate) const VENDORS: &[Self] = &[
        Self::Chat,
        Self::Responses,
        Self::Messages,
        Self::Embeddings,
        Self::Counts,
    ];
    pub(crate) const ALL: &[Self] = &[
        Self::Converse,
        Self::Claude,
        Self::GptOss,
        Self::Chat,
        Self::Responses,
        Self::Messages,
        Self::Embeddings,
        Self::Counts,
    ];

    pub(crate) fn title(self) -> &'static str {
        match self {
            Self::Converse => "Converse",
            Self::Claude => "native Claude",
            Self::GptOss => "native gpt-oss",
            Self::Chat => "Chat Completions",
            Self::Responses => "Responses",
            Self::Messages => "Messages",
            Self::Embeddings => "embeddings",
            Self::Counts => "count tokens",
        }
    }

    pub(crate) fn is_amazon(self) -> bool {
        Self::AMAZON.contains(&self)
    }

    pub(crate) fn streams(self) -> bool {
        !matches!(self, Self::Embeddings | Self::Counts)
    }

    /// The ways to have an answer.
    pub(crate) fn deliveries(self) -> &'static [Delivery] {
        match self.streams() {
            true => &[Delivery::Whole, Delivery::Stream],
            false => &[Delivery::Whole],
        }
    }

    pub(crate) fn content_type(self, delivery: Delivery) -> &'static str {
        match delivery {
            Delivery::Stream if self.is_amazon() => "application/vnd.amazon.eventstream",
            Delivery::Stream => "text/event-stream",
            _ => "application/json",
        }
    }

    /// The pieces of a stream.
    pub(crate) fn pieces(self, body: &[u8]) -> Vec<Piece> {
        match self.is_amazon() {
            true => self.frames(body),
            false => events(body),
        }
    }

    fn frames(self, body: &[u8]) -> Vec<Piece> {
        let frames = frames::frames(body).unwrap();
        assert_eq!(frames.left_over, 0);
        let mut start = 0;
        let piece = |frame: &frames::Frame| {
            let length = u32::from_be_bytes(body[start..start + 4].try_into().unwrap());
            let place = start..start + length as usize;
            start = place.end;
            let mut payload = frame.json().unwrap();
            if self != Self::Converse {
                let bytes = STANDARD.decode(payload["bytes"].as_str().unwrap());
                payload = serde_json::from_slice(&bytes.unwrap()).unwrap();
            }
            Piece {
                said: place.end,
                place,
                payload,
            }
        };
        frames.frames.iter().map(piece).collect()
    }

    /// Whether a piece says no more than that an answer begins.
    pub(crate) fn is_silent(self, piece: &Piece) -> bool {
        let payload = &piece.payload;
        match self {
            Self::Converse => payload["role"].is_string(),
            Self::Claude | Self::Messages => payload["type"] == "message_start",
            Self::GptOss | Self::Chat => payload["choices"][0]["delta"]["content"] == "",
            // A thought that is done has its seal.
            _ => {
                payload["type"] != "response.output_text.delta"
                    && (payload["type"] != "response.output_item.done"
                        || payload["item"]["type"] != "reasoning")
            }
        }
    }

    /// The text that a piece brings.
    pub(crate) fn text(self, piece: &Piece) -> &str {
        let payload = &piece.payload;
        let text = match self {
            Self::Converse | Self::Claude | Self::Messages => &payload["delta"]["text"],
            Self::GptOss | Self::Chat => &payload["choices"][0]["delta"]["content"],
            _ if payload["type"] == "response.output_text.delta" => &payload["delta"],
            _ => &Value::Null,
        };
        let text = text.as_str().unwrap_or_default();
        // gpt-oss thinks in the text, between tags, each of which is in one chunk.
        match text.starts_with("<reasoning>") {
            true => "",
            false => text,
        }
    }

    /// Whether the answer is whole when this piece has come, whatever follows. AWS's frames are all waited for.
    pub(crate) fn ends(self, piece: &Piece) -> bool {
        let payload = &piece.payload;
        match self {
            Self::Chat => payload["choices"][0]["finish_reason"].is_string(),
            Self::Responses => payload["type"] == "response.completed",
            Self::Messages => payload["type"] == "message_stop",
            _ => false,
        }
    }
}

/// The events of a stream, each with the blank line behind it.
fn events(body: &[u8]) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut start = 0;
    while start < body.len() {
        let rest = &body[start..];
        let end = rest.windows(2).position(|it| it == b"\n\n").unwrap();
        let event = std::str::from_utf8(&rest[..end]).unwrap();
        let (name, data) = event.split_once("data: ").unwrap();
        // On mantle the name of the event stands behind its data.
        let data = data.lines().next().unwrap();
        let place = start..start + end + 2;
        pieces.push(Piece {
            said: start + name.len() + "data: ".len() + data.len(),
            payload: serde_json::from_str(data).unwrap_or_default(),
            place: place.clone(),
        });
        start = place.end;
    }
    pieces
}
