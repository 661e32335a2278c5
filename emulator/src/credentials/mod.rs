//! The services that credentials come from, each in a room of its own, on the port of all others.
//!
//! What they give out is good for Bedrock and for STS until it ends by the emulator's clock.

mod answer;
mod container;
mod form;
mod imds;
mod rules;
mod sso;
mod sts;

use std::collections::VecDeque;

use http::request::Parts;
use http::{Method, StatusCode};
use serde_json::{Value, json};

pub use rules::{CredentialRules, Role, Service, SsoRole};

use crate::auth::{Keyring, Ledger, Temporary};
use crate::dice::Dice;
use crate::reply::Reply;
use crate::time;

/// Most questions and tokens that are remembered.
const MAX_REMEMBERED: usize = 1024;
/// Instance metadata and containers give the same credentials again until so many seconds before their end. Source: AWS's page
/// on instance metadata, which has new ones at least five minutes before.
const SPARE: i64 = 5 * 60;

/// The service that a request is for, if it is for one that gives credentials.
pub(crate) fn service(method: &Method, path: &str) -> Option<Service> {
    match path {
        "/" if method == Method::POST => Some(Service::Sts),
        "/token" => Some(Service::SsoOidc),
        "/federation/credentials" => Some(Service::Sso),
        _ if path.starts_with("/latest/") => Some(Service::Imds),
        _ if container::is_its_path(path) => Some(Service::Container),
        _ => None,
    }
}

/// What the services know, and whom they have served.
#[derive(Debug, Default)]
pub(crate) struct Desk {
    pub(crate) rules: CredentialRules,
    pub(crate) ledger: Ledger,
    tokens: Tokens,
    asked: VecDeque<Asked>,
}

/// One question, for tests to look at. Nothing in it is a secret.
#[derive(Debug, Clone)]
struct Asked {
    service: Service,
    what: String,
    status: StatusCode,
}

/// What a room has to go by.
pub(crate) struct Visit<'a> {
    pub(crate) head: &'a Parts,
    pub(crate) body: &'a [u8],
    pub(crate) keyring: &'a Keyring,
    /// Seconds since the epoch.
    pub(crate) now: i64,
}

impl Visit<'_> {
    fn header(&self, name: &str) -> Option<&str> {
        self.head.headers.get(name)?.to_str().ok()
    }

    fn path(&self) -> &str {
        self.head.uri.path()
    }
}

impl Desk {
    pub(crate) fn new(rules: CredentialRules) -> Self {
        Self {
            rules,
            ..Self::default()
        }
    }

    /// Answers, and remembers that it was asked.
    pub(crate) fn answer(&mut self, service: Service, visit: &Visit<'_>) -> Reply {
        let mut what = format!("{} {}", visit.head.method, visit.path());
        let reply = if self.rules.unavailable.contains(&service) {
            answer::unavailable()
        } else {
            match service {
                Service::Imds => imds::answer(self, visit),
                Service::Container => container::answer(self, visit),
                Service::Sts => {
                    let (action, reply) = sts::answer(self, visit);
                    what = action;
                    reply
                }
                Service::Sso => sso::portal(self, visit),
                Service::SsoOidc => sso::token(self, visit),
            }
        };
        self.asked.push_back(Asked {
            service,
            what,
            status: reply.status,
        });
        if self.asked.len() > MAX_REMEMBERED {
            self.asked.pop_front();
        }
        reply
    }

    /// The end of what is given out now, if `wanted` seconds are not fewer.
    fn ends(&self, now: i64, wanted: Option<i64>) -> i64 {
        let longest = i64::from(self.rules.lifetime_seconds);
        now.saturating_add(wanted.map_or(longest, |wanted| wanted.min(longest)))
    }

    /// What a service without a question gives: the credentials of before as long as they are good.
    fn standing(&mut self, source: &str, now: i64) -> Temporary {
        if let Some(temporary) = self.ledger.newest(source, now, SPARE) {
            return temporary.clone();
        }
        let ends = self.ends(now, None);
        self.ledger.issue(source, None, ends)
    }

    /// The form in which the control endpoint shows everything: rules, what was given out, and what was asked for.
    pub(crate) fn to_json(&self, now: i64) -> Value {
        let issued: Vec<Value> = self.ledger.all().map(|it| shown(it, now)).collect();
        let asked: Vec<Value> = self
            .asked
            .iter()
            .map(|it| json!({"service": it.service, "what": it.what, "status": it.status.as_u16()}))
            .collect();
        json!({"rules": self.rules, "issued": issued, "asked": asked})
    }
}

/// Secrets stay out of sight.
fn shown(temporary: &Temporary, now: i64) -> Value {
    json!({
        "access_key": temporary.access_key,
        "source": temporary.source,
        "asked_by": temporary.asked_by,
        "expires_at": time::iso(temporary.expires_at),
        "good": temporary.is_good_at(now),
    })
}

/// Tokens that were given out, and their ends.
#[derive(Debug, Default)]
struct Tokens {
    given: VecDeque<(String, i64)>,
    count: usize,
}

impl Tokens {
    fn give(&mut self, purpose: &str, ends: i64) -> String {
        let dice = Dice::new(&[b"token", purpose.as_bytes()]);
        let token = format!("{purpose}-{}", dice.token("token", self.count, 32));
        self.count += 1;
        self.given.push_back((token.clone(), ends));
        if self.given.len() > MAX_REMEMBERED {
            self.given.pop_front();
        }
        token
    }

    fn is_good(&self, purpose: &str, token: &str, now: i64) -> bool {
        let mut given = self.given.iter();
        let is_given = given.any(|(known, ends)| known == token && now < *ends);
        is_given && token.starts_with(purpose)
    }
}
