//! The library's side: its provider, fed with recorded bytes and no socket.

use bytes::Bytes;
use reqllm::bedrock::{Bedrock, Options};
use reqllm::{
    Call, Delivery, Environment, Error, Event, Exchange, Fold, Model, Provider as _, Response,
    Tool, ToolChoice, user,
};
use serde_json::{Map, Value, json};

use super::reading::{Reading, comparable};
use super::recording::{Recording, Wire};

/// What the library makes of a recording: the events, and the response or the error.
struct Outcome {
    events: Vec<Event>,
    result: Result<Response, Error>,
}

fn exchange(recording: &Recording, mut call: Call) -> Result<Exchange, Error> {
    let (converse, delivery) = match recording.wire {
        Wire::Converse => (true, Delivery::Whole),
        Wire::ConverseStream => (true, Delivery::Stream),
        Wire::Claude => (false, Delivery::Whole),
        Wire::ClaudeStream => (false, Delivery::Stream),
    };
    let mut options = reqllm::ProviderOptions::from(Options::new().use_converse(converse));
    options.merge(std::mem::take(&mut call.options));
    call.options = options;
    let bedrock = Bedrock::builder().environment(Environment::empty()).build();
    let mut model = Model::new("bedrock", recording.model.as_str());
    if !converse {
        // Some recordings kept no id.
        model = model.family("claude");
    }
    bedrock.prepare(&model, &call, delivery)
}

/// Feeds the recorded answer to the library in these pieces.
fn decode<'a>(recording: &Recording, pieces: impl IntoIterator<Item = &'a [u8]>) -> Outcome {
    let answer = exchange(recording, Call::new(user("hi")))
        .expect("a plain call")
        .answer;
    let mut head = http::Response::builder().status(recording.status);
    for (name, value) in recording.replay_headers() {
        head = head.header(name, value);
    }
    let (head, ()) = head.body(()).expect("recorded headers").into_parts();
    let mut fold = Fold::new(reqllm::Identity::default()).listened();
    let result = (|| {
        if !head.status.is_success() {
            let body: Vec<u8> = pieces.into_iter().flatten().copied().collect();
            return Err(answer.refuse(&head, &body));
        }
        let mut reader = answer.open(&head)?;
        for piece in pieces {
            reader.read(Bytes::copy_from_slice(piece), &mut fold)?;
        }
        reader.end(&mut fold)
    })();
    let response = fold.finish();
    let events = std::iter::from_fn(|| fold.next_event()).collect();
    let result = match result {
        Ok(()) => Ok(response),
        Err(error) => Err(error.with_partial(response)),
    };
    Outcome { events, result }
}

/// Compares what the library says of a recording with the independent reading of the same bytes.
pub(crate) fn compare(recording: &Recording, expected: &Reading) -> Result<(), String> {
    let outcome = decode(recording, [recording.response_body.as_slice()]);
    let (response, error) = match &outcome.result {
        Ok(response) => (response, None),
        Err(error) => (error.partial().expect("what had arrived"), Some(error)),
    };
    let content: Vec<Value> = response
        .message
        .content
        .iter()
        .map(|part| json!(part))
        .collect();
    equal(
        "content",
        &comparable(&content).into(),
        &comparable(&expected.content).into(),
    )?;
    equal(
        "raw_finish_reason",
        &json!(response.raw_finish_reason),
        &json!(expected.raw_finish_reason),
    )?;
    let usage = json!(response.usage);
    for (count, wanted) in expected.usage.as_object().expect("counts") {
        // Where the body has no count, the library may take one from the headers, or add one up.
        if !wanted.is_null() {
            equal(count, &usage[count], wanted)?;
        }
    }
    match (error, &expected.error) {
        (None, None) if expected.events_complete => Ok(()),
        (None, None) => {
            Err("the stream is not complete, and the library did not say so".to_owned())
        }
        (Some(_), None) if !expected.events_complete => Ok(()),
        (Some(error), None) => Err(format!("unexpected error {error}")),
        (None, Some(wanted)) => Err(format!("no error, wanted {wanted}")),
        (Some(error), Some(wanted)) => {
            if !wanted["code"].is_null() {
                equal("code", &json!(error.code()), &wanted["code"])?;
            }
            if !wanted["status"].is_null() {
                equal("status", &json!(error.status()), &wanted["status"])?;
            }
            let message = wanted["message"].as_str().unwrap_or_default();
            match error.message().starts_with(message) {
                true => Ok(()),
                false => Err(format!("message {:?}, wanted {message:?}", error.message())),
            }
        }
    }
}

fn equal(what: &str, ours: &Value, wanted: &Value) -> Result<(), String> {
    match ours == wanted {
        true => Ok(()),
        false => Err(format!("{what}\n  ours   {ours}\n  wanted {wanted}")),
    }
}

/// Cuts a stream in two at every byte, and into single bytes, and into the pieces in which it came.
pub(crate) fn cut_everywhere(recording: &Recording) {
    let body = recording.response_body.as_slice();
    let whole = decode(recording, [body]);
    let check = |what: &str, pieces: &mut dyn Iterator<Item = &[u8]>| {
        let cut = decode(recording, pieces);
        assert_eq!(cut.events, whole.events, "{}: {what}", recording.id);
        let said = |outcome: &Outcome| {
            outcome
                .result
                .as_ref()
                .map_err(|error| json!(error))
                .cloned()
        };
        assert_eq!(said(&cut), said(&whole), "{}: {what}", recording.id);
    };
    for at in 0..=body.len() {
        let (before, after) = body.split_at(at);
        check(&format!("cut at {at}"), &mut [before, after].into_iter());
    }
    check("single bytes", &mut body.chunks(1));
    if let Some(chunks) = &recording.chunks {
        check("as it came", &mut chunks.iter().map(Vec::as_slice));
    }
}

/// Why the library rightly sends something else than what was recorded.
pub(crate) fn justified(_recording: &Recording, contract: &Value) -> Option<&'static str> {
    if contract.get("schema").is_some() {
        return Some("a schema for the answer, which this library does not send yet");
    }
    None
}

/// The Converse request that the library makes of a contract.
pub(crate) fn encode(recording: &Recording, contract: &Value) -> Result<Value, String> {
    let mut call = Call::new(Vec::new());
    let read = |key: &str| contract.get(key).cloned();
    let from = |error: serde_json::Error| error.to_string();
    call.messages = serde_json::from_value(contract["messages"].clone()).map_err(from)?;
    if let Some(tools) = read("tools") {
        call.tools = serde_json::from_value::<Vec<Tool>>(tools).map_err(from)?;
    }
    call.tool_choice = read("tool_choice").map(|choice| match &choice["name"] {
        Value::String(name) => ToolChoice::Tool(name.clone()),
        _ => ToolChoice::from(choice.as_str().unwrap_or_default()),
    });
    call.settings.max_tokens = read("max_tokens")
        .and_then(|it| it.as_u64())
        .map(|it| it as u32);
    call.settings.temperature = read("temperature").and_then(|it| it.as_f64());
    call.settings.top_p = read("top_p").and_then(|it| it.as_f64());
    if let Some(stop) = read("stop") {
        call.settings.stop = serde_json::from_value(stop).map_err(from)?;
    }
    let mut options: Map<String, Value> = read("options")
        .and_then(|it| it.as_object().cloned())
        .unwrap_or_default();
    if let Some(fields) = read("additional_model_request_fields") {
        options.insert("additional_model_request_fields".to_owned(), fields);
    }
    call.options = options.into();
    let exchange = exchange(recording, call).map_err(|error| error.to_string())?;
    serde_json::from_slice(exchange.request.body()).map_err(from)
}
