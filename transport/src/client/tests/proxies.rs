//! Proxies, and what goes past them.

use hyper_util::client::proxy::matcher::Matcher;

use super::*;

/// A client whose every name is on this machine, with these proxies.
fn through(proxies: Matcher) -> HyperClient {
    let mut settings = Settings::direct(everywhere());
    settings.proxies = Some(proxies);
    HyperClient::of(settings)
}

fn at(proxy: &Server) -> String {
    format!("http://me:p%40w@{}", proxy.address)
}

#[tokio::test]
async fn a_proxy_passes_on_what_is_plain() {
    let proxy = Server::start().await;
    let client = through(Matcher::builder().all(at(&proxy)).build());
    let url = "http://catalogue.example/models?x=y";
    let answer = client.execute(get(url)).await.unwrap();
    assert_eq!(text(answer).await, "hello");
    let asked = &proxy.asked()[0];
    assert!(
        asked.starts_with(&format!("GET {url} HTTP/1.1\r\n")),
        "{asked}"
    );
    assert!(asked.contains("host: catalogue.example\r\n"), "{asked}");
    assert!(
        asked.contains("proxy-authorization: Basic bWU6cEB3\r\n"),
        "{asked}"
    );
}

#[tokio::test]
async fn a_proxy_leads_to_what_is_secure_and_is_told_nothing_else() {
    // It refuses, so that the tunnel ends there.
    let proxy = Server::that_says("HTTP/1.1 407 Proxy Authentication Required\r\n\r\n").await;
    let client = through(Matcher::builder().https(at(&proxy)).build());
    let mut request = get("https://bedrock.example/model/x?secret=y");
    let key = http::HeaderValue::from_static("Bearer secret");
    request.headers_mut().insert(AUTHORIZATION, key);
    let error = client.execute(request).await.unwrap_err();
    assert!(error.is_connect(), "{error:?}");
    let why = innermost(&error).to_string();
    assert!(why.contains("proxy authorization required"), "{why}");
    assert!(!format!("{error:?}").contains("bWU6cEB3"), "{error:?}");
    let asked = &proxy.asked()[0];
    assert!(
        asked.starts_with("CONNECT bedrock.example:443 HTTP/1.1\r\n"),
        "{asked}"
    );
    let lower = asked.to_ascii_lowercase();
    assert!(
        lower.contains("proxy-authorization: basic bwu6ceb3"),
        "{asked}"
    );
    assert!(lower.contains("user-agent: reqllm/"), "{asked}");
    assert!(!asked.contains("secret"), "{asked}");
}

#[tokio::test]
async fn what_is_near_or_named_is_reached_past_every_proxy() {
    let proxy = Server::that_says("HTTP/1.1 502 Bad Gateway\r\ncontent-length: 0\r\n\r\n").await;
    let server = Server::start().await;
    let port = server.address.port();
    let matcher = Matcher::builder().all(at(&proxy)).no("direct.example");
    let client = through(matcher.build());
    for host in [
        "127.0.0.1",
        "localhost",
        "direct.example",
        "sub.direct.example",
    ] {
        let url = format!("http://{host}:{port}/");
        let answer = client.execute(get(url)).await.unwrap();
        assert_eq!(answer.status(), 200, "{host}");
    }
    assert!(proxy.asked().is_empty());
    let other = format!("http://notdirect.example:{port}/");
    let answer = client.execute(get(other)).await.unwrap();
    assert_eq!(answer.status(), 502);
    // Its password is for the proxy alone.
    assert!(server.asked().iter().all(|it| !it.contains("proxy-auth")));
}

#[tokio::test]
async fn a_proxy_that_is_named_wins_over_the_environment() {
    let proxy = Server::start().await;
    let client = HyperClient::builder().proxy(at(&proxy)).build().unwrap();
    let answer = client
        .execute(get("http://no.such.example/"))
        .await
        .unwrap();
    assert_eq!(text(answer).await, "hello");
    for url in [
        "socks5://me:secret@h:1",
        "me:secret",
        "https://",
        "http://me:se cret@h",
    ] {
        let error = HyperClient::builder().proxy(url).build().unwrap_err();
        assert_eq!(error.kind(), reqllm_core::ErrorKind::Config);
        assert!(!format!("{error:?}").contains("secret"), "{error:?}");
    }
}

#[tokio::test]
async fn a_proxy_of_another_kind_is_refused_in_words() {
    let client = through(
        Matcher::builder()
            .all("socks5://me:secret@127.0.0.1:9")
            .build(),
    );
    let error = client.execute(get("https://a.example/")).await.unwrap_err();
    assert!(error.is_setup(), "{error:?}");
    assert!(error.to_string().contains("socks5:"), "{error}");
    assert!(!format!("{error:?}").contains("secret"), "{error:?}");
}
