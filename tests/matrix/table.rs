//! The matrix as it is kept in the docs.

use std::fmt::Write as _;
use std::path::PathBuf;

use reqllm::Delivery;

use crate::cell::{Keeps, Stated};
use crate::column::Column;
use crate::faults::Row;
use crate::route::Route;

const HEAD: &str = "\
This is what comes of a call whose connection, head or answer is disturbed, on each route, whole and as a stream. \
It is made by `cargo test -p reqllm --test matrix`, which states every cell beforehand and proves it; `REQLLM_BLESS=1` \
writes it anew.

Every call may be repeated once, and every fault strikes both attempts unless it says “once”. “✓” is the answer that \
comes when nothing is disturbed; “✓ 2nd” is the same at the second attempt; “✓” with a reason is the same text, and another \
reason to stop. Else the cell names the kind of the error: “×2” \
says that the call was repeated, “↻” that the error calls a retry worth while and leaves it to the caller, “+ text” that \
the partial response, and the events before the error, have the text of every frame that had come whole, and no other. \
“–” says that the fault cannot strike there.

In no cell is text lost that had arrived, does an answer that is not whole pass for one, does a call outlast \
its deadline, or does an error show the key that the call went with. Where a row names a code, the error has it; where it \
names a wait, the error has that, too.
";

const AMAZON: &str = "
# Amazon's own operations
";

const VENDORS: &str = "
# The forms of OpenAI and Anthropic
";

const BYTES: &str = "
# Bytes

Read without a socket, for the conversations of every route, with and without a call of a tool in the answer:

| damage | whole | AWS's frames | server-sent events |
| --- | --- | --- | --- |
| cut off behind each byte | `decode` | `stream` + text; only the last byte makes it whole | `stream` + text, until the event has come that makes it whole |
| bytes flipped, in four ways | `decode`, or an answer that says something: JSON has no checksum | `stream` + text of the frames before the damaged one | `decode` or `stream`, or an answer that says something; + text of the events before the damaged one |
| each frame or event twice, missing, or behind the next one | – | they have no numbers, so it cannot be found; the text of every frame that came is there | the same; an end that is missing is `stream` |
";

/// Markdown.
pub(crate) fn render(rows: &[Row]) -> String {
    let mut out = HEAD.to_owned() + AMAZON;
    part(&mut out, rows, Column::AMAZON);
    out += VENDORS;
    out += "\nEach form is proved with everybody who speaks it here:";
    for column in Column::VENDORS {
        let speakers = Route::ALL.iter().filter(|route| route.column == *column);
        let speakers: Vec<&str> = speakers.map(|route| route.title).collect();
        let _ = write!(out, " {} with {};", column.title(), speakers.join(", "));
    }
    out.truncate(out.len() - 1);
    out += ".\n";
    part(&mut out, rows, Column::VENDORS);
    out + BYTES
}

/// The tables of these columns, one for each group of faults that strike there.
fn part(out: &mut String, rows: &[Row], columns: &[Column]) {
    for group in rows.chunk_by(|a, b| a.group == b.group) {
        let cells = columns.iter().flat_map(|column| {
            let deliveries = column.deliveries().iter();
            deliveries.map(|delivery| (*column, *delivery))
        });
        let struck = |(column, delivery): &(Column, Delivery)| {
            group
                .iter()
                .any(|row| row.stated(*column, *delivery).is_some())
        };
        let cells: Vec<(Column, Delivery)> = cells.filter(struck).collect();
        if cells.is_empty() {
            continue;
        }
        let _ = write!(out, "\n## {}\n\n| fault |", group[0].group);
        for (column, delivery) in &cells {
            let how = match delivery {
                _ if !column.streams() => "",
                Delivery::Stream => ", stream",
                _ => ", whole",
            };
            let _ = write!(out, " {}{how} |", column.title());
        }
        let _ = writeln!(out, "\n| --- |{}", " --- |".repeat(cells.len()));
        for row in group {
            let stated = cells
                .iter()
                .map(|(column, delivery)| row.stated(*column, *delivery));
            let stated: Vec<Option<Stated>> = stated.collect();
            if stated.iter().all(Option::is_none) {
                continue;
            }
            let _ = write!(out, "| {} |", row.fault);
            for stated in stated {
                let _ = write!(out, " {} |", mark(stated));
            }
            out.push('\n');
        }
    }
}

fn mark(stated: Option<Stated>) -> String {
    match stated {
        None => "–".to_owned(),
        Some(Stated::Unmade) => "`transport`, ×2 if nothing was sent".to_owned(),
        Some(Stated::Answer { attempts: 1 }) => "✓".to_owned(),
        Some(Stated::Answer { .. }) => "✓ 2nd".to_owned(),
        Some(Stated::Stopped(reason)) => {
            format!("✓ `{}`", serde_json::json!(reason).as_str().unwrap())
        }
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
