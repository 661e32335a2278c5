//! Numbers within the bounds of a schema.

use serde_json::{Map, Value};

/// The numeric keywords of a schema.
pub(super) struct Bounds {
    low: f64,
    low_open: bool,
    high: f64,
    high_open: bool,
    step: Option<f64>,
}

impl Bounds {
    pub(super) fn of(schema: &Map<String, Value>, integer: bool) -> Self {
        let get = |key: &str| schema.get(key).and_then(Value::as_f64);
        // Draft 4 has a boolean beside `minimum`; later drafts have a bound of its own.
        let flag = |key: &str| schema.get(key) == Some(&Value::Bool(true));
        let (low, low_open) = match (get("minimum"), get("exclusiveMinimum")) {
            (Some(low), Some(open)) if open < low => (low, false),
            (_, Some(open)) => (open, true),
            (Some(low), None) => (low, flag("exclusiveMinimum")),
            (None, None) => (f64::NEG_INFINITY, false),
        };
        let (high, high_open) = match (get("maximum"), get("exclusiveMaximum")) {
            (Some(high), Some(open)) if open > high => (high, false),
            (_, Some(open)) => (open, true),
            (Some(high), None) => (high, flag("exclusiveMaximum")),
            (None, None) => (f64::INFINITY, false),
        };
        let step = get("multipleOf").filter(|step| *step > 0.0);
        let step = match step {
            Some(step) if integer && step.fract() != 0.0 => whole_multiple(step),
            Some(step) => Some(step),
            None => integer.then_some(1.0),
        };
        Self {
            low,
            low_open,
            high,
            high_open,
            step,
        }
    }

    pub(super) fn allow(&self, number: f64) -> bool {
        let above = if self.low_open {
            number > self.low
        } else {
            number >= self.low
        };
        let below = if self.high_open {
            number < self.high
        } else {
            number <= self.high
        };
        above && below && self.step.is_none_or(|step| (number / step).fract() == 0.0)
    }

    pub(super) fn pick(&self, ordinal: u64) -> Option<f64> {
        #[expect(clippy::cast_precision_loss, reason = "ordinals are small")]
        let ordinal = ordinal as f64;
        let step = self.step.unwrap_or(1.0);
        let mut start = if self.low.is_finite() {
            self.low
        } else {
            step.max(1.0).min(self.high)
        };
        if self.step.is_some() {
            start = if self.low.is_finite() {
                (start / step).ceil()
            } else {
                (start / step).floor()
            } * step;
        }
        let candidates = [
            1.0 + ordinal,
            start + ordinal * step,
            start + (ordinal + 1.0) * step,
            start - (ordinal + 1.0) * step,
            f64::midpoint(self.low, self.high),
        ];
        candidates
            .into_iter()
            .find(|number| number.is_finite() && self.allow(*number))
    }
}

/// The smallest of the first multiples of a fraction that is whole.
fn whole_multiple(step: f64) -> Option<f64> {
    (1..=1000)
        .map(|n| step * f64::from(n))
        .find(|multiple| multiple.fract() == 0.0)
}

/// Whole numbers are written without a fraction: they are both integers and numbers.
pub(super) fn in_shortest_form(number: f64) -> Value {
    #[expect(
        clippy::cast_possible_truncation,
        reason = "only where it loses nothing"
    )]
    if number.fract() == 0.0 && number.abs() < 9e15 {
        Value::from(number as i64)
    } else {
        number.into()
    }
}
