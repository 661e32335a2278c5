//! The body of a request: shapes that borrow from the call, and what is put over them.

use std::borrow::Cow;

use bytes::Bytes;
use reqllm_core::Result;
use serde::ser::{Serialize, Serializer};
use serde_json::{Map, Value};

use super::Wishes;
use super::items::Item;
use super::tools::{Choice, Function};
use crate::json::{self, LongText};
use crate::over::Over;

/// A body in the form of Responses, as [`encode`](super::encode) gives it. Which model it is for and whether it streams is not
/// in it: whoever sends the body says so.
#[derive(Debug)]
pub struct Body<'a> {
    pub(super) instructions: Option<LongText<'a>>,
    pub(super) input: Vec<Item<'a>>,
    pub(super) max_output_tokens: Option<u32>,
    pub(super) temperature: Option<f64>,
    pub(super) top_p: Option<f64>,
    pub(super) tools: Vec<Function<'a>>,
    pub(super) tool_choice: Option<Choice<'a>>,
    pub(super) store: bool,
    pub(super) previous_response_id: Option<&'a str>,
    /// All of them but what is kept, which is settled above, and the words of the answer, which are below.
    pub(super) wishes: Wishes<'a>,
    pub(super) text: Option<Text<'a>>,
    pub(super) include: Vec<&'static str>,
    pub(super) model: Option<&'a str>,
    pub(super) streams: bool,
    pub(super) over: Over,
}

/// The member `text`: how much is said, and in which form.
#[derive(Debug, serde::Serialize)]
pub(super) struct Text<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) format: Option<Format<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) verbosity: Option<&'a str>,
}

#[derive(Debug, serde::Serialize)]
#[serde(tag = "type", rename = "json_schema")]
pub(super) struct Format<'a> {
    pub(super) name: Cow<'a, str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) description: Option<&'a str>,
    pub(super) schema: &'a Value,
    pub(super) strict: bool,
}

/// The member `reasoning`, as far as it is not the line's.
#[derive(serde::Serialize)]
struct Reasoning<'a> {
    summary: &'a str,
}

impl<'a> Body<'a> {
    /// Says which model it is for.
    pub fn set_model(&mut self, id: &'a str) {
        self.model = Some(id);
    }

    /// Asks for a stream.
    pub fn ask_for_stream(&mut self) {
        self.streams = true;
    }

    /// Puts members over the body: objects are merged member by member, everything else is replaced.
    pub fn merge(&mut self, over: &Map<String, Value>) {
        self.over.merge(over);
    }

    /// Writes it; `room` is about how many bytes it has, see [`json::room_for`].
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidRequest`](reqllm_core::ErrorKind::InvalidRequest) if it cannot be written as JSON.
    pub fn write(&self, room: usize) -> Result<Bytes> {
        // An item has more form around its text than a message of other forms.
        const ITEM: usize = 64;
        json::write(&Written(self), room + self.input.len() * ITEM)
    }
}

/// For [`json::write`] alone, which knows long texts.
struct Written<'b>(&'b Body<'b>);

impl Serialize for Written<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let body = self.0;
        let wishes = &body.wishes;
        let mut members = body.over.members(serializer)?;
        members.put_some("instructions", body.instructions.as_ref())?;
        members.put("input", &body.input)?;
        members.put_some("max_output_tokens", body.max_output_tokens)?;
        members.put_some("temperature", body.temperature)?;
        members.put_some("top_p", body.top_p)?;
        members.put_list("tools", &body.tools)?;
        members.put_some("tool_choice", body.tool_choice.as_ref())?;
        members.put("store", &body.store)?;
        members.put_some("previous_response_id", body.previous_response_id)?;
        members.put_some("prompt_cache_key", wishes.prompt_cache_key)?;
        members.put_some("prompt_cache_retention", wishes.prompt_cache_retention)?;
        members.put_some("service_tier", wishes.service_tier)?;
        members.put_some("safety_identifier", wishes.safety_identifier)?;
        members.put_some("user", wishes.user)?;
        members.put_some("metadata", wishes.metadata)?;
        members.put_some("truncation", wishes.truncation)?;
        members.put_some("parallel_tool_calls", wishes.parallel_tool_calls)?;
        members.put_some("top_logprobs", wishes.top_logprobs)?;
        let summary = wishes.reasoning_summary;
        members.put_some("reasoning", summary.map(|summary| Reasoning { summary }))?;
        members.put_some("text", body.text.as_ref())?;
        members.put_list("include", &body.include)?;
        members.put_some("model", body.model)?;
        members.put_some("stream", body.streams.then_some(true))?;
        members.end()
    }
}
