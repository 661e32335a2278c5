//! From the JSON contract to a call of the library, and from there to a request body.

use reqllm::{Call, ObjectSchema, Tool, ToolChoice};
use serde_json::{Map, Value};

use crate::decode;
use crate::recording::Recording;

/// The body that the library makes of a contract for the operation of a recording.
pub(crate) fn encode(recording: &Recording, contract: &Value) -> Result<Value, String> {
    let exchange =
        decode::exchange(recording, call(contract)?).map_err(|error| error.to_string())?;
    serde_json::from_slice(exchange.request.body()).map_err(|error| error.to_string())
}

/// The call that a contract describes.
pub(crate) fn call(contract: &Value) -> Result<Call, String> {
    let read = |key: &str| contract.get(key).cloned();
    let from = |error: serde_json::Error| error.to_string();
    let mut call = Call::new(Vec::new());
    call.messages = serde_json::from_value(contract["messages"].clone()).map_err(from)?;
    if let Some(tools) = read("tools") {
        call.tools = serde_json::from_value::<Vec<Tool>>(tools).map_err(from)?;
    }
    call.tool_choice = read("tool_choice").map(|choice| match &choice["name"] {
        Value::String(name) => ToolChoice::Tool(name.clone()),
        _ => ToolChoice::from(choice.as_str().unwrap_or_default()),
    });
    if let Some(wanted) = read("schema") {
        let mut object =
            ObjectSchema::new(wanted["schema"].clone()).map_err(|error| error.to_string())?;
        if let Some(name) = wanted["name"].as_str() {
            object.name = name.to_owned();
        }
        object.description = wanted["description"].as_str().map(str::to_owned);
        call.object = Some(object);
    }
    let whole = |key: &str| -> Option<u32> { u32::try_from(read(key)?.as_u64()?).ok() };
    call.settings.max_tokens = whole("max_tokens");
    call.settings.top_k = whole("top_k");
    call.settings.temperature = read("temperature").and_then(|it| it.as_f64());
    call.settings.top_p = read("top_p").and_then(|it| it.as_f64());
    if let Some(stop) = read("stop") {
        call.settings.stop = serde_json::from_value(stop).map_err(from)?;
    }
    let mut options: Map<String, Value> = read("options")
        .and_then(|it| it.as_object().cloned())
        .unwrap_or_default();
    if let Some(fields) = read("additional_model_request_fields") {
        options.insert("additional_model_request_fields".to_owned(), fields);
    }
    call.options = options.into();
    Ok(call)
}
