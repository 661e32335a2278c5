//! Gemini, at Google's door and at others.

use super::answers::read;
use super::*;

const LATEST: &str = "google:gemini-3-flash-preview";
const OLDER: &str = "google:gemini-2.5-flash";

/// An answer with two calls at once, of which the first is signed.
fn calls() -> Value {
    json!({"id": "g", "choices": [{"index": 0, "finish_reason": "tool_calls", "message": {"role": "assistant",
        "tool_calls": [signed("a", Some("c2ln")), signed("b", None)]}}],
        "usage": {"prompt_tokens": 20, "completion_tokens": 24, "total_tokens": 116}})
}

fn signed(id: &str, signature: Option<&str>) -> Value {
    let mut call =
        json!({"id": id, "type": "function", "function": {"name": "weather", "arguments": "{}"}});
    if let Some(signature) = signature {
        call["extra_content"] = json!({"google": {"thought_signature": signature}});
    }
    call
}

/// What follows an answer: the results of its tools.
fn follow(response: &Response) -> Call {
    chat(|it| {
        it.messages = vec![user("Weather?"), response.message.clone()];
        for call in response.tool_calls() {
            it.messages.push(tool_result(call.id.as_str(), "mild"));
        }
        it.tools = vec![Tool::from_schema("weather", json!({"type": "object"}))];
    })
}

#[test]
fn signed_calls_go_back_as_they_came() {
    let whole = read(LATEST, Delivery::Whole, &calls().to_string());
    assert_eq!(
        (whole.usage.output_tokens, whole.usage.reasoning_tokens),
        (Some(96), Some(72))
    );
    let chunk = |calls: Value, reason: Option<&str>| {
        let choice = json!({"index": 0, "delta": {"role": "assistant", "tool_calls": calls}, "finish_reason": reason});
        format!("data: {}\n\n", json!({"id": "g", "choices": [choice]}))
    };
    let first = chunk(json!([signed("a", Some("c2ln"))]), None);
    let second = chunk(json!([signed("b", None)]), Some("stop"));
    let stream = format!("{first}{second}data: [DONE]\n\n");
    let streamed = read(LATEST, Delivery::Stream, &stream);
    assert_eq!(streamed.message, whole.message);
    for spec in [LATEST, OLDER] {
        let (body, warnings) = body(spec, &follow(&whole));
        assert_eq!(
            body["messages"][1]["tool_calls"],
            json!([signed("a", Some("c2ln")), signed("b", None)]),
            "{spec}"
        );
        assert_eq!(
            body["messages"][2],
            json!({"role": "tool", "tool_call_id": "a", "name": "weather", "content": "mild"})
        );
        assert!(warnings.is_empty(), "{spec}: {warnings:?}");
    }
}

#[test]
fn signatures_are_for_the_server_that_gave_them() {
    let response = read(LATEST, Delivery::Whole, &calls().to_string());
    for spec in ["openai:gpt-4o", "groq:llama", "somebody:some-model"] {
        let (body, warnings) = body(spec, &follow(&response));
        assert!(!body.to_string().contains("extra_content"), "{spec}");
        assert_eq!(warnings, ["reasoning_dropped"], "{spec}");
    }
    // A gateway that passes them on gets back its own, and Google's door does not.
    let passed_on = read("somebody:some-model", Delivery::Whole, &calls().to_string());
    let (back, warnings) = body("somebody:some-model", &follow(&passed_on));
    assert_eq!(
        back["messages"][1]["tool_calls"][0],
        signed("a", Some("c2ln"))
    );
    assert!(warnings.is_empty(), "{warnings:?}");
    let elsewhere = |url: &str, call: &Call| {
        let mut call = call.clone();
        call.options = Options::new().api("chat").base_url(url).into();
        let model = Model::new("openai", "gemini-3-flash-preview");
        let exchange = provider("openai").prepare(&model, &call, Delivery::Whole);
        body_of(&exchange.unwrap()).to_string()
    };
    for url in ["https://one.example/v1", "https://two.example/v1"] {
        assert!(
            !elsewhere(url, &follow(&passed_on)).contains("c2ln"),
            "{url}"
        );
    }
    let (body, warnings) = body(LATEST, &follow(&passed_on));
    assert!(!body.to_string().contains("c2ln"));
    assert_eq!(warnings, ["reasoning_dropped", "thought_signature_waived"]);
}

#[test]
fn calls_of_other_models_go_to_gemini_3_with_a_word_for_their_signature() {
    let theirs = chat(|it| {
        let call = |id: &str| ToolCallPart::new(id, "weather", json!({})).into();
        it.messages = vec![
            user("Weather?"),
            assistant(vec![call("a"), call("b")]),
            tool_result("a", "mild"),
            tool_result("b", "mild"),
        ];
        it.tools = vec![Tool::from_schema("weather", json!({"type": "object"}))];
    });
    let word = "skip_thought_signature_validator";
    for spec in [LATEST, "google:gemini-flash-latest", "google:gemini-4-pro"] {
        let (body, warnings) = body(spec, &theirs);
        assert_eq!(
            body["messages"][1]["tool_calls"],
            json!([signed("a", Some(word)), signed("b", None)]),
            "{spec}"
        );
        assert_eq!(warnings, ["thought_signature_waived"], "{spec}");
    }
    for spec in [OLDER, "google:gemma-3-27b-it", "openai:gpt-4o"] {
        let (body, warnings) = body(spec, &theirs);
        assert!(!body.to_string().contains(word), "{spec}");
        assert!(warnings.is_empty(), "{spec}: {warnings:?}");
    }
}

#[test]
fn how_much_it_thinks_is_a_word_or_a_budget() {
    let ask = |spec: &str, reasoning: Reasoning| {
        let call = chat(|it| it.settings.reasoning = Some(reasoning));
        exchange(spec, &call, Delivery::Whole).map(|it| body_of(&it))
    };
    let high = ask(LATEST, Reasoning::Effort(ReasoningEffort::High)).unwrap();
    assert_eq!(high["reasoning_effort"], "high");
    assert_eq!(high.get("extra_body"), None);
    let budget = ask(OLDER, Reasoning::Budget(3000)).unwrap();
    assert_eq!(
        budget["extra_body"],
        json!({"google": {"thinking_config": {"thinking_budget": 3000}}})
    );
    assert_eq!(budget.get("reasoning_effort"), None);
    let none = Reasoning::Effort(ReasoningEffort::None);
    assert_eq!(ask(OLDER, none).unwrap()["reasoning_effort"], "none");
    for spec in [LATEST, "google:gemini-2.5-pro"] {
        let error = ask(spec, none).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Unsupported, "{spec}");
    }
    // What the caller writes there himself stands beside it.
    let own = json!({"extra_body": {"google": {"thinking_config": {"include_thoughts": true}}}});
    let own = own.as_object().unwrap().clone();
    let call = chat(|it| {
        it.settings.reasoning = Some(Reasoning::Budget(3000));
        it.options = Options::new().api("chat").extra_body(own).into();
    });
    assert_eq!(
        body(OLDER, &call).0["extra_body"]["google"]["thinking_config"],
        json!({"thinking_budget": 3000, "include_thoughts": true})
    );
}

#[test]
fn thoughts_in_the_text_are_told_as_such() {
    let part = |content: &str, thought: bool, reason: Option<&str>| {
        let mut delta = json!({"role": "assistant", "content": content});
        if thought {
            delta["extra_content"] = json!({"google": {"thought": true}});
        }
        let choice = json!({"index": 0, "delta": delta, "finish_reason": reason});
        format!("data: {}\n\n", json!({"id": "g", "choices": [choice]}))
    };
    let stream = [
        part("<thought>First", true, None),
        part(" this.", true, None),
        part("</thought>Mild", false, None),
        part(".", false, Some("stop")),
        "data: [DONE]\n\n".to_owned(),
    ];
    let response = read(LATEST, Delivery::Stream, &stream.concat());
    assert_eq!(response.text(), "Mild.");
    let thought = response.message.reasoning().next().unwrap();
    assert_eq!(thought.text, "First this.");
}

#[test]
fn what_its_door_refuses_is_refused_here() {
    type Change = fn(&mut Call);
    let cases: [(&str, Change); 4] = [
        ("seed", |it| it.settings.seed = Some(1)),
        ("top_k", |it| it.settings.top_k = Some(4)),
        ("frequency_penalty", |it| {
            it.options = Options::new().frequency_penalty(0.5).into();
        }),
        ("store", |it| it.options = Options::new().store(true).into()),
    ];
    for (name, change) in cases {
        let error = exchange(LATEST, &chat(change), Delivery::Whole).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Unsupported, "{name}");
        assert!(error.message().contains(name), "{error}");
    }
}

#[test]
fn schemas_and_tools_stand_together_from_gemini_3_on() {
    let ask = |spec: &str, tools: bool| {
        let (id, name) = spec.split_once(':').unwrap();
        let mut model = Model::new(id, name);
        model.capabilities = model.capabilities.with(Capability::StructuredOutput, true);
        let schema = json!({"type": "object", "properties": {"a": {"type": "string"}, "b": {"type": "string"}}, "required": ["a"]});
        let call = chat(|it| {
            it.object = Some(ObjectSchema::new(schema).unwrap());
            if tools {
                it.tools = vec![Tool::from_schema("weather", json!({"type": "object"}))];
            }
        });
        let exchange = provider(id)
            .prepare(&model, &call, Delivery::Whole)
            .unwrap();
        assert!(exchange.warnings.is_empty(), "{:?}", exchange.warnings);
        let form = exchange.expectation.object.as_ref().unwrap().as_str();
        let body = body_of(&exchange);
        assert_eq!(body["response_format"]["json_schema"].get("strict"), None);
        assert_eq!(body.get("response_format").is_some(), form == "native");
        form
    };
    assert_eq!(ask(LATEST, true), "native");
    assert_eq!(ask(LATEST, false), "native");
    assert_eq!(ask(OLDER, true), "tool");
    assert_eq!(ask(OLDER, false), "native");
}
