//! Who reads: the answers that the provider would open for calls of each family, on each route.

use std::sync::{Arc, LazyLock};

use reqllm_bedrock::{Bedrock, Options};
use reqllm_core::{Answer, Call, Delivery, Environment, Model, Provider};

/// The provider, without an environment.
pub static BEDROCK: LazyLock<Bedrock> =
    LazyLock::new(|| Bedrock::builder().environment(Environment::empty()).build());

/// One form of answer.
pub struct Subject {
    /// The model that it is of.
    pub model: &'static str,
    /// Opens readers.
    pub answer: Arc<dyn Answer>,
    /// The chunks of native streams are base64 inside of their frames.
    pub native: bool,
}

/// One model of each native form.
const NATIVE: &[&str] = &[
    "anthropic.claude-3-haiku-20240307-v1:0",
    "openai.gpt-oss-120b-1:0",
    "mistral.mistral-7b-instruct-v0:2",
    "mistral.mistral-large-2402-v1:0",
    "mistral.mistral-large-2407-v1:0",
    "meta.llama3-8b-instruct-v1:0",
    "cohere.command-r-v1:0",
    "cohere.command-text-v14",
    "amazon.nova-pro-v1:0",
    "amazon.titan-text-lite-v1",
];

/// Models whose profiles read Converse otherwise than others do.
const CONVERSE: &[&str] = &[
    "anthropic.claude-3-haiku-20240307-v1:0",
    "amazon.nova-pro-v1:0",
    "openai.gpt-oss-120b-1:0",
];

/// Every stream: Converse's first, then the native ones.
pub fn streams() -> &'static [Subject] {
    static STREAMS: LazyLock<Vec<Subject>> = LazyLock::new(|| {
        let converse = CONVERSE.iter().map(|model| (*model, true));
        let native = NATIVE.iter().map(|model| (*model, false));
        converse
            .chain(native)
            .map(|(model, converse)| subject(model, converse, Delivery::Stream))
            .collect()
    });
    &STREAMS
}

/// Whole answers of Converse.
pub fn whole_converse() -> &'static Subject {
    static WHOLE: LazyLock<Subject> = LazyLock::new(|| subject(CONVERSE[0], true, Delivery::Whole));
    &WHOLE
}

/// Whole answers of each native form.
pub fn native_wholes() -> &'static [Subject] {
    static WHOLES: LazyLock<Vec<Subject>> = LazyLock::new(|| {
        let subjects = NATIVE
            .iter()
            .map(|model| subject(model, false, Delivery::Whole));
        subjects.collect()
    });
    &WHOLES
}

/// The subject that a byte of the input names.
pub fn pick(subjects: &'static [Subject], byte: u8) -> &'static Subject {
    &subjects[usize::from(byte) % subjects.len()]
}

fn subject(id: &'static str, converse: bool, delivery: Delivery) -> Subject {
    let mut call = Call::new("Hi");
    call.settings.max_tokens = Some(100);
    call.options = Options::new()
        .region("us-east-1")
        .use_converse(converse)
        .into();
    let model = Model::new("bedrock", id);
    let exchange = BEDROCK.prepare(&model, &call, delivery);
    let exchange = exchange.unwrap_or_else(|error| panic!("{id}: {error}"));
    let operation = exchange.route.operation;
    assert_eq!(
        operation.starts_with("Converse"),
        converse,
        "{id}: {operation}"
    );
    Subject {
        model: id,
        answer: exchange.answer,
        native: !converse,
    }
}
