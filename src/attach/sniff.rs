//! What a file is: by its content, else by what is said of it.

use std::borrow::Cow;

/// A kind of part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Image,
    Document,
    Video,
    Audio,
}

impl Kind {
    /// The kind of a media type, if it has one.
    pub(crate) fn of(media_type: &str) -> Option<Self> {
        let document = || TYPES.iter().any(|(_, known)| *known == media_type);
        match media_type.split('/').next()? {
            "image" => Some(Self::Image),
            "video" => Some(Self::Video),
            "audio" => Some(Self::Audio),
            "text" => Some(Self::Document),
            _ => document().then_some(Self::Document),
        }
    }

    /// Its name, with an article.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Image => "an image",
            Self::Document => "a document",
            Self::Video => "a video",
            Self::Audio => "a sound",
        }
    }
}

/// Media types by the ends of names.
const TYPES: &[(&str, &str)] = &[
    ("png", "image/png"),
    ("jpg", "image/jpeg"),
    ("jpeg", "image/jpeg"),
    ("gif", "image/gif"),
    ("webp", "image/webp"),
    ("bmp", "image/bmp"),
    ("tif", "image/tiff"),
    ("tiff", "image/tiff"),
    ("heic", "image/heic"),
    ("avif", "image/avif"),
    ("svg", "image/svg+xml"),
    ("mp4", "video/mp4"),
    ("m4v", "video/mp4"),
    ("mov", "video/quicktime"),
    ("mkv", "video/x-matroska"),
    ("webm", "video/webm"),
    ("avi", "video/x-msvideo"),
    ("flv", "video/x-flv"),
    ("mpeg", "video/mpeg"),
    ("mpg", "video/mpeg"),
    ("wmv", "video/x-ms-wmv"),
    ("3gp", "video/3gpp"),
    ("mp3", "audio/mpeg"),
    ("wav", "audio/wav"),
    ("flac", "audio/flac"),
    ("ogg", "audio/ogg"),
    ("opus", "audio/opus"),
    ("aac", "audio/aac"),
    ("m4a", "audio/m4a"),
    ("pcm", "audio/pcm"),
    ("pdf", "application/pdf"),
    ("doc", "application/msword"),
    (
        "docx",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ),
    ("xls", "application/vnd.ms-excel"),
    (
        "xlsx",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ),
    ("ppt", "application/vnd.ms-powerpoint"),
    (
        "pptx",
        "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    ),
    ("odt", "application/vnd.oasis.opendocument.text"),
    ("ods", "application/vnd.oasis.opendocument.spreadsheet"),
    ("odp", "application/vnd.oasis.opendocument.presentation"),
    ("epub", "application/epub+zip"),
    ("rtf", "application/rtf"),
    ("txt", "text/plain"),
    ("md", "text/markdown"),
    ("markdown", "text/markdown"),
    ("csv", "text/csv"),
    ("htm", "text/html"),
    ("html", "text/html"),
];

/// The media type of a file with this content. Where the content leaves something open, the first of the `claims` that
/// fits it decides.
pub(crate) fn media_type(content: &[u8], claims: &[Option<&str>]) -> Option<Cow<'static, str>> {
    let claims = || claims.iter().copied().flatten();
    if is_text(content) {
        return Some(Cow::Borrowed(text(claims())));
    }
    let found = infer::get(content).map(|found| match found.mime_type() {
        // It takes every file of the old office formats for one of Word.
        "application/msword" => "application/x-ole-storage",
        found => found,
    });
    match found {
        // Office formats are such containers, and do not always show it in their first bytes.
        Some(container @ ("application/zip" | "application/x-ole-storage")) => {
            let office = |it: &&str| it.starts_with("application/") && Kind::of(it).is_some();
            let said = claims().find(office).map(|it| Cow::Owned(it.to_owned()));
            Some(said.unwrap_or(Cow::Borrowed(container)))
        }
        Some("video/x-m4v") => Some(Cow::Borrowed("video/mp4")),
        Some(found) => Some(Cow::Borrowed(found)),
        None => claims().next().map(|it| Cow::Owned(it.to_owned())),
    }
}

/// The media type that the end of a name stands for.
pub(crate) fn by_name(name: &str) -> Option<&'static str> {
    let (_, end) = name.rsplit_once('.')?;
    let entry = TYPES.iter().find(|(it, _)| it.eq_ignore_ascii_case(end));
    entry.map(|(_, media_type)| *media_type)
}

/// Which kind of text it is cannot be seen: Markdown may begin with a tag, and anything is plain text.
fn text<'a>(mut claims: impl Iterator<Item = &'a str>) -> &'static str {
    let known = |claim: &str| {
        let of_text = claim.starts_with("text/") || claim == "image/svg+xml";
        let mut types = TYPES.iter().map(|(_, known)| *known);
        types.find(|known| of_text && *known == claim)
    };
    claims.find_map(known).unwrap_or("text/plain")
}

/// Whether it is text for people: UTF-8 without control characters. Two formats that may look like text are not.
fn is_text(content: &[u8]) -> bool {
    let looks_like_text = |byte: &u8| !matches!(byte, 0..=8 | 11 | 14..=26 | 28..=31 | 127);
    !content.starts_with(b"%PDF-")
        && !content.starts_with(b"{\\rtf")
        && content.iter().all(looks_like_text)
        && std::str::from_utf8(content).is_ok()
}
