//! How long the catalogue takes to answer.
//!
//! `cargo bench -p reqllm-registry --bench catalogue`. The cold start is told apart, once, before anything is warm: it is
//! what the first call of a process pays.

use std::hint::black_box;
use std::time::Instant;

use criterion::{Criterion, criterion_group, criterion_main};
use reqllm_core::Capability;
use reqllm_registry::{Packed, Record, Registry};

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

/// The resident memory of this process, where the system tells.
fn resident_kb() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmRSS:"))?;
    line.split_whitespace().nth(1)?.parse().ok()
}

fn memory(_: &mut Criterion) {
    let before = resident_kb();
    let packed = Packed::embedded();
    let mut read = 0;
    for record in packed.records() {
        read += record.spec().len() + record.name().map_or(0, str::len);
        read += record.pricing().map_or(0, |pricing| pricing.tiers.len());
    }
    let after = resident_kb();
    if let (Some(before), Some(after)) = (before, after) {
        println!(
            "resident: {} kB more after every record was read ({read})",
            after.saturating_sub(before)
        );
    }
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

/// What a caller pays for a spec, in every form, good and bad.
fn specs(c: &mut Criterion) {
    let registry = Registry::embedded();
    let long = "x".repeat(10_000);
    for (name, spec) in [
        (
            "exact",
            "bedrock:us.anthropic.claude-haiku-4-5-20251001-v1:0",
        ),
        ("alias", "aws:amazon.nova-pro-v1:0"),
        (
            "inherited",
            "bedrock:atlantis.anthropic.claude-haiku-4-5-20251001-v1:0",
        ),
        (
            "arn",
            "bedrock:arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-pro-v1:0",
        ),
        ("respelled", "bedrock:Amazon.Nova-Pro-v1:0"),
        ("unregistered", "bedrock:acme.model-of-tomorrow-v9:0"),
        ("bare", "anthropic.claude-haiku-4-5-20251001-v1:0@"),
        ("wrong provider", "bedrok:amazon.nova-pro-v1:0"),
        ("empty", ""),
        ("control character", "bedrock:a\u{0}b"),
        ("10 kB", long.as_str()),
    ] {
        c.bench_function(&format!("spec, {name}"), |b| {
            b.iter(|| {
                let spec = registry.parse(black_box(spec))?;
                registry.resolve(&spec)
            });
        });
    }
}

criterion_group!(benches, cold, memory, warm, specs);
criterion_main!(benches);
