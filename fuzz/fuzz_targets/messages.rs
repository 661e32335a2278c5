//! Any text as the messages, the tools and the schema that callers and the command line write as JSON: refused, or read and
//! written again as the same, and prepared for each form of request or refused by a message.

#![no_main]

use libfuzzer_sys::fuzz_target;
use reqllm_core::{Call, Delivery, Message, Model, ObjectSchema, Part, Provider, Tool};
use reqllm_fuzz::BEDROCK;
use serde_json::Value;

const MODELS: &[&str] = &[
    "anthropic.claude-3-haiku-20240307-v1:0",
    "openai.gpt-oss-120b-1:0",
    "cohere.command-r-v1:0",
    "amazon.nova-pro-v1:0",
    "mistral.mistral-7b-instruct-v0:2",
    "meta.llama3-8b-instruct-v1:0",
];

fuzz_target!(|json: &str| {
    if let Ok(part) = serde_json::from_str::<Part>(json) {
        let written = serde_json::to_value(&part).expect("a part is JSON");
        let again: Part = serde_json::from_value(written).expect("and can be read again");
        assert_eq!(again, part);
    }
    if let Ok(messages) = serde_json::from_str::<Vec<Message>>(json) {
        let written = serde_json::to_value(&messages).expect("messages are JSON");
        let again: Vec<Message> = serde_json::from_value(written).expect("and can be read again");
        assert_eq!(again, messages);
        prepare(&mut Call::new(messages));
    }
    if let Ok(tools) = serde_json::from_str::<Vec<Tool>>(json) {
        let mut call = Call::new("Hi");
        call.tools = tools;
        prepare(&mut call);
    }
    if let Ok(schema) = serde_json::from_str::<Value>(json)
        && let Ok(schema) = ObjectSchema::new(schema)
    {
        let mut call = Call::new("Hi");
        call.object = Some(schema);
        prepare(&mut call);
    }
});

fn prepare(call: &mut Call) {
    for (lossy, converse) in [(false, true), (true, true), (false, false), (true, false)] {
        call.lossy = lossy;
        call.options.set("use_converse", converse);
        call.options.set("region", "us-east-1");
        for id in MODELS {
            let model = Model::new("bedrock", *id);
            match BEDROCK.prepare(&model, call, Delivery::Stream) {
                Ok(exchange) => {
                    let body = exchange.request.body();
                    serde_json::from_slice::<&serde_json::value::RawValue>(body)
                        .expect("a body is JSON");
                }
                Err(error) => assert!(!error.message().is_empty()),
            }
        }
    }
}
