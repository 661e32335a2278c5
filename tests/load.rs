//! Many streams and calls at once: none of them fails, each answer is whole, and nothing is left over, whether they end or
//! are given up. Nothing here depends on how long anything takes.
//!
//! `benches/load.rs` does the same at full size.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test that cannot be set up should fail loudly"
)]

mod common;
#[path = "../examples/support/load/mod.rs"]
mod load;

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use common::{CLAUDE, client};
use load::Answers;
use reqllm::{CancellationToken, ErrorKind, Event, EventStream, LanguageModel};
use reqllm_emulator::{Emulator, Fault};
use tokio::task::JoinSet;

/// Connections at once. Each has two ends here, and many a shell allows a process 1024 files; elsewhere it is 256.
const MANY: usize = if cfg!(target_os = "linux") { 480 } else { 100 };

/// An emulator, and the number of open files before anybody has talked to it.
struct Scene {
    emulator: Emulator,
    files: Option<usize>,
}

/// Plays a test. Files are those of the whole process, so they take turns, each with a runtime of its own.
fn play(test: impl AsyncFnOnce(Scene)) {
    static TURN: Mutex<()> = Mutex::new(());
    let _turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    let mut runtime = tokio::runtime::Builder::new_multi_thread();
    let runtime = runtime.worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(async {
        let emulator = Emulator::start().await.unwrap();
        let files = files();
        test(Scene { emulator, files }).await;
    });
}

impl Scene {
    fn model(&self) -> LanguageModel {
        client(&self.emulator).model(CLAUDE).unwrap()
    }

    /// Waits until the emulator sees that all connections have been closed, and as many files are open as at first.
    async fn is_left_clean(&self) {
        self.comes_to("no connection", |load| load == (0, 0)).await;
        let clean = async {
            while files() != self.files {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        let clean = tokio::time::timeout(Duration::from_secs(60), clean).await;
        assert!(
            clean.is_ok(),
            "{:?} files, {:?} before",
            files(),
            self.files
        );
    }

    /// Waits until the connections and streams of the emulator are what they should be.
    async fn comes_to(&self, what: &str, is: impl Fn((usize, usize)) -> bool) {
        let load = || {
            let load = self.emulator.load();
            (load.connections, load.streams)
        };
        let comes = async {
            while !is(load()) {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        let comes = tokio::time::timeout(Duration::from_secs(60), comes).await;
        assert!(comes.is_ok(), "{what} expected, but there are {:?}", load());
    }
}

/// Files that this process has open, where there is a folder of them.
fn files() -> Option<usize> {
    let files = std::fs::read_dir("/dev/fd").ok()?;
    Some(files.count())
}

/// The stream, when its first words are there.
async fn begun(model: LanguageModel, cancel: Option<CancellationToken>) -> EventStream {
    let chat = model.chat("Tell me a story.");
    let chat = match cancel {
        None => chat,
        Some(token) => chat.cancel_on(token),
    };
    let mut stream = chat.stream().await.unwrap();
    while let Some(event) = stream.try_next().await.unwrap() {
        if matches!(event, Event::Text(_)) {
            return stream;
        }
    }
    panic!("a stream without words");
}

/// Streams that have begun and hang, as long as `scene` lasts.
async fn hanging(
    scene: &Scene,
    model: &LanguageModel,
    cancel: Option<&CancellationToken>,
) -> Vec<EventStream> {
    scene.emulator.inject(Fault::stall(6).times(MANY as u32));
    let mut tasks = JoinSet::new();
    for _ in 0..MANY {
        tasks.spawn(begun(model.clone(), cancel.cloned()));
    }
    let streams = tasks.join_all().await;
    let load = scene.emulator.load();
    assert_eq!((load.connections, load.streams), (MANY, MANY));
    streams
}

#[test]
fn streams_side_by_side_are_all_whole_and_leave_nothing() {
    play(async |scene| {
        scene
            .emulator
            .inject(Fault::pace(Duration::from_millis(1)).times(2 * MANY as u32 + 2));
        let answers = Answers::learn(&client(&scene.emulator)).await.unwrap();
        let answers = Arc::new(answers);
        for _ in 0..2 {
            let look = async { Ok(scene.emulator.load()) };
            let round = load::streams(&answers, MANY, look).await.unwrap();
            assert!(round.errors.is_empty(), "{:?}", round.errors);
            assert_eq!(round.open, MANY);
            // No stream had been read to its end, so none can have lent its connection to another; and the second round takes
            // those of the first.
            assert_eq!(round.looked.connections, MANY);
            assert!(round.events > 10 * MANY, "{} events", round.events);
        }
        let load = scene.emulator.load();
        assert_eq!((load.most_connections, load.streams), (MANY, 0));
        drop(answers);
        scene.is_left_clean().await;
    });
}

#[test]
fn calls_64_at_once_are_all_answered_and_leave_nothing() {
    play(async |scene| {
        let answers = Answers::learn(&client(&scene.emulator)).await.unwrap();
        let answers = Arc::new(answers);
        let round = load::calls(&answers, 1500, 64).await;
        assert!(round.errors.is_empty(), "{:?}", round.errors);
        assert_eq!(round.answered, 1500);
        drop(answers);
        scene.is_left_clean().await;
    });
}

#[test]
fn streams_that_are_dropped_half_way_close_their_connections() {
    play(async |scene| {
        let model = scene.model();
        drop(hanging(&scene, &model, None).await);
        scene.is_left_clean().await;
        // That was not because the client had gone.
        assert!(model.chat("hi").await.is_ok());
    });
}

#[test]
fn calls_that_are_dropped_before_an_answer_begins_close_their_connections() {
    play(async |scene| {
        let hour = Duration::from_secs(3600);
        scene.emulator.inject(Fault::delay(hour).times(MANY as u32));
        let model = scene.model();
        let mut tasks = JoinSet::new();
        for number in 0..MANY {
            let chat = model.chat("Are you there?");
            tasks.spawn(async move {
                match number % 2 {
                    0 => chat.send().await.map(|_| ()),
                    _ => chat.stream().await.map(|_| ()),
                }
            });
        }
        scene
            .comes_to("a connection each", |(connections, _)| connections == MANY)
            .await;
        while scene.emulator.requests().len() < MANY {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        tasks.shutdown().await;
        scene.is_left_clean().await;
    });
}

/// The streams are still there when their connections are closed.
#[test]
fn one_token_ends_all_streams_and_closes_their_connections() {
    play(async |scene| {
        let (model, token) = (scene.model(), CancellationToken::new());
        let mut streams = hanging(&scene, &model, Some(&token)).await;
        token.cancel();
        for stream in &mut streams {
            let error = loop {
                match stream.try_next().await {
                    Ok(Some(_)) => {}
                    Ok(None) => panic!("a stream that was cancelled came to a good end"),
                    Err(error) => break error,
                }
            };
            assert_eq!(error.kind(), ErrorKind::Cancelled);
            assert!(error.partial().unwrap().text().starts_with("You asked"));
        }
        scene.is_left_clean().await;
        assert_eq!(streams.len(), MANY);
    });
}

#[test]
fn one_token_ends_all_calls_before_their_answers_begin() {
    play(async |scene| {
        let hour = Duration::from_secs(3600);
        scene.emulator.inject(Fault::delay(hour).times(MANY as u32));
        let (model, token) = (scene.model(), CancellationToken::new());
        let mut tasks = JoinSet::new();
        for _ in 0..MANY {
            let chat = model.chat("Are you there?").cancel_on(token.clone());
            tasks.spawn(chat.send());
        }
        scene
            .comes_to("a connection each", |(connections, _)| connections == MANY)
            .await;
        token.cancel();
        while let Some(ended) = tasks.join_next().await {
            assert_eq!(ended.unwrap().unwrap_err().kind(), ErrorKind::Cancelled);
        }
        scene.is_left_clean().await;
    });
}
