//! Values of fields, read from a tree.

use std::collections::BTreeMap;

use reqllm_core::{Budget, Decimal, Modality, ModalitySet, Model, PriceTier, Result};
use serde_json::Value;

use super::place::Place;

pub(super) fn is_word(text: &str) -> bool {
    Model::new("provider", text).check().is_ok()
}

pub(super) fn is_url(text: &str) -> bool {
    Model::new("provider", "id").base_url(text).check().is_ok()
}

/// Whether it is an address once its variables (`${NAME}`) are filled in.
pub(super) fn is_template(text: &str) -> bool {
    let mut whole = String::new();
    let mut rest = text;
    while let Some((before, behind)) = rest.split_once("${") {
        let Some((name, after)) = behind.split_once('}') else {
            return false;
        };
        if name.is_empty() {
            return false;
        }
        whole = whole + before + "x";
        rest = after;
    }
    whole += rest;
    let whole = match whole.contains("://") {
        true => whole,
        // The scheme may come with the first variable.
        false => format!("https://{whole}"),
    };
    text.contains("${") && is_url(&whole)
}

pub(super) fn is_date(text: &str) -> bool {
    let parts: Vec<&str> = text.split('-').collect();
    let number = |text: &str, digits: usize, most: u32| {
        let good = text.len() == digits && text.bytes().all(|byte| byte.is_ascii_digit());
        good && text
            .parse()
            .is_ok_and(|number: u32| (1..=most).contains(&number))
    };
    match parts[..] {
        [year, month] => number(year, 4, 9999) && number(month, 2, 12),
        [year, month, day] => number(year, 4, 9999) && number(month, 2, 12) && number(day, 2, 31),
        _ => false,
    }
}

fn list<'a>(value: &'a Value, place: &Place<'_>, wanted: &str) -> Result<&'a Vec<Value>> {
    value.as_array().ok_or_else(|| place.refuse(value, wanted))
}

pub(super) fn kinds(value: &Value, place: &Place<'_>) -> Result<ModalitySet> {
    const WANTED: &str = "a list of text, image, pdf, audio and video";
    let items = list(value, place, WANTED)?;
    if items.is_empty() {
        return Err(place.error("is an empty list; to say that they are not known, use `unset`"));
    }
    let kind = |(index, item): (usize, &Value)| {
        let kind = item.as_str().and_then(|name| name.parse::<Modality>().ok());
        let wanted = "text, image, pdf, audio or video";
        kind.ok_or_else(|| place.item(index).refuse(item, wanted))
    };
    items.iter().enumerate().map(kind).collect()
}

pub(super) fn words(value: &Value, place: &Place<'_>) -> Result<Vec<String>> {
    let items = list(value, place, "a list of words")?.iter().enumerate();
    items
        .map(|(index, item)| match item.as_str() {
            Some(word) if is_word(word) => Ok(word.to_owned()),
            _ => Err(place.item(index).refuse(item, "a word")),
        })
        .collect()
}

pub(super) fn budget(value: &Value, place: &Place<'_>) -> Result<Budget> {
    let mut budget = Budget::default();
    place.walk(&["min", "max"], value, &mut |name, value, place| {
        let bound = value.as_u64();
        let bound = bound.ok_or_else(|| place.refuse(value, "a whole number from 0"))?;
        match name {
            "min" => budget.min = Some(bound),
            _ => budget.max = Some(bound),
        }
        Ok(())
    })?;
    match (budget.min, budget.max) {
        (Some(min), Some(max)) if min > max => Err(place.error(&format!(
            "has a min of {min}, which is over its max of {max}"
        ))),
        _ => Ok(budget),
    }
}

pub(super) fn price(value: &Value, place: &Place<'_>) -> Result<Decimal> {
    decimal(value).ok_or_else(|| {
        let wanted = "a decimal from 0, in USD per 1,000,000 tokens, such as 3 or \"0.25\",";
        place.refuse(value, wanted)
    })
}

pub(super) fn factors(value: &Value, place: &Place<'_>) -> Result<BTreeMap<String, Decimal>> {
    let wanted = "a table of factors by service tier, such as { flex = \"0.5\" },";
    let Value::Object(table) = value else {
        return Err(place.refuse(value, wanted));
    };
    let factor = |(tier, value): (&String, &Value)| {
        let place = place.key(tier);
        match decimal(value) {
            Some(factor) if is_word(tier) => Ok((tier.clone(), factor)),
            Some(_) => Err(place.error("is no name of a service tier; a word would do")),
            None => Err(place.refuse(value, "a decimal from 0, such as \"0.5\",")),
        }
    };
    table.iter().map(factor).collect()
}

/// Texts are taken as they are. Numbers have gone through binary floats, so what lies beyond their precision is noise.
fn decimal(value: &Value) -> Option<Decimal> {
    const PRECISION: u32 = 15;
    let decimal = match value {
        Value::String(text) => Decimal::from_str_exact(text).ok()?,
        Value::Number(number) => {
            let text = number.to_string();
            let decimal = Decimal::from_str_exact(&text);
            let decimal = decimal.or_else(|_| Decimal::from_scientific(&text)).ok()?;
            decimal.round_sf(PRECISION)?
        }
        _ => return None,
    };
    (!decimal.is_sign_negative()).then(|| decimal.normalize())
}

pub(super) fn tiers(value: &Value, place: &Place<'_>) -> Result<Vec<PriceTier>> {
    const NAMES: &[&str] = &["above", "input", "output", "cache_read", "cache_write"];
    let mut tiers = Vec::new();
    for (index, item) in list(value, place, "a list of price tiers")?
        .iter()
        .enumerate()
    {
        let (mut tier, place, mut above) = (PriceTier::default(), place.item(index), None);
        place.walk(NAMES, item, &mut |name, value, place| {
            if name == "above" {
                let limit = value.as_u64();
                above = Some(limit.ok_or_else(|| place.refuse(value, "a whole number of tokens"))?);
                return Ok(());
            }
            set_tier(&mut tier, name, price(value, place)?);
            Ok(())
        })?;
        tier.above = above.ok_or_else(|| place.error("lacks `above`, a number of tokens"))?;
        tiers.push(tier);
    }
    Ok(tiers)
}

/// Sets a price of a tier by its name. False if a tier has none of that name.
pub(super) fn set_tier(tier: &mut PriceTier, name: &str, price: Decimal) -> bool {
    let to = match name {
        "input" => &mut tier.input,
        "output" => &mut tier.output,
        "cache_read" => &mut tier.cache_read,
        "cache_write" => &mut tier.cache_write,
        _ => return false,
    };
    *to = Some(price);
    true
}
