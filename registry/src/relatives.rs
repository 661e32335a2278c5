//! Models without an entry whose ids say of which model they are made.

use reqllm_core::Model;

use crate::Registry;
use crate::resolve::inherit;

impl Registry {
    /// A dated release of a model that has an entry without the date.
    pub(crate) fn dated(&self, provider: &str, id: &str) -> Option<Model> {
        self.child(provider, id, without_date(id)?)
    }

    /// A model that somebody tuned, of one that has an entry or is a dated release.
    pub(crate) fn tuned(&self, provider: &str, id: &str) -> Option<Model> {
        let base = before_tuning(id)?;
        let known = self.child(provider, id, base);
        known.or_else(|| self.child(provider, id, without_date(base)?))
    }

    fn child(&self, provider: &str, id: &str, base: &str) -> Option<Model> {
        let mut model = inherit(&*self.exact(provider, base)?);
        model.id = id.to_owned();
        model.wire_id = None;
        Some(model)
    }
}

/// The id without `-20250929` or `-2025-09-29` at its end.
fn without_date(id: &str) -> Option<&str> {
    let digits = |text: &str, count: usize| {
        text.len() == count && text.bytes().all(|byte| byte.is_ascii_digit())
    };
    let (rest, last) = id.rsplit_once('-')?;
    if digits(last, 8) {
        return Some(rest);
    }
    let (rest, month) = rest.rsplit_once('-')?;
    let (rest, year) = rest.rsplit_once('-')?;
    (digits(last, 2) && digits(month, 2) && digits(year, 4)).then_some(rest)
}

/// The model in `ft:model:organisation:name:id`. Source: OpenAI's guide "Supervised fine-tuning"; Mistral's ids look alike.
fn before_tuning(id: &str) -> Option<&str> {
    let (base, _) = id.strip_prefix("ft:")?.split_once(':')?;
    (!base.is_empty()).then_some(base)
}

#[cfg(test)]
#[cfg(feature = "snapshot")]
mod tests {
    use reqllm_core::{Capability, Quality, Resolution};

    use super::*;

    #[test]
    fn a_tuned_model_has_what_its_base_has() {
        let registry = Registry::embedded();
        // An entry, and a dated release of one.
        for base in ["o4-mini", "o4-mini-2025-04-16"] {
            let spec = format!("openai:ft:{base}:acme::abc");
            let resolved = registry.resolve(&registry.parse(&spec).unwrap()).unwrap();
            let model = &resolved.model;
            assert_eq!(resolved.warnings, [], "{spec}");
            assert_eq!(model.spec(), spec);
            assert_eq!(model.sent_id(), spec.strip_prefix("openai:").unwrap());
            assert_eq!(model.resolution, Resolution::Inherited);
            assert_eq!(model.base_model.as_deref(), Some("o4-mini"));
            assert_eq!(model.capabilities.get(Capability::Reasoning), Some(true));
            // What is tuned may cost more than its base.
            assert!(model.cost.is_some());
            assert_eq!(model.price_quality(), Quality::Estimated);
        }
        for unknown in [
            "ft:nobody-s-model:acme::abc",
            "ft:o4-mini",
            "ft::acme",
            "ft:",
        ] {
            let spec = registry.parse(&format!("openai:{unknown}")).unwrap();
            let resolved = registry.resolve(&spec).unwrap();
            assert_eq!(resolved.warnings[0].code, "unregistered_model", "{unknown}");
        }
    }
}
