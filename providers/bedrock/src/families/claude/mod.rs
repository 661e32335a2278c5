//! Anthropic Claude: through Converse, and natively in Anthropic's Messages form.

mod profile;

use bytes::Bytes;
use reqllm_core::{Call, Fold, Model, Part, Result, Source, Warning};
use serde_json::{Map, Value};

use reqllm_dialects::messages::{self, MessagesStream, Quirks};
use reqllm_dialects::{StreamCodec, media};

use self::profile::PROFILE;
use crate::family::{Codec, Family};
use crate::json;
use crate::profile::Profile;

/// Source: AWS's user guide, "Anthropic Claude Messages API".
const QUIRKS: Quirks = Quirks {
    name: "Claude's native body",
    version: Some("bedrock-2023-05-31"),
    betas: true,
    urls: false,
    otherwise: "; Converse takes more (`use_converse`)",
    ..Quirks::ANTHROPIC
};

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

    fn profile_of(&self, id: &str) -> &'static Profile {
        profile::line(id)
    }

    fn codec(&self) -> Option<&dyn Codec> {
        Some(self)
    }
}

impl Codec for Claude {
    fn encode(&self, model: &Model, call: &Call, warnings: &mut Vec<Warning>) -> Result<Value> {
        let body = self.write(model, call, &[], false, warnings)?;
        json::read(&body, "the body of a call")
    }

    fn write(
        &self,
        model: &Model,
        call: &Call,
        over: &[&Map<String, Value>],
        _streams: bool,
        warnings: &mut Vec<Warning>,
    ) -> Result<Bytes> {
        let mut body = messages::encode(&QUIRKS, model, call, warnings)?;
        over.iter().for_each(|fields| body.merge(fields));
        body.write(json::room_for(call))
    }

    fn takes(&self, part: &Part) -> bool {
        let is_s3 = |source: &Source| matches!(source, Source::Url(url) if media::is_s3(url));
        match part {
            Part::Video(_) | Part::Audio(_) => false,
            Part::Image(image) => !is_s3(&image.source),
            // Its body knows PDF and plain text; Converse converts the others.
            Part::Document(document) => {
                !is_s3(&document.source)
                    && matches!(
                        media::DOCUMENT.of_named(&document.media_type, document.name.as_deref()),
                        Ok("pdf" | "txt")
                    )
            }
            // An unknown block can only go back to where it came from; Converse blocks have no `type`.
            Part::Unknown(unknown) => unknown.raw.get("type").is_some(),
            _ => true,
        }
    }

    fn answer(&self, body: &[u8], fold: &mut Fold) -> Result<()> {
        messages::read(body, fold)
    }

    fn stream(&self) -> Box<dyn StreamCodec> {
        Box::<MessagesStream>::default()
    }
}
