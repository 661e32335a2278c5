//! A server, or a proxy, that notes what it is asked.

use std::future::pending;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Barrier, watch};
use tokio::task::JoinHandle;
use tokio::time::sleep;

/// On 127.0.0.1, until it is dropped; it keeps connections alive.
pub(super) struct Server {
    pub(super) address: SocketAddr,
    shared: Arc<Shared>,
    task: JoinHandle<()>,
}

struct Shared {
    answer: &'static str,
    asked: Mutex<Vec<String>>,
    accepted: Mutex<usize>,
    open: watch::Sender<usize>,
    barrier: Mutex<Arc<Barrier>>,
    closes: AtomicBool,
    hangs_up: Mutex<Option<Duration>>,
}

impl Server {
    /// One that says hello.
    pub(super) async fn start() -> Self {
        Self::that_says("HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhello").await
    }

    pub(super) async fn that_says(answer: &'static str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let shared = Arc::new(Shared {
            answer,
            asked: Mutex::default(),
            accepted: Mutex::default(),
            open: watch::Sender::new(0),
            barrier: Mutex::new(Arc::new(Barrier::new(1))),
            closes: AtomicBool::new(false),
            hangs_up: Mutex::default(),
        });
        let serving = Arc::clone(&shared);
        let task = tokio::spawn(async move {
            loop {
                let (socket, _) = listener.accept().await.unwrap();
                *lock(&serving.accepted) += 1;
                serving.open.send_modify(|open| *open += 1);
                let serving = Arc::clone(&serving);
                tokio::spawn(async move {
                    serving.serve(socket).await;
                    serving.open.send_modify(|open| *open -= 1);
                });
            }
        });
        Self {
            address,
            shared,
            task,
        }
    }

    pub(super) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// The heads of the requests.
    pub(super) fn asked(&self) -> Vec<String> {
        lock(&self.shared.asked).clone()
    }

    pub(super) fn accepted(&self) -> usize {
        *lock(&self.shared.accepted)
    }

    /// From now on nobody is answered before so many are there.
    pub(super) fn hold_until(&self, requests: usize) {
        *lock(&self.shared.barrier) = Arc::new(Barrier::new(requests));
    }

    /// From now on it closes a connection after an answer that has promised nothing of the kind.
    pub(super) fn close_after_answers(&self) {
        self.shared.closes.store(true, Ordering::Relaxed);
    }

    /// From now on it closes a connection that has served before when a request has come on it, and says nothing. Before that it
    /// works for a while: on a clock that the test has stopped, for as long as the test says.
    pub(super) fn hang_up_on_later_requests(&self, after: Duration) {
        *lock(&self.shared.hangs_up) = Some(after);
    }

    /// Waits until so many connections are open.
    pub(super) async fn until_open(&self, connections: usize) {
        let mut open = self.shared.open.subscribe();
        open.wait_for(|open| *open == connections).await.unwrap();
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Shared {
    async fn serve(&self, mut socket: TcpStream) {
        for answered in 0.. {
            let mut head = Vec::new();
            while !head.ends_with(b"\r\n\r\n") {
                match socket.read_u8().await {
                    Ok(byte) => head.push(byte),
                    Err(_) => return,
                }
            }
            lock(&self.asked).push(String::from_utf8(head).unwrap());
            let hangs_up = *lock(&self.hangs_up);
            if let Some(after) = hangs_up.filter(|_| answered > 0) {
                sleep(after).await;
                return;
            }
            let barrier = Arc::clone(&lock(&self.barrier));
            barrier.wait().await;
            if self.answer.is_empty() {
                pending::<()>().await;
            }
            if socket.write_all(self.answer.as_bytes()).await.is_err() {
                return;
            }
            if self.closes.load(Ordering::Relaxed) && socket.shutdown().await.is_err() {
                return;
            }
        }
    }
}

fn lock<T>(it: &Mutex<T>) -> MutexGuard<'_, T> {
    it.lock().unwrap()
}
