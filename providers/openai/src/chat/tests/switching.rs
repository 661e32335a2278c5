//! Conversations that others had.

use super::answers::read;
use super::*;

/// A conversation that others had: Claude's signed thought, Bedrock's id, a cache point, a system prompt in the middle.
fn switched() -> Call {
    let mut signed = ReasoningPart::default();
    (signed.text, signed.signature) = ("hm".into(), Some("EqoBCkgIARABGAIiQL".into()));
    let id = format!("tooluse_{}", "x".repeat(50));
    chat(|it| {
        it.messages = vec![
            system("Be brief."),
            user("Weather?"),
            assistant(vec![
                signed.clone().into(),
                Part::text("Looking"),
                ToolCallPart::new(&*id, "weather", json!({"city": "Ulm"})).into(),
            ]),
            tool_result(&*id, "rain"),
            assistant("Rain."),
            system("Now be kind."),
            user("Thanks"),
        ];
        it.tools = vec![Tool::from_schema("weather", json!({"type": "object"}))];
        it.tool_choice = Some(ToolChoice::Required);
    })
}

#[test]
fn conversations_that_others_had_go_on() {
    let length = |spec: &str| {
        let (body, warnings) = body(spec, &switched());
        let messages = body["messages"].as_array().unwrap().clone();
        let call = messages
            .iter()
            .find_map(|it| it["tool_calls"][0]["id"].as_str().map(str::to_owned))
            .unwrap();
        let result = messages
            .iter()
            .find_map(|it| it["tool_call_id"].as_str())
            .unwrap();
        assert_eq!(call, result, "{spec}");
        assert!(!body.to_string().contains("EqoBCkgIARABGAIiQL"), "{spec}");
        (call.len(), warnings, body)
    };
    let (long, warnings, body) = length("openai:gpt-4o");
    assert!(long <= 40);
    assert!(
        warnings.contains(&"reasoning_dropped".to_owned()),
        "{warnings:?}"
    );
    assert_eq!(
        body["messages"][5]["role"], "system",
        "it stays where it is"
    );
    let (nine, _, body) = length("mistral:mistral-small-latest");
    assert_eq!((nine, &body["tool_choice"]), (9, &json!("any")));
    // DeepSeek's thoughts go back inside of a turn with tools, and not after it.
    let (_, warnings, _) = length("deepseek:deepseek-chat");
    assert!(
        warnings.contains(&"reasoning_dropped".to_owned()),
        "{warnings:?}"
    );
    let mut inside = switched();
    inside.messages.truncate(4);
    let (body, warnings) = self::body("deepseek:deepseek-chat", &inside);
    assert_eq!(body["messages"][2]["reasoning_content"], "hm");
    assert!(
        !warnings.contains(&"reasoning_dropped".to_owned()),
        "{warnings:?}"
    );
}

#[test]
fn openrouters_thoughts_go_back_as_they_came() {
    let answer = json!({"id": "g", "provider": "Acme", "choices": [{"finish_reason": "stop", "message": {"content": "Hi",
        "reasoning": "hm", "reasoning_details": [{"type": "reasoning.encrypted", "index": 0, "data": "AA=="}]}}],
        "usage": {"prompt_tokens": 3, "completion_tokens": 2, "cost": 0.5}});
    let response = read("openrouter:x/y", Delivery::Whole, &answer.to_string());
    assert_eq!(response.provider_metadata["served_by"], "Acme");
    assert_eq!(response.provider_metadata["provider_cost"], 0.5);
    let call = chat(|it| it.messages = vec![user("a"), response.message.clone(), user("b")]);
    let (back, warnings) = body("openrouter:x/y", &call);
    assert_eq!(
        back["messages"][1]["reasoning_details"],
        json!([{"type": "reasoning.encrypted", "index": 0, "data": "AA=="}])
    );
    assert!(warnings.is_empty(), "{warnings:?}");
    let (elsewhere, warnings) = body("openai:gpt-4o", &call);
    assert_eq!(
        elsewhere["messages"][1],
        json!({"role": "assistant", "content": "Hi"})
    );
    assert_eq!(warnings, ["reasoning_dropped"]);
    let mut forged = ReasoningPart::default();
    forged.signature = Some(mark::put("openrouter", "details", "no list"));
    let call = chat(|it| {
        it.messages = vec![
            user("a"),
            assistant(vec![forged.into(), Part::text("x")]),
            user("b"),
        ]
    });
    let error = exchange("openrouter:x/y", &call, Delivery::Whole).unwrap_err();
    assert!(error.message().contains("`signature`"), "{error}");
}
