//! Anthropic Claude: through Converse, and natively in Anthropic's Messages form.

mod answer;
mod request;
mod stream;

use reqllm_core::{Call, Fold, Model, Result, Warning};
use serde_json::Value;

use crate::family::{Codec, Family, Profile, StreamCodec};

/// Anthropic's Messages API reference: `top_k` is a member of the body; betas are named in `anthropic_beta`.
/// Recorded answers of Converse: `redactedContent` is the base64 of Anthropic's `data`.
const PROFILE: Profile = Profile::CAUTIOUS
    .with_top_k(&["top_k"])
    .with_anthropic_beta()
    .with_wrapped_redaction();

#[derive(Debug)]
pub(super) struct Claude;

impl Family for Claude {
    fn name(&self) -> &'static str {
        "claude"
    }

    fn prefixes(&self) -> &'static [&'static str] {
        &["anthropic."]
    }

    fn profile(&self) -> &'static Profile {
        &PROFILE
    }

    fn codec(&self) -> Option<&dyn Codec> {
        Some(self)
    }
}

impl Codec for Claude {
    fn encode(&self, model: &Model, call: &Call, warnings: &mut Vec<Warning>) -> Result<Value> {
        request::encode(model, call, warnings).map(Value::Object)
    }

    fn answer(&self, body: &[u8], fold: &mut Fold) -> Result<()> {
        answer::read(body, fold)
    }

    fn stream(&self) -> Box<dyn StreamCodec> {
        Box::<stream::ClaudeStream>::default()
    }
}
