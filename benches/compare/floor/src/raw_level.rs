//! A socket, with HTTP by hand: no more than this server's answers need.

use std::sync::Mutex;

use bytes::{Buf as _, BytesMut};
use driver::{OnText, Prompt, Result, Wire};
use httparse::{EMPTY_HEADER, Response, Status, parse_chunk_size};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::Level;
use crate::frames::Frames;
use crate::request::Made;

pub(crate) struct RawClient {
    address: String,
    idle: Mutex<Vec<Connection>>,
    made: Made,
}

impl RawClient {
    pub(crate) fn new(address: String) -> Self {
        Self {
            address,
            idle: Mutex::default(),
            made: Made::default(),
        }
    }

    pub(crate) async fn call(&self, path: &str, prompt: &Prompt, wire: Wire) -> Result<usize> {
        let mut connection = self.send(path, prompt, wire).await?;
        let length = connection.head().await?;
        while connection.buffer.len() < length {
            connection.read().await?;
        }
        connection.buffer.advance(length);
        self.keep(connection)?;
        Ok(length)
    }

    pub(crate) async fn stream(
        &self,
        path: &str,
        prompt: &Prompt,
        wire: Wire,
        text: OnText<'_>,
    ) -> Result<()> {
        let mut connection = self.send(path, prompt, wire).await?;
        connection.head().await?;
        let mut frames = Frames::new(Level::Raw, wire);
        loop {
            let mut left = connection.chunk().await?;
            let last = left == 0;
            while left > 0 {
                let here = left.min(connection.buffer.len());
                frames.read(&connection.buffer[..here], text)?;
                connection.buffer.advance(here);
                left -= here;
                if left > 0 {
                    connection.read().await?;
                }
            }
            while connection.buffer.len() < LINE_END {
                connection.read().await?;
            }
            connection.buffer.advance(LINE_END);
            if last {
                return self.keep(connection);
            }
        }
    }

    async fn send(&self, path: &str, prompt: &Prompt, wire: Wire) -> Result<Connection> {
        let idle = self.idle.lock().map_err(|_| "a call panicked")?.pop();
        let mut connection = match idle {
            Some(connection) => connection,
            None => Connection::open(&self.address).await?,
        };
        let body = self.made.body(prompt, wire)?;
        let mut request = format!(
            "POST {path} HTTP/1.1\r\nhost: {}\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n",
            self.address,
            body.len()
        )
        .into_bytes();
        request.extend_from_slice(&body);
        connection.socket.write_all(&request).await?;
        Ok(connection)
    }

    fn keep(&self, connection: Connection) -> Result<()> {
        let mut idle = self.idle.lock().map_err(|_| "a call panicked")?;
        idle.push(connection);
        Ok(())
    }
}

/// The end of a line of HTTP.
const LINE_END: usize = 2;

struct Connection {
    socket: TcpStream,
    buffer: BytesMut,
}

impl Connection {
    async fn open(address: &str) -> Result<Self> {
        let socket = TcpStream::connect(address).await?;
        socket.set_nodelay(true)?;
        Ok(Self {
            socket,
            buffer: BytesMut::new(),
        })
    }

    /// Reads the head of an answer; gives the length of its body, which is 0 where it comes in chunks.
    async fn head(&mut self) -> Result<usize> {
        loop {
            let mut headers = [EMPTY_HEADER; 32];
            let mut response = Response::new(&mut headers);
            if let Status::Complete(size) = response.parse(&self.buffer)? {
                let mut names = response.headers.iter();
                let length = names.find(|it| it.name.eq_ignore_ascii_case("content-length"));
                let length = match length {
                    Some(length) => std::str::from_utf8(length.value)?.parse()?,
                    None => 0,
                };
                self.buffer.advance(size);
                return Ok(length);
            }
            self.read().await?;
        }
    }

    /// Reads the head of a chunk; gives its length.
    async fn chunk(&mut self) -> Result<usize> {
        loop {
            match parse_chunk_size(&self.buffer).map_err(|_| "a chunk's size is none")? {
                Status::Complete((head, size)) => {
                    self.buffer.advance(head);
                    return Ok(usize::try_from(size)?);
                }
                Status::Partial => self.read().await?,
            }
        }
    }

    async fn read(&mut self) -> Result<()> {
        self.buffer.reserve(64 * 1024);
        match self.socket.read_buf(&mut self.buffer).await? {
            0 => Err("the server went away".into()),
            _ => Ok(()),
        }
    }
}
