//! Answers that are none, are not whole, or come in other clothes.

use reqllm::{ErrorKind, FinishReason};
use reqllm_emulator::Fault;

use super::{Row, Strikes, answer, broken, error, refused, repeated};
use crate::cell::{Keeps, Stated};
use crate::column::Column;
use crate::subject::Truth;

/// Where a blank line ends an event, and what is no event is passed over.
const SSE: &[Column] = &[Column::Chat, Column::Responses, Column::Messages];

const CUT: &str = "Answers that are cut off";
const DAMAGED: &str = "Answers that are damaged";
const CLOTHES: &str = "Answers in other clothes";

pub(super) fn rows() -> Vec<Row> {
    let mut rows = cut();
    rows.extend(damaged());
    rows.extend(clothes());
    rows
}

fn row(
    group: &'static str,
    fault: &str,
    strikes: Strikes,
    make: fn(&Truth, usize) -> Fault,
) -> Row {
    Row::new(group, fault, strikes, move |truth, place| {
        make(truth, place).times(2)
    })
}

fn cut() -> Vec<Row> {
    let early = broken(ErrorKind::Stream);
    vec![
        row(CUT, "nothing in it", Strikes::Before, |truth, _| {
            replay(truth, b"")
        })
        .whole(refused(ErrorKind::Decode))
        .stream(repeated(ErrorKind::Stream)),
        row(
            CUT,
            "ended before it says anything",
            Strikes::InSilence,
            |_, place| Fault::truncate_events(place),
        )
        .stream(repeated(ErrorKind::Stream)),
        Row::new(
            CUT,
            "ended before it says anything, once",
            Strikes::InSilence,
            |_, place| Fault::truncate_events(place),
        )
        .stream(answer(2)),
        row(
            CUT,
            "ended behind each frame that says something",
            Strikes::Each,
            |_, place| Fault::truncate_events(place),
        )
        .stream(early),
        // Of Chat Completions the counts come behind the reason to stop.
        row(
            CUT,
            "ended behind the event that makes it whole",
            Strikes::AtEnd,
            |_, place| Fault::truncate_events(place),
        )
        .stream(answer(1))
        .but_stream(&[Column::Chat], Stated::Stopped(FinishReason::Stop))
        .on(Column::VENDORS),
        row(
            CUT,
            "ended within a body or a frame",
            Strikes::Midway,
            |truth, place| replay(truth, &truth.body[..truth.bytes_into(place)]),
        )
        .whole(refused(ErrorKind::Decode))
        .stream(early),
        row(
            CUT,
            "HTTP/1.0, closed within a body or a frame",
            Strikes::Midway,
            |truth, place| old(truth, &truth.body[..truth.bytes_into(place)]),
        )
        .whole(refused(ErrorKind::Decode))
        .stream(early),
        row(
            CUT,
            "HTTP/1.0, closed at the end",
            Strikes::Behind,
            |truth, _| old(truth, &truth.body),
        )
        .both(answer(1)),
    ]
}

fn damaged() -> Vec<Row> {
    let found = broken(ErrorKind::Stream);
    vec![
        row(DAMAGED, "a wrong checksum behind each frame that says something", Strikes::Each, |_, place| {
            Fault::corrupt_message(place)
        })
        .on(Column::AMAZON)
        .stream(found),
        row(DAMAGED, "a wrong checksum of the lengths behind each frame that says something", Strikes::Each, |_, place| {
            Fault::corrupt_prelude(place)
        })
        .on(Column::AMAZON)
        .stream(found),
        row(DAMAGED, "a flipped byte in each frame behind those that say something", Strikes::Each, |truth, place| {
            Fault::flip(truth.bytes_into(place))
        })
        .on(Column::AMAZON)
        .stream(found),
        row(DAMAGED, "a flipped byte in the first frame", Strikes::Before, |truth, _| Fault::flip(truth.bytes_into(0)))
            .on(Column::AMAZON)
        .stream(repeated(ErrorKind::Stream)),
        row(DAMAGED, "a quotation mark that is none", Strikes::Before, |_, _| Fault::flip(1))
            .whole(refused(ErrorKind::Decode)),
        row(DAMAGED, "garbage behind the end", Strikes::Behind, |_, _| Fault::append("not of this answer"))
            .whole(refused(ErrorKind::Decode))
            .stream(found)
        .but_stream(SSE, answer(1)),
        row(DAMAGED, "less than a frame behind the end", Strikes::Behind, |_, _| Fault::append("rest"))
            .whole(refused(ErrorKind::Decode))
            .stream(found)
        .but_stream(SSE, answer(1)),
        row(DAMAGED, "blanks without end behind the end", Strikes::Behind, |_, _| Fault::endless())
            .whole(refused(ErrorKind::Decode))
            .stream(found)
        .but_stream(SSE, error(ErrorKind::Decode, false, 1, Keeps::WhatCame)),
        row(DAMAGED, "a frame that claims four gigabytes", Strikes::Before, |truth, _| {
            replay(truth, &claim(u32::MAX))
        })
        .on(Column::AMAZON)
        .stream(repeated(ErrorKind::Stream)),
        row(
            DAMAGED,
            "JSON that has no choice in it",
            Strikes::Before,
            |truth, _| replay(truth, br#"{"id":"c","object":"chat.completion","choices":[]}"#),
        )
        .whole(refused(ErrorKind::Decode))
        .on(&[Column::Chat]),
        row(
            DAMAGED,
            "JSON that is no object",
            Strikes::Before,
            |truth, _| replay(truth, b"[]"),
        )
        .whole(refused(ErrorKind::Decode))
        .on(Column::VENDORS),
        row(DAMAGED, "bytes that are no HTTP", Strikes::Before, |_, _| Fault::raw("SSH-2.0-OpenSSH_9.6\r\n"))
            .both(error(ErrorKind::Transport, false, 1, Keeps::Nothing)),
        row(DAMAGED, "a head without end", Strikes::Before, |_, _| {
            Fault::raw_and_repeat("HTTP/1.1 200 OK\r\nx: y\r\n")
        })
        .both(error(ErrorKind::Transport, false, 1, Keeps::Nothing)),
        row(DAMAGED, "chunks whose sizes are none", Strikes::Before, |truth, _| {
            let kind = truth.content_type();
            let head = format!("HTTP/1.1 200 OK\r\ncontent-type: {kind}\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n");
            Fault::raw(head)
        })
        .whole(error(ErrorKind::Transport, true, 1, Keeps::Nothing))
        .stream(repeated(ErrorKind::Transport)),
    ]
}

fn clothes() -> Vec<Row> {
    let none = refused(ErrorKind::Decode);
    vec![
        row(CLOTHES, "a page in HTML", Strikes::Before, |_, _| {
            Fault::replay(200, [("content-type", "text/html")], "<html>Sign in</html>")
        })
        .both(none),
        row(CLOTHES, "a complaint in JSON", Strikes::Before, |_, _| {
            Fault::replay(
                200,
                [("content-type", "application/json")],
                r#"{"message":"no route"}"#,
            )
        })
        .both(none),
        // Whoever reads JSON finds JSON, whatever it is called.
        row(
            CLOTHES,
            "the answer under another content type",
            Strikes::Before,
            |_, _| Fault::default().header("content-type", "text/plain"),
        )
        .whole(answer(1))
        .stream(none)
        .but_stream(SSE, answer(1)),
        row(
            CLOTHES,
            "an answer in one piece where a stream was asked for",
            Strikes::Behind,
            |truth, _| {
                let json = [("content-type", "application/json")];
                Fault::replay(200, json, truth.in_one_piece.clone())
            },
        )
        .stream(answer(1))
        .on(SSE),
        row(
            CLOTHES,
            "an answer in one piece under the content type of a stream",
            Strikes::Behind,
            |truth, _| replay(truth, &truth.in_one_piece),
        )
        .stream(answer(1))
        .on(SSE),
        row(
            CLOTHES,
            "a web page under the content type of the answer",
            Strikes::Before,
            |truth, _| replay(truth, b"\n<!DOCTYPE html><html>Sign in</html>"),
        )
        .both(none)
        .on(Column::VENDORS),
        row(
            CLOTHES,
            "a complaint in JSON under the content type of the answer",
            Strikes::Before,
            |truth, _| replay(truth, br#"{"message":"no route"}"#),
        )
        .both(none)
        .on(Column::VENDORS),
        row(
            CLOTHES,
            "the answer without a content type",
            Strikes::Behind,
            |truth, _| Fault::replay(200, [("x-amzn-requestid", "r-1")], truth.body.clone()),
        )
        .both(answer(1)),
        row(CLOTHES, "the answer compressed", Strikes::Before, |_, _| {
            Fault::gzip()
        })
        .both(none),
        row(CLOTHES, "a redirect", Strikes::Before, |_, _| {
            Fault::replay(307, [("location", "http://127.0.0.1:1/")], "")
        })
        .both(refused(ErrorKind::Config)),
        row(CLOTHES, "byte by byte", Strikes::Behind, |_, _| {
            Fault::chunks(1)
        })
        .both(answer(1)),
        row(CLOTHES, "all at once", Strikes::Behind, |_, _| {
            Fault::chunks(1 << 20)
        })
        .both(answer(1)),
        row(CLOTHES, "blanks behind the end", Strikes::Behind, |_, _| {
            Fault::append("\r\n \r\n")
        })
        .whole(answer(1))
        .stream(broken(ErrorKind::Stream))
        .but_stream(SSE, answer(1)),
    ]
}

/// These bytes as the answer.
fn replay(truth: &Truth, body: &[u8]) -> Fault {
    Fault::replay(200, [("content-type", truth.content_type())], body)
}

/// These bytes as the answer, which is over when the connection is.
fn old(truth: &Truth, body: &[u8]) -> Fault {
    let head = format!(
        "HTTP/1.0 200 OK\r\ncontent-type: {}\r\n\r\n",
        truth.content_type()
    );
    Fault::raw([head.as_bytes(), body].concat())
}

/// The beginning of a frame of this length, its checksum right.
fn claim(length: u32) -> Vec<u8> {
    let mut prelude = [length.to_be_bytes(), 0u32.to_be_bytes()].concat();
    prelude.extend(crc32fast::hash(&prelude).to_be_bytes());
    prelude
}
