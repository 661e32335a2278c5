//! The body of a request: shapes that borrow from the call, and what is put over them.

use bytes::Bytes;
use reqllm_core::Result;
use serde::ser::{Serialize, Serializer};
use serde_json::{Map, Value};

use super::message::ChatMessage;
use super::tools::{Choice, Offer};
use crate::json;
use crate::over::Over;

/// A body in the form of Chat Completions, as [`encode`](super::encode) gives it. Which model it is for and whether it streams
/// is not in it: on the roads where that is needed, whoever sends the body says so.
#[derive(Debug)]
pub struct Body<'a> {
    pub(super) messages: Vec<ChatMessage<'a>>,
    pub(super) settings: Settings<'a>,
    pub(super) tools: Vec<Offer<'a>>,
    pub(super) tool_choice: Option<Choice<'a>>,
    pub(super) response_format: Option<ResponseFormat<'a>>,
    pub(super) model: Option<&'a str>,
    pub(super) streams: bool,
    /// Whether a stream may be asked for its counts.
    pub(super) stream_usage: bool,
    pub(super) over: Over,
}

/// Settings of the call. What is absent is left to the server.
#[derive(Debug)]
pub(super) struct Settings<'a> {
    /// Under the speaker's name for it, as the seed is.
    pub(super) max_tokens: (&'static str, Option<u32>),
    pub(super) temperature: Option<f64>,
    pub(super) top_p: Option<f64>,
    pub(super) top_k: Option<u32>,
    pub(super) stop: &'a [String],
    pub(super) seed: (&'static str, Option<u64>),
}

/// In which form the answer is wanted. Source: OpenAI's API reference, "Create chat completion", `response_format`.
#[derive(Debug, serde::Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(super) enum ResponseFormat<'a> {
    JsonSchema { json_schema: Schema<'a> },
    JsonObject,
}

#[derive(Debug, serde::Serialize)]
pub(super) struct Schema<'a> {
    pub(super) name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) description: Option<&'a str>,
    pub(super) schema: &'a Value,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) strict: Option<bool>,
}

#[derive(serde::Serialize)]
struct StreamOptions {
    include_usage: bool,
}

impl<'a> Body<'a> {
    /// Says which model it is for.
    pub fn set_model(&mut self, id: &'a str) {
        self.model = Some(id);
    }

    /// Asks for a stream, with its counts where the speaker has them to ask for.
    ///
    /// Source: OpenAI's API reference, "Create chat completion", `stream_options`.
    pub fn ask_for_stream(&mut self) {
        self.streams = true;
    }

    /// Asks for an object of JSON, whatever is in it, unless its schema is asked for. The prompt has to say so as well: OpenAI's
    /// guide "Structured model outputs", "JSON mode".
    pub fn ask_for_json(&mut self) {
        self.response_format
            .get_or_insert(ResponseFormat::JsonObject);
    }

    /// Puts a member over the body: an object is merged member by member, everything else is replaced.
    pub fn put(&mut self, name: &str, value: impl Into<Value>) {
        self.over.put(name, value.into());
    }

    /// Puts members over the body, as [`Body::put`] does.
    pub fn merge(&mut self, over: &Map<String, Value>) {
        self.over.merge(over);
    }

    /// Writes it; `room` is about how many bytes it has, see [`json::room_for`].
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidRequest`](reqllm_core::ErrorKind::InvalidRequest) if it cannot be written as JSON.
    pub fn write(&self, room: usize) -> Result<Bytes> {
        json::write(&Written(self), room)
    }
}

/// For [`json::write`] alone, which knows long texts.
struct Written<'b>(&'b Body<'b>);

impl Serialize for Written<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let body = self.0;
        let settings = &body.settings;
        let mut members = body.over.members(serializer)?;
        members.put("messages", &body.messages)?;
        members.put_some(settings.max_tokens.0, settings.max_tokens.1)?;
        members.put_some("temperature", settings.temperature)?;
        members.put_some("top_p", settings.top_p)?;
        members.put_some("top_k", settings.top_k)?;
        members.put_list("stop", settings.stop)?;
        members.put_some(settings.seed.0, settings.seed.1)?;
        members.put_list("tools", &body.tools)?;
        members.put_some("tool_choice", body.tool_choice.as_ref())?;
        members.put_some("response_format", body.response_format.as_ref())?;
        members.put_some("model", body.model)?;
        if body.streams {
            members.put("stream", &true)?;
            let options = StreamOptions {
                include_usage: true,
            };
            members.put_some("stream_options", body.stream_usage.then_some(options))?;
        }
        members.end()
    }
}
