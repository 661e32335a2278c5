//! The events of Command R's stream, one in each chunk.
//!
//! Source: Cohere's API reference of Chat v1, "Streaming"; recorded streams of Bedrock.

use reqllm_core::bounds::ITEM;
use reqllm_core::{Fold, Result, Warning};
use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;

use super::answer::{self, Answer, ToolCall};
use super::citation;
use crate::json::{self, Text};
use reqllm_dialects::StreamCodec;

/// Reads one stream.
#[derive(Default)]
pub(super) struct CommandRStream {
    /// The text until now, into which citations point.
    text: String,
    /// Names and parameters of calls. Their ids come with the end.
    calls: Vec<(String, String)>,
    cited: bool,
}

#[derive(Deserialize)]
struct Event<'a> {
    #[serde(borrow, default)]
    event_type: Text<'a>,
    #[serde(borrow)]
    text: Option<Text<'a>>,
    #[serde(borrow)]
    tool_calls: Option<Vec<ToolCall<'a>>>,
    citations: Option<Vec<Value>>,
    #[serde(borrow)]
    response: Option<Answer<'a>>,
    #[serde(borrow)]
    finish_reason: Option<Text<'a>>,
}

impl StreamCodec for CommandRStream {
    /// The calls have come; only their ids come with the end.
    fn abandon(&mut self, fold: &mut Fold) {
        let calls = std::mem::take(&mut self.calls);
        let calls = calls
            .iter()
            .map(|(name, parameters)| (&**name, &**parameters));
        answer::tool_calls(None, calls, fold);
    }

    fn chunk(&mut self, json: &[u8], fold: &mut Fold) -> Result<()> {
        let event: Event<'_> = json::read(json, "an event of Cohere's stream")?;
        match &*event.event_type {
            "text-generation" => self.say(event.text.unwrap_or_default(), fold),
            "citation-generation" => self.cite(event.citations, fold),
            "tool-calls-generation" => {
                fold.start();
                let calls = event.tool_calls.unwrap_or_default();
                self.calls.extend(calls.into_iter().map(|call| {
                    let parameters = call.parameters.map_or("", RawValue::get);
                    fold.hold(ITEM + call.name.len() + parameters.len());
                    (call.name.into_string(), parameters.to_owned())
                }));
            }
            "stream-end" => self.end(event, fold),
            // What they bring comes again: calls whole in their own event, the rest in the last one.
            "stream-start" | "tool-calls-chunk" | "search-queries-generation" | "search-results" => {
                fold.start();
            }
            other => fold.warn(Warning::new(
                "unknown_event",
                format!("the stream has an event of type {other:?} that this version does not know; it was passed over"),
            )),
        }
        Ok(())
    }

    fn missing(&self, fold: &Fold) -> Option<&'static str> {
        (!fold.stopped()).then_some("it has no stream-end event with a reason")
    }
}

impl CommandRStream {
    fn say(&mut self, piece: Text<'_>, fold: &mut Fold) {
        self.text.push_str(&piece);
        fold.text(0, piece);
    }

    fn cite(&mut self, citations: Option<Vec<Value>>, fold: &mut Fold) {
        for wire in citations.unwrap_or_default() {
            self.cited = true;
            citation::tell(wire, &self.text, fold);
        }
    }

    /// The last event repeats the whole answer; what no event has brought is taken from it.
    fn end(&mut self, event: Event<'_>, fold: &mut Fold) {
        let mut answer = event.response.unwrap_or_default();
        answer.finish_reason = answer.finish_reason.or(event.finish_reason);
        if let Some(text) = answer.text.take().filter(|_| self.text.is_empty()) {
            self.say(text, fold);
        }
        if !self.cited {
            self.cite(answer.citations.take(), fold);
        }
        let whole = answer.tool_calls.take().unwrap_or_default();
        let generation = answer.generation_id.as_deref();
        let asks = if self.calls.is_empty() {
            let calls = whole.iter().map(|call| {
                let parameters = call.parameters.map_or("", RawValue::get);
                (&*call.name, parameters)
            });
            answer::tool_calls(generation, calls, fold)
        } else {
            let calls = std::mem::take(&mut self.calls);
            let calls = calls
                .iter()
                .map(|(name, parameters)| (&**name, &**parameters));
            answer::tool_calls(generation, calls, fold)
        };
        answer::end(answer, asks, fold);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use reqllm_core::{FinishReason, Identity, Part, Response};
    use serde_json::json;

    fn whole(json: &str) -> Response {
        let mut fold = Fold::new(Identity::default());
        answer::read(json.as_bytes(), &mut fold).unwrap();
        fold.finish()
    }

    fn streamed(chunks: &[String]) -> (Response, Option<&'static str>) {
        let mut fold = Fold::new(Identity::default());
        let mut stream = CommandRStream::default();
        for chunk in chunks {
            stream.chunk(chunk.as_bytes(), &mut fold).unwrap();
        }
        let missing = stream.missing(&fold);
        (fold.finish(), missing)
    }

    fn end(response: &str) -> String {
        format!(
            r#"{{"is_finished":true,"event_type":"stream-end","response":{response},"finish_reason":"COMPLETE","amazon-bedrock-invocationMetrics":{{"inputTokenCount":5}}}}"#
        )
    }

    fn event(kind: &str, member: &str) -> String {
        format!(r#"{{"is_finished":false,"event_type":"{kind}",{member}}}"#)
    }

    const CITED: &str = r#"{"response_id":"r-1","generation_id":"g-1","text":"Größe: 3 m","citations":[{"start":7,"end":10,"text":"3 m","document_ids":["doc_0","doc_1"]}],"documents":[{"id":"doc_0","title":"T","snippet":"S"}],"finish_reason":"COMPLETE"}"#;

    #[test]
    fn text_with_citations_is_the_same_whole_and_streamed() {
        let whole = whole(CITED);
        let citations =
            r#""citations":[{"start":7,"end":10,"text":"3 m","document_ids":["doc_0","doc_1"]}]"#;
        let (streamed, missing) = streamed(&[
            event("text-generation", r#""text":"Größe:""#),
            event("text-generation", r#""text":" 3 m""#),
            event("citation-generation", citations),
            end(CITED),
        ]);
        assert_eq!(whole, streamed);
        assert_eq!(missing, None);
        let Part::Text(text) = &whole.message.content[0] else {
            panic!("text")
        };
        let told: Vec<_> = text
            .citations
            .iter()
            .map(|it| (it.source.as_deref(), it.start, it.end))
            .collect();
        assert_eq!(told, [(Some("doc_0"), 7, 10), (Some("doc_1"), 7, 10)]);
        assert_eq!(text.citations[0].location.as_ref().unwrap()["text"], "3 m");
        assert_eq!(whole.provider_metadata["documents"][0]["title"], "T");
        assert_eq!(whole.id, "r-1");
        assert_eq!(whole.finish_reason(), FinishReason::Stop);
    }

    const ASKS: &str = r#"{"response_id":"r-2","generation_id":"g-2","text":"I will look.","tool_calls":[{"name":"f","parameters":{"z":1,"a":2}},{"name":"g","parameters":{}}],"finish_reason":"COMPLETE"}"#;

    #[test]
    fn tool_calls_have_ids_that_the_answer_gives_them() {
        let whole = whole(ASKS);
        let calls = r#""tool_calls":[{"name":"f","parameters":{"z":1,"a":2}},{"name":"g","parameters":{}}]"#;
        let (streamed, _) = streamed(&[
            event("text-generation", r#""text":"I will look.""#),
            event(
                "tool-calls-chunk",
                r#""tool_call_delta":{"index":0,"name":"f"}"#,
            ),
            event("tool-calls-generation", calls),
            end(ASKS),
        ]);
        assert_eq!(whole, streamed);
        assert_eq!(
            serde_json::to_value(&whole.message.content).unwrap(),
            json!([
                {"type": "text", "text": "I will look."},
                {"type": "tool_call", "id": "call_g-2_0", "name": "f", "arguments": {"z": 1, "a": 2}},
                {"type": "tool_call", "id": "call_g-2_1", "name": "g", "arguments": {}},
            ])
        );
        assert_eq!(whole.finish_reason(), FinishReason::ToolCalls);
        assert_eq!(whole.raw_finish_reason.as_deref(), Some("COMPLETE"));
    }

    #[test]
    fn the_last_event_alone_is_enough() {
        for body in [CITED, ASKS] {
            let (streamed, missing) = streamed(&[end(body)]);
            assert_eq!(streamed, whole(body));
            assert_eq!(missing, None);
        }
    }

    #[test]
    fn reasons_are_known_or_kept() {
        for (raw, reason) in [
            ("MAX_TOKENS", FinishReason::Length),
            ("STOP_SEQUENCE", FinishReason::Stop),
            ("ERROR_TOXIC", FinishReason::ContentFilter),
            ("ERROR_LIMIT", FinishReason::ContextWindow),
            ("ERROR", FinishReason::Error),
            ("USER_CANCEL", FinishReason::Unknown),
        ] {
            let whole = whole(&format!(r#"{{"text":"x","finish_reason":"{raw}"}}"#));
            assert_eq!(whole.finish_reason(), reason);
            assert_eq!(whole.raw_finish_reason.as_deref(), Some(raw));
        }
    }

    #[test]
    fn a_stream_without_its_end_is_not_complete_and_odd_events_are_told() {
        let (response, missing) = streamed(&[
            event("text-generation", r#""text":"x""#),
            event("applause", r#""volume":11"#),
        ]);
        assert!(missing.is_some());
        assert_eq!(response.text(), "x");
        assert_eq!(response.warnings()[0].code, "unknown_event");
    }

    #[test]
    fn what_is_no_answer_is_an_error() {
        let mut fold = Fold::new(Identity::default());
        for body in [r#"{"message":"no"}"#, r#"{"text":7}"#, "[]", ""] {
            assert!(answer::read(body.as_bytes(), &mut fold).is_err(), "{body}");
        }
    }
}
