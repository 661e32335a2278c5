//! What is counted of calls, by OpenTelemetry's conventions.

#![cfg(feature = "metrics")]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "helpers of tests are tests, which clippy does not see"
)]

mod common;

use std::collections::BTreeMap;

use common::{CLAUDE, KEYS, builder};
use opentelemetry_sdk::metrics::data::{AggregatedMetrics, MetricData};
use opentelemetry_sdk::metrics::{InMemoryMetricExporter, PeriodicReader, SdkMeterProvider};
use reqllm::metrics::Meters;
use reqllm::{Client, Retries};
use reqllm_emulator::{Emulator, Fault};

/// A series: what it is of, its sum, and how often it was told.
#[derive(Clone, Debug, PartialEq)]
struct Series {
    attributes: BTreeMap<String, String>,
    sum: f64,
    count: u64,
    bounds: Vec<f64>,
}

impl Series {
    fn has(&self, name: &str, value: &str) -> bool {
        self.attributes.get(name).is_some_and(|it| it == value)
    }
}

struct Counted {
    provider: SdkMeterProvider,
    exporter: InMemoryMetricExporter,
}

impl Counted {
    fn new() -> (Self, Meters) {
        let exporter = InMemoryMetricExporter::default();
        let reader = PeriodicReader::builder(exporter.clone()).build();
        let provider = SdkMeterProvider::builder().with_reader(reader).build();
        let meters = Meters::new(&opentelemetry::metrics::MeterProvider::meter(
            &provider, "test",
        ));
        (Self { provider, exporter }, meters)
    }

    /// The unit of each metric, and its series.
    fn read(&self) -> BTreeMap<String, (String, Vec<Series>)> {
        self.exporter.reset();
        self.provider.force_flush().unwrap();
        let mut all = BTreeMap::new();
        for resource in self.exporter.get_finished_metrics().unwrap() {
            for metric in resource.scope_metrics().flat_map(|scope| scope.metrics()) {
                let series = match metric.data() {
                    AggregatedMetrics::F64(data) => series(data, |sum| sum),
                    AggregatedMetrics::U64(data) => series(data, |sum| sum as f64),
                    AggregatedMetrics::I64(data) => series(data, |sum| sum as f64),
                };
                let told = (metric.unit().to_owned(), series);
                all.insert(metric.name().to_owned(), told);
            }
        }
        all
    }
}

fn series<T: Copy>(data: &MetricData<T>, float: impl Fn(T) -> f64) -> Vec<Series> {
    let attributes = |all: Vec<opentelemetry::KeyValue>| {
        all.into_iter()
            .map(|it| (it.key.to_string(), it.value.to_string()))
            .collect()
    };
    match data {
        MetricData::Histogram(histogram) => histogram
            .data_points()
            .map(|point| Series {
                attributes: attributes(point.attributes().cloned().collect()),
                sum: float(point.sum()),
                count: point.count(),
                bounds: point.bounds().collect(),
            })
            .collect(),
        MetricData::Sum(sum) => sum
            .data_points()
            .map(|point| Series {
                attributes: attributes(point.attributes().cloned().collect()),
                sum: float(point.value()),
                count: 1,
                bounds: Vec::new(),
            })
            .collect(),
        _ => panic!("nothing else is counted"),
    }
}

async fn counted() -> (Emulator, Client, Counted) {
    let emulator = Emulator::start().await.unwrap();
    let (counted, meters) = Counted::new();
    let builder = builder(&emulator, KEYS).retries(Retries::at_most(1));
    let client = builder.observer(meters).build().unwrap();
    (emulator, client, counted)
}

#[tokio::test]
async fn tokens_time_and_cost_of_calls_are_counted() {
    let (emulator, client, counted) = counted().await;
    let model = client.model(CLAUDE).unwrap();
    let whole = model.chat("Hi").await.unwrap();
    let stream = model.chat("Hi").stream().await.unwrap();
    let streamed = stream.finish().await.unwrap();
    let all = counted.read();

    let (unit, tokens) = &all["gen_ai.client.token.usage"];
    assert_eq!(unit, "{token}");
    for (kind, told) in [
        (
            "input",
            whole.usage.input_tokens.unwrap() + streamed.usage.input_tokens.unwrap(),
        ),
        (
            "output",
            whole.usage.output_tokens.unwrap() + streamed.usage.output_tokens.unwrap(),
        ),
    ] {
        let one = tokens
            .iter()
            .find(|it| it.has("gen_ai.token.type", kind))
            .unwrap();
        assert_eq!((one.sum, one.count), (told as f64, 2));
        assert_eq!(one.bounds[..3], [1.0, 4.0, 16.0]);
        assert_eq!(one.bounds.last(), Some(&67_108_864.0));
    }
    let (unit, duration) = &all["gen_ai.client.operation.duration"];
    assert_eq!((unit.as_str(), duration.len()), ("s", 1));
    let port = emulator.addr().port().to_string();
    let wire_id = "us.anthropic.claude-haiku-4-5-20251001-v1:0";
    let expected: BTreeMap<String, String> = [
        ("gen_ai.operation.name", "chat"),
        ("gen_ai.provider.name", "aws.bedrock"),
        ("gen_ai.request.model", wire_id),
        ("gen_ai.response.model", &whole.model),
        ("server.address", "127.0.0.1"),
        ("server.port", &port),
    ]
    .map(|(name, value)| (name.to_owned(), value.to_owned()))
    .into();
    assert_eq!(duration[0].attributes, expected);
    assert_eq!(duration[0].count, 2);
    assert_eq!(duration[0].bounds[..2], [0.01, 0.02]);
    let (unit, first) = &all["gen_ai.client.operation.time_to_first_chunk"];
    assert_eq!(
        (unit.as_str(), first[0].count),
        ("s", 1),
        "of the stream alone"
    );
    let (_, cost) = &all["reqllm.client.cost"];
    let total = whole.cost.unwrap().total + streamed.cost.unwrap().total;
    assert!(cost[0].has("reqllm.cost.currency", "USD"), "{cost:?}");
    assert!(
        (cost[0].sum - f64::try_from(total).unwrap()).abs() < 1e-9,
        "{cost:?}"
    );
    assert!(!all.contains_key("reqllm.client.retries"), "there was none");
}

#[tokio::test]
async fn retries_failures_and_what_is_dropped_are_counted() {
    let (emulator, client, counted) = counted().await;
    let model = client.model(CLAUDE).unwrap();
    let busy = Fault::error(503, "ServiceUnavailableException", "Busy");
    emulator.inject(busy.times(2));
    model.chat("Hi").await.unwrap_err();
    let mut stream = model.chat("Hi").stream().await.unwrap();
    stream.try_next().await.unwrap();
    drop(stream);
    let vectors = client
        .model("bedrock:amazon.titan-embed-text-v2:0")
        .unwrap();
    vectors.embed(["a", "b"]).await.unwrap();
    let all = counted.read();
    let (_, retries) = &all["reqllm.client.retries"];
    assert_eq!((retries.len(), retries[0].sum), (1, 1.0));
    let (_, duration) = &all["gen_ai.client.operation.duration"];
    let of = |name: &str, value: &str| duration.iter().filter(|it| it.has(name, value)).count();
    assert_eq!(
        of("error.type", "ServiceUnavailableException"),
        1,
        "{duration:?}"
    );
    assert_eq!(of("error.type", "dropped"), 1, "{duration:?}");
    assert_eq!(of("gen_ai.operation.name", "embeddings"), 1, "{duration:?}");
    let (_, tokens) = &all["gen_ai.client.token.usage"];
    let embedded = tokens
        .iter()
        .find(|it| it.has("gen_ai.operation.name", "embeddings"));
    assert!(embedded.unwrap().sum > 0.0);
}
