//! ApplyGuardrail: the emulator's guardrail on its own, without a model.
//!
//! Any id names the same guardrail. It denies one topic, which is what the word `blockme` is about, and
//! masks e-mail addresses. The shape of the answer is that of a recording, with its nulls, and with the
//! members `output` and `blockedResponse` that the service model does not have.

use http::StatusCode;
use serde::Deserialize;
use serde_json::{Value, json};

use super::modelled;
use crate::converse::model::{GUARDED_TEXT, GUARDRAIL, guarded_image};
use crate::error::ApiError;
use crate::guardrail::{BLOCKED, Guardrail};
use crate::reply::Reply;
use crate::shape::{Shape, optional, required};

/// Characters in one of the text units by which guardrails are billed.
const UNIT: usize = 1000;

static REQUEST: Shape = Shape::Structure(&[
    required("source", &Shape::Choice(&["INPUT", "OUTPUT"])),
    required(
        "content",
        &Shape::List {
            of: &CONTENT,
            min: 1,
            max: usize::MAX,
        },
    ),
    optional("outputScope", &Shape::Choice(&["INTERVENTIONS", "FULL"])),
]);

static CONTENT: Shape = Shape::Union {
    name: "GuardrailContentBlock",
    members: &[
        GUARDED_TEXT,
        optional("image", &Shape::Structure(&guarded_image(&SOURCE))),
    ],
};

static SOURCE: Shape = Shape::Union {
    name: "GuardrailImageSource",
    members: &[optional("bytes", &Shape::Blob)],
};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Request {
    content: Vec<Content>,
    output_scope: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
enum Content {
    Text(Text),
    Image(serde::de::IgnoredAny),
}

#[derive(Deserialize)]
struct Text {
    text: String,
    #[serde(default)]
    qualifiers: Vec<String>,
}

impl Text {
    /// Grounding sources and queries are read beside the content, not guarded.
    fn is_guarded(&self) -> bool {
        self.qualifiers.is_empty() || self.qualifiers.iter().any(|q| q == "guard_content")
    }
}

pub(super) fn answer(guardrail: &str, version: &str, body: &[u8]) -> Result<Reply, ApiError> {
    if guardrail.is_empty() || version.is_empty() {
        // The patterns of the service model let nothing pass for a name; no guardrail has that one.
        return Err(ApiError::validation(
            "guardrailIdentifier and guardrailVersion must not be empty.",
        ));
    }
    let named = json!({"guardrailIdentifier": guardrail, "guardrailVersion": version});
    modelled::checked::<Value>(&GUARDRAIL, named)?;
    let request: Request = modelled::body(&REQUEST, body)?;
    let guardrail = Guardrail {
        id: guardrail.to_owned(),
        version: version.to_owned(),
        traced: true,
    };
    Ok(Reply::json(StatusCode::OK, &judged(&guardrail, &request)))
}

fn judged(guardrail: &Guardrail, request: &Request) -> Value {
    let texts: Vec<&Text> = request
        .content
        .iter()
        .filter_map(|content| match content {
            Content::Text(text) => Some(text),
            Content::Image(_) => None,
        })
        .collect();
    let guarded: Vec<&Text> = texts
        .iter()
        .copied()
        .filter(|text| text.is_guarded())
        .collect();
    let blocked = guarded.iter().any(|text| Guardrail::blocks(&text.text));
    let masked: Vec<Masked> = guarded.iter().map(|text| mask(&text.text)).collect();
    let emails: Vec<&str> = masked
        .iter()
        .flat_map(|text| text.emails.iter().copied())
        .collect();
    let (action, reason, outputs): (&str, &str, Vec<Value>) = if blocked {
        (
            "GUARDRAIL_INTERVENED",
            "Guardrail blocked.",
            vec![json!({"text": BLOCKED})],
        )
    } else if !emails.is_empty() {
        let outputs = masked.iter().map(|text| json!({"text": text.text}));
        (
            "GUARDRAIL_INTERVENED",
            "Guardrail masked.",
            outputs.collect(),
        )
    } else {
        ("NONE", "No action.", Vec::new())
    };
    let characters =
        |texts: &[&Text]| -> usize { texts.iter().map(|text| text.text.chars().count()).sum() };
    let images = request.content.len() - texts.len();
    let coverage = json!({
        "images": (images > 0).then(|| json!({"guarded": images, "total": images})),
        "textCharacters": {"guarded": characters(&guarded), "total": characters(&texts)},
    });
    let usage = usage(characters(&guarded), images);
    let full = request.output_scope.as_deref() == Some("FULL");
    let assessment = json!({
        "appliedGuardrailDetails": guardrail.details(),
        "automatedReasoningPolicy": null,
        "contentPolicy": null,
        "contextualGroundingPolicy": null,
        "invocationMetrics": {
            "guardrailCoverage": coverage,
            "guardrailProcessingLatency": 100,
            "usage": usage,
        },
        "sensitiveInformationPolicy": entities(&emails, full),
        "topicPolicy": topics(blocked, full),
        "wordPolicy": null,
    });
    json!({
        "action": action,
        "actionReason": reason,
        "assessments": [assessment],
        "blockedResponse": blocked.then_some(BLOCKED),
        "guardrailCoverage": coverage,
        "output": outputs,
        "outputs": outputs,
        "usage": usage,
    })
}

fn usage(characters: usize, images: usize) -> Value {
    let units = characters.div_ceil(UNIT);
    json!({
        "automatedReasoningPolicies": 0,
        "automatedReasoningPolicyUnits": 0,
        "contentPolicyImageUnits": images,
        "contentPolicyUnits": 0,
        "contextualGroundingPolicyUnits": 0,
        "sensitiveInformationPolicyFreeUnits": 0,
        "sensitiveInformationPolicyUnits": units,
        "topicPolicyUnits": units,
        "wordPolicyUnits": 0,
    })
}

/// The denied topic, if it came up or if everything that was looked for is asked for.
fn topics(blocked: bool, full: bool) -> Option<Value> {
    (blocked || full).then(|| {
        let action = if blocked { "BLOCKED" } else { "NONE" };
        json!({"topics": [{"action": action, "detected": blocked, "name": "Blocked", "type": "DENY"}]})
    })
}

fn entities(emails: &[&str], full: bool) -> Option<Value> {
    let entity = |action: &str, email: &str| json!({"action": action, "detected": !email.is_empty(), "match": email, "type": "EMAIL"});
    let found: Vec<Value> = if emails.is_empty() && full {
        vec![entity("NONE", "")]
    } else {
        emails
            .iter()
            .map(|email| entity("ANONYMIZED", email))
            .collect()
    };
    (!found.is_empty()).then(|| json!({"piiEntities": found, "regexes": null}))
}

/// A text with `{EMAIL}` in the place of every address.
#[derive(Debug, Default, PartialEq, Eq)]
struct Masked<'a> {
    text: String,
    emails: Vec<&'a str>,
}

fn mask(text: &str) -> Masked<'_> {
    let mut out = Masked::default();
    let mut rest = text;
    while let Some((before, email, after)) = first_email(rest) {
        out.text.push_str(before);
        out.text.push_str("{EMAIL}");
        out.emails.push(email);
        rest = after;
    }
    out.text.push_str(rest);
    out
}

/// What stands before the first address of a text, the address, and what comes after it.
fn first_email(text: &str) -> Option<(&str, &str, &str)> {
    let local = |c: char| c.is_ascii_alphanumeric() || "._%+-".contains(c);
    let domain = |c: char| c.is_ascii_alphanumeric() || ".-".contains(c);
    text.match_indices('@').find_map(|(at, _)| {
        let (before, after) = (text.get(..at)?, text.get(at + 1..)?);
        let start = before.trim_end_matches(local).len();
        // A full stop that ends the sentence is not part of the domain.
        let end = after.find(|c| !domain(c)).unwrap_or(after.len());
        let host = after.get(..end)?.trim_end_matches(['.', '-']);
        let (_, top) = host.rsplit_once('.')?;
        let plausible =
            start < at && top.len() >= 2 && top.bytes().all(|b| b.is_ascii_alphabetic());
        let end = at + 1 + host.len();
        plausible.then_some((text.get(..start)?, text.get(start..end)?, text.get(end..)?))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_masked_and_nothing_else_is() {
        for (text, masked, emails) in [
            (
                "write to ann@example.com.",
                "write to {EMAIL}.",
                vec!["ann@example.com"],
            ),
            (
                "<a.b+c@mail.example.co.uk>, x@y.io",
                "<{EMAIL}>, {EMAIL}",
                vec!["a.b+c@mail.example.co.uk", "x@y.io"],
            ),
            (
                "@handle, me@localhost, 5 @ 3.50, a@b.c",
                "@handle, me@localhost, 5 @ 3.50, a@b.c",
                vec![],
            ),
            ("ünï@example.com é@", "ünï@example.com é@", vec![]),
            ("", "", vec![]),
        ] {
            let found = mask(text);
            assert_eq!(
                (found.text.as_str(), found.emails),
                (masked, emails),
                "{text}"
            );
        }
    }
}
