//! The fault matrix: every fault, on every route, whole and as a stream, with the outcome stated beforehand.
//!
//! `faults.rs` states what comes of a call whose connection, head or body is disturbed, and the call is made against the
//! emulator. `bytes.rs` damages bodies byte by byte and frame by frame and reads them without a socket. In no cell may
//! text that arrived be lost, an incomplete answer pass for a complete one, or a call outlast its deadline. The table is
//! kept in `docs/faults.md`; with `REQLLM_BLESS=1` it is written anew.

#![cfg(all(
    feature = "anthropic",
    feature = "bedrock",
    feature = "openai",
    feature = "snapshot"
))]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "helpers of tests are tests, which clippy does not see"
)]

mod bytes;
mod cell;
mod column;
#[path = "../common/mod.rs"]
mod common;
mod faults;
#[path = "../corpus/frames.rs"]
#[allow(dead_code, reason = "the other binary asks frames for more")]
mod frames;
mod job;
mod route;
mod subject;
mod table;

use std::fs;
use std::io::Write as _;
use std::sync::Arc;

use reqllm::Delivery;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use route::Route;
use subject::Truth;

/// So many calls at once do not keep each other from their deadlines. Those that wait for one are counted apart.
const AT_ONCE: usize = 8;
const WAITING_AT_ONCE: usize = 16;

#[tokio::test(flavor = "multi_thread")]
async fn every_fault_has_the_outcome_that_is_stated() {
    let rows = Arc::new(faults::rows());
    let rooms = [AT_ONCE, WAITING_AT_ONCE].map(|size| Arc::new(Semaphore::new(size)));
    let mut cells = JoinSet::new();
    for truth in undisturbed().await {
        let truth = Arc::new(truth);
        for (number, row) in rows.iter().enumerate() {
            let Some(stated) = row.stated(truth.route.column, truth.delivery) else {
                continue;
            };
            for place in row.strikes.places(&truth) {
                let room = &rooms[usize::from(row.deadline.is_some())];
                let (rows, truth, room) = (rows.clone(), truth.clone(), room.clone());
                cells.spawn(async move {
                    let _permit = room.acquire().await.unwrap();
                    let row = &rows[number];
                    let outcome = cell::prove(&truth, row, place, stated).await;
                    outcome.map_err(|why| {
                        let fault = &row.fault;
                        format!("{fault} · {truth} · {place} frames\n    {why}")
                    })
                });
            }
        }
    }
    let outcomes = cells.join_all().await;
    let count = outcomes.len();
    let wrong: Vec<String> = outcomes.into_iter().filter_map(Result::err).collect();
    assert!(
        wrong.is_empty(),
        "{} of {count} cells are wrong:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
    say(count, "faults on the road");
}

#[tokio::test(flavor = "multi_thread")]
async fn every_body_that_is_cut_off_at_any_byte_keeps_what_came_and_never_passes_for_whole() {
    let mut cells = 0;
    for truth in truths().await {
        cells += done(&truth, bytes::cut_everywhere(&truth));
    }
    say(cells, "bodies cut off behind each byte");
}

#[tokio::test(flavor = "multi_thread")]
async fn every_flipped_byte_of_a_frame_is_found_and_costs_nothing_that_came_before() {
    let mut cells = 0;
    for truth in truths().await {
        if truth.delivery == Delivery::Stream && truth.route.column.is_amazon() {
            cells += done(&truth, bytes::flip_everywhere(&truth));
        }
    }
    say(cells, "streams with a byte flipped");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_flipped_byte_of_an_event_costs_nothing_that_came_before() {
    let mut cells = 0;
    for truth in truths().await {
        if truth.delivery == Delivery::Stream && !truth.route.column.is_amazon() {
            cells += done(&truth, bytes::flip_events(&truth));
        }
    }
    say(cells, "server-sent events with a byte flipped");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_flipped_byte_of_json_is_an_error_or_an_answer_that_says_something() {
    let mut cells = 0;
    for truth in truths().await {
        if truth.delivery == Delivery::Whole {
            cells += done(&truth, bytes::flip_whole(&truth));
        }
    }
    say(cells, "JSON with a byte flipped");
}

#[tokio::test(flavor = "multi_thread")]
async fn frames_that_come_twice_or_never_or_in_another_order_lose_no_text_that_came() {
    let mut cells = 0;
    for truth in truths().await {
        if truth.delivery == Delivery::Stream {
            cells += done(&truth, bytes::shuffled(&truth));
        }
    }
    say(cells, "streams with frames out of order");
}

#[test]
fn the_matrix_is_kept_in_the_docs() {
    let (path, table) = (table::path(), table::render(&faults::rows()));
    if std::env::var_os("REQLLM_BLESS").is_some_and(|value| value == "1") {
        fs::write(&path, table).unwrap();
        return;
    }
    let kept = fs::read_to_string(&path).unwrap_or_default();
    assert!(
        kept == table,
        "docs/faults.md is not what the matrix states; REQLLM_BLESS=1 cargo test -p reqllm --test matrix writes it anew",
    );
}

/// Answers of every route, in text alone.
async fn undisturbed() -> Vec<Truth> {
    let mut truths = Vec::new();
    for route in Route::ALL {
        for delivery in route.column.deliveries() {
            truths.push(Truth::of(route, *delivery).await);
        }
    }
    truths
}

/// Answers of every conversation, with a call of a tool and without.
async fn truths() -> Vec<Truth> {
    let mut truths = undisturbed().await;
    truths.retain(|truth| truth.route.column.streams());
    for route in Route::ALL {
        for delivery in route.column.deliveries() {
            truths.extend(Truth::with_tool(route, *delivery).await);
        }
    }
    truths
}

/// Past the test harness, which would keep it to itself.
fn say(cells: usize, what: &str) {
    let _ = writeln!(
        std::io::stderr(),
        "matrix: {what}: {cells} cells, all as stated"
    );
}

/// The number of cells that are as stated, or a panic that names the one that is not.
#[track_caller]
fn done(truth: &Truth, cells: Result<usize, String>) -> usize {
    cells.unwrap_or_else(|why| panic!("{truth} · {why}"))
}
