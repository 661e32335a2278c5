//! Whole answers that come as a stream and are put together here.
//!
//! A model may write for an hour before a whole answer has its first byte. Until then nothing tells a connection that works
//! from a dead one: NAT gateways, VPC endpoints and load balancers drop it silently after 350 idle seconds (AWS's
//! documentation of each). A stream begins at once. So a long answer travels as one, and the caller sees no difference.

use reqllm_core::{Call, Capability, Delivery, Model, Reasoning, ReasoningEffort, Route, Warning};

use super::{Form, has_tools, operation};
use crate::options::Read;
use crate::profile::Profile;

/// An answer that may have more tokens is long: at the 30 to 100 tokens a second of most models it takes minutes.
const LONG: u64 = 8_192;

/// How an answer travels that is wanted whole. `call` is the one that is sent, after it was shaped.
pub(crate) fn settle(
    model: &Model,
    call: &Call,
    options: &Read,
    profile: &Profile,
    form: Form,
    route: Route,
    warnings: &mut Vec<Warning>,
) -> (Delivery, Route) {
    let Some(why) = wanted(model, call, options) else {
        return (Delivery::Whole, route);
    };
    let reason = route.reason;
    let Some(obstacle) = obstacle(model, call, options, profile, form) else {
        let reason = format!("{reason}; {why}, so the answer is streamed inside");
        return (
            Delivery::Stream,
            Route::new(operation(form, Delivery::Stream), reason),
        );
    };
    if options.stream_inside == Some(true) {
        warnings.push(Warning::new(
            "not_streamed_inside",
            format!("`stream_inside` is true, but {obstacle}; the answer comes whole"),
        ));
    }
    let reason = format!("{reason}; {why}, but {obstacle}");
    (Delivery::Whole, Route::new(route.operation, reason))
}

/// Why an answer is to travel as a stream.
pub(crate) fn wanted(model: &Model, call: &Call, options: &Read) -> Option<&'static str> {
    match options.stream_inside {
        Some(true) => Some("`stream_inside` is true"),
        Some(false) => None,
        None => long(model, call),
    }
}

/// Why a long answer is likely.
fn long(model: &Model, call: &Call) -> Option<&'static str> {
    let settings = &call.settings;
    let thinks = settings
        .reasoning
        .is_some_and(|reasoning| reasoning != Reasoning::Effort(ReasoningEffort::None));
    match settings.max_tokens {
        Some(tokens) if u64::from(tokens) > LONG => Some("`max_tokens` allows a long answer"),
        None if thinks && model.limits.output.is_some_and(|most| most > LONG) => {
            Some("it thinks, and nothing limits its answer")
        }
        _ => None,
    }
}

/// What stands against a stream. What would only make the answer another one does not, where the caller wants it so.
fn obstacle(
    model: &Model,
    call: &Call,
    options: &Read,
    profile: &Profile,
    form: Form,
) -> Option<&'static str> {
    if form == Form::Converse && !profile.streaming_tools && has_tools(call) {
        return Some("tools and streams do not go together");
    }
    hinders(model, options, profile)
}

/// What stands against a stream whatever the form.
pub(crate) fn hinders(model: &Model, options: &Read, profile: &Profile) -> Option<&'static str> {
    if model.capabilities.get(Capability::Streaming) == Some(false) {
        return Some("the model does not stream");
    }
    // They are looked for in the answer of the model, and a stream has that in pieces.
    if !options.additional_model_response_field_paths.is_empty() {
        return Some("additional response fields are elsewhere in a stream");
    }
    if options.stream_inside == Some(true) {
        return None;
    }
    // It looks at a stream piece by piece, and judges each.
    if options.guardrail_identifier.is_some() {
        return Some("a guardrail judges a stream otherwise than a whole");
    }
    if !profile.streams_alike || profile.streams_count_cache_twice {
        return Some("a stream of this model tells it otherwise");
    }
    None
}

#[cfg(test)]
mod tests {
    use reqllm_core::{Limits, Tool};
    use serde_json::{Value, json};

    use super::*;

    struct Case {
        model: Model,
        call: Call,
        profile: Profile,
        options: Value,
    }

    impl Case {
        fn new() -> Self {
            let mut model = Model::new("bedrock", "acme.x");
            model.limits = Limits::new(200_000, 64_000);
            Self {
                model,
                call: Call::new("hi"),
                profile: Profile::CAUTIOUS,
                options: json!({}),
            }
        }

        fn max_tokens(tokens: u32) -> Self {
            let mut case = Self::new();
            case.call.settings.max_tokens = Some(tokens);
            case
        }

        fn settle(&self) -> (&'static str, String, usize) {
            let options = self.options.as_object().unwrap().clone();
            let options = Read::of(&options.into()).unwrap();
            let mut warnings = Vec::new();
            let (delivery, route) = settle(
                &self.model,
                &self.call,
                &options,
                &self.profile,
                Form::Converse,
                Route::new("Converse", "said before"),
                &mut warnings,
            );
            assert_eq!(route.operation, operation(Form::Converse, delivery));
            assert!(route.reason.starts_with("said before"));
            (route.operation, route.reason.into_owned(), warnings.len())
        }
    }

    #[test]
    fn long_answers_are_streamed_and_short_ones_are_not() {
        assert_eq!(
            Case::new().settle().0,
            "Converse",
            "nothing says that it is long"
        );
        assert_eq!(Case::max_tokens(8_192).settle().0, "Converse");
        let (operation, reason, _) = Case::max_tokens(8_193).settle();
        assert_eq!(operation, "ConverseStream");
        assert!(reason.ends_with("streamed inside"), "{reason}");

        let mut case = Case::new();
        case.call.settings.reasoning = Some(Reasoning::Effort(ReasoningEffort::High));
        assert_eq!(case.settle().0, "ConverseStream");
        case.model.limits.output = None;
        assert_eq!(
            case.settle().0,
            "Converse",
            "nobody knows how much it may give"
        );
        case.model.limits.output = Some(4_096);
        assert_eq!(case.settle().0, "Converse", "it cannot be long");
        case.model.limits.output = Some(64_000);
        case.call.settings.reasoning = Some(Reasoning::Effort(ReasoningEffort::None));
        assert_eq!(case.settle().0, "Converse", "it is not to think");
    }

    #[test]
    fn the_caller_may_decide() {
        let mut case = Case::max_tokens(50_000);
        case.options = json!({"stream_inside": false});
        assert_eq!(case.settle(), ("Converse", "said before".to_owned(), 0));
        let mut case = Case::new();
        case.options = json!({"stream_inside": true});
        assert_eq!(case.settle().0, "ConverseStream");
    }

    /// What cannot be streamed, and what would be told otherwise; the latter can be wanted.
    #[test]
    fn what_a_stream_would_tell_otherwise_comes_whole() {
        type Make = fn(&mut Case);
        let table: &[(&str, bool, Make)] = &[
            ("does not stream", false, |case| {
                case.model
                    .capabilities
                    .set(Capability::Streaming, Some(false));
            }),
            ("tools and streams", false, |case| {
                case.profile.streaming_tools = false;
                case.call.tools = vec![Tool::from_schema("f", json!({"type": "object"}))];
            }),
            ("response fields", false, |case| {
                case.options["additional_model_response_field_paths"] = json!(["/x"]);
            }),
            ("guardrail", true, |case| {
                case.options["guardrail_identifier"] = "g".into();
                case.options["guardrail_version"] = "1".into();
            }),
            ("otherwise", true, |case| case.profile.streams_alike = false),
            ("otherwise", true, |case| {
                case.profile.streams_count_cache_twice = true;
            }),
        ];
        for (says, can_be_wanted, make) in table {
            let mut case = Case::max_tokens(50_000);
            make(&mut case);
            let (operation, reason, warnings) = case.settle();
            assert_eq!((operation, warnings), ("Converse", 0), "{says}");
            assert!(reason.contains(says), "{reason}");
            case.options["stream_inside"] = true.into();
            let (operation, _, warnings) = case.settle();
            let streamed = operation == "ConverseStream";
            assert_eq!(
                (streamed, warnings),
                (*can_be_wanted, usize::from(!can_be_wanted)),
                "{says}"
            );
        }
    }
}
