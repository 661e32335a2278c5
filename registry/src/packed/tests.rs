use std::collections::BTreeSet;

use proptest::prelude::*;
use reqllm_core::{Capability, Modality, Resolution};
use serde_json::{Value, json};

use super::*;
use crate::pack::lines::{Lines, ModelLine};
use crate::pack::{complete, pack};

const CATALOGUE: &str = include_str!("../../data/catalogue.jsonl");

fn lines() -> Lines {
    complete(CATALOGUE, crate::PATCH).unwrap().0
}

/// A line as a full spec, which the core reads by itself.
fn full_spec(line: &ModelLine, as_of: &str) -> reqllm_core::Model {
    let mut value = serde_json::to_value(line).unwrap();
    let spec = value.as_object_mut().unwrap();
    let mut lifecycle = serde_json::Map::new();
    for key in [
        "status",
        "released",
        "updated",
        "knowledge",
        "retires",
        "replacement",
    ] {
        lifecycle.extend(spec.remove(key).map(|value| (key.to_owned(), value)));
    }
    for key in ["reasoning_field", "base_url"] {
        spec.remove(key);
    }
    let billing = spec.remove("billing");
    if spec.contains_key("cost") || billing.is_some() {
        let cost = spec.entry("cost").or_insert_with(|| json!({}));
        cost["as_of"] = json!(as_of);
        cost["billing"] = billing.unwrap_or_else(|| json!("per_token"));
    }
    spec.insert("lifecycle".to_owned(), Value::Object(lifecycle));
    let mut model = reqllm_core::Model::from_json(&value.to_string()).unwrap();
    model.wire.base_url = line.base_url.clone();
    model.resolution = Resolution::Exact;
    model
}

#[test]
fn every_model_is_found_and_says_what_its_line_says() {
    let (lines, packed) = (lines(), Packed::embedded());
    assert_eq!(packed.len(), lines.models.len());
    for (line, listed) in lines.models.iter().zip(packed.records()) {
        let record = packed.find(&line.provider, &line.id).unwrap();
        assert_eq!(record.to_model(), full_spec(line, &lines.header.date));
        assert_eq!(record, listed, "the listing has the order of the lines");
        assert_eq!(record.reasoning_field(), line.reasoning_field.as_deref());
        assert_eq!(record.dialect(), line.dialect.as_deref());
        assert_eq!(record.shape(), line.shape.as_deref());
        assert_eq!(record.base_url(), line.base_url.as_deref());
        let pricing = record.pricing().unwrap_or_default();
        assert_eq!(record.input_price(), pricing.input);
        assert_eq!(record.output_price(), pricing.output);
        record.to_model().check().unwrap();
    }
}

#[test]
fn the_patch_takes_no_model_away() {
    let (source, packed) = (Lines::parse(CATALOGUE).unwrap(), Packed::embedded());
    source.check().unwrap();
    for line in source.models {
        let provider = match line.provider.as_str() {
            "amazon-bedrock" => "bedrock",
            other => other,
        };
        assert!(
            packed.find(provider, &line.id).is_some(),
            "{provider}:{}",
            line.id
        );
    }
}

#[test]
fn every_provider_is_found_with_its_models() {
    let (lines, packed) = (lines(), Packed::embedded());
    assert_eq!(packed.providers().len(), lines.providers.len());
    let mut models = 0;
    for (line, listed) in lines.providers.iter().zip(packed.providers()) {
        let provider = packed.provider(&line.id).unwrap();
        assert_eq!(provider.id(), listed.id());
        assert_eq!(provider.name(), line.name.as_deref());
        assert_eq!(provider.base_url(), line.base_url.as_deref());
        assert_eq!(provider.doc(), line.doc.as_deref());
        assert_eq!(provider.dialect(), line.dialect.as_deref());
        assert!(provider.env().eq(line.env.iter().map(String::as_str)));
        assert!(
            provider
                .aliases()
                .eq(line.aliases.iter().map(String::as_str))
        );
        assert!(provider.models().all(|model| model.provider() == line.id));
        models += provider.models().len();
    }
    assert_eq!(models, packed.len());
    assert!(
        packed.provider("amazon-bedrock").is_none(),
        "an alias is no id"
    );
}

#[test]
fn what_is_not_there_is_not_found() {
    let packed = Packed::embedded();
    for (provider, id) in [
        ("", ""),
        ("openai", ""),
        ("", "gpt-5"),
        ("gpt-5", "openai"),
        ("openai", "gpt-5 "),
    ] {
        assert!(packed.find(provider, id).is_none());
    }
    assert!(Packed::default().find("openai", "gpt-5").is_none());
    assert!(Packed::default().is_empty());
}

#[test]
fn the_layout_speaks_as_the_core_does() {
    let names = |all: &[&str]| all.iter().map(|name| json!(name)).collect::<Vec<_>>();
    let capabilities: Vec<&str> = Capability::ALL.iter().map(|it| it.as_str()).collect();
    assert_eq!(layout::CAPABILITIES, capabilities);
    let modalities: Vec<&str> = Modality::ALL.iter().map(|it| it.as_str()).collect();
    assert_eq!(layout::MODALITIES, modalities);
    for name in names(layout::STATUS) {
        serde_json::from_value::<reqllm_core::Status>(name).unwrap();
    }
    for name in names(layout::BILLING) {
        serde_json::from_value::<reqllm_core::Billing>(name).unwrap();
    }
    for name in layout::PRICES {
        serde_json::from_value::<reqllm_core::Pricing>(json!({ *name: 1 })).unwrap();
    }
}

#[test]
fn packing_gives_the_same_bytes_again() {
    assert!(pack(CATALOGUE, crate::PATCH).unwrap() == EMBEDDED);
}

fn price(id: &str) -> [Option<String>; 4] {
    let packed = Packed::embedded();
    let pricing = packed.find("bedrock", id).unwrap().pricing().unwrap();
    [
        pricing.input,
        pricing.output,
        pricing.cache_read,
        pricing.cache_write,
    ]
    .map(|price| Some(price?.to_string()))
}

#[test]
fn geographies_of_bedrock_have_their_price() {
    let some = |prices: [&str; 4]| prices.map(|price| Some(price.to_owned()));
    for (id, prices) in [
        (
            "global.anthropic.claude-haiku-4-5-20251001-v1:0",
            ["1", "5", "0.1", "1.25"],
        ),
        (
            "us.anthropic.claude-haiku-4-5-20251001-v1:0",
            ["1.1", "5.5", "0.11", "1.375"],
        ),
        (
            "eu.anthropic.claude-haiku-4-5-20251001-v1:0",
            ["1.1", "5.5", "0.11", "1.375"],
        ),
        (
            "au.anthropic.claude-opus-4-6-v1",
            ["5.5", "27.5", "0.55", "6.875"],
        ),
        (
            "jp.anthropic.claude-sonnet-4-6",
            ["3.3", "16.5", "0.33", "4.125"],
        ),
        (
            "us.anthropic.claude-opus-4-1-20250805-v1:0",
            ["15", "75", "1.5", "18.75"],
        ),
    ] {
        assert_eq!(price(id), some(prices), "{id}");
    }
    let llama = price("us.meta.llama4-maverick-17b-instruct-v1:0");
    assert_eq!(llama, price("meta.llama4-maverick-17b-instruct-v1:0"));

    let factor = |model, geo| {
        let factor = Packed::embedded().geo_factor("bedrock", model, geo)?;
        Some(factor.to_string())
    };
    let model = "anthropic.claude-sonnet-4-6";
    for (geo, expected) in [
        ("global", "1"),
        ("us-gov", "1.2"),
        ("us", "1.1"),
        ("atlantis", "1.1"),
    ] {
        assert_eq!(factor(model, geo).as_deref(), Some(expected), "{geo}");
    }
    assert_eq!(
        factor("anthropic.claude-opus-4-1-20250805-v1:0", "us"),
        None
    );
}

#[test]
fn the_patch_knows_what_the_source_does_not() {
    let packed = Packed::embedded();
    let can = |provider, id, capability| {
        packed
            .find(provider, id)
            .unwrap()
            .capabilities()
            .get(capability)
    };
    assert_eq!(
        can(
            "bedrock",
            "amazon.titan-embed-text-v2:0",
            Capability::Embeddings
        ),
        Some(true)
    );
    assert_eq!(
        can("bedrock", "cohere.rerank-v3-5:0", Capability::Rerank),
        Some(true)
    );
    assert_eq!(
        can("openai", "text-embedding-3-small", Capability::Embeddings),
        Some(true)
    );
    assert_eq!(
        can("openai", "text-embedding-3-small", Capability::Chat),
        None
    );
    assert_eq!(can("poe", "google/lyria", Capability::Speech), Some(false));
    assert_eq!(
        can("groq", "whisper-large-v3", Capability::Transcription),
        Some(true)
    );
    assert_eq!(can("openai", "gpt-5", Capability::Chat), Some(true));
    assert_eq!(can("openai", "gpt-5", Capability::Rerank), None);

    let plan = packed
        .find("zai-coding-plan", "glm-4.7")
        .unwrap()
        .pricing()
        .unwrap();
    assert_eq!(
        (plan.billing, plan.input),
        (reqllm_core::Billing::Plan, None)
    );
    let free: Vec<Record<'_>> = packed
        .records()
        .filter(|record| record.input_price() == Some(Decimal::ZERO))
        .collect();
    assert!(!free.is_empty());
    for record in free {
        assert_eq!(record.billing(), reqllm_core::Billing::Free, "{record:?}");
        assert!(record.id().ends_with(":free"), "{record:?}");
    }
    let aliases: BTreeSet<&str> = packed.providers().flat_map(|it| it.aliases()).collect();
    assert!(aliases.iter().all(|alias| packed.provider(alias).is_none()));
}

/// A catalogue with one of everything in it.
fn small() -> Vec<u8> {
    let catalogue = r#"{"format":1,"source":"test","date":"2026-08","sha256":"00","providers":2,"models":2}
{"id":"acme","name":"Acme","aliases":["a","b"],"env":["A_KEY","B_KEY"],"base_url":"https://a.example","doc":"https://d.example","dialect":"openai"}
{"id":"amazon-bedrock"}
{"provider":"acme","id":"m","wire_id":"w","base_model":"b","name":"M","family":"f","status":"beta","released":"2026","updated":"2026-01","knowledge":"2026-01-02","retires":"2027-01-01","replacement":"n","limits":{"context":1,"input":2,"output":3},"modalities":{"input":["text"],"output":["video"]},"capabilities":{"tools":true,"chat":false},"reasoning":{"toggle":true,"effort":["low","high"],"budget":{"min":0,"max":9}},"reasoning_field":"r","dialect":"d","shape":"s","base_url":"https://m.example","billing":"plan","cost":{"input":"1","cache_write_1h":"0.000000001","output_audio":"3","tiers":[{"above":9,"output":"4"}],"service_tiers":{"flex":"0.5"}}}
{"provider":"acme","id":"n"}"#;
    pack(catalogue, crate::PATCH).unwrap()
}

/// Asks everything that can be asked.
fn ask(packed: &Packed) {
    let mut said = format!("{packed:?} {:?}", packed.source());
    for provider in packed.providers().take(50) {
        said += &format!(
            "{provider:?} {:?} {:?}",
            provider.name(),
            provider.base_url()
        );
        said += &format!("{:?} {:?}", provider.doc(), provider.dialect());
        said.extend(provider.env().chain(provider.aliases()));
        said += &format!("{}", provider.models().len());
        packed.provider(provider.id());
    }
    for record in packed.records().chain(packed.records().rev()).take(50) {
        said += &format!("{:?} {:?}", record.to_model(), record.reasoning_field());
        packed.find(record.provider(), record.id());
    }
    packed.find("acme", "m");
    packed.find("acme", "missing");
    packed.geo_factor("bedrock", "anthropic.claude-sonnet-5", "us");
}

#[test]
fn one_of_everything_is_read() {
    let packed = Packed::new(small()).unwrap();
    ask(&packed);
    let model = packed.find("acme", "m").unwrap().to_model();
    let pricing = model.cost.unwrap();
    assert_eq!(pricing.cache_write_1h.unwrap().to_string(), "0.000000001");
    assert_eq!(pricing.output_audio.unwrap().to_string(), "3");
    assert_eq!(pricing.tiers[0].output.unwrap().to_string(), "4");
    assert_eq!(pricing.service_tiers["flex"].to_string(), "0.5");
    assert_eq!(model.lifecycle.released.as_deref(), Some("2026"));
    assert_eq!(model.reasoning.budget.unwrap().min, Some(0));
    assert_eq!(model.wire.dialect.as_deref(), Some("d"));
    assert_eq!(model.wire.base_url.as_deref(), Some("https://m.example"));
    assert_eq!(model.wire.shape, None, "no shape goes by this name yet");
}

#[test]
fn what_breaks_off_is_refused() {
    let whole = small();
    for len in 0..whole.len() {
        let error = Packed::new(whole[..len].to_vec()).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Decode, "{len}");
    }
    let mut newer = whole;
    newer[header::VERSION] += 1;
    let error = Packed::new(newer).unwrap_err();
    assert!(
        error.message().contains("has version 2; 1 would do"),
        "{error}"
    );
}

proptest! {
    #[test]
    fn garbled_bytes_never_panic(changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..40), head in any::<bool>()) {
        let mut bytes = small();
        for (at, byte) in changes {
            // The header and the records are where it hurts.
            let at = at.index(if head { HEADER + 6 * PROVIDER } else { bytes.len() });
            bytes[at] = byte;
        }
        if let Ok(packed) = Packed::new(bytes) {
            ask(&packed);
        }
    }

    #[test]
    fn any_bytes_never_panic(header in prop::collection::vec(0..200_u32, 13), rest in prop::collection::vec(any::<u8>(), 200..4000)) {
        let mut bytes = small()[..header::PROVIDERS_AT].to_vec();
        bytes.extend(header.into_iter().flat_map(u32::to_le_bytes));
        bytes.extend(rest);
        if let Ok(packed) = Packed::new(bytes) {
            ask(&packed);
        }
    }
}

#[test]
fn the_patch_says_where_providers_are_and_adds_those_that_the_source_lacks() {
    let catalogue = r#"{"format":1,"source":"test","date":"2026-08","sha256":"00","providers":1,"models":1}
{"id":"nova","name":"Nova","env":["NOVA_KEY"],"dialect":"@nova/sdk"}
{"provider":"nova","id":"m","dialect":"other","shape":"responses","base_url":"https://m.example"}"#;
    let patch = r#"
[[rule]]
providers = ["nova"]
unset = ["dialect", "base_url"]
wire_prefix = "nova/"
why = "it is spoken to as its provider is"

[[provider]]
id = "nova"
base_url = "https://api.nova.example/v1"
dialect = "openai-compatible"
why = "the source names a package"

[[provider]]
id = "acme"
add = true
name = "Acme"
aliases = ["acme-ai"]
env = ["ACME_KEY"]
base_url = "http://127.0.0.1:1/v1"
dialect = "openai-compatible"
why = "the source lacks it"

[[provider]]
id = "gone"
base_url = "https://gone.example"
why = "the source has dropped it"
"#;
    let packed = Packed::new(pack(catalogue, patch).unwrap()).unwrap();
    let ids: Vec<&str> = packed.providers().map(|it| it.id()).collect();
    assert_eq!(
        ids,
        ["acme", "nova"],
        "sorted, and without the one that is gone"
    );
    let nova = packed.provider("nova").unwrap();
    assert_eq!(nova.base_url(), Some("https://api.nova.example/v1"));
    assert_eq!(nova.dialect(), Some("openai-compatible"));
    assert_eq!(
        nova.env().collect::<Vec<_>>(),
        ["NOVA_KEY"],
        "what is not said stays"
    );
    let acme = packed.provider("acme").unwrap();
    assert_eq!((acme.name(), acme.models().len()), (Some("Acme"), 0));
    assert_eq!(acme.aliases().collect::<Vec<_>>(), ["acme-ai"]);
    let model = packed.find("nova", "m").unwrap();
    assert_eq!((model.dialect(), model.shape()), (None, Some("responses")));
    assert_eq!(model.wire_id(), Some("nova/m"));
    let keeps = patch.replace("\"dialect\", \"base_url\"", "\"id\"");
    assert!(pack(catalogue, &keeps).unwrap_err().contains("\"id\""));
    let unknown = patch.replace("add = true", "ad = true");
    assert!(
        pack(catalogue, &unknown).is_err(),
        "an unknown word is no word"
    );
}

/// Whoever is patched to an address is reached there, and the address is one.
#[test]
fn patched_addresses_are_whole() {
    let packed = Packed::embedded();
    for (id, base_url) in [
        ("groq", "https://api.groq.com/openai/v1"),
        ("togetherai", "https://api.together.xyz/v1"),
        ("mistral", "https://api.mistral.ai/v1"),
        ("xai", "https://api.x.ai/v1"),
        ("ollama", "http://127.0.0.1:11434/v1"),
        ("vllm", "http://127.0.0.1:8000/v1"),
        ("openrouter", "https://openrouter.ai/api/v1"),
    ] {
        let provider = packed.provider(id).unwrap();
        assert_eq!(provider.base_url(), Some(base_url), "{id}");
        assert_eq!(provider.dialect(), Some("openai-compatible"), "{id}");
    }
    for provider in packed.providers() {
        let dialect = provider.dialect().unwrap_or_default();
        if matches!(dialect, "openai" | "openai-compatible") && provider.id() != "openai" {
            let base_url = provider.base_url().unwrap_or_default();
            let begins = ["https://", "http://127.0.0.1", "http://localhost", "${"];
            assert!(
                begins.iter().any(|it| base_url.starts_with(it)),
                "{provider:?}"
            );
            assert!(!base_url.contains("/chat/completions"), "{provider:?}");
        }
    }
}
