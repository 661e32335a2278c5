//! Recorded bodies of Nova's native form in the JSON contract of the library.
//!
//! The form is Converse's but for a few places, so these are put into Converse's form first.
//!
//! Source: Nova User Guide, "Complete request schema".

use serde_json::{Value, json};

use super::converse::{self, member_names};
use crate::normal;

/// Translates a body, or says why it cannot.
pub(crate) fn contract(body: &Value) -> Result<Value, String> {
    if body.get("inputText").is_some() {
        return Err("a body in Titan's form, edited by its recorder".to_owned());
    }
    let mut body = to_converse(body.clone());
    let top_k = match body.pointer_mut("/inferenceConfig") {
        Some(config) => take(config, "topK"),
        None => None,
    };
    let mut contract = converse::contract(&body)?;
    if let Some(top_k) = top_k {
        contract["top_k"] = top_k;
    }
    Ok(contract)
}

/// One spelling for bodies that mean the same.
pub(crate) fn normalise(body: Value) -> Value {
    normal::normalise(to_converse(body))
}

fn to_converse(mut body: Value) -> Value {
    // Optional, and there is no other version.
    take(&mut body, "schemaVersion");
    if let Some(config) = body.get_mut("inferenceConfig") {
        // The first names of the form; the service knows both.
        for (first, name) in [("max_new_tokens", "maxTokens"), ("top_p", "topP")] {
            if let Some(value) = take(config, first) {
                config[name] = value;
            }
        }
    }
    if let Some(system) = body.get_mut("system") {
        apart(system);
    }
    let messages = body.get_mut("messages").and_then(Value::as_array_mut);
    for message in messages.into_iter().flatten() {
        if let Some(content) = message.get_mut("content") {
            apart(content);
        }
    }
    body
}

/// A cache point is a member of the block before it here, and a block of its own there.
fn apart(blocks: &mut Value) {
    let Some(together) = blocks.as_array_mut() else {
        return;
    };
    let mut separate = Vec::new();
    for mut block in together.drain(..) {
        let point = match member_names(&block).len() {
            0 | 1 => None,
            _ => take(&mut block, "cachePoint"),
        };
        separate.push(block);
        separate.extend(point.map(|point| json!({ "cachePoint": point })));
    }
    *together = separate;
}

fn take(object: &mut Value, name: &str) -> Option<Value> {
    object.as_object_mut()?.shift_remove(name)
}
