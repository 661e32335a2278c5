//! Overlays over the catalogue.
//!
//! What an overlay says of a model is laid over what is known of it, and the result stands in the registry as if it had been
//! given by hand; so does the note where each of its fields came from.

use std::path::Path;
use std::sync::Arc;

use reqllm_core::{Environment, Error, Model, Resolution, Result, is_loopback};

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
    /// model's calls, and the keys with them, to an address that is not this machine.
    pub fn lay(&mut self, mut overlay: Overlay) -> Result<()> {
        overlay.canonicalise(|name| self.provider(name).map(str::to_owned))?;
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
    if is_loopback(host) {
        return Ok(());
    }
    Err(Error::config(format!(
        "{}: `base_url` of {} is {url:?}; a project's file may only name this machine, because keys go there; set it in your own file",
        path.display(),
        model.spec()
    )))
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
