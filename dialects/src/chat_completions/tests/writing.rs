//! Requests.

use reqllm_core::{
    Cache, Call, ErrorKind, MediaPart, Model, ObjectSchema, Part, ReasoningPart, Result, Source,
    Tool, ToolCallPart, ToolChoice, ToolResultPart, Warning, assistant, system, tool_result, user,
};
use serde_json::{Value, json};

use super::super::{Quirks, StrictObject, encode, request};
use super::{BARE, FULL, codes};
use crate::json;

fn body(quirks: &Quirks, call: &Call) -> Result<(Value, Vec<Warning>)> {
    let mut warnings = Vec::new();
    let model = Model::new("acme", "acme.x");
    let body = encode(quirks, &model, call, &mut warnings)?;
    let body = json::read(&body.write(0)?, "the body")?;
    Ok((body, warnings))
}

fn weather(strict: Option<bool>) -> Tool {
    let mut tool = Tool::from_schema(
        "weather",
        json!({ "type": "object", "properties": { "z": {}, "a": {} } }),
    );
    tool.strict = strict;
    tool
}

#[test]
fn a_call_becomes_a_body() {
    let mut call = Call::new([
        system(vec![Part::text("Be brief."), Part::text("Be kind.")]),
        user("Weather?"),
        assistant(vec![
            Part::text("Let me "),
            Part::text("look."),
            ToolCallPart::new("t1", "weather", json!({ "z": 1, "a": 2 })).into(),
        ]),
        tool_result("t1", json!({ "c": 21 })),
        user("Thanks"),
    ]);
    call.tools = vec![weather(Some(true)).description("")];
    call.tool_choice = Some(ToolChoice::Tool("weather".into()));
    call.settings.max_tokens = Some(9);
    call.settings.temperature = Some(0.5);
    call.settings.top_p = Some(0.9);
    call.settings.stop = vec!["END".into()];
    call.settings.seed = Some(7);
    let (body, warnings) = body(&FULL, &call).unwrap();
    assert_eq!(
        body,
        json!({
            "messages": [
                { "role": "system", "content": "Be brief.\n\nBe kind." },
                { "role": "user", "content": "Weather?" },
                { "role": "assistant", "content": "Let me look.", "tool_calls": [
                    { "id": "t1", "type": "function",
                      "function": { "name": "weather", "arguments": r#"{"z":1,"a":2}"# } }] },
                { "role": "tool", "tool_call_id": "t1", "content": r#"{"c":21}"# },
                { "role": "user", "content": "Thanks" },
            ],
            "max_completion_tokens": 9, "temperature": 0.5, "top_p": 0.9, "stop": ["END"], "seed": 7,
            "tools": [{ "type": "function", "function": {
                "name": "weather",
                "parameters": { "type": "object", "properties": { "z": {}, "a": {} } },
                "strict": true } }],
            "tool_choice": { "type": "function", "function": { "name": "weather" } },
        })
    );
    assert!(
        body.to_string().contains(r#""properties":{"z":{},"a":{}}"#),
        "key order is kept"
    );
    assert!(warnings.is_empty(), "{warnings:?}");
}

#[test]
fn what_is_not_said_is_not_sent() {
    let (body, _) = body(&FULL, &Call::new("hi")).unwrap();
    assert_eq!(
        body,
        json!({ "messages": [{ "role": "user", "content": "hi" }] })
    );
}

#[test]
fn images_go_as_data_urls_among_the_texts() {
    let png = |source| Part::image("image/png", source);
    let call = Call::new(user(vec![
        Part::text("Look"),
        png(Source::Data(b"\x89PNG"[..].into())),
        png(Source::Data(b"\0\0\0"[..].into())),
    ]));
    let (body, _) = body(&FULL, &call).unwrap();
    assert_eq!(
        body["messages"][0]["content"],
        json!([
            { "type": "text", "text": "Look" },
            { "type": "image_url", "image_url": { "url": "data:image/png;base64,iVBORw==" } },
            { "type": "image_url", "image_url": { "url": "data:image/png;base64,AAAA" } },
        ])
    );
    let elsewhere = Call::new(user(png(Source::Url("s3://bucket/key".into()))));
    let error = self::body(&FULL, &elsewhere).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unsupported);
    assert!(
        error.message().contains("messages[0].content[0]"),
        "{error}"
    );
}

#[test]
fn results_of_tools_come_first() {
    let call = Call::new([
        assistant(Part::from(ToolCallPart::new("a", "f", json!("{broken")))),
        user(vec![
            Part::text("and"),
            ToolResultPart::new("a", vec![Part::text("x"), Part::text("y")])
                .failed()
                .into(),
        ]),
    ]);
    let (body, warnings) = body(&FULL, &call).unwrap();
    assert_eq!(
        body["messages"],
        json!([
            { "role": "assistant", "content": "", "tool_calls": [{ "id": "a", "type": "function",
              "function": { "name": "f", "arguments": r#"{"invalid_arguments":"{broken"}"# } }] },
            { "role": "tool", "tool_call_id": "a", "content": "x\n\ny" },
            { "role": "user", "content": "and" },
        ])
    );
    assert_eq!(codes(&warnings), ["tool_error_unmarked"]);
}

#[test]
fn what_has_no_place_is_told() {
    let mut thought = ReasoningPart::default();
    thought.text = "hm".into();
    let call = Call::new([
        user(Part::text("hi").cached(Cache::new())),
        assistant(vec![thought.clone().into(), Part::text("ho")]),
        user("so?"),
        assistant(Part::from(thought)),
        user("?"),
    ]);
    let (body, warnings) = body(&FULL, &call).unwrap();
    assert_eq!(body["messages"].as_array().unwrap().len(), 4);
    assert_eq!(
        codes(&warnings),
        [
            "cache_point_dropped",
            "reasoning_dropped",
            "reasoning_dropped",
            "empty_message_dropped"
        ]
    );
}

#[test]
fn what_the_dialect_does_not_say_is_refused_or_left_out_when_lossy() {
    type Change = fn(&mut Call);
    let cases: [(&str, Change); 7] = [
        ("stop sequences", |it| it.settings.stop = vec!["x".into()]),
        ("a seed", |it| it.settings.seed = Some(1)),
        ("top_k", |it| it.settings.top_k = Some(1)),
        ("strict", |it| it.tools = vec![weather(Some(true))]),
        ("tool_choice", |it| {
            it.tools = vec![weather(None), Tool::from_schema("other", json!({}))];
            it.tool_choice = Some(ToolChoice::Tool("weather".into()));
        }),
        ("type image", |it| {
            let source = Source::Data(b"x"[..].into());
            it.messages[0]
                .content
                .push(Part::image("image/png", source));
        }),
        ("type unknown", |it| {
            let part = reqllm_core::UnknownPart::new(json!({ "type": "x" }));
            it.messages[0].content.push(Part::Unknown(part));
        }),
    ];
    for (what, change) in cases {
        let mut call = Call::new("hi");
        change(&mut call);
        let error = body(&BARE, &call).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Unsupported, "{what}");
        assert!(error.message().contains(what), "{what}: {error}");
        call.lossy = true;
        let (body, warnings) = body(&BARE, &call).unwrap();
        assert_eq!(codes(&warnings), ["unsupported"], "{what}");
        assert_eq!(
            body["messages"],
            json!([{ "role": "user", "content": "hi" }]),
            "{what}"
        );
        for member in ["stop", "seed", "top_k", "tool_choice"] {
            assert_eq!(body.get(member), None, "{what}");
        }
    }
}

#[test]
fn a_choice_is_in_the_words_of_the_dialect() {
    let choice = |quirks, choice| {
        let mut call = Call::new("hi");
        call.tools = vec![weather(None)];
        call.tool_choice = Some(choice);
        body(quirks, &call).unwrap().0["tool_choice"].clone()
    };
    assert_eq!(choice(&FULL, ToolChoice::Required), "required");
    assert_eq!(choice(&BARE, ToolChoice::Required), "any");
    assert_eq!(choice(&BARE, ToolChoice::Auto), "auto");
    assert_eq!(choice(&BARE, ToolChoice::None), "none");
    // The only tool there is.
    assert_eq!(choice(&BARE, ToolChoice::Tool("weather".into())), "any");
}

#[test]
fn bad_input_names_its_place() {
    let error = |call: Call| body(&FULL, &call).unwrap_err().to_string();
    assert!(error(Call::new(Vec::new())).contains("`messages`"));
    assert!(error(Call::new([user("x"), user(Vec::new())])).contains("messages[1]"));
    let image = Part::image("image/png", Source::Data(b"x"[..].into()));
    assert!(error(Call::new([system(image), user("x")])).contains("messages[0].content[0]"));
    let mut call = Call::new("x");
    call.tools = vec![Tool::from_schema("f", json!("no schema"))];
    assert!(error(call).contains("tool \"f\""));
}

#[test]
fn a_schema_becomes_a_response_format() {
    let format = |strict_object, object: &ObjectSchema| {
        let quirks = Quirks {
            strict_object,
            ..FULL
        };
        let mut warnings = Vec::new();
        let format = request::response_format(&quirks, object, &mut warnings);
        let format: Value = json::read(&json::write(&format, 0).unwrap(), "the format").unwrap();
        (format, warnings.len())
    };
    let schema = json!({ "type": "object", "properties": { "z": {}, "a": {} } });
    let mut object = ObjectSchema::new(schema).unwrap();
    object.name = "person".into();
    assert_eq!(
        format(StrictObject::Always, &object).0.to_string(),
        r#"{"type":"json_schema","json_schema":{"name":"person","schema":{"type":"object","properties":{"z":{},"a":{}}},"strict":true}}"#
    );
    let (loose, warnings) = format(StrictObject::IfAllRequired, &object);
    assert_eq!(
        (&loose["json_schema"]["strict"], warnings),
        (&json!(false), 1)
    );
    object.schema["required"] = json!(["a", "z"]);
    object.description = Some("Somebody".into());
    let (strict, warnings) = format(StrictObject::IfAllRequired, &object);
    assert_eq!(
        (&strict["json_schema"]["strict"], warnings),
        (&json!(true), 0)
    );
    assert_eq!(strict["json_schema"]["description"], "Somebody");
    let (unsaid, _) = format(StrictObject::Unsaid, &object);
    assert_eq!(unsaid["json_schema"].get("strict"), None);
}

#[test]
fn the_format_of_audio_is_its_type_without_parameters() {
    let quirks = Quirks {
        audio: true,
        ..BARE
    };
    for (media_type, format) in [
        ("audio/ogg; codecs=opus", "ogg"),
        ("audio/mpeg", "mp3"),
        ("audio/x-wav;rate=16000", "wav"),
    ] {
        let audio = MediaPart::new(media_type, Source::Data(b"RIFF".to_vec().into()));
        let call = Call::new([user(vec![Part::Audio(audio)])]);
        let (body, _) = body(&quirks, &call).unwrap();
        let part = &body["messages"][0]["content"][0]["input_audio"];
        assert_eq!(part["format"], format);
    }
}

#[test]
fn whoever_sends_a_body_says_what_else_is_in_it() {
    let quirks = Quirks {
        stream_usage: true,
        ..BARE
    };
    let (model, mut call) = (Model::new("acme", "acme.x"), Call::new("hi"));
    call.settings.temperature = Some(0.5);
    let mut body = encode(&quirks, &model, &call, &mut Vec::new()).unwrap();
    body.set_model("acme.x");
    body.ask_for_stream();
    body.ask_for_json();
    body.put("user", "u-1");
    let over =
        json!({ "temperature": 1, "stream_options": { "more": [] }, "user": null, "top_a": 2 });
    body.merge(over.as_object().unwrap());
    assert_eq!(
        body.write(0).unwrap(),
        r#"{"messages":[{"role":"user","content":"hi"}],"temperature":1,"response_format":{"type":"json_object"},"model":"acme.x","stream":true,"stream_options":{"include_usage":true,"more":[]},"user":null,"top_a":2}"#
    );
}

#[test]
fn what_is_merged_over_a_format_leaves_the_schema() {
    let (model, mut call) = (Model::new("acme", "acme.x"), Call::new("hi"));
    call.object = Some(ObjectSchema::new(json!({ "type": "object" })).unwrap());
    let mut body = encode(&FULL, &model, &call, &mut Vec::new()).unwrap();
    // There is a better one already.
    body.ask_for_json();
    let over = json!({ "response_format": { "json_schema": { "strict": null } } });
    body.merge(over.as_object().unwrap());
    let body: Value = json::read(&body.write(0).unwrap(), "the body").unwrap();
    let format = &body["response_format"];
    assert_eq!(format["type"], "json_schema");
    assert_eq!(format["json_schema"]["schema"], json!({ "type": "object" }));
    assert_eq!(format["json_schema"]["strict"], Value::Null);
}

/// Texts of any length are written as serde_json writes them, wherever they stand.
#[test]
fn long_texts_and_documents_keep_every_character() {
    let text = "a \"quoted\" line\n\t\u{1}é\\".repeat(100);
    let arguments = json!({ "text": text, "n": [1.5, null] });
    let call = Call::new([
        system(text.as_str()),
        user(text.as_str()),
        assistant(vec![
            Part::text(text.as_str()),
            ToolCallPart::new("t1", "weather", arguments.clone()).into(),
        ]),
        tool_result("t1", arguments.clone()),
    ]);
    let (body, _) = body(&FULL, &call).unwrap();
    for at in 0..3 {
        assert_eq!(body["messages"][at]["content"], text, "{at}");
    }
    let called = &body["messages"][2]["tool_calls"][0]["function"]["arguments"];
    for inside in [called, &body["messages"][3]["content"]] {
        let inside: Value = serde_json::from_str(inside.as_str().unwrap()).unwrap();
        assert_eq!(inside, arguments);
    }
}
