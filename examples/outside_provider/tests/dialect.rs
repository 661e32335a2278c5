//! The same provider, if Acme spoke the Chat Completions form: the dialect's own reader and writer, and what is Acme's.

use std::sync::Arc;

use reqllm::{Client, Environment};
use reqllm_core::*;
use reqllm_dialects::chat_completions::{self, ChatStream, Quirks};
use reqllm_dialects::door::{self, KeyAuth, KeyFinder, KeyHeader};
use reqllm_dialects::profile::Profile;
use reqllm_dialects::shape::{Form, Wishes, shape};
use reqllm_dialects::{Dialect, StreamCodec, answer, json};

/// What Acme does in its own way.
const QUIRKS: Quirks = Quirks {
    name: "Acme",
    stop: true,
    seed: true,
    ..Quirks::BASE
};

#[derive(Debug)]
struct Chat;

impl Dialect for Chat {
    fn whole(&self, body: &[u8], fold: &mut Fold) -> Result<()> {
        chat_completions::read(&QUIRKS, body, fold)
    }
    fn stream(&self) -> Box<dyn StreamCodec> {
        Box::new(ChatStream::new(&QUIRKS))
    }
    fn refusal(&self, head: &http::response::Parts, body: &[u8]) -> Error {
        chat_completions::refusal(head, body)
    }
}

#[derive(Debug)]
struct Acme(KeyFinder);

impl Provider for Acme {
    fn id(&self) -> &str {
        "acme-chat"
    }
    fn prepare(&self, model: &Model, call: &Call, delivery: Delivery) -> Result<Exchange> {
        let auth = KeyAuth::of_call(self.0.clone(), KeyHeader::Bearer, call)?;
        let (wishes, form, mut warnings) = (Wishes::default(), Form::new("chat"), Vec::new());
        let shaped = shape(model, call, &wishes, &Profile::WORDS, &form, &mut warnings)?;
        let mut body = chat_completions::encode(&QUIRKS, model, &shaped.call, &mut warnings)?;
        body.insert("model".to_owned(), model.sent_id().into());
        if delivery == Delivery::Stream {
            chat_completions::ask_for_stream(&QUIRKS, &mut body);
        }
        let body = json::write(&body, json::room_for(call))?;
        let request = door::post(
            "https://acme.example/v1",
            "/chat/completions",
            body,
            delivery,
        )?;
        let route = Route::new("chat", "Acme has no other");
        let answer = answer::read(Arc::new(Chat), delivery);
        let mut exchange = Exchange::new(request, route, Arc::new(auth), answer);
        exchange.delivery = delivery;
        exchange.warnings = warnings;
        exchange.expectation = shaped.expectation;
        Ok(exchange)
    }
}

#[test]
fn a_call_is_written_in_the_form() {
    let keys = KeyFinder::new(
        &ProviderContext::new(Environment::empty()),
        "acme-chat",
        ["ACME_API_KEY"],
    );
    let client = Client::builder().provider(Acme(keys)).build().unwrap();
    let chat = client
        .model("acme-chat:parrot")
        .unwrap()
        .chat([system("Be brief."), user("Hi")]);
    let sent = chat
        .clone()
        .seed(7)
        .stop(["x"])
        .dry_run(Delivery::Stream)
        .unwrap();
    let expected = serde_json::json!({
        "messages": [
            {"role": "system", "content": "Be brief."},
            {"role": "user", "content": "Hi"},
        ],
        "stop": ["x"], "seed": 7, "model": "parrot", "stream": true,
    });
    assert_eq!(sent.body, expected);
    let refused = chat.top_k(3).dry_run(Delivery::Whole).unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::Unsupported, "{refused}");
}

#[test]
fn answers_are_read_in_the_form() {
    let mut fold = Fold::new(Identity::default());
    let whole =
        br#"{"choices": [{"index": 0, "message": {"content": "Hello"}, "finish_reason": "stop"}]}"#;
    Chat.whole(whole, &mut fold).unwrap();
    assert_eq!(fold.finish().text(), "Hello");

    let mut fold = Fold::new(Identity::default());
    let mut stream = Chat.stream();
    for piece in [
        r#"{"choices": [{"index": 0, "delta": {"content": "Hel"}}]}"#,
        r#"{"choices": [{"index": 0, "delta": {"content": "lo"}, "finish_reason": "stop"}]}"#,
    ] {
        stream.chunk(piece.as_bytes(), &mut fold).unwrap();
    }
    assert_eq!(stream.missing(&fold), None);
    assert_eq!(fold.finish().text(), "Hello");
}
