//! How families answer.

use super::*;

fn kinds(content: &[Value]) -> Vec<String> {
    let keys = content
        .iter()
        .flat_map(|block| block.as_object().unwrap().keys());
    keys.cloned().collect()
}

#[test]
fn some_reason_without_being_asked() {
    for model in [GPT_OSS, KIMI, "minimax.minimax-m2"] {
        let content = content(model, &asked("why"));
        assert_eq!(kinds(&content), ["reasoningContent", "text"], "{model}");
        assert!(
            content[0]["reasoningContent"]["reasoningText"]
                .get("signature")
                .is_none()
        );
    }
    for model in [CLAUDE, NOVA_2, QWEN, GLM, GPT_5] {
        assert_eq!(kinds(&content(model, &asked("why"))), ["text"], "{model}");
    }
}

#[test]
fn r1_gives_its_text_first_when_whole() {
    assert_eq!(
        kinds(&content(R1, &asked("why"))),
        ["text", "reasoningContent"]
    );
    let events = events(R1, &asked("why"));
    assert!(deltas(&events, 0)[0]["reasoningContent"]["text"].is_string());
}

#[test]
fn a_stream_of_gpt_oss_begins_with_an_empty_text() {
    let events = events(GPT_OSS, &asked("why"));
    assert_eq!(deltas(&events, 0), [&json!({"text": ""})]);
    assert!(deltas(&events, 1)[0]["reasoningContent"]["text"].is_string());
    assert!(deltas(&events, 2)[0]["text"].is_string());
    assert!(!events.iter().any(|(name, _)| name == "contentBlockStart"));
}

#[test]
fn nova_thinks_aloud_when_it_has_tools() {
    let body = with(asked("Weather?"), tools());
    let content = content(NOVA, &body);
    assert_eq!(kinds(&content), ["text", "toolUse"]);
    assert!(
        content[0]["text"]
            .as_str()
            .unwrap()
            .starts_with("<thinking>")
    );
    let answered = called(json!([result(json!([{"text": "x"}]))]));
    assert!(text(NOVA, &answered).starts_with("<thinking>"));
    for (model, body) in [(NOVA, asked("why")), (NOVA_2, body.clone()), (CLAUDE, body)] {
        assert!(!text(model, &body).contains("<thinking>"), "{model}");
    }
    let mut forced = with(asked("Weather?"), tools());
    forced["toolConfig"]["toolChoice"] = json!({"any": {}});
    let blocks = super::content(NOVA, &forced);
    assert_eq!(kinds(&blocks), ["text", "toolUse"]);
}

#[test]
fn ids_of_kimi_name_the_function() {
    let body = with(asked("Weather?"), tools());
    let id = |model: &str| {
        let content = content(model, &body);
        let call = content.iter().find_map(|block| block.get("toolUse"));
        call.unwrap()["toolUseId"].as_str().unwrap().to_owned()
    };
    assert_eq!(id(KIMI), "functions.weather:0");
    for model in [CLAUDE, GPT_OSS] {
        assert!(id(model).starts_with("tooluse_"), "{model}");
    }
}

#[test]
fn words_that_make_it_refuse_or_say_nothing() {
    let answer = ask(CLAUDE, &asked("RefuseMe, please")).unwrap();
    assert_eq!(answer["stopReason"], "content_filtered");
    assert_eq!(
        kinds(answer["output"]["message"]["content"].as_array().unwrap()),
        ["text"]
    );
    let answer = ask(NOVA, &asked("emptyanswer")).unwrap();
    assert_eq!(answer["output"]["message"]["content"], json!([]));
    assert_eq!(answer["stopReason"], "end_turn");
    let names: Vec<String> = events(NOVA, &asked("emptyanswer"))
        .into_iter()
        .map(|(name, _)| name)
        .collect();
    assert_eq!(names, ["messageStart", "messageStop", "metadata"]);
    assert_eq!(
        ask(CLAUDE, &asked("refusemeplease")).unwrap()["stopReason"],
        "end_turn"
    );
}

#[test]
fn tier_and_latency_are_echoed() {
    let extra =
        json!({"serviceTier": {"type": "flex"}, "performanceConfig": {"latency": "optimized"}});
    let answer = ask(NOVA, &with(asked("x"), extra.clone())).unwrap();
    let events = events(NOVA, &with(asked("x"), extra.clone()));
    for (key, value) in extra.as_object().unwrap() {
        assert_eq!(&answer[key], value);
        assert_eq!(&events.last().unwrap().1[key], value);
    }
    assert!(ask(NOVA, &asked("x")).unwrap().get("serviceTier").is_none());
}
