//! A bare HTTP client: what is on the wire is what is looked at.

#![allow(dead_code, reason = "each test file uses some of it")]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test that fails should fail loudly"
)]

pub(crate) mod sign;

use reqllm_emulator::{API_KEY, Emulator};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

pub(crate) const CONVERSE: &str = "/model/anthropic.claude-v2%3A1/converse";
pub(crate) const STREAM: &str = "/model/anthropic.claude-v2%3A1/converse-stream";
pub(crate) const INVOKE_STREAM: &str = "/model/anthropic.claude-v2%3A1/invoke-with-response-stream";

/// What came back, as far as it came.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) head: String,
    /// The body without chunk framing, and the chunks that it came in.
    pub(crate) body: Vec<u8>,
    pub(crate) chunks: Vec<Vec<u8>>,
    /// Whether the body ended as HTTP says it should.
    pub(crate) complete: bool,
}

impl Answer {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().find_map(|line| {
            let (key, value) = line.split_once(": ")?;
            key.eq_ignore_ascii_case(name).then_some(value)
        })
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }
}

pub(crate) async fn send(
    emulator: &Emulator,
    method: &str,
    path: &str,
    headers: &str,
    body: &[u8],
) -> Option<Answer> {
    let mut socket = TcpStream::connect(emulator.addr()).await.unwrap();
    let head = format!(
        "{method} {path} HTTP/1.1\r\nhost: {}\r\nconnection: close\r\ncontent-length: {}\r\n{headers}\r\n",
        emulator.addr(),
        body.len()
    );
    socket.write_all(head.as_bytes()).await.unwrap();
    // A server that refuses a body by its length may close before it has read it.
    let _ = socket.write_all(body).await;
    let mut bytes = Vec::new();
    let mut buffer = [0; 4096];
    // A reset ends the reading as well: what came before it is looked at.
    while let Ok(count @ 1..) = socket.read(&mut buffer).await {
        bytes.extend_from_slice(&buffer[..count]);
    }
    parse(&bytes)
}

pub(crate) fn parse(bytes: &[u8]) -> Option<Answer> {
    let end = bytes.windows(4).position(|window| window == b"\r\n\r\n")?;
    let head = String::from_utf8(bytes[..end].to_vec()).unwrap();
    let status = head.split(' ').nth(1)?.parse().unwrap();
    let rest = &bytes[end + 4..];
    let mut answer = Answer {
        status,
        head,
        body: rest.to_vec(),
        chunks: Vec::new(),
        complete: true,
    };
    if answer.header("transfer-encoding") == Some("chunked") {
        (answer.chunks, answer.complete) = chunks(rest);
        answer.body = answer.chunks.concat();
    } else if let Some(length) = answer.header("content-length") {
        answer.complete = rest.len() == length.parse::<usize>().unwrap();
    }
    Some(answer)
}

pub(crate) fn chunks(mut rest: &[u8]) -> (Vec<Vec<u8>>, bool) {
    let mut out = Vec::new();
    while let Some(end) = rest.windows(2).position(|window| window == b"\r\n") {
        let size = usize::from_str_radix(std::str::from_utf8(&rest[..end]).unwrap(), 16).unwrap();
        let Some(chunk) = rest.get(end + 2..end + 2 + size) else {
            break;
        };
        if size == 0 {
            return (out, true);
        }
        out.push(chunk.to_vec());
        rest = rest.get(end + size + 4..).unwrap_or_default();
    }
    (out, false)
}

pub(crate) fn bearer() -> String {
    format!("authorization: Bearer {API_KEY}\r\n")
}

pub(crate) fn hi() -> Vec<u8> {
    json!({"messages": [{"role": "user", "content": [{"text": "hi"}]}]})
        .to_string()
        .into_bytes()
}

pub(crate) async fn post(emulator: &Emulator, path: &str) -> Answer {
    send(emulator, "POST", path, &bearer(), &hi())
        .await
        .unwrap()
}

/// Posts `body` with an API key.
pub(crate) async fn ask(emulator: &Emulator, path: &str, body: &Value) -> Answer {
    let body = body.to_string();
    send(emulator, "POST", path, &bearer(), body.as_bytes())
        .await
        .unwrap()
}

/// Checks that a request was refused with `status` and `code`, in words that have `fragment`.
#[track_caller]
pub(crate) fn assert_refused(answer: &Answer, status: u16, code: &str, fragment: &str) {
    let kind = answer.header("x-amzn-errortype").unwrap_or_default();
    let message = answer.json()["message"]
        .as_str()
        .unwrap_or_default()
        .to_owned();
    assert_eq!(
        (answer.status, kind.split(':').next().unwrap_or_default()),
        (status, code),
        "{message}"
    );
    assert!(message.contains(fragment), "{fragment}: {message}");
}

/// `(event or exception type, payload)` of every whole frame; panics if a length does not fit.
pub(crate) fn frames(mut bytes: &[u8]) -> Vec<(String, Value)> {
    let mut out = Vec::new();
    while !bytes.is_empty() {
        let word = |at: usize| u32::from_be_bytes(bytes[at..at + 4].try_into().unwrap()) as usize;
        let (total, headers) = (word(0), word(4));
        let header = &bytes[12..12 + headers];
        let name = usize::from(header[0]);
        let length = usize::from(u16::from_be_bytes([header[name + 2], header[name + 3]]));
        let value = String::from_utf8(header[name + 4..name + 4 + length].to_vec()).unwrap();
        let payload = &bytes[12 + headers..total - 4];
        out.push((
            value,
            serde_json::from_slice(payload).unwrap_or(Value::Null),
        ));
        bytes = &bytes[total..];
    }
    out
}

pub(crate) fn names(answer: &Answer) -> Vec<String> {
    frames(&answer.body)
        .into_iter()
        .map(|(name, _)| name)
        .collect()
}
