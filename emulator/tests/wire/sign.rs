//! A request signed with Signature Version 4, for what takes no API key.

use std::time::{Duration, UNIX_EPOCH};

use hmac::{Hmac, KeyInit as _, Mac as _};
use reqllm_emulator::{ACCESS_KEY_ID, Emulator, SECRET_ACCESS_KEY};
use sha2::{Digest as _, Sha256};

use super::{Answer, send};

const DATE: &str = "20261122T120000Z";

/// An emulator whose clock stands at the instant that requests are signed for.
pub(crate) async fn at_noon() -> Emulator {
    let clock = || UNIX_EPOCH + Duration::from_secs(1_795_348_800);
    Emulator::builder().clock(clock).start().await.unwrap()
}

/// Sends a request signed for `region`. The path must be one that canonicalises to itself.
pub(crate) async fn signed(
    emulator: &Emulator,
    region: &str,
    method: &str,
    target: &str,
    body: &[u8],
) -> Answer {
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let host = emulator.addr();
    let canonical = format!(
        "{method}\n{path}\n{query}\nhost:{host}\nx-amz-date:{DATE}\n\nhost;x-amz-date\n{}",
        hex(&Sha256::digest(body))
    );
    let scope = format!("{}/{region}/bedrock/aws4_request", &DATE[..8]);
    let to_sign = format!(
        "AWS4-HMAC-SHA256\n{DATE}\n{scope}\n{}",
        hex(&Sha256::digest(canonical))
    );
    let mut key = format!("AWS4{SECRET_ACCESS_KEY}").into_bytes();
    for part in scope.split('/').chain([&*to_sign]) {
        let mut mac = Hmac::<Sha256>::new_from_slice(&key).unwrap();
        mac.update(part.as_bytes());
        key = mac.finalize().into_bytes().to_vec();
    }
    let headers = format!(
        "x-amz-date: {DATE}\r\nauthorization: AWS4-HMAC-SHA256 Credential={ACCESS_KEY_ID}/{scope}, \
         SignedHeaders=host;x-amz-date, Signature={}\r\n",
        hex(&key)
    );
    send(emulator, method, target, &headers, body)
        .await
        .unwrap()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
