//! The models of the account, from Bedrock's control plane: foundation models, then inference profiles.

use std::sync::Arc;

use percent_encoding::utf8_percent_encode;
use reqllm_core::{
    AccountModel, AccountModelKind, AccountPage, AccountQuery, Error, Result, Route, Task,
};
use serde::Deserialize;
use serde_json::Value;

use super::answer::{Decoder, Facts};
use super::options::{ACCOUNT, PLACE, Taken};
use crate::place::Place;
use crate::provider::Bedrock;
use crate::{json, model_id};

/// What asks for the first part of the inference profiles; a token of theirs may stand behind it.
const PROFILES: &str = "inference-profiles";

/// The most profiles in one answer. Source: shape MaxResults.
const MAX_RESULTS: u32 = 1000;

pub(crate) fn prepare(
    bedrock: &Bedrock,
    query: &AccountQuery,
    page: Option<&str>,
) -> Result<Task<AccountPage>> {
    let operation = "listing the models of an account";
    let mut taken = Taken::of(&query.options, operation, ACCOUNT, &[PLACE])?;
    let own: Option<String> = taken.take("control_endpoint_url")?;
    let place = Place::of_account(bedrock, &taken.shared, own.as_deref())?;
    let asked = Asked::of(query, page)?;
    let http = place.get(&asked.path()?)?;
    let route = Route::new(
        asked.operation(),
        "the control plane lists what the account sees",
    );
    let and_profiles = query.kind.is_none();
    let decoder = Decoder(move |_: Facts, body: &[u8]| asked.read(body, and_profiles));
    let mut task = Task::new(http, route, place.auth, Arc::new(decoder));
    task.warnings = place.warnings;
    Ok(task)
}

/// Which operation of the control plane is asked.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Asked {
    Models,
    Model(String),
    /// With the token of the part.
    Profiles(Option<String>),
    Profile(String),
}

impl Asked {
    fn of(query: &AccountQuery, page: Option<&str>) -> Result<Self> {
        if let Some(id) = &query.id {
            // A profile is what an id does not tell everything of.
            return Ok(match query.kind {
                Some(AccountModelKind::Model) => Self::Model(id.clone()),
                _ => Self::Profile(id.clone()),
            });
        }
        let Some(page) = page else {
            return Ok(match query.kind {
                Some(AccountModelKind::InferenceProfile) => Self::Profiles(None),
                _ => Self::Models,
            });
        };
        match page.strip_prefix(PROFILES) {
            Some("") => Ok(Self::Profiles(None)),
            Some(token) if token.starts_with(':') => {
                Ok(Self::Profiles(Some(token[1..].to_owned())))
            }
            _ => Err(Error::invalid_request(format!(
                "`page` is {page:?}; what the part before gave would do"
            ))),
        }
    }

    fn operation(&self) -> &'static str {
        match self {
            Self::Models => "ListFoundationModels",
            Self::Model(_) => "GetFoundationModel",
            Self::Profiles(_) => "ListInferenceProfiles",
            Self::Profile(_) => "GetInferenceProfile",
        }
    }

    fn path(&self) -> Result<String> {
        Ok(match self {
            Self::Models => "/foundation-models".to_owned(),
            Self::Model(id) => format!("/foundation-models/{}", model_id::path_segment(id)?),
            Self::Profile(id) => format!("/inference-profiles/{}", model_id::path_segment(id)?),
            Self::Profiles(None) => format!("/inference-profiles?maxResults={MAX_RESULTS}"),
            Self::Profiles(Some(token)) => format!(
                "/inference-profiles?maxResults={MAX_RESULTS}&nextToken={}",
                utf8_percent_encode(token, model_id::SEGMENT)
            ),
        })
    }

    fn read(&self, body: &[u8], and_profiles: bool) -> Result<AccountPage> {
        match self {
            Self::Models => {
                let list: ModelList = json::read(body, "the list of foundation models")?;
                let mut page = AccountPage::new(each(list.model_summaries, model)?);
                page.next = and_profiles.then(|| PROFILES.to_owned());
                Ok(page)
            }
            Self::Model(_) => {
                let one: ModelDetails = json::read(body, "the foundation model")?;
                Ok(AccountPage::new(each(vec![one.model_details], model)?))
            }
            Self::Profiles(_) => {
                let list: ProfileList = json::read(body, "the list of inference profiles")?;
                let mut page = AccountPage::new(each(list.inference_profile_summaries, profile)?);
                let token = list.next_token.filter(|token| !token.is_empty());
                page.next = token.map(|token| format!("{PROFILES}:{token}"));
                Ok(page)
            }
            Self::Profile(_) => {
                let one: Value = json::read(body, "the inference profile")?;
                Ok(AccountPage::new(each(vec![one], profile)?))
            }
        }
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ModelList {
    #[serde(default)]
    model_summaries: Vec<Value>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ModelDetails {
    model_details: Value,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ProfileList {
    #[serde(default)]
    inference_profile_summaries: Vec<Value>,
    #[serde(default)]
    next_token: Option<String>,
}

/// Shape FoundationModelSummary; its lists have words that no enum of the service model knows.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Model {
    model_id: String,
    model_arn: Option<String>,
    model_name: Option<String>,
    provider_name: Option<String>,
    input_modalities: Option<Vec<String>>,
    output_modalities: Option<Vec<String>>,
    response_streaming_supported: Option<bool>,
    inference_types_supported: Option<Vec<String>>,
    model_lifecycle: Option<Stage>,
}

#[derive(Deserialize)]
struct Stage {
    status: Option<String>,
}

/// Shape InferenceProfileSummary.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Profile {
    inference_profile_id: String,
    inference_profile_arn: Option<String>,
    inference_profile_name: Option<String>,
    models: Option<Vec<Behind>>,
    status: Option<String>,
    #[serde(rename = "type")]
    kind: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Behind {
    model_arn: Option<String>,
}

fn each(
    list: Vec<Value>,
    read: fn(&Value) -> serde_json::Result<AccountModel>,
) -> Result<Vec<AccountModel>> {
    list.into_iter()
        .map(|raw| {
            let mut model = read(&raw).map_err(|error| {
                Error::decode(format!(
                    "an entry of the list does not say what it is: {error}"
                ))
            })?;
            model.raw = raw;
            Ok(model)
        })
        .collect()
}

fn model(raw: &Value) -> serde_json::Result<AccountModel> {
    let it = Model::deserialize(raw)?;
    let mut model = AccountModel::new(it.model_id, AccountModelKind::Model);
    model.arn = it.model_arn;
    model.name = it.model_name;
    model.vendor = it.provider_name;
    model.status = it.model_lifecycle.and_then(|stage| stage.status);
    model.input_modalities = it.input_modalities.unwrap_or_default();
    model.output_modalities = it.output_modalities.unwrap_or_default();
    model.streaming = it.response_streaming_supported;
    model.inference_types = it.inference_types_supported.unwrap_or_default();
    Ok(model)
}

fn profile(raw: &Value) -> serde_json::Result<AccountModel> {
    let it = Profile::deserialize(raw)?;
    // One that was made in the account is called by its ARN: its id alone names nothing.
    let id = match (&it.kind, &it.inference_profile_arn) {
        (Some(kind), Some(arn)) if kind == "APPLICATION" => arn.clone(),
        _ => it.inference_profile_id,
    };
    let mut model = AccountModel::new(id, AccountModelKind::InferenceProfile);
    model.arn = it.inference_profile_arn;
    model.name = it.inference_profile_name;
    model.status = it.status;
    for behind in it.models.into_iter().flatten() {
        let arn = behind.model_arn.unwrap_or_default();
        let Some((_, id)) = arn.split_once("foundation-model/") else {
            continue;
        };
        if !model.base_models.iter().any(|known| known == id) {
            model.base_models.push(id.to_owned());
        }
    }
    Ok(model)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::operations::tests::{bedrock, decode};

    fn uri(query: &AccountQuery, page: Option<&str>) -> String {
        let task = prepare(&bedrock(), query, page).unwrap();
        assert_eq!(task.request.method(), "GET");
        task.request.uri().to_string()
    }

    #[test]
    fn models_come_first_and_profiles_after_them() {
        let query = AccountQuery::new();
        assert_eq!(
            uri(&query, None),
            "https://bedrock.us-east-1.amazonaws.com/foundation-models"
        );
        let task = prepare(&bedrock(), &query, None).unwrap();
        let body = r#"{"modelSummaries":[{"modelId":"amazon.titan-embed-text-v2:0","modelName":"Titan","providerName":"Amazon",
            "inputModalities":["TEXT"],"outputModalities":["EMBEDDING"],"inferenceTypesSupported":["INFERENCE_PROFILE"],
            "modelLifecycle":{"status":"ACTIVE"},"brandNew":1}]}"#;
        let page = decode(&task, &[], body).unwrap();
        let model = &page.models[0];
        assert_eq!(model.id, "amazon.titan-embed-text-v2:0");
        assert_eq!(model.status.as_deref(), Some("ACTIVE"));
        assert_eq!(model.inference_types, ["INFERENCE_PROFILE"]);
        assert_eq!(model.raw["brandNew"], 1, "nothing is lost");
        let next = page.next.unwrap();
        assert_eq!(
            uri(&query, Some(&next)),
            "https://bedrock.us-east-1.amazonaws.com/inference-profiles?maxResults=1000"
        );
        let task = prepare(&bedrock(), &query, Some(&next)).unwrap();
        let body = r#"{"inferenceProfileSummaries":[{"inferenceProfileId":"us.amazon.nova-pro-v1:0",
            "inferenceProfileArn":"arn:aws:bedrock:us-east-1:1:inference-profile/us.amazon.nova-pro-v1:0","status":"ACTIVE",
            "type":"SYSTEM_DEFINED","models":[{"modelArn":"arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-pro-v1:0"},
            {"modelArn":"arn:aws:bedrock:us-west-2::foundation-model/amazon.nova-pro-v1:0"}]}],"nextToken":"a/b=="}"#;
        let page = decode(&task, &[], body).unwrap();
        assert_eq!(page.models[0].base_models, ["amazon.nova-pro-v1:0"]);
        let next = page.next.unwrap();
        assert!(uri(&query, Some(&next)).ends_with("&nextToken=a%2Fb%3D%3D"));
        let task = prepare(&bedrock(), &query, Some(&next)).unwrap();
        let last = decode(&task, &[], r#"{"inferenceProfileSummaries":[]}"#).unwrap();
        assert_eq!(last, AccountPage::default());
    }

    #[test]
    fn one_kind_alone_or_one_profile() {
        let mut query = AccountQuery::new();
        query.kind = Some(AccountModelKind::Model);
        let task = prepare(&bedrock(), &query, None).unwrap();
        let page = decode(&task, &[], r#"{"modelSummaries":[]}"#).unwrap();
        assert_eq!(page.next, None);
        query.kind = Some(AccountModelKind::InferenceProfile);
        assert!(uri(&query, None).contains("/inference-profiles?"));
        let arn = "arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/abc";
        query.id = Some(arn.to_owned());
        assert!(uri(&query, None).ends_with("%3Aapplication-inference-profile%2Fabc"));
        let task = prepare(&bedrock(), &query, None).unwrap();
        let body = format!(
            r#"{{"inferenceProfileId":"abc","inferenceProfileArn":"{arn}","inferenceProfileName":"mine","toolboxArn":null,
            "type":"APPLICATION","status":"ACTIVE","models":[{{"modelArn":"arn:aws:bedrock:::foundation-model/anthropic.x"}}]}}"#
        );
        let page = decode(&task, &[], &body).unwrap();
        assert_eq!(page.models[0].id, arn);
        assert_eq!(page.models[0].base_models, ["anthropic.x"]);
        let error = prepare(&bedrock(), &AccountQuery::new(), Some("nonsense")).unwrap_err();
        assert!(error.message().contains("`page`"), "{error}");
    }

    #[test]
    fn the_runtime_s_endpoint_is_not_asked_and_that_is_told() {
        let bedrock = Bedrock::builder()
            .environment(reqllm_core::Environment::empty())
            .endpoint_url("https://vpce.example.com")
            .build();
        let mut query = AccountQuery::new();
        let task = prepare(&bedrock, &query, None).unwrap();
        assert!(
            task.request
                .uri()
                .host()
                .unwrap()
                .starts_with("bedrock.us-east-1.")
        );
        assert_eq!(task.warnings[0].code, "endpoint_not_used");
        let own = "https://control.example.com";
        query.options.set("control_endpoint_url", own);
        let task = prepare(&bedrock, &query, None).unwrap();
        assert!(task.request.uri().to_string().starts_with(own));
        assert!(task.warnings.is_empty());
    }
}
