//! What a fault does to the pieces of a body.

use bytes::Bytes;

use super::End;
use crate::fault::{Chunks, Crc, Cut, Fault, Place};
use crate::frame;
use crate::voice::Voice;

/// What a fault does to whole messages of a stream.
pub(super) fn events(events: &mut Vec<Bytes>, fault: &Fault, voice: &Voice, end: &mut End) {
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
        let mut members = exception.fields.clone();
        members.insert("message".to_owned(), exception.message.clone().into());
        events.push((voice.exception)(&exception.exception, &members));
    }
    if let Some(error) = &fault.error_frame {
        events.truncate(error.after_events);
        events.push((voice.error)(&error.code, &error.message));
    }
    for (place, then) in fault.ends() {
        if let Place::AfterEvents(count) = place {
            events.truncate(count);
            *end = End::Cut(then);
        }
    }
}

/// What a fault does to the bytes of any body, wherever messages begin and end.
pub(super) fn bytes(pieces: &mut Vec<Bytes>, fault: &Fault, end: &mut End) {
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
        *end = End::Cut(then);
    }
    if fault.endless {
        *end = End::Blanks;
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
