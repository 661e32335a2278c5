//! A server that gives the answers it was told to, one a connection, and remembers what it was asked.

use std::sync::{Arc, Mutex};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

pub(crate) struct Server {
    url: String,
    requests: Arc<Mutex<Vec<String>>>,
    task: JoinHandle<()>,
}

impl Server {
    pub(crate) async fn start(answers: Vec<Vec<u8>>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let requests = Arc::new(Mutex::new(Vec::new()));
        let heard = Arc::clone(&requests);
        let task = tokio::spawn(async move {
            for answer in answers {
                let (mut socket, _) = listener.accept().await.unwrap();
                let mut request = Vec::new();
                while !request.ends_with(b"\r\n\r\n")
                    && socket.read_buf(&mut request).await.unwrap() > 0
                {}
                heard
                    .lock()
                    .unwrap()
                    .push(String::from_utf8(request).unwrap());
                // Whoever has read enough hangs up.
                socket.write_all(&answer).await.ok();
                socket.shutdown().await.ok();
            }
        });
        Self {
            url,
            requests,
            task,
        }
    }

    /// One that takes connections and says nothing.
    pub(crate) async fn silent() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let task = tokio::spawn(async move {
            let mut open = Vec::new();
            while let Ok(connection) = listener.accept().await {
                open.push(connection);
            }
        });
        Self {
            url,
            requests: Arc::default(),
            task,
        }
    }

    pub(crate) fn url(&self) -> String {
        self.url.clone()
    }

    pub(crate) fn requests(&self) -> Vec<String> {
        self.requests.lock().unwrap().clone()
    }

    /// A header of each request.
    pub(crate) fn headers(&self, name: &str) -> Vec<Option<String>> {
        let value = |request: &String| {
            let mut lines = request.lines().filter_map(|line| line.split_once(": "));
            let (_, value) = lines.find(|(it, _)| it.eq_ignore_ascii_case(name))?;
            Some(value.to_owned())
        };
        self.requests().iter().map(value).collect()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

pub(crate) fn ok(body: &[u8]) -> Vec<u8> {
    answer("200 OK", &[], body)
}

pub(crate) fn answer(status: &str, headers: &[(&str, &str)], body: &[u8]) -> Vec<u8> {
    let mut answer = format!("HTTP/1.1 {status}\r\nconnection: close\r\n");
    for (name, value) in headers {
        answer += &format!("{name}: {value}\r\n");
    }
    if !body.is_empty() {
        answer += &format!("content-length: {}\r\n", body.len());
    }
    answer += "\r\n";
    let mut answer = answer.into_bytes();
    answer.extend_from_slice(body);
    answer
}
