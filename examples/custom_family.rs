//! A model family of somebody else's, in a crate of somebody else's: ids that begin with `acme.` speak its native body.
//!
//! `cargo run --example custom_family`

mod support;
use reqllm::bedrock::{Codec, Family, FamilyEntry, StreamCodec, register_family};
use reqllm::{Call, Error, FinishReason, Fold, Model, Result, Warning};
use serde_json::{Value, json};

#[derive(Debug)]
struct Acme;
register_family!(FamilyEntry(&Acme));

impl Family for Acme {
    fn name(&self) -> &'static str {
        "acme"
    }
    fn prefixes(&self) -> &'static [&'static str] {
        &["acme."]
    }
    fn codec(&self) -> Option<&dyn Codec> {
        Some(self)
    }
}

impl Codec for Acme {
    fn encode(&self, _: &Model, call: &Call, _: &mut Vec<Warning>) -> Result<Value> {
        let texts = call.messages.iter().map(|message| message.text());
        let prompt = texts.collect::<Vec<_>>().join("\n");
        Ok(json!({"prompt": prompt, "max_tokens": call.settings.max_tokens}))
    }
    fn answer(&self, body: &[u8], fold: &mut Fold) -> Result<()> {
        read(body, fold)
    }
    fn stream(&self) -> Box<dyn StreamCodec> {
        Box::new(read)
    }
}

fn read(json: &[u8], fold: &mut Fold) -> Result<()> {
    let body: Value = serde_json::from_slice(json).map_err(|e| Error::decode(e.to_string()))?;
    fold.text(0, body["completion"].as_str().unwrap_or_default());
    if let Some(reason) = body["stop"].as_str() {
        fold.stop(FinishReason::Stop, reason);
    }
    Ok(())
}

#[tokio::main]
async fn main() -> Result<()> {
    let (client, _emulator) = support::told(r#"{"completion": "Beep!", "stop": "done"}"#).await?;
    let model = client.model("bedrock:us.acme.roadrunner-v1:0")?;
    println!("{}", model.chat("Say something.").max_tokens(9).await?);
    Ok(())
}
