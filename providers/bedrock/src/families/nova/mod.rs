//! Amazon Nova 1 and 2: through Converse, and natively in a body that is nearly the same.

mod profile;
mod request;
mod stream;

use reqllm_core::{Call, Fold, Model, Result, Warning};
use serde_json::Value;

use self::profile::{LINES, PROFILE};
use crate::converse;
use reqllm_dialects::StreamCodec;

use crate::family::{Codec, Family};
use crate::profile::{Profile, line};

#[derive(Debug)]
pub(super) struct Nova;

impl Family for Nova {
    fn name(&self) -> &'static str {
        "nova"
    }

    fn prefixes(&self) -> &'static [&'static str] {
        &["amazon.nova"]
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

impl Codec for Nova {
    fn encode(&self, model: &Model, call: &Call, warnings: &mut Vec<Warning>) -> Result<Value> {
        request::encode(model, call, self.profile(), warnings)
    }

    fn answer(&self, body: &[u8], fold: &mut Fold) -> Result<()> {
        converse::read(body, fold)
    }

    fn stream(&self) -> Box<dyn StreamCodec> {
        Box::<stream::NovaStream>::default()
    }

    fn by_default(&self) -> bool {
        false
    }
}
