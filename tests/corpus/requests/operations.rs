//! Recorded requests of operations that are no conversation, made again by the library.

use bytes::Bytes;
use reqllm::{Embed, GuardrailCheck, GuardrailSource, Part, Provider as _, Rerank};
use serde_json::{Map, Value, json};

use super::converse::{list, only};
use super::{call, converse};
use crate::decode::{bedrock, model};
use crate::normal;
use crate::parts::text_at;
use crate::recording::Recording;
use crate::wire::Wire;

/// What the library sends, or its refusal; or why the contract cannot say what was recorded.
pub(crate) fn produce(
    recording: &Recording,
    body: &Value,
) -> Result<Result<Value, String>, String> {
    let made = match recording.wire {
        Wire::Embeddings => embeddings(recording, body)?,
        Wire::Rerank => rerank(recording, body)?,
        Wire::CountTokens => count_tokens(recording, body)?,
        _ => guardrail(recording, body)?,
    };
    Ok(made.map(normalise))
}

/// One spelling for bodies that mean the same.
pub(crate) fn normalise(mut body: Value) -> Value {
    if let Some(counted) = body.pointer_mut("/input/converse") {
        *counted = normal::normalise(counted.take());
    }
    normal::sorted(body)
}

fn body_of(request: http::Request<Bytes>) -> Value {
    serde_json::from_slice(request.body()).unwrap_or_default()
}

fn embeddings(recording: &Recording, body: &Value) -> Result<Result<Value, String>, String> {
    let mut inputs = Vec::new();
    let mut options = Map::new();
    let mut fields = Map::new();
    let mut dimensions = None;
    let params = body.get("singleEmbeddingParams");
    for (name, value) in params.into_iter().chain([body]).flat_map(members_of) {
        let mut option = |ours: &str| options.insert(ours.to_owned(), value.clone());
        match name.as_str() {
            "taskType" if *value == "SINGLE_EMBEDDING" => {}
            "singleEmbeddingParams" => {}
            "inputText" => inputs.push(value.as_str().unwrap_or_default()),
            "texts" => inputs.extend(list(value)?.iter().filter_map(Value::as_str)),
            "text" => {
                only(value, &["value", "truncationMode"])?;
                inputs.push(text_at(value, "/value"));
                let mode = value["truncationMode"].clone();
                options.insert("truncate".to_owned(), mode);
            }
            "dimensions" | "output_dimension" | "embeddingDimension" => {
                dimensions = value.as_u64().and_then(|it| u32::try_from(it).ok());
            }
            "normalize" | "input_type" | "truncate" => drop(option(name)),
            "embeddingPurpose" => drop(option("embedding_purpose")),
            _ => {
                fields.insert(name.clone(), value.clone());
            }
        }
    }
    if !fields.is_empty() {
        options.insert("additional_model_request_fields".to_owned(), fields.into());
    }
    let mut request = Embed::new(inputs);
    request.dimensions = dimensions;
    request.options = options.into();
    let tasks = bedrock().embed(&model(recording), &request);
    Ok(match tasks {
        Ok(tasks) => match <[_; 1]>::try_from(tasks) {
            Ok([task]) => Ok(body_of(task.request)),
            Err(tasks) => Err(format!("{} requests, not one", tasks.len())),
        },
        Err(error) => Err(error.to_string()),
    })
}

fn members_of(value: &Value) -> &Map<String, Value> {
    static NONE: std::sync::OnceLock<Map<String, Value>> = std::sync::OnceLock::new();
    value
        .as_object()
        .unwrap_or_else(|| NONE.get_or_init(Map::new))
}

fn rerank(recording: &Recording, body: &Value) -> Result<Result<Value, String>, String> {
    // The version is the library's to know.
    only(body, &["query", "documents", "top_n", "api_version"])?;
    let documents = list(&body["documents"])?.iter().filter_map(Value::as_str);
    let mut request = Rerank::new(text_at(body, "/query"), documents);
    request.top_n = body["top_n"].as_u64().and_then(|it| u32::try_from(it).ok());
    let task = bedrock().rerank(&model(recording), &request);
    Ok(task
        .map(|task| body_of(task.request))
        .map_err(|error| error.to_string()))
}

fn count_tokens(recording: &Recording, body: &Value) -> Result<Result<Value, String>, String> {
    let Some(counted) = body.pointer("/input/converse") else {
        return Err("a native body to be counted, where the library counts Converse's".to_owned());
    };
    let call = call::call(&converse::contract(counted)?)?;
    let task = bedrock().count_tokens(&model(recording), &call);
    Ok(task
        .map(|task| body_of(task.request))
        .map_err(|error| error.to_string()))
}

fn guardrail(recording: &Recording, body: &Value) -> Result<Result<Value, String>, String> {
    only(body, &["source", "content", "outputScope"])?;
    let source = match text_at(body, "/source") {
        "INPUT" => GuardrailSource::Input,
        "OUTPUT" => GuardrailSource::Output,
        other => return Err(format!("source {other:?}")),
    };
    let mut content = Vec::new();
    for item in list(&body["content"])? {
        only(item, &["text"])?;
        only(&item["text"], &["text"])?;
        content.push(Part::text(text_at(item, "/text/text")));
    }
    let path: Vec<&str> = recording.url.rsplit('/').take(4).collect();
    let ["apply", version, "version", id] = path.as_slice() else {
        return Err(format!("a URL without a guardrail: {}", recording.url));
    };
    let mut check = GuardrailCheck::new(*id, *version, source, content);
    check.full = body["outputScope"] == json!("FULL");
    let task = bedrock().check_guardrail(&check);
    Ok(task
        .map(|task| body_of(task.request))
        .map_err(|error| error.to_string()))
}
