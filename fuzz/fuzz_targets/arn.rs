//! Any text as a model id, profile or ARN: whatever it holds, it is one segment of the path, and it is what is sent.

#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use reqllm_core::{Call, Delivery, Model, Provider};
use reqllm_fuzz::BEDROCK;
use reqllm_registry::Registry;

static REGISTRY: LazyLock<Registry> = LazyLock::new(Registry::embedded);

fuzz_target!(|id: &str| {
    let spec = format!("bedrock:{id}");
    if let Ok(spec) = REGISTRY.parse(&spec)
        && let Ok(resolved) = REGISTRY.resolve(&spec)
    {
        prepare(&resolved.model);
    }
    prepare(&Model::new("bedrock", id));
});

/// Of every partition. Source: partitions.json of AWS's SDKs.
const SUFFIXES: &[&str] = &[
    ".amazonaws.com",
    ".amazonaws.com.cn",
    ".amazonaws.eu",
    ".c2s.ic.gov",
    ".sc2s.sgov.gov",
    ".cloud.adc-e.uk",
    ".csp.hci.ic.gov",
];

/// What is behind the other host.
const PATHS: &[&str] = &[
    "/v1/chat/completions",
    "/v1/responses",
    "/openai/v1/chat/completions",
    "/openai/v1/responses",
    "/anthropic/v1/messages",
];

fn prepare(model: &Model) {
    let call = Call::new("Hi");
    for delivery in [Delivery::Whole, Delivery::Stream] {
        let Ok(exchange) = BEDROCK.prepare(model, &call, delivery) else {
            continue;
        };
        let uri = exchange.request.uri();
        assert_eq!(uri.scheme_str(), Some("https"));
        let host = uri.host().unwrap_or_default();
        if host.starts_with("bedrock-mantle.") {
            // The model is named in the body there, and the path is the form's.
            assert!(host.ends_with(".api.aws"), "an id leads to {host}");
            assert!(PATHS.contains(&uri.path()), "{uri}");
            assert_eq!(uri.query(), None);
            continue;
        }
        assert!(
            SUFFIXES.iter().any(|suffix| host.ends_with(suffix)),
            "an id leads to {host}"
        );
        assert_eq!(uri.query(), None);
        let segments: Vec<&str> = uri.path().split('/').collect();
        assert_eq!(segments.len(), 4, "{uri}");
        assert_eq!((segments[0], segments[1]), ("", "model"));
        assert_eq!(decoded(segments[2]), model.sent_id().as_bytes());
    }
}

fn decoded(segment: &str) -> Vec<u8> {
    let bytes = segment.as_bytes();
    let mut decoded = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        if bytes[at] == b'%' {
            decoded.push(u8::from_str_radix(&segment[at + 1..at + 3], 16).expect("two digits"));
            at += 3;
        } else {
            decoded.push(bytes[at]);
            at += 1;
        }
    }
    decoded
}
