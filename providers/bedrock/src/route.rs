//! Which operation a call takes. Decided here, and nowhere else.

pub(crate) mod inside;

use reqllm_core::{Call, Delivery, Error, ErrorKind, Model, Part, Result, Route, Warning};

use crate::family::{Codec, Family};
use crate::options::Read;
use crate::profile::Profile;

/// The two forms of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    /// One body for every model.
    Converse,
    /// The family's own body.
    Native,
}

/// Decides: `use_converse` if it is given; Converse for tools and objects, for whatever only Converse carries, and where
/// the family has no native codec or does not prefer it; else native. What a model cannot stream comes whole.
pub(crate) fn decide(
    model: &Model,
    call: &Call,
    options: &Read,
    family: &dyn Family,
    profile: &Profile,
    delivery: Delivery,
    warnings: &mut Vec<Warning>,
) -> Result<(Form, Delivery, Route)> {
    let (form, mut reason) = form(model, call, options, family, warnings)?;
    let mut delivery = delivery;
    let whole_tools = !profile.streaming_tools && has_tools(call);
    if delivery == Delivery::Stream && form == Form::Converse && whole_tools {
        delivery = Delivery::Whole;
        reason.push_str("; tools and streams do not go together");
        warnings.push(Warning::new(
            "stream_delivered_whole",
            format!(
                "{} does not take tools while it streams; the answer comes whole, as events",
                model.id
            ),
        ));
    }
    let route = Route::new(operation(form, delivery), reason);
    Ok((form, delivery, route))
}

/// The operation of a form and a delivery.
fn operation(form: Form, delivery: Delivery) -> &'static str {
    match (form, delivery) {
        (Form::Converse, Delivery::Stream) => "ConverseStream",
        (Form::Converse, _) => "Converse",
        (Form::Native, Delivery::Stream) => "InvokeModelWithResponseStream",
        (Form::Native, _) => "InvokeModel",
    }
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
    if let Some(what) = best_on_converse(call, codec).or_else(|| only_converse(call, options)) {
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

fn parts(call: &Call) -> impl Iterator<Item = &Part> {
    call.messages.iter().flat_map(|message| &message.content)
}

/// Whether the call offers tools, or its conversation holds calls or results of some.
fn has_tools(call: &Call) -> bool {
    let of_tools = |part: &Part| matches!(part, Part::ToolCall(_) | Part::ToolResult(_));
    !call.tools.is_empty() || parts(call).any(of_tools)
}

/// What Converse has one form of for every family, and what the family's own body has no place for.
fn best_on_converse(call: &Call, codec: &dyn Codec) -> Option<&'static str> {
    if !call.tools.is_empty() {
        return Some("tools");
    }
    if has_tools(call) {
        return Some("tool calls in the conversation");
    }
    if call.object.is_some() {
        return Some("objects");
    }
    parts(call)
        .find(|part| !codec.takes(part))
        .map(|part| match part {
            Part::Image(_) => "images of this kind",
            Part::Document(_) => "documents of this kind",
            Part::Video(_) => "video",
            Part::Audio(_) => "audio",
            _ => "blocks of this kind",
        })
}

/// The first thing in the call that no native body has a place for.
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
    parts(call)
        .any(|part| part.guard().is_some())
        .then_some("guarded content")
}

#[cfg(test)]
mod tests {
    use reqllm_core::{Fold, Tool, user};
    use serde_json::{Value, json};

    use super::*;
    use reqllm_dialects::StreamCodec;

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
            family.profile(),
            Delivery::Whole,
            &mut Vec::new(),
        )
        .unwrap()
        .2
    }

    #[test]
    fn what_cannot_be_streamed_comes_whole() {
        let profile = Profile::CAUTIOUS.with_streaming_tools(false);
        let model = Model::new("bedrock", "acme.x");
        let delivery = |call: &Call| {
            let mut warnings = Vec::new();
            let (_, delivery, route) = decide(
                &model,
                call,
                &Read::default(),
                &Acme(false),
                &profile,
                Delivery::Stream,
                &mut warnings,
            )
            .unwrap();
            (delivery, route.operation, warnings.len())
        };
        let mut call = Call::new("hi");
        assert_eq!(delivery(&call), (Delivery::Stream, "ConverseStream", 0));
        call.tools = vec![Tool::from_schema("f", json!({"type": "object"}))];
        assert_eq!(delivery(&call), (Delivery::Whole, "Converse", 1));
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
        call.tools = vec![Tool::from_schema("f", json!({"type": "object"}))];
        assert_eq!(route(Acme(true), &call, &json!({})).operation, "Converse");
        assert_eq!(
            route(Acme(true), &call, &json!({"use_converse": false})).operation,
            "InvokeModel"
        );
    }
}
