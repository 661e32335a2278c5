//! How an answer goes out: the plan of a body, with a fault worked into it, and the body itself.

use std::collections::VecDeque;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderName, HeaderValue, StatusCode};
use http_body::{Body, Frame, SizeHint};
use serde_json::Value;
use tokio::time::{Sleep, sleep};

use crate::error::ApiError;
use crate::fault::{Chunks, Crc, Cut, Fault, Place, Then};
use crate::frame;
use crate::hangup::Hangup;
use crate::reply::{Reply, ReplyBody};

/// The answer that a fault puts in place of the service's own, if it does.
pub(crate) fn substitute(fault: &Fault) -> Option<Reply> {
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
        (answer.into_reply(), &error.headers)
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
    pace: Duration,
    hangup: Arc<Hangup>,
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
    let mut end = Step::Finish;
    if streams {
        edit_events(&mut pieces, fault, &mut end);
    }
    edit_bytes(&mut pieces, fault, &mut end);
    let pace = fault.pace_ms.map_or(pace, Duration::from_millis);

    let mut steps = VecDeque::with_capacity(pieces.len() * 2 + 2);
    for piece in pieces.into_iter().filter(|piece| !piece.is_empty()) {
        if !steps.is_empty() && !pace.is_zero() {
            steps.push_back(Step::Pause(pace));
        }
        steps.push_back(Step::Send(piece));
        steps.push_back(Step::Flush);
    }
    // The head is flushed, too, before a connection is reset or left hanging.
    if !matches!(end, Step::Finish) && steps.is_empty() {
        steps.push_back(Step::Flush);
    }
    steps.push_back(end);
    Delivery {
        steps,
        declared,
        pause: None,
        hangup,
    }
}

/// What a fault does to whole messages of a stream.
fn edit_events(events: &mut Vec<Bytes>, fault: &Fault, end: &mut Step) {
    if let Some(corrupt) = fault.corrupt
        && let Some(event) = events.get_mut(corrupt.event)
    {
        let offset = match corrupt.crc {
            Crc::Prelude => frame::PRELUDE - 1,
            Crc::Message => event.len().saturating_sub(1),
        };
        *event = flipped(event, offset);
    }
    if let Some(Cut::AfterEvents(count)) = fault.truncate {
        events.truncate(count);
    }
    if let Some(exception) = &fault.exception {
        events.truncate(exception.after_events);
        let mut payload = exception.fields.clone();
        payload.insert("message".to_owned(), exception.message.clone().into());
        let payload = Value::Object(payload).to_string();
        events.push(frame::exception(
            clip(&exception.exception),
            payload.as_bytes(),
        ));
    }
    if let Some(error) = &fault.error_frame {
        events.truncate(error.after_events);
        events.push(frame::error(&error.code, &error.message));
    }
    for (place, then) in fault.ends() {
        if let Place::AfterEvents(count) = place {
            events.truncate(count);
            *end = Step::End(then);
        }
    }
}

/// What a fault does to the bytes of any body, wherever messages begin and end.
fn edit_bytes(pieces: &mut Vec<Bytes>, fault: &Fault, end: &mut Step) {
    if let Some(flip) = fault.flip {
        let mut start = 0;
        for piece in pieces.iter_mut() {
            if let Some(offset) = flip
                .offset
                .checked_sub(start)
                .filter(|at| *at < piece.len())
            {
                *piece = flipped(piece, offset);
                break;
            }
            start += piece.len();
        }
    }
    if let Some(extra) = &fault.append {
        pieces.push(extra.0.clone().into());
    }
    for (place, then) in fault.ends() {
        match place {
            Place::AfterBytes(count) => limit(pieces, count),
            Place::AfterHead => pieces.clear(),
            _ => continue,
        }
        *end = Step::End(then);
    }
    if fault.endless {
        *end = Step::Blanks;
    }
    if let Some(Cut::AfterBytes(count)) = fault.truncate {
        limit(pieces, count);
    }
    if let Some(chunks) = &fault.chunks {
        *pieces = recut(&pieces.concat().into(), chunks);
    }
}

fn limit(pieces: &mut Vec<Bytes>, mut count: usize) {
    pieces.retain_mut(|piece| {
        piece.truncate(count);
        count -= piece.len();
        !piece.is_empty()
    });
}

fn recut(body: &Bytes, chunks: &Chunks) -> Vec<Bytes> {
    let mut sizes: Box<dyn Iterator<Item = usize>> = match chunks {
        Chunks::Size(size) => Box::new(std::iter::repeat(*size)),
        Chunks::Sizes(sizes) => Box::new(sizes.iter().copied()),
    };
    let mut rest = body.clone();
    let mut out = Vec::new();
    while !rest.is_empty() {
        let size = sizes.next().unwrap_or(rest.len()).clamp(1, rest.len());
        out.push(rest.split_to(size));
    }
    out
}

fn flipped(bytes: &Bytes, offset: usize) -> Bytes {
    let mut bytes = bytes.to_vec();
    if let Some(byte) = bytes.get_mut(offset) {
        *byte ^= 1;
    }
    bytes.into()
}

fn status(code: u16) -> StatusCode {
    // Informational statuses are not final answers: HTTP would go on waiting.
    StatusCode::from_u16(code)
        .ok()
        .filter(|status| !status.is_informational())
        .unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
}

fn clip(name: &str) -> &str {
    name.get(..255).unwrap_or(name)
}

/// What an endless body goes on with. Blanks may stand behind JSON; a frame they are not.
const BLANKS: &[u8] = &[b' '; 64 * 1024];

/// One thing that a body does when it is polled.
#[derive(Debug)]
enum Step {
    Send(Bytes),
    /// Yields once, so that the connection writes out what it has.
    Flush,
    Pause(Duration),
    /// Blanks without an end.
    Blanks,
    /// HTTP is over in the middle of the body.
    End(Then),
    Finish,
}

/// A body that sends, waits, hangs or resets, step by step. Dropping it stops it.
#[derive(Debug)]
pub(crate) struct Delivery {
    steps: VecDeque<Step>,
    /// The length that the head promises; what is sent may be less.
    declared: Option<u64>,
    pause: Option<Pin<Box<Sleep>>>,
    hangup: Arc<Hangup>,
}

impl Body for Delivery {
    type Data = Bytes;
    type Error = std::convert::Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        loop {
            if let Some(pause) = &mut self.pause {
                std::task::ready!(pause.as_mut().poll(cx));
                self.pause = None;
            }
            match self.steps.pop_front() {
                Some(Step::Send(bytes)) => return Poll::Ready(Some(Ok(Frame::data(bytes)))),
                Some(Step::Flush) => {
                    cx.waker().wake_by_ref();
                    return Poll::Pending;
                }
                Some(Step::Pause(pause)) => self.pause = Some(Box::pin(sleep(pause))),
                Some(Step::Blanks) => {
                    // A pause that is none: others get their turn between two blanks.
                    self.steps.extend([Step::Flush, Step::Blanks]);
                    return Poll::Ready(Some(Ok(Frame::data(Bytes::from_static(BLANKS)))));
                }
                Some(Step::End(then)) => {
                    if then != Then::Stall {
                        self.hangup.take(Bytes::new(), then);
                    }
                    self.steps.push_front(Step::End(Then::Stall));
                    return Poll::Pending;
                }
                Some(Step::Finish) | None => return Poll::Ready(None),
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

    fn sent(body: ReplyBody, fault: &Fault) -> (Vec<Vec<u8>>, String) {
        let delivery = plan(body, fault, Duration::ZERO, Arc::default());
        let mut out = Vec::new();
        let mut last = String::new();
        for step in &delivery.steps {
            match step {
                Step::Send(bytes) => out.push(bytes.to_vec()),
                Step::Flush => {}
                other => last = format!("{other:?}"),
            }
        }
        (out, last)
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
        assert_eq!((out.len(), end.as_str()), (3, "End(Stall)"));
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
        assert_eq!((out, end.as_str()), (vec![b"01".to_vec()], "End(Reset)"));
        let (out, end) = sent(whole(), &Fault::reset_after_head());
        assert_eq!((out.len(), end.as_str()), (0, "End(Reset)"));
        let (out, end) = sent(events(), &Fault::close_after_events(1));
        assert_eq!((out.len(), end.as_str()), (1, "End(Close)"));
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
        let delivery = plan(
            body,
            &Fault::truncate_bytes(4),
            Duration::ZERO,
            Arc::default(),
        );
        assert_eq!(delivery.size_hint().exact(), Some(10));
    }
}
