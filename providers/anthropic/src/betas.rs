//! Which betas a call needs, and the header that names them.

use http::HeaderMap;
use http::header::{HeaderName, HeaderValue};
use reqllm_core::{Error, Result};
use reqllm_dialects::messages::Body;
use reqllm_dialects::profile::Profile;
use serde_json::Value;

use crate::options::{Read, Speed};

const HEADER: HeaderName = HeaderName::from_static("anthropic-beta");

/// Anthropic's own clients name it beside an OAuth token.
pub(crate) const OAUTH: &str = "oauth-2025-04-20";
/// Anthropic's documentation, "Extended thinking": thoughts between tool calls, of models that think by a budget.
const INTERLEAVED: &str = "interleaved-thinking-2025-05-14";
/// Anthropic's documentation, "Fast mode".
const FAST: &str = "fast-mode-2026-02-01";

/// Names the betas that the caller wants, and those without which what he asks for means nothing.
pub(crate) fn put(
    headers: &mut HeaderMap,
    options: &Read,
    profile: &Profile,
    body: &Body<'_>,
) -> Result<()> {
    let mut betas: Vec<&str> = options.anthropic_beta.iter().map(String::as_str).collect();
    let mut need = |beta| {
        if !betas.contains(&beta) {
            betas.push(beta);
        }
    };
    let budget = body.get("thinking").and_then(|it| it.get("budget_tokens"));
    if profile.interleaved_beta && budget.is_some() && body.has_tools() {
        need(INTERLEAVED);
    }
    if options.speed == Some(Speed::Fast)
        || body.get("speed").and_then(Value::as_str) == Some("fast")
    {
        need(FAST);
    }
    if betas.is_empty() {
        return Ok(());
    }
    let value = HeaderValue::try_from(betas.join(",")).map_err(|_| {
        Error::invalid_request(format!(
            "option `anthropic_beta` is {betas:?}, which no header can carry; ASCII would do"
        ))
    })?;
    headers.insert(HEADER, value);
    Ok(())
}

/// Adds one to those that are named.
pub(crate) fn add(headers: &mut HeaderMap, beta: &'static str) {
    let named = headers.get(HEADER).and_then(|value| value.to_str().ok());
    let value = match named {
        Some(named) if named.split(',').any(|it| it.trim() == beta) => return,
        Some(named) => HeaderValue::try_from(format!("{named},{beta}")),
        None => Ok(HeaderValue::from_static(beta)),
    };
    if let Ok(value) = value {
        headers.insert(HEADER, value);
    }
}
