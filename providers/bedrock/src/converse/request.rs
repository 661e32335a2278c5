//! A call as a Converse request.

use bytes::Bytes;
use reqllm_core::{Call, Delivery, Error, Model, Part, Result, Role, ToolChoice, Warning};
use serde_json::{Map, Value};

use super::blocks::Encoder;
use super::wire;
use crate::options::Read;
use crate::profile::Profile;
use crate::{json, merge, model_id};

pub(super) fn encode(
    model: &Model,
    call: &Call,
    options: &Read,
    profile: &Profile,
    fields: Map<String, Value>,
    delivery: Delivery,
    warnings: &mut Vec<Warning>,
) -> Result<Bytes> {
    let name = model.id.as_str();
    if call.settings.seed.is_some() {
        call.unsupported(name, "a seed", warnings)?;
    }
    let tool_config = tool_config(name, call, warnings)?;
    let additional = additional_fields(name, call, options, profile, fields, warnings)?;
    // A managed prompt has messages of its own.
    let is_prompt = model_id::Arn::parse(model.sent_id())
        .is_some_and(|arn| arn.resource.starts_with("prompt/"));
    let (system, messages) = messages(call, profile, is_prompt, warnings)?;
    let settings = &call.settings;
    let has_inference_config = settings.max_tokens.is_some()
        || settings.temperature.is_some()
        || settings.top_p.is_some()
        || !settings.stop.is_empty();
    let request = wire::Request {
        system,
        messages,
        inference_config: has_inference_config.then_some(wire::InferenceConfig {
            max_tokens: settings.max_tokens,
            temperature: settings.temperature,
            top_p: settings.top_p,
            stop_sequences: &settings.stop,
        }),
        tool_config,
        guardrail_config: guardrail_config(options, delivery),
        additional_model_request_fields: additional,
        prompt_variables: options
            .prompt_variables
            .iter()
            .map(|(name, text)| (name.as_str(), wire::TextOnly { text: text.into() }))
            .collect(),
        additional_model_response_field_paths: &options.additional_model_response_field_paths,
        request_metadata: &options.request_metadata,
        performance_config: options
            .performance_latency
            .map(|latency| wire::PerformanceConfig { latency }),
        service_tier: options.service_tier.map(|kind| wire::Tier { kind }),
        output_config: call.object.as_ref().map(wire::OutputConfig::of),
    };
    json::write(&request, json::room_for(call))
}

/// What the body shares with native ones of the same form.
pub(super) fn conversation(
    model: &Model,
    call: &Call,
    profile: &Profile,
    warnings: &mut Vec<Warning>,
) -> Result<Value> {
    let tool_config = tool_config(&model.id, call, warnings)?;
    let (system, messages) = messages(call, profile, false, warnings)?;
    let conversation = wire::Conversation {
        system,
        messages,
        tool_config,
    };
    // Written and read, because the shapes are for the writer alone; see `json::LongText`.
    let written = json::write(&conversation, json::room_for(call))?;
    serde_json::from_slice(&written).map_err(|error| json::unwritten(&error))
}

fn messages<'a>(
    call: &'a Call,
    profile: &Profile,
    is_prompt: bool,
    warnings: &mut Vec<Warning>,
) -> Result<(Vec<wire::Block<'a>>, Vec<wire::Message<'a>>)> {
    let mut encoder = Encoder::new(profile, warnings);
    let mut system = Vec::new();
    let mut messages: Vec<wire::Message<'a>> = Vec::new();
    for (at, message) in call.messages.iter().enumerate() {
        let role = match message.role {
            Role::System if messages.is_empty() => {
                encoder.system(at, message, &mut system)?;
                continue;
            }
            Role::System => "system",
            Role::Assistant => "assistant",
            _ => "user",
        };
        // Two of one side in a row are one.
        if messages.last().is_none_or(|last| last.role != role) {
            messages.push(wire::Message {
                role,
                content: Vec::with_capacity(message.content.len()),
            });
        }
        if let Some(last) = messages.last_mut() {
            encoder.content(at, message, &mut last.content)?;
        }
    }
    if messages.is_empty() && !is_prompt {
        return Err(Error::invalid_request(
            "`messages` holds no message of the user; at least one is needed",
        ));
    }
    Ok((system, messages))
}

fn tool_config<'a>(
    model: &str,
    call: &'a Call,
    warnings: &mut Vec<Warning>,
) -> Result<Option<wire::ToolConfig<'a>>> {
    if call.tools.is_empty() {
        return Ok(None);
    }
    let tool_choice = match &call.tool_choice {
        None => None,
        // Converse has no word for it; without tools in the history, offering none is the same.
        Some(ToolChoice::None) if !history_has_tools(call) => return Ok(None),
        Some(ToolChoice::None) => {
            call.unsupported(model, "tool_choice none once tools were used", warnings)?;
            None
        }
        Some(ToolChoice::Required) => Some(wire::ToolChoice::Any {}),
        Some(ToolChoice::Tool(name)) => Some(wire::ToolChoice::Tool { name }),
        Some(_) => Some(wire::ToolChoice::Auto {}),
    };
    let mut tools = Vec::with_capacity(call.tools.len());
    for tool in &call.tools {
        tools.push(wire::ToolEntry::ToolSpec(wire::ToolSpec {
            name: &tool.name,
            // An empty description is refused; none at all is not.
            description: tool
                .description
                .as_deref()
                .filter(|text| !text.trim().is_empty()),
            input_schema: wire::InputSchema {
                json: &tool.parameters,
            },
            strict: tool.strict,
        }));
        if let Some(cache) = tool.cache {
            tools.push(wire::ToolEntry::CachePoint(cache.into()));
        }
    }
    Ok(Some(wire::ToolConfig { tools, tool_choice }))
}

/// Whether the conversation has tool calls or results in it.
fn history_has_tools(call: &Call) -> bool {
    let mut parts = call.messages.iter().flat_map(|message| &message.content);
    parts.any(|part| matches!(part, Part::ToolCall(_) | Part::ToolResult(_)))
}

fn guardrail_config(options: &Read, delivery: Delivery) -> Option<wire::GuardrailConfig<'_>> {
    Some(wire::GuardrailConfig {
        guardrail_identifier: options.guardrail_identifier.as_deref()?,
        guardrail_version: options.guardrail_version.as_deref()?,
        trace: options.guardrail_trace,
        // Only the streaming operation has this member.
        stream_processing_mode: match delivery {
            Delivery::Stream => options.guardrail_stream_mode,
            _ => None,
        },
    })
}

/// What the profile puts there, and over it what the caller puts there.
fn additional_fields(
    model: &str,
    call: &Call,
    options: &Read,
    profile: &Profile,
    mut fields: Map<String, Value>,
    warnings: &mut Vec<Warning>,
) -> Result<Map<String, Value>> {
    if let Some(top_k) = call.settings.top_k {
        match profile.top_k {
            Some(path) => merge::put(&mut fields, path, top_k.into()),
            None => call.unsupported(model, "top_k", warnings)?,
        }
    }
    if !options.anthropic_beta.is_empty() && profile.anthropic_beta {
        let betas = options.anthropic_beta.clone().into();
        merge::put(&mut fields, &["anthropic_beta"], betas);
    }
    merge::deep(&mut fields, &options.additional_model_request_fields);
    Ok(fields)
}
