//! What goes into a body beside the call.

use reqllm_core::{Model, Result, Warning};
use reqllm_dialects::messages::{self, Body, Quirks};
use reqllm_dialects::shape::Shaped;
use serde_json::{Value, json};

use crate::options::Read;

/// The body of a call that has been shaped: what is asked of the model, who asks, and how; the caller's own members last.
pub(crate) fn of<'a>(
    quirks: &Quirks,
    model: &Model,
    shaped: &'a Shaped<'_>,
    options: &Read,
    warnings: &mut Vec<Warning>,
) -> Result<Body<'a>> {
    let mut body = messages::encode(quirks, model, &shaped.call, warnings)?;
    body.set("model", model.sent_id());
    body.merge(&shaped.fields);
    if let Some(tier) = options.service_tier {
        body.set("service_tier", tier.as_str());
    }
    if let Some(id) = &options.user_id {
        body.set("metadata", json!({ "user_id": id }));
    }
    if let Some(container) = &options.container {
        body.set("container", container.clone());
    }
    if let Some(geo) = &options.inference_geo {
        body.set("inference_geo", geo.as_str());
    }
    if let Some(speed) = options.speed {
        body.set("speed", speed.as_str());
    }
    if let Some(disable) = options.disable_parallel_tool_use {
        one_tool_at_a_time(&mut body, disable, warnings);
    }
    body.merge(&options.extra_body);
    Ok(body)
}

/// It is a member of the choice, which has to be there for it.
fn one_tool_at_a_time(body: &mut Body<'_>, disable: bool, warnings: &mut Vec<Warning>) {
    let choice = body.get("tool_choice").cloned();
    let is_none = |choice: &Value| choice.get("type").is_some_and(|kind| kind == "none");
    if !body.has_tools() || choice.as_ref().is_some_and(is_none) {
        if disable {
            warnings.push(Warning::new(
                "option_without_effect",
                "`disable_parallel_tool_use` is set, and the model may call no tool",
            ));
        }
        return;
    }
    let mut choice = choice.unwrap_or_else(|| json!({ "type": "auto" }));
    if let Some(choice) = choice.as_object_mut() {
        choice.insert("disable_parallel_tool_use".to_owned(), disable.into());
    }
    body.set("tool_choice", choice);
}
