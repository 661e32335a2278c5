//! Damaged bodies, read without a socket: thousands of them.
//!
//! A frame of an event stream has two checksums over all that it is, so of a damaged stream this must hold, whichever
//! byte is hit: the reading ends with an error of kind `stream` that a retry may mend; what is kept is what the frames
//! before the damaged one say, no less and no more. Of a stream that breaks off, wherever: the same, and only the last
//! byte of the last frame makes it whole.
//!
//! JSON in one piece has no checksum. There a flipped byte is found if the JSON breaks or lacks what it must have, and
//! cannot be found if a letter of a text becomes another one. What must hold: no panic, an error of kind `decode`, or an
//! answer. Cut off anywhere it is an error of kind `decode`.

use bytes::Bytes;
use reqllm::{Delivery, Error, ErrorKind, Event, Fold, Identity, Response};

use crate::cell::Outcome;
use crate::subject::Truth;

/// Bits that are flipped: the lowest, the one between capital and small letters, the highest, and all.
const MASKS: [u8; 4] = [0x01, 0x20, 0x80, 0xff];

/// Of the bytes of server-sent events, every so many are flipped: thousands for each stream.
const STRIDE: usize = 5;

/// What a reader makes of a body.
struct Reading {
    events: Vec<Event>,
    result: Result<Response, Error>,
}

impl Reading {
    /// Reads `body` in one piece, as an answer to the call of `truth`.
    fn of(truth: &Truth, body: &[u8]) -> Self {
        let reader = truth.route.reader(truth.delivery);
        let head = http::Response::builder().header("content-type", truth.content_type());
        let (head, ()) = head.body(()).unwrap().into_parts();
        let mut fold = Fold::new(Identity::default()).listened();
        let mut reader = reader.open(&head).unwrap();
        let read = reader
            .read(Bytes::copy_from_slice(body), &mut fold)
            .and_then(|()| reader.end(&mut fold));
        let result = match read {
            Ok(()) => Ok(fold.finish()),
            Err(error) => {
                reader.abandon(&mut fold);
                Err(error.with_partial(fold.abandon()))
            }
        };
        let events = std::iter::from_fn(|| fold.next_event()).collect();
        Self { events, result }
    }

    /// What there is of an answer, whole or not.
    fn response(&self) -> &Response {
        match &self.result {
            Ok(response) => response,
            Err(error) => error.partial().unwrap(),
        }
    }

    fn is_whole(&self) -> bool {
        self.result.is_ok()
    }

    /// The text of its events.
    fn told(&self) -> String {
        let texts = self.events.iter().filter_map(|event| match event {
            Event::Text(delta) => Some(delta.text.as_str()),
            _ => None,
        });
        texts.collect()
    }

    /// Whether it broke off with this kind of error, and has just this text.
    fn broke(&self, kind: ErrorKind, text: &str) -> Outcome {
        let error = match &self.result {
            Ok(response) => return Err(format!("passes for whole: {response:?}")),
            Err(error) => error,
        };
        if error.kind() != kind {
            return Err(format!("the kind is {}, not {kind}: {error}", error.kind()));
        }
        for (what, has) in [
            ("the partial response", error.partial().unwrap().text()),
            ("the events", self.told()),
        ] {
            if has != text {
                return Err(format!("{what} has {has:?}, not {text:?}"));
            }
        }
        Ok(())
    }
}

/// The body cut off behind each of its bytes. Gives the number of cells, or the first that is wrong.
pub(crate) fn cut_everywhere(truth: &Truth) -> Result<usize, String> {
    for length in 0..truth.body.len() {
        let reading = Reading::of(truth, &truth.body[..length]);
        let came = truth.said_in(length);
        let outcome = match truth.delivery {
            Delivery::Stream if came < truth.ends() => {
                reading.broke(ErrorKind::Stream, truth.text_of(came))
            }
            Delivery::Stream => match reading.is_whole() {
                true => Ok(()),
                false => Err("what is whole does not pass".to_owned()),
            },
            _ => reading.broke(ErrorKind::Decode, ""),
        };
        outcome.map_err(|why| format!("cut behind {length} bytes: {why}"))?;
    }
    let whole = Reading::of(truth, &truth.body);
    match whole.is_whole() && whole.response().text() == truth.given.text() {
        true => Ok(truth.body.len() + 1),
        false => Err("the whole body is not whole".to_owned()),
    }
}

/// Each byte of the stream flipped, in each of the ways.
pub(crate) fn flip_everywhere(truth: &Truth) -> Result<usize, String> {
    let mut body = truth.body.clone();
    for (number, frame) in truth.frames.iter().enumerate() {
        let before = Reading::of(truth, &truth.body[..frame.start]);
        for at in frame.clone() {
            for mask in MASKS {
                body[at] ^= mask;
                let reading = Reading::of(truth, &body);
                body[at] ^= mask;
                let same = reading.response().message == before.response().message;
                let outcome = match same {
                    true => reading.broke(ErrorKind::Stream, truth.text_of(number)),
                    false => Err("what is kept is not what came before".to_owned()),
                };
                outcome.map_err(|why| format!("byte {at} flipped by {mask:#x}: {why}"))?;
            }
        }
    }
    Ok(truth.body.len() * MASKS.len())
}

/// Bytes of server-sent events flipped, which have no checksum: a flip is found if the JSON breaks or lacks what it must
/// have. What must hold: no panic, an error that says that the answer is no good, or an answer that says something; and
/// the text of the events before the damaged one is there.
pub(crate) fn flip_events(truth: &Truth) -> Result<usize, String> {
    let mut body = truth.body.clone();
    let mut cells = 0;
    for (number, event) in truth.frames.iter().enumerate() {
        for at in event.clone().step_by(STRIDE) {
            for mask in MASKS {
                body[at] ^= mask;
                let reading = Reading::of(truth, &body);
                body[at] ^= mask;
                let flipped = |why: &str| Err(format!("byte {at} flipped by {mask:#x}: {why}"));
                match &reading.result {
                    Err(error)
                        if !matches!(error.kind(), ErrorKind::Decode | ErrorKind::Stream) =>
                    {
                        return flipped(&format!("{}: {error}", error.kind()));
                    }
                    Ok(response) if says_nothing(response) => {
                        return flipped("an answer of nothing passes for one");
                    }
                    _ => {}
                }
                // A flipped number may put a piece in front of those that came before it.
                if !reading.response().text().contains(truth.text_of(number)) {
                    return flipped("what came before is not kept");
                }
                cells += 1;
            }
        }
    }
    Ok(cells)
}

/// Each byte of a body in one piece flipped.
pub(crate) fn flip_whole(truth: &Truth) -> Result<usize, String> {
    let mut body = truth.body.clone();
    for at in 0..body.len() {
        for mask in MASKS {
            body[at] ^= mask;
            let reading = Reading::of(truth, &body);
            let flipped = String::from_utf8_lossy(&body).into_owned();
            body[at] ^= mask;
            if let Err(error) = &reading.result
                && error.kind() != ErrorKind::Decode
            {
                return Err(format!("byte {at} flipped by {mask:#x}: {error}"));
            }
            // A name that is another one now must not cost the text that it is of.
            if reading.is_whole() && says_nothing(reading.response()) {
                return Err(format!(
                    "byte {at} flipped by {mask:#x}: an answer of nothing passes for one: {flipped}"
                ));
            }
        }
    }
    Ok(truth.body.len() * MASKS.len())
}

fn says_nothing(response: &Response) -> bool {
    response.message.content.is_empty()
}

/// Frames in another order, twice, or missing: each is good in itself, so that nothing shows it. What must hold: no
/// panic, and the text of every frame that came is there.
pub(crate) fn shuffled(truth: &Truth) -> Result<usize, String> {
    let frames: Vec<&[u8]> = truth
        .frames
        .iter()
        .map(|frame| &truth.body[frame.clone()])
        .collect();
    let piece = |at: usize| &truth.text_of(at + 1)[truth.text_of(at).len()..];
    let mut cells = 0;
    for at in 0..frames.len() {
        let (mut twice, mut missing, mut swapped) =
            (frames.clone(), frames.clone(), frames.clone());
        twice.insert(at, frames[at]);
        missing.remove(at);
        swapped.swap(at, (at + 1).min(frames.len() - 1));
        let length = truth.given.text().len();
        for (what, frames, length) in [
            ("twice", twice, length + piece(at).len()),
            ("missing", missing, length - piece(at).len()),
            ("swapped", swapped, length),
        ] {
            let reading = Reading::of(truth, &frames.concat());
            let text = reading.response().text();
            if text.len() != length {
                return Err(format!(
                    "frame {at} {what}: {} bytes of text, not {length}",
                    text.len()
                ));
            }
            if reading.is_whole() && reading.told() != text {
                return Err(format!("frame {at} {what}: the events have other text"));
            }
            cells += 1;
        }
    }
    Ok(cells)
}
