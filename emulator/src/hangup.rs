//! Connections that stop to speak HTTP: torn away in the middle of an answer, or slow beyond reason.

use std::io;
use std::pin::Pin;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::Bytes;
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt as _, ReadBuf};
use tokio::net::TcpStream;
use tokio::sync::Notify;
use tokio::time::{Sleep, sleep};

use crate::fault::Then;

/// Takes a connection away from the server in the middle of whatever it does.
#[derive(Debug, Default)]
pub(crate) struct Hangup {
    now: Notify,
    /// What is still said, and what happens then.
    last: Mutex<(Bytes, Then)>,
    /// Milliseconds between two bytes; 0 for no pause at all.
    drip: AtomicU64,
}

impl Hangup {
    /// The connection is to say these bytes and then to end so.
    pub(crate) fn take(&self, bytes: Bytes, then: Then) {
        *self.last.lock().unwrap_or_else(PoisonError::into_inner) = (bytes, then);
        self.now.notify_one();
    }

    /// From now on every byte comes on its own.
    pub(crate) fn drip(&self, millis: u64) {
        self.drip.store(millis, Ordering::Relaxed);
    }

    /// Waits until the connection is taken.
    pub(crate) async fn taken(&self) {
        self.now.notified().await;
    }

    /// What is left to do with the connection.
    pub(crate) async fn end(&self, mut socket: Socket<'_>) {
        let (bytes, then) = {
            let last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
            last.clone()
        };
        // A client that goes away in the middle is an everyday event.
        let mut written = socket.write_all(&bytes).await;
        match then {
            Then::Close => {}
            // With nothing lingering, closing is a reset.
            Then::Reset => drop(socket.stream.set_zero_linger()),
            Then::Stall => std::future::pending().await,
            Then::Repeat => {
                while written.is_ok() && !bytes.is_empty() {
                    written = socket.write_all(&bytes).await;
                }
            }
        }
    }
}

/// A connection that can be told to write byte by byte.
#[derive(Debug)]
pub(crate) struct Socket<'a> {
    stream: TcpStream,
    hangup: &'a Hangup,
    pause: Option<Pin<Box<Sleep>>>,
}

impl<'a> Socket<'a> {
    pub(crate) fn new(stream: TcpStream, hangup: &'a Hangup) -> Self {
        Self {
            stream,
            hangup,
            pause: None,
        }
    }
}

impl AsyncRead for Socket<'_> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(cx, buf)
    }
}

impl AsyncWrite for Socket<'_> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        let millis = self.hangup.drip.load(Ordering::Relaxed);
        if millis == 0 {
            return Pin::new(&mut self.stream).poll_write(cx, buf);
        }
        if let Some(pause) = &mut self.pause {
            ready!(pause.as_mut().poll(cx));
            self.pause = None;
        }
        let written = ready!(Pin::new(&mut self.stream).poll_write(cx, &buf[..buf.len().min(1)]));
        self.pause = Some(Box::pin(sleep(Duration::from_millis(millis))));
        Poll::Ready(written)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}
