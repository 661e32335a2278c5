//! Any request, signed here and by AWS's own signer: the same headers, or both refuse.
//!
//! A line each: method, address, seconds since 1970, session token; then headers until an empty line; then the body. Where the
//! two differ on purpose stands in `providers/bedrock/src/auth/sigv4/against_aws.rs`, and is left out here.

#![no_main]

use std::time::{Duration, SystemTime};

use aws_credential_types::Credentials;
use aws_sigv4::http_request::{SignableBody, SignableRequest, SigningSettings, sign};
use aws_sigv4::sign::v4;
use aws_smithy_runtime_api::client::identity::Identity;
use http::{HeaderValue, Request};
use libfuzzer_sys::fuzz_target;
use reqllm_bedrock::Keys;
use reqllm_bedrock::sigv4::{BodyHash, Signer};

const ID: &str = "AKIDEXAMPLE";
const SECRET: &str = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";
const REGION: &str = "us-east-1";
const SERVICE: &str = "bedrock";

fuzz_target!(|input: &[u8]| {
    let Some(case) = case(input) else { return };
    let keys = Keys::new(ID, SECRET, case.token.map(Into::into));
    let signer = Signer::new(&keys, REGION, SERVICE);
    let now = SystemTime::UNIX_EPOCH + Duration::from_secs(case.time);
    let expected = by_aws(&case, now);

    let mut request = case.request.clone();
    let signed = signer.sign(&mut request, now);
    assert_eq!(signed.is_ok(), expected.is_some(), "{signed:?}");
    for (name, value) in expected.iter().flatten() {
        let values: Vec<_> = request.headers().get_all(*name).iter().collect();
        assert_eq!(values, [value], "{name}");
    }

    // Again, over the first signature and with a hash that is known.
    let first = request.headers().clone();
    let hash = BodyHash::of(request.body());
    let again = signer.sign_hashed(&mut request, &hash, now);
    assert_eq!(again.is_ok(), signed.is_ok());
    assert_eq!(*request.headers(), first);
});

struct Case<'a> {
    request: Request<&'a [u8]>,
    token: Option<&'a str>,
    time: u64,
}

fn case(input: &[u8]) -> Option<Case<'_>> {
    let end = input.windows(2).position(|two| two == b"\n\n");
    let (head, body) = input.split_at(end.unwrap_or(input.len()));
    let mut lines = head.split(|byte| *byte == b'\n');
    let mut line = || str::from_utf8(lines.next()?).ok();
    let (method, uri, time, token) = (line()?, line()?, line()?, line().unwrap_or_default());
    // A year has four digits.
    let time = time.parse().ok().filter(|time| *time < 253_402_300_800)?;
    let token = (!token.is_empty()).then_some(token);
    let mut request = Request::builder().method(method).uri(uri);
    for line in lines.filter(|line| !line.is_empty()) {
        let colon = line.iter().position(|byte| *byte == b':')?;
        request = request.header(&line[..colon], &line[colon + 1..]);
    }
    let request = request.body(body.get(2..).unwrap_or_default()).ok()?;
    // AWS's signer panics at an address without one, such as that of CONNECT.
    request.uri().scheme()?;
    let authority = request.uri().authority()?;
    let is_left_out =
        authority.as_str().contains('@') || token.is_some_and(|token| token.contains(' '));
    (!is_left_out).then_some(Case {
        request,
        token,
        time,
    })
}

/// The headers that AWS's signer adds. None if it refuses.
fn by_aws(case: &Case<'_>, now: SystemTime) -> Option<Vec<(&'static str, HeaderValue)>> {
    let token = case.token.map(str::to_owned);
    let identity: Identity = Credentials::new(ID, SECRET, token, None, "fuzz").into();
    let params = v4::SigningParams::builder()
        .identity(&identity)
        .region(REGION)
        .name(SERVICE)
        .time(now)
        .settings(SigningSettings::default())
        .build()
        .ok()?
        .into();
    let uri = case.request.uri().to_string();
    let mut headers = Vec::new();
    for (name, value) in case.request.headers() {
        let name = name.as_str();
        let is_given = matches!(name, "content-type" | "host") || name.starts_with("x-amz");
        // Those that the signer sets are not to be there before.
        let is_set = matches!(
            name,
            "x-amz-date" | "x-amz-security-token" | "x-amz-content-sha256"
        );
        // X-Ray's header is not signed, whatever it holds.
        if is_given && !is_set && name != "x-amzn-trace-id" {
            headers.push((name, str::from_utf8(value.as_bytes()).ok()?));
        }
    }
    let signable = SignableRequest::new(
        case.request.method().as_str(),
        &uri,
        headers.into_iter(),
        SignableBody::Bytes(case.request.body()),
    )
    .ok()?;
    let (instructions, _) = sign(signable, &params).ok()?.into_parts();
    let (headers, _) = instructions.into_parts();
    let values = headers
        .iter()
        .map(|header| Some((header.name(), HeaderValue::from_str(header.value()).ok()?)));
    values.collect()
}
