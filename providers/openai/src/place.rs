//! Where a provider is.

use reqllm_core::{Error, Model, Result, is_loopback};
use reqllm_dialects::door::{self, Places, Vendor, shown};
use reqllm_dialects::mark::Maker;

use crate::ID;
use crate::options::Read;
use crate::provider::OpenAi;

/// OpenAI's own address. Source: its API reference, "Introduction".
pub(crate) const OPENAI: &str = "https://api.openai.com/v1";

/// The variable that OpenAI's own clients read the address from.
pub(crate) const VARIABLE: &str = "OPENAI_BASE_URL";

const VENDOR: Vendor = Vendor {
    id: ID,
    base_url: OPENAI,
    variable: VARIABLE,
};

/// Paths that people give with the address, and that are put behind it here.
const PATHS: &[&str] = &[
    "/chat/completions",
    "/completions",
    "/responses",
    "/embeddings",
    "/models",
];

/// An address that requests can go to, in its normal form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) base: String,
    /// Whether it is the one that the registry or the provider itself gives.
    pub(crate) own: bool,
}

impl Place {
    /// The first there is of [`Places`].
    pub(crate) fn of(provider: &OpenAi, options: &Read, model: Option<&Model>) -> Result<Self> {
        let found = Places {
            vendor: &VENDOR,
            facts: &provider.facts,
            env: &provider.env,
            option: options.base_url.as_deref(),
            allow_http: options.allow_http,
            model,
            client: provider.endpoint.as_deref(),
        };
        let door::Place {
            base, source, own, ..
        } = found.first()?;
        match PATHS
            .iter()
            .find_map(|path| Some((base.strip_suffix(path)?, path)))
        {
            Some((before, path)) => Err(Error::config(format!(
                "the endpoint from {source} is {:?}: {path} is put behind it here; {:?} would do",
                shown(&base),
                shown(before)
            ))),
            None => Ok(Self { base, own }),
        }
    }

    /// Whether it is on this machine.
    pub(crate) fn is_local(&self) -> bool {
        self.is_at(is_loopback)
    }

    /// Whether it is OpenAI's own, in any region. Source: OpenAI's guide "Data controls", "Data residency".
    pub(crate) fn is_openai(&self) -> bool {
        self.base == OPENAI
            || self.is_at(|host| host == "api.openai.com" || host.ends_with(".api.openai.com"))
    }

    /// Who seals thoughts here for a provider: `maker`, if it is one that is known by name and asked at its own address; else the
    /// one of that name at this place. What a server seals, no other can read, whatever name both are asked by.
    pub(crate) fn maker(&self, provider: &str, maker: Maker, known: bool) -> Maker {
        let own = match provider {
            ID => self.is_openai(),
            _ => self.own,
        };
        match (own, known) {
            (true, true) => maker,
            (true, false) => maker.at(provider),
            (false, _) => maker.at(self.host()),
        }
    }

    /// Its host and port.
    pub(crate) fn host(&self) -> &str {
        door::host(&self.base)
    }

    fn is_at(&self, fits: impl FnOnce(&str) -> bool) -> bool {
        door::is_at(&self.base, fits)
    }
}

#[cfg(test)]
mod tests {
    use reqllm_core::{Environment, ProviderContext, ProviderFacts, ProviderOptions};
    use serde_json::{Value, json};

    use super::*;

    fn place(
        facts: ProviderFacts,
        env: Environment,
        endpoint: Option<&str>,
        options: Value,
        of_model: Option<&str>,
    ) -> Result<String> {
        let mut context = ProviderContext::new(env);
        if let Some(endpoint) = endpoint {
            context
                .endpoints
                .insert(facts.id.clone(), endpoint.to_owned());
        }
        context.facts = Some(facts);
        let options: ProviderOptions = options.as_object().unwrap().clone().into();
        let options = Read::of("x", &options)?;
        let mut model = Model::new("x", "y");
        model.base_url = of_model.map(str::to_owned);
        Place::of(&OpenAi::new(&context), &options, Some(&model)).map(|place| place.base)
    }

    fn facts(id: &str, base_url: Option<&str>) -> ProviderFacts {
        let mut facts = ProviderFacts::new(id);
        facts.base_url = base_url.map(str::to_owned);
        facts
    }

    #[test]
    fn the_nearest_address_wins() {
        let env = || Environment::of([("OPENAI_BASE_URL", "https://env.example/v1")]);
        let record = || facts("openai", Some("https://record.example/v1"));
        let option = json!({"base_url": "https://option.example/v1/"});
        let model = Some("https://model.example/v1");
        let client = Some("https://client.example/v1");
        let host = |base: Result<String>| base.unwrap();
        assert_eq!(
            host(place(record(), env(), client, option, model)),
            "https://option.example/v1"
        );
        assert_eq!(
            host(place(record(), env(), client, json!({}), model)),
            "https://model.example/v1"
        );
        assert_eq!(
            host(place(record(), env(), client, json!({}), None)),
            "https://client.example/v1"
        );
        assert_eq!(
            host(place(record(), env(), None, json!({}), None)),
            "https://env.example/v1"
        );
        let none = Environment::empty;
        assert_eq!(
            host(place(record(), none(), None, json!({}), None)),
            "https://record.example/v1"
        );
        assert_eq!(
            host(place(facts("openai", None), none(), None, json!({}), None)),
            OPENAI
        );
        // The variable is OpenAI's.
        let groq = facts("groq", Some("https://api.groq.com/openai/v1"));
        assert_eq!(
            host(place(groq, env(), None, json!({}), None)),
            "https://api.groq.com/openai/v1"
        );
        let error = place(facts("acme", None), none(), None, json!({}), None).unwrap_err();
        assert!(error.message().contains("`base_url`"), "{error}");
    }

    #[test]
    fn addresses_are_filled_from_the_environment() {
        let record = || {
            let mut facts = facts("flare", Some("https://api.example/${ACCOUNT}/v1"));
            facts.env = vec!["ACCOUNT".to_owned(), "FLARE_KEY".to_owned()];
            facts
        };
        let env = Environment::of([("ACCOUNT", "a1"), ("WHOLE", "https://whole.example/")]);
        assert_eq!(
            place(record(), env.clone(), None, json!({}), None).unwrap(),
            "https://api.example/a1/v1"
        );
        let mut whole = facts("x", Some("${WHOLE}/v1"));
        whole.env = vec!["WHOLE".to_owned()];
        assert_eq!(
            place(whole, env, None, json!({}), None).unwrap(),
            "https://whole.example/v1"
        );
        let error = place(record(), Environment::empty(), None, json!({}), None).unwrap_err();
        assert!(error.message().contains("no ACCOUNT"), "{error}");
        let open = place(
            facts("x", Some("https://${A")),
            Environment::empty(),
            None,
            json!({}),
            None,
        );
        assert!(open.unwrap_err().message().contains("brace"));
        assert_eq!(record().key_variables().collect::<Vec<_>>(), ["FLARE_KEY"]);
    }

    #[test]
    fn a_model_may_be_elsewhere_than_its_provider() {
        let mut facts = facts("gate", Some("https://${HOST}/v1"));
        facts.env = vec!["HOST".to_owned()];
        let mut context = ProviderContext::new(Environment::of([("HOST", "g.example")]));
        context.facts = Some(facts);
        let mut model = Model::new("gate", "m");
        model.wire.base_url = Some("https://${HOST}/openai/v1".to_owned());
        let place = |context: &ProviderContext, model: &Model| {
            Place::of(&OpenAi::new(context), &Read::default(), Some(model)).unwrap()
        };
        let known = place(&context, &model);
        assert_eq!(
            (&*known.base, known.own),
            ("https://g.example/openai/v1", true)
        );
        // What the client is told to talk to takes the place of both.
        let given = ("gate".to_owned(), "https://client.example/v1".to_owned());
        context.endpoints.extend([given]);
        let given = place(&context, &model);
        assert_eq!(
            (&*given.base, given.own),
            ("https://client.example/v1", false)
        );
    }

    #[test]
    fn a_host_may_be_given_as_an_address() {
        let mut bricks = facts("bricks", Some("https://${HOST}/serving/v1"));
        bricks.env = vec!["HOST".to_owned()];
        for host in ["adb-1.example", "https://adb-1.example/"] {
            let env = Environment::of([("HOST", host)]);
            assert_eq!(
                place(bricks.clone(), env, None, json!({}), None).unwrap(),
                "https://adb-1.example/serving/v1",
                "{host}"
            );
        }
    }

    #[test]
    fn nothing_else_is_taken_from_the_environment() {
        let env = || Environment::of([("SECRET_THING", "hush")]);
        let url = "https://evil.example/${SECRET_THING}/v1";
        let record = place(facts("x", Some(url)), env(), None, json!({}), None);
        let option = place(
            facts("x", None),
            env(),
            None,
            json!({"base_url": url}),
            None,
        );
        let model = place(facts("x", None), env(), None, json!({}), Some(url));
        for place in [record, option, model] {
            let error = place.unwrap_err().to_string();
            assert!(error.contains("SECRET_THING"), "{error}");
            assert!(!error.contains("hush"), "{error}");
        }
    }

    #[test]
    fn mistakes_are_named() {
        let error = |options: Value| {
            let facts = facts("openai", None);
            place(facts, Environment::empty(), None, options, None)
                .unwrap_err()
                .to_string()
        };
        let whole = error(json!({"base_url": "https://x.example/v1/chat/completions/"}));
        assert!(
            whole.contains("\"https://x.example/v1\" would do"),
            "{whole}"
        );
        let plain = error(json!({"base_url": "http://x.example/v1"}));
        assert!(plain.contains("`allow_http`"), "{plain}");
        let allowed = json!({"base_url": "http://x.example/v1", "allow_http": true});
        let facts = facts("openai", None);
        let place = place(facts, Environment::empty(), None, allowed, None);
        assert_eq!(place.unwrap(), "http://x.example/v1");
    }

    #[test]
    fn this_machine_needs_no_key() {
        for (base, local) in [
            ("http://127.0.0.1:1/v1", true),
            ("http://localhost/v1", true),
            ("https://api.openai.com/v1", false),
        ] {
            assert_eq!(
                Place {
                    base: base.to_owned(),
                    own: false,
                }
                .is_local(),
                local,
                "{base}"
            );
        }
    }
}
