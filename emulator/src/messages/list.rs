//! `GET /v1/models` and `GET /v1/models/{id}`.

use http::StatusCode;
use serde_json::{Value, json};

use super::error::{invalid, not_found};
use super::models::{self, MODELS, Model};
use crate::auth::percent_decode;
use crate::error::ApiError;
use crate::reply::Reply;

const PAGE: usize = 20;
const LONGEST_PAGE: usize = 1000;

/// Answers for the path that comes behind the door's own.
pub(super) fn answer(path: &str, query: &str) -> Result<Reply, ApiError> {
    if let Some(id) = path.strip_prefix("/v1/models/") {
        let id = decoded(id);
        let model = models::known(&id).ok_or_else(|| not_found(format!("model: {id}")))?;
        return Ok(Reply::json(StatusCode::OK, &info(model)));
    }
    let (mut limit, mut after, mut before) = (PAGE, None, None);
    for (name, value) in query.split('&').filter_map(|pair| pair.split_once('=')) {
        let value = decoded(value);
        match name {
            "limit" => {
                let number = value.parse().ok();
                limit = number
                    .filter(|number| (1..=LONGEST_PAGE).contains(number))
                    .ok_or_else(|| {
                        invalid(format!(
                            "limit: Input should be a number between 1 and {LONGEST_PAGE}, not '{value}'"
                        ))
                    })?;
            }
            "after_id" => after = Some(place("after_id", &value)? + 1),
            "before_id" => before = Some(place("before_id", &value)?),
            _ => {}
        }
    }
    let (from, to) = match (after, before) {
        (Some(_), Some(_)) => {
            return Err(invalid(
                "after_id, before_id: only one of them may be given",
            ));
        }
        (from, None) => {
            let from = from.unwrap_or(0);
            (from, from.saturating_add(limit).min(MODELS.len()))
        }
        (None, Some(to)) => (to.saturating_sub(limit), to),
    };
    let page = MODELS.get(from..to).unwrap_or_default();
    let more = match before {
        Some(_) => from > 0,
        None => to < MODELS.len(),
    };
    let list = json!({
        "data": page.iter().map(info).collect::<Vec<_>>(),
        "first_id": page.first().map(|model| model.id),
        "has_more": more,
        "last_id": page.last().map(|model| model.id),
    });
    Ok(Reply::json(StatusCode::OK, &list))
}

fn place(name: &str, id: &str) -> Result<usize, ApiError> {
    let found = MODELS.iter().position(|model| model.id == id);
    found.ok_or_else(|| invalid(format!("{name}: there is no model '{id}' in the list")))
}

fn info(model: &Model) -> Value {
    json!({
        "type": "model",
        "id": model.id,
        "display_name": model.name,
        "created_at": format!("{}T00:00:00Z", model.released),
        "lifecycle": "active",
        "max_input_tokens": model.context,
        "max_tokens": model.output,
    })
}

fn decoded(text: &str) -> String {
    String::from_utf8_lossy(&percent_decode(text)).into_owned()
}
