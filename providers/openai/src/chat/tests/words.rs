//! What is said of a call to a server is said of this server, and in plain words.

use super::*;

fn message(spec: &str, call: &Call) -> String {
    let error = exchange(spec, call, Delivery::Whole).unwrap_err();
    error.message().to_owned()
}

/// Options are read in one place for all who speak the form.
#[test]
fn a_refused_option_is_one_of_who_is_asked() {
    for option in [
        json!({ "sarvice_tier": "flex" }),
        json!({ "logprobs": "often" }),
        json!({ "presence_penalty": 3 }),
        json!({ "extra_headers": { "host": "x" } }),
        json!({ "http_referer": "a\nb" }),
    ] {
        let call = chat(|it| it.options = option.as_object().unwrap().clone().into());
        let why = message("groq:llama", &call);
        assert!(why.contains("groq") && !why.contains("openai"), "{why}");
    }
}

#[test]
fn what_has_no_place_is_said_to_have_none_in_this_form() {
    let film = Part::video(
        "video/mp4",
        Source::Url("https://example.com/a.mp4".to_owned()),
    );
    let call = chat(|it| it.messages = vec![user(vec![Part::text("?"), film])]);
    let why = message("somebody:llama", &call);
    let words = "parts of type video in Chat Completions at messages[0].content[1];";
    assert!(why.contains(words), "{why}");
    let mut call = chat(|it| it.lossy = true);
    call.settings.reasoning = Some(Reasoning::Effort(ReasoningEffort::None));
    let exchange = exchange("zai:glm-5.3", &call, Delivery::Whole).unwrap();
    let warning = &exchange.warnings[0];
    assert_eq!(
        (&*warning.code, &*warning.message),
        (
            "unsupported",
            "glm-5.3 cannot be told not to think; it thinks as little as it can"
        )
    );
}

#[test]
fn thoughts_that_do_not_go_back_are_told_in_one_sentence() {
    let mut thought = ReasoningPart::default();
    thought.text = "hm".into();
    let call = chat(|it| {
        it.messages = vec![
            user("a"),
            assistant(vec![thought.into(), Part::text("x")]),
            user("b"),
        ];
    });
    for (spec, words) in [
        (
            "cerebras:zai-glm-4.7",
            "holds reasoning, which zai-glm-4.7 does not take back",
        ),
        (
            "groq:openai/gpt-oss-20b",
            "holds reasoning that is of a turn that is over, which",
        ),
    ] {
        let exchange = exchange(spec, &call, Delivery::Whole).unwrap();
        let warning = &exchange.warnings[0];
        assert_eq!(warning.code, "reasoning_dropped");
        assert!(warning.message.contains(words), "{}", warning.message);
    }
}
