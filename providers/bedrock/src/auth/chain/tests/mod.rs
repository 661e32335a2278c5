//! The chain against canned answers of STS, SSO, containers and instances. Homes are directories of their own.

mod nothing;
mod roles;
mod sources;
mod sso;

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::time::Duration;

use bytes::Bytes;
use reqllm_core::{Authorize, Clock, Random, RoundTrip, RoundTripLimits};

use super::*;
use crate::auth::{Auth, Keeper, OwnKeys, Settings};
use crate::options::{Options, Read};

/// Answers by what the address contains, and keeps what was asked.
#[derive(Debug, Default)]
struct Canned {
    answers: BTreeMap<&'static str, (u16, String)>,
    asked: Mutex<Vec<Question>>,
}

/// What somebody was asked.
#[derive(Clone, Debug)]
struct Question {
    line: String,
    authorization: String,
    token: String,
    body: String,
}

#[async_trait]
impl RoundTrip for Canned {
    async fn round_trip(
        &self,
        request: ::http::Request<Bytes>,
        limits: RoundTripLimits,
    ) -> Result<::http::Response<Bytes>> {
        let header = |name: &str| {
            let value = request.headers().get(name);
            value.map_or_else(String::new, |value| value.to_str().unwrap().to_owned())
        };
        let line = format!("{} {}", request.method(), request.uri());
        let body = String::from_utf8(request.body().to_vec()).unwrap();
        self.asked.lock().unwrap().push(Question {
            line: line.clone(),
            authorization: header("authorization"),
            token: header("x-aws-ec2-metadata-token"),
            body: body.clone(),
        });
        assert!(limits.timeout <= Duration::from_secs(30));
        // The longest key that fits is meant.
        let asked = format!("{line} {body}");
        let answer = self
            .answers
            .iter()
            .filter(|(part, _)| asked.contains(**part))
            .max_by_key(|(part, _)| part.len());
        match answer {
            Some((_, (status, body))) => Ok(::http::Response::builder()
                .status(*status)
                .header("x-aws-ec2-metadata-token-ttl-seconds", "21600")
                .header(
                    "content-type",
                    if body.starts_with('{') {
                        "application/json"
                    } else {
                        "text/xml"
                    },
                )
                .body(Bytes::from(body.clone()))
                .unwrap()),
            None => Err(Error::new(ErrorKind::Timeout, "no answer within 1s")),
        }
    }
}

fn canned(answers: &[(&'static str, u16, String)]) -> Arc<Canned> {
    Arc::new(Canned {
        answers: answers
            .iter()
            .map(|(part, status, body)| (*part, (*status, body.clone())))
            .collect(),
        ..Canned::default()
    })
}

/// Noon of 22 November 2026.
fn noon() -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_secs(1_795_348_800)
}

struct Home(tempfile::TempDir);

impl Home {
    fn new(files: &[(&str, &str)]) -> Self {
        let home = tempfile::tempdir().unwrap();
        for (path, text) in files {
            let path = home.path().join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        }
        Self(home)
    }

    fn env(&self, more: &[(&str, &str)]) -> Environment {
        let home = ("HOME", self.0.path().to_str().unwrap());
        Environment::of(more.iter().copied().chain([home]))
    }
}

struct World {
    env: Environment,
    keeper: Arc<Keeper>,
    region: &'static str,
}

impl World {
    fn new(env: Environment, round_trip: &Arc<Canned>) -> Self {
        let round_trip: Arc<dyn RoundTrip> = Arc::clone(round_trip) as _;
        Self {
            env,
            keeper: Arc::new(Keeper::new(Some(round_trip), Random::fixed(0.0))),
            region: "eu-west-1",
        }
    }

    fn auth(&self, options: &Options, source: Option<&Arc<dyn CredentialSource>>) -> Result<Auth> {
        let options = Read::of(&options.clone().into())?;
        let settings = self
            .keeper
            .settings(&self.env, options.profile.as_deref())?;
        Auth::resolve(&Search {
            options: &options,
            set: None,
            own: None,
            source,
            env: &self.env,
            settings: &settings,
            keeper: &self.keeper,
            region: self.region,
            endpoint: crate::options::Endpoint::Runtime,
        })
    }

    /// The keys that these options lead to.
    async fn keys(&self, options: &Options) -> Result<(String, String)> {
        self.keys_at(options, noon()).await
    }

    async fn keys_at(&self, options: &Options, at: SystemTime) -> Result<(String, String)> {
        let auth = self.auth(options, None)?;
        let mut request =
            ::http::Request::post("https://bedrock-runtime.eu-west-1.amazonaws.com/x")
                .body(Bytes::new())
                .unwrap();
        auth.authorize(&mut request, &Clock::fixed(at)).await?;
        let header = |name: &str| {
            let value = request.headers().get(name);
            value.map_or_else(String::new, |value| value.to_str().unwrap().to_owned())
        };
        let id = header("authorization");
        let id = id
            .split("Credential=")
            .nth(1)
            .and_then(|rest| rest.split('/').next());
        Ok((
            id.unwrap_or_default().to_owned(),
            header("x-amz-security-token"),
        ))
    }
}

fn sts(operation: &str, id: &str) -> String {
    format!(
        "<{operation}Response xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><{operation}Result><Credentials>\
         <AccessKeyId>{id}</AccessKeyId><SecretAccessKey>r0le-secret</SecretAccessKey>\
         <SessionToken>token-of-{id}</SessionToken><Expiration>2026-11-22T13:00:00Z</Expiration></Credentials>\
         <AssumedRoleUser><Arn>arn:aws:sts::1:assumed-role/x/y</Arn><AssumedRoleId>A:y</AssumedRoleId></AssumedRoleUser>\
         </{operation}Result></{operation}Response>"
    )
}

fn sts_error(code: &str, message: &str) -> String {
    format!(
        "<ErrorResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><Error><Type>Sender</Type><Code>{code}</Code>\
         <Message>{message}</Message></Error><RequestId>r-1</RequestId></ErrorResponse>"
    )
}

fn json_keys(id: &str) -> String {
    format!(
        r#"{{"Code":"Success","Type":"AWS-HMAC","LastUpdated":"2026-11-22T11:00:00Z","AccessKeyId":"{id}","SecretAccessKey":"s","Token":"token-of-{id}","Expiration":"2026-11-22T13:00:00Z"}}"#
    )
}

fn pair(id: &str, token: &str) -> (String, String) {
    (id.to_owned(), token.to_owned())
}
