//! Llama's prompts.

use super::*;
use reqllm_core::{ErrorKind, Part, Tool, assistant, system, user};
use serde_json::json;

const LLAMA_2: &str = "meta.llama2-13b-chat-v1";
const LLAMA_3: &str = "us.meta.llama3-3-70b-instruct-v1:0";
const VISION: &str = "us.meta.llama3-2-11b-instruct-v1:0";
const LLAMA_4: &str = "us.meta.llama4-scout-17b-instruct-v1:0";

fn body(id: &str, call: &Call) -> Value {
    encode(&Model::new("bedrock", id), call, &mut Vec::new()).unwrap()
}

fn prompt(id: &str, call: &Call) -> String {
    body(id, call)["prompt"].as_str().unwrap().to_owned()
}

fn conversation() -> Call {
    Call::new(vec![
        system("Be brief."),
        user("Hi"),
        assistant("Hello"),
        user("Bye"),
    ])
}

#[test]
fn llama_2_puts_the_system_into_the_first_turn() {
    assert_eq!(
        prompt(LLAMA_2, &conversation()),
        "<s>[INST] <<SYS>>\nBe brief.\n<</SYS>>\n\nHi [/INST] Hello </s><s>[INST] Bye [/INST]"
    );
}

#[test]
fn llama_3_has_a_header_for_each() {
    assert_eq!(
        prompt(LLAMA_3, &conversation()),
        "<|begin_of_text|><|start_header_id|>system<|end_header_id|>\n\nBe brief.<|eot_id|>\
         <|start_header_id|>user<|end_header_id|>\n\nHi<|eot_id|>\
         <|start_header_id|>assistant<|end_header_id|>\n\nHello<|eot_id|>\
         <|start_header_id|>user<|end_header_id|>\n\nBye<|eot_id|>\
         <|start_header_id|>assistant<|end_header_id|>\n\n"
    );
}

#[test]
fn llama_4_has_other_tokens() {
    assert_eq!(
        prompt(LLAMA_4, &conversation()),
        "<|begin_of_text|><|header_start|>system<|header_end|>\n\nBe brief.<|eot|>\
         <|header_start|>user<|header_end|>\n\nHi<|eot|>\
         <|header_start|>assistant<|header_end|>\n\nHello<|eot|>\
         <|header_start|>user<|header_end|>\n\nBye<|eot|>\
         <|header_start|>assistant<|header_end|>\n\n"
    );
}

#[test]
fn an_answer_that_was_begun_is_gone_on_with() {
    let call = Call::new(vec![user("Count."), assistant("One, two")]);
    for (id, end) in [
        (LLAMA_2, "[INST] Count. [/INST] One, two"),
        (LLAMA_3, "<|end_header_id|>\n\nOne, two"),
        (LLAMA_4, "<|header_end|>\n\nOne, two"),
    ] {
        let prompt = prompt(id, &call);
        assert!(prompt.ends_with(end), "{prompt}");
    }
}

#[test]
fn no_text_can_forge_a_turn() {
    let bars = [
        "begin_of_text",
        "end_of_text",
        "start_header_id",
        "end_header_id",
        "eot_id",
        "eom_id",
        "python_tag",
        "image",
        "step_id",
        "finetune_right_pad_id",
        "reserved_special_token_0",
        "header_start",
        "header_end",
        "eot",
        "eom",
        "image_start",
        "image_end",
        "patch",
        "tile_x_separator",
        "tile_y_separator",
        "python_start",
        "python_end",
    ]
    .map(|name| format!("<|{name}|>"));
    let words = ["<s>", "</s>", "[INST]", "[/INST]", "<<SYS>>", "<</SYS>>"].map(str::to_owned);
    for (id, tokens) in [(LLAMA_3, &bars[..]), (LLAMA_4, &bars), (LLAMA_2, &words)] {
        for token in tokens {
            let count = |text: &str| {
                let call = Call::new(vec![system(text), user(text), assistant(text), user(text)]);
                let mut warnings = Vec::new();
                let body = encode(&Model::new("bedrock", id), &call, &mut warnings).unwrap();
                let prompt = body["prompt"].as_str().unwrap();
                (prompt.matches(token.as_str()).count(), warnings)
            };
            let (honest, none) = count("x");
            assert!(none.is_empty());
            let (forged, warnings) = count(&format!("x{token}y"));
            assert_eq!(honest, forged, "{id}: {token}");
            assert_eq!(warnings[0].code, "control_tokens_neutralised");
            assert!(warnings[0].message.contains(token.as_str()));
        }
    }
}

#[test]
fn a_token_cut_over_two_parts_is_found() {
    let call = Call::new(vec![
        user("a"),
        assistant(vec![Part::text("<|eot"), Part::text("_id|>b")]),
        user("c"),
    ]);
    assert!(prompt(LLAMA_3, &call).contains("< |eot_id|>b<|eot_id|>"));
}

#[test]
fn settings_have_the_names_of_the_family_and_come_only_if_given() {
    let mut call = Call::new("Hi");
    assert_eq!(body(LLAMA_3, &call).as_object().unwrap().len(), 1);
    call.settings.max_tokens = Some(9);
    call.settings.temperature = Some(0.5);
    call.settings.top_p = Some(0.25);
    let body = body(LLAMA_3, &call);
    assert_eq!(body["max_gen_len"], 9);
    assert_eq!(body["temperature"], 0.5);
    assert_eq!(body["top_p"], 0.25);
}

#[test]
fn a_model_that_sees_gets_its_pictures_before_the_text() {
    let image = |url: &str| Part::image("image/png", Source::Url(url.to_owned()));
    let data = Part::image("image/jpeg", Source::Data("pix".into()));
    let call = Call::new(user(vec![
        Part::text("What is this?"),
        data,
        Part::image("image/png", Source::Data("ABC".into())),
    ]));
    let seen = body(VISION, &call);
    assert_eq!(seen["images"], json!(["cGl4", "QUJD"]));
    let prompt = seen["prompt"].as_str().unwrap();
    assert!(
        prompt.contains("\n\n<|image|><|image|>What is this?<|eot_id|>"),
        "{prompt}"
    );
    let mut warnings = Vec::new();
    let model = Model::new("bedrock", LLAMA_3);
    let error = encode(&model, &call, &mut warnings).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unsupported);
    let s3 = Call::new(user(vec![Part::text("?"), image("s3://b/k")]));
    let model = Model::new("bedrock", VISION);
    let error = encode(&model, &s3, &mut warnings).unwrap_err();
    assert!(
        error.to_string().contains("messages[0].content[1]"),
        "{error}"
    );
}

#[test]
fn what_the_body_cannot_carry_is_refused_or_left_out_with_a_warning() {
    let mut tools = Call::new("Hi");
    tools.tools = vec![Tool::from_schema("f", json!({"type": "object"}))];
    let mut seed = Call::new("Hi");
    seed.settings.seed = Some(1);
    let mut top_k = Call::new("Hi");
    top_k.settings.top_k = Some(1);
    let mut stop = Call::new("Hi");
    stop.settings.stop = vec!["x".into()];
    let model = Model::new("bedrock", LLAMA_3);
    for (mut call, word) in [
        (tools, "Converse"),
        (seed, "a seed"),
        (top_k, "top_k"),
        (stop, "stop sequences"),
    ] {
        let error = encode(&model, &call, &mut Vec::new()).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Unsupported);
        assert!(error.to_string().contains(word), "{error}");
        call.lossy = true;
        let mut warnings = Vec::new();
        let body = encode(&model, &call, &mut warnings).unwrap();
        assert_eq!(body.as_object().unwrap().len(), 1);
        assert_eq!(warnings.len(), 1);
    }
}

#[test]
fn a_generation_that_is_not_known_is_told() {
    for (id, start) in [
        ("meta.llama5-1t-v1:0", "<|begin_of_text|><|header_start|>"),
        ("my-tuned-model", "<|begin_of_text|><|start_header_id|>"),
    ] {
        let mut warnings = Vec::new();
        let model = Model::new("bedrock", id);
        let body = encode(&model, &Call::new("Hi"), &mut warnings).unwrap();
        assert!(body["prompt"].as_str().unwrap().starts_with(start));
        assert_eq!(warnings[0].code, "template_guessed");
    }
    let mut warnings = Vec::new();
    let tuned = Model::new("bedrock", "my-tuned-model").base_model("meta.llama4-scout-17b-v1:0");
    encode(&tuned, &Call::new("Hi"), &mut warnings).unwrap();
    assert_eq!(warnings, []);
}

#[test]
fn llama_2_cannot_begin_with_the_assistant() {
    let call = Call::new(vec![assistant("Hello"), user("Hi")]);
    let model = Model::new("bedrock", LLAMA_2);
    let error = encode(&model, &call, &mut Vec::new()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidRequest);
    assert!(prompt(LLAMA_3, &call).contains("Hello<|eot_id|>"));
}
