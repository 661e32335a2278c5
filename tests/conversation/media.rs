//! Media at URLs.

use std::sync::{Arc, Mutex};

use reqllm::{
    Client, Delivery, DocumentPart, ErrorKind, FinishReason, Message, NoArguments, Part, Source,
    Tool, user,
};
use reqllm_emulator::Emulator;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use crate::common;
use crate::script::{Script, stop, text, tool};

const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01";
const PNG_BASE64: &str = "iVBORw0KGgoAAAANSUhEUgAAAAE=";

/// A server that has one thing, at every path.
struct Shelf {
    url: String,
    asked: Arc<Mutex<Vec<String>>>,
    task: JoinHandle<()>,
}

impl Shelf {
    async fn with(content_type: &str, content: &[u8]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let asked = Arc::new(Mutex::new(Vec::new()));
        let heard = Arc::clone(&asked);
        let head =
            format!("HTTP/1.1 200 OK\r\ncontent-type: {content_type}\r\nconnection: close\r\n\r\n");
        let answer = [head.as_bytes(), content].concat();
        let task = tokio::spawn(async move {
            loop {
                let (mut socket, _) = listener.accept().await.unwrap();
                let mut request = Vec::new();
                while !request.ends_with(b"\r\n\r\n")
                    && socket.read_buf(&mut request).await.unwrap() > 0
                {}
                let request = String::from_utf8(request).unwrap();
                let path = request.split(' ').nth(1).unwrap().to_owned();
                heard.lock().unwrap().push(path);
                socket.write_all(&answer).await.ok();
                socket.shutdown().await.ok();
            }
        });
        Self { url, asked, task }
    }

    fn at(&self, path: &str) -> Source {
        Source::Url(format!("{}{path}", self.url))
    }

    fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }
}

impl Drop for Shelf {
    fn drop(&mut self) {
        self.task.abort();
    }
}

fn done() -> Vec<Value> {
    vec![text("Seen."), stop(FinishReason::Stop)]
}

fn trusting() -> reqllm::ClientBuilder {
    Client::builder().allow_private_urls(true)
}

/// The parts of the first message of a request.
fn parts(request: &Value) -> &Vec<Value> {
    request["messages"][0]["content"].as_array().unwrap()
}

#[tokio::test]
async fn what_the_provider_does_not_take_is_fetched_once_and_handed_over() {
    let shelf = Shelf::with("image/jpeg", PNG).await;
    let script = Script::start([done(), done()]).await;
    let model = script.model_of(trusting());
    let message = || {
        user([
            Part::image("image/jpeg", shelf.at("/cat.jpg")),
            Part::image("image/jpeg", Source::Url("s3://bucket/cat.jpg".to_owned())),
            Part::image("image/jpeg", shelf.at("/cat.jpg")),
            "What is it?".into(),
        ])
    };
    model.chat(message()).await.unwrap();
    model
        .chat(message())
        .stream()
        .await
        .unwrap()
        .finish()
        .await
        .unwrap();
    for request in script.requests() {
        let parts = parts(&request);
        let image = json!({"type": "image", "media_type": "image/png", "data": PNG_BASE64});
        assert_eq!(parts[0], image, "the content says what it is");
        assert_eq!(parts[1]["url"], "s3://bucket/cat.jpg");
        assert_eq!(parts[2], image);
    }
    assert_eq!(shelf.asked(), ["/cat.jpg", "/cat.jpg"], "once a call");
}

#[tokio::test]
async fn by_default_this_machine_is_out_of_reach() {
    let shelf = Shelf::with("image/png", PNG).await;
    let script = Script::start([]).await;
    let model = script.model();
    let https = shelf.url.replace("http:", "https:");
    for url in [shelf.url.clone(), https] {
        let image = Part::image("image/png", Source::Url(url));
        let error = model.chat(user(image)).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidRequest, "{error}");
        assert_eq!(error.model(), Some("parrot"));
    }
    assert!(shelf.asked().is_empty());
    assert!(script.requests().is_empty());
}

#[tokio::test]
async fn what_is_of_another_kind_or_too_large_is_refused() {
    let page = Shelf::with("image/png", b"<html>Not found</html>").await;
    let script = Script::start([]).await;
    let image = Part::image("image/png", page.at("/cat.png"));
    let error = script.model_of(trusting()).chat([user("Hi"), user(image)]);
    let error = error.await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidRequest);
    let message = error.message();
    assert!(
        message.starts_with("messages[1].content[0] is an image"),
        "{error}"
    );
    let shelf = Shelf::with("image/png", PNG).await;
    let model = script.model_of(trusting().max_media_bytes(PNG.len() - 1));
    let image = Part::image("image/png", shelf.at("/cat.png"));
    let error = model.chat(user(image)).await.unwrap_err();
    assert!(error.message().contains("more than 19 bytes"), "{error}");
    assert!(script.requests().is_empty());
}

#[tokio::test]
async fn kinds_follow_what_is_wanted() {
    let table = Shelf::with("text/csv; charset=utf-8", b"a,b\n1,2\n").await;
    let sound = Shelf::with("video/mp4", b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom").await;
    let script = Script::start([done()]).await;
    let message = user([
        Part::from(DocumentPart::new("application/pdf", table.at("/table"))),
        Part::audio("audio/mpeg", sound.at("/song?x=1.png")),
    ]);
    script.model_of(trusting()).chat(message).await.unwrap();
    let requests = script.requests();
    let types: Vec<&Value> = parts(&requests[0])
        .iter()
        .map(|it| &it["media_type"])
        .collect();
    assert_eq!(types, ["text/csv", "audio/mp4"]);
}

#[tokio::test]
async fn what_the_content_leaves_open_the_caller_decides() {
    let table = b"a,b\n1,2\n";
    let zip = b"PK\x03\x04\x14\0\0\0\0\0";
    const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
    for (content, server, path, given, sent) in [
        (&table[..], "text/plain", "/export", "text/csv", "text/csv"),
        (
            table,
            "text/html",
            "/notes.txt",
            "Text/CSV; x=1",
            "text/csv",
        ),
        (table, "text/plain", "/table.csv", "image/png", "text/csv"),
        (zip, "application/zip", "/export?id=1", XLSX, XLSX),
        (
            b"%PDF-1.7",
            "text/plain",
            "/a.txt",
            "text/csv",
            "application/pdf",
        ),
    ] {
        let shelf = Shelf::with(server, content).await;
        let script = Script::start([done()]).await;
        let document = Part::from(DocumentPart::new(given, shelf.at(path)));
        let chat = script.model_of(trusting()).chat(user(document));
        chat.await.unwrap();
        assert_eq!(
            parts(&script.requests()[0])[0]["media_type"],
            sent,
            "{path}"
        );
    }
}

#[tokio::test]
async fn of_many_urls_the_first_that_fails_is_told_and_there_is_a_limit_together() {
    let shelf = Shelf::with("image/png", PNG).await;
    let script = Script::start([]).await;
    let ask = |builder: reqllm::ClientBuilder, urls: Vec<String>| {
        let images = urls
            .into_iter()
            .map(|url| Part::image("image/png", Source::Url(url)));
        script
            .model_of(builder)
            .chat(user(images.collect::<Vec<_>>()))
    };
    let many = (0..6).map(|at| format!("{}/{at}.png", shelf.url)).collect();
    let error = ask(trusting().max_media_bytes(PNG.len()), many)
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidRequest);
    assert!(
        error.message().contains("more than 100 bytes together"),
        "{error}"
    );
    // The one fails only when its time is up, the other at once.
    let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let silent = format!("http://{}/first.png", silent.local_addr().unwrap());
    let urls = vec![silent, "http://[::1]:1/second.png".to_owned()];
    let short = trusting().media_timeout(std::time::Duration::from_millis(30));
    let error = ask(short, urls).await.unwrap_err();
    assert!(error.message().contains("first.png"), "{error}");
    assert!(script.requests().is_empty());
}

#[tokio::test]
async fn bedrock_gets_bytes() {
    let shelf = Shelf::with("image/png", PNG).await;
    let emulator = Emulator::start().await.unwrap();
    let builder = common::builder(&emulator, common::KEYS).allow_private_urls(true);
    let model = builder.build().unwrap().model(common::CLAUDE).unwrap();
    for converse in common::ROUTES {
        let image = Part::image("image/png", shelf.at("/cat.png"));
        let chat = model.chat(user([image, "What is it?".into()]));
        let options = reqllm::bedrock::Options::new().use_converse(converse);
        chat.with(options).await.unwrap();
    }
    for request in emulator.requests() {
        let body = request.json().unwrap().to_string();
        assert!(
            body.contains(PNG_BASE64) && !body.contains("cat.png"),
            "{body}"
        );
    }
}

#[tokio::test]
async fn a_dry_run_fetches_nothing_and_says_so() {
    let script = Script::start([]).await;
    let url = "https://example.com/cat.png";
    let chat = script.model().chat(user(reqllm::attach(url).unwrap()));
    let error = chat.dry_run(Delivery::Whole).unwrap_err();
    assert!(error.message().contains(url), "{error}");
}

#[tokio::test]
async fn a_dry_run_of_a_count_fetches_nothing_either_and_says_so() {
    let emulator = Emulator::start().await.unwrap();
    let model = common::client(&emulator).model(common::CLAUDE).unwrap();
    let url = "https://example.com/cat.png";
    let count = model.count_tokens(user(reqllm::attach(url).unwrap()));
    let error = count.dry_run().unwrap_err();
    assert!(error.message().contains("fetches nothing"), "{error}");
}

#[tokio::test]
async fn a_dry_run_shows_no_secret_of_a_url() {
    let script = Script::start([]).await;
    for url in [
        "https://me:secret@example.com/cat.png?signature=secret#secret",
        "https://me:se/secret@example.com/cat.png",
    ] {
        let image = Part::image("image/png", Source::Url(url.to_owned()));
        let chat = script.model().chat(user(image));
        let error = chat.dry_run(Delivery::Whole).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidRequest);
        assert!(
            !format!("{error} {error:?}").contains("secret"),
            "{error:?}"
        );
    }
}

#[tokio::test]
async fn a_loop_fetches_what_its_tools_give_and_keeps_it() {
    let shelf = Shelf::with("image/png", PNG).await;
    let (seen, shown) = (shelf.at("/first.png"), shelf.at("/second.png"));
    let look = Tool::new("look", "Looks", move |_: NoArguments| {
        let image = Part::image("image/png", shown.clone());
        async move { vec![image] }
    });
    let asks = vec![tool("1", "look", json!({})), stop(FinishReason::ToolCalls)];
    let script = Script::start([asks, done()]).await;
    let chat = script
        .model_of(trusting())
        .chat(user(Part::image("image/png", seen)));
    let run = chat.tools([look]).run().await.unwrap();
    assert_eq!(shelf.asked(), ["/first.png", "/second.png"]);
    let last = &script.requests()[1];
    let result = &last["messages"][2]["content"][0]["content"][0];
    assert_eq!(result["data"], PNG_BASE64);
    let kept = |message: &Message| serde_json::to_string(message).unwrap().contains(PNG_BASE64);
    assert!(kept(&run.messages[0]) && kept(&run.messages[2]));
}
