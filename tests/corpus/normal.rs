//! One spelling for Converse request bodies that mean the same, so that a recorded body and an encoded
//! one can be compared as values.
//!
//! Rules about shape apply only where Converse itself defines the shape. JSON that belongs to the user
//! or to the model (schemas, arguments, results, additional fields) is only ever sorted and has its
//! whole numbers written alike, neither of which JSON tells apart.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Number, Value, json};

/// The normal form of a Converse or ConverseStream request body.
pub(crate) fn normalise(mut body: Value) -> Value {
    // The model id belongs in the URL; the service ignores a copy in the body.
    remove(&mut body, "modelId", |_| true);
    // No stop sequences are no stop sequences.
    within(&mut body, "/inferenceConfig", |config| {
        remove(config, "stopSequences", is_empty)
    });
    if let Some(described) = body.pointer_mut("/outputConfig/textFormat/structure/jsonSchema") {
        parse_schema(described);
    }
    merge_turns(&mut body);
    each(&mut body, "/toolConfig/tools", cache_point);
    each(&mut body, "/system", block);
    each(&mut body, "/messages", |message| {
        each(message, "/content", block)
    });
    // Optional, and without content: as good as absent. (`toolChoice: {"auto": {}}` is a value: kept.)
    for name in [
        "system",
        "inferenceConfig",
        "additionalModelRequestFields",
        "requestMetadata",
    ] {
        remove(&mut body, name, is_empty);
    }
    remove(&mut body, "additionalModelResponseFieldPaths", is_empty);
    sorted(body)
}

/// Turns of one role that follow each other are one turn: the encoder merges them, as most families want the roles to
/// alternate.
pub(crate) fn merge_turns(body: &mut Value) {
    let Some(turns) = body.get_mut("messages").and_then(Value::as_array_mut) else {
        return;
    };
    let mut merged: Vec<Value> = Vec::with_capacity(turns.len());
    for turn in turns.drain(..) {
        let same = merged
            .last_mut()
            .filter(|last| last["role"] == turn["role"]);
        let content = same.and_then(|last| last["content"].as_array_mut());
        match (content, turn["content"].as_array()) {
            (Some(before), Some(more)) => before.extend_from_slice(more),
            _ => merged.push(turn),
        }
    }
    *turns = merged;
}

fn block(block: &mut Value) {
    cache_point(block);
    // Success is what the absence of a status means.
    within(block, "/toolResult", |result| {
        remove(result, "status", |status| *status == "success")
    });
    // Content that is guarded without saying as what.
    within(block, "/guardContent/text", |text| {
        remove(text, "qualifiers", is_empty)
    });
    document(block);
    each(block, "/toolResult/content", document);
}

fn document(block: &mut Value) {
    // Citations are off unless they are enabled.
    within(block, "/document", |document| {
        remove(document, "citations", |citations| {
            citations["enabled"] == false
        });
        // A text may travel as text or as the bytes that it is.
        if let Some(text) = document.pointer("/source/text").and_then(Value::as_str) {
            document["source"] = json!({ "bytes": STANDARD.encode(text) });
        }
    });
}

fn cache_point(block: &mut Value) {
    // Five minutes is how long a cache point lives that does not say.
    within(block, "/cachePoint", |point| {
        remove(point, "ttl", |ttl| *ttl == "5m")
    });
}

/// The schema of structured output travels as a string of JSON: its spacing means nothing.
fn parse_schema(described: &mut Value) {
    let schema = described["schema"]
        .as_str()
        .and_then(|text| serde_json::from_str(text).ok());
    if let Some(schema) = schema {
        described["schema"] = schema;
    }
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Array(items) => items.is_empty(),
        Value::Object(members) => members.is_empty(),
        _ => false,
    }
}

fn within(value: &mut Value, pointer: &str, edit: impl FnOnce(&mut Value)) {
    if let Some(place) = value.pointer_mut(pointer) {
        edit(place);
    }
}

fn each(value: &mut Value, pointer: &str, edit: impl FnMut(&mut Value)) {
    let items = value.pointer_mut(pointer).and_then(Value::as_array_mut);
    items.into_iter().flatten().for_each(edit);
}

fn remove(value: &mut Value, name: &str, if_so: impl FnOnce(&Value) -> bool) {
    if let Some(members) = value.as_object_mut()
        && members.get(name).is_some_and(if_so)
    {
        members.shift_remove(name);
    }
}

/// Members in the order of their names, and `1.0` written as `1`.
pub(crate) fn sorted(value: Value) -> Value {
    match value {
        Value::Array(items) => items.into_iter().map(sorted).collect(),
        Value::Object(members) => {
            let mut members: Vec<_> = members.into_iter().collect();
            members.sort_by(|(a, _), (b, _)| a.cmp(b));
            let sorted = members
                .into_iter()
                .map(|(name, value)| (name, sorted(value)));
            Value::Object(sorted.collect::<Map<_, _>>())
        }
        Value::Number(number) => Value::Number(whole_number(&number).unwrap_or(number)),
        other => other,
    }
}

/// The integer that a float is, if it is one and small enough for every integer to have its own float.
fn whole_number(number: &Number) -> Option<Number> {
    const EXACT: f64 = 9_007_199_254_740_992.0;
    let float = number.as_f64().filter(|_| number.is_f64())?;
    (float.fract() == 0.0 && float.abs() < EXACT).then(|| Number::from(float as i64))
}
