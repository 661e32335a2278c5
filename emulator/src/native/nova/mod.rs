//! Amazon Nova 1 and 2: the `messages-v1` body, a cousin of Converse that differs in many small ways.

mod answer;
mod prompt;
mod rules;
mod schema;

use super::call::{Asked, Request};
use super::wording::read;
use crate::error::ApiError;

/// What a Nova body asks.
pub(super) fn ask(request: &Request<'_>) -> Result<Asked, ApiError> {
    let name = request.model.vendor_and_name().map_or("", |(_, name)| name);
    let reasons = name.starts_with("nova-2");
    let body: schema::Body = read(&schema::REQUEST, request.body)?;
    rules::check(&body, reasons)?;
    Ok(Asked {
        prompt: prompt::translate(&body, request.dice.clone()),
        meter: prompt::meter(request.body, request.model),
        writer: Box::new(answer::Message {
            thinks_aloud: !reasons,
        }),
    })
}

#[cfg(test)]
mod tests;
