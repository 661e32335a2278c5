//! Options, typed and by name.

use reqllm_core::{ProviderOptions, Result};
use serde_json::{Value, json};

use super::Options;
use super::read::{NAMES, Read};

fn read(value: Value) -> Result<Read> {
    Read::of("openai", &value.as_object().unwrap().clone().into())
}

fn error(value: Value) -> String {
    format!("{}", read(value).err().unwrap())
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
        .service_tier("flex")
        .logprobs(true)
        .top_logprobs(3)
        .frequency_penalty(0.5)
        .metadata([("team".to_owned(), "search".to_owned())].into());
    let named: ProviderOptions = typed.into();
    assert_eq!(
        shown(&named),
        json!({"service_tier": "flex", "logprobs": true, "top_logprobs": 3, "frequency_penalty": 0.5,
            "metadata": {"team": "search"}})
    );
    assert_eq!(Read::of("openai", &named).unwrap().top_logprobs, Some(3));
}

#[test]
fn every_name_is_known_to_the_reader() {
    for name in NAMES {
        match read(json!({*name: {"nonsense": [1]}})) {
            Err(error) => assert!(
                error.message().contains(&format!("option `{name}`")),
                "{error}"
            ),
            Ok(_) => assert!(["extra_body", "logit_bias"].contains(name), "{name}"),
        }
    }
}

#[test]
fn bad_options_are_named_and_secrets_are_not_shown() {
    assert!(error(json!({"base_ulr": "x"})).contains("did you mean \"base_url\""));
    assert!(error(json!({"zzzzzzzzzz": 1})).contains("extra_body"));
    for secret in [
        json!({"api_key": {"k": "s3cret"}}),
        json!({"extra_headers": {"x": ["s3cret"]}}),
    ] {
        let error = error(secret);
        assert!(!error.contains("s3cret"), "{error}");
    }
    assert!(error(json!({"api": "completions"})).contains("\"responses\""));
    assert!(error(json!({"top_logprobs": 2})).contains("`logprobs`"));
    assert!(error(json!({"logprobs": true, "top_logprobs": 21})).contains("0 to 20"));
    assert!(error(json!({"presence_penalty": 3})).contains("-2 to 2"));
    assert!(error(json!({"metadata": {"a": 1}})).contains("\"a\""));
    assert_eq!(read(json!({"base_url": " "})).ok().unwrap().base_url, None);
    assert_eq!(
        read(json!({"user": 7})).ok().unwrap().user.as_deref(),
        Some("7")
    );
}
