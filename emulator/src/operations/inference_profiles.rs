//! ListInferenceProfiles and GetInferenceProfile of the control plane.
//!
//! System-defined profiles follow from the table of models: one for each geography that has one, seen from
//! the regions of that geography. There is one application profile.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::StatusCode;
use serde::{Deserialize, Serialize};

use super::foundation_models::{FoundationModel, MODELS};
use super::modelled;
use crate::error::ApiError;
use crate::reply::Reply;
use crate::shape::{Pattern, Shape, Text, optional};

const ACCOUNT: &str = "123456789012";
const SYSTEM_DEFINED: &str = "SYSTEM_DEFINED";
const APPLICATION: &str = "APPLICATION";
/// The id of the application profile, and the model that it copies.
const APPLICATION_ID: &str = "abc123def456";
const APPLICATION_MODEL: &str = "anthropic.claude-haiku-4-5-20251001-v1:0";
/// Summaries in an answer to a request that does not say.
const PAGE: usize = 100;

/// `InferenceProfileSummary`, and the answer of GetInferenceProfile: they have the same members.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Profile {
    inference_profile_name: String,
    description: String,
    created_at: &'static str,
    updated_at: &'static str,
    inference_profile_arn: String,
    models: Vec<ProfileModel>,
    inference_profile_id: String,
    status: &'static str,
    #[serde(rename = "type")]
    kind: &'static str,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct ProfileModel {
    model_arn: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Listed {
    inference_profile_summaries: Vec<Profile>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_token: Option<String>,
}

static FILTERS: Shape = Shape::Structure(&[
    optional("maxResults", &Shape::Range { min: 1, max: 1000 }),
    optional(
        "nextToken",
        &Shape::Text(Text {
            min: 1,
            max: 2048,
            pattern: Some(Pattern {
                source: r"\S*",
                matches: |token| !token.contains(char::is_whitespace),
            }),
        }),
    ),
    optional("type", &Shape::Choice(&[SYSTEM_DEFINED, APPLICATION])),
]);

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Filters {
    max_results: Option<usize>,
    next_token: Option<String>,
    #[serde(rename = "type")]
    kind: Option<String>,
}

/// `GET /inference-profiles`. Without a type, the real one lists system-defined profiles alone.
pub(super) fn list(query: &str, region: &str) -> Result<Reply, ApiError> {
    let filters: Filters = modelled::query(&FILTERS, query)?;
    let kind = match filters.kind.as_deref() {
        Some(APPLICATION) => APPLICATION,
        _ => SYSTEM_DEFINED,
    };
    let mut profiles = all(region);
    profiles.retain(|profile| profile.kind == kind);
    let start = match &filters.next_token {
        Some(token) => position(token, kind, region)
            .filter(|start| *start < profiles.len())
            .ok_or_else(|| ApiError::validation("The provided nextToken is invalid."))?,
        None => 0,
    };
    let end = start.saturating_add(filters.max_results.unwrap_or(PAGE));
    let more = end < profiles.len();
    profiles.truncate(end);
    let listed = Listed {
        inference_profile_summaries: profiles.split_off(start),
        next_token: more.then(|| token(end, kind, region)),
    };
    Ok(Reply::json(StatusCode::OK, &listed))
}

/// `GET /inference-profiles/{inferenceProfileIdentifier}`: an id or an ARN.
pub(super) fn get(identifier: &str, region: &str) -> Result<Reply, ApiError> {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"-:./".contains(&b);
    if !(1..=2048).contains(&identifier.len()) || !identifier.bytes().all(plain) {
        return Err(ApiError::validation(
            "The provided inference profile identifier is invalid.",
        ));
    }
    let named = |profile: &Profile| {
        identifier == profile.inference_profile_id || identifier == profile.inference_profile_arn
    };
    let profile = all(region).into_iter().find(named).ok_or_else(|| {
        ApiError::not_found(format!(
            "Could not find the inference profile {identifier} in {region}."
        ))
    })?;
    Ok(Reply::json(StatusCode::OK, &profile))
}

/// Every profile that a region sees.
fn all(region: &str) -> Vec<Profile> {
    let seen = |prefix: &str| sees(region, prefix);
    let system = MODELS.iter().flat_map(|model| {
        let prefixes = model.profiles.iter().filter(|prefix| seen(prefix));
        prefixes.map(|prefix| system_defined(model, prefix, region))
    });
    let copied = MODELS.iter().find(|model| model.id == APPLICATION_MODEL);
    let application = copied.map(|model| application(model, region));
    system.chain(application).collect()
}

fn system_defined(model: &FoundationModel, prefix: &str, region: &str) -> Profile {
    let full_name = if model.name.starts_with(model.provider) {
        model.name.to_owned()
    } else {
        format!("{} {}", model.provider, model.name)
    };
    let (models, place) = match prefix {
        "global" => (
            everywhere(model, region),
            "all commercial regions".to_owned(),
        ),
        _ => {
            let regions = regions(prefix);
            let models = regions.iter().map(|region| model.arn(region)).collect();
            (models, regions.join(", "))
        }
    };
    let id = format!("{prefix}.{}", model.id);
    Profile {
        inference_profile_name: format!("{} {full_name}", prefix.to_uppercase()),
        description: format!("Routes requests to {full_name} in {place}."),
        created_at: "2025-10-15T00:00:00Z",
        updated_at: "2026-03-02T00:00:00Z",
        inference_profile_arn: format!("arn:aws:bedrock:{region}:{ACCOUNT}:inference-profile/{id}"),
        models: arns(models),
        inference_profile_id: id,
        status: "ACTIVE",
        kind: SYSTEM_DEFINED,
    }
}

fn application(model: &FoundationModel, region: &str) -> Profile {
    Profile {
        inference_profile_name: "emulated-application".to_owned(),
        description: "An application profile for tests and demos".to_owned(),
        // With the nanoseconds that recordings of the real service show.
        created_at: "2026-07-13T14:00:42.680622107Z",
        updated_at: "2026-07-13T14:00:42.680622107Z",
        inference_profile_arn: format!(
            "arn:aws:bedrock:{region}:{ACCOUNT}:application-inference-profile/{APPLICATION_ID}"
        ),
        models: arns(everywhere(model, region)),
        inference_profile_id: APPLICATION_ID.to_owned(),
        status: "ACTIVE",
        kind: APPLICATION,
    }
}

/// A global profile has one model without a region, and the one at home.
fn everywhere(model: &FoundationModel, region: &str) -> Vec<String> {
    vec![model.arn(""), model.arn(region)]
}

fn arns(arns: Vec<String>) -> Vec<ProfileModel> {
    arns.into_iter()
        .map(|model_arn| ProfileModel { model_arn })
        .collect()
}

/// Where the profiles of a prefix send requests.
fn regions(prefix: &str) -> &'static [&'static str] {
    match prefix {
        "us" => &["us-east-1", "us-east-2", "us-west-2"],
        "eu" => &["eu-central-1", "eu-north-1", "eu-west-1", "eu-west-3"],
        "apac" => &[
            "ap-northeast-1",
            "ap-south-1",
            "ap-southeast-1",
            "ap-southeast-2",
        ],
        "jp" => &["ap-northeast-1", "ap-northeast-3"],
        "au" => &["ap-southeast-2", "ap-southeast-4"],
        _ => &[],
    }
}

/// Whether a region lists the profiles of a prefix.
fn sees(region: &str, prefix: &str) -> bool {
    let commercial = !region.starts_with("us-gov-") && !region.starts_with("cn-");
    commercial
        && match prefix {
            "global" => true,
            "us" => region.starts_with("us-"),
            "eu" => region.starts_with("eu-"),
            "apac" => region.starts_with("ap-"),
            _ => regions(prefix).contains(&region),
        }
}

/// Where a page begins, sealed with what was asked for, since a token fits no other request.
fn token(start: usize, kind: &str, region: &str) -> String {
    URL_SAFE_NO_PAD.encode(format!("{start} {kind} {region}"))
}

fn position(token: &str, kind: &str, region: &str) -> Option<usize> {
    let bytes = URL_SAFE_NO_PAD.decode(token).ok()?;
    let text = String::from_utf8(bytes).ok()?;
    let (start, rest) = text.split_once(' ')?;
    (rest == format!("{kind} {region}")).then(|| start.parse().ok())?
}
