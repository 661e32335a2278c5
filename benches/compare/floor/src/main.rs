//! The floor: what the same work costs bare. The environment variable `FLOOR` says how bare.
//!
//! | level | transport | request | answer |
//! | --- | --- | --- | --- |
//! | `raw` | a socket, framed by hand | made once | not read; frames of streams found, both checksums tested |
//! | `hyper` | a connection of hyper | made once | as `raw` |
//! | `reqwest` | a reqwest client | made once | as `raw` |
//! | `json` | hyper | made once | text borrowed out of typed JSON |
//! | `ideal` | hyper | serialised, hashed and signed each time, with a signing key for the day | headers read; typed, owned |
//! | `fast` | hyper | as `ideal` | as `ideal`, but plain text found by a scanner, and base64 by SIMD |
//!
//! `ideal` is a client with nothing to it: no retries, no deadlines, no pool to speak of, no other provider.

mod event;
mod frames;
mod hyper_level;
mod raw_level;
mod request;
mod reqwest_level;
mod response;
mod scan;
mod sign;

use std::process::ExitCode;

use driver::{OnText, Peer, Prompt, Result, Runtime, Wire};

use self::hyper_level::HyperClient;
use self::raw_level::RawClient;
use self::reqwest_level::ReqwestClient;

/// How bare.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Level {
    Raw,
    Hyper,
    Reqwest,
    Json,
    Ideal,
    Fast,
}

impl Level {
    fn chosen() -> Result<Self> {
        let name = std::env::var("FLOOR").unwrap_or_else(|_| "hyper".to_owned());
        Ok(match name.as_str() {
            "raw" => Self::Raw,
            "hyper" => Self::Hyper,
            "reqwest" => Self::Reqwest,
            "json" => Self::Json,
            "ideal" => Self::Ideal,
            "fast" => Self::Fast,
            _ => return Err(format!("there is no floor {name:?}").into()),
        })
    }

    /// Whether every request is made and signed anew.
    fn signs(self) -> bool {
        matches!(self, Self::Ideal | Self::Fast)
    }
}

enum Floor {
    Raw(RawClient),
    Hyper(HyperClient),
    Reqwest(ReqwestClient),
}

impl Peer for Floor {
    type Model = String;

    async fn new(endpoint: &str) -> Result<Self> {
        let address = endpoint.trim_start_matches("http://").to_owned();
        Ok(match Level::chosen()? {
            Level::Raw => Self::Raw(RawClient::new(address)),
            Level::Reqwest => Self::Reqwest(ReqwestClient::new(address)?),
            level => Self::Hyper(HyperClient::new(address, level)),
        })
    }

    fn model(&self, id: &str) -> Result<String> {
        Ok(id.to_owned())
    }

    async fn call(&self, model: &String, prompt: &Prompt, wire: Wire) -> Result<usize> {
        let operation = match wire {
            Wire::Converse => "converse",
            Wire::Native => "invoke",
        };
        let path = format!("/model/{model}/{operation}");
        match self {
            Self::Raw(client) => client.call(&path, prompt, wire).await,
            Self::Hyper(client) => client.call(&path, prompt, wire).await,
            Self::Reqwest(client) => client.call(&path, prompt, wire).await,
        }
    }

    async fn stream(
        &self,
        model: &String,
        prompt: &Prompt,
        wire: Wire,
        text: OnText<'_>,
    ) -> Result<()> {
        let operation = match wire {
            Wire::Converse => "converse-stream",
            Wire::Native => "invoke-with-response-stream",
        };
        let path = format!("/model/{model}/{operation}");
        match self {
            Self::Raw(client) => client.stream(&path, prompt, wire, text).await,
            Self::Hyper(client) => client.stream(&path, prompt, wire, text).await,
            Self::Reqwest(client) => client.stream(&path, prompt, wire, text).await,
        }
    }
}

fn main() -> ExitCode {
    driver::run::<Floor>(Runtime::Current)
}
