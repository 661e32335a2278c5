//! Rules of images, documents, video and audio.

use super::{Case, Verdict, messages, model_error, refuse, unsupported_block, unsupported_field};
use crate::converse::families::Media;
use crate::converse::request::{
    CitationsConfig, ContentBlock, Document, SearchResult, Source, ToolResultContent,
};

const MAX_DOCUMENTS: usize = 5;
const MAX_DOCUMENT_BYTES: usize = 4_500_000;
const MAX_IMAGE_BYTES: usize = 3_932_160;

pub(super) fn check(case: &Case<'_>) -> Verdict {
    let mut documents: Vec<&Document> = Vec::new();
    for (index, message) in messages(case.request).iter().enumerate() {
        let mut has_text = false;
        let before = documents.len();
        for (position, block) in message.content.iter().enumerate() {
            let at = format!("messages.{index}.content.{position}");
            supported(case, block)?;
            match block {
                ContentBlock::Text(_) | ContentBlock::GuardContent(_) => has_text = true,
                ContentBlock::Document(document) => {
                    citations(case, document.citations.as_ref())?;
                    document_place(case, &document.source, &at)?;
                    documents.push(document);
                }
                ContentBlock::SearchResult(SearchResult {
                    citations: asked, ..
                }) => citations(case, asked.as_ref())?,
                ContentBlock::Image(image) => {
                    image_place(case, &image.source)?;
                    image_size(&image.source)?;
                }
                ContentBlock::ToolResult(result) => {
                    for content in &result.content {
                        match content {
                            // Recorded: a document in S3 is taken here, and the model sees nothing of it.
                            ToolResultContent::Document(document) => document_rules(document)?,
                            ToolResultContent::Image(image) => {
                                image_place(case, &image.source)?;
                                image_size(&image.source)?;
                            }
                            _ => {}
                        }
                    }
                }
                _ => {}
            }
        }
        if documents.len() > before && !has_text {
            return refuse(
                "A text block must be included when using documents. Add a text block and retry your request.",
            );
        }
    }
    if documents.len() > MAX_DOCUMENTS {
        return refuse(format!(
            "The number of documents in the request exceeds the maximum of {MAX_DOCUMENTS}."
        ));
    }
    for (index, document) in documents.iter().enumerate() {
        document_rules(document)?;
        if documents
            .iter()
            .take(index)
            .any(|other| other.name == document.name)
        {
            return refuse(format!(
                "The document name {} is used more than once. Document names must be unique.",
                document.name
            ));
        }
    }
    Ok(())
}

/// Whether the model takes the kind of block at all.
fn supported(case: &Case<'_>, block: &ContentBlock) -> Verdict {
    let (kind, media) = match block {
        ContentBlock::Image(_) => ("image", Media::Image),
        ContentBlock::Document(_) => ("document", Media::Document),
        ContentBlock::Video(_) => ("video", Media::Video),
        ContentBlock::Audio(_) => ("audio", Media::Audio),
        _ => return Ok(()),
    };
    if case.family.media.contains(&media) {
        Ok(())
    } else {
        unsupported_block(kind)
    }
}

fn citations(case: &Case<'_>, asked: Option<&CitationsConfig>) -> Verdict {
    match asked {
        Some(config) if config.enabled && !case.family.citations => unsupported_field("citations"),
        _ => Ok(()),
    }
}

/// An image in S3 is refused by the service, a document by the model: both recorded.
fn image_place(case: &Case<'_>, source: &Source) -> Verdict {
    match source {
        Source::S3Location(_) if !case.family.s3 => unsupported_field("s3Uri"),
        _ => Ok(()),
    }
}

fn document_place(case: &Case<'_>, source: &Source, at: &str) -> Verdict {
    match source {
        Source::S3Location(_) if !case.family.s3 => {
            model_error(format!("{at}.document.source.type: Field required"))
        }
        _ => Ok(()),
    }
}

fn document_rules(document: &Document) -> Verdict {
    // Underscores are accepted by the real service, though its message does not say so.
    let allowed = |c: char| c.is_ascii_alphanumeric() || c.is_whitespace() || "-()[]_".contains(c);
    let name = &document.name;
    let double = name
        .chars()
        .zip(name.chars().skip(1))
        .any(|(a, b)| a.is_whitespace() && b.is_whitespace());
    if double || !name.chars().all(allowed) {
        return refuse(
            "The document file name can only contain alphanumeric characters, whitespace characters, hyphens, \
             parentheses, and square brackets. The name can't contain more than one consecutive whitespace character.",
        );
    }
    if document.format.is_none()
        && matches!(document.source, Source::Bytes(_) | Source::S3Location(_))
    {
        return refuse(
            "The format field must be set for a document with a source of bytes or s3Location.",
        );
    }
    if document
        .source
        .length()
        .is_some_and(|length| length > MAX_DOCUMENT_BYTES)
    {
        return refuse("The document file size exceeds the maximum of 4.5 MB.");
    }
    Ok(())
}

fn image_size(source: &Source) -> Verdict {
    if source
        .length()
        .is_some_and(|length| length > MAX_IMAGE_BYTES)
    {
        return refuse("The image file size exceeds the maximum of 3.75 MB.");
    }
    Ok(())
}
