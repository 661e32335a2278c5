//! Which of the APIs a call takes. Decided here, and nowhere else.

use std::borrow::Cow;

use reqllm_core::{Call, Error, ErrorKind, Model, Result};

use crate::options::Read;
use crate::row::Row;

/// The APIs for a conversation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Api {
    /// Chat Completions, which everybody has.
    Chat,
    /// Responses, which OpenAI has, and few besides.
    Responses,
}

impl Api {
    /// The word of option `api`.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Chat => "chat",
            Self::Responses => "responses",
        }
    }
}

/// Decides, and says why: option `api` if it is given, else what the row of the table says.
pub(crate) fn decide(
    row: &Row,
    _model: &Model,
    _call: &Call,
    options: &Read,
) -> Result<(Api, Cow<'static, str>)> {
    if let Some(api) = options.api {
        return Ok((api, format!("`api` is {}", api.as_str()).into()));
    }
    Ok(match row.api {
        Api::Chat => (
            Api::Chat,
            "Chat Completions is what everybody of this form has".into(),
        ),
        Api::Responses => (
            Api::Responses,
            "Responses is where this server has most".into(),
        ),
    })
}

/// The error of an API that is not there.
pub(crate) fn unsupported(model: &Model) -> Error {
    Error::new(
        ErrorKind::Unsupported,
        format!(
            "{} cannot be called by the Responses API in this version; leave option `api` out, or say \"chat\"",
            model.id
        ),
    )
}
