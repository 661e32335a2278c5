//! What Bedrock answers, written by hand: whole answers, and the frames of streams, of Converse and of Claude's own body; and
//! what OpenAI and Anthropic stream.
//!
//! The comparison's server sends it, micro-benchmarks read it, and the test that counts allocations does, too.

#![allow(
    dead_code,
    unused_imports,
    reason = "each program uses its own part of it"
)]

mod answer;
mod frame;
pub(crate) mod sse;

pub(crate) use self::answer::{Wire, head, piece, reordered_piece, tail, text, whole};

/// The body of a stream with so many pieces of text, without HTTP around it.
pub(crate) fn body(wire: Wire, pieces: u64) -> Vec<u8> {
    frames(wire, pieces).flatten().collect()
}

/// The same with the members of the events with text in another order.
pub(crate) fn reordered_body(wire: Wire, pieces: u64) -> Vec<u8> {
    whole_of(wire, pieces, reordered_piece).flatten().collect()
}

/// The frames of a stream with so many pieces of text.
pub(crate) fn frames(wire: Wire, pieces: u64) -> impl Iterator<Item = Vec<u8>> {
    whole_of(wire, pieces, piece)
}

fn whole_of(
    wire: Wire,
    pieces: u64,
    piece: fn(Wire, u64) -> Vec<u8>,
) -> impl Iterator<Item = Vec<u8>> {
    head(wire)
        .into_iter()
        .chain((0..pieces).map(move |number| piece(wire, number)))
        .chain(tail(wire, pieces))
}
