//! The calls that are disturbed, and what they are answered with when nobody disturbs them.

use std::ops::Range;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use reqllm::bedrock::{Bedrock, Options};
use reqllm::{
    Answer, Call, Chat, Client, Delivery, Environment, Model, Provider as _, Response, Tool, user,
};
use reqllm_emulator::Emulator;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use crate::common;
use crate::frames::{Frame, frames};

/// The way that a call takes to Bedrock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Route {
    Converse,
    Claude,
    GptOss,
}

/// Both ways to have an answer.
pub(crate) const DELIVERIES: [Delivery; 2] = [Delivery::Whole, Delivery::Stream];

impl Route {
    pub(crate) const ALL: [Self; 3] = [Self::Converse, Self::Claude, Self::GptOss];

    pub(crate) fn title(self) -> &'static str {
        match self {
            Self::Converse => "Converse",
            Self::Claude => "native Claude",
            Self::GptOss => "native gpt-oss",
        }
    }

    fn spec(self) -> &'static str {
        match self {
            Self::Converse | Self::Claude => common::CLAUDE,
            Self::GptOss => common::GPT_OSS,
        }
    }

    fn options(self) -> Options {
        Options::new().use_converse(self == Self::Converse)
    }

    /// The call, to whom `client` leads.
    pub(crate) fn chat(self, client: &Client) -> Chat {
        client
            .model(self.spec())
            .unwrap()
            .chat("Tell me")
            .with(self.options())
    }

    /// The same with a tool, which the model will call.
    fn chat_with_tool(self, client: &Client) -> Chat {
        let schema = json!({"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]});
        let weather = Tool::from_schema("weather", schema);
        client
            .model(self.spec())
            .unwrap()
            .chat("The weather in Lyon?")
            .tools([weather])
            .with(self.options())
    }

    /// What reads an answer on this route.
    pub(crate) fn reader(self, delivery: Delivery) -> Arc<dyn Answer> {
        let bedrock = Bedrock::builder().environment(Environment::empty()).build();
        let id = self.spec().strip_prefix("bedrock:").unwrap();
        let mut call = Call::new(user("Tell me"));
        call.options = self.options().into();
        let exchange = bedrock.prepare(&Model::new("bedrock", id), &call, delivery);
        exchange.unwrap().answer
    }

    /// What a frame of this route says, read by hand.
    fn payload(self, frame: &Frame) -> Value {
        let payload = frame.json().unwrap();
        if self == Self::Converse {
            return payload;
        }
        let bytes = STANDARD.decode(payload["bytes"].as_str().unwrap());
        serde_json::from_slice(&bytes.unwrap()).unwrap()
    }

    /// Whether a frame says no more than that an answer begins.
    fn is_silent(self, frame: &Frame) -> bool {
        let payload = self.payload(frame);
        match self {
            Self::Converse => frame.event_type() == "messageStart",
            Self::Claude => payload["type"] == "message_start",
            Self::GptOss => payload["choices"][0]["delta"]["content"] == "",
        }
    }

    /// The text that a frame brings.
    fn text(self, frame: &Frame) -> String {
        let payload = self.payload(frame);
        let text = match self {
            Self::Converse | Self::Claude => &payload["delta"]["text"],
            Self::GptOss => &payload["choices"][0]["delta"]["content"],
        };
        let text = text.as_str().unwrap_or_default();
        // gpt-oss thinks in the text, between tags, each of which is in one chunk.
        match text.starts_with("<reasoning>") {
            true => String::new(),
            false => text.to_owned(),
        }
    }
}

/// An answer that nobody has disturbed.
pub(crate) struct Truth {
    pub(crate) route: Route,
    pub(crate) delivery: Delivery,
    /// The body, byte by byte.
    pub(crate) body: Vec<u8>,
    /// Where its frames are; none if it is no stream.
    pub(crate) frames: Vec<Range<usize>>,
    /// The text that the first so many frames bring.
    texts: Vec<String>,
    silent: usize,
    /// What the library makes of it.
    pub(crate) response: Response,
}

impl Truth {
    /// What the emulator answers to the call.
    pub(crate) async fn of(route: Route, delivery: Delivery) -> Self {
        Self::told(route, delivery, Route::chat).await
    }

    /// The same, with a call of a tool in the answer.
    pub(crate) async fn with_tool(route: Route, delivery: Delivery) -> Self {
        Self::told(route, delivery, Route::chat_with_tool).await
    }

    async fn told(route: Route, delivery: Delivery, chat: fn(Route, &Client) -> Chat) -> Self {
        let emulator = Emulator::start().await.unwrap();
        let chat = chat(route, &common::client(&emulator));
        let sent = chat.dry_run(delivery).unwrap();
        let path = sent.url.strip_prefix(&emulator.endpoint()).unwrap();
        let body = post(&emulator, path, &sent.body.to_string()).await;
        let response = match delivery {
            Delivery::Stream => chat.stream().await.unwrap().finish().await.unwrap(),
            _ => chat.await.unwrap(),
        };
        let (mut ranges, mut texts, mut silent) = (Vec::new(), vec![String::new()], 0);
        if delivery == Delivery::Stream {
            let frames = frames(&body).unwrap();
            assert_eq!(frames.left_over, 0);
            let mut begin = frames.frames.iter();
            silent = begin.position(|frame| !route.is_silent(frame)).unwrap();
            for frame in &frames.frames {
                let start = ranges.last().map_or(0, |last: &Range<usize>| last.end);
                let length = u32::from_be_bytes(body[start..start + 4].try_into().unwrap());
                ranges.push(start..start + length as usize);
                let text = texts.last().unwrap().clone() + &route.text(frame);
                texts.push(text);
            }
            assert_eq!(texts.last().unwrap(), &response.text(), "{route:?}");
        }
        Self {
            route,
            delivery,
            body,
            frames: ranges,
            texts,
            silent,
            response,
        }
    }

    /// How many frames say no more than that an answer begins.
    pub(crate) fn silent(&self) -> usize {
        self.silent
    }

    /// The text of the first `count` frames.
    pub(crate) fn text_of(&self, count: usize) -> &str {
        &self.texts[count]
    }

    /// How many frames come before half of the text has come.
    pub(crate) fn middle(&self) -> usize {
        let half = self.response.text().len() / 2;
        let count = self.texts.iter().position(|text| text.len() >= half);
        count.unwrap()
    }

    /// How many bytes these frames and half of the next one have; half of a body without frames.
    pub(crate) fn bytes_into(&self, count: usize) -> usize {
        match self.frames.get(count) {
            Some(next) => next.start + next.len() / 2,
            None => self.body.len() / 2,
        }
    }
}

/// The body of the emulator's answer, over a bare connection. HTTP/1.0 has no chunks.
async fn post(emulator: &Emulator, path: &str, body: &str) -> Vec<u8> {
    let mut socket = tokio::net::TcpStream::connect(emulator.addr())
        .await
        .unwrap();
    let head = format!(
        "POST {path} HTTP/1.0\r\nauthorization: Bearer {}\r\ncontent-length: {}\r\n\r\n",
        reqllm_emulator::API_KEY,
        body.len()
    );
    socket.write_all(head.as_bytes()).await.unwrap();
    socket.write_all(body.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    socket.read_to_end(&mut answer).await.unwrap();
    assert!(answer.starts_with(b"HTTP/1.0 200 OK\r\n"));
    let end = answer.windows(4).position(|it| it == b"\r\n\r\n").unwrap();
    answer.split_off(end + 4)
}
