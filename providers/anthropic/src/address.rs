//! Where requests go.

use reqllm_core::{Error, Model, Result, is_loopback};
use reqllm_dialects::door::{self, Places, Vendor};

use crate::ID;
use crate::options::Read;
use crate::provider::Anthropic;

/// Anthropic's API reference: the service itself.
pub(crate) const OWN: &str = "https://api.anthropic.com";
/// The variable that Anthropic's own clients read.
pub(crate) const VARIABLE: &str = "ANTHROPIC_BASE_URL";
const VENDOR: Vendor = Vendor {
    id: ID,
    base_url: OWN,
    variable: VARIABLE,
};
/// What all paths begin with. Anthropic's clients are given a base without it, the catalogue has it; either will do.
const VERSION: &str = "/v1";

/// An address, without version and without a slash at its end.
pub(crate) struct Address {
    pub(crate) base: String,
    /// Whether a server of this machine is there, which may want no key.
    pub(crate) is_local: bool,
    /// Whether it is another than the registry or the service itself gives.
    pub(crate) elsewhere: bool,
}

impl Address {
    /// The first there is of [`Places`].
    pub(crate) fn of(anthropic: &Anthropic, options: &Read, model: Option<&Model>) -> Result<Self> {
        let found = Places {
            vendor: &VENDOR,
            facts: &anthropic.facts,
            env: &anthropic.env,
            option: options.base_url.as_deref(),
            allow_http: options.allow_http,
            model,
            client: anthropic.endpoint.as_deref(),
        };
        let door::Place {
            mut base,
            source,
            own,
            ..
        } = found.first()?;
        if base.ends_with("/messages") || base.ends_with("/models") {
            return Err(Error::config(format!(
                "the endpoint from {source} is {base:?}, which ends in the path of an operation; leave that out, as in {OWN}"
            )));
        }
        if let Some(short) = base.strip_suffix(VERSION) {
            base.truncate(short.len());
        }
        Ok(Self {
            elsewhere: !own,
            is_local: door::is_at(&base, is_loopback),
            base,
        })
    }

    /// Its host and port.
    pub(crate) fn host(&self) -> &str {
        door::host(&self.base)
    }
}

#[cfg(test)]
mod tests {
    use reqllm_core::{Environment, ProviderContext, ProviderFacts};
    use serde_json::json;

    use super::*;

    fn context(variables: &[(&str, &str)]) -> ProviderContext {
        let variables: Vec<(String, String)> = variables
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect();
        ProviderContext::new(Environment::of(variables))
    }

    fn of(
        context: &ProviderContext,
        options: &[(&str, serde_json::Value)],
        model: &Model,
    ) -> Result<String> {
        let anthropic = Anthropic::new(context);
        let mut given = reqllm_core::ProviderOptions::new();
        for (name, value) in options {
            given.set(*name, value.clone());
        }
        Address::of(&anthropic, &Read::of(ID, &given)?, Some(model)).map(|address| address.base)
    }

    #[test]
    fn the_nearest_to_the_call_wins() {
        let mut context = context(&[(VARIABLE, "https://env.example.com/")]);
        let mut model = Model::new(ID, "claude-x");
        let option = [("base_url", json!("https://option.example.com/v1"))];
        assert_eq!(
            of(&context, &[], &model).unwrap(),
            "https://env.example.com"
        );
        let mut facts = ProviderFacts::new("minimax");
        facts.base_url = Some("https://api.minimax.io/anthropic/v1".to_owned());
        context.facts = Some(facts);
        let minimax = "https://api.minimax.io/anthropic";
        assert_eq!(
            of(&context, &[], &model).unwrap(),
            minimax,
            "the variable is Anthropic's"
        );
        context.endpoints.insert(
            "minimax".to_owned(),
            "https://client.example.com".to_owned(),
        );
        assert_eq!(
            of(&context, &[], &model).unwrap(),
            "https://client.example.com"
        );
        model.base_url = Some("https://model.example.com/v1/".to_owned());
        assert_eq!(
            of(&context, &[], &model).unwrap(),
            "https://model.example.com"
        );
        assert_eq!(
            of(&context, &option, &model).unwrap(),
            "https://option.example.com"
        );
        let bare = self::context(&[]);
        assert_eq!(of(&bare, &[], &Model::new(ID, "x")).unwrap(), OWN);
    }

    #[test]
    fn a_model_may_be_elsewhere_than_its_provider() {
        let mut context = context(&[("RESOURCE", "acme"), ("ACME_KEY", "k")]);
        let mut facts = ProviderFacts::new("azure");
        facts.base_url = Some("https://${RESOURCE}.openai.example/v1".to_owned());
        facts.env = ["RESOURCE", "ACME_KEY"].map(str::to_owned).to_vec();
        context.facts = Some(facts);
        let mut model = Model::new("azure", "claude-x");
        let known = "https://${RESOURCE}.claude.example/anthropic/v1";
        model.wire.base_url = Some(known.to_owned());
        assert_eq!(
            of(&context, &[], &model).unwrap(),
            "https://acme.claude.example/anthropic"
        );
        let anthropic = Anthropic::new(&context);
        let key = anthropic.finder.keys.in_environment();
        use reqllm_core::ExposeSecret as _;
        assert_eq!(key.unwrap().expose_secret(), "k", "not the first variable");
        // Nothing of the environment goes into an address that the registry does not have.
        model.base_url = Some("https://${ACME_KEY}.evil.example".to_owned());
        let error = of(&context, &[], &model).unwrap_err();
        assert!(error.message().contains("write it out"), "{error}");
        model.base_url = None;
        context
            .endpoints
            .insert("azure".to_owned(), "https://client.example".to_owned());
        assert_eq!(of(&context, &[], &model).unwrap(), "https://client.example");
    }

    #[test]
    fn what_is_no_base_is_refused_with_advice() {
        let context = context(&[]);
        let model = Model::new(ID, "claude-x");
        let refused = |url: &str| {
            let error = of(&context, &[("base_url", json!(url))], &model).unwrap_err();
            error.message().to_owned()
        };
        assert!(refused("https://api.anthropic.com/v1/messages").contains("leave that out"));
        assert!(refused("http://api.example.com").contains("allow_http"));
        let allowed = [
            ("base_url", json!("http://api.example.com")),
            ("allow_http", json!(true)),
        ];
        assert_eq!(
            of(&context, &allowed, &model).unwrap(),
            "http://api.example.com"
        );
        let mut context = self::context(&[]);
        context.facts = Some(ProviderFacts::new("acme"));
        let error = of(&context, &[], &model).unwrap_err();
        assert!(error.message().contains("`base_url`"), "{error}");
    }
}
