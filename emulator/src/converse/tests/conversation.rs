//! Whose turn it is, and what a turn may hold.

use super::*;

#[test]
fn conversations_are_checked() {
    let call = json!([{"toolUse": {"toolUseId": "a", "name": "weather", "input": {}}}]);
    let result = |id: &str| json!([{"toolResult": {"toolUseId": id, "content": [{"text": "x"}]}}]);
    let hi = || user(json!([{"text": "hi"}]));
    for (body, fragment) in [
        (json!({}), "A conversation must start with a user message."),
        (
            messages(json!([])),
            "A conversation must start with a user message.",
        ),
        (
            messages(json!([user(json!([]))])),
            "The content field in the Message object at messages.0 is empty.",
        ),
        (
            asked(" \n"),
            "The text field in the ContentBlock object at messages.0.content.0 is blank. Add text to the text field, and try again.",
        ),
        (
            messages(json!([hi(), assistant(call.clone()), user(result("a"))])),
            "The toolConfig field must be defined when using toolUse and toolResult content blocks.",
        ),
        (
            with(
                messages(json!([hi(), assistant(call.clone()), hi()])),
                tools(),
            ),
            "Expected toolResult blocks at messages.2.content for the following Ids: a",
        ),
        (
            with(messages(json!([hi(), assistant(call.clone())])), tools()),
            "Expected toolResult blocks at messages.2.content for the following Ids: a",
        ),
        (
            with(
                messages(json!([hi(), assistant(call.clone()), user(result("b"))])),
                tools(),
            ),
            "for the following Ids: a",
        ),
        (
            with(messages(json!([user(result("a"))])), tools()),
            "The number of toolResult blocks at messages.0.content exceeds the number of toolUse blocks of previous turn.",
        ),
        (
            messages(json!([user(
                json!([{"reasoningContent": {"reasoningText": {"text": "x"}}}])
            )])),
            "User messages cannot contain reasoning content.",
        ),
        (
            with(messages(json!([user(call.clone())])), tools()),
            "The toolUse block at messages.0.content.0 is not allowed",
        ),
        (
            messages(json!([hi(), assistant(json!([{"text": "x "}]))])),
            "trailing whitespace",
        ),
        (
            with(
                asked("x"),
                json!({"toolConfig": {"tools": tools()["toolConfig"]["tools"], "toolChoice": {"tool": {"name": "other"}}}}),
            ),
            "The tool other",
        ),
        (
            with(
                asked("x"),
                json!({"toolConfig": {"tools": [{"toolSpec": {"name": "a", "inputSchema": {"json": {}}}}]}}),
            ),
            "must be one of the following: object.",
        ),
        (
            with(
                asked("x"),
                json!({"additionalModelResponseFieldPaths": ["x"]}),
            ),
            "not a valid JSON Pointer",
        ),
    ] {
        refused(CLAUDE, &body, "ValidationException", fragment);
    }
    let answered = with(
        messages(json!([hi(), assistant(call), user(result("a"))])),
        tools(),
    );
    let text = ask(NOVA, &answered).unwrap()["output"]["message"]["content"][0]["text"].to_string();
    assert!(text.contains("weather returned: x"), "{text}");
}

#[test]
fn a_conversation_begins_with_an_assistant_turn_only_where_it_may() {
    let body = messages(json!([
        assistant(json!([{"text": "Hello there!"}])),
        user(json!([{"text": "Now say goodbye."}])),
    ]));
    for model in [CLAUDE, CLAUDE_3, QWEN, KIMI, GLM, "abc123def456"] {
        accepted(model, &body);
    }
    for model in [
        NOVA, NOVA_2, LLAMA, PIXTRAL, GPT_OSS, COMMAND_R, PALMYRA, UNKNOWN,
    ] {
        invalid(
            model,
            &body,
            "A conversation must start with a user message.",
        );
    }
}

#[test]
fn turns_of_one_role_are_merged() {
    let hi = || user(json!([{"text": "hi"}]));
    for model in [CLAUDE, NOVA, TITAN, LLAMA] {
        accepted(model, &messages(json!([hi(), hi()])));
        let twice = || assistant(json!([{"text": "x"}]));
        accepted(model, &messages(json!([hi(), twice(), twice(), hi()])));
    }
    // What is merged is judged as one turn: the result that is missing here is in the next message.
    let call = |id: &str| json!({"toolUse": {"toolUseId": id, "name": "weather", "input": {}}});
    let result =
        |id: &str| user(json!([{"toolResult": {"toolUseId": id, "content": [{"text": "x"}]}}]));
    let both = |second: Value| {
        let calls = assistant(json!([call("a"), call("b")]));
        with(messages(json!([hi(), calls, result("a"), second])), tools())
    };
    accepted(CLAUDE, &both(result("b")));
    invalid(CLAUDE, &both(hi()), "for the following Ids: b");
}

#[test]
fn blank_text_stands_only_before_a_cache_point_or_beside_reasoning() {
    let point = json!({"cachePoint": {"type": "default"}});
    let turn = |content: Value| messages(json!([user(content)]));
    accepted(
        CLAUDE,
        &turn(json!([{"text": "a"}, {"text": "\n"}, point, {"text": "b"}])),
    );
    invalid(
        CLAUDE,
        &turn(json!([{"text": "a"}, {"text": "\n"}, {"text": "b"}, point])),
        "messages.0.content.1 is blank",
    );
    accepted(CLAUDE, &called(json!([result(json!([{"text": ""}]))])));
    accepted(CLAUDE, &called(json!([result(json!([]))])));
    for content in [json!([{"text": ""}]), json!([])] {
        invalid(NEMOTRON, &called(json!([result(content)])), "is blank");
    }
    accepted(NEMOTRON, &called(json!([result(json!([{"text": "."}]))])));
}

#[test]
fn a_final_assistant_turn_is_gone_on_from_only_where_it_may() {
    let prefill = |text: &str| {
        messages(json!([
            user(json!([{"text": "hi"}])),
            assistant(json!([{"text": text}])),
        ]))
    };
    for model in [CLAUDE, CLAUDE_3, NOVA, "abc123def456"] {
        accepted(model, &prefill("x"));
    }
    for model in [
        SONNET_4_6, OPUS_4_7, SONNET_5, LLAMA, PIXTRAL, QWEN, GPT_OSS,
    ] {
        invalid(model, &prefill("x"), "must end with a user message");
    }
    invalid(
        CLAUDE,
        &prefill("x "),
        "cannot end with trailing whitespace",
    );
    accepted(NOVA, &prefill("x "));
}

#[test]
fn system_prompts_and_system_turns() {
    let prompt = with(asked("x"), json!({"system": [{"text": "Be brief."}]}));
    for model in [TITAN, MISTRAL_7B] {
        invalid(
            model,
            &prompt,
            "This model doesn't support system messages.",
        );
        accepted(model, &with(asked("x"), json!({"system": []})));
    }
    for model in [CLAUDE, NOVA, LLAMA, PIXTRAL, COMMAND_R, R1, GEMMA] {
        accepted(model, &prompt);
    }
    let turn = messages(json!([
        user(json!([{"text": "hi"}])),
        {"role": "system", "content": [{"text": "Speak French."}]},
        assistant(json!([{"text": "Salut"}])),
        user(json!([{"text": "hi"}])),
    ]));
    for model in [SONNET_5, "us.anthropic.claude-opus-4-8", UNKNOWN] {
        assert!(text(model, &turn).contains("Speak French."), "{model}");
    }
    for model in [CLAUDE, NOVA, GPT_OSS] {
        invalid(model, &turn, "Unexpected role \"system\"");
    }
}

#[test]
fn some_models_have_profiles_only() {
    for (bare, profile) in [
        ("openai.gpt-5.6-sol", GPT_5),
        ("xai.grok-4", GROK),
        ("writer.palmyra-x5-v1:0", PALMYRA),
    ] {
        invalid(
            bare,
            &asked("hi"),
            "with on-demand throughput isn\u{2019}t supported",
        );
        accepted(profile, &asked("hi"));
        let arn = format!("arn:aws:bedrock:us-east-1:123456789012:inference-profile/{profile}");
        accepted(&arn, &asked("hi"));
    }
}
