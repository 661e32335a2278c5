//! Which operation a call takes. Decided here, and nowhere else.

use reqllm_core::{Call, Delivery, Error, ErrorKind, Model, Part, Result, Route, Source, Warning};

use crate::family::Family;
use crate::options::Read;

/// The two forms of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    /// One body for every model.
    Converse,
    /// The family's own body.
    Native,
}

/// Decides: `use_converse` if it is given; Converse for tools, also in the history, and for whatever only Converse
/// carries, and where the family has no native codec; else native.
pub(crate) fn decide(
    model: &Model,
    call: &Call,
    options: &Read,
    family: &dyn Family,
    delivery: Delivery,
    warnings: &mut Vec<Warning>,
) -> Result<(Form, Route)> {
    let (form, reason) = form(model, call, options, family, warnings)?;
    let operation = match (form, delivery) {
        (Form::Converse, Delivery::Stream) => "ConverseStream",
        (Form::Converse, _) => "Converse",
        (Form::Native, Delivery::Stream) => "InvokeModelWithResponseStream",
        (Form::Native, _) => "InvokeModel",
    };
    Ok((form, Route::new(operation, reason)))
}

fn form(
    model: &Model,
    call: &Call,
    options: &Read,
    family: &dyn Family,
    warnings: &mut Vec<Warning>,
) -> Result<(Form, String)> {
    let native = family.codec().is_some();
    let name = family.name();
    match options.use_converse {
        Some(true) => return Ok((Form::Converse, "`use_converse` is true".to_owned())),
        Some(false) if native => {
            if let Some(what) = only_converse(call, options) {
                let what = format!("{what} where `use_converse` is false");
                call.unsupported(&model.id, &what, warnings)?;
            }
            return Ok((Form::Native, "`use_converse` is false".to_owned()));
        }
        Some(false) => {
            return Err(Error::new(
                ErrorKind::Unsupported,
                format!("`use_converse` is false, and family {name} has no native codec; leave the option out"),
            )
            .with_provider(crate::ID)
            .with_model(&model.id));
        }
        None => {}
    }
    if !native {
        return Ok((Form::Converse, format!("family {name} has no native codec")));
    }
    if let Some(what) = best_on_converse(call).or_else(|| only_converse(call, options)) {
        return Ok((
            Form::Converse,
            format!("only Converse carries {what}, or carries it best"),
        ));
    }
    Ok((
        Form::Native,
        format!("nothing asks for Converse, and family {name} has a native codec"),
    ))
}

/// Tools, also in the conversation: Converse has one form of them for every family.
fn best_on_converse(call: &Call) -> Option<&'static str> {
    if !call.tools.is_empty() {
        return Some("tools");
    }
    call.messages
        .iter()
        .flat_map(|message| &message.content)
        .any(|part| matches!(part, Part::ToolCall(_) | Part::ToolResult(_)))
        .then_some("tool calls in the conversation")
}

/// The first thing in the call that a native body has no place for.
fn only_converse(call: &Call, options: &Read) -> Option<&'static str> {
    if !options.prompt_variables.is_empty() {
        return Some("prompt variables");
    }
    if !options.additional_model_response_field_paths.is_empty() {
        return Some("additional response fields");
    }
    if options.guardrail_stream_mode.is_some() {
        return Some("a guardrail's stream mode");
    }
    call.messages
        .iter()
        .flat_map(|message| &message.content)
        .find_map(|part| match part {
            Part::Video(_) => Some("video"),
            Part::Audio(_) => Some("audio"),
            Part::Image(image) if is_s3(&image.source) => Some("attachments on S3"),
            Part::Document(document) if is_s3(&document.source) => Some("attachments on S3"),
            // The native body knows PDF and plain text; Converse converts the others.
            Part::Document(document)
                if !matches!(
                    crate::media::DOCUMENT.of(&document.media_type),
                    Ok("pdf" | "txt")
                ) =>
            {
                Some("documents of this format")
            }
            part if part.guard().is_some() => Some("guarded content"),
            // An unknown block can only go back to where it came from; Converse blocks have no `type`.
            Part::Unknown(unknown) if unknown.raw.get("type").is_none() => {
                Some("blocks of its own")
            }
            _ => None,
        })
}

fn is_s3(source: &Source) -> bool {
    matches!(source, Source::Url(url) if url.starts_with("s3://"))
}
