//! Images, documents, video and audio.

use super::*;

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

/// A turn with an attachment of the kind.
fn attached(kind: &str, format: &str) -> Value {
    let mut media = json!({"format": format, "source": {"bytes": PNG}});
    if kind == "document" {
        media["name"] = "a".into();
    }
    messages(json!([user(json!([{"text": "x"}, {(kind): media}]))]))
}

#[test]
fn models_take_the_media_that_they_take() {
    let all = [
        ("image", "png"),
        ("document", "txt"),
        ("video", "mp4"),
        ("audio", "mp3"),
    ];
    for (model, takes) in [
        (CLAUDE, &["image", "document"][..]),
        ("anthropic.claude-v2:1", &["document"]),
        (NOVA, &["image", "document", "video"]),
        ("us.amazon.nova-micro-v1:0", &[]),
        (NOVA_2, &["image", "document", "video", "audio"]),
        (TITAN, &["document"]),
        (LLAMA, &["document"]),
        ("us.meta.llama3-2-11b-instruct-v1:0", &["image", "document"]),
        (LLAMA_4, &["image", "document"]),
        ("mistral.mistral-large-2402-v1:0", &["document"]),
        (PIXTRAL, &["image", "document"]),
        ("mistral.voxtral-mini-3b-2507", &["document", "audio"]),
        (COMMAND_R, &["document"]),
        (R1, &["document"]),
        (QWEN, &["document"]),
        ("qwen.qwen3-vl-235b-a22b", &["image", "document"]),
        (GPT_OSS, &["document"]),
        (GPT_5, &["image", "document"]),
        (GLM, &["document"]),
        (GEMMA, &["image", "document"]),
        (UNKNOWN, &["image", "document", "video", "audio"]),
    ] {
        for (kind, format) in all {
            let body = attached(kind, format);
            if takes.contains(&kind) {
                accepted(model, &body);
            } else {
                let message = format!(
                    "This model doesn't support the {kind} content block that you provided. Update the content block"
                );
                invalid(model, &body, &message);
            }
        }
    }
}

#[test]
fn claude_has_no_access_to_s3() {
    let place = json!({"s3Location": {"uri": "s3://bucket/key"}});
    let image = messages(json!([user(
        json!([{"text": "x"}, {"image": {"format": "png", "source": place}}])
    )]));
    let document = messages(json!([user(
        json!([{"text": "x"}, {"document": {"format": "pdf", "name": "a", "source": place}}])
    )]));
    invalid(
        CLAUDE,
        &image,
        "This model doesn't support the s3Uri field. Remove s3Uri and try again.",
    );
    invalid(
        CLAUDE,
        &document,
        "messages.0.content.1.document.source.type: Field required",
    );
    for body in [image, document] {
        accepted(NOVA, &body);
    }
    let inside = called(json!([result(
        json!([{"document": {"format": "pdf", "name": "a", "source": place}}])
    )]));
    accepted(CLAUDE, &inside);
}

#[test]
fn nova_looks_at_the_bytes_of_an_image() {
    let image = |bytes: &str| {
        messages(json!([user(
            json!([{"text": "x"}, {"image": {"format": "png", "source": {"bytes": bytes}}}])
        )]))
    };
    let message = "The model returned the following errors: The detected file MIME type text/plain does not match \
                   the expected type image/png. Reformat your input and try again.";
    let wrong = image("bm90IGFuIGltYWdl");
    invalid(NOVA, &wrong, message);
    // In a stream it is found out after the head has been sent.
    assert_eq!(
        events(NOVA, &wrong),
        [(
            "validationException".to_owned(),
            json!({"message": message})
        )]
    );
    invalid(
        NOVA,
        &image("/9j/4A=="),
        "MIME type image/jpeg does not match",
    );
    accepted(NOVA, &image(PNG));
    accepted(CLAUDE, &wrong);
}
