//! Acme, as far as tests need it: a parrot that says again what it heard.
//!
//! `cargo run --example parrot` serves on loopback and says where.

use std::io;

use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};

/// The key that opens.
pub const KEY: &str = "a-cracker";

#[tokio::main]
async fn main() -> io::Result<()> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    println!("http://{}", listener.local_addr()?);
    serve(listener).await
}

/// Answers until nobody listens to it any more.
pub async fn serve(listener: TcpListener) -> io::Result<()> {
    loop {
        let (socket, _) = listener.accept().await?;
        tokio::spawn(answer(socket));
    }
}

/// One request, one answer, and good bye.
async fn answer(socket: TcpStream) -> io::Result<()> {
    let mut socket = BufReader::new(socket);
    let (mut line, mut length, mut key) = (String::new(), 0, String::new());
    while socket.read_line(&mut line).await? > 2 {
        let (name, value) = line.split_once(": ").unwrap_or_default();
        match name.to_ascii_lowercase().as_str() {
            "content-length" => length = value.trim().parse().unwrap_or_default(),
            "authorization" => value.trim().clone_into(&mut key),
            _ => {}
        }
        line.clear();
    }
    let mut body = vec![0; length];
    socket.read_exact(&mut body).await?;
    let asked: Value = serde_json::from_slice(&body)?;
    let (status, kind, text) = match key == format!("Bearer {KEY}") {
        false => (
            "401 Unauthorized",
            "application/json",
            json!({"trouble": "no cracker"}).to_string(),
        ),
        true if asked["stream"] == true => ("200 OK", "text/event-stream", events(&say(&asked))),
        true => ("200 OK", "application/json", say(&asked).to_string()),
    };
    let head = format!(
        "content-type: {kind}\r\ncontent-length: {}\r\nx-request-id: squawk-1",
        text.len()
    );
    let answer = format!("HTTP/1.1 {status}\r\n{head}\r\nconnection: close\r\n\r\n{text}");
    socket.write_all(answer.as_bytes()).await?;
    socket.shutdown().await
}

/// What the parrot makes of it.
fn say(asked: &Value) -> Value {
    let manner = asked["manner"].as_str().unwrap_or_default();
    let talk = asked["talk"].as_array().into_iter().flatten();
    let words = talk.filter_map(|turn| turn[1].as_str());
    let heard: Vec<&str> = std::iter::once(manner)
        .chain(words)
        .filter(|words| !words.is_empty())
        .collect();
    let heard = heard.join(" / ");
    let (mut said, mut end) = match manner.find("{\"") {
        // An object is asked for by its schema.
        Some(at) => (object(&manner[at..]).to_string(), "done"),
        None if heard.contains("emptyanswer") => (String::new(), "done"),
        None if heard.contains("refuseme") => ("A parrot has its pride.".to_owned(), "wont"),
        None => (format!("You say: {heard}"), "done"),
    };
    for hush in asked["hush"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
    {
        if let Some(at) = said.find(hush) {
            said.truncate(at);
            end = "hushed";
        }
    }
    let longest = asked["longest"].as_u64().unwrap_or(u64::MAX) as usize;
    if said.split_inclusive(' ').count() > longest {
        said = said.split_inclusive(' ').take(longest).collect();
        end = "longest";
    }
    let (heard, count) = (heard.split(' ').count(), said.split_inclusive(' ').count());
    json!({"words": said, "end": end, "heard": heard, "said": count})
}

/// The smallest object of a schema, which stands at the front of a text.
fn object(text: &str) -> Value {
    let mut values = serde_json::Deserializer::from_str(text).into_iter::<Value>();
    let schema = values.next().and_then(Result::ok).unwrap_or_default();
    let properties = schema["properties"]
        .as_object()
        .cloned()
        .unwrap_or_default();
    let smallest = properties.into_iter().map(|(name, property)| {
        let value = match property["type"].as_str() {
            Some("integer" | "number") => json!(1),
            Some("array") => json!([]),
            _ => json!("squawk"),
        };
        (name, value)
    });
    Value::Object(smallest.collect())
}

/// A word an event; the last one says how it ended.
fn events(answer: &Value) -> String {
    let words = answer["words"]
        .as_str()
        .unwrap_or_default()
        .split_inclusive(' ');
    let mut events: String = words
        .map(|word| format!("data: {}\n\n", json!({"words": word})))
        .collect();
    let mut end = answer.clone();
    end["words"] = "".into();
    events += &format!("data: {end}\n\n");
    events
}
