//! What errors of this form mean, as the answer of a request that failed and inside of a stream.
//!
//! OpenAI has `{"error": {message, type, param, code}}`. Its followers have that, or a bare text in `error`, or `message` or
//! `detail` alone. What an error is, its code says, else its type, else its words, else the status.
//!
//! Sources: OpenAI's guide "Error codes"; OpenRouter's "Errors"; Groq's, DeepSeek's and Mistral's lists of codes; xAI's
//! guide "Debugging errors"; the sources of vLLM, SGLang, llama.cpp and Ollama; FastAPI's "Handling errors".

mod table;

use http::response::Parts;
use http::{HeaderMap, StatusCode};
use reqllm_core::ErrorKind::{self, Authentication, ContextWindow, NotFound, RateLimited, Stream};
use reqllm_core::{Error, Remedy};
use serde_json::Value;

use self::table::{SAYINGS, TOO_LARGE, is_clear, of_word};
use crate::{mask, meaning};

/// The error that an unsuccessful answer stands for, whatever is in its body.
pub fn refusal(head: &Parts, body: &[u8]) -> Error {
    let said = match serde_json::from_slice::<Value>(body) {
        Ok(value) => Said::of(&value),
        Err(_) => Said::bare(body),
    };
    let error = said
        .error(Some(head.status))
        .with_status(head.status.as_u16());
    match should_retry(&head.headers) {
        Some(retry) => error.set_retryable(retry),
        None => error,
    }
}

/// An error that stands inside of an answer that had begun well: the value of its member `error`, or all of it.
pub fn failure(error: &Value) -> Error {
    Said::of(error).error(None)
}

/// OpenAI's own word on it, which its clients follow.
fn should_retry(headers: &HeaderMap) -> Option<bool> {
    match headers.get("x-should-retry")?.as_bytes() {
        b"true" => Some(true),
        b"false" => Some(false),
        _ => None,
    }
}

/// What a body says.
#[derive(Debug, Default)]
struct Said {
    message: Option<String>,
    code: Option<String>,
    kind: Option<String>,
    param: Option<String>,
}

/// The most that is repeated of a body that is no JSON, in characters.
const MOST: usize = 300;

impl Said {
    fn of(value: &Value) -> Self {
        let mut said = Self::default();
        said.read(value, 0);
        said
    }

    /// A text of a proxy's, say. A web page says nothing that fits into a line.
    fn bare(body: &[u8]) -> Self {
        let text = String::from_utf8_lossy(body);
        let text = text.trim();
        let message = (!text.is_empty() && !text.starts_with('<'))
            .then(|| text.chars().take(MOST).collect::<String>());
        Self {
            message,
            ..Self::default()
        }
    }

    /// The innermost wins; what is beside it fills in what it lacks.
    fn read(&mut self, value: &Value, depth: u8) {
        let object = match value {
            Value::String(text) => {
                self.message.get_or_insert_with(|| text.clone());
                return;
            }
            // Gemini's door has the error in a list; FastAPI lists what is wrong.
            Value::Array(list) => {
                if let Some(first) = list.first().filter(|_| depth < 4) {
                    self.read(first, depth + 1);
                }
                return;
            }
            Value::Object(object) => object,
            _ => return,
        };
        for inner in ["error", "errors", "detail", "message"] {
            if let Some(value) = object.get(inner).filter(|_| depth < 4) {
                self.read(value, depth + 1);
            }
        }
        if let Some(text) = object.get("msg").and_then(Value::as_str) {
            let place = object.get("loc").and_then(Value::as_array).map(|place| {
                let steps: Vec<String> = place.iter().map(text_of).collect();
                format!("{}: ", steps.join("."))
            });
            let text = format!("{}{text}", place.unwrap_or_default());
            self.message.get_or_insert(text);
        }
        // Beside `loc` a type is pydantic's.
        let of_kind = object.get("type").filter(|_| !object.contains_key("loc"));
        for (place, member) in [
            (&mut self.code, object.get("code")),
            (&mut self.kind, of_kind),
            (&mut self.param, object.get("param")),
        ] {
            if place.is_none()
                && let Some(member) = member
                && (member.is_string() || member.is_number())
            {
                *place = Some(text_of(member)).filter(|text| !text.is_empty());
            }
        }
    }

    fn error(self, status: Option<StatusCode>) -> Error {
        let lower = self
            .message
            .as_deref()
            .unwrap_or_default()
            .to_ascii_lowercase();
        let (kind, retryable) = self.meaning(status, &lower);
        let message = match (&self.message, status) {
            (Some(text), _) if kind == Authentication => mask::refused_key(text),
            (Some(text), _) => mask::keys(text),
            (None, Some(status)) => format!(
                "the server answered with status {} and no word of why",
                status.as_u16()
            ),
            (None, None) => "the answer reports an error and does not say which".to_owned(),
        };
        let mut error = Error::new(kind, message).set_retryable(retryable);
        if let Some(param) = self
            .param
            .filter(|param| !lower.contains(&param.to_ascii_lowercase()))
        {
            error = error.with_advice(&format!("it is about `{}`", mask::keys(&param)));
        }
        if let Some(code) = self.code.or(self.kind) {
            error = error.with_code(mask::keys(&code));
        }
        match kind {
            NotFound if lower.contains("model") => error.with_remedy(Remedy::IdOrPlace),
            ContextWindow => error
                .with_advice("shorten the conversation, or lower `max_tokens`, which counts too"),
            _ => error,
        }
    }

    fn meaning(&self, status: Option<StatusCode>, lower: &str) -> (ErrorKind, bool) {
        let words = [&self.code, &self.kind];
        let by_word = words.into_iter().flatten().find_map(|word| of_word(word));
        // Inside of a stream OpenRouter's code is the status that there would have been.
        let number = self.code.as_deref().and_then(|code| code.parse().ok());
        let status = status.or_else(|| number.and_then(|number| StatusCode::from_u16(number).ok()));
        let status = status.map(|status| status.as_u16());
        let coarse = by_word
            .or_else(|| status.map(meaning::of_status))
            .unwrap_or((Stream, false));
        // The code of a rate limit, and more than the limit at once: that never fits.
        if coarse.0 == RateLimited && (status == Some(413) || lower.contains(TOO_LARGE)) {
            return (RateLimited, false);
        }
        let clear = words.into_iter().flatten().any(|word| is_clear(word));
        SAYINGS
            .iter()
            .find(|saying| !clear && saying.of.contains(&coarse.0) && saying.is_in(lower))
            .map_or(coarse, |saying| (saying.kind, saying.retryable))
    }
}

fn text_of(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        value => value.to_string(),
    }
}

#[cfg(test)]
mod tests;
