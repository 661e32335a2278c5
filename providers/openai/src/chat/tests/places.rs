//! What depends on who listens: OpenAI, somebody else at its name, a gateway, a grammar.

use super::*;

fn object(required: &[&str]) -> ObjectSchema {
    ObjectSchema::new(json!({"type": "object", "required": required,
        "properties": {"a": {"type": "string"}, "b": {"type": "integer", "minimum": 0}}}))
    .unwrap()
}

/// What is said of an object whose member `b` may be absent, and of one that has it always.
#[test]
fn only_grammars_are_asked_strictly_for_optional_members() {
    for (spec, strict) in [
        ("openrouter:openai/gpt-4o", false),
        ("groq:openai/gpt-oss-20b", false),
        ("cerebras:gpt-oss-120b", false),
        ("somebody:some-model", false),
        ("vllm:qwen3", true),
        ("ollama:qwen3", true),
        ("lmstudio:qwen3", true),
    ] {
        for required in [&["a"][..], &["a", "b"]] {
            let call = chat(|it| it.object = Some(object(required)));
            let (id, name) = spec.split_once(':').unwrap();
            let mut model = Model::new(id, name);
            model.capabilities = model.capabilities.with(Capability::StructuredOutput, true);
            let exchange = provider(id)
                .prepare(&model, &call, Delivery::Whole)
                .unwrap();
            let body = body_of(&exchange);
            let format = &body["response_format"]["json_schema"];
            let strict = strict || required.len() == 2;
            assert_eq!(format["strict"], strict, "{spec}");
            // The bounds stay, and what is not strict stays as it is.
            let schema = &format["schema"];
            assert_eq!(schema["properties"]["b"]["minimum"], 0, "{spec}");
            let closed = schema.get("additionalProperties").is_some();
            assert_eq!(closed, strict, "{spec}");
        }
    }
    // By a tool as well.
    for (required, strict) in [(&["a"][..], None), (&["a", "b"], Some(true))] {
        let call = chat(|it| it.object = Some(object(required)));
        let (body, _) = body("openrouter:openai/gpt-4o", &call);
        let function = &body["tools"][0]["function"];
        assert_eq!(function.get("strict").and_then(Value::as_bool), strict);
    }
}

#[test]
fn elsewhere_the_name_of_openai_stands_for_the_form() {
    let mut call = Call::new("hi");
    call.settings.max_tokens = Some(9);
    call.options = Options::new().base_url("http://127.0.0.1:4000/v1").into();
    for model in ["gemini-2.5-pro", "o3-pro", "gpt-4o"] {
        let mut model = Model::new("openai", model);
        let exchange = |model: &Model, call: &Call| {
            provider("openai")
                .prepare(model, call, Delivery::Whole)
                .unwrap()
        };
        let by_option = exchange(&model, &call);
        assert_eq!(
            by_option.request.uri(),
            "http://127.0.0.1:4000/v1/chat/completions"
        );
        assert_eq!(body_of(&by_option)["max_tokens"], 9);
        model.base_url = Some("http://127.0.0.1:4000/v1".to_owned());
        let mut bare = call.clone();
        bare.options = reqllm_core::ProviderOptions::default();
        let by_model = exchange(&model, &bare);
        assert_eq!(by_model.request.uri(), by_option.request.uri());
        assert_eq!(body_of(&by_model), body_of(&by_option));
    }
    call.options = Options::new()
        .base_url("http://127.0.0.1:4000/v1")
        .api("responses")
        .into();
    let exchange = provider("openai")
        .prepare(&Model::new("openai", "gpt-4o"), &call, Delivery::Whole)
        .unwrap();
    assert_eq!(exchange.route.operation, "Responses");
}

#[test]
fn deepseek_takes_words_alone() {
    let image = Part::image(
        "image/png",
        Source::Url("https://example.com/a.png".to_owned()),
    );
    let call = chat(|it| it.messages = vec![user(vec![Part::text("what?"), image])]);
    let error = exchange("deepseek:deepseek-chat", &call, Delivery::Whole).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unsupported);
}

#[test]
fn perplexity_hears_one_side_after_the_other() {
    let call = chat(|it| {
        it.messages = vec![
            system("Be brief."),
            user("hi"),
            system("In French."),
            user("please"),
        ]
    });
    let (body, warnings) = body("perplexity:sonar", &call);
    assert_eq!(warnings, ["system_message_as_user"]);
    let roles: Vec<_> = body["messages"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| it["role"].as_str().unwrap())
        .collect();
    assert_eq!(roles, ["system", "user"]);
    for said in ["hi", "In French.", "please"] {
        assert!(body["messages"][1].to_string().contains(said), "{body}");
    }
}

#[test]
fn blocks_of_other_forms_are_left_out() {
    for raw in [
        json!({"newBlock": {"a": 1}}),
        json!("text"),
        json!({"type": "compaction"}),
    ] {
        let unknown = Part::Unknown(reqllm_core::UnknownPart::new(raw));
        let call = chat(|it| {
            it.messages = vec![
                user("a"),
                assistant(vec![Part::text("x"), unknown]),
                user("b"),
            ]
        });
        for spec in ["openai:gpt-4o", "groq:llama"] {
            let (body, warnings) = body(spec, &call);
            assert_eq!(body["messages"][1]["content"], "x");
            assert_eq!(warnings, ["block_dropped"], "{spec}");
        }
    }
}

/// Whose account it is, a server at another address has no business to know, unless the caller says so.
#[test]
fn the_organisation_of_the_environment_is_told_to_openai_alone() {
    let env = Environment::of([("OPENAI_ORG_ID", "org-1"), ("OPENAI_PROJECT_ID", "proj_1")]);
    let context = ProviderContext::new(env);
    let sent = |options: Options| {
        let mut call = Call::new("hi");
        call.options = options.into();
        let exchange = OpenAi::new(&context)
            .prepare(&Model::new("openai", "gpt-4o"), &call, Delivery::Whole)
            .unwrap();
        let headers = exchange.request.headers();
        ["openai-organization", "openai-project"].map(|name| {
            let value = headers.get(name)?;
            Some(value.to_str().unwrap().to_owned())
        })
    };
    let known = [Some("org-1".to_owned()), Some("proj_1".to_owned())];
    for api in ["chat", "responses"] {
        let own = Options::new().api(api);
        assert_eq!(sent(own.clone()), known);
        let region = own.clone().base_url("https://eu.api.openai.com/v1");
        assert_eq!(sent(region), known);
        let elsewhere = own.base_url("https://gateway.example/v1");
        assert_eq!(sent(elsewhere.clone()), [None, None]);
        let told = elsewhere.organization("org-2");
        assert_eq!(sent(told), [Some("org-2".to_owned()), None]);
    }
}
