//! Where calls went before. Options, environment and profile are looked through once for all calls that say the same.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

use reqllm_core::Result;

use super::address::Address;
use crate::auth::{Auth, Search, Set, Settings, Slot};
use crate::model_id::Arn;
use crate::options::{Endpoint, Read};
use crate::provider::Bedrock;

/// How many places are kept. A program that goes to more of them looks some up again.
const MOST: usize = 64;

/// What calls to the same place have in common.
#[derive(Debug)]
pub(super) struct Found {
    region: String,
    endpoint: Endpoint,
    address: Address,
    settings: Arc<Settings>,
    /// Who calls, where the options of a call do not say.
    auth: Arc<Slot>,
}

impl Found {
    /// `base` is the beginning of every URL.
    pub(super) fn new(
        region: String,
        endpoint: Endpoint,
        base: &str,
        settings: Arc<Settings>,
    ) -> Result<Self> {
        Ok(Self {
            region,
            endpoint,
            address: Address::parse(base)?,
            settings,
            auth: Arc::default(),
        })
    }

    pub(super) fn region(&self) -> &str {
        &self.region
    }

    pub(super) fn address(&self) -> &Address {
        &self.address
    }

    /// Why a profile could not be read.
    pub(super) fn trouble(&self) -> Option<&str> {
        self.settings.trouble.as_deref()
    }

    /// Who makes a call with these options, where the program has set this.
    pub(super) fn auth(
        &self,
        bedrock: &Bedrock,
        options: &Read,
        set: Option<&Set>,
    ) -> Result<Auth> {
        let resolve = || {
            Auth::resolve(&Search {
                options,
                set,
                own: bedrock.ring.own(),
                source: bedrock.credentials.as_ref(),
                env: &bedrock.env,
                settings: &self.settings,
                keeper: &bedrock.keeper,
                region: &self.region,
                endpoint: self.endpoint,
            })
        };
        match options.says_who() {
            true => resolve(),
            false => self.auth.auth(resolve),
        }
    }
}

/// The places that are known to a provider. Those that were asked for again stay longer than those that were not.
#[derive(Debug, Default)]
pub(crate) struct Known(RwLock<Vec<Entry>>);

#[derive(Debug)]
struct Entry {
    key: Key,
    found: Arc<Found>,
    /// Whether it was asked for again since it was last its turn to go.
    again: AtomicBool,
}

impl Known {
    /// The place that was asked for, from `find` if it has not been before. What `find` refuses is asked for anew.
    pub(super) fn find(
        &self,
        asked: &Asked<'_>,
        find: impl FnOnce() -> Result<Found>,
    ) -> Result<Arc<Found>> {
        let known = self.0.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(found) = look(&known, asked) {
            return Ok(found);
        }
        drop(known);
        let found = Arc::new(find()?);
        let mut known = self.0.write().unwrap_or_else(PoisonError::into_inner);
        // Another call may have found it meanwhile.
        if let Some(found) = look(&known, asked) {
            return Ok(found);
        }
        // Nobody asks for what was found with keys that have been replaced.
        known.retain(|entry| entry.key.generation >= asked.generation);
        if known.len() == MOST {
            drop_one(&mut known);
        }
        known.push(Entry {
            key: asked.to_key(),
            found: Arc::clone(&found),
            again: AtomicBool::new(false),
        });
        Ok(found)
    }
}

fn look(known: &[Entry], asked: &Asked<'_>) -> Option<Arc<Found>> {
    let entry = known.iter().find(|entry| entry.key.as_asked() == *asked)?;
    // Nearly always it is set, and what is only read does not go from core to core.
    if !entry.again.load(Ordering::Relaxed) {
        entry.again.store(true, Ordering::Relaxed);
    }
    Some(Arc::clone(&entry.found))
}

/// Drops the first that was not asked for again. Those in front of it go to the end, and have to be asked for anew to stay.
fn drop_one(known: &mut Vec<Entry>) {
    let at = known
        .iter()
        .position(|entry| !entry.again.swap(false, Ordering::Relaxed));
    known.rotate_left(at.unwrap_or(0));
    known.remove(0);
}

/// What decides where a call goes, beside what is the same for all calls of a provider.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Asked<'a> {
    region: Option<&'a str>,
    profile: Option<&'a str>,
    endpoint_url: Option<&'a str>,
    /// Of the model.
    base_url: Option<&'a str>,
    arn_region: Option<&'a str>,
    use_fips: Option<bool>,
    use_dualstack: Option<bool>,
    endpoint: Endpoint,
    /// How often the program had set keys.
    generation: u64,
}

impl<'a> Asked<'a> {
    pub(super) fn of(
        options: &'a Read,
        base_url: Option<&'a str>,
        arn: Option<&Arn<'a>>,
        endpoint: Endpoint,
        generation: u64,
    ) -> Self {
        Self {
            region: options.region.as_deref(),
            profile: options.profile.as_deref(),
            endpoint_url: options.endpoint_url.as_deref(),
            base_url,
            arn_region: arn.map(|arn| arn.region),
            use_fips: options.use_fips,
            use_dualstack: options.use_dualstack,
            endpoint,
            generation,
        }
    }

    fn to_key(self) -> Key {
        let own = |text: Option<&str>| text.map(str::to_owned);
        Key {
            region: own(self.region),
            profile: own(self.profile),
            endpoint_url: own(self.endpoint_url),
            base_url: own(self.base_url),
            arn_region: own(self.arn_region),
            use_fips: self.use_fips,
            use_dualstack: self.use_dualstack,
            endpoint: self.endpoint,
            generation: self.generation,
        }
    }
}

/// The same, kept.
#[derive(Debug)]
struct Key {
    region: Option<String>,
    profile: Option<String>,
    endpoint_url: Option<String>,
    base_url: Option<String>,
    arn_region: Option<String>,
    use_fips: Option<bool>,
    use_dualstack: Option<bool>,
    endpoint: Endpoint,
    generation: u64,
}

impl Key {
    fn as_asked(&self) -> Asked<'_> {
        Asked {
            region: self.region.as_deref(),
            profile: self.profile.as_deref(),
            endpoint_url: self.endpoint_url.as_deref(),
            base_url: self.base_url.as_deref(),
            arn_region: self.arn_region.as_deref(),
            use_fips: self.use_fips,
            use_dualstack: self.use_dualstack,
            endpoint: self.endpoint,
            generation: self.generation,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;

    fn found(region: &str) -> Result<Found> {
        Found::new(
            region.into(),
            Endpoint::Runtime,
            "https://h.example",
            Arc::default(),
        )
    }

    fn of_region(region: &str) -> Asked<'_> {
        Asked {
            region: Some(region),
            ..Asked::default()
        }
    }

    #[test]
    fn each_place_is_found_once_and_none_serves_for_another() {
        let known = Known::default();
        let plain = Asked::default();
        let all = [
            plain,
            of_region("eu-west-1"),
            Asked {
                profile: Some("dev"),
                ..plain
            },
            Asked {
                endpoint_url: Some("https://h.example"),
                ..plain
            },
            Asked {
                base_url: Some("https://h.example"),
                ..plain
            },
            Asked {
                arn_region: Some("eu-west-1"),
                ..plain
            },
            Asked {
                use_fips: Some(true),
                ..plain
            },
            Asked {
                use_dualstack: Some(true),
                ..plain
            },
            Asked {
                endpoint: Endpoint::Mantle,
                ..plain
            },
        ];
        let times = Cell::new(0);
        for _ in 0..2 {
            for (n, asked) in all.iter().enumerate() {
                let place = known.find(asked, || {
                    times.set(times.get() + 1);
                    found(&n.to_string())
                });
                assert_eq!(place.unwrap().region(), n.to_string());
            }
        }
        assert_eq!(times.get(), all.len());
    }

    #[test]
    fn what_was_found_with_keys_that_were_replaced_goes() {
        let known = Known::default();
        let at = |generation| Asked {
            generation,
            ..of_region("x")
        };
        for generation in [1, 2, 2, 5] {
            let region = generation.to_string();
            let place = known.find(&at(generation), || found(&region)).unwrap();
            assert_eq!(place.region(), region);
        }
        assert_eq!(known.0.read().unwrap().len(), 1);
    }

    #[test]
    fn there_are_at_most_so_many_and_a_failure_is_none() {
        let known = Known::default();
        let asked = of_region("x");
        let failure = known.find(&asked, || Err(reqllm_core::Error::config("no")));
        assert!(failure.is_err());
        assert!(known.find(&asked, || found("x")).is_ok());
        for n in 0..MOST {
            let region = n.to_string();
            known.find(&of_region(&region), || found(&region)).unwrap();
        }
        assert_eq!(known.0.read().unwrap().len(), MOST);
        let again = known.find(&asked, || found("again")).unwrap();
        assert_eq!(again.region(), "again");
    }

    #[test]
    fn what_is_asked_for_again_stays() {
        let known = Known::default();
        let hot = of_region("hot");
        known.find(&hot, || found("hot")).unwrap();
        for n in 0..3 * MOST {
            let region = n.to_string();
            known.find(&of_region(&region), || found(&region)).unwrap();
            let hot = known.find(&hot, || found("anew")).unwrap();
            assert_eq!(hot.region(), "hot", "after {n} others");
        }
        assert_eq!(known.0.read().unwrap().len(), MOST);
        // Where all were asked for again, one goes all the same.
        let all: Vec<String> = known
            .0
            .read()
            .unwrap()
            .iter()
            .map(|entry| entry.found.region.clone())
            .collect();
        for region in &all {
            known.find(&of_region(region), || found("anew")).unwrap();
        }
        known.find(&of_region("new"), || found("new")).unwrap();
        assert_eq!(known.0.read().unwrap().len(), MOST);
    }

    #[test]
    fn what_two_calls_find_at_once_is_there_once() {
        let known = Known::default();
        let asked = of_region("x");
        let late = known.find(&asked, || {
            known.find(&asked, || found("first")).unwrap();
            found("second")
        });
        assert_eq!(late.unwrap().region(), "first");
        assert_eq!(known.0.read().unwrap().len(), 1);
    }
}
