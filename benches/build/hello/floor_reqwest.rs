//! What a client of Bedrock cannot do without, once each, on reqwest: TLS, JSON, a hash, a signature, a checksum, base64.

use std::error::Error;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::{Digest as _, Sha256};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let body = serde_json::to_vec(&serde_json::json!({ "messages": "Why is the sky blue?" }))?;
    let mut mac = Hmac::<Sha256>::new_from_slice(b"key")?;
    mac.update(&Sha256::digest(&body));
    let answer = reqwest::Client::new()
        .post(std::env::var("AWS_ENDPOINT_URL")?)
        .header(
            "authorization",
            STANDARD.encode(mac.finalize().into_bytes()),
        )
        .body(body)
        .send()
        .await?
        .bytes()
        .await?;
    let answered: serde_json::Value = serde_json::from_slice(&answer)?;
    println!("{answered} {}", crc32fast::hash(&answer));
    Ok(())
}
