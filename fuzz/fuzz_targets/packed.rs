//! Any bytes as a packed catalogue: refused, or read to its end without a panic, whatever it says.

#![no_main]

use libfuzzer_sys::fuzz_target;
use reqllm_registry::Packed;

fuzz_target!(|bytes: &[u8]| {
    let Ok(packed) = Packed::new(bytes.to_vec()) else {
        return;
    };
    let _ = format!("{packed:?}");
    for provider in packed.providers().take(1000) {
        let _ = (
            provider.name(),
            provider.base_url(),
            provider.doc(),
            provider.dialect(),
        );
        let _ = (provider.aliases().count(), provider.env().count());
        let _ = provider.models().take(10).count();
        let _ = packed.provider(provider.id());
    }
    for record in packed.records().take(1000) {
        let model = record.to_model();
        let _ = (
            record.status(),
            record.released(),
            record.updated(),
            record.knowledge(),
        );
        let _ = (
            record.retires(),
            record.replacement(),
            record.shape(),
            record.spec(),
        );
        let _ = packed.find(record.provider(), record.id());
        let _ = packed.geo_factor(&model.provider, &model.id, "us");
    }
});
