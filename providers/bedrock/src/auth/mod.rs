//! Who calls: API keys and IAM keys, where they come from, and how they are put on a request.

mod credential;
mod sigv4;

use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use http::header::{AUTHORIZATION, HeaderValue};
use reqllm_core::{
    Authorize, Clock, Environment, Error, ErrorKind, ExposeSecret, Result, SecretString,
};

pub use credential::{Credential, CredentialSource, Keys};

use crate::options::Read;

/// The name under which AWS signs for Bedrock Runtime.
const SIGNING_NAME: &str = "bedrock";

/// Proves who sends one request.
#[derive(Debug)]
pub(crate) struct Auth {
    method: Method,
    region: String,
}

#[derive(Debug)]
enum Method {
    Fixed(Credential),
    Source(Arc<dyn CredentialSource>),
    /// Nothing was found: the error comes when the request is about to be sent, so that a dry run needs no account.
    Missing,
}

impl Auth {
    /// Looks for credentials: option key, option key pair, the user's own source, bearer environment, key pair
    /// environment. A session token from the environment belongs to the key pair from the environment.
    pub(crate) fn resolve(
        options: &Read,
        source: Option<&Arc<dyn CredentialSource>>,
        env: &Environment,
        region: &str,
    ) -> Result<Self> {
        let method = if let Some(key) = present(options.api_key.as_ref()) {
            Method::Fixed(Credential::ApiKey(key))
        } else if let Some(keys) = from_options(options)? {
            Method::Fixed(Credential::Keys(keys))
        } else if let Some(source) = source {
            Method::Source(Arc::clone(source))
        } else if let Some(key) = env.get("AWS_BEARER_TOKEN_BEDROCK") {
            Method::Fixed(Credential::ApiKey(key.into()))
        } else if let Some(keys) = from_environment(env)? {
            Method::Fixed(Credential::Keys(keys))
        } else {
            Method::Missing
        };
        Ok(Self {
            method,
            region: region.to_owned(),
        })
    }

    fn put(
        &self,
        credential: &Credential,
        request: &mut http::Request<Bytes>,
        clock: &Clock,
    ) -> Result<()> {
        match credential {
            Credential::ApiKey(key) => bearer(key, request),
            Credential::Keys(keys) => {
                sigv4::sign(request, keys, &self.region, SIGNING_NAME, clock.now())
            }
        }
    }
}

#[async_trait]
impl Authorize for Auth {
    async fn authorize(&self, request: &mut http::Request<Bytes>, clock: &Clock) -> Result<()> {
        match &self.method {
            Method::Fixed(credential) => self.put(credential, request, clock),
            Method::Source(source) => {
                // A source may take its time, and a signature counts from now.
                let credential = source.credential(clock.now()).await?;
                self.put(&credential, request, clock)
            }
            Method::Missing => Err(missing()),
        }
    }

    fn scheme(&self) -> Option<&'static str> {
        match &self.method {
            Method::Fixed(Credential::ApiKey(_)) => Some("Bearer"),
            Method::Fixed(Credential::Keys(_)) => Some("AWS4-HMAC-SHA256"),
            // Which it will be is known when the source is asked.
            Method::Source(_) => Some("Credential-Source"),
            Method::Missing => None,
        }
    }
}

fn missing() -> Error {
    Error::new(
        ErrorKind::Authentication,
        "no credentials for Bedrock; looked at option `api_key`, options `access_key_id` and `secret_access_key`, \
         AWS_BEARER_TOKEN_BEDROCK, AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY; set one of them",
    )
    .with_provider(crate::ID)
}

fn bearer(key: &SecretString, request: &mut http::Request<Bytes>) -> Result<()> {
    let mut value = HeaderValue::try_from(format!("Bearer {}", key.expose_secret())).map_err(|_| {
        Error::new(
            ErrorKind::Authentication,
            "the Bedrock API key holds a character that no header can carry; check that it was copied whole and alone",
        )
        .with_provider(crate::ID)
    })?;
    value.set_sensitive(true);
    request.headers_mut().insert(AUTHORIZATION, value);
    Ok(())
}

/// A blank value counts as absent.
fn present(value: Option<&SecretString>) -> Option<SecretString> {
    let value = value?.expose_secret().trim();
    (!value.is_empty()).then(|| value.into())
}

fn from_options(options: &Read) -> Result<Option<Keys>> {
    let id = options.access_key_id.as_deref().map(str::trim);
    let secret = present(options.secret_access_key.as_ref());
    let token = present(options.session_token.as_ref());
    match (id, secret) {
        (Some(id), Some(secret)) => Ok(Some(Keys::new(id, secret, token))),
        (Some(_), None) => Err(half("option `access_key_id`", "`secret_access_key`")),
        (None, Some(_)) => Err(half("option `secret_access_key`", "`access_key_id`")),
        (None, None) if token.is_some() => Err(half(
            "option `session_token`",
            "`access_key_id` and `secret_access_key`",
        )),
        (None, None) => Ok(None),
    }
}

fn from_environment(env: &Environment) -> Result<Option<Keys>> {
    let secret = env.get("AWS_SECRET_ACCESS_KEY").map(SecretString::from);
    match (env.get("AWS_ACCESS_KEY_ID"), secret) {
        (Some(id), Some(secret)) => {
            let token = env.get("AWS_SESSION_TOKEN").map(SecretString::from);
            Ok(Some(Keys::new(id, secret, token)))
        }
        (Some(_), None) => Err(half("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")),
        (None, Some(_)) => Err(half("AWS_SECRET_ACCESS_KEY", "AWS_ACCESS_KEY_ID")),
        (None, None) => Ok(None),
    }
}

fn half(given: &str, missing: &str) -> Error {
    Error::new(
        ErrorKind::Authentication,
        format!("{given} is set and {missing} is missing; IAM keys come as a pair"),
    )
    .with_provider(crate::ID)
}

#[cfg(test)]
mod tests {
    use std::time::SystemTime;

    use super::*;
    use crate::options::Options;

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

    /// The authorization header that these options and variables lead to.
    fn authorization(options: &Options, env: &[(&str, &str)]) -> Result<(String, Option<String>)> {
        let auth = Auth::resolve(
            &read(options),
            None,
            &Environment::of(env.iter().copied()),
            "us-east-1",
        )?;
        let mut request = request();
        futures_executor::block_on(auth.authorize(&mut request, &clock()))?;
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
        let auth =
            Auth::resolve(&read(&options), None, &Environment::empty(), "us-east-1").unwrap();
        let mut signed = request();
        futures_executor::block_on(auth.authorize(&mut signed, &clock())).unwrap();
        let shown = format!("{auth:?} {signed:?}");
        assert!(
            !shown.contains("s3cret") && !shown.contains("t0ken"),
            "{shown}"
        );
        let auth = Auth::resolve(
            &read(&Options::new().api_key("b3arer")),
            None,
            &Environment::empty(),
            "r",
        )
        .unwrap();
        let mut signed = request();
        futures_executor::block_on(auth.authorize(&mut signed, &clock())).unwrap();
        assert!(!format!("{auth:?} {signed:?}").contains("b3arer"));
    }
}
