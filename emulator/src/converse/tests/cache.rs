//! Cache points, by family and place.

use super::*;

fn point() -> Value {
    json!({"cachePoint": {"type": "default"}})
}

fn point_for(ttl: &str) -> Value {
    json!({"cachePoint": {"type": "default", "ttl": ttl}})
}

fn in_system(point: Value) -> Value {
    with(
        asked("x"),
        json!({"system": [{"text": "Be brief."}, point]}),
    )
}

fn in_messages(point: Value) -> Value {
    messages(json!([user(json!([{"text": "x"}, point]))]))
}

fn in_tools(point: Value) -> Value {
    let mut body = with(asked("x"), tools());
    body["toolConfig"]["tools"]
        .as_array_mut()
        .unwrap()
        .push(point);
    body
}

#[test]
fn who_caches_where() {
    let everywhere = [in_system(point()), in_messages(point()), in_tools(point())];
    for model in [CLAUDE, OPUS_4_7, UNKNOWN, "abc123def456"] {
        for body in &everywhere {
            accepted(model, body);
        }
    }
    for model in [CLAUDE_3, LLAMA, QWEN, GPT_OSS, GPT_5, KIMI, NEMOTRON] {
        for body in &everywhere {
            refused(
                model,
                body,
                "AccessDeniedException",
                "You invoked an unsupported model or your request did not allow prompt caching.",
            );
        }
    }
}

#[test]
fn nova_knows_the_key_in_some_places() {
    for model in [NOVA, NOVA_2] {
        accepted(model, &in_system(point()));
        accepted(model, &in_messages(point()));
        invalid(
            model,
            &in_tools(point()),
            "#/toolConfig/tools/1: extraneous key [cachePoint] is not permitted",
        );
        invalid(
            model,
            &in_system(point_for("5m")),
            "#/system/1/cachePoint: extraneous key [ttl]",
        );
        let beside = called(json!([result(json!([{"text": "x"}])), point()]));
        invalid(
            model,
            &beside,
            "#/messages/2/content/1: extraneous key [cachePoint]",
        );
        accepted(CLAUDE, &beside);
    }
}

#[test]
fn an_hour_is_for_newer_models() {
    for model in [
        "anthropic.claude-3-5-haiku-20241022-v1:0",
        "us.anthropic.claude-sonnet-4-20250514-v1:0",
    ] {
        invalid(
            model,
            &in_system(point_for("1h")),
            "doesn't support the cachePoint.ttl field",
        );
        accepted(model, &in_system(point_for("5m")));
    }
    for model in [CLAUDE, SONNET_5] {
        accepted(model, &in_system(point_for("1h")));
    }
}

#[test]
fn usage_is_split_by_time_to_live() {
    let body = with(
        messages(json!([user(
            json!([{"text": "one two three"}, point(), {"text": "four"}])
        )])),
        json!({"system": [{"text": "five six"}, point_for("1h")]}),
    );
    let model = ModelId::parse(CLAUDE).unwrap();
    let cache = Mutex::default();
    let usage = || {
        let reply = answer(&model, body.to_string().as_bytes(), false, &cache).unwrap();
        let ReplyBody::Whole(body) = reply.body else {
            panic!("not a whole body")
        };
        serde_json::from_slice::<Value>(&body).unwrap()["usage"].clone()
    };
    let (first, second) = (usage(), usage());
    assert_eq!(
        first["cacheDetails"],
        json!([{"inputTokens": 3, "ttl": "5m"}, {"inputTokens": 2, "ttl": "1h"}])
    );
    assert_eq!(
        (
            &first["cacheWriteInputTokens"],
            &first["cacheReadInputTokens"]
        ),
        (&json!(5), &json!(0))
    );
    assert_eq!(
        (
            &second["cacheWriteInputTokens"],
            &second["cacheReadInputTokens"]
        ),
        (&json!(0), &json!(5))
    );
    for usage in [first, second] {
        let count = |key: &str| usage[key].as_u64().unwrap();
        assert_eq!(
            count("totalTokens"),
            count("inputTokens")
                + count("outputTokens")
                + count("cacheReadInputTokens")
                + count("cacheWriteInputTokens")
        );
    }
}
