//! Mistral: the first models complete a prompt, the later ones a conversation.

mod chat;
mod text;

use super::call::{Asked, Request};
use crate::error::ApiError;

/// The models that take a prompt.
const TEXT: [&str; 4] = [
    "mistral-7b-instruct",
    "mixtral-8x7b-instruct",
    "mistral-small-2402",
    "mistral-large-2402",
];
/// The models whose conversation is AWS's own cut of chat completions.
const CLASSIC: [&str; 3] = [
    "mistral-large-2402",
    "mistral-large-2407",
    "pixtral-large-2502",
];

/// What a Mistral body asks.
pub(super) fn ask(request: &Request<'_>) -> Result<Asked, ApiError> {
    let name = request.model.vendor_and_name().map_or("", |(_, name)| name);
    let is = |lines: &[&str]| lines.iter().any(|line| name.starts_with(line));
    // Large of February 2024 takes both.
    let converses = is(&CLASSIC) && request.body.get("messages").is_some();
    if is(&TEXT) && !converses {
        text::ask(request)
    } else if is(&CLASSIC) {
        chat::ask_classic(request)
    } else {
        chat::ask(request)
    }
}

#[cfg(test)]
mod tests;
