//! Tool results, and what stands in them and beside them.

use super::*;

#[test]
fn what_stands_beside_a_result() {
    let turn = |block: Value| called(json!([result(json!([{"text": "x"}])), block]));
    let text = turn(json!({"text": "Go on."}));
    let image = turn(json!({"image": {"format": "png", "source": {"bytes": PNG}}}));
    let document = called(json!([
        result(json!([{"text": "x"}])),
        {"text": "Read."},
        {"document": {"format": "txt", "name": "a", "source": {"bytes": "AA=="}}},
    ]));
    let refusal = "messages.2.content: Conversation blocks and tool result blocks cannot be provided in the same turn.";
    for model in [LLAMA, LLAMA_4, PIXTRAL, MINISTRAL, PALMYRA] {
        invalid(model, &text, refusal);
        accepted(model, &called(json!([result(json!([{"text": "x"}]))])));
    }
    for model in [CLAUDE, NOVA, NOVA_2, QWEN, GPT_OSS, GLM, GPT_5] {
        accepted(model, &text);
    }
    accepted(CLAUDE, &image);
    accepted(CLAUDE, &document);
    accepted("qwen.qwen3-vl-235b-a22b", &image);
    invalid(QWEN, &document, refusal);
    // The same in two messages is the same turn.
    let mut split = called(json!([result(json!([{"text": "x"}]))]));
    split["messages"]
        .as_array_mut()
        .unwrap()
        .push(user(json!([{"text": "Go on."}])));
    invalid(LLAMA, &split, refusal);
    accepted(CLAUDE, &split);
    let between = |mut body: Value| {
        body["messages"]
            .as_array_mut()
            .unwrap()
            .insert(3, assistant(json!([{"text": "."}])));
        body
    };
    accepted(LLAMA, &between(split));
}

#[test]
fn media_inside_of_a_result() {
    let with_image = called(json!([result(
        json!([{"image": {"format": "png", "source": {"bytes": PNG}}}])
    )]));
    let document = |format: &str| {
        called(json!([result(
            json!([{"document": {"format": format, "name": "a", "source": {"bytes": "AA=="}}}])
        )]))
    };
    let video = called(json!([result(
        json!([{"video": {"format": "mp4", "source": {"bytes": "AA=="}}}])
    )]));
    for model in [CLAUDE, LLAMA_4] {
        accepted(model, &with_image);
        accepted(model, &document("pdf"));
        invalid(model, &video, "doesn't support the video content block");
    }
    accepted(NOVA, &with_image);
    accepted(NOVA, &document("txt"));
    accepted(NOVA_2, &with_image);
    let unknown = "Malformed input request: #/messages/2/content/0: extraneous key [toolResult] is not permitted";
    invalid(NOVA, &document("pdf"), unknown);
    invalid(NOVA_2, &document("pdf"), unknown);
    invalid(
        PIXTRAL,
        &with_image,
        "doesn't support the image content block",
    );
    accepted(PIXTRAL, &document("pdf"));
    invalid(
        QWEN,
        &document("txt"),
        "doesn't support the document content block",
    );
    invalid(
        GPT_6,
        &with_image,
        "doesn't support the image content block",
    );
    accepted(GPT_5, &with_image);
}

#[test]
fn the_status_of_a_result() {
    let mut block = result(json!([{"text": "x"}]));
    let plain = called(json!([block]));
    block["toolResult"]["status"] = "error".into();
    let marked = called(json!([block]));
    for model in [CLAUDE, NOVA, LLAMA, KIMI] {
        assert!(
            text(model, &marked).contains("weather failed: x"),
            "{model}"
        );
    }
    invalid(
        PALMYRA,
        &marked,
        "doesn't support the toolResult.status field",
    );
    accepted(PALMYRA, &plain);
}

#[test]
fn mistral_is_particular_about_ids() {
    let body = |id: &str| {
        let text = called(json!([result(json!([{"text": "x"}]))])).to_string();
        serde_json::from_str::<Value>(&text.replace("abc123def", id)).unwrap()
    };
    let own = "tooluse_daIKOZu4g4GrvIIv9wdqy4";
    for (model, id, fine) in [
        (PIXTRAL, "abc123def", true),
        (PIXTRAL, own, true),
        (PIXTRAL, "a", false),
        (PIXTRAL, "abc_23def", false),
        (MINISTRAL, "abc123def", true),
        (MINISTRAL, own, false),
        (CLAUDE, "a", true),
        (KIMI, "functions.weather:0", true),
    ] {
        if fine {
            accepted(model, &body(id));
        } else {
            let message =
                format!("Tool call id was {id} but must be a-z, A-Z, 0-9, with a length of 9.");
            invalid(model, &body(id), &message);
        }
    }
}

#[test]
fn json_results_do_not_name_types() {
    let body = |json: Value| called(json!([result(json!([{"json": json}]))]));
    refused(
        CLAUDE,
        &body(json!({"a": [{"__type": "x"}]})),
        "SerializationException",
        "messages.2.content.0.toolResult.content.json has a key __type",
    );
    accepted(CLAUDE, &body(json!({"a": [{"type": "__type"}]})));
}
