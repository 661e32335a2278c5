//! A call as a Converse request.

use bytes::Bytes;
use reqllm_core::{Call, Delivery, Error, Model, Part, Result, Role, ToolChoice, Warning};
use serde_json::Value;

use super::blocks::Encoder;
use super::wire;
use crate::family::Profile;
use crate::options::Read;
use crate::{merge, model_id};

pub(super) fn encode(
    model: &Model,
    call: &Call,
    options: &Read,
    profile: &Profile,
    delivery: Delivery,
    warnings: &mut Vec<Warning>,
) -> Result<Bytes> {
    let name = model.id.as_str();
    if call.settings.seed.is_some() {
        call.unsupported(name, "a seed", warnings)?;
    }
    if call.settings.reasoning.is_some() {
        call.unsupported(
            name,
            "the reasoning setting yet (its own fields go in `additional_model_request_fields`)",
            warnings,
        )?;
    }
    let tool_config = tool_config(name, call, profile, warnings)?;
    let additional = additional_fields(name, call, options, profile, warnings)?;
    // A managed prompt has messages of its own.
    let is_prompt = model_id::Arn::parse(model.sent_id())
        .is_some_and(|arn| arn.resource.starts_with("prompt/"));
    let (system, messages) = messages(name, call, profile, is_prompt, warnings)?;
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
            .map(|(name, text)| (name.as_str(), wire::TextOnly { text }))
            .collect(),
        additional_model_response_field_paths: &options.additional_model_response_field_paths,
        request_metadata: &options.request_metadata,
        performance_config: options
            .performance_latency
            .map(|latency| wire::PerformanceConfig { latency }),
        service_tier: options.service_tier.map(|kind| wire::Tier { kind }),
    };
    serde_json::to_vec(&request)
        .map(Bytes::from)
        .map_err(|error| {
            Error::invalid_request(format!("the request cannot be written as JSON: {error}"))
        })
}

fn messages<'a>(
    model: &str,
    call: &'a Call,
    profile: &Profile,
    is_prompt: bool,
    warnings: &mut Vec<Warning>,
) -> Result<(Vec<wire::Block<'a>>, Vec<wire::Message<'a>>)> {
    let mut encoder = Encoder::new(model, call, profile, warnings);
    let mut system = Vec::new();
    let mut messages: Vec<wire::Message<'a>> = Vec::new();
    for (at, message) in call.messages.iter().enumerate() {
        let role = match message.role {
            Role::System => {
                encoder.system(at, message, &mut system)?;
                if !messages.is_empty() {
                    encoder.warn(
                        "system_message_moved",
                        format!("messages[{at}] is a system message inside the conversation; Converse takes them at the front, so it went there"),
                    );
                }
                continue;
            }
            Role::Assistant => "assistant",
            _ => "user",
        };
        let start_new = messages.last().is_none_or(|last| last.role != role);
        if start_new {
            messages.push(wire::Message {
                role,
                content: Vec::new(),
            });
        }
        let Some(last) = messages.last_mut() else {
            continue;
        };
        let before = last.content.len();
        encoder.content(at, message, &mut last.content)?;
        if last.content.len() == before {
            if message.role != Role::Assistant {
                return Err(Error::invalid_request(format!(
                    "messages[{at}] says nothing: its content is empty or blank"
                )));
            }
            encoder.warn(
                "empty_message_dropped",
                format!("messages[{at}] of the assistant is empty and was left out"),
            );
            if start_new {
                messages.pop();
            }
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
    profile: &Profile,
    warnings: &mut Vec<Warning>,
) -> Result<Option<wire::ToolConfig<'a>>> {
    let in_history = history_has_tools(call);
    if call.tools.is_empty() {
        if in_history {
            return Err(Error::invalid_request(
                "the conversation holds tool calls or results, and no `tools` are given; Converse needs the definitions of the tools again",
            ));
        }
        return match call.tool_choice {
            Some(ToolChoice::Required | ToolChoice::Tool(_)) => Err(Error::invalid_request(
                "`tool_choice` asks for a tool, and `tools` is empty",
            )),
            _ => Ok(None),
        };
    }
    let tool_choice = match &call.tool_choice {
        None => None,
        // Converse has no word for it; without tools in the history, offering none is the same.
        Some(ToolChoice::None) if !in_history => return Ok(None),
        Some(ToolChoice::None) => {
            call.unsupported(model, "tool_choice none once tools were used", warnings)?;
            None
        }
        Some(ToolChoice::Auto) if !profile.tool_choice => None,
        Some(_) if !profile.tool_choice => {
            call.unsupported(model, "a choice of tools other than auto", warnings)?;
            None
        }
        Some(ToolChoice::Required) => Some(wire::ToolChoice::Any {}),
        Some(ToolChoice::Tool(name)) => {
            if !call.tools.iter().any(|tool| &tool.name == name) {
                return Err(Error::invalid_request(format!(
                    "`tool_choice` is {name:?}; the tools are {}",
                    call.tools
                        .iter()
                        .map(|tool| tool.name.as_str())
                        .collect::<Vec<_>>()
                        .join(", ")
                )));
            }
            Some(wire::ToolChoice::Tool { name })
        }
        Some(_) => Some(wire::ToolChoice::Auto {}),
    };
    let mut tools = Vec::with_capacity(call.tools.len());
    for tool in &call.tools {
        if !tool.parameters.is_object() {
            return Err(Error::invalid_request(format!(
                "`parameters` of tool {:?} is no JSON Schema object",
                tool.name
            )));
        }
        tools.push(wire::ToolEntry::ToolSpec(wire::ToolSpec {
            name: &tool.name,
            // An empty description is refused; none at all is not.
            description: tool.description.as_deref().filter(|text| !text.is_empty()),
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
pub(crate) fn history_has_tools(call: &Call) -> bool {
    call.messages
        .iter()
        .flat_map(|message| &message.content)
        .any(|part| matches!(part, Part::ToolCall(_) | Part::ToolResult(_)))
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

/// What the profile puts there, under what the caller puts there.
fn additional_fields(
    model: &str,
    call: &Call,
    options: &Read,
    profile: &Profile,
    warnings: &mut Vec<Warning>,
) -> Result<serde_json::Map<String, Value>> {
    let mut fields = serde_json::Map::new();
    if let Some(top_k) = call.settings.top_k {
        match profile.top_k {
            Some(path) => merge::put(&mut fields, path, top_k.into()),
            None => call.unsupported(model, "top_k", warnings)?,
        }
    }
    if !options.anthropic_beta.is_empty() {
        if profile.anthropic_beta {
            merge::put(
                &mut fields,
                &["anthropic_beta"],
                options.anthropic_beta.clone().into(),
            );
        } else {
            call.unsupported(model, "anthropic_beta", warnings)?;
        }
    }
    merge::deep(&mut fields, &options.additional_model_request_fields);
    Ok(fields)
}
