//! Objects: found, held to their schema, asked for again.

use reqllm::schemars::{self, JsonSchema};
use reqllm::{Delivery, ErrorKind, FinishReason, Json, ObjectForm, ObjectSchema, Stopped, Tool};
use reqllm_emulator::Emulator;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::common;
use crate::script::{Script, break_off, refuse, stop, text, tool};

/// Somebody
#[derive(Debug, PartialEq, Deserialize, JsonSchema)]
pub(crate) struct Person {
    name: String,
    age: u8,
}

pub(crate) fn john() -> Person {
    Person {
        name: "John".to_owned(),
        age: 42,
    }
}

pub(crate) fn says(words: &str) -> Vec<Value> {
    vec![text(words), stop(FinishReason::Stop)]
}

pub(crate) fn person_schema() -> ObjectSchema {
    ObjectSchema::of::<Person>()
}

pub(crate) const JOHN: &str = r#"{"name": "John", "age": 42}"#;

#[tokio::test]
async fn an_object_becomes_a_value_in_every_form() {
    let fenced = format!("Here it is:\n```json\n{JOHN}\n```");
    let forms = [
        (ObjectForm::Native, says(JOHN)),
        (ObjectForm::Instructions, says(&fenced)),
        (
            ObjectForm::Tool("Person".to_owned()),
            vec![
                tool("1", "Person", json!(JOHN)),
                stop(FinishReason::ToolCalls),
            ],
        ),
    ];
    for (form, turn) in forms {
        let word = form.as_str();
        let script = Script::start([turn]).await.form(form);
        let object = script.model().chat("John is 42.").object::<Person>();
        let object = object.response().await.unwrap();
        assert_eq!(object.value, john());
        let response = object.response;
        assert_eq!(response.object, Some(json!({"name": "John", "age": 42})));
        assert_eq!(response.finish_reason, FinishReason::Stop);
        assert_eq!(response.provider_metadata["object_form"], word);
        assert!(response.warnings.is_empty(), "{:?}", response.warnings);
        let sent = &script.requests()[0]["object"];
        assert_eq!(
            (&sent["name"], &sent["description"]),
            (&json!("Person"), &json!("Somebody"))
        );
    }
}

#[tokio::test]
async fn objects_go_the_whole_road_to_bedrock() {
    let emulator = Emulator::start().await.unwrap();
    let client = common::client(&emulator);
    for spec in [
        common::CLAUDE,
        common::GPT_OSS,
        "bedrock:amazon.nova-lite-v1:0",
    ] {
        let model = client.model(spec).unwrap();
        let call = || model.chat("John is 42.").object::<Person>();
        let whole = call().response().await.unwrap();
        let mut stream = call().stream().await.unwrap();
        let mut last = None;
        while let Some(value) = stream.try_next().await.unwrap() {
            last = Some(value);
        }
        assert_eq!(last, whole.response.object, "{spec}");
        assert_eq!(stream.finish().await.unwrap().value, whole.value, "{spec}");
    }
}

#[tokio::test]
async fn a_value_is_awaited_as_such_and_a_schema_gives_json() {
    let script = Script::start([says(JOHN), says(JOHN), says(JOHN)]).await;
    let model = script.model();
    let person: Person = model.chat("John is 42.").object().await.unwrap();
    assert_eq!(person, john());
    let value = model
        .chat("John")
        .object_schema(person_schema())
        .await
        .unwrap();
    assert_eq!(value["age"], 42);
    let response = model.chat("John").schema(person_schema()).await.unwrap();
    assert_eq!(response.object, Some(value));
}

#[tokio::test]
async fn an_answer_that_does_not_do_is_asked_for_once_more() {
    for (wrong, why) in [
        ("I would rather not.", "no JSON object"),
        (r#"{"name": "John"}"#, "required"),
        (r#"{"name": "John", "age": "forty-two"}"#, "/age"),
        (r#"{"name": "John", "age": 1000}"#, "/age"),
    ] {
        let script = Script::start([says(wrong), says(JOHN)]).await;
        let object = script.model().chat("John is 42.").object::<Person>();
        let object = object.response().await.unwrap();
        assert_eq!(object.value, john());
        let codes: Vec<&str> = object
            .response
            .warnings
            .iter()
            .map(|it| it.code.as_str())
            .collect();
        assert_eq!(codes, ["object_repaired"], "{wrong}");
        let warning = &object.response.warnings[0].message;
        assert!(warning.contains(why), "{warning}");
        assert!(
            !warning.contains("forty-two"),
            "values are not shown: {warning}"
        );
        assert_eq!(object.response.usage.total_tokens, Some(30));
        let cost = object.response.cost.unwrap().total.normalize();
        assert_eq!(cost.to_string(), "0.00004");
        let sent = &script.requests()[1]["messages"];
        assert_eq!(sent.as_array().unwrap().len(), 3, "{sent}");
        assert_eq!(sent[1]["content"][0]["text"], wrong);
        let told = sent[2]["content"][0]["text"].as_str().unwrap();
        assert!(told.contains(why), "{told}");
    }
}

#[tokio::test]
async fn twice_wrong_is_an_error_with_the_answer() {
    let wrong = r#"{"name": "John", "age": "forty-two"}"#;
    let script = Script::start([says("No."), says(wrong)]).await;
    let error = script
        .model()
        .chat("John")
        .object::<Person>()
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Model);
    assert!(
        error.message().contains("twice") && error.message().contains("/age"),
        "{error}"
    );
    assert!(!error.to_string().contains("forty-two"), "{error}");
    assert_eq!(error.provider(), Some("script"));
    let partial = error.partial().unwrap();
    assert_eq!(partial.text(), wrong);
    assert_eq!(partial.usage.total_tokens, Some(30));
    assert_eq!(script.requests().len(), 2);
}

#[tokio::test]
async fn an_answer_that_was_cut_off_or_filtered_is_not_asked_for_again() {
    for (reason, kind, word) in [
        (FinishReason::Length, ErrorKind::Model, "max_tokens"),
        (
            FinishReason::ContentFilter,
            ErrorKind::ContentFilter,
            "content_filter",
        ),
        (
            FinishReason::ContextWindow,
            ErrorKind::ContextWindow,
            "context_window",
        ),
    ] {
        for streamed in [false, true] {
            let script = Script::start([vec![text(r#"{"name": "Jo"#), stop(reason)]]).await;
            let call = script.model().chat("John").object::<Person>();
            let error = match streamed {
                false => call.await.unwrap_err(),
                true => call.stream().await.unwrap().finish().await.unwrap_err(),
            };
            assert_eq!(error.kind(), kind);
            assert!(error.message().contains(word), "{error}");
            assert_eq!(error.partial().unwrap().finish_reason, reason);
            assert_eq!(script.requests().len(), 1);
        }
    }
}

#[tokio::test]
async fn what_lies_inside_of_half_an_object_is_not_the_object() {
    let schema = || ObjectSchema::new(json!({"type": "object", "required": ["name"]})).unwrap();
    let half = r#"{"name": "John", "friend": {"name": "Jane"}, "age": "#;
    for streamed in [false, true] {
        let turn = vec![text(half), stop(FinishReason::Length)];
        let script = Script::start([turn]).await;
        let call = script.model().chat("John").object_schema(schema());
        let error = match streamed {
            false => call.await.unwrap_err(),
            true => call.stream().await.unwrap().finish().await.unwrap_err(),
        };
        assert_eq!(error.kind(), ErrorKind::Model, "{error}");
        assert!(error.message().contains("max_tokens"), "{error}");
    }
    let talk = r#"I would say {"name": unknown, "extra": {"name": "inner"}}"#;
    let script = Script::start([says(talk), says(JOHN)]).await;
    let call = script.model().chat("John").object_schema(schema());
    assert_eq!(call.await.unwrap()["name"], "John");
    assert_eq!(script.requests().len(), 2);
}

#[tokio::test]
async fn a_failure_while_asking_again_keeps_the_first_answer() {
    let script = Script::start([says("No."), vec![refuse(403)]]).await;
    let error = script
        .model()
        .chat("John")
        .object::<Person>()
        .await
        .unwrap_err();
    assert_eq!(
        (error.kind(), error.status()),
        (ErrorKind::Permission, Some(403))
    );
    assert_eq!(error.partial().unwrap().text(), "No.");
}

#[tokio::test]
async fn a_second_answer_that_breaks_off_counts_with_the_first() {
    let broken = vec![text("{"), break_off()];
    let script = Script::start([says("No."), broken]).await;
    let call = script.model().chat("John").object::<Person>();
    let error = call.await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Stream);
    let partial = error.partial().unwrap();
    assert_eq!(partial.text(), "{");
    assert_eq!(partial.usage.total_tokens, Some(15), "{partial:?}");
}

#[tokio::test]
async fn nothing_is_called_repaired_that_is_not() {
    let weather = Tool::from_schema("weather", json!({"type": "object"}));
    let asks = vec![
        tool("1", "weather", json!({})),
        stop(FinishReason::ToolCalls),
    ];
    let script = Script::start([says("No."), asks]).await;
    let chat = script.model().chat("go").tools([weather]);
    let response = chat.schema(person_schema()).await.unwrap();
    assert_eq!(response.object, None);
    let codes: Vec<&str> = response
        .warnings
        .iter()
        .map(|it| it.code.as_str())
        .collect();
    assert_eq!(codes, ["object_asked_again"]);
    assert_eq!(response.usage.total_tokens, Some(30));
}

#[tokio::test]
async fn an_object_inside_of_properties_is_taken_out() {
    let wrapped = format!("{{\"type\": \"object\", \"properties\": {JOHN}}}");
    let script = Script::start([says(&wrapped)]).await;
    let object = script.model().chat("John").object::<Person>().response();
    let object = object.await.unwrap();
    assert_eq!(object.value, john());
    assert_eq!(
        object.response.object,
        Some(json!({"name": "John", "age": 42}))
    );
    assert_eq!(object.response.warnings[0].code, "object_unwrapped");
    // One that has such a field is left alone.
    let script = Script::start([says(&wrapped)]).await;
    let open = ObjectSchema::new(json!({"type": "object"})).unwrap();
    let value = script
        .model()
        .chat("John")
        .object_schema(open)
        .await
        .unwrap();
    assert_eq!(value["properties"]["name"], "John");
}

#[tokio::test]
async fn a_schema_that_is_none_is_refused_before_anything_is_sent() {
    let script = Script::start([]).await;
    let bad = json!({"type": "object", "properties": {"a": {"type": 7}}});
    let schema = || ObjectSchema::new(bad.clone()).unwrap();
    let chat = || script.model().chat("go").schema(schema());
    let whole = chat().await.unwrap_err();
    let streamed = chat().stream().await.unwrap_err();
    let dry = chat().dry_run(Delivery::Whole).unwrap_err();
    for error in [whole, streamed, dry] {
        assert_eq!(error.kind(), ErrorKind::InvalidRequest);
        assert!(error.message().contains("/properties/a/type"), "{error}");
    }
}

#[tokio::test]
async fn tools_come_before_the_object() {
    let weather = Tool::from_schema("weather", json!({"type": "object"}));
    let asks = || {
        vec![
            tool("1", "weather", json!({})),
            stop(FinishReason::ToolCalls),
        ]
    };
    let script = Script::start([asks(), asks(), asks(), says(JOHN)]).await;
    let model = script.model();
    let chat = || model.chat("go").tools([weather.clone()]);
    let plain = chat().schema(person_schema()).await.unwrap();
    assert_eq!(plain.object, None);
    assert_eq!(plain.tool_calls().count(), 1);
    let typed = chat().object::<Person>().await.unwrap_err();
    assert_eq!(typed.kind(), ErrorKind::InvalidRequest);
    assert!(typed.message().contains("weather"), "{typed}");
    assert_eq!(typed.partial().unwrap().tool_calls().count(), 1);
    let run_by = weather
        .clone()
        .run_by(|_| async { Json(json!({"celsius": 21})) });
    let run = model
        .chat("go")
        .tools([run_by])
        .schema(person_schema())
        .run();
    let run = run.await.unwrap();
    assert_eq!((run.stopped, run.steps.len()), (Stopped::Done, 2));
    assert!(run.response().unwrap().object.is_some());
}
