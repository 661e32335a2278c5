//! One connection: requests are read to their end and answered by their path.

use std::sync::atomic::{AtomicU64, Ordering};

use bytes::{Buf as _, BytesMut};
use httparse::{EMPTY_HEADER, Request, Status, parse_chunk_size};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::Result;
use crate::canned::{self, Wire};
use crate::clock::{self, push_head};
use crate::stream::{Shape, Streams};

/// What has come.
#[derive(Debug, Default)]
pub(crate) struct Stats {
    requests: AtomicU64,
    /// When the head of the last one was there, by the monotonic clock.
    last: AtomicU64,
}

/// What is answered; of whole answers all that comes after the date.
#[derive(Debug)]
pub(crate) struct Answers {
    converse: Vec<u8>,
    native: Vec<u8>,
    streams: Streams,
}

impl Answers {
    /// Encodes what can be encoded before anybody asks.
    pub(crate) fn new() -> Self {
        Self {
            converse: rest(&canned::whole(Wire::Converse)),
            native: rest(&canned::whole(Wire::Native)),
            streams: Streams::default(),
        }
    }
}

/// Answers until the client goes away.
pub(crate) async fn serve(socket: TcpStream, stats: &Stats, answers: &Answers) -> Result<()> {
    socket.set_nodelay(true)?;
    let mut connection = Connection {
        socket,
        buffer: BytesMut::with_capacity(16 * 1024),
        out: Vec::new(),
    };
    while let Some(head) = connection.head().await? {
        match head.path.as_str() {
            "/reset" => {
                stats.requests.store(0, Ordering::Relaxed);
                connection.write(&rest("{}")).await?;
                continue;
            }
            "/stats" => {
                let (requests, last) = (
                    stats.requests.load(Ordering::Relaxed),
                    stats.last.load(Ordering::Relaxed),
                );
                let stats = rest(&format!(r#"{{"requests":{requests},"last":{last}}}"#));
                connection.write(&stats).await?;
                continue;
            }
            _ => {}
        }
        stats.last.store(clock::now(), Ordering::Relaxed);
        stats.requests.fetch_add(1, Ordering::Relaxed);
        connection.skip_body(&head).await?;
        let (socket, streams) = (&mut connection.socket, &answers.streams);
        let shape = Shape::of(&head.path);
        match head.path.rsplit('/').next() {
            Some("converse") => connection.write(&answers.converse).await?,
            Some("invoke") => connection.write(&answers.native).await?,
            Some("converse-stream") => streams.write(socket, Wire::Converse, shape).await?,
            Some("invoke-with-response-stream") => {
                streams.write(socket, Wire::Native, shape).await?;
            }
            _ => {
                let nothing = b"HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n";
                socket.write_all(nothing).await?;
            }
        }
    }
    Ok(())
}

/// A whole answer from after its date.
fn rest(body: &str) -> Vec<u8> {
    format!(
        "\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\
         connection: keep-alive\r\nx-amzn-requestid: 4f5e1a4e-6ad1-4a6c-9d5b-0c8b8f6f9c11\r\n\r\n{body}",
        body.len()
    )
    .into_bytes()
}

struct Connection {
    socket: TcpStream,
    /// What was read and not yet looked at.
    buffer: BytesMut,
    /// What is written at once, kept for its memory.
    out: Vec<u8>,
}

struct Head {
    path: String,
    length: usize,
    chunked: bool,
    expects: bool,
}

impl Connection {
    /// The next request's head; none when the client has gone.
    async fn head(&mut self) -> Result<Option<Head>> {
        loop {
            if let Some((size, head)) = parse(&self.buffer)? {
                self.buffer.advance(size);
                return Ok(Some(head));
            }
            if self.socket.read_buf(&mut self.buffer).await? == 0 {
                return Ok(None);
            }
        }
    }

    /// Answers with the head of now and this after it, in one write.
    async fn write(&mut self, rest: &[u8]) -> Result<()> {
        self.out.clear();
        push_head(&mut self.out);
        self.out.extend_from_slice(rest);
        Ok(self.socket.write_all(&self.out).await?)
    }

    async fn skip_body(&mut self, head: &Head) -> Result<()> {
        if head.expects {
            self.socket
                .write_all(b"HTTP/1.1 100 Continue\r\n\r\n")
                .await?;
        }
        if !head.chunked {
            return self.skip(head.length).await;
        }
        loop {
            match parse_chunk_size(&self.buffer).map_err(|_| "a chunk's size is none")? {
                Status::Complete((head, size)) => {
                    self.buffer.advance(head);
                    self.skip(size as usize + 2).await?;
                    if size == 0 {
                        return Ok(());
                    }
                }
                Status::Partial => self.read().await?,
            }
        }
    }

    async fn skip(&mut self, mut length: usize) -> Result<()> {
        loop {
            let here = length.min(self.buffer.len());
            self.buffer.advance(here);
            length -= here;
            if length == 0 {
                return Ok(());
            }
            self.read().await?;
        }
    }

    async fn read(&mut self) -> Result<()> {
        match self.socket.read_buf(&mut self.buffer).await? {
            0 => Err("the client went away in the middle of a request".into()),
            _ => Ok(()),
        }
    }
}

/// The head of a request and its size, once all of it is there.
fn parse(buffer: &[u8]) -> Result<Option<(usize, Head)>> {
    let mut headers = [EMPTY_HEADER; 64];
    let mut request = Request::new(&mut headers);
    let Status::Complete(size) = request.parse(buffer)? else {
        return Ok(None);
    };
    let mut head = Head {
        path: request.path.unwrap_or_default().to_owned(),
        length: 0,
        chunked: false,
        expects: false,
    };
    for header in request.headers.iter() {
        if header.name.eq_ignore_ascii_case("content-length") {
            head.length = std::str::from_utf8(header.value)?.parse()?;
        }
        head.chunked |= header.name.eq_ignore_ascii_case("transfer-encoding");
        head.expects |= header.name.eq_ignore_ascii_case("expect");
    }
    Ok(Some((size, head)))
}
