use reqllm_core::{Result, Ttl};
use serde_json::json;

use reqllm_dialects::shape::CacheMessages;

use super::read::NAMES;
use super::*;

fn read(value: Value) -> Result<Read> {
    let Value::Object(map) = value else {
        panic!("an object")
    };
    Read::of(crate::ID, &map.into())
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
        .api_key("k")
        .base_url("https://example.com")
        .allow_http(true)
        .anthropic_version("v")
        .anthropic_beta(vec!["a".to_owned()])
        .prompt_cache(true)
        .prompt_cache_ttl(Ttl::OneHour)
        .cache_message(-2)
        .stream_inside(false)
        .service_tier(ServiceTier::Auto)
        .user_id("u")
        .disable_parallel_tool_use(true)
        .container("c")
        .inference_geo("us")
        .speed(Speed::Standard)
        .extra_body(Map::new())
        .extra_headers(BTreeMap::from([("x-a".to_owned(), "1".to_owned())]));
    let named: ProviderOptions = typed.into();
    assert_eq!(
        shown(&named),
        json!({"api_key": "k", "base_url": "https://example.com", "allow_http": true, "anthropic_version": "v",
            "anthropic_beta": ["a"], "prompt_cache": true, "prompt_cache_ttl": "1h", "cache_messages": -2, "stream_inside": false,
            "service_tier": "auto", "user_id": "u", "disable_parallel_tool_use": true, "container": "c", "inference_geo": "us",
            "speed": "standard", "extra_body": {}, "extra_headers": {"x-a": "1"}})
    );
    let read = Read::of(crate::ID, &named).ok().unwrap();
    assert_eq!(read.cache_messages, Some(CacheMessages::Nth(-2)));
    assert_eq!(
        NAMES.len(),
        named.iter().count() + 1,
        "all but `auth_token`, which cannot stand beside `api_key`"
    );
}

#[test]
fn every_name_is_known_to_the_reader() {
    for name in NAMES {
        match read(json!({*name: {"nonsense": [1]}})) {
            Err(error) => assert!(
                error.message().contains(&format!("option `{name}`")),
                "{error}"
            ),
            // Those that are objects.
            Ok(_) => assert!(matches!(*name, "container" | "extra_body"), "{name}"),
        }
    }
}

#[test]
fn bad_options_are_named_and_secrets_are_not_shown() {
    let refused = |value| read(value).err().unwrap();
    let error = refused(json!({"servise_tier": "auto"}));
    assert!(
        error.message().contains("did you mean \"service_tier\""),
        "{error}"
    );
    let error = refused(json!({"region": "eu-west-1"}));
    assert!(error.message().contains("the options are"), "{error}");
    for secret in ["api_key", "auth_token", "extra_headers"] {
        let error = refused(json!({secret: {"k": ["s3cret"]}}));
        assert!(!format!("{error:?} {error}").contains("s3cret"), "{error}");
    }
    let error = refused(json!({"service_tier": "flex"}));
    assert!(error.message().contains("standard_only"), "{error}");
    let error = refused(json!({"api_key": "a", "auth_token": "b"}));
    assert!(error.message().contains("give one of them"), "{error}");
    let error = refused(json!({"prompt_cache": true, "anthropic_prompt_cache": true}));
    assert!(error.message().contains("are the same"), "{error}");
    let error = refused(json!({"container": 1}));
    assert!(error.message().contains("`container`"), "{error}");
    for (name, says) in [
        ("X-Api-Key", "`api_key`"),
        ("Anthropic-Beta", "`anthropic_beta`"),
        ("a b", "no header"),
        ("host", "address"),
    ] {
        let error = refused(json!({"extra_headers": {name: "x"}}));
        assert!(error.message().contains(says), "{error}");
    }
    let error = refused(json!({"extra_headers": {"x-a": "s3cret\n"}}));
    assert!(!error.message().contains("s3cret"), "{error}");
    assert_eq!(
        read(json!({"base_url": " "})).ok().unwrap().base_url,
        None,
        "a blank text is none"
    );
    assert_eq!(
        read(json!({"user_id": 7})).ok().unwrap().user_id.as_deref(),
        Some("7")
    );
    let debug = format!("{:?}", Options::new().api_key("s3cret").user_id("u"));
    assert_eq!(debug, r#"Options({"api_key", "user_id"})"#);
}

#[test]
fn betas_are_a_list_or_a_text_with_commas() {
    for given in [json!(["a", "b"]), json!("a, b"), json!(["a,b", " "])] {
        let read = read(json!({"anthropic_beta": given})).ok().unwrap();
        assert_eq!(*read.anthropic_beta, ["a".to_owned(), "b".to_owned()]);
    }
}

#[test]
fn a_refused_option_is_one_of_who_is_asked() {
    for option in [
        json!({"user_idd": "u"}),
        json!({"prompt_cache": "often"}),
        json!({"api_key": "a", "auth_token": "b"}),
        json!({"container": 7}),
        json!({"extra_headers": {"host": "x"}}),
    ] {
        let options = option.as_object().unwrap().clone().into();
        let error = Read::of("minimax", &options).err().unwrap();
        let why = error.message();
        assert!(
            why.contains("minimax") && !why.contains("anthropic"),
            "{why}"
        );
    }
}
