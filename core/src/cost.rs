//! Money: prices of tokens, and what a call cost.
//!
//! All of it is decimal. A price that is absent is not known; it is never 0.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::Usage;

/// Prices in USD per 1,000,000 tokens.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct Pricing {
    /// Input that no cache took part in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub input: Option<Decimal>,
    /// Output.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub output: Option<Decimal>,
    /// Input read from the cache.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cache_read: Option<Decimal>,
    /// Input written to the cache, to live for as long as the provider's default says.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cache_write: Option<Decimal>,
    /// Input written to the cache, to live for an hour.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cache_write_1h: Option<Decimal>,
    /// Reasoning, where it does not cost what other output costs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reasoning: Option<Decimal>,
    /// Sound that goes in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub input_audio: Option<Decimal>,
    /// Sound that comes out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub output_audio: Option<Decimal>,
    /// Other prices for long prompts; the one with the highest limit that the prompt exceeds holds for the whole call.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tiers: Vec<PriceTier>,
    /// Factors of all prices for service tiers, by the tier's name.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub service_tiers: BTreeMap<String, Decimal>,
    /// How the provider bills.
    #[serde(skip_serializing_if = "Billing::is_per_token")]
    pub billing: Billing,
    /// The day on which these prices were known to hold, such as `2026-08-23`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub as_of: Option<String>,
    /// Whether these are the prices of another model that this one is derived from.
    #[serde(skip)]
    pub estimated: bool,
}

/// Prices for prompts longer than a limit.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct PriceTier {
    /// It holds for prompts of more tokens than this, cached ones included.
    pub above: u64,
    /// Input that no cache took part in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub input: Option<Decimal>,
    /// Output.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub output: Option<Decimal>,
    /// Input read from the cache.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cache_read: Option<Decimal>,
    /// Input written to the cache.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cache_write: Option<Decimal>,
}

/// How a provider bills.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Billing {
    /// By token.
    #[default]
    PerToken,
    /// By subscription: a call costs nothing of its own, which is not the same as being free.
    Plan,
    /// Not at all.
    Free,
}

impl Billing {
    fn is_per_token(&self) -> bool {
        *self == Self::PerToken
    }
}

/// What a call cost.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Cost {
    /// The currency; `USD`.
    pub currency: Cow<'static, str>,
    /// The whole amount, as a decimal.
    pub total: Decimal,
    /// How far the price can be trusted.
    pub quality: Quality,
    /// What it is made of.
    #[serde(skip)]
    pub lines: Vec<CostLine>,
}

impl Cost {
    /// The sum of two costs, as trustworthy as the weaker one; none if they are in different currencies or too large.
    #[must_use]
    pub fn plus(mut self, other: Self) -> Option<Self> {
        if self.currency != other.currency {
            return None;
        }
        self.total = self.total.checked_add(other.total)?.normalize();
        if other.quality == Quality::Estimated {
            self.quality = Quality::Estimated;
        }
        for line in other.lines {
            let same = |mine: &&mut CostLine| mine.meter == line.meter && mine.price == line.price;
            match self.lines.iter_mut().find(same) {
                Some(mine) => {
                    mine.tokens = mine.tokens.saturating_add(line.tokens);
                    mine.amount = mine.amount.checked_add(line.amount)?;
                }
                None => self.lines.push(line),
            }
        }
        Some(self)
    }
}

/// A part of a cost.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct CostLine {
    /// What was counted.
    pub meter: Meter,
    /// How many tokens.
    pub tokens: u64,
    /// USD per 1,000,000 of them.
    pub price: Decimal,
    /// What they cost.
    pub amount: Decimal,
}

/// What is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Meter {
    /// Input that no cache took part in.
    Input,
    /// Output.
    Output,
    /// Input read from the cache.
    CacheRead,
    /// Input written to the cache.
    CacheWrite,
    /// Input written to the cache for an hour.
    CacheWrite1h,
    /// Reasoning with a price of its own.
    Reasoning,
}

impl Meter {
    /// The name of the price in a full spec.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Input => "input",
            Self::Output => "output",
            Self::CacheRead => "cache_read",
            Self::CacheWrite => "cache_write",
            Self::CacheWrite1h => "cache_write_1h",
            Self::Reasoning => "reasoning",
        }
    }
}

/// How far a price can be trusted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Quality {
    /// The price of this very model.
    Exact,
    /// The price of a model that this one is derived from.
    Estimated,
}

/// Why there is no cost.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Unpriced {
    /// The provider did not count the tokens.
    NotCounted,
    /// These parts were used and have no price.
    NoPrice(Vec<Meter>),
    /// The provider bills by subscription.
    Plan,
}

impl fmt::Display for Unpriced {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotCounted => f.write_str("the provider did not count the tokens"),
            Self::Plan => f.write_str("the provider bills by subscription"),
            Self::NoPrice(meters) => {
                let meters: Vec<&str> = meters.iter().map(|meter| meter.as_str()).collect();
                write!(f, "there is no price for {}", meters.join(", "))
            }
        }
    }
}

impl Pricing {
    /// What `usage` costs, in the service tier that the provider served it in.
    ///
    /// ```
    /// use reqllm_core::{Pricing, Quality, Usage};
    ///
    /// let pricing: Pricing = serde_json::from_str(r#"{"input": "3", "output": 15}"#)?;
    /// let usage: Usage = serde_json::from_str(r#"{"input_tokens": 1000, "output_tokens": 10}"#)?;
    /// let cost = pricing.cost(&usage, None, Quality::Exact).unwrap();
    /// assert_eq!(cost.total.to_string(), "0.00315");
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Why the cost is not known. A part of it is never given for the whole.
    pub fn cost(
        &self,
        usage: &Usage,
        service_tier: Option<&str>,
        quality: Quality,
    ) -> Result<Cost, Unpriced> {
        if self.billing == Billing::Plan {
            return Err(Unpriced::Plan);
        }
        let (Some(input), Some(output)) = (usage.input_tokens, usage.output_tokens) else {
            return Err(Unpriced::NotCounted);
        };
        let cache_read = usage.cache_read_tokens.unwrap_or(0);
        let cache_write = usage.cache_write_tokens.unwrap_or(0);
        let for_an_hour = usage.cache_write_1h_tokens.unwrap_or(0).min(cache_write);
        let thought = match self.reasoning {
            Some(_) => usage.reasoning_tokens.unwrap_or(0).min(output),
            None => 0,
        };
        let prompt = input.saturating_add(cache_read).saturating_add(cache_write);
        let tier = self
            .tiers
            .iter()
            .filter(|tier| prompt > tier.above)
            .max_by_key(|tier| tier.above);
        let tiered = |of_tier: fn(&PriceTier) -> Option<Decimal>, price: Option<Decimal>| {
            tier.map_or(price, |tier| of_tier(tier).or(price))
        };
        let meters = [
            (Meter::Input, input, tiered(|tier| tier.input, self.input)),
            (
                Meter::Output,
                output - thought,
                tiered(|tier| tier.output, self.output),
            ),
            (Meter::Reasoning, thought, self.reasoning),
            (
                Meter::CacheRead,
                cache_read,
                tiered(|tier| tier.cache_read, self.cache_read),
            ),
            (
                Meter::CacheWrite,
                cache_write - for_an_hour,
                tiered(|tier| tier.cache_write, self.cache_write),
            ),
            (Meter::CacheWrite1h, for_an_hour, self.cache_write_1h),
        ];
        // A tier of which nothing is known leaves the usual prices, which is then a guess. The usual one has two names.
        let factor = service_tier.and_then(|tier| self.service_tiers.get(tier).copied());
        let guessed = factor.is_none()
            && service_tier.is_some_and(|tier| !matches!(tier, "default" | "standard"));
        let factor = factor.unwrap_or(Decimal::ONE);
        let mut cost = Cost {
            currency: Cow::Borrowed("USD"),
            total: Decimal::ZERO,
            quality: if guessed { Quality::Estimated } else { quality },
            lines: Vec::new(),
        };
        let mut unpriced = Vec::new();
        for (meter, tokens, price) in meters {
            if tokens == 0 {
                continue;
            }
            let line = price
                .and_then(|price| price.checked_mul(factor))
                .and_then(|price| line(meter, tokens, price));
            match line.and_then(|line| Some((cost.total.checked_add(line.amount)?, line))) {
                Some((total, line)) => {
                    cost.total = total;
                    cost.lines.push(line);
                }
                None => unpriced.push(meter),
            }
        }
        if !unpriced.is_empty() {
            return Err(Unpriced::NoPrice(unpriced));
        }
        cost.total = cost.total.normalize();
        Ok(cost)
    }
}

fn line(meter: Meter, tokens: u64, price: Decimal) -> Option<CostLine> {
    let amount = Decimal::from(tokens)
        .checked_mul(price)?
        .checked_div(Decimal::from(1_000_000))?
        .normalize();
    Some(CostLine {
        meter,
        tokens,
        price: price.normalize(),
        amount,
    })
}

#[cfg(test)]
mod tests;
