//! Which options have a place behind a door.

use super::*;
use crate::options::{GuardrailStreamMode, GuardrailTrace, Latency, ServiceTier};
use reqllm_core::user;

fn chat() -> Options {
    Options::new().api(Api::Chat)
}

const OSS: &str = "openai.gpt-oss-120b-1:0";

#[test]
fn what_goes_into_headers_is_there() {
    let exchange = prepare("openai.gpt-5.5", mantle().project("proj_1")).unwrap();
    assert_eq!(
        header(&exchange.request, "openai-project").as_deref(),
        Some("proj_1")
    );
    let options = mantle()
        .project("wrkspc_1")
        .anthropic_beta(vec!["a-2026".into(), "b-2026".into()]);
    let exchange = prepare("anthropic.claude-opus-5", options).unwrap();
    for (name, value) in [
        ("anthropic-workspace-id", Some("wrkspc_1")),
        ("openai-project", None),
        ("anthropic-version", Some("2023-06-01")),
        ("anthropic-beta", Some("a-2026,b-2026")),
        ("accept", Some("application/json")),
        ("content-type", Some("application/json")),
    ] {
        assert_eq!(header(&exchange.request, name).as_deref(), value, "{name}");
    }
    assert!(body(&exchange).get("anthropic_beta").is_none());
    let error = refused("openai.gpt-5.5", mantle().project("a\nb"));
    assert!(error.message().contains("`project`"), "{error}");
    let call = call(mantle());
    let exchange = bedrock(&[]).prepare(&model("x.y"), &call, Delivery::Stream);
    let exchange = exchange.unwrap();
    assert_eq!(
        header(&exchange.request, "accept").as_deref(),
        Some("text/event-stream")
    );
}

#[test]
fn a_guardrail_stands_where_it_guards_and_nowhere_else() {
    let guarded = |options: Options| options.guardrail("gr-1", "DRAFT");
    let options = guarded(chat()).guardrail_trace(GuardrailTrace::EnabledFull);
    let exchange = prepare(OSS, options).unwrap();
    for (name, value) in [
        ("x-amzn-bedrock-guardrailidentifier", "gr-1"),
        ("x-amzn-bedrock-guardrailversion", "DRAFT"),
        ("x-amzn-bedrock-trace", "ENABLED_FULL"),
    ] {
        assert_eq!(header(&exchange.request, name).as_deref(), Some(value));
    }
    assert_eq!(exchange.attributes[0].1, "gr-1");
    for (id, options) in [
        (OSS, guarded(mantle())),
        ("openai.gpt-5.5", guarded(Options::new())),
        (
            "us.openai.gpt-5.6-sol",
            guarded(Options::new().api(Api::Responses)),
        ),
        (
            "us.anthropic.claude-opus-5",
            guarded(Options::new().api(Api::Messages)),
        ),
        (
            OSS,
            guarded(chat()).guardrail_stream_mode(GuardrailStreamMode::Async),
        ),
    ] {
        let mut call = call(options);
        // Whatever the caller allows to be left out.
        call.lossy = true;
        let error = bedrock(&[]).prepare(&model(id), &call, Delivery::Whole);
        let error = error.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Unsupported);
        assert!(
            error.message().contains("nothing would be guarded"),
            "{error}"
        );
    }
    let mut call = Call::new(user(vec![
        serde_json::from_value(json!({"type": "text", "text": "hi", "guard": {}})).unwrap(),
    ]));
    call.options = mantle().into();
    let error = bedrock(&[]).prepare(&model("x.y"), &call, Delivery::Whole);
    assert!(error.unwrap_err().message().contains("guarded content"));
}

#[test]
fn what_has_no_place_is_refused_by_name_or_left_out_with_a_warning() {
    let pairs = || [("a".to_owned(), "b".to_owned())].into();
    for (id, options, name) in [
        (OSS, chat().request_metadata(pairs()), "request_metadata"),
        (OSS, chat().prompt_variables(pairs()), "prompt_variables"),
        (
            OSS,
            chat().performance_latency(Latency::Optimized),
            "performance_latency",
        ),
        (OSS, chat().project("p"), "project"),
        (OSS, chat().store(true), "store"),
        (
            OSS,
            chat().additional_model_response_field_paths(vec!["/a".into()]),
            "additional_model_response_field_paths",
        ),
        (
            "anthropic.claude-opus-5",
            mantle().service_tier(ServiceTier::Flex),
            "service_tier",
        ),
        (
            OSS,
            chat().anthropic_beta(vec!["x".into()]),
            "anthropic_beta",
        ),
    ] {
        let error = refused(id, options.clone());
        assert_eq!(error.kind(), ErrorKind::Unsupported);
        assert!(error.message().contains(name), "{name}: {error}");
        let mut call = call(options);
        call.lossy = true;
        let exchange = bedrock(&[]).prepare(&model(id), &call, Delivery::Whole);
        let warnings = exchange.unwrap().warnings;
        assert!(
            warnings
                .iter()
                .any(|warning| warning.message.contains(name)),
            "{name}: {warnings:?}"
        );
    }
}

#[test]
fn tokens_are_counted_where_there_is_a_path_for_it() {
    let bedrock = bedrock(&[]);
    let error = bedrock.count_tokens(&model("openai.gpt-5.5"), &Call::new("hi"));
    let error = error.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unsupported);
    assert!(
        error.message().contains("Responses on bedrock-mantle"),
        "{error}"
    );
    let mut call = call(mantle());
    call.settings.max_tokens = Some(5);
    call.settings.temperature = Some(0.5);
    let id = "anthropic.claude-haiku-4-5-20251001-v1:0";
    let task = bedrock.count_tokens(&model(id), &call).unwrap();
    let to = "https://bedrock-mantle.us-east-1.api.aws/anthropic/v1/messages/count_tokens";
    assert_eq!(task.request.uri(), to);
    assert!(header(&task.request, "anthropic-version").is_some());
    let content = json!([{"type": "text", "text": "hi"}]);
    assert_eq!(
        serde_json::from_slice::<Value>(task.request.body()).unwrap(),
        json!({"model": "anthropic.claude-haiku-4-5", "messages": [{"role": "user", "content": content}]})
    );
    let (head, ()) = http::Response::new(()).into_parts();
    let count = task
        .decoder
        .decode(&head, br#"{"input_tokens": 9}"#)
        .unwrap();
    assert_eq!(count.input_tokens, 9);
    assert_eq!(count.wire_id, "anthropic.claude-haiku-4-5");
}

#[test]
fn what_would_be_refused_when_it_is_sent_is_refused_when_it_is_counted() {
    let id = "anthropic.claude-opus-5";
    let count = |options: Options| bedrock(&[]).count_tokens(&model(id), &call(options));
    for (options, said) in [
        (
            mantle().guardrail("gr-1", "DRAFT"),
            "nothing would be guarded",
        ),
        (
            mantle().performance_latency(Latency::Optimized),
            "`performance_latency`",
        ),
    ] {
        let error = count(options).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Unsupported, "{error}");
        assert!(error.message().contains(said), "{error}");
    }
    let task = count(mantle().region("af-south-1")).unwrap();
    assert_eq!(task.warnings[0].code, "region_not_known");
}
