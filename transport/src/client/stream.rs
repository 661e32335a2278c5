//! A connection, with or without TLS.

use std::io::{self, IoSlice};
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use hyper_util::client::legacy::connect::{Connected, Connection};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::Instant;
use tokio_rustls::client::TlsStream;

use super::error::Stale;

/// A connection to a server, or to a proxy that leads there.
pub(super) struct Stream {
    io: Io,
    /// Whether requests are handed to a proxy, which passes them on, and say in full where they go.
    forwarded: bool,
    /// What has come and gone on it.
    traffic: Traffic,
}

/// Tells a connection that has served before and was closed by the other side while a request went out from one that was
/// closed on a request.
///
/// Servers close connections that they have kept alive: after a time, after a number of answers, or after an answer that they
/// streamed (llama.cpp's). A request that crosses with that has been read by nobody, and the end is there as soon as the way
/// from the server takes. One that comes later may be that of somebody who has worked on the request.
#[derive(Clone, Copy, Debug, Default)]
struct Traffic {
    /// One request goes after the other, as in HTTP/1.1; else nothing can be told.
    in_turn: bool,
    /// Something was written after something had been read: this is not the first request.
    served: bool,
    /// Something has been read since something was written last.
    answered: bool,
    /// When something was written last.
    wrote: Option<Instant>,
}

/// How long after a request the end of a connection may come that crosses with it. A second is the way to the other end of the
/// world and back, some times over, and no time for a model to work in.
const CROSSING: Duration = Duration::from_secs(1);

impl Traffic {
    fn is_stale(self) -> bool {
        let crosses = |wrote: Instant| wrote.elapsed() <= CROSSING;
        self.in_turn && self.served && !self.answered && self.wrote.is_some_and(crosses)
    }

    fn wrote(&mut self, written: &Poll<io::Result<usize>>) {
        if self.in_turn && matches!(written, Poll::Ready(Ok(bytes)) if *bytes > 0) {
            self.served |= self.answered;
            self.answered = false;
            self.wrote = Some(Instant::now());
        }
    }

    /// Makes an error of what would look like a connection that was closed on a request.
    fn judge<T>(self, outcome: io::Result<T>) -> io::Result<T> {
        match outcome {
            Err(error) if self.is_stale() && is_closed(&error) => Err(io::Error::other(Stale)),
            outcome => outcome,
        }
    }
}

fn is_closed(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::ConnectionReset
            | io::ErrorKind::ConnectionAborted
            | io::ErrorKind::BrokenPipe
            | io::ErrorKind::NotConnected
            // TLS that ends without a word.
            | io::ErrorKind::UnexpectedEof
    )
}

pub(super) enum Io {
    Plain(TcpStream),
    /// Over anything: a proxy may be spoken to over TLS, and the server behind it again.
    Tls(Box<TlsStream<Self>>),
}

impl Connection for Stream {
    /// Says nothing of addresses: they would be put into every answer.
    fn connected(&self) -> Connected {
        let connected = Connected::new().proxy(self.forwarded);
        match self.io.is_h2() {
            true => connected.negotiated_h2(),
            false => connected,
        }
    }
}

impl Stream {
    pub(super) fn new(io: Io, forwarded: bool) -> Self {
        let traffic = Traffic {
            in_turn: !io.is_h2(),
            ..Traffic::default()
        };
        Self {
            io,
            forwarded,
            traffic,
        }
    }
}

impl Io {
    fn is_h2(&self) -> bool {
        matches!(self, Self::Tls(tls) if tls.get_ref().1.alpn_protocol() == Some(b"h2"))
    }
}

impl AsyncRead for Io {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        into: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Plain(io) => Pin::new(io).poll_read(context, into),
            Self::Tls(io) => Pin::new(io).poll_read(context, into),
        }
    }
}

impl AsyncWrite for Io {
    fn poll_write(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        match self.get_mut() {
            Self::Plain(io) => Pin::new(io).poll_write(context, bytes),
            Self::Tls(io) => Pin::new(io).poll_write(context, bytes),
        }
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        match self.get_mut() {
            Self::Plain(io) => Pin::new(io).poll_write_vectored(context, bytes),
            Self::Tls(io) => Pin::new(io).poll_write_vectored(context, bytes),
        }
    }

    fn is_write_vectored(&self) -> bool {
        match self {
            Self::Plain(io) => io.is_write_vectored(),
            Self::Tls(io) => io.is_write_vectored(),
        }
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Plain(io) => Pin::new(io).poll_flush(context),
            Self::Tls(io) => Pin::new(io).poll_flush(context),
        }
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Plain(io) => Pin::new(io).poll_shutdown(context),
            Self::Tls(io) => Pin::new(io).poll_shutdown(context),
        }
    }
}

impl AsyncRead for Stream {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        into: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let before = into.filled().len();
        let read = match Pin::new(&mut this.io).poll_read(context, into) {
            Poll::Ready(read) => this.traffic.judge(read),
            Poll::Pending => return Poll::Pending,
        };
        if read.is_ok() {
            if into.filled().len() > before {
                this.traffic.answered = true;
            } else if this.traffic.is_stale() && into.remaining() > 0 {
                return Poll::Ready(Err(io::Error::other(Stale)));
            }
        }
        Poll::Ready(read)
    }
}

impl AsyncWrite for Stream {
    fn poll_write(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        let written = Pin::new(&mut this.io).poll_write(context, bytes);
        this.traffic.wrote(&written);
        written.map(|written| this.traffic.judge(written))
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        let written = Pin::new(&mut this.io).poll_write_vectored(context, bytes);
        this.traffic.wrote(&written);
        written.map(|written| this.traffic.judge(written))
    }

    fn is_write_vectored(&self) -> bool {
        self.io.is_write_vectored()
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().io).poll_flush(context)
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().io).poll_shutdown(context)
    }
}
