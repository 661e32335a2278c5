//! Which operation a path stands for.

use http::{Method, StatusCode};

use crate::auth::percent_decode;
use crate::error::ApiError;
use crate::model_id::ModelId;

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

/// `/model/{modelId}/{operation}`. The model is one segment: a raw `/` in it makes another path.
pub(crate) fn route(method: &Method, path: &str) -> Result<(ModelId, Operation), ApiError> {
    let segments: Vec<&str> = path.split('/').collect();
    let [_, "model", model, operation] = *segments.as_slice() else {
        return Err(ApiError::unknown_operation(StatusCode::NOT_FOUND));
    };
    let (api, streaming) = match operation {
        "converse" => (Api::Converse, false),
        "converse-stream" => (Api::Converse, true),
        "invoke" => (Api::Invoke, false),
        "invoke-with-response-stream" => (Api::Invoke, true),
        _ => return Err(ApiError::unknown_operation(StatusCode::NOT_FOUND)),
    };
    if method != Method::POST {
        return Err(ApiError::unknown_operation(StatusCode::METHOD_NOT_ALLOWED));
    }
    let model = String::from_utf8_lossy(&percent_decode(model)).into_owned();
    Ok((ModelId::parse(&model)?, Operation { api, streaming }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn routed(method: &Method, path: &str) -> Result<(String, Api, bool), (u16, String)> {
        route(method, path)
            .map(|(model, operation)| (model.id, operation.api, operation.streaming))
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
