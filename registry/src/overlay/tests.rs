//! Overlays: what they say, what they leave alone, and what they refuse.

use reqllm_core::{Billing, Budget, Capability, Decimal, Limits, Modality, Model, Pricing, Status};

use super::*;

mod files;
mod refusals;

fn toml(text: &str) -> Result<Overlay> {
    Overlay::from_toml(text, Origin::Program)
}

/// A model of which a lot is known.
fn known() -> Model {
    Model::from_toml(
        r#"
        provider = "bedrock"
        id = "x"
        family = "claude"
        limits = { context = 200000, output = 8192 }
        modalities = { input = ["text", "image"], output = ["text"] }
        capabilities = { tools = true, reasoning = true, citations = false }
        reasoning = { toggle = true, effort = ["low", "high"], budget = { min = 1024 } }
        lifecycle = { status = "active", released = "2025-10-15" }
        [cost]
        input = "3"
        output = "15"
        cache_read = "0.3"
        tiers = [{ above = 200000, input = "6" }]
        service_tiers = { flex = "0.5" }
        "#,
    )
    .unwrap()
}

fn laid(overlay: &Overlay) -> (Model, Provenance) {
    let (mut model, mut provenance) = (known(), Provenance::default());
    assert!(overlay.apply("bedrock", "x", &mut model, &mut provenance));
    (model, provenance)
}

fn decimal(text: &str) -> Option<Decimal> {
    Some(text.parse().unwrap())
}

#[test]
fn what_is_not_named_stays() {
    let overlay = toml(
        r#"[models."bedrock:x"]
        limits.output = 16384
        cost.input = 0.1
        capabilities.tools = false"#,
    )
    .unwrap();
    let (model, provenance) = laid(&overlay);
    let mut expected = known();
    expected.limits.output = Some(16384);
    expected.cost.as_mut().unwrap().input = decimal("0.1");
    expected.capabilities.set(Capability::Tools, Some(false));
    assert_eq!(model, expected);
    let fields: Vec<&str> = provenance.iter().map(|(field, _)| field).collect();
    assert_eq!(
        fields,
        ["capabilities.tools", "cost.input", "limits.output"]
    );
    let (mut other, mut none) = (known(), Provenance::default());
    assert!(!overlay.apply("bedrock", "y", &mut other, &mut none));
    assert!(none.is_empty());
    assert_eq!(other, known());
}

#[test]
fn every_field_of_a_full_spec_can_be_said() {
    let overlay = toml(
        r#"
        [models."bedrock:new"]
        provider_model_id = "arn:x"
        base_model = "b"
        base_url = "https://example.com/v1"
        family = "claude"
        name = "A new one"
        limits = { context = 3, input = 2, output = 1 }
        modalities = { input = ["pdf", "audio"], output = ["text"] }
        capabilities = { tools = true, rerank = false }
        reasoning = { toggle = true, effort = ["low"], budget = { min = 0, max = 9 } }
        [models."bedrock:new".lifecycle]
        status = "beta"
        released = 2026-08-23
        updated = "2026-08"
        knowledge = "2026-01"
        retires = "2027-01-01"
        replacement = "newer"
        [models."bedrock:new".cost]
        input = "0.25"
        output = 1
        cache_read = 0.025
        cache_write = 0.3
        cache_write_1h = 0.5
        reasoning = 2
        input_audio = 3
        output_audio = 4
        tiers = [{ above = 5, input = 1, output = 2, cache_read = 3, cache_write = 4 }]
        service_tiers = { flex = 0.5 }
        billing = "plan"
        as_of = "2026-08-23"
        "#,
    )
    .unwrap();
    let full = Model::from_json(
        r#"{"provider": "bedrock", "id": "new", "wire_id": "arn:x", "base_model": "b",
        "base_url": "https://example.com/v1", "family": "claude", "name": "A new one",
        "limits": {"context": 3, "input": 2, "output": 1},
        "modalities": {"input": ["pdf", "audio"], "output": ["text"]},
        "capabilities": {"tools": true, "rerank": false},
        "reasoning": {"toggle": true, "effort": ["low"], "budget": {"min": 0, "max": 9}},
        "lifecycle": {"status": "beta", "released": "2026-08-23", "updated": "2026-08", "knowledge": "2026-01",
            "retires": "2027-01-01", "replacement": "newer"},
        "cost": {"input": "0.25", "output": 1, "cache_read": "0.025", "cache_write": "0.3", "cache_write_1h": "0.5",
            "reasoning": 2, "input_audio": 3, "output_audio": 4, "service_tiers": {"flex": "0.5"}, "billing": "plan",
            "tiers": [{"above": 5, "input": 1, "output": 2, "cache_read": 3, "cache_write": 4}],
            "as_of": "2026-08-23"}}"#,
    )
    .unwrap();
    let (mut model, mut provenance) = (Model::new("bedrock", "new"), Provenance::default());
    assert!(overlay.apply("bedrock", "new", &mut model, &mut provenance));
    assert_eq!(model, full);
    assert_eq!(provenance.iter().count(), 5 + 3 + 2 + 2 + 3 + 6 + 12);
}

#[test]
fn json_says_what_toml_says() {
    let (from_toml, _) = laid(&toml(
        r#"models."bedrock:x" = { limits.context = 7, cost.output = 0.15, unset = ["cost.input"] }"#,
    )
    .unwrap());
    let json = r#"{"models": {"bedrock:x": {"limits": {"context": 7}, "cost": {"output": 0.15}, "unset": ["cost.input"]}}}"#;
    let (from_json, provenance) = laid(&Overlay::from_json(json, Origin::Program).unwrap());
    assert_eq!(from_toml, from_json);
    assert_eq!(from_json.cost.unwrap().output, decimal("0.15"));
    assert_eq!(provenance.get("cost.input"), Some(&Origin::Program));
}

#[test]
fn later_wins_and_is_named() {
    let user = Origin::UserFile("/u/models.toml".into());
    let first = Overlay::from_toml(
        r#"models."bedrock:x" = { limits.output = 1, family = "nova" }"#,
        user.clone(),
    )
    .unwrap();
    let second = toml(r#"models."bedrock:x".limits.output = 2"#).unwrap();
    let (mut model, mut provenance) = laid(&first);
    assert!(second.apply("bedrock", "x", &mut model, &mut provenance));
    assert_eq!(
        (model.limits.output, model.family.as_deref()),
        (Some(2), Some("nova"))
    );
    assert_eq!(provenance.get("limits.output"), Some(&Origin::Program));
    assert_eq!(provenance.get("family"), Some(&user));
    assert_eq!(provenance.get("limits.context"), None);
    assert_eq!(provenance.origins().count(), 2);
    assert_eq!(user.to_string(), "the user file /u/models.toml");
}

#[test]
fn unset_removes_fields_and_groups_before_anything_is_set() {
    let (model, provenance) = laid(&toml(
        r#"[models."bedrock:x"]
        unset = ["limits.output", "cost", "capabilities.tools", "reasoning.budget", "lifecycle.status", "modalities.input"]
        cost.input = 1"#,
    )
    .unwrap());
    let mut expected = known();
    expected.limits.output = None;
    expected.capabilities.set(Capability::Tools, None);
    expected.reasoning.budget = None;
    expected.lifecycle.status = None;
    expected.modalities.input = [].into_iter().collect();
    let cost = expected.cost.insert(Pricing::default());
    cost.input = decimal("1");
    assert_eq!(model, expected);
    assert_eq!(provenance.get("cost.cache_read"), Some(&Origin::Program));
    let (model, _) = laid(&toml(r#"models."bedrock:x".unset = ["cost"]"#).unwrap());
    assert_eq!(model.cost, None, "no prices are no pricing");
}

#[test]
fn lists_replace_and_tables_merge() {
    let (model, provenance) = laid(
        &toml(
            r#"[models."bedrock:x"]
        modalities.input = ["audio"]
        reasoning = { effort = ["max"], budget = { max = 9 } }
        cost.tiers = [{ above = 1, output = 2 }]
        cost.service_tiers = { priority = "1.75" }"#,
        )
        .unwrap(),
    );
    assert!(model.modalities.input.iter().eq([Modality::Audio]));
    assert!(model.modalities.output.contains(Modality::Text));
    assert_eq!(model.reasoning.effort, ["max"]);
    assert!(model.reasoning.toggle);
    let budget: Budget = serde_json::from_str(r#"{"max": 9}"#).unwrap();
    assert_eq!(model.reasoning.budget, Some(budget));
    let cost = model.cost.unwrap();
    assert_eq!((cost.tiers.len(), cost.tiers[0].above), (1, 1));
    assert_eq!(cost.service_tiers.len(), 2);
    assert!(provenance.get("cost.service_tiers.priority").is_some());
    assert!(provenance.get("cost.service_tiers.flex").is_none());
}

#[test]
fn capabilities_are_yes_no_or_left_alone() {
    let (model, _) = laid(
        &toml(r#"models."bedrock:x".capabilities = { tools = false, rerank = true }"#).unwrap(),
    );
    let has = |capability| model.capabilities.get(capability);
    assert_eq!(has(Capability::Tools), Some(false));
    assert_eq!(has(Capability::Rerank), Some(true));
    assert_eq!(has(Capability::Citations), Some(false), "as it was");
    assert_eq!(has(Capability::Speech), None);
}

#[test]
fn entries_of_models_dev_can_be_pasted() {
    let json = r#"{"providers": {"Amazon_Bedrock": {"id": "amazon-bedrock", "env": ["AWS_REGION"], "models": {"x": {
        "id": "x", "name": "X", "description": "Sentences.", "attachment": false, "reasoning": true, "tool_call": true,
        "interleaved": {"field": "reasoning_content"}, "open_weights": true, "release_date": "2026-01-02",
        "reasoning_options": [{"type": "effort", "values": ["low", null]}, {"type": "budget_tokens", "min": -1, "max": 9}], "status": "alpha",
        "modalities": {"input": ["text"], "output": []}, "limit": {"context": 128000, "output": 0},
        "provider": {"npm": "@ai-sdk/openai", "api": "https://a.example/${AWS_REGION}", "shape": "responses"},
        "cost": {"input": 0.15000000000000002, "output": 0, "context_over_200k": {"input": 9},
            "tiers": [{"input": 0.3, "input_audio": 1, "tier": {"type": "context", "size": 128000}}]}}}}}}"#;
    let mut overlay = Overlay::from_json(json, Origin::Program).unwrap();
    assert!(overlay.models().eq([("amazon-bedrock", "x")]));
    let canonical = |name: &str| (name == "amazon-bedrock").then(|| "bedrock".to_owned());
    overlay.canonicalise(canonical).unwrap();
    let (model, provenance) = laid(&overlay);
    assert_eq!(model.limits, Limits::new(128_000, 8192), "0 is not known");
    assert_eq!(model.lifecycle.status, Some(Status::Beta));
    assert_eq!(model.lifecycle.released.as_deref(), Some("2026-01-02"));
    assert_eq!(model.capabilities.get(Capability::OpenWeights), Some(true));
    assert_eq!(model.capabilities.get(Capability::Attachments), Some(false));
    assert_eq!(model.reasoning.effort, ["low"]);
    assert!(!model.reasoning.toggle, "the list is the whole of it");
    let budget: Budget = serde_json::from_str(r#"{"max": 9}"#).unwrap();
    assert_eq!(model.reasoning.budget, Some(budget), "-1 is no bound");
    assert!(model.modalities.output.contains(Modality::Text));
    assert_eq!(model.base_url, None);
    assert_eq!(model.wire.dialect.as_deref(), Some("openai"));
    assert_eq!(model.wire.shape.as_deref(), Some("responses"));
    let cost = model.cost.unwrap();
    assert_eq!((cost.input, cost.output), (decimal("0.15"), decimal("15")));
    assert_eq!((cost.tiers.len(), cost.tiers[0].above), (1, 128_000));
    assert_eq!(cost.billing, Billing::PerToken);
    assert!(provenance.get("cost.tiers").is_some());
    assert!(provenance.get("cost.output").is_none());
}

#[test]
fn aliases_name_their_model() {
    let overlay = toml(
        r#"models."bedrock:x".aliases = ["b", "a", "b"]
        models."openai:y" = { aliases = ["a"] }"#,
    )
    .unwrap();
    assert!(overlay.aliases().eq([
        ("a", ("bedrock", "x")),
        ("b", ("bedrock", "x")),
        ("a", ("openai", "y"))
    ]));
}

#[test]
fn one_model_has_one_entry() {
    let mut overlay = toml(
        r#"models."aws:x".limits.output = 1
        models."bedrock:x".limits.input = 1"#,
    )
    .unwrap();
    let error = overlay
        .canonicalise(|_| Some("bedrock".to_owned()))
        .unwrap_err();
    assert!(
        error
            .message()
            .contains("`bedrock:x` and `aws:x` are one model"),
        "{error}"
    );
}
