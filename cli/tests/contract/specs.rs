//! All the ways to name a model, and to reach it.

use reqllm_emulator::{ACCESS_KEY_ID, API_KEY, Authentication, SECRET_ACCESS_KEY, SESSION_TOKEN};
use serde_json::{Value, json};

use crate::common::{NOVA, Server, reqllm};

fn url(run: crate::common::Run) -> String {
    let shown: Value = run.run().json();
    shown["url"].as_str().unwrap().to_owned()
}

fn url_of(spec: &str) -> String {
    url(reqllm(["generate", spec, "Hi", "--dry-run"]))
}

#[test]
fn a_model_is_named_before_or_after_its_provider_and_a_provider_by_any_of_its_names() {
    let usual = url_of(NOVA);
    for spec in [
        "amazon.nova-lite-v1:0@bedrock",
        "amazon-bedrock:amazon.nova-lite-v1:0",
        "amazon_bedrock:amazon.nova-lite-v1:0",
        "aws:amazon.nova-lite-v1:0",
        "amazon.nova-lite-v1:0@amazon-bedrock",
    ] {
        assert_eq!(url_of(spec), usual, "{spec}");
    }
}

#[test]
fn an_arn_is_one_encoded_segment_and_brings_its_region() {
    let arn = "arn:aws:bedrock:eu-west-3:123456789012:application-inference-profile/abc123";
    assert_eq!(
        url_of(&format!("bedrock:{arn}")),
        "https://bedrock-runtime.eu-west-3.amazonaws.com/model/\
         arn%3Aaws%3Abedrock%3Aeu-west-3%3A123456789012%3Aapplication-inference-profile%2Fabc123/converse"
    );
}

#[test]
fn a_full_spec_is_a_json_object() {
    let server = Server::start();
    let spec = json!({
        "provider": "bedrock", "id": "my-model", "wire_id": "acme.model-v1:0",
        "cost": {"input": "1.00", "output": "2.00"},
    });
    let args = ["generate", &spec.to_string(), "Hi", "--json"];
    let response = server.reqllm(args).run().json();
    assert_eq!(response["model"], "my-model");
    assert_eq!(response["wire_id"], "acme.model-v1:0");
    assert_eq!(response["cost"]["currency"], "USD");
    assert_eq!(response["warnings"], json!([]));
    let path = &server.requests()[0].path;
    assert_eq!(path, "/model/acme.model-v1%3A0/converse");
    // Its other name.
    let spec = json!({"provider": "bedrock", "id": "m", "provider_model_id": "acme.model-v2:0"});
    let url = url_of(&spec.to_string());
    assert!(url.ends_with("/model/acme.model-v2%3A0/converse"), "{url}");
}

#[test]
fn a_full_spec_with_a_base_url_is_asked_there() {
    let server = Server::start();
    let spec =
        json!({"provider": "bedrock", "id": "acme.model-v1:0", "base_url": server.endpoint()});
    reqllm(["generate", &spec.to_string(), "Hi", "--json"])
        .env("AWS_BEARER_TOKEN_BEDROCK", API_KEY)
        .run()
        .json();
    assert_eq!(server.requests().len(), 1);
}

#[test]
fn the_endpoint_comes_from_the_flag_the_option_or_either_variable() {
    let dry = ["generate", NOVA, "Hi", "--dry-run"];
    let bedrock = "AWS_ENDPOINT_URL_BEDROCK_RUNTIME";
    let path = "/model/amazon.nova-lite-v1%3A0/converse";
    let flag = dry
        .into_iter()
        .chain(["--endpoint-url", "http://127.0.0.1:1"]);
    let run = reqllm(flag).env(bedrock, "http://127.0.0.1:2");
    assert_eq!(url(run), format!("http://127.0.0.1:1{path}"));
    let run = reqllm(dry)
        .env(bedrock, "http://127.0.0.1:2")
        .env("AWS_ENDPOINT_URL", "http://127.0.0.1:3");
    assert_eq!(url(run), format!("http://127.0.0.1:2{path}"));
    let run = reqllm(dry).env("AWS_ENDPOINT_URL", "http://127.0.0.1:3");
    assert_eq!(url(run), format!("http://127.0.0.1:3{path}"));
    let option = dry
        .into_iter()
        .chain(["-o", "endpoint_url=http://127.0.0.1:4/"]);
    assert_eq!(url(reqllm(option)), format!("http://127.0.0.1:4{path}"));
}

#[test]
fn the_region_comes_from_the_option_or_either_variable() {
    let dry = ["generate", NOVA, "Hi", "--dry-run"];
    let region = |run| {
        let url = url(run);
        url.split('.').nth(1).unwrap().to_owned()
    };
    let run = || reqllm(dry).env("AWS_DEFAULT_REGION", "eu-north-1");
    assert_eq!(region(run()), "eu-north-1");
    assert_eq!(region(run().env("AWS_REGION", "eu-west-2")), "eu-west-2");
    assert_eq!(region(run().env("AWS_REGION", " ")), "eu-north-1");
    let option = reqllm(dry.into_iter().chain(["-o", "region=ap-south-1"]));
    assert_eq!(region(option.env("AWS_REGION", "eu-west-2")), "ap-south-1");
}

#[test]
fn every_kind_of_credential_works_against_plain_http_on_loopback() {
    let options = |options: &[String]| -> Vec<String> {
        let all = ["generate", NOVA, "Hi", "--json"].map(str::to_owned);
        let options = options.iter().flat_map(|o| ["-o".to_owned(), o.clone()]);
        all.into_iter().chain(options).collect()
    };
    let pair = [
        format!("access_key_id={ACCESS_KEY_ID}"),
        format!("secret_access_key={SECRET_ACCESS_KEY}"),
    ];
    let plain = options(&[]);
    let server = Server::start();
    let with_token = |run: crate::common::Run| run.env("AWS_SESSION_TOKEN", SESSION_TOKEN);
    let runs = [
        server.reqllm(&plain),
        with_token(server.reqllm(&plain)),
        server
            .stranger(&plain)
            .env("AWS_BEARER_TOKEN_BEDROCK", API_KEY),
        server.stranger(options(&[format!("api_key={API_KEY}")])),
        // Somebody else's token must not come along.
        with_token(server.stranger(options(&pair))),
    ];
    for run in runs {
        let out = run.run();
        assert_eq!(out.status, Some(0), "{out:?}");
    }
    let seen: Vec<String> = server
        .requests()
        .iter()
        .map(|request| match &request.authentication {
            Authentication::ApiKey => "bearer".to_owned(),
            Authentication::SigV4 { session_token, .. } => format!("sigv4 {session_token}"),
            other => format!("{other:?}"),
        })
        .collect();
    assert_eq!(
        seen,
        [
            "sigv4 false",
            "sigv4 true",
            "bearer",
            "bearer",
            "sigv4 false"
        ]
    );
}

/// A proxy of the machine's network knows nothing of this machine's loopback.
#[test]
fn a_proxy_is_not_asked_for_loopback() {
    let server = Server::start();
    let run = server.reqllm(["generate", NOVA, "Hi", "--max-retries", "0"]);
    // Nobody listens there.
    let run = run.env("HTTP_PROXY", "http://127.0.0.1:9");
    run.env("http_proxy", "http://127.0.0.1:9").run().ok();
    let run = reqllm(["generate", NOVA, "Hi", "--emulator", "--max-retries", "0"]);
    run.env("http_proxy", "http://127.0.0.1:9").run().ok();
}

/// Whoever speaks as OpenAI or Anthropic does is the emulator then, with no key on this machine.
#[test]
fn the_emulator_stands_in_for_every_server_it_speaks_as() {
    for spec in [
        "ollama:llama3",
        "ollama:gpt-oss:20b",
        "llamacpp:qwen",
        "groq:nosuch",
        "groq:llama-3.3-70b-versatile",
        "openrouter:deepseek/deepseek-r1",
        "azure:gpt-4o",
        "deepseek:deepseek-chat",
        // Models that nobody has heard of.
        "openai:gpt-90",
        "anthropic:claude-90",
    ] {
        let run = reqllm(["generate", spec, "Is anybody there?", "--emulator"]).run();
        assert_eq!(run.status, Some(0), "{spec}: {run:?}");
        assert!(run.stdout.contains("Is anybody there?"), "{spec}: {run:?}");
    }
}

/// So can a program be seen to miss its model.
#[test]
fn the_emulator_has_no_model_that_is_called_unknown() {
    for spec in ["openai:unknown-1", "anthropic:unknown-1", "groq:unknown-1"] {
        let run = reqllm(["generate", spec, "Is anybody there?", "--emulator"]).run();
        assert_ne!(run.status, Some(0), "{spec}: {run:?}");
        assert!(run.stderr.contains("unknown-1"), "{spec}: {run:?}");
    }
}

/// Else whoever tests against it would never take the road that a call takes in earnest.
#[test]
fn at_the_emulator_openai_is_asked_by_the_api_of_its_own_address() {
    let own =
        json!({"provider": "openai", "id": "gpt-5-mini", "base_url": "http://127.0.0.1:9/v1"});
    let own = own.to_string();
    for (spec, more, operation) in [
        ("openai:gpt-5-mini", &[][..], "Responses"),
        ("openai:gpt-4.1", &["--stop", "x"], "ChatCompletions"),
        ("openai:gpt-5-mini", &["-o", "api=chat"], "ChatCompletions"),
        ("openai:gpt-5-pro", &[], "Responses"),
        (&own, &[], "ChatCompletions"),
    ] {
        let args = ["generate", spec, "Is anybody there?"];
        let args = args.iter().chain(more);
        for at in [&["--dry-run"][..], &["--dry-run", "--emulator"]] {
            let shown = reqllm(args.clone().chain(at)).run().json();
            assert_eq!(
                shown["route"]["operation"], operation,
                "{spec} {more:?} {at:?}"
            );
        }
        let run = reqllm(args.chain(&["--emulator", "--json"])).run();
        assert_eq!(run.status, Some(0), "{spec} {more:?}: {run:?}");
    }
}

#[test]
fn the_emulator_is_asked_in_place_of_a_spec_s_own_address() {
    // Nobody listens there.
    let nowhere = "http://127.0.0.1:9";
    for spec in [
        json!({"provider": "bedrock", "id": "amazon.nova-lite-v1:0", "base_url": nowhere}),
        json!({"provider": "openai", "id": "gpt-4o", "base_url": nowhere}),
        json!({"provider": "openai", "id": "my-model", "base_url": nowhere}),
        json!({"provider": "anthropic", "id": "my-model", "base_url": nowhere}),
    ] {
        let spec = spec.to_string();
        let run = reqllm(["generate", &spec, "Is anybody there?", "--emulator"]).run();
        assert_eq!(run.status, Some(0), "{run:?}");
        assert!(run.stdout.contains("Is anybody there?"), "{run:?}");
    }
}
