//! Recordings of real Bedrock traffic against this library.
//!
//! The recordings are not part of this project: they lie in `../shared/corpus`, beside the checkout, where there is one.
//! Every test here says in its name that it needs them, and skips loudly without them.

#![allow(
    clippy::expect_used,
    clippy::panic,
    reason = "a test that cannot read its data should fail loudly"
)]

mod answers;
mod damage;
mod decode;
mod frames;
mod mantle;
mod media;
mod misses;
mod normal;
mod operations;
mod parts;
mod reading;
mod recording;
mod refusals;
mod requests;
mod tally;
mod wire;
mod words;

use std::collections::BTreeMap;
use std::io::Write as _;

use reading::Unread;
use recording::Recording;
use requests::Produced;
use tally::Tally;

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
    let mut tally = Tally::default();
    let mut out_of_scope: BTreeMap<String, usize> = BTreeMap::new();
    for recording in &recordings {
        if !recording.wire.converses() {
            tally.take(recording, operations::compare(recording));
            continue;
        }
        let result = match reading::read(recording) {
            Ok(expected) => {
                // Whoever catalogued the recording has a word in it, too: the reading itself must be right.
                if let Err(difference) = recording.expected.agrees(&expected) {
                    panic!(
                        "{}: the reading and the catalogue differ: {difference}",
                        recording.id
                    );
                }
                decode::compare(recording, &expected)
            }
            Err(unread) => {
                let (Unread::OutOfScope(reason) | Unread::Broken(reason)) = &unread;
                if let Err(answer) = decode::refuses(recording) {
                    panic!("{}: {reason}: {answer}", recording.id);
                }
                if let Unread::OutOfScope(reason) = unread {
                    *out_of_scope.entry(reason).or_default() += 1;
                    continue;
                }
                Err(reason.clone())
            }
        };
        tally.take(recording, result);
    }
    for (reason, count) in out_of_scope {
        say(&format!("out of scope {count}: {reason}"));
    }
    for line in tally.lines() {
        say(&line);
    }
    let unexplained = tally.unexplained();
    assert!(unexplained.is_empty(), "{}", unexplained.join("\n"));
    let (good, all) = tally.all();
    assert!(good * 100 >= all * 99, "{good} of {all} is less than 99 %");
}

#[test]
fn raw_streams_of_shared_corpus_give_the_same_events_when_cut_at_every_byte() {
    let Some(recordings) = recordings() else {
        return;
    };
    let streams: Vec<&Recording> = recordings
        .iter()
        .filter(|recording| recording.format.starts_with("raw-") && !recording.is_error())
        .collect();
    share_out(&streams, decode::cut_everywhere);
    let bytes: usize = streams.iter().map(|it| it.response_body.len()).sum();
    say(&format!(
        "{} streams cut at each of their {bytes} bytes",
        streams.len()
    ));
}

#[test]
fn raw_streams_of_shared_corpus_that_are_damaged_keep_what_came_and_never_pass_for_whole() {
    let Some(recordings) = recordings() else {
        return;
    };
    let streams: Vec<&Recording> = recordings
        .iter()
        .filter(|recording| recording.format == "raw-eventstream" && !recording.is_error())
        .collect();
    let cells = std::sync::atomic::AtomicUsize::new(0);
    share_out(&streams, |recording| {
        let count = damage::everywhere(recording);
        cells.fetch_add(count, std::sync::atomic::Ordering::Relaxed);
    });
    let cells = cells.into_inner();
    say(&format!("{cells} cells of damaged streams, all as stated"));
    assert!(cells > 0, "no stream came to its end");
}

/// Does this work for each recording. It grows with the square of the length: it is shared out, the long ones first.
fn share_out(recordings: &[&Recording], work: impl Fn(&Recording) + Sync) {
    let mut recordings = recordings.to_vec();
    recordings.sort_by_key(|recording| recording.response_body.len());
    let queue = std::sync::Mutex::new(recordings);
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                loop {
                    let Some(recording) = queue.lock().expect("no test thread panicked").pop()
                    else {
                        break;
                    };
                    work(recording);
                }
            });
        }
    });
}

#[test]
fn recorded_requests_of_shared_corpus_are_produced_again() {
    let Some(recordings) = recordings() else {
        return;
    };
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    let mut failures = Vec::new();
    for recording in &recordings {
        let Some(produced) = requests::produce(recording) else {
            continue;
        };
        let (wire, vendor) = (recording.wire, wire::vendor(&recording.model));
        let line = match produced {
            Produced::Same => format!("{wire}, {vendor}: produced again"),
            Produced::RawPrompt => format!(
                "{wire}, {vendor}: produced again but for a raw prompt, in no template of ours"
            ),
            Produced::Inexpressible(reason) => format!("the contract cannot say: {reason}"),
            Produced::Justified(reason) => format!("differ for a reason: {reason}"),
            Produced::Differs(difference) => {
                failures.push(format!("{}: {difference}", recording.id));
                continue;
            }
        };
        *counts.entry(line).or_default() += 1;
    }
    for (line, count) in &counts {
        say(&format!("{line}: {count}"));
    }
    assert!(
        failures.is_empty(),
        "{} differ\n{}",
        failures.len(),
        failures.join("\n")
    );
}

#[test]
fn refusals_of_shared_corpus_say_what_to_do() {
    let Some(recordings) = recordings() else {
        return;
    };
    let (kinds, wrong) = refusals::check(&recordings);
    for (line, count) in &kinds {
        say(&format!("{line}: {count}"));
    }
    assert!(!kinds.is_empty(), "a corpus without refusals");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
