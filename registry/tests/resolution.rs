//! Specs of every form, against the embedded catalogue.

#![cfg(feature = "snapshot")]
#![allow(
    clippy::unwrap_used,
    reason = "a test that cannot be set up should fail loudly"
)]

use reqllm_core::{Capability, ErrorKind, Model, ModelSpec, Quality, Resolution, Result};
use reqllm_registry::{Packed, Registry, Resolved};

fn resolve(spec: &str) -> Result<Resolved> {
    let registry = Registry::embedded();
    registry.resolve(&registry.parse(spec)?)
}

fn model(spec: &str) -> Model {
    Model::clone(&resolve(spec).unwrap().model)
}

#[test]
fn every_model_resolves_from_its_own_spec_to_itself() {
    let registry = Registry::embedded();
    let packed = Packed::embedded();
    let mut count = 0;
    for record in packed.records() {
        let spec: ModelSpec = registry.parse(&record.spec()).unwrap();
        assert_eq!(
            spec.to_string(),
            record.spec(),
            "Display gives the spec back"
        );
        let resolved = registry.resolve(&spec).unwrap();
        assert_eq!(*resolved.model, record.to_model(), "{spec}");
        assert_eq!(resolved.model.resolution, Resolution::Exact, "{spec}");
        assert!(resolved.warnings.is_empty(), "{spec}");
        count += 1;
    }
    assert!(count >= 7290, "{count}");
}

#[test]
fn provider_names_fold_and_forms_agree() {
    let id = "anthropic.claude-haiku-4-5-20251001-v1:0";
    for spec in [
        format!("bedrock:{id}"),
        format!("amazon-bedrock:{id}"),
        format!("Amazon_Bedrock:{id}"),
        format!("aws:{id}"),
        format!("{id}@bedrock"),
    ] {
        let model = model(&spec);
        assert_eq!(
            (model.provider.as_str(), model.id.as_str()),
            ("bedrock", id),
            "{spec}"
        );
    }
    assert_eq!(model("gemini:gemini-2.5-pro").provider, "google");
}

#[test]
fn capitals_and_marks_fold_with_a_warning() {
    for spec in [
        "bedrock:Anthropic.Claude-Haiku-4-5-20251001-v1:0",
        "bedrock:anthropic-claude-haiku-4-5-20251001-v1-0",
    ] {
        let resolved = resolve(spec).unwrap();
        assert_eq!(
            resolved.model.id,
            "anthropic.claude-haiku-4-5-20251001-v1:0"
        );
        assert_eq!(resolved.model.resolution, Resolution::Alias);
        assert_eq!(resolved.warnings[0].code, "respelled_model");
    }
}

#[test]
fn a_profile_inherits_and_keeps_its_id() {
    for id in [
        "atlantis.meta.llama3-3-70b-instruct-v1:0",
        "arn:aws:bedrock:us-east-1:1:inference-profile/atlantis.meta.llama3-3-70b-instruct-v1:0",
    ] {
        let model = model(&format!("bedrock:{id}"));
        assert_eq!(model.resolution, Resolution::Inherited, "{id}");
        assert_eq!(model.sent_id(), id);
        assert_eq!(
            model.base_model.as_deref(),
            Some("meta.llama3-3-70b-instruct-v1:0")
        );
        assert_eq!(model.limits.output, Some(4096));
        assert_eq!(model.capabilities.get(Capability::Tools), Some(true));
        assert_eq!(model.price_quality(), Quality::Estimated);
    }
}

#[test]
fn a_name_of_mantle_inherits_from_the_entry_that_has_its_version() {
    for (id, base) in [
        ("qwen.qwen3-32b", "qwen.qwen3-32b-v1:0"),
        (
            "qwen.qwen3-235b-a22b-2507",
            "qwen.qwen3-235b-a22b-2507-v1:0",
        ),
        (
            "anthropic.claude-haiku-4-5",
            "anthropic.claude-haiku-4-5-20251001-v1:0",
        ),
        ("deepseek.v3.1", "deepseek.v3-v1:0"),
        ("moonshotai.kimi-k2-thinking", "moonshot.kimi-k2-thinking"),
    ] {
        let resolved = resolve(&format!("bedrock:{id}")).unwrap();
        let (model, known) = (&resolved.model, model(&format!("bedrock:{base}")));
        assert!(resolved.warnings.is_empty(), "{id}");
        assert_eq!((model.id.as_str(), model.wire_id.as_deref()), (id, None));
        assert_eq!(model.base_model.as_deref(), Some(base));
        assert_eq!(model.resolution, Resolution::Inherited, "{id}");
        assert_eq!(model.limits, known.limits, "{id}");
        assert_eq!(model.capabilities, known.capabilities, "{id}");
        assert_eq!(model.modalities, known.modalities, "{id}");
        let price = |model: &Model| model.cost.as_ref().and_then(|cost| cost.input);
        assert!(price(model).is_some(), "{id}");
        assert_eq!(price(model), price(&known), "{id}");
        assert_eq!(model.price_quality(), Quality::Estimated, "{id}");
    }
    for (id, why) in [
        ("amazon.nova-lite", "a vendor that is not there"),
        ("anthropic.claude-3-5-sonnet", "there are two of them"),
        (
            "anthropic.claude-opus",
            "more than the version is behind it",
        ),
    ] {
        let resolved = resolve(&format!("bedrock:{id}")).unwrap();
        let codes: Vec<&str> = resolved
            .warnings
            .iter()
            .map(|it| it.code.as_str())
            .collect();
        assert_eq!(codes, ["unregistered_model"], "{id}: {why}");
    }
}

#[test]
fn the_arn_of_an_entry_is_that_entry() {
    for arn in [
        "arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-pro-v1:0",
        "arn%3Aaws%3Abedrock%3Aus-east-1%3A%3Afoundation-model%2Famazon.nova-pro-v1%3A0",
    ] {
        let model = model(&format!("bedrock:{arn}"));
        assert_eq!(model.id, "amazon.nova-pro-v1:0");
        assert_eq!(
            model.sent_id(),
            "arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-pro-v1:0"
        );
        assert_eq!(model.price_quality(), Quality::Exact);
    }
}

#[test]
fn a_new_geography_of_a_dear_model_costs_what_geographies_cost() {
    let id = "anthropic.claude-sonnet-4-5-20250929-v1:0";
    let price = |spec: &str| model(spec).cost.unwrap().input.unwrap().to_string();
    assert_eq!(price(&format!("bedrock:{id}")), "3");
    assert_eq!(price(&format!("bedrock:atlantis.{id}")), "3.3");
    assert_eq!(price(&format!("bedrock:us-gov.{id}")), "3.6");
    let sized = model(&format!("bedrock:{id}:51k"));
    assert_eq!(sized.sent_id(), format!("{id}:51k"));
    assert_eq!(sized.limits.context, Some(51_000));
    let encoded = model("bedrock:us.anthropic.claude-sonnet-4-5-20250929-v1%3A0");
    assert_eq!(
        encoded.sent_id(),
        "us.anthropic.claude-sonnet-4-5-20250929-v1:0"
    );
    assert_eq!(encoded.price_quality(), Quality::Exact);
    assert_eq!(sized.resolution, Resolution::Inherited);
}

#[test]
fn what_is_not_registered_works_and_says_so() {
    let resolved = resolve("bedrock:us.anthropic.claude-of-tomorrow-v9:0").unwrap();
    assert_eq!(resolved.model.resolution, Resolution::Unregistered);
    assert_eq!(resolved.model.family.as_deref(), Some("claude"));
    assert_eq!(resolved.model.capabilities.get(Capability::Tools), None);
    assert_eq!(resolved.model.cost, None);
    assert_eq!(resolved.warnings.len(), 1);
    let opaque = "bedrock:arn:aws:bedrock:us-east-1:1:application-inference-profile/abc";
    let resolved = resolve(opaque).unwrap();
    assert_eq!(resolved.model.resolution, Resolution::Unregistered);
    assert!(
        resolved.warnings[0].message.contains("`base_model`"),
        "{:?}",
        resolved.warnings
    );
    let resolved = resolve("openai:gpt-4o-mimi").unwrap();
    assert!(
        resolved.warnings[0].message.contains("openai:gpt-4o-mini"),
        "{:?}",
        resolved.warnings
    );
}

#[test]
fn explicit_models_win() {
    let mut registry = Registry::embedded();
    let ours = Model::new("AWS", "openai.gpt-oss-20b-1:0").wire_id("mine");
    registry.insert(ours).unwrap();
    let spec = "bedrock:openai.gpt-oss-20b-1:0".parse().unwrap();
    assert_eq!(registry.resolve(&spec).unwrap().model.sent_id(), "mine");
    registry.insert(Model::new("acme", "m")).unwrap();
    assert!(registry.resolve(&"acme:m".parse().unwrap()).is_ok());
    assert!(registry.insert(Model::new("acme", "")).is_err());
    assert!(
        registry
            .models()
            .iter()
            .any(|model| model.provider == "acme")
    );
}

#[test]
fn a_full_spec_is_filled_from_the_base_that_it_names() {
    let registry = Registry::embedded();
    let spec = Model::new("aws", "ours")
        .wire_id("arn:aws:bedrock:us-east-1:1:application-inference-profile/abc")
        .base_model("amazon.nova-pro-v1:0");
    let model = registry.adopt(spec).unwrap().model;
    assert_eq!(model.limits.context, Some(300_000));
    assert_eq!(model.capabilities.get(Capability::Tools), Some(true));
    assert_eq!(model.resolution, Resolution::Explicit);
    assert_eq!(model.price_quality(), Quality::Estimated);
    assert!(model.cost.is_some() && model.sent_id().starts_with("arn:"));
}

#[test]
fn misses_say_what_there_is() {
    let error = |spec: &str| resolve(spec).unwrap_err();
    let unknown = error("bedrok:openai.gpt-oss-20b-1:0");
    assert_eq!(unknown.kind(), ErrorKind::UnknownProvider);
    assert_eq!(unknown.suggestions()[0], "bedrock:openai.gpt-oss-20b-1:0");
    assert_eq!(
        model("amazon.nova-pro-v1:0").provider,
        "bedrock",
        "a bare id with a colon in it"
    );
    let arn = error("arn:aws:bedrock:us-east-1::foundation-model/x");
    assert!(arn.suggestions()[0].starts_with("bedrock:arn:"), "{arn}");
    let ambiguous = error("gpt-4o");
    assert_eq!(ambiguous.kind(), ErrorKind::AmbiguousModel);
    assert!(
        ambiguous
            .suggestions()
            .contains(&"openai:gpt-4o".to_owned()),
        "{ambiguous}"
    );
    let slashed = error("anthropic/claude-haiku-4-5-20251001");
    assert!(!slashed.suggestions().is_empty(), "{slashed}");
    let short = error("no-such-model-anywhere-at-all");
    assert_eq!(short.kind(), ErrorKind::UnknownModel);
    assert!(short.suggestions().len() <= 3);
}

#[test]
fn filters_fail_closed() {
    let mut registry = Registry::embedded();
    let error = registry.allow(["bedrok:*"]).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Config);
    registry.allow(["aws:*"]).unwrap();
    registry.deny(["bedrock:anthropic.*"]).unwrap();
    let resolve = |spec: &str| registry.resolve(&registry.parse(spec).unwrap());
    assert!(resolve("bedrock:amazon.nova-pro-v1:0").is_ok());
    for out in [
        "openai:gpt-4o",
        "bedrock:anthropic.claude-haiku-4-5-20251001-v1:0",
        // Its base is kept out, so it is, too, listed or not and however it is written.
        "bedrock:atlantis.anthropic.claude-haiku-4-5-20251001-v1:0",
        "bedrock:us.anthropic.claude-haiku-4-5-20251001-v1:0",
        "bedrock:us.anthropic.claude-sonnet-4-6[1m]",
        "bedrock:us.anthropic.claude-of-tomorrow-v9:0",
        "bedrock:arn:aws:bedrock:us-east-1::foundation-model/anthropic.claude-of-tomorrow-v9:0",
    ] {
        assert_eq!(
            resolve(out).unwrap_err().kind(),
            ErrorKind::UnknownModel,
            "{out}"
        );
    }
    assert!(
        registry
            .models()
            .iter()
            .all(|model| model.provider == "bedrock")
    );
}
