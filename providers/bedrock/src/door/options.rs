//! Which options have a place behind a door, and the headers they go into. What has none is refused by name.

use http::HeaderMap;
use http::header::{HeaderName, HeaderValue};
use reqllm_core::{Call, Error, ErrorKind, Model, Part, Result, Warning};

use super::Door;
use crate::options::{Api, Endpoint, Read};

/// Anthropic's API reference, "Versions".
const VERSION: &str = "2023-06-01";

/// Refuses what has no place here, or leaves it out if the call is lossy.
///
/// # Errors
///
/// [`ErrorKind::Unsupported`], naming the option.
pub(super) fn check(
    door: &Door<'_>,
    model: &Model,
    call: &Call,
    options: &Read,
    warnings: &mut Vec<Warning>,
) -> Result<()> {
    guard(door, model, call, options)?;
    let (of_openai, is_runtime) = (
        door.api != Api::Messages,
        door.endpoint == Endpoint::Runtime,
    );
    let strays = [
        (
            "additional_model_response_field_paths",
            !options.additional_model_response_field_paths.is_empty(),
        ),
        ("prompt_variables", !options.prompt_variables.is_empty()),
        ("performance_latency", options.performance_latency.is_some()),
        ("request_metadata", !options.request_metadata.is_empty()),
        // Anthropic's `service_tier` has other words.
        ("service_tier", options.service_tier.is_some() && !of_openai),
        (
            "store",
            options.store.is_some() && door.api != Api::Responses,
        ),
        // AWS user guide, "Responses API": the runtime has the default project alone.
        ("project", options.project.is_some() && is_runtime),
    ];
    for (name, _) in strays.into_iter().filter(|(_, given)| *given) {
        let what = format!("option `{name}` by {}", door.name());
        call.unsupported(&model.id, &what, warnings)?;
    }
    Ok(())
}

/// A guardrail is never left out, whatever the caller allows: somebody relies on it.
///
/// Sources: AWS user guide, "Chat Completions API", whose headers these are; "Responses API": none; Bifrost, tried on AWS:
/// `bedrock-mantle` takes the headers and guards nothing.
fn guard(door: &Door<'_>, model: &Model, call: &Call, options: &Read) -> Result<()> {
    let refuse = |what: &str| {
        let message = format!(
            "{} has no {what} by {}: nothing would be guarded; leave options `endpoint` and `api` out, and Converse has them",
            model.id,
            door.name()
        );
        Err(Error::new(ErrorKind::Unsupported, message))
    };
    let guarded = door.endpoint == Endpoint::Runtime && door.api == Api::Chat;
    if options.guardrail_identifier.is_some() && !guarded {
        return refuse("guardrails");
    }
    if options.guardrail_stream_mode.is_some() {
        return refuse("option `guardrail_stream_mode`");
    }
    let parts = call.messages.iter().flat_map(|message| &message.content);
    match parts.into_iter().any(|part: &Part| part.guard().is_some()) {
        true => refuse("guarded content"),
        false => Ok(()),
    }
}

/// Puts the options that go into headers there.
pub(super) fn put(door: &Door<'_>, options: &Read, headers: &mut HeaderMap) -> Result<()> {
    let mut put = |name: &'static str, option: &str, value: &str| {
        let value = HeaderValue::try_from(value).map_err(|_| {
            Error::invalid_request(format!(
                "option `{option}` of bedrock is {value:?}, which no header can carry; ASCII would do"
            ))
        })?;
        headers.insert(HeaderName::from_static(name), value);
        Ok::<_, Error>(())
    };
    if door.api == Api::Messages {
        put("anthropic-version", "anthropic_version", VERSION)?;
        if !options.anthropic_beta.is_empty() {
            let betas = options.anthropic_beta.join(",");
            put("anthropic-beta", "anthropic_beta", &betas)?;
        }
    }
    if let Some(project) = options
        .project
        .as_deref()
        .filter(|_| door.endpoint == Endpoint::Mantle)
    {
        // Source: AWS user guide, "Projects".
        let name = match door.api {
            Api::Messages => "anthropic-workspace-id",
            _ => "openai-project",
        };
        put(name, "project", project)?;
    }
    if let (Some(id), Some(version)) = (&options.guardrail_identifier, &options.guardrail_version) {
        for (name, option, value) in [
            (
                "x-amzn-bedrock-guardrailidentifier",
                "guardrail_identifier",
                id.as_str(),
            ),
            (
                "x-amzn-bedrock-guardrailversion",
                "guardrail_version",
                version.as_str(),
            ),
        ] {
            put(name, option, value)?;
        }
        if let Some(trace) = options.guardrail_trace {
            let word = trace.as_str().to_uppercase();
            put("x-amzn-bedrock-trace", "guardrail_trace", &word)?;
        }
    }
    Ok(())
}
