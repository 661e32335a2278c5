//! Which door a call takes, and why.

use super::*;

/// What a call goes to, below the host.
fn goes(id: &str, options: Options) -> (String, &'static str) {
    let exchange = prepare(id, options).unwrap();
    let uri = exchange.request.uri();
    let to = format!("{}{}", uri.host().unwrap(), uri.path());
    (to, exchange.route.operation)
}

const MANTLE: &str = "bedrock-mantle.us-east-1.api.aws";
const RUNTIME: &str = "bedrock-runtime.us-east-1.amazonaws.com";

#[test]
fn each_line_goes_where_it_is_served() {
    let none = Options::new;
    let chat = || Options::new().api(Api::Chat);
    for (id, options, host, path, operation) in [
        // Models that are nowhere else.
        (
            "openai.gpt-5.5",
            none(),
            MANTLE,
            "/openai/v1/responses",
            "Responses",
        ),
        (
            "openai.gpt-5.6-luna",
            none(),
            MANTLE,
            "/openai/v1/responses",
            "Responses",
        ),
        (
            "xai.grok-4.3",
            none(),
            MANTLE,
            "/openai/v1/responses",
            "Responses",
        ),
        (
            "xai.grok-4.3",
            chat(),
            MANTLE,
            "/openai/v1/chat/completions",
            "ChatCompletions",
        ),
        (
            "google.gemma-4-31b",
            none(),
            MANTLE,
            "/openai/v1/chat/completions",
            "ChatCompletions",
        ),
        (
            "openai.gpt-oss-120b",
            none(),
            MANTLE,
            "/v1/chat/completions",
            "ChatCompletions",
        ),
        // Those that are asked for there.
        (
            "openai.gpt-oss-safeguard-20b",
            mantle(),
            MANTLE,
            "/v1/chat/completions",
            "ChatCompletions",
        ),
        (
            "openai.gpt-oss-20b",
            mantle().api(Api::Responses),
            MANTLE,
            "/v1/responses",
            "Responses",
        ),
        (
            "qwen.qwen3-32b",
            mantle(),
            MANTLE,
            "/v1/chat/completions",
            "ChatCompletions",
        ),
        (
            "anthropic.claude-opus-5",
            mantle(),
            MANTLE,
            "/anthropic/v1/messages",
            "Messages",
        ),
        (
            "qwen.qwen3-32b",
            mantle().mantle_base_path("/openai/v1"),
            MANTLE,
            "/openai/v1/chat/completions",
            "ChatCompletions",
        ),
        // Those that the runtime has by Converse alone.
        (
            "moonshotai.kimi-k2.5",
            chat(),
            MANTLE,
            "/v1/chat/completions",
            "ChatCompletions",
        ),
        (
            "deepseek.v3.2",
            chat(),
            MANTLE,
            "/v1/chat/completions",
            "ChatCompletions",
        ),
        (
            "openai.gpt-oss-120b-1:0",
            Options::new().api(Api::Responses),
            MANTLE,
            "/v1/responses",
            "Responses",
        ),
        // The runtime's own.
        (
            "openai.gpt-oss-120b-1:0",
            chat(),
            RUNTIME,
            "/openai/v1/chat/completions",
            "ChatCompletions",
        ),
        (
            "us.openai.gpt-5.6-sol",
            Options::new().api(Api::Responses),
            RUNTIME,
            "/openai/v1/responses",
            "Responses",
        ),
        (
            "us.openai.gpt-5.6-sol",
            chat(),
            RUNTIME,
            "/openai/v1/chat/completions",
            "ChatCompletions",
        ),
        (
            "us.anthropic.claude-opus-5",
            Options::new().api(Api::Messages),
            RUNTIME,
            "/anthropic/v1/messages",
            "Messages",
        ),
        // Everything else as ever.
        (
            "us.openai.gpt-5.6-sol",
            none(),
            RUNTIME,
            "/model/us.openai.gpt-5.6-sol/converse",
            "Converse",
        ),
        (
            "openai.gpt-5.5",
            Options::new().use_converse(true),
            RUNTIME,
            "/model/openai.gpt-5.5/converse",
            "Converse",
        ),
        (
            "openai.gpt-oss-120b-1:0",
            none(),
            RUNTIME,
            "/model/openai.gpt-oss-120b-1%3A0/invoke",
            "InvokeModel",
        ),
        (
            "anthropic.claude-opus-5",
            Options::new().endpoint(Endpoint::Runtime),
            RUNTIME,
            "/model/anthropic.claude-opus-5/invoke",
            "InvokeModel",
        ),
    ] {
        let to = format!("{host}{path}");
        assert_eq!(goes(id, options), (to, operation), "{id}");
    }
}

#[test]
fn the_reason_is_told() {
    let reason = |id, options| prepare(id, options).unwrap().route.reason.into_owned();
    assert_eq!(
        reason("openai.gpt-5.5", Options::new()),
        "openai.gpt-5.5 is known to bedrock-mantle alone, and Responses it is"
    );
    assert_eq!(
        reason("qwen.qwen3-32b", mantle()),
        "`endpoint` is \"mantle\", and Chat Completions it is"
    );
    assert_eq!(
        reason(
            "us.anthropic.claude-opus-5",
            Options::new().api(Api::Messages)
        ),
        "`api` is \"messages\", and Messages it is"
    );
    let long = mantle().stream_inside(true);
    let exchange = prepare("qwen.qwen3-32b", long).unwrap();
    assert_eq!(exchange.delivery, Delivery::Stream);
    assert!(exchange.route.reason.ends_with("streamed inside"));
    assert_eq!(body(&exchange)["stream"], true);
}

#[test]
fn an_id_is_sent_as_the_host_knows_it_and_that_is_said() {
    for (id, sent) in [
        ("openai.gpt-oss-120b-1:0", "openai.gpt-oss-120b"),
        (
            "anthropic.claude-haiku-4-5-20251001-v1:0",
            "anthropic.claude-haiku-4-5",
        ),
    ] {
        let exchange = prepare(id, mantle()).unwrap();
        assert_eq!(body(&exchange)["model"], sent);
        assert_eq!(exchange.wire_id.as_deref(), Some(sent));
        assert!(exchange.route.reason.contains(sent), "{:?}", exchange.route);
        let warning = &exchange.warnings[0];
        assert_eq!(warning.code, "id_of_endpoint");
        assert!(warning.message.contains(id) && warning.message.contains(sent));
    }
    let exchange = prepare("deepseek.v3.2", mantle()).unwrap();
    assert_eq!(body(&exchange)["model"], "deepseek.v3.2");
    assert_eq!((exchange.wire_id, exchange.warnings.len()), (None, 0));
}

/// What the registry makes of a model that is called as `bedrock-mantle` calls it.
#[test]
fn a_name_of_mantle_goes_there_by_itself() {
    let mut named = model("qwen.qwen3-32b");
    named.base_model = Some("qwen.qwen3-32b-v1:0".to_owned());
    let prepare = |options| bedrock(&[]).prepare(&named, &call(options), Delivery::Whole);
    let exchange = prepare(Options::new()).unwrap();
    assert_eq!(exchange.request.uri().host(), Some(MANTLE));
    assert_eq!(body(&exchange)["model"], "qwen.qwen3-32b");
    assert!(exchange.warnings.is_empty(), "{:?}", exchange.warnings);
    // Converse is on the other host, which has another id for it.
    for elsewhere in [
        Options::new().endpoint(Endpoint::Runtime),
        Options::new().use_converse(true),
    ] {
        let error = prepare(elsewhere).unwrap_err();
        assert!(
            error.message().contains("or give \"qwen.qwen3-32b-v1:0\""),
            "{error}"
        );
    }
    // A profile's base is another model's id, and the profile goes where it went.
    let mut profile = model("us.anthropic.claude-haiku-4-5-20251001-v1:0");
    profile.base_model = Some("anthropic.claude-haiku-4-5-20251001-v1:0".to_owned());
    let exchange = bedrock(&[]).prepare(&profile, &Call::new("hi"), Delivery::Whole);
    assert_eq!(exchange.unwrap().request.uri().host(), Some(RUNTIME));
}

#[test]
fn what_is_not_there_is_refused_with_what_would_do() {
    let arn = "arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/abc";
    for (id, options, said) in [
        (
            "openai.gpt-5.5",
            Options::new().api(Api::Chat),
            "option `api` may be responses",
        ),
        (
            "openai.gpt-oss-safeguard-20b",
            mantle().api(Api::Responses),
            "may be chat",
        ),
        (
            "anthropic.claude-opus-5",
            mantle().api(Api::Chat),
            "may be messages",
        ),
        (
            "us.openai.gpt-5.6-sol",
            mantle(),
            "bedrock-mantle does not know",
        ),
        (arn, mantle(), "bedrock-mantle does not know"),
        (arn, Options::new().api(Api::Chat), "goes by Converse alone"),
        (
            "openai.gpt-5.5",
            Options::new().endpoint(Endpoint::Runtime),
            "such as \"us.openai.gpt-5.5\"",
        ),
        (
            "google.gemma-4-31b",
            Options::new().endpoint(Endpoint::Runtime),
            "leave option `endpoint` out",
        ),
        (
            "openai.gpt-oss-120b",
            Options::new().endpoint(Endpoint::Runtime),
            "such as \"openai.gpt-oss-120b-1:0\"",
        ),
        (
            "eu.deepseek.v3.2",
            Options::new().api(Api::Chat),
            "bedrock-runtime has no form for",
        ),
        (
            "eu.google.gemma-4-31b",
            Options::new().api(Api::Chat),
            "no form for",
        ),
    ] {
        let error = refused(id, options);
        assert_eq!(error.kind(), ErrorKind::Unsupported, "{error}");
        assert!(error.message().contains(said), "{id}: {error}");
        assert_eq!(error.provider(), Some("bedrock"));
    }
    const QWEN: &str = "qwen.qwen3-32b";
    for (id, options, said) in [
        (QWEN, mantle().use_converse(true), "`use_converse`"),
        (
            QWEN,
            mantle().mantle_base_path("/v2"),
            "\"/v1\" or \"/openai/v1\"",
        ),
        (
            "openai.gpt-oss-20b-1:0",
            Options::new().api(Api::Chat).mantle_base_path("/v1"),
            "leave it out",
        ),
        (QWEN, Options::new().project("p"), "option `project`"),
        (QWEN, Options::new().store(true), "option `store`"),
    ] {
        let error = refused(id, options);
        assert_eq!(error.kind(), ErrorKind::InvalidRequest, "{error}");
        assert!(error.message().contains(said), "{error}");
    }
    let words = json!({"endpoint": "mars"});
    let mut call = Call::new("hi");
    call.options = words.as_object().unwrap().clone().into();
    let error = bedrock(&[]).prepare(&model("x"), &call, Delivery::Whole);
    let error = error.unwrap_err();
    assert!(
        error.message().contains("`endpoint`") && error.message().contains("mantle"),
        "{error}"
    );
}
