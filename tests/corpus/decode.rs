//! The library's side of conversations: its provider, fed with recorded bytes and no socket.

use bytes::Bytes;
use reqllm::bedrock::{Bedrock, Options};
use reqllm::{
    Call, Delivery, Environment, Error, Event, Exchange, Fold, Model, Provider as _, Response, user,
};
use serde_json::{Value, json};

use crate::mantle;
use crate::reading::{Reading, comparable};
use crate::recording::Recording;
use crate::wire::{self, Native, Wire};

/// What the library makes of a recording: the events, and the response or the error.
pub(crate) struct Outcome {
    pub(crate) events: Vec<Event>,
    pub(crate) result: Result<Response, Error>,
}

/// A provider that sees nothing of this machine.
pub(crate) fn bedrock() -> Bedrock {
    Bedrock::builder().environment(Environment::empty()).build()
}

/// The model of a recording, as a user of the library would name it.
pub(crate) fn model(recording: &Recording) -> Model {
    let mut model = Model::new("bedrock", recording.model.as_str());
    if let Some(base) = wire::behind(&recording.model) {
        model.base_model = Some(base.to_owned());
    }
    match recording.wire {
        // Nobody's id, so nobody's body: any family will do to read that there is no such model.
        Wire::Invoke(Native::NoModel) | Wire::InvokeStream(Native::NoModel) => {
            model.family("claude")
        }
        _ => model,
    }
}

/// The request that the library makes of a call for the operation of a recording.
pub(crate) fn exchange(recording: &Recording, mut call: Call) -> Result<Exchange, Error> {
    let native = matches!(recording.wire, Wire::Invoke(_) | Wire::InvokeStream(_));
    let delivery = match recording.wire.streams() {
        true => Delivery::Stream,
        false => Delivery::Whole,
    };
    // The operation is the recording's, however long the answer may be.
    let mut options = mantle::options(recording).unwrap_or_else(|| {
        Options::new()
            .use_converse(!native)
            .stream_inside(false)
            .into()
    });
    options.merge(std::mem::take(&mut call.options));
    call.options = options;
    bedrock().prepare(&model(recording), &call, delivery)
}

/// The head of a recorded answer.
pub(crate) fn head(recording: &Recording) -> http::response::Parts {
    let mut head = http::Response::builder().status(recording.status);
    for (name, value) in recording.replay_headers() {
        head = head.header(name, value);
    }
    let (head, ()) = head.body(()).expect("recorded headers").into_parts();
    head
}

/// Feeds the recorded answer to the library in these pieces.
pub(crate) fn decode<'a>(
    recording: &Recording,
    pieces: impl IntoIterator<Item = &'a [u8]>,
) -> Outcome {
    let exchange = exchange(recording, Call::new(user("hi")));
    let answer = exchange.expect("a plain call").answer;
    let head = head(recording);
    let mut fold = Fold::new(reqllm::Identity::default()).listened();
    let result = (|| {
        if !head.status.is_success() {
            let body: Vec<u8> = pieces.into_iter().flatten().copied().collect();
            return Err(answer.refuse(&head, &body));
        }
        let mut reader = answer.open(&head)?;
        let read = pieces
            .into_iter()
            .try_for_each(|piece| reader.read(Bytes::copy_from_slice(piece), &mut fold))
            .and_then(|()| reader.end(&mut fold));
        if read.is_err() {
            reader.abandon(&mut fold);
        }
        read
    })();
    let response = match result {
        Ok(()) => fold.finish(),
        Err(_) => fold.abandon(),
    };
    let events = std::iter::from_fn(|| fold.next_event()).collect();
    let result = match result {
        Ok(()) => Ok(response),
        Err(error) => Err(error.with_partial(response)),
    };
    Outcome { events, result }
}

/// A form that the library does not speak must be an error, and no answer that says nothing.
pub(crate) fn refuses(recording: &Recording) -> Result<(), String> {
    let outcome = decode(recording, [recording.response_body.as_slice()]);
    match outcome.result {
        Err(_) => Ok(()),
        Ok(response) => Err(format!("read as {}", json!(response))),
    }
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
        equal(count, &usage[count], wanted)?;
    }
    // Nova's streams have an empty trace even where nobody asked for one.
    if expected.trace.as_object().is_some_and(|it| !it.is_empty()) {
        let trace = json!(response.provider_metadata.get("trace"));
        equal("trace", &trace, &expected.trace)?;
    }
    let finish_reason = json!(response.finish_reason);
    equal(
        "finish_reason",
        &finish_reason,
        &expected.finish_reason.into(),
    )?;
    match (error, &expected.error) {
        (None, None) if expected.events_complete => Ok(()),
        (None, None) => {
            Err("the stream is not complete, and the library did not say so".to_owned())
        }
        (Some(_), None) if !expected.events_complete => Ok(()),
        (Some(error), None) => Err(format!("unexpected error {error}")),
        (None, Some(wanted)) => Err(format!("no error, wanted {wanted}")),
        (Some(error), Some(wanted)) => same_error(error, wanted),
    }
}

/// Compares an error with its independent reading, which has null for what the bytes do not say.
pub(crate) fn same_error(error: &Error, wanted: &Value) -> Result<(), String> {
    equal("kind", &json!(error.kind().as_str()), &wanted["kind"])?;
    if !wanted["code"].is_null() {
        equal("code", &json!(error.code()), &wanted["code"])?;
    }
    if !wanted["status"].is_null() {
        equal("status", &json!(error.status()), &wanted["status"])?;
    }
    let message = wanted["message"].as_str().unwrap_or_default();
    // Behind AWS's words the library may say what to do.
    match error.message().starts_with(message) {
        true => Ok(()),
        false => Err(format!("message {:?}, wanted {message:?}", error.message())),
    }
}

pub(crate) fn equal(what: &str, ours: &Value, wanted: &Value) -> Result<(), String> {
    match ours == wanted {
        true => Ok(()),
        false => Err(format!("{what}\n  ours   {ours}\n  wanted {wanted}")),
    }
}

/// Streams up to this length are cut in two at each of their bytes. The work grows with the square of the length.
const CUT_IN_TWO: usize = 4096;

/// How long the pieces of a longer stream are. Every byte is the end of a piece in one of as many runs.
const PIECE: usize = 61;

/// Cuts a stream at every byte, and into single bytes, and into the pieces in which it came.
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
    if body.len() <= CUT_IN_TWO {
        for at in 0..=body.len() {
            let (before, after) = body.split_at(at);
            check(&format!("cut at {at}"), &mut [before, after].into_iter());
        }
    } else {
        for first in 0..PIECE {
            let (before, after) = body.split_at(first);
            let mut pieces = std::iter::once(before).chain(after.chunks(PIECE));
            check(&format!("cut at {first} and each {PIECE}"), &mut pieces);
        }
    }
    check("single bytes", &mut body.chunks(1));
    if let Some(chunks) = &recording.chunks {
        check("as it came", &mut chunks.iter().map(Vec::as_slice));
    }
}
