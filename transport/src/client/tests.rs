//! The default client, and what is between it and a server.

mod proxies;
#[cfg(any(feature = "aws-lc-rs", feature = "ring"))]
mod secure;
mod server;

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use http::Request;
use http::header::{ACCEPT, AUTHORIZATION, USER_AGENT};
use http_body_util::{Full, StreamBody};

use self::server::Server;
use super::*;

fn get(url: impl AsRef<str>) -> Request<Bytes> {
    Request::get(url.as_ref()).body(Bytes::new()).unwrap()
}

#[cfg(not(any(feature = "aws-lc-rs", feature = "ring")))]
#[tokio::test]
async fn without_tls_the_feature_that_brings_it_is_named_and_http_is_spoken() {
    let client = HyperClient::new();
    let answer = client.execute(get("https://127.0.0.1:9/")).await;
    let error = answer.unwrap_err();
    assert!(error.is_setup(), "{error:?}");
    assert!(error.to_string().contains("feature `ring`"), "{error}");
    let server = Server::start().await;
    let answer = client.execute(get(server.url("/"))).await.unwrap();
    assert_eq!(text(answer).await, "hello");
}

/// Every name is on this machine.
fn everywhere() -> Names {
    Names::by(Arc::new(|_| {
        Box::pin(async { Ok(vec![SocketAddr::from(([127, 0, 0, 1], 0))]) })
    }))
}

async fn text(answer: http::Response<Body>) -> String {
    let body = answer.into_body().read(1 << 20).await.unwrap().unwrap();
    String::from_utf8(body.to_vec()).unwrap()
}

#[tokio::test]
async fn a_request_says_who_asks_unless_it_says_so_itself() {
    let server = Server::start().await;
    let client = HyperClient::new();
    let answer = client.execute(get(server.url("/a?b=%3A"))).await.unwrap();
    assert_eq!(text(answer).await, "hello");
    let mut request = get(server.url("/"));
    let mine = http::HeaderValue::from_static("mine/1");
    request.headers_mut().insert(USER_AGENT, mine);
    let json = http::HeaderValue::from_static("application/json");
    request.headers_mut().insert(ACCEPT, json);
    client.execute(request).await.unwrap();
    let asked = server.asked();
    assert!(
        asked[0].starts_with("GET /a?b=%3A HTTP/1.1\r\n"),
        "{asked:?}"
    );
    let ours = concat!("user-agent: reqllm/", env!("CARGO_PKG_VERSION"), "\r\n");
    assert!(asked[0].contains(ours), "{asked:?}");
    assert!(asked[0].contains("accept: */*\r\n"), "{asked:?}");
    assert!(asked[1].contains("user-agent: mine/1\r\n"), "{asked:?}");
    assert!(
        asked[1].contains("accept: application/json\r\n"),
        "{asked:?}"
    );
    assert!(!asked[1].contains("*/*"), "{asked:?}");
    assert!(!asked[1].contains("reqllm"), "{asked:?}");
}

#[tokio::test]
async fn the_user_of_a_url_is_told_to_the_server_and_to_nobody_else() {
    let server = Server::start().await;
    let url = server.url("/").replace("//", "//me:p%40w@");
    let client = HyperClient::new();
    client.execute(get(&url)).await.unwrap();
    let mut request = get(&url);
    let bearer = http::HeaderValue::from_static("Bearer x");
    request.headers_mut().insert(AUTHORIZATION, bearer);
    client.execute(request).await.unwrap();
    let asked = server.asked();
    assert!(
        asked[0].contains("authorization: Basic bWU6cEB3\r\n"),
        "{asked:?}"
    );
    assert!(asked[0].contains("host: 127.0.0.1:"), "{asked:?}");
    assert!(asked[0].starts_with("GET / HTTP"), "{asked:?}");
    assert!(
        asked[1].contains("authorization: Bearer x\r\n"),
        "{asked:?}"
    );
    assert!(!asked[1].contains("Basic"), "{asked:?}");
}

#[tokio::test]
async fn what_is_no_address_is_refused_before_anything_is_sent() {
    for uri in ["/path", "ftp://me:secret@127.0.0.1/"] {
        let error = HyperClient::new().execute(get(uri)).await.unwrap_err();
        assert!(error.is_setup() && !error.is_connect(), "{error}");
        assert!(error.to_string().contains("https://"), "{error}");
        assert!(!format!("{error:?}").contains("secret"), "{error:?}");
    }
}

#[tokio::test]
async fn where_nobody_is_no_connection_comes_about() {
    let gone = Server::start().await.url("/?token=secret");
    let error = HyperClient::new().execute(get(gone)).await.unwrap_err();
    assert!(error.is_connect() && !error.is_timeout(), "{error:?}");
    assert!(!format!("{error:?}").contains("secret"), "{error:?}");
    // A name that is not found is not looked for anywhere else.
    let mut settings = Settings::direct(Names::by(Arc::new(|_| {
        Box::pin(async { Err(io::Error::other("no such name").into()) })
    })));
    settings.connect_timeout = Duration::from_secs(5);
    let error = HyperClient::of(settings).execute(get("http://a.example/"));
    let error = error.await.unwrap_err();
    assert!(error.is_connect(), "{error:?}");
    assert_eq!(innermost(&error).to_string(), "no such name");
}

#[tokio::test]
async fn a_name_that_is_looked_up_for_too_long_is_no_connection_in_time() {
    let names = Names::by(Arc::new(|_| Box::pin(std::future::pending())));
    let mut settings = Settings::direct(names);
    settings.connect_timeout = Duration::from_millis(20);
    let error = HyperClient::of(settings).execute(get("http://a.example/"));
    let error = error.await.unwrap_err();
    assert!(error.is_connect() && error.is_timeout(), "{error:?}");
    assert_eq!(innermost(&error).to_string(), "no connection within 20ms");
}

/// Sends so many requests at once, and reads their answers.
async fn burst(client: &HyperClient, server: &Server, requests: usize) {
    server.hold_until(requests);
    let each = (0..requests).map(|_| {
        let client = client.clone();
        let url = server.url("/");
        tokio::spawn(async move { text(client.execute(get(url)).await.unwrap()).await })
    });
    for answer in each.collect::<Vec<_>>() {
        assert_eq!(answer.await.unwrap(), "hello");
    }
}

#[tokio::test]
async fn as_many_connections_are_kept_as_may_be() {
    for (limit, kept) in [(None, 3), (Some(1), 1), (Some(0), 0)] {
        let server = Server::start().await;
        let mut builder = HyperClient::builder();
        if let Some(limit) = limit {
            builder = builder.max_idle_per_host(limit);
        }
        let client = builder.build().unwrap();
        burst(&client, &server, 3).await;
        assert_eq!(server.accepted(), 3, "{limit:?}");
        server.until_open(kept).await;
        burst(&client, &server, 3).await;
        assert_eq!(server.accepted(), 6 - kept, "{limit:?}");
    }
}

/// That hyper has noticed is certain here. Whether a request meets a connection before that is a race, and no test's.
#[tokio::test]
async fn on_a_connection_that_the_server_closed_nothing_goes_out() {
    let server = Server::start().await;
    server.close_after_answers();
    let client = HyperClient::new();
    for requests in 1..=3 {
        let answer = client.execute(get(server.url("/"))).await.unwrap();
        assert_eq!(text(answer).await, "hello");
        // The client has closed its side as well.
        server.until_open(0).await;
        assert_eq!(server.accepted(), requests);
        assert_eq!(server.asked().len(), requests);
    }
}

/// A server that closes what it has kept alive crosses with the next request. On a new connection the same is a failure of
/// another kind: somebody may have worked on the request.
#[tokio::test]
async fn a_connection_that_had_served_and_is_closed_on_a_request_is_told_from_a_new_one() {
    let server = Server::start().await;
    server.hang_up_on_later_requests(Duration::ZERO);
    let client = HyperClient::new();
    let answer = client.execute(get(server.url("/1"))).await.unwrap();
    assert_eq!(text(answer).await, "hello");
    let error = client.execute(get(server.url("/2"))).await.unwrap_err();
    assert!(error.is_stale(), "{error:?}");
    assert!(!error.is_connect() && !error.is_timeout(), "{error:?}");
    let answer = client.execute(get(server.url("/3"))).await.unwrap();
    assert_eq!(text(answer).await, "hello");
    assert_eq!((server.accepted(), server.asked().len()), (2, 3));

    let silent = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", silent.local_addr().unwrap());
    let closing = async {
        let (mut socket, _) = silent.accept().await.unwrap();
        let mut head = [0; 16];
        tokio::io::AsyncReadExt::read(&mut socket, &mut head)
            .await
            .unwrap();
    };
    let (error, ()) = tokio::join!(client.execute(get(url)), closing);
    assert!(!error.unwrap_err().is_stale());
}

/// Somebody who closes after a while may have worked on the request.
#[tokio::test]
async fn what_is_closed_late_is_not_taken_for_a_connection_that_was_kept_too_long() {
    let server = Server::start().await;
    server.hang_up_on_later_requests(Duration::from_secs(3));
    let client = HyperClient::new();
    let answer = client.execute(get(server.url("/1"))).await.unwrap();
    assert_eq!(text(answer).await, "hello");
    tokio::time::pause();
    let error = client.execute(get(server.url("/2"))).await.unwrap_err();
    assert!(!error.is_stale(), "{error:?}");
    assert_eq!((server.accepted(), server.asked().len()), (1, 2));
}

#[tokio::test]
async fn a_body_is_read_up_to_a_limit() {
    let pieces = |pieces: &'static [&'static str]| {
        let frames = pieces.iter().map(|it| {
            let data = Bytes::from_static(it.as_bytes());
            Ok::<_, io::Error>(http_body::Frame::data(data))
        });
        Body::new(StreamBody::new(futures_util::stream::iter(frames)))
    };
    let read = pieces(&["ab", "", "cd", "e"]).read(5).await.unwrap();
    assert_eq!(read.unwrap(), "abcde");
    assert!(pieces(&["ab", "cd"]).read(3).await.unwrap().is_none());
    let announced = Body::new(Full::new(Bytes::from_static(b"abcd")));
    assert!(announced.read(3).await.unwrap().is_none());
    assert_eq!(Body::default().read(0).await.unwrap().unwrap(), "");
    let frames = [Err::<http_body::Frame<Bytes>, _>(io::Error::from(
        io::ErrorKind::TimedOut,
    ))];
    let late = Body::new(StreamBody::new(futures_util::stream::iter(frames)));
    let error = late.read(9).await.unwrap_err();
    assert!(error.is_timeout() && !error.is_connect(), "{error:?}");
}

#[cfg(feature = "reqwest")]
#[tokio::test]
async fn a_client_of_reqwests_is_one() {
    let server = Server::start().await;
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let client: Arc<dyn HttpClient> = Arc::new(client);
    let answer = client.execute(get(server.url("/x"))).await.unwrap();
    assert_eq!(text(answer).await, "hello");
    assert!(server.asked()[0].starts_with("GET /x "));
    let gone = Server::start().await.url("/?token=secret");
    let error = client.execute(get(gone)).await.unwrap_err();
    assert!(error.is_connect() && !error.is_timeout(), "{error:?}");
    assert!(!format!("{error:?}").contains("secret"), "{error:?}");
    let error = client.execute(get("/nowhere")).await.unwrap_err();
    assert!(error.is_setup(), "{error:?}");
}
