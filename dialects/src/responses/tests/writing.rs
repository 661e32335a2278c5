//! Calls, as they are written.

use reqllm_core::{
    Cache, Call, Capability, DocumentPart, Error, ErrorKind, Message, ObjectSchema, Part,
    Reasoning, ReasoningEffort, Role, Source, Tool, ToolCallPart, ToolChoice, ToolContent,
    ToolResultPart, system, user,
};
use serde_json::{Map, Value, json};

use super::super::speakers::{BEDROCK_MANTLE, OPENAI, OPENROUTER, XAI};
use super::super::{Quirks, Wishes, encode};
use super::{body, codes, model, sent, shaped};

fn text(role: &str, text: &str) -> Value {
    json!({ "type": "message", "role": role, "content": [{ "type": "input_text", "text": text }] })
}

fn written(quirks: &Quirks, call: &Call, wishes: &Wishes<'_>) -> Value {
    let body = encode(quirks, &model(), call, wishes, &mut Vec::new());
    sent(&body.unwrap())
}

/// Refused with an error, or left out with a warning if the call is lossy.
fn refused(quirks: &Quirks, call: &Call, wishes: &Wishes<'_>) -> String {
    let error = encode(quirks, &model(), call, wishes, &mut Vec::new()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unsupported, "{error}");
    let mut lossy = call.clone();
    lossy.lossy = true;
    let mut warnings = Vec::new();
    encode(quirks, &model(), &lossy, wishes, &mut warnings).unwrap();
    assert_eq!(codes(&warnings), ["unsupported"]);
    error.message().to_owned()
}

#[test]
fn system_prompts_stand_where_they_stood() {
    let call = Call::new([
        system("Be brief."),
        system("Be kind."),
        user("Hi"),
        system("Now in German."),
        user("Bye"),
    ]);
    assert_eq!(
        body(&call),
        json!({
            "instructions": "Be brief.\n\nBe kind.",
            "input": [text("user", "Hi"), text("developer", "Now in German."), text("user", "Bye")],
            "store": false,
        })
    );
    let of_xai = written(&XAI, &call, &Wishes::default());
    assert_eq!(of_xai.get("instructions"), None);
    assert_eq!(of_xai["input"][0], text("system", "Be brief."));
    assert_eq!(of_xai["input"][3], text("system", "Now in German."));
}

#[test]
fn a_turn_with_tools_is_items_in_their_order() {
    let mut call = Call::new([
        user("Rain?"),
        Message::new(
            Role::Assistant,
            vec![
                Part::text("Let me"),
                Part::text(" see."),
                ToolCallPart::new("call_1", "weather", json!({ "city": "Ulm" })).into(),
                ToolCallPart::new("call_2", "weather", json!("Ul")).into(),
            ],
        ),
        Message::new(
            Role::Tool,
            vec![
                Part::text("And?"),
                ToolResultPart::new("call_1", "rain").into(),
                ToolResultPart::new("call_2", json!({ "mm": 3 })).into(),
            ],
        ),
    ]);
    let schema = json!({ "type": "object" });
    call.tools = vec![
        Tool::from_schema("weather", schema.clone()).description("The weather"),
        Tool::from_schema("time", schema.clone()).strict(true),
    ];
    let written = body(&call);
    assert_eq!(
        written["input"],
        json!([
            text("user", "Rain?"),
            { "type": "message", "role": "assistant", "content": [
                { "type": "output_text", "text": "Let me" }, { "type": "output_text", "text": " see." }] },
            { "type": "function_call", "call_id": "call_1", "name": "weather", "arguments": "{\"city\":\"Ulm\"}" },
            { "type": "function_call", "call_id": "call_2", "name": "weather", "arguments": "{\"invalid_arguments\":\"Ul\"}" },
            { "type": "function_call_output", "call_id": "call_1", "output": "rain" },
            { "type": "function_call_output", "call_id": "call_2", "output": "{\"mm\":3}" },
            text("user", "And?"),
        ])
    );
    assert_eq!(
        written["tools"],
        json!([
            { "type": "function", "name": "weather", "description": "The weather", "parameters": schema, "strict": false },
            { "type": "function", "name": "time", "parameters": schema, "strict": true },
        ])
    );
    assert_eq!(written.get("tool_choice"), None);
    let time = json!({ "type": "function", "name": "time" });
    for (choice, wanted) in [
        (ToolChoice::Auto, json!("auto")),
        (ToolChoice::None, json!("none")),
        (ToolChoice::Required, json!("required")),
        (ToolChoice::Tool("time".into()), time),
    ] {
        call.tool_choice = Some(choice);
        assert_eq!(body(&call)["tool_choice"], wanted);
    }
}

#[test]
fn pictures_and_files_go_inline_or_by_url() {
    let mut pdf = DocumentPart::new("application/pdf", Source::Data("%PDF".into()));
    pdf.name = Some("Report".into());
    pdf.context = Some("Of last year.".into());
    let there = Source::Url("https://a.example/c.pdf".into());
    let parts = vec![
        Part::text("Look:"),
        Part::image("image/jpg", Source::Data("x".into())),
        Part::image("image/png", Source::Url("https://a.example/b.png".into())),
        pdf.into(),
        DocumentPart::new("application/pdf", there).into(),
    ];
    let wanted = json!([
        { "type": "input_text", "text": "Look:" },
        { "type": "input_image", "image_url": "data:image/jpeg;base64,eA==" },
        { "type": "input_image", "image_url": "https://a.example/b.png" },
        { "type": "input_text", "text": "Of last year." },
        { "type": "input_file", "filename": "Report.pdf", "file_data": "data:application/pdf;base64,JVBERg==" },
        { "type": "input_file", "file_url": "https://a.example/c.pdf" },
    ]);
    let call = Call::new(Message::new(Role::User, parts.clone()));
    assert_eq!(body(&call)["input"][0]["content"], wanted);
    // A tool may give the same.
    let result = ToolResultPart::new("call_1", ToolContent::Parts(parts));
    let call = Call::new(Message::new(Role::Tool, vec![result.into()]));
    let wanted = json!([{ "type": "function_call_output", "call_id": "call_1", "output": wanted }]);
    assert_eq!(body(&call)["input"], wanted);
}

#[test]
fn where_a_picture_may_be_is_the_speakers() {
    let address = |quirks: &Quirks, url: &str| {
        let image = Part::image("image/png", Source::Url(url.into()));
        let call = Call::new(Message::new(Role::User, vec![Part::text("Look:"), image]));
        let body = encode(quirks, &model(), &call, &Wishes::default(), &mut Vec::new())?;
        let body: Value = sent(&body);
        Ok::<_, Error>(body["input"][0]["content"][1]["image_url"].clone())
    };
    for url in ["s3://bucket/a.png", "data:image/png;base64,eA=="] {
        assert_eq!(address(&BEDROCK_MANTLE, url).unwrap(), url);
    }
    let error = address(&BEDROCK_MANTLE, "https://a.example/b.png").unwrap_err();
    assert!(error.message().contains("an s3:// URL"), "{error}");
    let error = address(&OPENAI, "s3://bucket/a.png").unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unsupported);
    let place = "messages[0].content[1]";
    assert!(error.message().contains(place), "{error}");
}

#[test]
fn settings_have_their_own_names() {
    let mut call = Call::new("Hi");
    call.settings.max_tokens = Some(50);
    call.settings.temperature = Some(0.5);
    call.settings.top_p = Some(0.9);
    let schema = json!({ "type": "object", "properties": {} });
    let mut object = ObjectSchema::new(schema.clone()).unwrap();
    object.name = "Vec<Größe>".into();
    object.description = Some("Sizes".into());
    call.object = Some(object);
    let metadata = Map::from_iter([("team".to_owned(), json!("blue"))]);
    let wishes = Wishes {
        store: Some(true),
        previous_response_id: Some("resp_0"),
        prompt_cache_key: Some("k"),
        prompt_cache_retention: Some("24h"),
        service_tier: Some("flex"),
        safety_identifier: Some("u1"),
        metadata: Some(&metadata),
        truncation: Some("auto"),
        parallel_tool_calls: Some(false),
        verbosity: Some("low"),
        reasoning_summary: Some("auto"),
        top_logprobs: Some(2),
        ..Wishes::default()
    };
    assert_eq!(
        written(&OPENAI, &call, &wishes),
        json!({
            "input": [text("user", "Hi")],
            "max_output_tokens": 50, "temperature": 0.5, "top_p": 0.9,
            "store": true, "previous_response_id": "resp_0",
            "prompt_cache_key": "k", "prompt_cache_retention": "24h", "service_tier": "flex",
            "safety_identifier": "u1", "metadata": { "team": "blue" }, "truncation": "auto",
            "parallel_tool_calls": false, "top_logprobs": 2, "reasoning": { "summary": "auto" },
            "text": {
                "format": { "type": "json_schema", "name": "Vec_Gr__e_", "description": "Sizes",
                            "schema": schema, "strict": true },
                "verbosity": "low",
            },
            "include": ["message.output_text.logprobs"],
        })
    );
}

#[test]
fn what_the_form_has_no_place_for_is_refused_by_name() {
    let with = |set: fn(&mut Call)| {
        let mut call = Call::new("Hi");
        set(&mut call);
        refused(&OPENAI, &call, &Wishes::default())
    };
    assert!(with(|call| call.settings.seed = Some(1)).contains("a seed"));
    assert!(with(|call| call.settings.top_k = Some(1)).contains("top_k"));
    assert!(with(|call| call.settings.stop = vec!["x".into()]).contains("stop sequences"));
    let sound = Part::audio("audio/wav", Source::Data("x".into()));
    let call = Call::new(Message::new(Role::User, vec![Part::text("Hear:"), sound]));
    let error = refused(&OPENAI, &call, &Wishes::default());
    assert!(error.contains("audio"), "{error}");
}

#[test]
fn who_keeps_nothing_is_asked_for_nothing_kept() {
    let call = Call::new("Hi");
    let wishes = Wishes {
        previous_response_id: Some("resp_0"),
        ..Wishes::default()
    };
    let error = refused(&OPENROUTER, &call, &wishes);
    assert!(error.contains("OpenRouter keeps no answers"), "{error}");
    let mut wishes = Wishes {
        store: Some(true),
        ..Wishes::default()
    };
    refused(&OPENROUTER, &call, &wishes);
    wishes.store = Some(false);
    assert_eq!(written(&OPENROUTER, &call, &wishes)["store"], false);
}

#[test]
fn sealed_thoughts_are_asked_for_where_there_are_thoughts() {
    let include = |thinks: Option<bool>, asked: Option<ReasoningEffort>| {
        let mut model = model();
        if let Some(thinks) = thinks {
            model.capabilities = model.capabilities.with(Capability::Reasoning, thinks);
        }
        let mut call = Call::new("Hi");
        call.settings.reasoning = asked.map(Reasoning::Effort);
        let body = encode(&OPENAI, &model, &call, &Wishes::default(), &mut Vec::new()).unwrap();
        let body: Value = sent(&body);
        body.get("include") == Some(&json!(["reasoning.encrypted_content"]))
    };
    assert!(include(Some(true), None));
    assert!(!include(Some(false), None));
    assert!(!include(None, None));
    assert!(include(None, Some(ReasoningEffort::High)));
    assert!(!include(None, Some(ReasoningEffort::None)));
}

#[test]
fn how_much_it_thinks_is_a_word() {
    let mut call = Call::new("Hi");
    call.settings.reasoning = Some(Reasoning::Effort(ReasoningEffort::Max));
    let (body, warnings) = shaped(&OPENAI, &call).unwrap();
    assert_eq!(body["reasoning"], json!({ "effort": "high" }));
    assert_eq!(codes(&warnings), [""; 0]);
    call.settings.reasoning = Some(Reasoning::Budget(3000));
    let (body, warnings) = shaped(&OPENAI, &call).unwrap();
    assert_eq!(body["reasoning"], json!({ "effort": "medium" }));
    assert_eq!(codes(&warnings), ["conflict"]);
}

#[test]
fn an_object_is_asked_for_natively_and_closed() {
    let mut call = Call::new("Who?");
    let mut schema =
        json!({ "type": "object", "properties": { "age": { "type": "integer", "minimum": 0 } } });
    // Source: OpenAI's guide "Structured outputs": bounds are checked; in a strict schema all members are required.
    for strict in [false, true] {
        if strict {
            schema["required"] = json!(["age"]);
        }
        call.object = Some(ObjectSchema::new(schema.clone()).unwrap());
        let (body, warnings) = shaped(&OPENAI, &call).unwrap();
        let format = &body["text"]["format"];
        assert_eq!(format["type"], "json_schema");
        // Nothing is changed in one that is not strict.
        let closed = format["schema"].get("additionalProperties");
        assert_eq!(closed, strict.then_some(&json!(false)));
        assert_eq!(format["schema"]["properties"], schema["properties"]);
        assert_eq!(format["strict"], strict);
        let told = codes(&warnings).contains(&"object_not_strict");
        assert_eq!(told, !strict);
    }
}

#[test]
fn cache_points_and_failures_of_tools_are_told() {
    let result = ToolResultPart::new("call_1", "no such city").failed();
    let call = Call::new([
        Message::new(Role::User, vec![Part::text("Hi").cached(Cache::new())]),
        Message::new(Role::Tool, vec![result.into()]),
    ]);
    let mut warnings = Vec::new();
    encode(&OPENAI, &model(), &call, &Wishes::default(), &mut warnings).unwrap();
    assert_eq!(
        codes(&warnings),
        ["cache_point_dropped", "tool_error_unmarked"]
    );
}

#[test]
fn nothing_to_say_is_no_request_unless_the_server_knows_the_rest() {
    let nothing = Call::new(Vec::new());
    let blank = Call::new(Message::new(Role::User, Vec::<Part>::new()));
    let wishes = Wishes {
        previous_response_id: Some("resp_0"),
        ..Wishes::default()
    };
    let error = |call: &Call| {
        let wishes = Wishes::default();
        encode(&OPENAI, &model(), call, &wishes, &mut Vec::new()).unwrap_err()
    };
    assert_eq!(error(&nothing).kind(), ErrorKind::InvalidRequest);
    assert!(error(&blank).message().contains("messages[0]"));
    assert_eq!(written(&OPENAI, &nothing, &wishes)["input"], json!([]));
}

#[test]
fn whoever_sends_a_body_says_what_else_is_in_it() {
    let mut call = Call::new("Hi");
    call.object = Some(ObjectSchema::new(json!({ "type": "object" })).unwrap());
    let wishes = Wishes {
        reasoning_summary: Some("auto"),
        verbosity: Some("low"),
        ..Wishes::default()
    };
    let mut body = encode(&OPENAI, &model(), &call, &wishes, &mut Vec::new()).unwrap();
    body.set_model("gpt-5.2");
    body.ask_for_stream();
    for over in [
        json!({ "reasoning": { "effort": "low" }, "store": true }),
        json!({ "text": { "verbosity": "high" }, "background": false }),
    ] {
        body.merge(over.as_object().unwrap());
    }
    let body: Value = sent(&body);
    assert_eq!(
        body,
        json!({
            "input": [text("user", "Hi")],
            "store": true,
            "reasoning": { "summary": "auto", "effort": "low" },
            "text": {
                "format": { "type": "json_schema", "name": "answer", "schema": { "type": "object" }, "strict": true },
                "verbosity": "high",
            },
            "model": "gpt-5.2",
            "stream": true,
            "background": false,
        })
    );
}

#[test]
fn system_prompts_are_joined_and_empty_ones_say_nothing() {
    let instructions = |texts: &[&str]| {
        let mut messages: Vec<Message> = texts.iter().map(|text| system(*text)).collect();
        messages.push(user("Hi"));
        body(&Call::new(messages)).get("instructions").cloned()
    };
    assert_eq!(instructions(&["a", "b"]), Some(json!("a\n\nb")));
    assert_eq!(instructions(&["", "b"]), Some(json!("b")));
    assert_eq!(instructions(&[""]), None);
}
