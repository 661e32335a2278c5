//! `models list` and `models show`.

use serde_json::Value;

use crate::common::{CLAUDE, NOVA, keys, reqllm};

fn show(spec: &str) -> Value {
    reqllm(["models", "show", spec, "--json"]).run().json()
}

#[test]
fn show_tells_what_is_known_and_null_for_what_is_not() {
    let model = show(NOVA);
    for key in [
        "provider",
        "id",
        "wire_id",
        "resolution",
        "name",
        "family",
        "base_model",
        "base_url",
        "limits",
        "modalities",
        "capabilities",
        "cost",
    ] {
        assert!(model.get(key).is_some(), "{key} in {model}");
    }
    assert_eq!(model["provider"], "bedrock");
    assert_eq!(model["id"], "amazon.nova-lite-v1:0");
    assert_eq!(model["resolution"], "exact");
    assert_eq!(model["base_model"], Value::Null);
    assert!(model["limits"]["context"].is_u64(), "{model}");
    assert!(
        model["cost"]["input"].is_string(),
        "money is no float: {model}"
    );
    assert_eq!(model["cost"]["quality"], "exact");
}

#[test]
fn show_tells_where_an_inference_profile_has_its_facts_from() {
    // A geography that the catalogue does not list.
    let model = show(&CLAUDE.replace(":us.", ":atlantis."));
    assert_eq!(model["resolution"], "inherited");
    assert_eq!(
        model["base_model"],
        "anthropic.claude-sonnet-4-5-20250929-v1:0"
    );
    assert_eq!(
        model["wire_id"],
        "atlantis.anthropic.claude-sonnet-4-5-20250929-v1:0"
    );
    assert_eq!(model["cost"]["quality"], "estimated");
    let listed = show(CLAUDE);
    assert_eq!(listed["resolution"], "exact");
    assert_eq!(model["limits"], listed["limits"]);
    // Both know the profiles of their base.
    let profiles = listed["profiles"].as_array().unwrap();
    assert!(profiles.contains(&listed["id"]), "{listed}");
    assert_eq!(model["profiles"], listed["profiles"]);
}

#[test]
fn show_for_people_names_the_spec() {
    let shown = reqllm(["models", "show", NOVA]).run().ok();
    assert!(shown.contains(NOVA), "{shown}");
    assert!(shown.contains("300000"), "{shown}");
}

#[test]
fn show_tells_how_a_model_is_spoken_to() {
    let model = show("azure:claude-opus-4-8");
    assert_eq!(model["dialect"], "anthropic");
    let url = "https://${AZURE_RESOURCE_NAME}.services.ai.azure.com/anthropic/v1";
    assert_eq!(model["base_url"], url);
    assert_eq!(show("neon:gpt-5-nano")["shape"], "responses");
    // As its provider is; and Bedrock decides for itself.
    assert_eq!(show("opencode:glm-4.6")["dialect"], Value::Null);
    assert_eq!(show("bedrock:openai.gpt-oss-120b")["dialect"], Value::Null);
    for (spec, told) in [
        ("azure:claude-opus-4-8", &["anthropic\n", url][..]),
        ("opencode:glm-4.6", &["openai-compatible\n"]),
        ("sakana:fugu", &["openai-compatible, responses alone\n"]),
    ] {
        let shown = reqllm(["models", "show", spec]).run().ok();
        for part in told {
            assert!(shown.contains(part), "{spec}: {shown}");
        }
    }
}

#[test]
fn list_gives_specs_that_show_takes() {
    let list = reqllm(["models", "list"]).run().ok();
    assert!(list.lines().any(|spec| spec == NOVA), "{list}");
    let json = reqllm(["models", "list", "--json"]).run().json();
    let models = json.as_array().unwrap();
    assert_eq!(models.len(), list.lines().count());
    for (model, spec) in models.iter().zip(list.lines()) {
        let id = model["id"].as_str().unwrap();
        let provider = model["provider"].as_str().unwrap();
        assert_eq!(format!("{provider}:{id}"), spec);
        assert_eq!(keys(model), keys(&models[0]), "{spec}");
    }
    let last = list.lines().last().unwrap();
    assert_eq!(show(last), *models.last().unwrap());
}

#[test]
fn list_can_be_narrowed_to_a_provider_by_any_of_its_names() {
    let all = reqllm(["models", "list"]).run().ok();
    let of_bedrock: Vec<&str> = all
        .lines()
        .filter(|spec| spec.starts_with("bedrock:"))
        .collect();
    assert!(of_bedrock.len() > 100 && of_bedrock.len() < all.lines().count());
    for name in ["bedrock", "aws", "Amazon_Bedrock"] {
        let run = reqllm(["models", "list", "--provider", name]).run().ok();
        assert_eq!(run.lines().collect::<Vec<_>>(), of_bedrock);
    }
    let run = reqllm(["models", "list", "--provider", "nobody", "--json"]);
    run.run().error(2, "unknown_provider");
}

#[test]
fn a_spec_that_does_not_do_is_refused_by_show() {
    let run = reqllm(["models", "show", "", "--json"]);
    run.run().error(2, "empty_spec");
    let line = reqllm(["models", "show", "nobody:x"]).run().line(2);
    assert!(line.contains("nobody"), "{line}");
}

#[test]
fn find_keeps_every_requirement_and_the_order() {
    let args = [
        "models",
        "find",
        "--provider",
        "aws",
        "--require",
        "tools,reasoning",
        "--modality",
        "image",
        "--min-context",
        "100000",
        "--max-input-price",
        "3",
        "--sort",
        "price",
        "--limit",
        "5",
    ];
    let found = reqllm(args.iter().chain(&["--json"]).copied()).run().json();
    let found = found.as_array().unwrap();
    assert_eq!(found.len(), 5);
    for model in found {
        assert_eq!(model["provider"], "bedrock");
        assert_eq!(model["capabilities"]["tools"], true);
        assert_eq!(model["capabilities"]["reasoning"], true);
        assert!(model["limits"]["context"].as_u64().unwrap() >= 100_000);
    }
    let table = reqllm(args).run().ok();
    let mut lines = table.lines();
    assert!(lines.next().unwrap().starts_with("MODEL"), "{table}");
    for (line, model) in lines.zip(found) {
        let spec = format!("bedrock:{}", model["id"].as_str().unwrap());
        assert!(line.starts_with(&spec), "{line}");
    }
    let run = reqllm(["models", "find", "--require", "tolls", "--json"]);
    let error = run.run().error(2, "invalid_request");
    assert!(
        error["message"].as_str().unwrap().contains("\"tools\""),
        "{error}"
    );
}
