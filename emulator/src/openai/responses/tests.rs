use http::Method;
use serde_json::{Value, json};

use crate::openai::testing::{Desk, ask, data, refused};

const RESPONSES: &str = "/v1/responses";

fn request(extra: Value) -> Value {
    let mut body = json!({"model": "gpt-4o", "input": "Hello there"});
    for (name, value) in extra.as_object().unwrap() {
        body[name] = value.clone();
    }
    body
}

fn weather() -> Value {
    json!([{"type": "function", "name": "get_weather", "strict": true, "parameters": {
        "type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"], "additionalProperties": false}}])
}

fn text_of(response: &Value) -> String {
    let items = response["output"].as_array().unwrap();
    let message = items.iter().find(|item| item["type"] == "message").unwrap();
    message["content"][0]["text"].as_str().unwrap().to_owned()
}

#[test]
fn a_response_has_what_openai_says_it_has() {
    let response = ask(
        RESPONSES,
        &request(json!({"instructions": "Be brief", "metadata": {"a": "b"}})),
    );
    assert_eq!(
        (&response["object"], &response["status"]),
        (&json!("response"), &json!("completed"))
    );
    assert!(text_of(&response).contains("Be brief"));
    assert_eq!(response["metadata"]["a"], "b");
    assert_eq!(response["usage"]["input_tokens"], 4);
    assert_eq!(
        response["usage"]["output_tokens_details"]["reasoning_tokens"],
        0
    );
    assert_eq!(response["reasoning"]["effort"], Value::Null);
}

#[test]
fn a_stream_has_numbered_events_that_add_up() {
    let body = request(json!({"model": "gpt-5", "reasoning": {"summary": "auto"}, "stream": true}));
    let events = Desk::default().events(RESPONSES, &body);
    let mut names = Vec::new();
    let (mut text, mut summary) = (String::new(), String::new());
    for (number, event) in events.iter().enumerate() {
        let data = data(event).unwrap();
        let name = data["type"].as_str().unwrap().to_owned();
        assert!(event.starts_with(&format!("event: {name}\n")));
        assert_eq!(data["sequence_number"], number);
        match name.as_str() {
            "response.output_text.delta" => text += data["delta"].as_str().unwrap(),
            "response.reasoning_summary_text.delta" => summary += data["delta"].as_str().unwrap(),
            _ => {}
        }
        if names.last() != Some(&name) {
            names.push(name);
        }
    }
    assert_eq!(
        names,
        [
            "response.created",
            "response.in_progress",
            "response.output_item.added",
            "response.reasoning_summary_part.added",
            "response.reasoning_summary_text.delta",
            "response.reasoning_summary_text.done",
            "response.reasoning_summary_part.done",
            "response.output_item.done",
            "response.output_item.added",
            "response.content_part.added",
            "response.output_text.delta",
            "response.output_text.done",
            "response.content_part.done",
            "response.output_item.done",
            "response.completed",
        ]
    );
    let last = data(events.last().unwrap()).unwrap();
    assert_eq!(text, text_of(&last["response"]));
    assert_eq!(
        summary,
        last["response"]["output"][0]["summary"][0]["text"]
            .as_str()
            .unwrap()
    );
    assert!(
        last["response"]["usage"]["output_tokens_details"]["reasoning_tokens"].as_u64() > Some(0)
    );
}

#[test]
fn calls_are_made_streamed_and_answered() {
    let extra = json!({"tools": weather(), "input": "Get the weather in Rome"});
    let response = ask(RESPONSES, &request(extra.clone()));
    let call = response["output"]
        .as_array()
        .unwrap()
        .last()
        .unwrap()
        .clone();
    assert_eq!(call["type"], "function_call");
    let mut streamed = request(extra.clone());
    streamed["stream"] = true.into();
    let events = Desk::default().events(RESPONSES, &streamed);
    let arguments: String = events
        .iter()
        .filter_map(|event| data(event))
        .filter(|event| event["type"] == "response.function_call_arguments.delta")
        .map(|event| event["delta"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(arguments, call["arguments"].as_str().unwrap());

    let mut body = request(extra);
    let id = &call["call_id"];
    body["input"] = json!([
        {"role": "user", "content": "Get the weather in Rome"}, call,
        {"type": "function_call_output", "call_id": id, "output": "sunny"},
    ]);
    assert!(text_of(&ask(RESPONSES, &body)).contains("get_weather returned: sunny"));
    body["input"].as_array_mut().unwrap().remove(1);
    let (_, error) = refused(RESPONSES, &body);
    assert!(
        error["message"]
            .as_str()
            .unwrap()
            .starts_with("No tool call found")
    );
    body["input"] = json!([{"role": "user", "content": "x"}, call]);
    let (_, error) = refused(RESPONSES, &body);
    assert!(
        error["message"]
            .as_str()
            .unwrap()
            .starts_with("No tool output found")
    );
}

#[test]
fn what_is_stored_is_gone_on_from() {
    let desk = Desk::default();
    let first = desk.ask(
        RESPONSES,
        &request(json!({"tools": weather(), "input": "Get the weather in Rome"})),
    );
    let id = first["id"].as_str().unwrap();
    let call = first["output"].as_array().unwrap().last().unwrap();
    let output =
        json!([{"type": "function_call_output", "call_id": call["call_id"], "output": "rain"}]);
    let next = json!({"previous_response_id": id, "input": output});
    assert!(text_of(&desk.ask(RESPONSES, &request(next.clone()))).contains("rain"));
    let path = format!("{RESPONSES}/{id}");
    assert_eq!(desk.body(&Method::GET, &path, &Value::Null).1, first);
    assert_eq!(
        desk.body(&Method::DELETE, &path, &Value::Null).1["deleted"],
        true
    );
    assert_eq!(desk.body(&Method::GET, &path, &Value::Null).0, 404);
    let (_, error) = desk.refused(RESPONSES, &request(next));
    assert_eq!(error["code"], "previous_response_not_found");
    let fleeting = desk.ask(RESPONSES, &request(json!({"store": false})));
    let path = format!("{RESPONSES}/{}", fleeting["id"].as_str().unwrap());
    assert_eq!(desk.body(&Method::GET, &path, &Value::Null).0, 404);
}

#[test]
fn encrypted_reasoning_comes_back_as_it_was() {
    let desk = Desk::default();
    let thinking = json!({"model": "gpt-5", "store": false, "include": ["reasoning.encrypted_content"],
        "tools": weather(), "input": "Get the weather in Rome"});
    let response = desk.ask(RESPONSES, &request(thinking.clone()));
    let output = response["output"].as_array().unwrap().clone();
    assert_eq!(output[0]["type"], "reasoning");
    let call = output.last().unwrap();
    let mut input = vec![json!({"role": "user", "content": "Get the weather in Rome"})];
    input.extend(output.clone());
    input
        .push(json!({"type": "function_call_output", "call_id": call["call_id"], "output": "fog"}));
    let mut body = request(thinking);
    body["input"] = input.into();
    assert!(text_of(&desk.ask(RESPONSES, &body)).contains("fog"));

    let mut other = body.clone();
    other["input"][1]["id"] = "rs_other".into();
    assert_eq!(
        desk.refused(RESPONSES, &other).1["code"],
        "invalid_encrypted_content"
    );
    let mut bare = body.clone();
    bare["input"][1]
        .as_object_mut()
        .unwrap()
        .remove("encrypted_content");
    let (status, error) = desk.refused(RESPONSES, &bare);
    assert_eq!(status, 404);
    assert!(error["message"].as_str().unwrap().contains("not persisted"));
    let mut plain = body.clone();
    plain["model"] = "gpt-4o".into();
    plain.as_object_mut().unwrap().remove("include");
    assert!(
        desk.refused(RESPONSES, &plain).1["message"]
            .as_str()
            .unwrap()
            .contains("Reasoning input items")
    );
    let mut alone = body.clone();
    alone["input"].as_array_mut().unwrap().truncate(2);
    assert!(
        desk.refused(RESPONSES, &alone).1["message"]
            .as_str()
            .unwrap()
            .contains("required following item")
    );
}

#[test]
fn formats_and_limits_hold() {
    let schema = weather()[0]["parameters"].clone();
    let format = json!({"type": "json_schema", "name": "City", "schema": schema, "strict": true});
    let response = ask(RESPONSES, &request(json!({"text": {"format": format}})));
    let parsed: Value = serde_json::from_str(&text_of(&response)).unwrap();
    assert!(parsed["city"].is_string());
    let cut = ask(RESPONSES, &request(json!({"max_output_tokens": 16})));
    assert_eq!(cut["status"], "incomplete");
    assert_eq!(cut["incomplete_details"]["reason"], "max_output_tokens");
    let streamed = request(json!({"max_output_tokens": 16, "stream": true}));
    let events = Desk::default().events(RESPONSES, &streamed);
    assert!(
        events
            .last()
            .unwrap()
            .starts_with("event: response.incomplete\n")
    );
    let refusal = ask(RESPONSES, &request(json!({"input": "refuseme"})));
    assert_eq!(refusal["output"][0]["content"][0]["type"], "refusal");
}

#[test]
fn what_is_not_taken_is_refused_by_name() {
    let image = json!([{"role": "assistant", "content": [{"type": "input_text", "text": "x"}]}]);
    for (extra, param, code) in [
        (json!({"zzz": 1}), "zzz", "unknown_parameter"),
        (json!({"max_tokens": 5}), "max_tokens", "unknown_parameter"),
        (json!({"messages": []}), "messages", "unknown_parameter"),
        (
            json!({"max_output_tokens": 15}),
            "max_output_tokens",
            "integer_below_min_value",
        ),
        (
            json!({"reasoning": {"effort": "low"}}),
            "reasoning.effort",
            "unsupported_parameter",
        ),
        (
            json!({"model": "gpt-5", "reasoning": {"effort": "max"}}),
            "reasoning.effort",
            "unsupported_value",
        ),
        (
            json!({"model": "gpt-5", "temperature": 0.1}),
            "temperature",
            "unsupported_parameter",
        ),
        (
            json!({"background": true}),
            "background",
            "unsupported_parameter",
        ),
        (
            json!({"include": ["nothing"]}),
            "include[0]",
            "invalid_value",
        ),
        (
            json!({"input": image}),
            "input[0].content[0]",
            "invalid_value",
        ),
        (
            json!({"input": [{"type": "web_search_call"}]}),
            "input[0]",
            "invalid_value",
        ),
        (
            json!({"tools": [{"type": "web_search"}]}),
            "tools[0]",
            "invalid_value",
        ),
        (
            json!({"tools": [{"type": "function", "function": {"name": "x"}}]}),
            "tools[0].function",
            "unknown_parameter",
        ),
        (
            json!({"input": null}),
            "input",
            "missing_required_parameter",
        ),
    ] {
        let (status, error) = refused(RESPONSES, &request(extra.clone()));
        assert_eq!(
            (status, &error["code"]),
            (400, &json!(code)),
            "{extra} {error}"
        );
        assert_eq!(error["param"], param, "{extra}");
    }
    let mut open = weather();
    open[0]["parameters"]["additionalProperties"] = true.into();
    let (_, error) = refused(RESPONSES, &request(json!({"tools": open})));
    assert_eq!(error["code"], "invalid_function_parameters");
}

#[test]
fn mantle_has_manners_of_its_own() {
    let desk = Desk::bedrock();
    let path = "/openai/v1/responses";
    let body = request(
        json!({"model": "openai.gpt-5.6-luna", "tools": weather(), "input": "Get the weather",
        "include": ["reasoning.encrypted_content"], "stream": true}),
    );
    let events = desk.events(path, &body);
    assert!(
        events[0].starts_with("data: {") && events[0].ends_with("\nevent: response.created\n\n")
    );
    let last = data(events.last().unwrap()).unwrap();
    let output = last["response"]["output"].as_array().unwrap();
    let call = output.last().unwrap();
    assert_eq!(call["call_id"], format!("call_{}", output.len() - 1));
    assert!(output[0]["encrypted_content"].is_string());
    let aloud = desk.ask(RESPONSES, &request(json!({"model": "openai.gpt-oss-120b"})));
    assert_eq!(aloud["output"][0]["content"][0]["type"], "reasoning_text");
    let image = |url: &str| {
        let content =
            json!([{"type": "input_text", "text": "x"}, {"type": "input_image", "image_url": url}]);
        request(json!({"model": "openai.gpt-5.5", "input": [{"role": "user", "content": content}]}))
    };
    desk.ask(path, &image("s3://bucket/key.png"));
    let (_, error) = desk.refused(path, &image("https://example.com/a.png"));
    assert!(error["message"].as_str().unwrap().contains("'s3://'"));
}
