use serde_json::{Value, json};

use crate::openai::testing::{Desk, ask, data, refused};

pub(super) const CHAT: &str = "/v1/chat/completions";

pub(super) fn chat(extra: Value) -> Value {
    let mut body =
        json!({"model": "gpt-4o", "messages": [{"role": "user", "content": "Hello there"}]});
    for (name, value) in extra.as_object().unwrap() {
        body[name] = value.clone();
    }
    body
}

pub(super) fn weather() -> Value {
    json!([
        tool("get_weather", json!({"city": {"type": "string"}})),
        tool("get_time", json!({"zone": {"type": "string"}})),
    ])
}

pub(super) fn tool(name: &str, properties: Value) -> Value {
    let required: Vec<&String> = properties.as_object().unwrap().keys().collect();
    let parameters = json!({"type": "object", "properties": properties, "required": required, "additionalProperties": false});
    json!({"type": "function", "function": {"name": name, "parameters": parameters}})
}

fn chunks(body: &Value) -> Vec<Value> {
    let events = Desk::default().events(CHAT, body);
    events.iter().filter_map(|event| data(event)).collect()
}

/// The texts of one member of the deltas, joined.
pub(super) fn joined(chunks: &[Value], member: &str) -> String {
    let pointer = format!("/choices/0/delta/{member}");
    let texts = chunks.iter().filter_map(|chunk| chunk.pointer(&pointer));
    texts.filter_map(Value::as_str).collect()
}

#[test]
fn an_answer_has_what_openai_says_it_has() {
    let answer = ask(CHAT, &chat(json!({"service_tier": "auto"})));
    assert_eq!(answer["object"], "chat.completion");
    assert_eq!(answer["service_tier"], "default");
    let choice = &answer["choices"][0];
    assert_eq!(choice["finish_reason"], "stop");
    assert_eq!(choice["message"]["refusal"], Value::Null);
    let text = choice["message"]["content"].as_str().unwrap();
    assert!(text.contains("Hello there"), "{text}");
    let usage = &answer["usage"];
    assert_eq!(usage["prompt_tokens"], 3);
    assert_eq!(usage["prompt_tokens_details"]["cached_tokens"], 0);
    assert_eq!(usage["completion_tokens_details"]["reasoning_tokens"], 0);
    assert_eq!(answer, ask(CHAT, &chat(json!({"service_tier": "auto"}))));
}

#[test]
fn a_stream_says_the_same_and_ends_with_done() {
    let whole = ask(CHAT, &chat(json!({"user": "a"})));
    let body = chat(json!({"stream": true, "stream_options": {"include_usage": true}}));
    let events = Desk::default().events(CHAT, &body);
    assert_eq!(events.last().unwrap(), "data: [DONE]\n\n");
    let chunks: Vec<Value> = events.iter().filter_map(|event| data(event)).collect();
    assert_eq!(
        joined(&chunks, "content"),
        whole["choices"][0]["message"]["content"]
    );
    let (last, rest) = chunks.split_last().unwrap();
    assert_eq!(last["choices"], json!([]));
    assert_eq!(last["usage"], whole["usage"]);
    assert!(
        rest.iter()
            .all(|chunk| chunk["usage"].is_null() && chunk.get("usage").is_some())
    );
    assert_eq!(rest.last().unwrap()["choices"][0]["finish_reason"], "stop");
    let silent = chunks_without_usage();
    assert!(silent.iter().all(|chunk| chunk.get("usage").is_none()));
}

fn chunks_without_usage() -> Vec<Value> {
    chunks(&chat(json!({"stream": true})))
}

#[test]
fn tools_are_called_and_answered() {
    let ask_for = |extra: Value| {
        let mut body = chat(json!({"tools": weather()}));
        body["messages"][0]["content"] = "Get the weather and get the time in Rome".into();
        for (name, value) in extra.as_object().unwrap() {
            body[name] = value.clone();
        }
        body
    };
    let answer = ask(CHAT, &ask_for(json!({})));
    let message = &answer["choices"][0]["message"];
    assert_eq!(answer["choices"][0]["finish_reason"], "tool_calls");
    let calls = message["tool_calls"].as_array().unwrap().clone();
    assert_eq!(calls.len(), 2);
    assert!(calls[0]["id"].as_str().unwrap().starts_with("call_"));
    let arguments: Value =
        serde_json::from_str(calls[0]["function"]["arguments"].as_str().unwrap()).unwrap();
    assert!(arguments["city"].is_string());
    let count = |extra: Value| {
        let answer = ask(CHAT, &ask_for(extra));
        answer["choices"][0]["message"]["tool_calls"]
            .as_array()
            .map_or(0, Vec::len)
    };
    assert_eq!(count(json!({"parallel_tool_calls": false})), 1);
    assert_eq!(count(json!({"tool_choice": "none"})), 0);
    assert_eq!(count(json!({"tool_choice": "required"})), 2);
    let named = json!({"tool_choice": {"type": "function", "function": {"name": "get_time"}}});
    assert_eq!(count(named), 1);

    let mut body = ask_for(json!({}));
    let messages = body["messages"].as_array_mut().unwrap();
    messages.push(message.clone());
    for call in &calls {
        messages.push(json!({"role": "tool", "tool_call_id": call["id"], "content": "sunny"}));
    }
    // The assistant's own members come back as they were sent.
    messages[1].as_object_mut().unwrap().remove("annotations");
    let answer = ask(CHAT, &body);
    let text = answer["choices"][0]["message"]["content"].as_str().unwrap();
    assert!(text.contains("get_weather returned: sunny"), "{text}");
}

#[test]
fn calls_in_a_stream_are_told_apart_by_their_index() {
    let mut body = chat(json!({"tools": weather(), "tool_choice": "required", "stream": true}));
    body["messages"][0]["content"] = "weather time get".into();
    let mut arguments = [String::new(), String::new()];
    let mut names = Vec::new();
    for chunk in chunks(&body) {
        let Some(call) = chunk.pointer("/choices/0/delta/tool_calls/0") else {
            continue;
        };
        names.extend(call["function"]["name"].as_str().map(str::to_owned));
        let index = usize::try_from(call["index"].as_u64().unwrap()).unwrap();
        arguments[index].push_str(call["function"]["arguments"].as_str().unwrap());
    }
    assert_eq!(names, ["get_weather", "get_time"]);
    for text in arguments {
        assert!(serde_json::from_str::<Value>(&text).unwrap().is_object());
    }
}

#[test]
fn a_prompt_that_is_too_long_is_refused() {
    let text = "word ".repeat(9000);
    let messages = json!([{"role": "user", "content": text}]);
    let (status, error) = refused(CHAT, &chat(json!({"model": "gpt-4", "messages": messages})));
    assert_eq!(
        (status, &error["code"]),
        (400, &json!("context_length_exceeded"))
    );
}

#[test]
fn a_long_beginning_is_cached() {
    let desk = Desk::default();
    let text = "word ".repeat(1500);
    let mut body = chat(
        json!({"messages": [{"role": "system", "content": text}, {"role": "user", "content": "hi"}]}),
    );
    let cached = |answer: Value| answer["usage"]["prompt_tokens_details"]["cached_tokens"].clone();
    assert_eq!(cached(desk.ask(CHAT, &body)), 0);
    body["messages"][1]["content"] = "ho".into();
    assert_eq!(cached(desk.ask(CHAT, &body)), 1408);
}

#[test]
fn more_choices_and_probabilities_are_given_if_asked() {
    let answer = ask(
        CHAT,
        &chat(json!({"n": 2, "logprobs": true, "top_logprobs": 1})),
    );
    let choices = answer["choices"].as_array().unwrap();
    assert_eq!(choices.len(), 2);
    let tokens = choices[1]["logprobs"]["content"].as_array().unwrap();
    let text: String = tokens
        .iter()
        .filter_map(|it| it["token"].as_str())
        .collect();
    assert_eq!(text, choices[1]["message"]["content"]);
}

#[test]
fn refusals_have_a_member_of_their_own() {
    let body = chat(json!({"messages": [{"role": "user", "content": "refuseme"}]}));
    let message = &ask(CHAT, &body)["choices"][0]["message"];
    assert!(message["content"].is_null() && message["refusal"].is_string());
    let mut streamed = body;
    streamed["stream"] = true.into();
    assert!(!joined(&chunks(&streamed), "refusal").is_empty());
}

#[test]
fn images_and_files_are_taken_of_the_user() {
    let parts = json!([
        {"type": "text", "text": "look"},
        {"type": "image_url", "image_url": {"url": "data:image/png;base64,iVBORw0K", "detail": "low"}},
        {"type": "image_url", "image_url": {"url": "https://example.com/a.png"}},
        {"type": "file", "file": {"filename": "a.pdf", "file_data": "data:application/pdf;base64,JVBERg=="}},
    ]);
    let answer = ask(
        CHAT,
        &chat(json!({"messages": [{"role": "user", "content": parts}]})),
    );
    let text = answer["choices"][0]["message"]["content"].as_str().unwrap();
    assert!(
        text.contains("image (image/png, 6 bytes)")
            && text.contains("file (application/pdf, 4 bytes)"),
        "{text}"
    );
}
