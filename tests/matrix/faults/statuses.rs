//! Refusals whose status says all there is to say, as those of proxies in between; and when to come back.
//!
//! Sources: RFC 9110, sections 10.2.3 and 15; RFC 6585; OpenAI's and Anthropic's clients, which obey `retry-after-ms` and
//! `x-should-retry`.

use std::time::Duration;

use reqllm::ErrorKind;
use reqllm_emulator::Fault;

use super::{Again, Row, Strikes};
use crate::column::Column;

const ALONE: &str = "Refusals by a status alone";

/// A status that says it alone, in a web page or without a word.
const BARE: &[(u16, ErrorKind, Again)] = &[
    (400, ErrorKind::InvalidRequest, Again::Never),
    (401, ErrorKind::Authentication, Again::Never),
    (403, ErrorKind::Permission, Again::Never),
    (404, ErrorKind::NotFound, Again::Never),
    (405, ErrorKind::NotFound, Again::Never),
    (407, ErrorKind::Config, Again::Never),
    (408, ErrorKind::Timeout, Again::ByTheCaller),
    (409, ErrorKind::Server, Again::Once),
    (413, ErrorKind::InvalidRequest, Again::Never),
    (429, ErrorKind::RateLimited, Again::Once),
    (500, ErrorKind::Server, Again::Once),
    (501, ErrorKind::Server, Again::Never),
    (502, ErrorKind::Server, Again::Once),
    (503, ErrorKind::Overloaded, Again::Once),
    (504, ErrorKind::Timeout, Again::ByTheCaller),
    (524, ErrorKind::Timeout, Again::ByTheCaller),
    (529, ErrorKind::Overloaded, Again::Once),
];

pub(super) fn rows() -> Vec<Row> {
    let mut rows = bare();
    rows.extend(waits());
    rows
}

fn bare() -> Vec<Row> {
    let mut rows = Vec::new();
    for &(status, kind, again) in BARE {
        for (how, body) in [("a proxy's web page", "<html>No.</html>"), ("no word", "")] {
            let row = Row::new(
                ALONE,
                format!("{status} with {how}"),
                Strikes::Before,
                move |_, _| Fault::replay(status, [("content-type", "text/html")], body).times(2),
            );
            rows.push(
                row.both(again.stated(kind))
                    .on(Column::VENDORS)
                    .code(None)
                    .wait(None),
            );
        }
    }
    for (title, act) in [
        ("500 and a megabyte", big as fn() -> Fault),
        ("500 whose body breaks off", || {
            Fault::error(500, "server_error", "x".repeat(100)).and(Fault::reset_after_bytes(40))
        }),
        ("500 whose body is shorter than its length", || {
            Fault::error(500, "server_error", "x".repeat(100)).and(Fault::truncate_bytes(40))
        }),
    ] {
        let row = Row::new(ALONE, title, Strikes::Before, move |_, _| act().times(2));
        rows.push(
            row.both(Again::Once.stated(ErrorKind::Server))
                .on(Column::VENDORS),
        );
    }
    rows
}

fn big() -> Fault {
    Fault::replay(
        500,
        [("content-type", "text/plain")],
        "No. ".repeat(1 << 18),
    )
}

/// What the server says of when to come back.
fn waits() -> Vec<Row> {
    let row = |title: &str, status, headers: &'static [(&'static str, &'static str)]| {
        Row::new("When to come back", title, Strikes::Before, move |_, _| {
            let json = ("content-type", "application/json");
            Fault::replay(
                status,
                headers.iter().copied().chain([json]),
                r#"{"error": {"message": "No."}}"#,
            )
            .times(2)
        })
        .on(Column::VENDORS)
    };
    let limited = ErrorKind::RateLimited;
    let millis = Duration::from_millis;
    vec![
        row("429 with `retry-after: 1`", 429, &[("retry-after", "1")])
            .both(Again::Once.stated(limited))
            .wait(millis(1000)),
        row(
            "429 with `retry-after-ms: 20`",
            429,
            &[("retry-after-ms", "20"), ("retry-after", "600")],
        )
        .both(Again::Once.stated(limited))
        .wait(millis(20)),
        row(
            "429 with `retry-after` of a day that has passed",
            429,
            &[("retry-after", "Sun, 06 Nov 1994 08:49:37 GMT")],
        )
        .both(Again::Once.stated(limited))
        .wait(millis(0)),
        row(
            "429 with `retry-after: soon`, which is none",
            429,
            &[("retry-after", "soon")],
        )
        .both(Again::Once.stated(limited))
        .wait(None),
        row(
            "429 with `retry-after: 600`, longer than anybody waits",
            429,
            &[("retry-after", "600")],
        )
        .both(Again::ByTheCaller.stated(limited))
        .wait(millis(600_000)),
        row("503 with `retry-after: 1`", 503, &[("retry-after", "1")])
            .both(Again::Once.stated(ErrorKind::Overloaded))
            .wait(millis(1000)),
        row(
            "429 with `x-should-retry: false`",
            429,
            &[("x-should-retry", "false")],
        )
        .both(Again::Never.stated(limited)),
        row(
            "503 with `x-should-retry: true`",
            503,
            &[("x-should-retry", "true")],
        )
        .both(Again::Once.stated(ErrorKind::Overloaded)),
    ]
}
