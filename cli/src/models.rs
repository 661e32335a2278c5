//! `reqllm models`.

use std::io::Write as _;

use reqllm::{Capability, ModalitySet, Model, ProviderRecord, Resolution};
use serde_json::json;

use crate::args::{List, Models, Show};
use crate::error::{Failure, warn};
use crate::find;
use crate::operations;
use crate::refresh;
use crate::registry;

pub(crate) async fn run(command: Models) -> Result<(), Failure> {
    match command {
        Models::List(args) => list(&args),
        Models::Show(args) => show(&args),
        Models::Find(args) => find::run(&args),
        Models::Refresh(args) => refresh::run(&args).await,
        Models::Info(args) => refresh::info(&args),
        Models::Account(args) => operations::account(*args).await,
    }
}

fn list(args: &List) -> Result<(), Failure> {
    let registry = registry::registry()?;
    let provider = match &args.provider {
        None => None,
        Some(name) => Some(registry.require_provider(name)?),
    };
    let mut models = registry.models();
    models.retain(|model| provider.is_none_or(|provider| model.provider == provider));
    if args.json {
        return find::write(&models, true);
    }
    let mut out = std::io::stdout().lock();
    for model in models {
        writeln!(out, "{}", model.spec())?;
    }
    Ok(())
}

fn show(args: &Show) -> Result<(), Failure> {
    let registry = registry::registry()?;
    let resolved = if args.spec.trim_start().starts_with('{') {
        registry.adopt(Model::from_json(&args.spec)?)?
    } else {
        registry.resolve(&registry.parse(&args.spec)?)?
    };
    let model = &*resolved.model;
    let base = model.base_model.as_deref().unwrap_or(&model.id);
    let profiles = match model.provider.as_str() {
        "bedrock" => registry.profiles(base),
        _ => Vec::new(),
    };
    // Where fields came from that the catalogue does not say.
    let laid_over: Vec<(String, String)> = registry
        .provenance(&model.provider, &model.id)
        .into_iter()
        .flat_map(|provenance| provenance.iter())
        .map(|(field, origin)| (field.to_string(), origin.to_string()))
        .collect();
    let record = registry.provider_record(&model.provider);
    let mut out = std::io::stdout().lock();
    if args.json {
        let mut shown = json!(model);
        for (field, origin) in laid_over {
            shown["provenance"][field] = origin.into();
        }
        if !profiles.is_empty() {
            shown["profiles"] = profiles.into();
        }
        serde_json::to_writer(&mut out, &shown)?;
        writeln!(out)?;
    } else {
        for (name, value) in lines(model, record) {
            writeln!(out, "{name:<18}{value}")?;
        }
        for (field, origin) in laid_over {
            writeln!(out, "{:<18}{field} from {origin}", "laid over")?;
        }
        if !profiles.is_empty() {
            writeln!(
                out,
                "{:<18}{}",
                "profiles",
                profiles.join("\n                  ")
            )?;
        }
    }
    for warning in resolved.warnings {
        warn(&warning.message);
    }
    Ok(())
}

/// What is not known is said to be so.
fn lines(model: &Model, record: Option<ProviderRecord<'_>>) -> Vec<(&'static str, String)> {
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
    let own = model.wire.dialect.as_deref();
    let dialect = own.or_else(|| record?.dialect()).map(str::to_owned);
    let spoken = match &model.wire.shape {
        Some(shape) => format!("{}, {shape} alone", text(&dialect)),
        None => text(&dialect),
    };
    let mut lines = vec![
        ("spec", model.spec()),
        ("wire id", model.sent_id().to_owned()),
        ("dialect", spoken),
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
    let address = model.base_url.as_ref().or(model.wire.base_url.as_ref());
    lines.extend(address.map(|url| ("address", url.clone())));
    let cost = model.cost.clone().unwrap_or_default();
    for (name, price) in [
        ("input price", cost.input),
        ("output price", cost.output),
        ("cache read price", cost.cache_read),
        ("cache write price", cost.cache_write),
    ] {
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
    let life = &model.lifecycle;
    let status = life.status.map(|status| json!(status));
    let status = status.as_ref().and_then(|status| status.as_str());
    lines.extend([
        ("prices as of", text(&cost.as_of)),
        ("status", status.unwrap_or(UNKNOWN).to_owned()),
        ("released", text(&life.released)),
    ]);
    lines.extend(life.retires.clone().map(|date| ("retires", date)));
    lines.extend(life.replacement.clone().map(|id| ("replacement", id)));
    lines
}
