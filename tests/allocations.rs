//! How often a call, and an event of a stream, ask the heap for memory. Unlike time, this is the same on every machine.
//!
//! Only this thread is counted: the emulator runs on another one. What is counted is the difference between two runs of
//! unlike length, so what happens once a process, or once a stream, is in neither figure.

#![cfg(all(feature = "anthropic", feature = "bedrock", feature = "openai"))]
#![allow(
    clippy::unwrap_used,
    reason = "helpers of tests are tests, which clippy does not see"
)]

#[path = "../benches/canned/mod.rs"]
mod canned;

use std::sync::mpsc;
use std::thread;

use canned::Wire;
use canned::sse::{self, Form};
use reqllm::{Chat, Client, Environment, Event, LanguageModel, Result};
use reqllm_emulator::{
    ACCESS_KEY_ID, ANTHROPIC_API_KEY, Emulator, Fault, OPENAI_API_KEY, SECRET_ACCESS_KEY,
};
use tokio::runtime::{Builder, Runtime};

/// The most allocations of a call with Converse, its request and answer of about 1 KB each.
const A_CONVERSE_CALL: f64 = 60.0;
/// The same with Chat Completions at OpenAI.
const A_CHAT_CALL: f64 = 100.0;
/// The most allocations of an event with text, in a frame of Bedrock's.
const A_FRAME: f64 = 2.0;
/// The same as a server-sent event. One is the event's; a text with escapes may take another.
const AN_SSE_EVENT: f64 = 1.25;
/// The same where the members of a chunk of Chat Completions come in another order than those of the last one.
const A_SHUFFLED_CHUNK: f64 = 3.5;

/// The way that a call goes, and what its answer comes as.
#[derive(Clone, Copy, Debug)]
enum Road {
    /// Bedrock's two operations, in frames of AWS's event streams.
    Bedrock(Wire),
    /// The forms of OpenAI and Anthropic, as server-sent events.
    Sse(Form),
}

impl Road {
    /// A model that takes it.
    fn spec(self) -> &'static str {
        match self {
            Self::Bedrock(Wire::Converse) => "bedrock:us.amazon.nova-lite-v1:0",
            Self::Bedrock(Wire::Native) => "bedrock:us.anthropic.claude-haiku-4-5-20251001-v1:0",
            Self::Sse(Form::Messages | Form::MessagesReordered) => "anthropic:claude-haiku-4-5",
            Self::Sse(_) => "openai:gpt-4o-mini",
        }
    }

    /// The API of OpenAI's that is used.
    fn api(self) -> Option<&'static str> {
        match self {
            Self::Sse(Form::Chat | Form::ChatShuffled) => Some("chat"),
            Self::Sse(Form::Responses) => Some("responses"),
            _ => None,
        }
    }

    /// A stream with so many pieces of text, and its content type.
    fn stream(self, pieces: u64) -> (&'static str, Vec<u8>) {
        match self {
            Self::Bedrock(wire) => (
                "application/vnd.amazon.eventstream",
                canned::body(wire, pieces),
            ),
            Self::Sse(form) => ("text/event-stream", sse::stream(form, pieces)),
        }
    }
}

#[test]
fn a_converse_call_allocates_little() {
    a_call_allocates_little(Road::Bedrock(Wire::Converse), A_CONVERSE_CALL);
}

#[test]
fn a_chat_call_allocates_little() {
    a_call_allocates_little(Road::Sse(Form::Chat), A_CHAT_CALL);
}

#[test]
fn an_event_of_converse_allocates_little() {
    an_event_allocates_little(Road::Bedrock(Wire::Converse), A_FRAME);
}

#[test]
fn an_event_of_claude_s_own_stream_allocates_little() {
    an_event_allocates_little(Road::Bedrock(Wire::Native), A_FRAME);
}

#[test]
fn an_event_of_chat_completions_allocates_little() {
    an_event_allocates_little(Road::Sse(Form::Chat), AN_SSE_EVENT);
    an_event_allocates_little(Road::Sse(Form::ChatShuffled), A_SHUFFLED_CHUNK);
}

#[test]
fn an_event_of_responses_allocates_little() {
    an_event_allocates_little(Road::Sse(Form::Responses), AN_SSE_EVENT);
}

#[test]
fn an_event_of_messages_allocates_little() {
    an_event_allocates_little(Road::Sse(Form::Messages), AN_SSE_EVENT);
    an_event_allocates_little(Road::Sse(Form::MessagesReordered), AN_SSE_EVENT);
}

fn a_call_allocates_little(road: Road, most: f64) {
    let bench = Bench::new(road);
    let calls = |count: usize| {
        bench.count(|| async {
            for _ in 0..count {
                bench.ask().await?;
            }
            Ok(())
        })
    };
    calls(5);
    let each = (calls(30) - calls(10)) / 20.0;
    println!("{each} allocations a call ({road:?})");
    assert!(each > 1.0, "{each} cannot be: nothing was counted");
    assert!(each <= most, "{each} allocations a call ({road:?})");
}

fn an_event_allocates_little(road: Road, most: f64) {
    let bench = Bench::new(road);
    let stream = |pieces: u64| {
        let (content_type, body) = road.stream(pieces);
        let fault = Fault::replay(200, [("content-type", content_type)], body);
        bench.emulator.inject(fault);
        let mut seen = 0;
        let count = bench.count(|| async {
            let mut stream = bench.ask().stream().await?;
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
    println!("{each} allocations an event ({road:?})");
    assert!(each > 0.0, "{each} cannot be: nothing was counted");
    assert!(each <= most, "{each} allocations an event ({road:?})");
}

/// An emulator on a thread of its own, and a model that talks to it from here.
struct Bench {
    runtime: Runtime,
    emulator: Emulator,
    road: Road,
    model: LanguageModel,
}

impl Bench {
    fn new(road: Road) -> Self {
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
        let endpoint = emulator.endpoint();
        let client = Client::builder()
            .environment(Environment::of([
                ("AWS_ACCESS_KEY_ID", ACCESS_KEY_ID),
                ("AWS_SECRET_ACCESS_KEY", SECRET_ACCESS_KEY),
                ("OPENAI_API_KEY", OPENAI_API_KEY),
                ("ANTHROPIC_API_KEY", ANTHROPIC_API_KEY),
            ]))
            .endpoint_url("openai", format!("{endpoint}/v1"))
            .endpoint_url("anthropic", endpoint.as_str())
            .endpoint_url("bedrock", endpoint)
            .build()
            .unwrap();
        Self {
            runtime: Builder::new_current_thread().enable_all().build().unwrap(),
            emulator,
            road,
            model: client.model(road.spec()).unwrap(),
        }
    }

    fn ask(&self) -> Chat {
        const QUESTION: &str =
            "What would you check before the first step, and after the last one?";
        let chat = self
            .model
            .chat(QUESTION.repeat(10))
            .system("Answer in plain English and in short paragraphs.")
            .max_tokens(500)
            .temperature(0.5);
        match self.road.api() {
            Some(api) => chat.option("api", api),
            None => chat,
        }
    }

    /// How often this thread asks for memory while it does this.
    fn count<F: Future<Output = Result<()>>>(&self, work: impl FnOnce() -> F) -> f64 {
        let counted = allocation_counter::measure(|| self.runtime.block_on(work()).unwrap());
        counted.count_total as f64
    }
}
