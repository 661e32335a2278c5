use std::io::Write as _;
use std::path::Path;

use super::*;

const CATALOGUE: &str = include_str!("../../data/catalogue.jsonl");

fn imported(models: &str) -> Imported {
    let json =
        format!(r#"{{"acme": {{"name": "Acme", "npm": "@ai-sdk/acme", "models": {{{models}}}}}}}"#);
    import(json.as_bytes(), "models.dev", "2026-08-23").unwrap()
}

fn one(model: &str) -> Value {
    let imported = imported(&format!(r#""m": {model}"#));
    serde_json::from_str(imported.catalogue.lines().nth(2).unwrap()).unwrap()
}

/// The checked-in catalogue is what this import makes of the file that its header names.
#[test]
fn importing_the_file_in_shared_gives_the_catalogue() {
    let path = "../../shared/registry/models-dev-2026-08-23.json";
    let Ok(json) = std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)) else {
        // Past the harness, which keeps what a passing test prints to itself.
        writeln!(
            std::io::stderr(),
            "import: SKIPPED: there is no {path} beside this checkout, so the catalogue was not made again"
        )
        .unwrap();
        return;
    };
    let imported = import(&json, "models.dev", "2026-08-23").unwrap();
    for (new, old) in imported.catalogue.lines().zip(CATALOGUE.lines()) {
        assert_eq!(new, old);
    }
    assert_eq!(imported.catalogue.len(), CATALOGUE.len());
    assert_eq!((imported.providers, imported.models), (194, 7290));
}

#[test]
fn facts_are_taken_and_sentences_are_not() {
    let line = one(
        r#"{"id": "m", "name": "M", "description": "The best model.", "tool_call": true, "attachment": false,
            "modalities": {"input": ["text", "image"], "output": ["text"]}, "limit": {"context": 1000, "output": 10},
            "reasoning": true, "reasoning_options": [{"type": "effort", "values": ["low", "high"]}, {"type": "toggle"},
            {"type": "budget_tokens", "min": 1}], "interleaved": {"field": "thought"}, "release_date": "2026-01",
            "provider": {"npm": "@ai-sdk/openai", "shape": "responses"}, "cost": {"input": 0.049999999999999996, "output": 15,
            "tiers": [{"input": 6, "tier": {"type": "context", "size": 200000}}], "context_over_200k": {"input": 6}},
            "experimental": {"modes": {"fast": {"cost": {"input": 0.1, "output": 30},
            "provider": {"body": {"service_tier": "priority"}}}}}}"#,
    );
    let expected = serde_json::json!({
        "provider": "acme", "id": "m", "name": "M", "released": "2026-01",
        "limits": {"context": 1000, "output": 10},
        "modalities": {"input": ["text", "image"], "output": ["text"]},
        "capabilities": {"attachments": false, "reasoning": true, "tools": true},
        "reasoning": {"toggle": true, "effort": ["low", "high"], "budget": {"min": 1}},
        "reasoning_field": "thought", "dialect": "openai", "shape": "responses",
        "cost": {"input": "0.05", "output": "15", "tiers": [{"above": 200_000, "input": "6"}],
            "service_tiers": {"priority": "2"}},
    });
    assert_eq!(line, expected);
}

/// What a model says as its provider does is not said: what is known better of the provider holds for it, too.
#[test]
fn what_is_as_the_provider_is_not_said() {
    let said = |provider: &str| {
        let json = format!(
            r#"{{"acme": {{"npm": "@ai-sdk/acme", "api": "https://a.example", "models": {{"m": {{"provider": {provider}}}}}}}}}"#
        );
        let imported = import(json.as_bytes(), "models.dev", "2026-08-23").unwrap();
        let line: Value = serde_json::from_str(imported.catalogue.lines().nth(2).unwrap()).unwrap();
        (line["dialect"].clone(), line["base_url"].clone())
    };
    let none = Value::Null;
    assert_eq!(
        said(r#"{"npm": "@ai-sdk/acme"}"#),
        (none.clone(), none.clone())
    );
    let both = said(r#"{"npm": "@ai-sdk/openai", "api": "https://a.example"}"#);
    assert_eq!(both, ("openai".into(), none));
    let elsewhere = said(r#"{"npm": "@ai-sdk/acme", "api": "https://b.example"}"#);
    assert_eq!(elsewhere, ("acme".into(), "https://b.example".into()));
}

#[test]
fn nought_is_not_known_and_no_price() {
    let line = one(r#"{"limit": {"context": 0, "output": 5}, "cost": {"input": 0, "output": 0}}"#);
    assert_eq!(line["limits"], serde_json::json!({"output": 5}));
    assert!(line.get("cost").is_none());
    assert!(
        line.get("capabilities").is_none(),
        "what is absent is not no"
    );
}

#[test]
fn a_tier_without_one_factor_is_left_out() {
    let line = one(
        r#"{"cost": {"input": 5, "output": 22.5}, "experimental": {"modes": {"fast": {"cost": {"input": 5, "output": 30},
            "provider": {"body": {"service_tier": "priority"}}}}}}"#,
    );
    assert_eq!(
        line["cost"],
        serde_json::json!({"input": "5", "output": "22.5"})
    );
}

#[test]
fn a_model_without_sense_is_left_out_and_counted() {
    let imported = imported(
        r#""good": {"tool_call": true}, "bad type": {}, "odd": {"tool_call": "perhaps"}, "new": {"status": "legendary"},
           "late": {"release_date": "soon"}"#,
    );
    assert_eq!(imported.models, 1);
    let skipped: BTreeSet<&String> = imported.skipped.values().flatten().collect();
    assert_eq!(skipped.len(), 4, "{:?}", imported.skipped);
}

#[test]
fn a_file_without_sense_is_refused() {
    for text in ["", "[]", "{", r#""x""#, "<html>"] {
        let error = import(text.as_bytes(), "models.dev", "2026-08-23").unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Decode, "{text}");
    }
    let small = imported(r#""m": {}"#);
    let error = small.check(3).unwrap_err();
    assert!(error.message().contains("fewer than half"), "{error}");
    let error = small.check(2).unwrap_err();
    assert!(error.message().contains("\"amazon-bedrock\""), "{error}");
}

#[test]
fn what_is_imported_can_be_asked() {
    let packed = imported(r#""m": {"limit": {"context": 7}}, "n": {}"#);
    let json = r#"{"amazon-bedrock": {"models": {"acme.m": {"tool_call": true}}}}"#;
    assert!(packed.pack().is_err(), "the patch layer needs its provider");
    let packed = import(json.as_bytes(), "test", "2026-08")
        .unwrap()
        .pack()
        .unwrap();
    assert!(packed.find("bedrock", "acme.m").is_some());
    assert!(
        packed.find("bedrock", "cohere.command-r-v1:0").is_some(),
        "the patch layer outlives a refresh"
    );
    assert_eq!(packed.source().date.unwrap().to_string(), "2026-08");
}
