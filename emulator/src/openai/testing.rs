//! Requests to OpenAI's surfaces without a socket, for the tests of the rooms.

use std::sync::Mutex;

use http::{Method, Request};
use serde_json::Value;

use super::{Door, Shelf, Visit};
use crate::brain::tokens::PromptCache;
use crate::record::Authentication;
use crate::reply::{Reply, ReplyBody};

/// A house that remembers what it was asked.
#[derive(Default)]
pub(super) struct Desk {
    cache: Mutex<PromptCache>,
    shelf: Mutex<Shelf>,
    bedrock: bool,
}

impl Desk {
    /// One to which somebody comes with a Bedrock API key.
    pub(super) fn bedrock() -> Self {
        Self {
            bedrock: true,
            ..Self::default()
        }
    }

    pub(super) fn send(&self, method: &Method, path: &str, body: &Value) -> Reply {
        let request = Request::builder().method(method).uri(path).body(());
        let (head, ()) = request.unwrap().into_parts();
        let door = Door::of(path, &head.headers).unwrap();
        let caller = if self.bedrock {
            Authentication::ApiKey
        } else {
            Authentication::VendorKey
        };
        door.answer(&Visit {
            head: &head,
            body: body.to_string().as_bytes(),
            caller: &caller,
            cache: &self.cache,
            shelf: &self.shelf,
        })
    }

    /// The body of an answer, and its status.
    pub(super) fn body(&self, method: &Method, path: &str, body: &Value) -> (u16, Value) {
        let reply = self.send(method, path, body);
        let ReplyBody::Whole(bytes) = reply.body else {
            panic!("a stream")
        };
        let value = serde_json::from_slice(&bytes).unwrap();
        (reply.status.as_u16(), value)
    }

    pub(super) fn ask(&self, path: &str, body: &Value) -> Value {
        let (status, answer) = self.body(&Method::POST, path, body);
        assert_eq!(status, 200, "{answer}");
        answer
    }

    pub(super) fn refused(&self, path: &str, body: &Value) -> (u16, Value) {
        let (status, mut answer) = self.body(&Method::POST, path, body);
        assert_ne!(status, 200, "{answer}");
        (status, answer["error"].take())
    }

    /// The events of a stream as they are on the wire.
    pub(super) fn events(&self, path: &str, body: &Value) -> Vec<String> {
        let reply = self.send(&Method::POST, path, body);
        let ReplyBody::Events(events) = reply.body else {
            panic!("no stream: {reply:?}")
        };
        let text = |event: &bytes::Bytes| String::from_utf8(event.to_vec()).unwrap();
        events.iter().map(text).collect()
    }
}

/// The data of an event, if it is JSON.
pub(super) fn data(event: &str) -> Option<Value> {
    let line = event.lines().find_map(|line| line.strip_prefix("data: "))?;
    serde_json::from_str(line).ok()
}

/// One question to a house that is new.
pub(super) fn ask(path: &str, body: &Value) -> Value {
    Desk::default().ask(path, body)
}

/// One question that is refused: the status, and what the error says.
pub(super) fn refused(path: &str, body: &Value) -> (u16, Value) {
    Desk::default().refused(path, body)
}
