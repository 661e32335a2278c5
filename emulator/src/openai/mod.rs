//! OpenAI's surfaces: Chat Completions, Responses, Embeddings and the list of models.
//!
//! The same paths are served by several houses, and who asks decides which of them answers: OpenAI itself, the servers of
//! others that speak its dialect ([`manners`]), and Amazon Bedrock under `/v1` and `/openai/v1` ([`door`]). Each surface has a
//! room that checks a body, says which [`crate::brain::Prompt`] it means, and writes the answer; what differs between houses
//! and models is data.
//!
//! Facts are from OpenAI's API reference and its published OpenAPI description, and from recordings of Bedrock's doors; the
//! tables name the others.

mod bedrock;
mod chat;
mod door;
mod embeddings;
mod error;
mod manners;
mod models;
mod responses;
mod strict;
mod voice;
mod wording;

use std::sync::Mutex;

use http::request::Parts;
use http::{Method, StatusCode};
use serde_json::Value;

use crate::brain::tokens::PromptCache;
use crate::dice::Dice;
use crate::guardrail::Guardrail;
use crate::record::Authentication;
use crate::reply::Reply;
pub(crate) use door::Door;
use door::House;
use error::{Form, Refusal};
use manners::Manner;
use models::Traits;
pub(crate) use models::is_known as has;
pub(crate) use responses::Shelf;
pub(crate) use voice::voice;

/// When the answers of the emulator were made: the same request is to get the same bytes.
const CREATED: u64 = 1_754_611_200;

/// What is asked for under the prefix of a door.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Surface<'a> {
    Chat,
    Responses,
    /// A stored response.
    Response(&'a str),
    Embeddings,
    Models,
    Model(&'a str),
}

impl<'a> Surface<'a> {
    fn of(path: &'a str) -> Option<Self> {
        let segments: Vec<&str> = path.split('/').collect();
        Some(match *segments.as_slice() {
            ["chat", "completions"] => Self::Chat,
            ["responses"] => Self::Responses,
            ["responses", id] if !id.is_empty() => Self::Response(id),
            ["embeddings"] => Self::Embeddings,
            ["models"] => Self::Models,
            // Ids of third parties have slashes in them.
            ["models", ..] => Self::Model(path.strip_prefix("models/").unwrap_or_default()),
            _ => return None,
        })
    }

    fn takes(self, method: &Method) -> bool {
        match self {
            Self::Chat | Self::Responses | Self::Embeddings => method == Method::POST,
            Self::Models | Self::Model(_) => method == Method::GET,
            Self::Response(_) => method == Method::GET || method == Method::DELETE,
        }
    }
}

/// A request as the rooms see it.
pub(crate) struct Visit<'a> {
    pub(crate) head: &'a Parts,
    pub(crate) body: &'a [u8],
    pub(crate) caller: &'a Authentication,
    pub(crate) cache: &'a Mutex<PromptCache>,
    pub(crate) shelf: &'a Mutex<Shelf>,
}

/// A body that was read as JSON, and whose it is.
struct Call<'a> {
    house: House,
    manner: &'static Manner,
    traits: Traits,
    /// The id of the model as it was asked for.
    model: String,
    body: Value,
    /// Only `bedrock-runtime` has any, in Chat Completions.
    guardrail: Option<Guardrail>,
    dice: Dice,
    cache: &'a Mutex<PromptCache>,
    shelf: &'a Mutex<Shelf>,
}

impl Door<'_> {
    /// Answers a request that passed [`Door::check`].
    pub(crate) fn answer(&self, visit: &Visit<'_>) -> Reply {
        let manner = door::manner(&visit.head.headers, &door::model_of(visit.body));
        let house = self.house(visit);
        // Bedrock's models have the names of others' here and there, and its own form of errors.
        let form = match house {
            House::OpenAi => manner.form,
            _ => Form::OpenAi,
        };
        let reply = self.serve(visit, house);
        let reply = reply.unwrap_or_else(|refusal| refusal.into_reply(form));
        match house {
            House::OpenAi => reply,
            // Recordings of mantle name both ids of a request.
            _ => {
                let dice = Dice::new(&[self.path.as_bytes(), visit.body]);
                reply.header("x-amzn-requestid", dice.uuid("request", 0))
            }
        }
    }

    fn serve(&self, visit: &Visit<'_>, house: House) -> Result<Reply, Refusal> {
        if !self.surface.takes(&visit.head.method) {
            return Err(Refusal::invalid(format!(
                "Not allowed to {} on {}.",
                visit.head.method, self.path
            ))
            .status(StatusCode::METHOD_NOT_ALLOWED));
        }
        match self.surface {
            Surface::Models => models::list(house, self.prefix),
            Surface::Model(id) => {
                let id = door::decoded(id);
                let manner = door::manner(&visit.head.headers, &id);
                models::one(house, self.prefix, &id, manner)
            }
            Surface::Response(id) => responses::stored(visit, id),
            Surface::Chat => self.call(visit, house).and_then(|call| chat::answer(&call)),
            Surface::Responses => self
                .call(visit, house)
                .and_then(|call| responses::answer(call)),
            Surface::Embeddings => self
                .call(visit, house)
                .and_then(|call| embeddings::answer(&call)),
        }
    }

    /// Reads a body and finds out whose model it asks for.
    fn call<'a>(&self, visit: &Visit<'a>, house: House) -> Result<Call<'a>, Refusal> {
        let body: Value = serde_json::from_slice(visit.body).map_err(|_| {
            Refusal::invalid(
                "We could not parse the JSON body of your request. The API expects a JSON payload: \
                 did you set the content type, and is the JSON complete?",
            )
        })?;
        let model = match body.get("model") {
            Some(Value::String(model)) if !model.is_empty() => model.clone(),
            Some(Value::String(_)) | None | Some(Value::Null) => {
                return Err(Refusal::missing("model"));
            }
            Some(other) => {
                return Err(Refusal::invalid(format!(
                    "Invalid type for 'model': expected a string, but got {} instead.",
                    wording::kind(other)
                ))
                .param("model")
                .code("invalid_type"));
            }
        };
        let (manner, traits) = match house {
            House::OpenAi => {
                let manner = door::manner(&visit.head.headers, &model);
                (manner, models::traits(manner, &model, self.surface)?)
            }
            House::Mantle | House::Runtime | House::Bedrock => {
                bedrock::find(house, self.prefix, self.surface, &model)?
            }
        };
        Ok(Call {
            house,
            manner,
            traits,
            guardrail: Guardrail::from_headers(&visit.head.headers).filter(|_| manner.guarded),
            dice: Dice::new(&[self.path.as_bytes(), asked(&body).as_bytes()]),
            model,
            body,
            cache: visit.cache,
            shelf: visit.shelf,
        })
    }
}

/// What a body asks for, whether the answer is to come whole or in a stream: it is the same one.
fn asked(body: &Value) -> String {
    let mut body = body.clone();
    if let Some(body) = body.as_object_mut() {
        body.shift_remove("stream");
        body.shift_remove("stream_options");
    }
    body.to_string()
}

#[cfg(test)]
mod corpus;
#[cfg(test)]
mod testing;
