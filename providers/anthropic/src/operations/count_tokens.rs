//! How many tokens a call would take. Source: Anthropic's API reference, "Count Message tokens".

use std::sync::Arc;

use reqllm_core::{Call, Delivery, Identity, Model, Result, Route, Task, TokenCount};
use reqllm_dialects::{door, json, messages};
use serde::Deserialize;

use super::Decoder;
use crate::address::Address;
use crate::options::Read;
use crate::provider::Anthropic;
use crate::{betas, body, rows};

/// The members that are counted, beside system prompt, messages and tools. The others are refused.
const COUNTED: &[&str] = &["model", "thinking", "tool_choice", "output_config"];

pub(crate) fn prepare(
    anthropic: &Anthropic,
    model: &Model,
    call: &Call,
) -> Result<Task<TokenCount>> {
    let options = Read::of(&anthropic.facts.id, &call.options)?;
    let address = Address::of(anthropic, &options, Some(model))?;
    let (quirks, profile) = rows::of(&anthropic.facts.id, model, &address);
    let mut warnings = Vec::new();
    let shaped = anthropic.shape(model, call, &options, &profile, &mut warnings)?;
    let mut body = body::of(&quirks, model, &shaped, &options, &mut warnings)?;
    // What the caller puts over the body is his.
    body.retain(|name| COUNTED.contains(&name) || options.extra_body.contains_key(name));
    let bytes = body.write(json::room_for(&shaped.call))?;
    let path = "/v1/messages/count_tokens";
    let mut request = door::post(&address.base, path, bytes, Delivery::Whole)?;
    anthropic.headers(&options, &mut request)?;
    betas::put(request.headers_mut(), &options, &profile, &body)?;
    let identity = Identity::from(model);
    let decoder = Decoder(move |head: &_, body: &[u8]| read(&identity, head, body));
    let route = Route::new(
        "CountTokens",
        "the service counts them as it would take them",
    );
    let auth = anthropic.auth(&options, &address);
    let mut task = Task::new(request, route, auth, Arc::new(decoder));
    task.warnings = warnings;
    Ok(task)
}

#[derive(Deserialize)]
struct Answer {
    input_tokens: u64,
}

fn read(
    identity: &Identity,
    head: &reqllm_dialects::answer::Head,
    body: &[u8],
) -> Result<TokenCount> {
    let answer: Answer = json::read(body, "the count of tokens")
        .map_err(|error| messages::failure(body).unwrap_or(error))?;
    let mut count = TokenCount::of(identity, answer.input_tokens);
    if let Some(id) = head.request_id() {
        let metadata = &mut count.provider_metadata;
        metadata.insert("request_id".to_owned(), id.into());
    }
    Ok(count)
}
