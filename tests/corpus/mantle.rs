//! The library's side of `bedrock-mantle`: its provider behind that door, which speaks the form of the recording.

use reqllm::bedrock::{Api, Endpoint, Options};
use reqllm::{Call, Capability, Delivery, Model, Provider as _, ProviderOptions, Result};
use serde_json::{Map, Value};

use crate::decode;
use crate::recording::Recording;
use crate::wire::{Dialect, Wire};

/// The options that lead to the door of a recording, if it is one of `bedrock-mantle`.
pub(crate) fn options(recording: &Recording) -> Option<ProviderOptions> {
    let (Wire::Mantle(dialect) | Wire::MantleStream(dialect)) = recording.wire else {
        return None;
    };
    Some(at_door(dialect))
}

fn at_door(dialect: Dialect) -> ProviderOptions {
    let api = match dialect {
        Dialect::ChatCompletions => Api::Chat,
        Dialect::Responses => Api::Responses,
    };
    let options = Options::new().endpoint(Endpoint::Mantle).api(api);
    options.stream_inside(false).into()
}

/// The body that the library makes of a call. `thinks` says whether the model does: no registry is asked here.
pub(crate) fn encode(
    recording: &Recording,
    dialect: Dialect,
    call: &Call,
    thinks: bool,
) -> Result<Map<String, Value>> {
    let mut model: Model = decode::model(recording);
    model.capabilities = model.capabilities.with(Capability::Reasoning, thinks);
    let mut call = call.clone();
    call.options.merge(at_door(dialect));
    let bedrock = decode::bedrock();
    let exchange = bedrock.prepare(&model, &call, Delivery::Whole)?;
    Ok(serde_json::from_slice(&exchange.request.into_body()).expect("a JSON object"))
}
