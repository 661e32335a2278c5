//! Signatures of thoughts, from an answer to the next request.

use reqllm_core::{
    Call, FinishReason, Model, Part, ReasoningPart, Response, ToolCallPart, Warning, assistant,
    tool_result, user,
};
use serde_json::{Value, json};

use super::super::{Quirks, Thoughts, encode};
use super::{BARE, codes, delta, last, streamed, whole};
use crate::mark::Maker;

const MAKER: Maker = Maker::new("acme");

const SIGNS: Quirks = Quirks {
    name: "Acme",
    thoughts: Thoughts::Signatures {
        maker: MAKER,
        waiver: None,
    },
    result_names: true,
    ..BARE
};

/// One that refuses calls without a signature.
const WANTS: Quirks = Quirks {
    thoughts: Thoughts::Signatures {
        maker: MAKER,
        waiver: Some("not_signed_here"),
    },
    ..SIGNS
};

fn call(id: &str, beside: Value) -> Value {
    let mut call = json!({ "id": id, "type": "function",
                           "function": { "name": "weather", "arguments": "{\"city\":\"Oslo\"}" } });
    for (name, value) in beside.as_object().unwrap() {
        call[name] = value.clone();
    }
    call
}

fn google(signature: &str) -> Value {
    json!({ "extra_content": { "google": { "thought_signature": signature } } })
}

fn sealed(signature: &str) -> ReasoningPart {
    let mut thought = ReasoningPart::default();
    thought.signature = Some(signature.to_owned());
    thought
}

/// The messages of a call that goes on from an answer.
fn next(quirks: &Quirks, content: Vec<Part>) -> (Value, Vec<Warning>) {
    let results = content.iter().filter_map(|part| match part {
        Part::ToolCall(call) => Some(tool_result(call.id.as_str(), "mild")),
        _ => None,
    });
    let results: Vec<_> = results.collect();
    let mut messages = vec![user("Weather?"), assistant(content)];
    messages.extend(results);
    let mut warnings = Vec::new();
    let model = Model::new("acme", "acme.x");
    let call = Call::new(messages);
    let body = encode(quirks, &model, &call, &mut warnings).unwrap();
    let body: Value = serde_json::from_slice(&body.write(0).unwrap()).unwrap();
    (body["messages"].clone(), warnings)
}

fn answer(message: Value) -> Response {
    let choice = json!({ "index": 0, "finish_reason": "tool_calls", "message": message });
    whole(&SIGNS, &json!({ "id": "c1", "choices": [choice] })).unwrap()
}

#[test]
fn the_first_of_parallel_calls_has_its_signature_back() {
    let whole = answer(
        json!({ "role": "assistant", "content": null, "tool_calls": [
        call("a", google("c2lnLWE=")), call("b", json!({})),
    ] }),
    );
    // Calls come whole, in chunks of their own, without a number; and the stream says `stop`.
    let streamed = streamed(
        &SIGNS,
        &[
            delta(json!({ "role": "assistant", "tool_calls": [call("a", google("c2lnLWE="))] })),
            last(json!({ "tool_calls": [call("b", json!({}))] }), "stop"),
        ],
    )
    .unwrap();
    for response in [&whole, &streamed] {
        assert_eq!(
            serde_json::to_value(&response.message.content).unwrap(),
            json!([
                { "type": "reasoning", "text": "", "signature": "acme:call.google:c2lnLWE=" },
                { "type": "tool_call", "id": "a", "name": "weather", "arguments": { "city": "Oslo" } },
                { "type": "tool_call", "id": "b", "name": "weather", "arguments": { "city": "Oslo" } },
            ])
        );
        assert_eq!(response.finish_reason, FinishReason::ToolCalls);
        assert!(response.warnings.is_empty(), "{:?}", response.warnings);
    }
    let (messages, warnings) = next(&WANTS, whole.message.content);
    assert_eq!(
        messages[1]["tool_calls"],
        json!([call("a", google("c2lnLWE=")), call("b", json!({}))])
    );
    assert!(warnings.is_empty(), "{warnings:?}");
}

#[test]
fn each_call_of_several_may_have_one() {
    let calls = json!([call("a", google("QQ==")), call("b", google("Qg=="))]);
    let response = answer(json!({ "content": "Two.", "tool_calls": calls }));
    let (messages, warnings) = next(&SIGNS, response.message.content);
    assert_eq!(messages[1]["tool_calls"], calls);
    assert_eq!(messages[1]["content"], "Two.");
    assert!(warnings.is_empty(), "{warnings:?}");
}

#[test]
fn the_signature_of_a_message_goes_back_beside_it() {
    let said =
        json!({ "content": "Mild.", "extra_content": google("bXNn")["extra_content"].clone() });
    let whole = answer(said);
    let streamed = streamed(
        &SIGNS,
        &[
            delta(json!({ "content": "Mi" })),
            delta(json!({ "content": "ld." })),
            last(
                json!({ "content": null, "extra_content": google("bXNn")["extra_content"].clone() }),
                "tool_calls",
            ),
        ],
    )
    .unwrap();
    assert_eq!(whole.message, streamed.message);
    let (messages, warnings) = next(&WANTS, whole.message.content);
    assert_eq!(
        messages[1],
        json!({ "role": "assistant", "content": "Mild.",
                "extra_content": { "google": { "thought_signature": "bXNn" } } })
    );
    assert!(warnings.is_empty(), "{warnings:?}");
}

#[test]
fn a_signature_goes_back_to_the_member_that_it_came_in() {
    for beside in [
        json!({ "extra_content": { "vertex": { "thought_signature": "dg==" } } }),
        json!({ "provider_specific_fields": { "thought_signature": "Zg==" } }),
    ] {
        let calls = json!([call("a", beside)]);
        let response = answer(json!({ "tool_calls": calls }));
        let (messages, _) = next(&SIGNS, response.message.content);
        assert_eq!(messages[1]["tool_calls"], calls);
    }
    for strange in [
        json!({ "extra_content": "x" }),
        json!({ "extra_content": { "google": { "thought_signature": [] } } }),
        json!({ "extra_content": { "google": null, "acme": 1 } }),
        json!({ "provider_specific_fields": null }),
    ] {
        let response = answer(json!({ "tool_calls": [call("a", strange)] }));
        assert_eq!(response.message.content.len(), 1);
    }
}

#[test]
fn another_makers_goes_to_nobody_else() {
    let theirs = sealed("other:call.google:c2ln");
    // The mark of the same maker, on what is no signature of a call.
    let no_signature = sealed("acme:rs_1:c2ln");
    for thought in [theirs, no_signature] {
        let content = vec![
            thought.into(),
            ToolCallPart::new("a", "weather", json!({ "city": "Oslo" })).into(),
            ToolCallPart::new("b", "weather", json!({ "city": "Oslo" })).into(),
        ];
        let (messages, warnings) = next(&SIGNS, content.clone());
        assert_eq!(
            messages[1]["tool_calls"],
            json!([call("a", json!({})), call("b", json!({}))])
        );
        assert_eq!(codes(&warnings), ["reasoning_dropped"]);
        let (messages, warnings) = next(&WANTS, content);
        assert_eq!(
            messages[1]["tool_calls"],
            json!([call("a", google("not_signed_here")), call("b", json!({}))])
        );
        assert_eq!(
            codes(&warnings),
            ["reasoning_dropped", "thought_signature_waived"]
        );
    }
}

#[test]
fn a_signature_without_its_call_is_told_of() {
    let lonely = || -> Part { sealed("acme:call.google:c2ln").into() };
    for content in [
        vec![Part::text("Hi"), lonely()],
        vec![
            lonely(),
            lonely(),
            ToolCallPart::new("a", "weather", json!({})).into(),
        ],
    ] {
        let (_, warnings) = next(&SIGNS, content);
        assert_eq!(codes(&warnings), ["reasoning_dropped"]);
    }
    let response = streamed(
        &SIGNS,
        &[
            delta(json!({ "tool_calls": [call("a", json!({}))] })),
            last(
                json!({ "tool_calls": [{ "index": 0, "id": "a", "extra_content": google("c2ln")["extra_content"].clone() }] }),
                "stop",
            ),
        ],
    )
    .unwrap();
    assert_eq!(codes(&response.warnings), ["thought_signature_dropped"]);
}

#[test]
fn results_say_which_tool_they_are_of() {
    let content = vec![ToolCallPart::new("a", "weather", json!({})).into()];
    let result =
        json!({ "role": "tool", "tool_call_id": "a", "name": "weather", "content": "mild" });
    assert_eq!(next(&SIGNS, content.clone()).0[2], result);
    assert_eq!(next(&BARE, content).0[2].get("name"), None);
}

#[test]
fn thoughts_that_only_the_sum_counts_are_output() {
    let quirks = Quirks {
        uncounted_thoughts: true,
        ..SIGNS
    };
    let usage = |quirks: &Quirks, usage: Value| {
        let body = json!({ "choices": [{ "message": { "content": "Hi" }, "finish_reason": "stop" }], "usage": usage });
        let usage = whole(quirks, &body).unwrap().usage;
        (
            usage.input_tokens,
            usage.output_tokens,
            usage.reasoning_tokens,
        )
    };
    let apart = json!({ "prompt_tokens": 20, "completion_tokens": 24, "total_tokens": 116 });
    assert_eq!(
        usage(&quirks, apart.clone()),
        (Some(20), Some(96), Some(72))
    );
    assert_eq!(usage(&SIGNS, apart), (Some(20), Some(24), None));
    let none = json!({ "prompt_tokens": 20, "completion_tokens": 24, "total_tokens": 44 });
    assert_eq!(usage(&quirks, none), (Some(20), Some(24), None));
}
