//! Every scenario for one subject, and what came of it.

use std::fmt;

use crate::cell::{Cell, Cells, cell};
use crate::scenarios::{ALL, Key};
use crate::subject::Subject;

/// Puts a subject through every scenario, one after the other, and holds what comes of each to its cell.
///
/// `cells` says what is no plain pass. A pass is held to as strictly as the rest: a provider that can do what its cell denies is
/// wrong, too.
///
/// ```no_run
/// use reqllm_testkit::{Cells, Subject, prove};
///
/// # async fn run(model: reqllm::LanguageModel) {
/// const CELLS: Cells = &[];
/// let report = prove(&Subject::new("Parrot 2", model), CELLS).await;
/// assert!(report.is_right(), "{report}");
/// # }
/// ```
pub async fn prove(subject: &Subject, cells: Cells) -> Report {
    let mut report = Report {
        subject: subject.name.clone(),
        proved: Vec::new(),
        wrong: stated_twice(cells),
    };
    for scenario in ALL {
        let (key, cell) = (scenario.key, cell(cells, scenario.key));
        match cell.prove(scenario, subject).await {
            Ok(()) => report.proved.push((key, cell)),
            Err(why) => report.wrong.push(Wrong { key, cell, why }),
        }
    }
    report
}

/// Of two statements one would be read by nobody.
fn stated_twice(cells: Cells) -> Vec<Wrong> {
    let mut seen = Vec::new();
    let mut wrong = Vec::new();
    for (key, cell) in cells.iter().flat_map(|group| group.iter()).copied() {
        if seen.contains(&key) {
            let why = "the cell is stated twice, and the first statement counts".to_owned();
            wrong.push(Wrong { key, cell, why });
        }
        seen.push(key);
    }
    wrong
}

/// What came of the scenarios. Its `Display` is for people: one line, and for each cell that is wrong what was stated and why it
/// is not so.
#[derive(Clone, Debug)]
pub struct Report {
    subject: String,
    proved: Vec<(Key, Cell)>,
    wrong: Vec<Wrong>,
}

impl Report {
    /// Whether everything is as its cell says.
    #[must_use]
    pub fn is_right(&self) -> bool {
        self.wrong.is_empty()
    }

    /// The cells that are as stated, in the order of [`ALL`].
    #[must_use]
    pub fn proved(&self) -> &[(Key, Cell)] {
        &self.proved
    }

    /// The cells that are not.
    #[must_use]
    pub fn wrong(&self) -> &[Wrong] {
        &self.wrong
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            subject,
            proved,
            wrong,
        } = self;
        write!(
            f,
            "{subject}: {} of {} cells are as stated",
            proved.len(),
            ALL.len()
        )?;
        for wrong in wrong {
            write!(f, "\n  {wrong}")?;
        }
        Ok(())
    }
}

/// A cell that is not as stated.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Wrong {
    /// The scenario.
    pub key: Key,
    /// What was stated of it.
    pub cell: Cell,
    /// What came of it instead, in words.
    pub why: String,
}

impl fmt::Display for Wrong {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { key, cell, why } = self;
        write!(f, "{} · {cell:?}\n    {why}", key.title())
    }
}
