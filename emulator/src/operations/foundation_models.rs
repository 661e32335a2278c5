//! ListFoundationModels and GetFoundationModel of the control plane.

mod table;

use http::StatusCode;
use serde::{Deserialize, Serialize};

use super::modelled;
use crate::error::ApiError;
use crate::model_id::ModelId;
use crate::reply::Reply;
use crate::shape::{Pattern, Shape, Text, optional};
pub(super) use table::MODELS;

/// A row of the table.
#[derive(Debug)]
pub(super) struct FoundationModel {
    pub(super) id: &'static str,
    pub(super) name: &'static str,
    pub(super) provider: &'static str,
    input: &'static [&'static str],
    output: &'static [&'static str],
    streaming: bool,
    customizations: &'static [&'static str],
    inference: &'static [&'static str],
    status: &'static str,
    /// Prefixes of its system-defined inference profiles.
    pub(super) profiles: &'static [&'static str],
}

impl FoundationModel {
    pub(super) fn arn(&self, region: &str) -> String {
        format!("arn:aws:bedrock:{region}::foundation-model/{}", self.id)
    }

    fn details(&self, region: &str) -> Details {
        Details {
            model_arn: self.arn(region),
            model_id: self.id,
            model_name: self.name,
            provider_name: self.provider,
            input_modalities: self.input,
            output_modalities: self.output,
            response_streaming_supported: self.streaming,
            customizations_supported: self.customizations,
            inference_types_supported: self.inference,
            model_lifecycle: Lifecycle {
                status: self.status,
            },
        }
    }
}

/// `FoundationModelSummary`, and `FoundationModelDetails`: they have the same members.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Details {
    model_arn: String,
    model_id: &'static str,
    model_name: &'static str,
    provider_name: &'static str,
    input_modalities: &'static [&'static str],
    output_modalities: &'static [&'static str],
    response_streaming_supported: bool,
    customizations_supported: &'static [&'static str],
    inference_types_supported: &'static [&'static str],
    model_lifecycle: Lifecycle,
}

#[derive(Serialize)]
struct Lifecycle {
    status: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Listed {
    model_summaries: Vec<Details>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Got {
    model_details: Details,
}

static FILTERS: Shape = Shape::Structure(&[
    optional(
        "byProvider",
        &Shape::Text(Text {
            min: 0,
            max: usize::MAX,
            pattern: Some(Pattern {
                source: "[A-Za-z0-9- ]{1,63}",
                matches: is_provider,
            }),
        }),
    ),
    optional(
        "byCustomizationType",
        &Shape::Choice(&["FINE_TUNING", "CONTINUED_PRE_TRAINING", "DISTILLATION"]),
    ),
    optional(
        "byOutputModality",
        &Shape::Choice(&["TEXT", "IMAGE", "EMBEDDING"]),
    ),
    optional(
        "byInferenceType",
        &Shape::Choice(&["ON_DEMAND", "PROVISIONED"]),
    ),
]);

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Filters {
    by_provider: Option<String>,
    by_customization_type: Option<String>,
    by_output_modality: Option<String>,
    by_inference_type: Option<String>,
}

impl Filters {
    fn pass(&self, model: &FoundationModel) -> bool {
        let among = |wanted: &Option<String>, found: &[&str]| {
            wanted
                .as_deref()
                .is_none_or(|wanted| found.contains(&wanted))
        };
        self.by_provider
            .as_deref()
            .is_none_or(|provider| provider.eq_ignore_ascii_case(model.provider))
            && among(&self.by_customization_type, model.customizations)
            && among(&self.by_output_modality, model.output)
            && among(&self.by_inference_type, model.inference)
    }
}

/// `GET /foundation-models`
pub(super) fn list(query: &str, region: &str) -> Result<Reply, ApiError> {
    let filters: Filters = modelled::query(&FILTERS, query)?;
    let passed = MODELS.iter().filter(|model| filters.pass(model));
    let listed = Listed {
        model_summaries: passed.map(|model| model.details(region)).collect(),
    };
    Ok(Reply::json(StatusCode::OK, &listed))
}

/// `GET /foundation-models/{modelIdentifier}`: an id or an ARN of a foundation model.
pub(super) fn get(identifier: &str, region: &str) -> Result<Reply, ApiError> {
    let parsed = ModelId::parse(identifier)?;
    if !parsed.is_base() {
        return Err(ApiError::validation(
            "The provided model identifier is invalid.",
        ));
    }
    let id = identifier.rsplit('/').next().unwrap_or(identifier);
    let model = MODELS.iter().find(|model| model.id == id).ok_or_else(|| {
        ApiError::not_found(format!(
            "Could not resolve the foundation model from the model identifier: {identifier}"
        ))
    })?;
    let got = Got {
        model_details: model.details(region),
    };
    Ok(Reply::json(StatusCode::OK, &got))
}

fn is_provider(text: &str) -> bool {
    (1..=63).contains(&text.len())
        && text
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b' ')
}
