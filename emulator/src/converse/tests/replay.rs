//! Reasoning that is sent back.

use super::*;

fn replay(block: Value) -> Value {
    messages(json!([
        user(json!([{"text": "q"}])),
        assistant(json!([{"reasoningContent": block}, {"text": "a"}])),
        user(json!([{"text": "and now?"}])),
    ]))
}

fn unsigned() -> Value {
    replay(json!({"reasoningText": {"text": "Hm."}}))
}

fn signed() -> Value {
    replay(json!({"reasoningText": {"text": "Hm.", "signature": "AAAA"}}))
}

fn redacted() -> Value {
    replay(json!({"redactedContent": "AAAA"}))
}

#[test]
fn what_each_family_takes_back() {
    let field = |field: &str| format!("This model doesn't support the {field} field.");
    let signature = field("reasoningContent.reasoningText.signature");
    let whole = field("reasoningContent");
    for model in [NOVA, NOVA_2, QWEN, KIMI, GPT_OSS, UNKNOWN] {
        accepted(model, &unsigned());
        invalid(model, &signed(), &signature);
        invalid(
            model,
            &redacted(),
            &field("reasoningContent.redactedContent"),
        );
    }
    for model in [LLAMA, PIXTRAL, COMMAND_R, PALMYRA, TITAN] {
        for body in [unsigned(), signed(), redacted()] {
            invalid(model, &body, &whole);
        }
    }
    for body in [unsigned(), signed()] {
        invalid(R1, &body, "User messages cannot contain reasoning content.");
        for model in [GPT_5, GROK] {
            refused(model, &body, "InternalServerException", "unexpected error");
        }
    }
    accepted(
        R1,
        &messages(json!([
            user(json!([{"text": "q"}])),
            assistant(json!([{"text": "a"}])),
            user(json!([{"text": "q"}]))
        ])),
    );
}

#[test]
fn claude_takes_back_what_it_has_written() {
    for model in [CLAUDE, "abc123def456"] {
        invalid(
            model,
            &signed(),
            "messages.1.content.0: Invalid `signature` in `thinking` block",
        );
        invalid(
            model,
            &redacted(),
            "messages.1.content.0: Invalid `data` in `redacted_thinking` block",
        );
    }
    invalid(
        CLAUDE,
        &unsigned(),
        "messages.1.content.0.thinking.signature: Field required",
    );
    // Behind a profile there may be another model.
    accepted("abc123def456", &unsigned());
    let enabled = || fields(json!({"thinking": {"type": "enabled", "budget_tokens": 1024}}));
    for question in ["why", "why [redacted]"] {
        let answer = ask(CLAUDE, &with(asked(question), enabled())).unwrap();
        let next = messages(json!([
            user(json!([{"text": question}])),
            answer["output"]["message"],
            user(json!([{"text": "go on"}])),
        ]));
        accepted(CLAUDE, &with(next, enabled()));
    }
}

#[test]
fn reasoning_stays_out_of_user_turns() {
    let body = messages(json!([user(
        json!([{"reasoningContent": {"reasoningText": {"text": "x"}}}])
    )]));
    invalid(
        CLAUDE,
        &body,
        "User messages cannot contain reasoning content.",
    );
}

#[test]
fn openai_gives_redacted_reasoning_and_takes_it_back() {
    let body = |reasoning: Value| with(asked("why"), fields(json!({"reasoning": reasoning})));
    let plain = content(GPT_5, &body(json!({"effort": "high"})));
    assert!(plain[0]["reasoningContent"]["redactedContent"].is_string());
    let summary = content(GPT_5, &body(json!({"effort": "high", "summary": "auto"})));
    assert!(summary[0]["reasoningContent"]["reasoningText"]["text"].is_string());
    for effort in [json!({"effort": "none"}), json!({})] {
        assert!(content(GPT_5, &body(effort))[0]["text"].is_string());
    }
    let back = |content: &[Value]| {
        messages(json!([
            user(json!([{"text": "why"}])),
            assistant(json!(content)),
            user(json!([{"text": "on"}]))
        ]))
    };
    accepted(GPT_5, &back(&plain));
    refused(GPT_5, &back(&summary), "InternalServerException", "");
    invalid(GPT_5, &redacted(), "could not be verified");
}

#[test]
fn gpt_oss_says_replayed_reasoning_again() {
    assert!(text(GPT_OSS, &unsigned()).starts_with("Hm. You asked"));
    assert!(text(QWEN, &unsigned()).starts_with("You asked"));
}
