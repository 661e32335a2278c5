//! Money: prices of tokens, and what a call cost.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::Usage;

/// Prices in USD per 1,000,000 tokens. An absent price is not known; it is not 0.
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
    /// Input written to the cache.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cache_write: Option<Decimal>,
}

/// What a call cost.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Cost {
    /// The currency; `USD`.
    pub currency: String,
    /// The whole amount, as a decimal.
    pub total: Decimal,
    /// How far the price can be trusted.
    pub quality: Quality,
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

impl Pricing {
    /// What `usage` costs, or nothing if a count that was used has no price, or input or output was not counted.
    ///
    /// ```
    /// use reqllm_core::{Pricing, Quality, Usage};
    ///
    /// let pricing: Pricing = serde_json::from_str(r#"{"input": "3", "output": 15}"#)?;
    /// let usage: Usage = serde_json::from_str(r#"{"input_tokens": 1000, "output_tokens": 10}"#)?;
    /// let cost = pricing.cost(&usage, Quality::Exact).unwrap();
    /// assert_eq!(cost.total.to_string(), "0.00315");
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    pub fn cost(&self, usage: &Usage, quality: Quality) -> Option<Cost> {
        let lines = [
            (Some(usage.input_tokens?), self.input),
            (Some(usage.output_tokens?), self.output),
            (usage.cache_read_tokens, self.cache_read),
            (usage.cache_write_tokens, self.cache_write),
        ];
        let mut total = Decimal::ZERO;
        for (tokens, price) in lines {
            let tokens = tokens.unwrap_or(0);
            if tokens > 0 {
                total = Decimal::from(tokens)
                    .checked_mul(price?)
                    .and_then(|amount| amount.checked_div(Decimal::from(1_000_000)))
                    .and_then(|amount| total.checked_add(amount))?;
            }
        }
        Some(Cost {
            currency: "USD".to_owned(),
            total: total.normalize(),
            quality,
        })
    }
}
