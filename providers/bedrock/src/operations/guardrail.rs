//! ApplyGuardrail.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use reqllm_core::{
    DataUrl, Error, Guarded, GuardrailAction, GuardrailCheck, GuardrailSource, MediaPart, Part,
    Result, Route, Source, Task, Warning,
};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::answer::{Decoder, Facts};
use super::options::{PLACE, Taken};
use crate::place::Place;
use crate::provider::{Bedrock, GUARDRAIL_ID};
use crate::{ID, json, media, model_id};

/// Shape ApplyGuardrailRequest.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Request<'a> {
    source: &'static str,
    content: Vec<Content<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    output_scope: Option<&'static str>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
enum Content<'a> {
    Text(Text<'a>),
    Image(Image),
}

#[derive(Serialize)]
struct Text<'a> {
    text: &'a str,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    qualifiers: &'a [String],
}

#[derive(Serialize)]
struct Image {
    format: &'static str,
    source: ImageSource,
}

#[derive(Serialize)]
struct ImageSource {
    bytes: String,
}

pub(crate) fn prepare(bedrock: &Bedrock, request: &GuardrailCheck) -> Result<Task<Guarded>> {
    let taken = Taken::of(&request.options, "guardrails", &[], &[PLACE])?;
    check(request)?;
    let place = Place::of_guardrail(bedrock, &taken.shared, &request.guardrail)?;
    let content: Result<Vec<Content<'_>>> = request
        .content
        .iter()
        .enumerate()
        .map(|(at, part)| content(at, part))
        .collect();
    let body = Request {
        source: match request.source {
            GuardrailSource::Output => "OUTPUT",
            _ => "INPUT",
        },
        content: content?,
        output_scope: request.full.then_some("FULL"),
    };
    let (id, version) = (
        model_id::path_segment(&request.guardrail)?,
        &request.version,
    );
    let path = format_args!("/guardrail/{id}/version/{version}/apply");
    let http = place.post(path, super::body(&body)?)?;
    let route = Route::new("ApplyGuardrail", "a guardrail is asked without a model");
    let mut task = Task::new(http, route, place.auth, Arc::new(Decoder(read)));
    task.warnings = place.warnings;
    task.attributes = vec![(GUARDRAIL_ID, request.guardrail.clone())];
    let has_citations =
        |part: &Part| matches!(part, Part::Text(text) if !text.citations.is_empty());
    if request.content.iter().any(has_citations) {
        task.warnings.push(Warning::new(
            "citations_left_out",
            "the citations of a text are not sent: a guardrail looks at the text alone",
        ));
    }
    Ok(task)
}

/// Source of the forms: shapes GuardrailIdentifier and GuardrailVersion.
fn check(request: &GuardrailCheck) -> Result<()> {
    if request.guardrail.is_empty() {
        return Err(Error::invalid_request(
            "`guardrail` is empty; the id or ARN of one is needed",
        ));
    }
    let version = request.version.as_str();
    let number = (1..=8).contains(&version.len())
        && version.bytes().all(|byte| byte.is_ascii_digit())
        && !version.starts_with('0');
    if !number && version != "DRAFT" {
        return Err(Error::invalid_request(format!(
            "`version` of the guardrail is {version:?}; a number from 1, or DRAFT, would do"
        )));
    }
    if request.content.is_empty() {
        return Err(Error::invalid_request(
            "`content` is empty; at least a text or an image is needed",
        ));
    }
    Ok(())
}

fn content(at: usize, part: &Part) -> Result<Content<'_>> {
    let refuse = |why: &str| Error::invalid_request(format!("content[{at}] {why}"));
    if part.cache().is_some() {
        return Err(refuse("has `cache`, which means nothing to a guardrail"));
    }
    match part {
        Part::Text(text) => Ok(Content::Text(Text {
            text: &text.text,
            qualifiers: match &text.guard {
                Some(guard) => &guard.qualifiers,
                None => &[],
            },
        })),
        // Shape GuardrailImageFormat.
        Part::Image(image) if image.guard.as_ref().is_some_and(|it| !it.qualifiers.is_empty()) => {
            Err(refuse("is an image with qualifiers in `guard`; only texts have them"))
        }
        Part::Image(image) => match media::IMAGE.of(&image.media_type) {
            Ok(format @ ("png" | "jpeg")) => Ok(Content::Image(Image {
                format,
                source: ImageSource {
                    bytes: bytes(image).ok_or_else(|| {
                        refuse("is an image at a URL; guardrails take bytes, so `data` or a `data:` URL would do")
                    })?,
                },
            })),
            _ => Err(refuse(&format!(
                "is an image of type {:?}; guardrails take image/png and image/jpeg",
                image.media_type
            ))),
        },
        other => Err(refuse(&format!(
            "is a part of type {}; guardrails take text and images",
            other.kind()
        ))),
    }
}

fn bytes(image: &MediaPart) -> Option<String> {
    match &image.source {
        Source::Data(bytes) => Some(STANDARD.encode(bytes)),
        Source::Url(url) => Some(STANDARD.encode(DataUrl::read(url).ok()?.bytes)),
        _ => None,
    }
}

/// Shape ApplyGuardrailResponse. `actionReason` and the coverage may be missing.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Answer {
    action: String,
    #[serde(default)]
    action_reason: Option<String>,
    #[serde(default)]
    outputs: Option<Vec<Output>>,
    #[serde(default)]
    assessments: Option<Vec<Value>>,
    #[serde(default)]
    usage: Option<Map<String, Value>>,
    #[serde(default)]
    guardrail_coverage: Option<Value>,
}

#[derive(Deserialize)]
struct Output {
    #[serde(default)]
    text: Option<String>,
}

fn read(facts: Facts, body: &[u8]) -> Result<Guarded> {
    let answer: Answer = json::read(body, "the answer to ApplyGuardrail")?;
    let mut guarded = Guarded::of(ID);
    guarded.action = match answer.action.as_str() {
        "NONE" => GuardrailAction::None,
        "GUARDRAIL_INTERVENED" => GuardrailAction::Intervened,
        _ => GuardrailAction::Unknown,
    };
    guarded.raw_action = answer.action;
    guarded.action_reason = answer.action_reason;
    let outputs = answer.outputs.into_iter().flatten();
    guarded.outputs = outputs.filter_map(|output| output.text).collect();
    guarded.assessments = answer.assessments.unwrap_or_default();
    guarded.usage = answer.usage.unwrap_or_default();
    let metadata = &mut guarded.provider_metadata;
    if let Some(coverage) = answer.guardrail_coverage.filter(|it| !it.is_null()) {
        metadata.insert("guardrail_coverage".to_owned(), coverage);
    }
    if let Some(id) = facts.request_id {
        metadata.insert("request_id".to_owned(), id.into());
    }
    Ok(guarded)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::operations::tests::{bedrock, body_of, decode};
    use reqllm_core::{Cache, Citation, Guard, TextPart};
    use serde_json::json;

    fn check(version: &str, content: Vec<Part>) -> GuardrailCheck {
        GuardrailCheck::new("gr1", version, GuardrailSource::Input, content)
    }

    #[test]
    fn texts_images_and_qualifiers_are_sent() {
        let mut grounded = TextPart::new("Paris is in France.");
        grounded.guard = Some(Guard::with_qualifiers(["grounding_source"]));
        let image = Part::image("image/png", Source::Data(vec![0, 0, 0].into()));
        let mut request = check("DRAFT", vec![grounded.into(), "Where?".into(), image]);
        request.source = GuardrailSource::Output;
        request.full = true;
        let task = prepare(&bedrock(), &request).unwrap();
        assert_eq!(
            task.request.uri().path(),
            "/guardrail/gr1/version/DRAFT/apply"
        );
        assert_eq!(
            body_of(&task.request),
            json!({"source": "OUTPUT", "outputScope": "FULL", "content": [
                {"text": {"text": "Paris is in France.", "qualifiers": ["grounding_source"]}},
                {"text": {"text": "Where?"}},
                {"image": {"format": "png", "source": {"bytes": "AAAA"}}},
            ]})
        );
    }

    #[test]
    fn what_a_guardrail_has_no_place_for_is_refused_or_told_of() {
        let mut cached = Part::text("x");
        cached.set_cache(Some(Cache::default()));
        let mut image = MediaPart::new("image/png", Source::Data(vec![0].into()));
        image.guard = Some(Guard::with_qualifiers(["query"]));
        for (part, word) in [(cached, "`cache`"), (Part::Image(image), "`guard`")] {
            let content = vec!["y".into(), part];
            let error = prepare(&bedrock(), &check("1", content)).unwrap_err();
            assert!(error.message().starts_with("content[1] "), "{error}");
            assert!(error.message().contains(word), "{error}");
        }
        let mut cited = TextPart::new("Paris.");
        cited.citations.push(Citation::default());
        let task = prepare(&bedrock(), &check("1", vec![cited.into()])).unwrap();
        assert_eq!(task.warnings[0].code, "citations_left_out");
    }

    #[test]
    fn an_arn_is_one_segment_and_says_the_region() {
        let mut request = check("1", vec!["x".into()]);
        request.guardrail = "arn:aws:bedrock:eu-west-1:123456789012:guardrail/abc".to_owned();
        let bedrock = Bedrock::builder()
            .environment(reqllm_core::Environment::empty())
            .build();
        let uri = prepare(&bedrock, &request)
            .unwrap()
            .request
            .uri()
            .to_string();
        assert_eq!(
            uri,
            "https://bedrock-runtime.eu-west-1.amazonaws.com/guardrail/arn%3Aaws%3Abedrock%3Aeu-west-1%3A123456789012%3Aguardrail%2Fabc/version/1/apply"
        );
    }

    #[test]
    fn a_judgement_is_read() {
        let task = prepare(&bedrock(), &check("1", vec!["x".into()])).unwrap();
        let body = r#"{"action":"GUARDRAIL_INTERVENED","actionReason":"Guardrail blocked.",
            "outputs":[{"text":"No."}],"assessments":[{"topicPolicy":{"topics":[{"name":"T","action":"BLOCKED"}]}}],
            "usage":{"topicPolicyUnits":1},"guardrailCoverage":{"textCharacters":{"guarded":1,"total":1}}}"#;
        let guarded = decode(&task, &[], body).unwrap();
        assert_eq!(guarded.action, GuardrailAction::Intervened);
        assert_eq!(guarded.outputs, ["No."]);
        assert_eq!(
            guarded.assessments[0]["topicPolicy"]["topics"][0]["name"],
            "T"
        );
        assert_eq!(guarded.usage["topicPolicyUnits"], 1);
        assert_eq!(
            guarded.provider_metadata["guardrail_coverage"]["textCharacters"]["total"],
            1
        );
        let new = decode(&task, &[], r#"{"action":"SHRUGGED","outputs":null}"#).unwrap();
        assert_eq!(
            (new.action, new.raw_action.as_str()),
            (GuardrailAction::Unknown, "SHRUGGED")
        );
    }

    #[test]
    fn bad_requests_name_the_field() {
        let refused = |request: &GuardrailCheck| {
            let error = prepare(&bedrock(), request).unwrap_err();
            error.message().to_owned()
        };
        assert!(refused(&check("latest", vec!["x".into()])).contains("\"latest\""));
        assert!(refused(&check("1", Vec::new())).contains("`content`"));
        let gif = Part::image("image/gif", Source::Data(vec![0].into()));
        assert!(refused(&check("1", vec![gif])).contains("content[0]"));
        let far = Part::image("image/png", Source::Url("https://x".to_owned()));
        assert!(refused(&check("1", vec![far])).contains("`data:`"));
        let mut no_such = check("1", vec!["x".into()]);
        no_such.options.set("service_tier", "flex");
        assert!(refused(&no_such).contains("means nothing to guardrails"));
    }
}
