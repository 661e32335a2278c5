//! Any text as a project's file of models: refused by a message, or laid over the catalogue; and no prompt goes anywhere but
//! to the provider's own hosts or this machine.

#![no_main]

use std::path::PathBuf;

use libfuzzer_sys::fuzz_target;
use reqllm_core::{Call, Delivery, Model, Provider};
use reqllm_fuzz::BEDROCK;
use reqllm_registry::{Origin, Overlay, Provenance, Registry};

fuzz_target!(|text: &str| {
    let origin = Origin::ProjectFile(PathBuf::from("models.toml"));
    for overlay in [
        Overlay::from_toml(text, origin.clone()),
        Overlay::from_json(text, origin.clone()),
    ] {
        let overlay = match overlay {
            Ok(overlay) => overlay,
            Err(error) => {
                assert!(error.message().contains("models.toml"), "{error}");
                continue;
            }
        };
        let mut specs = Vec::new();
        for (provider, id) in overlay.models() {
            specs.push(format!("{provider}:{id}"));
            let mut model = Model::new(provider, id);
            let mut provenance = Provenance::default();
            assert!(overlay.apply(provider, id, &mut model, &mut provenance));
        }
        let mut registry = Registry::embedded();
        if let Err(error) = registry.lay(overlay) {
            assert!(error.message().contains("models.toml"), "{error}");
            continue;
        }
        for spec in specs {
            let Ok(spec) = registry.parse(&spec) else {
                continue;
            };
            let Ok(resolved) = registry.resolve(&spec) else {
                continue;
            };
            let mut call = Call::new("Hi");
            call.options.set("region", "us-east-1");
            if let Ok(exchange) = BEDROCK.prepare(&resolved.model, &call, Delivery::Whole) {
                let host = exchange.request.uri().host().unwrap_or_default();
                let own = [
                    "bedrock-runtime.us-east-1.amazonaws.com",
                    "bedrock-mantle.us-east-1.api.aws",
                ];
                assert!(
                    own.contains(&host) || reqllm_core::is_loopback(host),
                    "a project's file leads to {host}"
                );
            }
        }
    }
});
