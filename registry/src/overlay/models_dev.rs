//! Entries pasted from models.dev: `{provider: {npm, api, env, models: {id: {…}}}}`.

use reqllm_core::{Budget, Model, PriceTier, ProviderFacts, ReasoningControls, Result};
use serde_json::Value;

use super::field::{Field, Patch};
use super::place::Place;
use super::read::{Entries, add, folded, table};
use super::value::{is_template, is_url, is_word, price, set_tier, words};

/// What models.dev calls a field, and what we call it.
const FIELDS: &[(&str, &str)] = &[
    ("name", "name"),
    ("family", "family"),
    ("status", "lifecycle.status"),
    ("release_date", "lifecycle.released"),
    ("last_updated", "lifecycle.updated"),
    ("knowledge", "lifecycle.knowledge"),
    ("attachment", "capabilities.attachments"),
    ("open_weights", "capabilities.open_weights"),
    ("reasoning", "capabilities.reasoning"),
    ("structured_output", "capabilities.structured_output"),
    ("temperature", "capabilities.temperature"),
    ("tool_call", "capabilities.tools"),
    ("limit.context", "limits.context"),
    ("limit.input", "limits.input"),
    ("limit.output", "limits.output"),
    ("modalities.input", "modalities.input"),
    ("modalities.output", "modalities.output"),
    ("cost.input", "cost.input"),
    ("cost.output", "cost.output"),
    ("cost.cache_read", "cost.cache_read"),
    ("cost.cache_write", "cost.cache_write"),
    ("cost.reasoning", "cost.reasoning"),
    ("cost.input_audio", "cost.input_audio"),
    ("cost.output_audio", "cost.output_audio"),
    ("provider.api", "base_url"),
    ("provider.shape", "shape"),
];

/// Read in a way of their own.
const SPECIAL: &[&str] = &[
    "cost.tiers",
    "cost.context_over_200k",
    "provider.npm",
    "reasoning_options",
];

/// Says nothing that a model here holds.
const PASSED_OVER: &[&str] = &["id", "description", "experimental", "interleaved"];

/// Of a provider. Its names and its pages are nothing that a call needs.
const OF_PROVIDER: &[&str] = &["id", "name", "env", "npm", "api", "doc", "models"];

/// What a tier has beside its prices.
const TIER: &[&str] = &[
    "tier.type",
    "tier.size",
    "input",
    "output",
    "cache_read",
    "cache_write",
    "input_audio",
    "output_audio",
];

/// What an overlay says of a provider itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct ProviderPatch {
    /// How it is spoken to: the name of its package, without the vendor of such packages.
    pub(crate) dialect: Option<String>,
    /// Where it is.
    pub(crate) base_url: Option<String>,
    /// The environment variables that it is set up by.
    pub(crate) env: Option<Vec<String>>,
}

impl ProviderPatch {
    /// Lays it over what is known.
    pub(crate) fn apply(self, facts: &mut ProviderFacts) {
        facts.dialect = self.dialect.or_else(|| facts.dialect.take());
        facts.moved |= self.base_url.is_some();
        facts.base_url = self.base_url.or_else(|| facts.base_url.take());
        if let Some(env) = self.env {
            facts.env = env;
        }
    }

    /// Lays a later one over it.
    pub(crate) fn overlay(&mut self, later: &Self) {
        let later = later.clone();
        self.dialect = later.dialect.or_else(|| self.dialect.take());
        self.base_url = later.base_url.or_else(|| self.base_url.take());
        self.env = later.env.or_else(|| self.env.take());
    }
}

pub(super) fn providers(value: &Value, place: &Place<'_>, entries: &mut Entries) -> Result<()> {
    for (provider, value) in table(value, place)? {
        let place = place.key(provider);
        let mut of_it = ProviderPatch::default();
        place.walk(OF_PROVIDER, value, &mut |name, value, place| {
            match name {
                "npm" => of_it.dialect = dialect(value, place)?,
                "api" => of_it.base_url = address(value, place)?,
                "env" => of_it.env = Some(words(value, place)?).filter(|env| !env.is_empty()),
                "models" => {
                    for (id, entry) in table(value, place)? {
                        let place = place.key(id);
                        let mut patch = Patch::new(provider, id);
                        fields(entry, &place, &mut patch)?;
                        add(provider, id, patch, &place, &mut entries.models)?;
                    }
                }
                _ => {}
            }
            Ok(())
        })?;
        if of_it == ProviderPatch::default() {
            continue;
        }
        if Model::new(provider, "id").check().is_err() {
            let why =
                "cannot be the name of a provider; letters, digits, `-`, `_` and `.` would do";
            return Err(place.error(why));
        }
        if entries.providers.insert(folded(provider), of_it).is_some() {
            return Err(place.error("is the second entry for this provider; one would do"));
        }
    }
    Ok(())
}

/// The package that models.dev names is the dialect that the provider speaks.
fn dialect(value: &Value, place: &Place<'_>) -> Result<Option<String>> {
    match value.as_str() {
        Some("") => Ok(None),
        Some(npm) if is_word(npm) => Ok(Some(crate::layout::dialect(npm).to_owned())),
        _ => Err(place.refuse(
            value,
            "the name of a package, such as \"@ai-sdk/openai-compatible\",",
        )),
    }
}

fn address(value: &Value, place: &Place<'_>) -> Result<Option<String>> {
    match value.as_str() {
        Some("") => Ok(None),
        Some(url) if is_url(url) || is_template(url) => Ok(Some(url.to_owned())),
        _ => Err(place.refuse(value, "an http: or https: URL")),
    }
}

fn fields(entry: &Value, place: &Place<'_>, patch: &mut Patch) -> Result<()> {
    let names = FIELDS.iter().map(|(name, _)| name);
    let names: Vec<&str> = names.chain(SPECIAL).chain(PASSED_OVER).copied().collect();
    place.walk(&names, entry, &mut |name, value, place| match name {
        _ if PASSED_OVER.contains(&name) => Ok(()),
        "cost.tiers" => {
            let tiers = tiers(value, place)?;
            patch.set_all(&["cost.tiers"], |it| {
                it.cost.get_or_insert_default().tiers = tiers
            });
            Ok(())
        }
        // The older spelling, which the source derives from the tiers where it has them.
        "cost.context_over_200k" if entry.pointer("/cost/tiers").is_some() => Ok(()),
        "cost.context_over_200k" => {
            let mut tier = tier(value, place)?;
            tier.above = 200_000;
            patch.set_all(&["cost.tiers"], |it| {
                it.cost.get_or_insert_default().tiers = vec![tier];
            });
            Ok(())
        }
        // Bedrock's provider decides by itself which door a model is behind.
        "provider.npm"
            if value
                .as_str()
                .is_some_and(|it| it.contains("amazon-bedrock")) =>
        {
            Ok(())
        }
        "provider.npm" => {
            let Some(npm) = value.as_str().filter(|npm| is_word(npm)) else {
                return Err(place.refuse(value, "the name of a package"));
            };
            patch.set_all(&["dialect"], |it| {
                it.wire.dialect = Some(crate::layout::dialect(npm).to_owned());
            });
            Ok(())
        }
        "reasoning_options" => {
            let controls = controls(value, place)?;
            let paths = ["reasoning.toggle", "reasoning.effort", "reasoning.budget"];
            patch.set_all(&paths, |it| it.reasoning = controls);
            Ok(())
        }
        _ => field(name, value, place, patch),
    })
}

fn field(name: &str, value: &Value, place: &Place<'_>, patch: &mut Patch) -> Result<()> {
    let found = FIELDS.iter().find(|(other, _)| *other == name);
    let Some(field) = found.and_then(|(_, path)| Field::find(path)) else {
        return Ok(());
    };
    // An address with variables is not one yet.
    let open = name == "provider.api" && value.as_str().is_some_and(|url| url.contains("${"));
    let unknown = match value {
        Value::Array(items) => items.is_empty(),
        value => value.as_f64() == Some(0.0),
    };
    if open || unknown {
        return Ok(());
    }
    if name == "status" && value == "alpha" {
        // As beta, it is being tried out.
        return patch.set(field, &Value::from("beta"), place);
    }
    patch.set(field, value, place)
}

fn items<'a>(value: &'a Value, place: &Place<'_>) -> Result<&'a Vec<Value>> {
    value
        .as_array()
        .ok_or_else(|| place.refuse(value, "a list"))
}

fn tiers(value: &Value, place: &Place<'_>) -> Result<Vec<PriceTier>> {
    let items = items(value, place)?.iter().enumerate();
    let mut tiers = Vec::new();
    for (index, item) in items {
        let place = place.item(index);
        let mut tier = tier(item, &place)?;
        let size = item.pointer("/tier/size").and_then(Value::as_u64);
        tier.above = size.ok_or_else(|| place.error("lacks `tier.size`, a number of tokens"))?;
        tiers.push(tier);
    }
    Ok(tiers)
}

fn tier(value: &Value, place: &Place<'_>) -> Result<PriceTier> {
    let mut tier = PriceTier::default();
    place.walk(TIER, value, &mut |name, value, place| match name {
        "tier.type" if value.as_str() != Some("context") => Err(place.refuse(value, "\"context\"")),
        "tier.type" | "tier.size" => Ok(()),
        _ => {
            let price = price(value, place)?;
            if !price.is_zero() {
                // Sound has no price of its own in our tiers.
                set_tier(&mut tier, name, price);
            }
            Ok(())
        }
    })?;
    Ok(tier)
}

fn controls(value: &Value, place: &Place<'_>) -> Result<ReasoningControls> {
    const NAMES: &[&str] = &["type", "values", "min", "max"];
    let mut controls = ReasoningControls::default();
    for (index, item) in items(value, place)?.iter().enumerate() {
        let place = place.item(index);
        let (mut budget, mut effort) = (Budget::default(), Vec::new());
        place.walk(NAMES, item, &mut |name, value, place| {
            match name {
                "min" => budget.min = bound(value, place)?,
                "max" => budget.max = bound(value, place)?,
                // A level of null is no word that a provider takes.
                "values" => {
                    let levels = items(value, place)?.iter().filter(|level| !level.is_null());
                    effort = words(&levels.cloned().collect(), place)?;
                }
                _ => {}
            }
            Ok(())
        })?;
        match item.get("type").and_then(Value::as_str) {
            Some("toggle") => controls.toggle = true,
            Some("effort") => controls.effort.append(&mut effort),
            Some("budget_tokens") => controls.budget = Some(budget),
            _ => {
                let given = item.get("type").unwrap_or(&Value::Null);
                let wanted = "\"toggle\", \"effort\" or \"budget_tokens\"";
                return Err(place.key("type").refuse(given, wanted));
            }
        }
    }
    Ok(controls)
}

/// The source writes -1 where there is none.
fn bound(value: &Value, place: &Place<'_>) -> Result<Option<u64>> {
    match value.as_i64() {
        Some(bound) => Ok(u64::try_from(bound).ok()),
        None => Err(place.refuse(value, "a whole number")),
    }
}
