//! The versions of the API, which the header `anthropic-version` names, and what the newer one refuses.
//!
//! Source: Anthropic's API reference, "Versions", and its guide "Migrating to API version 2026-10-21". The words of the refusals
//! are ours.

use http::HeaderMap;
use serde_json::Value;

use super::Door;
use super::error::invalid;
use super::models::Model;
use crate::error::ApiError;

/// A version that is served.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Version {
    /// 2023-06-01.
    First,
    /// 2026-10-21, which version 2 of Anthropic's client for Python speaks.
    Second,
}

/// What it refuses that the first one took, at any value.
const REMOVED: [&str; 3] = ["temperature", "top_p", "top_k"];

type Verdict = Result<(), ApiError>;

impl Version {
    /// The version of a request; the header that says so must be there.
    pub(super) fn of(headers: &HeaderMap) -> Result<Self, ApiError> {
        let Some(version) = headers.get("anthropic-version") else {
            return Err(invalid("anthropic-version: header is required"));
        };
        match version.as_bytes() {
            b"2023-06-01" => Ok(Self::First),
            b"2026-10-21" => Ok(Self::Second),
            other => Err(invalid(format!(
                "anthropic-version: \"{}\" is not a version that the emulator serves; use \"2023-06-01\" or \"2026-10-21\"",
                String::from_utf8_lossy(other)
            ))),
        }
    }

    /// Checks what depends on the version; the shape of the body is checked elsewhere.
    pub(super) fn check(self, door: Door, model: &Model, body: &Value) -> Verdict {
        if self == Self::First {
            return Ok(());
        }
        // Bedrock has it for Claude 4.7 and later, which are those that take no sampling.
        if door != Door::Anthropic && model.manners.samples {
            return refuse(format!(
                "anthropic-version: \"2026-10-21\" is not available for {} here; use \"2023-06-01\"",
                model.id
            ));
        }
        if let Some(member) = REMOVED.iter().find(|it| body.get(**it).is_some()) {
            return refuse(format!("{member}: Extra inputs are not permitted"));
        }
        // A document of the assistant's it refuses, too; so does the emulator in either version.
        for (index, message) in list(body.get("messages")).enumerate() {
            if message.get("role").is_none_or(|role| role != "user") {
                continue;
            }
            for (position, block) in list(message.get("content")).enumerate() {
                uncited(&format!("messages.{index}.content.{position}"), block)?;
            }
        }
        Ok(())
    }
}

/// The user's words cite nothing, nor do those of a search result.
fn uncited(place: &str, block: &Value) -> Verdict {
    if kind(block) == "text" && list(block.get("citations")).next().is_some() {
        return refuse(format!(
            "{place}.citations: Citations are not permitted in user messages"
        ));
    }
    if kind(block) == "search_result" {
        for (inner, block) in list(block.get("content")).enumerate() {
            uncited(&format!("{place}.content.{inner}"), block)?;
        }
    }
    Ok(())
}

fn kind(block: &Value) -> &str {
    let kind = block.get("type").and_then(Value::as_str);
    kind.unwrap_or_default()
}

fn list(value: Option<&Value>) -> impl Iterator<Item = &Value> {
    value.and_then(Value::as_array).into_iter().flatten()
}

fn refuse(message: impl Into<String>) -> Verdict {
    Err(invalid(message))
}
