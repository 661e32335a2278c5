//! The signer against AWS's own, `aws-sigv4`, on whatever chance comes up with.
//!
//! Where the two differ on purpose:
//! - A time before 1970 is refused here; no clock of ours and no service has one. AWS's signs it.
//! - An address with a user and a password is signed for the host alone, which is what clients send. AWS's signs all of it
//!   unless the port is the scheme's own.
//! - An address without a host is refused here; AWS's panics, as it does for keys and regions that no header can carry.
//! - Blanks in a session token are trimmed as in any other header; AWS's signs the token as it is.

use std::time::{Duration, UNIX_EPOCH};

use aws_sigv4::http_request as aws;
use aws_sigv4::sign::v4;
use aws_smithy_runtime_api::client::identity::Identity;
use proptest::collection::vec;
use proptest::prelude::*;

use super::*;

const SECRET: &str = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";

/// What a case is made of.
#[derive(Clone, Debug)]
struct Case {
    method: String,
    uri: String,
    headers: Vec<(&'static str, String)>,
    /// The name under which AWS signs for the service.
    service: &'static str,
    token: Option<String>,
    body: Vec<u8>,
    time: u64,
}

impl Case {
    fn request(&self) -> Option<Request<Vec<u8>>> {
        let mut request = Request::builder()
            .method(self.method.as_str())
            .uri(&self.uri);
        for (name, value) in &self.headers {
            request = request.header(*name, value);
        }
        request.body(self.body.clone()).ok()
    }

    fn keys(&self) -> Keys {
        Keys::new("AKIDEXAMPLE", SECRET, self.token.clone().map(Into::into))
    }

    fn now(&self) -> SystemTime {
        UNIX_EPOCH + Duration::from_secs(self.time)
    }
}

fn case() -> impl Strategy<Value = Case> {
    let piece = prop_oneof![
        "[a-zA-Z0-9._~-]{1,8}",
        "%[0-9A-Fa-f]{2}",
        prop::sample::select(vec![
            "",
            ".",
            "..",
            "/",
            "//",
            "/./",
            "/../",
            "%",
            "%2",
            "%zz",
            "%00",
            "%C3%A9",
            "%FF",
            "%2F",
            "%252F",
            ":",
            "+",
            "*",
            "'",
            "(",
            ")",
            "!",
            "$",
            ",",
            ";",
            "@",
            "é",
            "日本",
            "arn%3Aaws%3A",
            "v1:0",
        ])
        .prop_map(str::to_owned),
    ];
    let pair = prop_oneof![
        "[a-c]=[a-c]",
        "[a-c]",
        "=[a-c]?",
        prop::sample::select(vec![
            "",
            "a==b",
            "a=b+c",
            "a=b%20c",
            "a=%2B",
            "%61=1",
            "a=%",
            "a=%FF",
            "é=ü",
            "A=1",
            "a-b=1",
            "a%3Db=1",
            "X-Amz-Date=1",
            "a=b/c",
            "a=b?c",
            "a=~*'",
            "a=\u{7f}",
        ])
        .prop_map(str::to_owned),
    ];
    let name = prop::sample::select(vec![
        "content-type",
        "x-amz-meta",
        "x-amz-a",
        "x-amzn-bedrock-trace",
        "x-amzn-trace-id",
        "x-amz-user-agent",
        "x-amz-content-sha256",
        "user-agent",
        "accept",
        "authorization",
        "x-team",
    ]);
    let value = prop_oneof![
        "[ -~]{0,12}",
        " {0,3}[a-z]{0,3} {0,3}[a-z,]{0,3} {0,3}",
        "[\ta é]{0,4}"
    ];
    let host = prop::sample::select(vec![
        "https://bedrock-runtime.us-east-1.amazonaws.com",
        "https://Host.example:443",
        "https://host.example:80",
        "http://localhost:80",
        "http://127.0.0.1:8080",
        "http://[::1]:443",
    ]);
    // Around the ends of days and years, leap years among them, and anywhere up to the year 9999.
    let end = prop::sample::select(vec![
        86_400u64,
        1_709_164_800,
        1_709_251_200,
        1_735_689_600,
        1_795_392_000,
        4_107_542_400,
        253_402_300_799,
    ]);
    let time = prop_oneof![
        (end, 0..3u64).prop_map(|(end, by)| end - by),
        0..253_402_300_800u64
    ];
    let address = (host, vec(piece, 0..8), prop::option::of(vec(pair, 0..5))).prop_map(
        |(host, path, query)| {
            let query = query.map_or_else(String::new, |pairs| format!("?{}", pairs.join("&")));
            format!("{host}/{}{query}", path.concat())
        },
    );
    (
        prop::sample::select(vec!["GET", "POST", "PUT", "DELETE", "PURGE"]),
        address,
        vec((name, value), 0..5),
        prop::sample::select(vec!["bedrock", "bedrock-mantle"]),
        prop::option::of("[!-~]{0,40}"),
        vec(any::<u8>(), 0..200),
        time,
    )
        .prop_map(|(method, uri, headers, service, token, body, time)| Case {
            method: method.to_owned(),
            uri,
            headers,
            service,
            token,
            body,
            time,
        })
}

type Pairs = Vec<(String, String)>;

/// What `aws-sigv4` adds to a request: headers, and what goes into the query.
fn by_aws(
    case: &Case,
    request: &Request<Vec<u8>>,
    expires: Option<Duration>,
) -> Option<(Pairs, Pairs)> {
    let identity: Identity = case.keys().to_aws().into();
    let mut settings = aws::SigningSettings::default();
    if expires.is_some() {
        settings.signature_location = aws::SignatureLocation::QueryParams;
        settings.expires_in = expires;
    }
    let params = v4::SigningParams::builder()
        .identity(&identity)
        .region("eu-west-1")
        .name(case.service)
        .time(case.now())
        .settings(settings)
        .build()
        .ok()?
        .into();
    let uri = request.uri().to_string();
    // What the signer sets itself, it has to be spared.
    let is_given = |name: &str| {
        (name == "content-type" || name.starts_with("x-amz"))
            && name != "x-amz-content-sha256"
            && expires.is_none()
    };
    let headers = request.headers().iter();
    let headers = headers.filter(|(name, _)| is_given(name.as_str()));
    let headers =
        headers.map(|(name, value)| (name.as_str(), str::from_utf8(value.as_bytes()).unwrap()));
    let body = match expires {
        Some(_) => aws::SignableBody::empty(),
        None => aws::SignableBody::Bytes(request.body()),
    };
    let signable =
        aws::SignableRequest::new(request.method().as_str(), &uri, headers, body).ok()?;
    let (instructions, _) = aws::sign(signable, &params).ok()?.into_parts();
    let (headers, query) = instructions.into_parts();
    let headers = headers
        .iter()
        .map(|header| (header.name().to_owned(), header.value().to_owned()));
    let query = query
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value.into_owned()));
    Some((headers.collect(), query.collect()))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn headers_are_those_of_aws(case in case()) {
        // What is no request at all, nobody signs.
        let Some(mut request) = case.request() else { return Ok(()) };
        let expected = by_aws(&case, &request, None);
        let keys = case.keys();
        let signed = Signer::new(&keys, "eu-west-1", case.service).sign(&mut request, case.now());
        prop_assert_eq!(signed.is_ok(), expected.is_some(), "{:?}", signed);
        for (name, value) in expected.into_iter().flat_map(|(headers, _)| headers) {
            let values: Vec<_> = request.headers().get_all(&name).iter().collect();
            prop_assert_eq!(values, [&value], "{}", name);
        }
    }

    #[test]
    fn queries_are_those_of_aws(case in case(), seconds in 1..604_800u64) {
        let Some(request) = case.request() else { return Ok(()) };
        let lifetime = Duration::from_secs(seconds);
        let expected = by_aws(&case, &request, Some(lifetime));
        let keys = case.keys();
        let signer = Signer::new(&keys, "eu-west-1", case.service);
        let signed = signer.presign(request.method(), request.uri(), lifetime, case.now());
        prop_assert_eq!(signed.is_ok(), expected.is_some(), "{:?}", signed);
        let Ok(signed) = signed else { return Ok(()) };
        let mut signed: Vec<&str> = signed.split('&').collect();
        signed.sort_unstable();
        let expected = expected.into_iter().flat_map(|(_, query)| query);
        let mut expected: Vec<String> = expected
            .map(|(name, value)| format!("{name}={}", utf8_percent_encode(&value, SEGMENT)))
            .collect();
        expected.sort_unstable();
        prop_assert_eq!(signed, expected);
    }
}
