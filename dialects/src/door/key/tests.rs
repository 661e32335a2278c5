//! Keys from every place, and those that do not do.

use std::sync::Arc;

use futures_executor::block_on;
use reqllm_core::{Environment, KeySource, ProviderContext, ProviderFacts, ProviderKey};

use super::*;

#[derive(Debug)]
struct Vault;

#[async_trait]
impl KeySource for Vault {
    async fn key(&self, provider: &str) -> Result<Option<ProviderKey>> {
        Ok((provider == "acme").then(|| "of-the-vault".into()))
    }
}

fn context() -> ProviderContext {
    let env = Environment::of([("ACME_API_KEY", "of-the-environment"), ("OTHER", "other")]);
    let mut context = ProviderContext::new(env);
    let mut facts = ProviderFacts::new("acme");
    facts.aliases = vec!["acme-ai".to_owned()];
    context.facts = Some(facts);
    context
}

/// The value of the header that authorises.
fn sent(auth: &KeyAuth) -> Result<Option<String>> {
    let mut request = http::Request::new(Bytes::new());
    block_on(auth.authorize(&mut request, &Clock::system()))?;
    let mut values = request.headers().values();
    let value = values.next();
    assert!(value.is_none_or(HeaderValue::is_sensitive));
    Ok(value.map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned()))
}

fn auth(context: &ProviderContext) -> KeyAuth {
    let finder = KeyFinder::new(context, "acme", ["ACME_TOKEN", "ACME_API_KEY"]);
    KeyAuth::new(finder, KeyHeader::Bearer)
}

#[test]
fn a_key_is_looked_for_from_the_nearest_place_to_the_farthest() {
    let mut context = context();
    let found = |context: &ProviderContext| sent(&auth(context)).unwrap().unwrap();
    assert_eq!(found(&context), "Bearer of-the-environment");
    context.key_source = Some(Arc::new(Vault));
    assert_eq!(found(&context), "Bearer of-the-vault");
    context.keys.set("acme-ai", "of-the-alias");
    assert_eq!(found(&context), "Bearer of-the-alias");
    context.keys.set("acme", [("api_key", "of-the-ring")]);
    assert_eq!(found(&context), "Bearer of-the-ring");
    let given = auth(&context).given(Some(" given\n".into()));
    assert_eq!(sent(&given).unwrap().unwrap(), "Bearer given");
    context.keys.remove("acme");
    context.keys.remove("acme-ai");
    assert_eq!(found(&context), "Bearer of-the-vault");
    context.keys.set("acme", "  ");
    assert_eq!(found(&context), "Bearer of-the-vault");
    context.keys.set("acme-ai", "of-the-alias");
    assert_eq!(found(&context), "Bearer of-the-alias");
}

#[test]
fn without_a_key_it_is_said_where_one_would_be_found() {
    let context = ProviderContext::new(Environment::empty());
    let error = sent(&auth(&context)).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Authentication);
    for place in [
        "ACME_TOKEN or ACME_API_KEY",
        "`api_key`",
        "keys().set(\"acme\"",
    ] {
        assert!(error.message().contains(place), "{error}");
    }
    let keyless = auth(&context).optional(true);
    assert_eq!(sent(&keyless).unwrap(), None);
    assert_eq!(
        (keyless.scheme(), auth(&context).scheme()),
        (None, Some("Bearer"))
    );
}

#[test]
fn a_key_that_does_not_do_is_told_without_showing_it() {
    let context = context();
    context
        .keys
        .set("acme", [("access_key_id", "secret"), ("region", "secret")]);
    let error = sent(&auth(&context)).unwrap_err();
    assert!(error.message().contains("\"access_key_id\""), "{error}");
    let error = sent(&auth(&context).given(Some("sec\nret".into()))).unwrap_err();
    assert!(error.message().contains("no header can carry"), "{error}");
    assert!(
        !format!("{error:?}{context:?}").contains("sec"),
        "{error:?}"
    );
}

#[test]
fn a_blank_key_is_none() {
    #[derive(Debug)]
    struct Empty;
    #[async_trait]
    impl KeySource for Empty {
        async fn key(&self, _provider: &str) -> Result<Option<ProviderKey>> {
            Ok(Some(" ".into()))
        }
    }
    let mut context = ProviderContext::new(Environment::empty());
    context.key_source = Some(Arc::new(Empty));
    context.keys.set("acme", [("api_key", ""), ("region", " ")]);
    let finder = KeyFinder::new(&context, "acme", ["ACME_API_KEY"]);
    assert!(finder.in_ring().is_none());
    assert!(block_on(finder.set()).unwrap().is_none());
    // One member that says something is enough to be looked at.
    context.keys.set("acme", [("api_key", ""), ("region", "x")]);
    assert!(finder.in_ring().is_some());
}

#[test]
fn a_key_may_have_a_header_of_its_own() {
    let finder = KeyFinder::new(&context(), "acme", ["ACME_API_KEY"]);
    let name = HeaderName::from_static("x-api-key");
    let auth = KeyAuth::new(finder, KeyHeader::Named(name.clone()));
    assert_eq!(sent(&auth).unwrap().unwrap(), "of-the-environment");
    assert_eq!((auth.scheme(), auth.key_header()), (None, Some(name)));
}

fn auth_of(options: &[(&str, Value)]) -> Result<KeyAuth> {
    let context = ProviderContext::new(Environment::empty());
    let finder = KeyFinder::new(&context, "acme", ["ACME_API_KEY"]);
    let mut call = Call::new("Hi");
    for (name, value) in options {
        call.options.set(*name, value.clone());
    }
    KeyAuth::of_call(finder, KeyHeader::Bearer, &call)
}

#[test]
fn a_call_gives_its_key_and_no_other_option() {
    assert!(auth_of(&[]).unwrap().given.is_none());
    let given = auth_of(&[("api_key", "k3y".into())]).unwrap();
    assert_eq!(given.given.as_ref().unwrap().expose_secret(), "k3y");
    assert!(!format!("{given:?}").contains("k3y"));
    for (name, value, says) in [
        ("apikey", Value::from("k3y"), "unknown option \"apikey\""),
        ("api_key", Value::from(7), "is no text, or blank"),
        ("api_key", Value::from("  "), "is no text, or blank"),
    ] {
        let error = auth_of(&[(name, value)]).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidRequest);
        assert!(error.message().contains(says), "{error}");
        assert!(error.message().contains("\"acme\" has `api_key`"));
        assert!(!error.message().contains("k3y"), "{error}");
    }
}
