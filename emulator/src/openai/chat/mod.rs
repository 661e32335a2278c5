//! Chat Completions: `POST …/chat/completions`.

mod answer;
mod gemini;
mod rules;
pub(super) mod schema;
mod stream;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod tests_others;
#[cfg(test)]
mod tests_refusals;

use http::StatusCode;

use super::error::Refusal;
use super::manners::Key;
use super::{Call, wording};
use crate::brain::tokens::{InputUsage, Meter, Ttl};
use crate::brain::{self, Answer, Block, Stop, Thinking};
use crate::chat::{self, Body};
use crate::guardrail;
use crate::native::call::Verdict;
use crate::reply::Reply;
use answer::Completion;
pub(super) use rules::image;

/// Prefixes shorter than this are not cached. Source: OpenAI's guide "Prompt caching".
const LEAST_CACHED: u64 = 1024;
/// Cached prefixes are counted in steps of this many tokens.
const CACHE_STEP: u64 = 128;

pub(super) fn answer(call: &Call<'_>) -> Result<Reply, Refusal> {
    let body: Body = wording::read(
        &schema::REQUEST,
        &call.body,
        call.manner,
        wording::unrecognized,
    )?;
    rules::check(call, &body)?;
    let input = measure(call, "messages")?;
    let thinking = match reasons(call, &body) {
        true => Thinking::Unsigned,
        false => Thinking::Off,
    };
    let prompt = chat::translate(call.manner.speaker, &body, thinking, call.dice.clone());
    let guardrail = call.guardrail.as_ref();
    let verdict = guardrail.map(|guardrail| Verdict::of(guardrail, &prompt.question()));
    let mut answer = match verdict.as_ref().is_some_and(|verdict| verdict.blocked) {
        true => blocked(),
        false => prompt.answer(),
    };
    if body.parallel_tool_calls == Some(false) {
        first_call_only(&mut answer);
    }
    let streams = body.stream == Some(true);
    let completion = Completion {
        call,
        body: &body,
        answer: &answer,
        input: &input,
        verdict: verdict.as_ref(),
    };
    Ok(if streams {
        Reply::stream(
            "text/event-stream; charset=utf-8",
            stream::events(&completion),
        )
    } else {
        Reply::json(StatusCode::OK, &completion.whole())
    })
}

/// What a guardrail says in place of the model.
fn blocked() -> Answer {
    Answer {
        blocks: vec![Block::Text(guardrail::BLOCKED.to_owned())],
        stop: Stop::EndTurn,
        tokens: 0,
    }
}

/// Whether the model thinks before it answers.
fn reasons(call: &Call<'_>, body: &Body) -> bool {
    match call.manner.key {
        Key::OpenAi => {
            let effort = body.reasoning_effort.as_deref();
            call.traits.reasons() && effort.unwrap_or(call.traits.effort) != "none"
        }
        Key::Any | Key::Free => (call.manner.reasons)(&call.model, &call.body),
    }
}

/// Counts the tokens of a body whose conversation is the member `said`, and looks its beginning up in the cache.
pub(super) fn measure(call: &Call<'_>, said: &str) -> Result<InputUsage, Refusal> {
    let mut meter = Meter::new(&call.model);
    for name in ["tools", "response_format", "text", "instructions"] {
        if let Some(value) = call.body.get(name) {
            meter.add(name, value);
        }
    }
    match call.body.get(said) {
        Some(serde_json::Value::Array(items)) if is_pointed(call) => {
            items.iter().for_each(|item| points(&mut meter, item));
        }
        Some(serde_json::Value::Array(items)) => {
            for item in items {
                meter.add("item", item);
                meter.point(Ttl::FiveMinutes);
            }
        }
        Some(other) => meter.add("item", other),
        None => {}
    }
    // No lock is held across code that could panic half-way.
    let mut cache = call
        .cache
        .lock()
        .unwrap_or_else(std::sync::PoisonError::into_inner);
    let usage = meter.settle(&mut cache);
    drop(cache);
    let (total, most) = (usage.total(), call.traits.context);
    if total > most {
        return Err(Refusal::invalid(format!(
            "This model's maximum context length is {most} tokens. However, your messages resulted in {total} tokens. \
             Please reduce the length of the messages."
        ))
        .param(said)
        .code("context_length_exceeded"));
    }
    Ok(usage)
}

/// Whether the model caches where a body says so, and nowhere else. Source: OpenRouter's guide "Prompt caching", which has
/// `cache_control` for these, and counts of what is read and written without OpenAI's steps.
pub(super) fn is_pointed(call: &Call<'_>) -> bool {
    const VENDORS: [&str; 3] = ["anthropic/", "google/", "qwen/"];
    let mut vendors = VENDORS.iter();
    call.manner.name == "openrouter" && vendors.any(|vendor| call.model.starts_with(vendor))
}

/// Counts one message, with the points that its parts have.
fn points(meter: &mut Meter, item: &serde_json::Value) {
    let Some(serde_json::Value::Array(parts)) = item.get("content") else {
        return meter.add("item", item);
    };
    for part in parts {
        let mut part = part.clone();
        let members = part.as_object_mut();
        let control = members.and_then(|part| part.shift_remove("cache_control"));
        meter.add("part", &part);
        if let Some(control) = control.filter(|it| !it.is_null()) {
            meter.point(Ttl::parse(control.get("ttl").and_then(|ttl| ttl.as_str())));
        }
    }
}

/// Tokens of a prompt that came from the cache, as OpenAI counts them.
pub(super) fn cached(usage: &InputUsage) -> u64 {
    match usage.read {
        read if read >= LEAST_CACHED => read / CACHE_STEP * CACHE_STEP,
        _ => 0,
    }
}

/// Tokens of an answer that were thought and not said.
pub(super) fn thought(answer: &Answer) -> u64 {
    let words = answer.blocks.iter().map(|block| match block {
        Block::Thinking { text, .. } => brain::words(text),
        _ => 0,
    });
    words.sum()
}

/// What `parallel_tool_calls: false` leaves of an answer.
pub(super) fn first_call_only(answer: &mut Answer) {
    let mut calls = 0;
    answer.blocks.retain(|block| {
        calls += usize::from(matches!(block, Block::ToolCall { .. }));
        !matches!(block, Block::ToolCall { .. }) || calls == 1
    });
}
