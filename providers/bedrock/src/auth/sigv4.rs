//! Signature Version 4, by AWS's own signer.

use std::time::SystemTime;

use aws_sigv4::http_request::{
    SignableBody, SignableRequest, SigningSettings, sign as sign_request,
};
use aws_sigv4::sign::v4;
use aws_smithy_runtime_api::client::identity::Identity;
use bytes::Bytes;
use http::header::{AUTHORIZATION, CONTENT_TYPE, HeaderName};
use reqllm_core::{Error, ErrorKind, Result};

use super::Keys;

/// Headers that an earlier signature may have left.
const OWN_HEADERS: [HeaderName; 4] = [
    AUTHORIZATION,
    HeaderName::from_static("x-amz-date"),
    HeaderName::from_static("x-amz-security-token"),
    HeaderName::from_static("x-amz-content-sha256"),
];

/// Signs exactly the bytes that will be sent. The defaults of the signer are Bedrock's rules: each segment of the path
/// is encoded once more for the canonical request, and the session token is a signed header.
pub(super) fn sign(
    request: &mut http::Request<Bytes>,
    keys: &Keys,
    region: &str,
    service: &str,
    now: SystemTime,
) -> Result<()> {
    for name in OWN_HEADERS {
        request.headers_mut().remove(name);
    }
    let identity: Identity = keys.to_aws().into();
    let params = v4::SigningParams::builder()
        .identity(&identity)
        .region(region)
        .name(service)
        .time(now)
        .settings(SigningSettings::default())
        .build()
        .map_err(failed)?
        .into();
    let uri = request.uri().to_string();
    // Proxies may rewrite other headers on the way; the signer adds the host itself.
    let headers = request
        .headers()
        .iter()
        .filter(|(name, _)| *name == CONTENT_TYPE || name.as_str().starts_with("x-amz"))
        .filter_map(|(name, value)| Some((name.as_str(), value.to_str().ok()?)));
    let signable = SignableRequest::new(
        request.method().as_str(),
        &uri,
        headers,
        SignableBody::Bytes(request.body()),
    )
    .map_err(failed)?;
    let (instructions, _signature) = sign_request(signable, &params)
        .map_err(failed)?
        .into_parts();
    instructions.apply_to_request_http1x(request);
    for name in [&OWN_HEADERS[0], &OWN_HEADERS[2]] {
        if let Some(value) = request.headers_mut().get_mut(name) {
            value.set_sensitive(true);
        }
    }
    Ok(())
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
mod tests {
    use std::time::Duration;

    use super::*;

    /// 2026-11-22T12:00:00Z.
    const NOON: u64 = 1_795_348_800;

    fn signature(path: &str, token: Option<&str>) -> String {
        let mut request = http::Request::post(format!(
            "https://bedrock-runtime.us-east-1.amazonaws.com{path}"
        ))
        .header("content-type", "application/json")
        .header("user-agent", "is not signed")
        .body(Bytes::from_static(
            br#"{"messages": [{"role": "user", "content": [{"text": "hi"}]}]}"#,
        ))
        .unwrap();
        let keys = Keys::new(
            "AKIDEXAMPLE",
            "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
            token.map(Into::into),
        );
        let now = SystemTime::UNIX_EPOCH + Duration::from_secs(NOON);
        // Twice: what the first left must not disturb the second.
        for _ in 0..2 {
            sign(&mut request, &keys, "us-east-1", "bedrock", now).unwrap();
        }
        assert_eq!(request.headers()["x-amz-date"], "20261122T120000Z");
        let header = request.headers()["authorization"].to_str().unwrap();
        header.rsplit("Signature=").next().unwrap().to_owned()
    }

    /// Worked examples on which botocore 1.44.5, aws-sigv4 1.6.4 and a hand calculation agree.
    #[test]
    fn worked_examples_for_bedrock_paths() {
        assert_eq!(
            signature(
                "/model/anthropic.claude-3-5-sonnet-20240620-v1%3A0/converse",
                None
            ),
            "4b0f00b6865e337e18a326d44e3108afda71b117c4de5c21c98d9b6b8965b310"
        );
        assert_eq!(
            signature(
                "/model/anthropic.claude-3-5-sonnet-20240620-v1:0/converse",
                None
            ),
            "e2ca5a4611b78eca9978bb81bd3b04cfbd706a96d9e20688fc01c2539519018f"
        );
        assert_eq!(
            signature(
                "/model/arn%3Aaws%3Abedrock%3Aus-east-1%3A123456789012%3Aapplication-inference-profile%2Fabc123def456/converse",
                Some("SESSIONTOKEN")
            ),
            "064d533803116adf5beca6afce0c02b50c2437e64b832217c0f1da981ab63f14"
        );
    }

    /// AWS's public test suite, those cases whose headers are the ones that are signed here. Case, request, region and
    /// service, time (seconds since 1970), session token, signature.
    #[test]
    fn public_suite() {
        const SUITE: u64 = 1_440_938_160; // 2015-08-30T12:36:00Z
        const LATER: u64 = 1_620_747_645; // 2021-05-11T15:40:45Z
        const TOKEN: &str = "6e86291e8372ff2a2260956d9b8aae1d763fbf315fa00fa31553b73ebf194267";
        const VANILLA: &str = "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31";
        let service = ("us-east-1", "service");
        let cases = [
            (
                "get-vanilla",
                "GET example.amazonaws.com/",
                service,
                SUITE,
                None,
                VANILLA,
            ),
            (
                "get-relative-normalized",
                "GET example.amazonaws.com/example/..",
                service,
                SUITE,
                None,
                VANILLA,
            ),
            (
                "get-relative-relative-normalized",
                "GET example.amazonaws.com/example1/example2/../..",
                service,
                SUITE,
                None,
                VANILLA,
            ),
            (
                "get-slash-normalized",
                "GET example.amazonaws.com//",
                service,
                SUITE,
                None,
                VANILLA,
            ),
            (
                "get-slash-dot-slash-normalized",
                "GET example.amazonaws.com/./",
                service,
                SUITE,
                None,
                VANILLA,
            ),
            (
                "get-slash-pointless-dot-normalized",
                "GET example.amazonaws.com/./example",
                service,
                SUITE,
                None,
                "ef75d96142cf21edca26f06005da7988e4f8dc83a165a80865db7089db637ec5",
            ),
            (
                "get-slashes-normalized",
                "GET example.amazonaws.com//example//",
                service,
                SUITE,
                None,
                "9a624bd73a37c9a373b5312afbebe7a714a789de108f0bdfe846570885f57e84",
            ),
            (
                "get-unreserved",
                "GET example.amazonaws.com/-._~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz",
                service,
                SUITE,
                None,
                "07ef7494c76fa4850883e2b006601f940f8a34d404d0cfa977f52a65bbf5f24f",
            ),
            (
                "get-vanilla-empty-query-key",
                "GET example.amazonaws.com/?Param1=value1",
                service,
                SUITE,
                None,
                "a67d582fa61cc504c4bae71f336f98b97f1ea3c7a6bfe1b6e45aec72011b9aeb",
            ),
            (
                "get-vanilla-query-order-key-case",
                "GET example.amazonaws.com/?Param2=value2&Param1=value1",
                service,
                SUITE,
                None,
                "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500",
            ),
            (
                "get-vanilla-query-order-encoded",
                "GET example.amazonaws.com/?Param-3=Value3&Param=Value2&%E1%88%B4=Value1",
                service,
                SUITE,
                None,
                "371d3713e185cc334048618a97f809c9ffe339c62934c032af5a0e595648fcac",
            ),
            (
                "get-vanilla-with-session-token",
                "GET example.amazonaws.com/",
                service,
                SUITE,
                Some(TOKEN),
                "07ec1639c89043aa0e3e2de82b96708f198cceab042d4a97044c66dd9f74e7f8",
            ),
            (
                "post-vanilla",
                "POST example.amazonaws.com/",
                service,
                SUITE,
                None,
                "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b",
            ),
            (
                "post-vanilla-query",
                "POST example.amazonaws.com/?Param1=value1",
                service,
                SUITE,
                None,
                "28038455d6de14eafc1f9222cf5aa6f1a96197d7deb8263271d420d138af7f11",
            ),
            (
                "double-url-encode",
                "POST lambda.us-east-2.amazonaws.com/2015-03-31/functions/arn%3Aaws%3Alambda%3Aus-west-2%3A892717189312%3Afunction%3Amy-rusty-fun/invocations",
                ("us-east-2", "lambda"),
                LATER,
                None,
                "4b93abbcc68be32bd64c18e2c71150660ab4c29bbd6c32a383a7517a88fc1804",
            ),
        ];
        for (case, line, (region, service), time, token, expected) in cases {
            let token: Option<&str> = token;
            let (method, address) = line.split_once(' ').unwrap();
            let mut request = http::Request::builder()
                .method(method)
                .uri(format!("https://{address}"))
                .body(Bytes::new())
                .unwrap();
            let keys = Keys::new(
                "AKIDEXAMPLE",
                "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
                token.map(Into::into),
            );
            let now = SystemTime::UNIX_EPOCH + Duration::from_secs(time);
            sign(&mut request, &keys, region, service, now).unwrap();
            let header = request.headers()["authorization"].to_str().unwrap();
            assert!(
                header.ends_with(&format!("Signature={expected}")),
                "{case}: {header}"
            );
        }
    }
}
