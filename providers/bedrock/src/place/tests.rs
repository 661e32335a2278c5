//! When the environment is looked through again for credentials.

mod keys;

use std::time::SystemTime;

use reqllm_core::{Answered, Authorize as _, Clock, Environment, ErrorKind};

use super::*;

/// A provider in an environment of these variables.
fn bedrock(variables: &[(&str, &str)]) -> Bedrock {
    let env = environment(variables);
    Bedrock::builder().environment(env).build()
}

/// The same provider, after these variables and no others were set.
fn later(bedrock: &Bedrock, variables: &[(&str, &str)]) -> Bedrock {
    Bedrock {
        env: environment(variables),
        ..bedrock.clone()
    }
}

fn environment(variables: &[(&str, &str)]) -> Environment {
    // Nothing outside of the test is asked.
    let off = [("AWS_EC2_METADATA_DISABLED", "true"), REGION];
    Environment::of(variables.iter().copied().chain(off))
}

const REGION: (&str, &str) = ("AWS_REGION", "us-east-1");

fn bearer(key: &str) -> [(&str, &str); 1] {
    [("AWS_BEARER_TOKEN_BEDROCK", key)]
}

/// A call: who makes it, and what its request says of that.
fn call(bedrock: &Bedrock) -> (Arc<Auth>, Result<String>) {
    let model = Model::new("bedrock", "amazon.nova-lite-v1:0");
    let place = Place::of_model(bedrock, &Read::default(), &model).unwrap();
    let path = format_args!("/model/x/converse");
    let mut request = place.post(path, Bytes::new()).unwrap();
    let clock = Clock::fixed(SystemTime::UNIX_EPOCH);
    let mut runtime = tokio::runtime::Builder::new_current_thread();
    let runtime = runtime.enable_time().build().unwrap();
    let authorized = runtime.block_on(place.auth.authorize(&mut request, &clock));
    let said = authorized.map(|()| {
        let header = &request.headers()[http::header::AUTHORIZATION];
        header.to_str().unwrap().to_owned()
    });
    (place.auth, said)
}

fn says(bedrock: &Bedrock) -> String {
    call(bedrock).1.unwrap()
}

fn refuse(auth: &Auth, refusal: &Error) {
    let (headers, epoch) = (HeaderMap::new(), SystemTime::UNIX_EPOCH);
    auth.learn(&Answered::new(&headers, epoch, epoch).refused(refusal));
}

#[test]
fn what_is_set_after_nothing_was_found_is_found() {
    let nothing = bedrock(&[]);
    assert!(call(&nothing).1.is_err());
    let keys = [
        ("AWS_ACCESS_KEY_ID", "AKID"),
        ("AWS_SECRET_ACCESS_KEY", "secret"),
    ];
    let header = says(&later(&nothing, &keys));
    assert!(header.contains("Credential=AKID/"), "{header}");
    let nothing = bedrock(&[]);
    assert!(call(&nothing).1.is_err());
    assert_eq!(says(&later(&nothing, &bearer("k"))), "Bearer k");
}

#[test]
fn what_cannot_be_sent_is_not_kept() {
    let odd = bedrock(&bearer("a\u{7f}b"));
    assert!(call(&odd).1.is_err());
    assert_eq!(says(&later(&odd, &bearer("k"))), "Bearer k");
}

#[test]
fn what_was_found_serves_until_it_is_refused() {
    for (kind, code, goes) in [
        (ErrorKind::RateLimited, "ThrottlingException", false),
        (ErrorKind::InvalidRequest, "ValidationException", false),
        (ErrorKind::Authentication, "ExpiredTokenException", true),
        (
            ErrorKind::Authentication,
            "UnrecognizedClientException",
            true,
        ),
        (ErrorKind::Permission, "AccessDeniedException", true),
    ] {
        let old = bedrock(&bearer("old"));
        let new = later(&old, &bearer("new"));
        let (auth, header) = call(&old);
        assert_eq!(header.unwrap(), "Bearer old");
        assert_eq!(says(&new), "Bearer old", "the old one may be good");
        refuse(&auth, &Error::new(kind, "no").with_code(code));
        let expected = if goes { "Bearer new" } else { "Bearer old" };
        assert_eq!(says(&new), expected, "{code}");
    }
}

#[test]
fn what_the_options_of_a_call_say_is_of_that_call() {
    let env = bedrock(&bearer("env"));
    assert_eq!(says(&env), "Bearer env");
    let options = Read {
        api_key: Some("own".into()),
        ..Read::default()
    };
    let model = Model::new("bedrock", "amazon.nova-lite-v1:0");
    let place = Place::of_model(&env, &options, &model).unwrap();
    refuse(&place.auth, &Error::new(ErrorKind::Authentication, "no"));
    let new = later(&env, &bearer("new"));
    assert_eq!(
        says(&new),
        "Bearer env",
        "it is not the one that was refused"
    );
}
