//! Worked examples.

use std::time::Duration;

use bytes::Bytes;

use super::*;

/// 2026-11-22T12:00:00Z.
const NOON: u64 = 1_795_348_800;

fn signature(path: &str, token: Option<&str>) -> String {
    let mut request = Request::post(format!(
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
        let signer = Signer::new(&keys, "us-east-1", "bedrock");
        signer.sign(&mut request, now).unwrap();
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
        let mut request = Request::builder()
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
        Signer::new(&keys, region, service)
            .sign(&mut request, now)
            .unwrap();
        let header = request.headers()["authorization"].to_str().unwrap();
        assert!(
            header.ends_with(&format!("Signature={expected}")),
            "{case}: {header}"
        );
    }
}

fn noon() -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_secs(NOON)
}

fn sign(request: &mut Request<Bytes>, keys: &Keys, region: &str, now: SystemTime) -> Result<()> {
    Signer::new(keys, region, "bedrock").sign(request, now)
}

fn signed(keys: &Keys, region: &str, now: SystemTime) -> HeaderValue {
    let mut request = Request::get("https://example.com/")
        .body(Bytes::new())
        .unwrap();
    sign(&mut request, keys, region, now).unwrap();
    request.headers()[AUTHORIZATION].clone()
}

/// Whatever was signed before, a signature is that of keys that have signed nothing.
#[test]
fn a_kept_key_serves_for_its_day_and_region_alone() {
    let new = || Keys::new("AKIDEXAMPLE", "secret", None);
    let (keys, day) = (new(), Duration::from_secs(86_400));
    let midnight = SystemTime::UNIX_EPOCH + Duration::from_secs(NOON + 43_200);
    for now in [
        noon(),
        midnight,
        noon() + day,
        midnight - Duration::from_nanos(1),
        noon(),
    ] {
        for region in ["us-east-1", "eu-west-1", "us-east-1"] {
            assert_eq!(signed(&keys, region, now), signed(&new(), region, now));
        }
    }
    assert_eq!(keys.signing_keys(), 2, "one a region");
    assert_eq!(
        signed(&keys.clone(), "eu-west-3", noon()),
        signed(&new(), "eu-west-3", noon())
    );
    assert_eq!(keys.signing_keys(), 3, "a clone shares them");
    let other = Keys::new("AKIDEXAMPLE", "other", None);
    assert_ne!(
        signed(&other, "us-east-1", noon()),
        signed(&keys, "us-east-1", noon())
    );
}

#[test]
fn a_kept_key_serves_for_its_service_alone() {
    let new = || Keys::new("AKIDEXAMPLE", "secret", None);
    let signed = |keys: &Keys, service: &str| {
        let mut request = Request::get("https://example.com/")
            .body(Bytes::new())
            .unwrap();
        let signer = Signer::new(keys, "us-east-1", service);
        signer.sign(&mut request, noon()).unwrap();
        request.headers()[AUTHORIZATION].clone()
    };
    let keys = new();
    for service in ["bedrock", "bedrock-mantle", "bedrock"] {
        assert_eq!(signed(&keys, service), signed(&new(), service));
    }
    assert_eq!(keys.signing_keys(), 2, "one a service");
}

#[test]
fn signing_keys_are_bounded() {
    let keys = Keys::new("AKIDEXAMPLE", "secret", None);
    for region in 0..100 {
        signed(&keys, &format!("region-{region}"), noon());
    }
    assert_eq!(keys.signing_keys(), 32);
}

#[test]
fn signing_keys_are_zeroed_and_not_shown() {
    fn is_zeroed<T: zeroize::ZeroizeOnDrop>() {}
    // A kept key is two states of the hash, and `hmac` does not say of itself what holds of these.
    is_zeroed::<Sha256>();
    let keys = Keys::new("AKIDEXAMPLE", "s3cret", Some("t0ken".into()));
    signed(&keys, "us-east-1", noon());
    let shown = format!("{keys:?} {:?}", Signer::new(&keys, "us-east-1", "bedrock"));
    assert!(
        !shown.contains("s3cret") && !shown.contains("t0ken"),
        "{shown}"
    );
}

#[test]
fn what_cannot_be_signed_is_refused_with_a_reason() {
    let keys = Keys::new("AKIDEXAMPLE", "s3cret", None);
    let get = |uri: &str| Request::get(uri).body(Bytes::new()).unwrap();
    let host = "https://example.com/";
    let error = sign(&mut get("/model"), &keys, "us-east-1", noon()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidRequest);
    assert!(error.message().contains("names no host"), "{error}");
    for time in [
        SystemTime::UNIX_EPOCH - Duration::from_secs(1),
        SystemTime::UNIX_EPOCH + Duration::from_secs(253_402_300_800),
    ] {
        let error = sign(&mut get(host), &keys, "us-east-1", time).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Config);
        assert!(error.message().contains("clock"), "{error}");
    }
    let mut request = get(host);
    let odd = HeaderValue::from_bytes(b"\xff").unwrap();
    request.headers_mut().insert("x-amz-odd", odd);
    let error = sign(&mut request, &keys, "us-east-1", noon()).unwrap_err();
    assert!(error.message().contains("`x-amz-odd`"), "{error}");
    for keys in [
        Keys::new("AK\nID", "s3cret", None),
        Keys::new("AKID", "s3cret", Some("s3same\n".into())),
    ] {
        let error = sign(&mut get(host), &keys, "us-east-1", noon()).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Authentication);
        let shown = format!("{error} {error:?}");
        assert!(
            !shown.contains("s3cret") && !shown.contains("s3same"),
            "{shown}"
        );
    }
}

/// A header wins over the address, as it does when a request is sent.
#[test]
fn the_host_is_what_is_sent() {
    let keys = Keys::new("AKIDEXAMPLE", "secret", None);
    let authorization = |uri: &str, host: Option<&str>| {
        let mut request = Request::get(uri).body(Bytes::new()).unwrap();
        if let Some(host) = host {
            request.headers_mut().insert("host", host.parse().unwrap());
        }
        sign(&mut request, &keys, "us-east-1", noon()).unwrap();
        request.headers()[AUTHORIZATION].clone()
    };
    let plain = authorization("https://example.com/", None);
    assert_eq!(plain, authorization("https://user:word@example.com/", None));
    assert_eq!(plain, authorization("https://example.com:443/", None));
    assert_eq!(
        plain,
        authorization("http://127.0.0.1:8080/", Some("example.com"))
    );
    assert_eq!(plain, authorization("/", Some("example.com")));
    assert_ne!(plain, authorization("https://example.com:80/", None));
}

#[test]
fn no_earlier_signature_stays_where_signing_fails() {
    let keys = Keys::new("AKIDEXAMPLE", "secret", None);
    let token = Keys::new("AKIDEXAMPLE", "secret", Some("odd\n".into()));
    for (keys, region, time) in [
        (&token, "us-east-1", noon()),
        (&keys, "us\neast", noon()),
        (
            &keys,
            "us-east-1",
            SystemTime::UNIX_EPOCH - Duration::from_secs(1),
        ),
    ] {
        let mut request = Request::get("https://example.com/")
            .body(Bytes::new())
            .unwrap();
        let good = Keys::new("AKIDEXAMPLE", "secret", None);
        sign(&mut request, &good, "us-east-1", noon()).unwrap();
        assert!(request.headers().contains_key(AUTHORIZATION));
        sign(&mut request, keys, region, time).unwrap_err();
        assert!(!request.headers().contains_key(AUTHORIZATION));
    }
}
