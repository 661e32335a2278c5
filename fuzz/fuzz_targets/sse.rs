//! Any bytes as server-sent events, cut anywhere: the events that a reader finds which has all of them at once, and takes the
//! HTML standard's algorithm by its words; but for a last line that nothing ends, which counts where it is whole.

#![no_main]

use libfuzzer_sys::fuzz_target;
use reqllm_dialects::sse::Events;
use reqllm_fuzz::cut;

fuzz_target!(|input: (u8, &[u8])| {
    let (seed, bytes) = input;
    let wanted = simple(bytes);
    assert_eq!(read([bytes]), wanted);
    assert_eq!(read(cut(bytes, seed)), wanted);
    assert_eq!(read(bytes.chunks(1)), wanted);
});

/// The data of the events, and how many bytes are left of a line.
type Seen = (Vec<Vec<u8>>, usize);

fn read<'a>(pieces: impl IntoIterator<Item = &'a [u8]>) -> Seen {
    let mut events = Events::default();
    let mut seen = Vec::new();
    let mut each = |data: &[u8]| {
        seen.push(data.to_vec());
        Ok(())
    };
    for piece in pieces {
        events.push(piece, &mut each).expect("it is short");
    }
    events.end(&mut each).expect("nobody objects");
    (seen, events.left_over())
}

fn simple(bytes: &[u8]) -> Seen {
    let (mut lines, mut rest) = lines(bytes);
    let mut last = &bytes[bytes.len() - rest..];
    // A byte order mark counts where its line has come.
    let first = lines.first_mut().unwrap_or(&mut last);
    *first = first.strip_prefix(b"\xef\xbb\xbf").unwrap_or(first);
    let of_event = lines.iter().rev().take_while(|line| !line.is_empty());
    let is_data = |line: &&[u8]| *line == b"data" || line.starts_with(b"data:");
    if !of_event.copied().any(|line| is_data(&line)) && is_whole(last) {
        lines.push(last);
        rest = 0;
    }
    // What came is told at the end, blank line or not.
    lines.push(b"");
    let mut seen = Vec::new();
    let mut data: Option<Vec<u8>> = None;
    for line in lines {
        if line.is_empty() {
            seen.extend(data.take());
            continue;
        }
        let (field, value) = match line.iter().position(|byte| *byte == b':') {
            Some(colon) => (&line[..colon], &line[colon + 1..]),
            None => (line, &b""[..]),
        };
        if field == b"data" {
            let value = value.strip_prefix(b" ").unwrap_or(value);
            data = Some(match data {
                Some(before) => [&before, &b"\n"[..], value].concat(),
                None => value.to_vec(),
            });
        }
    }
    (seen, rest)
}

/// A line of data that is an object of JSON, or the word that ends a stream.
fn is_whole(line: &[u8]) -> bool {
    let Some(data) = line.strip_prefix(b"data:").map(<[u8]>::trim_ascii) else {
        return false;
    };
    let is_object = serde_json::from_slice::<&serde_json::value::RawValue>(data)
        .is_ok_and(|raw| raw.get().starts_with('{'));
    data == b"[DONE]" || is_object
}

/// The lines that have ended, and how long the last one is that has not.
fn lines(bytes: &[u8]) -> (Vec<&[u8]>, usize) {
    let mut lines = Vec::new();
    let mut start = 0;
    let mut at = 0;
    while at < bytes.len() {
        let width = match &bytes[at..] {
            [b'\r', b'\n', ..] => 2,
            [b'\r' | b'\n', ..] => 1,
            _ => 0,
        };
        if width > 0 {
            lines.push(&bytes[start..at]);
            start = at + width;
        }
        at += width.max(1);
    }
    (lines, bytes.len() - start)
}
