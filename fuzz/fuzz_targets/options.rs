//! Any JSON object as the provider's options of a call, an embedding, a rank and a guardrail: prepared or refused by a
//! message, and never sent in clear to somebody else. What is prepared twice is the same.

#![no_main]

use libfuzzer_sys::fuzz_target;
use reqllm_core::{
    AccountQuery, Call, Delivery, Embed, GuardrailCheck, GuardrailSource, Model, Part, Provider,
    ProviderOptions, Rerank,
};
use reqllm_fuzz::BEDROCK;
use serde_json::{Map, Value};

fuzz_target!(|json: &str| {
    let Ok(map) = serde_json::from_str::<Map<String, Value>>(json) else {
        return;
    };
    let options = ProviderOptions::from(map);
    for id in [
        "anthropic.claude-3-haiku-20240307-v1:0",
        "amazon.nova-pro-v1:0",
        "meta.llama3-8b-instruct-v1:0",
    ] {
        let model = Model::new("bedrock", id);
        let mut call = Call::new("Hi");
        call.options = options.clone();
        let prepare = || BEDROCK.prepare(&model, &call, Delivery::Stream);
        match (prepare(), prepare()) {
            (Ok(one), Ok(other)) => {
                assert_eq!(one.request.body(), other.request.body());
                assert_eq!(one.request.uri(), other.request.uri());
                let host = one.request.uri().host().unwrap_or_default();
                assert!(
                    one.request.uri().scheme_str() == Some("https")
                        || reqllm_core::is_loopback(host)
                );
            }
            (Err(one), Err(other)) => {
                assert!(!one.message().is_empty());
                assert_eq!(one.message(), other.message());
            }
            (one, other) => panic!("{one:?} and then {other:?}"),
        }
    }
    for id in ["amazon.titan-embed-text-v2:0", "cohere.embed-v4:0"] {
        let mut request = Embed::new("Hi");
        request.options = options.clone();
        let _ = BEDROCK.embed(&Model::new("bedrock", id), &request);
    }
    let mut request = Rerank::new("Hi", ["a", "b"]);
    request.options = options.clone();
    let _ = BEDROCK.rerank(&Model::new("bedrock", "cohere.rerank-v3-5:0"), &request);
    let mut check =
        GuardrailCheck::new("gr-1", "1", GuardrailSource::Input, vec![Part::text("Hi")]);
    check.options = options.clone();
    let _ = BEDROCK.check_guardrail(&check);
    let mut query = AccountQuery::new();
    query.options = options;
    let _ = BEDROCK.account_models(&query, None);
});
