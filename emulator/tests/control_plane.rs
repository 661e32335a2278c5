//! The lists of models and profiles on the wire.

#![allow(clippy::unwrap_used, reason = "a test that fails should fail loudly")]

mod wire;

use reqllm_emulator::Emulator;
use serde_json::{Value, json};
use wire::sign::{at_noon, signed};
use wire::{Answer, assert_refused, bearer, send};

async fn get(emulator: &Emulator, target: &str) -> Answer {
    send(emulator, "GET", target, &bearer(), b"").await.unwrap()
}

fn ids<'a>(answer: &'a Value, list: &str, id: &str) -> Vec<&'a str> {
    let items = answer[list].as_array().unwrap().iter();
    items.map(|item| item[id].as_str().unwrap()).collect()
}

async fn models(emulator: &Emulator, query: &str) -> Vec<String> {
    let answer = get(emulator, &format!("/foundation-models{query}")).await;
    assert_eq!(answer.status, 200, "{query}");
    let answer = answer.json();
    let ids = ids(&answer, "modelSummaries", "modelId");
    ids.into_iter().map(str::to_owned).collect()
}

#[tokio::test]
async fn models_are_listed_and_filtered() {
    let emulator = Emulator::start().await.unwrap();
    let all = models(&emulator, "").await;
    let mut unique = all.clone();
    unique.sort_unstable();
    unique.dedup();
    assert_eq!(unique.len(), all.len());
    for vendor in [
        "ai21",
        "amazon",
        "anthropic",
        "cohere",
        "deepseek",
        "google",
        "meta",
        "minimax",
        "mistral",
        "moonshot",
        "nvidia",
        "openai",
        "qwen",
        "writer",
        "xai",
        "zai",
    ] {
        assert!(
            all.iter().any(|id| id.starts_with(&format!("{vendor}."))),
            "{vendor}"
        );
    }
    let embeddings = models(&emulator, "?byOutputModality=EMBEDDING").await;
    assert!(!embeddings.is_empty() && embeddings.iter().all(|id| id.contains("embed")));
    let both = models(&emulator, "?byProvider=cohere&byOutputModality=EMBEDDING").await;
    assert_eq!(
        both,
        [
            "cohere.embed-english-v3",
            "cohere.embed-multilingual-v3",
            "cohere.embed-v4:0"
        ]
    );
    let mistral = models(&emulator, "?byProvider=Mistral%20AI").await;
    assert!(mistral.len() >= 2);
    let demand = models(&emulator, "?byInferenceType=ON_DEMAND").await;
    assert!(demand.len() < all.len() && !demand.iter().any(|id| id.contains("haiku-4-5")));
    assert!(
        !models(&emulator, "?byCustomizationType=FINE_TUNING")
            .await
            .is_empty()
    );
    assert!(models(&emulator, "?byProvider=nobody").await.is_empty());
}

#[tokio::test]
async fn a_model_is_found_by_id_and_by_arn() {
    let emulator = at_noon().await;
    let target = "/foundation-models/amazon.titan-embed-text-v2%3A0";
    let by_id = get(&emulator, target).await.json();
    assert_eq!(
        by_id["modelDetails"],
        json!({
            "modelArn": "arn:aws:bedrock:us-east-1::foundation-model/amazon.titan-embed-text-v2:0",
            "modelId": "amazon.titan-embed-text-v2:0",
            "modelName": "Titan Text Embeddings V2",
            "providerName": "Amazon",
            "inputModalities": ["TEXT"],
            "outputModalities": ["EMBEDDING"],
            "responseStreamingSupported": false,
            "customizationsSupported": [],
            "inferenceTypesSupported": ["ON_DEMAND"],
            "modelLifecycle": {"status": "ACTIVE"},
        })
    );
    let arn = "/foundation-models/arn%3Aaws%3Abedrock%3Aus-east-1%3A%3Afoundation-model%2Famazon.titan-embed-text-v2%3A0";
    assert_eq!(get(&emulator, arn).await.json(), by_id);
    let elsewhere = signed(
        &emulator,
        "eu-west-1",
        "GET",
        "/foundation-models/meta.x",
        b"",
    )
    .await;
    assert_eq!(elsewhere.status, 404);
    let elsewhere = signed(
        &emulator,
        "eu-west-1",
        "GET",
        "/foundation-models/xai.grok-4.6",
        b"",
    )
    .await;
    assert_eq!(
        elsewhere.json()["modelDetails"]["modelArn"],
        "arn:aws:bedrock:eu-west-1::foundation-model/xai.grok-4.6"
    );
}

#[tokio::test]
async fn bad_questions_about_models_are_refused() {
    let emulator = Emulator::start().await.unwrap();
    for (target, status, code, fragment) in [
        (
            "/foundation-models?byOutputModality=SMELL",
            400,
            "ValidationException",
            "at 'byOutputModality' failed to satisfy constraint: Member must satisfy enum value set: [TEXT, IMAGE, EMBEDDING]",
        ),
        (
            "/foundation-models?byProvider=a%2Fb",
            400,
            "ValidationException",
            "must satisfy regular expression pattern: [A-Za-z0-9- ]{1,63}",
        ),
        (
            "/foundation-models?byVendor=cohere",
            400,
            "ValidationException",
            "extraneous key [byVendor] is not permitted in the request",
        ),
        (
            "/foundation-models/us.anthropic.claude-haiku-4-5-20251001-v1%3A0",
            400,
            "ValidationException",
            "The provided model identifier is invalid.",
        ),
        (
            "/foundation-models/nonsense",
            400,
            "ValidationException",
            "The provided model identifier is invalid.",
        ),
        (
            "/foundation-models/acme.nothing-v1%3A0",
            404,
            "ResourceNotFoundException",
            "acme.nothing-v1:0",
        ),
    ] {
        assert_refused(&get(&emulator, target).await, status, code, fragment);
    }
    let answer = send(&emulator, "POST", "/foundation-models", &bearer(), b"{}")
        .await
        .unwrap();
    assert_eq!((answer.status, answer.header("allow")), (405, Some("GET")));
    let answer = send(&emulator, "GET", "/foundation-models", "", b"")
        .await
        .unwrap();
    assert_eq!(answer.status, 403);
}

#[tokio::test]
async fn profiles_come_in_pages() {
    let emulator = Emulator::start().await.unwrap();
    let (list, id) = ("inferenceProfileSummaries", "inferenceProfileId");
    let whole = get(&emulator, "/inference-profiles").await.json();
    let all = ids(&whole, list, id);
    assert!(all.contains(&"us.anthropic.claude-sonnet-4-5-20250929-v1:0"));
    assert!(all.contains(&"global.amazon.nova-2-lite-v1:0"));
    assert!(!all.iter().any(|id| id.starts_with("eu.")));
    assert!(whole.get("nextToken").is_none());
    let mut seen = Vec::new();
    let mut token = String::new();
    loop {
        let target = format!("/inference-profiles?maxResults=7{token}");
        let page = get(&emulator, &target).await.json();
        let found = ids(&page, list, id);
        assert!((1..=7).contains(&found.len()));
        seen.extend(found.into_iter().map(str::to_owned));
        match page["nextToken"].as_str() {
            Some(next) => token = format!("&nextToken={next}"),
            None => break,
        }
    }
    assert_eq!(seen, all);
    let application = get(&emulator, "/inference-profiles?type=APPLICATION")
        .await
        .json();
    assert_eq!(ids(&application, list, id), ["abc123def456"]);
    assert_eq!(application[list][0]["type"], "APPLICATION");
}

#[tokio::test]
async fn a_region_sees_the_profiles_of_its_geography() {
    let emulator = at_noon().await;
    for (region, prefixes) in [
        ("eu-west-1", vec!["eu", "global"]),
        ("ap-northeast-1", vec!["apac", "global", "jp"]),
        ("sa-east-1", vec!["global"]),
        ("us-gov-west-1", vec![]),
    ] {
        let answer = signed(&emulator, region, "GET", "/inference-profiles", b"")
            .await
            .json();
        let mut found: Vec<&str> = ids(&answer, "inferenceProfileSummaries", "inferenceProfileId")
            .into_iter()
            .filter_map(|id| id.split('.').next())
            .collect();
        found.sort_unstable();
        found.dedup();
        assert_eq!(found, prefixes, "{region}");
    }
}

#[tokio::test]
async fn a_profile_is_found_by_id_and_by_arn() {
    let emulator = Emulator::start().await.unwrap();
    let id = "us.anthropic.claude-haiku-4-5-20251001-v1%3A0";
    let profile = get(&emulator, &format!("/inference-profiles/{id}"))
        .await
        .json();
    assert_eq!(
        profile,
        json!({
            "inferenceProfileName": "US Anthropic Claude Haiku 4.5",
            "description": "Routes requests to Anthropic Claude Haiku 4.5 in us-east-1, us-east-2, us-west-2.",
            "createdAt": "2025-10-15T00:00:00Z",
            "updatedAt": "2026-03-02T00:00:00Z",
            "inferenceProfileArn": "arn:aws:bedrock:us-east-1:123456789012:inference-profile/us.anthropic.claude-haiku-4-5-20251001-v1:0",
            "models": [
                {"modelArn": "arn:aws:bedrock:us-east-1::foundation-model/anthropic.claude-haiku-4-5-20251001-v1:0"},
                {"modelArn": "arn:aws:bedrock:us-east-2::foundation-model/anthropic.claude-haiku-4-5-20251001-v1:0"},
                {"modelArn": "arn:aws:bedrock:us-west-2::foundation-model/anthropic.claude-haiku-4-5-20251001-v1:0"},
            ],
            "inferenceProfileId": "us.anthropic.claude-haiku-4-5-20251001-v1:0",
            "status": "ACTIVE",
            "type": "SYSTEM_DEFINED",
        })
    );
    let arn = "arn%3Aaws%3Abedrock%3Aus-east-1%3A123456789012%3Aapplication-inference-profile%2Fabc123def456";
    let application = get(&emulator, &format!("/inference-profiles/{arn}"))
        .await
        .json();
    assert_eq!(
        application["models"][0]["modelArn"],
        "arn:aws:bedrock:::foundation-model/anthropic.claude-haiku-4-5-20251001-v1:0"
    );
    assert_eq!(
        get(&emulator, "/inference-profiles/abc123def456")
            .await
            .json(),
        application
    );
}

#[tokio::test]
async fn bad_questions_about_profiles_are_refused() {
    let emulator = Emulator::start().await.unwrap();
    let first = get(&emulator, "/inference-profiles?maxResults=1")
        .await
        .json();
    let token = first["nextToken"].as_str().unwrap();
    for (target, status, code, fragment) in [
        (
            "/inference-profiles?maxResults=0".to_owned(),
            400,
            "ValidationException",
            "Value '0' at 'maxResults' failed to satisfy constraint: Member must have value greater than or equal to 1",
        ),
        (
            "/inference-profiles?maxResults=1001".to_owned(),
            400,
            "ValidationException",
            "less than or equal to 1000",
        ),
        (
            "/inference-profiles?maxResults=many".to_owned(),
            400,
            "SerializationException",
            "STRING_VALUE can not be converted to an Integer at 'maxResults'",
        ),
        (
            "/inference-profiles?type=OTHER".to_owned(),
            400,
            "ValidationException",
            "[SYSTEM_DEFINED, APPLICATION]",
        ),
        (
            "/inference-profiles?nextToken=abc".to_owned(),
            400,
            "ValidationException",
            "nextToken is invalid",
        ),
        (
            format!("/inference-profiles?type=APPLICATION&nextToken={token}"),
            400,
            "ValidationException",
            "nextToken is invalid",
        ),
        (
            "/inference-profiles/us.acme.nothing".to_owned(),
            404,
            "ResourceNotFoundException",
            "us.acme.nothing in us-east-1",
        ),
        (
            "/inference-profiles/eu.anthropic.claude-haiku-4-5-20251001-v1%3A0".to_owned(),
            404,
            "ResourceNotFoundException",
            "in us-east-1",
        ),
        (
            "/inference-profiles/a%20b".to_owned(),
            400,
            "ValidationException",
            "identifier is invalid",
        ),
    ] {
        assert_refused(&get(&emulator, &target).await, status, code, fragment);
    }
}
