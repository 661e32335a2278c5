//! What is there where nothing can be fetched.

use std::time::Duration;

use reqllm_core::{Error, Result};

use super::{FetchPolicy, Fetched};

/// Fetches nothing: that takes the feature `fetch`.
#[derive(Debug)]
pub struct Fetcher(());

impl Fetcher {
    /// A fetcher that has nothing to hold to a policy.
    pub fn new(_: FetchPolicy) -> Self {
        Self(())
    }

    /// Fails.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Config`](reqllm_core::ErrorKind::Config), which names the feature.
    pub async fn get(&self, _: &str, _: Option<Duration>) -> Result<Fetched> {
        Err(without())
    }

    /// Fails, unless there is nothing to fetch.
    ///
    /// # Errors
    ///
    /// As [`Fetcher::get`].
    pub async fn get_all(
        &self,
        urls: Vec<String>,
        _: Option<Duration>,
    ) -> Result<Vec<(String, Fetched)>> {
        match urls.is_empty() {
            true => Ok(Vec::new()),
            false => Err(without()),
        }
    }
}

fn without() -> Error {
    Error::config(
        "media at a URL would have to be fetched, and this program was built without the feature `fetch` of reqllm; build it with that, or give the bytes",
    )
}

#[cfg(test)]
mod tests {
    use reqllm_core::ErrorKind;

    use super::*;

    #[tokio::test]
    async fn the_error_names_the_feature() {
        let fetcher = Fetcher::new(FetchPolicy::default());
        assert!(fetcher.get_all(Vec::new(), None).await.unwrap().is_empty());
        let url = "https://me:pw@cdn.example/cat.png?signature=x".to_owned();
        let error = fetcher.get_all(vec![url], None).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Config);
        assert!(error.message().contains("`fetch`"), "{error}");
        assert!(!error.to_string().contains("pw"), "{error}");
    }
}
