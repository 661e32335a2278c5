//! Chat Completions: `POST …/chat/completions`.

mod answer;
pub(super) mod prompt;
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
use crate::brain::{self, Answer, Block};
use crate::reply::Reply;
use answer::Completion;
pub(super) use rules::image;
use schema::Body;

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
    let mut answer = prompt::translate(call, &body, reasons(call, &body)).answer();
    if body.parallel_tool_calls == Some(false) {
        first_call_only(&mut answer);
    }
    let streams = body.stream == Some(true);
    let completion = Completion {
        call,
        body: &body,
        answer: &answer,
        input: &input,
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
