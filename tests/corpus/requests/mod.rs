//! Recorded requests, and whether the library makes the same of what a user would have written.
//!
//! A recorded body is turned into the library's contract, or refused with what the contract cannot say; the library makes
//! a body of that; and both bodies are compared in one spelling. Where the library rightly sends something else, a table
//! says why.

mod call;
mod chat;
mod claude;
mod converse;
mod justified;
mod mantle;
mod nova;
mod operations;
mod texts;

use serde_json::Value;

use crate::normal::{normalise, sorted};
use crate::recording::Recording;
use crate::wire::{Native, Wire};

/// How the library's request and the recorded one compare.
#[derive(Debug)]
pub(crate) enum Produced {
    /// The same.
    Same,
    /// The same but for the prompt, which follows no template of the library's.
    RawPrompt,
    /// The contract cannot say what was recorded, for this reason.
    Inexpressible(String),
    /// Another, and rightly so for this reason.
    Justified(&'static str),
    /// Another.
    Differs(String),
}

/// What the two bodies are in one spelling, and whether the prompts were left out of it.
struct Pair {
    ours: Value,
    recorded: Value,
    raw_prompt: bool,
}

/// Makes the request of a recording again. None where its recorder kept none.
pub(crate) fn produce(recording: &Recording) -> Option<Produced> {
    let body = recording.request_body.as_deref()?;
    if recording.wire == Wire::InferenceProfile {
        return None;
    }
    let Ok(recorded) = serde_json::from_slice(body) else {
        return Some(inexpressible("the body is not JSON"));
    };
    Some(match pair(recording, recorded) {
        Ok(pair) => judge(recording, pair),
        Err(Unmade::Inexpressible(what)) => inexpressible(&what),
        Err(Unmade::Refused(error)) => match justified::why(&recording.id) {
            Some(reason) => Produced::Justified(reason),
            None => Produced::Differs(format!("the library refuses it: {error}")),
        },
    })
}

fn inexpressible(what: &str) -> Produced {
    match justified::why_inexpressible(what) {
        Some(why) => Produced::Inexpressible(format!("{what} ({why})")),
        None => Produced::Differs(format!(
            "nobody has said why the contract cannot say: {what}"
        )),
    }
}

fn judge(recording: &Recording, pair: Pair) -> Produced {
    match (pair.ours == pair.recorded, justified::why(&recording.id)) {
        (true, None) if pair.raw_prompt => Produced::RawPrompt,
        (true, None) => Produced::Same,
        (true, Some(_)) => {
            Produced::Differs("is the same, and stands among the differences".to_owned())
        }
        (false, Some(reason)) => Produced::Justified(reason),
        (false, None) => Produced::Differs(format!(
            "\n  ours     {}\n  recorded {}",
            pair.ours, pair.recorded
        )),
    }
}

/// Why there are no two bodies to compare.
enum Unmade {
    Inexpressible(String),
    /// By the library, with its words.
    Refused(String),
}

impl From<String> for Unmade {
    fn from(reason: String) -> Self {
        Self::Inexpressible(reason)
    }
}

fn pair(recording: &Recording, recorded: Value) -> Result<Pair, Unmade> {
    let encode = |contract: &Value| call::encode(recording, contract).map_err(Unmade::Refused);
    let plain = |ours, recorded| Pair {
        ours,
        recorded,
        raw_prompt: false,
    };
    match recording.wire {
        Wire::Converse | Wire::ConverseStream => {
            let ours = encode(&converse::contract(&recorded)?)?;
            Ok(plain(normalise(ours), normalise(recorded)))
        }
        Wire::Invoke(native) | Wire::InvokeStream(native) => match native {
            Native::Claude | Native::NoModel => {
                let ours = encode(&claude::contract(&recorded)?)?;
                Ok(plain(claude::normalise(ours), claude::normalise(recorded)))
            }
            Native::Nova => {
                let ours = encode(&nova::contract(&recorded)?)?;
                Ok(plain(nova::normalise(ours), nova::normalise(recorded)))
            }
            Native::Mistral if recorded.get("messages").is_some() => {
                let ours = encode(&chat::contract(&recorded)?)?;
                Ok(plain(sorted(ours), sorted(recorded)))
            }
            _ => {
                let read = texts::contract(native, &recording.model, &recorded)?;
                let ours = encode(&read.contract)?;
                let prompt = (!read.templated).then_some(read.prompt);
                Ok(Pair {
                    ours: texts::normalise(native, ours, prompt),
                    recorded: texts::normalise(native, recorded, prompt),
                    raw_prompt: prompt.is_some(),
                })
            }
        },
        Wire::Mantle(dialect) | Wire::MantleStream(dialect) => {
            let (ours, recorded) = mantle::pair(recording, dialect, recorded)?;
            Ok(plain(ours, recorded))
        }
        _ => {
            let ours = operations::produce(recording, &recorded)?;
            Ok(plain(
                ours.map_err(Unmade::Refused)?,
                operations::normalise(recorded),
            ))
        }
    }
}
