//! What the tests share: clients that see the emulator and nothing of this machine.

#![allow(dead_code, reason = "each test binary uses its own part of it")]
#![allow(
    clippy::unwrap_used,
    reason = "a test that cannot be set up should fail loudly"
)]

use reqllm::{Client, ClientBuilder, Environment, LanguageModel};
use reqllm_emulator::{Emulator, Fault};

pub(crate) const CLAUDE: &str = "bedrock:us.anthropic.claude-haiku-4-5-20251001-v1:0";
pub(crate) const GPT_OSS: &str = "bedrock:openai.gpt-oss-120b-1:0";

/// Converse and native, by the option that decides.
pub(crate) const ROUTES: [bool; 2] = [true, false];

/// The keys that the emulator accepts.
pub(crate) const KEYS: &[(&str, &str)] = &[
    ("AWS_ACCESS_KEY_ID", reqllm_emulator::ACCESS_KEY_ID),
    ("AWS_SECRET_ACCESS_KEY", reqllm_emulator::SECRET_ACCESS_KEY),
];

pub(crate) fn client(emulator: &Emulator) -> Client {
    client_with(emulator, KEYS)
}

pub(crate) fn client_with(emulator: &Emulator, env: &[(&str, &str)]) -> Client {
    builder(emulator, env).build().unwrap()
}

pub(crate) fn builder(emulator: &Emulator, env: &[(&str, &str)]) -> ClientBuilder {
    builder_at(&emulator.endpoint(), env)
}

pub(crate) fn builder_at(endpoint: &str, env: &[(&str, &str)]) -> ClientBuilder {
    Client::builder()
        .environment(Environment::of(env.iter().copied()))
        .endpoint_url("bedrock", endpoint)
}

/// An emulator that misbehaves, and a model of it.
pub(crate) async fn faulty(fault: Fault) -> (Emulator, LanguageModel) {
    let emulator = Emulator::start().await.unwrap();
    emulator.inject(fault);
    let model = client(&emulator).model(CLAUDE).unwrap();
    (emulator, model)
}
