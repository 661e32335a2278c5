//! Requests as each row writes them, and answers as they are read. Nothing is sent.

mod answers;
mod google;
mod places;
mod servers;
mod switching;
mod words;

use reqllm_core::{
    Call, Capability, Delivery, Environment, ErrorKind, Exchange, Fold, Identity, Model,
    ObjectSchema, Part, Provider as _, ProviderContext, ProviderFacts, Reasoning, ReasoningEffort,
    ReasoningPart, Response, Result, Source, Tool, ToolCallPart, ToolChoice, assistant, system,
    tool_result, user,
};
use reqllm_dialects::mark;
use serde_json::{Value, json};

use crate::{OpenAi, Options};

fn provider(id: &str) -> OpenAi {
    let mut context = ProviderContext::new(Environment::empty());
    let mut facts = ProviderFacts::new(id);
    // What is true of OpenAI is true at its own address.
    let elsewhere = id != "openai";
    facts.base_url = elsewhere.then(|| "https://api.example/v1".to_owned());
    context.facts = Some(facts);
    OpenAi::new(&context)
}

fn exchange(spec: &str, call: &Call, delivery: Delivery) -> Result<Exchange> {
    let (id, model) = spec.split_once(':').unwrap();
    provider(id).prepare(&Model::new(id, model), call, delivery)
}

fn body_of(exchange: &Exchange) -> Value {
    serde_json::from_slice(exchange.request.body()).unwrap()
}

/// The body of a call, and the codes of its warnings.
fn body(spec: &str, call: &Call) -> (Value, Vec<String>) {
    let exchange = exchange(spec, call, Delivery::Whole).unwrap();
    let codes = exchange.warnings.iter().map(|it| it.code.to_string());
    (body_of(&exchange), codes.collect())
}

fn chat(change: impl FnOnce(&mut Call)) -> Call {
    let mut call = Call::new("hi");
    call.options = Options::new().api("chat").into();
    change(&mut call);
    call
}

#[test]
fn a_call_is_a_request() {
    let call = chat(|it| it.settings.max_tokens = Some(9));
    let exchange = exchange("openai:gpt-4o", &call, Delivery::Stream).unwrap();
    assert_eq!(
        exchange.request.uri(),
        "https://api.openai.com/v1/chat/completions"
    );
    assert_eq!(exchange.request.headers()["accept"], "text/event-stream");
    assert_eq!(exchange.authorizer.scheme(), Some("Bearer"));
    assert_eq!(
        body_of(&exchange),
        json!({"messages": [{"role": "user", "content": "hi"}], "max_completion_tokens": 9, "model": "gpt-4o",
            "stream": true, "stream_options": {"include_usage": true}})
    );
    let key = self::exchange("azure:gpt-4o", &call, Delivery::Whole).unwrap();
    assert_eq!(key.authorizer.key_header().unwrap(), "api-key");
}

#[test]
fn limits_and_roles_are_in_the_words_of_the_server() {
    for (spec, member, role) in [
        ("openai:gpt-4o", "max_completion_tokens", "system"),
        ("openai:o3-mini", "max_completion_tokens", "developer"),
        ("openai:gpt-5.1", "max_completion_tokens", "developer"),
        (
            "groq:llama-3.3-70b-versatile",
            "max_completion_tokens",
            "system",
        ),
        ("xai:grok-4.3", "max_completion_tokens", "system"),
        ("mistral:mistral-small-latest", "max_tokens", "system"),
        ("deepseek:deepseek-chat", "max_tokens", "system"),
        ("ollama:llama3.2", "max_tokens", "system"),
        ("somebody:some-model", "max_tokens", "system"),
    ] {
        let call = chat(|it| {
            it.messages = vec![system("Be brief."), user("hi")];
            it.settings.max_tokens = Some(9);
        });
        let (body, warnings) = body(spec, &call);
        assert_eq!(
            (&body[member], &body["messages"][0]["role"]),
            (&json!(9), &json!(role)),
            "{spec}"
        );
        assert!(warnings.is_empty(), "{spec}: {warnings:?}");
    }
}

#[test]
fn thinking_is_asked_for_in_the_words_of_the_server() {
    let high = Reasoning::Effort(ReasoningEffort::High);
    let none = Reasoning::Effort(ReasoningEffort::None);
    let budget = Reasoning::Budget(3000);
    for (spec, reasoning, expected) in [
        ("openai:o3", high, json!({"reasoning_effort": "high"})),
        (
            "groq:openai/gpt-oss-20b",
            high,
            json!({"reasoning_effort": "high"}),
        ),
        (
            "openrouter:x/y",
            high,
            json!({"reasoning": {"enabled": true, "effort": "high"}}),
        ),
        (
            "openrouter:x/y",
            budget,
            json!({"reasoning": {"enabled": true, "max_tokens": 3000}}),
        ),
        (
            "openrouter:x/y",
            none,
            json!({"reasoning": {"enabled": false}}),
        ),
        (
            "deepseek:deepseek-v4-pro",
            none,
            json!({"thinking": {"type": "disabled"}}),
        ),
        ("zai:glm-5", none, json!({"thinking": {"type": "disabled"}})),
        (
            "mistral:magistral-medium",
            high,
            json!({"prompt_mode": "reasoning"}),
        ),
        (
            "mistral:mistral-small-latest",
            high,
            json!({"reasoning_effort": "high"}),
        ),
        (
            "alibaba:qwen3-32b",
            budget,
            json!({"enable_thinking": true, "thinking_budget": 3000}),
        ),
        (
            "vllm:qwen/qwen3-8b",
            none,
            json!({"chat_template_kwargs": {"enable_thinking": false}}),
        ),
        (
            "vllm:openai/gpt-oss-20b",
            high,
            json!({"reasoning_effort": "high"}),
        ),
        (
            "cerebras:zai-glm-4.7",
            none,
            json!({"disable_reasoning": true}),
        ),
        (
            "perplexity:sonar-deep-research",
            high,
            json!({"reasoning_effort": "high"}),
        ),
        ("ollama:qwen3", none, json!({"reasoning_effort": "none"})),
        (
            "nvidia:deepseek-ai/deepseek-v3.1",
            none,
            json!({"chat_template_kwargs": {"thinking": false}}),
        ),
    ] {
        let (body, _) = body(spec, &chat(|it| it.settings.reasoning = Some(reasoning)));
        for (member, value) in expected.as_object().unwrap() {
            assert_eq!(&body[member], value, "{spec} {reasoning}");
        }
    }
    // A switch that is a word's absence is not guessed.
    let off = chat(|it| it.settings.reasoning = Some(none));
    let error = exchange("somebody:some-model", &off, Delivery::Whole).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unsupported, "{error}");
    let (groq, _) = body("groq:qwen/qwen3.6-27b", &chat(|_| {}));
    assert_eq!(groq["reasoning_format"], "parsed");
}

#[test]
fn what_a_server_lacks_is_refused_by_name_or_left_out() {
    type Change = fn(&mut Call);
    let cases: [(&str, &str, Change); 7] = [
        ("openai:gpt-4o", "top_k", |it| it.settings.top_k = Some(5)),
        ("openai:o3", "stop", |it| {
            it.settings.stop = vec!["x".into()]
        }),
        ("xai:grok-4.3", "stop", |it| {
            it.settings.stop = vec!["x".into()]
        }),
        ("deepseek:deepseek-chat", "seed", |it| {
            it.settings.seed = Some(1)
        }),
        ("groq:llama", "`logprobs`", |it| {
            it.options = Options::new().api("chat").logprobs(true).into()
        }),
        ("openai:gpt-4o", "`reasoning_summary`", |it| {
            it.options = Options::new().api("chat").reasoning_summary("auto").into();
        }),
        ("perplexity:sonar", "tools", |it| {
            it.tools = vec![Tool::from_schema("f", json!({"type": "object"}))]
        }),
    ];
    for (spec, what, change) in cases {
        let mut call = chat(change);
        let error = exchange(spec, &call, Delivery::Whole).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Unsupported, "{spec}: {error}");
        assert!(error.message().contains(what), "{spec}: {error}");
        call.lossy = true;
        let (_, warnings) = body(spec, &call);
        assert!(
            warnings.contains(&"unsupported".to_owned()),
            "{spec}: {warnings:?}"
        );
    }
}

#[test]
fn objects_are_asked_for_in_the_form_that_the_server_has() {
    let schema =
        json!({"type": "object", "properties": {"a": {"type": "string"}}, "required": ["a"]});
    let ask = |spec: &str, knows: Option<bool>| {
        let (id, name) = spec.split_once(':').unwrap();
        let mut model = Model::new(id, name);
        model.capabilities.set(Capability::StructuredOutput, knows);
        let call = chat(|it| it.object = Some(ObjectSchema::new(schema.clone()).unwrap()));
        let exchange = provider(id)
            .prepare(&model, &call, Delivery::Whole)
            .unwrap();
        let form = exchange.expectation.object.as_ref().unwrap().as_str();
        (form, body_of(&exchange))
    };
    let (form, body) = ask("openai:gpt-4o", Some(true));
    assert_eq!(
        (form, &body["response_format"]["type"]),
        ("native", &json!("json_schema"))
    );
    assert_eq!(body["response_format"]["json_schema"]["strict"], true);
    let (form, body) = ask("mistral:mistral-small-latest", None);
    assert_eq!(
        (form, &body["response_format"]["type"]),
        ("native", &json!("json_schema"))
    );
    // A model of which nothing is known is made to call a tool; one without tools is told in words.
    let (form, body) = ask("somebody:some-model", None);
    assert_eq!(
        (form, &body["tool_choice"]["type"]),
        ("tool", &json!("function"))
    );
    let (form, body) = ask("ollama:llama3.2", None);
    assert_eq!(
        (form, &body["response_format"]["type"]),
        ("native", &json!("json_schema"))
    );
    let (form, body) = ask("deepseek:deepseek-chat", None);
    assert_eq!(
        (form, &body["tool_choice"]["type"]),
        ("tool", &json!("function"))
    );
}

#[test]
fn attachments_go_in_the_parts_that_the_server_has() {
    let png = || Part::image("image/png", Source::Data(b"x"[..].into()));
    let web = || Part::image("image/png", Source::Url("https://x.example/a.png".into()));
    let mut pdf =
        reqllm_core::DocumentPart::new("application/pdf", Source::Data(b"%PDF"[..].into()));
    pdf.name = Some("a.pdf".into());
    let of = |part: Part| chat(|it| it.messages = vec![user(vec![Part::text("Look"), part])]);
    let part =
        |spec: &str, part: Part| body(spec, &of(part)).0["messages"][0]["content"][1].clone();
    assert_eq!(
        part("openai:gpt-4o", web()),
        json!({"type": "image_url", "image_url": {"url": "https://x.example/a.png"}})
    );
    assert_eq!(
        part("ollama:llava", png()),
        json!({"type": "image_url", "image_url": {"url": "data:image/png;base64,eA=="}})
    );
    assert!(provider("openai").takes_url("https://x.example/a.png"));
    assert!(
        !provider("ollama").takes_url("https://x.example/a.png"),
        "the client fetches it"
    );
    assert_eq!(
        part("openai:gpt-4o", pdf.clone().into()),
        json!({"type": "file", "file": {"filename": "a.pdf", "file_data": "data:application/pdf;base64,JVBERg=="}})
    );
    let wav = Part::Audio(reqllm_core::MediaPart::new(
        "audio/wav",
        Source::Data(b"RIFF"[..].into()),
    ));
    assert_eq!(
        part("openai:gpt-audio", wav),
        json!({"type": "input_audio", "input_audio": {"data": "UklGRg==", "format": "wav"}})
    );
    let error = exchange("groq:llama", &of(pdf.into()), Delivery::Whole).unwrap_err();
    assert!(error.message().contains("document"), "{error}");
}

#[test]
fn options_go_where_they_belong() {
    let call = chat(|it| {
        it.tools = vec![Tool::from_schema("f", json!({"type": "object"}))];
        it.options = Options::new()
            .api("chat")
            .organization("org-1")
            .service_tier("flex")
            .prompt_cache_key("k")
            .parallel_tool_calls(false)
            .verbosity("low")
            .extra_headers([("x-tenant".to_owned(), "7".to_owned())].into())
            .extra_body(
                json!({"model": "other", "nested": {"a": 1}})
                    .as_object()
                    .unwrap()
                    .clone(),
            )
            .into();
    });
    let exchange = exchange("openai:gpt-5.1", &call, Delivery::Whole).unwrap();
    let headers = exchange.request.headers();
    assert_eq!(
        (&headers["openai-organization"], &headers["x-tenant"]),
        (&"org-1".parse().unwrap(), &"7".parse().unwrap())
    );
    assert!(headers["x-tenant"].is_sensitive());
    let body = body_of(&exchange);
    for (member, value) in [
        ("service_tier", json!("flex")),
        ("prompt_cache_key", json!("k")),
        ("parallel_tool_calls", json!(false)),
        ("verbosity", json!("low")),
        ("model", json!("other")),
        ("nested", json!({"a": 1})),
    ] {
        assert_eq!(body[member], value, "{member}");
    }
    let (body, warnings) = self::body(
        "openai:gpt-4o",
        &chat(|it| {
            it.options = Options::new().api("chat").parallel_tool_calls(false).into();
        }),
    );
    assert_eq!(
        (body.get("parallel_tool_calls"), &*warnings),
        (None, &["option_without_effect".to_owned()][..])
    );
    let own = chat(|it| {
        it.options = Options::new()
            .extra_headers([("Authorization".to_owned(), "x".to_owned())].into())
            .into();
    });
    let error = self::exchange("openai:gpt-4o", &own, Delivery::Whole).unwrap_err();
    assert!(error.message().contains("`api_key`"), "{error}");
}
