//! The services that credentials come from, over a real socket, and how long what they give is good.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "helpers of tests are tests, which clippy does not see"
)]

#[path = "../wire/mod.rs"]
mod wire;

mod control;
mod imds;
mod sso;
mod sts;

use reqllm_emulator::Emulator;
use serde_json::Value;
use wire::sign::Signer;
use wire::{Answer, send};

/// Keys as a service gave them.
#[derive(Debug, Clone, PartialEq)]
struct Keys {
    access_key: String,
    secret_key: String,
    session_token: String,
}

impl Keys {
    /// As instance metadata and containers write them.
    fn of(body: &Value) -> Self {
        let text = |name: &str| body[name].as_str().unwrap().to_owned();
        Self {
            access_key: text("AccessKeyId"),
            secret_key: text("SecretAccessKey"),
            session_token: text("Token"),
        }
    }

    fn signer<'a>(&'a self, date: &'a str) -> Signer<'a> {
        Signer {
            access_key: &self.access_key,
            secret_key: &self.secret_key,
            session_token: Some(&self.session_token),
            date,
            ..Signer::default()
        }
    }

    /// Calls Bedrock with them.
    async fn call(&self, emulator: &Emulator, date: &str) -> Answer {
        let signer = self.signer(date);
        signer
            .send(emulator, "GET", "/foundation-models", b"")
            .await
    }
}

async fn get(emulator: &Emulator, path: &str, headers: &str) -> Answer {
    send(emulator, "GET", path, headers, b"").await.unwrap()
}

fn text(answer: &Answer) -> &str {
    std::str::from_utf8(&answer.body).unwrap()
}
