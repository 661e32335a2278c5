//! A call in the Chat Completions form.

use std::borrow::Cow;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use reqllm_core::{
    Call, Error, MediaPart, Message, Model, Part, Result, Role, Source, ToolContent,
    ToolResultPart, Warning,
};
use serde::Serialize;
use serde_json::{Map, Value, json};

use super::{Quirks, tools};

/// The body. Which model it is for and whether it streams is not in it: on the roads where that is needed, whoever sends
/// the body adds it.
pub fn encode(
    quirks: &Quirks,
    model: &Model,
    call: &Call,
    warnings: &mut Vec<Warning>,
) -> Result<Map<String, Value>> {
    let mut body = Map::new();
    let mut writer = Writer {
        quirks,
        model,
        call,
        warnings,
        messages: Vec::with_capacity(call.messages.len()),
    };
    for (at, message) in call.messages.iter().enumerate() {
        writer.message(at, message)?;
    }
    if writer.messages.is_empty() {
        return Err(Error::invalid_request(
            "`messages` holds nothing that can be sent; at least one message of the user is needed",
        ));
    }
    body.insert("messages".to_owned(), to_json(&writer.messages)?);
    settings(quirks, model, call, warnings, &mut body)?;
    tools::write(quirks, model, call, warnings, &mut body)?;
    if let Some(object) = &call.object {
        let format = response_format(&object.name, object.description.as_deref(), &object.schema);
        body.insert("response_format".to_owned(), format);
    }
    Ok(body)
}

/// What is absent is left to the server.
fn settings(
    quirks: &Quirks,
    model: &Model,
    call: &Call,
    warnings: &mut Vec<Warning>,
    body: &mut Map<String, Value>,
) -> Result<()> {
    let settings = &call.settings;
    for (key, value) in [
        (quirks.max_tokens, settings.max_tokens.map(Value::from)),
        ("temperature", settings.temperature.map(Value::from)),
        ("top_p", settings.top_p.map(Value::from)),
    ] {
        if let Some(value) = value {
            body.insert(key.to_owned(), value);
        }
    }
    if settings.top_k.is_some() {
        call.unsupported(&model.id, "`top_k`", warnings)?;
    }
    if !settings.stop.is_empty() {
        if quirks.stop {
            body.insert("stop".to_owned(), settings.stop.clone().into());
        } else {
            call.unsupported(&model.id, "stop sequences in its native form", warnings)?;
        }
    }
    if let Some(seed) = settings.seed {
        if quirks.seed {
            body.insert("seed".to_owned(), seed.into());
        } else {
            call.unsupported(&model.id, "a seed", warnings)?;
        }
    }
    Ok(())
}

/// The member `response_format` that holds the model to a JSON Schema.
///
/// Source: OpenAI's API reference, "Create chat completion", `response_format` of type `json_schema`.
pub(super) fn response_format(name: &str, description: Option<&str>, schema: &Value) -> Value {
    let mut format = Map::new();
    format.insert("name".to_owned(), name.into());
    if let Some(description) = description {
        format.insert("description".to_owned(), description.into());
    }
    format.insert("schema".to_owned(), schema.clone());
    format.insert("strict".to_owned(), true.into());
    json!({ "type": "json_schema", "json_schema": format })
}

/// A message on the wire.
#[derive(Serialize)]
#[serde(tag = "role", rename_all = "lowercase")]
enum ChatMessage<'a> {
    System {
        content: String,
    },
    User {
        content: Content<'a>,
    },
    Assistant {
        /// Empty beside tool calls, as AWS's examples for Mistral have it.
        content: String,
        #[serde(skip_serializing_if = "Vec::is_empty")]
        tool_calls: Vec<tools::ToolCall<'a>>,
    },
    /// Without the tool's name, which not every server allows here.
    Tool {
        tool_call_id: &'a str,
        content: Cow<'a, str>,
    },
}

/// A string where there is nothing but text: not every server takes a list.
#[derive(Serialize)]
#[serde(untagged)]
enum Content<'a> {
    Text(String),
    Parts(Vec<ContentPart<'a>>),
}

#[derive(Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum ContentPart<'a> {
    Text { text: &'a str },
    ImageUrl { image_url: ImageUrl<'a> },
}

#[derive(Serialize)]
struct ImageUrl<'a> {
    url: Cow<'a, str>,
}

/// What stands between the texts of one message of the user or the system.
const BETWEEN_TEXTS: &str = "\n\n";

struct Writer<'a, 'w> {
    quirks: &'a Quirks,
    model: &'a Model,
    call: &'a Call,
    warnings: &'w mut Vec<Warning>,
    messages: Vec<ChatMessage<'a>>,
}

impl<'a> Writer<'a, '_> {
    fn message(&mut self, at: usize, message: &'a Message) -> Result<()> {
        for (n, part) in message.content.iter().enumerate() {
            if part.cache().is_some() {
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

    fn system(&mut self, at: usize, message: &'a Message) -> Result<()> {
        let mut texts = Vec::with_capacity(message.content.len());
        for (n, part) in message.content.iter().enumerate() {
            let Part::Text(text) = part else {
                return Err(Error::invalid_request(format!(
                    "messages[{at}].content[{n}] is a part of type {} in a system message; only text would do",
                    part.kind()
                )));
            };
            texts.push(text.text.as_str());
        }
        if !texts.is_empty() {
            let content = texts.join(BETWEEN_TEXTS);
            self.messages.push(ChatMessage::System { content });
        }
        Ok(())
    }

    /// What tools gave comes first, because it must follow the message that asked for it.
    fn user(&mut self, at: usize, message: &'a Message) -> Result<()> {
        let mut parts = Vec::with_capacity(message.content.len());
        let before = (self.messages.len(), self.warnings.len());
        for (n, part) in message.content.iter().enumerate() {
            match part {
                Part::Text(text) => parts.push(ContentPart::Text { text: &text.text }),
                Part::Image(image) if self.quirks.images => {
                    if let Some(url) = self.image(at, n, image)? {
                        let image_url = ImageUrl { url };
                        parts.push(ContentPart::ImageUrl { image_url });
                    }
                }
                Part::ToolResult(result) => self.tool_result(at, n, result)?,
                other => self.unsupported(at, n, other)?,
            }
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
        let mut content = String::new();
        let mut tool_calls = Vec::new();
        for (n, part) in message.content.iter().enumerate() {
            match part {
                Part::Text(text) => {
                    if !text.citations.is_empty() {
                        self.warn(
                            "citations_dropped",
                            &format!("messages[{at}].content[{n}] has citations, for which this form of request has no place; the text goes without them"),
                        );
                    }
                    content.push_str(&text.text);
                }
                Part::ToolCall(call) => tool_calls.push(tools::ToolCall::of(call)),
                // The form has no place for it. Inside the text the model takes it for a part of its answer.
                Part::Reasoning(_) => self.warn(
                    "reasoning_dropped",
                    &format!("messages[{at}].content[{n}] is reasoning, which {} does not take back; it was left out", self.quirks.name),
                ),
                other => self.unsupported(at, n, other)?,
            }
        }
        if content.is_empty() && tool_calls.is_empty() {
            self.warn(
                "empty_message_dropped",
                &format!("messages[{at}] of the assistant is empty and was left out"),
            );
            return Ok(());
        }
        self.messages.push(ChatMessage::Assistant {
            content,
            tool_calls,
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
        let content = match &result.content {
            ToolContent::Text(text) => Cow::Borrowed(text.as_str()),
            ToolContent::Json(value) => value.to_string().into(),
            ToolContent::Parts(parts) => {
                let mut texts = Vec::with_capacity(parts.len());
                for part in parts {
                    match part {
                        Part::Text(text) => texts.push(text.text.as_str()),
                        other => self.unsupported(at, n, other)?,
                    }
                }
                texts.join(BETWEEN_TEXTS).into()
            }
            other => {
                return Err(Error::invalid_request(format!(
                    "messages[{at}].content[{n}] holds {other:?}, which this form of request has no place for"
                )));
            }
        };
        self.messages.push(ChatMessage::Tool {
            tool_call_id: &result.id,
            content,
        });
        Ok(())
    }

    fn image(&mut self, at: usize, n: usize, image: &'a MediaPart) -> Result<Option<Cow<'a, str>>> {
        match &image.source {
            Source::Data(bytes) => Ok(Some(
                format!(
                    "data:{};base64,{}",
                    image.media_type,
                    STANDARD.encode(bytes)
                )
                .into(),
            )),
            _ => {
                let what = format!(
                    "images elsewhere than in `data` or a data: URL (messages[{at}].content[{n}])"
                );
                self.call
                    .unsupported(&self.model.id, &what, self.warnings)?;
                Ok(None)
            }
        }
    }

    /// Refuses a part, or leaves it out if the call is lossy.
    fn unsupported(&mut self, at: usize, n: usize, part: &Part) -> Result<()> {
        let what = format!(
            "parts of type {} here in its native form (messages[{at}].content[{n}])",
            part.kind()
        );
        self.call.unsupported(&self.model.id, &what, self.warnings)
    }

    fn warn(&mut self, code: &str, message: &str) {
        self.warnings.push(Warning::new(code, message));
    }
}

fn content(parts: Vec<ContentPart<'_>>) -> Content<'_> {
    let texts: Option<Vec<&str>> = parts
        .iter()
        .map(|part| match part {
            ContentPart::Text { text } => Some(*text),
            ContentPart::ImageUrl { .. } => None,
        })
        .collect();
    match texts {
        Some(texts) => Content::Text(texts.join(BETWEEN_TEXTS)),
        None => Content::Parts(parts),
    }
}

pub(super) fn to_json(value: &impl Serialize) -> Result<Value> {
    serde_json::to_value(value).map_err(|error| {
        Error::invalid_request(format!("the request cannot be written as JSON: {error}"))
    })
}
