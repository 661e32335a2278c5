//! TLS, and what is spoken over it.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::{collections::HashSet, mem};

use http::Version;
use hyper::body::Incoming;
use hyper::server::conn::{http1, http2};
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use reqllm_core::ErrorKind;
use rustls::pki_types::PrivateKeyDer;
use tokio::net::TcpListener;
use tokio::sync::Barrier;
use tokio::time::timeout;
use tokio_rustls::TlsAcceptor;

use super::*;

/// A server at `localhost` whose authority no platform knows.
struct Secure {
    address: SocketAddr,
    authority: String,
    shared: Arc<Shared>,
}

struct Shared {
    accepted: AtomicUsize,
    barrier: Mutex<Arc<Barrier>>,
    /// The connections on which something was asked.
    used: Mutex<HashSet<usize>>,
}

/// How many requests a connection of HTTP/2 takes at once.
const STREAMS: u32 = 4;

impl Secure {
    async fn start(protocols: &[&str]) -> Self {
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().unwrap();
        let authority = CertifiedIssuer::self_signed(params, key).unwrap();
        let key = KeyPair::generate().unwrap();
        let leaf = CertificateParams::new(["localhost".to_owned()]).unwrap();
        let leaf = leaf.signed_by(&key, &authority).unwrap();
        let provider = Arc::new(tls::cryptography().unwrap());
        let mut tls = rustls::ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(
                vec![leaf.der().clone()],
                PrivateKeyDer::try_from(key.serialize_der()).unwrap(),
            )
            .unwrap();
        tls.alpn_protocols = protocols.iter().map(|it| it.as_bytes().to_vec()).collect();
        let acceptor = TlsAcceptor::from(Arc::new(tls));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let shared = Arc::new(Shared {
            accepted: AtomicUsize::new(0),
            barrier: Mutex::new(Arc::new(Barrier::new(1))),
            used: Mutex::default(),
        });
        let serving = Arc::clone(&shared);
        tokio::spawn(async move {
            loop {
                let (socket, _) = listener.accept().await.unwrap();
                let connection = serving.accepted.fetch_add(1, Ordering::Relaxed);
                let serving = Arc::clone(&serving);
                let acceptor = acceptor.clone();
                tokio::spawn(async move {
                    // Who does not trust the certificate goes away.
                    let Ok(tls) = acceptor.accept(socket).await else {
                        return;
                    };
                    let h2 = tls.get_ref().1.alpn_protocol() == Some(b"h2");
                    let io = TokioIo::new(tls);
                    let hello = service_fn(|_: Request<Incoming>| {
                        serving.used.lock().unwrap().insert(connection);
                        let barrier = Arc::clone(&serving.barrier.lock().unwrap());
                        async move {
                            barrier.wait().await;
                            let body = Full::new(Bytes::from_static(b"hello"));
                            Ok::<_, Infallible>(http::Response::new(body))
                        }
                    });
                    let _ = match h2 {
                        true => {
                            let mut http = http2::Builder::new(TokioExecutor::new());
                            http.max_concurrent_streams(STREAMS);
                            http.serve_connection(io, hello).await
                        }
                        false => http1::Builder::new().serve_connection(io, hello).await,
                    };
                });
            }
        });
        Self {
            address,
            authority: authority.pem(),
            shared,
        }
    }

    /// From now on nobody is answered before so many are there.
    fn hold_until(&self, requests: usize) {
        *self.shared.barrier.lock().unwrap() = Arc::new(Barrier::new(requests));
    }

    fn accepted(&self) -> usize {
        self.shared.accepted.load(Ordering::Relaxed)
    }

    /// A client that trusts it.
    fn client(&self) -> HyperClientBuilder {
        let root = self.authority.clone();
        HyperClient::builder().root_certificate(root).no_proxy()
    }

    fn url(&self) -> String {
        format!("https://localhost:{}/", self.address.port())
    }
}

#[tokio::test]
async fn http_2_is_spoken_where_it_is_offered_and_wanted() {
    let both = Secure::start(&["h2", "http/1.1"]).await;
    let old = Secure::start(&["http/1.1"]).await;
    let none = Secure::start(&[]).await;
    let newest = match cfg!(feature = "http2") {
        true => Version::HTTP_2,
        false => Version::HTTP_11,
    };
    for (server, http1_only, version) in [
        (&both, false, newest),
        (&both, true, Version::HTTP_11),
        (&old, false, Version::HTTP_11),
        (&none, false, Version::HTTP_11),
    ] {
        let builder = server.client();
        let builder = match http1_only {
            true => builder.http1_only(),
            false => builder,
        };
        let client = builder.build().unwrap();
        for _ in 0..2 {
            let answer = client.execute(get(server.url())).await.unwrap();
            assert_eq!(answer.version(), version);
            assert_eq!(text(answer).await, "hello");
        }
    }
}

/// Sends so many requests at once, which are answered when all of them have arrived, and says on how many connections they did.
async fn burst(client: &HyperClient, server: &Secure, requests: usize) -> usize {
    /// Longer than any machine takes to open some connections.
    const LONG: Duration = Duration::from_secs(60);
    server.hold_until(requests);
    server.shared.used.lock().unwrap().clear();
    let each = (0..requests).map(|_| {
        let asked = client.execute(get(server.url()));
        tokio::spawn(async move { text(asked.await.unwrap()).await })
    });
    for answer in each.collect::<Vec<_>>() {
        let answer = timeout(LONG, answer).await;
        assert_eq!(answer.expect("a request has not arrived").unwrap(), "hello");
    }
    mem::take(&mut *server.shared.used.lock().unwrap()).len()
}

/// A server lets what is beyond its limit wait until an answer has ended, and here none ends before the last request has come.
#[cfg(feature = "http2")]
#[tokio::test]
async fn what_a_connection_of_http_2_does_not_take_goes_by_another_one() {
    let server = Secure::start(&["h2", "http/1.1"]).await;
    let builder = server.client().streams_per_connection(STREAMS as usize);
    let client = builder.build().unwrap();
    assert_eq!(burst(&client, &server, STREAMS as usize).await, 1);
    assert_eq!(burst(&client, &server, 12).await, 3);
    // From here on those are used that are there.
    let accepted = server.accepted();
    assert_eq!(burst(&client, &server, 12).await, 3);
    // Answers that nobody reads to their end, and requests that are given up, make room as well.
    for _ in 0..2 * STREAMS {
        drop(client.execute(get(server.url())));
        burst(&client, &server, 1).await;
        server.hold_until(1);
        drop(client.execute(get(server.url())).await.unwrap());
    }
    assert_eq!(burst(&client, &server, 1).await, 1);
    assert_eq!(burst(&client, &server, 12).await, 3);
    assert_eq!(server.accepted(), accepted);
    // Before a client knows what the server speaks, it is the same.
    let builder = server.client().streams_per_connection(STREAMS as usize);
    assert_eq!(burst(&builder.build().unwrap(), &server, 12).await, 3);
}

#[tokio::test]
async fn over_http_1_1_idle_connections_are_kept_up_to_the_limit_for_all_of_them() {
    let server = Secure::start(&["http/1.1"]).await;
    let builder = server.client().streams_per_connection(1);
    let client = builder.max_idle_per_host(8).build().unwrap();
    for _ in 0..2 {
        burst(&client, &server, 1).await;
        assert_eq!(burst(&client, &server, 8).await, 8);
    }
    assert_eq!(server.accepted(), 8);
}

#[test]
fn no_request_at_all_on_a_connection_is_refused() {
    let builder = HyperClient::builder().streams_per_connection(0);
    let error = builder.build().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Config);
    assert!(
        error.message().contains("streams_per_connection"),
        "{error}"
    );
}

#[tokio::test]
async fn a_stranger_is_not_trusted() {
    let server = Secure::start(&["h2", "http/1.1"]).await;
    let client = HyperClient::builder().no_proxy().build().unwrap();
    let error = client.execute(get(server.url())).await.unwrap_err();
    assert!(
        error.is_connect() && is_certificate_failure(&error),
        "{error:?}"
    );
    assert!(
        innermost(&error).to_string().contains("certificate"),
        "{error:?}"
    );
}

#[tokio::test]
async fn who_takes_the_connection_and_says_nothing_is_no_connection_in_time() {
    let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let limit = Duration::from_millis(300);
    let client = HyperClient::builder().connect_timeout(limit);
    let url = format!("https://{}/", silent.local_addr().unwrap());
    let error = client.build().unwrap().execute(get(url)).await.unwrap_err();
    assert!(error.is_connect() && error.is_timeout(), "{error:?}");
}

#[tokio::test]
async fn tls_is_set_up_when_it_is_needed_and_says_then_what_is_wrong_with_it() {
    let plain = Server::start().await;
    // The key belongs to another certificate.
    let key = KeyPair::generate().unwrap();
    let certificate = CertificateParams::default().self_signed(&key).unwrap();
    let other = KeyPair::generate().unwrap();
    let private = PrivateKeyDer::try_from(other.serialize_der()).unwrap();
    let other = other.serialize_pem();
    let mut settings = Settings::direct(Names::system());
    settings.tls.identity = Some((vec![certificate.der().clone()], private));
    let client = HyperClient::of(settings);
    let answer = client.execute(get(plain.url("/"))).await.unwrap();
    assert_eq!(text(answer).await, "hello");
    let error = client
        .execute(get("https://127.0.0.1:9/"))
        .await
        .unwrap_err();
    assert!(error.is_setup() && !error.is_connect(), "{error:?}");
    assert!(
        error.to_string().starts_with("TLS cannot be set up"),
        "{error}"
    );
    assert!(!format!("{error:?}").contains(&other[40..60]), "{error:?}");
    // Whoever is given both sees it at once.
    let builder = HyperClient::builder();
    let refused = builder.client_certificate(certificate.pem(), other.clone());
    let error = refused.build().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Config);
    assert!(
        error.message().contains("belongs to another certificate"),
        "{error}"
    );
    assert!(!format!("{error:?}").contains(&other[40..60]), "{error:?}");
    let builder = HyperClient::builder();
    let fitting = builder.client_certificate(certificate.pem(), key.serialize_pem());
    fitting.build().unwrap();
}

#[test]
fn certificates_that_are_none_are_named() {
    let pem = |kind: &str| format!("-----BEGIN {kind}-----\nAAAA\n-----END {kind}-----\n");
    let builder = HyperClient::builder;
    for (builder, name) in [
        (builder().root_certificate("nothing"), "root certificate"),
        (
            builder().root_certificate(pem("CERTIFICATE")),
            "root certificate",
        ),
        (
            builder().root_certificate(pem("PUBLIC KEY")),
            "root certificate",
        ),
        (
            builder().client_certificate("nothing", "secret"),
            "client certificate",
        ),
    ] {
        assert!(!format!("{builder:?}").contains("secret"));
        let error = builder.build().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Config);
        assert!(error.message().contains(name), "{error}");
        assert!(!format!("{error:?}").contains("secret"), "{error:?}");
    }
    let key = KeyPair::generate().unwrap();
    let certificate = CertificateParams::default().self_signed(&key).unwrap();
    assert!(
        builder()
            .root_certificate(certificate.der().to_vec())
            .build()
            .is_ok()
    );
    let keyless = builder().client_certificate(certificate.pem(), certificate.pem());
    let error = keyless.build().unwrap_err();
    assert!(
        error
            .message()
            .contains("the key of the client certificate"),
        "{error}"
    );
}
