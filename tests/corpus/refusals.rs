//! What the service said when it refused, and what the library makes of it: the kind, and what to do.

use std::collections::BTreeMap;

use reqllm::{Call, Delivery, Error, Model, Provider as _, user};

use crate::decode;
use crate::recording::Recording;

/// What is in the recorded message, the kind that it has to be, and what the advice has to speak of.
const EXPECTED: &[(&str, &str, &str)] = &[
    (
        "model identifier is invalid",
        "invalid_request",
        "the id is misspelt",
    ),
    ("have access to the model", "permission", "Model access"),
    (
        "Signature expired",
        "authentication",
        "set this machine's clock",
    ),
    (
        "security token included in the request is expired",
        "authentication",
        "get new ones",
    ),
    (
        "security token included in the request is invalid",
        "authentication",
        "does not know the access key id",
    ),
    (
        "Model is getting throttled",
        "overloaded",
        "AWS has no room",
    ),
    // AWS says itself what is wrong.
    ("Malformed input request", "invalid_request", ""),
    ("Field required", "invalid_request", ""),
    ("doesn't support", "invalid_request", ""),
    (
        "does not match any of the expected tags",
        "invalid_request",
        "",
    ),
];

/// How many refusals there are of each kind, and those that are not as they should be.
pub(crate) fn check(recordings: &[Recording]) -> (BTreeMap<String, usize>, Vec<String>) {
    let (mut kinds, mut wrong) = (BTreeMap::new(), Vec::new());
    for recording in recordings.iter().filter(|recording| recording.is_error()) {
        let error = refusal(recording);
        let line = format!(
            "HTTP {}, {}: {}",
            recording.status,
            error.code().unwrap_or("no code"),
            error.kind()
        );
        *kinds.entry(line).or_default() += 1;
        if let Err(why) = is_right(recording, &error) {
            wrong.push(format!("{}: {why}: {error}", recording.id));
        }
    }
    (kinds, wrong)
}

fn refusal(recording: &Recording) -> Error {
    // Every operation reads a refusal in the same way.
    let model = Model::new("bedrock", "amazon.nova-lite-v1:0");
    let exchange = decode::bedrock().prepare(&model, &Call::new(user("hi")), Delivery::Whole);
    let answer = exchange.expect("a plain call").answer;
    answer.refuse(&decode::head(recording), &recording.response_body)
}

fn is_right(recording: &Recording, error: &Error) -> Result<(), String> {
    let message = error.message();
    let (said, advice) = message.split_once(" — ").unwrap_or((message, ""));
    let row = EXPECTED.iter().find(|(part, _, _)| said.contains(part));
    let Some((_, kind, says)) = row else {
        return Err("nobody has written down what it means".to_owned());
    };
    if error.kind().as_str() != *kind {
        return Err(format!("it is {kind}"));
    }
    if !advice.contains(says) || advice.is_empty() != says.is_empty() {
        return Err(format!("the advice has to be {says:?}"));
    }
    let retryable = recording.status == 503;
    match error.retryable() == retryable {
        true => Ok(()),
        false => Err(format!("retryable has to be {retryable}")),
    }
}
