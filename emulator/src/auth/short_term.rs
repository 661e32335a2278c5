//! Short-term API keys: requests that were signed beforehand, and come as bearer tokens.
//!
//! `bedrock-api-key-` and, in Base64, the URL of `POST https://bedrock.amazonaws.com/?Action=CallWithBearerToken` without its
//! scheme, signed in the query for at most twelve hours, with `&Version=1` behind the signature. Source of the form: AWS's
//! package `aws-bedrock-token-generator` for Python.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::{HeaderMap, HeaderValue, header};

use super::header::{ALGORITHM, Scope};
use super::sigv4::{SERVICE, Sealed, percent_decode};
use super::{Keyring, Ledger, Signed, same};
use crate::error::ApiError;
use crate::record::Authentication;
use crate::time;

const PREFIX: &str = "bedrock-api-key-";
const HOST: &str = "bedrock.amazonaws.com";
/// The longest that a key may serve, in seconds.
const MAX_EXPIRES: i64 = 12 * 3600;
/// How far the clock of whoever made the key may be ahead, in seconds.
const AHEAD: i64 = 5 * 60;
/// Parameters that the signature does not cover.
const UNSIGNED: [&str; 2] = ["X-Amz-Signature", "Version"];

/// Whether a bearer token has the look of a short-term key.
pub(super) fn is_one(token: &str) -> bool {
    token.starts_with(PREFIX)
}

/// Checks a bearer token that [`is_one`].
pub(super) fn check(
    keyring: &Keyring,
    ledger: &Ledger,
    token: &str,
    now: i64,
) -> Result<Authentication, ApiError> {
    let url = token
        .strip_prefix(PREFIX)
        .and_then(|encoded| STANDARD.decode(encoded).ok())
        .and_then(|url| String::from_utf8(url).ok())
        .ok_or_else(ApiError::api_key)?;
    let presigned = Presigned::of(&url).ok_or_else(ApiError::api_key)?;
    let ends = presigned.date + presigned.expires;
    if now >= ends {
        return Err(ApiError::api_key_expired());
    }
    if presigned.date > now + AHEAD {
        return Err(ApiError::api_key());
    }
    let token = presigned.session_token.as_deref().map(str::as_bytes);
    let credential = keyring
        .find(ledger, &presigned.access_key, token, now)
        .ok_or_else(ApiError::api_key)?;
    // The key is good for as long as what it was made of.
    if credential.expired {
        return Err(ApiError::api_key_expired());
    }
    let mut headers = HeaderMap::new();
    headers.insert(header::HOST, HeaderValue::from_static(HOST));
    let request = Signed {
        method: "POST",
        path: "/",
        query: &presigned.signed_query,
        headers: &headers,
        body: b"",
    };
    let sealed = Sealed::of(
        &request,
        &["host"],
        &presigned.date_text,
        presigned.scope(),
        &credential.secret_key,
    );
    if !same(sealed.signature.as_bytes(), presigned.signature.as_bytes()) {
        return Err(ApiError::api_key());
    }
    Ok(Authentication::ShortTermApiKey {
        access_key: credential.access_key,
        region: presigned.region,
    })
}

/// The parts of the URL in a key.
struct Presigned {
    access_key: String,
    day: String,
    region: String,
    date_text: String,
    /// Seconds since the epoch.
    date: i64,
    expires: i64,
    session_token: Option<String>,
    signature: String,
    /// The query as it was signed.
    signed_query: String,
}

impl Presigned {
    /// None if anything is missing, twice there, or other than it has to be.
    fn of(url: &str) -> Option<Self> {
        let query = url.strip_prefix(HOST)?.strip_prefix("/?")?;
        let value = |name: &str| -> Option<String> {
            let mut found = query
                .split('&')
                .filter_map(|pair| pair.split_once('='))
                .filter(|(key, _)| *key == name);
            let (Some((_, value)), None) = (found.next(), found.next()) else {
                return None;
            };
            String::from_utf8(percent_decode(value)).ok()
        };
        let is = |name: &str, wanted: &str| value(name).is_some_and(|value| value == wanted);
        let as_it_has_to_be = is("Action", "CallWithBearerToken")
            && is("Version", "1")
            && is("X-Amz-Algorithm", ALGORITHM)
            && is("X-Amz-SignedHeaders", "host");
        if !as_it_has_to_be {
            return None;
        }
        let credential = value("X-Amz-Credential")?;
        let parts: Vec<&str> = credential.split('/').collect();
        let [access_key, day, region, SERVICE, "aws4_request"] = *parts.as_slice() else {
            return None;
        };
        let date_text = value("X-Amz-Date")?;
        let expires = value("X-Amz-Expires")?.parse().ok()?;
        if !(1..=MAX_EXPIRES).contains(&expires) || !date_text.starts_with(day) {
            return None;
        }
        let signed = query.split('&').filter(|pair| {
            let name = pair.split_once('=').map_or(*pair, |(name, _)| name);
            !UNSIGNED.contains(&name)
        });
        Some(Self {
            access_key: access_key.to_owned(),
            day: day.to_owned(),
            region: region.to_owned(),
            date: time::parse_amz(&date_text)?,
            date_text,
            expires,
            session_token: value("X-Amz-Security-Token"),
            signature: value("X-Amz-Signature")?,
            signed_query: signed.collect::<Vec<_>>().join("&"),
        })
    }

    fn scope(&self) -> Scope<'_> {
        Scope {
            date: &self.day,
            region: &self.region,
            service: SERVICE,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::auth::Credential;

    /// 2026-11-22T12:00:00Z.
    const NOON: i64 = 1_795_348_800;
    const SECRET: &str = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";
    /// What AWS's generator for Python makes, at noon and for an hour.
    const URL: &str = "bedrock.amazonaws.com/?Action=CallWithBearerToken&X-Amz-Algorithm=AWS4-HMAC-SHA256\
        &X-Amz-Credential=AKIDEXAMPLE%2F20261122%2Feu-west-1%2Fbedrock%2Faws4_request&X-Amz-Date=20261122T120000Z\
        &X-Amz-Expires=3600&X-Amz-SignedHeaders=host&X-Amz-Security-Token=TOKEN%2Fwith%2Bodd%3Dchars%3D%3D\
        &X-Amz-Signature=eae3ad66bec1b5f627e8b4da468655c47e8dc22da3d59af2d580ca9d9344a515&Version=1";

    fn verdict(url: &str, now: i64) -> Result<Authentication, String> {
        verdict_on(url, now, false)
    }

    fn verdict_on(url: &str, now: i64, expired: bool) -> Result<Authentication, String> {
        let keyring = Keyring {
            credentials: vec![Credential {
                access_key: "AKIDEXAMPLE".to_owned(),
                secret_key: SECRET.to_owned(),
                session_token: Some("TOKEN/with+odd=chars==".to_owned()),
                expired,
            }],
            api_keys: Vec::new(),
        };
        let token = format!("{PREFIX}{}", STANDARD.encode(url));
        check(&keyring, &Ledger::default(), &token, now).map_err(|error| error.message)
    }

    #[test]
    fn a_key_of_aws_s_own_generator_opens_until_it_ends() {
        for now in [NOON - 300, NOON, NOON + 3599] {
            let Ok(Authentication::ShortTermApiKey { access_key, region }) = verdict(URL, now)
            else {
                panic!("refused at {now}");
            };
            assert_eq!((&*access_key, &*region), ("AKIDEXAMPLE", "eu-west-1"));
        }
        assert_eq!(
            verdict(URL, NOON + 3600).unwrap_err(),
            "Bearer Token has expired"
        );
        assert!(verdict(URL, NOON - 301).is_err());
    }

    #[test]
    fn it_ends_with_the_keys_it_was_made_of() {
        assert_eq!(
            verdict_on(URL, NOON, true).unwrap_err(),
            "Bearer Token has expired"
        );
    }

    #[test]
    fn whatever_is_changed_breaks_it() {
        for (from, to) in [
            ("3600", "7200"),
            ("eu-west-1", "eu-west-2"),
            ("AKIDEXAMPLE", "AKIDOTHER"),
            ("odd%3D", "odd%3E"),
            ("a515&", "a516&"),
            ("&Version=1", ""),
            ("&Version=1", "&Version=2"),
            ("CallWithBearerToken", "GetCallerIdentity"),
            ("bedrock.amazonaws.com", "bedrock.example.com"),
            ("%2Fbedrock%2F", "%2Fsts%2F"),
            ("X-Amz-Expires=3600", "X-Amz-Expires=43201"),
            ("20261122T120000Z", "20261122T1200"),
            ("&Version", "&X-Amz-Expires=3600&Version"),
            ("&Version", "&Extra=1&Version"),
        ] {
            let url = URL.replacen(from, to, 1);
            assert_ne!(url, URL, "{from}");
            assert_eq!(
                verdict(&url, NOON).unwrap_err(),
                "Authentication failed: Please make sure your API Key is valid.",
                "{from}"
            );
        }
    }

    #[test]
    fn what_is_no_base64_or_no_text_is_no_key() {
        for token in [
            "bedrock-api-key-",
            "bedrock-api-key-*",
            "bedrock-api-key-/w==",
        ] {
            let error = check(&Keyring::default(), &Ledger::default(), token, NOON);
            assert_eq!(error.unwrap_err().code, "AccessDeniedException", "{token}");
        }
    }
}
