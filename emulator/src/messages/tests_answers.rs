//! What is answered.

use super::*;

#[test]
fn an_answer_is_a_message_of_the_model_by_its_own_id() {
    let answer = ask(&body(json!({"system": "Be brief."})));
    assert_eq!(answer["model"], "claude-sonnet-4-5-20250929");
    let id = answer["id"].as_str().unwrap();
    assert!(id.starts_with("msg_01") && id.len() == 28, "{id}");
    assert_eq!(answer["stop_details"], Value::Null);
    assert_eq!(answer["usage"]["service_tier"], "standard");
    assert_eq!(answer["usage"]["input_tokens"], 3);
    let elsewhere = ask(&of_model("MiniMax-M3", json!({"made_up": 1})));
    assert_eq!(elsewhere["model"], "MiniMax-M3");
    // Nobody has heard of it: it takes what any Claude takes, and what none takes it does not.
    let plain = of_model(
        "claude-9",
        json!({"thinking": {"type": "adaptive"}, "temperature": 1}),
    );
    assert_eq!(ask(&plain)["model"], "claude-9");
    let (status, message) = refused(PATH, &[], &of_model("claude-9", json!({"made_up": 1})));
    assert_eq!(
        (status, message.as_str()),
        (400, "made_up: Extra inputs are not permitted")
    );
}

#[test]
fn a_stream_says_the_same_as_a_whole_answer() {
    let question = body(json!({
        "tools": [tool(json!({}))], "thinking": {"type": "enabled", "budget_tokens": 1024},
        "messages": [user(json!("get weather"))],
    }));
    let whole = ask(&question);
    let events = events(&question);
    let names: Vec<&str> = events.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names[..3], ["message_start", "content_block_start", "ping"]);
    assert_eq!(names[names.len() - 2..], ["message_delta", "message_stop"]);
    assert!(events.iter().all(|(name, data)| data["type"] == *name));
    let deltas = |kind: &str, member: &str| -> String {
        let deltas = events.iter().map(|(_, data)| &data["delta"]);
        let said = deltas.filter(|delta| delta["type"] == kind);
        said.map(|delta| delta[member].as_str().unwrap()).collect()
    };
    assert_eq!(
        whole["content"][0]["thinking"],
        deltas("thinking_delta", "thinking")
    );
    assert_eq!(
        whole["content"][0]["signature"],
        deltas("signature_delta", "signature")
    );
    assert_eq!(whole["content"][1]["text"], deltas("text_delta", "text"));
    let input: Value = serde_json::from_str(&deltas("input_json_delta", "partial_json")).unwrap();
    assert_eq!(whole["content"][2]["input"], input);
    let id = whole["content"][2]["id"].as_str().unwrap();
    assert!(id.starts_with("toolu_01"), "{id}");
    let (_, last) = &events[events.len() - 2];
    assert_eq!(last["delta"]["stop_reason"], "tool_use");
    for count in ["input_tokens", "output_tokens", "output_tokens_details"] {
        assert_eq!(last["usage"][count], whole["usage"][count], "{count}");
    }
}

#[test]
fn thinking_may_be_left_out_but_for_its_signature() {
    let question = |display: Value| {
        of_model(
            "claude-opus-4-8",
            json!({"thinking": with(&json!({"type": "adaptive"}), &json!({"display": display}))}),
        )
    };
    let omitted = ask(&question(Value::Null));
    assert_eq!(omitted["content"][0]["thinking"], "");
    let shown = ask(&question(json!("summarized")));
    assert!(!shown["content"][0]["thinking"].as_str().unwrap().is_empty());
    let thought =
        |answer: &Value| answer["usage"]["output_tokens_details"]["thinking_tokens"].clone();
    assert!(thought(&omitted).as_u64().unwrap() > 0);
    for answer in [omitted, shown] {
        let replayed = json!([
            user(json!("hi")), {"role": "assistant", "content": answer["content"]}, user(json!("and?")),
        ]);
        ask(&of_model("claude-opus-4-8", json!({"messages": replayed})));
    }
}

#[test]
fn one_call_comes_where_parallel_ones_are_switched_off() {
    let question = |parallel: bool| {
        body(json!({
            "tools": [tool(json!({"name": "red"})), tool(json!({"name": "blue"}))],
            "tool_choice": {"type": "any", "disable_parallel_tool_use": !parallel},
            "messages": [user(json!("red and blue"))],
        }))
    };
    let calls = |answer: &Value| answer["content"].as_array().unwrap().len();
    assert_eq!(calls(&ask(&question(true))), 2);
    assert_eq!(calls(&ask(&question(false))), 1);
}

#[test]
fn the_last_block_is_cached_where_the_request_says_so() {
    let cache = Mutex::default();
    let usage = |ttl: &str| {
        let question = body(json!({
            "cache_control": {"type": "ephemeral", "ttl": ttl}, "messages": [user(json!("one two three"))],
        }));
        read(send_with(&cache, "POST", PATH, &[], &question).unwrap())["usage"].clone()
    };
    let first = usage("1h");
    assert_eq!(first["cache_creation"]["ephemeral_1h_input_tokens"], 3);
    assert_eq!(first["input_tokens"], 0);
    assert_eq!(usage("1h")["cache_read_input_tokens"], 3);
}

#[test]
fn documents_of_blocks_are_cited_by_blocks() {
    let document = json!({
        "type": "document", "title": "List", "citations": {"enabled": true},
        "source": {"type": "content", "content": [{"type": "text", "text": "First line"}]},
    });
    let question = json!([{"type": "text", "text": "What is first?"}, document]);
    let answer = ask(&body(json!({"messages": [user(question)]})));
    let citation = &answer["content"][1]["citations"][0];
    assert_eq!(citation["type"], "content_block_location");
    assert_eq!(citation["cited_text"], "First line");
    assert_eq!(
        (&citation["start_block_index"], &citation["end_block_index"]),
        (&json!(0), &json!(1))
    );
}

#[test]
fn addresses_are_looked_at_without_being_fetched() {
    let image = json!([
        {"type": "text", "text": "What is it?"},
        {"type": "image", "source": {"type": "url", "url": "https://example.com/cat.png"}},
    ]);
    let answer = ask(&body(json!({"messages": [user(image)]})));
    let text = answer["content"][0]["text"].as_str().unwrap();
    assert!(
        text.contains("image (at https://example.com/cat.png)"),
        "{text}"
    );
}

#[test]
fn nothing_is_said_where_no_token_is_allowed() {
    let answer = ask(&body(json!({"max_tokens": 0})));
    assert_eq!(answer["content"], json!([]));
    assert_eq!(answer["stop_reason"], "max_tokens");
    assert_eq!(answer["usage"]["output_tokens"], 0);
}

#[test]
fn tokens_are_counted_as_they_are_in_an_answer() {
    let path = "/v1/messages/count_tokens";
    let asked = json!({"max_tokens": null, "system": "Be brief.", "tools": [tool(json!({}))]});
    let counted = read(send(path, &[], &body(asked.clone())).unwrap());
    let answer = ask(&with(&body(asked), &json!({"max_tokens": 100})));
    assert_eq!(counted["input_tokens"], answer["usage"]["input_tokens"]);
}

#[test]
fn betas_bring_members_that_the_answer_shows() {
    let question = body(json!({"context_management": {"edits": []}, "speed": "fast"}));
    let betas = [(
        "anthropic-beta",
        "context-management-2025-06-27, fast-mode-2026-02-01",
    )];
    let answer = read(send(PATH, &betas, &question).unwrap());
    assert_eq!(answer["context_management"], json!({"applied_edits": []}));
    assert_eq!(answer["usage"]["speed"], "fast");
    let thinks = body(json!({
        "max_tokens": 1500, "thinking": {"type": "enabled", "budget_tokens": 4000},
    }));
    let betas = [("anthropic-beta", "interleaved-thinking-2025-05-14")];
    assert!(send(PATH, &betas, &thinks).is_ok());
    assert!(send(PATH, &[], &thinks).is_err());
}

#[test]
fn models_are_listed_by_pages() {
    let get = |path: &str| send_with(&Mutex::default(), "GET", path, &[], &json!({})).map(read);
    let first = get("/v1/models?limit=2").unwrap();
    assert_eq!(first["data"].as_array().unwrap().len(), 2);
    assert_eq!(first["has_more"], true);
    let last = first["last_id"].as_str().unwrap();
    let rest = get(&format!("/v1/models?limit=1000&after_id={last}")).unwrap();
    assert_eq!(rest["has_more"], false);
    let before = get(&format!("/v1/models?limit=2&before_id={last}")).unwrap();
    assert_eq!(before["data"], json!([first["data"][0]]));
    let one = get("/v1/models/claude-haiku-4-5").unwrap();
    assert_eq!(one["id"], "claude-haiku-4-5-20251001");
    assert_eq!(one["max_tokens"], 64_000);
    for (path, status) in [
        ("/v1/models/gpt-4o", 404),
        ("/v1/models?limit=0", 400),
        ("/v1/models?limit=x", 400),
        ("/v1/models?after_id=gpt-4o", 400),
        (
            "/v1/models?after_id=claude-opus-5&before_id=claude-opus-5",
            400,
        ),
    ] {
        assert_eq!(get(path).unwrap_err().status.as_u16(), status, "{path}");
    }
}
