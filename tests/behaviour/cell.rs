//! What a model makes of a scenario on a route, stated beforehand, and how that is proved.

use reqllm::{Delivery, Error, ErrorKind, FinishReason, Response, Warning};

use crate::scenarios::{Outcome, Scenario, Subject, ensure, ensure_eq, ensure_says};

/// One cell of the table.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Cell {
    /// It works.
    Pass,
    /// It works, in another way than was asked for, and a warning with this code says so.
    Otherwise {
        code: &'static str,
        source: &'static str,
    },
    /// The model cannot. The call is refused with words that name the feature; a lossy one goes without it, with a warning.
    Cannot {
        says: &'static str,
        source: &'static str,
    },
    /// The model cannot, and needs not: it goes without the feature, with a warning that has this code.
    Dropped {
        code: &'static str,
        source: &'static str,
    },
    /// The form of the answer has no word for it: what the model said comes as it is.
    Untold { source: &'static str },
}

impl Cell {
    /// Why it is no plain pass.
    pub(crate) fn source(self) -> Option<&'static str> {
        match self {
            Self::Pass => None,
            Self::Otherwise { source, .. }
            | Self::Cannot { source, .. }
            | Self::Dropped { source, .. }
            | Self::Untold { source } => Some(source),
        }
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
            Self::Dropped { code, .. } => is_dropped(scenario, subject, code).await,
            Self::Untold { .. } => is_untold(scenario, subject).await,
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
    let error = match answer(chat.clone(), scenario.delivery).await {
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
    )?;
    let lossy = answer(chat.lossy(true), scenario.delivery).await;
    let lossy = lossy.map_err(|error| format!("lossy: {error}"))?;
    has_warning(lossy.warnings(), "unsupported", says)
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

fn has_warning(warnings: &[Warning], code: &str, says: &str) -> Outcome {
    let fits = |warning: &Warning| warning.code == code && warning.message.contains(says);
    ensure(warnings.iter().any(fits), || {
        format!("no warning {code:?} that says {says:?}: {warnings:?}")
    })
}

async fn answer(chat: reqllm::Chat, delivery: Delivery) -> Result<Response, Error> {
    match delivery {
        Delivery::Stream => chat.stream().await?.finish().await,
        _ => chat.send().await,
    }
}
