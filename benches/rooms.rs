//! The rooms that a call goes through, one by one, through the public API and without a network.
//!
//! `cargo bench -p reqllm --bench rooms`. What a room costs in a process that does other things as well shows only in the
//! comparison, `benches/compare`. The catalogue by itself is in `registry/benches/catalogue.rs`.

#![allow(
    clippy::unwrap_used,
    reason = "a benchmark that fails should fail loudly"
)]

mod canned;

use std::hint::black_box;
use std::sync::Arc;

use bytes::Bytes;
use canned::Wire;
use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use reqllm::bedrock::eventstream::Frames;
use reqllm::bedrock::{Bedrock, Options};
use reqllm::{
    Call, Client, Clock, Delivery, Environment, Exchange, Fold, Identity, Model, Provider, Reader,
    Registry, Result,
};

const SPEC: &str = "bedrock:us.anthropic.claude-haiku-4-5-20251001-v1:0";
/// Pieces of text in a stream.
const PIECES: u64 = 1000;
/// What a read of the socket gives at most.
const READ: usize = 64 * 1024;

fn spec(c: &mut Criterion) {
    let registry = Registry::embedded();
    c.bench_function("spec, parse", |b| {
        b.iter(|| registry.parse(black_box(SPEC)))
    });
    let parsed = registry.parse(SPEC).unwrap();
    c.bench_function("spec, resolve", |b| {
        b.iter(|| registry.resolve(black_box(&parsed)));
    });
    let client = Client::new().unwrap();
    c.bench_function("spec, to a model that can be called", |b| {
        b.iter(|| client.model(black_box(SPEC)));
    });
}

fn encode(c: &mut Criterion) {
    let (provider, model) = (provider(), model());
    for (name, wire, size) in [
        ("1 KB, Converse", Wire::Converse, 1024),
        ("1 KB, Claude's own", Wire::Native, 1024),
        ("100 KB, Converse", Wire::Converse, 100 * 1024),
        ("100 KB, Claude's own", Wire::Native, 100 * 1024),
    ] {
        let call = call(wire, size);
        c.bench_function(&format!("encode, {name}"), |b| {
            b.iter(|| provider.prepare(black_box(&model), black_box(&call), Delivery::Whole));
        });
    }
}

fn sign(c: &mut Criterion) {
    let clock = Clock::system();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    for (name, size) in [("1 KB", 1024), ("100 KB", 100 * 1024)] {
        let exchange = exchange(Wire::Converse, size, Delivery::Whole);
        c.bench_function(&format!("sign, {name}"), |b| {
            b.iter_batched(
                || exchange.request.clone(),
                |mut request| {
                    let signed = exchange.authorizer.authorize(&mut request, &clock);
                    runtime.block_on(signed).unwrap();
                    request
                },
                BatchSize::SmallInput,
            );
        });
    }
}

fn whole(c: &mut Criterion) {
    for (name, wire) in [("Converse", Wire::Converse), ("Claude's own", Wire::Native)] {
        let exchange = exchange(wire, 1024, Delivery::Whole);
        let body = Bytes::from(canned::whole(wire));
        c.bench_function(&format!("whole answer, 1 KB, {name}"), |b| {
            b.iter(|| {
                let mut fold = Fold::new(Identity::default());
                let mut reader = open(&exchange, "application/json").unwrap();
                reader.read(body.clone(), &mut fold).unwrap();
                reader.end(&mut fold).unwrap();
                fold.finish()
            });
        });
    }
}

/// Frames out of bytes, with both checksums, their headers and payloads unread.
fn frames(c: &mut Criterion) {
    let mut group = c.benchmark_group("frames");
    group.throughput(Throughput::Elements(PIECES));
    let pieces = packed(Wire::Converse);
    group.bench_function("64 KiB at a time", |b| {
        b.iter(|| {
            let mut frames = Frames::default();
            let mut count = 0;
            for piece in &pieces {
                frames.push(piece.clone());
                while let Some(frame) = frames.next_frame().unwrap() {
                    black_box(frame.payload());
                    count += 1;
                }
            }
            count
        });
    });
    group.finish();
}

/// Pieces of text that have been read, into a response and its events.
fn fold(c: &mut Criterion) {
    let mut group = c.benchmark_group("fold");
    group.throughput(Throughput::Elements(PIECES));
    group.bench_function("text", |b| {
        b.iter(|| {
            let mut fold = Fold::new(Identity::default()).listened();
            for _ in 0..PIECES {
                fold.text(0, black_box(" compared"));
                black_box(fold.next_event());
            }
            fold.finish()
        });
    });
    group.finish();
}

/// Frames, what their events say, and the fold: an event's whole way. Less [`frames`] and [`fold`] it is the reading of the event.
fn stream(c: &mut Criterion) {
    let mut group = c.benchmark_group("stream");
    group.throughput(Throughput::Elements(PIECES));
    for (name, wire) in [("Converse", Wire::Converse), ("Claude's own", Wire::Native)] {
        let exchange = exchange(wire, 1024, Delivery::Stream);
        let packed = packed(wire);
        let single = canned::frames(wire, PIECES).map(Bytes::from).collect();
        for (cut, pieces) in [("64 KiB at a time", packed), ("a frame at a time", single)] {
            group.bench_function(format!("{name}, {cut}"), |b| {
                b.iter(|| read(&exchange, &pieces).unwrap());
            });
        }
    }
    group.finish();
}

/// A stream in pieces as reads of the socket give them.
fn packed(wire: Wire) -> Vec<Bytes> {
    let body = Bytes::from(canned::body(wire, PIECES));
    (0..body.len().div_ceil(READ))
        .map(|at| body.slice(at * READ..body.len().min((at + 1) * READ)))
        .collect()
}

/// Reads a stream as a caller does who takes every event; gives the number of events.
fn read(exchange: &Exchange, pieces: &[Bytes]) -> Result<usize> {
    let mut fold = Fold::new(Identity::default()).listened();
    let mut reader = open(exchange, "application/vnd.amazon.eventstream")?;
    let mut events = 0;
    for piece in pieces {
        reader.read(piece.clone(), &mut fold)?;
        while let Some(event) = fold.next_event() {
            black_box(event);
            events += 1;
        }
    }
    reader.end(&mut fold)?;
    black_box(fold.finish());
    Ok(events)
}

fn open(exchange: &Exchange, content_type: &str) -> Result<Box<dyn Reader>> {
    let head = http::Response::builder().header("content-type", content_type);
    let (head, ()) = head.body(()).unwrap().into_parts();
    exchange.answer.open(&head)
}

fn exchange(wire: Wire, size: usize, delivery: Delivery) -> Exchange {
    let exchange = provider().prepare(&model(), &call(wire, size), delivery);
    exchange.unwrap()
}

fn call(wire: Wire, size: usize) -> Call {
    const SENTENCE: &str =
        "What would you check \"before\" the first step, and after the last one?\n";
    let question: String = SENTENCE.chars().cycle().take(size).collect();
    let mut call = Call::new(question);
    call.settings.max_tokens = Some(500);
    call.settings.temperature = Some(0.5);
    call.options = Options::new()
        .use_converse(wire == Wire::Converse)
        // The answer is to come as it was asked for.
        .stream_inside(false)
        .into();
    call
}

fn model() -> Arc<Model> {
    let registry = Registry::embedded();
    let spec = registry.parse(SPEC).unwrap();
    registry.resolve(&spec).unwrap().model
}

fn provider() -> Bedrock {
    let environment = Environment::of([
        ("AWS_ACCESS_KEY_ID", "AKIDBENCHBENCHBENCH0"),
        (
            "AWS_SECRET_ACCESS_KEY",
            "not-a-secret-not-a-secret-not-a-secret-0",
        ),
    ]);
    Bedrock::builder().environment(environment).build()
}

criterion_group!(benches, spec, encode, sign, whole, frames, fold, stream);
criterion_main!(benches);
