//! Which options an operation takes.
//!
//! Each takes those that mean something to it and refuses the others, so that none is ignored in silence.

use reqllm_core::{Error, ProviderOptions, Result, nearest};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use crate::options::{NAMES, Read};

/// What every request needs: who, and where.
pub(super) const PLACE: &[&str] = &[
    "api_key",
    "access_key_id",
    "secret_access_key",
    "session_token",
    "profile",
    "role_arn",
    "role_session_name",
    "external_id",
    "region",
    "endpoint_url",
    "use_fips",
    "use_dualstack",
];

/// What InvokeModel takes in its headers, and fields for the body.
pub(super) const INVOKE: &[&str] = &[
    "additional_model_request_fields",
    "guardrail_identifier",
    "guardrail_version",
    "guardrail_trace",
    "performance_latency",
    "service_tier",
    "request_metadata",
];

/// Options that embeddings alone take.
pub(super) const EMBED: &[&str] = &[
    "input_type",
    "embedding_types",
    "embedding_purpose",
    "truncate",
    "normalize",
];

/// Options that listing models alone takes.
pub(super) const ACCOUNT: &[&str] = &["control_endpoint_url"];

/// The operation that an option belongs to, if it is none of a conversation.
pub(crate) fn of(name: &str) -> Option<&'static str> {
    if EMBED.contains(&name) {
        return Some("embeddings");
    }
    ACCOUNT
        .contains(&name)
        .then_some("listing the models of an account")
}

/// Options of an operation: its own, and those that it shares with conversations.
pub(super) struct Taken {
    own: Map<String, Value>,
    pub(super) shared: Read,
}

impl Taken {
    /// Reads the options of `operation`, which takes its `own` and those `shared`.
    pub(super) fn of(
        options: &ProviderOptions,
        operation: &str,
        own: &[&str],
        shared: &[&[&str]],
    ) -> Result<Self> {
        let mut of_its_own = Map::new();
        let mut others = Map::new();
        let takes = || shared.iter().copied().flatten().chain(own).copied();
        for (name, value) in options.iter() {
            if own.contains(&name) {
                of_its_own.insert(name.to_owned(), value.clone());
            } else if takes().any(|taken| taken == name) {
                others.insert(name.to_owned(), value.clone());
            } else if NAMES.contains(&name) || of(name).is_some() {
                return Err(Error::invalid_request(format!(
                    "option `{name}` of bedrock means nothing to {operation}; leave it out"
                )));
            } else {
                let hint = match nearest(name, takes()) {
                    Some(near) => format!("did you mean {near:?}?"),
                    None => format!(
                        "the options of {operation} are {}",
                        takes().collect::<Vec<_>>().join(", ")
                    ),
                };
                return Err(Error::invalid_request(format!(
                    "bedrock has no option {name:?}; {hint}"
                )));
            }
        }
        Ok(Self {
            own: of_its_own,
            shared: Read::of(&others.into())?,
        })
    }

    /// The names of its own options that were given.
    pub(super) fn own_names(&self) -> impl Iterator<Item = &str> {
        self.own.keys().map(String::as_str)
    }

    /// An option of its own, removed.
    pub(super) fn take<T: DeserializeOwned>(&mut self, name: &str) -> Result<Option<T>> {
        let Some(value) = self.own.remove(name) else {
            return Ok(None);
        };
        serde_json::from_value(value)
            .map(Some)
            .map_err(|error| Error::invalid_request(format!("option `{name}` of bedrock: {error}")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn take(options: Value) -> Result<Taken> {
        let options = options.as_object().unwrap().clone().into();
        Taken::of(&options, "embeddings", EMBED, &[PLACE, INVOKE])
    }

    #[test]
    fn own_and_shared_options_are_told_apart() {
        let mut taken = take(json!({"input_type": "search_query", "region": "eu-west-1"})).unwrap();
        assert_eq!(taken.shared.region.as_deref(), Some("eu-west-1"));
        let input_type: Option<String> = taken.take("input_type").unwrap();
        assert_eq!(input_type.as_deref(), Some("search_query"));
        assert_eq!(taken.take::<String>("input_type").unwrap(), None);
    }

    #[test]
    fn options_without_meaning_are_refused_by_name() {
        for (options, part) in [
            (
                json!({"use_converse": true}),
                "`use_converse` of bedrock means nothing to embeddings",
            ),
            (
                json!({"control_endpoint_url": "x"}),
                "means nothing to embeddings",
            ),
            (json!({"imput_type": "x"}), "did you mean \"input_type\"?"),
            (json!({"qqqqqqqqqqqq": 1}), "the options of embeddings are"),
        ] {
            let error = take(options).err().unwrap();
            assert!(error.message().contains(part), "{error}");
        }
        let mut taken = take(json!({"normalize": "yes"})).unwrap();
        let error = taken.take::<bool>("normalize").unwrap_err();
        assert!(error.message().contains("`normalize`"), "{error}");
        let read = Read::of(
            &json!({"truncate": "END"})
                .as_object()
                .unwrap()
                .clone()
                .into(),
        );
        let error = read.err().unwrap();
        assert!(error.message().contains("is for embeddings"), "{error}");
    }
}
