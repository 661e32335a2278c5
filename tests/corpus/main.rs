//! Recordings of real Bedrock traffic against this library.
//!
//! The recordings are not part of this project: they lie in `../shared/corpus`, beside the checkout, where there is one.
//! Every test here says in its name that it needs them, and skips loudly without them.

#![allow(
    clippy::expect_used,
    reason = "a test that cannot read its data should fail loudly"
)]

mod claude;
mod converse;
mod decode;
mod frames;
mod media;
mod normal;
mod parts;
mod reading;
mod recording;
mod requests;

use std::collections::BTreeMap;
use std::io::Write as _;

use reading::Unread;
use recording::{Recording, Wire};
use serde_json::Value;

/// The recordings that are to be read, or nothing if they are not there.
fn recordings() -> Option<Vec<Recording>> {
    let Some(corpus) = recording::corpus() else {
        say("SKIPPED: there is no ../shared/corpus beside this checkout, so no recording was read");
        return None;
    };
    let selection = recording::select(&corpus).expect("the corpus can be read");
    for (reason, count) in &selection.left_out {
        say(&format!("left out {count}: {reason}"));
    }
    assert!(
        !selection.recordings.is_empty(),
        "a corpus without recordings"
    );
    Some(selection.recordings)
}

/// Past the test harness, which would keep it to itself.
fn say(line: &str) {
    writeln!(std::io::stderr(), "corpus: {line}").expect("standard error is open");
}

#[test]
fn recordings_of_shared_corpus_decode_as_an_independent_reading_gives() {
    let Some(recordings) = recordings() else {
        return;
    };
    let mut tally: BTreeMap<Wire, (usize, usize)> = BTreeMap::new();
    let mut out_of_scope: BTreeMap<&str, usize> = BTreeMap::new();
    let mut failures = Vec::new();
    for recording in &recordings {
        let expected = match reading::read(recording) {
            Ok(reading) => reading,
            Err(Unread::OutOfScope(reason)) => {
                *out_of_scope.entry(reason).or_default() += 1;
                continue;
            }
            Err(Unread::Broken(reason)) => panic!("{}: {reason}", recording.id),
        };
        // Whoever catalogued the recording has a word in it, too: the reading itself must be right.
        if let Err(difference) = recording.expected.agrees(&expected) {
            panic!(
                "{}: the reading and the catalogue differ: {difference}",
                recording.id
            );
        }
        let (good, all) = tally.entry(recording.wire).or_default();
        *all += 1;
        match decode::compare(recording, &expected) {
            Ok(()) => *good += 1,
            Err(difference) => failures.push(format!("{}: {difference}", recording.id)),
        }
    }
    for (wire, (good, all)) in &tally {
        say(&format!(
            "{wire:?}: {good} of {all} decode as the independent reading gives"
        ));
    }
    for (reason, count) in out_of_scope {
        say(&format!("out of scope {count}: {reason}"));
    }
    let (good, all) = tally
        .values()
        .fold((0, 0), |sum, one| (sum.0 + one.0, sum.1 + one.1));
    say(&format!("decoded {good} of {all}"));
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

#[test]
fn raw_streams_of_shared_corpus_give_the_same_events_when_cut_at_every_byte() {
    let Some(recordings) = recordings() else {
        return;
    };
    let streams: Vec<&Recording> = recordings
        .iter()
        .filter(|recording| recording.format == "raw-eventstream" && !recording.is_error())
        .collect();
    // The work grows with the square of the length: share it out, the long ones first.
    let queue = std::sync::Mutex::new({
        let mut streams = streams.clone();
        streams.sort_by_key(|recording| recording.response_body.len());
        streams
    });
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                loop {
                    let Some(recording) = queue.lock().expect("no test thread panicked").pop()
                    else {
                        break;
                    };
                    decode::cut_everywhere(recording);
                }
            });
        }
    });
    let bytes: usize = streams.iter().map(|it| it.response_body.len()).sum();
    say(&format!(
        "{} streams cut at each of their {bytes} bytes",
        streams.len()
    ));
}

#[test]
fn recorded_converse_requests_of_shared_corpus_are_produced_again() {
    let Some(recordings) = recordings() else {
        return;
    };
    let mut same = 0;
    let mut inexpressible: BTreeMap<String, usize> = BTreeMap::new();
    let mut justified: BTreeMap<&str, usize> = BTreeMap::new();
    let mut failures = Vec::new();
    for recording in &recordings {
        let (Wire::Converse | Wire::ConverseStream, Some(body)) =
            (recording.wire, &recording.request_body)
        else {
            continue;
        };
        let contract = match requests::contract(body) {
            Ok(contract) => contract,
            Err(reason) => {
                *inexpressible.entry(reason).or_default() += 1;
                continue;
            }
        };
        if let Some(reason) = decode::justified(recording, &contract) {
            *justified.entry(reason).or_default() += 1;
            continue;
        }
        let recorded: Value = serde_json::from_slice(body).expect("a body that has a contract");
        match decode::encode(recording, &contract) {
            Ok(ours) if normal::normalise(ours.clone()) == normal::normalise(recorded.clone()) => {
                same += 1;
            }
            Ok(ours) => failures.push(format!(
                "{}:\n  ours     {}\n  recorded {}",
                recording.id,
                normal::normalise(ours),
                normal::normalise(recorded)
            )),
            Err(error) => failures.push(format!("{}: {error}", recording.id)),
        }
    }
    say(&format!("{same} recorded requests are produced again"));
    for (reason, count) in inexpressible {
        say(&format!("the contract cannot say {count}: {reason}"));
    }
    for (reason, count) in justified {
        say(&format!("differ for a reason {count}: {reason}"));
    }
    assert!(
        failures.is_empty(),
        "{} differ\n{}",
        failures.len(),
        failures.join("\n")
    );
}
