//! Signatures of reasoning: the emulator recognises the blocks that it wrote, and no others.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

/// Not a secret: it only has to be hard to hit by accident.
const KEY: &[u8] = b"reqllm emulator reasoning";

/// The signature of a thinking block.
pub(crate) fn sign(text: &str) -> String {
    STANDARD.encode(mac("thinking", text.as_bytes()))
}

/// Whether a replayed thinking block is one of ours, unaltered.
pub(crate) fn verify(text: &str, signature: &str) -> bool {
    sign(text) == signature
}

/// The data of a redacted thinking block.
pub(crate) fn redacted(nonce: &str) -> String {
    STANDARD.encode([nonce.as_bytes(), b".", &mac("redacted", nonce.as_bytes())].concat())
}

/// Whether replayed redacted data is one of ours, unaltered.
pub(crate) fn verify_redacted(data: &str) -> bool {
    let Ok(bytes) = STANDARD.decode(data) else {
        return false;
    };
    let Some(dot) = bytes.iter().position(|b| *b == b'.') else {
        return false;
    };
    let (nonce, rest) = bytes.split_at(dot);
    rest.get(1..) == Some(mac("redacted", nonce).as_slice())
}

fn mac(purpose: &str, bytes: &[u8]) -> Vec<u8> {
    Hmac::<Sha256>::new_from_slice(KEY).map_or_else(
        |_| Vec::new(),
        |mut mac| {
            mac.update(purpose.as_bytes());
            mac.update(bytes);
            mac.finalize().into_bytes().to_vec()
        },
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_unaltered_blocks_verify() {
        let signature = sign("a thought");
        assert!(verify("a thought", &signature));
        assert!(!verify("another thought", &signature) && !verify("a thought", "AAAA"));
        let data = redacted("nonce");
        assert!(verify_redacted(&data));
        assert!(
            !verify_redacted(&data.replacen('b', "c", 1))
                && !verify_redacted("%")
                && !verify_redacted("")
        );
    }
}
