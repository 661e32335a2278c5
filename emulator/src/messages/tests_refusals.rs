//! What is refused, and how.

use super::*;

#[test]
fn bodies_are_checked_by_the_model_that_they_name() {
    let strict = json!({"type": "object", "properties": {}});
    let opus = |extra| of_model("claude-opus-4-8", extra);
    let effort = |level: &str| json!({"output_config": {"effort": level}});
    for (body, fragment) in [
        (body(json!({"model": null})), "model: Field required"),
        (
            body(json!({"model": 1})),
            "model: Input should be a valid string",
        ),
        (
            body(json!({"anthropic_version": "2023-06-01"})),
            "anthropic_version: Extra inputs are not permitted",
        ),
        (
            body(json!({"anthropic_beta": ["x"]})),
            "anthropic_beta: Extra inputs are not permitted",
        ),
        (
            body(json!({"max_tokens": null})),
            "max_tokens: Field required",
        ),
        (
            body(json!({"max_tokens": 64_001})),
            "max_tokens: 64001 > 64000, which is the maximum",
        ),
        (
            body(json!({"stream": "yes"})),
            "stream: Input should be a valid boolean",
        ),
        (
            body(json!({"service_tier": "flex"})),
            "service_tier: Input should be 'auto' or 'standard_only'",
        ),
        (
            body(json!({"metadata": {"user": "x"}})),
            "metadata.user: Extra inputs are not permitted",
        ),
        (
            body(json!({"speed": "fast"})),
            "speed: Extra inputs are not permitted",
        ),
        (
            body(json!({"context_management": {}})),
            "context_management: Extra inputs are not permitted",
        ),
        (
            body(json!({"container": "c"})),
            "container: The emulator does not serve containers",
        ),
        (
            body(json!({"mcp_servers": []})),
            "mcp_servers: The emulator does not serve MCP servers",
        ),
        (
            body(json!({"tools": [{"type": "web_search_20250305", "name": "web_search"}]})),
            "tools.0: The emulator does not run the server tool",
        ),
        (
            body(json!({"temperature": 0.5, "top_p": 0.5})),
            "cannot both be specified",
        ),
        (
            opus(json!({"temperature": 0.5})),
            "`temperature` is deprecated for this model.",
        ),
        (
            opus(json!({"top_k": 5})),
            "`top_k` is deprecated for this model.",
        ),
        (
            body(json!({"thinking": {"type": "adaptive"}})),
            "adaptive thinking is not supported on this model",
        ),
        (
            opus(json!({"thinking": {"type": "enabled", "budget_tokens": 1024}})),
            "\"thinking.type.enabled\" is not supported",
        ),
        (
            opus(json!({"thinking": {"type": "adaptive", "budget_tokens": 1024}})),
            "thinking.adaptive.budget_tokens: Extra inputs",
        ),
        (
            opus(json!({"thinking": {"type": "adaptive", "display": "full"}})),
            "thinking.adaptive.display: Input should be",
        ),
        (
            body(effort("low")),
            "This model does not support the effort parameter.",
        ),
        (
            of_model("claude-opus-4-6", effort("xhigh")),
            "output_config.effort: 'xhigh' is not supported by this model. Supported levels: low, medium, high, max",
        ),
        (
            body(json!({"output_config": {"format": {"type": "json_schema", "schema": strict}}})),
            "output_config.format.schema: For 'object' type",
        ),
        (
            body(json!({"tools": [tool(json!({"strict": true, "input_schema": strict}))]})),
            "tools.0.custom.input_schema: For 'object' type",
        ),
        (
            opus(json!({"messages": [user(json!("q")), {"role": "assistant", "content": "a"}]})),
            "does not support assistant message prefill",
        ),
        (
            body(json!({"messages": [user(json!("q")), {"role": "system", "content": "s"}]})),
            "messages.1.role: Input should be 'user' or 'assistant'",
        ),
        (
            body(
                json!({"messages": [user(json!([{"type": "image", "source": {"type": "url", "url": "http://example.com/x"}}]))]}),
            ),
            "messages.0.content.0.image.source.url: Only HTTPS",
        ),
        (
            body(json!({"cache_control": {"type": "ephemeral", "ttl": "2h"}})),
            "cache_control.ttl: Input should be '5m' or '1h'",
        ),
    ] {
        let (status, message) = refused(PATH, &[], &body);
        assert_eq!(status, 400, "{body}");
        assert!(message.contains(fragment), "{message}\nlacks {fragment}");
    }
}

#[test]
fn cache_points_count_that_of_the_request() {
    let cached = |ttl: &str| json!({"type": "ephemeral", "ttl": ttl});
    let block = json!({"type": "text", "text": "x", "cache_control": cached("5m")});
    let four = user(json!([block, block, block, block]));
    let question = body(json!({"cache_control": cached("5m"), "messages": [four]}));
    assert!(refused(PATH, &[], &question).1.contains("Found 5."));
    let question = body(json!({"cache_control": cached("1h"), "messages": [user(json!([block]))]}));
    assert!(
        refused(PATH, &[], &question)
            .1
            .contains("must not come after")
    );
}

#[test]
fn citations_go_with_all_documents_and_with_no_format() {
    let document = |citations: bool| {
        json!({
            "type": "document", "citations": {"enabled": citations},
            "source": {"type": "text", "media_type": "text/plain", "data": "Wheat rose."},
        })
    };
    let mixed = user(json!([document(true), document(false), {"type": "text", "text": "q"}]));
    let (_, message) = refused(PATH, &[], &body(json!({"messages": [mixed]})));
    assert!(message.contains("Either all or none"), "{message}");
    let schema = json!({"type": "object", "properties": {}, "additionalProperties": false});
    let cited = user(json!([document(true), {"type": "text", "text": "q"}]));
    let question = body(json!({
        "messages": [cited], "output_config": {"format": {"type": "json_schema", "schema": schema}},
    }));
    let (_, message) = refused(PATH, &[], &question);
    assert!(
        message.contains("output_config.format: Citations"),
        "{message}"
    );
}

#[test]
fn headers_are_needed_and_checked() {
    let good = body(json!({}));
    for (headers, fragment) in [
        (
            [("anthropic-version", "")],
            "anthropic-version: header is required",
        ),
        (
            [("anthropic-version", "2024-01-01")],
            "\"2024-01-01\" is not a version that",
        ),
        (
            [("anthropic-beta", "pdfs-2024-09-25,made-up,nonsense")],
            "Unexpected value(s) `made-up`, `nonsense` for the `anthropic-beta` header",
        ),
    ] {
        let (status, message) = refused(PATH, &headers, &good);
        assert_eq!(status, 400);
        assert!(message.contains(fragment), "{message}\nlacks {fragment}");
    }
}

#[test]
fn the_newer_version_refuses_what_the_first_one_takes() {
    let newer = [("anthropic-version", "2026-10-21")];
    let cited = json!([{"type": "char_location", "cited_text": "x", "document_index": 0, "document_title": null,
        "start_char_index": 0, "end_char_index": 1}]);
    let said = user(json!([{"type": "text", "text": "x", "citations": cited}]));
    let found = user(
        json!([{"type": "search_result", "source": "s", "title": "t",
        "content": [{"type": "text", "text": "x", "citations": cited}]}]),
    );
    for (changes, fragment) in [
        (json!({"temperature": 1.0}), "temperature: Extra inputs"),
        (json!({"top_p": 0.5}), "top_p: Extra inputs"),
        (json!({"top_k": 5}), "top_k: Extra inputs"),
        (
            json!({"messages": [said]}),
            "messages.0.content.0.citations: ",
        ),
        (
            json!({"messages": [found]}),
            "messages.0.content.0.content.0.citations: ",
        ),
    ] {
        let asked = body(changes);
        let (status, message) = refused(PATH, &newer, &asked);
        assert_eq!(status, 400);
        assert!(message.contains(fragment), "{message}\nlacks {fragment}");
    }
    for changes in [json!({"temperature": 1.0}), json!({"top_k": 5})] {
        ask(&body(changes));
    }
    let counted = body(json!({"messages": [said], "max_tokens": null}));
    let path = "/v1/messages/count_tokens";
    assert!(refused(path, &newer, &counted).1.contains("citations"));
    send(path, &[], &counted).unwrap();
    // Bedrock's doors have it from Claude 4.7 on.
    let at = |model: &str| {
        let mut asked = body(json!({}));
        asked["model"] = model.into();
        send("/anthropic/v1/messages", &newer, &asked)
    };
    let older = at("anthropic.claude-haiku-4-5").unwrap_err();
    assert!(
        older.message.contains("not available for"),
        "{}",
        older.message
    );
    at("anthropic.claude-opus-4-8").unwrap();
}

#[test]
fn paths_methods_and_models_that_are_not_there_are_not_found() {
    let good = body(json!({}));
    let status = |method: &str, path: &str, body: &Value| {
        let error = send_with(&Mutex::default(), method, path, &[], body).unwrap_err();
        (error.status.as_u16(), error.code.into_owned())
    };
    let not_found = (404, "not_found_error".to_owned());
    assert_eq!(status("POST", "/v1/messages/batches", &good), not_found);
    assert_eq!(
        status("POST", PATH, &of_model("unknown-1", json!({}))),
        not_found
    );
    assert_eq!(status("GET", PATH, &good).0, 405);
    assert_eq!(status("POST", "/v1/models", &good).0, 405);
    let (status, message) = refused("/v1/messages/count_tokens", &[], &good);
    assert_eq!(status, 400);
    assert!(message.contains("max_tokens: Extra inputs"), "{message}");
}

#[test]
fn bedrocks_doors_have_their_own_rules() {
    let path = "/anthropic/v1/messages";
    let mantle = |extra| of_model("anthropic.claude-haiku-4-5", extra);
    let runtime = |extra| of_model("us.anthropic.claude-haiku-4-5-20251001-v1:0", extra);
    let strict = json!({"tools": [tool(json!({"strict": true}))]});
    let person = json!({"metadata": {"user_id": "Ann Other"}});
    let image =
        json!([{"type": "image", "source": {"type": "url", "url": "https://example.com/x"}}]);
    for good in [
        mantle(strict.clone()),
        mantle(person.clone()),
        runtime(json!({})),
    ] {
        let answer = read(send(path, &[], &good).unwrap());
        assert_eq!(answer["model"], "claude-haiku-4-5-20251001");
        assert!(answer["id"].as_str().unwrap().starts_with("msg_bdrk_01"));
    }
    for (bad, fragment) in [
        (
            runtime(strict),
            "tools.0.custom.strict: Extra inputs are not permitted",
        ),
        (runtime(person), "metadata.user_id"),
        (
            mantle(json!({"messages": [user(image)]})),
            "URL sources are not supported",
        ),
        (
            mantle(json!({"service_tier": "auto"})),
            "service_tier: Extra inputs",
        ),
    ] {
        let (status, message) = refused(path, &[], &bad);
        assert_eq!(status, 400);
        assert!(message.contains(fragment), "{message}\nlacks {fragment}");
    }
    let beta = [("anthropic-beta", "made-up")];
    assert_eq!(
        refused(path, &beta, &mantle(json!({}))),
        (400, "invalid beta flag".to_owned())
    );
    let count = "/anthropic/v1/messages/count_tokens";
    assert!(send(count, &[], &mantle(json!({"max_tokens": null}))).is_ok());
    assert_eq!(
        refused(count, &[], &runtime(json!({"max_tokens": null}))).0,
        404
    );
    let plain = of_model("claude-haiku-4-5", json!({}));
    assert_eq!(refused(path, &[], &plain).0, 404);
}

#[test]
fn no_wrong_value_anywhere_is_worse_than_an_error() {
    let good = body(json!({
        "system": [{"type": "text", "text": "x", "cache_control": {"type": "ephemeral"}}],
        "tools": [tool(json!({"strict": true}))], "tool_choice": {"type": "auto", "disable_parallel_tool_use": true},
        "thinking": {"type": "enabled", "budget_tokens": 1024}, "metadata": {"user_id": "u"}, "stream": true,
        "messages": [
            user(json!([
                {"type": "text", "text": "q"},
                {"type": "image", "source": {"type": "url", "url": "https://example.com/x.png"}},
                {"type": "document", "source": {"type": "content", "content": [{"type": "text", "text": "t"}]}, "citations": {"enabled": true}},
            ])),
        ],
    }));
    send(PATH, &[], &good).unwrap();
    let mut refused = 0;
    for pointer in crate::native::testing::pointers(&good, String::new()) {
        for wrong in [
            json!(null),
            json!(-1),
            json!(1e300),
            json!(""),
            json!([]),
            json!([[]]),
            json!({}),
            json!({"type": {}}),
        ] {
            let mut body = good.clone();
            *body.pointer_mut(&pointer).unwrap() = wrong;
            if let Err(error) = send(PATH, &[], &body) {
                assert!([400, 404].contains(&error.status.as_u16()), "{body}");
                refused += 1;
            }
        }
    }
    assert!(refused > 0);
}
