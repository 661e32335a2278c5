//! A call in the Responses form.

use std::borrow::Cow;

use reqllm_core::{Call, Capability, Error, Model, ObjectSchema, Reasoning, Result, Warning};

use super::body::{Body, Format, Text};
use super::items::Writer;
use super::{Quirks, Wishes, tools};
use crate::chat_completions::all_required;
use crate::json::LongText;
use crate::over::Over;

/// What has to be asked for, so that thoughts can go back to a server that keeps nothing.
const SEALS: &str = "reasoning.encrypted_content";
/// What has to be asked for, so that the likeliest tokens are told.
const LOGPROBS: &str = "message.output_text.logprobs";
/// The longest name of a schema, in characters.
const LONGEST_NAME: usize = 64;

/// The body of a call that has been [shaped](crate::shape).
///
/// # Errors
///
/// [`ErrorKind::InvalidRequest`](reqllm_core::ErrorKind::InvalidRequest) or
/// [`ErrorKind::Unsupported`](reqllm_core::ErrorKind::Unsupported), naming the place.
pub fn encode<'a>(
    quirks: &Quirks,
    model: &Model,
    call: &'a Call,
    wishes: &Wishes<'a>,
    warnings: &mut Vec<Warning>,
) -> Result<Body<'a>> {
    let mut writer = Writer::new(quirks, model, call, warnings);
    for (at, message) in call.messages.iter().enumerate() {
        writer.message(at, message)?;
    }
    let written = writer.end();
    if written.items.is_empty() && wishes.previous_response_id.is_none() {
        return Err(Error::invalid_request(
            "`messages` holds nothing that can be sent; at least one message of the user is needed",
        ));
    }
    check(model, call, warnings)?;
    let tools = tools::offers(call, warnings)?;
    let tool_choice = tools::choice(model, call, warnings)?;
    let store = kept(quirks, model, call, wishes, warnings)?;
    let instructions = Some(written.instructions).filter(|text| !text.is_empty());
    let seals = thinks(model, call).then_some(SEALS);
    let logprobs = wishes.top_logprobs.map(|_| LOGPROBS);
    Ok(Body {
        instructions: instructions.map(LongText::from),
        input: written.items,
        max_output_tokens: call.settings.max_tokens,
        temperature: call.settings.temperature,
        top_p: call.settings.top_p,
        tools,
        tool_choice,
        store,
        previous_response_id: wishes.previous_response_id.filter(|_| quirks.keeps),
        wishes: *wishes,
        text: text(quirks, call.object.as_ref(), wishes, warnings),
        include: [seals, logprobs].into_iter().flatten().collect(),
        model: None,
        streams: false,
        over: Over::default(),
    })
}

/// What the form has no place for.
fn check(model: &Model, call: &Call, warnings: &mut Vec<Warning>) -> Result<()> {
    let settings = &call.settings;
    for (what, given) in [
        ("`top_k` in the Responses form", settings.top_k.is_some()),
        (
            "stop sequences in the Responses form",
            !settings.stop.is_empty(),
        ),
        ("a seed in the Responses form", settings.seed.is_some()),
    ] {
        if given {
            call.unsupported(&model.id, what, warnings)?;
        }
    }
    Ok(())
}

/// Whether the answer is kept on the server: it is not, unless the caller wants it.
fn kept(
    quirks: &Quirks,
    model: &Model,
    call: &Call,
    wishes: &Wishes<'_>,
    warnings: &mut Vec<Warning>,
) -> Result<bool> {
    let store = wishes.store.unwrap_or(false);
    for (what, given) in [
        ("`store`", store),
        (
            "`previous_response_id`",
            wishes.previous_response_id.is_some(),
        ),
    ] {
        if given && !quirks.keeps {
            let what = format!("{what}: {} keeps no answers", quirks.name);
            call.unsupported(&model.id, &what, warnings)?;
        }
    }
    Ok(store && quirks.keeps)
}

fn text<'a>(
    quirks: &Quirks,
    object: Option<&'a ObjectSchema>,
    wishes: &Wishes<'a>,
    warnings: &mut Vec<Warning>,
) -> Option<Text<'a>> {
    let format = object.map(|object| {
        let strict = all_required(&object.schema);
        if !strict {
            warnings.push(Warning::new(
                "object_not_strict",
                format!("the schema of the object has members that are not required, which a strict one of {} may not have; the answer is not held to it to the letter", quirks.name),
            ));
        }
        Format {
            name: name(&object.name),
            description: object.description.as_deref(),
            schema: &object.schema,
            strict,
        }
    });
    let verbosity = wishes.verbosity;
    (format.is_some() || verbosity.is_some()).then_some(Text { format, verbosity })
}

/// The reference, `text.format.name`: letters, digits, `_` and `-`, at most 64 of them.
fn name(wanted: &str) -> Cow<'_, str> {
    let legal = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
    if wanted.is_empty() {
        return "answer".into();
    }
    if wanted.len() <= LONGEST_NAME && wanted.chars().all(legal) {
        return wanted.into();
    }
    let letters = wanted.chars().take(LONGEST_NAME);
    letters.map(|c| if legal(c) { c } else { '_' }).collect()
}

/// Whether there will be thoughts. Models that have none refuse to be asked for sealed ones, so those of which nothing is
/// known are asked only if they are told to think.
fn thinks(model: &Model, call: &Call) -> bool {
    let asked = call.settings.reasoning.map(Reasoning::settled);
    let none = Reasoning::Effort(reqllm_core::ReasoningEffort::None);
    match model.capabilities.get(Capability::Reasoning) {
        Some(thinks) => thinks,
        None => asked.is_some_and(|it| it != none),
    }
}
