//! What the catalogue at hand is.

use std::path::PathBuf;

use reqllm_core::{Clock, Environment};
use reqllm_registry::Packed;
use serde::Serialize;

use super::{store, time};

/// Where the catalogue is from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Origin {
    /// Built into this crate.
    Embedded,
    /// Fetched by a refresh.
    Cache,
}

/// What is known of the catalogue that [`registry`](super::registry) answers from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Info {
    /// Where it is from.
    pub origin: Origin,
    /// Who has its facts: `models.dev`, the host of another server, or `file`.
    pub source: String,
    /// The day on which the facts held.
    pub date: Option<String>,
    /// SHA-256 of the file that it was made from.
    pub sha256: String,
    /// How many providers it has.
    pub providers: usize,
    /// How many models.
    pub models: usize,
    /// Its file; none if it is built in.
    pub path: Option<PathBuf>,
    /// Where it was fetched from, without user name, password and query.
    pub url: Option<String>,
    /// When it was fetched.
    pub fetched_at: Option<String>,
    /// When it was last known to be what the server has.
    pub checked_at: Option<String>,
    /// Seconds since it was last known to be what its source has. None if the clock says that it is yet to come.
    pub age_seconds: Option<u64>,
    /// Why what is in the cache is not used; none if it is, or if nothing is there.
    pub ignored: Option<String>,
}

/// Says which catalogue [`registry`](super::registry) answers from. Reads files of this machine, and nothing from elsewhere.
pub fn info(env: &Environment, clock: &Clock) -> Info {
    let embedded = Packed::embedded();
    let directory = store::directory(env);
    let read = directory.as_deref().map_or(Ok(None), store::read);
    let (cached, ignored) = match read {
        Ok(Some(cached)) if cached.is_outdated(&embedded) => {
            (None, Some("it is older than the built-in one".to_owned()))
        }
        Ok(cached) => (cached, None),
        Err(reason) => (None, Some(reason)),
    };
    let mut info = match cached {
        None => Info::new(Origin::Embedded, &embedded),
        Some(cached) => {
            let mut info = Info::new(Origin::Cache, &cached.packed);
            info.path = directory.map(|directory| directory.join(store::PACKED));
            if let Some(facts) = cached.facts {
                info.url = Some(facts.url);
                info.fetched_at = Some(facts.fetched_at);
                info.checked_at = Some(facts.checked_at);
            }
            info
        }
    };
    info.ignored = ignored;
    let since = info.checked_at.as_deref().or(info.date.as_deref());
    info.age_seconds = since
        .and_then(time::parse)
        .and_then(|since| clock.now().duration_since(since).ok())
        .map(|age| age.as_secs());
    info
}

impl Info {
    fn new(origin: Origin, packed: &Packed) -> Self {
        let source = packed.source();
        Self {
            origin,
            source: source.name.to_owned(),
            date: source.date.map(|date| date.to_string()),
            sha256: source.sha256.to_owned(),
            providers: packed.providers().len(),
            models: packed.len(),
            path: None,
            url: None,
            fetched_at: None,
            checked_at: None,
            age_seconds: None,
            ignored: None,
        }
    }
}
