//! `reqllm models refresh` and `reqllm models info`.

use std::io::Write as _;

use reqllm::refresh::{Origin, Outcome, Refresh, Report};
use reqllm::{Clock, Environment};

use crate::args;
use crate::error::{Failure, warn};

/// So many warnings are shown to people.
const SHOWN: usize = 10;

pub(crate) async fn run(args: &args::Refresh) -> Result<(), Failure> {
    let mut refresh = Refresh::builder();
    if let Some(url) = &args.url {
        refresh = refresh.url(url);
    }
    let outcome = refresh.build()?.run().await?;
    let mut out = std::io::stdout().lock();
    if args.json {
        serde_json::to_writer(&mut out, &outcome)?;
        return Ok(writeln!(out)?);
    }
    match &outcome {
        Outcome::NotModified { models, .. } => {
            writeln!(out, "{models} models; nothing is new")?;
        }
        Outcome::Updated(report) => {
            table(&mut out, &changes(report))?;
            for warning in report.warnings.iter().take(SHOWN) {
                warn(warning);
            }
            if let Some(more @ 1..) = report.warnings.len().checked_sub(SHOWN) {
                warn(&format!("{more} more like these; --json has them all"));
            }
        }
        // There may be others one day; JSON has them.
        _ => {}
    }
    Ok(())
}

fn changes(report: &Report) -> Vec<(&'static str, String)> {
    vec![
        (
            "models",
            format!("{}, before {}", report.models, report.models_before),
        ),
        ("added", report.added.len().to_string()),
        ("removed", report.removed.len().to_string()),
        ("price changes", report.price_changes.len().to_string()),
        ("providers", report.providers.to_string()),
        ("from", report.url.clone()),
        ("kept in", report.path.display().to_string()),
    ]
}

pub(crate) fn info(args: &args::Info) -> Result<(), Failure> {
    let info = reqllm::refresh::info(&Environment::process(), &Clock::system());
    let mut out = std::io::stdout().lock();
    if args.json {
        serde_json::to_writer(&mut out, &info)?;
        return Ok(writeln!(out)?);
    }
    let origin = match info.origin {
        Origin::Embedded => "built in",
        Origin::Cache => "fetched",
        _ => "elsewhere",
    };
    let age = info.age_seconds.map(|seconds| match seconds / 86_400 {
        0 => "less than a day".to_owned(),
        1 => "1 day".to_owned(),
        days => format!("{days} days"),
    });
    let rows = [
        ("origin", Some(origin.to_owned())),
        ("source", Some(info.source)),
        ("date", info.date),
        ("age", age),
        ("providers", Some(info.providers.to_string())),
        ("models", Some(info.models.to_string())),
        ("sha256", Some(info.sha256)),
        ("from", info.url),
        ("fetched", info.fetched_at),
        ("checked", info.checked_at),
        ("kept in", info.path.map(|path| path.display().to_string())),
    ];
    let rows = rows.into_iter();
    let known: Vec<_> = rows.filter_map(|(name, it)| Some((name, it?))).collect();
    table(&mut out, &known)?;
    if let Some(reason) = info.ignored {
        warn(&format!("the cached catalogue is ignored: {reason}"));
    }
    Ok(())
}

fn table(out: &mut impl std::io::Write, rows: &[(&str, String)]) -> std::io::Result<()> {
    for (name, value) in rows {
        writeln!(out, "{name:<18}{value}")?;
    }
    Ok(())
}
