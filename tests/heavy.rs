//! Where requests are made: those that take long on threads that may be busy, all others on the caller's.

#![allow(
    clippy::unwrap_used,
    reason = "helpers of tests are tests, which clippy does not see"
)]

use std::sync::{Arc, Mutex};
use std::thread::{self, ThreadId};

use reqllm::{
    Bytes, Call, Chat, Client, Delivery, DocumentPart, Environment, Error, ErrorKind, Exchange,
    LanguageModel, Message, Model, ObjectSchema, Part, Provider, Result, Source, Task, TokenCount,
    tool_result, user,
};
use serde_json::json;

/// More than is made in place.
const MUCH: usize = 600_000;

/// Notes on which threads it is asked for a request, and makes none.
#[derive(Clone, Debug, Default)]
struct Noting(Arc<Mutex<Vec<ThreadId>>>);

impl Noting {
    fn note(&self) -> Error {
        self.0.lock().unwrap().push(thread::current().id());
        Error::new(ErrorKind::Overloaded, "noted")
    }

    /// Whether each of the requests, of which there is one at least, was made elsewhere; all of them were, or none.
    fn elsewhere(&self) -> bool {
        let on = std::mem::take(&mut *self.0.lock().unwrap());
        let elsewhere = on.iter().filter(|it| **it != thread::current().id());
        let elsewhere = elsewhere.count();
        assert!(!on.is_empty() && (elsewhere == 0 || elsewhere == on.len()));
        elsewhere > 0
    }
}

impl Provider for Noting {
    fn id(&self) -> &str {
        "noting"
    }

    fn prepare(&self, _: &Model, call: &Call, _: Delivery) -> Result<Exchange> {
        assert!(call.settings.seed.is_none(), "no seed is taken");
        Err(self.note())
    }

    fn count_tokens(&self, _: &Model, _: &Call) -> Result<Task<TokenCount>> {
        Err(self.note())
    }
}

fn model() -> (Noting, LanguageModel) {
    let noting = Noting::default();
    let nothing = Environment::of::<&str, &str>([]);
    let builder = Client::builder().environment(nothing);
    let client = builder.provider(noting.clone()).build().unwrap();
    (noting, client.model("noting:one").unwrap())
}

/// So many bytes of each kind that a conversation may have.
fn said(bytes: usize) -> Vec<Vec<Message>> {
    let text = || "x".repeat(bytes);
    let data = || Source::Data(Bytes::from(vec![0; bytes]));
    vec![
        vec![user(text())],
        vec![user(text()), user("x")],
        vec![user([Part::image("image/png", data())])],
        vec![user([Part::Document(DocumentPart::new(
            "application/pdf",
            data(),
        ))])],
        vec![tool_result("1", text())],
        vec![tool_result("1", json!({"a": [1, text()]}))],
    ]
}

/// Every road of a call.
async fn ask(chat: Chat) {
    let schema = ObjectSchema::new(json!({"type": "object"})).unwrap();
    let kinds = [
        chat.clone().await.unwrap_err().kind(),
        chat.clone().stream().await.unwrap_err().kind(),
        chat.clone().schema(schema).await.unwrap_err().kind(),
        chat.count_tokens().send().await.unwrap_err().kind(),
    ];
    assert_eq!(kinds, [ErrorKind::Overloaded; 4]);
}

#[tokio::test]
async fn a_heavy_call_is_put_into_a_request_on_another_thread_and_no_other_is() {
    let (noting, model) = model();
    let falling_back = model.clone().or("noting:two").unwrap();
    for model in [model, falling_back] {
        for (bytes, elsewhere) in [(MUCH, true), (MUCH / 10, false)] {
            for messages in said(bytes) {
                ask(model.chat(messages.clone())).await;
                assert_eq!(
                    noting.elsewhere(),
                    elsewhere,
                    "{bytes} {:?}",
                    messages[0].role
                );
            }
        }
        // Much of it is much as well.
        ask(model.chat(vec![user("x".repeat(MUCH / 10)); 11])).await;
        assert!(noting.elsewhere());
    }
}

#[tokio::test]
async fn a_panic_on_the_other_thread_is_the_callers() {
    let (_, model) = model();
    for bytes in [1, MUCH] {
        let chat = model.chat("x".repeat(bytes)).seed(1);
        let failed = tokio::spawn(chat.send()).await.unwrap_err();
        let said = failed.into_panic().downcast::<&str>().unwrap();
        assert_eq!(*said, "no seed is taken", "{bytes}");
    }
}
