//! What a new catalogue changes.

use std::collections::BTreeMap;
use std::path::PathBuf;

use reqllm_core::{Decimal, Pricing};
use reqllm_registry::{Packed, Record};
use serde::Serialize;

use super::store::Facts;

/// A price that changes by more is worth a warning: it is likelier a slip than a new price.
const JUMP: Decimal = Decimal::TEN;

/// How a new catalogue differs from the one before.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Report {
    /// Where it is from, without user name, password and query.
    pub url: String,
    /// Where it is kept.
    pub path: PathBuf,
    /// The day on which it was fetched.
    pub date: String,
    /// SHA-256 of the file that it was made from.
    pub sha256: String,
    /// How many providers it has.
    pub providers: usize,
    /// How many models.
    pub models: usize,
    /// How many models there were before.
    pub models_before: usize,
    /// The specs that are new.
    pub added: Vec<String>,
    /// The specs that are gone.
    pub removed: Vec<String>,
    /// The prices that changed, of models that were there before.
    pub price_changes: Vec<PriceChange>,
    /// What was left out of the file: how often, by reason.
    pub skipped: BTreeMap<String, usize>,
    /// What somebody should look at, such as a price that changed more than tenfold.
    pub warnings: Vec<String>,
}

/// A price that changed, in USD per 1,000,000 tokens.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct PriceChange {
    /// The model.
    pub spec: String,
    /// Which of its prices: `input`, `output`, `cache_read` or `cache_write`.
    pub price: &'static str,
    /// None if there was none.
    pub before: Option<Decimal>,
    /// None if there is none any more.
    pub after: Option<Decimal>,
}

impl PriceChange {
    /// Whether it changed more than tenfold, up or down.
    pub fn is_jump(&self) -> bool {
        let (Some(before), Some(after)) = (self.before, self.after) else {
            return false;
        };
        let (low, high) = (before.min(after), before.max(after));
        low.checked_mul(JUMP).is_some_and(|limit| high > limit)
    }
}

impl Report {
    pub(super) fn new(before: &Packed, after: &Packed, facts: &Facts) -> Self {
        let missing = |from: &Packed, of: &Packed| {
            from.records()
                .filter(|record| of.find(record.provider(), record.id()).is_none())
                .map(|record| record.spec())
                .collect()
        };
        let mut price_changes = Vec::new();
        for record in after.records() {
            if let Some(old) = before.find(record.provider(), record.id()) {
                compare(&old, &record, &mut price_changes);
            }
        }
        let warnings = warnings(&price_changes, facts);
        Self {
            url: facts.url.clone(),
            path: PathBuf::new(),
            date: facts.date.clone(),
            sha256: facts.sha256.clone(),
            providers: facts.providers,
            models: facts.models,
            models_before: before.len(),
            added: missing(after, before),
            removed: missing(before, after),
            price_changes,
            skipped: BTreeMap::new(),
            warnings,
        }
    }
}

fn compare(before: &Record<'_>, after: &Record<'_>, changes: &mut Vec<PriceChange>) {
    let prices = |record: &Record<'_>| {
        let pricing: Pricing = record.pricing().unwrap_or_default();
        [
            ("input", pricing.input),
            ("output", pricing.output),
            ("cache_read", pricing.cache_read),
            ("cache_write", pricing.cache_write),
        ]
    };
    for ((price, before), (_, after_)) in prices(before).into_iter().zip(prices(after)) {
        if before != after_ {
            changes.push(PriceChange {
                spec: after.spec(),
                price,
                before,
                after: after_,
            });
        }
    }
}

fn warnings(changes: &[PriceChange], facts: &Facts) -> Vec<String> {
    let text = |price: Option<Decimal>| price.unwrap_or_default().normalize();
    let jumps = changes.iter().filter(|change| change.is_jump());
    let mut warnings: Vec<String> = jumps
        .map(|change| {
            format!(
                "the {} price of {} changed more than tenfold, from {} to {} USD per 1,000,000 tokens",
                change.price,
                // Ids are a stranger's, and terminals obey what they read.
                change.spec.escape_debug(),
                text(change.before),
                text(change.after)
            )
        })
        .collect();
    let embedded = Packed::embedded().source().date;
    if let Some(embedded) = embedded.filter(|embedded| facts.date < embedded.to_string()) {
        warnings.push(format!(
            "by the clock of this machine it is {}, and the built-in catalogue is of {embedded}: the new one will not be used",
            facts.date
        ));
    }
    warnings
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_jump_is_more_than_tenfold_up_or_down() {
        let change = |before: Option<i64>, after: Option<i64>| PriceChange {
            spec: "a:b".to_owned(),
            price: "input",
            before: before.map(Decimal::from),
            after: after.map(Decimal::from),
        };
        assert!(change(Some(1), Some(11)).is_jump());
        assert!(change(Some(11), Some(1)).is_jump());
        assert!(!change(Some(1), Some(10)).is_jump());
        assert!(!change(Some(10), Some(1)).is_jump());
        assert!(!change(None, Some(11)).is_jump());
        assert!(!change(Some(11), None).is_jump());
    }
}
