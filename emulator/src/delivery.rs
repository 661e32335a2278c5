//! How an answer goes out: the plan of a body, with a fault worked into it, and the body itself.

mod edit;

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderName, HeaderValue, StatusCode};
use http_body::{Body, Frame, SizeHint};
use tokio::time::{Instant, Sleep, sleep};

use crate::error::ApiError;
use crate::fault::{Fault, Then};
use crate::hangup::Hangup;
use crate::load::{Counted, Gauges};
use crate::reply::{Reply, ReplyBody};
use crate::voice::Voice;

/// The answer that a fault puts in place of the service's own, if it does.
pub(crate) fn substitute(fault: &Fault, voice: &Voice) -> Option<Reply> {
    let (mut reply, extra) = if let Some(replay) = &fault.replay {
        let mut reply = Reply::whole(StatusCode::OK, "", replay.body.clone().into());
        reply.headers.clear();
        reply.status = status(replay.status);
        (reply, &replay.headers)
    } else {
        let error = fault.error.as_ref()?;
        let answer = ApiError::new(
            status(error.status),
            error.code.clone(),
            error.message.clone(),
        );
        ((voice.answer)(answer), &error.headers)
    };
    for (name, value) in extra {
        if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::try_from(value)) {
            reply.headers.insert(name, value);
        }
    }
    Some(reply)
}

/// The body of `reply`, with what `fault` does to it. `hangup` resets the connection.
pub(crate) fn plan(
    body: ReplyBody,
    fault: &Fault,
    voice: &Voice,
    pace: Duration,
    hangup: Arc<Hangup>,
    gauges: &Gauges,
) -> Delivery {
    let streams = matches!(body, ReplyBody::Events(_));
    let (mut pieces, declared) = match body {
        ReplyBody::Whole(body) => {
            let extra = fault.append.as_ref().map_or(0, |extra| extra.0.len());
            let length = u64::try_from(body.len() + extra).unwrap_or(u64::MAX);
            (vec![body], (!fault.endless).then_some(length))
        }
        ReplyBody::Events(events) => (events, None),
    };
    let mut end = End::Finish;
    if streams {
        edit::events(&mut pieces, fault, voice, &mut end);
    }
    edit::bytes(&mut pieces, fault, &mut end);
    pieces.retain(|piece| !piece.is_empty());
    // The head is flushed, too, before a connection is reset or left hanging.
    let turn = match end {
        End::Finish => Turn::Send,
        _ if pieces.is_empty() => Turn::Flush,
        _ => Turn::Send,
    };
    Delivery {
        pieces: packed(pieces).into_iter(),
        turn,
        end,
        pace: fault.pace_ms.map_or(pace, Duration::from_millis),
        timer: None,
        counted: declared.is_none().then(|| gauges.stream()),
        declared,
        hangup,
    }
}

/// The same pieces in one buffer, where each had one of its own.
fn packed(pieces: Vec<Bytes>) -> Vec<Bytes> {
    if pieces.len() < 2 {
        return pieces;
    }
    let mut rest = Bytes::from(pieces.concat());
    let lengths = pieces.iter().map(Bytes::len);
    lengths.map(|length| rest.split_to(length)).collect()
}

fn status(code: u16) -> StatusCode {
    // Informational statuses are not final answers: HTTP would go on waiting.
    StatusCode::from_u16(code)
        .ok()
        .filter(|status| !status.is_informational())
        .unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
}

/// What an endless body goes on with. Blanks may stand behind JSON; a frame they are not.
const BLANKS: &[u8] = &[b' '; 64 * 1024];

/// What comes after the last piece.
#[derive(Debug)]
enum End {
    Finish,
    /// Blanks without an end.
    Blanks,
    /// HTTP is over in the middle of the body.
    Cut(Then),
}

/// What a body does when it is polled next.
#[derive(Debug)]
enum Turn {
    Send,
    /// Yields once, so that the connection writes out what it has.
    Flush,
    Pause,
}

/// A body that sends, waits, hangs or resets, piece by piece. Dropping it stops it. There may be thousands of slow ones, so
/// there is little to one of them.
#[derive(Debug)]
pub(crate) struct Delivery {
    pieces: std::vec::IntoIter<Bytes>,
    turn: Turn,
    end: End,
    pace: Duration,
    timer: Option<Pin<Box<Sleep>>>,
    /// The length that the head promises; what is sent may be less.
    declared: Option<u64>,
    hangup: Arc<Hangup>,
    /// A stream counts as one until its end has been sent.
    counted: Option<Counted>,
}

impl Delivery {
    /// After a piece: the pause before the next one, if there is one.
    fn rest(&mut self) -> Turn {
        if self.pace.is_zero() || self.pieces.len() == 0 {
            return Turn::Send;
        }
        let end = Instant::now().checked_add(self.pace);
        match (&mut self.timer, end) {
            (Some(timer), Some(end)) => timer.as_mut().reset(end),
            (timer, _) => *timer = Some(Box::pin(sleep(self.pace))),
        }
        Turn::Pause
    }
}

impl Body for Delivery {
    type Data = Bytes;
    type Error = std::convert::Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        loop {
            match self.turn {
                Turn::Flush => {
                    self.turn = self.rest();
                    cx.waker().wake_by_ref();
                    return Poll::Pending;
                }
                Turn::Pause => {
                    if let Some(timer) = &mut self.timer {
                        std::task::ready!(timer.as_mut().poll(cx));
                    }
                    self.turn = Turn::Send;
                }
                Turn::Send => {
                    if let Some(piece) = self.pieces.next() {
                        self.turn = Turn::Flush;
                        return Poll::Ready(Some(Ok(Frame::data(piece))));
                    }
                    match self.end {
                        End::Finish => {
                            self.counted = None;
                            return Poll::Ready(None);
                        }
                        End::Blanks => {
                            // Others get their turn between two blanks.
                            self.turn = Turn::Flush;
                            return Poll::Ready(Some(Ok(Frame::data(Bytes::from_static(BLANKS)))));
                        }
                        End::Cut(Then::Stall) => {}
                        End::Cut(then) => {
                            self.hangup.take(Bytes::new(), then);
                            self.end = End::Cut(Then::Stall);
                        }
                    }
                    return Poll::Pending;
                }
            }
        }
    }

    fn size_hint(&self) -> SizeHint {
        self.declared
            .map_or_else(SizeHint::default, SizeHint::with_exact)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::frame;
    use crate::voice::AWS;

    fn sent(body: ReplyBody, fault: &Fault) -> (Vec<Vec<u8>>, String) {
        let delivery = planned(body, fault);
        let out = delivery.pieces.as_slice().iter().map(|it| it.to_vec());
        (out.collect(), format!("{:?}", delivery.end))
    }

    fn planned(body: ReplyBody, fault: &Fault) -> Delivery {
        let gauges = Gauges::default();
        plan(body, fault, &AWS, Duration::ZERO, Arc::default(), &gauges)
    }

    fn events() -> ReplyBody {
        ReplyBody::Events((0..4).map(|n| frame::event("e", &[b'0' + n; 3])).collect())
    }

    fn plain() -> Vec<Vec<u8>> {
        sent(events(), &Fault::default()).0
    }

    #[test]
    fn without_a_fault_events_go_out_one_by_one() {
        assert_eq!(plain().len(), 4);
    }

    #[test]
    fn events_are_cut_and_followed_by_the_fault() {
        let (out, end) = sent(events(), &Fault::truncate_events(2));
        assert_eq!((out, end.as_str()), (plain()[..2].to_vec(), "Finish"));
        let fault = Fault::exception(1, "throttlingException", "slow").field("x", 1);
        let (out, _) = sent(events(), &fault);
        assert_eq!(
            out[1],
            frame::exception("throttlingException", br#"{"x":1,"message":"slow"}"#)
        );
        let (out, _) = sent(events(), &Fault::error_frame(0, "C", "m"));
        assert_eq!(out, [frame::error("C", "m").to_vec()]);
        let (out, end) = sent(events(), &Fault::stall(3));
        assert_eq!((out.len(), end.as_str()), (3, "Cut(Stall)"));
    }

    #[test]
    fn checksums_are_damaged_where_asked() {
        for (fault, at) in [
            (Fault::corrupt_prelude(1), 11),
            (Fault::corrupt_message(1), plain()[1].len() - 1),
        ] {
            let (out, _) = sent(events(), &fault);
            let differing: Vec<usize> = (0..out[1].len())
                .filter(|i| out[1][*i] != plain()[1][*i])
                .collect();
            assert_eq!(differing, [at]);
            assert_eq!(out[2], plain()[2]);
        }
    }

    #[test]
    fn bytes_are_flipped_limited_and_recut() {
        let whole = || ReplyBody::Whole(Bytes::from_static(b"0123456789"));
        assert_eq!(sent(whole(), &Fault::flip(3)).0, [b"0122456789".to_vec()]);
        assert_eq!(sent(whole(), &Fault::flip(30)).0, [b"0123456789".to_vec()]);
        assert_eq!(
            sent(whole(), &Fault::truncate_bytes(4)).0,
            [b"0123".to_vec()]
        );
        let (out, end) = sent(whole(), &Fault::reset_after_bytes(2));
        assert_eq!((out, end.as_str()), (vec![b"01".to_vec()], "Cut(Reset)"));
        let (out, end) = sent(whole(), &Fault::reset_after_head());
        assert_eq!((out.len(), end.as_str()), (0, "Cut(Reset)"));
        let (out, end) = sent(events(), &Fault::close_after_events(1));
        assert_eq!((out.len(), end.as_str()), (1, "Cut(Close)"));
        let (out, end) = sent(whole(), &Fault::append("!").and(Fault::endless()));
        assert_eq!(
            (out.concat(), end.as_str()),
            (b"0123456789!".to_vec(), "Blanks")
        );
        assert_eq!(sent(whole(), &Fault::chunks(0)).0.len(), 10);
        let (out, _) = sent(whole(), &Fault::chunk_sizes([1, 4]));
        assert_eq!(out, [b"0".to_vec(), b"1234".to_vec(), b"56789".to_vec()]);
        let joined = sent(events(), &Fault::chunks(7)).0.concat();
        assert_eq!(joined, plain().concat());
    }

    #[test]
    fn a_cut_body_still_promises_its_whole_length() {
        let body = ReplyBody::Whole(Bytes::from_static(b"0123456789"));
        let delivery = planned(body, &Fault::truncate_bytes(4));
        assert_eq!(delivery.size_hint().exact(), Some(10));
    }
}
