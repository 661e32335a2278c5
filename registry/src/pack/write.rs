//! Writing the packed form. The same lines give the same bytes.

use std::collections::{BTreeMap, HashMap};

use super::lines::{CostLine, Lines, ModelLine, Nano, ReasoningLine, date};
use super::patch::{Patch, is_default};
use crate::layout::{
    BILLING, CAPABILITIES, HEADER, MAGIC, MODALITIES, PRICES, STATUS, VERSION, hash, header,
    reasoning,
};

/// Writes lines that are sorted and checked.
pub(crate) fn write(lines: &Lines, patch: &Patch) -> Result<Vec<u8>, String> {
    let mut pool = Pool::new();
    let mut providers = Vec::new();
    let mut first = 0;
    for provider in &lines.providers {
        let count = lines.models[first..]
            .iter()
            .take_while(|model| model.provider == provider.id)
            .count();
        for word in [
            pool.text(&provider.id)?,
            pool.maybe(provider.name.as_deref())?,
            pool.maybe(provider.base_url.as_deref())?,
            pool.maybe(provider.doc.as_deref())?,
            pool.maybe(provider.dialect.as_deref())?,
            pool.list(&provider.env)?,
            pool.list(&provider.aliases)?,
            number(first)?,
            number(count)?,
        ] {
            put(&mut providers, word);
        }
        first += count;
    }
    let mut models = Vec::new();
    for model in &lines.models {
        let provider = lines
            .providers
            .binary_search_by(|it| it.id.cmp(&model.provider))
            .map_err(|_| format!("{} has no line", model.provider))?;
        record(&mut models, model, number(provider)?, &mut pool)?;
    }
    let slots = slots(lines)?;
    let source = pool.text(&lines.header.source)?;
    let date = date(Some(&lines.header.date))?;
    let sha256 = pool.text(&lines.header.sha256)?;
    let geo = geo(patch, &mut pool)?;

    let mut bytes = MAGIC.to_vec();
    put(&mut bytes, VERSION);
    let mut at = HEADER;
    for (section, count) in [
        (&providers, lines.providers.len()),
        (&models, lines.models.len()),
        (&slots, slots.len() / 4),
        (&pool.bytes, pool.bytes.len()),
    ] {
        put(&mut bytes, number(at)?);
        put(&mut bytes, number(count)?);
        at += section.len();
    }
    debug_assert_eq!(bytes.len(), header::SOURCE);
    for word in [source, date, sha256, geo, 0] {
        put(&mut bytes, word);
    }
    for section in [providers, models, slots, pool.bytes] {
        bytes.extend(section);
    }
    Ok(bytes)
}

/// The words of a model, in the order of [`record`](crate::layout::record).
fn record(
    bytes: &mut Vec<u8>,
    model: &ModelLine,
    provider: u32,
    pool: &mut Pool,
) -> Result<(), String> {
    let provider = u16::try_from(provider).map_err(|_| "there are too many providers")?;
    put(bytes, pool.text(&model.id)?);
    put(bytes, pool.maybe(model.name.as_deref())?);
    put(bytes, pool.maybe(model.family.as_deref())?);
    bytes.extend(provider.to_le_bytes());
    bytes.push(match &model.status {
        Some(status) => position(STATUS, status)? + 1,
        None => 0,
    });
    bytes.push(match &model.billing {
        Some(billing) => position(BILLING, billing)?,
        None => 0,
    });
    for limit in [
        model.limits.context,
        model.limits.input,
        model.limits.output,
    ] {
        put(bytes, limit.unwrap_or(0));
    }
    for value in [true, false] {
        let names = model.capabilities.iter().filter(|(_, has)| **has == value);
        put(bytes, bits(CAPABILITIES, names.map(|(name, _)| name))?);
    }
    for kinds in [&model.modalities.input, &model.modalities.output] {
        bytes.push(bits(MODALITIES, kinds)? as u8);
    }
    bytes.extend([0, 0]);
    put(bytes, date(model.released.as_deref())?);
    put(bytes, date(model.updated.as_deref())?);
    put(bytes, date(model.knowledge.as_deref())?);
    put(bytes, cost(&model.cost, pool)?);
    put(bytes, controls(&model.reasoning, pool)?);
    put(bytes, extra(model, pool)?);
    Ok(())
}

fn cost(cost: &CostLine, pool: &mut Pool) -> Result<u32, String> {
    if is_default(cost) {
        return Ok(0);
    }
    let count = |len: usize| u8::try_from(len).map_err(|_| "there are too many tiers");
    let mut bytes = Vec::new();
    bytes.extend((bits(PRICES, cost.prices.keys())? as u16).to_le_bytes());
    bytes.push(count(cost.tiers.len())?);
    bytes.push(count(cost.service_tiers.len())?);
    let prices = |bytes: &mut Vec<u8>, prices: &BTreeMap<String, Nano>| {
        for price in PRICES.iter().filter_map(|name| prices.get(*name)) {
            bytes.extend(price.0.to_le_bytes());
        }
    };
    prices(&mut bytes, &cost.prices);
    for tier in &cost.tiers {
        put(&mut bytes, tier.above);
        put(&mut bytes, bits(PRICES, tier.prices.keys())?);
        prices(&mut bytes, &tier.prices);
    }
    for (name, factor) in &cost.service_tiers {
        put(&mut bytes, pool.text(name)?);
        bytes.extend(factor.0.to_le_bytes());
    }
    pool.put(bytes)
}

fn controls(line: &ReasoningLine, pool: &mut Pool) -> Result<u32, String> {
    if is_default(line) {
        return Ok(0);
    }
    let budget = line.budget.clone().unwrap_or_default();
    let flags = [
        (reasoning::TOGGLE, line.toggle),
        (reasoning::BUDGET, line.budget.is_some()),
        (reasoning::MIN, budget.min.is_some()),
        (reasoning::MAX, budget.max.is_some()),
    ];
    let flags = flags
        .into_iter()
        .filter(|(_, set)| *set)
        .fold(0, |all, (flag, _)| all | flag);
    let efforts = u8::try_from(line.effort.len()).map_err(|_| "there are too many efforts")?;
    let mut bytes = vec![flags, efforts, 0, 0];
    put(&mut bytes, budget.min.unwrap_or(0));
    put(&mut bytes, budget.max.unwrap_or(0));
    for effort in &line.effort {
        put(&mut bytes, pool.text(effort)?);
    }
    pool.put(bytes)
}

fn extra(model: &ModelLine, pool: &mut Pool) -> Result<u32, String> {
    let mut bytes = Vec::new();
    for text in [
        &model.wire_id,
        &model.base_model,
        &model.base_url,
        &model.dialect,
        &model.shape,
        &model.reasoning_field,
    ] {
        put(&mut bytes, pool.maybe(text.as_deref())?);
    }
    put(&mut bytes, date(model.retires.as_deref())?);
    put(&mut bytes, pool.maybe(model.replacement.as_deref())?);
    if bytes.iter().all(|byte| *byte == 0) {
        return Ok(0);
    }
    pool.put(bytes)
}

fn geo(patch: &Patch, pool: &mut Pool) -> Result<u32, String> {
    let mut rules = Vec::new();
    let mut count: u16 = 0;
    for geo in &patch.geo {
        for model in &geo.models {
            for (name, factor) in &geo.factors {
                put(&mut rules, pool.text(&geo.provider)?);
                put(&mut rules, pool.text(model)?);
                put(&mut rules, pool.text(name)?);
                rules.extend(factor.0.to_le_bytes());
                count = count.checked_add(1).ok_or("there are too many rules")?;
            }
        }
    }
    if count == 0 {
        return Ok(0);
    }
    pool.put([count.to_le_bytes().to_vec(), rules].concat())
}

/// The hash table, at most half full: a miss looks at one or two slots.
fn slots(lines: &Lines) -> Result<Vec<u8>, String> {
    let count = (lines.models.len() * 2).next_power_of_two();
    let mut slots = vec![0; count];
    for (position, model) in lines.models.iter().enumerate() {
        let mut at = hash(model.provider.as_bytes(), model.id.as_bytes()) as usize & (count - 1);
        while slots[at] != 0 {
            at = (at + 1) & (count - 1);
        }
        slots[at] = number(position + 1)?;
    }
    Ok(slots.into_iter().flat_map(u32::to_le_bytes).collect())
}

/// What has no fixed size, each thing once.
struct Pool {
    bytes: Vec<u8>,
    at: HashMap<Vec<u8>, u32>,
}

impl Pool {
    /// Nothing may be at 0, which means nothing.
    fn new() -> Self {
        Self {
            bytes: vec![0; 2],
            at: HashMap::new(),
        }
    }

    fn put(&mut self, bytes: Vec<u8>) -> Result<u32, String> {
        if let Some(at) = self.at.get(&bytes) {
            return Ok(*at);
        }
        let at = number(self.bytes.len())?;
        self.bytes.extend(&bytes);
        self.at.insert(bytes, at);
        Ok(at)
    }

    fn text(&mut self, text: &str) -> Result<u32, String> {
        if text.is_empty() {
            return Ok(0);
        }
        let len = u16::try_from(text.len()).map_err(|_| format!("{text:?} is too long"))?;
        self.put([&len.to_le_bytes(), text.as_bytes()].concat())
    }

    fn maybe(&mut self, text: Option<&str>) -> Result<u32, String> {
        text.map_or(Ok(0), |text| self.text(text))
    }

    fn list(&mut self, texts: &[String]) -> Result<u32, String> {
        if texts.is_empty() {
            return Ok(0);
        }
        let len = u16::try_from(texts.len()).map_err(|_| "a list is too long")?;
        let mut bytes = len.to_le_bytes().to_vec();
        for text in texts {
            put(&mut bytes, self.text(text)?);
        }
        self.put(bytes)
    }
}

fn put(bytes: &mut Vec<u8>, word: u32) {
    bytes.extend(word.to_le_bytes());
}

fn number(value: usize) -> Result<u32, String> {
    u32::try_from(value).map_err(|_| "the catalogue is too large".to_owned())
}

fn position(names: &[&str], name: &str) -> Result<u8, String> {
    let position = names.iter().position(|it| *it == name);
    position
        .and_then(|position| position.try_into().ok())
        .ok_or_else(|| format!("{name:?} is not one of {names:?}"))
}

fn bits<'a>(names: &[&str], set: impl IntoIterator<Item = &'a String>) -> Result<u32, String> {
    let mut bits = 0;
    for name in set {
        bits |= 1 << position(names, name)?;
    }
    Ok(bits)
}
