//! The matrix as it is kept in the docs.

use std::fmt::Write as _;
use std::path::PathBuf;

use reqllm::Delivery;

use crate::cell::{Keeps, Stated};
use crate::faults::Row;
use crate::subject::{DELIVERIES, Route};

const HEAD: &str = "\
This is what comes of a call whose connection, head or answer is disturbed, on each route, whole and as a stream. \
It is made by `cargo test -p reqllm --test matrix`, which states every cell beforehand and proves it; `REQLLM_BLESS=1` \
writes it anew.

Every call may be repeated once, and every fault strikes both attempts unless it says “once”. “✓” is the answer that \
comes when nothing is disturbed; “✓ 2nd” is the same at the second attempt. Else the cell names the kind of the error: “×2” \
says that the call was repeated, “↻” that the error calls a retry worth while and leaves it to the caller, “+ text” that \
the partial response, and the events before the error, have the text of every frame that had come whole, and no other. \
“–” says that the fault cannot strike there.

In no cell is text lost that had arrived, does an answer that is not whole pass for one, or does a call outlast \
its deadline.
";

const BYTES: &str = "
## Bytes

Read without a socket, for the same routes, with and without a call of a tool in the answer:

| damage | whole | stream |
| --- | --- | --- |
| cut off behind each byte | `decode` | `stream` + text; only the last byte makes it whole |
| each byte flipped, in four ways | `decode`, or an answer that says something: JSON has no checksum | `stream` + text of the frames before the damaged one |
| each frame twice, missing, or behind the next one | – | frames have no numbers, so it cannot be found; the text of every frame that came is there |
";

/// Markdown.
pub(crate) fn render(rows: &[Row]) -> String {
    let mut out = HEAD.to_owned();
    let mut group = "";
    for row in rows {
        if row.group != group {
            group = row.group;
            let _ = write!(out, "\n## {group}\n\n| fault |");
            for (route, delivery) in columns() {
                let how = match delivery {
                    Delivery::Stream => "stream",
                    _ => "whole",
                };
                let _ = write!(out, " {}, {how} |", route.title());
            }
            let _ = writeln!(out, "\n| --- |{}", " --- |".repeat(columns().count()));
        }
        let _ = write!(out, "| {} |", row.fault);
        for (_, delivery) in columns() {
            let _ = write!(out, " {} |", mark(row.stated(delivery)));
        }
        out.push('\n');
    }
    out + BYTES
}

fn columns() -> impl Iterator<Item = (Route, Delivery)> {
    Route::ALL
        .into_iter()
        .flat_map(|route| DELIVERIES.map(|delivery| (route, delivery)))
}

fn mark(stated: Option<Stated>) -> String {
    match stated {
        None => "–".to_owned(),
        Some(Stated::Unmade) => "`transport`, ×2 if nothing was sent".to_owned(),
        Some(Stated::Answer { attempts: 1 }) => "✓".to_owned(),
        Some(Stated::Answer { .. }) => "✓ 2nd".to_owned(),
        Some(Stated::Error {
            kind,
            retryable,
            attempts,
            keeps,
        }) => {
            let again = match (attempts, retryable) {
                (1, true) => " ↻",
                (1, false) => "",
                _ => " ×2",
            };
            let text = match keeps {
                Keeps::Nothing => "",
                Keeps::WhatCame => " + text",
            };
            format!("`{kind}`{again}{text}")
        }
    }
}

/// Where the matrix is kept.
pub(crate) fn path() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("docs/faults.md")
}
