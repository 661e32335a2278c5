//! The guardrail of a Converse request.

use serde_json::{Value, json};

use super::outcome::Outcome;
use super::prompt;
use super::request::Request;
use crate::guardrail::Guardrail;

/// A guardrail, and what it looks at.
pub(super) struct Guard {
    guardrail: Guardrail,
    /// What is guarded of the prompt.
    input: String,
    /// Whether the answer goes out before the guardrail has seen it.
    asynchronous: bool,
}

impl Guard {
    pub(super) fn of(request: &Request, question: &str, streaming: bool) -> Option<Self> {
        let config = request.guardrail_config.as_ref()?;
        let mode = config.stream_processing_mode.as_deref();
        Some(Self {
            guardrail: Guardrail {
                id: config.guardrail_identifier.clone(),
                version: config.guardrail_version.clone(),
                traced: matches!(config.trace.as_deref(), Some("enabled" | "enabled_full")),
            },
            input: prompt::guarded(request, question),
            asynchronous: streaming && mode == Some("async"),
        })
    }

    /// Whether the prompt does not get through.
    pub(super) fn blocks(&self) -> bool {
        Guardrail::blocks(&self.input)
    }

    /// Whether a stream waits for the guardrail. Recorded: a guarded stream has its text in one delta.
    pub(super) fn withholds(&self) -> bool {
        !self.asynchronous
    }

    /// Lets the guardrail see the answer. Gives the trace, if the request asks for one.
    ///
    /// AWS's documentation: the asynchronous mode does not mask.
    pub(super) fn look_at(&self, outcome: &mut Outcome) -> Option<Value> {
        let masked = !self.asynchronous && !self.blocks() && outcome.mask();
        if !self.guardrail.traced {
            return None;
        }
        let mut trace = self.guardrail.converse_trace(&self.input, self.blocks());
        if masked {
            // Recorded with a guardrail that masks addresses.
            trace["actionReason"] = "No action.\nGuardrail masked.".into();
            let assessments = trace
                .get_mut("outputAssessments")
                .and_then(Value::as_object_mut);
            let lists = assessments.into_iter().flat_map(|named| named.values_mut());
            for assessment in lists.filter_map(|list| list.get_mut(0)) {
                assessment["sensitiveInformationPolicy"] = json!({"regexes": [{
                    "action": "ANONYMIZED",
                    "detected": true,
                    "match": "maskme",
                    "name": "MASKED",
                    "regex": "maskme",
                }]});
            }
        }
        Some(trace)
    }
}
