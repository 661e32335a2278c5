//! Many requests side by side.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use reqllm::{Client, Environment, ErrorKind};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

use crate::common::KEYS;

/// How many requests are to run at the same time.
const WIDTH: usize = 3;

/// Answers with the number that was to be embedded, once three requests are there; the first of the three is answered
/// last.
struct Server {
    arrived: watch::Sender<usize>,
    answered: watch::Sender<usize>,
    running: AtomicUsize,
    most: AtomicUsize,
}

impl Server {
    async fn start() -> (Arc<Self>, String) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let server = Arc::new(Self {
            arrived: watch::Sender::new(0),
            answered: watch::Sender::new(0),
            running: AtomicUsize::new(0),
            most: AtomicUsize::new(0),
        });
        let shared = Arc::clone(&server);
        tokio::spawn(async move {
            while let Ok((socket, _)) = listener.accept().await {
                tokio::spawn(Arc::clone(&shared).answer(socket));
            }
        });
        (server, url)
    }

    async fn answer(self: Arc<Self>, mut socket: TcpStream) {
        let number = read(&mut socket).await;
        let running = self.running.fetch_add(1, Ordering::SeqCst) + 1;
        self.most.fetch_max(running, Ordering::SeqCst);
        let (mut arrived, mut answered) = (self.arrived.subscribe(), self.answered.subscribe());
        self.arrived.send_modify(|count| *count += 1);
        let before = number - number % WIDTH;
        let all = before + WIDTH;
        arrived.wait_for(|count| *count >= all).await.unwrap();
        if number == before {
            let others = all - 1;
            answered.wait_for(|count| *count >= others).await.unwrap();
        }
        self.running.fetch_sub(1, Ordering::SeqCst);
        let body = format!(r#"{{"embedding":[{number}],"inputTextTokenCount":1}}"#);
        let head = format!(
            "HTTP/1.1 200 OK\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
            body.len()
        );
        socket.write_all((head + &body).as_bytes()).await.unwrap();
        socket.shutdown().await.ok();
        self.answered.send_modify(|count| *count += 1);
    }
}

/// The number in the body of a request: `{"inputText":"7"}`.
async fn read(socket: &mut TcpStream) -> usize {
    let mut request = Vec::new();
    while !request.ends_with(b"\"}") {
        assert!(socket.read_buf(&mut request).await.unwrap() > 0);
    }
    let text = String::from_utf8(request).unwrap();
    let (_, number) = text.rsplit_once("\"inputText\":\"").unwrap();
    number.trim_end_matches("\"}").parse().unwrap()
}

fn client(url: &str) -> Client {
    Client::builder()
        .environment(Environment::of(KEYS.iter().copied()))
        .endpoint_url("bedrock", url)
        .build()
        .unwrap()
}

#[tokio::test]
async fn order_is_kept_whoever_answers_first_and_no_more_run_than_may() {
    let (server, url) = Server::start().await;
    let texts: Vec<String> = (0..9).map(|n| n.to_string()).collect();
    let model = client(&url).model(super::TITAN).unwrap();
    let answer = model.embed(&texts).concurrency(WIDTH).await.unwrap();
    let numbers: Vec<f32> = answer.embeddings.iter().map(|vector| vector[0]).collect();
    assert_eq!(numbers, [0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0]);
    assert_eq!(answer.usage.input_tokens, Some(9));
    assert_eq!(server.most.load(Ordering::SeqCst), WIDTH);
}

/// The first request waits for two that are never sent.
#[tokio::test]
async fn the_timeout_is_for_all_of_them() {
    let (_server, url) = Server::start().await;
    let model = client(&url).model(super::TITAN).unwrap();
    let embed = model.embed(["0", "1"]).concurrency(1);
    let error = embed.timeout(Duration::from_millis(50)).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Timeout);
    assert_eq!(error.provider(), Some("bedrock"));
}
