//! Token counts, and the models of an account.

use reqllm_core::{
    AccountModelKind, AccountPage, AccountQuery, ErrorKind, Task, Tool, system, user,
};
use serde_json::json;

use super::*;

fn decode<T>(task: &Task<T>, status: u16, body: &Value) -> Result<T> {
    let response = http::Response::builder()
        .status(status)
        .header("request-id", "req_1");
    let (head, ()) = response.body(()).unwrap().into_parts();
    match status {
        200 => task.decoder.decode(&head, body.to_string().as_bytes()),
        _ => Err(task.decoder.refuse(&head, body.to_string().as_bytes())),
    }
}

#[test]
fn what_is_counted_is_the_call_and_nothing_else() {
    let mut call = Call::new([system("Be brief."), user("hi")]);
    call.tools = vec![Tool::from_schema("f", json!({"type": "object"}))];
    call.settings.max_tokens = Some(100);
    call.settings.stop = vec!["END".to_owned()];
    let call = with_options(
        call,
        json!({"user_id": "u", "service_tier": "auto", "speed": "fast"}),
    );
    let task = anthropic().count_tokens(&model(HAIKU), &call).unwrap();
    assert_eq!(
        task.request.uri(),
        "https://api.anthropic.com/v1/messages/count_tokens"
    );
    assert_eq!(
        header(&task.request, "anthropic-version"),
        Some("2023-06-01")
    );
    let body: Value = serde_json::from_slice(task.request.body()).unwrap();
    let mut members: Vec<&String> = body.as_object().unwrap().keys().collect();
    members.sort();
    assert_eq!(members, ["messages", "model", "system", "tools"]);
    let count = decode(&task, 200, &json!({"input_tokens": 18})).unwrap();
    assert_eq!((count.input_tokens, count.model.as_str()), (18, HAIKU));
    assert_eq!(count.provider_metadata["request_id"], "req_1");
    let error = decode(
        &task,
        429,
        &json!({"error": {"type": "rate_limit_error", "message": "x"}}),
    );
    let error = error.unwrap_err();
    assert_eq!(
        (error.kind(), error.request_id()),
        (ErrorKind::RateLimited, Some("req_1"))
    );
    assert_eq!(
        decode(&task, 200, &json!({})).unwrap_err().kind(),
        ErrorKind::Decode
    );
}

#[test]
fn models_are_listed_page_by_page() {
    let ask = |query: &AccountQuery, page: Option<&str>| -> Task<AccountPage> {
        anthropic().account_models(query, page).unwrap()
    };
    let every = AccountQuery::new();
    let first = ask(&every, None);
    assert_eq!(first.request.method(), "GET");
    assert_eq!(
        first.request.uri(),
        "https://api.anthropic.com/v1/models?limit=1000"
    );
    let entry = json!({"type": "model", "id": "claude-x", "display_name": "Claude X", "created_at": "2026-01-01T00:00:00Z"});
    let list = json!({"data": [entry, {"type": "model"}], "has_more": true, "first_id": "claude-x", "last_id": "claude-x"});
    let page = decode(&first, 200, &list).unwrap();
    assert_eq!(page.next.as_deref(), Some("claude-x"));
    assert_eq!(
        (page.models.len(), codes(&page.warnings)),
        (1, vec!["entry_skipped"])
    );
    let model = &page.models[0];
    assert_eq!(
        (model.id.as_str(), model.name.as_deref()),
        ("claude-x", Some("Claude X"))
    );
    assert_eq!(model.raw, entry);
    let second = ask(&every, Some("claude x/1"));
    let asked = "https://api.anthropic.com/v1/models?limit=1000&after_id=claude%20x%2F1";
    assert_eq!(second.request.uri(), asked);
    let last = json!({"data": [], "has_more": false, "last_id": null});
    assert_eq!(decode(&second, 200, &last).unwrap().next, None);
    let mut one = AccountQuery::new();
    one.id = Some("claude-x".to_owned());
    let task = ask(&one, None);
    assert_eq!(
        task.request.uri(),
        "https://api.anthropic.com/v1/models/claude-x"
    );
    assert_eq!(decode(&task, 200, &entry).unwrap().models[0].id, "claude-x");
    let mut profiles = AccountQuery::new();
    profiles.kind = Some(AccountModelKind::InferenceProfile);
    let error = anthropic().account_models(&profiles, None).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unsupported);
}
