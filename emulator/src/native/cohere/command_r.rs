//! Command R and R+: message, history, documents, tools; text, citations and calls.

use serde_json::{Map, Value, json};

use super::conversation::{check, title, translate};
use super::reason;
use super::schema::{Body, REQUEST};
use crate::brain::pieces;
use crate::dice::Dice;
use crate::error::ApiError;
use crate::native::call::{Answered, Asked, Request, Writer};
use crate::native::wording::read;

/// What a Command R body asks.
pub(in crate::native) fn ask(request: &Request<'_>) -> Result<Asked, ApiError> {
    let body: Body = read(&REQUEST, request.body)?;
    check(&body)?;
    let prompt = translate(&body, request.dice.clone());
    let history = request.body.get("chat_history").and_then(Value::as_array);
    let writer = Chat {
        message: body.message,
        history: history.cloned().unwrap_or_default(),
        documents: body.documents.unwrap_or_default(),
        search_queries_only: body.search_queries_only == Some(true),
        return_prompt: body.return_prompt == Some(true),
    };
    Ok(Asked::uncached(request, prompt, writer))
}

struct Chat {
    message: String,
    /// As it came: the answer repeats it.
    history: Vec<Value>,
    documents: Vec<Map<String, Value>>,
    search_queries_only: bool,
    return_prompt: bool,
}

impl Writer for Chat {
    fn whole(&self, answered: &Answered) -> Value {
        if self.search_queries_only {
            return self.search(&answered.dice);
        }
        let reason = reason(&answered.answer.stop);
        let text = answered.text();
        let calls = calls(answered);
        let mut body = self.body(text, &calls, &answered.dice);
        body["finish_reason"] = reason.into();
        if !calls.is_empty() {
            body["tool_calls"] = calls.into();
        }
        let citations = self.citations(text);
        if !citations.is_empty() {
            body["citations"] = citations.into();
            body["documents"] = self.cited().into();
        }
        if self.return_prompt {
            body["prompt"] = self.message.as_str().into();
        }
        body
    }

    fn events(&self, answered: &Answered) -> Vec<Value> {
        let mut body = self.whole(answered);
        let event = |kind: &str, key: &str, value: Value| json!({"is_finished": false, "event_type": kind, (key): value});
        let mut events = Vec::new();
        if self.search_queries_only {
            let queries = body["search_queries"].clone();
            events.push(event(
                "search-queries-generation",
                "search_queries",
                queries,
            ));
        } else {
            for piece in pieces(answered.text()) {
                events.push(event("text-generation", "text", piece.into()));
            }
            let citations = self.citations(answered.text());
            if !citations.is_empty() {
                events.push(event("citation-generation", "citations", citations.into()));
            }
            let calls = calls(answered);
            if !calls.is_empty() {
                events.push(event("tool-calls-generation", "tool_calls", calls.into()));
            }
        }
        let units = json!({
            "input_tokens": answered.usage.fresh, "output_tokens": answered.answer.tokens,
        });
        body["meta"] = json!({
            "api_version": {"version": "1"}, "billed_units": units, "tokens": units,
        });
        let reason = body["finish_reason"].clone();
        events.push(json!({
            "is_finished": true, "event_type": "stream-end", "response": body, "finish_reason": reason,
        }));
        events
    }

    fn blocked(&self, text: &str, dice: &Dice) -> Value {
        self.body(text, &[], dice)
    }

    fn blocked_events(&self, text: &str, dice: &Dice) -> Vec<Value> {
        let said = json!({"is_finished": false, "event_type": "text-generation", "text": text});
        let end = json!({
            "is_finished": true, "event_type": "stream-end", "response": self.blocked(text, dice),
        });
        vec![said, end]
    }
}

impl Chat {
    /// The members that every answer has but `finish_reason`.
    fn body(&self, text: &str, calls: &[Value], dice: &Dice) -> Value {
        let mut history = self.history.clone();
        history.push(json!({"role": "USER", "message": self.message}));
        let mut reply = json!({"role": "CHATBOT", "message": text});
        if !calls.is_empty() {
            reply["tool_calls"] = calls.into();
        }
        history.push(reply);
        json!({
            "response_id": dice.uuid("response", 0),
            "text": text,
            "generation_id": dice.uuid("generation", 0),
            "chat_history": history,
        })
    }

    /// The answer to `search_queries_only`: what one would have to look up.
    fn search(&self, dice: &Dice) -> Value {
        let mut body = self.body("", &[], dice);
        body["finish_reason"] = "COMPLETE".into();
        body["is_search_required"] = true.into();
        body["search_queries"] =
            json!([{"text": self.message, "generation_id": dice.uuid("generation", 0)}]);
        body
    }

    /// Where the text names a document. Offsets are in characters.
    fn citations(&self, text: &str) -> Vec<Value> {
        let mut from = 0;
        let mut citations = Vec::new();
        for (index, document) in self.documents.iter().enumerate() {
            let title = title(document);
            let rest = text.get(from..).unwrap_or_default();
            let Some(at) = rest.find(&format!("\"{title}\"")).map(|at| from + at + 1) else {
                continue;
            };
            let start = text.get(..at).unwrap_or_default().chars().count();
            citations.push(json!({
                "start": start,
                "end": start + title.chars().count(),
                "text": title,
                "document_ids": [id(index, document)],
            }));
            from = at + title.len();
        }
        citations
    }

    /// The documents as the answer gives them back: with ids.
    fn cited(&self) -> Vec<Value> {
        let cited = |(index, document): (usize, &Map<String, Value>)| {
            let mut document = document.clone();
            document.insert("id".to_owned(), id(index, &document).into());
            Value::Object(document)
        };
        self.documents.iter().enumerate().map(cited).collect()
    }
}

/// A document keeps the id that it came with.
fn id(index: usize, document: &Map<String, Value>) -> String {
    match document.get("id").and_then(Value::as_str) {
        Some(id) => id.to_owned(),
        None => format!("doc_{index}"),
    }
}

fn calls(answered: &Answered) -> Vec<Value> {
    answered
        .calls()
        .map(|(_, name, input)| json!({"name": name, "parameters": input}))
        .collect()
}
