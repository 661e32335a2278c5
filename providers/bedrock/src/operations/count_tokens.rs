//! CountTokens, in Converse's form, which counts what a call of any family would take.

use std::borrow::Cow;
use std::sync::Arc;

use reqllm_core::{Call, Error, Identity, Model, Result, Route, Task, TokenCount, Warning};
use serde::Deserialize;

use super::answer::{Decoder, Facts};
use crate::model_id::{self, Arn};
use crate::options::Read;
use crate::place::Place;
use crate::provider::Bedrock;
use crate::route::Form;
use crate::{converse, door, json, shape};

pub(crate) fn prepare(bedrock: &Bedrock, model: &Model, call: &Call) -> Result<Task<TokenCount>> {
    let options = Read::of(&call.options)?;
    if let Some(door) = door::of(model, &options)? {
        return door.count(bedrock, model, call, &options);
    }
    let mut place = Place::of_model(bedrock, &options, model)?;
    let mut warnings = std::mem::take(&mut place.warnings);
    let sent = model.sent_id();
    let id = base(bedrock, model)?;
    let reason = match &*id == sent {
        true => "Converse's form counts for every family".to_owned(),
        false => format!("only base models are counted for, so {id} is asked instead of {sent}"),
    };
    let (_, profile) = bedrock.families.of(model);
    let shaped = shape::shape(
        model,
        call,
        &options,
        profile,
        Form::Converse,
        &mut warnings,
    )?;
    let (call, fields) = (&*shaped.call, shaped.fields);
    if call.object.is_some() {
        // Source: shape ConverseTokensRequest, which has no outputConfig.
        warnings.push(Warning::new(
            "schema_not_counted",
            "CountTokens has no place for the schema of the object, so its tokens are not in the count",
        ));
    }
    let body = converse::countable(model, call, &options, profile, fields, &mut warnings)?;
    let segment = model_id::path_segment(&id)?;
    let http = place.post(format_args!("/model/{segment}/count-tokens"), body)?;
    let mut identity = Identity::from(model);
    identity.wire_id = id.into_owned();
    let decoder = Decoder(move |facts: Facts, body: &[u8]| read(&identity, facts, body));
    let route = Route::new("CountTokens", reason);
    let mut task = Task::new(http, route, place.auth, Arc::new(decoder));
    task.warnings = warnings;
    Ok(task)
}

/// The id of the base model. A profile's is refused: "The provided model doesn't support counting tokens."
///
/// Source: recorded answers; the same is seen by other clients.
fn base<'a>(bedrock: &Bedrock, model: &'a Model) -> Result<Cow<'a, str>> {
    if let Some(base) = &model.base_model {
        return Ok(Cow::Borrowed(base));
    }
    let sent = model.sent_id();
    let Some(arn) = Arn::parse(sent) else {
        return Ok(bedrock.families.without_geography(sent).into());
    };
    match arn.resource.split_once('/') {
        Some(("foundation-model" | "inference-profile", id)) => {
            Ok(bedrock.families.without_geography(id).into())
        }
        _ => Err(Error::invalid_request(format!(
            "only base models are counted for, and {sent} does not say which one stands behind it; `base_model` of a full spec would say it"
        ))),
    }
}

/// Shape CountTokensResponse.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Answer {
    input_tokens: u64,
}

fn read(identity: &Identity, facts: Facts, body: &[u8]) -> Result<TokenCount> {
    let answer: Answer = json::read(body, "the answer to CountTokens")?;
    let mut count = TokenCount::of(identity, answer.input_tokens);
    if let Some(id) = facts.request_id {
        let metadata = &mut count.provider_metadata;
        metadata.insert("request_id".to_owned(), id.into());
    }
    Ok(count)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::operations::tests::{bedrock, body_of, decode};
    use reqllm_core::{ErrorKind, ObjectSchema, Tool, ToolChoice, system, user};
    use serde_json::json;

    const BASE: &str = "anthropic.claude-sonnet-4-20250514-v1:0";

    fn path(model: &Model) -> (String, String) {
        let task = prepare(&bedrock(), model, &Call::new("hi")).unwrap();
        let path = task.request.uri().path().to_owned();
        (path, task.route.reason.into_owned())
    }

    #[test]
    fn the_base_of_a_profile_is_asked_and_the_reason_given() {
        let encoded = BASE.replace(':', "%3A");
        for id in [
            format!("us.{BASE}"),
            format!("atlantis.{BASE}"),
            format!("arn:aws:bedrock:us-east-1:123456789012:inference-profile/eu.{BASE}"),
            format!("arn:aws:bedrock:us-east-1::foundation-model/{BASE}"),
        ] {
            let (path, reason) = path(&Model::new("bedrock", &id));
            assert_eq!(path, format!("/model/{encoded}/count-tokens"), "{id}");
            assert!(reason.contains(&id), "{reason}");
        }
        let (asked, reason) = path(&Model::new("bedrock", BASE));
        assert!(asked.contains(&encoded) && reason.contains("every family"));
        let odd = Model::new("bedrock", "us.acme.model");
        assert!(
            path(&odd).0.contains("/us.acme.model/"),
            "no family is known by it"
        );
        let opaque = "arn:aws:bedrock:us-east-1:1:application-inference-profile/abc";
        let with_base = Model::new("bedrock", opaque).base_model(BASE);
        assert!(path(&with_base).0.contains(&encoded));
        let opaque = Model::new("bedrock", opaque);
        let error = prepare(&bedrock(), &opaque, &Call::new("hi")).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidRequest);
        assert!(error.message().contains("`base_model`"), "{error}");
    }

    #[test]
    fn the_body_has_what_is_counted_and_nothing_else() {
        let mut call = Call::new([system("Be brief."), user("Weather?")]);
        call.settings.max_tokens = Some(5);
        call.settings.top_k = Some(7);
        call.tools =
            vec![Tool::from_schema("weather", json!({"type": "object"})).description("Now")];
        call.tool_choice = Some(ToolChoice::Auto);
        let task = prepare(&bedrock(), &Model::new("bedrock", BASE), &call).unwrap();
        assert_eq!(
            body_of(&task.request),
            json!({"input": {"converse": {
                "system": [{"text": "Be brief."}],
                "messages": [{"role": "user", "content": [{"text": "Weather?"}]}],
                "toolConfig": {
                    "tools": [{"toolSpec": {"name": "weather", "description": "Now",
                        "inputSchema": {"json": {"type": "object"}}}}],
                    "toolChoice": {"auto": {}},
                },
                "additionalModelRequestFields": {"top_k": 7},
            }}})
        );
    }

    #[test]
    fn a_schema_that_is_not_counted_is_told_of() {
        let mut call = Call::new("John is 42.");
        call.object = Some(ObjectSchema::new(json!({"type": "object"})).unwrap());
        for (id, counted) in [
            ("amazon.nova-lite-v1:0", true),
            ("anthropic.claude-sonnet-4-5-20250929-v1:0", false),
        ] {
            let task = prepare(&bedrock(), &Model::new("bedrock", id), &call).unwrap();
            let codes: Vec<&str> = task.warnings.iter().map(|it| it.code.as_str()).collect();
            assert_eq!(!codes.contains(&"schema_not_counted"), counted, "{codes:?}");
        }
    }

    #[test]
    fn the_count_is_read() {
        let model = Model::new("bedrock", format!("us.{BASE}"));
        let task = prepare(&bedrock(), &model, &Call::new("hi")).unwrap();
        let count = decode(&task, &[("x-amzn-requestid", "r")], r#"{"inputTokens":18}"#).unwrap();
        assert_eq!((count.input_tokens, count.wire_id.as_str()), (18, BASE));
        assert_eq!(count.model, format!("us.{BASE}"));
        assert!(decode(&task, &[], "{}").is_err());
    }
}
