//! Tools: who has them, and how they may be forced.

use super::*;

fn choosing(choice: Value) -> Value {
    let mut body = with(asked("Weather?"), tools());
    body["toolConfig"]["toolChoice"] = choice;
    body
}

#[test]
fn models_without_tools_say_so() {
    for model in [
        "anthropic.claude-v2:1",
        TITAN,
        "meta.llama3-8b-instruct-v1:0",
        "us.meta.llama3-2-3b-instruct-v1:0",
        MISTRAL_7B,
        "ai21.jamba-instruct-v1:0",
        R1,
    ] {
        invalid(
            model,
            &with(asked("x"), tools()),
            "This model doesn't support tool use.",
        );
        accepted(model, &asked("x"));
    }
}

#[test]
fn tools_in_streams() {
    let body = with(asked("Weather?"), tools());
    for model in [
        LLAMA,
        LLAMA_4,
        "mistral.mistral-large-2402-v1:0",
        PIXTRAL,
        PALMYRA,
    ] {
        let Err(error) = reply(model, &body, true) else {
            panic!("{model} streams with tools")
        };
        assert_eq!(
            error.message,
            "This model doesn't support tool use in streaming mode."
        );
        accepted(model, &body);
        assert!(reply(model, &asked("x"), true).is_ok(), "{model}");
    }
    for model in [
        CLAUDE,
        NOVA,
        COMMAND_R,
        QWEN,
        GPT_OSS,
        KIMI,
        "ai21.jamba-1-5-mini-v1:0",
    ] {
        let events = events(model, &body);
        let start = events.iter().find(|(name, _)| name == "contentBlockStart");
        assert_eq!(
            start.unwrap().1["start"]["toolUse"]["name"],
            "weather",
            "{model}"
        );
    }
}

#[test]
fn tool_choices_by_family() {
    let kinds = [
        ("auto", json!({"auto": {}})),
        ("any", json!({"any": {}})),
        ("tool", json!({"tool": {"name": "weather"}})),
    ];
    for (model, takes) in [
        (CLAUDE, &["auto", "any", "tool"][..]),
        (NOVA, &["auto", "any", "tool"]),
        (LLAMA, &["auto"]),
        ("mistral.mistral-large-2402-v1:0", &["auto", "any"]),
        (COMMAND_R, &[]),
        ("ai21.jamba-1-5-mini-v1:0", &[]),
        ("deepseek.v3-v1:0", &["auto", "any"]),
        ("deepseek.v3.2", &["auto", "any", "tool"]),
        (PALMYRA, &[]),
        (KIMI, &["auto", "any", "tool"]),
    ] {
        for (kind, choice) in &kinds {
            let body = choosing(choice.clone());
            if takes.contains(kind) {
                accepted(model, &body);
            } else {
                let field = format!("toolConfig.toolChoice.{kind}");
                let message = format!(
                    "This model doesn't support the {field} field. Remove {field} and try again."
                );
                invalid(model, &body, &message);
            }
        }
        accepted(model, &with(asked("x"), tools()));
    }
}

#[test]
fn a_tool_choice_is_made_once() {
    let twice = |native: Value| {
        with(
            choosing(json!({"any": {}})),
            fields(json!({"tool_choice": native})),
        )
    };
    invalid(
        CLAUDE,
        &twice(json!({"type": "any"})),
        "The additional field tool_choice conflicts with an existing field.",
    );
    accepted(CLAUDE, &twice(json!({"disable_parallel_tool_use": true})));
    let none = with(
        with(asked("Weather?"), tools()),
        fields(json!({"tool_choice": {"type": "none"}})),
    );
    assert_eq!(ask(CLAUDE, &none).unwrap()["stopReason"], "end_turn");
}

#[test]
fn strict_tools_are_closed_and_without_bounds() {
    let strict = |schema: Value| {
        let tool = json!({"name": "weather", "strict": true, "inputSchema": {"json": schema}});
        with(
            asked("x"),
            json!({"toolConfig": {"tools": [{"toolSpec": tool}]}}),
        )
    };
    let closed = |properties: Value| json!({"type": "object", "additionalProperties": false, "properties": properties});
    let good = strict(closed(json!({"a": {"type": "string", "minLength": 1}})));
    for model in [CLAUDE, SONNET_4_6, UNKNOWN] {
        accepted(model, &good);
    }
    for model in [CLAUDE_3, OPUS_4_7, SONNET_5, NOVA, LLAMA, GPT_OSS] {
        invalid(
            model,
            &good,
            "doesn't support the toolConfig.tools.0.toolSpec.strict field",
        );
    }
    for (schema, fragment) in [
        (
            json!({"type": "object"}),
            "'additionalProperties' must be explicitly set to false",
        ),
        (
            closed(json!({"a": {"type": "object"}})),
            "'additionalProperties' must be",
        ),
        (
            closed(json!({"a": {"type": "integer", "minimum": 1, "maximum": 2}})),
            "properties maximum, minimum are not supported",
        ),
        (
            closed(json!({"a": {"type": "array", "maxItems": 3}})),
            "'maxItems' is not supported",
        ),
        (
            closed(json!({"a": {"type": "array", "minItems": 2}})),
            "'minItems' values other than 0 or 1",
        ),
        (
            closed(json!({"a": {"anyOf": [{"type": ["number", "null"], "multipleOf": 2}]}})),
            "multipleOf",
        ),
    ] {
        invalid(CLAUDE, &strict(schema), fragment);
    }
    let many: Vec<Value> = (0..21)
        .map(|n| json!({"toolSpec": {"name": format!("t{n}"), "strict": true, "inputSchema": {"json": closed(json!({}))}}}))
        .collect();
    let body = |tools: &[Value]| with(asked("x"), json!({"toolConfig": {"tools": tools}}));
    invalid(CLAUDE, &body(&many), "at most 20 tools can be strict");
    accepted(CLAUDE, &body(&many[..20]));
}

#[test]
fn llama_3_is_silent_about_closed_schemas() {
    let body = |schema: Value| {
        let tool = json!({"name": "weather", "inputSchema": {"json": schema}});
        with(
            asked("Weather?"),
            json!({"toolConfig": {"tools": [{"toolSpec": tool}]}}),
        )
    };
    let closed = body(json!({"type": "object", "additionalProperties": false}));
    let answer = ask(LLAMA, &closed).unwrap();
    assert_eq!(answer["output"]["message"]["content"], json!([]));
    assert_eq!(answer["stopReason"], "end_turn");
    for (model, body) in [(LLAMA, body(json!({"type": "object"}))), (LLAMA_4, closed)] {
        assert_eq!(
            ask(model, &body).unwrap()["stopReason"],
            "tool_use",
            "{model}"
        );
    }
}

#[test]
fn kimi_k3_does_not_look_around() {
    let body = |pattern: &str| {
        let schema =
            json!({"type": "object", "properties": {"a": {"type": "string", "pattern": pattern}}});
        let tool = json!({"name": "weather", "inputSchema": {"json": schema}});
        with(
            asked("x"),
            json!({"toolConfig": {"tools": [{"toolSpec": tool}]}}),
        )
    };
    for pattern in ["^(?!x)", "(?=a)", "(?<=a)b", "(?<!a)b"] {
        invalid("moonshotai.kimi-k3", &body(pattern), "look-around");
        accepted(KIMI, &body(pattern));
    }
    accepted("moonshotai.kimi-k3", &body("^(?:a)(?<name>b)$"));
}
