use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use super::*;

/// A server on 127.0.0.1 that gives these answers, one a connection.
struct Server {
    port: u16,
    asked: Arc<Mutex<Vec<String>>>,
    task: JoinHandle<()>,
}

impl Server {
    async fn start(answers: Vec<String>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let asked = Arc::new(Mutex::new(Vec::new()));
        let heard = Arc::clone(&asked);
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
                socket.write_all(answer.as_bytes()).await.ok();
                socket.shutdown().await.ok();
            }
            std::future::pending::<()>().await;
        });
        Self { port, asked, task }
    }

    fn asked(&self) -> usize {
        self.asked.lock().unwrap().len()
    }

    fn url(&self, host: &str) -> String {
        format!("http://{host}:{}/cat.png?signature=secret", self.port)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

fn ok(body: &str) -> String {
    format!(
        "HTTP/1.1 200 OK\r\ncontent-type: Image/PNG; q=1\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    )
}

fn moved(to: &str) -> String {
    format!("HTTP/1.1 302 Found\r\nlocation: {to}\r\nconnection: close\r\n\r\n")
}

/// The first address of this machine alone: the others stand for what is forbidden.
fn first_only() -> Gate {
    Gate::of(|address| address == IpAddr::from([127, 0, 0, 1]))
}

/// Every name has these addresses.
fn at(addresses: &'static [&'static str]) -> Names {
    Names::by(Arc::new(move |_| {
        let parsed = addresses.iter().map(|it| it.parse().unwrap());
        let found = parsed.map(|it| SocketAddr::new(it, 0)).collect();
        Box::pin(async move { Ok(found) })
    }))
}

fn fetcher(gate: Gate, names: Names) -> Fetcher {
    let policy = FetchPolicy {
        max_bytes: 10,
        ..FetchPolicy::default()
    };
    Fetcher::with(policy, gate, names)
}

#[tokio::test]
async fn what_is_there_is_fetched_from_the_address_that_was_looked_at() {
    let server = Server::start(vec![ok("a picture")]).await;
    let fetcher = fetcher(first_only(), at(&["127.0.0.1"]));
    let fetched = fetcher.get(&server.url("cdn.example"), None).await.unwrap();
    assert_eq!(fetched.bytes, "a picture");
    assert_eq!(fetched.media_type.as_deref(), Some("image/png"));
    let request = server.asked.lock().unwrap()[0].to_ascii_lowercase();
    assert!(request.contains("\r\nhost: cdn.example:"), "{request}");
}

#[tokio::test]
async fn a_name_with_one_forbidden_address_is_refused() {
    let server = Server::start(vec![ok("a picture")]).await;
    let mixed = fetcher(first_only(), at(&["127.0.0.1", "10.0.0.1"]));
    let error = mixed
        .get(&server.url("cdn.example"), None)
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidRequest);
    assert!(
        error.message().contains("cdn.example is at 10.0.0.1"),
        "{error}"
    );
    assert!(!error.to_string().contains("secret"), "{error}");
    assert_eq!(server.asked(), 0);
}

#[tokio::test]
async fn by_default_only_the_public_internet_is_reached() {
    let server = Server::start(vec![ok("a picture")]).await;
    let public = Fetcher::new(FetchPolicy::default());
    for host in [
        "127.0.0.1",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "2130706433",
        "0x7f.1",
        "169.254.169.254",
    ] {
        let url = format!("https://{host}:{}/", server.port);
        let error = public.get(&url, None).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidRequest, "{error}");
        assert!(error.message().contains("public Internet"), "{error}");
    }
    let named = Fetcher::with(FetchPolicy::default(), Gate::public(), at(&["192.168.0.7"]));
    let error = named.get("https://cdn.example/", None).await.unwrap_err();
    assert!(
        error.message().contains("cdn.example is at 192.168.0.7"),
        "{error}"
    );
    let plain = public.get("http://example.com/", None).await.unwrap_err();
    assert!(plain.message().contains("https: would do"), "{plain}");
    assert_eq!(server.asked(), 0);
}

#[tokio::test]
async fn private_addresses_are_reached_when_allowed() {
    let server = Server::start(vec![ok("a picture")]).await;
    let policy = FetchPolicy {
        allow_private: true,
        ..FetchPolicy::default()
    };
    let fetched = Fetcher::new(policy)
        .get(&server.url("127.0.0.1"), None)
        .await;
    assert_eq!(fetched.unwrap().bytes, "a picture");
}

#[tokio::test]
async fn redirects_are_followed_and_each_is_looked_at() {
    let server = Server::start(vec![moved("/other"), ok("there")]).await;
    let here = fetcher(first_only(), at(&["127.0.0.1"]));
    let fetched = here.get(&server.url("cdn.example"), None).await.unwrap();
    assert_eq!(fetched.bytes, "there");
    for to in [
        "http://127.0.0.2/",
        "http://169.254.169.254/latest/meta-data/",
        "http://[::1]/",
        "ftp://127.0.0.1/",
        "file:///etc/passwd",
    ] {
        let server = Server::start(vec![moved(to)]).await;
        let error = here.get(&server.url("127.0.0.1"), None).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidRequest, "{to}: {error}");
    }
    let server = Server::start(vec![moved("/again"); 10]).await;
    let error = here.get(&server.url("127.0.0.1"), None).await.unwrap_err();
    assert!(error.message().contains("more than 5 times"), "{error}");
    assert_eq!(server.asked(), 6);
}

#[tokio::test]
async fn too_much_is_refused_whether_or_not_it_is_announced() {
    let announced = ok("eleven byte");
    let unannounced = "HTTP/1.1 200 OK\r\nconnection: close\r\n\r\neleven byte".to_owned();
    for answer in [announced, unannounced] {
        let server = Server::start(vec![answer]).await;
        let here = fetcher(first_only(), at(&[]));
        let error = here.get(&server.url("127.0.0.1"), None).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidRequest);
        assert!(error.message().contains("more than 10 bytes"), "{error}");
    }
}

#[tokio::test]
async fn refusals_breaks_and_silence_are_told_apart() {
    let here = || fetcher(first_only(), at(&[]));
    for (status, kind) in [
        ("404 Not Found", ErrorKind::InvalidRequest),
        ("503 Service Unavailable", ErrorKind::Transport),
        ("302 Found", ErrorKind::InvalidRequest),
    ] {
        let answer = format!("HTTP/1.1 {status}\r\nconnection: close\r\n\r\n");
        let server = Server::start(vec![answer]).await;
        let error = here()
            .get(&server.url("127.0.0.1"), None)
            .await
            .unwrap_err();
        assert_eq!(error.kind(), kind, "{error}");
        assert!(error.message().contains(&status[..3]), "{error}");
    }
    let server = Server::start(vec![
        "HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nhalf".to_owned(),
    ]);
    let error = here()
        .get(&server.await.url("127.0.0.1"), None)
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Transport);
    let nowhere = here().get("not a url", None).await.unwrap_err();
    assert_eq!(nowhere.kind(), ErrorKind::InvalidRequest);
    // It takes the connection and says nothing.
    let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", silent.local_addr().unwrap());
    let error = here()
        .get(&url, Some(Duration::from_millis(30)))
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Timeout);
}

#[tokio::test]
async fn all_together_have_the_time_and_the_room_of_one_call() {
    let server = Server::start(vec![ok("a picture"), ok("a picture")]).await;
    let here = fetcher(first_only(), at(&[]));
    let mut bounds = here.bounds(None);
    bounds.bytes_left = AtomicUsize::new(10);
    let url = server.url("127.0.0.1");
    let first = here.get_within(&url, &bounds).await.unwrap();
    assert_eq!(first.bytes, "a picture");
    let error = here.get_within(&url, &bounds).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidRequest);
    assert!(
        error.message().contains("more than 50 bytes together"),
        "{error}"
    );
    // Those before it have used up the time.
    let hour = Duration::from_secs(3600);
    bounds.begun = bounds.begun.checked_sub(hour).unwrap();
    let error = here.get_within(&url, &bounds).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Timeout);
    assert!(!error.to_string().contains("secret"), "{error}");
}
