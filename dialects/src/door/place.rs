//! Where a provider is.

use std::borrow::Cow;

use reqllm_core::{Environment, Error, Model, ProviderFacts, Result};

use super::{Plain, filled, normal, unfilled};

/// Whose form is spoken, and where he himself is.
#[derive(Clone, Copy, Debug)]
#[expect(clippy::exhaustive_structs, reason = "it is written out as a constant")]
pub struct Vendor {
    /// The id by which models name him.
    pub id: &'static str,
    /// His own address, as [`normal`] gives it.
    pub base_url: &'static str,
    /// The variable from which his own clients read another one. It is his alone, not that of others who speak his form.
    pub variable: &'static str,
}

/// All that may say where a provider is. The first there is counts: the option, the model as it was given, the client, the
/// vendor's variable, the registry's record of the model and that of the provider, the vendor.
#[derive(Clone, Copy, Debug)]
#[expect(
    clippy::exhaustive_structs,
    reason = "it is written out where it is asked"
)]
pub struct Places<'a> {
    /// Whose form is spoken.
    pub vendor: &'a Vendor,
    /// What the registry knows of the provider.
    pub facts: &'a ProviderFacts,
    /// The variables that the registry's addresses are [filled] with.
    pub env: &'a Environment,
    /// Option `base_url` of the call.
    pub option: Option<&'a str>,
    /// Option `allow_http` of the call.
    pub allow_http: Option<bool>,
    /// The model, if it is a call to one.
    pub model: Option<&'a Model>,
    /// The address that the client was given.
    pub client: Option<&'a str>,
}

/// An address that requests can go to.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Place {
    /// The address, as [`normal`] gives it.
    pub base: String,
    /// Who gave it, for messages to people.
    pub source: Cow<'static, str>,
    /// Whether it is the one that the registry or the vendor gives.
    pub own: bool,
}

impl Places<'_> {
    /// The address that counts.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Config`](reqllm_core::ErrorKind::Config) if nobody gives one, or it is none; see [`normal`], [`filled`] and
    /// [`unfilled`].
    pub fn first(&self) -> Result<Place> {
        let (id, vendor) = (&*self.facts.id, self.vendor);
        let is_vendor = id == vendor.id;
        let variable = || self.env.get(vendor.variable).filter(|_| is_vendor);
        let by_registry = || {
            let of_model = self.model.and_then(|it| it.wire.base_url.as_deref());
            let of_provider = self.facts.base_url.as_deref();
            of_model.filter(|_| !self.facts.moved).or(of_provider)
        };
        let mut own = false;
        let (url, source): (Cow<'_, str>, Cow<'static, str>) = if let Some(url) = self.option {
            (unfilled(url, id)?, "option `base_url`".into())
        } else if let Some(url) = self.model.and_then(|it| it.base_url.as_deref()) {
            (unfilled(url, id)?, "the model's `base_url`".into())
        } else if let Some(url) = self.client {
            (url.into(), "the client".into())
        } else if let Some(url) = variable() {
            (url.into(), vendor.variable.into())
        } else if let Some(url) = by_registry() {
            own = true;
            let source = format!("the registry's record of {id}");
            (filled(url, self.env, self.facts)?.into(), source.into())
        } else if is_vendor {
            return Ok(Place {
                base: vendor.base_url.to_owned(),
                source: "the service".into(),
                own: true,
            });
        } else {
            return Err(Error::config(format!(
                "nothing says where provider {id:?} is: give option `base_url`, a `base_url` in the model's spec, or an endpoint to the client"
            )));
        };
        let plain = match self.allow_http {
            Some(true) => Plain::Anywhere,
            _ => Plain::Unless("allow_http"),
        };
        let base = normal(url.trim(), &source, plain)?;
        Ok(Place { base, source, own })
    }
}

/// Whether the host of an address that is [`normal`] is one of these.
pub fn is_at(base: &str, fits: impl FnOnce(&str) -> bool) -> bool {
    let uri = base.parse::<http::Uri>().ok();
    uri.as_ref().and_then(http::Uri::host).is_some_and(fits)
}

/// Host and port of an address that is [`normal`].
pub fn host(base: &str) -> &str {
    let behind = base.split_once("://").map_or("", |(_, rest)| rest);
    behind.split('/').next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    const VENDOR: Vendor = Vendor {
        id: "acme",
        base_url: "https://api.acme.example/v1",
        variable: "ACME_URL",
    };

    #[test]
    fn the_nearest_address_wins_until_none_is_left() {
        let env = Environment::of([("ACME_URL", "https://env.example"), ("HOST", "h.example")]);
        let mut facts = ProviderFacts::new("acme");
        facts.base_url = Some("https://${HOST}/record".to_owned());
        facts.env = vec!["HOST".to_owned()];
        let mut model = Model::new("acme", "m");
        model.base_url = Some("https://model.example".to_owned());
        model.wire.base_url = Some("https://${HOST}/model".to_owned());
        let mut given = model.clone();
        given.base_url = None;
        let nowhere = Environment::of([("HOST", "h.example")]);
        let all = Places {
            vendor: &VENDOR,
            facts: &facts,
            env: &env,
            option: Some("https://option.example/"),
            allow_http: None,
            model: Some(&model),
            client: Some("https://client.example"),
        };
        let bare = ProviderFacts::new("acme");
        let (mut option, mut places) = (all, Vec::new());
        places.push(option);
        option.option = None;
        places.push(option);
        option.model = Some(&given);
        places.push(option);
        option.client = None;
        places.push(option);
        option.env = &nowhere;
        places.push(option);
        option.model = None;
        places.push(option);
        option.facts = &bare;
        places.push(option);
        let found: Vec<(String, bool)> = places
            .iter()
            .map(|it| it.first().map(|place| (place.base, place.own)).unwrap())
            .collect();
        let wanted = [
            ("https://option.example", false),
            ("https://model.example", false),
            ("https://client.example", false),
            ("https://env.example", false),
            ("https://h.example/model", true),
            ("https://h.example/record", true),
            (VENDOR.base_url, true),
        ];
        assert_eq!(found, wanted.map(|(base, own)| (base.to_owned(), own)));
        // An address that somebody gave the provider is that of all its models.
        let mut moved = facts.clone();
        moved.moved = true;
        option.facts = &moved;
        option.model = Some(&given);
        assert_eq!(option.first().unwrap().base, "https://h.example/record");
        // Of another who speaks his form, neither variable nor address count.
        let other = ProviderFacts::new("other");
        option.facts = &other;
        option.env = &env;
        let error = option.first().unwrap_err();
        assert!(error.message().contains("\"other\""), "{error}");
    }

    #[test]
    fn a_host_has_its_port_and_no_path() {
        assert_eq!(host("https://h.example:8443/v1"), "h.example:8443");
        assert!(is_at("https://h.example:8443/v1", |host| host == "h.example"));
    }
}
