//! What a model makes of a scenario on a route, stated beforehand, and how that is proved.

use reqllm::{Chat, Delivery, Error, ErrorKind, FinishReason, Response, Warning};

use crate::scenarios::{Key, Outcome, Scenario, ensure, ensure_eq, ensure_says};
use crate::subject::Subject;

/// One cell of a table: what a model makes of a scenario.
///
/// Whatever is no plain pass has a source: who says that it cannot be otherwise. A statement without one is a guess.
///
/// ```
/// use reqllm_testkit::{Cell, Key};
///
/// const TEXT_ONLY: &[(Key, Cell)] = &[(
///     Key::Image,
///     Cell::Cannot { says: "image", source: "the vendor's model card: text is all that goes in" },
/// )];
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Cell {
    /// It works, and nothing was left out or settled otherwise: the answer has no warning but those about the registry.
    Pass,
    /// It works, in another way than was asked for, and a warning says so.
    Otherwise {
        /// The code of the warning.
        code: &'static str,
        /// Who says so.
        source: &'static str,
    },
    /// The model cannot. The call is refused before anything is sent, as [`ErrorKind::Unsupported`]; a lossy one goes without
    /// the feature, with the warning `unsupported`.
    Cannot {
        /// Words of the error's and the warning's message that name the feature.
        says: &'static str,
        /// Who says so.
        source: &'static str,
    },
    /// The model cannot, and somebody relies on it: the call is refused before anything is sent, as
    /// [`ErrorKind::Unsupported`], a lossy one too.
    Refused {
        /// Words of the error's message that name the feature.
        says: &'static str,
        /// Who says so.
        source: &'static str,
    },
    /// The model cannot, and needs not: the call goes without the feature, with a warning.
    Dropped {
        /// The code of the warning.
        code: &'static str,
        /// Who says so.
        source: &'static str,
    },
    /// The form of the answer has no word for it: what the model said comes as it is.
    Untold {
        /// Who says so.
        source: &'static str,
    },
    /// The provider has no such thing, and the library no option to ask for it. So it is with guardrails alone: everything else
    /// can be asked of everybody.
    Absent {
        /// Who says so.
        source: &'static str,
    },
}

/// Cells in groups, so that what several lines of models have in common is written once. Whatever is in none of them has to pass.
pub type Cells = &'static [&'static [(Key, Cell)]];

/// The cell of a scenario.
#[must_use]
pub fn cell(cells: Cells, key: Key) -> Cell {
    let mut groups = cells.iter().flat_map(|group| group.iter());
    groups
        .find(|(of, _)| *of == key)
        .map_or(Cell::Pass, |(_, cell)| *cell)
}

impl Cell {
    /// Who says that it is no plain pass.
    #[must_use]
    pub fn source(self) -> Option<&'static str> {
        match self {
            Self::Pass => None,
            Self::Otherwise { source, .. }
            | Self::Cannot { source, .. }
            | Self::Refused { source, .. }
            | Self::Dropped { source, .. }
            | Self::Untold { source }
            | Self::Absent { source } => Some(source),
        }
    }

    /// What the library does instead of a plain pass, and who says so: a sentence for the notes of a table.
    #[must_use]
    pub fn note(self) -> Option<String> {
        let what = match self {
            Self::Pass => return None,
            Self::Otherwise { code, .. } => format!("works otherwise, with the warning `{code}`"),
            Self::Cannot { says, .. } => format!(
                "cannot; refused as `unsupported`, naming “{says}”, or left out with a warning when `lossy`"
            ),
            Self::Refused { says, .. } => {
                format!(
                    "cannot; refused as `unsupported`, naming “{says}”, whatever is allowed to be lost"
                )
            }
            Self::Dropped { code, .. } => format!("cannot; left out with the warning `{code}`"),
            Self::Untold { .. } => {
                "cannot say so; the words come as an answer like any other".to_owned()
            }
            Self::Absent { .. } => "there is none, and no option to ask for it".to_owned(),
        };
        let source = self.source().unwrap_or_default();
        Some(format!("{what}. Source: {source}."))
    }

    /// Proves it.
    pub(crate) async fn prove(self, scenario: &Scenario, subject: &Subject) -> Outcome {
        match self {
            Self::Pass => passes(scenario, subject).await,
            Self::Otherwise { code, .. } => {
                let warnings = (scenario.run)(subject).await?;
                has_warning(&warnings, code, "")
            }
            Self::Cannot { says, .. } => is_refused(scenario, subject, says).await,
            Self::Refused { says, .. } => is_never_sent(scenario, subject, says).await,
            Self::Dropped { code, .. } => is_dropped(scenario, subject, code).await,
            Self::Untold { .. } => is_untold(scenario, subject).await,
            Self::Absent { .. } => is_absent(scenario, subject),
        }
    }
}

/// A pass is a plain one: nothing was left out or settled otherwise.
async fn passes(scenario: &Scenario, subject: &Subject) -> Outcome {
    let warnings = (scenario.run)(subject).await?;
    let harmless = ["unregistered_model", "inherited_model", "alias"];
    let telling = |warning: &&Warning| !harmless.contains(&warning.code.as_str());
    match warnings.iter().find(telling) {
        Some(warning) => Err(format!("it passes with a warning: {warning:?}")),
        None => Ok(()),
    }
}

async fn is_refused(scenario: &Scenario, subject: &Subject, says: &str) -> Outcome {
    let chat = (scenario.ask)(subject);
    refuses(chat.clone(), scenario, says).await?;
    let lossy = answer(chat.lossy(true), scenario.delivery).await;
    let lossy = lossy.map_err(|error| format!("lossy: {error}"))?;
    has_warning(lossy.warnings(), "unsupported", says)
}

async fn is_never_sent(scenario: &Scenario, subject: &Subject, says: &str) -> Outcome {
    let chat = (scenario.ask)(subject);
    refuses(chat.clone(), scenario, says).await?;
    refuses(chat.lossy(true), scenario, says).await
}

async fn refuses(chat: Chat, scenario: &Scenario, says: &str) -> Outcome {
    let error = match answer(chat, scenario.delivery).await {
        Ok(response) => return Err(format!("it is answered: {response:?}")),
        Err(error) => error,
    };
    ensure(error.kind() == ErrorKind::Unsupported, || {
        format!("the kind of the error is {:?}: {error}", error.kind())
    })?;
    ensure_says(error.message(), says)?;
    // Nothing was sent, so nobody else could have said it.
    ensure_eq(
        "the number of attempts",
        error.attempts().unwrap_or_default(),
        0,
    )
}

async fn is_dropped(scenario: &Scenario, subject: &Subject, code: &str) -> Outcome {
    let chat = (scenario.ask)(subject);
    let sent = chat
        .dry_run(scenario.delivery)
        .map_err(|error| error.to_string())?;
    ensure(!sent.body.to_string().contains(scenario.trace), || {
        format!("it was sent: {}", sent.body)
    })?;
    let answer = answer(chat, scenario.delivery).await;
    let answer = answer.map_err(|error| error.to_string())?;
    has_warning(answer.warnings(), code, "")
}

async fn is_untold(scenario: &Scenario, subject: &Subject) -> Outcome {
    let answer = answer((scenario.ask)(subject), scenario.delivery).await;
    let answer = answer.map_err(|error| error.to_string())?;
    ensure(!answer.text().is_empty(), || {
        "its words are lost".to_owned()
    })?;
    ensure_eq(
        "the reason to stop",
        answer.finish_reason,
        FinishReason::Stop,
    )
}

/// Nothing is called. But what can be asked for is not absent.
fn is_absent(scenario: &Scenario, subject: &Subject) -> Outcome {
    ensure(scenario.key == Key::Guardrail, || {
        "it can be asked for, so it cannot be absent; state what comes of it".to_owned()
    })?;
    ensure(subject.guardrail.is_none(), || {
        "the subject has options that put a guardrail in front".to_owned()
    })
}

fn has_warning(warnings: &[Warning], code: &str, says: &str) -> Outcome {
    let fits = |warning: &Warning| warning.code == code && warning.message.contains(says);
    ensure(warnings.iter().any(fits), || {
        format!("no warning {code:?} that says {says:?}: {warnings:?}")
    })
}

async fn answer(chat: Chat, delivery: Delivery) -> Result<Response, Error> {
    match delivery {
        Delivery::Stream => chat.stream().await?.finish().await,
        _ => chat.send().await,
    }
}
