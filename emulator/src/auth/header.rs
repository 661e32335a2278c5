//! Reading of the `Authorization` header of Signature Version 4.

use http::HeaderMap;

use crate::error::ApiError;

pub(super) const ALGORITHM: &str = "AWS4-HMAC-SHA256";

/// `Credential=…, SignedHeaders=…, Signature=…`, taken apart.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Authorization<'a> {
    pub(super) access_key: &'a str,
    pub(super) scope: Scope<'a>,
    /// Lower-case names, in the order of the header.
    pub(super) signed_headers: Vec<&'a str>,
    pub(super) signature: &'a str,
}

/// `date/region/service/aws4_request`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Scope<'a> {
    pub(super) date: &'a str,
    pub(super) region: &'a str,
    pub(super) service: &'a str,
}

impl<'a> Authorization<'a> {
    /// Parses what follows the algorithm name. The message of an error names everything that is missing.
    pub(super) fn parse(text: &'a str, headers: &HeaderMap) -> Result<Self, ApiError> {
        let parameter = |name: &str| {
            text.split(',').find_map(|part| {
                let (key, value) = part.trim().split_once('=')?;
                (key == name && !value.is_empty()).then_some(value)
            })
        };
        let credential = parameter("Credential");
        let signed_headers = parameter("SignedHeaders");
        let signature = parameter("Signature");
        let mut missing = Vec::new();
        for (name, value) in [
            ("Credential", credential),
            ("Signature", signature),
            ("SignedHeaders", signed_headers),
        ] {
            if value.is_none() {
                missing.push(format!("Authorization header requires '{name}' parameter."));
            }
        }
        if !headers.contains_key("x-amz-date") {
            missing.push(
                "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header."
                    .to_owned(),
            );
        }
        let (Some(credential), Some(signed_headers), Some(signature), true) =
            (credential, signed_headers, signature, missing.is_empty())
        else {
            return Err(incomplete(missing.join(" ")));
        };
        let mut parts = credential.rsplitn(5, '/');
        let (Some("aws4_request"), Some(service), Some(region), Some(date), Some(access_key)) = (
            parts.next(),
            parts.next(),
            parts.next(),
            parts.next(),
            parts.next(),
        ) else {
            return Err(incomplete(format!(
                "Credential must have exactly 5 slash-delimited elements, e.g. \
                 keyid/date/region/service/term, got '{credential}'"
            )));
        };
        let scope = Scope {
            date,
            region,
            service,
        };
        let signed_headers = signed_headers.split(';').collect();
        Ok(Self {
            access_key,
            scope,
            signed_headers,
            signature,
        })
    }
}

fn incomplete(message: String) -> ApiError {
    ApiError::signature("IncompleteSignatureException", message)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dated() -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert("x-amz-date", "20261122T120000Z".parse().unwrap());
        headers
    }

    #[test]
    fn parameters_may_stand_in_any_order_and_without_spaces() {
        let text = "Signature=ab,SignedHeaders=host;x-amz-date,Credential=K/20261122/eu-west-1/bedrock/aws4_request";
        let parsed = Authorization::parse(text, &dated()).unwrap();
        assert_eq!(parsed.access_key, "K");
        assert_eq!(
            parsed.scope,
            Scope {
                date: "20261122",
                region: "eu-west-1",
                service: "bedrock"
            }
        );
        assert_eq!(parsed.signed_headers, ["host", "x-amz-date"]);
        assert_eq!(parsed.signature, "ab");
    }

    #[test]
    fn what_is_missing_is_named() {
        let cases = [
            ("", "'Credential'"),
            (
                "Credential=K/d/r/s/aws4_request, SignedHeaders=host",
                "'Signature'",
            ),
            (
                "Credential=K/d/r/s/aws4_request, Signature=ab",
                "'SignedHeaders'",
            ),
            (
                "Credential=K/d/r, SignedHeaders=host, Signature=ab",
                "slash-delimited",
            ),
            (
                "Credential=K/d/r/s/other, SignedHeaders=host, Signature=ab",
                "slash-delimited",
            ),
        ];
        for (text, fragment) in cases {
            let error = Authorization::parse(text, &dated()).unwrap_err();
            assert_eq!(error.code, "IncompleteSignatureException");
            assert!(
                error.message.contains(fragment),
                "{text}: {}",
                error.message
            );
        }
        let text = "Credential=K/d/r/s/aws4_request, SignedHeaders=host, Signature=ab";
        let error = Authorization::parse(text, &HeaderMap::new()).unwrap_err();
        assert!(error.message.contains("X-Amz-Date"));
    }
}
