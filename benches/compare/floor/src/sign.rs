//! AWS Signature Version 4, with a signing key that is derived once a day.

use std::fmt::Write as _;
use std::sync::Mutex;
use std::time::{SystemTime, UNIX_EPOCH};

use driver::Result;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::{Digest as _, Sha256};

const REGION: &str = "us-east-1";
const DAY: u64 = 86_400;

/// Keys from the environment, and today's signing key.
pub(crate) struct Signer {
    access_key: String,
    secret: String,
    today: Mutex<Option<(u64, [u8; 32])>>,
}

/// The headers of a signed request.
pub(crate) struct Signed {
    pub(crate) date: String,
    pub(crate) authorization: String,
}

impl Signer {
    pub(crate) fn new() -> Self {
        let get = |name: &str| std::env::var(name).unwrap_or_default();
        Self {
            access_key: get("AWS_ACCESS_KEY_ID"),
            secret: get("AWS_SECRET_ACCESS_KEY"),
            today: Mutex::default(),
        }
    }

    /// Signs a POST of this body.
    pub(crate) fn sign(&self, host: &str, path: &str, body: &[u8]) -> Result<Signed> {
        let now = SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs();
        let date = date(now);
        let day = &date[..8];
        let mut canonical = String::with_capacity(512);
        write!(
            canonical,
            "POST\n{path}\n\ncontent-type:application/json\nhost:{host}\nx-amz-date:{date}\n\ncontent-type;host;x-amz-date\n"
        )?;
        push_hex(&mut canonical, &Sha256::digest(body));
        let mut to_sign = String::with_capacity(256);
        write!(
            to_sign,
            "AWS4-HMAC-SHA256\n{date}\n{day}/{REGION}/bedrock/aws4_request\n"
        )?;
        push_hex(&mut to_sign, &Sha256::digest(&canonical));
        let signature = hmac(&self.key(now / DAY, day)?, to_sign.as_bytes())?;
        let mut authorization = String::with_capacity(256);
        write!(
            authorization,
            "AWS4-HMAC-SHA256 Credential={}/{day}/{REGION}/bedrock/aws4_request, \
             SignedHeaders=content-type;host;x-amz-date, Signature=",
            self.access_key
        )?;
        push_hex(&mut authorization, &signature);
        Ok(Signed {
            date,
            authorization,
        })
    }

    fn key(&self, number: u64, day: &str) -> Result<[u8; 32]> {
        let mut today = self.today.lock().map_err(|_| "a call panicked")?;
        if let Some((of, key)) = *today
            && of == number
        {
            return Ok(key);
        }
        let mut key = hmac(format!("AWS4{}", self.secret).as_bytes(), day.as_bytes())?;
        for part in [REGION, "bedrock", "aws4_request"] {
            key = hmac(&key, part.as_bytes())?;
        }
        *today = Some((number, key));
        Ok(key)
    }
}

fn hmac(key: &[u8], data: &[u8]) -> Result<[u8; 32]> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key)?;
    mac.update(data);
    Ok(mac.finalize().into_bytes().into())
}

fn push_hex(out: &mut String, bytes: &[u8]) {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    for byte in bytes {
        out.push(char::from(DIGITS[usize::from(byte >> 4)]));
        out.push(char::from(DIGITS[usize::from(byte & 15)]));
    }
}

/// `YYYYMMDDTHHMMSSZ` of seconds since 1970, by the calendar's 400-year cycle of 146,097 days that begins on 1 March.
fn date(seconds: u64) -> String {
    let days = seconds / DAY + 719_468;
    let (cycle, day) = (days / 146_097, days % 146_097);
    let year = (day - day / 1_460 + day / 36_524 - day / 146_096) / 365;
    let day = day - (365 * year + year / 4 - year / 100);
    let month = (5 * day + 2) / 153;
    let day = day - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    let year = year + 400 * cycle + u64::from(month <= 2);
    let time = seconds % DAY;
    let (hour, minute, second) = (time / 3600, time / 60 % 60, time % 60);
    format!("{year:04}{month:02}{day:02}T{hour:02}{minute:02}{second:02}Z")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates() {
        assert_eq!(date(0), "19700101T000000Z");
        assert_eq!(date(951_782_399), "20000228T235959Z");
        assert_eq!(date(951_782_400), "20000229T000000Z");
        assert_eq!(date(1_767_225_599), "20251231T235959Z");
    }
}
