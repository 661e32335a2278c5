//! Answers that are held to a schema.

use super::*;

fn formatted(schema: &str) -> Value {
    let format = json!({"type": "json_schema", "structure": {"jsonSchema": {"schema": schema}}});
    with(asked("x"), json!({"outputConfig": {"textFormat": format}}))
}

const OPEN: &str =
    r#"{"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}"#;
const CLOSED: &str = r#"{"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"], "additionalProperties": false}"#;

#[test]
fn who_takes_a_schema() {
    for model in [
        CLAUDE,
        SONNET_4_6,
        "mistral.mistral-large-3-675b-instruct",
        QWEN,
        GLM,
        GEMMA,
        "minimax.minimax-m2",
        NEMOTRON,
        UNKNOWN,
    ] {
        let answer: Value = serde_json::from_str(&text(model, &formatted(CLOSED))).unwrap();
        assert!(answer["city"].is_string(), "{model}");
    }
    for model in [
        CLAUDE_3, OPUS_4_7, SONNET_5, NOVA, NOVA_2, LLAMA, PIXTRAL, R1, GPT_OSS,
    ] {
        invalid(
            model,
            &formatted(CLOSED),
            "doesn't support the outputConfig.textFormat field",
        );
    }
}

#[test]
fn claude_wants_closed_objects_without_bounds() {
    let message = "output_config.format.schema: For 'object' type, 'additionalProperties' must be explicitly set to false";
    invalid(CLAUDE, &formatted(OPEN), message);
    accepted(QWEN, &formatted(OPEN));
    let bounded = CLOSED.replace("\"string\"", "\"integer\", \"minimum\": 1");
    invalid(
        CLAUDE,
        &formatted(&bounded),
        "For 'integer' type, properties minimum are not supported",
    );
    let nested = CLOSED.replace(
        r#"{"type": "string"}"#,
        r#"{"type": "array", "items": {"type": "object"}}"#,
    );
    invalid(CLAUDE, &formatted(&nested), message);
}

#[test]
fn a_schema_is_a_string_that_holds_an_object() {
    for wrong in ["{", "[]", "true", ""] {
        invalid(CLAUDE, &formatted(wrong), "not a valid JSON schema");
    }
}

#[test]
fn the_native_spelling_is_understood_where_it_is_known() {
    let schema: Value = serde_json::from_str(CLOSED).unwrap();
    let body = with(
        asked("x"),
        fields(json!({"output_config": {"format": {"type": "json_schema", "schema": schema}}})),
    );
    let answer: Value = serde_json::from_str(&text(CLAUDE, &body)).unwrap();
    assert!(answer["city"].is_string());
    invalid(
        OPUS_4_7,
        &body,
        "output_config.format: Extra inputs are not permitted",
    );
}
