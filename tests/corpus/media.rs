//! Names of things: the media types behind Converse's short format names, and JSON's own kinds.

use serde_json::Value;

/// The IANA media type of a Converse `format`, of those formats that one media type names.
pub(crate) fn media_type(kind: &str, format: &str) -> Option<&'static str> {
    Some(match (kind, format) {
        ("image", "png") => "image/png",
        ("image", "jpeg") => "image/jpeg",
        ("image", "gif") => "image/gif",
        ("image", "webp") => "image/webp",
        ("document", "pdf") => "application/pdf",
        ("document", "csv") => "text/csv",
        ("document", "doc") => "application/msword",
        ("document", "docx") => {
            "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
        }
        ("document", "xls") => "application/vnd.ms-excel",
        ("document", "xlsx") => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        ("document", "html") => "text/html",
        ("document", "txt") => "text/plain",
        ("document", "md") => "text/markdown",
        ("video", "mkv") => "video/x-matroska",
        ("video", "mov") => "video/quicktime",
        ("video", "mp4") => "video/mp4",
        ("video", "webm") => "video/webm",
        ("video", "flv") => "video/x-flv",
        ("video", "mpeg") => "video/mpeg",
        ("video", "wmv") => "video/x-ms-wmv",
        ("video", "three_gp") => "video/3gpp",
        ("audio", "mp3") => "audio/mpeg",
        ("audio", "wav") => "audio/wav",
        ("audio", "aac") => "audio/aac",
        ("audio", "flac") => "audio/flac",
        ("audio", "ogg") => "audio/ogg",
        ("audio", "opus") => "audio/opus",
        ("audio", "webm") => "audio/webm",
        ("audio", "mp4") => "audio/mp4",
        _ => return None,
    })
}

/// What kind of JSON a value is.
pub(crate) fn name_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(_) => "list",
        Value::Object(_) => "object",
    }
}
