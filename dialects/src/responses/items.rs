//! A conversation as items: messages, thoughts, tool calls and their results, in their order.

mod media;

use std::borrow::Cow;

use reqllm_core::{
    Call, Error, Message, Model, Part, ReasoningPart, Result, Role, TextPart, ToolCallPart,
    ToolContent, ToolResultPart, Warning,
};
use serde::Serialize;
use serde_json::{Value, json};

use super::Quirks;
use crate::json::{Address, JsonText, LongText};
use crate::mark;

/// An item of `input`.
#[derive(Debug, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(super) enum Item<'a> {
    Message {
        role: &'a str,
        content: Vec<Content<'a>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        phase: Option<&'a str>,
    },
    /// Without the id that the server gave it: that names an item which the server has kept.
    FunctionCall {
        call_id: &'a str,
        name: &'a str,
        arguments: JsonText<'a>,
    },
    FunctionCallOutput {
        call_id: &'a str,
        output: Output<'a>,
    },
    Reasoning {
        id: &'a str,
        summary: Vec<Summary<'a>>,
        encrypted_content: LongText<'a>,
    },
}

#[derive(Debug, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(super) enum Content<'a> {
    InputText {
        text: LongText<'a>,
    },
    OutputText {
        text: LongText<'a>,
    },
    InputImage {
        image_url: Address<'a>,
    },
    InputFile {
        #[serde(skip_serializing_if = "Option::is_none")]
        filename: Option<Cow<'a, str>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        file_data: Option<Address<'a>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        file_url: Option<&'a str>,
    },
}

#[derive(Debug, Serialize)]
#[serde(tag = "type", rename = "summary_text")]
pub(super) struct Summary<'a> {
    text: LongText<'a>,
}

/// A string where there is nothing but text.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub(super) enum Output<'a> {
    Text(LongText<'a>),
    Json(JsonText<'a>),
    Parts(Vec<Content<'a>>),
}

/// What a conversation was written as.
pub(super) struct Written<'a> {
    pub(super) instructions: Cow<'a, str>,
    pub(super) items: Vec<Item<'a>>,
}

/// What stands between two system prompts.
const BETWEEN_TEXTS: &str = "\n\n";

pub(super) struct Writer<'a, 'w> {
    quirks: &'w Quirks,
    model: &'w Model,
    call: &'a Call,
    warnings: &'w mut Vec<Warning>,
    instructions: Cow<'a, str>,
    items: Vec<Item<'a>>,
    told_of_phase: bool,
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
            instructions: Cow::Borrowed(""),
            items: Vec::with_capacity(call.messages.len()),
            told_of_phase: false,
        }
    }

    pub(super) fn message(&mut self, at: usize, message: &'a Message) -> Result<()> {
        for (n, part) in message.content.iter().enumerate() {
            if part.cache().is_some() {
                self.warn(
                    "cache_point_dropped",
                    &format!("messages[{at}].content[{n}] has a cache point, for which this form of request has no place; the part goes without it"),
                );
            }
        }
        if message.role != Role::Assistant {
            self.end_of_turn();
        }
        match message.role {
            Role::System => self.system(at, message),
            Role::Assistant => self.assistant(at, message),
            _ => self.user(at, message),
        }
    }

    pub(super) fn end(mut self) -> Written<'a> {
        self.end_of_turn();
        Written {
            instructions: self.instructions,
            items: self.items,
        }
    }

    /// A thought behind which nothing came is refused: OpenAI's server says "was provided without its required following
    /// item".
    fn end_of_turn(&mut self) {
        let mut dropped = false;
        while let Some(Item::Reasoning { .. }) = self.items.last() {
            self.items.pop();
            dropped = true;
        }
        if dropped {
            self.warn(
                "reasoning_dropped",
                "a turn of the assistant ends with reasoning, which goes back only in front of what it led to; it was left out",
            );
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
        if texts.is_empty() {
            return Ok(());
        }
        if self.quirks.instructions && self.items.is_empty() {
            self.instruct(&texts);
            return Ok(());
        }
        let content = texts
            .into_iter()
            .map(|text| Content::InputText { text: text.into() });
        self.items.push(Item::Message {
            role: self.quirks.system.as_str(),
            content: content.collect(),
            phase: None,
        });
        Ok(())
    }

    /// One text is not copied.
    fn instruct(&mut self, texts: &[&'a str]) {
        let text = match texts {
            [one] => Cow::Borrowed(*one),
            texts => texts.join(BETWEEN_TEXTS).into(),
        };
        if self.instructions.is_empty() {
            self.instructions = text;
        } else {
            let instructions = self.instructions.to_mut();
            instructions.push_str(BETWEEN_TEXTS);
            instructions.push_str(&text);
        }
    }

    /// What tools gave comes first, because it must follow the calls.
    fn user(&mut self, at: usize, message: &'a Message) -> Result<()> {
        let mut content = Vec::with_capacity(message.content.len());
        let before = (self.items.len(), self.warnings.len());
        for (n, part) in message.content.iter().enumerate() {
            match part {
                Part::ToolResult(result) => self.tool_result(at, n, result)?,
                part => self.input(at, n, part, &mut content)?,
            }
        }
        if !content.is_empty() {
            self.items.push(Item::Message {
                role: "user",
                content,
                phase: None,
            });
        } else if before == (self.items.len(), self.warnings.len()) {
            return Err(Error::invalid_request(format!(
                "messages[{at}] says nothing: its content is empty"
            )));
        }
        Ok(())
    }

    fn assistant(&mut self, at: usize, message: &'a Message) -> Result<()> {
        let before = (self.items.len(), self.warnings.len());
        for (n, part) in message.content.iter().enumerate() {
            match part {
                Part::Text(text) => {
                    if !text.citations.is_empty() {
                        self.warn(
                            "citations_dropped",
                            &format!("messages[{at}].content[{n}] has citations, which this form takes only in answers that the server has kept; the text goes without them"),
                        );
                    }
                    self.said(text);
                }
                Part::ToolCall(call) => self.items.push(tool_call(call)),
                Part::Reasoning(thought) => self.thought(at, n, thought),
                other => self.unsupported(at, n, other)?,
            }
        }
        if before == (self.items.len(), self.warnings.len()) {
            self.warn(
                "empty_message_dropped",
                &format!("messages[{at}] of the assistant is empty and was left out"),
            );
        }
        Ok(())
    }

    /// Texts of one phase that follow each other are one message.
    fn said(&mut self, part: &'a TextPart) {
        let text = part.text.as_str();
        if text.is_empty() {
            return;
        }
        let mut said = part.phase.as_deref();
        if said.is_some() && !self.quirks.phases {
            said = None;
            if !std::mem::replace(&mut self.told_of_phase, true) {
                let warning = format!(
                    "the conversation says in which phase of an answer a text was said, which {} is not known to take back; it goes without",
                    self.quirks.name
                );
                self.warn("phase_dropped", &warning);
            }
        }
        const ROLE: &str = "assistant";
        let text = text.into();
        match self.items.last_mut() {
            Some(Item::Message {
                role: ROLE,
                content,
                phase,
            }) if *phase == said => content.push(Content::OutputText { text }),
            _ => self.items.push(Item::Message {
                role: ROLE,
                content: vec![Content::OutputText { text }],
                phase: said,
            }),
        }
    }

    /// A thought goes back under the id and the seal that its server gave it. An id alone would name an item that is not
    /// kept.
    fn thought(&mut self, at: usize, n: usize, thought: &'a ReasoningPart) {
        let signature = thought.signature.as_deref().unwrap_or_default();
        match mark::of(self.quirks.maker, signature) {
            Some((id, seal)) if !seal.is_empty() && id != mark::DETAILS => {
                let text = Some(thought.text.as_str()).filter(|text| !text.is_empty());
                let summary = text.map(|text| Summary { text: text.into() });
                self.items.push(Item::Reasoning {
                    id,
                    summary: summary.into_iter().collect(),
                    encrypted_content: seal.into(),
                });
            }
            _ => self.warn(
                "reasoning_dropped",
                &format!("messages[{at}].content[{n}] is reasoning that {} has not sealed, and it takes back no other; it was left out", self.quirks.name),
            ),
        }
    }

    fn tool_result(&mut self, at: usize, n: usize, result: &'a ToolResultPart) -> Result<()> {
        if result.is_error {
            self.warn(
                "tool_error_unmarked",
                &format!("messages[{at}].content[{n}] is the result of a tool that failed; this form of request has no mark for that, so only its content says so"),
            );
        }
        let output = match &result.content {
            ToolContent::Text(text) => Output::Text(text.as_str().into()),
            ToolContent::Json(value) => Output::Json(value.into()),
            ToolContent::Parts(parts) => {
                let mut content = Vec::with_capacity(parts.len());
                for part in parts {
                    self.input(at, n, part, &mut content)?;
                }
                match <[_; 1]>::try_from(content) {
                    Ok([Content::InputText { text }]) => Output::Text(text),
                    Ok([part]) => Output::Parts(vec![part]),
                    Err(content) => Output::Parts(content),
                }
            }
            other => {
                return Err(Error::invalid_request(format!(
                    "messages[{at}].content[{n}] holds {other:?}, which this form of request has no place for"
                )));
            }
        };
        self.items.push(Item::FunctionCallOutput {
            call_id: &result.id,
            output,
        });
        Ok(())
    }

    /// What a user may say, or a tool.
    fn input(
        &mut self,
        at: usize,
        n: usize,
        part: &'a Part,
        content: &mut Vec<Content<'a>>,
    ) -> Result<()> {
        match part {
            Part::Text(text) => content.push(Content::InputText {
                text: text.text.as_str().into(),
            }),
            Part::Image(image) => content.extend(self.image(at, n, image)?),
            Part::Document(document) => self.document(at, n, document, content)?,
            other => self.unsupported(at, n, other)?,
        }
        Ok(())
    }

    /// Refuses a part, or leaves it out if the call is lossy.
    fn unsupported(&mut self, at: usize, n: usize, part: &Part) -> Result<()> {
        self.leave_out(&format!(
            "parts of type {} here in the Responses form (messages[{at}].content[{n}])",
            part.kind()
        ))
    }

    fn leave_out(&mut self, what: &str) -> Result<()> {
        self.call.unsupported(&self.model.id, what, self.warnings)
    }

    fn warn(&mut self, code: &str, message: &str) {
        self.warnings.push(Warning::new(code, message));
    }
}

/// Servers parse the arguments and want an object: what did not parse goes back inside one.
fn tool_call(call: &ToolCallPart) -> Item<'_> {
    let arguments = match &call.arguments {
        arguments @ Value::Object(_) => arguments.into(),
        other => json!({ "invalid_arguments": other }).into(),
    };
    Item::FunctionCall {
        call_id: &call.id,
        name: &call.name,
        arguments,
    }
}
