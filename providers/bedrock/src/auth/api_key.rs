//! Short-term Bedrock API keys, made on this machine from IAM keys.
//!
//! Such a key is a request that was signed beforehand and never sent: the URL of `CallWithBearerToken` with a Signature
//! Version 4 in its query, in Base64. Bedrock checks the signature when the key comes as a bearer token. Nothing is asked of
//! AWS to make one. Source of the form: AWS's package `aws-bedrock-token-generator` 1.1.0 for Python, whose keys the tests
//! below hold byte for byte.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::{Method as Verb, Uri};
use reqllm_core::{Error, ErrorKind, ProviderOptions, Result, SecretString, Warning};

use super::sigv4::{self, Signer};
use super::{Auth, Credential, CredentialSource as _, Keys, Method, two_in_a_row};
use crate::options::{Endpoint, Read};
use crate::place::Place;
use crate::provider::Bedrock;
use crate::region;

/// What every short-term key begins with; Base64 follows.
const PREFIX: &str = "bedrock-api-key-";
/// The request that is signed. The host is the same in all regions; the region is in the scope of the signature.
const REQUEST: &str = "https://bedrock.amazonaws.com/?Action=CallWithBearerToken";
/// Stands behind the signature, which does not cover it.
const VERSION: &str = "&Version=1";
/// The longest that a key may serve. Source: AWS's page on Bedrock API keys.
const MAX_HOURS: u32 = 12;

/// Makes a short-term Bedrock API key of IAM keys, without asking AWS.
///
/// Whoever has it may call Bedrock in `region` as the owner of `keys`, from `now` on for `hours` (1 to 12), and no longer than
/// `keys` themselves are good for if they are temporary. `now` is the time of this machine, put right or not: the key counts
/// from it.
///
/// ```
/// use std::time::SystemTime;
/// use reqllm_bedrock::{Keys, short_term_api_key};
/// use reqllm_core::ExposeSecret as _;
///
/// let keys = Keys::new("AKIDEXAMPLE", "secret", None);
/// let key = short_term_api_key(&keys, "eu-west-1", 1, SystemTime::UNIX_EPOCH)?;
/// assert!(key.expose_secret().starts_with("bedrock-api-key-"));
/// # Ok::<(), reqllm_core::Error>(())
/// ```
///
/// # Errors
///
/// [`ErrorKind::InvalidRequest`] for other hours, [`ErrorKind::Config`] for a region that is none, and
/// [`ErrorKind::Authentication`] for keys that cannot sign.
pub fn short_term_api_key(
    keys: &Keys,
    region: &str,
    hours: u32,
    now: SystemTime,
) -> Result<SecretString> {
    let lifetime = lifetime(hours)?;
    region::check(region, "the arguments")?;
    let request = Uri::from_static(REQUEST);
    let signer = Signer::new(keys, region, Endpoint::Runtime.signing_name());
    let signature = signer.presign(&Verb::POST, &request, lifetime, now)?;
    let url = REQUEST.trim_start_matches("https://");
    let encoded = STANDARD.encode(format!("{url}&{signature}{VERSION}"));
    Ok(format!("{PREFIX}{encoded}").into())
}

fn lifetime(hours: u32) -> Result<Duration> {
    if (1..=MAX_HOURS).contains(&hours) {
        return Ok(Duration::from_secs(u64::from(hours) * 3600));
    }
    Err(Error::invalid_request(format!(
        "a short-term API key for {hours} hours cannot be made; from 1 to {MAX_HOURS} hours would do"
    ))
    .with_provider(crate::ID))
}

/// A short-term API key, and when it ends.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct ApiKey {
    /// The key, for `AWS_BEARER_TOKEN_BEDROCK` or option `api_key`.
    pub key: SecretString,
    /// The region whose calls it opens.
    pub region: String,
    /// The end, if the IAM keys behind it do not end before.
    pub expires_at: SystemTime,
    /// What was not as it might be when keys and region were looked for.
    pub warnings: Vec<Warning>,
}

impl ApiKey {
    /// The end in words, as in `2026-11-22T12:00:00Z`.
    ///
    /// # Errors
    ///
    /// If the end is in no year that can be written so.
    pub fn expires(&self) -> Result<String> {
        sigv4::rfc3339(self.expires_at)
    }
}

impl Bedrock {
    /// Makes a short-term API key of the IAM keys that a call with these options would be signed with, for the region that
    /// it would go to. An API key that is set is passed over: no key comes of a key. See [`short_term_api_key`].
    ///
    /// # Errors
    ///
    /// As of [`short_term_api_key`], for options that are none, and [`ErrorKind::Authentication`] if there are no IAM keys.
    pub async fn short_term_api_key(
        &self,
        options: &ProviderOptions,
        hours: u32,
        now: SystemTime,
    ) -> Result<ApiKey> {
        self.mint(options, hours, now)
            .await
            .map_err(|error| error.with_provider(crate::ID))
    }

    async fn mint(&self, options: &ProviderOptions, hours: u32, now: SystemTime) -> Result<ApiKey> {
        let lifetime = lifetime(hours)?;
        let mut options = Read::of(options)?;
        options.api_key = None;
        let without_key = Self {
            env: self.env.without("AWS_BEARER_TOKEN_BEDROCK"),
            // What was found in one environment is not what is in another.
            places: Arc::default(),
            ring: Arc::new(self.ring.without_api_key()?),
            ..self.clone()
        };
        let place = Place::of_account(&without_key, &options, None, None)?;
        let Credential::Keys(keys) = place.auth.credential(now).await? else {
            return Err(Error::new(
                ErrorKind::Authentication,
                "the source of credentials gives an API key, and a short-term API key is made of IAM keys; give those",
            ));
        };
        let key = short_term_api_key(&keys, place.region(), hours, now)?;
        // The date in the key has no fractions of a second.
        let since = now
            .duration_since(SystemTime::UNIX_EPOCH)
            .unwrap_or_default();
        let expires_at = now - Duration::from_nanos(since.subsec_nanos().into()) + lifetime;
        // No address is asked, so none was passed over.
        let region = place.region().to_owned();
        let mut warnings = place.warnings;
        warnings.retain(|warning| warning.code != "endpoint_not_used");
        Ok(ApiKey {
            key,
            region,
            expires_at,
            warnings,
        })
    }
}

impl Auth {
    /// What a request at `now` would be authorised with.
    async fn credential(&self, now: SystemTime) -> Result<Credential> {
        let mut method = &self.method;
        if let Method::Asked { otherwise, .. } = method {
            if let Some(found) = self.ask(|| now).await? {
                return Ok(found);
            }
            method = otherwise;
        }
        method.credential(now).await
    }
}

impl Method {
    async fn credential(&self, now: SystemTime) -> Result<Credential> {
        match self {
            Self::Fixed(credential) => Ok(credential.clone()),
            Self::Own(source) => source.credential(now).await,
            Self::Kept { source, .. } => source.credential(now).await,
            Self::Asked { .. } => Err(two_in_a_row()),
            #[cfg(not(feature = "aws-config"))]
            Self::Missing => Err(super::missing()),
        }
    }
}

#[cfg(test)]
mod tests {
    use futures_executor::block_on;
    use reqllm_core::{Environment, ExposeSecret as _};

    use super::*;
    use crate::options::Options;

    const SECRET: &str = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";

    /// 2026-11-22T12:00:00Z, and a bit that no key shows.
    fn noon() -> SystemTime {
        SystemTime::UNIX_EPOCH + Duration::from_millis(1_795_348_800_750)
    }

    fn keys(token: Option<&str>) -> Keys {
        Keys::new("AKIDEXAMPLE", SECRET, token.map(Into::into))
    }

    fn url(key: &SecretString) -> String {
        let encoded = key.expose_secret().strip_prefix(PREFIX).unwrap();
        String::from_utf8(STANDARD.decode(encoded).unwrap()).unwrap()
    }

    /// What aws-bedrock-token-generator 1.1.0 over botocore 1.44.5 makes of the same keys at noon.
    #[test]
    fn worked_examples() {
        let key = short_term_api_key(&keys(None), "us-east-1", 12, noon()).unwrap();
        assert_eq!(
            key.expose_secret(),
            concat!(
                "bedrock-api-key-",
                "YmVkcm9jay5hbWF6b25hd3MuY29tLz9BY3Rpb249Q2FsbFdpdGhCZWFyZXJUb2tlbiZYLUFtei1BbGdvcml0aG09QVdTNC1ITUFDLVNIQTI1NiZYLUFt",
                "ei1DcmVkZW50aWFsPUFLSURFWEFNUExFJTJGMjAyNjExMjIlMkZ1cy1lYXN0LTElMkZiZWRyb2NrJTJGYXdzNF9yZXF1ZXN0JlgtQW16LURhdGU9MjAy",
                "NjExMjJUMTIwMDAwWiZYLUFtei1FeHBpcmVzPTQzMjAwJlgtQW16LVNpZ25lZEhlYWRlcnM9aG9zdCZYLUFtei1TaWduYXR1cmU9ODRhMTVkNjBhYjUy",
                "NGQ5YWJlODg1YzJlZmJkNTY5NjBmNzdkYmYzM2JkZWM0OTM5OTQ0YjBkZjQzMjAwNmJhMyZWZXJzaW9uPTE=",
            )
        );
        let token = Some("TOKEN/with+odd=chars==");
        let key = short_term_api_key(&keys(token), "eu-west-1", 1, noon()).unwrap();
        assert_eq!(
            url(&key),
            "bedrock.amazonaws.com/?Action=CallWithBearerToken&X-Amz-Algorithm=AWS4-HMAC-SHA256\
             &X-Amz-Credential=AKIDEXAMPLE%2F20261122%2Feu-west-1%2Fbedrock%2Faws4_request&X-Amz-Date=20261122T120000Z\
             &X-Amz-Expires=3600&X-Amz-SignedHeaders=host&X-Amz-Security-Token=TOKEN%2Fwith%2Bodd%3Dchars%3D%3D\
             &X-Amz-Signature=eae3ad66bec1b5f627e8b4da468655c47e8dc22da3d59af2d580ca9d9344a515&Version=1"
        );
    }

    #[test]
    fn hours_and_region_are_checked() {
        for hours in [0, 13, u32::MAX] {
            let error = short_term_api_key(&keys(None), "us-east-1", hours, noon()).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::InvalidRequest);
            assert!(
                error.message().contains(&format!("{hours} hours"))
                    && error.message().contains("from 1 to 12"),
                "{error}"
            );
        }
        for hours in 1..=12 {
            let key = short_term_api_key(&keys(None), "us-east-1", hours, noon()).unwrap();
            let expires = format!("X-Amz-Expires={}&", hours * 3600);
            assert!(url(&key).contains(&expires), "{}", url(&key));
        }
        let error = short_term_api_key(&keys(None), "US East", 1, noon()).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Config);
        assert!(error.message().contains("\"US East\""), "{error}");
    }

    #[test]
    fn keys_and_region_come_from_where_those_of_a_call_come_from() {
        let env = Environment::of([
            ("AWS_BEARER_TOKEN_BEDROCK", "an older key"),
            ("AWS_ACCESS_KEY_ID", "ENVKEY"),
            ("AWS_SECRET_ACCESS_KEY", SECRET),
            ("AWS_REGION", "eu-west-3"),
        ]);
        let bedrock = Bedrock::builder().environment(env).build();
        let none = ProviderOptions::new();
        let made = block_on(bedrock.short_term_api_key(&none, 2, noon())).unwrap();
        assert!(url(&made.key).contains("=ENVKEY%2F20261122%2Feu-west-3%2F"));
        assert_eq!(made.region, "eu-west-3");
        assert_eq!(made.expires().unwrap(), "2026-11-22T14:00:00Z");
        let options = Options::new()
            .access_key("OPTKEY", SECRET)
            .region("eu-west-1");
        let made = block_on(bedrock.short_term_api_key(&options.into(), 2, noon())).unwrap();
        assert!(url(&made.key).contains("=OPTKEY%2F20261122%2Feu-west-1%2F"));
        assert!(!format!("{made:?}").contains("bedrock-api-key-"));
    }

    #[tokio::test]
    async fn no_key_comes_of_a_key_or_of_nothing() {
        #[derive(Debug)]
        struct Source;
        #[async_trait::async_trait]
        impl super::super::CredentialSource for Source {
            async fn credential(&self, _now: SystemTime) -> Result<Credential> {
                Ok(Credential::ApiKey("b3arer".into()))
            }
        }
        let bearer = Environment::of([
            ("AWS_BEARER_TOKEN_BEDROCK", "b3arer"),
            ("AWS_EC2_METADATA_DISABLED", "true"),
        ]);
        let builder = Bedrock::builder().environment(bearer);
        let none = ProviderOptions::new();
        let bedrock = builder.clone().build();
        let error = bedrock.short_term_api_key(&none, 1, noon()).await;
        assert_eq!(error.unwrap_err().kind(), ErrorKind::Authentication);
        let bedrock = builder.credentials(Source).build();
        let error = bedrock.short_term_api_key(&none, 1, noon()).await;
        let error = error.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Authentication);
        assert!(error.message().contains("IAM keys"), "{error}");
    }
}
