//! Flags and provider options, and where on the wire they arrive.

use serde_json::{Value, json};

use crate::common::{CLAUDE, NOVA, Server, reqllm, text_of};

/// The body that would be sent.
fn body(args: &[&str]) -> Value {
    let all = ["generate", "--dry-run"].iter().chain(args);
    reqllm(all.copied()).run().json()["body"].take()
}

#[test]
fn the_prompt_comes_from_standard_input_without_its_last_line_break() {
    for text in [
        "Hi from\nthe pipe",
        "Hi from\nthe pipe\n",
        "Hi from\nthe pipe\r\n",
    ] {
        let server = Server::start();
        let run = server.reqllm(["generate", NOVA, "--json"]);
        run.stdin(text).run().json();
        assert_eq!(
            server.body()["messages"],
            json!([{"role": "user", "content": [{"text": "Hi from\nthe pipe"}]}])
        );
    }
}

#[test]
fn the_prompt_of_the_argument_wins_over_standard_input() {
    let server = Server::start();
    let run = server.reqllm(["generate", NOVA, "This", "--json"]);
    run.stdin("not this").run().json();
    assert_eq!(server.body()["messages"][0]["content"][0]["text"], "This");
}

#[test]
fn a_system_prompt_is_heard() {
    let server = Server::start();
    let args = ["generate", NOVA, "Hi", "--system", "Be brief.", "--json"];
    let text = text_of(&server.reqllm(args).run().json());
    assert!(
        text.contains("My instructions are: \"Be brief.\""),
        "{text}"
    );
    assert_eq!(server.body()["system"], json!([{"text": "Be brief."}]));
}

#[test]
fn sampling_settings_arrive_on_converse() {
    let args = [
        "--max-tokens",
        "64",
        "--temperature",
        "0.5",
        "--top-p",
        "0.25",
    ];
    let args = [
        &[NOVA, "Hi"],
        &args[..],
        &["--stop", "END", "--stop", "two words"],
    ]
    .concat();
    assert_eq!(
        body(&args)["inferenceConfig"],
        json!({"maxTokens": 64, "temperature": 0.5, "topP": 0.25, "stopSequences": ["END", "two words"]})
    );
}

#[test]
fn sampling_settings_arrive_in_the_native_body() {
    let args = [
        "--max-tokens",
        "64",
        "--temperature",
        "0.5",
        "--stop",
        "END",
    ];
    let body = body(&[&[CLAUDE, "Hi", "--top-k", "7"], &args[..]].concat());
    for (key, value) in [
        ("max_tokens", json!(64)),
        ("temperature", json!(0.5)),
        ("top_k", json!(7)),
        ("stop_sequences", json!(["END"])),
    ] {
        assert_eq!(body[key], value, "{key} in {body}");
    }
}

#[test]
fn top_k_goes_where_the_family_looks_for_it() {
    let claude = body(&[CLAUDE, "Hi", "--top-k", "7", "-o", "use_converse=true"]);
    assert_eq!(claude["additionalModelRequestFields"], json!({"top_k": 7}));
    let nova = body(&[NOVA, "Hi", "--top-k", "7"]);
    assert_eq!(
        nova["additionalModelRequestFields"],
        json!({"inferenceConfig": {"topK": 7}})
    );
}

#[test]
fn max_tokens_ends_the_answer_with_length() {
    let server = Server::start();
    for spec in [NOVA, CLAUDE] {
        let args = ["generate", spec, "Hi there", "--max-tokens", "3", "--json"];
        let response = server.reqllm(args).run().json();
        assert_eq!(response["finish_reason"], "length");
        assert_eq!(response["raw_finish_reason"], "max_tokens");
        assert_eq!(response["usage"]["output_tokens"], 3);
        assert_eq!(text_of(&response), "You asked: \"Hi");
    }
}

#[test]
fn a_stop_sequence_ends_the_answer() {
    let server = Server::start();
    for spec in [NOVA, CLAUDE] {
        let args = ["generate", spec, "Hi", "--max-tokens", "99", "--json"];
        let run = server.reqllm(
            args.into_iter()
                .chain(["--stop", "emulator", "--stop", "Bedrock"]),
        );
        let response = run.run().json();
        assert_eq!(response["finish_reason"], "stop");
        assert_eq!(response["raw_finish_reason"], "stop_sequence");
        assert!(text_of(&response).ends_with("This is the "), "{response}");
    }
}

#[test]
fn an_option_is_json_if_it_parses_as_json_and_else_a_string() {
    let boolean = body(&[CLAUDE, "Hi", "-o", "use_converse=true"]);
    assert!(boolean["messages"][0]["content"][0].get("text").is_some());
    assert!(boolean.get("anthropic_version").is_none(), "{boolean}");
    let object = body(&[NOVA, "Hi", "-o", r#"request_metadata={"team":"a=b"}"#]);
    assert_eq!(object["requestMetadata"], json!({"team": "a=b"}));
    let fields = r#"additional_model_request_fields={"z":1,"a":{"n":null}}"#;
    let fields = body(&[NOVA, "Hi", "--option", fields]);
    assert_eq!(
        fields["additionalModelRequestFields"].to_string(),
        r#"{"z":1,"a":{"n":null}}"#
    );
    for region in ["region=eu-west-1", r#"region="eu-west-1""#] {
        let url = reqllm(["generate", "--dry-run", NOVA, "Hi", "-o", region]);
        let url = url.run().json()["url"].take();
        let url = url.as_str().unwrap();
        assert!(
            url.starts_with("https://bedrock-runtime.eu-west-1.amazonaws.com/"),
            "{url}"
        );
    }
}

/// A version is what people write as a number.
#[test]
fn a_guardrail_version_may_be_given_as_the_number_that_it_is() {
    for version in ["guardrail_version=1", r#"guardrail_version="1""#] {
        let args = ["-o", "guardrail_identifier=gr1abc", "-o", version];
        let body = body(&[&[NOVA, "Hi"], &args[..]].concat());
        let config = &body["guardrailConfig"];
        assert_eq!(config["guardrailIdentifier"], "gr1abc", "{body}");
        assert_eq!(config["guardrailVersion"], "1", "{body}");
    }
}

#[test]
fn an_option_given_twice_counts_as_given_last() {
    let args = ["-o", "region=eu-west-1", "-o", "region=us-west-2"];
    let all = ["generate", "--dry-run", NOVA, "Hi"]
        .into_iter()
        .chain(args);
    let url = reqllm(all).run().json()["url"].take();
    assert!(url.as_str().unwrap().contains("us-west-2"), "{url}");
}
