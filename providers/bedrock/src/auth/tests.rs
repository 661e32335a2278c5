//! Whose credentials go on a request, and what is learnt from the answer.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::SystemTime;

use reqllm_core::Environment;

use super::*;
use crate::options::{Options, Read};

fn block_on<T>(future: impl Future<Output = T>) -> T {
    let mut runtime = tokio::runtime::Builder::new_current_thread();
    runtime.enable_time().build().unwrap().block_on(future)
}

fn clock() -> Clock {
    Clock::fixed(SystemTime::UNIX_EPOCH)
}

fn read(options: &Options) -> Read {
    Read::of(&options.clone().into()).ok().unwrap()
}

fn request() -> http::Request<Bytes> {
    http::Request::post("https://bedrock-runtime.us-east-1.amazonaws.com/model/x/converse")
        .body(Bytes::from_static(b"{}"))
        .unwrap()
}

fn resolve(
    options: &Options,
    source: Option<&Arc<dyn CredentialSource>>,
    env: &[(&str, &str)],
) -> Result<Auth> {
    // Nothing outside of the test is asked.
    let off = [("AWS_EC2_METADATA_DISABLED", "true")];
    let env = Environment::of(env.iter().copied().chain(off));
    Auth::resolve(&Search {
        options: &read(options),
        set: None,
        own: None,
        source,
        env: &env,
        settings: &Settings::default(),
        keeper: &Arc::default(),
        region: "us-east-1",
        endpoint: crate::options::Endpoint::Runtime,
    })
}

/// The authorization header that these options and variables lead to.
fn authorization(options: &Options, env: &[(&str, &str)]) -> Result<(String, Option<String>)> {
    let auth = resolve(options, None, env)?;
    let mut request = request();
    block_on(auth.authorize(&mut request, &clock()))?;
    let header = |name: &str| {
        request
            .headers()
            .get(name)
            .map(|value| value.to_str().unwrap().to_owned())
    };
    Ok((
        header("authorization").unwrap_or_default(),
        header("x-amz-security-token"),
    ))
}

const ENV: &[(&str, &str)] = &[
    ("AWS_BEARER_TOKEN_BEDROCK", "env-bearer"),
    ("AWS_ACCESS_KEY_ID", "ENVKEY"),
    ("AWS_SECRET_ACCESS_KEY", "env-secret"),
    ("AWS_SESSION_TOKEN", "env-token"),
];

#[test]
fn precedence_is_option_key_option_pair_bearer_env_pair_env() {
    let options = Options::new().access_key("OPTKEY", "opt-secret");
    let (header, _) = authorization(&options.clone().api_key("opt-bearer"), ENV).unwrap();
    assert_eq!(header, "Bearer opt-bearer");
    let (header, _) = authorization(&options, ENV).unwrap();
    assert!(
        header.starts_with("AWS4-HMAC-SHA256 Credential=OPTKEY/"),
        "{header}"
    );
    let (header, _) = authorization(&Options::new(), ENV).unwrap();
    assert_eq!(header, "Bearer env-bearer");
    let (header, token) = authorization(&Options::new(), &ENV[1..]).unwrap();
    assert!(
        header.starts_with("AWS4-HMAC-SHA256 Credential=ENVKEY/"),
        "{header}"
    );
    assert_eq!(token.as_deref(), Some("env-token"));
}

#[test]
fn a_session_token_from_the_environment_stays_with_its_keys() {
    let options = Options::new().access_key("OPTKEY", "opt-secret");
    assert_eq!(authorization(&options, ENV).unwrap().1, None);
    let options = options.session_token("opt-token");
    assert_eq!(
        authorization(&options, ENV).unwrap().1.as_deref(),
        Some("opt-token")
    );
}

#[test]
fn blank_values_count_as_absent() {
    let options = Options::new().api_key("  ").access_key("", " ");
    let env = [("AWS_BEARER_TOKEN_BEDROCK", " \t"), ENV[1], ENV[2]];
    let (header, _) = authorization(&options, &env).unwrap();
    assert!(
        header.starts_with("AWS4-HMAC-SHA256 Credential=ENVKEY/"),
        "{header}"
    );
}

#[test]
fn half_a_pair_names_the_missing_half() {
    let options = Options::new().access_key("K", " ");
    let error = authorization(&options, ENV).unwrap_err();
    assert!(
        error.message().contains("`secret_access_key` is missing"),
        "{error}"
    );
    let error = authorization(&Options::new(), &ENV[2..3]).unwrap_err();
    assert!(
        error.message().contains("AWS_ACCESS_KEY_ID is missing"),
        "{error}"
    );
    let error = authorization(&Options::new().session_token("t"), ENV).unwrap_err();
    assert!(
        error
            .message()
            .contains("`access_key_id` and `secret_access_key`"),
        "{error}"
    );
}

#[test]
fn nothing_found_lists_where_it_looked() {
    let error = authorization(&Options::new(), &[]).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Authentication);
    for source in [
        "`api_key`",
        "`access_key_id`",
        "AWS_BEARER_TOKEN_BEDROCK",
        "AWS_SECRET_ACCESS_KEY",
    ] {
        assert!(error.message().contains(source), "{error}");
    }
}

#[test]
fn secrets_are_not_shown() {
    let options = Options::new()
        .access_key("AKID", "s3cret")
        .session_token("t0ken");
    let auth = resolve(&options, None, &[]).unwrap();
    let mut signed = request();
    block_on(auth.authorize(&mut signed, &clock())).unwrap();
    let shown = format!("{auth:?} {signed:?}");
    assert!(
        !shown.contains("s3cret") && !shown.contains("t0ken"),
        "{shown}"
    );
    let auth = resolve(&Options::new().api_key("b3arer"), None, &[]).unwrap();
    let mut signed = request();
    block_on(auth.authorize(&mut signed, &clock())).unwrap();
    assert!(!format!("{auth:?} {signed:?}").contains("b3arer"));
}

#[derive(Debug, Default)]
struct Own {
    forgotten: AtomicUsize,
    has_more: bool,
}

#[async_trait]
impl CredentialSource for Own {
    async fn credential(&self, _now: SystemTime) -> Result<Credential> {
        let id = format!("OWN{}", self.forgotten.load(Ordering::SeqCst));
        Ok(Credential::Keys(Keys::new(id, "s", None)))
    }

    fn forget(&self, refused: &Credential) -> bool {
        assert!(matches!(refused, Credential::Keys(keys) if keys.access_key_id() == "OWN0"));
        self.forgotten.fetch_add(1, Ordering::SeqCst);
        self.has_more
    }
}

fn refusal(code: &str) -> Error {
    Error::new(ErrorKind::Authentication, "no").with_code(code)
}

/// What is learnt from a refusal of this code that came in an hour that the headers tell.
fn learns(auth: &Auth, code: &str, date: Option<&str>) -> bool {
    let mut headers = http::HeaderMap::new();
    if let Some(date) = date {
        headers.insert("date", date.parse().unwrap());
    }
    let (refusal, epoch) = (refusal(code), SystemTime::UNIX_EPOCH);
    auth.learn(&Answered::new(&headers, epoch, epoch).refused(&refusal))
}

#[test]
fn a_source_hears_of_what_has_expired() {
    for has_more in [true, false] {
        let own = Arc::new(Own {
            has_more,
            ..Own::default()
        });
        let source: Arc<dyn CredentialSource> = own.clone();
        let auth = resolve(&Options::new(), Some(&source), ENV).unwrap();
        assert!(!learns(&auth, "ExpiredToken", None), "nothing was sent yet");
        let mut request = request();
        block_on(auth.authorize(&mut request, &clock())).unwrap();
        assert!(!learns(&auth, "AccessDeniedException", None));
        assert_eq!(learns(&auth, "ExpiredTokenException", None), has_more);
        assert_eq!(own.forgotten.load(Ordering::SeqCst), 1);
        block_on(auth.authorize(&mut request, &clock())).unwrap();
        let header = request.headers()["authorization"].to_str().unwrap();
        assert!(header.contains("Credential=OWN1/"), "{header}");
    }
}

#[test]
fn keys_that_are_fixed_have_no_others_to_try() {
    let auth = resolve(&Options::new().access_key("K", "s"), None, &[]).unwrap();
    block_on(auth.authorize(&mut request(), &clock())).unwrap();
    assert!(!learns(&auth, "ExpiredTokenException", None));
}

#[test]
fn the_next_signature_has_the_service_s_time() {
    let auth = resolve(&Options::new().access_key("K", "s"), None, &[]).unwrap();
    let mut request = request();
    block_on(auth.authorize(&mut request, &clock())).unwrap();
    assert_eq!(request.headers()["x-amz-date"], "19700101T000000Z");
    let one = Some("Thu, 01 Jan 1970 01:00:00 GMT");
    assert!(learns(&auth, "InvalidSignatureException", one));
    block_on(auth.authorize(&mut request, &clock())).unwrap();
    assert_eq!(request.headers()["x-amz-date"], "19700101T010000Z");
    assert!(
        !learns(&auth, "InvalidSignatureException", one),
        "the time was right, so it is the secret that is wrong"
    );
}

#[test]
fn the_correction_can_be_switched_off() {
    let off = [("AWS_DISABLE_CLOCK_SKEW_CORRECTION", "true")];
    let auth = resolve(&Options::new().access_key("K", "s"), None, &off).unwrap();
    let mut request = request();
    block_on(auth.authorize(&mut request, &clock())).unwrap();
    let one = Some("Thu, 01 Jan 1970 01:00:00 GMT");
    assert!(!learns(&auth, "InvalidSignatureException", one));
    block_on(auth.authorize(&mut request, &clock())).unwrap();
    assert_eq!(request.headers()["x-amz-date"], "19700101T000000Z");
    let wrong = [("AWS_DISABLE_CLOCK_SKEW_CORRECTION", "maybe")];
    let error = resolve(&Options::new(), None, &wrong).unwrap_err();
    assert!(error.message().contains("\"maybe\""), "{error}");
}

#[test]
fn a_bearer_token_is_of_no_time() {
    let auth = resolve(&Options::new().api_key("k"), None, &[]).unwrap();
    block_on(auth.authorize(&mut request(), &clock())).unwrap();
    let one = Some("Thu, 01 Jan 1970 01:00:00 GMT");
    assert!(!learns(&auth, "InvalidSignatureException", one));
}

#[test]
fn a_role_and_an_api_key_exclude_each_other() {
    let options = Options::new().role_arn("arn:aws:iam::1:role/x");
    let error = resolve(&options.clone().api_key("k"), None, ENV).unwrap_err();
    assert!(error.message().contains("exclude each other"), "{error}");
    #[cfg(feature = "aws-config")]
    {
        let auth = resolve(&options, None, ENV).unwrap();
        assert_eq!(
            auth.scheme(),
            Some("AWS4-HMAC-SHA256"),
            "not the bearer token"
        );
    }
}

#[cfg(not(feature = "aws-config"))]
#[test]
fn without_the_chain_what_needs_it_says_so() {
    let role = Options::new().role_arn("arn:aws:iam::1:role/x");
    let error = resolve(&role, None, ENV).unwrap_err();
    assert!(error.message().contains("`aws-config`"), "{error}");
    let auth = resolve(&Options::new(), None, &[]).unwrap();
    assert_eq!(auth.scheme(), None);
    let error = Keeper::default().settings(&Environment::empty(), Some("dev"));
    let error = error.unwrap_err();
    assert!(
        error.message().contains("\"dev\"") && error.message().contains("`aws-config`"),
        "{error}"
    );
    let error = authorization(&Options::new(), &[]).unwrap_err();
    assert!(error.message().contains("`aws-config`"), "{error}");
}

#[test]
fn a_body_is_hashed_once_for_all_attempts() {
    let auth = resolve(&Options::new().access_key("K", "s"), None, &[]).unwrap();
    let signed = |request: &mut http::Request<Bytes>| {
        block_on(auth.authorize(request, &clock())).unwrap();
        request.headers()[AUTHORIZATION].clone()
    };
    let mut first = request();
    *first.body_mut() = Bytes::from(vec![b'a'; 1000]);
    assert!(auth.reads_ahead(first.body()));
    auth.read_ahead(first.body());
    assert!(!auth.reads_ahead(first.body()), "it has been read");
    let right = signed(&mut first);
    // What is kept is used: another hash gives another signature.
    let kept = auth.attempt().body.take().unwrap();
    assert_eq!(kept.0.as_ptr(), first.body().as_ptr());
    auth.attempt().body = Some((kept.0, BodyHash::of("b")));
    assert_ne!(signed(&mut first), right);
    // It is of these very bytes, and of no others that look alike or begin in the same place.
    let mut copy = request();
    *copy.body_mut() = Bytes::from(vec![b'a'; 1000]);
    assert_eq!(signed(&mut copy), right);
    *copy.body_mut() = copy.body().slice(..999);
    assert_ne!(signed(&mut copy), right);
    assert_eq!(signed(&mut first), right);
    // A refusal may be followed by another attempt, a success by none.
    learns(&auth, "ThrottlingException", None);
    assert!(auth.attempt().body.is_some());
    let (headers, epoch) = (http::HeaderMap::new(), SystemTime::UNIX_EPOCH);
    auth.learn(&Answered::new(&headers, epoch, epoch));
    assert!(auth.attempt().body.is_none());
}

#[test]
fn a_body_that_nobody_signs_is_not_hashed() {
    let auth = resolve(&Options::new().api_key("k"), None, &[]).unwrap();
    assert!(!auth.reads_ahead(&Bytes::from_static(b"{}")));
    block_on(auth.authorize(&mut request(), &clock())).unwrap();
    assert!(auth.attempt().body.is_none());
}
