//! Bodies, as a speaker of Messages gets them.

mod histories;

use bytes::Bytes;
use reqllm_core::{
    DocumentPart, ErrorKind, Limits, ObjectSchema, Source, TextPart, Tool, ToolCallPart, Ttl,
    assistant, system, user,
};
use serde_json::Value;

use super::*;
use crate::json as reading;

fn model() -> Model {
    Model::new("anthropic", "claude-haiku-4-5")
}

fn written(quirks: &Quirks, call: &Call) -> (Value, Vec<String>) {
    let mut warnings = Vec::new();
    let body = encode(quirks, &model(), call, &mut warnings).unwrap();
    let bytes = body.write(reading::room_for(call)).unwrap();
    let codes = warnings.into_iter().map(|it| it.code).collect();
    (serde_json::from_slice(&bytes).unwrap(), codes)
}

fn body(call: &Call) -> Value {
    let (body, codes) = written(&Quirks::ANTHROPIC, call);
    assert!(codes.is_empty(), "{codes:?}");
    body
}

/// What the first part of the only message becomes.
fn first(part: impl Into<Part>) -> Value {
    let message = Message::new(Role::User, vec![part.into()]);
    let mut body = body(&Call::new(message));
    body["messages"][0]["content"][0].take()
}

fn refused(quirks: &Quirks, part: impl Into<Part>) -> Error {
    let call = Call::new(Message::new(Role::User, vec![part.into()]));
    encode(quirks, &model(), &call, &mut Vec::new()).unwrap_err()
}

fn bytes_of(text: &'static str) -> Source {
    Source::Data(Bytes::from_static(text.as_bytes()))
}

fn at(url: &str) -> Source {
    Source::Url(url.to_owned())
}

#[test]
fn a_call_becomes_a_body() {
    let mut call = Call::new([
        system("Be brief."),
        user("Say \"hi\"\nnow"),
        user("please"),
        assistant("hi"),
        user("again"),
    ]);
    call.settings.temperature = Some(0.5);
    call.settings.top_k = Some(7);
    call.settings.max_tokens = Some(100);
    call.settings.stop = vec!["END".to_owned()];
    let weather = Tool::from_schema("weather", json!({"type": "object"}));
    let mut weather = weather.description("Now").strict(true);
    weather.cache = Some(Cache::with_ttl(Ttl::OneHour));
    call.tools = vec![weather];
    call.tool_choice = Some(ToolChoice::Tool("weather".to_owned()));
    assert_eq!(
        body(&call),
        json!({
            "max_tokens": 100,
            "temperature": 0.5,
            "top_k": 7,
            "stop_sequences": ["END"],
            "tool_choice": {"type": "tool", "name": "weather"},
            "tools": [{"name": "weather", "description": "Now", "input_schema": {"type": "object"}, "strict": true,
                "cache_control": {"type": "ephemeral", "ttl": "1h"}}],
            "system": [{"type": "text", "text": "Be brief."}],
            "messages": [
                {"role": "user", "content": [{"type": "text", "text": "Say \"hi\"\nnow"}, {"type": "text", "text": "please"}]},
                {"role": "assistant", "content": [{"type": "text", "text": "hi"}]},
                {"role": "user", "content": [{"type": "text", "text": "again"}]},
            ],
        })
    );
}

#[test]
fn the_limit_of_output_is_never_exceeded_by_the_default() {
    let of = |limit: Option<u64>| {
        let mut model = model();
        model.limits = limit.map_or_else(Limits::default, |limit| Limits::new(200_000, limit));
        let call = Call::new("hi");
        let body = encode(&Quirks::ANTHROPIC, &model, &call, &mut Vec::new()).unwrap();
        body.get("max_tokens").cloned()
    };
    assert_eq!(of(None), Some(4096.into()));
    assert_eq!(of(Some(64_000)), Some(4096.into()));
    assert_eq!(of(Some(1024)), Some(1024.into()));
}

#[test]
fn an_object_and_the_choices_of_tools_have_their_words() {
    let mut call = Call::new("hi");
    call.object = Some(ObjectSchema::new(json!({"type": "object"})).unwrap());
    assert_eq!(
        body(&call)["output_config"],
        json!({"format": {"type": "json_schema", "schema": {"type": "object"}}})
    );
    call.tools = vec![Tool::from_schema("f", json!({"type": "object"}))];
    for (choice, word) in [
        (ToolChoice::None, "none"),
        (ToolChoice::Auto, "auto"),
        (ToolChoice::Required, "any"),
    ] {
        call.tool_choice = Some(choice);
        assert_eq!(body(&call)["tool_choice"], json!({"type": word}));
    }
    call.settings.seed = Some(1);
    let error = encode(&Quirks::ANTHROPIC, &model(), &call, &mut Vec::new()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unsupported);
}

#[test]
fn images_and_documents_go_by_bytes_or_by_url() {
    assert_eq!(
        first(Part::image("image/jpg", bytes_of("abc"))),
        json!({"type": "image", "source": {"type": "base64", "media_type": "image/jpeg", "data": "YWJj"}})
    );
    assert_eq!(
        first(Part::image("image/png", at("https://example.com/a.png"))),
        json!({"type": "image", "source": {"type": "url", "url": "https://example.com/a.png"}})
    );
    let mut pdf = DocumentPart::new("application/pdf", bytes_of("%PDF"));
    (pdf.name, pdf.context, pdf.citations) = (Some("Report".into()), Some("of May".into()), true);
    pdf.cache = Some(Cache::new());
    assert_eq!(
        first(pdf),
        json!({"type": "document", "source": {"type": "base64", "media_type": "application/pdf", "data": "JVBERg=="},
            "title": "Report", "context": "of May", "citations": {"enabled": true}, "cache_control": {"type": "ephemeral"}})
    );
    let url = DocumentPart::new("application/pdf", at("https://example.com/a.pdf"));
    assert_eq!(
        first(url)["source"],
        json!({"type": "url", "url": "https://example.com/a.pdf"})
    );
    for media_type in [
        "text/plain; charset=utf-8",
        "text/markdown",
        "text/csv",
        "text/html",
    ] {
        let text = DocumentPart::new(media_type, bytes_of("é, \"b\""));
        assert_eq!(
            first(text)["source"],
            json!({"type": "text", "media_type": "text/plain", "data": "é, \"b\""}),
            "{media_type}"
        );
    }
}

#[test]
fn what_has_no_place_is_refused_by_name() {
    const DOCX: &str = "application/vnd.openxmlformats-officedocument.wordprocessingml.document";
    let quirks = Quirks {
        urls: false,
        otherwise: "; ask another",
        ..Quirks::ANTHROPIC
    };
    for (part, says) in [
        (
            Part::Document(DocumentPart::new(DOCX, bytes_of("x"))),
            "wordprocessingml",
        ),
        (
            Part::Document(DocumentPart::new(
                "text/plain",
                Source::Data(Bytes::from_static(b"\xff")),
            )),
            "not UTF-8",
        ),
        (
            Part::image("image/png", at("https://example.com/a.png")),
            "`data`",
        ),
        (Part::image("image/tiff", bytes_of("x")), "image/tiff"),
        (Part::video("video/mp4", bytes_of("x")), "type video"),
        (
            Part::Unknown(UnknownPart::new(json!({"guardContent": {}}))),
            "type unknown",
        ),
    ] {
        let error = refused(&quirks, part);
        assert_eq!(error.kind(), ErrorKind::InvalidRequest);
        assert!(
            error.message().starts_with("messages[0].content[0]"),
            "{error}"
        );
        assert!(error.message().contains(says), "{error}");
    }
    let at_s3 = refused(
        &Quirks::ANTHROPIC,
        Part::image("image/png", at("s3://b/a.png")),
    );
    assert!(at_s3.message().contains("https"), "{at_s3}");
    let text = DocumentPart::new("text/plain", at("https://example.com/a.txt"));
    let error = refused(&Quirks::ANTHROPIC, text);
    assert!(error.message().contains("only PDF"), "{error}");
    let mut thought = ReasoningPart::default();
    thought.cache = Some(Cache::new());
    let error = refused(&Quirks::ANTHROPIC, thought);
    assert!(error.message().contains("cache point"), "{error}");
}

#[test]
fn system_messages_stand_where_they_stand() {
    let call = Call::new([
        user("hi"),
        assistant("ho"),
        system("Be brief."),
        user("now"),
    ]);
    let body = body(&call);
    let roles: Vec<&str> = body["messages"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|it| it["role"].as_str())
        .collect();
    assert_eq!(roles, ["user", "assistant", "system", "user"]);
    let image = Part::image("image/png", bytes_of("x"));
    let call = Call::new([Message::new(Role::System, vec![image]), user("hi")]);
    let error = encode(&Quirks::ANTHROPIC, &model(), &call, &mut Vec::new()).unwrap_err();
    assert!(error.message().contains("only text"), "{error}");
    let alone = Call::new(system("Be brief."));
    assert!(encode(&Quirks::ANTHROPIC, &model(), &alone, &mut Vec::new()).is_err());
}

#[test]
fn what_the_caller_puts_over_the_body_wins() {
    let mut call = Call::new([system("a"), user("hi")]);
    call.tools = vec![Tool::from_schema("f", json!({"type": "object"}))];
    let mut body = encode(&Quirks::ANTHROPIC, &model(), &call, &mut Vec::new()).unwrap();
    let over = json!({"system": "b", "tools": [{"type": "web_search_20250305", "name": "web_search"}],
        "output_config": {"effort": "low"}});
    body.merge(over.as_object().unwrap());
    body.retain(|name| name != "max_tokens");
    let bytes = body.write(0).unwrap();
    let written: Value = serde_json::from_slice(&bytes).unwrap();
    assert_eq!(
        written,
        json!({"system": "b", "tools": over["tools"], "output_config": {"effort": "low"},
            "messages": [{"role": "user", "content": [{"type": "text", "text": "hi"}]}]})
    );
    let text = std::str::from_utf8(&bytes).unwrap();
    assert_eq!(text.matches("\"tools\"").count(), 1, "each member once");
}

#[test]
fn what_bedrock_wants_in_the_body_is_there() {
    let quirks = Quirks {
        version: Some("bedrock-2023-05-31"),
        betas: true,
        ..Quirks::ANTHROPIC
    };
    let mut call = Call::new("hi");
    call.options.set("anthropic_beta", json!(["b1"]));
    let (body, _) = written(&quirks, &call);
    assert_eq!(body["anthropic_version"], "bedrock-2023-05-31");
    assert_eq!(body["anthropic_beta"], json!(["b1"]));
    let own = written(&Quirks::ANTHROPIC, &call).0;
    assert!(own.get("anthropic_beta").is_none(), "it is a header there");
}
