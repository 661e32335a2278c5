//! Server-sent events that are written otherwise, are none, or come where nobody looks for them.
//!
//! Source: the HTML standard, "Server-sent events", which says what is an event and what is passed over.

use reqllm::{ErrorKind, FinishReason};
use reqllm_emulator::Fault;

use super::{Row, Strikes, answer, error};
use crate::cell::{Keeps, Stated};
use crate::column::Column;
use crate::subject::Truth;

const STREAMS: &[Column] = &[Column::Chat, Column::Responses, Column::Messages];

pub(super) fn rows() -> Vec<Row> {
    let row = |title: &str, strikes, make: fn(&Truth, usize) -> Vec<u8>| {
        Row::new("Server-sent events", title, strikes, move |truth, place| {
            let head = [("content-type", "text/event-stream")];
            Fault::replay(200, head, make(truth, place)).times(2)
        })
        .on(STREAMS)
    };
    let broken = error(ErrorKind::Decode, false, 1, Keeps::WhatCame);
    vec![
        row("lines that end in CRLF", Strikes::Behind, |truth, _| {
            text(truth).replace('\n', "\r\n").into()
        })
        .stream(answer(1)),
        row("lines that end in CR", Strikes::Behind, |truth, _| {
            text(truth).replace('\n', "\r").into()
        })
        .stream(answer(1)),
        row("a byte order mark", Strikes::Behind, |truth, _| {
            ["\u{feff}", text(truth)].concat().into()
        })
        .stream(answer(1)),
        row("no blank behind the colon", Strikes::Behind, |truth, _| {
            text(truth).replace("data: ", "data:").into()
        })
        .stream(answer(1)),
        row(
            "no blank line behind the last event",
            Strikes::Behind,
            |truth, _| text(truth).trim_end().into(),
        )
        .stream(answer(1)),
        row(
            "a comment behind each event",
            Strikes::Each,
            |truth, place| with(truth, place, b": keep-alive\n\n"),
        )
        .stream(answer(1)),
        row(
            "ids, waits and empty data behind each event",
            Strikes::Each,
            |truth, place| with(truth, place, b"id: 7\nretry: 1000\n\ndata:\n\ndata\n\n"),
        )
        .stream(answer(1)),
        row(
            "a line that is no field behind each event",
            Strikes::Each,
            |truth, place| with(truth, place, b"garbage\n\n{\"more\": \"garbage\"}\n\n"),
        )
        .stream(answer(1)),
        row(
            "bytes that are no UTF-8 in a comment",
            Strikes::Midway,
            |truth, place| with(truth, place, b": \xff\xfe\n\n"),
        )
        .stream(answer(1)),
        row(
            "data that is no JSON behind each event",
            Strikes::Each,
            |truth, place| with(truth, place, b"data: garbage\n\n"),
        )
        .stream(broken),
        row(
            "half of an object behind each event",
            Strikes::Each,
            |truth, place| with(truth, place, b"data: {\"choices\": [{\n\n"),
        )
        .stream(broken),
        row(
            "a letter that is no UTF-8",
            Strikes::Midway,
            |truth, place| {
                let mut body = truth.body.clone();
                let piece = truth.text_of(place + 1)[truth.text_of(place).len()..].trim();
                let delta =
                    truth.frames[place].start + find(&body[truth.frames[place].clone()], "delta");
                let letter = delta + find(&body[delta..], piece);
                body[letter] = 0xff;
                body
            },
        )
        .stream(broken),
        row(
            "an event of more than 24 MiB",
            Strikes::Midway,
            |truth, place| {
                let long = [b"data: ".as_slice(), &vec![b' '; 25 << 20], b"\n\n"].concat();
                with(truth, place, &long)
            },
        )
        .stream(broken),
        row(
            "`[DONE]` behind each event, and nothing more",
            Strikes::Each,
            |truth, place| {
                let came = truth.frames[place - 1].end;
                [&truth.body[..came], b"data: [DONE]\n\n"].concat()
            },
        )
        .stream(super::broken(ErrorKind::Stream))
        .on(&[Column::Responses, Column::Messages]),
        // Some servers never say why the model stopped.
        row(
            "no reason to stop before `[DONE]`",
            Strikes::Behind,
            |truth, _| {
                let body =
                    text(truth).replace(r#""finish_reason":"stop""#, r#""finish_reason":null"#);
                let body = body.replace("data: [DONE]\n\n", "");
                [&body, "data: [DONE]\n\n"].concat().into()
            },
        )
        .stream(Stated::Stopped(FinishReason::Unknown))
        .on(&[Column::Chat]),
        row(
            "`error:` as a field behind each event",
            Strikes::Each,
            |truth, place| {
                let said = br#"{"code": 500, "message": "No slot.", "type": "api_error"}"#;
                with(
                    truth,
                    place,
                    &[b"error: ", said.as_slice(), b"\n\n"].concat(),
                )
            },
        )
        .stream(super::broken(ErrorKind::Server)),
        row(
            "`[DONE]` once more behind the end",
            Strikes::Behind,
            |truth, _| [text(truth), "data: [DONE]\n\n"].concat().into(),
        )
        .stream(answer(1)),
        row("without `[DONE]`", Strikes::Behind, |truth, _| {
            text(truth).replace("data: [DONE]\n\n", "").into()
        })
        .stream(answer(1)),
    ]
}

fn text(truth: &Truth) -> &str {
    std::str::from_utf8(&truth.body).unwrap()
}

fn find(body: &[u8], words: &str) -> usize {
    let words = words.as_bytes();
    body.windows(words.len())
        .position(|it| it == words)
        .unwrap()
}

/// The stream with something more behind so many events.
fn with(truth: &Truth, place: usize, more: &[u8]) -> Vec<u8> {
    let (before, behind) = truth.body.split_at(truth.frames[place].start);
    [before, more, behind].concat()
}
