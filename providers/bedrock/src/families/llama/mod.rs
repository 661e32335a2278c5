//! Meta Llama 2, 3 and 4: natively one prompt, in the template of the generation.
//!
//! Converse is what the models are best spoken to through: there they have tools, and AWS writes the template.

mod answer;
mod profile;
mod request;
mod template;

use reqllm_core::{Call, Fold, Model, Result, Warning};
use serde_json::Value;

use self::profile::{LINES, PROFILE};
use reqllm_dialects::StreamCodec;

use crate::family::{Codec, Family};
use crate::profile::{Profile, line};

#[derive(Debug)]
pub(super) struct Llama;

impl Family for Llama {
    fn name(&self) -> &'static str {
        "llama"
    }

    fn prefixes(&self) -> &'static [&'static str] {
        &["meta.llama"]
    }

    fn profile(&self) -> &'static Profile {
        &PROFILE
    }

    fn profile_of(&self, id: &str) -> &'static Profile {
        line(LINES, id).unwrap_or(&PROFILE)
    }

    fn codec(&self) -> Option<&dyn Codec> {
        Some(self)
    }
}

impl Codec for Llama {
    fn encode(&self, model: &Model, call: &Call, warnings: &mut Vec<Warning>) -> Result<Value> {
        request::encode(model, call, warnings)
    }

    fn answer(&self, body: &[u8], fold: &mut Fold) -> Result<()> {
        answer::read(body, fold)
    }

    fn stream(&self) -> Box<dyn StreamCodec> {
        Box::new(answer::chunk)
    }

    fn by_default(&self) -> bool {
        false
    }
}
