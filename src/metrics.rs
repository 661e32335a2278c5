//! Metrics of calls, by OpenTelemetry's semantic conventions for generative AI.
//!
//! Names, units and borders are those of the page "Semantic conventions for generative AI metrics" of
//! open-telemetry/semantic-conventions-genai. Cost and retries, for which it has no names, have names of our own.

use std::fmt;

use opentelemetry::metrics::{Counter, Histogram, Meter};
use opentelemetry::{KeyValue, global};
use reqllm_core::{Decimal, Usage};
use reqllm_transport::{CallInfo, Observer, Outcome, Summary};

const TOKENS: [f64; 14] = [
    1.0,
    4.0,
    16.0,
    64.0,
    256.0,
    1_024.0,
    4_096.0,
    16_384.0,
    65_536.0,
    262_144.0,
    1_048_576.0,
    4_194_304.0,
    16_777_216.0,
    67_108_864.0,
];
const SECONDS: [f64; 14] = [
    0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92,
];

/// Counts tokens, cost, time and retries of every call.
///
/// | metric | what | unit |
/// | --- | --- | --- |
/// | `gen_ai.client.token.usage` | histogram of tokens, by `gen_ai.token.type` (`input`, `output`); input has the cached in it | `{token}` |
/// | `gen_ai.client.operation.duration` | histogram of the time of calls, `error.type` where they failed | `s` |
/// | `gen_ai.client.operation.time_to_first_chunk` | histogram of the time until streams began | `s` |
/// | `reqllm.client.cost` | counter of what calls cost, by `reqllm.cost.currency` | `{currency}` |
/// | `reqllm.client.retries` | counter of attempts that repeated a failed one | `{retry}` |
///
/// Each has the attributes `gen_ai.operation.name`, `gen_ai.provider.name`, `gen_ai.request.model`, `gen_ai.response.model`,
/// `server.address` and `server.port`, as far as they are known. A call that was dropped has the `error.type` `dropped`.
///
/// ```
/// use reqllm::Client;
/// use reqllm::metrics::Meters;
///
/// let client = Client::builder().observer(Meters::global()).build()?;
/// # Ok::<(), reqllm::Error>(())
/// ```
#[derive(Clone)]
pub struct Meters {
    tokens: Histogram<u64>,
    duration: Histogram<f64>,
    first_chunk: Histogram<f64>,
    cost: Counter<f64>,
    retries: Counter<u64>,
}

impl Meters {
    /// Counts with this meter.
    pub fn new(meter: &Meter) -> Self {
        Self {
            tokens: meter
                .u64_histogram("gen_ai.client.token.usage")
                .with_unit("{token}")
                .with_description("Number of input and output tokens used.")
                .with_boundaries(TOKENS.to_vec())
                .build(),
            duration: meter
                .f64_histogram("gen_ai.client.operation.duration")
                .with_unit("s")
                .with_description("GenAI operation duration.")
                .with_boundaries(SECONDS.to_vec())
                .build(),
            first_chunk: meter
                .f64_histogram("gen_ai.client.operation.time_to_first_chunk")
                .with_unit("s")
                .with_description("Time to receive the first chunk of a stream.")
                .with_boundaries(SECONDS.to_vec())
                .build(),
            cost: meter
                .f64_counter("reqllm.client.cost")
                .with_unit("{currency}")
                .with_description("What calls cost, as far as prices are known.")
                .build(),
            retries: meter
                .u64_counter("reqllm.client.retries")
                .with_unit("{retry}")
                .with_description("Attempts that repeated a failed one.")
                .build(),
        }
    }

    /// Counts with the meter `reqllm` of the global provider, as it is now: set the provider before.
    pub fn global() -> Self {
        Self::new(&global::meter("reqllm"))
    }

    fn count_tokens(&self, usage: &Usage, attributes: &[KeyValue]) {
        // In the conventions it has what was cached in it.
        let input = usage.all_input_tokens();
        for (kind, tokens) in [("input", input), ("output", usage.output_tokens)] {
            if let Some(tokens) = tokens {
                self.tokens
                    .record(tokens, &with(attributes, "gen_ai.token.type", kind));
            }
        }
    }
}

impl Observer for Meters {
    fn ended(&self, call: &CallInfo, summary: &Summary<'_>) {
        let attributes = attributes(call, summary);
        let seconds = summary.duration.as_secs_f64();
        match error_type(summary) {
            None => self.duration.record(seconds, &attributes),
            Some(kind) => self
                .duration
                .record(seconds, &with(&attributes, "error.type", kind)),
        }
        if let Some(first) = summary.first_event {
            self.first_chunk.record(first.as_secs_f64(), &attributes);
        }
        if let Some(usage) = summary.usage {
            self.count_tokens(usage, &attributes);
        }
        if let Some(cost) = summary.cost {
            let currency = with(&attributes, "reqllm.cost.currency", &cost.currency);
            self.cost.add(number(cost.total), &currency);
        }
        if summary.retries > 0 {
            self.retries.add(summary.retries.into(), &attributes);
        }
    }
}

fn attributes(call: &CallInfo, summary: &Summary<'_>) -> Vec<KeyValue> {
    let mut all = vec![
        KeyValue::new("gen_ai.operation.name", call.operation),
        KeyValue::new("gen_ai.provider.name", call.provider_name.clone()),
    ];
    let mut add = |name: &'static str, value: Option<&String>| {
        all.extend(value.map(|value| KeyValue::new(name, value.clone())));
    };
    add(
        "gen_ai.request.model",
        call.wire_id.as_ref().or(call.model.as_ref()),
    );
    add("server.address", call.server.as_ref());
    if let Outcome::Response(response) = summary.outcome {
        add("gen_ai.response.model", Some(&response.model));
    }
    all.extend(
        call.port
            .map(|port| KeyValue::new("server.port", i64::from(port))),
    );
    all
}

fn error_type<'a>(summary: &'a Summary<'_>) -> Option<&'a str> {
    match summary.outcome {
        Outcome::Dropped => Some("dropped"),
        _ => summary.error_type(),
    }
}

fn with(attributes: &[KeyValue], name: &'static str, value: &str) -> Vec<KeyValue> {
    let more = KeyValue::new(name, value.to_owned());
    attributes.iter().cloned().chain([more]).collect()
}

/// A metric is a binary float; the exact amount is in the response.
fn number(amount: Decimal) -> f64 {
    amount.try_into().unwrap_or_default()
}

impl fmt::Debug for Meters {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Meters").finish_non_exhaustive()
    }
}
