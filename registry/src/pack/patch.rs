//! What we know better than the source: a small layer, kept by hand, that outlives every refresh.
//!
//! - `[[provider]]` renames a provider, gives it other names, and says where it is and how it is spoken to; with `add` it is
//!   there even if the source lacks it.
//! - `[[rule]]` lays fields over the models that fit, takes away those that it lists in `unset`, and puts `wire_prefix` before
//!   their ids on the wire; what it does not name stays.
//! - `[[model]]` is a model that the source lacks. Should the source get to know it, the source wins field by field.
//! - `[[geo]]` says what a cross-region profile costs, as a factor of the list price. Listed profiles get that price;
//!   the resolver asks for the factor of those that are not.
//!
//! Every entry says why. A rule or a provider that fits nothing is not an error: sources drop models.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Map, Value};

use super::lines::{CostLine, Lines, ModelLine, Nano, ProviderLine};
use crate::layout::fits;

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Patch {
    provider: Vec<ProviderPatch>,
    rule: Vec<Rule>,
    model: Vec<Added>,
    pub(crate) geo: Vec<Geo>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ProviderPatch {
    /// In the source.
    id: String,
    /// Here.
    rename: Option<String>,
    #[serde(default)]
    aliases: Vec<String>,
    /// Whether it is added if the source lacks it.
    #[serde(default)]
    add: bool,
    name: Option<String>,
    /// What the source says of these, if it says something, is replaced.
    env: Option<Vec<String>>,
    base_url: Option<String>,
    doc: Option<String>,
    dialect: Option<String>,
    why: String,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Rule {
    /// Patterns, of which one must fit; none given, all do.
    #[serde(default)]
    providers: Vec<String>,
    #[serde(default)]
    models: Vec<String>,
    #[serde(default)]
    families: Vec<String>,
    #[serde(default)]
    set: Map<String, Value>,
    /// Members of the line.
    #[serde(default)]
    unset: Vec<String>,
    /// What stands before the id on the wire.
    wire_prefix: Option<String>,
    why: String,
}

#[derive(Clone, Debug, Deserialize)]
struct Added {
    why: String,
    #[serde(flatten)]
    line: Map<String, Value>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Geo {
    pub(crate) provider: String,
    /// Patterns of base models.
    pub(crate) models: Vec<String>,
    /// By geography; `*` for every other.
    pub(crate) factors: BTreeMap<String, Nano>,
    why: String,
}

impl Patch {
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let patch: Self =
            toml::from_str(text).map_err(|error| format!("the patch layer: {error}"))?;
        let reasons = (patch.provider.iter().map(|it| &it.why))
            .chain(patch.rule.iter().map(|it| &it.why))
            .chain(patch.model.iter().map(|it| &it.why))
            .chain(patch.geo.iter().map(|it| &it.why));
        if reasons.into_iter().any(String::is_empty) {
            return Err("the patch layer: an entry does not say why".to_owned());
        }
        Ok(patch)
    }

    /// Lays the patch over sorted lines. They may need sorting afterwards.
    pub(crate) fn apply(&self, lines: &mut Lines) -> Result<(), String> {
        self.providers(lines);
        for added in &self.model {
            add(lines, &added.line)?;
        }
        for rule in &self.rule {
            for model in lines.models.iter_mut().filter(|model| rule.fits(model)) {
                let mut value = value(model)?;
                rule.apply(&mut value)?;
                *model = read(&value)?;
            }
        }
        for geo in &self.geo {
            geo.reprice(lines)?;
        }
        lines.header.providers = lines.providers.len();
        lines.header.models = lines.models.len();
        Ok(())
    }

    fn providers(&self, lines: &mut Lines) {
        for patch in &self.provider {
            let known = lines.providers.iter().position(|it| it.id == patch.id);
            let at = match known {
                Some(at) => at,
                None if patch.add => {
                    lines.providers.push(ProviderLine {
                        id: patch.id.clone(),
                        ..ProviderLine::default()
                    });
                    lines.providers.len() - 1
                }
                None => continue,
            };
            let provider = &mut lines.providers[at];
            patch.lay_over(provider);
            if let Some(name) = &patch.rename {
                provider.id.clone_from(name);
                for model in lines.models.iter_mut().filter(|it| it.provider == patch.id) {
                    model.provider.clone_from(name);
                }
            }
        }
    }
}

impl ProviderPatch {
    fn lay_over(&self, provider: &mut ProviderLine) {
        provider.aliases.clone_from(&self.aliases);
        for (place, value) in [
            (&mut provider.name, &self.name),
            (&mut provider.base_url, &self.base_url),
            (&mut provider.doc, &self.doc),
            (&mut provider.dialect, &self.dialect),
        ] {
            if value.is_some() {
                place.clone_from(value);
            }
        }
        if let Some(env) = &self.env {
            provider.env.clone_from(env);
        }
    }
}

impl Rule {
    fn apply(&self, line: &mut Value) -> Result<(), String> {
        for name in &self.unset {
            let members = line.as_object_mut();
            // A line without it reads as the default of what it must have, so that is not taken away.
            match (name.as_str(), members) {
                ("dialect" | "shape" | "base_url", Some(members)) => {
                    members.remove(name);
                }
                _ => {
                    return Err(format!(
                        "the patch layer: `unset` has {name:?}; \"dialect\", \"shape\" and \"base_url\" can be taken away"
                    ));
                }
            }
        }
        if let Some(prefix) = &self.wire_prefix {
            let id = line["id"].as_str().unwrap_or_default();
            line["wire_id"] = format!("{prefix}{id}").into();
        }
        for (name, over) in &self.set {
            merge(&mut line[name.as_str()], over);
        }
        Ok(())
    }

    fn fits(&self, model: &ModelLine) -> bool {
        let one = |patterns: &[String], text: &str| {
            patterns.is_empty() || patterns.iter().any(|pattern| fits(pattern, text))
        };
        one(&self.providers, &model.provider)
            && one(&self.models, &model.id)
            && one(&self.families, model.family.as_deref().unwrap_or(""))
    }
}

impl Geo {
    /// The factor of a geography, for base models that this is about.
    fn factor(&self, geo: &str) -> Option<Nano> {
        self.factors
            .get(geo)
            .or_else(|| self.factors.get("*"))
            .copied()
    }

    /// Gives listed profiles the price that follows from that of the global profile, else of the base model.
    fn reprice(&self, lines: &mut Lines) -> Result<(), String> {
        let costs: BTreeMap<String, CostLine> = lines
            .models
            .iter()
            .filter(|model| model.provider == self.provider)
            .map(|model| (model.id.clone(), model.cost.clone()))
            .collect();
        for model in &mut lines.models {
            let Some((geo, base)) = model.id.split_once('.') else {
                continue;
            };
            if model.provider != self.provider
                || geo == "global"
                || !self.models.iter().any(|pattern| fits(pattern, base))
            {
                continue;
            }
            let list = costs
                .get(&format!("global.{base}"))
                .or_else(|| costs.get(base));
            if let (Some(list), Some(factor)) = (list, self.factor(geo)) {
                model.cost = times(list, factor)
                    .ok_or_else(|| format!("{} costs more than can be written", model.id))?;
            }
        }
        Ok(())
    }
}

/// All prices times a factor.
fn times(cost: &CostLine, factor: Nano) -> Option<CostLine> {
    let mut cost = cost.clone();
    let tiers = cost
        .tiers
        .iter_mut()
        .flat_map(|tier| tier.prices.values_mut());
    for price in cost.prices.values_mut().chain(tiers) {
        *price = price.times(factor)?;
    }
    Some(cost)
}

/// Adds a model that the source lacks, or fills in what the source does not say of it.
fn add(lines: &mut Lines, line: &Map<String, Value>) -> Result<(), String> {
    let mut filled = Value::Object(line.clone());
    let added: ModelLine = read(&filled)?;
    let known = lines
        .models
        .iter_mut()
        .find(|model| (&model.provider, &model.id) == (&added.provider, &added.id));
    match known {
        Some(model) => {
            merge(&mut filled, &value(model)?);
            *model = read(&filled)?;
        }
        None => lines.models.push(added),
    }
    Ok(())
}

fn value(model: &ModelLine) -> Result<Value, String> {
    serde_json::to_value(model).map_err(|error| error.to_string())
}

fn read(value: &Value) -> Result<ModelLine, String> {
    ModelLine::deserialize(value).map_err(|error| format!("the patch layer: {error} in {value}"))
}

/// Lays `over` over `base`: objects field by field, everything else as a whole.
fn merge(base: &mut Value, over: &Value) {
    match (base, over) {
        (Value::Object(base), Value::Object(over)) => {
            for (key, value) in over {
                merge(base.entry(key.clone()).or_insert(Value::Null), value);
            }
        }
        (base, over) => over.clone_into(base),
    }
}

/// What is not known is not written.
pub(crate) fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}
