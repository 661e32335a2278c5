//! Llama bodies of three generations, and what comes back.

use super::super::testing::{
    chunks, content, keys, refused, send, stream, survives_wrong_values, whole, with,
};
use serde_json::{Value, json};

const LLAMA_2: &str = "meta.llama2-13b-chat-v1";
const LLAMA_3: &str = "us.meta.llama3-3-70b-instruct-v1:0";
const SEEING: &str = "us.meta.llama3-2-11b-instruct-v1:0";
const LLAMA_4: &str = "us.meta.llama4-scout-17b-instruct-v1:0";

fn three(messages: &[(&str, &str)]) -> Value {
    let mut prompt = "<|begin_of_text|>".to_owned();
    for (role, text) in messages {
        prompt += &format!("<|start_header_id|>{role}<|end_header_id|>\n\n{text}<|eot_id|>");
    }
    prompt += "<|start_header_id|>assistant<|end_header_id|>\n\n";
    json!({"prompt": prompt})
}

fn generation(model: &str, body: &Value) -> String {
    whole(model, body)["generation"]
        .as_str()
        .unwrap()
        .to_owned()
}

#[test]
fn turns_of_the_third_generation_are_read_back() {
    let text = generation(
        LLAMA_3,
        &three(&[
            ("system", "Be brief."),
            ("user", "One"),
            ("assistant", "1"),
            ("user", "Two?"),
        ]),
    );
    assert!(text.starts_with("You asked: \"Two?\""), "{text}");
    assert!(
        text.contains("My instructions are: \"Be brief.\""),
        "{text}"
    );
    assert!(text.contains("Earlier messages: 2."), "{text}");
}

#[test]
fn turns_of_the_other_generations_are_read_back() {
    let four = json!({"prompt": "<|begin_of_text|><|header_start|>system<|header_end|>\n\nBe brief.<|eot|>\
        <|header_start|>user<|header_end|>\n\nHi<|eot|><|header_start|>assistant<|header_end|>\n\n"});
    let two = json!({"prompt": "<s>[INST] <<SYS>>\nBe brief.\n<</SYS>>\n\nHi [/INST]"});
    for (model, body) in [(LLAMA_4, four), (LLAMA_2, two)] {
        let text = generation(model, &body);
        assert!(
            text.starts_with("You asked: \"Hi\"\nMy instructions are: \"Be brief.\""),
            "{text}"
        );
    }
}

#[test]
fn a_prompt_in_the_form_of_another_generation_is_one_question() {
    let text = generation(LLAMA_4, &three(&[("user", "Hi")]));
    assert!(
        text.starts_with("You asked: \"<|begin_of_text|><|start_header_id|>user"),
        "{text}"
    );
    let text = generation(LLAMA_3, &json!({"prompt": "Say this is a test"}));
    assert!(
        text.starts_with("You asked: \"Say this is a test\""),
        "{text}"
    );
}

#[test]
fn results_of_tools_are_told() {
    let body = three(&[
        ("user", "Weather?"),
        ("assistant", "[f()]"),
        ("ipython", "21 degrees"),
    ]);
    let text = generation(LLAMA_3, &body);
    assert!(text.starts_with("ipython returned: 21 degrees"), "{text}");
}

#[test]
fn a_whole_answer_counts_and_tells_why_it_ended() {
    let reply = send(LLAMA_3, &[], &three(&[("user", "one two three")]), false).unwrap();
    assert_eq!(reply.headers["x-amzn-bedrock-input-token-count"], "3");
    let output = reply.headers["x-amzn-bedrock-output-token-count"].clone();
    assert!(
        reply
            .headers
            .get("x-amzn-bedrock-cache-read-input-token-count")
            .is_none()
    );
    let body = content(reply);
    assert_eq!(
        keys(&body),
        [
            "generation",
            "prompt_token_count",
            "generation_token_count",
            "stop_reason"
        ]
    );
    assert_eq!(
        (&body["prompt_token_count"], &body["stop_reason"]),
        (&json!(3), &json!("stop"))
    );
    assert_eq!(
        body["generation_token_count"].to_string(),
        output.to_str().unwrap()
    );
    let cut = whole(
        LLAMA_3,
        &with(&three(&[("user", "Hi")]), &json!({"max_gen_len": 2})),
    );
    assert_eq!(
        cut,
        json!({"generation": "You asked:", "prompt_token_count": 1, "generation_token_count": 2, "stop_reason": "length"})
    );
}

#[test]
fn a_stream_says_the_same() {
    let body = three(&[("user", "Hi")]);
    let whole = whole(LLAMA_3, &body);
    let events = stream(LLAMA_3, &body);
    let text: String = events
        .iter()
        .map(|event| event["generation"].as_str().unwrap())
        .collect();
    assert_eq!(text, whole["generation"]);
    let (first, last) = (&events[0], &events[events.len() - 1]);
    assert_eq!(
        (&first["prompt_token_count"], &first["stop_reason"]),
        (&json!(1), &Value::Null)
    );
    assert_eq!(
        (&last["generation"], &last["stop_reason"]),
        (&json!(""), &json!("stop"))
    );
    assert_eq!(last["prompt_token_count"], Value::Null);
    assert_eq!(
        last["generation_token_count"],
        whole["generation_token_count"]
    );
    let metrics = &last["amazon-bedrock-invocationMetrics"];
    assert_eq!(
        (&metrics["inputTokenCount"], &metrics["outputTokenCount"]),
        (&json!(1), &whole["generation_token_count"])
    );
    assert!(events[1]["amazon-bedrock-invocationMetrics"].is_null());

    let cut = stream(LLAMA_3, &with(&body, &json!({"max_gen_len": 2})));
    assert_eq!(
        (cut.len(), &cut[0]["generation"], &cut[0]["stop_reason"]),
        (1, &json!("You asked:"), &json!("length"))
    );
}

#[test]
fn a_guardrail_leaves_nothing_but_its_own_text() {
    let guard = [
        ("x-amzn-bedrock-guardrailidentifier", "gr1"),
        ("x-amzn-bedrock-guardrailversion", "1"),
        ("x-amzn-bedrock-trace", "ENABLED"),
        ("x-amzn-bedrock-service-tier", "flex"),
    ];
    let body = three(&[("user", "please blockme")]);
    let reply = send(LLAMA_3, &guard, &body, false).unwrap();
    assert!(
        reply
            .headers
            .get("x-amzn-bedrock-input-token-count")
            .is_none()
    );
    assert_eq!(reply.headers["x-amzn-bedrock-service-tier"], "flex");
    let answer = content(reply);
    assert_eq!(
        keys(&answer),
        [
            "generation",
            "amazon-bedrock-guardrailAction",
            "amazon-bedrock-trace"
        ]
    );
    assert_eq!(answer["amazon-bedrock-guardrailAction"], "INTERVENED");
    let topics = "/amazon-bedrock-trace/guardrail/input/gr1/topicPolicy/topics/0/action";
    assert_eq!(answer.pointer(topics).unwrap(), "BLOCKED");
    let events = chunks(send(LLAMA_3, &guard, &body, true).unwrap());
    assert_eq!(events, [answer]);

    let passed = content(send(LLAMA_3, &guard, &three(&[("user", "hi")]), false).unwrap());
    assert_eq!(passed["amazon-bedrock-guardrailAction"], "NONE");
    assert_eq!(passed["stop_reason"], "stop");
}

#[test]
fn images_are_for_models_that_see() {
    let body = with(
        &three(&[("user", "What is it?")]),
        &json!({"images": ["AAAA"]}),
    );
    assert!(generation(SEEING, &body).contains("Attached: image"));
    assert_eq!(
        refused(LLAMA_3, &body),
        "Malformed input request: #: extraneous key [images] is not permitted, please reformat your input and try again."
    );
}

#[test]
fn bodies_are_checked() {
    let good = json!({"prompt": "hi"});
    for (extra, what) in [
        (
            json!({"prompt": ""}),
            "#/prompt: expected minLength: 1, actual: 0",
        ),
        (
            json!({"prompt": null}),
            "#: required key [prompt] not found",
        ),
        (
            json!({"prompt": ["hi"]}),
            "#/prompt: expected type: String, found: JSONArray",
        ),
        (
            json!({"max_gen_len": 0}),
            "#/max_gen_len: 0 is not greater or equal to 1",
        ),
        (
            json!({"max_gen_len": 9000}),
            "#/max_gen_len: 9000 is not less or equal to 8192",
        ),
        (
            json!({"temperature": 1.5}),
            "#/temperature: 1.5 is not less or equal to 1",
        ),
        (
            json!({"stop": ["x"], "max_tokens": 1}),
            "#: extraneous key [stop] is not permitted#: extraneous key [max_tokens] is not permitted",
        ),
    ] {
        assert_eq!(
            refused(LLAMA_3, &with(&good, &extra)),
            format!("Malformed input request: {what}, please reformat your input and try again.")
        );
    }
    let full = json!({"prompt": "hi", "max_gen_len": 9, "temperature": 0.5, "top_p": 0.5, "images": ["AAAA"]});
    survives_wrong_values(SEEING, &full);
}
