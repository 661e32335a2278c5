//! Which operation a path stands for.

use http::{Method, StatusCode};

use crate::auth::percent_decode;
use crate::error::ApiError;
use crate::model_id::ModelId;
use crate::operations::Call;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Operation {
    pub(crate) api: Api,
    pub(crate) streaming: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Api {
    Converse,
    Invoke,
}

/// What is asked for.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Route {
    /// `/model/{modelId}/{operation}`
    Model(ModelId, Operation),
    /// Any other operation.
    Call(Call),
}

/// The operation of a path. A label is one segment: a raw `/` in it makes another path.
pub(crate) fn route(method: &Method, path: &str) -> Result<Route, ApiError> {
    let segments: Vec<&str> = path.split('/').collect();
    let (allow, route) = match *segments.as_slice() {
        [_, "model", model, operation] => ("POST", on_model(model, operation)?),
        [_, "guardrail", guardrail, "version", version, "apply"] => {
            let (guardrail, version) = (decoded(guardrail), decoded(version));
            (
                "POST",
                Route::Call(Call::ApplyGuardrail { guardrail, version }),
            )
        }
        [_, "rerank"] => ("POST", Route::Call(Call::Rerank)),
        [_, "foundation-models"] => ("GET", Route::Call(Call::ListFoundationModels)),
        [_, "foundation-models", id] => ("GET", Route::Call(Call::GetFoundationModel(decoded(id)))),
        [_, "inference-profiles"] => ("GET", Route::Call(Call::ListInferenceProfiles)),
        [_, "inference-profiles", id] => {
            ("GET", Route::Call(Call::GetInferenceProfile(decoded(id))))
        }
        _ => return Err(ApiError::unknown_operation(StatusCode::NOT_FOUND)),
    };
    if method == allow {
        Ok(route)
    } else {
        Err(ApiError::unknown_method(allow))
    }
}

/// `/model/{modelId}/{operation}`
fn on_model(model: &str, operation: &str) -> Result<Route, ApiError> {
    let chat = |api, streaming| Some(Operation { api, streaming });
    let operation = match operation {
        "converse" => chat(Api::Converse, false),
        "converse-stream" => chat(Api::Converse, true),
        "invoke" => chat(Api::Invoke, false),
        "invoke-with-response-stream" => chat(Api::Invoke, true),
        "count-tokens" => None,
        _ => return Err(ApiError::unknown_operation(StatusCode::NOT_FOUND)),
    };
    let model = ModelId::parse(&decoded(model))?;
    Ok(match operation {
        Some(operation) => Route::Model(model, operation),
        None => Route::Call(Call::CountTokens(model)),
    })
}

fn decoded(label: &str) -> String {
    String::from_utf8_lossy(&percent_decode(label)).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn routed(method: &Method, path: &str) -> Result<(String, Api, bool), (u16, String)> {
        route(method, path)
            .map(|route| match route {
                Route::Model(model, operation) => (model.id, operation.api, operation.streaming),
                Route::Call(call) => panic!("{call:?}"),
            })
            .map_err(|error| (error.status.as_u16(), error.code.into_owned()))
    }

    #[test]
    fn models_are_one_segment_encoded_or_not() {
        let id = "anthropic.claude-v2:1".to_owned();
        for path in [
            "/model/anthropic.claude-v2%3A1/converse",
            "/model/anthropic.claude-v2:1/converse",
        ] {
            assert_eq!(
                routed(&Method::POST, path),
                Ok((id.clone(), Api::Converse, false))
            );
        }
        let arn = "/model/arn%3Aaws%3Abedrock%3Aus-east-1%3A%3Afoundation-model%2Fmeta.llama3/invoke-with-response-stream";
        let (id, api, streaming) = routed(&Method::POST, arn).unwrap();
        assert_eq!(
            (id.as_str(), api, streaming),
            (
                "arn:aws:bedrock:us-east-1::foundation-model/meta.llama3",
                Api::Invoke,
                true
            )
        );
    }

    #[test]
    fn other_operations_have_paths_of_their_own() {
        let call = |method, path: &str| match route(method, path) {
            Ok(Route::Call(call)) => call,
            other => panic!("{other:?}"),
        };
        let (get, post) = (&Method::GET, &Method::POST);
        assert_eq!(call(post, "/rerank"), Call::Rerank);
        assert_eq!(
            call(post, "/guardrail/arn%3Aaws%3A%2Fgr/version/DRAFT/apply"),
            Call::ApplyGuardrail {
                guardrail: "arn:aws:/gr".to_owned(),
                version: "DRAFT".to_owned()
            }
        );
        assert_eq!(call(get, "/foundation-models"), Call::ListFoundationModels);
        assert_eq!(
            call(get, "/foundation-models/a.b%3A0"),
            Call::GetFoundationModel("a.b:0".to_owned())
        );
        assert_eq!(
            call(get, "/inference-profiles/us.a.b"),
            Call::GetInferenceProfile("us.a.b".to_owned())
        );
        assert_eq!(
            call(post, "/model/a.b/count-tokens"),
            Call::CountTokens(ModelId::parse("a.b").unwrap())
        );
        for (method, path) in [
            (post, "/foundation-models"),
            (post, "/inference-profiles/x"),
            (get, "/rerank"),
            (get, "/model/a.b/count-tokens"),
        ] {
            assert_eq!(routed(method, path).unwrap_err().0, 405, "{path}");
        }
    }

    #[test]
    fn other_paths_and_methods_are_unknown_operations() {
        let unknown = |status| Err((status, "UnknownOperationException".to_owned()));
        for path in [
            "/",
            "/model/a.b/other",
            "/model/a/b/converse",
            "/model/a.b/converse/",
            "/v1/messages",
        ] {
            assert_eq!(routed(&Method::POST, path), unknown(404), "{path}");
        }
        assert_eq!(routed(&Method::GET, "/model/a.b/converse"), unknown(405));
        assert_eq!(
            routed(&Method::POST, "/model/nonsense/converse")
                .unwrap_err()
                .0,
            400
        );
        assert_eq!(
            routed(&Method::POST, "/model/%ff/converse").unwrap_err().0,
            400
        );
    }
}
