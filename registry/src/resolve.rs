//! From a spec to a model.
//!
//! An exact entry first, then an entry under another spelling, then what is inherited, then what nobody knows. The id on
//! the wire is never rewritten: a profile keeps its geography, an ARN stays an ARN.

use std::sync::Arc;

use reqllm_core::{
    Decimal, Error, ErrorKind, Model, ModelSpec, Pricing, Resolution, Result, Warning,
};

use crate::bedrock::{self, Name};
use crate::suggest::fold;
use crate::{Registry, Resolved};

/// The provider whose ids have a grammar of their own.
pub(crate) const BEDROCK: &str = "bedrock";

impl Registry {
    /// Finds the model of a spec.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::UnknownProvider`]; for a bare id [`ErrorKind::UnknownModel`] or [`ErrorKind::AmbiguousModel`], with
    /// the specs that would do; [`ErrorKind::UnknownModel`] for a model that the filter keeps out.
    pub fn resolve(&self, spec: &ModelSpec) -> Result<Resolved> {
        let resolved = self.look_up(spec)?;
        if self.filter.passes(&resolved.model) {
            return Ok(resolved);
        }
        Err(self.kept_out(spec.as_str(), spec.model()))
    }

    pub(crate) fn look_up(&self, spec: &ModelSpec) -> Result<Resolved> {
        let id = spec.model();
        let Some(name) = spec.provider() else {
            return self.bare(id);
        };
        let Some(provider) = self.provider(name) else {
            // An id with a colon in it, written without its provider, is read as the colon form.
            return match self.elsewhere(spec.as_str()).as_slice() {
                [] => Err(self.no_provider(name, spec)),
                _ => self.bare(spec.as_str()),
            };
        };
        if let Some(model) = self.exact(provider, id) {
            return Ok(Resolved::plain(model));
        }
        if let Some(model) = self.alias(provider, id) {
            return Ok(Resolved::plain(Arc::new(model)));
        }
        if let Some(resolved) = self.folded(provider, id) {
            return Ok(resolved);
        }
        if provider == BEDROCK
            && let Some(resolved) = self.bedrock(id)
        {
            return Ok(resolved);
        }
        if provider == BEDROCK
            && let Some(model) = self.of_mantle(id)
        {
            return Ok(Resolved::plain(Arc::new(model)));
        }
        if let Some(model) = self
            .dated(provider, id)
            .or_else(|| self.tuned(provider, id))
        {
            return Ok(Resolved::plain(Arc::new(model)));
        }
        Ok(self.unregistered(provider, spec))
    }

    /// Takes a full spec as it is, under the provider's own id.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidSpec`], naming the field.
    pub fn adopt(&self, mut model: Model) -> Result<Resolved> {
        model.check()?;
        if let Some(id) = self.provider(&model.provider) {
            model.provider = id.to_owned();
        }
        self.fill_from_base(&mut model);
        if !self.filter.passes(&model) {
            return Err(self.kept_out(&model.spec(), &model.id));
        }
        Ok(Resolved::plain(Arc::new(model)))
    }

    /// What a full spec leaves open, and the model that it names as its base tells. A price that comes so is estimated.
    pub(crate) fn fill_from_base(&self, model: &mut Model) {
        let known = model.base_model.as_deref().and_then(|base| {
            let base = self.parse(&format!("{}:{base}", model.provider)).ok()?;
            Some(self.look_up(&base).ok()?.model)
        });
        let Some(base) = known.filter(|base| base.resolution != Resolution::Unregistered) else {
            return;
        };
        let base = inherit(&base);
        model.limits.context = model.limits.context.or(base.limits.context);
        model.limits.input = model.limits.input.or(base.limits.input);
        model.limits.output = model.limits.output.or(base.limits.output);
        if model.modalities.input.is_empty() {
            model.modalities.input = base.modalities.input;
        }
        if model.modalities.output.is_empty() {
            model.modalities.output = base.modalities.output;
        }
        model.capabilities = base.capabilities.updated(model.capabilities);
        if model.reasoning.is_empty() {
            model.reasoning = base.reasoning;
        }
        model.cost = model.cost.take().or(base.cost);
        model.wire = std::mem::take(&mut model.wire).or(base.wire);
    }

    fn kept_out(&self, spec: &str, id: &str) -> Error {
        Error::new(
            ErrorKind::UnknownModel,
            format!("{spec} is kept out by the filter of this registry"),
        )
        .with_model(id)
    }

    /// The inference profiles that are known of a model of Bedrock, or of the base of one of them.
    pub fn profiles(&self, id: &str) -> Vec<String> {
        let base = bedrock::geography(id).map_or(id, |(_, base)| base);
        self.ids(BEDROCK)
            .filter(|id| bedrock::geography(id).is_some_and(|(_, rest)| rest == base))
            .map(str::to_owned)
            .collect()
    }

    pub(crate) fn exact(&self, provider: &str, id: &str) -> Option<Arc<Model>> {
        if !self.explicit.is_empty() {
            let key = (provider.to_owned(), id.to_owned());
            if let Some(model) = self.explicit.get(&key) {
                return Some(Arc::clone(model));
            }
        }
        let record = self.catalogue.find(provider, id)?;
        Some(Arc::new(record.to_model()))
    }

    fn alias(&self, provider: &str, id: &str) -> Option<Model> {
        let key = (provider.to_owned(), id.to_owned());
        let mut model = Model::clone(&*self.exact(provider, self.aliases.get(&key)?)?);
        model.resolution = Resolution::Alias;
        Some(model)
    }

    /// An entry whose id differs in capitals, or in the marks between its parts, and no other does.
    fn folded(&self, provider: &str, id: &str) -> Option<Resolved> {
        let wanted = fold(id);
        let by_case = self
            .ids(provider)
            .find(|other| other.eq_ignore_ascii_case(id));
        let found = match by_case {
            Some(found) => found,
            None => {
                let mut same = self.ids(provider).filter(|other| fold(other) == wanted);
                let found = same.next()?;
                if same.next().is_some() {
                    return None;
                }
                found
            }
        };
        let mut model = Model::clone(&*self.exact(provider, found)?);
        model.resolution = Resolution::Alias;
        let warning = Warning::new(
            "respelled_model",
            format!("{provider} has no model {id:?}; {found:?} was taken for it"),
        );
        Some(Resolved {
            model: Arc::new(model),
            warnings: vec![warning],
        })
    }

    /// ARNs, inference profiles and variants of Bedrock's.
    fn bedrock(&self, id: &str) -> Option<Resolved> {
        let decoded = bedrock::decode(id);
        let id = decoded.as_deref().unwrap_or(id);
        let mut warnings = Vec::new();
        let named = match bedrock::read(id) {
            Name::Plain(named) | Name::Arn(named) => named,
            Name::Opaque(kind) => {
                let mut model = Model::new(BEDROCK, id);
                model.resolution = Resolution::Unregistered;
                warnings.push(Warning::new(
                    "unregistered_model",
                    format!("an ARN of kind {kind:?} does not say which model stands behind it: limits, abilities, family and price are not known; a full spec with `base_model` would tell"),
                ));
                return Some(Resolved {
                    model: Arc::new(model),
                    warnings,
                });
            }
        };
        if (named != id || decoded.is_some())
            && let Some(entry) = self.exact(BEDROCK, named)
        {
            // The ARN of an entry, or its id percent-encoded, is that entry under another name.
            let mut model = Model::clone(&entry);
            if named != id {
                model.wire_id = Some(id.to_owned());
            }
            model.resolution = Resolution::Alias;
            return Some(Resolved::plain(Arc::new(model)));
        }
        let sized = bedrock::without_size(named);
        let mut model = self.profile(named).or_else(|| {
            let (base, context) = sized?;
            let entry = self.exact(BEDROCK, base).map(|base| inherit(&base));
            let mut model = entry.or_else(|| self.profile(base))?;
            model.limits.context = Some(context);
            Some(model)
        })?;
        model.id = named.to_owned();
        model.wire_id = (named != id).then(|| id.to_owned());
        Some(Resolved {
            model: Arc::new(model),
            warnings,
        })
    }

    /// What is known of a profile that has no entry: from its base, else from another geography's profile of it.
    fn profile(&self, id: &str) -> Option<Model> {
        let (geography, base_id) = bedrock::geography(id)?;
        let siblings: Vec<Arc<Model>> = self
            .profiles(base_id)
            .iter()
            .filter_map(|sibling| self.exact(BEDROCK, sibling))
            .collect();
        let base = self.exact(BEDROCK, base_id);
        let known = base.as_ref().or_else(|| siblings.first())?;
        let mut model = inherit(known);
        model.base_model = Some(base_id.to_owned());
        // A model costs the same in most geographies; what another one costs is the better guess than the list price.
        let other = siblings
            .iter()
            .find(|sibling| !sibling.id.starts_with("global.") && sibling.cost.is_some());
        let factor = self.catalogue.geo_factor(BEDROCK, base_id, geography);
        let list = base.as_ref().or_else(|| {
            siblings
                .iter()
                .find(|sibling| sibling.id.starts_with("global."))
        });
        model.cost = match (factor, list.and_then(|list| list.cost.clone())) {
            (Some(factor), Some(list)) => Some(times(list, factor)),
            (_, list) => other.and_then(|other| other.cost.clone()).or(list),
        };
        if let Some(pricing) = &mut model.cost {
            pricing.estimated = true;
        }
        Some(model)
    }

    fn unregistered(&self, provider: &str, spec: &ModelSpec) -> Resolved {
        let mut model = Model::new(provider, spec.model());
        model.resolution = Resolution::Unregistered;
        if provider == BEDROCK {
            model.family = bedrock::family(spec.model()).map(str::to_owned);
        }
        let similar = self.similar(provider, spec.model());
        let hint = match similar.as_slice() {
            [] => String::new(),
            similar => format!("; did you mean {}?", similar.join(", ")),
        };
        let warning = Warning::new(
            "unregistered_model",
            format!(
                "{spec} is not in the registry: its limits, abilities and price are not known{hint}"
            ),
        );
        Resolved {
            model: Arc::new(model),
            warnings: vec![warning],
        }
    }

    fn bare(&self, id: &str) -> Result<Resolved> {
        let candidates = self.elsewhere(id);
        match candidates.as_slice() {
            [spec] => {
                let spec: ModelSpec = self.parse(spec)?;
                self.look_up(&spec)
            }
            [] => {
                // OpenRouter's habit is a slash where a colon belongs.
                let slashed = id.split_once('/').and_then(|(provider, id)| {
                    let provider = self.provider(provider)?;
                    self.exact(provider, id).map(|model| model.spec())
                });
                let suggestions: Vec<String> = match slashed {
                    Some(spec) => vec![spec],
                    None => self.similar_anywhere(id),
                };
                Err(Error::new(
                    ErrorKind::UnknownModel,
                    format!("no model {id:?} is in the registry; write provider:model for one that is not"),
                )
                .with_model(id)
                .with_suggestions(suggestions))
            }
            candidates => Err(Error::new(
                ErrorKind::AmbiguousModel,
                format!(
                    "{} providers have a model {id:?}; name one of them",
                    candidates.len()
                ),
            )
            .with_model(id)
            .with_suggestions(candidates.iter().cloned())),
        }
    }

    /// Bedrock's models first, because that is where ids are longest.
    fn similar_anywhere(&self, id: &str) -> Vec<String> {
        let others = ["anthropic", "openai", "google"];
        std::iter::once(BEDROCK)
            .chain(others)
            .map(|provider| self.similar(provider, id))
            .find(|similar| !similar.is_empty())
            .unwrap_or_default()
    }

    fn no_provider(&self, name: &str, spec: &ModelSpec) -> Error {
        let text = spec.as_str();
        let of_bedrock = text.starts_with("arn:") || bedrock::family(text).is_some();
        let mut suggestions: Vec<String> = of_bedrock
            .then(|| format!("{BEDROCK}:{text}"))
            .into_iter()
            .collect();
        let near = self.near(name);
        suggestions.extend(near.map(|provider| format!("{provider}:{}", spec.model())));
        suggestions.extend(self.elsewhere(spec.model()));
        suggestions.truncate(3);
        self.unknown_provider(name).with_suggestions(suggestions)
    }
}

/// A model that is made of another one.
pub(crate) fn inherit(base: &Model) -> Model {
    let mut model = base.clone();
    model.base_model = Some(base.base_model.clone().unwrap_or_else(|| base.id.clone()));
    model.wire_id = None;
    model.resolution = Resolution::Inherited;
    if let Some(pricing) = &mut model.cost {
        pricing.estimated = true;
    }
    model
}

/// Prices, each times a factor.
fn times(mut pricing: Pricing, factor: Decimal) -> Pricing {
    let scale = |price: &mut Option<Decimal>| {
        *price = price
            .and_then(|price| price.checked_mul(factor))
            .map(|it| it.normalize());
    };
    for price in [
        &mut pricing.input,
        &mut pricing.output,
        &mut pricing.cache_read,
        &mut pricing.cache_write,
        &mut pricing.cache_write_1h,
        &mut pricing.reasoning,
        &mut pricing.input_audio,
        &mut pricing.output_audio,
    ] {
        scale(price);
    }
    for tier in &mut pricing.tiers {
        for price in [
            &mut tier.input,
            &mut tier.output,
            &mut tier.cache_read,
            &mut tier.cache_write,
        ] {
            scale(price);
        }
    }
    pricing
}

#[cfg(test)]
#[cfg(feature = "snapshot")]
mod tests {
    use std::io::Write as _;

    use super::*;
    use crate::{PATCH, Packed, pack};

    /// Bedrock's part of the catalogue without one line.
    fn without(hidden: &str) -> Registry {
        let catalogue = include_str!("../data/catalogue.jsonl");
        // The header, the providers, and of the models only Bedrock's.
        let of_bedrock = |line: &&str| {
            !line.starts_with(r#"{"provider":"#)
                || line.starts_with(r#"{"provider":"amazon-bedrock""#)
        };
        let id = format!(r#""id":"{hidden}","#);
        let lines: Vec<&str> = catalogue
            .lines()
            .filter(of_bedrock)
            .filter(|line| !line.contains(&id))
            .collect();
        let models = lines
            .iter()
            .filter(|line| line.starts_with(r#"{"provider":"#))
            .count();
        let lines = lines
            .join("\n")
            .replace(r#""models":7290"#, &format!(r#""models":{models}"#));
        let packed = pack::pack(&lines, PATCH).unwrap();
        Registry::new(Arc::new(Packed::new(packed).unwrap()))
    }

    /// Hide each profile that is listed and predict it: what comes out right is what an unlisted one would get.
    #[test]
    fn profiles_that_are_hidden_are_predicted() {
        let packed = Packed::embedded();
        let (mut all, mut limits, mut flags, mut priced, mut prices) = (0, 0, 0, 0, 0);
        for record in packed
            .records()
            .filter(|record| record.provider() == BEDROCK)
        {
            if bedrock::geography(record.id()).is_none() {
                continue;
            }
            all += 1;
            let registry = without(record.id());
            let spec = registry.parse(&record.spec()).unwrap();
            let predicted = registry.resolve(&spec).unwrap().model;
            assert_ne!(
                predicted.resolution,
                Resolution::Exact,
                "{spec} was not hidden"
            );
            limits += usize::from(predicted.limits == record.limits());
            flags += usize::from(predicted.capabilities == record.capabilities());
            if let Some(actual) = record.input_price() {
                priced += 1;
                let guess = predicted.cost.as_ref().and_then(|cost| cost.input);
                prices += usize::from(guess == Some(actual));
                assert_ne!(
                    predicted.price_quality(),
                    reqllm_core::Quality::Exact,
                    "{spec}"
                );
            }
        }
        // Past the test harness: the figures are the point.
        writeln!(
            std::io::stderr(),
            "registry: of {all} hidden profiles {limits} limits, {flags} flags, and {prices} of {priced} prices come out right"
        )
        .unwrap();
        assert!(
            all > 40
                && limits * 10 >= all * 9
                && flags * 10 >= all * 9
                && prices * 10 >= priced * 8
        );
    }
}
