//! A newer catalogue than the one that is built in. Only when asked: nothing else in this library fetches anything.
//!
//! ```no_run
//! use reqllm::refresh::{Outcome, Refresh};
//!
//! # async fn run() -> reqllm::Result<()> {
//! if let Outcome::Updated(report) = Refresh::builder().build()?.run().await? {
//!     println!("{} models, {} new", report.models, report.added.len());
//! }
//! # Ok(())
//! # }
//! ```
//!
//! The new catalogue is kept in the cache folder of the platform, and [`registry`] gives a registry that answers from it.
//! A file that makes no sense is refused, and what was there stays.
//!
//! | variable | what it says |
//! | --- | --- |
//! | `REQLLM_MODELS_URL` | where the catalogue is: `https://`, `http://` or `file://` |
//! | `REQLLM_CACHE_DIR` | the folder to keep it in |
//! | `REQLLM_OFFLINE` | that nothing may be fetched, unless it is `0` or `false`; `file://` still works |

mod changes;
mod fetch;
mod info;
mod store;
mod time;

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use reqllm_core::{Clock, Environment, Error, Result};
use reqllm_registry::import::{self, Imported};
use reqllm_registry::{Packed, Registry};
use reqllm_transport::{HttpClient, HyperClient};
use serde::Serialize;
use url::Url;

pub use changes::{PriceChange, Report};
pub use info::{Info, Origin, info};
pub use store::load;

use fetch::{Fetch, Fetched};
use store::{Cached, Facts};

/// Where the catalogue is, if nobody says otherwise.
pub const DEFAULT_URL: &str = "https://models.dev/api.json";

/// The variable that overrides [`DEFAULT_URL`].
const URL: &str = "REQLLM_MODELS_URL";

/// How long a fetch may take in all.
const TIMEOUT: Duration = Duration::from_secs(30);

/// No background refresh asks more often.
const MIN_PAUSE: Duration = Duration::from_secs(60);

/// Whose version of the code made the cache: another one packs other facts from the same file.
const MADE_BY: &str = env!("CARGO_PKG_VERSION");

/// Fetches, checks and keeps a catalogue. Cheap to clone.
#[derive(Clone)]
pub struct Refresh(Arc<Settings>);

struct Settings {
    url: Url,
    directory: PathBuf,
    env: Environment,
    clock: Clock,
    http: Option<Arc<dyn HttpClient>>,
    timeout: Duration,
    baseline: Option<usize>,
}

/// What came of a refresh.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Outcome {
    /// The catalogue is the one that is kept already.
    #[non_exhaustive]
    NotModified {
        /// How many models it has.
        models: usize,
    },
    /// There is a new one.
    Updated(Box<Report>),
}

impl Refresh {
    /// Puts a refresh together.
    pub fn builder() -> RefreshBuilder {
        RefreshBuilder::default()
    }

    /// Fetches the catalogue, unless the one that is kept is still good, and keeps it. Registries that exist stay as they
    /// are. Needs a tokio runtime.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Config`](crate::ErrorKind::Config) if `REQLLM_OFFLINE` forbids it, or a file cannot be read or written;
    /// [`ErrorKind::Decode`](crate::ErrorKind::Decode) if what was fetched is refused; else what went wrong on the network.
    /// Whatever it is, the catalogue that was kept is not touched.
    pub async fn run(&self) -> Result<Outcome> {
        let settings = Arc::clone(&self.0);
        let cached = blocking(move || Ok(settings.cached())).await?;
        let fetched = self.0.fetch(cached.as_ref()).await?;
        let settings = Arc::clone(&self.0);
        blocking(move || settings.keep(cached, fetched)).await
    }

    /// Runs now and then again each time that `every` has passed, but not more often than once a minute, until what this
    /// gives is dropped. `told` hears of each outcome, and may make a new client of the new [`registry`].
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Config`](crate::ErrorKind::Config) outside of a tokio runtime.
    pub fn spawn_every(
        &self,
        every: Duration,
        mut told: impl FnMut(Result<Outcome>) + Send + 'static,
    ) -> Result<Background> {
        let runtime = tokio::runtime::Handle::try_current().map_err(|error| {
            Error::config("a background refresh needs a tokio runtime").with_source(error)
        })?;
        let refresh = self.clone();
        let task = runtime.spawn(async move {
            loop {
                let outcome = refresh.run().await;
                told(outcome);
                tokio::time::sleep(every.max(MIN_PAUSE)).await;
            }
        });
        Ok(Background(task))
    }
}

impl Settings {
    /// What is kept, if it is sound.
    fn cached(&self) -> Option<Cached> {
        store::read(&self.directory)
            .inspect_err(|reason| tracing::warn!("the cached catalogue is ignored: {reason}"))
            .ok()?
    }

    async fn fetch(&self, cached: Option<&Cached>) -> Result<Fetched> {
        if self.url.scheme() == "file" {
            let path = fetch::path(&self.url)?;
            return blocking(move || fetch::file(&path)).await;
        }
        if offline(&self.env) {
            return Err(Error::config(format!(
                "{OFFLINE} is set, so no catalogue is fetched; unset it, or name a file:// URL"
            )));
        }
        let http = match &self.http {
            Some(http) => Arc::clone(http),
            None => Arc::new(HyperClient::new()),
        };
        let shown = fetch::shown(&self.url);
        let etag = cached
            .and_then(|cached| cached.facts.as_ref())
            .filter(|facts| facts.made_by == MADE_BY && facts.url == shown)
            .and_then(|facts| facts.etag.as_deref());
        let fetch = Fetch {
            http,
            etag,
            shown: &shown,
        };
        tokio::time::timeout(self.timeout, fetch.get(self.url.clone()))
            .await
            .unwrap_or_else(|_| Err(fetch::timed_out(&shown, self.timeout)))
    }

    fn keep(&self, cached: Option<Cached>, fetched: Fetched) -> Result<Outcome> {
        let now = self.clock.now();
        let (bytes, etag) = match (fetched, cached.as_ref()) {
            (Fetched::New { bytes, etag }, _) => (bytes, etag),
            (Fetched::NotModified, Some(Cached { packed, facts })) => {
                let facts = facts.clone().map(|mut facts| {
                    facts.checked_at = time::rfc3339(now);
                    facts
                });
                if let Some(facts) = &facts {
                    store::write_facts(&self.directory, facts)?;
                }
                let models = packed.len();
                return Ok(Outcome::NotModified { models });
            }
            (Fetched::NotModified, None) => return Err(fetch::unasked()),
        };
        let embedded = Packed::embedded();
        let (imported, packed) = self.import(&bytes, embedded.len(), &time::day(now))?;
        let facts = Facts {
            url: fetch::shown(&self.url),
            etag,
            fetched_at: time::rfc3339(now),
            checked_at: time::rfc3339(now),
            sha256: packed.source().sha256.to_owned(),
            date: time::day(now),
            providers: packed.providers().len(),
            models: packed.len(),
            made_by: MADE_BY.to_owned(),
        };
        let before = cached.filter(|cached| !cached.is_outdated(&embedded));
        let before = before.map_or(embedded, |cached| cached.packed);
        let mut report = Report::new(&before, &packed, &facts);
        report.skipped = imported
            .skipped
            .into_iter()
            .map(|(reason, models)| (reason, models.len()))
            .collect();
        report.path = store::write(&self.directory, &packed, &facts)?;
        Ok(Outcome::Updated(Box::new(report)))
    }

    fn import(&self, bytes: &[u8], embedded: usize, day: &str) -> Result<(Imported, Packed)> {
        let source = match self.url.host_str() {
            Some(host) if self.url.scheme() != "file" => host,
            _ => "file",
        };
        let import = || {
            let imported = import::import(bytes, source, day)?;
            imported.check(self.baseline.unwrap_or(embedded))?;
            let packed = imported.pack()?;
            Ok((imported, packed))
        };
        import().map_err(|error: Error| {
            let url = fetch::shown(&self.url);
            let message = format!(
                "{url} is refused, and nothing is changed: {}",
                error.message()
            );
            Error::new(error.kind(), message).with_source(error)
        })
    }
}

/// The URL may hold a password or a token.
impl fmt::Debug for Refresh {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Refresh")
            .field("url", &fetch::shown(&self.0.url))
            .field("directory", &self.0.directory)
            .finish_non_exhaustive()
    }
}

/// A background refresh. It ends when this is dropped.
#[derive(Debug)]
#[must_use = "the refresh ends when this is dropped"]
pub struct Background(tokio::task::JoinHandle<()>);

impl Drop for Background {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// Puts a [`Refresh`] together.
#[derive(Default)]
pub struct RefreshBuilder {
    url: Option<String>,
    directory: Option<PathBuf>,
    env: Environment,
    clock: Clock,
    http: Option<Arc<dyn HttpClient>>,
    timeout: Option<Duration>,
    baseline: Option<usize>,
}

impl RefreshBuilder {
    /// Where the catalogue is: `https://`, `http://` or `file://`. Default: `REQLLM_MODELS_URL`, else [`DEFAULT_URL`].
    /// A user name, a password and a query are sent, and neither kept nor shown.
    #[must_use]
    pub fn url(mut self, url: impl Into<String>) -> Self {
        self.url = Some(url.into());
        self
    }

    /// The folder to keep it in. Default: `REQLLM_CACHE_DIR`, else `reqllm` in the cache folder of the platform, which is
    /// where [`load`], [`info`] and [`registry`] look.
    #[must_use]
    pub fn directory(mut self, path: impl Into<PathBuf>) -> Self {
        self.directory = Some(path.into());
        self
    }

    /// Where environment variables come from. Default: the process.
    #[must_use]
    pub fn environment(mut self, env: Environment) -> Self {
        self.env = env;
        self
    }

    /// Where the time comes from. Default: this machine.
    #[must_use]
    pub fn clock(mut self, clock: Clock) -> Self {
        self.clock = clock;
        self
    }

    /// The HTTP client, as [`ClientBuilder::http_client`](crate::ClientBuilder::http_client) takes it.
    #[must_use]
    pub fn http_client(mut self, client: impl HttpClient + 'static) -> Self {
        self.http = Some(Arc::new(client));
        self
    }

    /// How long a fetch may take in all. Default: 30 s.
    #[must_use]
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = Some(timeout);
        self
    }

    /// A catalogue of fewer than half as many models is refused. Default: as many as the built-in one has.
    #[must_use]
    pub fn baseline(mut self, models: usize) -> Self {
        self.baseline = Some(models);
        self
    }

    /// The refresh.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Config`](crate::ErrorKind::Config) if the URL is none that will do, or no cache folder is known.
    pub fn build(self) -> Result<Refresh> {
        let (name, url) = match (self.url, self.env.get(URL)) {
            (Some(url), _) => ("the URL of the catalogue", url),
            (None, Some(url)) => (URL, url),
            (None, None) => (URL, DEFAULT_URL.to_owned()),
        };
        let directory = self
            .directory
            .or_else(|| store::directory(&self.env))
            .ok_or_else(|| {
                Error::config(format!(
                    "no cache folder is known; set {} to one",
                    store::CACHE_DIR
                ))
            })?;
        Ok(Refresh(Arc::new(Settings {
            url: fetch::url(name, &url)?,
            directory,
            env: self.env,
            clock: self.clock,
            http: self.http,
            timeout: self.timeout.unwrap_or(TIMEOUT),
            baseline: self.baseline,
        })))
    }
}

/// The URL may hold a password or a token.
impl fmt::Debug for RefreshBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RefreshBuilder")
            .field("directory", &self.directory)
            .finish_non_exhaustive()
    }
}

/// A registry over the newest catalogue that is at hand: the cached one, else the built-in one. Reads files of this
/// machine, and nothing from elsewhere.
pub fn registry(env: &Environment) -> Registry {
    load(env).map_or_else(Registry::embedded, |packed| Registry::new(Arc::new(packed)))
}

/// The variable that forbids fetching.
const OFFLINE: &str = "REQLLM_OFFLINE";

fn offline(env: &Environment) -> bool {
    env.get(OFFLINE)
        .is_some_and(|value| value != "0" && !value.eq_ignore_ascii_case("false"))
}

/// Files and the packing of thousands of models must not hold other tasks up.
async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T> + Send + 'static,
) -> Result<T> {
    tokio::task::spawn_blocking(work)
        .await
        .unwrap_or_else(|error| {
            Err(Error::decode("the catalogue could not be worked on").with_source(error))
        })
}
