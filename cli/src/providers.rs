//! `reqllm providers`.

use std::io::Write as _;

use reqllm::{ProviderInfo, ProviderOrigin};

use crate::args::Providers;
use crate::error::Failure;
use crate::registry;

pub(crate) async fn run(args: Providers) -> Result<(), Failure> {
    let client = registry::builder()?.build()?;
    let mut providers = client.provider_infos();
    if args.all {
        providers.extend(client.spoken_provider_infos());
        providers.sort_by(|a, b| a.id.cmp(&b.id));
    }
    let mut out = std::io::stdout().lock();
    if args.json {
        serde_json::to_writer(&mut out, &providers)?;
        return Ok(writeln!(out)?);
    }
    for line in table(&providers) {
        writeln!(out, "{line}")?;
    }
    Ok(())
}

/// One line a provider.
fn table(providers: &[ProviderInfo]) -> Vec<String> {
    const HEAD: [&str; 5] = ["PROVIDER", "MODELS", "FROM", "KEYS", "ADDRESS"];
    let rows: Vec<[String; 5]> = providers.iter().map(row).collect();
    let widest = |column: usize| {
        let cells = rows.iter().map(|row| row[column].chars().count());
        cells.chain([HEAD[column].len()]).max().unwrap_or_default()
    };
    let [a, b, c, d] = [0, 1, 2, 3].map(widest);
    let line = |[id, models, from, keys, address]: [&str; 5]| {
        format!("{id:<a$}  {models:>b$}  {from:<c$}  {keys:<d$}  {address}")
    };
    let rows = rows
        .iter()
        .map(|row| line(row.each_ref().map(String::as_str)));
    std::iter::once(line(HEAD)).chain(rows).collect()
}

/// Nothing here is cut: a variable is there to be copied.
fn row(provider: &ProviderInfo) -> [String; 5] {
    const NONE: &str = "-";
    let mut id = provider.id.clone();
    if !provider.names.is_empty() {
        id = format!("{id} ({})", provider.names.join(", "));
    }
    let from = match &provider.origin {
        ProviderOrigin::Feature { name } => format!("feature {name}"),
        ProviderOrigin::Registered => "a crate of yours".to_owned(),
        ProviderOrigin::Spoken { by, dialect } => {
            let others = provider.dialects.iter().filter(|it| it.name != *dialect);
            let others = others.map(|it| match &it.by {
                Some(by) => format!("; {} models by {by}, speaking {}", it.models, it.name),
                None => format!("; {} models by nobody: {}", it.models, it.name),
            });
            format!("{by}, speaking {dialect}{}", others.collect::<String>())
        }
        _ => "the program".to_owned(),
    };
    let keys = provider.env.iter().map(|variable| {
        let mark = if variable.set { "*" } else { "" };
        format!("{}{mark}", variable.name)
    });
    let keys: Vec<String> = keys.collect();
    [
        id,
        provider.models.to_string(),
        from,
        if keys.is_empty() {
            NONE.to_owned()
        } else {
            keys.join(" ")
        },
        provider.base_url.clone().unwrap_or_else(|| NONE.to_owned()),
    ]
}
