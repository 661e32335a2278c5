//! Rerank of `bedrock-agent-runtime`: the same models as by InvokeModel, in a service model's shape.

use http::StatusCode;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::modelled;
use super::rerank::{Reranker, ranked};
use crate::error::ApiError;
use crate::model_id::ModelId;
use crate::reply::Reply;
use crate::shape::{Shape, optional, required, text};

/// `RerankRequest`.
static REQUEST: Shape = Shape::Structure(&[
    optional("nextToken", &text(1, 2048)),
    required(
        "queries",
        &Shape::List {
            of: &Shape::Structure(&[
                required("type", &Shape::Choice(&["TEXT"])),
                required("textQuery", &TEXT_DOCUMENT),
            ]),
            min: 1,
            max: 1,
        },
    ),
    required(
        "sources",
        &Shape::List {
            of: &Shape::Structure(&[
                required("type", &Shape::Choice(&["INLINE"])),
                required("inlineDocumentSource", &DOCUMENT),
            ]),
            min: 1,
            max: 1000,
        },
    ),
    required(
        "rerankingConfiguration",
        &Shape::Structure(&[
            required("type", &Shape::Choice(&["BEDROCK_RERANKING_MODEL"])),
            required("bedrockRerankingConfiguration", &CONFIGURATION),
        ]),
    ),
]);

static DOCUMENT: Shape = Shape::Structure(&[
    required("type", &Shape::Choice(&["TEXT", "JSON"])),
    optional("textDocument", &TEXT_DOCUMENT),
    optional("jsonDocument", &Shape::Object),
]);

static TEXT_DOCUMENT: Shape = Shape::Structure(&[optional("text", &text(1, 32_000))]);

static CONFIGURATION: Shape = Shape::Structure(&[
    required(
        "modelConfiguration",
        &Shape::Structure(&[
            required("modelArn", &text(1, 2048)),
            optional("additionalModelRequestFields", &Shape::Object),
        ]),
    ),
    optional("numberOfResults", &Shape::Range { min: 1, max: 1000 }),
]);

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Request {
    next_token: Option<String>,
    queries: Vec<Query>,
    sources: Vec<Source>,
    reranking_configuration: RerankingConfiguration,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Query {
    text_query: TextDocument,
}

#[derive(Deserialize)]
struct TextDocument {
    text: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Source {
    inline_document_source: Document,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Document {
    #[serde(rename = "type")]
    kind: String,
    text_document: Option<TextDocument>,
    json_document: Option<Value>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RerankingConfiguration {
    bedrock_reranking_configuration: Configuration,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Configuration {
    model_configuration: ModelConfiguration,
    number_of_results: Option<usize>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ModelConfiguration {
    model_arn: String,
}

#[derive(Serialize)]
struct Answer {
    results: Vec<Ranked>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Ranked {
    index: usize,
    relevance_score: f32,
}

pub(super) fn answer(body: &[u8]) -> Result<Reply, ApiError> {
    let request: Request = modelled::body(&REQUEST, body)?;
    let configuration = request
        .reranking_configuration
        .bedrock_reranking_configuration;
    check_model(&configuration.model_configuration.model_arn)?;
    if request.next_token.is_some() {
        // All results fit one answer, so nobody was ever given a token.
        return Err(ApiError::validation("The nextToken is not valid."));
    }
    let query = request
        .queries
        .into_iter()
        .find_map(|query| query.text_query.text)
        .ok_or_else(|| missing("queries.0.textQuery.text", "TEXT"))?;
    let documents = request
        .sources
        .into_iter()
        .enumerate()
        .map(|(index, source)| text_of(index, source.inline_document_source))
        .collect::<Result<Vec<String>, ApiError>>()?;
    let results = ranked(&query, &documents, configuration.number_of_results)
        .into_iter()
        .map(|(index, relevance_score)| Ranked {
            index,
            relevance_score,
        })
        .collect();
    Ok(Reply::json(StatusCode::OK, &Answer { results }))
}

/// Only the ARN of a foundation model that reranks will do.
fn check_model(arn: &str) -> Result<(), ApiError> {
    let reranks = |model: &ModelId| {
        let names = model.vendor_and_name();
        names.is_some_and(|(vendor, name)| Reranker::of(vendor, name).is_some())
    };
    match ModelId::parse(arn) {
        Ok(model) if arn.starts_with("arn:") && model.is_base() && reranks(&model) => Ok(()),
        _ => Err(ApiError::validation(
            "The provided model ARN for reranking is invalid. Please, use a valid model ARN. Also check the model \
             ARN follows this format: arn:<partition>:bedrock:<region>::foundation-model/<model-id>",
        )),
    }
}

/// The words of a document: its text, or every string in its JSON.
fn text_of(index: usize, document: Document) -> Result<String, ApiError> {
    let at = |member: &str| format!("sources.{index}.inlineDocumentSource.{member}");
    match (
        document.kind.as_str(),
        document.text_document,
        document.json_document,
    ) {
        ("TEXT", Some(document), None) => {
            let text = document.text;
            text.ok_or_else(|| missing(&at("textDocument.text"), "TEXT"))
        }
        ("JSON", None, Some(json)) => {
            let mut text = String::new();
            collect(&json, &mut text);
            Ok(text)
        }
        ("JSON", ..) => Err(missing(&at("jsonDocument"), "JSON")),
        _ => Err(missing(&at("textDocument"), "TEXT")),
    }
}

fn collect(value: &Value, out: &mut String) {
    match value {
        Value::String(text) => {
            out.push_str(text);
            out.push(' ');
        }
        Value::Array(items) => items.iter().for_each(|item| collect(item, out)),
        Value::Object(members) => members.values().for_each(|item| collect(item, out)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

fn missing(at: &str, kind: &str) -> ApiError {
    ApiError::validation(format!(
        "'{at}', and nothing else, must be set for the type {kind}."
    ))
}
