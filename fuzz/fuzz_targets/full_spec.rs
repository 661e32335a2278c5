//! Any text as a full model spec, JSON or TOML: refused by a message, or a model that can be resolved or is refused, and
//! that a provider can prepare a call for or refuses.

#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use reqllm_core::{Call, Delivery, Model, Provider};
use reqllm_fuzz::BEDROCK;
use reqllm_registry::Registry;

static REGISTRY: LazyLock<Registry> = LazyLock::new(Registry::embedded);

fuzz_target!(|text: &str| {
    for model in [Model::from_json(text), Model::from_toml(text)] {
        let Ok(model) = model else { continue };
        assert!(!model.provider.is_empty() && !model.id.is_empty());
        assert!(!model.sent_id().is_empty());
        let Ok(resolved) = REGISTRY.adopt(model) else {
            continue;
        };
        let mut call = Call::new("Hi");
        call.options.set("region", "us-east-1");
        for delivery in [Delivery::Whole, Delivery::Stream] {
            if let Ok(exchange) = BEDROCK.prepare(&resolved.model, &call, delivery) {
                let scheme = exchange.request.uri().scheme_str();
                let host = exchange.request.uri().host().unwrap_or_default();
                assert!(
                    scheme == Some("https") || reqllm_core::is_loopback(host),
                    "a prompt would go in clear to {host}"
                );
            }
        }
    }
});
