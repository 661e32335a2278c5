//! Requests.

use reqllm_core::{
    ErrorKind, Guard, Part, Reasoning, ReasoningEffort, TextPart, Tool, ToolChoice, system, user,
};
use serde_json::json;

use super::*;

fn tool() -> Tool {
    Tool::from_schema("weather", json!({"type": "object", "properties": {}}))
}

#[test]
fn a_call_becomes_a_request() {
    let call = Call::new([system("Be brief."), user("hi")]);
    let exchange = anthropic()
        .prepare(&model(HAIKU), &call, Delivery::Stream)
        .unwrap();
    let request = &exchange.request;
    assert_eq!(request.method(), "POST");
    assert_eq!(request.uri(), "https://api.anthropic.com/v1/messages");
    assert_eq!(header(request, "anthropic-version"), Some("2023-06-01"));
    assert_eq!(header(request, "content-type"), Some("application/json"));
    assert_eq!(header(request, "accept"), Some("text/event-stream"));
    assert_eq!(header(request, "anthropic-beta"), None);
    assert_eq!(
        header(request, "x-api-key"),
        None,
        "keys come with the attempt"
    );
    assert_eq!(exchange.authorizer.key_header().unwrap(), "x-api-key");
    assert_eq!(exchange.route.operation, "CreateMessage");
    assert_eq!(
        body_of(&exchange),
        json!({"model": HAIKU, "max_tokens": 4096, "stream": true,
            "system": [{"type": "text", "text": "Be brief."}],
            "messages": [{"role": "user", "content": [{"type": "text", "text": "hi"}]}]})
    );
    let whole = whole(&model(HAIKU), &call).unwrap();
    assert_eq!(header(&whole.request, "accept"), Some("application/json"));
    assert!(body_of(&whole).get("stream").is_none());
}

#[test]
fn the_id_on_the_wire_is_the_model_s() {
    let mut tuned = model("mine");
    tuned.wire_id = Some("claude-haiku-4-5-20251001".to_owned());
    let exchange = whole(&tuned, &Call::new("hi")).unwrap();
    assert_eq!(body_of(&exchange)["model"], "claude-haiku-4-5-20251001");
}

#[test]
fn every_option_has_its_place() {
    let mut call = Call::new("hi");
    call.tools = vec![tool()];
    let call = with_options(
        call,
        json!({"service_tier": "standard_only", "user_id": "u1", "container": {"skills": []}, "inference_geo": "us",
            "speed": "fast", "anthropic_beta": "b1, b2", "anthropic_version": "2030-01-01", "disable_parallel_tool_use": true,
            "extra_headers": {"X-Tenant": "s3cret"}, "extra_body": {"metadata": {"more": 1}, "top_k": 3}}),
    );
    let exchange = whole(&model(HAIKU), &call).unwrap();
    let body = body_of(&exchange);
    for (key, value) in [
        ("service_tier", json!("standard_only")),
        ("metadata", json!({"user_id": "u1", "more": 1})),
        ("container", json!({"skills": []})),
        ("inference_geo", json!("us")),
        ("speed", json!("fast")),
        (
            "tool_choice",
            json!({"type": "auto", "disable_parallel_tool_use": true}),
        ),
        ("top_k", json!(3)),
    ] {
        assert_eq!(body[key], value, "{key}");
    }
    let request = &exchange.request;
    assert_eq!(
        header(request, "anthropic-beta"),
        Some("b1,b2,fast-mode-2026-02-01")
    );
    assert_eq!(header(request, "anthropic-version"), Some("2030-01-01"));
    let tenant = request.headers().get("x-tenant").unwrap();
    assert!(tenant.is_sensitive() && tenant == "s3cret");
}

#[test]
fn a_newer_version_of_the_api_does_not_sample() {
    let sampled = |version: &str| {
        let mut call = with_options(Call::new("hi"), json!({ "anthropic_version": version }));
        call.settings.temperature = Some(0.5);
        call
    };
    let older = whole(&model(HAIKU), &sampled("2023-06-01")).unwrap();
    assert_eq!(body_of(&older)["temperature"], 0.5);
    let error = whole(&model(HAIKU), &sampled("2026-10-21")).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unsupported, "{error}");
    assert!(error.message().contains("temperature"), "{error}");
    let mut lossy = sampled("2026-10-21");
    lossy.lossy = true;
    let newer = whole(&model(HAIKU), &lossy).unwrap();
    assert_eq!(body_of(&newer).get("temperature"), None);
    assert_eq!(codes(&newer.warnings), ["unsupported"]);
}

#[test]
fn tools_one_at_a_time_need_tools() {
    let asks = json!({"disable_parallel_tool_use": true});
    let call = with_options(Call::new("hi"), asks.clone());
    let exchange = whole(&model(HAIKU), &call).unwrap();
    assert_eq!(codes(&exchange.warnings), ["option_without_effect"]);
    let mut call = with_options(Call::new("hi"), asks);
    call.tools = vec![tool()];
    call.tool_choice = Some(ToolChoice::None);
    let exchange = whole(&model(HAIKU), &call).unwrap();
    assert_eq!(body_of(&exchange)["tool_choice"], json!({"type": "none"}));
    assert_eq!(codes(&exchange.warnings), ["option_without_effect"]);
    call.tool_choice = Some(ToolChoice::Required);
    let choice = json!({"type": "any", "disable_parallel_tool_use": true});
    assert_eq!(body(HAIKU, &call)["tool_choice"], choice);
}

#[test]
fn thoughts_have_a_budget_or_an_effort_as_the_registry_says() {
    let mut call = Call::new("hi");
    call.settings.reasoning = Some(Reasoning::Effort(ReasoningEffort::Low));
    assert_eq!(
        body(HAIKU, &call)["thinking"],
        json!({"type": "enabled", "budget_tokens": 2048})
    );
    let adaptive = body(OPUS, &call);
    assert_eq!(
        adaptive["thinking"],
        json!({"type": "adaptive", "display": "summarized"})
    );
    assert_eq!(adaptive["output_config"], json!({"effort": "low"}));
}

#[test]
fn thoughts_between_tool_calls_want_a_beta_where_they_have_a_budget() {
    let beta = |id: &str, thinks: bool, tools: bool, given: &str| {
        let mut call = with_options(Call::new("hi"), json!({"anthropic_beta": given}));
        call.settings.reasoning = thinks.then_some(Reasoning::Effort(ReasoningEffort::Low));
        call.tools = tools.then(tool).into_iter().collect();
        let exchange = whole(&model(id), &call).unwrap();
        header(&exchange.request, "anthropic-beta").map(str::to_owned)
    };
    let interleaved = "interleaved-thinking-2025-05-14";
    assert_eq!(beta(HAIKU, true, true, "").as_deref(), Some(interleaved));
    assert_eq!(
        beta(HAIKU, true, true, interleaved).as_deref(),
        Some(interleaved),
        "once"
    );
    for (id, thinks, tools) in [
        (HAIKU, false, true),
        (HAIKU, true, false),
        (OPUS, true, true),
        ("claude-3-7-sonnet-20250219", true, true),
        ("claude-opus-4-6", true, true),
    ] {
        assert_eq!(beta(id, thinks, tools, ""), None, "{id} {thinks} {tools}");
    }
}

#[test]
fn an_object_is_held_to_its_schema_beside_an_effort() {
    let mut call = Call::new("hi");
    let schema = json!({"type": "object", "properties": {"n": {"type": "integer"}}});
    call.object = Some(reqllm_core::ObjectSchema::new(schema).unwrap());
    call.settings.reasoning = Some(Reasoning::Effort(ReasoningEffort::High));
    let config = &body(OPUS, &call)["output_config"];
    assert_eq!(config["effort"], "high");
    assert_eq!(config["format"]["type"], "json_schema");
    assert_eq!(config["format"]["schema"]["additionalProperties"], false);
}

#[test]
fn the_prompt_is_cached_where_the_caller_wants_it() {
    let mut call = Call::new([system("Be brief."), user("hi")]);
    call.tools = vec![tool()];
    let call = with_options(
        call,
        json!({"prompt_cache": true, "anthropic_prompt_cache_ttl": "1h"}),
    );
    let exchange = whole(&model(HAIKU), &call).unwrap();
    let body = body_of(&exchange);
    let hour = json!({"type": "ephemeral", "ttl": "1h"});
    assert_eq!(body["tools"][0]["cache_control"], hour);
    assert_eq!(body["system"][0]["cache_control"], hour);
    assert_eq!(body["messages"][0]["content"][0]["cache_control"], hour);
    assert_eq!(
        header(&exchange.request, "anthropic-beta"),
        None,
        "an hour wants no beta"
    );
}

#[test]
fn a_document_at_the_end_is_cached_with_the_prompt() {
    let data = reqllm_core::Source::Data(reqllm_core::Bytes::from_static(b"%PDF"));
    let document = reqllm_core::DocumentPart::new("application/pdf", data);
    let parts = vec![Part::text("Read this:"), Part::Document(document)];
    let message = reqllm_core::Message::new(reqllm_core::Role::User, parts);
    let call = with_options(Call::new(message), json!({"prompt_cache": true}));
    let content = &body(HAIKU, &call)["messages"][0]["content"];
    assert_eq!(content[1]["cache_control"], json!({"type": "ephemeral"}));
    assert!(content[0].get("cache_control").is_none());
}

#[test]
fn long_answers_are_streamed_inside_unless_the_caller_says_otherwise() {
    let delivery = |tokens: u32, options: Value| {
        let mut call = with_options(Call::new("hi"), options);
        call.settings.max_tokens = Some(tokens);
        let exchange = whole(&model(HAIKU), &call).unwrap();
        let streams = exchange.delivery == Delivery::Stream;
        assert_eq!(body_of(&exchange).get("stream").is_some(), streams);
        streams
    };
    assert!(!delivery(8_192, json!({})));
    assert!(delivery(8_193, json!({})));
    assert!(!delivery(50_000, json!({"stream_inside": false})));
    assert!(delivery(10, json!({"stream_inside": true})));
}

#[test]
fn what_makes_no_sense_or_has_no_place_is_refused() {
    let refused = |set: fn(&mut Call)| {
        let mut call = Call::new("hi");
        set(&mut call);
        let error = whole(&model(HAIKU), &call).unwrap_err();
        assert_eq!((error.provider(), error.model()), (Some(ID), Some(HAIKU)));
        (error.kind(), error.message().to_owned())
    };
    type Case = (fn(&mut Call), ErrorKind, &'static str);
    let cases: [Case; 6] = [
        (
            |call| call.settings.temperature = Some(1.5),
            ErrorKind::InvalidRequest,
            "`temperature`",
        ),
        (
            |call| call.settings.max_tokens = Some(0),
            ErrorKind::InvalidRequest,
            "`max_tokens`",
        ),
        (
            |call| call.settings.stop = vec![" ".to_owned()],
            ErrorKind::InvalidRequest,
            "`stop`",
        ),
        (
            |call| call.settings.seed = Some(1),
            ErrorKind::Unsupported,
            "seed",
        ),
        (
            |call| call.messages = vec![],
            ErrorKind::InvalidRequest,
            "`messages`",
        ),
        (
            |call| {
                let mut text = TextPart::new("hi");
                text.guard = Some(Guard::new());
                call.messages[0].content = vec![Part::from(text)];
            },
            ErrorKind::Unsupported,
            "guarded content",
        ),
    ];
    for (set, kind, says) in cases {
        let (is, message) = refused(set);
        assert_eq!(is, kind, "{message}");
        assert!(message.contains(says), "{message}");
    }
    let mut lossy = Call::new("hi");
    (lossy.lossy, lossy.settings.seed) = (true, Some(1));
    let exchange = whole(&model(HAIKU), &lossy).unwrap();
    assert_eq!(codes(&exchange.warnings), ["unsupported"]);
}

#[test]
fn others_are_spoken_to_at_their_address_and_asked_for_what_they_take() {
    let minimax = minimax();
    let m2 = Model::new("minimax", "MiniMax-M2");
    assert_eq!(minimax.id(), "minimax");
    let mut call = Call::new("hi");
    call.tools = vec![tool()];
    call.settings.reasoning = Some(Reasoning::Budget(2000));
    let exchange = minimax.prepare(&m2, &call, Delivery::Whole).unwrap();
    assert_eq!(
        exchange.request.uri(),
        "https://api.minimax.io/anthropic/v1/messages"
    );
    assert_eq!(header(&exchange.request, "anthropic-beta"), None);
    assert_eq!(body_of(&exchange)["thinking"]["budget_tokens"], 2000);
    let mut m3 = Model::new("minimax", "MiniMax-M3");
    m3.reasoning.toggle = true;
    let switched = minimax.prepare(&m3, &call, Delivery::Whole).unwrap();
    assert_eq!(body_of(&switched)["thinking"]["type"], "enabled");
    call.settings.reasoning = Some(Reasoning::Effort(ReasoningEffort::None));
    let switched = minimax.prepare(&m3, &call, Delivery::Whole).unwrap();
    assert_eq!(body_of(&switched)["thinking"], json!({"type": "disabled"}));
    assert!(
        !minimax.takes_url("https://example.com/a.png"),
        "nobody says that it fetches"
    );
    call.settings.top_k = Some(5);
    let error = minimax.prepare(&m2, &call, Delivery::Whole).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unsupported);
    assert_eq!(error.provider(), Some("minimax"));
    let object = reqllm_core::ObjectSchema::new(json!({"type": "object"})).unwrap();
    let mut call = Call::new("hi");
    call.object = Some(object);
    let exchange = minimax.prepare(&m2, &call, Delivery::Whole).unwrap();
    assert_eq!(
        body_of(&exchange)["tool_choice"]["type"],
        "tool",
        "a tool gives it"
    );
}

#[test]
fn urls_are_taken_where_the_service_fetches() {
    let anthropic = anthropic();
    for (url, taken) in [
        ("https://example.com/a.pdf", true),
        ("https://example.com/a.png?x=.txt", true),
        ("data:text/plain,hi", true),
        ("https://example.com/a.TXT", false),
        ("http://example.com/a.png", false),
        ("s3://bucket/a.png", false),
    ] {
        assert_eq!(anthropic.takes_url(url), taken, "{url}");
    }
}

#[test]
fn what_it_has_no_operation_for_is_said() {
    let embed = reqllm_core::Embed::new(["hi"]);
    let error = anthropic().embed(&model(HAIKU), &embed).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unsupported);
    assert!(error.message().contains("embeddings"), "{error}");
}
