//! Requests and what Converse says to them.

use super::*;
use crate::reply::ReplyBody;
use serde_json::json;

const CLAUDE: &str = "anthropic.claude-sonnet-4-5-20250929-v1:0";
const NOVA: &str = "amazon.nova-lite-v1:0";

fn ask(model: &str, body: &Value) -> Result<Value, ApiError> {
    let model = ModelId::parse(model).unwrap();
    let reply = answer(
        &model,
        body.to_string().as_bytes(),
        false,
        &Mutex::default(),
    )?;
    let ReplyBody::Whole(body) = reply.body else {
        panic!("not a whole body")
    };
    Ok(serde_json::from_slice(&body).unwrap())
}

fn asked(text: &str) -> Value {
    json!({"messages": [{"role": "user", "content": [{"text": text}]}]})
}

/// `base` with the members of `extra`.
fn with(mut base: Value, extra: Value) -> Value {
    base.as_object_mut()
        .unwrap()
        .extend(extra.as_object().unwrap().clone());
    base
}

fn messages(messages: Value) -> Value {
    json!({"messages": messages})
}

fn user(content: Value) -> Value {
    json!({"role": "user", "content": content})
}

fn assistant(content: Value) -> Value {
    json!({"role": "assistant", "content": content})
}

fn tools() -> Value {
    json!({"toolConfig": {"tools": [{"toolSpec": {"name": "weather", "inputSchema": {"json": {"type": "object"}}}}]}})
}

#[track_caller]
fn refused(model: &str, body: &Value, code: &str, fragment: &str) {
    let error = ask(model, body).expect_err(&body.to_string());
    assert_eq!(
        (error.status.as_u16(), &*error.code),
        (400, code),
        "{}",
        error.message
    );
    assert!(
        error.message.contains(fragment),
        "{}\nlacks {fragment}",
        error.message
    );
}

#[test]
fn shapes_are_checked() {
    let tool = |tool: Value| with(asked("x"), json!({"toolConfig": {"tools": [tool]}}));
    let spec = |name: &str| json!({"toolSpec": {"name": name, "inputSchema": {"json": {"type": "object"}}}});
    let inference = |config: Value| with(asked("x"), json!({"inferenceConfig": config}));
    let block = |block: Value| messages(json!([user(json!([{"text": "x"}, block]))]));
    let extraneous = |at: &str, key: &str| {
        format!("Malformed input request: {at}: extraneous key [{key}] is not permitted")
    };
    for (body, fragment) in [
        (with(asked("x"), json!({"model": "m"})), extraneous("#", "model")),
        (inference(json!({"topK": 1})), extraneous("#/inferenceConfig", "topK")),
        (block(json!({"text": "x", "cache": true})), extraneous("#/messages/0/content/1", "cache")),
        (block(json!({"toolResult": {"toolUseId": "a", "content": [], "is_error": true}})), extraneous("#/messages/0/content/1/toolResult", "is_error")),
        (block(json!({})), "The ContentBlock object at messages.0.content.1 must set at least one of the following keys: text, image,".into()),
        (block(json!({"text": "a", "image": {"format": "png", "source": {"bytes": "AA=="}}})), "must set only one of the following keys".into()),
        (inference(json!({"maxTokens": 0})), "1 validation error detected: Value '0' at 'inferenceConfig.maxTokens' failed to satisfy constraint: Member must have value greater than or equal to 1".into()),
        (inference(json!({"temperature": 1.01})), "Value '1.01' at 'inferenceConfig.temperature' failed to satisfy constraint: Member must have value less than or equal to 1".into()),
        (inference(json!({"topP": -1})), "greater than or equal to 0".into()),
        (inference(json!({"stopSequences": [""]})), "'inferenceConfig.stopSequences.1.member' failed to satisfy constraint: Member must have length greater than or equal to 1".into()),
        (inference(json!({"stopSequences": vec!["x"; 2501]})), "length less than or equal to 2500".into()),
        (tool(spec("a b")), "Value 'a b' at 'toolConfig.tools.1.member.toolSpec.name' failed to satisfy constraint: Member must satisfy regular expression pattern: [a-zA-Z0-9_-]+".into()),
        (tool(spec("")), "2 validation errors detected".into()),
        (tool(spec(&"x".repeat(65))), "length less than or equal to 64".into()),
        (with(asked("x"), json!({"toolConfig": {"tools": []}})), "Value at 'toolConfig.tools' failed to satisfy constraint: Member must have length greater than or equal to 1".into()),
        (tool(json!({"toolSpec": {"name": "a"}})), "Value null at 'toolConfig.tools.1.member.toolSpec.inputSchema' failed to satisfy constraint: Member must not be null".into()),
        (tool(json!({"toolSpec": {"name": "a", "inputSchema": {"json": []}}})), "The format of the value at toolConfig.tools.0.toolSpec.inputSchema.json is invalid. Provide a json object".into()),
        (block(json!({"toolUse": {"toolUseId": "é", "name": "a", "input": {}}})), "pattern: [a-zA-Z0-9_.:-]+".into()),
        (block(json!({"toolUse": {"toolUseId": "a", "name": "a", "input": "{}"}})), "The format of the value at messages.0.content.1.toolUse.input is invalid".into()),
        (block(json!({"image": {"format": "bmp", "source": {"bytes": "AA=="}}})), "Member must satisfy enum value set: [png, jpeg, gif, webp]".into()),
        (block(json!({"image": {"format": "png", "source": {"bytes": "%"}}})), "messages.0.content.1.image.source.bytes is not valid base64".into()),
        (block(json!({"image": {"format": "png", "source": {"bytes": ""}}})), "length greater than or equal to 1".into()),
        (block(json!({"video": {"format": "mp4", "source": {"s3Location": {"uri": "http://x"}}}})), "pattern: s3://".into()),
        (block(json!({"cachePoint": {"type": "other"}})), "enum value set: [default]".into()),
        (block(json!({"cachePoint": {"type": "default", "ttl": "2h"}})), "enum value set: [5m, 1h]".into()),
        (with(asked("x"), json!({"serviceTier": {"type": "slow"}})), "enum value set: [priority, default, flex, reserved]".into()),
        (with(asked("x"), json!({"guardrailConfig": {"guardrailIdentifier": "A!"}})), "2 validation errors detected".into()),
        (with(asked("x"), json!({"guardrailConfig": {"guardrailIdentifier": "a", "guardrailVersion": "1", "streamProcessingMode": "sync"}})), extraneous("#/guardrailConfig", "streamProcessingMode")),
        (with(asked("x"), json!({"additionalModelResponseFieldPaths": vec!["/a"; 11]})), "length less than or equal to 10".into()),
        (with(asked("x"), json!({"requestMetadata": {"a": "é"}})), "'requestMetadata.a'".into()),
        (with(asked("x"), json!({"requestMetadata": {}})), "length greater than or equal to 1".into()),
        (with(asked("x"), json!({"additionalModelRequestFields": [1]})), "Provide a json object".into()),
        (with(asked("x"), json!({"system": [{"text": ""}]})), "'system.1.member.text'".into()),
        (messages(json!([{"role": "tool", "content": []}])), "Value 'tool' at 'messages.1.member.role'".into()),
        (messages(json!([{"role": "user"}])), "Value null at 'messages.1.member.content'".into()),
    ] {
        refused(CLAUDE, &body, "ValidationException", &fragment);
    }
    for body in [
        json!([]),
        messages(json!("x")),
        inference(json!({"maxTokens": "5"})),
        inference(json!({"maxTokens": 1.5})),
        inference(json!({"maxTokens": 99_999_999_999_u64})),
        messages(json!([user(json!([{"text": 5}]))])),
        with(asked("x"), json!({"system": "Be brief"})),
        tool(json!({"toolSpec": {"name": "a", "strict": 1, "inputSchema": {"json": {}}}})),
    ] {
        refused(CLAUDE, &body, "SerializationException", "");
    }
}

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
            messages(json!([assistant(json!([{"text": "x"}])), hi()])),
            "A conversation must start with a user message.",
        ),
        (
            messages(json!([hi(), hi()])),
            "A conversation must alternate between user and assistant roles.",
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
        (
            with(
                asked("x"),
                json!({"outputConfig": {"textFormat": {"type": "json_schema", "structure": {"jsonSchema": {"schema": "{"}}}}}),
            ),
            "not a valid JSON schema",
        ),
    ] {
        refused(CLAUDE, &body, "ValidationException", fragment);
    }
    let prefill = messages(json!([hi(), assistant(json!([{"text": "x"}]))]));
    assert!(ask(CLAUDE, &prefill).is_ok());
    refused(
        NOVA,
        &prefill,
        "ValidationException",
        "must end with a user message",
    );
    let answered = with(
        messages(json!([hi(), assistant(call), user(result("a"))])),
        tools(),
    );
    let text = ask(NOVA, &answered).unwrap()["output"]["message"]["content"][0]["text"].to_string();
    assert!(text.contains("weather returned: x"), "{text}");
}

#[test]
fn attachments_and_cache_points_are_checked() {
    let document = |name: &str| json!({"document": {"format": "txt", "name": name, "source": {"bytes": "AA=="}}});
    let point = json!({"cachePoint": {"type": "default"}});
    let long = json!({"cachePoint": {"type": "default", "ttl": "1h"}});
    let t = json!({"text": "x"});
    for (content, fragment) in [
        (
            json!([document("a")]),
            "A text block must be included when using documents.",
        ),
        (
            json!([t, document("a.txt")]),
            "The document file name can only contain alphanumeric characters",
        ),
        (
            json!([t, document("a  b")]),
            "more than one consecutive whitespace",
        ),
        (
            json!([t, document("a"), document("a")]),
            "Document names must be unique.",
        ),
        (
            json!([
                t,
                document("a"),
                document("b"),
                document("c"),
                document("d"),
                document("e"),
                document("f")
            ]),
            "maximum of 5",
        ),
        (
            json!([t, point, t, point, t, point, t, point, t, point]),
            "exceeds the maximum of 4",
        ),
        (json!([t, point, point]), "after another cache point"),
        (json!([t, point, t, long]), "must not come after a ttl='5m'"),
    ] {
        refused(
            CLAUDE,
            &messages(json!([user(content)])),
            "ValidationException",
            fragment,
        );
    }
    let good = messages(json!([user(json!([
        t,
        document("My report (2) [x]_1"),
        long,
        t,
        point
    ]))]));
    assert!(ask(CLAUDE, &good).is_ok());
}

#[test]
fn reasoning_is_asked_for_and_replayed_by_the_rules() {
    let thinking = |config: Value| json!({"additionalModelRequestFields": {"thinking": config}});
    let enabled = || thinking(json!({"type": "enabled", "budget_tokens": 1024}));
    let replay = |text: &str, signature: Value| {
        let mut reasoning = json!({"text": text});
        if !signature.is_null() {
            reasoning["signature"] = signature;
        }
        messages(json!([
            user(json!([{"text": "q"}])),
            assistant(json!([{"reasoningContent": {"reasoningText": reasoning}}, {"text": "a"}])),
            user(json!([{"text": "q"}]))
        ]))
    };
    for (body, fragment) in [
        (
            with(
                asked("x"),
                thinking(json!({"type": "enabled", "budget_tokens": 1000})),
            ),
            "greater than or equal to 1024",
        ),
        (
            with(
                with(asked("x"), enabled()),
                json!({"inferenceConfig": {"maxTokens": 1024}}),
            ),
            "`max_tokens` must be greater than `thinking.budget_tokens`",
        ),
        (
            with(
                with(asked("x"), enabled()),
                json!({"inferenceConfig": {"temperature": 0.5}}),
            ),
            "`temperature` may only be set to 1",
        ),
        (
            with(
                with(with(asked("x"), enabled()), tools()),
                json!({"toolConfig": {"tools": tools()["toolConfig"]["tools"], "toolChoice": {"any": {}}}}),
            ),
            "Thinking may not be enabled when tool_choice forces tool use.",
        ),
        (
            replay("t", json!("AAAA")),
            "messages.1.content.0: Invalid `signature` in `thinking` block",
        ),
        (
            replay("t", Value::Null),
            "messages.1.content.0.thinking.signature: Field required",
        ),
    ] {
        refused(CLAUDE, &body, "ValidationException", fragment);
    }
    refused(
        NOVA,
        &replay("t", json!("AAAA")),
        "ValidationException",
        "doesn't support the reasoningContent.reasoningText.signature field",
    );
    assert!(ask(NOVA, &replay("t", Value::Null)).is_ok());

    let answer = ask(CLAUDE, &with(asked("why"), enabled())).unwrap();
    let message = &answer["output"]["message"];
    assert!(message["content"][0]["reasoningContent"]["reasoningText"]["signature"].is_string());
    let next = messages(json!([
        user(json!([{"text": "why"}])),
        message,
        user(json!([{"text": "go on"}]))
    ]));
    assert!(ask(CLAUDE, &with(next, enabled())).is_ok());

    let answer = ask(
        "openai.gpt-oss-120b-1:0",
        &with(
            asked("why"),
            json!({"additionalModelRequestFields": {"reasoning_effort": "low"}}),
        ),
    )
    .unwrap();
    let reasoning = &answer["output"]["message"]["content"][0]["reasoningContent"]["reasoningText"];
    assert!(reasoning["text"].is_string() && reasoning["signature"].is_null());
    assert!(
        ask(
            NOVA,
            &with(
                asked("why"),
                json!({"additionalModelRequestFields": {"reasoning_effort": "none"}})
            )
        )
        .unwrap()["output"]["message"]["content"][0]["text"]
            .is_string()
    );
}

#[test]
fn a_prompt_resource_brings_its_own_configuration() {
    let arn = "arn:aws:bedrock:us-east-1:123456789012:prompt/ABCDEFGHIJ:1";
    assert!(ask(arn, &json!({"promptVariables": {"a": {"text": "b"}}})).is_ok());
    refused(
        arn,
        &json!({"system": [{"text": "x"}]}),
        "ValidationException",
        "The system field can't be set",
    );
}

#[test]
fn malformed_json_is_a_serialization_exception() {
    let model = ModelId::parse(CLAUDE).unwrap();
    for body in [
        &b"{"[..],
        b"",
        b"\xff",
        b"{\"messages\": [",
        "[".repeat(100_000).as_bytes(),
    ] {
        let error = answer(&model, body, false, &Mutex::default()).unwrap_err();
        assert_eq!(
            (error.status.as_u16(), &*error.code),
            (400, "SerializationException")
        );
    }
}

#[test]
fn no_wrong_value_anywhere_is_worse_than_an_error() {
    let body = with(
        with(
            messages(json!([
                user(
                    json!([{"text": "Weather [redacted]?"}, {"document": {"format": "txt", "name": "a", "source": {"bytes": "AA=="}}}, {"cachePoint": {"type": "default", "ttl": "1h"}}])
                ),
                assistant(
                    json!([{"toolUse": {"toolUseId": "a", "name": "weather", "input": {"x": 1}}}])
                ),
                user(
                    json!([{"toolResult": {"toolUseId": "a", "content": [{"json": {"a": 1}}, {"image": {"format": "png", "source": {"bytes": "AA=="}}}]}}])
                ),
            ])),
            tools(),
        ),
        json!({
            "system": [{"text": "x"}], "inferenceConfig": {"maxTokens": 9, "temperature": 1, "stopSequences": ["x"]},
            "guardrailConfig": {"guardrailIdentifier": "g", "guardrailVersion": "1", "trace": "enabled"},
            "additionalModelRequestFields": {"thinking": {"type": "adaptive"}},
            "additionalModelResponseFieldPaths": ["/stop_sequence", "/usage/output_tokens", "/usage", "/", "/usage/output_tokens/x"],
            "outputConfig": {"textFormat": {"type": "json_schema", "structure": {"jsonSchema": {"schema": "{}"}}}, "effort": "low"},
            "serviceTier": {"type": "flex"}, "performanceConfig": {"latency": "optimized"}, "requestMetadata": {"a": "b"},
        }),
    );
    assert!(ask(CLAUDE, &body).is_ok());
    let mut answered = 0;
    for pointer in pointers(&body, String::new()) {
        for wrong in [
            json!(null),
            json!(-1),
            json!(1e300),
            json!(""),
            json!("\u{e9}"),
            json!([]),
            json!([[]]),
            json!({}),
            json!({"a": {}}),
        ] {
            let mut body = body.clone();
            *body.pointer_mut(&pointer).unwrap() = wrong;
            for model in [CLAUDE, NOVA, "abc123def456"] {
                let model = ModelId::parse(model).unwrap();
                for streaming in [false, true] {
                    answered += usize::from(
                        answer(
                            &model,
                            body.to_string().as_bytes(),
                            streaming,
                            &Mutex::default(),
                        )
                        .is_ok(),
                    );
                }
            }
        }
    }
    assert!(answered > 0);
}

/// JSON Pointers to every value inside of `value`.
fn pointers(value: &Value, at: String) -> Vec<String> {
    let children: Vec<(String, &Value)> = match value {
        Value::Object(members) => members
            .iter()
            .map(|(key, value)| (key.clone(), value))
            .collect(),
        Value::Array(items) => items
            .iter()
            .enumerate()
            .map(|(i, value)| (i.to_string(), value))
            .collect(),
        _ => Vec::new(),
    };
    let inner = children
        .into_iter()
        .flat_map(|(key, value)| pointers(value, format!("{at}/{key}")));
    std::iter::once(at.clone()).chain(inner).collect()
}
