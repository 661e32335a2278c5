//! Streams as they go onto the socket.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpStream;
use tokio::time::{MissedTickBehavior, interval};

use crate::Result;
use crate::canned::{self, Wire};
use crate::clock::{self, push_head};

/// What is written at once.
const WRITE: usize = 64 * 1024;
/// The head from after its date.
const HEAD: &[u8] = b"\r\ncontent-type: application/vnd.amazon.eventstream\r\n\
    transfer-encoding: chunked\r\nconnection: keep-alive\r\nx-amzn-requestid: 4f5e1a4e-6ad1-4a6c-9d5b-0c8b8f6f9c11\r\n\
    x-amzn-bedrock-content-type: application/json\r\n\r\n";
const END: &[u8] = b"0\r\n\r\n";

/// What a stream is like.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Shape {
    /// So many pieces in chunks of 64 KiB.
    Packed(u64),
    /// The same with the members of each event in another order.
    Reordered(u64),
    /// So many pieces in a chunk each.
    Single(u64),
    /// So many pieces, so many milliseconds apart.
    Paced(u64, u64),
}

impl Shape {
    /// What the model's id in this path asks for.
    pub(crate) fn of(path: &str) -> Self {
        let numbers = |word: &str| {
            let (_, rest) = path.split_once(word)?;
            let mut numbers = rest.split(|it: char| !it.is_ascii_digit());
            let first = numbers.next()?.parse().ok()?;
            let second = numbers.next().and_then(|it| it.parse().ok());
            Some((first, second.unwrap_or(10)))
        };
        if let Some((pieces, pause)) = numbers("paced-") {
            return Self::Paced(pieces, pause);
        }
        if let Some((pieces, _)) = numbers("single-") {
            return Self::Single(pieces);
        }
        if let Some((pieces, _)) = numbers("reordered-") {
            return Self::Reordered(pieces);
        }
        Self::Packed(numbers("events-").map_or(100, |(pieces, _)| pieces))
    }
}

/// A whole stream from after the head's date, in the pieces that are written at once.
type Writes = Arc<[Bytes]>;

/// Streams that have been encoded.
#[derive(Debug, Default)]
pub(crate) struct Streams {
    ready: Mutex<HashMap<(Wire, Shape), Writes>>,
}

impl Streams {
    /// Writes the stream of this shape.
    pub(crate) async fn write(
        &self,
        socket: &mut TcpStream,
        wire: Wire,
        shape: Shape,
    ) -> Result<()> {
        if let Shape::Paced(pieces, pause) = shape {
            return paced(socket, wire, pieces, Duration::from_millis(pause)).await;
        }
        let writes = self.ready(wire, shape);
        let Some((first, others)) = writes.split_first() else {
            return Ok(());
        };
        let mut out = Vec::with_capacity(WRITE + 64);
        push_head(&mut out);
        out.extend_from_slice(first);
        socket.write_all(&out).await?;
        for write in others {
            socket.write_all(write).await?;
        }
        Ok(())
    }

    fn ready(&self, wire: Wire, shape: Shape) -> Writes {
        let mut ready = self.ready.lock().unwrap_or_else(PoisonError::into_inner);
        let entry = ready
            .entry((wire, shape))
            .or_insert_with(|| encode(wire, shape));
        Arc::clone(entry)
    }
}

/// The whole stream, cut into writes.
fn encode(wire: Wire, shape: Shape) -> Writes {
    let mut out = HEAD.to_vec();
    let mut packed = |body: Vec<u8>| {
        let chunks = body.chunks(WRITE);
        chunks.for_each(|chunk| push_chunk(&mut out, chunk));
    };
    match shape {
        Shape::Single(pieces) => {
            canned::frames(wire, pieces).for_each(|frame| push_chunk(&mut out, &frame));
        }
        Shape::Reordered(pieces) => packed(canned::reordered_body(wire, pieces)),
        Shape::Packed(pieces) | Shape::Paced(pieces, _) => packed(canned::body(wire, pieces)),
    }
    out.extend_from_slice(END);
    out.chunks(WRITE).map(Bytes::copy_from_slice).collect()
}

fn push_chunk(out: &mut Vec<u8>, body: &[u8]) {
    out.extend_from_slice(format!("{:x}\r\n", body.len()).as_bytes());
    out.extend_from_slice(body);
    out.extend_from_slice(b"\r\n");
}

async fn paced(socket: &mut TcpStream, wire: Wire, pieces: u64, pause: Duration) -> Result<()> {
    let mut out = Vec::new();
    push_head(&mut out);
    out.extend_from_slice(HEAD);
    push_chunk(&mut out, &canned::head(wire).concat());
    socket.write_all(&out).await?;
    let mut ticks = interval(pause.max(Duration::from_millis(1)));
    // A late write is no reason for the next one to come early.
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    for number in 0..pieces {
        ticks.tick().await;
        out.clear();
        let stamp = format!("{:020}", clock::now());
        push_chunk(&mut out, &canned::text(wire, number, &stamp));
        socket.write_all(&out).await?;
    }
    out.clear();
    push_chunk(&mut out, &canned::tail(wire, pieces).concat());
    out.extend_from_slice(END);
    socket.write_all(&out).await?;
    Ok(())
}
