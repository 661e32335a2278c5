//! The same provider, if Acme spoke the Chat Completions form: the dialect's own reader and writer, and what is Acme's.

use std::sync::Arc;

use reqllm::{Client, Environment};
use reqllm_core::*;
use reqllm_dialects::chat_completions::{self, ChatStream, Quirks};
use reqllm_dialects::door::{self, KeyAuth, KeyFinder, KeyHeader};
use reqllm_dialects::profile::{Kinds, Profile, ToolIds};
use reqllm_dialects::shape::{Form, Wishes, shape};
use reqllm_dialects::{Dialect, StreamCodec, answer, json};

/// What Acme does in its own way.
const QUIRKS: Quirks = Quirks {
    name: "Acme",
    stop: true,
    seed: true,
    images: true,
    one_tool: true,
    ..Quirks::BASE
};

/// What Acme's models take: words, images and tools.
const PROFILE: Profile = Profile {
    tools: true,
    tool_ids: ToolIds::Forty,
    takes: Kinds::IMAGE,
    inside_tool_result: Kinds::NONE,
    ..Profile::WORDS
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
        let shaped = shape(model, call, &wishes, &PROFILE, &form, &mut warnings)?;
        let mut body = chat_completions::encode(&QUIRKS, model, &shaped.call, &mut warnings)?;
        body.set_model(model.sent_id());
        if delivery == Delivery::Stream {
            body.ask_for_stream();
        }
        let body = body.write(json::room_for(call))?;
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

fn model() -> reqllm::LanguageModel {
    let keys = KeyFinder::new(
        &ProviderContext::new(Environment::empty()),
        "acme-chat",
        ["ACME_API_KEY"],
    );
    let client = Client::builder().provider(Acme(keys)).build().unwrap();
    client.model("acme-chat:parrot").unwrap()
}

#[test]
fn a_call_is_written_in_the_form() {
    let chat = model().chat([system("Be brief."), user("Hi")]);
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
fn tools_and_images_are_written_and_a_tool_call_is_read() {
    // A tool call of the model's, its result and a picture go out …
    let parameters =
        serde_json::json!({"type": "object", "properties": {"city": {"type": "string"}}});
    let weather = Tool::from_schema("weather", parameters.clone());
    let arguments = serde_json::json!({"city": "Lyon"});
    let asked = assistant(Part::from(ToolCallPart::new(
        "c1",
        "weather",
        arguments.clone(),
    )));
    let png = Part::image("image/png", Source::Data(b"\x89PNG"[..].into()));
    let talk = [
        user("Weather?"),
        asked,
        tool_result("c1", "rain"),
        user(png),
    ];
    let chat = model()
        .chat(talk)
        .tools([weather])
        .tool_choice(ToolChoice::Required);
    let sent = chat.dry_run(Delivery::Whole).unwrap();
    let body = &sent.body;
    let function = serde_json::json!({"name": "weather", "parameters": parameters});
    assert_eq!(body["tools"][0]["function"], function);
    assert_eq!(body["tool_choice"], "required");
    assert_eq!(body["messages"][1]["tool_calls"][0]["id"], "c1");
    assert_eq!(body["messages"][2]["tool_call_id"], "c1");
    assert_eq!(body["messages"][3]["content"][0]["type"], "image_url");
    // Nothing was left out; all there is to say is that nobody knows the model.
    let codes: Vec<&str> = sent.warnings.iter().map(|it| &*it.code).collect();
    assert_eq!(codes, ["unregistered_model"]);

    // … and one comes in.
    let mut fold = Fold::new(Identity::default());
    let whole = br#"{"choices": [{"index": 0, "finish_reason": "tool_calls", "message": {"tool_calls": [
        {"id": "c2", "type": "function", "function": {"name": "weather", "arguments": "{\"city\": \"Lyon\"}"}}]}}]}"#;
    Chat.whole(whole, &mut fold).unwrap();
    let response = fold.finish();
    let call = response.tool_calls().next().unwrap();
    assert_eq!((&*call.id, &*call.name), ("c2", "weather"));
    assert_eq!(call.arguments, arguments);
    assert_eq!(response.finish_reason, FinishReason::ToolCalls);
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
