//! The rules of a Converse request that its shape does not show.
//!
//! What the service in front of the models asks is the same for all; what a model asks is in the
//! row of its family. Messages are those of the real service where they are known from recordings or
//! reports; the others are made in their likeness.

mod attachments;
mod cache;
mod conversation;
mod format;
mod parameters;
mod reasoning;
mod results;
mod thinking;
mod tools;

pub(crate) use format::strict_schema_error;

use http::StatusCode;

use super::families::Family;
use super::request::{ContentBlock, Message, Request, Role};
use crate::error::ApiError;
use crate::model_id::ModelId;
pub(super) use format::answer_schema;

/// What a rule finds wrong.
type Verdict = Result<(), ApiError>;

/// A request, and what it is held to.
pub(super) struct Case<'a> {
    pub(super) request: &'a Request,
    pub(super) model: &'a ModelId,
    pub(super) family: &'static Family,
    pub(super) streaming: bool,
}

pub(super) fn check(case: &Case<'_>) -> Verdict {
    if case.model.is_prompt() {
        return prompt_resource(case.request);
    }
    if case.family.profile_only && case.model.is_bare() {
        return refuse(format!(
            "Invocation of model ID {} with on-demand throughput isn\u{2019}t supported. Retry your request with \
             the ID or ARN of an inference profile that contains this model.",
            case.model.id
        ));
    }
    let turns = turns(case.request);
    conversation::check(case, &turns)?;
    tools::check(case)?;
    // Recorded: what a model cannot read is refused before what stands beside it is looked at.
    attachments::check(case)?;
    results::check(case, &turns)?;
    cache::check(case, &turns)?;
    field_paths(case.request)?;
    parameters::check(case)?;
    reasoning::check(case)?;
    thinking::check(case, &turns)?;
    format::check(case)
}

/// Consecutive messages of one role, which count as one; system messages stand outside.
struct Turn<'a> {
    role: Role,
    /// Where the first of its messages stands.
    index: usize,
    blocks: Vec<Place<'a>>,
}

/// A block, and where it stands.
#[derive(Clone, Copy)]
struct Place<'a> {
    message: usize,
    position: usize,
    block: &'a ContentBlock,
}

/// The service merges messages of one role that follow each other (several clients; recorded with two
/// user messages in a row).
fn turns(request: &Request) -> Vec<Turn<'_>> {
    let mut turns: Vec<Turn<'_>> = Vec::new();
    for (index, message) in messages(request).iter().enumerate() {
        if message.role == Role::System {
            continue;
        }
        let blocks = message.content.iter().enumerate();
        let blocks = blocks.map(|(position, block)| Place {
            message: index,
            position,
            block,
        });
        match turns.last_mut().filter(|turn| turn.role == message.role) {
            Some(turn) => turn.blocks.extend(blocks),
            None => turns.push(Turn {
                role: message.role,
                index,
                blocks: blocks.collect(),
            }),
        }
    }
    turns
}

fn messages(request: &Request) -> &[Message] {
    request.messages.as_deref().unwrap_or_default()
}

/// A managed prompt brings its own configuration; a request may only add messages and variables.
fn prompt_resource(request: &Request) -> Verdict {
    let present = [
        ("inferenceConfig", request.inference_config.is_some()),
        ("system", request.system.is_some()),
        ("toolConfig", request.tool_config.is_some()),
        (
            "additionalModelRequestFields",
            request.additional_model_request_fields.is_some(),
        ),
    ];
    match present.into_iter().find(|(_, present)| *present) {
        Some((field, _)) => refuse(format!(
            "The {field} field can't be set when the model ID is the ARN of a prompt. Remove {field} and try again."
        )),
        None => Ok(()),
    }
}

fn field_paths(request: &Request) -> Verdict {
    let paths = request
        .additional_model_response_field_paths
        .iter()
        .flatten();
    match paths.enumerate().find(|(_, path)| !path.starts_with('/')) {
        Some((index, path)) => refuse(format!(
            "The value {path} at additionalModelResponseFieldPaths.{index} is not a valid JSON Pointer."
        )),
        None => Ok(()),
    }
}

fn refuse<T>(message: impl Into<String>) -> Result<T, ApiError> {
    Err(ApiError::validation(message))
}

/// What a model, rather than the service in front of it, says about a request.
fn model_error<T>(message: impl AsRef<str>) -> Result<T, ApiError> {
    refuse(format!(
        "The model returned the following errors: {}",
        message.as_ref()
    ))
}

/// How the service says that a model has no such field: reported for `toolConfig.toolChoice.any`,
/// `s3Uri` and the signature of reasoning.
fn unsupported_field<T>(field: &str) -> Result<T, ApiError> {
    refuse(format!(
        "This model doesn't support the {field} field. Remove {field} and try again."
    ))
}

/// The same for a kind of content: recorded for `video`.
fn unsupported_block<T>(kind: &str) -> Result<T, ApiError> {
    refuse(format!(
        "This model doesn't support the {kind} content block that you provided. Update the content block and \
         try again."
    ))
}

/// How Amazon's own models say that they do not know a key: recorded for `toolResult`.
fn extraneous_key<T>(pointer: &str, key: &str) -> Result<T, ApiError> {
    model_error(format!(
        "Malformed input request: {pointer}: extraneous key [{key}] is not permitted, please reformat your input \
         and try again."
    ))
}

/// The service breaks, and says nothing about it.
fn internal_error<T>() -> Result<T, ApiError> {
    Err(ApiError::new(
        StatusCode::INTERNAL_SERVER_ERROR,
        "InternalServerException",
        "The system encountered an unexpected error during processing. Try your request again.",
    ))
}
