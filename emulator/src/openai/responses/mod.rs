//! Responses: `POST …/responses`, and what was stored of them.

mod answer;
mod prompt;
mod rules;
mod schema;
mod sealed;
mod shelf;
mod stream;
#[cfg(test)]
mod tests;

use std::sync::{Mutex, MutexGuard, PoisonError};

use http::{Method, StatusCode};
use serde::Deserialize as _;
use serde_json::{Value, json};

use super::error::Refusal;
use super::{Call, Visit, chat, wording};
use crate::reply::Reply;
use answer::Answered;
use schema::{Body, Item};
use shelf::Kept;
pub(crate) use shelf::Shelf;

pub(super) fn answer(mut call: Call<'_>) -> Result<Reply, Refusal> {
    normalise(&mut call.body);
    let body: Body = wording::read(
        &schema::REQUEST,
        &call.body,
        call.manner,
        wording::unknown_parameter,
    )?;
    rules::check(&call, &body)?;
    let (values, items) = conversation(&call, &body)?;
    let input = chat::measure(&call, "input")?;
    let mut answer = prompt::translate(&call, &body, &items).answer();
    if body.parallel_tool_calls == Some(false) {
        chat::first_call_only(&mut answer);
    }
    let answered = Answered {
        call: &call,
        body: &body,
        answer: &answer,
        input: &input,
    };
    let output = answered.output();
    let response = answered.response(&output);
    if body.store != Some(false) {
        let items = values.into_iter().chain(output.clone()).collect();
        let kept = Kept {
            items,
            response: response.clone(),
        };
        lock(call.shelf).put(&answered.id(), kept);
    }
    Ok(if body.stream == Some(true) {
        Reply::stream(
            "text/event-stream; charset=utf-8",
            stream::events(&answered, &output, &response),
        )
    } else {
        Reply::json(StatusCode::OK, &response)
    })
}

/// `GET` and `DELETE` of a response that was stored.
pub(super) fn stored(visit: &Visit<'_>, id: &str) -> Result<Reply, Refusal> {
    let mut shelf = lock(visit.shelf);
    let lost = || Refusal::not_found(format!("Response with id '{id}' not found.")).param("id");
    let body = if visit.head.method == Method::DELETE {
        if !shelf.remove(id) {
            return Err(lost());
        }
        json!({"id": id, "object": "response", "deleted": true})
    } else {
        shelf.get(id).ok_or_else(lost)?.response.clone()
    };
    Ok(Reply::json(StatusCode::OK, &body))
}

/// A message may leave out that it is one.
fn normalise(body: &mut Value) {
    for item in body
        .get_mut("input")
        .and_then(Value::as_array_mut)
        .into_iter()
        .flatten()
    {
        if item.get("role").is_some() && item.get("type").is_none_or(Value::is_null) {
            item["type"] = "message".into();
        }
    }
}

/// All that was said up to now, as it came and as it is read.
fn conversation(call: &Call<'_>, body: &Body) -> Result<(Vec<Value>, Vec<Item>), Refusal> {
    let shelf = lock(call.shelf);
    let mut values = match &body.previous_response_id {
        None => Vec::new(),
        Some(id) => match shelf.get(id) {
            Some(kept) => kept.items.clone(),
            None => {
                return Err(Refusal::invalid(format!(
                    "Previous response with id '{id}' not found."
                ))
                .param("previous_response_id")
                .code("previous_response_not_found"));
            }
        },
    };
    let own = values.len();
    match &call.body["input"] {
        Value::String(text) => {
            values.push(json!({"type": "message", "role": "user", "content": text}));
        }
        Value::Array(items) => {
            for item in items {
                let id = item["id"].as_str().unwrap_or_default();
                values.push(if item["type"] == "item_reference" {
                    shelf.item(id).ok_or_else(|| rules::lost(id))?.clone()
                } else {
                    item.clone()
                });
            }
        }
        _ => {}
    }
    let items: Result<Vec<Item>, _> = values.iter().map(Item::deserialize).collect();
    let items = items.map_err(|error| Refusal::invalid(error.to_string()).param("input"))?;
    rules::conversation(call, &items, own, &shelf)?;
    Ok((values, items))
}

/// Nothing here panics half-way, so a poisoned lock is as good as new.
fn lock(shelf: &Mutex<Shelf>) -> MutexGuard<'_, Shelf> {
    shelf.lock().unwrap_or_else(PoisonError::into_inner)
}
