//! Messages of a conversation.

use serde::{Deserialize, Serialize};

use crate::{Part, ReasoningPart, ToolCallPart, ToolContent, ToolResultPart};

/// Who speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Role {
    /// Instructions for the whole conversation.
    System,
    /// The user.
    User,
    /// The model.
    Assistant,
    /// A tool, with its results.
    Tool,
}

impl Role {
    /// The name in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::User => "user",
            Self::Assistant => "assistant",
            Self::Tool => "tool",
        }
    }
}

/// One message.
///
/// ```
/// use reqllm_core::{Message, user};
///
/// let message: Message = serde_json::from_str(r#"{"role": "user", "content": "hi"}"#)?;
/// assert_eq!(message, user("hi"));
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Message {
    /// Who speaks.
    pub role: Role,
    /// What is said. In JSON a plain string is one text part.
    #[serde(deserialize_with = "content")]
    pub content: Vec<Part>,
}

impl Message {
    /// A message of these parts.
    pub fn new(role: Role, content: impl IntoParts) -> Self {
        Self {
            role,
            content: content.into_parts(),
        }
    }

    /// The text parts, joined.
    pub fn text(&self) -> String {
        self.content
            .iter()
            .filter_map(|part| match part {
                Part::Text(text) => Some(text.text.as_str()),
                _ => None,
            })
            .collect()
    }

    /// The reasoning parts, in order.
    pub fn reasoning(&self) -> impl Iterator<Item = &ReasoningPart> {
        self.content.iter().filter_map(|part| match part {
            Part::Reasoning(reasoning) => Some(reasoning),
            _ => None,
        })
    }

    /// The tools that the message asks for, in order.
    pub fn tool_calls(&self) -> impl Iterator<Item = &ToolCallPart> {
        self.content.iter().filter_map(|part| match part {
            Part::ToolCall(call) => Some(call),
            _ => None,
        })
    }
}

/// Instructions for the whole conversation.
pub fn system(content: impl IntoParts) -> Message {
    Message::new(Role::System, content)
}

/// What the user says.
pub fn user(content: impl IntoParts) -> Message {
    Message::new(Role::User, content)
}

/// What the model said.
pub fn assistant(content: impl IntoParts) -> Message {
    Message::new(Role::Assistant, content)
}

/// What a tool gave for call `id`.
pub fn tool_result(id: impl Into<String>, content: impl Into<ToolContent>) -> Message {
    Message::new(
        Role::Tool,
        vec![Part::ToolResult(ToolResultPart::new(id, content))],
    )
}

/// What can be the content of a message: text, a part, or parts.
pub trait IntoParts {
    /// The parts.
    fn into_parts(self) -> Vec<Part>;
}

impl IntoParts for &str {
    fn into_parts(self) -> Vec<Part> {
        vec![Part::text(self)]
    }
}

impl IntoParts for String {
    fn into_parts(self) -> Vec<Part> {
        vec![Part::text(self)]
    }
}

impl IntoParts for &String {
    fn into_parts(self) -> Vec<Part> {
        vec![Part::text(self)]
    }
}

impl IntoParts for Part {
    fn into_parts(self) -> Vec<Part> {
        vec![self]
    }
}

impl IntoParts for Vec<Part> {
    fn into_parts(self) -> Vec<Part> {
        self
    }
}

impl<const N: usize> IntoParts for [Part; N] {
    fn into_parts(self) -> Vec<Part> {
        self.into()
    }
}

fn content<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Vec<Part>, D::Error> {
    struct Visitor;
    impl<'de> serde::de::Visitor<'de> for Visitor {
        type Value = Vec<Part>;

        fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            f.write_str("`content` as a string or as a list of parts")
        }

        fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
            Ok(vec![Part::text(text)])
        }

        fn visit_string<E>(self, text: String) -> Result<Self::Value, E> {
            Ok(vec![Part::text(text)])
        }

        fn visit_seq<A: serde::de::SeqAccess<'de>>(
            self,
            mut parts: A,
        ) -> Result<Self::Value, A::Error> {
            let mut content = Vec::with_capacity(parts.size_hint().unwrap_or(1));
            while let Some(part) = parts.next_element()? {
                content.push(part);
            }
            Ok(content)
        }
    }
    deserializer.deserialize_any(Visitor)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Cache, Source, Ttl};

    fn round_trip(json: &str) -> Message {
        let message: Message = serde_json::from_str(json).unwrap();
        let again: Message =
            serde_json::from_str(&serde_json::to_string(&message).unwrap()).unwrap();
        assert_eq!(message, again);
        message
    }

    #[test]
    fn every_part_of_the_contract_round_trips() {
        let message = round_trip(
            r#"{"role":"user","content":[
                {"type":"text","text":"look","cache":{"ttl":"1h"},"guard":{"qualifiers":["query"]}},
                {"type":"image","media_type":"image/png","data":"iVBORw==","cache":true},
                {"type":"document","media_type":"application/pdf","url":"s3://b/k","name":"Report","citations":true},
                {"type":"video","media_type":"video/mp4","url":"s3://b/v"},
                {"type":"audio","media_type":"audio/mpeg","data":"AAAA"},
                {"type":"reasoning","text":"hm","signature":"sig"},
                {"type":"reasoning","redacted":"b64"},
                {"type":"tool_call","id":"t1","name":"f","arguments":{"z":1,"a":2}},
                {"type":"tool_result","id":"t1","content":{"ok":true},"is_error":true},
                {"type":"unknown","raw":{"searchResult":{}}}]}"#,
        );
        assert_eq!(message.content.len(), 10);
        assert_eq!(
            message.content[0].cache(),
            Some(Cache::with_ttl(Ttl::OneHour))
        );
        let Part::Image(image) = &message.content[1] else {
            panic!("an image")
        };
        assert_eq!(
            image.source,
            Source::Data(bytes::Bytes::from_static(b"\x89PNG"))
        );
        let json = serde_json::to_string(&message).unwrap();
        assert!(
            json.contains(r#"{"z":1,"a":2}"#),
            "key order is kept: {json}"
        );
    }

    #[test]
    fn tool_results_take_text_json_and_parts() {
        let content = |json: &str| serde_json::from_str::<ToolContent>(json).unwrap();
        assert_eq!(content(r#""21 °C""#), ToolContent::Text("21 °C".into()));
        assert_eq!(
            content(r#"[{"type":"text","text":"x"}]"#),
            ToolContent::Parts(vec![Part::text("x")])
        );
        assert_eq!(
            content(r#"[{"type":"cat"}]"#),
            ToolContent::Json(serde_json::json!([{"type": "cat"}])),
            "data that merely has a `type` is data"
        );
        assert_eq!(content("[]"), ToolContent::Json(serde_json::json!([])));
    }

    #[test]
    fn bad_input_names_the_field() {
        let error = |json: &str| {
            serde_json::from_str::<Message>(json)
                .unwrap_err()
                .to_string()
        };
        assert!(error(r#"{"role":"usr","content":"x"}"#).contains("unknown variant `usr`"));
        assert!(
            error(r#"{"role":"user","content":[{"type":"text","text":"x","cach":true}]}"#)
                .contains("unknown field `cach`")
        );
        assert!(
            error(r#"{"role":"user","content":[{"type":"image","media_type":"image/png"}]}"#)
                .contains("needs `data` (base64) or `url`")
        );
        assert!(
            error(r#"{"role":"user","content":[{"type":"text","text":"x","cache":{"ttl":"9h"}}]}"#)
                .contains("`cache` must be")
        );
        assert!(error(r#"{"role":"user","content":7}"#).contains("`content` as a string"));
    }
}
