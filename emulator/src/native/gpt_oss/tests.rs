//! Bodies of gpt-oss and what comes back.

use super::super::testing::{
    asking, chunks, content, keys, refused, send, stream, survives_wrong_values, weather, whole,
    with,
};
use serde_json::{Value, json};

const OSS: &str = "openai.gpt-oss-120b-1:0";

fn good() -> Value {
    asking("Hi")
}

fn said(answer: &Value) -> String {
    answer
        .pointer("/choices/0/message/content")
        .unwrap()
        .as_str()
        .unwrap()
        .to_owned()
}

/// What the deltas of a stream say, with the reasoning of all its tags joined.
fn heard(events: &[Value]) -> (String, String) {
    let (mut thoughts, mut text) = (String::new(), String::new());
    for event in events {
        let Some(content) = event
            .pointer("/choices/0/delta/content")
            .and_then(Value::as_str)
        else {
            continue;
        };
        match content.strip_prefix("<reasoning>") {
            Some(rest) => thoughts += rest.strip_suffix("</reasoning>").unwrap(),
            None => text += content,
        }
    }
    (thoughts, text)
}

#[test]
fn a_whole_answer_reasons_in_front_of_its_text() {
    let messages = json!([{"role": "system", "content": "Be brief."}, {"role": "developer", "content": [{"type": "text", "text": "Please."}]}, {"role": "user", "content": "Hi"}]);
    let answer = whole(
        OSS,
        &json!({"messages": messages, "reasoning_effort": "low"}),
    );
    assert_eq!(
        keys(&answer),
        ["id", "object", "created", "model", "choices", "usage"]
    );
    assert_eq!(
        (&answer["object"], &answer["model"]),
        (&json!("chat.completion"), &json!(OSS))
    );
    let said = said(&answer);
    let (thought, text) = said
        .strip_prefix("<reasoning>")
        .unwrap()
        .split_once("</reasoning>")
        .unwrap();
    assert!(
        thought.contains("\"Hi\"")
            && text.starts_with("You asked: \"Hi\"\nMy instructions are: \"Be brief. Please.\""),
        "{said}"
    );
    assert_eq!(answer["choices"][0]["finish_reason"], "stop");
    let usage = &answer["usage"];
    assert_eq!(
        usage["total_tokens"].as_u64().unwrap(),
        usage["prompt_tokens"].as_u64().unwrap() + usage["completion_tokens"].as_u64().unwrap()
    );
    let reply = send(OSS, &[], &good(), false).unwrap();
    assert_eq!(reply.headers["x-amzn-bedrock-input-token-count"], "1");
}

#[test]
fn every_delta_of_reasoning_has_tags_of_its_own() {
    let (answer, events) = (whole(OSS, &good()), stream(OSS, &good()));
    let (thoughts, text) = heard(&events);
    assert_eq!(
        format!("<reasoning>{thoughts}</reasoning>{text}"),
        said(&answer)
    );
    let tagged = events
        .iter()
        .filter(|event| event.to_string().contains("<reasoning>"))
        .count();
    assert!(tagged > 1);
    assert_eq!(
        events[0]["choices"][0]["delta"],
        json!({"role": "assistant", "content": ""})
    );
    let last = &events[events.len() - 1];
    assert!(
        !last["choices"][0]["delta"]["content"]
            .as_str()
            .unwrap()
            .is_empty()
    );
    assert_eq!(last["choices"][0]["finish_reason"], "stop");
    assert_eq!(
        last["amazon-bedrock-invocationMetrics"]["outputTokenCount"],
        answer["usage"]["completion_tokens"]
    );
    assert!(last.get("usage").is_none());
    let counted = stream(
        OSS,
        &with(
            &good(),
            &json!({"stream": true, "stream_options": {"include_usage": true}}),
        ),
    );
    assert_eq!(counted[counted.len() - 1]["usage"], answer["usage"]);
}

#[test]
fn limits_and_stop_sequences_cut_the_answer() {
    for (extra, reason, end) in [
        (
            json!({"max_completion_tokens": 2}),
            "length",
            "<reasoning>The question</reasoning>",
        ),
        (
            json!({"max_tokens": 2}),
            "length",
            "<reasoning>The question</reasoning>",
        ),
        (json!({"stop": "asked"}), "stop", "</reasoning>You "),
        (
            json!({"stop": ["xyz", "asked"]}),
            "stop",
            "</reasoning>You ",
        ),
    ] {
        let answer = whole(OSS, &with(&good(), &extra));
        assert_eq!(answer["choices"][0]["finish_reason"], reason);
        assert!(said(&answer).ends_with(end), "{answer}");
    }
}

#[test]
fn tools_are_called_and_their_results_told() {
    let body = with(
        &asking("get the weather of Lyon"),
        &json!({"tools": weather()}),
    );
    let answer = whole(OSS, &body);
    let message = &answer["choices"][0]["message"];
    let call = &message["tool_calls"][0];
    assert_eq!(
        call["function"],
        json!({"name": "get_weather", "arguments": "{\"city\": \"Lyon\"}"})
    );
    assert!(call["id"].as_str().unwrap().starts_with("chatcmpl-tool-"));
    assert_eq!(answer["choices"][0]["finish_reason"], "tool_calls");

    let events = stream(OSS, &body);
    let deltas: Vec<&Value> = events
        .iter()
        .filter_map(|event| event.pointer("/choices/0/delta/tool_calls/0"))
        .collect();
    assert_eq!(
        (&deltas[0]["id"], &deltas[0]["index"]),
        (&call["id"], &json!(0))
    );
    let arguments: String = deltas
        .iter()
        .map(|delta| delta["function"]["arguments"].as_str().unwrap())
        .collect();
    assert_eq!(arguments, "{\"city\": \"Lyon\"}");
    assert_eq!(
        events[events.len() - 1]["choices"][0]["finish_reason"],
        "tool_calls"
    );

    let result = json!({"role": "tool", "tool_call_id": call["id"], "content": "21 degrees"});
    let told = whole(
        OSS,
        &with(
            &body,
            &json!({"messages": [body["messages"][0], message, result]}),
        ),
    );
    assert!(
        said(&told).contains("get_weather returned: 21 degrees"),
        "{told}"
    );

    for (choice, calls) in [
        (json!("none"), 0),
        (json!("required"), 1),
        (
            json!({"type": "function", "function": {"name": "get_weather"}}),
            1,
        ),
    ] {
        let answer = whole(
            OSS,
            &with(&good(), &json!({"tools": weather(), "tool_choice": choice})),
        );
        assert_eq!(
            answer["choices"][0]["message"]["tool_calls"]
                .as_array()
                .map_or(0, Vec::len),
            calls
        );
    }
}

#[test]
fn text_can_be_made_to_fit_a_schema() {
    let schema =
        json!({"type": "object", "properties": {"age": {"type": "integer"}}, "required": ["age"]});
    let format =
        json!({"type": "json_schema", "json_schema": {"name": "person", "schema": schema}});
    let answer = whole(
        OSS,
        &with(&asking("John is 42"), &json!({"response_format": format})),
    );
    assert!(
        said(&answer).ends_with("</reasoning>{\"age\": 42}"),
        "{answer}"
    );
    let answer = whole(
        OSS,
        &with(
            &good(),
            &json!({"response_format": {"type": "json_object"}}),
        ),
    );
    let text = said(&answer);
    let object: Value = serde_json::from_str(text.split_once("</reasoning>").unwrap().1).unwrap();
    assert!(object["answer"].is_string());
}

#[test]
fn a_guardrail_speaks_in_place_of_the_model() {
    let guard = [
        ("x-amzn-bedrock-guardrailidentifier", "gr1"),
        ("x-amzn-bedrock-trace", "ENABLED"),
    ];
    let answer = content(send(OSS, &guard, &asking("blockme"), false).unwrap());
    assert_eq!(answer["amazon-bedrock-guardrailAction"], "INTERVENED");
    assert!(
        answer.get("usage").is_none() && answer["amazon-bedrock-trace"]["guardrail"].is_object()
    );
    let events = chunks(send(OSS, &guard, &asking("blockme"), true).unwrap());
    assert_eq!(heard(&events).1, said(&answer));
    assert_eq!(events[0]["amazon-bedrock-guardrailAction"], "INTERVENED");
}

#[test]
fn bodies_are_checked_in_the_words_of_serde() {
    for (extra, what) in [
        (
            json!({"reasoning_effort": {"effort": "low"}}),
            "reasoning_effort: invalid type: map, expected a string",
        ),
        (
            json!({"reasoning_effort": "none"}),
            "reasoning_effort: unknown variant `none`, expected one of `low`, `medium`, `high`",
        ),
        (json!({"messages": null}), "missing field `messages`"),
        (
            json!({"messages": []}),
            "messages: must have at least 1 item",
        ),
        (
            json!({"messages": [{"role": "bot", "content": "x"}]}),
            "messages[0].role: unknown variant `bot`",
        ),
        (
            json!({"max_tokens": 1.5}),
            "max_tokens: invalid type: floating point `1.5`, expected i32",
        ),
        (
            json!({"temperature": 3}),
            "temperature: 3 is more than the maximum of 2",
        ),
    ] {
        let message = refused(OSS, &with(&good(), &extra));
        assert!(
            message.starts_with(&format!(
                "Failed to deserialize the JSON body into the target type: {what}"
            )),
            "{message}"
        );
    }
    let message = refused(OSS, &with(&good(), &json!({"thinking": {}})));
    assert!(message.contains("thinking: unknown field `thinking`, expected one of `messages`, `model`, `store`, `reasoning_effort`,"), "{message}");
}

#[test]
fn conversations_are_checked() {
    let user = json!({"role": "user", "content": "x"});
    let call = |id: &str| json!({"role": "assistant", "tool_calls": [{"id": id, "type": "function", "function": {"name": "t", "arguments": "{}"}}]});
    let result = |id: &str| json!({"role": "tool", "tool_call_id": id, "content": "x"});
    for (extra, what) in [
        (
            json!({"messages": [{"role": "user", "content": ""}]}),
            "#/messages/0: content must not be empty",
        ),
        (
            json!({"messages": [{"role": "user"}]}),
            "#/messages/0: content must not be empty",
        ),
        (
            json!({"messages": [user, call("a"), user]}),
            "#/messages/2: the call [a] before it has no answer",
        ),
        (
            json!({"messages": [user, call("a")]}),
            "#/messages: the call [a] has no answer",
        ),
        (
            json!({"messages": [user, call("a"), result("b")]}),
            "#/messages/2: tool_call_id [b] answers no call before it",
        ),
        (
            json!({"messages": [{"role": "tool", "content": "x"}]}),
            "#/messages/0: messages of role tool, and no others, have a tool_call_id",
        ),
        (
            json!({"tool_choice": "auto"}),
            "#/tool_choice: there are no tools to choose from",
        ),
        (
            json!({"tools": weather(), "tool_choice": "any"}),
            "#/tool_choice: any is not one of auto, none, required",
        ),
        (
            json!({"tools": weather(), "tool_choice": {"type": "function", "function": {"name": "x"}}}),
            "#/tool_choice: there is no tool [x]",
        ),
        (
            json!({"model": "openai.gpt-oss-20b-1:0"}),
            "model: openai.gpt-oss-20b-1:0 does not match the model of the request, openai.gpt-oss-120b-1:0",
        ),
        (
            json!({"stream": true}),
            "stream: true does not match the operation",
        ),
        (json!({"n": 2}), "n: only one choice is served"),
        (
            json!({"max_tokens": 1, "max_completion_tokens": 1}),
            "max_tokens and max_completion_tokens exclude each other",
        ),
        (
            json!({"logprobs": true}),
            "The emulator does not serve `logprobs` of this model.",
        ),
    ] {
        assert_eq!(refused(OSS, &with(&good(), &extra)), what);
    }
    assert!(
        send(
            OSS,
            &[],
            &with(&good(), &json!({"model": OSS, "stream": false})),
            false
        )
        .is_ok()
    );
    survives_wrong_values(
        OSS,
        &json!({
            "messages": [user, call("a"), result("a"), {"role": "user", "content": [{"type": "text", "text": "x"}, {"type": "image_url", "image_url": {"url": "data:image/png;base64,AAAA"}}]}],
            "tools": weather(), "tool_choice": {"type": "function", "function": {"name": "get_weather"}}, "reasoning_effort": "low", "stop": ["x"],
            "response_format": {"type": "json_schema", "json_schema": {"name": "x", "schema": {}}}, "max_tokens": 50, "seed": 1,
        }),
    );
}
