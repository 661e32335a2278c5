//! Where a provider is.

use reqllm_core::{Environment, Error, ProviderFacts, Result, is_loopback};
use reqllm_dialects::door::{Plain, normal, shown};

use crate::ID;
use crate::options::Read;
use crate::provider::OpenAi;

/// OpenAI's own address. Source: its API reference, "Introduction".
pub(crate) const OPENAI: &str = "https://api.openai.com/v1";

/// The variable that OpenAI's own clients read the address from.
const VARIABLE: &str = "OPENAI_BASE_URL";

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
}

impl Place {
    /// The first there is: option `base_url`, that of the model, the client's, the environment's, the registry's, OpenAI's own.
    pub(crate) fn of(provider: &OpenAi, options: &Read, of_model: Option<&str>) -> Result<Self> {
        let id = &provider.facts.id;
        let variable = || match &**id {
            ID => provider.env.get(VARIABLE),
            _ => None,
        };
        let (url, source): (_, std::borrow::Cow<'_, str>) = if let Some(url) = &options.base_url {
            (filled(url, &provider.env, id)?, "option `base_url`".into())
        } else if let Some(url) = of_model {
            (
                filled(url, &provider.env, id)?,
                "the model's `base_url`".into(),
            )
        } else if let Some(url) = &provider.endpoint {
            (url.clone(), "the client".into())
        } else if let Some(url) = variable() {
            (url, VARIABLE.into())
        } else if let Some(url) = &provider.facts.base_url {
            (
                filled(url, &provider.env, id)?,
                format!("the registry's record of {id}").into(),
            )
        } else if id == ID {
            return Ok(Self {
                base: OPENAI.to_owned(),
            });
        } else {
            return Err(Error::config(format!(
                "nothing says where provider {id:?} is: give option `base_url`, a `base_url` in the model's spec, or an endpoint to the client"
            )));
        };
        let plain = match options.allow_http {
            Some(true) => Plain::Anywhere,
            _ => Plain::Unless("allow_http"),
        };
        let base = normal(url.trim(), &source, plain)?;
        match PATHS
            .iter()
            .find_map(|path| Some((base.strip_suffix(path)?, path)))
        {
            Some((before, path)) => Err(Error::config(format!(
                "the endpoint from {source} is {:?}: {path} is put behind it here; {:?} would do",
                shown(&base),
                shown(before)
            ))),
            None => Ok(Self { base }),
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

    fn is_at(&self, fits: impl FnOnce(&str) -> bool) -> bool {
        let uri = self.base.parse::<http::Uri>().ok();
        uri.as_ref().and_then(http::Uri::host).is_some_and(fits)
    }
}

/// The variables of a record that hold keys: those that its address has in it hold none.
pub(crate) fn key_variables(facts: &ProviderFacts) -> impl Iterator<Item = &str> {
    let url = facts.base_url.as_deref().unwrap_or_default();
    let is_in_address = move |name: &str| url.contains(&format!("${{{name}}}"));
    let names = facts.env.iter().map(String::as_str);
    names.filter(move |name| !is_in_address(name))
}

/// An address with the variables of the environment in it: `https://${ACCOUNT}.example.com`.
fn filled(url: &str, env: &Environment, provider: &str) -> Result<String> {
    let mut whole = String::with_capacity(url.len());
    let mut rest = url;
    while let Some((before, behind)) = rest.split_once("${") {
        let Some((name, after)) = behind.split_once('}') else {
            return Err(Error::config(format!(
                "the address of provider {provider:?} is {:?}, in which a brace is not closed",
                shown(url)
            )));
        };
        let value = env.get(name).filter(|value| !value.trim().is_empty());
        let Some(value) = value else {
            return Err(Error::config(format!(
                "the address of provider {provider:?} is {:?}, and the environment has no {name}; set it, or give option `base_url`",
                shown(url)
            )));
        };
        whole.push_str(before);
        whole.push_str(value.trim().trim_end_matches('/'));
        rest = after;
    }
    whole.push_str(rest);
    Ok(whole)
}

#[cfg(test)]
mod tests {
    use reqllm_core::{ProviderContext, ProviderOptions};
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
        let options = Read::of(&options)?;
        Place::of(&OpenAi::new(&context), &options, of_model).map(|place| place.base)
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
        let record = || facts("flare", Some("https://api.example/${ACCOUNT}/v1"));
        let env = Environment::of([("ACCOUNT", "a1"), ("WHOLE", "https://whole.example/")]);
        assert_eq!(
            place(record(), env.clone(), None, json!({}), None).unwrap(),
            "https://api.example/a1/v1"
        );
        let whole = facts("x", Some("${WHOLE}/v1"));
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
        let mut record = record();
        record.env = vec!["ACCOUNT".to_owned(), "FLARE_KEY".to_owned()];
        assert_eq!(key_variables(&record).collect::<Vec<_>>(), ["FLARE_KEY"]);
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
                    base: base.to_owned()
                }
                .is_local(),
                local,
                "{base}"
            );
        }
    }
}
