//! Calls through the other doors, dry: where they go, what they say, and how the answers are read.

mod answers;
mod options;
mod places;
mod requests;
mod routes;

use std::time::SystemTime;

use bytes::Bytes;
use http::Request;
use reqllm_core::{
    Call, Clock, Delivery, Environment, Error, ErrorKind, Exchange, Model, Provider as _, Result,
};
use serde_json::{Value, json};

use crate::Bedrock;
use crate::options::{Api, Endpoint, Options};

fn model(id: &str) -> Model {
    Model::new("bedrock", id)
}

fn bedrock(variables: &[(&str, &str)]) -> Bedrock {
    // Nothing outside of the test is asked.
    let off = [("AWS_EC2_METADATA_DISABLED", "true")];
    let env = Environment::of(variables.iter().copied().chain(off));
    Bedrock::builder().environment(env).build()
}

fn call(options: Options) -> Call {
    let mut call = Call::new("hi");
    call.options = options.into();
    call
}

fn prepare(id: &str, options: Options) -> Result<Exchange> {
    bedrock(&[]).prepare(&model(id), &call(options), Delivery::Whole)
}

fn refused(id: &str, options: Options) -> Error {
    prepare(id, options).unwrap_err()
}

fn mantle() -> Options {
    Options::new().endpoint(Endpoint::Mantle)
}

fn body(exchange: &Exchange) -> Value {
    serde_json::from_slice(exchange.request.body()).unwrap()
}

/// The request as it is sent.
fn sent(exchange: &Exchange) -> Result<Request<Bytes>> {
    let mut request = exchange.request.clone();
    let clock = Clock::fixed(SystemTime::UNIX_EPOCH);
    let mut runtime = tokio::runtime::Builder::new_current_thread();
    let runtime = runtime.enable_time().build().unwrap();
    runtime.block_on(exchange.authorizer.authorize(&mut request, &clock))?;
    Ok(request)
}

fn header(request: &Request<Bytes>, name: &str) -> Option<String> {
    let value = request.headers().get(name)?;
    Some(value.to_str().unwrap().to_owned())
}
