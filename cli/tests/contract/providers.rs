//! `providers`.

use serde_json::Value;

use crate::common::{keys, reqllm};

fn list(args: &[&str]) -> Vec<Value> {
    let args = ["providers", "--json"].iter().chain(args);
    let json = reqllm(args).run().json();
    json.as_array().unwrap().clone()
}

fn id(provider: &Value) -> &str {
    provider["id"].as_str().unwrap()
}

#[test]
fn every_registered_provider_is_listed_with_the_same_members() {
    let providers = list(&[]);
    let ids: Vec<&str> = providers.iter().map(id).collect();
    assert_eq!(ids, ["anthropic", "bedrock", "openai"]);
    for provider in &providers {
        let members = ["base_url", "env", "id", "models", "names", "origin"];
        let mut found = keys(provider);
        found.sort_unstable();
        assert_eq!(found, members);
        assert_eq!(provider["origin"]["kind"], "feature");
        assert_eq!(provider["origin"]["name"], provider["id"]);
        assert!(provider["models"].as_u64().unwrap() > 5, "{provider}");
    }
}

#[test]
fn keys_are_told_to_be_set_and_never_shown() {
    let run = reqllm(["providers", "--json"]);
    let outcome = run.env("OPENAI_API_KEY", "sk-s3cret").run();
    let json = outcome.json();
    assert!(!json.to_string().contains("s3cret"), "{json}");
    let openai = json
        .as_array()
        .unwrap()
        .iter()
        .find(|it| id(it) == "openai");
    let expected = serde_json::json!([{"name": "OPENAI_API_KEY", "set": true}]);
    assert_eq!(openai.unwrap()["env"], expected);

    let table = reqllm(["providers"]).env("OPENAI_API_KEY", "sk-s3cret");
    let table = table.run().ok();
    assert!(table.contains("OPENAI_API_KEY*"), "{table}");
    assert!(!table.contains("ANTHROPIC_API_KEY*"), "{table}");
    assert!(!table.contains("s3cret"), "{table}");
    assert!(table.contains("feature bedrock"), "{table}");
    assert!(table.starts_with("PROVIDER "), "{table}");
}

#[test]
fn what_the_environment_says_of_an_address_and_of_keys_is_told() {
    let run = reqllm(["providers", "--json"])
        .env(
            "OPENAI_BASE_URL",
            "https://user:s3cret@gateway.example/v1?key=s3cret",
        )
        .env("ANTHROPIC_AUTH_TOKEN", "s3cret");
    let json = run.run().json();
    assert!(!json.to_string().contains("s3cret"), "{json}");
    let providers = json.as_array().unwrap();
    let of = |name: &str| providers.iter().find(|it| id(it) == name).unwrap();
    let address = of("openai")["base_url"].as_str().unwrap();
    assert!(address.contains("gateway.example/v1"), "{address}");
    assert_eq!(of("anthropic")["base_url"], "https://api.anthropic.com");
    let expected = serde_json::json!([
        {"name": "ANTHROPIC_API_KEY", "set": false},
        {"name": "ANTHROPIC_AUTH_TOKEN", "set": true},
    ]);
    assert_eq!(of("anthropic")["env"], expected);
}

#[test]
fn all_adds_those_that_another_speaks_to() {
    let (some, all) = (list(&[]), list(&["--all"]));
    let more: Vec<&Value> = all.iter().filter(|it| !some.contains(it)).collect();
    assert_eq!(some.len() + more.len(), all.len());
    assert!(all.is_sorted_by_key(|it| id(it).to_owned()));
    for provider in more {
        assert_eq!(provider["origin"]["kind"], "spoken", "{provider}");
        let by = provider["origin"]["by"].as_str().unwrap();
        assert!(some.iter().any(|it| id(it) == by), "{provider}");
        assert!(provider["origin"]["dialect"].is_string(), "{provider}");
    }
}

#[test]
fn dialects_of_models_are_told() {
    let all = list(&["--all"]);
    let opencode = all.iter().find(|it| id(it) == "opencode").unwrap();
    let dialects = opencode["dialects"].as_array().unwrap();
    let told: Vec<(&str, Option<&str>)> = dialects
        .iter()
        .map(|it| (it["name"].as_str().unwrap(), it["by"].as_str()))
        .collect();
    let expected = [
        ("anthropic", Some("anthropic")),
        ("google", None),
        ("openai", Some("openai")),
        ("openai-compatible", Some("openai")),
    ];
    assert_eq!(told, expected);
    let counts = dialects.iter().map(|it| it["models"].as_u64().unwrap());
    assert_eq!(counts.sum::<u64>(), opencode["models"].as_u64().unwrap());
    let table = reqllm(["providers", "--all"]).run().ok();
    let line = table
        .lines()
        .find(|line| line.starts_with("opencode "))
        .unwrap();
    for part in [
        "openai, speaking openai-compatible",
        "by anthropic, speaking anthropic",
        "by nobody: google",
    ] {
        assert!(line.contains(part), "{line}");
    }
}

#[test]
fn what_it_does_not_take_is_a_matter_of_usage() {
    let run = reqllm(["providers", "openai", "--json"]).run();
    run.error(2, "invalid_request");
}
