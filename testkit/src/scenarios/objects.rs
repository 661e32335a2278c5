//! Answers that are an object, whole and streamed.

use reqllm::{Chat, Delivery, Event, FinishReason, ObjectSchema, Part, Response, Warning};
use serde_json::{Value, json};

use super::{Key, Outcome, Scenario, Subject, ensure, ensure_eq, same, streamed, whole};

pub(super) const WHOLE: Scenario = Scenario {
    key: Key::Object,
    ask: person,
    delivery: Delivery::Whole,
    trace: "",
    run: |subject| Box::pin(object(subject)),
};

pub(super) const STREAMED: Scenario = Scenario {
    key: Key::StreamedObject,
    ask: person,
    delivery: Delivery::Stream,
    trace: "",
    run: |subject| Box::pin(in_streams(subject)),
};

fn person(subject: &Subject) -> Chat {
    asked(subject, schema())
}

/// The same with a member that may be left out, which not every service is held to as it is.
fn person_with_nickname(subject: &Subject) -> Chat {
    let mut schema = schema();
    schema["properties"]["nickname"] = json!({"type": "string"});
    asked(subject, schema)
}

fn schema() -> Value {
    json!({
        "title": "person",
        "type": "object",
        "properties": {
            "name": {"type": "string"},
            "age": {"type": "integer"},
            "trades": {"type": "array", "items": {"type": "string", "enum": ["baker", "miller"]}},
        },
        "required": ["name", "age", "trades"],
        "additionalProperties": false,
    })
}

fn asked(subject: &Subject, schema: Value) -> Chat {
    let chat = subject.chat("John is 42 and a baker.");
    // A schema that is no object would be an error; this one is.
    match ObjectSchema::new(schema) {
        Ok(schema) => chat.schema(schema),
        Err(_) => chat,
    }
}

async fn object(subject: &Subject) -> Outcome<Vec<Warning>> {
    let answer = whole(&person(subject)).await?;
    check(&answer)?;
    let loose = whole(&person_with_nickname(subject)).await?;
    check(&loose)?;
    // Where a strict schema has no optional members, the answer is the same, and it is told that nothing held it.
    let told = |warning: &Warning| warning.code != "object_not_strict";
    let others = loose.warnings.into_iter().filter(told);
    Ok(answer.warnings.into_iter().chain(others).collect())
}

/// The pieces of the text make up the object, whichever form it was asked for in.
async fn in_streams(subject: &Subject) -> Outcome<Vec<Warning>> {
    let chat = person(subject);
    let (events, answer) = streamed(&chat).await?;
    check(&answer)?;
    let texts = events.iter().filter_map(|event| match event {
        Event::Text(delta) => Some(delta.text.as_str()),
        _ => None,
    });
    let text: String = texts.collect();
    let json = reqllm::find_object(&text);
    ensure_eq("the object in the pieces", json, answer.object.clone())?;
    // As the arguments of a tool it is written anew in a whole answer, with other blanks; the object is the same.
    let blankless = |response: Response| {
        let mut response = response;
        for part in &mut response.message.content {
            if let Part::Text(text) = part {
                text.text.retain(|c| !c.is_whitespace());
            }
        }
        response
    };
    let whole = whole(&chat).await?;
    same(subject, &blankless(whole), &blankless(answer.clone()))?;
    Ok(answer.warnings)
}

/// Read by hand: the library's own check of the schema has no say here.
fn check(answer: &Response) -> Outcome {
    ensure_eq(
        "the reason to stop",
        answer.finish_reason,
        FinishReason::Stop,
    )?;
    ensure_eq("the number of calls", answer.tool_calls().count(), 0)?;
    let Some(Value::Object(object)) = &answer.object else {
        return Err(format!("there is no object: {answer:?}"));
    };
    let nickname = object.get("nickname");
    ensure(nickname.is_none_or(Value::is_string), || {
        format!("nickname: {object:?}")
    })?;
    let mut keys: Vec<&str> = object.keys().map(String::as_str).collect();
    keys.retain(|key| *key != "nickname");
    keys.sort_unstable();
    ensure_eq("the members", keys, ["age", "name", "trades"])?;
    ensure(object["name"].is_string(), || format!("name: {object:?}"))?;
    ensure(object["age"].is_i64(), || format!("age: {object:?}"))?;
    let is_trade = |item: &Value| item == "baker" || item == "miller";
    let trades = object["trades"].as_array();
    ensure(
        trades.is_some_and(|items| items.iter().all(is_trade)),
        || format!("trades: {object:?}"),
    )
}
