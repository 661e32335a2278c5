//! Certificates and proxies: what stands between a program in a company and Bedrock.
//!
//! A server with a certificate of its own authority stands for the company's gateway, and passes on to the emulator.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "helpers of tests are tests, which clippy does not see"
)]

mod common;

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use common::{NOVA, Server, reqllm};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use rustls::pki_types::PrivateKeyDer;
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::Runtime;
use tokio_rustls::TlsAcceptor;

/// A name that no resolver knows: only a proxy can lead there.
const HOST: &str = "bedrock.example.test";

/// An emulator behind TLS, and a proxy in front of that.
struct Company {
    emulator: Server,
    gateway: SocketAddr,
    proxy: SocketAddr,
    /// Where clients asked the proxy to lead them.
    asked: Arc<Mutex<Vec<String>>>,
    /// The certificate of the authority, in PEM.
    authority: String,
    _runtime: Runtime,
}

impl Company {
    fn start() -> Self {
        let emulator = Server::start();
        let (tls, authority) = certificates();
        let runtime = Runtime::new().unwrap();
        let backend = emulator.endpoint();
        let backend: SocketAddr = backend.trim_start_matches("http://").parse().unwrap();
        let bind = || runtime.block_on(TcpListener::bind("127.0.0.1:0")).unwrap();
        let (gateway, proxy) = (bind(), bind());
        let (gateway_at, proxy_at) = (gateway.local_addr().unwrap(), proxy.local_addr().unwrap());
        runtime.spawn(async move {
            let acceptor = TlsAcceptor::from(tls);
            loop {
                let (client, _) = gateway.accept().await.unwrap();
                let acceptor = acceptor.clone();
                tokio::spawn(async move {
                    // A client that does not trust the certificate goes away.
                    let Ok(mut client) = acceptor.accept(client).await else {
                        return;
                    };
                    let mut server = TcpStream::connect(backend).await.unwrap();
                    let _ = copy_bidirectional(&mut client, &mut server).await;
                });
            }
        });
        let asked = Arc::new(Mutex::new(Vec::new()));
        let heard = Arc::clone(&asked);
        runtime.spawn(async move {
            loop {
                let (client, _) = proxy.accept().await.unwrap();
                let heard = Arc::clone(&heard);
                tokio::spawn(async move {
                    let mut client = BufReader::new(client);
                    let mut lines = Vec::new();
                    loop {
                        let mut line = String::new();
                        client.read_line(&mut line).await.unwrap();
                        if line.trim().is_empty() {
                            break;
                        }
                        lines.push(line.trim().to_owned());
                    }
                    heard.lock().unwrap().push(lines.join("\n"));
                    client.write_all(b"HTTP/1.1 200 OK\r\n\r\n").await.unwrap();
                    let mut server = TcpStream::connect(gateway_at).await.unwrap();
                    let _ = copy_bidirectional(&mut client, &mut server).await;
                });
            }
        });
        Self {
            emulator,
            gateway: gateway_at,
            proxy: proxy_at,
            asked,
            authority,
            _runtime: runtime,
        }
    }
}

/// The server's side of TLS, and the authority that vouches for it.
fn certificates() -> (Arc<rustls::ServerConfig>, String) {
    let mut params = CertificateParams::default();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let authority = CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap();
    let key = KeyPair::generate().unwrap();
    let names = [HOST, "localhost"].map(str::to_owned);
    let leaf = CertificateParams::new(names)
        .unwrap()
        .signed_by(&key, &authority)
        .unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let tls = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(
            vec![leaf.der().clone()],
            PrivateKeyDer::try_from(key.serialize_der()).unwrap(),
        )
        .unwrap();
    (Arc::new(tls), authority.pem())
}

fn generate(endpoint: &str) -> common::Run {
    reqllm([
        "generate",
        "--endpoint-url",
        endpoint,
        NOVA,
        "Is anybody there?",
    ])
    .env("AWS_ACCESS_KEY_ID", reqllm_emulator::ACCESS_KEY_ID)
    .env("AWS_SECRET_ACCESS_KEY", reqllm_emulator::SECRET_ACCESS_KEY)
}

#[test]
fn a_certificate_of_the_company_is_taken_where_the_platform_trusts_it() {
    let company = Company::start();
    let endpoint = format!("https://localhost:{}", company.gateway.port());
    let strange = generate(&endpoint).run();
    assert_eq!(strange.status, Some(6), "{strange:?}");
    assert!(strange.stderr.contains("certificate"), "{strange:?}");
    assert!(company.emulator.requests().is_empty());

    let folder = TempDir::new().unwrap();
    let bundle = folder.path().join("company.pem");
    std::fs::write(&bundle, &company.authority).unwrap();
    let trusted = generate(&endpoint)
        .env("SSL_CERT_FILE", bundle.to_str().unwrap())
        .run();
    assert_eq!(trusted.status, Some(0), "{trusted:?}");
    assert!(trusted.stdout.contains("Is anybody there?"), "{trusted:?}");
}

#[test]
fn a_proxy_of_the_environment_leads_there_and_sees_no_keys() {
    let company = Company::start();
    let folder = TempDir::new().unwrap();
    let bundle = folder.path().join("company.pem");
    std::fs::write(&bundle, &company.authority).unwrap();
    let outcome = generate(&format!("https://{HOST}"))
        .env("HTTPS_PROXY", &format!("http://{}", company.proxy))
        .env("SSL_CERT_FILE", bundle.to_str().unwrap())
        .run();
    assert_eq!(outcome.status, Some(0), "{outcome:?}");
    let asked = company.asked.lock().unwrap();
    assert_eq!(asked.len(), 1, "{asked:?}");
    assert!(
        asked[0].starts_with(&format!("CONNECT {HOST}:443 ")),
        "{asked:?}"
    );
    let lower = asked[0].to_ascii_lowercase();
    assert!(
        !lower.contains("aws4") && !lower.contains("x-amz"),
        "{asked:?}"
    );
}

#[test]
fn certificates_that_cannot_be_read_matter_where_there_is_tls() {
    let company = Company::start();
    let folder = TempDir::new().unwrap();
    let nothing = folder.path().join("nothing.pem");
    let broken = |endpoint: &str| {
        generate(endpoint)
            .env("SSL_CERT_FILE", nothing.to_str().unwrap())
            .run()
    };
    let plain = broken(&company.emulator.endpoint());
    assert_eq!(plain.status, Some(0), "{plain:?}");
    let secure = broken(&format!("https://localhost:{}", company.gateway.port()));
    assert_eq!(secure.status, Some(2), "{secure:?}");
    assert!(secure.stderr.contains("TLS cannot be set up"), "{secure:?}");
}

#[test]
fn what_no_proxy_names_is_reached_past_it() {
    let company = Company::start();
    let past = generate(&format!("https://{HOST}"))
        .env("HTTPS_PROXY", &format!("http://{}", company.proxy))
        .env("NO_PROXY", "other.example.test,example.test")
        .run();
    // No resolver knows the name.
    assert_eq!(past.status, Some(6), "{past:?}");
    assert!(company.asked.lock().unwrap().is_empty());
}
