//! Signature Version 4, by AWS's own signer.

use std::time::SystemTime;

use aws_credential_types::Credentials;
use aws_sigv4::http_request::{
    SignableBody, SignableRequest, SigningSettings, sign as sign_request,
};
use aws_sigv4::sign::v4;
use aws_smithy_runtime_api::client::identity::Identity;
use bytes::Bytes;
use http::header::{AUTHORIZATION, CONTENT_TYPE, HeaderName};
use reqllm_core::{Error, ErrorKind, ExposeSecret, Result};

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
    let identity: Identity = Credentials::new(
        &keys.access_key_id,
        keys.secret_access_key.expose_secret(),
        keys.session_token
            .as_ref()
            .map(|token| token.expose_secret().to_owned()),
        None,
        "reqllm",
    )
    .into();
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

fn failed(error: impl std::error::Error + Send + Sync + 'static) -> Error {
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
}
