//! Signature Version 4, for requests to AWS.
//!
//! Calls are signed with it. It is public for those who send other requests to AWS with the same keys, or stand between a
//! client and Bedrock and have to sign anew. Source of the rules: AWS's page "Create a signed AWS API request". The rules
//! that AWS leaves to the service are those of every service but S3: the path is normalised, and each of its segments
//! encoded once more.
//!
//! ```
//! use std::time::SystemTime;
//! use reqllm_bedrock::Keys;
//! use reqllm_bedrock::sigv4::Signer;
//!
//! let keys = Keys::new("AKIDEXAMPLE", "secret", None);
//! let mut request = http::Request::post("https://sts.eu-west-1.amazonaws.com/")
//!     .header("content-type", "application/x-www-form-urlencoded")
//!     .body("Action=GetCallerIdentity&Version=2011-06-15")?;
//! Signer::new(&keys, "eu-west-1", "sts").sign(&mut request, SystemTime::now())?;
//! let authorization = request.headers()["authorization"].to_str()?;
//! assert!(authorization.starts_with("AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/"));
//! assert!(authorization.contains("SignedHeaders=content-type;host;x-amz-date"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! A signature counts from its time, and AWS refuses one that is more than five minutes off: sign each attempt anew. What does
//! not change is kept: the signing key with the [`Keys`], the hash of a body in a [`BodyHash`].

mod canonical;
mod key;
mod stamp;

use std::time::{Duration, SystemTime};

use hmac::Mac as _;
use http::header::{AUTHORIZATION, HeaderName, HeaderValue};
use http::{Method, Request, Uri};
use percent_encoding::utf8_percent_encode;
use reqllm_core::{Error, ErrorKind, Result};
use sha2::{Digest as _, Sha256};

pub(super) use key::{Key, SigningKeys};
pub(super) use stamp::{Stamp, rfc3339};

use super::Keys;
use crate::model_id::SEGMENT;
use canonical::Signed;

const ALGORITHM: &str = "AWS4-HMAC-SHA256";
const DATE: HeaderName = HeaderName::from_static("x-amz-date");
const TOKEN: HeaderName = HeaderName::from_static("x-amz-security-token");
const CONTENT_HASH: HeaderName = HeaderName::from_static("x-amz-content-sha256");

/// Signs requests to one service in one region.
#[derive(Clone, Copy, Debug)]
pub struct Signer<'a> {
    keys: &'a Keys,
    region: &'a str,
    service: &'a str,
}

impl<'a> Signer<'a> {
    /// A signer for this region and for the service that AWS signs for under this name, such as `bedrock`.
    pub fn new(keys: &'a Keys, region: &'a str, service: &'a str) -> Self {
        Self {
            keys,
            region,
            service,
        }
    }

    /// Signs exactly the bytes that will be sent: method, address, body, and the headers `host`, `content-type` and all
    /// that begin with `x-amz`. Other headers may be rewritten on the way. The host is the address's, unless there is a header. An
    /// earlier signature is replaced.
    ///
    /// The request gets `authorization`, `x-amz-date` and, if the keys are temporary, `x-amz-security-token`.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Authentication`] if a header that is to be signed is no text, or if keys, region or service hold what no
    /// header can carry; [`ErrorKind::InvalidRequest`] if the address names no host; [`ErrorKind::Config`] if `now` is before 1970 or
    /// after 9999. The request is not signed then, and has no earlier signature either.
    pub fn sign<B: AsRef<[u8]>>(&self, request: &mut Request<B>, now: SystemTime) -> Result<()> {
        let body = BodyHash::of(request.body());
        self.sign_hashed(request, &body, now)
    }

    /// As [`Signer::sign`], where the hash of the body is known already.
    ///
    /// # Errors
    ///
    /// As of [`Signer::sign`].
    pub fn sign_hashed<B>(
        &self,
        request: &mut Request<B>,
        body: &BodyHash,
        now: SystemTime,
    ) -> Result<()> {
        let headers = request.headers_mut();
        // Where signing fails, no earlier signature may stand beside what has been changed by then.
        headers.remove(AUTHORIZATION);
        let stamp = Stamp::of(now)?;
        headers.remove(CONTENT_HASH);
        headers.insert(DATE, HeaderValue::from_bytes(stamp.time()).map_err(failed)?);
        match self.keys.token_header()? {
            Some(token) => headers.insert(TOKEN, token),
            None => headers.remove(TOKEN),
        };
        let signed = Signed::of(request.headers(), request.uri())?;
        // The length is known, so that nothing is moved while it is written.
        let mut line = String::with_capacity(
            ALGORITHM.len() + self.credential_len() + signed.names_len() + 64 + 40,
        );
        line.push_str(ALGORITHM);
        line.push_str(" Credential=");
        self.push_credential(&mut line, &stamp);
        line.push_str(", SignedHeaders=");
        let names = line.len();
        signed.push_names(&mut line);
        let uri = request.uri();
        let query = canonical::query(uri.query(), &[]);
        let method = request.method();
        let request_hash = signed.request(method, uri.path(), &query, &line[names..], body);
        let signature = self.signature(&stamp, &request_hash)?;
        line.push_str(", Signature=");
        line.push_str(signature.as_str());
        drop(signed);
        let mut value = HeaderValue::try_from(line).map_err(failed)?;
        value.set_sensitive(true);
        request.headers_mut().insert(AUTHORIZATION, value);
        Ok(())
    }

    /// Signs a request without a body by its query, for whoever sends it within `lifetime`. What is to be added to the query.
    pub(super) fn presign(
        &self,
        method: &Method,
        uri: &Uri,
        lifetime: Duration,
        now: SystemTime,
    ) -> Result<String> {
        let stamp = Stamp::of(now)?;
        let mut credential = String::with_capacity(self.credential_len());
        self.push_credential(&mut credential, &stamp);
        let expires = lifetime.as_secs().to_string();
        let mut added = vec![
            ("X-Amz-Algorithm", ALGORITHM),
            ("X-Amz-Credential", &credential),
            ("X-Amz-Date", stamp.as_str()),
            ("X-Amz-Expires", &expires),
            ("X-Amz-SignedHeaders", "host"),
        ];
        if let Some(token) = self.keys.session_token() {
            added.push(("X-Amz-Security-Token", token));
        }
        let query = canonical::query(uri.query(), &added);
        let signed = Signed::host_of(uri)?;
        let empty = BodyHash::of(b"");
        let request_hash = signed.request(method, uri.path(), &query, "host", &empty);
        let signature = self.signature(&stamp, &request_hash)?;
        added.push(("X-Amz-Signature", signature.as_str()));
        let added = added
            .iter()
            .map(|(name, value)| format!("{name}={}", utf8_percent_encode(value, SEGMENT)));
        Ok(added.collect::<Vec<_>>().join("&"))
    }

    fn signature(&self, stamp: &Stamp, request: &BodyHash) -> Result<BodyHash> {
        let mut mac = self.keys.signing_key(stamp, self.region, self.service)?;
        let scope = [self.region, "/", self.service, "/aws4_request\n"];
        let before = [ALGORITHM, "\n", stamp.as_str(), "\n", stamp.date(), "/"];
        for part in before.iter().chain(&scope) {
            mac.update(part.as_bytes());
        }
        mac.update(request.as_str().as_bytes());
        Ok(BodyHash::hex(&mac.finalize().into_bytes().into()))
    }

    /// Who signs, and the scope of the signature.
    fn push_credential(&self, line: &mut String, stamp: &Stamp) {
        for part in [
            self.keys.access_key_id(),
            "/",
            stamp.date(),
            "/",
            self.region,
            "/",
            self.service,
            "/aws4_request",
        ] {
            line.push_str(part);
        }
    }

    fn credential_len(&self) -> usize {
        self.keys.access_key_id().len() + self.region.len() + self.service.len() + 24
    }
}

/// The SHA-256 of a body, as it stands in a signature.
///
/// ```
/// use reqllm_bedrock::sigv4::BodyHash;
///
/// let empty = BodyHash::of(b"");
/// assert_eq!(empty.as_str(), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BodyHash([u8; 64]);

impl BodyHash {
    /// Of these bytes. It takes about half a millisecond a megabyte where the processor knows SHA-256, and several times that
    /// where it does not.
    pub fn of(body: impl AsRef<[u8]>) -> Self {
        Self::hex(&Sha256::digest(body.as_ref()).into())
    }

    /// In 64 hexadecimal digits, small ones.
    pub fn as_str(&self) -> &str {
        str::from_utf8(&self.0).unwrap_or_default()
    }

    fn hex(hash: &[u8; 32]) -> Self {
        const DIGITS: &[u8; 16] = b"0123456789abcdef";
        let mut digits = [0; 64];
        for (pair, byte) in digits.chunks_exact_mut(2).zip(hash) {
            pair[0] = DIGITS[usize::from(byte >> 4)];
            pair[1] = DIGITS[usize::from(byte & 15)];
        }
        Self(digits)
    }
}

pub(super) fn failed(error: impl std::error::Error + Send + Sync + 'static) -> Error {
    Error::new(
        ErrorKind::Authentication,
        "the request could not be signed; check that the access key and the session token hold no odd characters",
    )
    .with_provider(crate::ID)
    .with_source(error)
}

#[cfg(test)]
mod against_aws;
#[cfg(test)]
mod tests;
