//! `generate --stream --json` prints events, one a line.

use serde_json::{Value, json};

use crate::common::{CLAUDE, Files, NOVA, Server, THINKING, keys, text_of};
use crate::response::{check_shape, weather};

/// The events of a stream that ends well: `start`, whatever happens, `finish` with the whole Response.
fn stream(server: &Server, args: &[&str]) -> (Vec<Value>, Value) {
    let all = ["generate", "--stream", "--json"].iter().chain(args);
    let out = server.reqllm(all.copied()).run();
    assert_eq!((out.status, out.stderr.as_str()), (Some(0), ""), "{out:?}");
    let mut events = out.events();
    assert_eq!(events.remove(0), json!({"type": "start"}));
    let mut finish = events.pop().unwrap();
    assert_eq!(keys(&finish), ["type", "response"]);
    assert_eq!(finish["type"], "finish");
    let response = finish["response"].take();
    check_shape(&response);
    for event in &events {
        let known: &[&str] = match event["type"].as_str().unwrap() {
            "text" => &["type", "index", "text"],
            "reasoning" => &["type", "index", "text", "signature", "redacted"],
            "tool_call_start" => &["type", "index", "id", "name"],
            "tool_call_arguments" => &["type", "index", "fragment"],
            "tool_call" => &["type", "index", "id", "name", "arguments"],
            "warning" => &["type", "code", "message"],
            other => panic!("{other}"),
        };
        assert!(keys(event).iter().all(|key| known.contains(key)), "{event}");
    }
    (events, response)
}

fn of_type<'a>(events: &'a [Value], kind: &str) -> Vec<&'a Value> {
    let found = events.iter().filter(|event| event["type"] == kind);
    found.collect()
}

fn joined(events: &[&Value], key: &str) -> String {
    let pieces = events.iter().filter_map(|event| event[key].as_str());
    pieces.collect()
}

#[test]
fn text_comes_in_pieces_that_join_to_the_text_of_the_response() {
    let server = Server::start();
    for (spec, path) in [
        (NOVA, "/converse-stream"),
        (CLAUDE, "/invoke-with-response-stream"),
    ] {
        let (events, response) = stream(&server, &[spec, "Hi there", "--max-tokens", "300"]);
        let texts = of_type(&events, "text");
        assert_eq!(texts.len(), events.len(), "{events:?}");
        assert!(texts.len() > 3, "{texts:?}");
        for text in &texts {
            assert_eq!(keys(text), ["type", "index", "text"]);
            assert_eq!(text["index"], 0);
        }
        assert_eq!(joined(&texts, "text"), text_of(&response));
        let request = server.requests().pop().unwrap();
        assert!(request.path.ends_with(path), "{request:?}");
    }
}

#[test]
fn streamed_and_whole_say_the_same() {
    let server = Server::start();
    for spec in [NOVA, CLAUDE] {
        let (_, mut streamed) = stream(&server, &[spec, "Hi", "--max-tokens", "300"]);
        let args = ["generate", "--json", spec, "Hi", "--max-tokens", "300"];
        let mut whole = server.reqllm(args).run().json();
        for response in [&mut streamed, &mut whole] {
            // Requests have ids of their own.
            response["id"].take();
            response["provider_metadata"].take();
        }
        assert_eq!(streamed, whole);
    }
}

#[test]
fn a_tool_call_starts_comes_in_fragments_and_is_then_given_whole() {
    let (server, files) = (Server::start(), Files::new());
    let tools = files.json("tools.json", &json!([weather()]));
    let (events, response) = stream(&server, &[NOVA, "get weather", "--tools", &tools]);
    let call = |name: &str| {
        let at = events.iter().position(|event| event["type"] == name);
        at.unwrap_or_else(|| panic!("no {name} in {events:?}"))
    };
    let (start, whole) = (call("tool_call_start"), call("tool_call"));
    assert!(start < call("tool_call_arguments"));
    let fragments = &events[start + 1..whole];
    let fragments: Vec<&Value> = fragments.iter().collect();
    assert!(fragments.len() > 1, "{events:?}");
    for fragment in &fragments {
        assert_eq!(keys(fragment), ["type", "index", "fragment"]);
        assert_eq!(fragment["index"], events[start]["index"]);
    }
    assert_eq!(keys(&events[start]), ["type", "index", "id", "name"]);
    assert_eq!(
        keys(&events[whole]),
        ["type", "index", "id", "name", "arguments"]
    );
    let arguments: Value = serde_json::from_str(&joined(&fragments, "fragment")).unwrap();
    assert_eq!(events[whole]["arguments"], arguments);
    assert_eq!(events[whole]["id"], events[start]["id"]);
    let part = response["message"]["content"].as_array().unwrap();
    let part = part.last().unwrap();
    for key in ["id", "name", "arguments"] {
        assert_eq!(part[key], events[whole][key]);
    }
    assert_eq!(response["finish_reason"], "tool_calls");
}

#[test]
fn two_tool_calls_have_two_indices() {
    let (server, files) = (Server::start(), Files::new());
    let clock = json!({"name": "get_time", "parameters": {"type": "object", "properties": {}}});
    let tools = files.json("tools.json", &json!([weather(), clock]));
    let args = [NOVA, "get weather and time", "--tools", &tools];
    let (events, response) = stream(&server, &args);
    let whole = of_type(&events, "tool_call");
    assert_eq!(whole.len(), 2, "{events:?}");
    assert_ne!(whole[0]["index"], whole[1]["index"]);
    assert_ne!(whole[0]["id"], whole[1]["id"]);
    assert_eq!(whole[1]["name"], "get_time");
    assert_eq!(whole[1]["arguments"], json!({}));
    let content = response["message"]["content"].as_array().unwrap();
    let calls = content.iter().filter(|part| part["type"] == "tool_call");
    assert_eq!(calls.count(), 2);
}

#[test]
fn reasoning_comes_before_the_text_and_ends_with_its_signature() {
    let server = Server::start();
    for converse in ["use_converse=true", "use_converse=false"] {
        let args = [CLAUDE, "Hi", "--max-tokens", "2000", "-o", THINKING, "-o"];
        let args: Vec<&str> = args.into_iter().chain([converse]).collect();
        let (events, response) = stream(&server, &args);
        let part = &response["message"]["content"][0];
        let reasoning = of_type(&events, "reasoning");
        assert!(reasoning.len() > 2, "{events:?}");
        assert_eq!(
            events[..reasoning.len()].iter().collect::<Vec<_>>(),
            reasoning
        );
        assert_eq!(joined(&reasoning, "text"), part["text"]);
        let last = reasoning.last().unwrap();
        assert_eq!(keys(last), ["type", "index", "signature"]);
        assert_eq!(last["signature"], part["signature"]);
        let texts = of_type(&events, "text");
        assert_eq!(joined(&texts, "text"), text_of(&response));
        assert_ne!(texts[0]["index"], reasoning[0]["index"]);
    }
}

#[test]
fn redacted_reasoning_is_an_event_with_what_only_its_maker_reads() {
    let server = Server::start();
    let args = [CLAUDE, "Hi [redacted]", "--max-tokens", "2000", "-o"];
    let args: Vec<&str> = args.into_iter().chain([THINKING]).collect();
    let (events, response) = stream(&server, &args);
    let reasoning = of_type(&events, "reasoning");
    assert_eq!(
        joined(&reasoning, "redacted"),
        response["message"]["content"][0]["redacted"]
    );
}

#[test]
fn a_warning_is_an_event_and_stands_in_the_response() {
    let server = Server::start();
    let spec = "bedrock:amazon.nova-of-tomorrow-v9:0";
    let (events, response) = stream(&server, &[spec, "Hi"]);
    let warnings = of_type(&events, "warning");
    assert_eq!(warnings.len(), 1, "{events:?}");
    assert_eq!(warnings[0]["code"], response["warnings"][0]["code"]);
    assert_eq!(warnings[0]["message"], response["warnings"][0]["message"]);
}
