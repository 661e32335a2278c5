//! Verification of Signature Version 4, computed by hand from the raw bytes of the request.
//!
//! Bedrock is not S3: the canonical path is the path on the wire with every segment URI-encoded once
//! more, so `%3A` becomes `%253A` while a raw `:` becomes `%3A`.

use hmac::{Hmac, KeyInit, Mac};
use http::HeaderMap;
use sha2::{Digest, Sha256};

use super::header::{ALGORITHM, Authorization, Scope};
use super::{Credential, Signed, same};
use crate::error::ApiError;
use crate::record::Authentication;
use crate::time;

pub(super) const SERVICE: &str = "bedrock";
/// How far the date of a request may be from the clock of the service, either way.
const WINDOW: i64 = 5 * 60;

/// Checks a request to `service` whose `Authorization` header is `AWS4-HMAC-SHA256 {parameters}`. `find` knows the credential
/// of an access key id and a session token.
pub(super) fn check(
    find: impl FnOnce(&str, Option<&[u8]>) -> Option<Credential>,
    service: &str,
    request: &Signed<'_>,
    parameters: &str,
    now: i64,
) -> Result<Authentication, ApiError> {
    let authorization = Authorization::parse(parameters, request.headers)?;
    let credential = identify(find, &authorization, request.headers)?;
    check_signed_headers(&authorization, request.headers)?;
    let date = header(request.headers, "x-amz-date");
    check_scope(authorization.scope, service, &date)?;
    check_window(&date, now)?;
    check_payload_hash(request)?;

    let Sealed {
        canonical,
        string_to_sign,
        signature,
    } = Sealed::of(
        request,
        &authorization.signed_headers,
        &date,
        authorization.scope,
        &credential.secret_key,
    );
    if !same(signature.as_bytes(), authorization.signature.as_bytes()) {
        return Err(invalid(format!(
            "The request signature we calculated does not match the signature you provided. Check your \
             AWS Secret Access Key and signing method. Consult the service documentation for details.\n\n\
             The Canonical String for this request should have been\n'{canonical}'\n\n\
             The String-to-Sign should have been\n'{string_to_sign}'\n"
        )));
    }
    Ok(Authentication::SigV4 {
        access_key: credential.access_key,
        region: authorization.scope.region.to_owned(),
        session_token: credential.session_token.is_some(),
    })
}

/// A signature as it ought to be, and what it was computed over.
pub(super) struct Sealed {
    canonical: String,
    string_to_sign: String,
    pub(super) signature: String,
}

impl Sealed {
    pub(super) fn of(
        request: &Signed<'_>,
        signed_headers: &[&str],
        date: &str,
        scope: Scope<'_>,
        secret_key: &str,
    ) -> Self {
        let payload = hex(&Sha256::digest(request.body));
        let canonical = canonical_request(request, signed_headers, &payload);
        let string_to_sign = string_to_sign(date, scope, &canonical);
        let signature = sign(secret_key, scope, &string_to_sign);
        Self {
            canonical,
            string_to_sign,
            signature,
        }
    }
}

/// The credential that the request claims; its session token must be exactly the one on the request.
fn identify(
    find: impl FnOnce(&str, Option<&[u8]>) -> Option<Credential>,
    authorization: &Authorization<'_>,
    headers: &HeaderMap,
) -> Result<Credential, ApiError> {
    let token = headers
        .get("x-amz-security-token")
        .map(http::HeaderValue::as_bytes);
    match find(authorization.access_key, token) {
        Some(credential) if credential.expired => Err(ApiError::signature(
            "ExpiredTokenException",
            "The security token included in the request is expired",
        )),
        Some(credential) => Ok(credential),
        None => Err(ApiError::signature(
            "UnrecognizedClientException",
            "The security token included in the request is invalid.",
        )),
    }
}

/// `host` and every `x-amz-*` header that is present must be signed, and what is signed must be present.
fn check_signed_headers(
    authorization: &Authorization<'_>,
    headers: &HeaderMap,
) -> Result<(), ApiError> {
    let signed = &authorization.signed_headers;
    if !signed.contains(&"host") {
        return Err(invalid(
            "'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization.",
        ));
    }
    for name in headers.keys().map(http::HeaderName::as_str) {
        if name.starts_with("x-amz-") && !signed.contains(&name) {
            return Err(invalid(format!(
                "'{name}' must be a 'SignedHeader' in the AWS Authorization."
            )));
        }
    }
    match signed.iter().find(|name| !headers.contains_key(**name)) {
        Some(absent) => Err(invalid(format!(
            "The header '{absent}' is a 'SignedHeader' in the AWS Authorization but is not in the request."
        ))),
        None => Ok(()),
    }
}

fn check_scope(scope: Scope<'_>, service: &str, date: &str) -> Result<(), ApiError> {
    if scope.region.is_empty() {
        return Err(invalid("Credential should be scoped to a valid region."));
    }
    if scope.service != service {
        return Err(invalid(format!(
            "Credential should be scoped to correct service: '{service}'."
        )));
    }
    let day = date.get(..8).unwrap_or(date);
    if scope.date != day {
        return Err(invalid(format!(
            "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: \
             '{}' != '{day}', from '{date}'.",
            scope.date
        )));
    }
    Ok(())
}

fn check_window(date: &str, now: i64) -> Result<(), ApiError> {
    let Some(signed) = time::parse_amz(date) else {
        return Err(ApiError::signature(
            "IncompleteSignatureException",
            format!("Date must be in ISO-8601 'basic format'. Got '{date}'."),
        ));
    };
    let server = time::amz(now);
    if signed < now - WINDOW {
        let limit = time::amz(now - WINDOW);
        return Err(invalid(format!(
            "Signature expired: {date} is now earlier than {limit} ({server} - 5 min.)"
        )));
    }
    if signed > now + WINDOW {
        let limit = time::amz(now + WINDOW);
        return Err(invalid(format!(
            "Signature not yet current: {date} is still later than {limit} ({server} + 5 min.)"
        )));
    }
    Ok(())
}

/// A client that declares a hash must have declared that of the body that really arrived.
fn check_payload_hash(request: &Signed<'_>) -> Result<(), ApiError> {
    let Some(declared) = request.headers.get("x-amz-content-sha256") else {
        return Ok(());
    };
    let actual = hex(&Sha256::digest(request.body));
    if same(declared.as_bytes(), actual.as_bytes()) {
        return Ok(());
    }
    Err(invalid(
        "The value of the X-Amz-Content-Sha256 header is not the SHA-256 of the payload.",
    ))
}

fn canonical_request(request: &Signed<'_>, signed_headers: &[&str], payload: &str) -> String {
    let mut names = signed_headers.to_vec();
    names.sort_unstable();
    let headers: String = names
        .iter()
        .map(|name| format!("{name}:{}\n", header(request.headers, name)))
        .collect();
    format!(
        "{}\n{}\n{}\n{headers}\n{}\n{payload}",
        request.method,
        canonical_path(request.path),
        canonical_query(request.query),
        names.join(";"),
    )
}

/// Removes empty and dot segments, then encodes every segment of the wire path once more.
fn canonical_path(path: &str) -> String {
    let mut segments: Vec<&str> = Vec::new();
    for segment in path.split('/') {
        match segment {
            "" | "." => {}
            ".." => {
                segments.pop();
            }
            _ => segments.push(segment),
        }
    }
    let mut out: String = segments
        .iter()
        .map(|segment| format!("/{}", uri_encode(segment.as_bytes())))
        .collect();
    if out.is_empty() || path.ends_with('/') {
        out.push('/');
    }
    out
}

fn canonical_query(query: &str) -> String {
    let mut pairs: Vec<(String, String)> = query
        .split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            (
                uri_encode(&percent_decode(name)),
                uri_encode(&percent_decode(value)),
            )
        })
        .collect();
    pairs.sort();
    let pairs: Vec<String> = pairs
        .iter()
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    pairs.join("&")
}

/// All values of a header joined by commas, with runs of blanks made one.
fn header(headers: &HeaderMap, name: &str) -> String {
    let values: Vec<String> = headers
        .get_all(name)
        .iter()
        .map(|value| {
            let text = String::from_utf8_lossy(value.as_bytes()).into_owned();
            text.split_ascii_whitespace().collect::<Vec<_>>().join(" ")
        })
        .collect();
    values.join(",")
}

fn string_to_sign(date: &str, scope: Scope<'_>, canonical: &str) -> String {
    let Scope {
        date: day,
        region,
        service,
    } = scope;
    let digest = hex(&Sha256::digest(canonical));
    format!("{ALGORITHM}\n{date}\n{day}/{region}/{service}/aws4_request\n{digest}")
}

fn sign(secret_key: &str, scope: Scope<'_>, string_to_sign: &str) -> String {
    let mut key = format!("AWS4{secret_key}").into_bytes();
    for part in [scope.date, scope.region, scope.service, "aws4_request"] {
        key = hmac(&key, part);
    }
    hex(&hmac(&key, string_to_sign))
}

fn hmac(key: &[u8], text: &str) -> Vec<u8> {
    // HMAC takes a key of any length; the empty default is never a valid signature.
    Hmac::<Sha256>::new_from_slice(key).map_or_else(
        |_| Vec::new(),
        |mut mac| {
            mac.update(text.as_bytes());
            mac.finalize().into_bytes().to_vec()
        },
    )
}

fn uri_encode(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(bytes.len());
    for byte in bytes {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                out.push(char::from(*byte));
            }
            _ => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}

/// Decodes `%XX`; what is not a valid escape stays as it is.
pub(crate) fn percent_decode(text: &str) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&first, tail)) = rest.split_first() {
        let escape = (first == b'%').then(|| tail.get(..2)).flatten();
        let decoded = escape
            .filter(|digits| digits.iter().all(u8::is_ascii_hexdigit))
            .and_then(|digits| std::str::from_utf8(digits).ok())
            .and_then(|digits| u8::from_str_radix(digits, 16).ok());
        match decoded {
            Some(byte) => {
                out.push(byte);
                rest = tail.get(2..).unwrap_or_default();
            }
            None => {
                out.push(first);
                rest = tail;
            }
        }
    }
    out
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn invalid(message: impl Into<String>) -> ApiError {
    ApiError::signature("InvalidSignatureException", message)
}

#[cfg(test)]
#[path = "sigv4_tests.rs"]
mod tests;
