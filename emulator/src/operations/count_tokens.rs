//! CountTokens: the input tokens of a Converse request or of a native body, without asking the model.
//!
//! Recordings show that it takes base models alone, and that a native body is checked as InvokeModel
//! would check it.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::StatusCode;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::modelled;
use crate::error::ApiError;
use crate::model_id::ModelId;
use crate::reply::Reply;
use crate::shape::{Shape, optional, required, text};
use crate::{claude, converse};

/// `CountTokensRequest`. The members of `converse` are checked where Converse's own are.
static REQUEST: Shape = Shape::Structure(&[required(
    "input",
    &Shape::Union {
        name: "CountTokensInput",
        members: &[
            optional(
                "invokeModel",
                &Shape::Structure(&[required("body", &Shape::Blob)]),
            ),
            optional("converse", &Shape::Object),
        ],
    },
)]);

/// `FoundationModelVersionIdentifier`, out of the path: shorter than the ids that other operations take.
static LABELS: Shape = Shape::Structure(&[required("modelId", &text(1, 256))]);

/// Members of `ConverseTokensRequest`: those that a model reads.
const CONVERSE: [&str; 4] = [
    "messages",
    "system",
    "toolConfig",
    "additionalModelRequestFields",
];

#[derive(Deserialize)]
struct Request {
    input: Input,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
enum Input {
    InvokeModel { body: String },
    Converse(Map<String, Value>),
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Answer {
    input_tokens: u64,
}

pub(super) fn answer(model: &ModelId, body: &[u8]) -> Result<Reply, ApiError> {
    if !model.is_base() || !model.is_claude() {
        return Err(ApiError::validation(
            "The provided model doesn't support counting tokens.",
        ));
    }
    modelled::checked::<Value>(&LABELS, json!({"modelId": model.id}))?;
    let request: Request = modelled::body(&REQUEST, body)?;
    let input_tokens = match request.input {
        Input::InvokeModel { body } => claude::count(model, &decoded(&body)?)?,
        Input::Converse(request) => {
            if let Some(key) = request.keys().find(|key| !CONVERSE.contains(&key.as_str())) {
                return Err(ApiError::validation(format!(
                    "extraneous key [{key}] is not permitted in 'input.converse'"
                )));
            }
            converse::count(model, &Value::Object(request))?
        }
    };
    Ok(Reply::json(StatusCode::OK, &Answer { input_tokens }))
}

fn decoded(body: &str) -> Result<Vec<u8>, ApiError> {
    STANDARD
        .decode(body)
        .map_err(|error| ApiError::serialization(format!("input.invokeModel.body: {error}")))
}
