//! Command R's bodies.

use super::*;
use reqllm_core::{
    DocumentPart, ErrorKind, Message, Role, Source, Tool, ToolCallPart, assistant, system,
    tool_result, user,
};

fn encoded(call: &Call, warnings: &mut Vec<Warning>) -> Result<Value> {
    encode(
        &Model::new("bedrock", "cohere.command-r-v1:0"),
        call,
        warnings,
    )
}

fn body(call: &Call) -> Value {
    encoded(call, &mut Vec::new()).unwrap()
}

fn asks(id: &str, arguments: Value) -> Part {
    Part::ToolCall(ToolCallPart::new(id, "f", arguments))
}

#[test]
fn the_last_message_is_the_question_and_the_others_are_history() {
    let mut call = Call::new(vec![
        system("Be brief."),
        user("Hi"),
        assistant(vec![Part::text("Hel"), Part::text("lo")]),
        user(vec![Part::text("One?"), Part::text("Two?")]),
    ]);
    call.settings.max_tokens = Some(9);
    call.settings.temperature = Some(0.5);
    call.settings.top_p = Some(0.25);
    call.settings.top_k = Some(7);
    call.settings.seed = Some(11);
    call.settings.stop = vec!["|".into()];
    assert_eq!(
        body(&call).to_string(),
        concat!(
            r#"{"message":"One?\n\nTwo?","chat_history":[{"role":"USER","message":"Hi"},{"role":"CHATBOT","message":"Hello"}],"#,
            r#""preamble":"Be brief.","max_tokens":9,"temperature":0.5,"p":0.25,"k":7,"seed":11,"stop_sequences":["|"]}"#
        )
    );
    assert_eq!(body(&Call::new("Hi")), json!({"message": "Hi"}));
}

#[test]
fn documents_of_text_go_beside_the_question() {
    let document = |media_type: &str, text: &'static str, name: Option<&str>| {
        let mut part = DocumentPart::new(media_type, Source::Data(text.into()));
        part.name = name.map(str::to_owned);
        Part::Document(part)
    };
    let call = Call::new(user(vec![
        document("text/plain", "Tall.", Some("Penguins")),
        document("text/csv", "a,b", None),
        Part::text("How tall?"),
    ]));
    assert_eq!(
        body(&call)["documents"],
        json!([{"title": "Penguins", "snippet": "Tall."}, {"snippet": "a,b"}])
    );
    let pdf = Call::new(user(vec![
        document("application/pdf", "x", None),
        Part::text("?"),
    ]));
    let error = encoded(&pdf, &mut Vec::new()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unsupported);
    assert!(error.to_string().contains("pdf"), "{error}");
    let silent = Call::new(user(vec![document("text/plain", "x", None)]));
    let error = encoded(&silent, &mut Vec::new()).unwrap_err();
    assert!(error.to_string().contains("messages[0]"), "{error}");
}

#[test]
fn what_tools_gave_stands_beside_the_message_that_asked() {
    let mut call = Call::new(vec![
        user("Weather?"),
        assistant(vec![
            Part::text("I look."),
            asks("a", json!({"city": "Lyon"})),
            asks("b", json!("bro")),
        ]),
        Message::new(
            Role::Tool,
            vec![
                Part::ToolResult(ToolResultPart::new("b", "no such city").failed()),
                Part::ToolResult(ToolResultPart::new("a", json!({"t": 21}))),
            ],
        ),
        assistant(asks("a", json!({"city": "Nice"}))),
        tool_result("a", json!([{"t": 25}, {"t": 26}])),
    ]);
    call.tools = vec![Tool::from_schema("f", json!({"type": "object"}))];
    let mut warnings = Vec::new();
    let body = encoded(&call, &mut warnings).unwrap();
    assert_eq!(body["message"], "Weather?");
    assert_eq!(body["chat_history"], Value::Null);
    assert_eq!(
        body["tool_results"],
        json!([
            {"call": {"name": "f", "parameters": {"invalid_arguments": "bro"}},
             "outputs": [{"text": "no such city", "is_error": true}]},
            {"call": {"name": "f", "parameters": {"city": "Lyon"}}, "outputs": [{"t": 21}]},
            {"call": {"name": "f", "parameters": {"city": "Nice"}}, "outputs": [{"t": 25}, {"t": 26}]},
        ])
    );
    assert_eq!(warnings.len(), 1);
    assert_eq!(warnings[0].code, "text_beside_tool_calls_dropped");
}

#[test]
fn tools_that_the_user_has_spoken_after_have_no_place() {
    let mut call = Call::new(vec![
        user("Weather?"),
        assistant(vec![Part::text("I look."), asks("a", json!({}))]),
        tool_result("a", "21"),
        assistant("It is 21 °C."),
        user("Thanks."),
    ]);
    let error = encoded(&call, &mut Vec::new()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unsupported);
    call.lossy = true;
    let mut warnings = Vec::new();
    let body = encoded(&call, &mut warnings).unwrap();
    assert_eq!(body["message"], "Thanks.");
    assert_eq!(body["tool_results"], Value::Null);
    assert_eq!(
        body["chat_history"],
        json!([
            {"role": "USER", "message": "Weather?"},
            {"role": "CHATBOT", "message": "I look."},
            {"role": "CHATBOT", "message": "It is 21 °C."},
        ])
    );
    assert_eq!(warnings[0].code, "unsupported");
}

#[test]
fn conversations_that_do_not_hold_together_are_refused_by_their_place() {
    for (messages, word) in [
        (
            vec![user("x"), tool_result("t", "y")],
            "messages[1].content[0]",
        ),
        (
            vec![
                user("x"),
                assistant(vec![asks("a", json!({})), asks("b", json!({}))]),
                tool_result("a", "y"),
            ],
            "messages[1].content[1]",
        ),
        (vec![user("x"), assistant("y")], "ends with the assistant"),
        (vec![user(" ")], "messages[0]"),
        (vec![system("x")], "no message of the user"),
    ] {
        let error = encoded(&Call::new(messages), &mut Vec::new()).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidRequest);
        assert!(error.to_string().contains(word), "{error}");
    }
}

#[test]
fn outputs_are_objects_whatever_the_tool_gave() {
    let outputs = |content: ToolContent| {
        let call = Call::new(vec![
            user("x"),
            assistant(asks("a", json!({}))),
            tool_result("a", content),
        ]);
        body(&call)["tool_results"][0]["outputs"].clone()
    };
    assert_eq!(outputs("21".into()), json!([{"text": "21"}]));
    assert_eq!(outputs(json!(21).into()), json!([{"result": 21}]));
    assert_eq!(outputs(json!([]).into()), json!([{"result": []}]));
    assert_eq!(
        outputs(vec![Part::text("a"), Part::text("b")].into()),
        json!([{"text": "a"}, {"text": "b"}])
    );
}

#[test]
fn pictures_have_no_place() {
    let image = Part::image("image/png", Source::Data("x".into()));
    let call = Call::new(user(vec![Part::text("?"), image]));
    let error = encoded(&call, &mut Vec::new()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unsupported);
}
