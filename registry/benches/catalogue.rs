//! How long the catalogue takes to answer.
//!
//! `cargo bench -p reqllm-registry --bench catalogue`. The cold start is told apart, once, before anything is warm: it is
//! what the first call of a process pays.

use std::hint::black_box;
use std::time::Instant;

use criterion::{Criterion, criterion_group, criterion_main};
use reqllm_core::Capability;
use reqllm_registry::{Packed, Record};

const PROVIDER: &str = "bedrock";
const ID: &str = "us.anthropic.claude-haiku-4-5-20251001-v1:0";

fn cold(_: &mut Criterion) {
    let start = Instant::now();
    let packed = black_box(Packed::embedded());
    let opened = start.elapsed();
    let found = black_box(packed.find(PROVIDER, ID)).is_some();
    let first = start.elapsed() - opened;
    println!(
        "cold: open {opened:?}, first look-up {first:?} (found: {found}); {} models in {} bytes",
        packed.len(),
        packed.as_bytes().len()
    );
}

fn warm(c: &mut Criterion) {
    let packed = Packed::embedded();
    c.bench_function("open", |b| b.iter(Packed::embedded));
    c.bench_function("look-up, hot", |b| {
        b.iter(|| packed.find(black_box(PROVIDER), black_box(ID)));
    });
    c.bench_function("look-up, miss", |b| {
        b.iter(|| {
            packed.find(
                black_box(PROVIDER),
                black_box("us.anthropic.claude-haiku-9"),
            )
        });
    });
    c.bench_function("look-up and model", |b| {
        b.iter(|| {
            packed
                .find(black_box(PROVIDER), black_box(ID))
                .map(|record| record.to_model())
        });
    });
    let every: Vec<(String, String)> = packed
        .records()
        .map(|record| (record.provider().to_owned(), record.id().to_owned()))
        .collect();
    c.bench_function("look-up of every model", |b| {
        b.iter(|| {
            every
                .iter()
                .filter(|(provider, id)| packed.find(provider, id).is_some())
                .count()
        });
    });
    c.bench_function("scan with filter", |b| {
        b.iter(|| packed.records().filter(wanted).count());
    });
    c.bench_function("scan with filter, ordered by price", |b| {
        b.iter(|| {
            let mut found: Vec<_> = packed.records().filter(wanted).collect();
            found.sort_by_cached_key(Record::input_nano);
            found.len()
        });
    });
    c.bench_function("scan to models", |b| {
        b.iter(|| {
            packed
                .records()
                .map(|record| record.to_model())
                .collect::<Vec<_>>()
        });
    });
}

fn wanted(record: &Record<'_>) -> bool {
    record.capabilities().get(Capability::Tools) == Some(true)
        && record
            .limits()
            .context
            .is_some_and(|context| context >= 100_000)
}

criterion_group!(benches, cold, warm);
criterion_main!(benches);
