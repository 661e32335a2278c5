//! A conversation for bodies that hold nothing but text: what the system says, and what is said in turn.

use reqllm_core::{
    Call, Error, MediaPart, Message, Model, Part, Result, Role, TextPart, ToolChoice, Warning,
};

use serde::Serialize;
use serde_json::Value;

use super::marks::Marks;

/// A conversation as text.
#[derive(Debug)]
pub(super) struct Turns<'a> {
    /// All that the system says.
    pub(super) system: Option<String>,
    /// What is said, oldest first, user and assistant in turn.
    pub(super) turns: Vec<Turn<'a>>,
}

/// What one of the two says before the other does.
#[derive(Debug)]
pub(super) struct Turn<'a> {
    pub(super) speaker: Speaker,
    pub(super) text: String,
    /// Pictures, with their places in the call.
    pub(super) images: Vec<(&'a MediaPart, String)>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Speaker {
    User,
    Assistant,
}

/// Says that a family has no place for something in its native body, while Converse has.
pub(super) fn unsupported(
    model: &Model,
    call: &Call,
    what: &str,
    warnings: &mut Vec<Warning>,
) -> Result<()> {
    let what = format!("{what} in its native body (Converse may: leave out `use_converse`)");
    call.unsupported(&model.id, &what, warnings)
}

/// A body as JSON.
pub(super) fn body(body: &impl Serialize) -> Result<Value> {
    serde_json::to_value(body).map_err(|error| {
        Error::invalid_request(format!("the request cannot be written as JSON: {error}"))
    })
}

/// Refuses tools, for bodies that have no place for them.
pub(super) fn refuse_tools(model: &Model, call: &Call, warnings: &mut Vec<Warning>) -> Result<()> {
    if !call.tools.is_empty() {
        return unsupported(model, call, "tools", warnings);
    }
    match call.tool_choice {
        Some(ToolChoice::Required | ToolChoice::Tool(_)) => Err(Error::invalid_request(
            "`tool_choice` asks for a tool, and `tools` is empty",
        )),
        _ => Ok(()),
    }
}

impl<'a> Turns<'a> {
    /// The conversation of a call. Pictures are taken where `images` says so; whatever else is no text is refused, or
    /// left out with a warning if the call is lossy.
    pub(super) fn of(
        model: &Model,
        call: &'a Call,
        images: bool,
        warnings: &mut Vec<Warning>,
    ) -> Result<Self> {
        let mut system: Option<String> = None;
        let mut turns: Vec<Turn<'a>> = Vec::new();
        for (at, message) in call.messages.iter().enumerate() {
            let said = said(model, call, at, message, images, warnings)?;
            let speaker = match message.role {
                Role::System => {
                    if !turns.is_empty() {
                        warnings.push(Warning::new(
                            "system_message_moved",
                            format!("messages[{at}] is a system message inside the conversation; it went to the front"),
                        ));
                    }
                    append(system.get_or_insert_default(), &said.text);
                    continue;
                }
                Role::Assistant => Speaker::Assistant,
                _ => Speaker::User,
            };
            if said.text.trim().is_empty() && said.images.is_empty() {
                nothing(at, message, warnings)?;
                continue;
            }
            match turns.last_mut() {
                Some(last) if last.speaker == speaker => {
                    append(&mut last.text, &said.text);
                    last.images.extend(said.images);
                }
                _ => turns.push(Turn { speaker, ..said }),
            }
        }
        if !turns.iter().any(|turn| turn.speaker == Speaker::User) {
            return Err(Error::invalid_request(
                "`messages` holds no message of the user; at least one is needed",
            ));
        }
        let system = system.filter(|text| !text.is_empty());
        Ok(Self { system, turns })
    }

    /// The conversation as lines that begin with the label of who speaks, for the model to go on with: behind the label
    /// of the assistant, or behind a last turn of the assistant.
    pub(super) fn labelled(&self, user: &str, assistant: &str) -> String {
        let mut prompt = String::new();
        if let Some(system) = &self.system {
            prompt.push_str(system);
            prompt.push_str("\n\n");
        }
        for (n, turn) in self.turns.iter().enumerate() {
            if n > 0 {
                prompt.push('\n');
            }
            prompt.push_str(match turn.speaker {
                Speaker::User => user,
                Speaker::Assistant => assistant,
            });
            prompt.push(' ');
            prompt.push_str(&turn.text);
        }
        if self.turns.last().map(|turn| turn.speaker) == Some(Speaker::User) {
            prompt.push('\n');
            prompt.push_str(assistant);
        }
        prompt
    }

    /// Writes apart whatever in the texts would be read as the form around them, and says so.
    pub(super) fn guard(&mut self, marks: &Marks, warnings: &mut Vec<Warning>) {
        let mut found = Vec::new();
        let texts = self.turns.iter_mut().map(|turn| &mut turn.text);
        for text in self.system.iter_mut().chain(texts) {
            if let Some(apart) = marks.write_apart(text, &mut found) {
                *text = apart;
            }
        }
        if !found.is_empty() {
            warnings.push(Warning::new(
                "control_tokens_neutralised",
                format!(
                    "the texts of the call hold {}, which would be read as the form of the prompt; each was written with a blank inside",
                    found.join(", ")
                ),
            ));
        }
    }
}

/// Puts a text behind another that was written apart from it.
fn append(text: &mut String, more: &str) {
    if !text.is_empty() && !more.is_empty() {
        text.push_str("\n\n");
    }
    text.push_str(more);
}

/// A message of which nothing is left.
fn nothing(at: usize, message: &Message, warnings: &mut Vec<Warning>) -> Result<()> {
    let blank = |part: &Part| matches!(part, Part::Text(text) if text.text.trim().is_empty());
    if message.role != Role::Assistant && message.content.iter().all(blank) {
        return Err(Error::invalid_request(format!(
            "messages[{at}] says nothing: its content is empty or blank"
        )));
    }
    warnings.push(Warning::new(
        "empty_message_dropped",
        format!("messages[{at}] has nothing that can be said; it was left out"),
    ));
    Ok(())
}

/// What one message says; the speaker is set by whoever asks.
fn said<'a>(
    model: &Model,
    call: &Call,
    at: usize,
    message: &'a Message,
    images: bool,
    warnings: &mut Vec<Warning>,
) -> Result<Turn<'a>> {
    let mut said = Turn {
        speaker: Speaker::User,
        text: String::new(),
        images: Vec::new(),
    };
    for (n, part) in message.content.iter().enumerate() {
        if message.role == Role::System && !matches!(part, Part::Text(_)) {
            return Err(Error::invalid_request(format!(
                "messages[{at}].content[{n}] is a part of type {} in a system message; only text would do",
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
            Part::Text(text) => {
                say(&mut said.text, text, message.role, at, n, warnings);
                continue;
            }
            Part::Image(image) if images => {
                said.images.push((image, place(at, n)));
                continue;
            }
            Part::Reasoning(_) => {
                warnings.push(Warning::new(
                    "reasoning_dropped",
                    format!(
                        "{} is reasoning, which {} does not take back; it was left out",
                        place(at, n),
                        model.id
                    ),
                ));
                continue;
            }
            Part::Image(_) => "images",
            Part::Document(_) => "documents",
            Part::Video(_) => "video",
            Part::Audio(_) => "audio",
            Part::ToolCall(_) | Part::ToolResult(_) => "tool calls and results in the conversation",
            _ => "blocks of unknown kinds",
        };
        unsupported(model, call, what, warnings)?;
    }
    Ok(said)
}

/// The pieces of an answer are one text; texts of the others were written apart, and a blank line keeps them so.
fn say(
    said: &mut String,
    part: &TextPart,
    role: Role,
    at: usize,
    n: usize,
    warnings: &mut Vec<Warning>,
) {
    if !part.citations.is_empty() {
        warnings.push(Warning::new(
            "citations_dropped",
            format!(
                "{} has citations, for which a prompt has no place; the text goes without them",
                place(at, n)
            ),
        ));
    }
    if role == Role::Assistant {
        said.push_str(&part.text);
    } else if !part.text.trim().is_empty() {
        append(said, &part.text);
    }
}

fn place(at: usize, n: usize) -> String {
    format!("messages[{at}].content[{n}]")
}

#[cfg(test)]
mod tests {
    use super::*;
    use reqllm_core::{ErrorKind, Source, ToolCallPart, assistant, system, user};
    use serde_json::json;

    fn turns(call: &Call, warnings: &mut Vec<Warning>) -> Result<String> {
        let model = Model::new("bedrock", "acme.x");
        let turns = Turns::of(&model, call, false, warnings)?;
        let said: Vec<_> = turns
            .turns
            .iter()
            .map(|it| (it.speaker, &it.text))
            .collect();
        Ok(format!("{:?} {said:?}", turns.system))
    }

    #[test]
    fn neighbours_are_one_turn_and_the_system_stands_in_front() {
        let call = Call::new(vec![
            system("A."),
            user(vec![Part::text("one"), Part::text(" "), Part::text("two")]),
            user("three"),
            assistant(vec![Part::text("fo"), Part::text("ur")]),
            system("B."),
            assistant(" "),
            user("five"),
        ]);
        let mut warnings = Vec::new();
        assert_eq!(
            turns(&call, &mut warnings).unwrap(),
            r#"Some("A.\n\nB.") [(User, "one\n\ntwo\n\nthree"), (Assistant, "four"), (User, "five")]"#
        );
        let codes: Vec<_> = warnings.iter().map(|it| &*it.code).collect();
        assert_eq!(codes, ["system_message_moved", "empty_message_dropped"]);
    }

    #[test]
    fn what_is_no_text_is_refused_or_left_out_with_a_warning() {
        let image = Part::image("image/png", Source::Data("x".into()));
        let tool = Part::ToolCall(ToolCallPart::new("t", "f", json!({})));
        for (part, word) in [(image, "images"), (tool, "tool calls")] {
            let mut call = Call::new(user(vec![Part::text("look"), part]));
            let error = turns(&call, &mut Vec::new()).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Unsupported);
            assert!(error.to_string().contains(word), "{error}");
            call.lossy = true;
            let mut warnings = Vec::new();
            assert_eq!(
                turns(&call, &mut warnings).unwrap(),
                r#"None [(User, "look")]"#
            );
            assert!(warnings[0].message.contains(word), "{warnings:?}");
        }
    }

    #[test]
    fn a_conversation_without_a_word_of_the_user_is_refused() {
        for messages in [vec![system("A.")], vec![assistant("a")], vec![user("  ")]] {
            let error = turns(&Call::new(messages), &mut Vec::new()).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::InvalidRequest);
        }
    }

    #[test]
    fn a_choice_of_tools_without_tools_is_a_mistake() {
        let mut call = Call::new("hi");
        call.tool_choice = Some(ToolChoice::Required);
        let model = Model::new("bedrock", "acme.x");
        let error = refuse_tools(&model, &call, &mut Vec::new()).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidRequest);
    }
}
