//! The emulator's own endpoints, under `/_emulator/`.

use http::{Method, StatusCode};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::credentials::CredentialRules;
use crate::fault::Fault;
use crate::record::Recorded;
use crate::reply::Reply;
use crate::server::{MAX_OFFSET, Shared};
use crate::time;

pub(crate) const PREFIX: &str = "/_emulator/";

/// Most faults that may wait; more would be a mistake of a script.
pub(crate) const MAX_FAULTS: usize = 10_000;

#[derive(Deserialize)]
#[serde(untagged)]
enum Faults {
    Many(Vec<Value>),
    One(Value),
}

pub(crate) fn answer(shared: &Shared, method: &Method, path: &str, body: &[u8]) -> Reply {
    match (method, path.strip_prefix(PREFIX).unwrap_or_default()) {
        (&Method::GET, "health") => Reply::json(StatusCode::OK, &json!({"status": "ok"})),
        (&Method::GET, "load") => Reply::json(StatusCode::OK, &shared.load()),
        (&Method::GET, "requests") => {
            let requests: Vec<Value> = shared.requests().iter().map(Recorded::to_json).collect();
            Reply::json(StatusCode::OK, &requests)
        }
        (&Method::POST, "faults") => match read(body) {
            Ok(faults) => {
                let count = faults.len();
                for fault in faults {
                    shared.inject(fault);
                }
                Reply::json(StatusCode::OK, &json!({"queued": count}))
            }
            Err(error) => refused(&error),
        },
        (&Method::DELETE, "faults") => Reply::json(
            StatusCode::OK,
            &json!({"forgotten": shared.forget_faults()}),
        ),
        (&Method::GET, "credentials") => {
            Reply::json(StatusCode::OK, &shared.desk().to_json(shared.now()))
        }
        (&Method::PUT, "credentials") => match serde_json::from_slice::<CredentialRules>(body) {
            Ok(rules) => {
                shared.desk().rules = rules;
                Reply::json(StatusCode::OK, &shared.desk().to_json(shared.now()))
            }
            Err(error) => refused(&error),
        },
        (&Method::DELETE, "credentials") => {
            let revoked = shared.desk().ledger.revoke(shared.now());
            Reply::json(StatusCode::OK, &json!({"revoked": revoked}))
        }
        (&Method::GET, "clock") => told(shared),
        (&Method::POST, "clock") => match serde_json::from_slice::<Hand>(body) {
            Ok(hand) => {
                let from = hand.offset_seconds.unwrap_or_else(|| shared.offset());
                let offset = from.saturating_add(hand.advance_seconds);
                if offset.unsigned_abs() > MAX_OFFSET.unsigned_abs() {
                    let message = format!(
                        "the clock would be off by {offset} seconds; at most {MAX_OFFSET} either way would do"
                    );
                    return Reply::json(StatusCode::BAD_REQUEST, &json!({ "message": message }));
                }
                shared.set_offset(offset);
                told(shared)
            }
            Err(error) => refused(&error),
        },
        _ => Reply::json(
            StatusCode::NOT_FOUND,
            &json!({"message": "no such control endpoint"}),
        ),
    }
}

/// How the clock is moved: first to an offset from the time it was started with, then further.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Hand {
    offset_seconds: Option<i64>,
    #[serde(default)]
    advance_seconds: i64,
}

fn told(shared: &Shared) -> Reply {
    let told = json!({"now": time::iso(shared.now()), "offset_seconds": shared.offset()});
    Reply::json(StatusCode::OK, &told)
}

fn refused(error: &serde_json::Error) -> Reply {
    Reply::json(
        StatusCode::BAD_REQUEST,
        &json!({"message": error.to_string()}),
    )
}

/// One fault or a list. Each is read on its own, so that an error says what is wrong with it.
fn read(body: &[u8]) -> serde_json::Result<Vec<Fault>> {
    let values = match serde_json::from_slice(body)? {
        Faults::Many(values) => values,
        Faults::One(value) => vec![value],
    };
    values.into_iter().map(Fault::deserialize).collect()
}
