//! Bodies of requests.

use std::sync::Mutex;

use bytes::Bytes;
use driver::{Prompt, Result, Wire};
use serde::Serialize;

/// The body, made now.
pub(crate) fn body(prompt: &Prompt, wire: Wire) -> Result<Bytes> {
    let body = match wire {
        Wire::Converse => serde_json::to_vec(&Converse::of(prompt))?,
        Wire::Native => serde_json::to_vec(&Claude::of(prompt))?,
    };
    Ok(body.into())
}

/// A body that is made once.
#[derive(Debug, Default)]
pub(crate) struct Made(Mutex<Option<(Wire, Bytes)>>);

impl Made {
    /// The body, made now or before.
    pub(crate) fn body(&self, prompt: &Prompt, wire: Wire) -> Result<Bytes> {
        let mut made = self.0.lock().map_err(|_| "a call panicked")?;
        match &*made {
            Some((of, body)) if *of == wire => Ok(body.clone()),
            _ => {
                let body = body(prompt, wire)?;
                *made = Some((wire, body.clone()));
                Ok(body)
            }
        }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Converse<'a> {
    system: [Text<'a>; 1],
    messages: [ConverseMessage<'a>; 1],
    inference_config: Inference,
}

#[derive(Serialize)]
struct ConverseMessage<'a> {
    role: &'a str,
    content: [Text<'a>; 1],
}

#[derive(Serialize)]
struct Text<'a> {
    text: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Inference {
    max_tokens: u32,
    temperature: f64,
}

impl<'a> Converse<'a> {
    fn of(prompt: &'a Prompt) -> Self {
        Self {
            system: [Text {
                text: &prompt.system,
            }],
            messages: [ConverseMessage {
                role: "user",
                content: [Text { text: &prompt.user }],
            }],
            inference_config: Inference {
                max_tokens: prompt.max_tokens,
                temperature: prompt.temperature,
            },
        }
    }
}

#[derive(Serialize)]
struct Claude<'a> {
    anthropic_version: &'a str,
    max_tokens: u32,
    temperature: f64,
    system: &'a str,
    messages: [ClaudeMessage<'a>; 1],
}

#[derive(Serialize)]
struct ClaudeMessage<'a> {
    role: &'a str,
    content: &'a str,
}

impl<'a> Claude<'a> {
    fn of(prompt: &'a Prompt) -> Self {
        Self {
            anthropic_version: "bedrock-2023-05-31",
            max_tokens: prompt.max_tokens,
            temperature: prompt.temperature,
            system: &prompt.system,
            messages: [ClaudeMessage {
                role: "user",
                content: &prompt.user,
            }],
        }
    }
}
