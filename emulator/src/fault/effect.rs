//! The single effects of a fault, as JSON spells them.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value};

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ErrorAnswer {
    pub(crate) status: u16,
    pub(crate) code: String,
    #[serde(default)]
    pub(crate) message: String,
    #[serde(default)]
    pub(crate) headers: BTreeMap<String, String>,
}

#[derive(Debug, Clone)]
pub(crate) struct Replay {
    pub(crate) status: u16,
    pub(crate) headers: BTreeMap<String, String>,
    pub(crate) body: Vec<u8>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ExceptionFrame {
    pub(crate) after_events: usize,
    pub(crate) exception: String,
    #[serde(default)]
    pub(crate) message: String,
    #[serde(default)]
    pub(crate) fields: Map<String, Value>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ErrorFrame {
    pub(crate) after_events: usize,
    pub(crate) code: String,
    #[serde(default)]
    pub(crate) message: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Cut {
    AfterEvents(usize),
    AfterBytes(usize),
}

/// Where on the way of an answer something happens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Place {
    /// As soon as there is a connection, before anything is read from it.
    OnAccept,
    /// Behind the head of the request; its body is not read.
    InRequest,
    BeforeHead,
    AfterHead,
    AfterEvents(usize),
    AfterBytes(usize),
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Corrupt {
    pub(crate) event: usize,
    pub(crate) crc: Crc,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Crc {
    Prelude,
    Message,
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Flip {
    pub(crate) offset: usize,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
pub(crate) enum Chunks {
    Size(usize),
    Sizes(Vec<usize>),
}

/// How the bodies of answers are encoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Encoding {
    Gzip,
}

/// Bytes in place of an answer, head and all.
#[derive(Debug, Clone)]
pub(crate) struct Raw {
    pub(crate) bytes: Vec<u8>,
    pub(crate) then: Then,
}

/// What becomes of a connection that HTTP no longer rules.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Then {
    #[default]
    Close,
    Reset,
    Stall,
    /// The same bytes again and again.
    Repeat,
}

/// `body` is base64; `text` is what it says; neither is no bytes.
fn bytes<E: serde::de::Error>(body: Option<String>, text: Option<String>) -> Result<Vec<u8>, E> {
    match (body, text) {
        (Some(_), Some(_)) => Err(E::custom("either `body` or `text`, not both")),
        (Some(body), None) => STANDARD.decode(body).map_err(E::custom),
        (None, Some(text)) => Ok(text.into_bytes()),
        (None, None) => Ok(Vec::new()),
    }
}

impl<'de> Deserialize<'de> for Raw {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Wire {
            body: Option<String>,
            text: Option<String>,
            #[serde(default)]
            then: Then,
        }
        let wire = Wire::deserialize(deserializer)?;
        Ok(Self {
            bytes: bytes(wire.body, wire.text)?,
            then: wire.then,
        })
    }
}

/// Bytes behind the end of an answer.
#[derive(Debug, Clone)]
pub(crate) struct Append(pub(crate) Vec<u8>);

impl<'de> Deserialize<'de> for Append {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Wire {
            body: Option<String>,
            text: Option<String>,
        }
        let wire = Wire::deserialize(deserializer)?;
        Ok(Self(bytes(wire.body, wire.text)?))
    }
}

impl<'de> Deserialize<'de> for Replay {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Wire {
            #[serde(default = "ok")]
            status: u16,
            #[serde(default)]
            headers: BTreeMap<String, String>,
            body: Option<String>,
            text: Option<String>,
        }
        fn ok() -> u16 {
            200
        }
        let wire = Wire::deserialize(deserializer)?;
        Ok(Self {
            status: wire.status,
            headers: wire.headers,
            body: bytes(wire.body, wire.text)?,
        })
    }
}
