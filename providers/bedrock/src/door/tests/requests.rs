//! What is in the bodies.

use super::*;
use crate::options::ServiceTier;
use reqllm_core::{
    ObjectSchema, Part, Reasoning, ReasoningEffort, ReasoningPart, Tool, ToolCallPart, assistant,
    system, tool_result, user,
};

fn prepared(id: &str, mut call: Call, options: Options) -> Result<Exchange> {
    call.options = options.into();
    bedrock(&[]).prepare(&model(id), &call, Delivery::Whole)
}

#[test]
fn a_body_says_which_model_and_whether_it_streams() {
    let mut call = call(mantle().service_tier(ServiceTier::Flex));
    call.settings.max_tokens = Some(100);
    call.settings.temperature = Some(1.5);
    let exchange = bedrock(&[]).prepare(&model("google.gemma-4-31b"), &call, Delivery::Stream);
    assert_eq!(
        body(&exchange.unwrap()),
        json!({
            "model": "google.gemma-4-31b", "messages": [{"role": "user", "content": "hi"}],
            "max_tokens": 100, "temperature": 1.5, "service_tier": "flex",
            "stream": true, "stream_options": {"include_usage": true},
        })
    );
    call.settings.temperature = None;
    call.options = mantle().into();
    let exchange = bedrock(&[]).prepare(&model("openai.gpt-oss-120b"), &call, Delivery::Whole);
    assert_eq!(
        body(&exchange.unwrap()),
        json!({
            "model": "openai.gpt-oss-120b", "messages": [{"role": "user", "content": "hi"}],
            "max_completion_tokens": 100,
        })
    );
    let exchange = bedrock(&[]).prepare(&model("anthropic.claude-opus-5"), &call, Delivery::Stream);
    let native = body(&exchange.unwrap());
    assert_eq!(native["model"], "anthropic.claude-opus-5");
    assert_eq!(native["stream"], true);
    assert_eq!(native["max_tokens"], 100);
    assert!(native.get("anthropic_version").is_none());
}

#[test]
fn responses_keep_nothing_unless_asked() {
    let mut call = Call::new(user("hi"));
    call.messages.insert(0, system("Be brief."));
    call.settings.max_tokens = Some(100);
    call.settings.reasoning = Some(Reasoning::Effort(ReasoningEffort::Low));
    let exchange = prepared("openai.gpt-5.5", call, Options::new()).unwrap();
    let body_of_it = body(&exchange);
    assert_eq!(body_of_it["instructions"], "Be brief.");
    assert_eq!(body_of_it["store"], false);
    assert_eq!(body_of_it["max_output_tokens"], 100);
    assert_eq!(body_of_it["reasoning"], json!({"effort": "low"}));
    assert_eq!(
        body_of_it["include"],
        json!(["reasoning.encrypted_content"])
    );
    let options = Options::new()
        .store(true)
        .service_tier(ServiceTier::Priority);
    let kept = body(&prepared("openai.gpt-5.5", Call::new("hi"), options).unwrap());
    assert_eq!(
        (&kept["store"], &kept["service_tier"]),
        (&json!(true), &json!("priority"))
    );
}

#[test]
fn effort_is_said_in_the_words_of_the_form_or_not_at_all() {
    let thinking = || {
        let mut call = Call::new("hi");
        call.settings.reasoning = Some(Reasoning::Effort(ReasoningEffort::High));
        call
    };
    let chat = || mantle().api(Api::Chat);
    let exchange = prepared("openai.gpt-oss-120b", thinking(), chat()).unwrap();
    assert_eq!(body(&exchange)["reasoning_effort"], "high");
    let responses = mantle().api(Api::Responses);
    let exchange = prepared("openai.gpt-oss-120b", thinking(), responses).unwrap();
    assert_eq!(body(&exchange)["reasoning"]["effort"], "high");
    // Converse has `reasoning_config` for it, which is nothing to a door.
    let error = prepared("qwen.qwen3-32b", thinking(), chat()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unsupported);
}

#[test]
fn tools_and_thoughts_do_not_go_together_everywhere() {
    let mut call = Call::new("hi");
    call.tools = vec![Tool::from_schema("f", json!({"type": "object"}))];
    call.settings.reasoning = Some(Reasoning::Effort(ReasoningEffort::High));
    let chat = || Options::new().api(Api::Chat);
    let id = "us.openai.gpt-5.6-sol";
    let exchange = prepared(id, call.clone(), chat()).unwrap();
    assert_eq!(body(&exchange)["reasoning_effort"], "none");
    assert!(exchange.warnings[0].message.contains("\"responses\""));
    call.strict = true;
    let error = prepared(id, call.clone(), chat()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidRequest);
    let responses = Options::new().api(Api::Responses);
    let exchange = prepared(id, call.clone(), responses).unwrap();
    assert_eq!(body(&exchange)["reasoning"]["effort"], "high");
    let exchange = prepared("us.xai.grok-4.3", call.clone(), chat()).unwrap();
    assert_eq!(body(&exchange)["reasoning_effort"], "high");
    call.settings.reasoning = None;
    let exchange = prepared(id, call, chat()).unwrap();
    assert_eq!(body(&exchange).get("reasoning_effort"), None);
}

#[test]
fn objects_are_held_to_schemas_where_that_is_known_to_work() {
    let schema =
        json!({"type": "object", "properties": {"a": {"type": "string"}}, "required": ["a"]});
    let mut call = Call::new("hi");
    let mut object = ObjectSchema::new(schema).unwrap();
    object.name = "thing".to_owned();
    call.object = Some(object);
    let exchange = prepared("openai.gpt-5.6-luna", call.clone(), Options::new()).unwrap();
    let format = &body(&exchange)["text"]["format"];
    assert_eq!(
        (&format["type"], &format["name"]),
        (&json!("json_schema"), &json!("thing"))
    );
    let exchange = prepared("qwen.qwen3-32b", call.clone(), mantle()).unwrap();
    assert_eq!(body(&exchange)["response_format"]["type"], "json_schema");
    let exchange = prepared("google.gemma-4-31b", call, Options::new()).unwrap();
    assert_eq!(body(&exchange)["tools"][0]["function"]["name"], "thing");
}

fn thought(text: &str, signature: &str) -> Part {
    let mut thought = ReasoningPart::default();
    thought.text = text.to_owned();
    thought.signature = Some(signature.to_owned());
    Part::Reasoning(thought)
}

/// A conversation that began elsewhere goes on: ids of any form, thoughts that others have sealed, tools.
#[test]
fn a_history_of_others_is_taken() {
    let mut call = Call::new(user("hi"));
    let mut said = assistant("");
    said.content = vec![
        thought("Hm.", "EqoBCkgIARABGAIiQL"),
        Part::text("Let me look."),
        Part::ToolCall(ToolCallPart::new("toolu_01 / ü", "look", json!({"at": 1}))),
    ];
    call.messages.push(said);
    call.messages.push(tool_result("toolu_01 / ü", "nothing"));
    call.tools = vec![Tool::from_schema("look", json!({"type": "object"}))];
    for (id, options, of_call, of_result) in [
        (
            "openai.gpt-5.5",
            Options::new(),
            "/input/2/call_id",
            "/input/3/call_id",
        ),
        (
            "openai.gpt-oss-120b",
            mantle(),
            "/messages/1/tool_calls/0/id",
            "/messages/2/tool_call_id",
        ),
        (
            "anthropic.claude-haiku-4-5",
            mantle(),
            "/messages/1/content/2/id",
            "/messages/2/content/0/tool_use_id",
        ),
    ] {
        let exchange = prepared(id, call.clone(), options).unwrap();
        let body = body(&exchange);
        let at = |pointer: &str| body.pointer(pointer).and_then(Value::as_str);
        assert_eq!(at(of_call), at(of_result), "{id}: {body}");
        let sent = at(of_call).unwrap_or_else(|| panic!("{id}: {body}"));
        assert!(
            sent.chars().all(|c| c.is_ascii_alphanumeric() || c == '_'),
            "{sent}"
        );
        let dropped = exchange
            .warnings
            .iter()
            .any(|it| it.code == "reasoning_dropped");
        assert_eq!(
            dropped,
            id.starts_with("openai."),
            "{id}: {:?}",
            exchange.warnings
        );
    }
}

/// What Bedrock itself has sealed goes back to it.
#[test]
fn its_own_thoughts_go_back() {
    let mut call = Call::new(user("hi"));
    let mut said = assistant("Hello.");
    let seal = reqllm_dialects::mark::put("bedrock", "rs_1", "rsn_abc");
    said.content.insert(0, thought("", &seal));
    call.messages.push(said);
    call.messages.push(user("Go on."));
    let exchange = prepared("openai.gpt-5.5", call, Options::new()).unwrap();
    let input = &body(&exchange)["input"];
    assert_eq!(input[1]["type"], "reasoning");
    assert_eq!(input[1]["id"], "rs_1");
    assert_eq!(input[1]["encrypted_content"], "rsn_abc");
    assert!(exchange.warnings.is_empty(), "{:?}", exchange.warnings);
}

#[test]
fn what_the_caller_puts_over_the_body_wins() {
    let fields = json!({"seed": 7, "model": "other"});
    let options = mantle().additional_model_request_fields(fields.as_object().unwrap().clone());
    let exchange = prepared("qwen.qwen3-32b", Call::new("hi"), options).unwrap();
    let body = body(&exchange);
    assert_eq!(
        (&body["seed"], &body["model"]),
        (&json!(7), &json!("other"))
    );
}

#[test]
fn too_hot_is_refused_in_the_measure_of_the_form() {
    let mut call = Call::new("hi");
    call.settings.temperature = Some(1.5);
    let error = prepared("anthropic.claude-haiku-4-5", call.clone(), mantle()).unwrap_err();
    assert!(error.message().contains("0 to 1"), "{error}");
    assert!(prepared("qwen.qwen3-32b", call.clone(), mantle()).is_ok());
    call.settings.temperature = Some(2.5);
    let error = prepared("qwen.qwen3-32b", call, mantle()).unwrap_err();
    assert!(error.message().contains("0 to 2"), "{error}");
}
