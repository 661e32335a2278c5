//! Overlays over the catalogue.
//!
//! What an overlay says of a model is laid over what is known of it, and the result stands in the registry as if it had been
//! given by hand; so does the note where each of its fields came from.

use std::path::Path;
use std::sync::Arc;

use reqllm_core::{Environment, Error, Model, ProviderFacts, Resolution, Result, is_loopback};

use crate::overlay::ProviderPatch;
use crate::{Origin, Overlay, Provenance, Registry, bedrock};

impl Registry {
    /// The embedded catalogue under the overlays of this machine: the user's file, the project's, and the one that
    /// `REQLLM_MODELS` names; see [`Overlay::discover`].
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Config`](reqllm_core::ErrorKind::Config) for an overlay that does not do, naming file and key.
    pub fn discover(env: &Environment, directory: &Path) -> Result<Self> {
        Self::embedded().layered(env, directory)
    }

    /// This registry under the overlays of this machine.
    ///
    /// # Errors
    ///
    /// As [`Registry::discover`].
    pub fn layered(mut self, env: &Environment, directory: &Path) -> Result<Self> {
        for overlay in Overlay::discover(env, directory)? {
            self.lay(overlay)?;
        }
        Ok(self)
    }

    /// Lays an overlay over what is known by now; a later one wins.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Config`](reqllm_core::ErrorKind::Config) if two entries are one model, or a project's file sends a
    /// model's or a provider's calls, and the keys with them, to an address that is not this machine, or says which variables
    /// hold the keys for such an address.
    pub fn lay(&mut self, mut overlay: Overlay) -> Result<()> {
        overlay.canonicalise(|name| self.provider(name).map(str::to_owned))?;
        for (provider, said) in overlay.providers() {
            self.declare(provider, said, overlay.origin())?;
        }
        let mut models: Vec<(String, String)> = overlay
            .models()
            .map(|(provider, id)| (provider.to_owned(), id.to_owned()))
            .collect();
        // Bases before what inherits from them.
        models.sort_by_key(|(_, id)| bedrock::names(id).len());
        for written in models {
            let (provider, id) = (written.0.as_str(), written.1.as_str());
            if self.provider(provider).is_none() {
                self.add_provider(provider, []);
            }
            let mut model = match self.exact(provider, id) {
                Some(model) => Model::clone(&model),
                None => self.derived(&overlay, provider, id),
            };
            // An entry that was meant under another spelling is that entry.
            let key = (provider.to_owned(), model.id.clone());
            let before = self.provenance(provider, &model.id);
            let mut provenance = before.cloned().unwrap_or_default();
            overlay.apply(provider, id, &mut model, &mut provenance);
            let own = |field: &str| provenance.get(field).is_some();
            if let Some(pricing) = model
                .cost
                .as_mut()
                .filter(|_| own("cost.input") && own("cost.output"))
            {
                pricing.estimated = false;
            }
            check_address(&model, overlay.origin(), &provenance)?;
            self.provenance.insert(key.clone(), provenance);
            self.explicit.insert(key, Arc::new(model));
        }
        for (alias, (provider, id)) in overlay.aliases() {
            let key = (provider.to_owned(), alias.to_owned());
            self.aliases.insert(key, id.to_owned());
        }
        Ok(())
    }

    /// Takes over what an overlay says of a provider.
    fn declare(&mut self, provider: &str, said: &ProviderPatch, origin: &Origin) -> Result<()> {
        let before = self.provider_facts(provider);
        let mut all = self.declared.get(provider).cloned().unwrap_or_default();
        all.overlay(said);
        let replaced = self.declared.insert(provider.to_owned(), all);
        let facts = self.provider_facts(provider);
        if let Origin::ProjectFile(path) = origin
            && before != facts
        {
            let address = |facts: &Option<ProviderFacts>| facts.as_ref()?.base_url.clone();
            let (was, url) = (address(&before), address(&facts));
            // Models of the catalogue may have addresses of their own beside the provider's.
            let env = |facts: &Option<ProviderFacts>| facts.as_ref().map(|it| it.env.clone());
            let other_keys = was.is_some_and(|was| !is_here(&was)) && env(&before) != env(&facts);
            if other_keys || !url.as_deref().is_some_and(is_here) {
                // What is refused leaves nothing behind.
                match replaced {
                    Some(before) => self.declared.insert(provider.to_owned(), before),
                    None => self.declared.remove(provider),
                };
                return Err(Error::config(format!(
                    "{}: `providers.{provider}` says how provider {provider:?} is reached, or which keys it gets, and its address is {}; a project's file may only name this machine, because keys go there; set it in your own file",
                    path.display(),
                    url.map_or_else(|| "not known".to_owned(), |url| format!("{url:?}"))
                )));
            }
        }
        if self.provider(provider).is_none() {
            self.add_provider(provider, []);
        }
        Ok(())
    }

    /// Where the fields of a model came from that do not come from the catalogue.
    pub fn provenance(&self, provider: &str, id: &str) -> Option<&Provenance> {
        self.provenance.get(&(provider.to_owned(), id.to_owned()))
    }

    /// What an entry that only an overlay has begins with: the entry that another spelling of its id leads to, what a profile
    /// or a dated release inherits, or what the base that the overlay names tells.
    fn derived(&self, overlay: &Overlay, provider: &str, id: &str) -> Model {
        let known = self
            .parse(&format!("{provider}:{id}"))
            .and_then(|spec| self.look_up(&spec))
            .map(|resolved| resolved.model)
            .ok();
        match known {
            Some(model) if model.resolution == Resolution::Inherited => Model::clone(&model),
            Some(model) if model.resolution == Resolution::Alias && model.wire_id.is_none() => {
                let entry = self.exact(provider, &model.id);
                Model::clone(entry.as_ref().unwrap_or(&model))
            }
            _ => {
                let mut said = Model::new(provider, id);
                overlay.apply(provider, id, &mut said, &mut Provenance::default());
                let mut model = Model::new(provider, id);
                model.base_model = said.base_model;
                self.fill_from_base(&mut model);
                model
            }
        }
    }
}

/// A project's file comes with a checkout, which may be anybody's: it must not say where keys are sent.
fn check_address(model: &Model, origin: &Origin, provenance: &Provenance) -> Result<()> {
    let Origin::ProjectFile(path) = origin else {
        return Ok(());
    };
    let Some(url) = model
        .base_url
        .as_deref()
        .filter(|_| provenance.get("base_url") == Some(origin))
    else {
        return Ok(());
    };
    if is_here(url) {
        return Ok(());
    }
    Err(Error::config(format!(
        "{}: `base_url` of {} is {url:?}; a project's file may only name this machine, because keys go there; set it in your own file",
        path.display(),
        model.spec()
    )))
}

/// Whether an address is on this machine.
fn is_here(url: &str) -> bool {
    let host = url
        .split_once("://")
        .map_or("", |(_, rest)| rest)
        .split(['/', '?', '#'])
        .next()
        .unwrap_or_default();
    let host = match host.rsplit_once(':') {
        Some((host, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => host,
        _ => host,
    };
    is_loopback(host)
}

#[cfg(test)]
#[cfg(feature = "snapshot")]
mod tests {
    use super::*;
    use reqllm_core::Quality;

    fn overlay(text: &str, origin: Origin) -> Overlay {
        Overlay::from_toml(text, origin).unwrap()
    }

    fn resolve(registry: &Registry, spec: &str) -> Arc<Model> {
        registry
            .resolve(&registry.parse(spec).unwrap())
            .unwrap()
            .model
    }

    #[test]
    fn what_is_laid_over_wins_and_the_rest_stays() {
        let mut registry = Registry::embedded();
        let first = r#"
            [models."aws:amazon.nova-pro-v1:0"]
            limits = { output = 10000 }
            cost = { input = "0.7" }
            aliases = ["nova"]

            [models."acme:mystery"]
            base_url = "https://acme.example"
        "#;
        registry.lay(overlay(first, Origin::Program)).unwrap();
        let later = r#"
            [models."bedrock:amazon.nova-pro-v1:0"]
            limits = { output = 9000 }
        "#;
        registry
            .lay(overlay(later, Origin::UserFile("models.toml".into())))
            .unwrap();
        let nova = resolve(&registry, "bedrock:amazon.nova-pro-v1:0");
        assert_eq!(
            (nova.limits.output, nova.limits.context),
            (Some(9000), Some(300_000))
        );
        let cost = nova.cost.as_ref().unwrap();
        assert_eq!(cost.input.unwrap().to_string(), "0.7");
        assert_eq!(cost.output.unwrap().to_string(), "3.2");
        let provenance = registry
            .provenance("bedrock", "amazon.nova-pro-v1:0")
            .unwrap();
        assert_eq!(provenance.get("cost.input"), Some(&Origin::Program));
        assert!(matches!(
            provenance.get("limits.output"),
            Some(Origin::UserFile(_))
        ));
        assert_eq!(provenance.get("cost.output"), None);
        assert_eq!(resolve(&registry, "aws:nova").id, "amazon.nova-pro-v1:0");
        assert_eq!(
            resolve(&registry, "acme:mystery").base_url.as_deref(),
            Some("https://acme.example")
        );
        // A profile inherits from its base as it is now.
        let profile = resolve(&registry, "bedrock:atlantis.amazon.nova-pro-v1:0");
        assert_eq!(profile.limits.output, Some(9000));
        assert_eq!(profile.price_quality(), Quality::Estimated);
    }

    #[test]
    fn a_provider_is_told_by_a_file() {
        let mut registry = Registry::embedded();
        let text = r#"
            [providers.Ac_Mo]
            npm = "@ai-sdk/openai-compatible"
            api = "https://${ACMO_TENANT}.acmo.example/v1"
            env = ["ACMO_TENANT", "ACMO_API_KEY"]
            models.m1.limit.context = 7000

            [providers.groq]
            api = "https://proxy.example/v1"
        "#;
        registry.lay(overlay(text, Origin::Program)).unwrap();
        let facts = registry.provider_facts("ac-mo").unwrap();
        assert_eq!(facts.dialect.as_deref(), Some("openai-compatible"));
        assert_eq!(
            facts.base_url.as_deref(),
            Some("https://${ACMO_TENANT}.acmo.example/v1")
        );
        assert_eq!(facts.key_variables().collect::<Vec<_>>(), ["ACMO_API_KEY"]);
        let model = resolve(&registry, "ac_mo:m1");
        assert_eq!(model.limits.context, Some(7000));
        assert!(registry.provider_ids().contains("ac-mo"));
        // What is not said stays, and a later file wins field by field.
        let groq = registry.provider_facts("groq").unwrap();
        assert_eq!(groq.base_url.as_deref(), Some("https://proxy.example/v1"));
        assert!(
            groq.moved,
            "its models with addresses of their own are there, too"
        );
        assert_eq!(groq.key_variables().collect::<Vec<_>>(), ["GROQ_API_KEY"]);
        let later = r#"providers.ac-mo.env = ["OTHER_KEY"]"#;
        registry.lay(overlay(later, Origin::Program)).unwrap();
        let facts = registry.provider_facts("ac-mo").unwrap();
        assert_eq!(facts.env, ["OTHER_KEY"]);
        assert_eq!(facts.dialect.as_deref(), Some("openai-compatible"));
    }

    #[test]
    fn what_a_file_says_of_a_provider_has_to_make_sense() {
        for (text, says) in [
            (r#"api = "acmo.example""#, "an http: or https: URL"),
            (r#"api = "https://${ACMO/v1""#, "an http: or https: URL"),
            ("npm = 7", "the name of a package"),
            (r#"env = "ACMO_API_KEY""#, "a list of words"),
            (r#"envs = ["ACMO_API_KEY"]"#, "did you mean \"env\"?"),
        ] {
            let text = format!("[providers.acmo]\n{text}\n");
            let error = Overlay::from_toml(&text, Origin::Program).unwrap_err();
            assert!(error.message().contains("providers.acmo"), "{error}");
            assert!(error.message().contains(says), "{error}");
        }
    }

    #[test]
    fn a_checkout_does_not_say_how_a_provider_is_reached() {
        let lay = |text: &str| {
            let origin = Origin::ProjectFile("reqllm.toml".into());
            let mut registry = Registry::embedded();
            let facts =
                |registry: &Registry| ["acmo", "groq"].map(|id| registry.provider_facts(id));
            let before = facts(&registry);
            let laid = registry.lay(overlay(text, origin));
            assert!(laid.is_ok() || facts(&registry) == before, "{text}");
            laid.map(|()| registry)
        };
        let here = r#"
            [providers.acmo]
            npm = "@ai-sdk/openai-compatible"
            api = "http://127.0.0.1:8000/v1"
            env = ["ACMO_API_KEY"]
        "#;
        assert!(lay(here).unwrap().provider_facts("acmo").is_some());
        let known = r#"
            [providers.groq]
            env = ["GROQ_API_KEY"]
        "#;
        lay(known).unwrap();
        for text in [
            r#"providers.acmo.api = "https://evil.example/v1""#,
            r#"providers.groq.api = "https://evil.example/v1""#,
            // Somebody else's key would go to an address that is known.
            r#"providers.groq.env = ["OPENAI_API_KEY"]"#,
            r#"providers.acmo.api = "https://${OPENAI_API_KEY}.localhost.evil.example""#,
            r#"providers.acmo.api = "${HOST}/v1""#,
            "[providers.groq]\napi = \"http://127.0.0.1:1\"\nenv = [\"OPENAI_API_KEY\"]",
        ] {
            let error = lay(text).unwrap_err();
            assert!(error.message().contains("this machine"), "{text}: {error}");
        }
    }

    #[test]
    fn a_checkout_does_not_say_where_keys_go() {
        let to = |url: &str| {
            let text = format!("[models.\"bedrock:x\"]\nbase_url = \"{url}\"\n");
            Registry::embedded().lay(overlay(&text, Origin::ProjectFile("reqllm.toml".into())))
        };
        for url in [
            "http://localhost:8080/v1",
            "http://127.0.0.1",
            "https://[::1]:9",
        ] {
            to(url).unwrap();
        }
        for url in [
            "https://evil.example",
            "https://localhost.evil.example:443",
            "https://evil.example/localhost",
        ] {
            let error = to(url).unwrap_err();
            assert!(error.message().contains("this machine"), "{error}");
        }
    }
}
