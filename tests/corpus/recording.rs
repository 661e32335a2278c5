//! The recordings of real Bedrock traffic: where they lie, what one holds, which of them are read.
//!
//! The corpus is a folder beside the workspace and is never committed (other projects recorded it,
//! each file names its licence), so everything here copes with its absence: [`corpus`] says `None`.
//!
//! [`select`] takes the recordings whose bytes are the service's own (`authenticity` begins with `recorded`).
//! Whatever it leaves out it counts, by reason, so that a test can print what it did not look at.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;

use crate::wire::Wire;

/// One request and its answer.
#[derive(Clone, Debug)]
pub(crate) struct Recording {
    pub(crate) id: String,
    pub(crate) wire: Wire,
    /// The model id of the URL, decoded; `-` where the recorder lost it.
    pub(crate) model: String,
    pub(crate) status: u16,
    /// `raw-eventstream`, `raw-sse`, `json(raw)`, or `json(re-serialised)`: the JSON went through a parser once,
    /// so its key order and whitespace are not the wire's.
    pub(crate) format: String,
    /// Headers of the answer, names in lower case.
    pub(crate) headers: BTreeMap<String, String>,
    /// The URL of the request, which carries ids that no body has.
    pub(crate) url: String,
    /// `None` where the recorder kept answers only.
    pub(crate) request_body: Option<Vec<u8>>,
    pub(crate) response_body: Vec<u8>,
    /// The pieces in which the transport delivered `response_body`, where they were kept.
    pub(crate) chunks: Option<Vec<Vec<u8>>>,
    pub(crate) expected: Expected,
}

/// What whoever catalogued the corpus saw in the recording: a third opinion, for cross-checks.
#[derive(Clone, Debug)]
pub(crate) struct Expected {
    pub(crate) stop_reasons: Vec<String>,
    /// Names of the exception frames, of streams that broke.
    pub(crate) exceptions: Vec<String>,
}

impl Expected {
    /// Whether a reading says what the catalogue says.
    pub(crate) fn agrees(&self, reading: &super::reading::Reading) -> Result<(), String> {
        // Responses has none, and the catalogue knows it.
        if let Some(raw) = &reading.raw_finish_reason
            && raw != "completed"
            && !self.stop_reasons.contains(raw)
        {
            return Err(format!("stop reason {raw:?}, not {:?}", self.stop_reasons));
        }
        match (&reading.error, self.exceptions.as_slice()) {
            (None, [_, ..]) => Err(format!("no error, not {:?}", self.exceptions)),
            _ => Ok(()),
        }
    }
}

/// The recordings to read, and how many were left out for which reason.
#[derive(Debug, Default)]
pub(crate) struct Selection {
    pub(crate) recordings: Vec<Recording>,
    pub(crate) left_out: BTreeMap<String, usize>,
}

/// The corpus folder, if this checkout has one beside it.
pub(crate) fn corpus() -> Option<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/corpus");
    folder.join("index.jsonl").is_file().then_some(folder)
}

/// Loads what is to be read. An index or a file that does not parse is an error, not an omission.
pub(crate) fn select(corpus: &Path) -> Result<Selection, String> {
    let mut selection = Selection::default();
    for (number, line) in read_text(&corpus.join("index.jsonl"))?.lines().enumerate() {
        let row: Row =
            serde_json::from_str(line).map_err(|e| format!("index.jsonl:{}: {e}", number + 1))?;
        match row.wire() {
            Ok(wire) => selection.recordings.push(load(corpus, row, wire)?),
            Err(reason) => *selection.left_out.entry(reason).or_default() += 1,
        }
    }
    Ok(selection)
}

impl Recording {
    /// Whether this is an answer that reports an error by its HTTP status.
    pub(crate) fn is_error(&self) -> bool {
        self.status >= 400
    }

    /// The answer's headers as a client must see them. Recorders blanked out values and stored bodies
    /// after de-chunking and decompression, so headers about the transfer would be lies, and a missing
    /// or blanked content type is put back from the format of the body.
    pub(crate) fn replay_headers(&self) -> BTreeMap<String, String> {
        const OF_THE_TRANSFER: [&str; 4] = [
            "connection",
            "content-encoding",
            "content-length",
            "transfer-encoding",
        ];
        let mut headers = self.headers.clone();
        headers.retain(|name, value| {
            !OF_THE_TRANSFER.contains(&name.as_str()) && !value.contains("REDACTED")
        });
        let content_type = match self.format.as_str() {
            "raw-eventstream" => "application/vnd.amazon.eventstream",
            "raw-sse" => "text/event-stream",
            _ => "application/json",
        };
        headers
            .entry("content-type".to_owned())
            .or_insert_with(|| content_type.to_owned());
        headers
    }
}

/// A line of the index.
#[derive(Deserialize)]
struct Row {
    id: String,
    file: String,
    operation: String,
    model: Option<String>,
    status: u16,
    stop_reasons: Vec<String>,
    response_format: String,
    #[serde(rename = "exception")]
    exceptions: Option<Vec<String>>,
    authenticity: String,
}

impl Row {
    /// The wire format to read it as, or why it is not read.
    fn wire(&self) -> Result<Wire, String> {
        if !self.authenticity.starts_with("recorded") {
            return Err(format!("authenticity: {}", self.authenticity));
        }
        let model = self.model.as_deref().unwrap_or_default();
        let format = self.response_format.as_str();
        let wire = Wire::of(
            &self.operation,
            &model.to_ascii_lowercase(),
            self.status,
            format,
        )?;
        // A refused streaming call is answered with plain JSON; an accepted one only piece by piece.
        let raw = format.starts_with("raw-").then_some(format);
        if self.status < 400 && wire.stream_format() != raw {
            return Err(format!("{wire} kept as {}", self.response_format));
        }
        Ok(wire)
    }
}

/// A file of the corpus.
#[derive(Deserialize)]
struct File {
    request: Request,
    response: Response,
}

#[derive(Deserialize)]
struct Request {
    #[serde(default)]
    url: String,
    #[serde(default)]
    body_utf8: Option<String>,
    #[serde(default)]
    body_b64: Option<String>,
}

#[derive(Deserialize)]
struct Response {
    headers: BTreeMap<String, String>,
    body_b64: String,
    #[serde(default)]
    chunks_b64: Option<Vec<String>>,
}

fn load(corpus: &Path, row: Row, wire: Wire) -> Result<Recording, String> {
    let text = read_text(&corpus.join(&row.file))?;
    let named = |e: String| format!("{}: {e}", row.file);
    let File { request, response } =
        serde_json::from_str(&text).map_err(|e| named(e.to_string()))?;
    let request_body = match (request.body_utf8, request.body_b64) {
        (Some(text), _) => Some(text.into_bytes()),
        (None, Some(coded)) => Some(decode(&coded).map_err(named)?),
        (None, None) => None,
    };
    let chunks = match response.chunks_b64 {
        Some(list) => Some(
            list.iter()
                .map(|c| decode(c))
                .collect::<Result<_, _>>()
                .map_err(named)?,
        ),
        None => None,
    };
    Ok(Recording {
        id: row.id,
        wire,
        url: request.url,
        model: row.model.unwrap_or_default(),
        status: row.status,
        format: row.response_format,
        headers: lower_case(response.headers),
        request_body,
        response_body: decode(&response.body_b64).map_err(named)?,
        chunks,
        expected: Expected {
            stop_reasons: row.stop_reasons,
            exceptions: row.exceptions.unwrap_or_default(),
        },
    })
}

fn read_text(path: &Path) -> Result<String, String> {
    fs::read_to_string(path).map_err(|e| format!("{}: {e}", path.display()))
}

fn decode(coded: &str) -> Result<Vec<u8>, String> {
    STANDARD.decode(coded).map_err(|e| e.to_string())
}

fn lower_case(headers: BTreeMap<String, String>) -> BTreeMap<String, String> {
    headers
        .into_iter()
        .map(|(name, value)| (name.to_ascii_lowercase(), value))
        .collect()
}
