//! A cache folder, a small file to fill it with, and a clock.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, SystemTime};

use reqllm::refresh::{Info, Outcome, Refresh, RefreshBuilder, Report, info, load};
use reqllm::{Clock, Environment, Error};
use serde_json::{Value, json};

/// 2033-05-18, which no built-in catalogue has reached.
pub(crate) const NOW: u64 = 2_000_000_000;

/// A file like models.dev's with one model of each provider that it must have.
pub(crate) fn api() -> Value {
    let provider = |id: &str| {
        let model = format!("{id}-test");
        json!({
            "id": id, "name": id, "env": ["KEY"], "npm": "@ai-sdk/openai-compatible",
            "models": { model.as_str(): {
                "id": model, "name": model, "tool_call": true, "reasoning": false,
                "limit": { "context": 1000, "output": 100 },
                "modalities": { "input": ["text"], "output": ["text"] },
                "cost": { "input": 1.5, "output": 6 },
            } },
        })
    };
    let ids = ["openai", "anthropic", "google", "amazon-bedrock"];
    ids.iter()
        .map(|id| ((*id).to_owned(), provider(id)))
        .collect()
}

/// The same with another price for OpenAI's model.
pub(crate) fn api_at(input: f64) -> Value {
    let mut api = api();
    api["openai"]["models"]["openai-test"]["cost"]["input"] = json!(input);
    api
}

/// A cache folder of its own, removed in the end.
pub(crate) struct Cache(pub(crate) PathBuf);

impl Cache {
    pub(crate) fn new() -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let name = format!("refresh-{}-{count}", std::process::id());
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    pub(crate) fn env(&self) -> Environment {
        self.env_with([])
    }

    pub(crate) fn env_with<'a>(
        &'a self,
        more: impl IntoIterator<Item = (&'a str, &'a str)>,
    ) -> Environment {
        let directory = self.0.to_str().unwrap();
        Environment::of([("REQLLM_CACHE_DIR", directory)].into_iter().chain(more))
    }

    pub(crate) fn at(&self, url: &str) -> RefreshBuilder {
        Refresh::builder()
            .environment(self.env())
            .clock(clock(NOW))
            .baseline(4)
            .url(url)
    }

    pub(crate) async fn run(&self, url: &str) -> Result<Outcome, Error> {
        self.at(url).build().unwrap().run().await
    }

    /// Refreshes from a file.
    pub(crate) async fn take(&self, api: &Value) -> Box<Report> {
        updated(self.run(&self.file(api)).await.unwrap())
    }

    /// Writes a file beside the cache and gives its URL.
    pub(crate) fn file(&self, api: &Value) -> String {
        let path = self.0.join("source.json");
        fs::write(&path, api.to_string()).unwrap();
        url::Url::from_file_path(path).unwrap().into()
    }

    pub(crate) fn info(&self) -> Info {
        info(&self.env(), &clock(NOW + 60))
    }

    pub(crate) fn facts(&self) -> Value {
        serde_json::from_slice(&self.read("catalogue.json")).unwrap()
    }

    pub(crate) fn read(&self, name: &str) -> Vec<u8> {
        fs::read(self.0.join(name)).unwrap()
    }

    /// Every file that a refresh may have left, with what is in it.
    pub(crate) fn files(&self) -> Vec<(String, Vec<u8>)> {
        let mut files: Vec<_> = fs::read_dir(&self.0)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .filter(|name| name != "source.json")
            .map(|name| (name.clone(), self.read(&name)))
            .collect();
        files.sort();
        files
    }
}

impl Drop for Cache {
    fn drop(&mut self) {
        fs::remove_dir_all(&self.0).ok();
    }
}

pub(crate) fn clock(seconds: u64) -> Clock {
    Clock::fixed(SystemTime::UNIX_EPOCH + Duration::from_secs(seconds))
}

pub(crate) fn updated(outcome: Outcome) -> Box<Report> {
    match outcome {
        Outcome::Updated(report) => report,
        other => panic!("not updated: {other:?}"),
    }
}

/// The price of OpenAI's model in the cache.
pub(crate) fn price(cache: &Cache) -> Option<String> {
    let packed = load(&cache.env())?;
    let price = packed.find("openai", "openai-test")?.input_price()?;
    Some(price.normalize().to_string())
}
