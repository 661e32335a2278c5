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
/// carries, and where the family has no native codec or prefers Converse; else native.
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
    let codec = family.codec();
    let name = family.name();
    match options.use_converse {
        Some(true) => return Ok((Form::Converse, "`use_converse` is true".to_owned())),
        Some(false) if codec.is_some() => {
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
    let Some(codec) = codec else {
        return Ok((Form::Converse, format!("family {name} has no native codec")));
    };
    if !codec.by_default() {
        return Ok((Form::Converse, format!("family {name} prefers Converse")));
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

#[cfg(test)]
mod tests {
    use reqllm_core::{Fold, Tool, user};
    use serde_json::{Value, json};

    use super::*;
    use crate::family::{Codec, StreamCodec};

    /// A family with a native form; whether that is preferred is what it holds.
    #[derive(Debug)]
    struct Acme(bool);

    impl Family for Acme {
        fn name(&self) -> &'static str {
            "acme"
        }
        fn prefixes(&self) -> &'static [&'static str] {
            &["acme."]
        }
        fn codec(&self) -> Option<&dyn Codec> {
            Some(self)
        }
    }

    impl Codec for Acme {
        fn encode(&self, _: &Model, _: &Call, _: &mut Vec<Warning>) -> Result<Value> {
            Ok(json!({}))
        }
        fn answer(&self, _: &[u8], _: &mut Fold) -> Result<()> {
            Ok(())
        }
        fn stream(&self) -> Box<dyn StreamCodec> {
            Box::new(|_: &[u8], _: &mut Fold| Ok(()))
        }
        fn by_default(&self) -> bool {
            self.0
        }
    }

    fn route(family: Acme, call: &Call, options: &Value) -> Route {
        let options = Read::of(&options.as_object().unwrap().clone().into()).unwrap();
        let model = Model::new("bedrock", "acme.x");
        decide(
            &model,
            call,
            &options,
            &family,
            Delivery::Whole,
            &mut Vec::new(),
        )
        .unwrap()
        .1
    }

    #[test]
    fn a_family_that_prefers_converse_goes_native_only_when_asked() {
        let call = Call::new(user("hi"));
        let route_of = |prefers_native, options: Value| {
            let route = route(Acme(prefers_native), &call, &options);
            (route.operation, route.reason)
        };
        assert_eq!(route_of(true, json!({})).0, "InvokeModel");
        assert_eq!(
            route_of(false, json!({})),
            ("Converse", "family acme prefers Converse".into())
        );
        assert_eq!(
            route_of(false, json!({"use_converse": false})).0,
            "InvokeModel"
        );
        assert_eq!(route_of(true, json!({"use_converse": true})).0, "Converse");
    }

    #[test]
    fn tools_go_through_converse_unless_it_is_turned_off() {
        let mut call = Call::new(user("hi"));
        call.tools = vec![Tool::new("f", json!({"type": "object"}))];
        assert_eq!(route(Acme(true), &call, &json!({})).operation, "Converse");
        assert_eq!(
            route(Acme(true), &call, &json!({"use_converse": false})).operation,
            "InvokeModel"
        );
    }
}
