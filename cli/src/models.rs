//! `reqllm models`.

use std::io::Write as _;

use reqllm::{Capability, Client, ModalitySet, Model, Resolution};
use serde_json::json;

use crate::args::{List, Models, Show};
use crate::error::{Failure, warn};

pub(crate) fn run(command: Models) -> Result<(), Failure> {
    match command {
        Models::List(args) => list(&args),
        Models::Show(args) => show(&args),
    }
}

fn list(args: &List) -> Result<(), Failure> {
    let client = Client::new()?;
    let registry = client.registry();
    let provider = match &args.provider {
        None => None,
        Some(name) => Some(registry.require_provider(name)?),
    };
    let mut models = registry.models();
    models.retain(|model| provider.is_none_or(|provider| model.provider == provider));
    let mut out = std::io::stdout().lock();
    if args.json {
        serde_json::to_writer(&mut out, &models)?;
        return Ok(writeln!(out)?);
    }
    for model in models {
        writeln!(out, "{}", model.spec())?;
    }
    Ok(())
}

fn show(args: &Show) -> Result<(), Failure> {
    let resolved = Client::new()?.resolve(args.spec.as_str())?;
    let model = &*resolved.model;
    let mut out = std::io::stdout().lock();
    if args.json {
        serde_json::to_writer(&mut out, model)?;
        writeln!(out)?;
    } else {
        for (name, value) in lines(model) {
            writeln!(out, "{name:<18}{value}")?;
        }
    }
    for warning in resolved.warnings {
        warn(&warning.message);
    }
    Ok(())
}

/// What is not known is said to be so.
fn lines(model: &Model) -> Vec<(&'static str, String)> {
    const UNKNOWN: &str = "not known";
    let text = |value: &Option<String>| value.clone().unwrap_or_else(|| UNKNOWN.to_owned());
    let number = |value: Option<u64>| value.map_or_else(|| UNKNOWN.to_owned(), |n| n.to_string());
    let flag = |value: Option<bool>| match value {
        Some(true) => "yes".to_owned(),
        Some(false) => "no".to_owned(),
        None => UNKNOWN.to_owned(),
    };
    let kinds = |kinds: ModalitySet| match kinds.is_empty() {
        true => UNKNOWN.to_owned(),
        false => kinds.to_string(),
    };
    let resolution = match model.resolution {
        Resolution::Inherited => format!("inherited from {}", text(&model.base_model)),
        resolution => json!(resolution).as_str().unwrap_or_default().to_owned(),
    };
    let mut lines = vec![
        ("spec", model.spec()),
        ("wire id", model.sent_id().to_owned()),
        ("name", text(&model.name)),
        ("family", text(&model.family)),
        ("resolution", resolution),
        ("context", number(model.limits.context)),
        ("output", number(model.limits.output)),
        ("takes", kinds(model.modalities.input)),
        ("gives", kinds(model.modalities.output)),
        ("tools", flag(model.capabilities.get(Capability::Tools))),
        (
            "reasoning",
            flag(model.capabilities.get(Capability::Reasoning)),
        ),
        (
            "structured output",
            flag(model.capabilities.get(Capability::StructuredOutput)),
        ),
        (
            "streaming",
            flag(model.capabilities.get(Capability::Streaming)),
        ),
    ];
    let cost = model.cost.clone().unwrap_or_default();
    for (name, price) in [("input price", cost.input), ("output price", cost.output)] {
        let quality = json!(model.price_quality());
        let price = price.map_or_else(
            || UNKNOWN.to_owned(),
            |price| {
                format!(
                    "{price} USD per 1,000,000 tokens ({})",
                    quality.as_str().unwrap_or_default()
                )
            },
        );
        lines.push((name, price));
    }
    lines
}
