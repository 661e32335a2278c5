//! Images that are not what they say. Nova looks, and says so only after it has begun to answer.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;

use super::request::{ContentBlock, Media, Request, Source, ToolResultContent};
use crate::error::ApiError;
use crate::frame;
use crate::reply::Reply;

/// What is wrong with the first image that is not one of its format.
pub(super) fn wrong_image(request: &Request) -> Option<String> {
    let messages = request.messages.iter().flatten();
    let images = messages
        .flat_map(|message| &message.content)
        .flat_map(images);
    images.filter_map(mismatch).next()
}

/// Recorded: a stream answers with status 200 and an exception as its only event.
pub(super) fn refusal(message: String, streaming: bool) -> Result<Reply, ApiError> {
    let message = format!("The model returned the following errors: {message}");
    if !streaming {
        return Err(ApiError::validation(message));
    }
    let payload = json!({"message": message}).to_string();
    let exception = frame::exception("validationException", payload.as_bytes());
    Ok(Reply::events(vec![exception]))
}

fn images(block: &ContentBlock) -> Vec<&Media> {
    match block {
        ContentBlock::Image(image) => vec![image],
        ContentBlock::ToolResult(result) => result
            .content
            .iter()
            .filter_map(|content| match content {
                ToolResultContent::Image(image) => Some(image),
                _ => None,
            })
            .collect(),
        _ => Vec::new(),
    }
}

fn mismatch(image: &Media) -> Option<String> {
    let Source::Bytes(blob) = &image.source else {
        return None;
    };
    let bytes = STANDARD.decode(blob).ok()?;
    let expected = format!("image/{}", image.format);
    let detected = media_type(&bytes);
    (detected != expected).then(|| {
        format!(
            "The detected file MIME type {detected} does not match the expected type {expected}. Reformat your \
             input and try again."
        )
    })
}

/// The media type by the first bytes.
fn media_type(bytes: &[u8]) -> &'static str {
    let riff = bytes.starts_with(b"RIFF") && bytes.get(8..12) == Some(b"WEBP");
    if bytes.starts_with(b"\x89PNG\r\n\x1a\n") {
        "image/png"
    } else if bytes.starts_with(b"\xff\xd8\xff") {
        "image/jpeg"
    } else if bytes.starts_with(b"GIF87a") || bytes.starts_with(b"GIF89a") {
        "image/gif"
    } else if riff {
        "image/webp"
    } else if std::str::from_utf8(bytes).is_ok_and(|text| !text.contains('\0')) {
        "text/plain"
    } else {
        "application/octet-stream"
    }
}
