//! The environment of a client that is to meet an emulator.

use crate::{ACCESS_KEY_ID, ANTHROPIC_API_KEY, OPENAI_API_KEY, SECRET_ACCESS_KEY};

/// What [`Emulator::variables`](crate::Emulator::variables) gives, for an emulator at this address that need not run.
pub fn variables(endpoint: &str) -> Vec<(&'static str, String)> {
    vec![
        ("AWS_ENDPOINT_URL_BEDROCK_RUNTIME", endpoint.to_owned()),
        ("AWS_ENDPOINT_URL_BEDROCK_MANTLE", endpoint.to_owned()),
        ("AWS_ENDPOINT_URL_BEDROCK", endpoint.to_owned()),
        ("AWS_ACCESS_KEY_ID", ACCESS_KEY_ID.to_owned()),
        ("AWS_SECRET_ACCESS_KEY", SECRET_ACCESS_KEY.to_owned()),
        ("OPENAI_BASE_URL", format!("{endpoint}/v1")),
        ("OPENAI_API_KEY", OPENAI_API_KEY.to_owned()),
        ("REQLLM_OPENAI_API", "auto".to_owned()),
        ("ANTHROPIC_BASE_URL", endpoint.to_owned()),
        ("ANTHROPIC_API_KEY", ANTHROPIC_API_KEY.to_owned()),
    ]
}
