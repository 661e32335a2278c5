//! From a tree to patches: both shapes of a file.

use std::collections::BTreeMap;

use reqllm_core::Result;
use serde_json::Value;

use super::Origin;
use super::field::{Field, Patch};
use super::models_dev::{self, ProviderPatch};
use super::place::Place;
use super::value::{is_word, words};

/// By provider and id.
pub(super) type Patches = BTreeMap<(String, String), Patch>;

/// What a file says.
#[derive(Default)]
pub(super) struct Entries {
    pub(super) models: Patches,
    /// By the provider's name.
    pub(super) providers: BTreeMap<String, ProviderPatch>,
}

/// Other names of fields, as in a full spec.
const OTHER_NAMES: &[(&str, &str)] = &[("provider_model_id", "wire_id")];

pub(super) fn entries(tree: &Value, origin: &Origin) -> Result<Entries> {
    let mut entries = Entries::default();
    let names = &["models", "providers"];
    Place::root(origin).walk(names, tree, &mut |name, value, place| match name {
        "models" => models(value, place, &mut entries.models),
        _ => models_dev::providers(value, place, &mut entries),
    })?;
    Ok(entries)
}

fn models(value: &Value, place: &Place<'_>, patches: &mut Patches) -> Result<()> {
    for (key, entry) in table(value, place)? {
        let place = place.key(key);
        let (provider, id) = key.split_once(':').ok_or_else(|| {
            place.error("does not name a provider; a key such as \"bedrock:our-model\" would do")
        })?;
        let mut patch = Patch::new(provider, id);
        fields(entry, &place, &mut patch)?;
        add(provider, id, patch, &place, patches)?;
    }
    Ok(())
}

pub(super) fn table<'a>(
    value: &'a Value,
    place: &Place<'_>,
) -> Result<&'a serde_json::Map<String, Value>> {
    value
        .as_object()
        .ok_or_else(|| place.refuse(value, "a table"))
}

/// An entry in our own shape.
fn fields(entry: &Value, place: &Place<'_>, patch: &mut Patch) -> Result<()> {
    let paths: Vec<String> = Field::all().map(Field::path).collect();
    let mut names: Vec<&str> = paths.iter().map(String::as_str).collect();
    names.extend(OTHER_NAMES.iter().map(|(name, _)| name));
    names.extend(["aliases", "unset"]);
    place.walk(&names, entry, &mut |name, value, place| {
        match name {
            "aliases" => {
                patch.aliases.extend(words(value, place)?);
                return Ok(());
            }
            "unset" => {
                for (index, path) in words(value, place)?.iter().enumerate() {
                    patch.unset(real(path), &place.item(index))?;
                }
                return Ok(());
            }
            _ => {}
        }
        match Field::find(real(name)) {
            Some(field) => patch.set(field, value, place),
            None => Err(place.unknown(name, &names)),
        }
    })
}

fn real(name: &str) -> &str {
    let other = OTHER_NAMES.iter().find(|(other, _)| *other == name);
    other.map_or(name, |(_, path)| path)
}

/// Names of providers are the same whatever their case, and with `_` for `-`.
pub(super) fn folded(provider: &str) -> String {
    provider.to_lowercase().replace('_', "-")
}

pub(super) fn add(
    provider: &str,
    id: &str,
    patch: Patch,
    place: &Place<'_>,
    patches: &mut Patches,
) -> Result<()> {
    for (what, text) in [("provider", provider), ("id", id)] {
        if !is_word(text) {
            return Err(place.error(&format!(
                "has {text:?} for its {what}; \
                 a text without white space or control characters would do"
            )));
        }
    }
    let key = (folded(provider), id.to_owned());
    if patches.contains_key(&key) {
        return Err(place.error(&format!(
            "is the second entry for `{}:{}`; one would do",
            key.0, key.1
        )));
    }
    patches.insert(key, patch);
    Ok(())
}
