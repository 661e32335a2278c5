//! A conversation as Command R takes it: one question, what was said before it, and what is at hand to answer it.

use reqllm_core::{
    Call, DocumentPart, Error, Message, Model, Part, Result, Role, Source, ToolCallPart,
    ToolResultPart, Warning,
};
use serde::Serialize;

use crate::families::turns::unsupported;
use crate::media;

/// Which message and which part of it.
pub(super) type Place = (usize, usize);

#[derive(Default)]
pub(super) struct Talk<'a> {
    /// What the system says.
    pub(super) preamble: Option<String>,
    /// What was said, oldest first.
    pub(super) lines: Vec<Line>,
    /// The documents of the whole conversation. The model calls them `doc_0`, `doc_1`, … in this order.
    pub(super) documents: Vec<Document<'a>>,
    /// The calls since the user spoke last.
    pub(super) calls: Vec<(&'a ToolCallPart, Place)>,
    /// What the tools gave since then.
    pub(super) results: Vec<(&'a ToolResultPart, Place)>,
    /// Where the assistant spoke beside its calls since then, and what it said.
    asides: Vec<(usize, String)>,
    last: Option<Role>,
}

/// A line of the history.
#[derive(Debug, PartialEq, Serialize)]
pub(super) struct Line {
    role: Speaker,
    message: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[serde(rename_all = "UPPERCASE")]
enum Speaker {
    User,
    Chatbot,
}

#[derive(Debug, PartialEq, Serialize)]
pub(super) struct Document<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    title: Option<&'a str>,
    snippet: String,
}

impl<'a> Talk<'a> {
    pub(super) fn of(model: &Model, call: &'a Call, warnings: &mut Vec<Warning>) -> Result<Self> {
        let mut talk = Self::default();
        for (at, message) in call.messages.iter().enumerate() {
            let text = talk.parts(model, call, at, message, warnings)?;
            match message.role {
                Role::System => {
                    if talk.last.is_some() {
                        warnings.push(Warning::new(
                            "system_message_moved",
                            format!("messages[{at}] is a system message inside the conversation; it went to the preamble"),
                        ));
                    }
                    if !text.is_empty() {
                        append(talk.preamble.get_or_insert_default(), &text);
                    }
                    continue;
                }
                Role::Assistant => talk.assistant(at, message, text),
                _ => talk.user(model, call, at, message, text, warnings)?,
            }
            talk.last = Some(message.role);
        }
        if talk.last == Some(Role::Assistant) {
            return Err(Error::invalid_request(
                "`messages` ends with the assistant; Command R answers the user or goes on with what tools gave",
            ));
        }
        for (at, _) in &talk.asides {
            warnings.push(Warning::new(
                "text_beside_tool_calls_dropped",
                format!("messages[{at}] has text beside its tool calls, for which the body has no place; it was left out"),
            ));
        }
        Ok(talk)
    }

    /// Takes out the last line of the user, which is what the model is to answer.
    pub(super) fn question(&mut self) -> Result<String> {
        let at = self
            .lines
            .iter()
            .rposition(|line| line.role == Speaker::User);
        at.map(|at| self.lines.remove(at).message).ok_or_else(|| {
            Error::invalid_request(
                "`messages` holds no message of the user; at least one is needed",
            )
        })
    }

    fn assistant(&mut self, at: usize, message: &Message, text: String) {
        if text.trim().is_empty() {
            return;
        }
        let asks = message
            .content
            .iter()
            .any(|part| matches!(part, Part::ToolCall(_)));
        if asks {
            self.asides.push((at, text));
        } else {
            self.asides_become_lines();
            self.say(Speaker::Chatbot, text);
        }
    }

    fn user(
        &mut self,
        model: &Model,
        call: &Call,
        at: usize,
        message: &Message,
        text: String,
        warnings: &mut Vec<Warning>,
    ) -> Result<()> {
        if text.is_empty() {
            let silent = |part: &Part| matches!(part, Part::Text(_) | Part::Document(_));
            if message.content.iter().all(silent) {
                return Err(Error::invalid_request(format!(
                    "messages[{at}] has no text; Command R needs a message, also beside documents"
                )));
            }
            return Ok(());
        }
        if !self.calls.is_empty() || !self.results.is_empty() {
            unsupported(
                model,
                call,
                "tool calls and results before the last message of the user",
                warnings,
            )?;
            self.calls.clear();
            self.results.clear();
        }
        self.asides_become_lines();
        self.say(Speaker::User, text);
        Ok(())
    }

    fn asides_become_lines(&mut self) {
        for (_, aside) in std::mem::take(&mut self.asides) {
            self.say(Speaker::Chatbot, aside);
        }
    }

    fn say(&mut self, role: Speaker, message: String) {
        self.lines.push(Line { role, message });
    }

    /// Sorts the parts of a message and gives its text.
    fn parts(
        &mut self,
        model: &Model,
        call: &Call,
        at: usize,
        message: &'a Message,
        warnings: &mut Vec<Warning>,
    ) -> Result<String> {
        let mut said = String::new();
        for (n, part) in message.content.iter().enumerate() {
            let place = || format!("messages[{at}].content[{n}]");
            if message.role == Role::System && !matches!(part, Part::Text(_)) {
                return Err(Error::invalid_request(format!(
                    "{} is a part of type {} in a system message; only text would do",
                    place(),
                    part.kind()
                )));
            }
            if part.cache().is_some() {
                unsupported(model, call, "cache points", warnings)?;
            }
            if part.guard().is_some() {
                unsupported(model, call, "guarded content", warnings)?;
            }
            let what = match part {
                Part::Text(text) if message.role == Role::Assistant => {
                    said.push_str(&text.text);
                    if !text.citations.is_empty() {
                        warnings.push(Warning::new(
                            "citations_dropped",
                            format!("{} has citations, for which the history has no place; the text goes without them", place()),
                        ));
                    }
                    continue;
                }
                Part::Text(text) if text.text.trim().is_empty() => continue,
                Part::Text(text) => {
                    append(&mut said, &text.text);
                    continue;
                }
                Part::ToolCall(asked) => {
                    self.calls.push((asked, (at, n)));
                    continue;
                }
                Part::ToolResult(result) => {
                    self.results.push((result, (at, n)));
                    continue;
                }
                Part::Document(part) => {
                    self.documents
                        .extend(document(model, call, part, &place, warnings)?);
                    continue;
                }
                Part::Reasoning(_) => {
                    warnings.push(Warning::new(
                        "reasoning_dropped",
                        format!(
                            "{} is reasoning, which {} does not take back; it was left out",
                            place(),
                            model.id
                        ),
                    ));
                    continue;
                }
                Part::Image(_) => "images",
                Part::Video(_) => "video",
                Part::Audio(_) => "audio",
                _ => "blocks of unknown kinds",
            };
            unsupported(model, call, what, warnings)?;
        }
        Ok(said)
    }
}

/// Texts of one message were written apart, and a blank line keeps them so.
fn append(text: &mut String, more: &str) {
    if !text.is_empty() {
        text.push_str("\n\n");
    }
    text.push_str(more);
}

/// A document, if its form is one of text.
fn document<'a>(
    model: &Model,
    call: &Call,
    part: &'a DocumentPart,
    place: &dyn Fn() -> String,
    warnings: &mut Vec<Warning>,
) -> Result<Option<Document<'a>>> {
    let format = media::DOCUMENT
        .of_named(&part.media_type, part.name.as_deref())
        .map_err(|why| Error::invalid_request(format!("{}: {why}", place())))?;
    if !matches!(format, "txt" | "csv" | "md" | "html") {
        let what = format!("{format} documents (txt, csv, md and html would do)");
        unsupported(model, call, &what, warnings)?;
        return Ok(None);
    }
    if part.context.is_some() {
        unsupported(model, call, "the context of a document", warnings)?;
    }
    let bytes = match &part.source {
        Source::Data(bytes) => bytes.to_vec(),
        Source::Url(_) => {
            return Err(Error::invalid_request(format!(
                "{}: Command R's native body takes `data` or a data: URL",
                place()
            )));
        }
        _ => {
            return Err(Error::invalid_request(format!(
                "{}: Command R has no such source",
                place()
            )));
        }
    };
    let snippet = String::from_utf8(bytes).map_err(|error| {
        Error::invalid_request(format!("{} is a text that is not UTF-8: {error}", place()))
    })?;
    Ok(Some(Document {
        title: part.name.as_deref(),
        snippet,
    }))
}
