//! Recorded streams, cut off behind each of their frames and damaged byte by byte.
//!
//! What must hold is stated in `tests/matrix/bytes.rs`: the reading ends with an error of kind `stream`, and what is kept is
//! what the frames before the damage say. Only the last frame makes a stream whole. This is where the streams are that a
//! guardrail stepped into.

use reqllm::{ErrorKind, Message};

use crate::decode::{Outcome, decode};
use crate::recording::Recording;

/// At most about so many bytes of a stream are flipped; of a longer one they are spread over it.
const FLIPS: usize = 512;

/// Gives the number of cells. A stream that had no end when it was recorded has none.
pub(crate) fn everywhere(recording: &Recording) -> usize {
    let body = recording.response_body.as_slice();
    if decode(recording, [body]).result.is_err() {
        return 0;
    }
    let step = body.len().div_ceil(FLIPS);
    let (mut start, mut cells) = (0, 0);
    while let Some(length) = body.get(start..start + 4) {
        let length = u32::from_be_bytes(length.try_into().expect("four bytes"));
        let end = start + length as usize;
        let before = decode(recording, [&body[..start]]);
        let kept = broken(recording, &before, &format!("cut at {start}"));
        for at in (start..end).step_by(step) {
            let mut flipped = body.to_vec();
            flipped[at] ^= 0x20;
            let damaged = decode(recording, [flipped.as_slice()]);
            let what = format!("byte {at} flipped");
            let same =
                broken(recording, &damaged, &what) == kept && damaged.events == before.events;
            assert!(
                same,
                "{}: {what}: not what came before is kept",
                recording.id
            );
            cells += 1;
        }
        (start, cells) = (end, cells + 1);
    }
    cells
}

/// What is kept of a stream that must be seen to be broken.
fn broken<'a>(recording: &Recording, outcome: &'a Outcome, what: &str) -> &'a Message {
    match &outcome.result {
        Ok(_) => panic!("{}: {what}: passes for whole", recording.id),
        Err(error) => {
            assert_eq!(error.kind(), ErrorKind::Stream, "{}: {what}", recording.id);
            &error.partial().expect("what had arrived").message
        }
    }
}
