//! A guardrail with one denied topic: any prompt that has the word `blockme`.

use http::HeaderMap;
use serde_json::{Value, json};

/// The word that is blocked.
const TRIGGER: &str = "blockme";
/// What is answered in place of the model.
pub(crate) const BLOCKED: &str = "The emulator's guardrail has blocked this prompt.";

/// The guardrail that a request asks for.
#[derive(Debug, Clone)]
pub(crate) struct Guardrail {
    pub(crate) id: String,
    pub(crate) version: String,
    pub(crate) traced: bool,
}

impl Guardrail {
    /// The guardrail that the headers of InvokeModel ask for.
    pub(crate) fn from_headers(headers: &HeaderMap) -> Option<Self> {
        let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
        let trace = header("x-amzn-bedrock-trace").unwrap_or_default();
        Some(Self {
            id: header("x-amzn-bedrock-guardrailidentifier")
                .filter(|id| !id.is_empty())?
                .to_owned(),
            version: header("x-amzn-bedrock-guardrailversion")
                .unwrap_or("DRAFT")
                .to_owned(),
            traced: trace == "ENABLED" || trace == "ENABLED_FULL",
        })
    }

    pub(crate) fn blocks(question: &str) -> bool {
        question
            .split(|c: char| !c.is_alphanumeric())
            .any(|word| word.eq_ignore_ascii_case(TRIGGER))
    }

    /// `ConverseTrace.guardrail`.
    pub(crate) fn converse_trace(&self, question: &str, blocked: bool) -> Value {
        let mut trace = json!({
            "actionReason": reason(blocked),
            "inputAssessment": {(self.name()): self.assessment(question, blocked)},
        });
        if !blocked {
            trace["modelOutput"] = json!([]);
            trace["outputAssessments"] = json!({(self.name()): [self.assessment("", false)]});
        }
        trace
    }

    /// `amazon-bedrock-trace.guardrail` of native bodies: the same content under other names.
    pub(crate) fn invoke_trace(&self, question: &str, blocked: bool) -> Value {
        let mut trace = json!({
            "actionReason": reason(blocked),
            "input": {(self.name()): self.assessment(question, blocked)},
        });
        if !blocked {
            trace["outputs"] = json!([{(self.name()): self.assessment("", false)}]);
        }
        trace
    }

    /// The id proper, if the guardrail was named by its ARN.
    fn name(&self) -> String {
        self.id.rsplit('/').next().unwrap_or(&self.id).to_owned()
    }

    fn assessment(&self, text: &str, blocked: bool) -> Value {
        let characters = text.chars().count();
        let mut assessment = json!({
            "appliedGuardrailDetails": self.details(),
            "invocationMetrics": {
                "guardrailCoverage": {"textCharacters": {"guarded": characters, "total": characters}},
                "guardrailProcessingLatency": 100,
                "usage": {
                    "contentPolicyImageUnits": 0, "contentPolicyUnits": 0,
                    "contextualGroundingPolicyUnits": 0, "sensitiveInformationPolicyFreeUnits": 0,
                    "sensitiveInformationPolicyUnits": 0, "topicPolicyUnits": 1, "wordPolicyUnits": 0,
                },
            },
        });
        if blocked {
            assessment["topicPolicy"] = json!({
                "topics": [{"action": "BLOCKED", "detected": true, "name": "Blocked", "type": "DENY"}],
            });
        }
        assessment
    }

    /// `appliedGuardrailDetails` of an assessment.
    pub(crate) fn details(&self) -> Value {
        let arn = if self.id.starts_with("arn:") {
            self.id.clone()
        } else {
            format!(
                "arn:aws:bedrock:us-east-1:123456789012:guardrail/{}",
                self.id
            )
        };
        json!({
            "guardrailArn": arn,
            "guardrailId": self.name(),
            "guardrailOrigin": ["REQUEST"],
            "guardrailOwnership": "SELF",
            "guardrailVersion": self.version,
        })
    }
}

fn reason(blocked: bool) -> &'static str {
    if blocked {
        "Guardrail blocked."
    } else {
        "No action."
    }
}
