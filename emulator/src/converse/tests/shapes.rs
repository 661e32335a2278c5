//! Shapes, and what is wrong with a body as such.

use super::*;

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
fn the_model_in_the_body_is_ignored() {
    assert!(ask(CLAUDE, &with(asked("x"), json!({"modelId": "another"}))).is_ok());
    let other = with(asked("x"), json!({"modelid": "another"}));
    refused(
        CLAUDE,
        &other,
        "ValidationException",
        "extraneous key [modelid]",
    );
}
