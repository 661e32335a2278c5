//! Ranks, by InvokeModel, which takes API keys; the Rerank operation of the agents' runtime does not.

use std::sync::Arc;

use reqllm_core::{
    Delivery, Error, ErrorKind, Identity, Model, RankedDocument, Rerank, Reranked, Result, Route,
    Task,
};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::answer::{Decoder, Facts};
use super::options::{INVOKE, PLACE, Taken};
use crate::place::Place;
use crate::provider::Bedrock;
use crate::{invoke, json, merge, model_id};

/// A line of models.
struct Profile {
    prefix: &'static str,
    /// The version of the body, where the model wants it.
    api_version: Option<u32>,
}

/// Source: AWS's guide to Bedrock, "Rerank models", and recorded requests.
const PROFILES: &[Profile] = &[
    Profile {
        prefix: "cohere.rerank",
        api_version: Some(2),
    },
    Profile {
        prefix: "amazon.rerank",
        api_version: None,
    },
];

#[derive(Serialize)]
struct Request<'a> {
    query: &'a str,
    documents: &'a [String],
    #[serde(skip_serializing_if = "Option::is_none")]
    top_n: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    api_version: Option<u32>,
}

pub(crate) fn prepare(
    bedrock: &Bedrock,
    model: &Model,
    request: &Rerank,
) -> Result<Task<Reranked>> {
    let taken = Taken::of(&request.options, "reranking", &[], &[PLACE, INVOKE])?;
    let profile = super::row(model, PROFILES, |row| row.prefix).ok_or_else(|| {
        let known: Vec<&str> = PROFILES.iter().map(|row| row.prefix).collect();
        Error::new(
            ErrorKind::Unsupported,
            format!(
                "{} is no rerank model that this version knows; those begin with {}",
                model.id,
                known.join(", ")
            ),
        )
    })?;
    check(request)?;
    let place = Place::of_model(bedrock, &taken.shared, model)?;
    let body = Request {
        query: &request.query,
        documents: &request.documents,
        top_n: request.top_n,
        api_version: profile.api_version,
    };
    let Ok(Value::Object(mut body)) = serde_json::to_value(&body) else {
        return Err(Error::config("a rerank body that is no JSON object"));
    };
    merge::deep(&mut body, &taken.shared.additional_model_request_fields);
    let id = model_id::path_segment(model.sent_id())?;
    let mut http = place.post(format_args!("/model/{id}/invoke"), super::body(&body)?)?;
    invoke::headers(&taken.shared, Delivery::Whole, http.headers_mut())?;
    let route = Route::new("InvokeModel", "rerank models have a body of their own");
    let identity = Identity::from(model);
    let documents = request.documents.clone();
    let decoder =
        Decoder(move |facts: Facts, body: &[u8]| read(&identity, &documents, facts, body));
    let mut task = Task::new(http, route, place.auth, Arc::new(decoder));
    task.warnings = place.warnings;
    Ok(task)
}

fn check(request: &Rerank) -> Result<()> {
    if request.query.trim().is_empty() {
        return Err(Error::invalid_request(
            "`query` is empty; at least a word is needed",
        ));
    }
    if request.documents.is_empty() {
        return Err(Error::invalid_request(
            "`documents` is empty; at least one is needed",
        ));
    }
    if let Some(at) = request.documents.iter().position(String::is_empty) {
        return Err(Error::invalid_request(format!(
            "documents[{at}] is empty; at least a character is needed"
        )));
    }
    if request.top_n == Some(0) {
        return Err(Error::invalid_request("`top_n` is 0; 1 or more would do"));
    }
    Ok(())
}

#[derive(Deserialize)]
struct Answer {
    results: Vec<Ranked>,
}

#[derive(Deserialize)]
struct Ranked {
    index: usize,
    /// Secondary sources spell Amazon's own model's field the other way.
    #[serde(alias = "relevanceScore")]
    relevance_score: f64,
}

fn read(identity: &Identity, documents: &[String], facts: Facts, body: &[u8]) -> Result<Reranked> {
    let answer: Answer = json::read(body, "the answer of the rerank model")?;
    let mut reranked = Reranked::of(identity);
    for Ranked {
        index,
        relevance_score,
    } in answer.results
    {
        if reranked.results.iter().any(|known| known.index == index) {
            return Err(Error::decode(format!(
                "the answer ranks document {index} twice"
            )));
        }
        let document = documents.get(index).ok_or_else(|| {
            Error::decode(format!(
                "the answer ranks document {index}, and {} were given",
                documents.len()
            ))
        })?;
        let ranked = RankedDocument::new(index, relevance_score, document);
        reranked.results.push(ranked);
    }
    reranked.usage = facts.usage.totalled();
    let metadata = &mut reranked.provider_metadata;
    let reason = "rerank models are billed by query, and the price of a query is not known";
    metadata.insert("cost_unknown".to_owned(), reason.into());
    if let Some(id) = facts.request_id {
        metadata.insert("request_id".to_owned(), id.into());
    }
    if let Some(tier) = facts.service_tier {
        metadata.insert("service_tier".to_owned(), tier.into());
    }
    Ok(reranked)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::operations::tests::{bedrock, body_of, decode};
    use serde_json::json;

    const COHERE: &str = "cohere.rerank-v3-5:0";

    fn request() -> Rerank {
        Rerank::new("capital?", ["Carson City", "Washington, D.C."])
    }

    #[test]
    fn cohere_wants_a_version_and_amazon_does_not() {
        let mut request = request();
        request.top_n = Some(1);
        for (id, version) in [
            (COHERE, Some(2)),
            ("us.cohere.rerank-v3-5:0", Some(2)),
            ("amazon.rerank-v1:0", None),
        ] {
            let task = prepare(&bedrock(), &Model::new("bedrock", id), &request).unwrap();
            let body = body_of(&task.request);
            assert_eq!(
                body.get("api_version").and_then(Value::as_u64),
                version,
                "{id}"
            );
            assert_eq!(body["top_n"], 1);
            assert_eq!(
                body["documents"],
                json!(["Carson City", "Washington, D.C."])
            );
        }
    }

    #[test]
    fn results_keep_the_order_of_the_answer() {
        let task = prepare(&bedrock(), &Model::new("bedrock", COHERE), &request()).unwrap();
        let body =
            r#"{"results":[{"index":1,"relevance_score":0.9},{"index":0,"relevanceScore":0.1}]}"#;
        let answer = decode(&task, &[("x-amzn-requestid", "r-1")], body).unwrap();
        let told: Vec<(usize, &str)> = answer
            .results
            .iter()
            .map(|result| (result.index, result.document.as_str()))
            .collect();
        assert_eq!(told, [(1, "Washington, D.C."), (0, "Carson City")]);
        assert_eq!(answer.provider_metadata["request_id"], "r-1");
        assert_eq!(answer.cost, None);
        let beyond = r#"{"results":[{"index":2,"relevance_score":0.9}]}"#;
        let error = decode(&task, &[], beyond).unwrap_err();
        assert!(error.message().contains("document 2"), "{error}");
        let twice =
            r#"{"results":[{"index":1,"relevance_score":0.9},{"index":1,"relevance_score":0.8}]}"#;
        let error = decode(&task, &[], twice).unwrap_err();
        assert!(error.message().contains("document 1 twice"), "{error}");
    }

    #[test]
    fn bad_requests_name_the_field() {
        let refused = |request: &Rerank, id: &str| {
            let error = prepare(&bedrock(), &Model::new("bedrock", id), request).unwrap_err();
            error.message().to_owned()
        };
        assert!(refused(&Rerank::new(" ", ["a"]), COHERE).contains("`query`"));
        assert!(refused(&Rerank::new("q", [""; 0]), COHERE).contains("`documents`"));
        assert!(refused(&Rerank::new("q", ["a", ""]), COHERE).contains("documents[1]"));
        let mut none = request();
        none.top_n = Some(0);
        assert!(refused(&none, COHERE).contains("`top_n`"));
        assert!(refused(&request(), "amazon.nova-pro-v1:0").contains("no rerank model"));
    }
}
