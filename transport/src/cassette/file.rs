//! The file: its shape, reading it, writing it.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use reqllm_core::{Error, Result};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// What the file says of itself, so that another JSON file is not taken for one.
const FORMAT: &str = "reqllm-cassette";
/// Of the shapes below. It changes when an older program would misread them.
const VERSION: u64 = 1;

#[derive(Serialize)]
struct Written<'a> {
    format: &'static str,
    version: u64,
    exchanges: Vec<&'a Recorded>,
}

#[derive(Deserialize)]
struct Head {
    format: Option<String>,
    version: Option<u64>,
}

#[derive(Deserialize)]
struct Read {
    exchanges: Vec<Recorded>,
}

/// One exchange.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Recorded {
    pub(crate) request: Asked,
    /// Absent as long as nothing has come; then it is not written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) answer: Option<Answered>,
    /// Why no answer came.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) failure: Option<Failed>,
}

/// What was asked.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Asked {
    pub(crate) method: String,
    /// With its query, and without the host, which differs between places.
    pub(crate) path: String,
    #[serde(default)]
    pub(crate) headers: BTreeMap<String, String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) body: Option<Piece>,
}

/// What came back.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Answered {
    pub(crate) status: u16,
    #[serde(default)]
    pub(crate) headers: BTreeMap<String, String>,
    /// The pieces of the body, as they came.
    pub(crate) chunks: Vec<Piece>,
    pub(crate) end: End,
}

/// How a body ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum End {
    /// As it should.
    Complete,
    /// The connection broke, for this reason.
    Broken(String),
    /// Nobody read on.
    Dropped,
}

/// A request that got no answer.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Failed {
    /// Whether it took too long; else the connection failed.
    #[serde(default)]
    pub(crate) timeout: bool,
    #[serde(default)]
    pub(crate) retryable: bool,
    pub(crate) message: String,
}

/// Bytes, in the most readable form that gives the same bytes again.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub(crate) enum Piece {
    Json(Value),
    Text(String),
    Binary(Binary),
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Binary {
    base64: String,
    /// What of it can be read, for the eyes only.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    shows: String,
}

impl Piece {
    pub(crate) fn of(bytes: &[u8], redact: impl Fn(&str) -> String) -> Self {
        let Ok(text) = std::str::from_utf8(bytes) else {
            return Self::Binary(Binary {
                base64: STANDARD.encode(bytes),
                shows: redact(&readable(bytes)),
            });
        };
        let text = redact(text);
        match serde_json::from_str::<Value>(&text) {
            Ok(json) if is_spelt(&json, &text) => Self::Json(json),
            _ => Self::Text(text),
        }
    }

    pub(crate) fn bytes(&self) -> io::Result<Bytes> {
        match self {
            Self::Json(json) => Ok(json.to_string().into()),
            Self::Text(text) => Ok(text.clone().into()),
            Self::Binary(binary) => match STANDARD.decode(&binary.base64) {
                Ok(bytes) => Ok(bytes.into()),
                Err(error) => Err(io::Error::other(format!(
                    "`base64` does not decode: {error}"
                ))),
            },
        }
    }

    /// The body as JSON, whatever its spelling.
    pub(crate) fn json(&self) -> Option<Value> {
        match self {
            Self::Json(json) => Some(json.clone()),
            Self::Text(text) => serde_json::from_str(text).ok(),
            Self::Binary(_) => None,
        }
    }
}

/// Whether this is how the JSON would be written, so that writing it gives the same bytes.
fn is_spelt(json: &Value, text: &str) -> bool {
    let written = json.to_string();
    written == text
}

/// The runs of a few printable characters and more, as the frames of event streams have them between their numbers.
fn readable(bytes: &[u8]) -> String {
    const RUN: usize = 4;
    let printable = |byte: &u8| (b' '..=b'~').contains(byte);
    let runs = bytes.split(|byte| !printable(byte));
    let runs: Vec<&str> = runs
        .filter(|run| run.len() >= RUN)
        .filter_map(|run| std::str::from_utf8(run).ok())
        .collect();
    runs.join(" ")
}

/// Reads a file.
pub(crate) fn load(path: &Path) -> Result<Vec<Recorded>> {
    let refuse = |why: String| Error::config(format!("the cassette {path:?} {why}"));
    let text = fs::read(path).map_err(|error| refuse(format!("cannot be read: {error}")))?;
    let head: Head = serde_json::from_slice(&text)
        .map_err(|error| refuse(format!("is no JSON object of a cassette: {error}")))?;
    if head.format.as_deref() != Some(FORMAT) {
        return Err(refuse(format!(
            "is none: `format` is {:?}, and should be {FORMAT:?}",
            head.format.unwrap_or_default()
        )));
    }
    match head.version {
        Some(VERSION) => {}
        Some(version) => {
            return Err(refuse(format!(
                "has version {version}, and this program reads version {VERSION}; record it again"
            )));
        }
        None => {
            return Err(refuse(format!(
                "has no `version`, which should be {VERSION}"
            )));
        }
    }
    let read: Read = serde_json::from_slice(&text)
        .map_err(|error| refuse(format!("is malformed: {error}; record it again")))?;
    for (n, recorded) in read.exchanges.iter().enumerate() {
        check(recorded)
            .map_err(|why| refuse(format!("is malformed in exchange {}: {why}", n + 1)))?;
    }
    Ok(read.exchanges)
}

/// What the types do not say.
fn check(recorded: &Recorded) -> Result<(), String> {
    let answer = match (&recorded.answer, &recorded.failure) {
        (Some(answer), None) => answer,
        (None, Some(_)) => return Ok(()),
        _ => return Err("it should have either an `answer` or a `failure`".to_owned()),
    };
    if !(100..=999).contains(&answer.status) {
        return Err(format!(
            "`status` is {}, which is none of HTTP",
            answer.status
        ));
    }
    let pieces = answer.chunks.iter().chain(&recorded.request.body);
    pieces
        .map(|piece| piece.bytes().map(|_| ()))
        .find_map(std::result::Result::err)
        .map_or(Ok(()), |error| Err(error.to_string()))
}

/// Writes a file in one stroke: whoever reads it meanwhile sees the old one, or the new one.
pub(crate) fn save(path: &Path, exchanges: &[Recorded]) -> io::Result<()> {
    let done = |it: &&Recorded| it.answer.is_some() || it.failure.is_some();
    let written = Written {
        format: FORMAT,
        version: VERSION,
        exchanges: exchanges.iter().filter(done).collect(),
    };
    let mut text = serde_json::to_vec_pretty(&written)?;
    text.push(b'\n');
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    fs::create_dir_all(folder)?;
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(format!(".{}.tmp", std::process::id()));
    let temporary = folder.join(name);
    let result = fs::write(&temporary, &text).and_then(|()| fs::rename(&temporary, path));
    if result.is_err() {
        // What is left over helps nobody; that it could not be written is told.
        let _ = fs::remove_file(&temporary);
    }
    result
}
