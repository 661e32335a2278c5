//! Every value of a request, replaced by one that is wrong.

use super::*;
use crate::native::testing::pointers;

#[test]
fn no_wrong_value_anywhere_is_worse_than_an_error() {
    let body = with(
        with(
            messages(json!([
                user(
                    json!([{"text": "Weather [redacted]?"}, {"document": {"format": "txt", "name": "a", "source": {"bytes": "AA=="}, "citations": {"enabled": true}}}, {"cachePoint": {"type": "default", "ttl": "1h"}}])
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
            "outputConfig": {"textFormat": {"type": "json_schema", "structure": {"jsonSchema": {"schema": r#"{"additionalProperties": false}"#}}}, "effort": "low"},
            "serviceTier": {"type": "flex"}, "performanceConfig": {"latency": "optimized"}, "requestMetadata": {"a": "b"},
        }),
    );
    accepted(SONNET_4_6, &body);
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
            for model in [SONNET_4_6, NOVA_2, UNKNOWN, "abc123def456"] {
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
