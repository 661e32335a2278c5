//! Asking for an object, and once more if the first answer does not do.

use reqllm_core::{Error, ErrorKind, FinishReason, Response, Result, Warning, user};
use serde_json::Value;

use super::check::{Check, Fault};
use crate::Chat;
use crate::total::Total;

/// Makes the call of `chat`, which has a schema. Gives what the object means by `read`, and nothing if the model waits for
/// tools instead.
pub(crate) async fn ask<T>(
    chat: &Chat,
    read: impl Fn(&Value) -> Result<T, String>,
) -> Result<(Option<T>, Response)> {
    let check = chat.check()?;
    let mut first = chat.once().await?;
    let Some(check) = check else {
        return Ok((None, first));
    };
    let fault = match check.settle(&mut first, &read) {
        Ok(value) => return Ok((value, first)),
        Err(fault) => fault,
    };
    if let Some(error) = hopeless(&first) {
        return Err(error.with_partial(first));
    }
    let mut second = match again(chat, &first, &fault).once().await {
        Ok(second) => second,
        Err(error) => {
            let Some(mut partial) = error.partial().cloned() else {
                return Err(error.with_partial(first));
            };
            merge(&mut partial, first);
            return Err(error.with_partial(partial));
        }
    };
    merge(&mut second, first);
    match check.settle(&mut second, read) {
        Ok(value) => {
            let (code, outcome) = match value {
                Some(_) => ("object_repaired", "gave it"),
                None => ("object_asked_again", "waits for tools first"),
            };
            second.warnings.push(Warning::new(
                code,
                format!("the first answer was no such object ({}); the model was asked once more and {outcome}, and both calls are counted", fault.shown),
            ));
            Ok((value, second))
        }
        Err(fault) => Err(refuse(&fault, second, "asked twice, ")),
    }
}

/// Holds the object of an answer that came as a stream to the schema.
pub(crate) fn verify<T>(
    check: &Check,
    response: &mut Response,
    read: impl Fn(&Value) -> Result<T, String>,
) -> Result<Option<T>> {
    check
        .settle(response, read)
        .map_err(|fault| match hopeless(response) {
            Some(error) => error,
            None => fruitless(&fault, ""),
        })
}

/// The same conversation, with the answer and what was wrong with it.
fn again(chat: &Chat, answer: &Response, fault: &Fault) -> Chat {
    let mut chat = chat.clone();
    let messages = &mut chat.call.messages;
    if !answer.message.content.is_empty() {
        messages.push(answer.message.clone());
    }
    messages.push(user(format!(
        "This is not the object that was asked for: {}.\nAnswer again: the whole object as JSON that satisfies the schema, and nothing else.",
        fault.told
    )));
    chat
}

/// Both calls were made for the one answer.
fn merge(second: &mut Response, first: Response) {
    let mut total = Total::default();
    total.add(&first);
    total.add(second);
    second.usage = total.usage();
    second.cost = total.cost();
    if second.cost.is_none()
        && let Some(reason) = first.provider_metadata.get("cost_unknown")
    {
        let metadata = &mut second.provider_metadata;
        metadata
            .entry("cost_unknown")
            .or_insert_with(|| reason.clone());
    }
    let told: Vec<Warning> = std::mem::take(&mut second.warnings);
    let before = first.warnings.into_iter();
    second.warnings = before
        .filter(|warning| warning.code != "no_object")
        .collect();
    let more = told.into_iter().filter(|it| !second.warnings.contains(it));
    let more: Vec<Warning> = more.collect();
    second.warnings.extend(more);
}

/// Why asking again would not help, if it would not.
fn hopeless(answer: &Response) -> Option<Error> {
    let (kind, message) = match answer.finish_reason {
        FinishReason::Length => (
            ErrorKind::Model,
            "the answer was cut off before the object was whole (finish reason length); give it more room with `max_tokens`",
        ),
        FinishReason::ContextWindow => (
            ErrorKind::ContextWindow,
            "the context window was full before the object was whole (finish reason context_window); shorten the conversation",
        ),
        FinishReason::ContentFilter => (
            ErrorKind::ContentFilter,
            "the model refused or a filter stepped in, and there is no object (finish reason content_filter); change the prompt or the guardrail",
        ),
        _ => return None,
    };
    Some(named(Error::new(kind, message), answer))
}

fn refuse(fault: &Fault, answer: Response, asked: &str) -> Error {
    let error = match hopeless(&answer) {
        Some(error) => error,
        None => named(fruitless(fault, asked), &answer),
    };
    error.with_partial(answer)
}

fn fruitless(fault: &Fault, asked: &str) -> Error {
    Error::new(
        ErrorKind::Model,
        format!(
            "{asked}the model did not give the object: {}; describe the fields in the schema, or take a model that is better at it",
            fault.shown
        ),
    )
}

fn named(error: Error, answer: &Response) -> Error {
    error
        .with_provider(&answer.provider)
        .with_model(&answer.model)
}
