//! What servers do in ways of their own, as their rows have it.

use reqllm_core::{Cache, MediaPart};

use super::body as written;
use super::*;

fn refused(spec: &str, call: &Call) -> String {
    let error = exchange(spec, call, Delivery::Whole).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unsupported, "{spec}: {error}");
    error.message().to_owned()
}

fn weather() -> Tool {
    Tool::from_schema("weather", json!({"type": "object"}))
}

fn thinking(effort: ReasoningEffort) -> Call {
    chat(|it| it.settings.reasoning = Some(Reasoning::Effort(effort)))
}

#[test]
fn thinking_is_asked_for_in_the_words_of_the_model() {
    let budget = chat(|it| it.settings.reasoning = Some(Reasoning::Budget(3000)));
    let (body, _) = written("fireworks-ai:accounts/fireworks/models/qwen3-8b", &budget);
    assert_eq!(body["reasoning_effort"], 3000);
    let (body, _) = written("siliconflow:Qwen/Qwen3-8B", &budget);
    assert_eq!(
        (&body["enable_thinking"], &body["thinking_budget"]),
        (&json!(true), &json!(3000))
    );
    for (spec, effort, member, value) in [
        (
            "moonshotai:kimi-k2.5",
            ReasoningEffort::None,
            "thinking",
            json!({"type": "disabled"}),
        ),
        (
            "moonshotai:kimi-k3",
            ReasoningEffort::Medium,
            "reasoning_effort",
            json!("low"),
        ),
        (
            "zai:glm-5.3",
            ReasoningEffort::High,
            "reasoning_effort",
            json!("high"),
        ),
        (
            "cerebras:zai-glm-5.3",
            ReasoningEffort::Low,
            "reasoning_effort",
            json!("low"),
        ),
        (
            "cerebras:kimi-k3",
            ReasoningEffort::High,
            "reasoning_effort",
            json!("high"),
        ),
        (
            "mistral:mistral-large-4-0",
            ReasoningEffort::Medium,
            "reasoning_effort",
            json!("medium"),
        ),
        (
            "mistral:zai-glm-5-3",
            ReasoningEffort::Low,
            "reasoning_effort",
            json!("low"),
        ),
        (
            "novita-ai:qwen/qwen3-8b",
            ReasoningEffort::None,
            "enable_thinking",
            json!(false),
        ),
        (
            "openrouter:qwen/qwen3-8b",
            ReasoningEffort::None,
            "reasoning",
            json!({"enabled": false}),
        ),
    ] {
        let (body, _) = written(spec, &thinking(effort));
        assert_eq!(body[member], value, "{spec}");
        let both = body.get("thinking").is_some() && body.get("reasoning_effort").is_some();
        assert!(!both, "{spec}: {body}");
    }
    // Who always thinks is not told to stop, and who has no words is told nothing.
    for spec in [
        "fireworks-ai:accounts/fireworks/models/gpt-oss-20b",
        "moonshotai:kimi-k3",
        "openrouter:openai/gpt-oss-20b",
        "openrouter:qwen/qwen3.8-max",
        "togetherai:zai-org/GLM-5.3",
        "zai:glm-5.3",
    ] {
        let why = refused(spec, &thinking(ReasoningEffort::None));
        assert!(why.contains("cannot be told not to think"), "{why}");
    }
    for spec in [
        "moonshotai:kimi-k2-thinking",
        "xai:grok-4.20-0309-reasoning",
    ] {
        refused(spec, &thinking(ReasoningEffort::High));
    }
}

#[test]
fn who_thinks_is_not_made_to_call_a_tool_where_the_server_refuses_that() {
    let must = |reasoning: Option<ReasoningEffort>| {
        chat(|it| {
            it.tools = vec![
                weather(),
                Tool::from_schema("other", json!({"type": "object"})),
            ];
            it.tool_choice = Some(ToolChoice::Tool("weather".into()));
            it.settings.reasoning = reasoning.map(Reasoning::Effort);
        })
    };
    for spec in [
        "deepseek:deepseek-v4-pro",
        "moonshotai:kimi-k2.6",
        "togetherai:deepseek-ai/DeepSeek-V4-Pro",
    ] {
        assert!(
            refused(spec, &must(None)).contains("choice of tools"),
            "{spec}"
        );
        let (body, _) = written(spec, &must(Some(ReasoningEffort::None)));
        assert_eq!(body["tool_choice"]["function"]["name"], "weather", "{spec}");
    }
    for spec in ["alibaba:qwen-plus", "deepseek:deepseek-chat"] {
        let (body, _) = written(spec, &must(None));
        assert_eq!(body["tool_choice"]["function"]["name"], "weather", "{spec}");
        refused(spec, &must(Some(ReasoningEffort::High)));
    }
    for spec in ["vllm:openai/gpt-oss-20b", "zai:glm-5"] {
        refused(spec, &must(None));
    }
    let mut lossy = must(None);
    lossy.lossy = true;
    let (body, warnings) = written("deepseek:deepseek-v4-pro", &lossy);
    assert_eq!(body.get("tool_choice"), None);
    assert!(warnings.contains(&"unsupported".to_owned()), "{warnings:?}");
}

#[test]
fn an_object_is_asked_for_in_a_form_that_the_server_takes_there() {
    let schema =
        json!({"type": "object", "properties": {"a": {"type": "string"}}, "required": ["a"]});
    let ask = |spec: &str, tools: Vec<Tool>, delivery: Delivery| {
        let (id, name) = spec.split_once(':').unwrap();
        let mut model = Model::new(id, name);
        model
            .capabilities
            .set(Capability::StructuredOutput, Some(true));
        let call = chat(|it| {
            it.object = Some(ObjectSchema::new(schema.clone()).unwrap());
            it.tools = tools;
        });
        let exchange = provider(id).prepare(&model, &call, delivery).unwrap();
        let form = exchange.expectation.object.as_ref().unwrap().as_str();
        let format = body_of(&exchange)["response_format"]["type"].clone();
        (form, format)
    };
    let native = ("native", json!("json_schema"));
    let by_tool = ("tool", Value::Null);
    let in_words = ("instructions", json!("json_object"));
    for (spec, whole, stream, beside_tools) in [
        ("groq:openai/gpt-oss-20b", &native, &by_tool, &by_tool),
        ("deepinfra:some/model", &native, &native, &native),
        ("moonshotai:kimi-k2.5", &native, &native, &native),
        ("deepseek:deepseek-chat", &by_tool, &by_tool, &by_tool),
    ] {
        assert_eq!(&ask(spec, vec![], Delivery::Whole), whole, "{spec}");
        assert_eq!(&ask(spec, vec![], Delivery::Stream), stream, "{spec}");
        let beside = ask(spec, vec![weather()], Delivery::Whole);
        assert_eq!(&beside, beside_tools, "{spec}");
    }
    for spec in ["deepseek:deepseek-v4-pro", "zai:glm-5.2"] {
        assert_eq!(ask(spec, vec![], Delivery::Whole), in_words, "{spec}");
    }
}

#[test]
fn thoughts_go_back_under_the_name_that_the_server_reads() {
    let turn = |over: bool| {
        let mut thought = ReasoningPart::default();
        thought.text = "hm".into();
        chat(|it| {
            it.tools = vec![weather()];
            it.messages = vec![
                user("Weather?"),
                assistant(vec![
                    thought.into(),
                    ToolCallPart::new("call_1", "weather", json!({})).into(),
                ]),
                tool_result("call_1", "rain"),
            ];
            if over {
                it.messages.extend([assistant("Rain."), user("Thanks")]);
            }
        })
    };
    let member = |spec: &str, over: bool| {
        let (body, warnings) = written(spec, &turn(over));
        let message = body["messages"][1].clone();
        let names = ["reasoning", "reasoning_content"];
        let found = names.into_iter().find(|name| message[*name] == "hm");
        assert_eq!(
            found.is_none(),
            warnings.contains(&"reasoning_dropped".to_owned()),
            "{spec}: {warnings:?}"
        );
        found
    };
    for (spec, name) in [
        ("cerebras:gpt-oss-120b", Some("reasoning")),
        ("cerebras:zai-glm-4.7", None),
        ("deepseek:deepseek-v4-pro", Some("reasoning_content")),
        ("groq:openai/gpt-oss-20b", Some("reasoning")),
        ("llamacpp:qwen3", Some("reasoning_content")),
        ("moonshotai:kimi-k3", Some("reasoning_content")),
        ("ollama:qwen3", Some("reasoning")),
        ("sglang:qwen3", Some("reasoning_content")),
        ("togetherai:openai/gpt-oss-20b", Some("reasoning")),
        ("vllm:qwen3", Some("reasoning")),
        ("zai:glm-5", Some("reasoning_content")),
    ] {
        assert_eq!(member(spec, false), name, "{spec}");
    }
    // DeepSeek's go back when the turn is over, too.
    assert_eq!(
        member("deepseek:deepseek-v4-flash", true),
        Some("reasoning_content")
    );
    assert_eq!(member("groq:openai/gpt-oss-20b", true), None);
}

#[test]
fn members_that_a_server_has_not_are_refused_by_name() {
    let penalties = || {
        chat(|it| {
            it.options = Options::new().api("chat").frequency_penalty(0.5).into();
        })
    };
    for spec in [
        "alibaba:qwen-plus",
        "deepseek:deepseek-chat",
        "groq:llama",
        "inception:mercury",
        "moonshotai:kimi-k2.5",
        "xai:grok-3-mini",
        "zai:glm-5",
    ] {
        assert!(
            refused(spec, &penalties()).contains("`frequency_penalty`"),
            "{spec}"
        );
    }
    for spec in ["cerebras:gpt-oss-120b", "moonshotai:kimi-k2-0905-preview"] {
        assert_eq!(written(spec, &penalties()).0["frequency_penalty"], 0.5);
    }
    let biased = chat(|it| {
        let bias = [("50256".to_owned(), -100.0)].into();
        it.options = Options::new().api("chat").logit_bias(bias).into();
    });
    for spec in ["cerebras:gpt-oss-120b", "ollama:qwen3"] {
        assert!(refused(spec, &biased).contains("`logit_bias`"), "{spec}");
    }
    let tiered = chat(|it| {
        it.options = Options::new()
            .api("chat")
            .service_tier("priority")
            .logprobs(true)
            .into();
    });
    let (body, _) = written("mistral:mistral-small-latest", &tiered);
    assert_eq!(
        (&body["service_tier"], &body["logprobs"]),
        (&json!("priority"), &json!(true))
    );
}

#[test]
fn settings_are_sent_where_the_server_has_a_member_for_them() {
    let call = chat(|it| {
        it.settings.top_k = Some(5);
        it.settings.stop = vec!["x".into()];
        it.settings.max_tokens = Some(9);
    });
    for (spec, limit) in [
        ("mistral:mistral-small-latest", "max_tokens"),
        ("novita-ai:some/model", "max_tokens"),
        ("openrouter:x/y", "max_completion_tokens"),
        ("perplexity:sonar", "max_tokens"),
        ("siliconflow:some/model", "max_tokens"),
    ] {
        let (body, warnings) = written(spec, &call);
        assert_eq!(
            (&body["top_k"], &body["stop"], &body[limit]),
            (&json!(5), &json!(["x"]), &json!(9)),
            "{spec}"
        );
        assert!(warnings.is_empty(), "{spec}: {warnings:?}");
    }
    let seeded = chat(|it| it.settings.seed = Some(7));
    for spec in [
        "inception:mercury",
        "moonshotai:kimi-k2.5",
        "siliconflow:some/model",
    ] {
        assert!(refused(spec, &seeded).contains("seed"), "{spec}");
    }
    let stream = exchange("zai:glm-5", &chat(|_| {}), Delivery::Stream).unwrap();
    assert_eq!(body_of(&stream).get("stream_options"), None);
}

#[test]
fn attachments_and_cache_points_take_the_form_of_the_server() {
    let wav = Part::Audio(MediaPart::new(
        "audio/wav",
        Source::Data(b"RIFF"[..].into()),
    ));
    let text = Part::text("Listen").cached(Cache::new());
    let call = chat(|it| it.messages = vec![user(vec![text, wav])]);
    let (body, warnings) = written("alibaba:qwen3-omni-flash", &call);
    assert_eq!(
        body["messages"][0]["content"],
        json!([{"type": "text", "text": "Listen", "cache_control": {"type": "ephemeral"}},
            {"type": "input_audio", "input_audio": {"data": "data:audio/wav;base64,UklGRg==", "format": "wav"}}])
    );
    assert!(warnings.is_empty(), "{warnings:?}");
    for id in ["moonshotai", "ollama"] {
        assert!(!provider(id).takes_url("https://x.example/a.png"), "{id}");
    }
    let png = Part::image("image/png", Source::Url("https://x.example/a.png".into()));
    let seen = chat(|it| it.messages = vec![user(vec![Part::text("Look"), png])]);
    let (body, _) = written("deepseek:deepseek-v4-flash-vision-exp", &seen);
    assert_eq!(body["messages"][0]["content"][1]["type"], "image_url");
    let pdf = reqllm_core::DocumentPart::new("application/pdf", Source::Data(b"%PDF"[..].into()));
    let read = chat(|it| it.messages = vec![user(vec![Part::text("Read"), pdf.into()])]);
    assert!(refused("perplexity:sonar", &read).contains("document"));
}
