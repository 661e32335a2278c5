//! Worked examples (agreed between botocore, aws-sigv4 and an independent computation) and what breaks them.

use super::super::{Keyring, Ledger};
use super::*;
use http::HeaderValue;

const SECRET: &str = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";
const BODY: &[u8] = br#"{"messages": [{"role": "user", "content": [{"text": "hi"}]}]}"#;
const DATE: &str = "20261122T120000Z";
const NOW: i64 = 1_795_348_800;

const ENCODED: (&str, &str) = (
    "/model/anthropic.claude-3-5-sonnet-20240620-v1%3A0/converse",
    "4b0f00b6865e337e18a326d44e3108afda71b117c4de5c21c98d9b6b8965b310",
);
const RAW_COLON: (&str, &str) = (
    "/model/anthropic.claude-3-5-sonnet-20240620-v1:0/converse",
    "e2ca5a4611b78eca9978bb81bd3b04cfbd706a96d9e20688fc01c2539519018f",
);
const PROFILE_ARN: (&str, &str) = (
    "/model/arn%3Aaws%3Abedrock%3Aus-east-1%3A123456789012%3Aapplication-inference-profile%2Fabc123def456/converse",
    "064d533803116adf5beca6afce0c02b50c2437e64b832217c0f1da981ab63f14",
);

/// A request under test: change a field, ask for the verdict.
struct Case {
    path: &'static str,
    query: &'static str,
    body: &'static [u8],
    headers: HeaderMap,
    now: i64,
}

impl Case {
    fn new((path, signature): (&'static str, &str)) -> Self {
        let mut case = Self {
            path,
            query: "",
            body: BODY,
            headers: HeaderMap::new(),
            now: NOW,
        };
        case.set("content-type", "application/json");
        case.set("host", "bedrock-runtime.us-east-1.amazonaws.com");
        case.set("x-amz-date", DATE);
        case.authorize("content-type;host;x-amz-date", signature);
        case
    }

    fn set(&mut self, name: &'static str, value: &str) {
        self.headers
            .insert(name, HeaderValue::from_str(value).unwrap());
    }

    fn authorize(&mut self, signed_headers: &str, signature: &str) {
        let value = format!(
            "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20261122/us-east-1/bedrock/aws4_request, \
             SignedHeaders={signed_headers}, Signature={signature}"
        );
        self.set("authorization", &value);
    }

    fn replace(&mut self, from: &str, to: &str) {
        let value = self.headers["authorization"]
            .to_str()
            .unwrap()
            .replace(from, to);
        self.set("authorization", &value);
    }

    fn verdict(&self) -> Result<Authentication, ApiError> {
        let credential = |session_token: Option<&str>| Credential {
            access_key: "AKIDEXAMPLE".to_owned(),
            secret_key: SECRET.to_owned(),
            session_token: session_token.map(str::to_owned),
            expired: false,
        };
        let keyring = Keyring {
            credentials: vec![credential(None), credential(Some("SESSIONTOKEN"))],
            api_keys: vec!["the-key".to_owned()],
        };
        let request = Signed {
            method: "POST",
            path: self.path,
            query: self.query,
            headers: &self.headers,
            body: self.body,
        };
        keyring.check(&Ledger::default(), &request, self.now)
    }

    #[track_caller]
    fn refused(&self, code: &str, fragment: &str) {
        let error = self.verdict().unwrap_err();
        assert_eq!(error.code, code);
        assert_eq!(error.status, 403);
        assert!(error.message.contains(fragment), "{}", error.message);
    }
}

#[test]
fn worked_examples_are_accepted() {
    assert!(Case::new(ENCODED).verdict().is_ok());
    assert!(Case::new(RAW_COLON).verdict().is_ok());
    let mut case = Case::new(PROFILE_ARN);
    case.set("x-amz-security-token", "SESSIONTOKEN");
    case.authorize(
        "content-type;host;x-amz-date;x-amz-security-token",
        PROFILE_ARN.1,
    );
    let verdict = case.verdict().unwrap();
    assert!(matches!(
        verdict,
        Authentication::SigV4 {
            session_token: true,
            ..
        }
    ));
}

#[test]
fn a_signature_of_other_bytes_is_refused_and_the_canonical_request_is_shown() {
    let mismatch = (
        "InvalidSignatureException",
        "The request signature we calculated does not match",
    );
    let mut case = Case::new(ENCODED);
    case.path = RAW_COLON.0;
    case.refused(mismatch.0, mismatch.1);
    let mut case = Case::new(ENCODED);
    case.body = b"{}";
    case.refused(mismatch.0, mismatch.1);
    let mut case = Case::new(ENCODED);
    case.query = "a=b";
    case.refused(
        mismatch.0,
        "\n/model/anthropic.claude-3-5-sonnet-20240620-v1%253A0/converse\na=b\n",
    );
    let mut case = Case::new(ENCODED);
    case.set("content-type", "text/plain");
    case.refused(mismatch.0, mismatch.1);
    let mut case = Case::new(ENCODED);
    case.replace("us-east-1", "eu-west-1");
    case.refused(mismatch.0, mismatch.1);
}

#[test]
fn the_window_is_five_minutes_either_way() {
    let mut case = Case::new(ENCODED);
    for now in [NOW - 300, NOW, NOW + 300] {
        case.now = now;
        assert!(case.verdict().is_ok());
    }
    case.now = NOW + 301;
    case.refused(
        "InvalidSignatureException",
        "Signature expired: 20261122T120000Z is now earlier than 20261122T120001Z (20261122T120501Z - 5 min.)",
    );
    case.now = NOW - 301;
    case.refused(
        "InvalidSignatureException",
        "Signature not yet current: 20261122T120000Z is still later than 20261122T115959Z (20261122T115459Z + 5 min.)",
    );
}

#[test]
fn an_unknown_key_or_session_token_is_not_recognised() {
    let invalid = "The security token included in the request is invalid.";
    let mut case = Case::new(ENCODED);
    case.replace("AKIDEXAMPLE", "AKIDOTHER");
    case.refused("UnrecognizedClientException", invalid);
    let mut case = Case::new(PROFILE_ARN);
    case.set("x-amz-security-token", "ANOTHERTOKEN");
    case.authorize(
        "content-type;host;x-amz-date;x-amz-security-token",
        PROFILE_ARN.1,
    );
    case.refused("UnrecognizedClientException", invalid);
}

#[test]
fn host_and_amz_headers_must_be_signed_and_signed_headers_present() {
    let mut case = Case::new(ENCODED);
    case.authorize("content-type;x-amz-date", ENCODED.1);
    case.refused(
        "InvalidSignatureException",
        "'Host' or ':authority' must be a 'SignedHeader'",
    );
    case.authorize("content-type;host", ENCODED.1);
    case.refused(
        "InvalidSignatureException",
        "'x-amz-date' must be a 'SignedHeader'",
    );
    case.authorize("content-type;host;x-amz-date;x-extra", ENCODED.1);
    case.refused("InvalidSignatureException", "'x-extra'");
}

#[test]
fn the_scope_must_name_bedrock_and_the_day_of_the_request() {
    let mut case = Case::new(ENCODED);
    case.replace("/bedrock/", "/bedrock-runtime/");
    case.refused(
        "InvalidSignatureException",
        "Credential should be scoped to correct service: 'bedrock'.",
    );
    let mut case = Case::new(ENCODED);
    case.replace("20261122/", "20261121/");
    case.refused(
        "InvalidSignatureException",
        "'20261121' != '20261122', from '20261122T120000Z'.",
    );
}

#[test]
fn a_declared_payload_hash_must_be_that_of_the_body() {
    for declared in ["UNSIGNED-PAYLOAD", "00"] {
        let mut case = Case::new(ENCODED);
        case.set("x-amz-content-sha256", declared);
        case.authorize(
            "content-type;host;x-amz-content-sha256;x-amz-date",
            ENCODED.1,
        );
        case.refused("InvalidSignatureException", "X-Amz-Content-Sha256");
    }
}

#[test]
fn api_keys_and_other_schemes() {
    let mut case = Case::new(ENCODED);
    case.set("authorization", "Bearer the-key");
    assert!(matches!(case.verdict().unwrap(), Authentication::ApiKey));
    case.set("authorization", "Bearer another");
    case.refused(
        "AccessDeniedException",
        "Please make sure your API Key is valid.",
    );
    case.set("authorization", "Basic dTpw");
    case.refused(
        "MissingAuthenticationTokenException",
        "Missing Authentication Token",
    );
    case.headers.remove("authorization");
    case.refused(
        "MissingAuthenticationTokenException",
        "Missing Authentication Token",
    );
}

#[test]
fn canonical_pieces() {
    assert_eq!(canonical_path("/"), "/");
    assert_eq!(canonical_path("/a//b/./c/../d/"), "/a/b/d/");
    assert_eq!(canonical_path("/a%2Fb c"), "/a%252Fb%20c");
    assert_eq!(canonical_query("b=2&a=%3a&a=1&c"), "a=%3A&a=1&b=2&c=");
    assert_eq!(percent_decode("%3A%zz%4"), b":%zz%4");
    let mut headers = HeaderMap::new();
    headers.append("x", HeaderValue::from_static("  a   b "));
    headers.append("x", HeaderValue::from_static("c"));
    assert_eq!(header(&headers, "x"), "a b,c");
}
