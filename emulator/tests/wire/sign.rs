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
    let signer = Signer {
        region,
        ..Signer::default()
    };
    signer.send(emulator, method, target, body).await
}

/// Who signs, for what, and when.
#[derive(Clone, Copy)]
pub(crate) struct Signer<'a> {
    pub(crate) access_key: &'a str,
    pub(crate) secret_key: &'a str,
    pub(crate) session_token: Option<&'a str>,
    pub(crate) region: &'a str,
    pub(crate) service: &'a str,
    pub(crate) date: &'a str,
    /// Header lines beside the signature, which does not cover them.
    pub(crate) headers: &'a str,
}

impl Default for Signer<'_> {
    fn default() -> Self {
        Self {
            access_key: ACCESS_KEY_ID,
            secret_key: SECRET_ACCESS_KEY,
            session_token: None,
            region: "us-east-1",
            service: "bedrock",
            date: DATE,
            headers: "",
        }
    }
}

impl Signer<'_> {
    /// Sends a signed request. The path must be one that canonicalises to itself.
    pub(crate) async fn send(
        &self,
        emulator: &Emulator,
        method: &str,
        target: &str,
        body: &[u8],
    ) -> Answer {
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let (host, date) = (emulator.addr(), self.date);
        let mut canonical = format!("{method}\n{path}\n{query}\nhost:{host}\nx-amz-date:{date}\n");
        let mut headers = format!("{}x-amz-date: {date}\r\n", self.headers);
        let mut names = "host;x-amz-date".to_owned();
        if let Some(token) = self.session_token {
            canonical.push_str(&format!("x-amz-security-token:{token}\n"));
            headers.push_str(&format!("x-amz-security-token: {token}\r\n"));
            names.push_str(";x-amz-security-token");
        }
        canonical.push_str(&format!("\n{names}\n{}", hex(&Sha256::digest(body))));
        let scope = format!(
            "{}/{}/{}/aws4_request",
            &date[..8],
            self.region,
            self.service
        );
        let to_sign = format!(
            "AWS4-HMAC-SHA256\n{date}\n{scope}\n{}",
            hex(&Sha256::digest(canonical))
        );
        let mut key = format!("AWS4{}", self.secret_key).into_bytes();
        for part in scope.split('/').chain([&*to_sign]) {
            let mut mac = Hmac::<Sha256>::new_from_slice(&key).unwrap();
            mac.update(part.as_bytes());
            key = mac.finalize().into_bytes().to_vec();
        }
        headers.push_str(&format!(
            "authorization: AWS4-HMAC-SHA256 Credential={}/{scope}, SignedHeaders={names}, Signature={}\r\n",
            self.access_key,
            hex(&key)
        ));
        send(emulator, method, target, &headers, body)
            .await
            .unwrap()
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
