//! The models of the account, from Bedrock's control plane: foundation models, then inference profiles.

use std::sync::Arc;

use percent_encoding::utf8_percent_encode;
use reqllm_core::{
    AccountModel, AccountModelKind, AccountPage, AccountQuery, Error, Result, Route, Task, Warning,
};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer};
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
    let id = query.id.as_deref();
    let place = Place::of_account(bedrock, &taken.shared, own.as_deref(), id)?;
    let asked = Asked::of(query, page)?;
    let http = place.get(format_args!("{}", asked.path()?))?;
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
                let mut page = each(list.model_summaries, model);
                page.next = and_profiles.then(|| PROFILES.to_owned());
                Ok(page)
            }
            Self::Model(_) => {
                let one: ModelDetails = json::read(body, "the foundation model")?;
                only(one.model_details, model)
            }
            Self::Profiles(_) => {
                let list: ProfileList = json::read(body, "the list of inference profiles")?;
                let mut page = each(list.inference_profile_summaries, profile);
                let token = list.next_token.filter(|token| !token.is_empty());
                page.next = token.map(|token| format!("{PROFILES}:{token}"));
                Ok(page)
            }
            Self::Profile(_) => {
                let one: Value = json::read(body, "the inference profile")?;
                only(one, profile)
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
    #[serde(default, deserialize_with = "lenient")]
    model_arn: Option<String>,
    #[serde(default, deserialize_with = "lenient")]
    model_name: Option<String>,
    #[serde(default, deserialize_with = "lenient")]
    provider_name: Option<String>,
    #[serde(default, deserialize_with = "words")]
    input_modalities: Vec<String>,
    #[serde(default, deserialize_with = "words")]
    output_modalities: Vec<String>,
    #[serde(default, deserialize_with = "lenient")]
    response_streaming_supported: Option<bool>,
    #[serde(default, deserialize_with = "words")]
    inference_types_supported: Vec<String>,
    #[serde(default, deserialize_with = "lenient")]
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
    #[serde(default, deserialize_with = "lenient")]
    inference_profile_arn: Option<String>,
    #[serde(default, deserialize_with = "lenient")]
    inference_profile_name: Option<String>,
    #[serde(default, deserialize_with = "lenient")]
    models: Option<Vec<Behind>>,
    #[serde(default, deserialize_with = "lenient")]
    status: Option<String>,
    #[serde(default, rename = "type", deserialize_with = "lenient")]
    kind: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Behind {
    #[serde(default, deserialize_with = "lenient")]
    model_arn: Option<String>,
}

/// Those of a list that say what they are. The others are told of, with all that they say.
fn each(list: Vec<Value>, read: fn(&Value) -> serde_json::Result<AccountModel>) -> AccountPage {
    let mut page = AccountPage::default();
    for raw in list {
        match read(&raw) {
            Ok(mut model) => {
                model.raw = raw;
                page.models.push(model);
            }
            Err(error) => page.warnings.push(Warning::new(
                "entry_skipped",
                format!(
                    "an entry of the list does not say what it is ({error}) and was left out: {raw}"
                ),
            )),
        }
    }
    page
}

/// The one that was asked for.
fn only(raw: Value, read: fn(&Value) -> serde_json::Result<AccountModel>) -> Result<AccountPage> {
    let mut model = read(&raw)
        .map_err(|error| Error::decode(format!("the entry does not say what it is: {error}")))?;
    model.raw = raw;
    Ok(AccountPage::new(vec![model]))
}

/// What can be read of a field that is told but not acted on: one of another shape is as good as none, and stays in the raw entry.
fn lenient<'de, D: Deserializer<'de>, T: DeserializeOwned>(
    input: D,
) -> Result<Option<T>, D::Error> {
    let value = Value::deserialize(input)?;
    Ok(T::deserialize(value).ok())
}

/// The words of a list, less what is no word.
fn words<'de, D: Deserializer<'de>>(input: D) -> Result<Vec<String>, D::Error> {
    let list: Option<Vec<Value>> = lenient(input)?;
    let words = list.into_iter().flatten();
    let words = words.filter_map(|word| match word {
        Value::String(word) => Some(word),
        _ => None,
    });
    Ok(words.collect())
}

fn model(raw: &Value) -> serde_json::Result<AccountModel> {
    let it = Model::deserialize(raw)?;
    let mut model = AccountModel::new(it.model_id, AccountModelKind::Model);
    model.arn = it.model_arn;
    model.name = it.model_name;
    model.vendor = it.provider_name;
    model.status = it.model_lifecycle.and_then(|stage| stage.status);
    model.input_modalities = it.input_modalities;
    model.output_modalities = it.output_modalities;
    model.streaming = it.response_streaming_supported;
    model.inference_types = it.inference_types_supported;
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
mod tests;
