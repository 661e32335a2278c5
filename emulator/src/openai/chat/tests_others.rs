//! Those who speak OpenAI's dialect and are not OpenAI.

use super::tests::{CHAT, chat, joined, weather};
use crate::openai::testing::{Desk, ask, data, refused};
use serde_json::{Value, json};

fn of(model: &str) -> Value {
    chat(json!({"model": model}))
}

fn streamed(model: &str) -> (Vec<String>, Vec<Value>) {
    let mut body = of(model);
    body["stream"] = true.into();
    let events = Desk::default().events(CHAT, &body);
    let chunks = events.iter().filter_map(|event| data(event)).collect();
    (events, chunks)
}

#[test]
fn deepseek_thinks_beside_its_content() {
    let answer = ask(CHAT, &of("deepseek-reasoner"));
    assert!(answer["choices"][0]["message"]["reasoning_content"].is_string());
    assert!(answer["usage"]["prompt_cache_miss_tokens"].is_u64());
    let (_, chunks) = streamed("deepseek-reasoner");
    assert!(!joined(&chunks, "reasoning_content").is_empty());
    ask(
        CHAT,
        &chat(json!({"model": "deepseek-chat", "whatever": 1})),
    );
}

#[test]
fn openrouter_thinks_in_two_members_and_comments() {
    let message = ask(CHAT, &of("anthropic/claude-sonnet-4.5"))["choices"][0]["message"].take();
    assert_eq!(
        message["reasoning_details"][0]["text"],
        message["reasoning"]
    );
    let (events, chunks) = streamed("openrouter/auto");
    assert_eq!(events[0], ": OPENROUTER PROCESSING\n\n");
    assert!(!joined(&chunks, "reasoning").is_empty());
    assert!(chunks.last().unwrap()["usage"]["prompt_tokens"].is_u64());
    let (_, error) = refused(CHAT, &chat(json!({"model": "a/b", "messages": []})));
    assert_eq!(error["code"], 400);
}

#[test]
fn groq_counts_in_a_member_of_its_own() {
    let (events, chunks) = streamed("llama-3.3-70b-versatile");
    assert!(chunks[0]["x_groq"]["id"].is_string());
    assert!(chunks.last().unwrap()["x_groq"]["usage"]["total_tokens"].is_u64());
    assert_eq!(events.last().unwrap(), "data: [DONE]\n\n");
    let (_, error) = refused(CHAT, &chat(json!({"model": "llama-x", "zzz": 1})));
    assert_eq!(error["message"], "property 'zzz' is unsupported");
}

#[test]
fn an_object_of_which_the_words_tell_is_that_one() {
    let words = "Answer in json. JSON Schema:\n{\"type\": \"object\", \"properties\": {\"city\": {\"type\": \"string\"}}, \
        \"required\": [\"city\"]}";
    let mut body = of("deepseek-chat");
    body["messages"] =
        json!([{"role": "system", "content": words}, {"role": "user", "content": "Ulm"}]);
    body["response_format"] = json!({"type": "json_object"});
    let told = ask(CHAT, &body)["choices"][0]["message"]["content"].clone();
    let object: Value = serde_json::from_str(told.as_str().unwrap()).unwrap();
    assert!(object["city"].is_string(), "{object}");
    body["messages"] = json!([{"role": "user", "content": "Ulm, as json"}]);
    let any = ask(CHAT, &body)["choices"][0]["message"]["content"].clone();
    assert!(any.as_str().unwrap().contains("answer"), "{any}");
}

#[test]
fn mistral_has_words_and_ids_of_its_own() {
    let mut body = of("mistral-large-latest");
    body["tools"] = weather();
    body["tool_choice"] = "any".into();
    body["random_seed"] = 7.into();
    body["top_k"] = 5.into();
    body["max_tokens"] = 100.into();
    let call = &ask(CHAT, &body)["choices"][0]["message"]["tool_calls"][0];
    assert_eq!(call["id"].as_str().unwrap().len(), 9);
    for name in ["max_completion_tokens", "stream_options", "seed", "zzz"] {
        let mut body = of("mistral-large-latest");
        body[name] = if name == "stream_options" {
            json!({})
        } else {
            json!(1)
        };
        let (status, answer) = Desk::default().body(&http::Method::POST, CHAT, &body);
        assert_eq!(status, 422, "{answer}");
        assert_eq!(answer["detail"][0]["loc"], json!(["body", name]));
        assert_eq!(answer["detail"][0]["type"], "extra_forbidden");
    }
    let history = json!([{"role": "user", "content": "x"}, {"role": "assistant", "content": "y"}]);
    let body = chat(json!({"model": "mistral-small", "messages": history}));
    let (status, answer) = Desk::default().body(&http::Method::POST, CHAT, &body);
    assert_eq!((status, &answer["object"]), (400, &json!("error")));
    let thinks = ask(CHAT, &of("magistral-small"));
    assert_eq!(
        thinks["choices"][0]["message"]["content"][0]["type"],
        "thinking"
    );
    let (_, chunks) = streamed("mistral-small");
    assert!(chunks.last().unwrap()["usage"].is_object());
}

#[test]
fn a_grammar_knows_optional_members_and_openai_does_not() {
    let schema = json!({
        "type": "object", "required": ["a"],
        "properties": {"a": {"type": "string"}, "b": {"type": "string"}},
    });
    let format = |model: &str| {
        let schema = json!({"name": "x", "strict": true, "schema": schema});
        chat(
            json!({"model": model, "response_format": {"type": "json_schema", "json_schema": schema}}),
        )
    };
    for model in [
        "qwen3:8b",
        "qwen/qwen3-coder-30b",
        "Qwen/Qwen3-8B",
        "accounts/fireworks/models/gpt-oss-120b",
    ] {
        ask(CHAT, &format(model));
    }
    for model in ["gpt-4o", "grok-4.3"] {
        let (_, error) = refused(CHAT, &format(model));
        let message = error["message"].as_str().unwrap();
        assert!(
            message.contains("additionalProperties"),
            "{model}: {message}"
        );
    }
}

#[test]
fn a_model_that_reads_text_takes_no_images() {
    let image = json!({"type": "image_url", "image_url": {"url": "https://example.com/x.png"}});
    let see = |model: &str| {
        chat(json!({"model": model, "messages": [{"role": "user", "content": [image]}]}))
    };
    ask(CHAT, &see("gemma3:4b"));
    for model in ["qwen3:8b", "deepseek-chat", "llama-3.3-70b-versatile"] {
        let (_, error) = refused(CHAT, &see(model));
        assert!(error["message"].as_str().unwrap().contains("image_url"));
    }
}

#[test]
fn gpt_on_bedrock_takes_tools_in_a_chat_while_it_does_not_think() {
    const RUNTIME: &str = "/openai/v1/chat/completions";
    let desk = Desk::bedrock();
    let mut body = of("us.openai.gpt-5.6-sol");
    body["tools"] = weather();
    desk.ask(RUNTIME, &body);
    body["reasoning_effort"] = "none".into();
    desk.ask(RUNTIME, &body);
    body["reasoning_effort"] = "low".into();
    let (_, error) = desk.refused(RUNTIME, &body);
    assert_eq!(error["param"], "reasoning_effort");
}

#[test]
fn an_old_server_knows_less() {
    let mut body = of("local-llm");
    body["tools"] = weather();
    body["tool_choice"] = "required".into();
    body["stream"] = true.into();
    body["seed"] = 1.into();
    let events = Desk::default().events(CHAT, &body);
    let chunks: Vec<Value> = events.iter().filter_map(|event| data(event)).collect();
    assert!(!events.last().unwrap().contains("[DONE]"));
    assert!(chunks.iter().all(|chunk| chunk.get("usage").is_none()));
    let call = chunks
        .iter()
        .find_map(|it| it.pointer("/choices/0/delta/tool_calls/0"))
        .unwrap();
    assert!(call.get("index").is_none() && call["function"]["arguments"] != "");
    let (_, error) = refused(
        CHAT,
        &chat(json!({"model": "local-llm", "max_completion_tokens": 5})),
    );
    assert!(
        error["message"]
            .as_str()
            .unwrap()
            .contains("max_completion_tokens")
    );
}

#[test]
fn bedrock_shows_the_thoughts_of_its_open_weights() {
    let desk = Desk::bedrock();
    let answer = desk.ask(CHAT, &of("openai.gpt-oss-120b"));
    assert!(answer["choices"][0]["message"]["reasoning"].is_string());
    assert_eq!(answer["usage"].get("prompt_tokens_details"), None);
    let runtime = desk.ask(
        "/openai/v1/chat/completions",
        &of("openai.gpt-oss-120b-1:0"),
    );
    let text = runtime["choices"][0]["message"]["content"]
        .as_str()
        .unwrap();
    assert!(text.starts_with("<reasoning>"), "{text}");
    let (_, error) = desk.refused(
        CHAT,
        &chat(json!({"model": "openai.gpt-oss-20b", "zzz": 1})),
    );
    assert_eq!(error["code"], "validation_error");
    let (_, error) = desk.refused(CHAT, &of("gpt-4o"));
    assert_eq!(error["code"], "model_not_found");
}

#[test]
fn gemini_signs_its_calls_and_wants_them_back() {
    let ask_with = |model: &str, messages: Value| {
        chat(
            json!({"model": model, "messages": messages, "tools": weather(), "tool_choice": "required"}),
        )
    };
    let question = json!({"role": "user", "content": "What is the weather in Oslo?"});
    let model = "gemini-3-flash-preview";
    let answer = ask(CHAT, &ask_with(model, json!([question])));
    let calls = answer["choices"][0]["message"]["tool_calls"].clone();
    assert!(calls[0]["extra_content"]["google"]["thought_signature"].is_string());
    assert!(calls[1].is_null() || calls[1].get("extra_content").is_none());
    let next = |model: &str, calls: &Value, name: Value| {
        let results = calls.as_array().unwrap().iter().map(|call| {
            json!({"role": "tool", "tool_call_id": call["id"], "name": name, "content": "mild"})
        });
        let mut messages = vec![
            question.clone(),
            json!({"role": "assistant", "content": null, "tool_calls": calls}),
        ];
        messages.extend(results);
        let mut body = ask_with(model, messages.into());
        body.as_object_mut().unwrap().shift_remove("tool_choice");
        body
    };
    let name = calls[0]["function"]["name"].clone();
    ask(CHAT, &next(model, &calls, name.clone()));
    let said = |body: &Value| {
        let (status, answer) = Desk::default().body(&http::Method::POST, CHAT, body);
        assert_eq!(status, 400, "{answer}");
        answer[0]["error"]["message"].as_str().unwrap().to_owned()
    };
    let (mut bare, mut other) = (calls.clone(), calls.clone());
    bare[0]
        .as_object_mut()
        .unwrap()
        .shift_remove("extra_content");
    assert!(said(&next(model, &bare, name.clone())).contains("missing a thought_signature"));
    ask(CHAT, &next("gemini-2.5-flash", &bare, name.clone()));
    other[0]["function"]["arguments"] = "{\"city\":\"Rome\"}".into();
    assert!(said(&next(model, &other, name.clone())).contains("Corrupted"));
    let signature = &mut other[0]["extra_content"]["google"]["thought_signature"];
    *signature = "skip_thought_signature_validator".into();
    ask(CHAT, &next(model, &other, name.clone()));
    assert!(said(&next(model, &calls, Value::Null)).contains("Name cannot be empty"));
    // Nobody else knows the member.
    let (_, error) = refused(CHAT, &next("gpt-4o", &calls, name));
    assert_eq!(error["param"], "messages[1].tool_calls[0].extra_content");
}

#[test]
fn gemini_says_stop_in_streams_and_hides_what_it_thinks() {
    let body = |more: Value| {
        let mut body = chat(json!({"model": "gemini-2.5-flash", "stream": true}));
        for (name, value) in more.as_object().unwrap() {
            body[name] = value.clone();
        }
        let events = Desk::default().events(CHAT, &body);
        let chunks: Vec<Value> = events.iter().filter_map(|event| data(event)).collect();
        chunks
    };
    let called = body(json!({"tools": weather(), "tool_choice": "required"}));
    let ended = called.last().unwrap();
    assert_eq!(ended["choices"][0]["finish_reason"], "stop");
    let silent = joined(&body(json!({})), "content");
    assert!(!silent.contains("thought>"), "{silent}");
    let told = json!({"google": {"thinking_config": {"include_thoughts": true}}});
    let told = joined(&body(json!({"extra_body": told})), "content");
    assert!(told.starts_with("<thought>") && told.ends_with(&format!("</thought>{silent}")));
    let usage = ask(CHAT, &of("gemini-2.5-flash"))["usage"].take();
    let number = |name: &str| usage[name].as_u64().unwrap();
    assert!(number("total_tokens") > number("prompt_tokens") + number("completion_tokens"));
    for name in ["seed", "store", "zzz"] {
        let mut body = of("gemini-2.5-flash");
        body[name] = json!(1);
        let (status, answer) = Desk::default().body(&http::Method::POST, CHAT, &body);
        let message = answer[0]["error"]["message"].as_str().unwrap();
        assert_eq!(status, 400);
        assert!(
            message.contains(&format!("Unknown name \"{name}\"")),
            "{message}"
        );
    }
}
