//! From calls to requests, and from answers to responses, without a socket.

mod answers;
mod histories;
mod operations;
mod requests;

use reqllm_core::{
    Call, Delivery, Environment, Exchange, Limits, Model, Provider as _, ProviderContext,
    ProviderFacts, ReasoningControls, Result, Warning,
};
use serde_json::Value;

use crate::{Anthropic, ID};

const HAIKU: &str = "claude-haiku-4-5";
const OPUS: &str = "claude-opus-5";

pub(super) fn context(variables: &[(&str, &str)]) -> ProviderContext {
    let variables = variables.iter().copied();
    ProviderContext::new(Environment::of(variables))
}

fn anthropic() -> Anthropic {
    Anthropic::new(&context(&[("ANTHROPIC_API_KEY", "sk-ant-api-x")]))
}

/// Somebody whom the registry knows to speak the dialect.
fn minimax() -> Anthropic {
    let mut context = context(&[("MINIMAX_API_KEY", "mm-x")]);
    let mut facts = ProviderFacts::new("minimax");
    facts.base_url = Some("https://api.minimax.io/anthropic/v1".to_owned());
    facts.env = vec!["MINIMAX_API_KEY".to_owned()];
    facts.dialect = Some("anthropic".to_owned());
    context.facts = Some(facts);
    Anthropic::new(&context)
}

/// As the registry knows it.
fn model(id: &str) -> Model {
    let mut model = Model::new(ID, id);
    model.limits = Limits::new(200_000, 64_000);
    let controls = match id {
        OPUS => r#"{"effort": ["low", "medium", "high", "xhigh", "max"]}"#,
        _ => r#"{"budget": {"min": 1024}}"#,
    };
    let controls: ReasoningControls = serde_json::from_str(controls).unwrap();
    model.reasoning = controls;
    model
}

fn with_options(mut call: Call, options: Value) -> Call {
    let Value::Object(options) = options else {
        panic!("options are an object")
    };
    call.options = options.into();
    call
}

fn whole(model: &Model, call: &Call) -> Result<Exchange> {
    anthropic().prepare(model, call, Delivery::Whole)
}

fn body_of(exchange: &Exchange) -> Value {
    serde_json::from_slice(exchange.request.body()).unwrap()
}

/// The body of a call of which nothing has to be said.
fn body(id: &str, call: &Call) -> Value {
    let exchange = whole(&model(id), call).unwrap();
    assert!(exchange.warnings.is_empty(), "{:?}", exchange.warnings);
    body_of(&exchange)
}

fn codes(warnings: &[Warning]) -> Vec<&str> {
    warnings.iter().map(|it| it.code.as_str()).collect()
}

fn header<'a>(request: &'a http::Request<reqllm_core::Bytes>, name: &str) -> Option<&'a str> {
    request.headers().get(name)?.to_str().ok()
}
