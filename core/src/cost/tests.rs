//! What calls cost.

use super::*;

fn pricing() -> Pricing {
    serde_json::from_str(
        r#"{"input": 3, "output": 15, "cache_read": "0.3", "cache_write": "3.75", "cache_write_1h": 6,
            "tiers": [{"above": 200000, "input": 6, "output": "22.5"}],
            "service_tiers": {"flex": "0.5"}}"#,
    )
    .unwrap()
}

fn usage(json: &str) -> Usage {
    serde_json::from_str(json).unwrap()
}

fn total(usage: &Usage, tier: Option<&str>) -> String {
    pricing()
        .cost(usage, tier, Quality::Exact)
        .unwrap()
        .total
        .to_string()
}

#[test]
fn every_meter_has_its_line() {
    let mut usage = usage(
        r#"{"input_tokens": 100, "output_tokens": 10, "cache_read_tokens": 1000, "cache_write_tokens": 300}"#,
    );
    usage.cache_write_1h_tokens = Some(100);
    let cost = pricing().cost(&usage, None, Quality::Exact).unwrap();
    let lines: Vec<String> = cost
        .lines
        .iter()
        .map(|line| format!("{} {} {}", line.meter.as_str(), line.tokens, line.amount))
        .collect();
    assert_eq!(
        lines,
        [
            "input 100 0.0003",
            "output 10 0.00015",
            "cache_read 1000 0.0003",
            "cache_write 200 0.00075",
            "cache_write_1h 100 0.0006"
        ]
    );
    assert_eq!(cost.total.to_string(), "0.0021");
}

#[test]
fn long_prompts_and_service_tiers_have_their_prices() {
    let short = usage(r#"{"input_tokens": 200000, "output_tokens": 0}"#);
    let long =
        usage(r#"{"input_tokens": 100001, "output_tokens": 0, "cache_read_tokens": 100000}"#);
    assert_eq!(total(&short, None), "0.6");
    assert_eq!(total(&short, Some("flex")), "0.3");
    assert_eq!(
        total(&long, None),
        "0.630006",
        "the tier has no price for cache reads: the usual one"
    );
    let odd = pricing()
        .cost(&short, Some("turbo"), Quality::Exact)
        .unwrap();
    assert_eq!(odd.quality, Quality::Estimated);
    for usual in ["default", "standard"] {
        let cost = pricing().cost(&short, Some(usual), Quality::Exact).unwrap();
        assert_eq!(cost.quality, Quality::Exact, "{usual}");
    }
}

#[test]
fn no_price_is_no_cost() {
    let used = usage(r#"{"input_tokens": 1, "output_tokens": 1, "cache_read_tokens": 1}"#);
    let mut some = pricing();
    (some.cache_read, some.output) = (None, None);
    assert_eq!(
        some.cost(&used, None, Quality::Exact).unwrap_err(),
        Unpriced::NoPrice(vec![Meter::Output, Meter::CacheRead])
    );
    let uncounted = usage(r#"{"input_tokens": 1}"#);
    assert_eq!(
        some.cost(&uncounted, None, Quality::Exact).unwrap_err(),
        Unpriced::NotCounted
    );
    some.billing = Billing::Plan;
    assert_eq!(
        some.cost(&used, None, Quality::Exact).unwrap_err(),
        Unpriced::Plan
    );
}
#[test]
fn costs_add_up_line_by_line() {
    let used = usage(r#"{"input_tokens": 100, "output_tokens": 0}"#);
    let exact = pricing().cost(&used, None, Quality::Exact).unwrap();
    let guess = pricing().cost(&used, None, Quality::Estimated).unwrap();
    let sum = exact.clone().plus(guess).unwrap();
    assert_eq!(sum.total.to_string(), "0.0006");
    assert_eq!(sum.quality, Quality::Estimated);
    assert_eq!((sum.lines.len(), sum.lines[0].tokens), (1, 200));
    let mut other = exact.clone();
    other.currency = "EUR".into();
    assert_eq!(exact.plus(other), None);
}
