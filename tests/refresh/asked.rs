//! What is fetched, from where, and what is refused.

use std::time::Duration;

use reqllm::refresh::{Origin, Refresh, info, load};
use reqllm::{Environment, ErrorKind};
use serde_json::json;

use crate::cache::{Cache, NOW, api, clock, price, updated};
use crate::server::{Server, answer, ok};

#[tokio::test]
async fn a_bad_answer_is_refused_and_the_old_one_stays() {
    let cache = Cache::new();
    cache.take(&api()).await;
    let before = cache.files();
    let mut no_google = api();
    no_google.as_object_mut().unwrap().remove("google");
    no_google["openai"]["models"]["new"] = no_google["openai"]["models"]["openai-test"].clone();
    let few = json!({ "openai": api()["openai"] });
    let length = (40 << 20).to_string();
    let mut truncated = ok(api().to_string().as_bytes());
    truncated.truncate(truncated.len() - 9);
    let mut endless = b"HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n".to_vec();
    endless.resize(endless.len() + (33 << 20), b' ');
    let cases = [
        ("garbage", ok(b"<html>hello</html>"), ErrorKind::Decode),
        ("nothing", ok(b""), ErrorKind::Decode),
        ("another form", ok(b"[1, 2]"), ErrorKind::Decode),
        (
            "deep",
            ok("[".repeat(1 << 20).as_bytes()),
            ErrorKind::Decode,
        ),
        ("no models", ok(b"{}"), ErrorKind::Decode),
        ("too few", ok(few.to_string().as_bytes()), ErrorKind::Decode),
        (
            "no google",
            ok(no_google.to_string().as_bytes()),
            ErrorKind::Decode,
        ),
        (
            "announced too large",
            format!("HTTP/1.1 200 OK\r\ncontent-length: {length}\r\n\r\n").into_bytes(),
            ErrorKind::Decode,
        ),
        ("too large", endless, ErrorKind::Decode),
        ("truncated", truncated, ErrorKind::Transport),
        ("500", answer("500 No", &[], b"{}"), ErrorKind::Server),
        ("404", answer("404 No", &[], b"{}"), ErrorKind::NotFound),
        ("204", answer("204 No", &[], b""), ErrorKind::Decode),
        ("304 unasked", answer("304 No", &[], b""), ErrorKind::Decode),
        ("no HTTP", b"hello\r\n\r\n".to_vec(), ErrorKind::Transport),
    ];
    for (name, answer, kind) in cases {
        let server = Server::start(vec![answer]).await;
        let error = cache.run(&server.url()).await.unwrap_err();
        assert_eq!(error.kind(), kind, "{name}: {error}");
        assert!(cache.files() == before, "{name} changed something");
    }
    assert_eq!(price(&cache).as_deref(), Some("1.5"));
}

#[tokio::test]
async fn a_server_that_says_nothing_is_not_waited_for() {
    let cache = Cache::new();
    let server = Server::silent().await;
    let refresh = cache.at(&server.url()).timeout(Duration::from_millis(50));
    let error = refresh.build().unwrap().run().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Timeout);
    assert!(error.retryable());
}

#[tokio::test]
async fn a_file_that_is_none_is_refused() {
    let cache = Cache::new();
    let folder: String = url::Url::from_file_path(&cache.0).unwrap().into();
    for url in [
        format!("{folder}/missing.json"),
        folder,
        "file://elsewhere/api.json".to_owned(),
    ] {
        let error = cache.run(&url).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Config, "{url}: {error}");
    }
    for url in ["api.json", "ftp://example.com/api.json", "data:,x", ""] {
        let error = cache.at(url).build().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Config, "{url}: {error}");
    }
    assert!(cache.files().iter().all(|(name, _)| name == "source.json"));
}

#[tokio::test]
async fn offline_means_offline() {
    let cache = Cache::new();
    let body = api().to_string();
    let server = Server::start((0..2).map(|_| ok(body.as_bytes())).collect()).await;
    let run = async |offline: &str, url: &str| {
        let env = cache.env_with([("REQLLM_OFFLINE", offline)]);
        cache.at(url).environment(env).build().unwrap().run().await
    };
    for offline in ["1", "true", "yes"] {
        let error = run(offline, &server.url()).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Config);
        assert!(error.to_string().contains("REQLLM_OFFLINE"), "{error}");
    }
    assert_eq!(server.requests().len(), 0);
    run("1", &cache.file(&api())).await.unwrap();
    for offline in ["0", "False"] {
        run(offline, &server.url()).await.unwrap();
    }
    assert_eq!(server.requests().len(), 2);
}

#[tokio::test]
async fn the_environment_says_where_from() {
    let cache = Cache::new();
    let url = cache.file(&api());
    let refresh = Refresh::builder()
        .environment(cache.env_with([("REQLLM_MODELS_URL", url.as_str())]))
        .clock(clock(NOW));
    // Four models are not half of those that are built in.
    let error = refresh.build().unwrap().run().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Decode);
    assert!(error.to_string().contains("half"), "{error}");
    let error = Refresh::builder().environment(Environment::empty()).build();
    assert!(error.unwrap_err().to_string().contains("REQLLM_CACHE_DIR"));
    assert!(load(&Environment::empty()).is_none());
    assert_eq!(
        info(&Environment::empty(), &clock(NOW)).origin,
        Origin::Embedded
    );
}

#[tokio::test]
async fn an_answer_may_lead_on() {
    let cache = Cache::new();
    let body = api().to_string();
    let lead = |to: &str| answer("302 Found", &[("Location", to)], b"");
    let server = Server::start(vec![lead("/there?x=1"), ok(body.as_bytes())]).await;
    updated(cache.run(&server.url()).await.unwrap());
    assert!(server.requests()[1].starts_with("GET /there?x=1 "));

    let server = Server::start((0..9).map(|_| lead("/")).collect()).await;
    let error = cache.run(&server.url()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Decode);
    assert_eq!(server.requests().len(), 6);
    let server = Server::start(vec![lead("file:///etc/hostname")]).await;
    assert_eq!(
        cache.run(&server.url()).await.unwrap_err().status(),
        Some(302)
    );
}

#[tokio::test]
async fn secrets_of_the_url_are_sent_and_neither_kept_nor_shown() {
    let cache = Cache::new();
    let body = api().to_string();
    let server = Server::start(vec![ok(body.as_bytes()), answer("500 No", &[], b"hidden")]).await;
    let url = server.url().replace("://", "://me:hidden@") + "/api.json?token=hidden";
    let refresh = cache.at(&url).build().unwrap();
    let report = updated(refresh.run().await.unwrap());
    let request = server.requests().remove(0);
    assert!(
        request.starts_with("GET /api.json?token=hidden "),
        "{request}"
    );
    assert!(
        request.to_lowercase().contains("authorization: basic "),
        "{request}"
    );
    let error = refresh.run().await.unwrap_err();
    drop(server);
    let gone = refresh.run().await.unwrap_err();
    assert_eq!(gone.kind(), ErrorKind::Transport);
    let shown = [
        format!(
            "{refresh:?} {:?} {report:?} {:?}",
            cache.at(&url),
            cache.info()
        ),
        format!("{error} {error:?} {gone} {gone:?} {}", cache.facts()),
        format!("{:?}", cache.at("me:hidden@host").build().unwrap_err()),
    ];
    assert!(!shown.concat().contains("hidden"), "{shown:#?}");
}
