//! Answers that are no conversation: read here from their bytes, and by the library, and compared.

use std::collections::BTreeSet;

use reqllm::{
    AccountQuery, Call, Embed, GuardrailCheck, GuardrailSource, Part, Provider as _, Rerank, Task,
    user,
};
use serde_json::{Value, json};

use crate::answers::envelope::of_headers;
use crate::decode::{bedrock, equal, head, model, same_error};
use crate::parts::{list_at, text_at};
use crate::reading::{json_body, refusal};
use crate::recording::Recording;
use crate::wire::Wire;

/// Compares what the library says of an answer with what the bytes say.
pub(crate) fn compare(recording: &Recording) -> Result<(), String> {
    match recording.wire {
        Wire::Embeddings => embeddings(recording),
        Wire::Rerank => ranks(recording),
        Wire::CountTokens => tokens(recording),
        Wire::ApplyGuardrail => judgement(recording),
        Wire::InferenceProfile => profile(recording),
        other => Err(format!("{other} is a conversation")),
    }
}

/// What the library makes of the answer; nothing if it is a refusal and was read as one.
fn decoded<T>(recording: &Recording, task: &Task<T>) -> Result<Option<T>, String> {
    let (head, body) = (head(recording), recording.response_body.as_slice());
    if recording.is_error() {
        let error = task.decoder.refuse(&head, body);
        let wanted = refusal(recording).error.unwrap_or_default();
        return same_error(&error, &wanted).map(|()| None);
    }
    match task.decoder.decode(&head, body) {
        Ok(answer) => Ok(Some(answer)),
        Err(error) => Err(format!("unexpected error {error}")),
    }
}

fn embeddings(recording: &Recording) -> Result<(), String> {
    let body = json_body(&recording.response_body)?;
    let wanted = vectors(&body);
    // Whatever was embedded: the answer tells how many there were.
    let inputs = vec!["anything"; wanted.len().max(1)];
    let mut tasks = bedrock()
        .embed(&model(recording), &Embed::new(inputs))
        .map_err(|error| error.to_string())?;
    // Models that take one input a request make a task each; the recording is of one request.
    tasks.truncate(1);
    let Some(task) = tasks.first() else {
        return Err("no request for an input".to_owned());
    };
    let Some(answer) = decoded(recording, task)? else {
        return Ok(());
    };
    if wanted.is_empty() {
        return Err("an answer in which this reader finds no vector".to_owned());
    }
    equal(
        "count",
        &json!(answer.embeddings.len()),
        &json!(wanted.len()),
    )?;
    for (at, (ours, wanted)) in answer.embeddings.iter().zip(&wanted).enumerate() {
        equal(
            "dimensions",
            &json!(answer.dimensions),
            &json!(wanted.len()),
        )?;
        if ours != wanted {
            return Err(format!("vector {at} differs"));
        }
    }
    let mut counted = of_headers(&recording.headers)["input_tokens"].clone();
    if counted.is_null() {
        counted = body["inputTextTokenCount"].clone();
    }
    equal("input_tokens", &json!(answer.usage.input_tokens), &counted)
}

/// The vectors of an answer in the form of any vendor.
fn vectors(body: &Value) -> Vec<Vec<f32>> {
    let numbers = |vector: &Value| -> Vec<f32> {
        let numbers = vector.as_array().into_iter().flatten();
        numbers
            .filter_map(|it| it.as_f64().map(|float| float as f32))
            .collect()
    };
    if body["embedding"].is_array() {
        return vec![numbers(&body["embedding"])];
    }
    let list = match &body["embeddings"] {
        by_type @ Value::Object(_) => list_at(by_type, "/float"),
        _ => list_at(body, "/embeddings"),
    };
    list.iter()
        .map(|item| match item {
            Value::Object(_) => numbers(&item["embedding"]),
            vector => numbers(vector),
        })
        .collect()
}

fn ranks(recording: &Recording) -> Result<(), String> {
    let request = json_body(recording.request_body.as_deref().unwrap_or_default())?;
    let documents: Vec<String> = list_at(&request, "/documents")
        .iter()
        .filter_map(|it| it.as_str().map(str::to_owned))
        .collect();
    let task = bedrock()
        .rerank(
            &model(recording),
            &Rerank::new(text_at(&request, "/query"), documents.clone()),
        )
        .map_err(|error| error.to_string())?;
    let Some(answer) = decoded(recording, &task)? else {
        return Ok(());
    };
    let body = json_body(&recording.response_body)?;
    let wanted: Vec<Value> = list_at(&body, "/results")
        .iter()
        .map(|result| {
            let index = result["index"].as_u64().unwrap_or(u64::MAX);
            let document = usize::try_from(index).ok().and_then(|at| documents.get(at));
            json!({
                "index": index,
                "relevance_score": result["relevance_score"],
                "document": document,
            })
        })
        .collect();
    equal("results", &json!(answer.results), &wanted.into())
}

fn tokens(recording: &Recording) -> Result<(), String> {
    let task = bedrock()
        .count_tokens(&model(recording), &Call::new(user("hi")))
        .map_err(|error| error.to_string())?;
    let Some(answer) = decoded(recording, &task)? else {
        return Ok(());
    };
    let body = json_body(&recording.response_body)?;
    equal(
        "input_tokens",
        &json!(answer.input_tokens),
        &body["inputTokens"],
    )
}

fn judgement(recording: &Recording) -> Result<(), String> {
    let content = vec![Part::text("hi")];
    let check = GuardrailCheck::new(&recording.model, "1", GuardrailSource::Input, content);
    let task = bedrock()
        .check_guardrail(&check)
        .map_err(|error| error.to_string())?;
    let Some(answer) = decoded(recording, &task)? else {
        return Ok(());
    };
    let body = json_body(&recording.response_body)?;
    // The service model, shape GuardrailAction.
    let action = match text_at(&body, "/action") {
        "NONE" => "none",
        "GUARDRAIL_INTERVENED" => "intervened",
        _ => "unknown",
    };
    let outputs: Vec<&Value> = list_at(&body, "/outputs")
        .iter()
        .filter_map(|output| output.get("text"))
        .collect();
    let ours = json!(answer);
    for (name, wanted) in [
        ("action", &json!(action)),
        ("raw_action", &body["action"]),
        ("action_reason", &body["actionReason"]),
        ("outputs", &json!(outputs)),
        ("assessments", &body["assessments"]),
        ("usage", &body["usage"]),
    ] {
        equal(name, &ours[name], wanted)?;
    }
    let coverage = &ours["provider_metadata"]["guardrail_coverage"];
    equal("coverage", coverage, &body["guardrailCoverage"])
}

fn profile(recording: &Recording) -> Result<(), String> {
    let mut query = AccountQuery::new();
    let (_, segment) = recording.url.rsplit_once('/').unwrap_or_default();
    query.id = Some(segment.replace("%3A", ":").replace("%2F", "/"));
    let task = bedrock()
        .account_models(&query, None)
        .map_err(|error| error.to_string())?;
    let Some(answer) = decoded(recording, &task)? else {
        return Ok(());
    };
    let body = json_body(&recording.response_body)?;
    let [ours] = answer.models.as_slice() else {
        return Err(format!("{} models, not one", answer.models.len()));
    };
    let behind: BTreeSet<&str> = list_at(&body, "/models")
        .iter()
        .filter_map(|model| text_at(model, "/modelArn").rsplit_once('/'))
        .map(|(_, id)| id)
        .collect();
    let ours = json!(ours);
    for (name, wanted) in [
        // A profile of the account's own is called by its ARN.
        ("id", &body["inferenceProfileArn"]),
        ("kind", &json!("inference_profile")),
        ("arn", &body["inferenceProfileArn"]),
        ("name", &body["inferenceProfileName"]),
        ("status", &body["status"]),
        ("base_models", &json!(behind)),
        ("raw", &body),
    ] {
        equal(name, &ours[name], wanted)?;
    }
    Ok(())
}
