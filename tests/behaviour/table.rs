//! The table as it is kept in the docs.

use std::fmt::Write as _;
use std::path::PathBuf;

use crate::cell::Cell;
use crate::families::{self, Cells, Line};
use crate::scenarios::ALL;

const HEAD: &str = "\
This table says what each line of models of Amazon Bedrock makes of each scenario of the behaviour suite, on Converse and in its native body. \
It is made by `cargo test -p reqllm --test behaviour`, which proves every cell of it against the emulator; \
`REQLLM_BLESS=1` writes it anew.

`✓` passes. A number is a note below: the model, or its body, does not do it as asked, and the note says what the library does \
and who says so. `–` means that the library has no native body for the family.
";

/// Markdown.
pub(crate) fn render() -> String {
    let mut notes = Vec::new();
    let mut out = HEAD.to_owned();
    let lines: Vec<&Line> = families::lines().collect();
    for (title, cells_of) in ROUTES {
        let _ = write!(out, "\n## {title}\n\n| model |");
        for scenario in ALL {
            let _ = write!(out, " {} |", scenario.key.title());
        }
        let _ = write!(out, "\n| --- |{}\n", " --- |".repeat(ALL.len()));
        for line in &lines {
            let _ = write!(out, "| {} (`{}`) |", line.model, line.family);
            for scenario in ALL {
                let mark = match cells_of(line) {
                    Some(cells) => mark(families::cell(cells, scenario.key), &mut notes),
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

type CellsOf = fn(&Line) -> Option<Cells>;

const ROUTES: [(&str, CellsOf); 2] = [
    ("Converse", |line| Some(line.converse)),
    ("Native", |line| line.native),
];

/// What stands in the cell; equal notes have one number.
fn mark(cell: Cell, notes: &mut Vec<String>) -> String {
    let what = match cell {
        Cell::Pass => return "✓".to_owned(),
        Cell::Otherwise { code, .. } => format!("works otherwise, with the warning `{code}`"),
        Cell::Cannot { says, .. } => {
            format!(
                "cannot; refused as `unsupported`, naming “{says}”, or left out with a warning when `lossy`"
            )
        }
        Cell::Dropped { code, .. } => format!("cannot; left out with the warning `{code}`"),
        Cell::Untold { .. } => {
            "cannot say so; the words come as an answer like any other".to_owned()
        }
    };
    let source = cell.source().unwrap_or_default();
    let note = format!("{what}. Source: {source}.");
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
