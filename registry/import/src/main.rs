//! Writes the catalogue of `reqllm-registry`:
//!
//! ```text
//! cargo run -p reqllm-registry-import -- path/to/api.json registry/data [YYYY-MM-DD]
//! ```
//!
//! The date is the day of which the file is; without one it is taken from the file's name. A file that makes no sense is
//! refused, and the catalogue stays as it was.

use std::error::Error;
use std::fs;
use std::path::Path;
use std::process::ExitCode;

use reqllm_registry::import::{self, Imported};

/// So many of those that were skipped are named.
const NAMED: usize = 3;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let done = match arguments[..] {
        [source, data] => run(Path::new(source), Path::new(data), None),
        [source, data, date] => run(Path::new(source), Path::new(data), Some(date)),
        _ => {
            Err("usage: reqllm-registry-import path/to/api.json registry/data [YYYY-MM-DD]".into())
        }
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn run(source: &Path, data: &Path, date: Option<&str>) -> Result<(), Box<dyn Error>> {
    let name = source.file_stem().unwrap_or_default().to_string_lossy();
    let date = date
        .map(str::to_owned)
        .or_else(|| date_in(&name))
        .ok_or("the file's name has no date in it; give one as YYYY-MM-DD")?;
    let imported = import::import(&fs::read(source)?, "models.dev", &date)?;
    let catalogue = data.join("catalogue.jsonl");
    let models = match fs::read_to_string(&catalogue) {
        Ok(text) => import::count(&text)?,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => 0,
        Err(error) => return Err(error.into()),
    };
    imported.check(models)?;
    imported.pack()?;
    let new = data.join(".catalogue.jsonl.new");
    fs::write(&new, &imported.catalogue)?;
    fs::rename(&new, &catalogue)?;
    tell(&imported, models);
    Ok(())
}

fn tell(imported: &Imported, before: usize) {
    println!(
        "{} providers, {} models (before: {before}), {} bytes",
        imported.providers,
        imported.models,
        imported.catalogue.len()
    );
    for (reason, models) in &imported.skipped {
        let some: Vec<&str> = models.iter().take(NAMED).map(String::as_str).collect();
        println!(
            "left out of {:>5}: {reason} ({}, …)",
            models.len(),
            some.join(", ")
        );
    }
}

/// `YYYY-MM-DD` at the end of a name.
fn date_in(name: &str) -> Option<String> {
    let date = name.get(name.len().checked_sub(10)?..)?;
    let form = date.bytes().enumerate().all(|(at, byte)| match at {
        4 | 7 => byte == b'-',
        _ => byte.is_ascii_digit(),
    });
    form.then(|| date.to_owned())
}
