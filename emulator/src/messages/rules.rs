//! The rules that depend on the model, on betas and on the door. Those of every Claude body are in [`crate::claude`].

use std::collections::HashSet;

use serde_json::Value;

use super::Door;
use super::betas::{self, Betas};
use super::door::Endpoint;
use super::error::invalid;
use super::models::Model;
use super::request::Extras;
use crate::claude::body::{Block, Body, Role, Source};
use crate::converse::strict_schema_error;
use crate::error::ApiError;

/// Strict tools of one request, by the documentation of structured outputs.
const MAX_STRICT: usize = 20;
/// Members of the real API that need machinery which is not here.
const UNSERVED: [(&str, &str); 3] = [
    ("container", "containers"),
    ("mcp_servers", "MCP servers"),
    ("diagnostics", "diagnostics of the prompt cache"),
];

/// The beginnings of the types of tools that Anthropic's own servers run.
const SERVER_TOOLS: [&str; 4] = [
    "web_search_",
    "web_fetch_",
    "code_execution_",
    "tool_search_",
];

type Verdict = Result<(), ApiError>;

/// A request, as far as it has been read.
pub(super) struct Case<'a> {
    pub(super) door: Door,
    pub(super) model: &'static Model,
    pub(super) betas: &'a Betas,
    pub(super) body: &'a Body,
    pub(super) extras: &'a Extras,
}

/// Says clearly what the emulator has not, before a shape calls it unknown.
pub(super) fn unserved(body: &Value) -> Verdict {
    let asked = |(member, _): &&(&str, &str)| body.get(member).is_some_and(|it| !it.is_null());
    if let Some((member, what)) = UNSERVED.iter().find(asked) {
        return refuse(format!(
            "{member}: The emulator does not serve {what}. Leave `{member}` out."
        ));
    }
    let tools = body.get("tools").and_then(Value::as_array);
    let kinds = tools.into_iter().flatten().map(|tool| {
        let kind = tool.get("type").and_then(Value::as_str);
        kind.unwrap_or_default()
    });
    for (index, kind) in kinds.enumerate() {
        if SERVER_TOOLS.iter().any(|server| kind.starts_with(server)) {
            return refuse(format!(
                "tools.{index}: The emulator does not run the server tool '{kind}'. Tools that the client runs have no \
                 `type`, or `custom`."
            ));
        }
    }
    Ok(())
}

pub(super) fn check(case: &Case<'_>) -> Verdict {
    members(case)?;
    limits(case)?;
    sampling(case)?;
    thinking(case)?;
    output(case)?;
    tools(case)?;
    conversation(case)?;
    sources(case)?;
    citations(case)?;
    match case.door {
        Door::Bedrock(Endpoint::Runtime) => runtime(case),
        _ => Ok(()),
    }
}

/// Members that a beta brings.
fn members(case: &Case<'_>) -> Verdict {
    for (member, present, beta) in [
        (
            "context_management",
            case.extras.context_management.is_some(),
            betas::CONTEXT_MANAGEMENT,
        ),
        ("speed", case.extras.speed.is_some(), betas::FAST_MODE),
    ] {
        if present && !case.betas.has(beta) {
            return refuse(format!("{member}: Extra inputs are not permitted"));
        }
    }
    if case.door != Door::Anthropic && case.extras.service_tier.is_some() {
        return refuse("service_tier: Extra inputs are not permitted");
    }
    Ok(())
}

fn limits(case: &Case<'_>) -> Verdict {
    let (id, output) = (case.model.called(&case.extras.model), case.model.output);
    match case.body.max_tokens {
        Some(asked) if asked > output => refuse(format!(
            "max_tokens: {asked} > {output}, which is the maximum allowed number of output tokens for {id}"
        )),
        _ => Ok(()),
    }
}

fn sampling(case: &Case<'_>) -> Verdict {
    let body = case.body;
    if !case.model.manners.samples {
        for (name, present) in [
            ("temperature", body.temperature.is_some()),
            ("top_p", body.top_p.is_some()),
            ("top_k", body.top_k.is_some()),
        ] {
            if present {
                return refuse(format!("`{name}` is deprecated for this model."));
            }
        }
    }
    if body.temperature.is_some() && body.top_p.is_some() {
        return refuse(
            "`temperature` and `top_p` cannot both be specified for this model. Please use only one.",
        );
    }
    Ok(())
}

fn thinking(case: &Case<'_>) -> Verdict {
    let Some(thinking) = case.body.thinking.as_ref().and_then(Value::as_object) else {
        return Ok(());
    };
    let kind = thinking
        .get("type")
        .and_then(Value::as_str)
        .unwrap_or_default();
    if kind == "adaptive" && !case.model.manners.adaptive {
        return refuse("adaptive thinking is not supported on this model");
    }
    if kind == "enabled" && !case.model.manners.budget {
        return refuse(
            "\"thinking.type.enabled\" is not supported for this model. Use \"thinking.type.adaptive\" and \
             \"output_config.effort\" to control thinking behavior.",
        );
    }
    let known: &[&str] = match kind {
        "enabled" => &["type", "budget_tokens", "display"],
        "adaptive" => &["type", "display"],
        _ => &["type"],
    };
    if let Some(member) = thinking.keys().find(|key| !known.contains(&key.as_str())) {
        return refuse(format!(
            "thinking.{kind}.{member}: Extra inputs are not permitted"
        ));
    }
    match thinking.get("display").filter(|it| !it.is_null()) {
        Some(display) if display != "summarized" && display != "omitted" => refuse(format!(
            "thinking.{kind}.display: Input should be 'summarized' or 'omitted'"
        )),
        _ => Ok(()),
    }
}

fn output(case: &Case<'_>) -> Verdict {
    let Some(config) = &case.body.output_config else {
        return Ok(());
    };
    if let Some(effort) = &config.effort {
        let levels = case.model.manners.efforts;
        if levels.is_empty() {
            return refuse("This model does not support the effort parameter.");
        }
        if !levels.contains(&effort.as_str()) {
            return refuse(format!(
                "output_config.effort: '{effort}' is not supported by this model. Supported levels: {}",
                levels.join(", ")
            ));
        }
    }
    match config
        .format
        .as_ref()
        .and_then(|it| strict_schema_error(&it.schema))
    {
        Some(error) => refuse(format!("output_config.format.schema: {error}")),
        None => Ok(()),
    }
}

fn tools(case: &Case<'_>) -> Verdict {
    let tools = case.body.tools.as_deref().unwrap_or_default();
    let strict = || {
        let numbered = tools.iter().enumerate();
        numbered.filter(|(_, tool)| tool.strict == Some(true))
    };
    if strict().count() > MAX_STRICT {
        return refuse(format!(
            "tools: at most {MAX_STRICT} tools can be strict, but {} are.",
            strict().count()
        ));
    }
    for (index, tool) in strict() {
        let error = tool.input_schema.as_ref().and_then(strict_schema_error);
        if let Some(error) = error {
            return refuse(format!("tools.{index}.custom.input_schema: {error}"));
        }
    }
    Ok(())
}

fn conversation(case: &Case<'_>) -> Verdict {
    let messages = &case.body.messages;
    let system = messages.iter().position(|it| it.role == Role::System);
    if let Some(index) = system.filter(|_| !case.model.manners.system_turns) {
        return refuse(format!(
            "messages.{index}.role: Input should be 'user' or 'assistant'"
        ));
    }
    Ok(())
}

/// Addresses are fetched by Anthropic over HTTPS, and by Bedrock not at all.
fn sources(case: &Case<'_>) -> Verdict {
    for (place, kind, source) in all_sources(case.body) {
        let Some(url) = &source.url else { continue };
        if case.door != Door::Anthropic {
            return refuse(format!(
                "{place}.{kind}.source: URL sources are not supported here. Send the content as base64."
            ));
        }
        if !url.starts_with("https://") {
            return refuse(format!(
                "{place}.{kind}.source.url: Only HTTPS URLs are supported."
            ));
        }
    }
    Ok(())
}

/// The images and documents of a conversation, those in results of tools included.
fn all_sources<'a>(body: &'a Body) -> Vec<(String, &'static str, &'a Source)> {
    let mut found = Vec::new();
    let mut look = |place: String, block: &'a Block| {
        let (kind, source) = match block {
            Block::Image { source, .. } => ("image", source),
            Block::Document { source, .. } => ("document", source),
            _ => return,
        };
        found.push((place, kind, source));
    };
    for (index, message) in body.messages.iter().enumerate() {
        for (position, block) in message.content.iter().enumerate() {
            let place = format!("messages.{index}.content.{position}");
            if let Block::ToolResult { content, .. } = block {
                for (inner, block) in content.iter().enumerate() {
                    look(format!("{place}.tool_result.content.{inner}"), block);
                }
            } else {
                look(place, block);
            }
        }
    }
    found
}

/// All documents are cited or none, and a cited answer is no JSON. Anthropic's documentation, "Citations".
fn citations(case: &Case<'_>) -> Verdict {
    let blocks = case.body.messages.iter().flat_map(|it| &it.content);
    let cited: HashSet<bool> = blocks
        .filter_map(|block| match block {
            Block::Document { citations, .. } => {
                Some(citations.as_ref().is_some_and(|it| it.enabled))
            }
            _ => None,
        })
        .collect();
    if cited.len() > 1 {
        return refuse("Either all or none of the documents must have citations enabled.");
    }
    let format = case
        .body
        .output_config
        .as_ref()
        .and_then(|it| it.format.as_ref());
    if cited.contains(&true) && format.is_some() {
        return refuse(
            "output_config.format: Citations cannot be enabled on documents when a format is given.",
        );
    }
    Ok(())
}

/// What Bedrock's older endpoint refuses: reports of users.
fn runtime(case: &Case<'_>) -> Verdict {
    let tools = case.body.tools.iter().flatten();
    if let Some(index) = tools.enumerate().find(|(_, it)| it.strict.is_some()) {
        return refuse(format!(
            "tools.{}.custom.strict: Extra inputs are not permitted",
            index.0
        ));
    }
    let user = case.extras.metadata.as_ref();
    // Which letters it takes is not written down; these are taken for sure.
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_.:@+=/".contains(c);
    match user.and_then(|it| it.user_id.as_deref()) {
        Some(id) if !id.chars().all(plain) => refuse(
            "metadata.user_id: String should be letters, digits and punctuation of identifiers alone",
        ),
        _ => Ok(()),
    }
}

fn refuse(message: impl Into<String>) -> Verdict {
    Err(invalid(message))
}
