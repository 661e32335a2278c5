//! Parts of a message as blocks of Converse.

use std::borrow::Cow;
use std::collections::HashSet;

use reqllm_core::{
    Citation, DocumentPart, Error, MediaPart, Message, Part, ReasoningPart, Result, Source,
    TextPart, ToolCallPart, ToolContent, ToolResultPart, Warning,
};
use serde_json::{Value, json};

use super::document_name::{MAX_DOCUMENT_NAME, legal_document_name};
use super::wire::{self, Block};
use crate::json::Blob;
use crate::media::{self, Formats};
use crate::profile::Profile;
use crate::redacted;

/// Turns parts into blocks, and notes what it had to leave out.
pub(super) struct Encoder<'w> {
    profile: &'w Profile,
    warnings: &'w mut Vec<Warning>,
    document_names: HashSet<String>,
}

impl<'a, 'w> Encoder<'w> {
    pub(super) fn new(profile: &'w Profile, warnings: &'w mut Vec<Warning>) -> Self {
        Self {
            profile,
            warnings,
            document_names: HashSet::new(),
        }
    }

    pub(super) fn warn(&mut self, code: &str, message: String) {
        self.warnings.push(Warning::new(code, message));
    }

    /// The blocks of a system message.
    pub(super) fn system(
        &mut self,
        at: usize,
        message: &'a Message,
        blocks: &mut Vec<Block<'a>>,
    ) -> Result<()> {
        for part in &message.content {
            let Part::Text(text) = part else {
                return Err(Error::invalid_request(format!(
                    "messages[{at}] is a system message with a part of type {}; only text would do",
                    part.kind()
                )));
            };
            blocks.push(self.text(at, text));
            blocks.extend(part.cache().map(|cache| Block::CachePoint(cache.into())));
        }
        Ok(())
    }

    /// The blocks of any other message.
    pub(super) fn content(
        &mut self,
        at: usize,
        message: &'a Message,
        blocks: &mut Vec<Block<'a>>,
    ) -> Result<()> {
        for (n, part) in message.content.iter().enumerate() {
            let place = || format!("messages[{at}].content[{n}]");
            match part {
                Part::Text(text) => blocks.push(self.text(at, text)),
                Part::Image(image) => {
                    blocks.push(guarded_image(image, media(image, &media::IMAGE, &place)?))
                }
                Part::Video(video) => {
                    blocks.push(Block::Video(media(video, &media::VIDEO, &place)?))
                }
                Part::Audio(audio) => {
                    blocks.push(Block::Audio(media(audio, &media::AUDIO, &place)?))
                }
                Part::Document(document) => {
                    blocks.push(Block::Document(self.document(document, &place)?));
                }
                Part::Reasoning(reasoning) if reasoning.cache.is_some() => {
                    return Err(Error::invalid_request(format!(
                        "{} is reasoning with a cache point, which cannot stand there; put it after the next part",
                        place()
                    )));
                }
                Part::Reasoning(reasoning) => blocks.extend(self.reasoning(reasoning)),
                Part::ToolCall(call) => blocks.push(Block::ToolUse(tool_use(call))),
                Part::ToolResult(result) => {
                    blocks.push(Block::ToolResult(self.tool_result(result, &place)?));
                }
                // A block of a native form has a `type`, and would mean nothing here.
                Part::Unknown(unknown)
                    if unknown.raw.is_object() && unknown.raw.get("type").is_none() =>
                {
                    blocks.push(Block::Raw(&unknown.raw));
                }
                other => {
                    return Err(Error::invalid_request(format!(
                        "{} is a part of type {} that Converse has no block for",
                        place(),
                        other.kind()
                    )));
                }
            }
            if part.guard().is_some() && !matches!(part, Part::Text(_) | Part::Image(_)) {
                return Err(Error::invalid_request(format!(
                    "{} has a `guard`; Converse guards text and images only",
                    place()
                )));
            }
            blocks.extend(part.cache().map(|cache| Block::CachePoint(cache.into())));
        }
        Ok(())
    }

    fn text(&mut self, at: usize, part: &'a TextPart) -> Block<'a> {
        if let Some(guard) = &part.guard {
            return Block::GuardContent(wire::GuardContent::Text(wire::GuardText {
                text: part.text.as_str().into(),
                qualifiers: &guard.qualifiers,
            }));
        }
        let foreign = |citation: &Citation| {
            let location = citation.location.as_ref();
            location.is_some_and(|location| location.get("type").is_some())
        };
        if part.citations.iter().any(foreign) {
            self.warn(
                "citations_dropped",
                format!("messages[{at}] has citations that are not in Converse's form; the text goes without them"),
            );
            return Block::Text(part.text.as_str().into());
        }
        if part.citations.is_empty() {
            return Block::Text(part.text.as_str().into());
        }
        let citations = part.citations.iter().map(|citation| wire::Citation {
            title: citation.title.as_deref(),
            source: citation.source.as_deref(),
            source_content: citation
                .text
                .as_deref()
                .map(|text| [wire::TextOnly { text: text.into() }]),
            location: citation.location.as_ref(),
        });
        Block::CitationsContent(wire::CitationsContent {
            content: [wire::TextOnly {
                text: part.text.as_str().into(),
            }],
            citations: citations.collect(),
        })
    }

    /// A thought goes back as it came. One that holds nothing is nothing.
    fn reasoning(&self, part: &'a ReasoningPart) -> Option<Block<'a>> {
        let content = match &part.redacted {
            Some(redacted) if self.profile.wrapped_redaction => {
                wire::ReasoningContent::RedactedContent(redacted::converse(redacted).into())
            }
            Some(redacted) => wire::ReasoningContent::RedactedContent(redacted.into()),
            None if part.text.is_empty() && part.signature.is_none() => return None,
            None => wire::ReasoningContent::ReasoningText(wire::ReasoningText {
                text: part.text.as_str().into(),
                signature: part.signature.as_deref().filter(|text| !text.is_empty()),
            }),
        };
        Some(Block::ReasoningContent(content))
    }

    fn document(
        &mut self,
        part: &'a DocumentPart,
        place: &dyn Fn() -> String,
    ) -> Result<wire::Document<'a>> {
        let format = media::DOCUMENT
            .of_named(&part.media_type, part.name.as_deref())
            .map_err(|why| Error::invalid_request(format!("{}: {why}", place())))?;
        Ok(wire::Document {
            format,
            name: self.document_name(part.name.as_deref(), format),
            source: source(&part.source, place)?,
            context: part.context.as_deref(),
            citations: part.citations.then_some(wire::Enabled { enabled: true }),
        })
    }

    /// A legal name that no other document of the request has. The same call gives the same names.
    fn document_name(&mut self, given: Option<&str>, format: &str) -> String {
        let legal = given.map(|name| legal_document_name(name, format));
        let legal = legal.unwrap_or_default();
        let base = match legal.as_str() {
            "" => "document".to_owned(),
            _ => legal,
        };
        let mut name = match given {
            Some(_) => base.clone(),
            None => format!("{base}-1"),
        };
        let mut number = 1;
        while !self.document_names.insert(name.clone()) {
            number += 1;
            let suffix = format!("-{number}");
            let room = MAX_DOCUMENT_NAME - suffix.len();
            name = format!("{}{suffix}", base.get(..room).unwrap_or(&base));
        }
        if let Some(given) = given.filter(|given| *given != name) {
            self.warn(
                "document_renamed",
                format!("document {given:?} goes by the name {name:?}: Bedrock takes unique names of letters, digits, single spaces, hyphens, parentheses and brackets"),
            );
        }
        name
    }

    fn tool_result(
        &mut self,
        part: &'a ToolResultPart,
        place: &dyn Fn() -> String,
    ) -> Result<wire::ToolResult<'a>> {
        let content = match &part.content {
            ToolContent::Text(text) => {
                vec![wire::ToolResultBlock::Text(filled(text).into())]
            }
            // Only objects may stand there; anything else goes as its text.
            ToolContent::Json(value @ Value::Object(_)) if !has_type_key(value) => {
                vec![wire::ToolResultBlock::Json(value)]
            }
            ToolContent::Json(value) => {
                vec![wire::ToolResultBlock::Text(value.to_string().into())]
            }
            // Some models refuse a result without content.
            ToolContent::Parts(parts) if parts.is_empty() => {
                vec![wire::ToolResultBlock::Text(filled("").into())]
            }
            ToolContent::Parts(parts) => parts
                .iter()
                .map(|part| self.tool_result_block(part, place))
                .collect::<Result<_>>()?,
            other => {
                return Err(Error::invalid_request(format!(
                    "{} holds {other:?}, which Converse has no block for",
                    place()
                )));
            }
        };
        let mut content = content;
        let status = match (part.is_error, self.profile.tool_result_status) {
            (false, _) => None,
            (true, true) => Some("error"),
            // Where there is no place for it the text says it.
            (true, false) => {
                content.insert(0, wire::ToolResultBlock::Text("The tool failed:".into()));
                None
            }
        };
        Ok(wire::ToolResult {
            tool_use_id: &part.id,
            content,
            status,
        })
    }

    fn tool_result_block(
        &mut self,
        part: &'a Part,
        place: &dyn Fn() -> String,
    ) -> Result<wire::ToolResultBlock<'a>> {
        if part.cache().is_some() || part.guard().is_some() {
            return Err(Error::invalid_request(format!(
                "{} is a tool result that holds a part with a `cache` or `guard`; a cache point goes on the tool result itself",
                place()
            )));
        }
        Ok(match part {
            Part::Text(text) => wire::ToolResultBlock::Text(filled(&text.text).into()),
            Part::Image(image) => wire::ToolResultBlock::Image(media(image, &media::IMAGE, place)?),
            Part::Video(video) => wire::ToolResultBlock::Video(media(video, &media::VIDEO, place)?),
            Part::Document(document) => {
                wire::ToolResultBlock::Document(self.document(document, place)?)
            }
            other => {
                return Err(Error::invalid_request(format!(
                    "{} is a tool result that holds a part of type {}; text, image, document and video would do",
                    place(),
                    other.kind()
                )));
            }
        })
    }
}

/// Whether there is a key `__type` somewhere. AWS's JSON readers take it for the name of a shape, and refuse the request and
/// every one after it that repeats the result (bifrost #5762).
fn has_type_key(value: &Value) -> bool {
    match value {
        Value::Object(map) => map.contains_key("__type") || map.values().any(has_type_key),
        Value::Array(values) => values.iter().any(has_type_key),
        _ => false,
    }
}

/// Some models refuse blank text in a tool result, and none minds a word.
fn filled(text: &str) -> &str {
    if text.trim().is_empty() {
        "(empty)"
    } else {
        text
    }
}

fn guarded_image<'a>(part: &MediaPart, media: wire::Media<'a>) -> Block<'a> {
    match part.guard {
        Some(_) => Block::GuardContent(wire::GuardContent::Image(media)),
        None => Block::Image(media),
    }
}

/// `input` must be an object: arguments that did not parse go back inside one.
fn tool_use(part: &ToolCallPart) -> wire::ToolUse<'_> {
    let input = match &part.arguments {
        Value::Object(_) => Cow::Borrowed(&part.arguments),
        other => Cow::Owned(json!({ "invalid_arguments": other })),
    };
    wire::ToolUse {
        tool_use_id: &part.id,
        name: &part.name,
        input,
    }
}

fn format(formats: &Formats, media_type: &str, place: &dyn Fn() -> String) -> Result<&'static str> {
    formats
        .of(media_type)
        .map_err(|why| Error::invalid_request(format!("{}: {why}", place())))
}

fn media<'a>(
    part: &'a MediaPart,
    formats: &Formats,
    place: &dyn Fn() -> String,
) -> Result<wire::Media<'a>> {
    Ok(wire::Media {
        format: format(formats, &part.media_type, place)?,
        source: source(&part.source, place)?,
    })
}

fn source<'a>(source: &'a Source, place: &dyn Fn() -> String) -> Result<wire::Source<'a>> {
    match source {
        Source::Data(bytes) => Ok(wire::Source::Bytes(Blob(bytes))),
        Source::Url(url) if media::is_s3(url) => {
            Ok(wire::Source::S3Location(wire::S3Location { uri: url }))
        }
        Source::Url(_) => Err(Error::invalid_request(format!(
            "{}: Bedrock takes `data`, or a `url` that begins with s3:// or data:",
            place()
        ))),
        _ => Err(Error::invalid_request(format!(
            "{}: Bedrock has no such source",
            place()
        ))),
    }
}
