//! What several calls used and cost together.

use reqllm_core::{Cost, Quality, Response, Usage};

/// A sum over responses.
#[derive(Clone, Debug, Default)]
pub(crate) struct Total {
    usage: Usage,
    cost: Option<Cost>,
    /// Somebody's cost is not known, so neither is the sum's.
    unknown: bool,
}

impl Total {
    /// Adds what one call used and cost.
    pub(crate) fn add(&mut self, response: &Response) {
        self.usage = sum(self.usage, response.usage);
        match (&mut self.cost, &response.cost) {
            (Some(cost), Some(more)) if cost.currency == more.currency => {
                let Some(total) = cost.total.checked_add(more.total) else {
                    self.unknown = true;
                    return;
                };
                cost.total = total;
                cost.lines.extend(more.lines.iter().cloned());
                if more.quality == Quality::Estimated {
                    cost.quality = Quality::Estimated;
                }
            }
            (cost @ None, Some(more)) => *cost = Some(more.clone()),
            _ => self.unknown = true,
        }
    }

    /// The sum of the counts that were given; one that nobody gave is absent.
    pub(crate) fn usage(&self) -> Usage {
        self.usage
    }

    /// The sum of the costs, if all of them are known.
    pub(crate) fn cost(&self) -> Option<Cost> {
        self.cost.clone().filter(|_| !self.unknown)
    }
}

fn sum(one: Usage, other: Usage) -> Usage {
    let count = |count: fn(&Usage) -> Option<u64>| match (count(&one), count(&other)) {
        (Some(one), Some(other)) => Some(one.saturating_add(other)),
        (one, other) => one.or(other),
    };
    let mut sum = Usage::default();
    sum.input_tokens = count(|usage| usage.input_tokens);
    sum.output_tokens = count(|usage| usage.output_tokens);
    sum.cache_read_tokens = count(|usage| usage.cache_read_tokens);
    sum.cache_write_tokens = count(|usage| usage.cache_write_tokens);
    sum.reasoning_tokens = count(|usage| usage.reasoning_tokens);
    sum.total_tokens = count(|usage| usage.total_tokens);
    sum.cache_write_1h_tokens = count(|usage| usage.cache_write_1h_tokens);
    sum
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn response(cost: serde_json::Value) -> Response {
        serde_json::from_value(json!({
            "id": "", "provider": "p", "model": "m", "wire_id": "m",
            "message": {"role": "assistant", "content": "hi"},
            "finish_reason": "stop", "raw_finish_reason": null,
            "usage": {"input_tokens": 2, "output_tokens": 3, "total_tokens": 5},
            "cost": cost, "warnings": [], "provider_metadata": {},
        }))
        .unwrap()
    }

    fn usd(total: &str, quality: &str) -> serde_json::Value {
        json!({"currency": "USD", "total": total, "quality": quality})
    }

    #[test]
    fn counts_add_up_and_what_nobody_gave_stays_absent() {
        let mut total = Total::default();
        total.add(&response(usd("0.001", "exact")));
        total.add(&response(usd("0.002", "estimated")));
        assert_eq!(total.usage().total_tokens, Some(10));
        assert_eq!(total.usage().reasoning_tokens, None);
        let cost = total.cost().unwrap();
        assert_eq!(cost.total.to_string(), "0.003");
        assert_eq!(cost.quality, Quality::Estimated);
    }

    #[test]
    fn one_unknown_cost_makes_the_sum_unknown_whichever_came_first() {
        for costs in [
            [usd("1", "exact"), serde_json::Value::Null],
            [serde_json::Value::Null, usd("1", "exact")],
        ] {
            let mut total = Total::default();
            for cost in costs {
                total.add(&response(cost));
            }
            assert_eq!(total.cost(), None);
        }
    }
}
