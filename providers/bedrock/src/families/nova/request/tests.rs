//! Nova's bodies.

use super::*;
use reqllm_core::{
    Cache, Citation, DocumentPart, ErrorKind, Guard, Part, Source, TextPart, Tool, ToolCallPart,
    ToolChoice, assistant, system, tool_result, user,
};

fn encoded(call: &Call, warnings: &mut Vec<Warning>) -> Result<Value> {
    let model = Model::new("bedrock", "us.amazon.nova-lite-v1:0");
    encode(&model, call, &Profile::CAUTIOUS, warnings)
}

fn body(call: &Call) -> Value {
    encoded(call, &mut Vec::new()).unwrap()
}

#[test]
fn settings_stand_inside_the_inference_config() {
    let mut call = Call::new(vec![system("Be brief."), user("Hi")]);
    call.settings.max_tokens = Some(9);
    call.settings.temperature = Some(0.5);
    call.settings.top_p = Some(0.25);
    call.settings.top_k = Some(7);
    call.settings.stop = vec!["|".into()];
    assert_eq!(
        body(&call).to_string(),
        concat!(
            r#"{"schemaVersion":"messages-v1","system":[{"text":"Be brief."}],"#,
            r#""messages":[{"role":"user","content":[{"text":"Hi"}]}],"#,
            r#""inferenceConfig":{"maxTokens":9,"temperature":0.5,"topP":0.25,"topK":7,"stopSequences":["|"]}}"#
        )
    );
    assert_eq!(body(&Call::new("Hi"))["inferenceConfig"], Value::Null);
    let mut seed = Call::new("Hi");
    seed.settings.seed = Some(1);
    let error = encoded(&seed, &mut Vec::new()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unsupported);
}

#[test]
fn media_are_base64_or_on_s3() {
    let call = Call::new(user(vec![
        Part::image("image/png", Source::Data("pix".into())),
        Part::video("video/mp4", Source::Url("s3://b/v.mp4".into())),
        Part::text("What?"),
    ]));
    assert_eq!(
        body(&call)["messages"][0]["content"],
        json!([
            {"image": {"format": "png", "source": {"bytes": "cGl4"}}},
            {"video": {"format": "mp4", "source": {"s3Location": {"uri": "s3://b/v.mp4"}}}},
            {"text": "What?"},
        ])
    );
}

#[test]
fn tools_and_their_history_are_those_of_converse() {
    let mut call = Call::new(vec![
        user("Weather?"),
        assistant(Part::ToolCall(ToolCallPart::new(
            "t",
            "f",
            json!({"city": "Lyon"}),
        ))),
        tool_result("t", json!({"t": 21})),
    ]);
    call.tools = vec![Tool::from_schema("f", json!({"type": "object"})).description("Does f.")];
    call.tool_choice = Some(ToolChoice::Required);
    let body = body(&call);
    assert_eq!(
        body["toolConfig"],
        json!({
            "tools": [{"toolSpec": {"name": "f", "description": "Does f.", "inputSchema": {"json": {"type": "object"}}}}],
            "toolChoice": {"any": {}},
        })
    );
    assert_eq!(
        body["messages"][1]["content"][0]["toolUse"],
        json!({"toolUseId": "t", "name": "f", "input": {"city": "Lyon"}})
    );
    assert_eq!(
        body["messages"][2]["content"][0]["toolResult"],
        json!({"toolUseId": "t", "content": [{"json": {"t": 21}}]})
    );
}

#[test]
fn a_cache_point_is_a_member_of_the_block_before_it() {
    let cached = |text: &str| Part::text(text).cached(Cache::new());
    let mut call = Call::new(vec![
        system(cached("Be brief.")),
        user(vec![cached("Long."), Part::text("Hi")]),
    ]);
    let point = json!({"type": "default"});
    let native = body(&call);
    assert_eq!(
        native["system"],
        json!([{"text": "Be brief.", "cachePoint": point}])
    );
    assert_eq!(
        native["messages"][0]["content"],
        json!([{"text": "Long.", "cachePoint": point}, {"text": "Hi"}])
    );
    let mut tool = Tool::from_schema("f", json!({"type": "object"}));
    tool.cache = Some(Cache::new());
    call.tools = vec![tool];
    let error = encoded(&call, &mut Vec::new()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unsupported);
    call.lossy = true;
    assert_eq!(
        body(&call)["toolConfig"]["tools"].as_array().unwrap().len(),
        1
    );
}

#[test]
fn documents_and_guards_are_for_converse() {
    let document = DocumentPart::new("text/plain", Source::Data("x".into()));
    let mut guarded = TextPart::new("Mind me.");
    guarded.guard = Some(Guard::new());
    for (part, word, left) in [
        (
            Part::Document(document),
            "documents",
            json!([{"text": "Hi"}]),
        ),
        (
            Part::Text(guarded),
            "guarded",
            json!([{"text": "Hi"}, {"text": "Mind me."}]),
        ),
    ] {
        let mut call = Call::new(user(vec![Part::text("Hi"), part]));
        let error = encoded(&call, &mut Vec::new()).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Unsupported);
        assert!(error.to_string().contains(word), "{error}");
        call.lossy = true;
        let mut warnings = Vec::new();
        let body = encoded(&call, &mut warnings).unwrap();
        assert_eq!(body["messages"][0]["content"], left);
        assert_eq!(warnings.len(), 1);
    }
}

#[test]
fn citations_do_not_go_back() {
    let mut cited = TextPart::new("3 m");
    cited.citations = vec![Citation::default()];
    let call = Call::new(vec![user("?"), assistant(Part::Text(cited)), user("!")]);
    let mut warnings = Vec::new();
    let body = encoded(&call, &mut warnings).unwrap();
    assert_eq!(body["messages"][1]["content"], json!([{"text": "3 m"}]));
    assert_eq!(warnings[0].code, "citations_dropped");
}
