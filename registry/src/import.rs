//! From a models.dev-shaped `api.json` to the catalogue.
//!
//! Facts are taken and sentences are not. The source is read leniently: a model that makes no sense is left out and counted;
//! a file that makes no sense is refused, and whatever was there stays. What the source means by 0 is "not known" (limits)
//! or "no price" (costs), so neither is taken.

use std::collections::{BTreeMap, BTreeSet};

use reqllm_core::{Error, ErrorKind, Result};
use serde::Deserialize;
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::layout::{MODALITIES, dialect};
use crate::pack;
use crate::pack::lines::{
    BudgetLine, CostLine, FORMAT, Header, LimitsLine, Lines, ModalitiesLine, ModelLine, NANO, Nano,
    ProviderLine, ReasoningLine, TierLine,
};
use crate::{PATCH, Packed};

/// A catalogue that lacks one of these is broken, whatever else it has.
const CORE_PROVIDERS: &[&str] = &["amazon-bedrock", "anthropic", "google", "openai"];

/// What came of a source.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Imported {
    /// The catalogue, as `data/catalogue.jsonl` has it.
    pub catalogue: String,
    /// How many providers it has.
    pub providers: usize,
    /// How many models.
    pub models: usize,
    /// What was left out, by reason: which models it was about.
    pub skipped: BTreeMap<String, BTreeSet<String>>,
}

/// Reads `api.json`. `source` names where it is from and `date` (`2026-08-23`) says of which day it is.
///
/// # Errors
///
/// [`ErrorKind::Decode`] if it is not in the form of one.
pub fn import(api_json: &[u8], source: &str, date: &str) -> Result<Imported> {
    let providers: BTreeMap<String, Value> = serde_json::from_slice(api_json)
        .map_err(|error| refused(format!("this is no api.json of models.dev: {error}")))?;
    let mut skipped = Skipped::default();
    let mut lines = Lines {
        header: Header {
            format: FORMAT,
            source: source.to_owned(),
            date: date.to_owned(),
            sha256: hex(&Sha256::digest(api_json)),
            ..Header::default()
        },
        ..Lines::default()
    };
    for (id, value) in providers {
        match ApiProvider::deserialize(&value) {
            Ok(provider) => {
                for (model, value) in &provider.models {
                    let line = self::model(&id, model, value, &mut skipped);
                    lines
                        .models
                        .extend(line.map(|line| unlike(line, &provider)));
                }
                lines.providers.push(self::provider(id, provider));
            }
            Err(error) => skipped.add(format!("provider without sense: {error}"), &id, ""),
        }
    }
    lines.sort();
    (lines.header.providers, lines.header.models) = (lines.providers.len(), lines.models.len());
    lines.check().map_err(refused)?;
    Ok(Imported {
        catalogue: write(&lines)?,
        providers: lines.providers.len(),
        models: lines.models.len(),
        skipped: skipped.0,
    })
}

impl Imported {
    /// Whether it can take the place of a catalogue of `models` models.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Decode`] if it has fewer than half of them, or lacks a provider that everybody has.
    pub fn check(&self, models: usize) -> Result<()> {
        if self.models * 2 < models {
            return Err(refused(format!(
                "the new catalogue has {} models and the old one {models}; fewer than half will not do",
                self.models
            )));
        }
        let lines = Lines::parse(&self.catalogue).map_err(refused)?;
        for id in CORE_PROVIDERS {
            if !lines.models.iter().any(|model| model.provider == *id) {
                return Err(refused(format!(
                    "the new catalogue has no model of {id:?}, without which it will not do"
                )));
            }
        }
        Ok(())
    }

    /// The catalogue with the patch layer of this crate over it, ready to be asked.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Decode`] if the two do not go together.
    pub fn pack(&self) -> Result<Packed> {
        Packed::new(pack::pack(&self.catalogue, PATCH).map_err(refused)?)
    }
}

/// How many models a catalogue has, by its header.
///
/// # Errors
///
/// [`ErrorKind::Decode`] if it is none.
pub fn count(catalogue: &str) -> Result<usize> {
    Lines::parse(catalogue)
        .map(|lines| lines.models.len())
        .map_err(refused)
}

/// What was left out.
#[derive(Default)]
struct Skipped(BTreeMap<String, BTreeSet<String>>);

impl Skipped {
    fn add(&mut self, reason: impl Into<String>, provider: &str, model: &str) {
        let what = format!("{provider}:{model}");
        self.0.entry(reason.into()).or_default().insert(what);
    }
}

#[derive(Deserialize)]
struct ApiProvider {
    name: Option<String>,
    #[serde(default)]
    env: Vec<String>,
    api: Option<String>,
    doc: Option<String>,
    npm: Option<String>,
    models: BTreeMap<String, Value>,
}

#[derive(Deserialize)]
struct ApiModel {
    name: Option<String>,
    family: Option<String>,
    status: Option<String>,
    release_date: Option<String>,
    last_updated: Option<String>,
    knowledge: Option<String>,
    #[serde(default)]
    limit: BTreeMap<String, u64>,
    #[serde(default)]
    modalities: BTreeMap<String, Vec<String>>,
    attachment: Option<bool>,
    open_weights: Option<bool>,
    reasoning: Option<bool>,
    structured_output: Option<bool>,
    temperature: Option<bool>,
    tool_call: Option<bool>,
    #[serde(default)]
    reasoning_options: Vec<ApiReasoning>,
    interleaved: Option<Value>,
    provider: Option<ApiOverride>,
    cost: Option<Value>,
    experimental: Option<Value>,
}

#[derive(Deserialize)]
struct ApiReasoning {
    r#type: String,
    #[serde(default)]
    values: Vec<Option<String>>,
    min: Option<i64>,
    max: Option<i64>,
}

#[derive(Deserialize)]
struct ApiOverride {
    npm: Option<String>,
    api: Option<String>,
    shape: Option<String>,
}

fn provider(id: String, api: ApiProvider) -> ProviderLine {
    ProviderLine {
        id,
        name: api.name,
        aliases: Vec::new(),
        env: api.env,
        base_url: api.api,
        doc: api.doc,
        dialect: api.npm.as_deref().map(dialect).map(str::to_owned),
    }
}

fn model(provider: &str, id: &str, value: &Value, skipped: &mut Skipped) -> Option<ModelLine> {
    let api = match ApiModel::deserialize(value) {
        Ok(api) => api,
        Err(error) => {
            skipped.add(format!("model without sense: {error}"), provider, id);
            return None;
        }
    };
    let mut skip = |reason: &str| skipped.add(reason, provider, id);
    let capabilities = [
        ("tools", api.tool_call),
        ("reasoning", api.reasoning),
        ("structured_output", api.structured_output),
        ("temperature", api.temperature),
        ("attachments", api.attachment),
        ("open_weights", api.open_weights),
    ];
    let known = |(name, has): (&str, Option<bool>)| Some((name.to_owned(), has?));
    let over = api.provider.as_ref();
    let mut cost = cost(api.cost.as_ref(), &mut skip);
    cost.service_tiers = service_tiers(&cost, api.experimental.as_ref(), &mut skip);
    let line = ModelLine {
        provider: provider.to_owned(),
        id: id.to_owned(),
        name: api.name,
        family: api.family.filter(|family| !family.is_empty()),
        status: api.status,
        released: api.release_date,
        updated: api.last_updated,
        knowledge: api.knowledge,
        limits: limits(&api.limit, &mut skip),
        modalities: ModalitiesLine {
            input: kinds(api.modalities.get("input"), &mut skip),
            output: kinds(api.modalities.get("output"), &mut skip),
        },
        capabilities: capabilities.into_iter().filter_map(known).collect(),
        reasoning: reasoning(&api.reasoning_options, &mut skip),
        reasoning_field: reasoning_field(api.interleaved.as_ref(), &mut skip),
        dialect: over
            .and_then(|over| over.npm.as_deref())
            .map(dialect)
            .map(str::to_owned),
        shape: over.and_then(|over| over.shape.clone()),
        base_url: over.and_then(|over| over.api.clone()),
        cost,
        ..ModelLine::default()
    };
    match line.check() {
        Ok(()) => Some(line),
        Err(reason) => {
            skipped.add(reason, provider, id);
            None
        }
    }
}

/// The line without what it says as its provider does, so that what is later known better of the provider holds for it, too.
fn unlike(mut line: ModelLine, provider: &ApiProvider) -> ModelLine {
    let dialect = provider.npm.as_deref().map(dialect);
    // At an address of its own it need not be spoken to as the provider is, whatever becomes of that.
    if line.base_url.is_none() && line.dialect.as_deref() == dialect {
        line.dialect = None;
    }
    if line.base_url == provider.api {
        line.base_url = None;
    }
    line
}

fn limits(api: &BTreeMap<String, u64>, skip: &mut impl FnMut(&str)) -> LimitsLine {
    let mut limit = |name: &str| {
        let value = *api.get(name)?;
        if value == 0 {
            skip("a limit of 0 is not known");
            return None;
        }
        u32::try_from(value)
            .inspect_err(|_| skip("a limit is out of range"))
            .ok()
    };
    LimitsLine {
        context: limit("context"),
        input: limit("input"),
        output: limit("output"),
    }
}

/// In the order of the core, each once.
fn kinds(api: Option<&Vec<String>>, skip: &mut impl FnMut(&str)) -> Vec<String> {
    let api = api.map(Vec::as_slice).unwrap_or_default();
    if api.iter().any(|kind| !MODALITIES.contains(&kind.as_str())) {
        skip("a modality is not one that we know");
    }
    MODALITIES
        .iter()
        .filter(|kind| api.iter().any(|it| it == *kind))
        .map(|kind| (*kind).to_owned())
        .collect()
}

fn reasoning(api: &[ApiReasoning], skip: &mut impl FnMut(&str)) -> ReasoningLine {
    let mut line = ReasoningLine::default();
    for option in api {
        match option.r#type.as_str() {
            "toggle" => line.toggle = true,
            "effort" => {
                if option.values.contains(&None) {
                    skip("an effort of null is no word that a provider takes");
                }
                line.effort.extend(option.values.iter().flatten().cloned());
            }
            "budget_tokens" => {
                let mut bound = |value: Option<i64>| {
                    u32::try_from(value?)
                        .inspect_err(|_| skip("a bound of a budget is out of range"))
                        .ok()
                };
                line.budget = Some(BudgetLine {
                    min: bound(option.min),
                    max: bound(option.max),
                });
            }
            _ => skip("a reasoning control is not one that we know"),
        }
    }
    line
}

fn reasoning_field(api: Option<&Value>, skip: &mut impl FnMut(&str)) -> Option<String> {
    let value = api?;
    let field = value.get("field").and_then(Value::as_str);
    if field.is_none() {
        skip("interleaved reasoning without a field");
    }
    field.map(str::to_owned)
}

fn cost(api: Option<&Value>, skip: &mut impl FnMut(&str)) -> CostLine {
    let Some(Value::Object(api)) = api else {
        return CostLine::default();
    };
    let mut line = CostLine {
        prices: prices(api, crate::layout::PRICES, skip),
        ..CostLine::default()
    };
    let tiers = api.get("tiers").and_then(Value::as_array);
    for tier in tiers.into_iter().flatten() {
        let kind = tier.pointer("/tier/type").and_then(Value::as_str);
        let above = tier.pointer("/tier/size").and_then(Value::as_u64);
        match (tier, above.and_then(|above| u32::try_from(above).ok())) {
            (Value::Object(tier), Some(above)) if kind == Some("context") => {
                line.tiers.extend(self::tier(above, tier, skip));
            }
            _ => skip("a price tier is not one that we know"),
        }
    }
    // The older spelling. The source derives it from the tiers where it has them, with a limit that may not be theirs.
    if let (true, Some(Value::Object(tier))) = (line.tiers.is_empty(), api.get("context_over_200k"))
    {
        line.tiers.extend(self::tier(200_000, tier, skip));
    }
    line.tiers.sort_by_key(|tier| tier.above);
    line
}

fn tier(
    above: u32,
    api: &serde_json::Map<String, Value>,
    skip: &mut impl FnMut(&str),
) -> Option<TierLine> {
    let names = &crate::layout::PRICES[..crate::layout::TIER_PRICES];
    let prices = prices(api, names, skip);
    (!prices.is_empty()).then_some(TierLine { above, prices })
}

fn prices(
    api: &serde_json::Map<String, Value>,
    names: &[&str],
    skip: &mut impl FnMut(&str),
) -> BTreeMap<String, Nano> {
    let mut prices = BTreeMap::new();
    for (name, value) in api {
        if value.is_object() || value.is_array() {
            continue;
        }
        if !names.contains(&name.as_str()) {
            skip(&format!("a price for {name:?} has no place here"));
            continue;
        }
        match value.as_f64().and_then(from_float) {
            Some(Nano(0)) => skip("a price of 0 is no price"),
            Some(price) => {
                prices.insert(name.clone(), price);
            }
            None => skip("a price is out of range"),
        }
    }
    prices
}

/// Rounds away the noise of binary floats. None if it is negative, no number, or too large to be a price.
fn from_float(value: f64) -> Option<Nano> {
    let nano = (value * NANO as f64).round();
    (0.0..1e18).contains(&nano).then_some(Nano(nano as u64))
}

/// The source gives prices for modes, some of which are service tiers: taken if one factor explains them all.
fn service_tiers(
    cost: &CostLine,
    experimental: Option<&Value>,
    skip: &mut impl FnMut(&str),
) -> BTreeMap<String, Nano> {
    let modes = experimental
        .and_then(|it| it.get("modes"))
        .and_then(Value::as_object);
    let mut tiers = BTreeMap::new();
    for mode in modes.into_iter().flat_map(|modes| modes.values()) {
        let name = mode
            .pointer("/provider/body/service_tier")
            .and_then(Value::as_str);
        let Some(name) = name else {
            skip("a mode is no service tier");
            continue;
        };
        let Some(Value::Object(api)) = mode.get("cost") else {
            continue;
        };
        let of_mode = prices(api, crate::layout::PRICES, skip);
        match factor(&cost.prices, &of_mode) {
            Some(factor) => {
                tiers.insert(name.to_owned(), factor);
            }
            None => skip("prices of a service tier have no common factor"),
        }
    }
    tiers
}

fn factor(base: &BTreeMap<String, Nano>, of_mode: &BTreeMap<String, Nano>) -> Option<Nano> {
    let (base_input, input) = (base.get("input")?, of_mode.get("input")?);
    let factor = from_float(input.0 as f64 / base_input.0 as f64)?;
    of_mode
        .iter()
        .all(|(name, price)| base.get(name).and_then(|base| base.times(factor)) == Some(*price))
        .then_some(factor)
}

fn write(lines: &Lines) -> Result<String> {
    let mut text = String::new();
    let mut put = |line: serde_json::Result<String>| -> Result<()> {
        text += &line.map_err(|error| refused(error.to_string()))?;
        text.push('\n');
        Ok(())
    };
    put(serde_json::to_string(&lines.header))?;
    for provider in &lines.providers {
        put(serde_json::to_string(provider))?;
    }
    for model in &lines.models {
        put(serde_json::to_string(model))?;
    }
    Ok(text)
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn refused(reason: impl Into<String>) -> Error {
    Error::new(ErrorKind::Decode, reason.into())
}

#[cfg(test)]
mod tests;
