//! Options by name and by setter.

use super::*;
use reqllm_core::Result;
use serde_json::json;

fn read(value: Value) -> Result<Read> {
    let Value::Object(map) = value else {
        panic!("an object")
    };
    Read::of(&map.into())
}

/// What they say, as JSON.
fn shown(options: &ProviderOptions) -> Value {
    let members = options.iter();
    let members = members.map(|(name, value)| (name.to_owned(), value.clone()));
    Value::Object(members.collect())
}

#[test]
fn typed_and_named_options_are_the_same() {
    let typed = Options::new()
        .region("eu-west-1")
        .guardrail("gr-1", "DRAFT")
        .service_tier(ServiceTier::Flex)
        .guardrail_trace(GuardrailTrace::EnabledFull);
    let named: ProviderOptions = typed.into();
    assert_eq!(
        shown(&named),
        json!({"region": "eu-west-1", "guardrail_identifier": "gr-1", "guardrail_version": "DRAFT",
            "guardrail_trace": "enabled_full", "service_tier": "flex"})
    );
    assert_eq!(
        Read::of(&named).unwrap().region.as_deref(),
        Some("eu-west-1")
    );
}

#[test]
fn every_name_is_known_to_the_reader() {
    for name in NAMES {
        let error = read(json!({*name: {"nonsense": [1]}}));
        if let Err(error) = error {
            assert!(
                error.message().contains(&format!("option `{name}`")),
                "{error}"
            );
        } else {
            assert_eq!(*name, "additional_model_request_fields");
        }
    }
}

#[test]
fn bad_options_are_named_and_secrets_are_not_shown() {
    let error = read(json!({"regoin": "x"})).err().unwrap();
    assert!(
        error.message().contains("did you mean \"region\""),
        "{error}"
    );
    let error = read(json!({"api_key": {"k": "s3cret"}})).err().unwrap();
    assert!(!format!("{error:?} {error}").contains("s3cret"));
    let error = read(json!({"service_tier": "cheap"})).err().unwrap();
    assert!(
        error.message().contains("`service_tier`") && error.message().contains("flex"),
        "{error}"
    );
    let error = read(json!({"guardrail_identifier": "x"})).err().unwrap();
    assert!(error.message().contains("`guardrail_version` is missing"));
    let read = read(json!({"guardrail_identifier": "g", "guardrail_version": 1, "region": " "}));
    let read = read.ok().unwrap();
    assert_eq!(
        read.guardrail_version.as_deref(),
        Some("1"),
        "a number is its text"
    );
    assert_eq!(read.region, None, "a blank text is none");
    let debug = format!("{:?}", Options::new().api_key("s3cret").region("eu-west-1"));
    assert_eq!(debug, r#"Options({"api_key", "region"})"#);
}
