//! Responses: from a call to an exchange.

use std::borrow::Cow;
use std::sync::Arc;

use reqllm_core::{Call, Capability, Delivery, Exchange, Model, Result, Route, Warning};
use reqllm_dialects::mark::Maker;
use reqllm_dialects::responses::speakers::{FORM, OPENAI, OPENROUTER, UNKNOWN, XAI};
use reqllm_dialects::responses::{self, Quirks, Responses, Wishes};
use reqllm_dialects::{answer, door, json, shape};

use crate::ID;
use crate::options::Read;
use crate::place::Place;
use crate::provider::Asked;

/// Azure seals thoughts for itself.
static AZURE: Quirks = Quirks {
    name: "Azure",
    maker: Maker::new("azure"),
    ..OPENAI
};

/// Who speaks it in which way, by the ids of providers.
static SPEAKERS: &[(&[&str], &Quirks)] = &[
    (&["openai"], &OPENAI),
    (&["azure", "azure-cognitive-services"], &AZURE),
    (&["xai"], &XAI),
    (&["openrouter"], &OPENROUTER),
];

/// How a provider speaks it at a place.
fn quirks(provider: &str, place: &Place) -> Quirks {
    let speaker = SPEAKERS.iter().find(|(ids, _)| ids.contains(&provider));
    let quirks = speaker.map_or(&UNKNOWN, |(_, quirks)| quirks);
    let maker = place.maker(provider, quirks.maker, speaker.is_some());
    Quirks { maker, ..*quirks }
}

pub(crate) fn exchange(asked: Asked<'_>, reason: Cow<'static, str>) -> Result<Exchange> {
    let Asked {
        provider,
        place,
        model,
        call,
        options,
        delivery,
    } = asked;
    let quirks = &quirks(&provider.facts.id, place);
    let mut warnings = Vec::new();
    let mut profile = quirks.profile();
    // OpenAI's guide "Structured model outputs": since gpt-4o. Of others only the registry knows it.
    let schemas = model.capabilities.get(Capability::StructuredOutput);
    profile.native_object = schemas.unwrap_or(provider.facts.id == ID);
    let wishes = shape::Wishes::default();
    let shaped = shape::shape(model, call, &wishes, &profile, &FORM, &mut warnings)?;
    let call = &*shaped.call;
    let wishes = wishes_of(model, call, options, &mut warnings)?;
    let mut body = responses::encode(quirks, model, call, &wishes, &mut warnings)?;
    body.set_model(model.sent_id());
    if delivery == Delivery::Stream {
        body.ask_for_stream();
    }
    body.merge(&shaped.fields);
    body.merge(&options.extra_body);
    let body = body.write(json::room_for(call))?;
    let mut request = door::post(&place.base, "/responses", body, delivery)?;
    options.put_headers(provider, place, request.headers_mut())?;
    let auth = Arc::new(provider.auth(options, place));
    let answer = answer::read(Arc::new(Responses::new(quirks)), delivery);
    let mut exchange = Exchange::new(request, Route::new("Responses", reason), auth, answer);
    exchange.delivery = delivery;
    exchange.warnings = warnings;
    exchange.expectation = shaped.expectation;
    Ok(exchange)
}

/// What the options say in the words of the form. What it has no word for is refused by name.
fn wishes_of<'a>(
    model: &Model,
    call: &Call,
    options: &'a Read,
    warnings: &mut Vec<Warning>,
) -> Result<Wishes<'a>> {
    for (name, given) in [
        ("logit_bias", !options.logit_bias.is_empty()),
        ("frequency_penalty", options.frequency_penalty.is_some()),
        ("presence_penalty", options.presence_penalty.is_some()),
    ] {
        if given {
            let what = format!("option `{name}` in the Responses API");
            call.unsupported(&model.id, &what, warnings)?;
        }
    }
    let told = options.logprobs == Some(true);
    Ok(Wishes {
        store: options.store,
        previous_response_id: options.previous_response_id.as_deref(),
        prompt_cache_key: options.prompt_cache_key.as_deref(),
        prompt_cache_retention: options.prompt_cache_retention.as_deref(),
        service_tier: options.service_tier.as_deref(),
        safety_identifier: options.safety_identifier.as_deref(),
        user: options.user.as_deref(),
        metadata: Some(&options.metadata).filter(|it| !it.is_empty()),
        truncation: options.truncation.as_deref(),
        parallel_tool_calls: options.parallel_tool_calls,
        verbosity: options.verbosity.as_deref(),
        reasoning_summary: options.reasoning_summary.as_deref(),
        top_logprobs: told.then(|| options.top_logprobs.unwrap_or(0)),
    })
}

#[cfg(test)]
mod tests;
