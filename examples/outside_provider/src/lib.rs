//! Acme's parrots for reqllm: a provider in a crate of its own, of which no other crate knows.
//!
//! Acme is invented. `POST /say` takes `{bird, manner, talk: [[by, words]], longest, hush, stream}` and
//! gives `{words, end, heard, said}`, whole or as events that hold some of it each, or `{trouble}`.

use std::sync::Arc;

use reqllm_core::*;
use reqllm_dialects::door::{self, KeyAuth, KeyFinder, KeyHeader, Plain};
use reqllm_dialects::profile::Profile;
use reqllm_dialects::shape::{Form, Wishes, shape};
use reqllm_dialects::{Dialect, StreamCodec, answer, json};

const ID: &str = "acme";
const URL: &str = "https://api.acme.example/v1";
const KEYS: &[&str] = &["ACME_API_KEY"];

/// How it is found: by its name, in every program that has this crate in it.
static DESCRIPTOR: ProviderDescriptor = ProviderDescriptor::new(ID, build).env(KEYS).base_url(URL);
inventory::submit! { &DESCRIPTOR }

fn build(context: &ProviderContext) -> Result<Arc<dyn Provider>> {
    let url = context.endpoints.get(ID).map_or(URL, String::as_str);
    let base = door::normal(url, "the client", Plain::Loopback)?;
    let keys = KeyFinder::new(context, ID, KEYS.iter().copied());
    Ok(Arc::new(Acme { base, keys }))
}

#[derive(Debug)]
struct Acme {
    base: String,
    keys: KeyFinder,
}

impl Provider for Acme {
    fn id(&self) -> &str {
        ID
    }
    /// A call becomes a request. Parrots take words; `shape` refuses the rest, or leaves it out of a lossy call.
    fn prepare(&self, model: &Model, call: &Call, delivery: Delivery) -> Result<Exchange> {
        let auth = KeyAuth::of_call(self.keys.clone(), KeyHeader::Bearer, call)?;
        let (wishes, form, mut warnings) = (Wishes::default(), Form::new("say"), Vec::new());
        let shaped = shape(model, call, &wishes, &Profile::WORDS, &form, &mut warnings)?;
        let set = &shaped.call.settings;
        if set.temperature.or(set.top_p).is_some() || set.top_k.is_some() || set.seed.is_some() {
            call.unsupported(&model.id, "sampling settings", &mut warnings)?;
        }
        let (mut manner, mut talk) = (Vec::new(), Vec::new());
        let is_odd = |part: &Part| !matches!(part, Part::Text(_));
        for message in &shaped.call.messages {
            if message.content.iter().any(is_odd) {
                call.unsupported(&model.id, "anything but words", &mut warnings)?;
            }
            match message.role {
                Role::System => manner.push(message.text()),
                Role::Assistant => talk.push(("bird", message.text())),
                _ => talk.push(("you", message.text())),
            }
        }
        let body = serde_json::json!({
            "bird": model.sent_id(), "manner": manner.join("\n"), "talk": talk,
            "longest": set.max_tokens, "hush": set.stop, "stream": delivery == Delivery::Stream,
        });
        let body = json::write(&body, json::room_for(call))?;
        let request = door::post(&self.base, "/say", body, delivery)?;
        let route = Route::new("say", "Acme has no other");
        let answer = answer::read(Arc::new(Say), delivery);
        let mut exchange = Exchange::new(request, route, Arc::new(auth), answer);
        (exchange.delivery, exchange.warnings) = (delivery, warnings);
        exchange.expectation = shaped.expectation;
        Ok(exchange)
    }
}

#[derive(Default, serde::Deserialize)]
#[serde(default)]
struct Piece {
    words: String,
    end: Option<String>,
    heard: Option<u64>,
    said: Option<u64>,
    trouble: Option<String>,
}

/// Reads a whole answer, and each piece of a stream.
fn read(json: &[u8], fold: &mut Fold) -> Result<()> {
    let piece: Piece = json::read(json, "Acme's answer")?;
    if let Some(trouble) = piece.trouble {
        return Err(Error::new(ErrorKind::Server, trouble));
    }
    fold.text(0, piece.words);
    fold.usage(Usage::of(piece.heard, piece.said));
    if let Some(end) = piece.end {
        let reason = match end.as_str() {
            "done" | "hushed" => FinishReason::Stop,
            "longest" => FinishReason::Length,
            "wont" => FinishReason::ContentFilter,
            _ => FinishReason::Unknown,
        };
        fold.stop(reason, end);
    }
    Ok(())
}

#[derive(Debug)]
struct Say;

impl Dialect for Say {
    fn whole(&self, body: &[u8], fold: &mut Fold) -> Result<()> {
        read(body, fold)
    }
    fn stream(&self) -> Box<dyn StreamCodec> {
        Box::new(read)
    }
    fn refusal(&self, head: &http::response::Parts, body: &[u8]) -> Error {
        let piece: Piece = json::read(body, "Acme's refusal").unwrap_or_default();
        answer::by_status(head.status, piece.trouble.unwrap_or_default())
    }
}
