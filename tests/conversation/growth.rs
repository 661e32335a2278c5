//! Objects as they grow.

use futures_util::TryStreamExt as _;
use reqllm::{ErrorKind, Event, FinishReason, ObjectForm};
use serde_json::{Value, json};

use crate::object::{JOHN, Person, john, person_schema, says};
use crate::script::{Script, stop, text, tool};

#[tokio::test]
async fn a_streamed_object_grows_and_ends_whole() {
    let pieces = [
        "Well: {\"na",
        "me\": \"Jo",
        "hn\", \"a",
        "ge\": 4",
        "2}",
        ".",
    ];
    let turn: Vec<Value> = pieces
        .into_iter()
        .map(text)
        .chain([stop(FinishReason::Stop)])
        .collect();
    let script = Script::start([turn]).await;
    let stream = script.model().chat("John").object::<Person>().stream();
    let values: Vec<Value> = stream.await.unwrap().try_collect().await.unwrap();
    let whole = json!({"name": "John", "age": 42});
    assert_eq!(
        values,
        [
            json!({}),
            json!({"name": "Jo"}),
            json!({"name": "John"}),
            whole.clone(),
            whole,
        ]
    );
}

#[tokio::test]
async fn a_streamed_object_is_followed_where_it_is_and_anew_if_it_begins_anew() {
    let form = ObjectForm::Tool("Person".to_owned());
    let turn = vec![
        text(r#"Such as {"name": "Example", "age": 1}."#),
        tool("1", "Person", json!(JOHN)),
        stop(FinishReason::ToolCalls),
    ];
    let script = Script::start([turn]).await.form(form);
    let stream = script.model().chat("John").object::<Person>().stream();
    let values: Vec<Value> = stream.await.unwrap().try_collect().await.unwrap();
    let whole = json!({"name": "John", "age": 42});
    assert_eq!(values, [whole.clone(), whole.clone()]);
    let pieces = [
        r#"{"name": "Jane", "#,
        r#"oops} I mean {"name": "Jo"#,
        r#"hn", "age": 42}"#,
    ];
    let turn = pieces
        .into_iter()
        .map(text)
        .chain([stop(FinishReason::Stop)]);
    let script = Script::start([turn.collect()]).await;
    let stream = script.model().chat("John").object::<Person>().stream();
    let values: Vec<Value> = stream.await.unwrap().try_collect().await.unwrap();
    let (jane, jo) = (json!({"name": "Jane"}), json!({"name": "Jo"}));
    assert_eq!(values, [jane, jo, whole.clone(), whole]);
}

#[tokio::test]
async fn a_streamed_object_that_does_not_do_is_an_error_at_the_end() {
    let script = Script::start([says(r#"{"name": "John"}"#), says(r#"{"name": "John"}"#)]).await;
    let mut stream = script
        .model()
        .chat("John")
        .object::<Person>()
        .stream()
        .await
        .unwrap();
    assert_eq!(
        stream.try_next().await.unwrap(),
        Some(json!({"name": "John"}))
    );
    let error = stream.try_next().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Model);
    assert!(error.partial().is_some());
    assert!(stream.try_next().await.unwrap().is_none());
    assert_eq!(stream.finish().await.unwrap_err().kind(), ErrorKind::Stream);
    // The events of a plain stream end the same way.
    let mut events = script
        .model()
        .chat("John")
        .schema(person_schema())
        .stream()
        .await
        .unwrap();
    let error = loop {
        match events.try_next().await {
            Ok(Some(Event::Finish { .. }) | None) => panic!("it does not end well"),
            Ok(Some(_)) => {}
            Err(error) => break error,
        }
    };
    assert_eq!(
        (error.kind(), error.attempts()),
        (ErrorKind::Model, Some(1))
    );
    assert_eq!(script.requests().len(), 2);
}

#[tokio::test]
async fn a_streamed_object_is_given_as_a_value_too() {
    let script = Script::start([says(JOHN), says(JOHN)]).await;
    let stream = script.model().chat("John").object::<Person>().stream();
    let object = stream.await.unwrap().finish().await.unwrap();
    assert_eq!(object.value, john());
    let events = script.model().chat("John").schema(person_schema()).stream();
    let response = events.await.unwrap().finish().await.unwrap();
    assert_eq!(response.object, Some(json!({"name": "John", "age": 42})));
}
