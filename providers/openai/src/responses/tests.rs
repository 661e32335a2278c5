//! Calls as they go out, and which of the APIs they take.

use std::collections::BTreeMap;

use reqllm_core::{
    Call, Capability, Delivery, Environment, ErrorKind, Exchange, Message, Model, Part,
    Provider as _, ProviderContext, ProviderFacts, Role, Source,
};
use serde_json::{Value, json};

use reqllm_dialects::mark;
use reqllm_dialects::responses::speakers::{OPENAI, XAI};

use super::quirks;
use crate::place::Place;
use crate::{OpenAi, Options};

fn provider(id: &str) -> OpenAi {
    let mut context = ProviderContext::new(Environment::empty());
    let mut facts = ProviderFacts::new(id);
    facts.base_url = (id != "openai").then(|| "https://api.example.com/v1".to_owned());
    context.facts = Some(facts);
    OpenAi::new(&context)
}

fn prepare(id: &str, model: &str, call: &Call) -> Exchange {
    let model = Model::new(id, model);
    provider(id).prepare(&model, call, Delivery::Whole).unwrap()
}

fn call(options: Options) -> Call {
    let mut call = Call::new("Hi");
    call.options = options.into();
    call
}

fn body(exchange: &Exchange) -> Value {
    serde_json::from_slice(exchange.request.body()).unwrap()
}

#[test]
fn openai_is_asked_by_responses() {
    let mut model = Model::new("openai", "gpt-5.2");
    model.capabilities = model.capabilities.with(Capability::Reasoning, true);
    let options = Options::new()
        .reasoning_summary("auto")
        .verbosity("low")
        .logprobs(true);
    let mut call = call(options.previous_response_id("resp_0").truncation("auto"));
    call.settings.reasoning = Some(reqllm_core::Reasoning::Effort(
        reqllm_core::ReasoningEffort::Low,
    ));
    let exchange = provider("openai")
        .prepare(&model, &call, Delivery::Stream)
        .unwrap();
    assert_eq!(exchange.route.operation, "Responses");
    assert!(
        exchange.route.reason.contains("thoughts"),
        "{}",
        exchange.route.reason
    );
    assert_eq!(
        exchange.request.uri(),
        "https://api.openai.com/v1/responses"
    );
    assert_eq!(
        body(&exchange),
        json!({
            "model": "gpt-5.2", "stream": true, "store": false,
            "input": [{ "type": "message", "role": "user", "content": [{ "type": "input_text", "text": "Hi" }] }],
            "previous_response_id": "resp_0", "truncation": "auto",
            "reasoning": { "effort": "low", "summary": "auto" },
            "text": { "verbosity": "low" },
            "top_logprobs": 0,
            "include": ["reasoning.encrypted_content", "message.output_text.logprobs"],
        })
    );
}

#[test]
fn what_only_chat_completions_has_is_asked_for_there() {
    let with = |set: fn(&mut Call)| {
        let mut call = Call::new("Hi");
        set(&mut call);
        call
    };
    let bias = BTreeMap::from([("50256".to_owned(), -100.0)]);
    for (what, call) in [
        ("a seed", with(|call| call.settings.seed = Some(1))),
        (
            "stop sequences",
            with(|call| call.settings.stop = vec!["x".into()]),
        ),
        (
            "audio",
            with(|call| {
                let sound = Part::audio("audio/wav", Source::Data("x".into()));
                call.messages = vec![Message::new(Role::User, vec![sound])];
            }),
        ),
        ("`logit_bias`", call(Options::new().logit_bias(bias))),
        (
            "`presence_penalty`",
            call(Options::new().presence_penalty(1.0)),
        ),
        (
            "`frequency_penalty`",
            call(Options::new().frequency_penalty(1.0)),
        ),
    ] {
        let exchange = prepare("openai", "gpt-4.1", &call);
        assert_eq!(exchange.route.operation, "ChatCompletions");
        assert_eq!(
            exchange.route.reason,
            format!("only Chat Completions has {what}")
        );
        assert!(exchange.request.uri().path().ends_with("/chat/completions"));
    }
    // What a model has nowhere is refused, wherever it is asked.
    let mut call = Call::new("Hi");
    call.settings.stop = vec!["x".into()];
    let error = provider("openai")
        .prepare(&Model::new("openai", "o3"), &call, Delivery::Whole)
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unsupported);
}

#[test]
fn a_model_with_one_api_is_asked_by_that() {
    let mut stop = Call::new("Hi");
    stop.settings.seed = Some(1);
    stop.lossy = true;
    for (model, operation) in [
        ("gpt-5-pro", "Responses"),
        ("gpt-5.1-codex", "Responses"),
        ("o3-deep-research", "Responses"),
        ("gpt-4o-audio-preview", "ChatCompletions"),
        ("gpt-4o-search-preview", "ChatCompletions"),
    ] {
        let exchange = prepare("openai", model, &stop);
        assert_eq!(exchange.route.operation, operation, "{model}");
        assert!(
            exchange.route.reason.contains("alone"),
            "{}",
            exchange.route.reason
        );
    }
}

#[test]
fn everybody_else_is_asked_by_chat_completions_unless_the_caller_wants_it() {
    let hi = Call::new("Hi");
    for id in ["groq", "xai", "openrouter", "azure", "vllm", "somebody"] {
        let exchange = prepare(id, "gpt-5-pro", &hi);
        assert_eq!(exchange.route.operation, "ChatCompletions", "{id}");
        let exchange = prepare(id, "gpt-5-pro", &call(Options::new().api("responses")));
        assert_eq!(exchange.route.operation, "Responses", "{id}");
        assert_eq!(exchange.route.reason, "`api` is responses");
        assert_eq!(
            exchange.request.uri(),
            "https://api.example.com/v1/responses"
        );
    }
    // A server at another address may be anybody's.
    let local = Options::new().base_url("http://127.0.0.1:8000/v1");
    let exchange = prepare("openai", "qwen3", &call(local));
    assert_eq!(exchange.route.operation, "ChatCompletions");
    let regional = Options::new().base_url("https://eu.api.openai.com/v1");
    let exchange = prepare("openai", "gpt-5.2", &call(regional));
    assert_eq!(exchange.route.operation, "Responses");
    let exchange = prepare("openai", "gpt-5.2", &call(Options::new().api("chat")));
    assert_eq!(exchange.route.operation, "ChatCompletions");
}

#[test]
fn a_server_with_both_apis_is_asked_as_openai_is() {
    let at = |word: &str, id: &str, change: fn(&mut Call)| {
        let env = [
            ("REQLLM_OPENAI_API", word),
            ("OPENAI_BASE_URL", "http://127.0.0.1:4000/v1"),
        ];
        let mut context = ProviderContext::new(Environment::of(env));
        let mut facts = ProviderFacts::new(id);
        facts.base_url = Some("http://127.0.0.1:4000/v1".to_owned());
        context.facts = Some(facts);
        let mut call = Call::new("Hi");
        call.settings.max_tokens = Some(9);
        change(&mut call);
        OpenAi::new(&context).prepare(&Model::new(id, "gpt-4.1"), &call, Delivery::Whole)
    };
    let route = |word, id, change| at(word, id, change).unwrap().route.operation;
    assert_eq!(route("", "openai", |_| {}), "ChatCompletions");
    assert_eq!(route(" auto ", "openai", |_| {}), "Responses");
    assert_eq!(route("responses", "openai", |_| {}), "Responses");
    assert_eq!(
        route("auto", "openai", |it| it.settings.stop = vec!["x".into()]),
        "ChatCompletions"
    );
    // What a call says wins, and the variable is OpenAI's alone.
    let chat: fn(&mut Call) = |it| it.options = Options::new().api("chat").into();
    assert_eq!(route("auto", "openai", chat), "ChatCompletions");
    assert_eq!(route("auto", "groq", |_| {}), "ChatCompletions");
    let auto: fn(&mut Call) = |it| it.options = Options::new().api("auto").into();
    assert_eq!(route("chat", "openai", auto), "Responses");
    assert_eq!(route("chat", "groq", auto), "ChatCompletions");
    // A model that nobody knows is taken for one of OpenAI's there.
    let exchange = at("auto", "openai", |it| {
        it.options = Options::new().api("auto").into();
        it.settings.stop = vec!["x".into()];
    });
    assert_eq!(body(&exchange.unwrap())["max_completion_tokens"], 9);
    let error = at("both", "openai", |_| {}).unwrap_err();
    assert!(
        error.message().contains("REQLLM_OPENAI_API is \"both\""),
        "{error}"
    );
    assert!(error.message().contains("\"auto\""), "{error}");
}

#[test]
fn what_responses_has_no_word_for_is_refused_by_name() {
    let options = Options::new().api("responses").presence_penalty(1.0);
    let error = provider("openai")
        .prepare(
            &Model::new("openai", "gpt-4.1"),
            &call(options),
            Delivery::Whole,
        )
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unsupported);
    assert!(error.message().contains("`presence_penalty`"), "{error}");
}

/// Chat Completions knows no answer that was kept.
#[test]
fn what_chat_completions_has_no_word_for_is_refused_by_name() {
    for (name, options) in [
        (
            "previous_response_id",
            Options::new().previous_response_id("resp_0"),
        ),
        ("truncation", Options::new().truncation("auto")),
    ] {
        let error = provider("groq")
            .prepare(
                &Model::new("groq", "llama"),
                &call(options),
                Delivery::Whole,
            )
            .unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Unsupported);
        assert!(error.message().contains(name), "{error}");
    }
}

#[test]
fn what_one_server_sealed_goes_to_no_other() {
    let maker = |id: &str, base: Option<&str>| {
        let mut options = Options::new().api("responses");
        if let Some(base) = base {
            options = options.base_url(base);
        }
        let provider = provider(id);
        let options = crate::options::Read::of("openai", &call(options).options).unwrap();
        let place = Place::of(&provider, &options, None).unwrap();
        quirks(id, &place).maker
    };
    let openai = maker("openai", None);
    assert_eq!(openai, OPENAI.maker);
    assert_eq!(
        maker("openai", Some("https://eu.api.openai.com/v1")),
        openai
    );
    assert_eq!(maker("xai", None), XAI.maker);
    assert_eq!(maker("acme", None), maker("acme", None));
    let mut all = [
        openai,
        maker("openai", Some("http://127.0.0.1:1/v1")),
        maker("openai", Some("http://127.0.0.1:2/v1")),
        maker("acme", None),
        maker("zeta", None),
        maker("xai", Some("https://proxy.example/v1")),
    ]
    .iter()
    .map(|maker| mark::put(*maker, "rs_1", "AA"))
    .collect::<Vec<_>>();
    all.sort();
    all.dedup();
    assert_eq!(all.len(), 6, "{all:?}");
    // A thought goes back to its own server.
    let base = "http://127.0.0.1:1/v1";
    let options = || Options::new().api("responses").base_url(base);
    let mut thought = reqllm_core::ReasoningPart::default();
    thought.signature = Some(mark::put(maker("openai", Some(base)), "rs_1", "AA"));
    let mut said = call(options());
    said.messages = vec![
        reqllm_core::user("a"),
        Message::new(Role::Assistant, vec![thought.into(), Part::text("x")]),
        reqllm_core::user("b"),
    ];
    let back = |call: &Call| body(&prepare("openai", "m", call)).to_string();
    assert!(back(&said).contains("rs_1"));
    said.options = Options::new().api("responses").into();
    assert!(!back(&said).contains("rs_1"));
}
