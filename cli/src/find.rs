//! `reqllm models find`, and the table that it and `list` show.

use std::io::Write as _;
use std::sync::Arc;

use reqllm::{Capability, Modality, Model, Sort};

use crate::args::{Find, Order};
use crate::error::Failure;
use crate::registry;

/// How wide a table may be where nobody says how wide the terminal is.
const WIDTH: usize = 100;

pub(crate) fn run(args: &Find) -> Result<(), Failure> {
    let registry = registry::registry()?;
    let mut query = registry.query().sort(match args.sort {
        Order::Id => Sort::Id,
        Order::Price => Sort::Price,
        Order::Context => Sort::Context,
        Order::Date => Sort::Date,
    });
    for name in &args.provider {
        query = query.provider(registry.require_provider(name)?);
    }
    for name in &args.require {
        query = query.require(name.parse::<Capability>()?);
    }
    for name in &args.modality {
        query = query.input(name.parse::<Modality>()?);
    }
    if let Some(family) = &args.family {
        query = query.family(family);
    }
    if let Some(tokens) = args.min_context {
        query = query.min_context(tokens);
    }
    if let Some(price) = args.max_input_price {
        query = query.max_input_price(price);
    }
    let mut found = query.find();
    found.truncate(args.limit.unwrap_or(usize::MAX));
    write(&found, args.json)
}

/// As JSON, or as a table for people.
pub(crate) fn write(models: &[Arc<Model>], json: bool) -> Result<(), Failure> {
    let mut out = std::io::stdout().lock();
    if json {
        serde_json::to_writer(&mut out, models)?;
        return Ok(writeln!(out)?);
    }
    for line in table(models, width()) {
        writeln!(out, "{line}")?;
    }
    Ok(())
}

/// The width of the terminal. What goes into a pipe is cut nowhere.
fn width() -> usize {
    use std::io::IsTerminal as _;
    if !std::io::stdout().is_terminal() {
        return usize::MAX;
    }
    let columns = reqllm::Environment::process().get("COLUMNS");
    let columns = columns.and_then(|columns| columns.parse().ok());
    let terminal = terminal_size::terminal_size().map(|(width, _)| usize::from(width.0));
    columns.or(terminal).unwrap_or(WIDTH)
}

/// One line a model: spec, context window, prices, abilities.
fn table(models: &[Arc<Model>], width: usize) -> Vec<String> {
    const HEAD: [&str; 5] = ["MODEL", "CONTEXT", "IN", "OUT", "CAN"];
    let rows: Vec<[String; 5]> = models.iter().map(|model| row(model)).collect();
    let widest = |column: usize| {
        let cells = rows.iter().map(|row| row[column].chars().count());
        cells.chain([HEAD[column].len()]).max().unwrap_or_default()
    };
    let widths = [0, 1, 2, 3].map(widest);
    let line = |row: [&str; 5]| {
        let [spec, context, input, output, can] = row;
        let [a, b, c, d] = widths;
        let line = format!("{spec:<a$}  {context:>b$}  {input:>c$}  {output:>d$}  {can}");
        match line.char_indices().nth(width.saturating_sub(1)) {
            Some((at, _)) if line.chars().count() > width => format!("{}…", &line[..at]),
            _ => line.trim_end().to_owned(),
        }
    };
    let rows = rows
        .iter()
        .map(|row| line(row.each_ref().map(String::as_str)));
    std::iter::once(line(HEAD)).chain(rows).collect()
}

fn row(model: &Model) -> [String; 5] {
    const UNKNOWN: &str = "?";
    let cost = model.cost.as_ref();
    let price = |price: Option<reqllm::Decimal>| {
        price.map_or_else(|| UNKNOWN.to_owned(), |price| price.to_string())
    };
    let context = model.limits.context.map_or_else(
        || UNKNOWN.to_owned(),
        |tokens| match tokens {
            0..10_000 => tokens.to_string(),
            _ => format!("{}k", tokens / 1000),
        },
    );
    let shown = [
        Capability::Tools,
        Capability::Reasoning,
        Capability::StructuredOutput,
        Capability::Embeddings,
        Capability::Rerank,
        Capability::ImageGeneration,
    ];
    let can: Vec<&str> = shown
        .into_iter()
        .filter(|capability| model.capabilities.get(*capability) == Some(true))
        .map(Capability::as_str)
        .collect();
    [
        model.spec(),
        context,
        price(cost.and_then(|cost| cost.input)),
        price(cost.and_then(|cost| cost.output)),
        can.join(" "),
    ]
}
