//! What befalls the connection: it is not there, breaks, falls silent, or drips.

use std::time::Duration;

use reqllm::{ErrorKind, FinishReason};
use reqllm_emulator::Fault;

use super::{Row, Strikes, answer, broken, error, late, not_repeated, repeated};
use crate::cell::{Act, Deadline, Keeps, Stated};
use crate::column::Column;

/// Where an event says that the answer is whole, so that nothing of it is lost with the connection.
const SSE: &[Column] = &[Column::Chat, Column::Responses, Column::Messages];

const BREAKS: &str = "Connections that break";
const SILENCE: &str = "Silence, each deadline in turn";

/// A byte now, and the next one when most of the deadline is still to come: nothing is ever silent for long.
const DRIP: Duration = Duration::from_millis(50);

pub(super) fn rows() -> Vec<Row> {
    let mut rows = breaks();
    rows.extend(silence());
    rows
}

fn breaks() -> Vec<Row> {
    let row = |fault, strikes, make: fn(&crate::subject::Truth, usize) -> Fault| {
        Row::new(BREAKS, fault, strikes, move |truth, place| {
            make(truth, place).times(2)
        })
    };
    // Before an answer begins only a connection that did not come about proves that nobody has worked on the request.
    let unanswered = error(ErrorKind::Transport, false, 1, Keeps::Nothing);
    let whole = not_repeated(ErrorKind::Transport);
    let silent = repeated(ErrorKind::Transport);
    let midway = broken(ErrorKind::Transport);
    vec![
        Row::new(BREAKS, "nobody listens", Strikes::Before, |_, _| Act::Gone)
            .both(repeated(ErrorKind::Transport)),
        row("reset as it is made", Strikes::Before, |_, _| {
            Fault::reset_on_accept()
        })
        .both(Stated::Unmade),
        row(
            "reset behind the head of the request",
            Strikes::Before,
            |_, _| Fault::reset_in_request(),
        )
        .both(unanswered),
        row("reset instead of an answer", Strikes::Before, |_, _| {
            Fault::reset_before_head()
        })
        .both(unanswered),
        row("closed instead of an answer", Strikes::Before, |_, _| {
            Fault::close_before_head()
        })
        .both(unanswered),
        row("reset behind the head", Strikes::Before, |_, _| {
            Fault::reset_after_head()
        })
        .whole(whole)
        .stream(silent),
        row(
            "reset before the answer says anything",
            Strikes::InSilence,
            |_, place| Fault::reset_after_events(place),
        )
        .stream(silent),
        Row::new(
            BREAKS,
            "reset before the answer says anything, once",
            Strikes::InSilence,
            |_, place| Fault::reset_after_events(place),
        )
        .stream(answer(2)),
        row(
            "reset behind each frame that says something",
            Strikes::Each,
            |_, place| Fault::reset_after_events(place),
        )
        .stream(midway),
        row(
            "reset within a body or a frame",
            Strikes::Midway,
            |truth, place| Fault::reset_after_bytes(truth.bytes_into(place)),
        )
        .whole(whole)
        .stream(midway),
        row(
            "closed behind each frame that says something, without HTTP's end",
            Strikes::Each,
            |_, place| Fault::close_after_events(place),
        )
        .stream(midway),
        row(
            "closed within a body or a frame",
            Strikes::Midway,
            |truth, place| Fault::close_after_bytes(truth.bytes_into(place)),
        )
        .whole(whole)
        .stream(midway),
        row(
            "closed behind the last frame, without HTTP's end",
            Strikes::Behind,
            |_, place| Fault::close_after_events(place),
        )
        .stream(midway)
        .but_stream(SSE, answer(1)),
        row(
            "reset behind the event that makes it whole",
            Strikes::AtEnd,
            |_, place| Fault::reset_after_events(place),
        )
        .stream(answer(1))
        .but_stream(&[Column::Chat], Stated::Stopped(FinishReason::Stop))
        .on(SSE),
        row(
            "a body shorter than its length",
            Strikes::Before,
            |truth, _| Fault::truncate_bytes(truth.bytes_into(0)),
        )
        .whole(whole),
    ]
}

fn silence() -> Vec<Row> {
    let row = |fault: &str, deadline, strikes, make: fn(&crate::subject::Truth, usize) -> Fault| {
        let deadline_name = match deadline {
            Deadline::Total => "timeout",
            Deadline::FirstByte => "first-byte timeout",
            Deadline::Idle => "idle timeout",
        };
        let fault = format!("{fault}; {deadline_name}");
        Row::new(SILENCE, fault, strikes, move |truth, place| {
            make(truth, place).times(2)
        })
        .within(deadline)
    };
    let nothing = late(Keeps::Nothing);
    let came = late(Keeps::WhatCame);
    let mut rows = Vec::new();
    for deadline in [Deadline::Total, Deadline::FirstByte] {
        rows.extend([
            row("no answer", deadline, Strikes::Before, |_, _| {
                Fault::stall_before_head()
            })
            .both(nothing),
            row("half of a head", deadline, Strikes::Before, |_, _| {
                Fault::raw_and_stall("HTTP/1.1 200 OK\r\ncontent-ty")
            })
            .both(nothing),
            row(
                "slow loris: head and body byte by byte",
                deadline,
                Strikes::Before,
                |_, _| Fault::drip(DRIP),
            )
            .both(nothing),
        ]);
    }
    for (deadline, places, midway) in [
        (
            Deadline::Total,
            Strikes::Midway,
            "in the middle of the text",
        ),
        (
            Deadline::Idle,
            Strikes::Each,
            "behind each frame that says something",
        ),
    ] {
        rows.extend([
            row("a head and no body", deadline, Strikes::Before, |_, _| {
                Fault::stall_after_head()
            })
            .both(nothing),
            row(
                "silence before the answer says anything",
                deadline,
                Strikes::InSilence,
                |_, place| Fault::stall(place),
            )
            .stream(came),
            row(
                &format!("silence {midway}"),
                deadline,
                places,
                |_, place| Fault::stall(place),
            )
            .stream(came),
            row(
                "silence behind the last frame",
                deadline,
                Strikes::Behind,
                |_, place| Fault::stall(place),
            )
            .stream(came)
            .but_stream(SSE, answer(1)),
            row(
                "silence within a body or a frame",
                deadline,
                Strikes::Midway,
                |truth, place| Fault::stall_after_bytes(truth.bytes_into(place)),
            )
            .whole(nothing)
            .stream(came),
        ]);
    }
    rows.push(
        row(
            "a body byte by byte, never silent for long",
            Deadline::Total,
            Strikes::Before,
            |_, _| Fault::chunks(1).and(Fault::pace(DRIP)),
        )
        .both(nothing)
        // A count is too short for that.
        .but_whole(&[Column::Counts], None),
    );
    // Nobody must wait through a retry that could not end in time.
    rows.push(
        Row::new(
            SILENCE,
            "a retry that cannot end in time; timeout",
            Strikes::Before,
            |_, _| Fault::replay(503, [("retry-after", "60")], "").times(2),
        )
        .within(Deadline::Total)
        .both(not_repeated(ErrorKind::Overloaded)),
    );
    rows
}
