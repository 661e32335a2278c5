//! Conversations that other models began, and one's own.

use reqllm_core::{
    Call, Citation, Message, Part, ReasoningPart, Role, TextPart, Tool, ToolCallPart,
    ToolResultPart, UnknownPart, user,
};
use serde_json::{Map, Value, json};

use super::super::speakers::{BEDROCK_MANTLE, OPENAI, XAI};
use super::{answer, codes, message, shaped, streamed, whole};

fn thought(text: &str, signature: Option<&str>) -> Part {
    let mut part = ReasoningPart::default();
    part.text = text.to_owned();
    part.signature = signature.map(str::to_owned);
    part.into()
}

fn said(parts: Vec<Part>) -> Message {
    Message::new(Role::Assistant, parts)
}

fn result(id: &str) -> Message {
    Message::new(Role::Tool, vec![ToolResultPart::new(id, "yes").into()])
}

fn tool() -> Tool {
    Tool::from_schema("f", json!({ "type": "object" }))
}

fn kinds(body: &Map<String, Value>) -> Vec<&str> {
    let items = body["input"].as_array().unwrap().iter();
    items.map(|item| item["type"].as_str().unwrap()).collect()
}

/// Source: OpenAI's guide "Reasoning models", "Encrypted reasoning items".
#[test]
fn ones_own_thoughts_go_back_in_front_of_what_they_led_to() {
    let summary = json!([{ "type": "summary_text", "text": "Rain?" }]);
    let first = whole(&answer(json!([
        { "id": "rs_1", "type": "reasoning", "encrypted_content": "gA:A=", "summary": summary },
        { "id": "fc_1", "type": "function_call", "call_id": "call_1", "name": "f", "arguments": "{}" },
        { "id": "rs_2", "type": "reasoning", "encrypted_content": "gB", "summary": [] },
        message("Wait."),
    ])))
    .unwrap();
    let mut call = Call::new([user("Rain?"), first.message, result("call_1")]);
    call.tools = vec![tool()];
    let (body, warnings) = shaped(&OPENAI, &call).unwrap();
    assert_eq!(codes(&warnings), [""; 0]);
    assert_eq!(
        body["input"],
        json!([
            { "type": "message", "role": "user", "content": [{ "type": "input_text", "text": "Rain?" }] },
            { "type": "reasoning", "id": "rs_1", "encrypted_content": "gA:A=", "summary": summary },
            { "type": "function_call", "call_id": "call_1", "name": "f", "arguments": "{}" },
            { "type": "reasoning", "id": "rs_2", "encrypted_content": "gB", "summary": [] },
            { "type": "message", "role": "assistant", "content": [{ "type": "output_text", "text": "Wait." }] },
            { "type": "function_call_output", "call_id": "call_1", "output": "yes" },
        ])
    );
}

#[test]
fn the_thoughts_of_others_are_left_out_with_a_warning() {
    let mut redacted = ReasoningPart::default();
    redacted.redacted = Some("EqoB".into());
    for foreign in [
        thought("of Claude", Some("EqoBCkgIARABGAIiQL")),
        thought("of nobody", None),
        thought("of Bedrock's door", Some("bedrock:rs_1:rsn_x")),
        thought("an id alone", Some("openai:rs_1:")),
        redacted.into(),
    ] {
        let answer = said(vec![foreign, Part::text("Hello")]);
        let call = Call::new([user("Hi"), answer, user("Bye")]);
        let (body, warnings) = shaped(&OPENAI, &call).unwrap();
        assert_eq!(kinds(&body), ["message"; 3]);
        assert_eq!(codes(&warnings), ["reasoning_dropped"]);
    }
    let own = thought("", Some("bedrock:rs_1:rsn_x"));
    let answer = said(vec![own, Part::text("Hello")]);
    let call = Call::new([user("Hi"), answer, user("Bye")]);
    let (body, _) = shaped(&BEDROCK_MANTLE, &call).unwrap();
    assert_eq!(body["input"][1]["encrypted_content"], "rsn_x");
}

/// An answer that was cut off while it thought.
#[test]
fn a_thought_that_led_to_nothing_does_not_go_back() {
    let cut_off = said(vec![
        Part::text("Well"),
        thought("hm", Some("openai:rs_1:gA")),
    ]);
    let call = Call::new([user("Hi"), cut_off, user("Go on")]);
    let (body, warnings) = shaped(&OPENAI, &call).unwrap();
    assert_eq!(kinds(&body), ["message"; 3]);
    assert_eq!(codes(&warnings), ["reasoning_dropped"]);
}

#[test]
fn ids_citations_and_blocks_of_others_do_no_harm() {
    let mut cited = TextPart::new("It rains.");
    let mut citation = Citation::default();
    citation.location = Some(json!({ "documentChar": { "documentIndex": 0 } }));
    cited.citations.push(citation);
    let block = json!({ "type": "server_tool_use", "id": "srv_1" });
    let id =
        "a call/of another provider, with an id longer than the sixty-four characters of OpenAI's";
    let call = |id: &str, n: u8| ToolCallPart::new(id, "f", json!({ "n": n })).into();
    let mut call = Call::new([
        user("Rain?"),
        said(vec![
            cited.into(),
            Part::Unknown(UnknownPart::new(block)),
            call(id, 0),
        ]),
        result(id),
        said(vec![call("call_0", 1)]),
        result("call_0"),
        // Bedrock's GPT-5.x begin at `call_0` in each answer.
        said(vec![call("call_0", 2)]),
        result("call_0"),
    ]);
    call.tools = vec![tool()];
    let (body, warnings) = shaped(&OPENAI, &call).unwrap();
    assert_eq!(codes(&warnings), ["citations_dropped", "block_dropped"]);
    let input = body["input"].as_array().unwrap().iter();
    let ids: Vec<&str> = input.filter_map(|item| item["call_id"].as_str()).collect();
    assert_eq!(ids.len(), 6);
    for pair in ids.chunks(2) {
        assert_eq!(pair[0], pair[1]);
        let legal = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
        assert!(pair[0].len() <= 64 && pair[0].chars().all(legal), "{ids:?}");
    }
    assert!(ids[2] == "call_0" && ids[4] != "call_0", "{ids:?}");
}

#[test]
fn a_text_goes_back_in_the_phase_that_it_was_said_in() {
    let message = |phase: &str, text: &str| {
        json!({ "type": "message", "id": "msg_1", "status": "completed", "role": "assistant", "phase": phase,
                "content": [{ "type": "output_text", "text": text, "annotations": [] }] })
    };
    let said = [
        message("commentary", "Looking."),
        message("final_answer", "Mild."),
    ];
    let whole = whole(&answer(json!(said))).unwrap();
    let mut events = Vec::new();
    for (at, item) in said.iter().enumerate() {
        let mut begun = item.clone();
        begun["content"] = json!([]);
        let text = &item["content"][0]["text"];
        events.extend([
            json!({ "type": "response.output_item.added", "output_index": at, "item": begun }),
            json!({ "type": "response.output_text.delta", "output_index": at, "content_index": 0, "delta": text }),
            json!({ "type": "response.output_item.done", "output_index": at, "item": item }),
        ]);
    }
    events.push(json!({ "type": "response.completed", "response": answer(json!(said)) }));
    let streamed = streamed(&events).unwrap();
    assert_eq!(streamed.message, whole.message);
    assert_eq!(
        serde_json::to_value(&whole.message.content).unwrap(),
        json!([
            { "type": "text", "text": "Looking.", "phase": "commentary" },
            { "type": "text", "text": "Mild.", "phase": "final_answer" },
        ])
    );
    let call = Call::new([user("Weather?"), whole.message, user("Thanks")]);
    let back = |phase: &str, text: &str| {
        json!({ "type": "message", "role": "assistant", "phase": phase,
                "content": [{ "type": "output_text", "text": text }] })
    };
    let (body, warnings) = shaped(&OPENAI, &call).unwrap();
    assert_eq!(body["input"][1], back("commentary", "Looking."));
    assert_eq!(body["input"][2], back("final_answer", "Mild."));
    assert_eq!(codes(&warnings), [""; 0]);
    // Who is not known to have the member does not get it, and the texts are one message.
    let (body, warnings) = shaped(&XAI, &call).unwrap();
    assert_eq!(
        body["input"][1],
        json!({ "type": "message", "role": "assistant", "content": [
            { "type": "output_text", "text": "Looking." },
            { "type": "output_text", "text": "Mild." } ] })
    );
    assert_eq!(codes(&warnings), ["phase_dropped"]);
}
