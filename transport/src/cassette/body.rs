//! Bodies of answers on their way to a cassette, and from it.

use std::collections::VecDeque;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use http_body::Frame;

use super::deck::Slot;
use super::file::{Answered, End};
use crate::Body;
use crate::client::innermost;

type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// A body that is recorded while it is read.
pub(super) struct Recording {
    body: Body,
    slot: Slot,
    ended: bool,
}

impl Recording {
    pub(super) fn new(body: Body, slot: Slot) -> Self {
        Self {
            body,
            slot,
            ended: false,
        }
    }

    fn end(&mut self, end: End) -> io::Result<()> {
        if std::mem::replace(&mut self.ended, true) {
            return Ok(());
        }
        self.slot.end(end)
    }
}

impl http_body::Body for Recording {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        let frame = ready!(http_body::Body::poll_frame(
            Pin::new(&mut self.body),
            context
        ));
        Poll::Ready(match frame {
            Some(Ok(frame)) => {
                if let Some(data) = frame.data_ref() {
                    self.slot.chunk(data);
                }
                Some(Ok(frame))
            }
            Some(Err(error)) => {
                let cause = innermost(&error).to_string();
                Some(Err(match self.end(End::Broken(cause)) {
                    Ok(()) => error.into(),
                    Err(unwritten) => unwritten.into(),
                }))
            }
            None => self.end(End::Complete).err().map(|error| Err(error.into())),
        })
    }
}

impl Drop for Recording {
    fn drop(&mut self) {
        // How it ended is there already: that is what a body is until something else is known.
        if !self.ended {
            self.slot.save_or_say();
        }
    }
}

/// A body that was recorded.
pub(super) struct Played {
    chunks: VecDeque<Bytes>,
    /// The error at its end.
    broken: Option<String>,
}

impl Played {
    pub(super) fn new(answer: &Answered) -> io::Result<Self> {
        let chunks = answer.chunks.iter().map(|piece| piece.bytes());
        Ok(Self {
            chunks: chunks.collect::<io::Result<_>>()?,
            broken: match &answer.end {
                End::Complete => None,
                End::Broken(cause) => Some(cause.clone()),
                End::Dropped => Some("nobody read on when it was recorded".to_owned()),
            },
        })
    }
}

impl http_body::Body for Played {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        Poll::Ready(match self.chunks.pop_front() {
            Some(chunk) => Some(Ok(Frame::data(chunk))),
            None => self
                .broken
                .take()
                .map(|cause| Err(io::Error::other(cause).into())),
        })
    }
}
