use futures_executor::block_on;
use reqllm_core::{KeySource, ProviderContext};

use super::*;
use crate::options::Read;
use crate::{Anthropic, Options};

/// What a provider of this context puts into a request.
fn headers(
    context: &ProviderContext,
    options: Options,
) -> Result<(Option<String>, Option<String>, Option<String>)> {
    let options = Read::of(crate::ID, &options.into())?;
    let anthropic = Anthropic::new(context);
    let address = crate::address::Address::of(&anthropic, &options, None)?;
    let auth = anthropic.auth(&options, &address);
    let mut request = http::Request::new(Bytes::new());
    block_on(auth.authorize(&mut request, &Clock::default()))?;
    let text = |name: &str| {
        let value = request.headers().get(name)?;
        assert!(value.is_sensitive() || name == "anthropic-beta");
        Some(value.to_str().unwrap().to_owned())
    };
    let found = (
        text("x-api-key"),
        text("authorization"),
        text("anthropic-beta"),
    );
    let expects = (auth.key_header().is_some(), auth.scheme().is_some());
    if found.0.is_some() || found.1.is_some() {
        assert_eq!(
            expects,
            (found.0.is_some(), found.1.is_some()),
            "a dry run says so"
        );
    }
    Ok(found)
}

fn context(variables: &[(&str, &str)]) -> ProviderContext {
    ProviderContext::new(Environment::of(variables.iter().copied()))
}

fn key(key: &str) -> (Option<String>, Option<String>, Option<String>) {
    (Some(key.to_owned()), None, None)
}

fn token(token: &str) -> (Option<String>, Option<String>, Option<String>) {
    (None, Some(format!("Bearer {token}")), None)
}

#[test]
fn the_nearest_key_to_the_call_wins() {
    let context = context(&[("ANTHROPIC_API_KEY", "env"), (TOKEN_VARIABLE, "env-token")]);
    let found = |options| headers(&context, options).unwrap();
    assert_eq!(found(Options::new()), key("env"));
    context.keys.set(crate::ID, "ring");
    assert_eq!(found(Options::new()), key("ring"));
    context.keys.set(crate::ID, [("auth_token", "ring-token")]);
    assert_eq!(found(Options::new()), token("ring-token"));
    assert_eq!(found(Options::new().api_key("given")), key("given"));
    assert_eq!(found(Options::new().auth_token("given")), token("given"));
    context.keys.set(crate::ID, [("region", "x")]);
    let error = headers(&context, Options::new()).unwrap_err();
    assert!(
        error.message().contains("region") && error.message().contains("`auth_token`"),
        "{error}"
    );
}

#[test]
fn a_blank_key_of_the_ring_is_none() {
    let context = context(&[("ANTHROPIC_API_KEY", "env")]);
    context.keys.set(crate::ID, " ");
    assert_eq!(headers(&context, Options::new()).unwrap(), key("env"));
    let blank = [("api_key", ""), ("auth_token", "\n")];
    context.keys.set(crate::ID, blank);
    assert_eq!(headers(&context, Options::new()).unwrap(), key("env"));
    let half = [("api_key", ""), ("auth_token", "t")];
    context.keys.set(crate::ID, half);
    assert_eq!(headers(&context, Options::new()).unwrap(), token("t"));
}

#[test]
fn tokens_go_in_the_other_header() {
    let found = headers(&context(&[(TOKEN_VARIABLE, "t")]), Options::new()).unwrap();
    assert_eq!(found, token("t"));
    let oauth = headers(
        &context(&[("ANTHROPIC_API_KEY", "sk-ant-oat01-x")]),
        Options::new(),
    )
    .unwrap();
    let beta = Some("oauth-2025-04-20".to_owned());
    assert_eq!(
        oauth,
        (None, Some("Bearer sk-ant-oat01-x".to_owned()), beta)
    );
}

#[test]
fn a_source_of_the_program_s_own_is_asked() {
    #[derive(Debug)]
    struct Vault;
    #[async_trait]
    impl KeySource for Vault {
        async fn key(&self, provider: &str) -> Result<Option<ProviderKey>> {
            Ok((provider == crate::ID).then(|| "vault".into()))
        }
    }
    let mut context = context(&[("ANTHROPIC_API_KEY", "env")]);
    context.key_source = Some(Arc::new(Vault));
    assert_eq!(headers(&context, Options::new()).unwrap(), key("vault"));
}

#[test]
fn no_key_is_an_error_that_says_where_to_put_one_unless_the_server_is_here() {
    let none = context(&[]);
    let error = headers(&none, Options::new()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Authentication);
    for place in [
        "ANTHROPIC_API_KEY",
        TOKEN_VARIABLE,
        "`api_key`",
        "keys().set(\"anthropic\"",
    ] {
        assert!(error.message().contains(place), "{error}");
    }
    let local = Options::new().base_url("http://127.0.0.1:9");
    assert_eq!(headers(&none, local).unwrap(), (None, None, None));
    let odd = headers(&none, Options::new().api_key("a\nb")).unwrap_err();
    assert!(
        !odd.to_string().contains("a\nb") && odd.message().contains("header"),
        "{odd}"
    );
}

#[test]
fn betas_are_named_once() {
    let mut headers = http::HeaderMap::new();
    betas::add(&mut headers, betas::OAUTH);
    betas::add(&mut headers, betas::OAUTH);
    assert_eq!(headers["anthropic-beta"], betas::OAUTH);
    headers.insert("anthropic-beta", HeaderValue::from_static("a"));
    betas::add(&mut headers, betas::OAUTH);
    assert_eq!(headers["anthropic-beta"], "a,oauth-2025-04-20");
}

#[test]
fn a_key_may_be_set_under_an_alias() {
    let mut context = context(&[]);
    let mut facts = reqllm_core::ProviderFacts::new("acme");
    facts.base_url = Some("https://acme.example".to_owned());
    facts.aliases = vec!["acme-ai".to_owned()];
    context.facts = Some(facts);
    context.keys.set("acme-ai", "k1");
    assert_eq!(headers(&context, Options::new()).unwrap(), key("k1"));
}
