//! Questions to the embedded catalogue.

#![cfg(feature = "snapshot")]
#![allow(
    clippy::unwrap_used,
    reason = "a test that cannot be set up should fail loudly"
)]

use reqllm_core::{Capability, Decimal, Modality, Model};
use reqllm_registry::{Registry, Sort};

#[test]
fn every_requirement_is_kept() {
    let registry = Registry::embedded();
    let most = Decimal::ONE;
    let found = registry
        .query()
        .provider("aws")
        .require(Capability::Tools)
        .input(Modality::Image)
        .min_context(100_000)
        .max_input_price(most)
        .find();
    assert!(!found.is_empty());
    for model in &found {
        assert_eq!(model.provider, "bedrock");
        assert_eq!(model.capabilities.get(Capability::Tools), Some(true));
        assert!(model.modalities.input.contains(Modality::Image));
        assert!(model.limits.context.unwrap() >= 100_000);
        assert!(model.cost.as_ref().unwrap().input.unwrap() <= most);
    }
    assert!(found.is_sorted_by(|a, b| a.id < b.id));
}

#[test]
fn what_is_not_known_fulfils_nothing_unless_it_may() {
    let mut registry = Registry::embedded();
    registry.insert(Model::new("acme", "mystery")).unwrap();
    let query = registry.query().provider("acme").require(Capability::Tools);
    assert!(query.select().is_none());
    assert_eq!(
        query.clone().accept_unknown().select().unwrap().id,
        "mystery"
    );
    let forbids = registry.query().provider("acme").forbid(Capability::Tools);
    assert!(forbids.select().is_none());
}

#[test]
fn orders_put_the_unknown_last() {
    let registry = Registry::embedded();
    let by_price = registry
        .query()
        .provider("bedrock")
        .sort(Sort::Price)
        .find();
    let price = |model: &Model| {
        let cost = model.cost.as_ref()?;
        Some(cost.input? + cost.output?)
    };
    let prices: Vec<_> = by_price.iter().map(|model| price(model)).collect();
    assert!(prices.is_sorted_by_key(|price| (price.is_none(), *price)));
    assert!(prices.first().unwrap().is_some() && prices.last().unwrap().is_none());
    let by_context = registry
        .query()
        .provider("bedrock")
        .sort(Sort::Context)
        .find();
    assert!(by_context.is_sorted_by_key(|model| std::cmp::Reverse(model.limits.context)));
}
