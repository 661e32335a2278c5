//! Where the hosts are, and who signs for them.

use super::*;

fn host(options: Options, variables: &[(&str, &str)]) -> Result<String> {
    let exchange =
        bedrock(variables).prepare(&model("openai.gpt-5.5"), &call(options), Delivery::Whole)?;
    Ok(exchange.request.uri().to_string())
}

#[test]
fn the_address_is_the_host_s_own_or_what_was_given() {
    let own = ("AWS_ENDPOINT_URL_BEDROCK_MANTLE", "https://own.example");
    let all = ("AWS_ENDPOINT_URL", "https://all.example");
    let runtime = |url| ("AWS_ENDPOINT_URL_BEDROCK_RUNTIME", url);
    let given = Options::new().endpoint_url("https://given.example/x");
    for (options, variables, base) in [
        (given, &[own, all][..], "https://given.example/x/openai/v1"),
        (Options::new(), &[own, all], "https://own.example/openai/v1"),
        (Options::new(), &[all], "https://all.example/openai/v1"),
        // The runtime's is none of this host's, unless it is an emulator's.
        (
            Options::new(),
            &[runtime("https://vpce.example")],
            "https://bedrock-mantle.us-east-1.api.aws/openai/v1",
        ),
        (
            Options::new(),
            &[runtime("http://127.0.0.1:9")],
            "http://127.0.0.1:9/openai/v1",
        ),
        (
            Options::new(),
            &[("AWS_USE_DUALSTACK_ENDPOINT", "true")],
            "https://bedrock-mantle.us-east-1.api.aws/openai/v1",
        ),
        (
            Options::new().region("us-gov-west-1"),
            &[],
            "https://bedrock-mantle.us-gov-west-1.api.aws/openai/v1",
        ),
        // As OpenAI's clients are given it.
        (
            Options::new().endpoint_url("https://given.example/openai/v1/"),
            &[],
            "https://given.example/openai/v1",
        ),
    ] {
        let uri = host(options, variables).unwrap();
        assert_eq!(uri, format!("{base}/responses"));
    }
    let client = Bedrock::builder()
        .environment(Environment::of([own]))
        .endpoint_url("https://client.example")
        .build();
    let exchange = client.prepare(&model("openai.gpt-5.5"), &Call::new("hi"), Delivery::Whole);
    let uri = exchange.unwrap().request.uri().to_string();
    assert_eq!(uri, "https://client.example/openai/v1/responses");
}

#[test]
fn a_form_goes_below_its_own_base_whichever_the_address_has() {
    const HOST: &str = "https://bedrock-mantle.us-east-1.api.aws";
    let at = |end: &str| mantle().endpoint_url(format!("{HOST}{end}"));
    for (id, options, path) in [
        (
            "anthropic.claude-opus-5",
            at("/v1"),
            "/anthropic/v1/messages",
        ),
        (
            "anthropic.claude-opus-5",
            at("/anthropic/v1/"),
            "/anthropic/v1/messages",
        ),
        ("openai.gpt-5.5", at("/v1"), "/openai/v1/responses"),
        ("qwen.qwen3-32b", at("/openai/v1"), "/v1/chat/completions"),
        (
            "qwen.qwen3-32b",
            at("/v1").mantle_base_path("/openai/v1"),
            "/openai/v1/chat/completions",
        ),
        (
            "openai.gpt-5.5",
            at("/openai/v1").mantle_base_path("/v1"),
            "/v1/responses",
        ),
    ] {
        let uri = prepare(id, options).unwrap().request.uri().to_string();
        assert_eq!(uri, format!("{HOST}{path}"), "{id}");
    }
}

#[test]
fn where_the_host_is_not_the_call_does_not_go() {
    let error = host(Options::new(), &[("AWS_USE_FIPS_ENDPOINT", "true")]).unwrap_err();
    assert!(error.message().contains("no FIPS endpoint"), "{error}");
    let error = host(Options::new().region("cn-north-1"), &[]).unwrap_err();
    assert!(error.message().contains("\"cn-north-1\""), "{error}");
    let exchange = prepare("openai.gpt-5.5", Options::new().region("af-south-1")).unwrap();
    assert_eq!(exchange.warnings[0].code, "region_not_known");
    let given = Options::new()
        .region("af-south-1")
        .endpoint_url("http://localhost:1");
    let exchange = prepare("openai.gpt-5.5", given).unwrap();
    assert!(exchange.warnings.is_empty(), "who gives an address knows");
}

#[test]
fn keys_sign_for_the_host_and_api_keys_stand_in_its_header() {
    let pair = [
        ("AWS_ACCESS_KEY_ID", "AKID"),
        ("AWS_SECRET_ACCESS_KEY", "s"),
    ];
    let signing = bedrock(&pair);
    let bearer = bedrock(&[("AWS_BEARER_TOKEN_BEDROCK", "b3arer")]);
    for (id, options, scope, is_bare) in [
        (
            "openai.gpt-5.5",
            Options::new(),
            "/us-east-1/bedrock-mantle/",
            false,
        ),
        (
            "anthropic.claude-opus-5",
            mantle(),
            "/us-east-1/bedrock-mantle/",
            true,
        ),
        (
            "us.anthropic.claude-opus-5",
            Options::new().api(Api::Messages),
            "/us-east-1/bedrock/",
            true,
        ),
        (
            "openai.gpt-oss-120b-1:0",
            Options::new().api(Api::Chat),
            "/us-east-1/bedrock/",
            false,
        ),
        (
            "openai.gpt-oss-120b-1:0",
            Options::new(),
            "/us-east-1/bedrock/",
            false,
        ),
    ] {
        let call = call(options);
        let exchange = signing.prepare(&model(id), &call, Delivery::Whole).unwrap();
        let request = sent(&exchange).unwrap();
        let line = header(&request, "authorization").unwrap();
        assert!(line.contains(scope), "{line}");
        assert!(!request.headers().contains_key("x-api-key"));
        let exchange = bearer.prepare(&model(id), &call, Delivery::Whole).unwrap();
        let request = sent(&exchange).unwrap();
        let [authorization, bare] = ["authorization", "x-api-key"].map(|it| header(&request, it));
        let named = exchange.authorizer.key_header();
        match is_bare {
            true => {
                assert_eq!((authorization, bare.as_deref()), (None, Some("b3arer")));
                assert!(named.is_some() && exchange.authorizer.scheme().is_none());
            }
            false => {
                assert_eq!(
                    (authorization.as_deref(), bare),
                    (Some("Bearer b3arer"), None)
                );
                assert!(named.is_none());
            }
        }
    }
}
