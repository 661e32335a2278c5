//! Messages of a request.

mod media;
mod thoughts;

use std::borrow::Cow;

use reqllm_core::{
    Cache, Call, Error, Message, Model, Part, ReasoningPart, Result, Role, ToolContent,
    ToolResultPart, Warning,
};
use serde::Serialize;
use serde_json::value::RawValue;

use self::media::{At, Audio, File};
use super::signatures::{Beside, Signatures};
use super::{Files, Quirks, SystemRole, Thoughts, tools};
use crate::json::{JsonText, LongText};

/// A message on the wire.
#[derive(Debug, Serialize)]
#[serde(tag = "role", rename_all = "lowercase")]
pub(super) enum ChatMessage<'a> {
    System {
        content: Content<'a>,
    },
    Developer {
        content: Content<'a>,
    },
    User {
        content: Content<'a>,
    },
    Assistant {
        content: Content<'a>,
        #[serde(flatten)]
        thoughts: Option<ThoughtsField<'a>>,
        #[serde(skip_serializing_if = "Vec::is_empty")]
        tool_calls: Vec<tools::ToolCall<'a>>,
        #[serde(flatten)]
        signature: Option<Beside<'a>>,
    },
    Tool {
        tool_call_id: &'a str,
        /// Not every server allows it here.
        #[serde(skip_serializing_if = "Option::is_none")]
        name: Option<&'a str>,
        content: Content<'a>,
    },
}

/// A string where there is nothing but text: not every server takes a list.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub(super) enum Content<'a> {
    Null,
    Text(LongText<'a>),
    Json(JsonText<'a>),
    Parts(Vec<ContentPart<'a>>),
}

/// A member of the assistant's message that holds what it thought.
#[derive(Debug, Serialize)]
pub(super) enum ThoughtsField<'a> {
    #[serde(rename = "reasoning_content")]
    ReasoningContent(LongText<'a>),
    #[serde(rename = "reasoning")]
    Reasoning(LongText<'a>),
    #[serde(rename = "reasoning_details")]
    Details(Vec<&'a RawValue>),
}

#[derive(Debug, Serialize)]
pub(super) struct ContentPart<'a> {
    #[serde(flatten)]
    kind: ContentKind<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cache_control: Option<CacheControl>,
}

#[derive(Debug, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum ContentKind<'a> {
    Text { text: LongText<'a> },
    Thinking { thinking: Vec<ContentPart<'a>> },
    ImageUrl { image_url: At<'a> },
    VideoUrl { video_url: At<'a> },
    InputAudio { input_audio: Audio<'a> },
    File { file: File<'a> },
}

/// A cache point, in Anthropic's form. Source: OpenRouter's documentation, "Prompt caching".
#[derive(Debug, Serialize)]
pub(super) struct CacheControl {
    #[serde(rename = "type")]
    kind: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    ttl: Option<&'static str>,
}

impl CacheControl {
    pub(super) fn of(cache: Cache) -> Self {
        Self {
            kind: "ephemeral",
            ttl: cache.ttl.map(|ttl| ttl.as_str()),
        }
    }
}

/// What stands between the texts of one message of the user or the system.
const BETWEEN_TEXTS: &str = "\n\n";

pub(super) struct Writer<'a, 'w> {
    quirks: &'w Quirks,
    model: &'w Model,
    call: &'a Call,
    warnings: &'w mut Vec<Warning>,
    pub(super) messages: Vec<ChatMessage<'a>>,
}

impl<'a, 'w> Writer<'a, 'w> {
    pub(super) fn new(
        quirks: &'w Quirks,
        model: &'w Model,
        call: &'a Call,
        warnings: &'w mut Vec<Warning>,
    ) -> Self {
        Self {
            quirks,
            model,
            call,
            warnings,
            messages: Vec::with_capacity(call.messages.len()),
        }
    }

    pub(super) fn message(&mut self, at: usize, message: &'a Message) -> Result<()> {
        for (n, part) in message.content.iter().enumerate() {
            if part.cache().is_some() && !self.quirks.cache_control {
                self.warn(
                    "cache_point_dropped",
                    &format!("messages[{at}].content[{n}] has a cache point, for which this form of request has no place; the part goes without it"),
                );
            }
        }
        match message.role {
            Role::System => self.system(at, message),
            Role::Assistant => self.assistant(at, message),
            _ => self.user(at, message),
        }
    }

    /// A part, with its cache point if there may be one.
    fn part(&self, kind: ContentKind<'a>, cache: Option<Cache>) -> ContentPart<'a> {
        ContentPart {
            kind,
            cache_control: cache
                .filter(|_| self.quirks.cache_control)
                .map(CacheControl::of),
        }
    }

    fn text(&self, text: &'a str, cache: Option<Cache>) -> ContentPart<'a> {
        let text = text.into();
        self.part(ContentKind::Text { text }, cache)
    }

    fn system(&mut self, at: usize, message: &'a Message) -> Result<()> {
        let mut parts = Vec::with_capacity(message.content.len());
        for (n, part) in message.content.iter().enumerate() {
            let Part::Text(text) = part else {
                return Err(Error::invalid_request(format!(
                    "messages[{at}].content[{n}] is a part of type {} in a system message; only text would do",
                    part.kind()
                )));
            };
            parts.push(self.text(&text.text, text.cache));
        }
        if !parts.is_empty() {
            let content = content(parts);
            self.messages.push(match self.quirks.system {
                SystemRole::Developer => ChatMessage::Developer { content },
                SystemRole::System => ChatMessage::System { content },
            });
        }
        Ok(())
    }

    /// What tools gave comes first, because it must follow the message that asked for it.
    fn user(&mut self, at: usize, message: &'a Message) -> Result<()> {
        let mut parts = Vec::with_capacity(message.content.len());
        let before = (self.messages.len(), self.warnings.len());
        for (n, part) in message.content.iter().enumerate() {
            let kind = match part {
                Part::Text(text) => {
                    parts.push(self.text(&text.text, text.cache));
                    continue;
                }
                Part::ToolResult(result) => {
                    self.tool_result(at, n, result)?;
                    continue;
                }
                Part::Image(image) if self.quirks.images => self
                    .address(at, n, image, "images")?
                    .map(|image_url| ContentKind::ImageUrl { image_url }),
                Part::Video(video) if self.quirks.video => self
                    .address(at, n, video, "video")?
                    .map(|video_url| ContentKind::VideoUrl { video_url }),
                Part::Audio(audio) if self.quirks.audio => self.audio(at, n, audio)?,
                Part::Document(document) if self.quirks.files != Files::No => {
                    if let Some(context) = &document.context {
                        parts.push(self.text(context, None));
                    }
                    self.file(at, n, document)?
                }
                other => {
                    self.unsupported(at, n, other)?;
                    None
                }
            };
            parts.extend(kind.map(|kind| self.part(kind, part.cache())));
        }
        if !parts.is_empty() {
            let content = content(parts);
            self.messages.push(ChatMessage::User { content });
        } else if before == (self.messages.len(), self.warnings.len()) {
            return Err(Error::invalid_request(format!(
                "messages[{at}] says nothing: its content is empty"
            )));
        }
        Ok(())
    }

    fn assistant(&mut self, at: usize, message: &'a Message) -> Result<()> {
        let mut text = Cow::Borrowed("");
        let mut tool_calls = Vec::new();
        let mut thoughts: Vec<&'a ReasoningPart> = Vec::new();
        let mut signatures = Signatures::default();
        let mut cache = None;
        for (n, part) in message.content.iter().enumerate() {
            cache = cache.or_else(|| part.cache());
            match part {
                Part::Text(part) => {
                    if !part.citations.is_empty() {
                        self.warn(
                            "citations_dropped",
                            &format!("messages[{at}].content[{n}] has citations, for which this form of request has no place; the text goes without them"),
                        );
                    }
                    match text.is_empty() {
                        true => text = Cow::Borrowed(&part.text),
                        false => text.to_mut().push_str(&part.text),
                    }
                }
                Part::ToolCall(call) => {
                    tool_calls.push(tools::ToolCall::of(call, signatures.of_call()));
                }
                Part::Reasoning(thought) if self.takes(thought) => {
                    match self.signature(thought) {
                        Some(signature) => signatures.take(signature),
                        None => thoughts.push(thought),
                    }
                }
                // Inside the text the model takes it for a part of its answer.
                Part::Reasoning(_) => self.warn(
                    "reasoning_dropped",
                    &format!("messages[{at}].content[{n}] is reasoning, which {} does not take back; it was left out", self.quirks.name),
                ),
                other => self.unsupported(at, n, other)?,
            }
        }
        if text.is_empty() && tool_calls.is_empty() {
            self.warn(
                "empty_message_dropped",
                &format!("messages[{at}] of the assistant is empty and was left out"),
            );
            return Ok(());
        }
        let content = if self.quirks.thoughts == Thoughts::Part && !thoughts.is_empty() {
            let mut parts = vec![self.part(
                ContentKind::Thinking {
                    thinking: self.thinking(&thoughts),
                },
                None,
            )];
            if !text.is_empty() {
                let text = text.into();
                parts.push(self.part(ContentKind::Text { text }, None));
            }
            Content::Parts(parts)
        } else if text.is_empty() && self.quirks.null_content {
            Content::Null
        } else if cache.is_some() && self.quirks.cache_control && !text.is_empty() {
            let text = text.into();
            Content::Parts(vec![self.part(ContentKind::Text { text }, cache)])
        } else {
            Content::Text(text.into())
        };
        let thoughts = self.member(&thoughts)?;
        let signature = self.signatures(at, signatures, &mut tool_calls);
        self.messages.push(ChatMessage::Assistant {
            content,
            thoughts,
            tool_calls,
            signature,
        });
        Ok(())
    }

    fn tool_result(&mut self, at: usize, n: usize, result: &'a ToolResultPart) -> Result<()> {
        if result.is_error {
            self.warn(
                "tool_error_unmarked",
                &format!("messages[{at}].content[{n}] is the result of a tool that failed; this form of request has no mark for that, so only its content says so"),
            );
        }
        let cache = result.cache.filter(|_| self.quirks.cache_control);
        let content = match (&result.content, cache) {
            (ToolContent::Json(value), None) => Content::Json(value.into()),
            (gave, None) => Content::Text(self.text_of(at, n, gave)?),
            (gave, cache) => {
                let text = self.text_of(at, n, gave)?;
                Content::Parts(vec![self.part(ContentKind::Text { text }, cache)])
            }
        };
        let name = match self.quirks.result_names {
            true => tools::called(&self.call.messages[..at], result),
            false => None,
        };
        self.messages.push(ChatMessage::Tool {
            tool_call_id: &result.id,
            name,
            content,
        });
        Ok(())
    }

    /// What a tool gave, in words.
    fn text_of(&mut self, at: usize, n: usize, gave: &'a ToolContent) -> Result<LongText<'a>> {
        Ok(match gave {
            ToolContent::Text(text) => text.as_str().into(),
            ToolContent::Json(value) => value.to_string().into(),
            ToolContent::Parts(parts) => {
                let mut texts = Vec::with_capacity(parts.len());
                for part in parts {
                    match part {
                        Part::Text(text) => texts.push(text.text.as_str()),
                        other => self.unsupported(at, n, other)?,
                    }
                }
                joined(&texts).into()
            }
            other => {
                return Err(Error::invalid_request(format!(
                    "messages[{at}].content[{n}] holds {other:?}, which this form of request has no place for"
                )));
            }
        })
    }

    /// Refuses a part, or leaves it out if the call is lossy.
    fn unsupported(&mut self, at: usize, n: usize, part: &Part) -> Result<()> {
        let what = format!(
            "parts of type {} in Chat Completions at messages[{at}].content[{n}]",
            part.kind()
        );
        self.call.unsupported(&self.model.id, &what, self.warnings)
    }

    fn warn(&mut self, code: &str, message: &str) {
        self.warnings.push(Warning::new(code, message));
    }
}

fn content(parts: Vec<ContentPart<'_>>) -> Content<'_> {
    let is_text = |part: &ContentPart<'_>| {
        matches!(part.kind, ContentKind::Text { .. }) && part.cache_control.is_none()
    };
    if !parts.iter().all(is_text) {
        return Content::Parts(parts);
    }
    let texts = parts.into_iter().filter_map(|part| match part.kind {
        ContentKind::Text { text } => Some(text.into_text()),
        _ => None,
    });
    let mut whole = Cow::Borrowed("");
    for (n, text) in texts.enumerate() {
        match n {
            0 => whole = text,
            _ => {
                let whole = whole.to_mut();
                whole.push_str(BETWEEN_TEXTS);
                whole.push_str(&text);
            }
        }
    }
    Content::Text(whole.into())
}

/// One text is not copied.
fn joined<'a>(texts: &[&'a str]) -> Cow<'a, str> {
    match texts {
        [one] => Cow::Borrowed(one),
        texts => texts.join(BETWEEN_TEXTS).into(),
    }
}
