//! The table as it is kept in the docs.

use std::fmt::Write as _;
use std::path::PathBuf;

use reqllm_testkit::{ALL, Cell, cell};

use crate::families::{self, Line};
use crate::routes;

const HEAD: &str = "\
These tables say what each line of models makes of each scenario of the behaviour suite, one table for each way to it: whose it is, and \
the API that is spoken there. Bedrock's doors besides Converse and the native bodies are proved twice, with an API key and with a signature. \
They are made by `cargo test -p reqllm --test behaviour`, which proves every cell against the emulator; \
`REQLLM_BLESS=1` writes them anew.

`✓` passes. A number is a note below: the model, or its body, does not do it as asked, and the note says what the library does \
and who says so. `–` means that the library has no native body for the family.
";

/// Markdown.
pub(crate) fn render() -> String {
    let mut notes = Vec::new();
    let mut out = HEAD.to_owned();
    let lines: Vec<&Line> = families::lines().collect();
    for route in routes::ALL {
        let _ = write!(out, "\n## {}\n\n| model |", route.title);
        for scenario in ALL {
            let _ = write!(out, " {} |", scenario.key().title());
        }
        let _ = write!(out, "\n| --- |{}\n", " --- |".repeat(ALL.len()));
        for line in lines.iter().filter(|line| route.reaches(line)) {
            let _ = write!(out, "| {} (`{}`) |", line.model, line.family);
            for scenario in ALL {
                let mark = match line.on(route) {
                    Some(cells) => mark(cell(cells, scenario.key()), &mut notes),
                    None => "–".to_owned(),
                };
                let _ = write!(out, " {mark} |");
            }
            out.push('\n');
        }
    }
    out.push_str("\n## Notes\n\n");
    for (number, note) in notes.iter().enumerate() {
        let _ = writeln!(out, "{}. {note}", number + 1);
    }
    out
}

/// What stands in the cell; equal notes have one number.
fn mark(cell: Cell, notes: &mut Vec<String>) -> String {
    let Some(note) = cell.note() else {
        return "✓".to_owned();
    };
    let at = notes.iter().position(|known| *known == note);
    let at = at.unwrap_or_else(|| {
        notes.push(note);
        notes.len() - 1
    });
    format!("{}", at + 1)
}

/// Where the table is kept.
pub(crate) fn path() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("docs/behaviour.md")
}
