//! How often a call, and an event of a stream, ask the heap for memory. Unlike time, this is the same on every machine.
//!
//! Only this thread is counted: the emulator runs on another one. What is counted is the difference between two runs of
//! unlike length, so what happens once a process, or once a stream, is in neither figure.

#![allow(
    clippy::unwrap_used,
    reason = "helpers of tests are tests, which clippy does not see"
)]

#[path = "../benches/canned/mod.rs"]
mod canned;

use std::sync::mpsc;
use std::thread;

use canned::Wire;
use reqllm::{Chat, Client, Environment, Event, LanguageModel, Result};
use reqllm_emulator::{ACCESS_KEY_ID, Emulator, Fault, SECRET_ACCESS_KEY};
use tokio::runtime::{Builder, Runtime};

/// A model for each form of request: which form a call takes, the model decides.
const CONVERSE: &str = "bedrock:us.amazon.nova-lite-v1:0";
const NATIVE: &str = "bedrock:us.anthropic.claude-haiku-4-5-20251001-v1:0";
/// The most allocations of a call with Converse, its request and answer of about 1 KB each.
const A_CALL: f64 = 60.0;
/// The most allocations of an event with text.
const AN_EVENT: f64 = 2.0;

#[test]
fn a_call_allocates_little() {
    let bench = Bench::new();
    let calls = |count: usize| {
        bench.count(|| async {
            for _ in 0..count {
                bench.ask(Wire::Converse).await?;
            }
            Ok(())
        })
    };
    calls(5);
    let each = (calls(30) - calls(10)) / 20.0;
    println!("{each} allocations a Converse call");
    assert!(each > 1.0, "{each} cannot be: nothing was counted");
    assert!(each <= A_CALL, "{each} allocations a Converse call");
}

#[test]
fn an_event_of_converse_allocates_little() {
    an_event_allocates_little(Wire::Converse);
}

#[test]
fn an_event_of_claude_s_own_stream_allocates_little() {
    an_event_allocates_little(Wire::Native);
}

fn an_event_allocates_little(wire: Wire) {
    let bench = Bench::new();
    let stream = |pieces: u64| {
        let content_type = ("content-type", "application/vnd.amazon.eventstream");
        let body = canned::body(wire, pieces);
        bench
            .emulator
            .inject(Fault::replay(200, [content_type], body));
        let mut seen = 0;
        let count = bench.count(|| async {
            let mut stream = bench.ask(wire).stream().await?;
            while let Some(event) = stream.try_next().await? {
                seen += u64::from(matches!(event, Event::Text(_)));
            }
            Ok(())
        });
        assert_eq!(seen, pieces);
        count
    };
    stream(1000);
    let each = (stream(5000) - stream(1000)) / 4000.0;
    println!("{each} allocations an event ({wire:?})");
    assert!(each <= AN_EVENT, "{each} allocations an event ({wire:?})");
}

/// An emulator on a thread of its own, and a model that talks to it from here.
struct Bench {
    runtime: Runtime,
    emulator: Emulator,
    converse: LanguageModel,
    native: LanguageModel,
}

impl Bench {
    fn new() -> Self {
        let (sender, receiver) = mpsc::channel();
        thread::spawn(move || {
            let runtime = Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(async {
                sender.send(Emulator::start().await.unwrap()).unwrap();
                // It serves as long as this runtime runs, which is until the tests end.
                std::future::pending::<()>().await;
            });
        });
        let emulator = receiver.recv().unwrap();
        let client = Client::builder()
            .environment(Environment::of([
                ("AWS_ACCESS_KEY_ID", ACCESS_KEY_ID),
                ("AWS_SECRET_ACCESS_KEY", SECRET_ACCESS_KEY),
            ]))
            .endpoint_url("bedrock", emulator.endpoint())
            .build()
            .unwrap();
        Self {
            runtime: Builder::new_current_thread().enable_all().build().unwrap(),
            emulator,
            converse: client.model(CONVERSE).unwrap(),
            native: client.model(NATIVE).unwrap(),
        }
    }

    fn ask(&self, wire: Wire) -> Chat {
        const QUESTION: &str =
            "What would you check before the first step, and after the last one?";
        let model = match wire {
            Wire::Converse => &self.converse,
            Wire::Native => &self.native,
        };
        model
            .chat(QUESTION.repeat(10))
            .system("Answer in plain English and in short paragraphs.")
            .max_tokens(500)
            .temperature(0.5)
    }

    /// How often this thread asks for memory while it does this.
    fn count<F: Future<Output = Result<()>>>(&self, work: impl FnOnce() -> F) -> f64 {
        let counted = allocation_counter::measure(|| self.runtime.block_on(work()).unwrap());
        counted.count_total as f64
    }
}
