//! What a client of Bedrock cannot do without, once each, on hyper: TLS, JSON, a hash, a signature, a checksum, base64.

use std::error::Error;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use http_body_util::{BodyExt as _, Full};
use hyper_rustls::HttpsConnectorBuilder;
use hyper_util::client::legacy::Client;
use hyper_util::rt::TokioExecutor;
use sha2::{Digest as _, Sha256};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let connector = HttpsConnectorBuilder::new()
        .with_webpki_roots()
        .https_or_http()
        .enable_http1()
        .enable_http2()
        .build();
    let client = Client::builder(TokioExecutor::new()).build(connector);
    let body = serde_json::to_vec(&serde_json::json!({ "messages": "Why is the sky blue?" }))?;
    let mut mac = Hmac::<Sha256>::new_from_slice(b"key")?;
    mac.update(&Sha256::digest(&body));
    let request = hyper::Request::post(std::env::var("AWS_ENDPOINT_URL")?)
        .header(
            "authorization",
            STANDARD.encode(mac.finalize().into_bytes()),
        )
        .body(Full::new(bytes::Bytes::from(body)))?;
    let answer = client
        .request(request)
        .await?
        .into_body()
        .collect()
        .await?
        .to_bytes();
    let answered: serde_json::Value = serde_json::from_slice(&answer)?;
    println!("{answered} {}", crc32fast::hash(&answer));
    Ok(())
}
