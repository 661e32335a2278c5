//! Who calls: clients that see the emulator and nothing of this machine, by what opens the door for them.

use reqllm::{Client, Environment};
use reqllm_emulator::{ANTHROPIC_API_KEY, API_KEY, Emulator, OPENAI_API_KEY};

use crate::common;

/// To Bedrock, with IAM keys.
pub(crate) fn signed(emulator: &Emulator) -> Client {
    common::client(emulator)
}

/// To Bedrock, with an API key.
pub(crate) fn with_key(emulator: &Emulator) -> Client {
    common::client_with(emulator, &[("AWS_BEARER_TOKEN_BEDROCK", API_KEY)])
}

/// The providers of Anthropic's form, which have the version in their paths.
const OF_MESSAGES: &[&str] = &["anthropic", "minimax"];

/// Those of OpenAI's form.
const OF_CHAT: &[&str] = &[
    "openai",
    "groq",
    "deepseek",
    "mistral",
    "openrouter",
    "google",
    "xai",
    "togetherai",
    "fireworks-ai",
    "ollama",
    "lmstudio",
    "vllm",
];

/// To everybody else. Servers that one runs oneself have no key.
#[expect(
    clippy::unwrap_used,
    reason = "a client that cannot be built should fail loudly"
)]
pub(crate) fn of_vendors(emulator: &Emulator) -> Client {
    let builder = Client::builder().environment(Environment::of([
        ("ANTHROPIC_API_KEY", ANTHROPIC_API_KEY),
        ("MINIMAX_API_KEY", "any"),
        ("OPENAI_API_KEY", OPENAI_API_KEY),
        ("GROQ_API_KEY", "any"),
        ("DEEPSEEK_API_KEY", "any"),
        ("MISTRAL_API_KEY", "any"),
        ("OPENROUTER_API_KEY", "any"),
        ("GOOGLE_API_KEY", "any"),
        ("XAI_API_KEY", "any"),
        ("TOGETHER_API_KEY", "any"),
        ("FIREWORKS_API_KEY", "any"),
    ]));
    let endpoint = emulator.endpoint();
    let builder = OF_MESSAGES.iter().fold(builder, |builder, id| {
        builder.endpoint_url(*id, endpoint.as_str())
    });
    let builder = OF_CHAT.iter().fold(builder, |builder, id| {
        builder.endpoint_url(*id, format!("{endpoint}/v1"))
    });
    builder.build().unwrap()
}
