//! Attachments: parts of a message made from files, bytes and URLs.
//!
//! What something is, its content says first and its name after that. The kind of part follows from it: an image, a video, a
//! sound, or a document; text of any kind is a document.
//!
//! ```no_run
//! use reqllm::{attach, user};
//!
//! # async fn run() -> reqllm::Result<()> {
//! let model = reqllm::model("bedrock:us.anthropic.claude-sonnet-4-5-20250929-v1:0")?;
//! let picture = attach("garden.jpg")?;
//! let report = attach("s3://my-bucket/reports/2026.pdf")?;
//! let r = model.chat(user([picture, report, "What do they have in common?".into()])).await?;
//! # Ok(())
//! # }
//! ```

mod sniff;

use std::path::Path;

use reqllm_core::{Bytes, DataUrl, DocumentPart, Error, Part, Result, Source};
use reqllm_transport::shown_url;

pub(crate) use self::sniff::{Kind, by_name, media_type};

/// A part from a path, or from a `data:`, `s3://` or `https:` URL: [`file`](file()) or [`url`](url()).
///
/// Give it nothing that a stranger wrote: it reads whatever file it names.
///
/// # Errors
///
/// As these two.
pub fn attach(what: &str) -> Result<Part> {
    match is_url(what) {
        true => url(what),
        false => file(what),
    }
}

/// A part from a file, which is read at once; that blocks.
///
/// # Errors
///
/// [`ErrorKind::InvalidRequest`](crate::ErrorKind::InvalidRequest) if it cannot be read, is empty, or is of no known kind.
pub fn file(path: impl AsRef<Path>) -> Result<Part> {
    let path = path.as_ref();
    let failed =
        |why: String| Error::invalid_request(format!("attachment {} {why}", path.display()));
    // Whatever is no file may never end, or block.
    let about = std::fs::metadata(path);
    let about = about.map_err(|error| failed(format!("cannot be read: {error}")))?;
    if !about.is_file() {
        return Err(failed("is no file".to_owned()));
    }
    let content = std::fs::read(path);
    let content = content.map_err(|error| failed(format!("cannot be read: {error}")))?;
    let name = path.file_name().map(|name| name.to_string_lossy());
    part(content.into(), name.as_deref(), None).map_err(failed)
}

/// A part from bytes. The file name helps where the content does not say what it is, and names a document.
///
/// ```
/// use reqllm::{Part, attach};
///
/// let part = attach::bytes(&b"name;age\nJohn;42\n"[..], Some("people.csv"))?;
/// let Part::Document(document) = part else { panic!("it is a document") };
/// assert_eq!(document.media_type, "text/csv");
/// assert_eq!(document.name.as_deref(), Some("people"));
/// # Ok::<(), reqllm::Error>(())
/// ```
///
/// # Errors
///
/// [`ErrorKind::InvalidRequest`](crate::ErrorKind::InvalidRequest) if there is nothing, or it is of no known kind.
pub fn bytes(content: impl Into<Bytes>, file_name: Option<&str>) -> Result<Part> {
    part(content.into(), file_name, None).map_err(|why| match file_name {
        Some(name) => Error::invalid_request(format!("attachment {name} {why}")),
        None => Error::invalid_request(format!("the attachment {why}")),
    })
}

/// A part from a URL. A `data:` URL is read here; of the others only the name is looked at, and has to say what it is.
///
/// Where a provider does not take `https:`, [`Client`](crate::Client) fetches what is there when the call is made.
///
/// # Errors
///
/// [`ErrorKind::InvalidRequest`](crate::ErrorKind::InvalidRequest) if it is no such URL or does not say what it is. Then
/// [`Part::image`] and its like, with a [`Source::Url`], say it.
pub fn url(url: &str) -> Result<Part> {
    if has_scheme(url, "data:") {
        let data = DataUrl::read(url)?;
        return part(data.bytes, None, data.media_type.as_deref())
            .map_err(|why| Error::invalid_request(format!("the data: URL {why}")));
    }
    let file_name = file_name(url)?;
    let media_type = by_name(&file_name);
    let Some((kind, media_type)) = media_type.and_then(|it| Some((Kind::of(it)?, it))) else {
        return Err(Error::invalid_request(format!(
            "the name {file_name:?} at the end of the attachment's URL does not say what it is; one that ends in .png, .pdf or the like would do"
        )));
    };
    let source = Source::Url(url.to_owned());
    Ok(make(kind, media_type, source, Some(&file_name)))
}

/// Of bytes: what they are decides. An error says what is wrong with the thing that the caller names.
fn part(content: Bytes, file_name: Option<&str>, declared: Option<&str>) -> Result<Part, String> {
    if content.is_empty() {
        return Err("is empty".to_owned());
    }
    let claims = [file_name.and_then(by_name), declared];
    let Some(media_type) = media_type(&content, &claims) else {
        return Err(
            "is of no kind that is known; an image, a document, a video or a sound would do"
                .to_owned(),
        );
    };
    let Some(kind) = Kind::of(&media_type) else {
        return Err(format!(
            "is of type {media_type}; an image, a document, a video or a sound would do"
        ));
    };
    Ok(make(kind, &media_type, Source::Data(content), file_name))
}

fn make(kind: Kind, media_type: &str, source: Source, file_name: Option<&str>) -> Part {
    match kind {
        Kind::Image => Part::image(media_type, source),
        Kind::Video => Part::video(media_type, source),
        Kind::Audio => Part::audio(media_type, source),
        Kind::Document => {
            let mut document = DocumentPart::new(media_type, source);
            // An end that does not stand for the type, such as .py, says something that the type does not.
            let stem = file_name.map(|name| match name.rsplit_once('.') {
                Some((stem, _)) if by_name(name) == Some(media_type) => stem,
                _ => name,
            });
            document.name = stem.filter(|stem| !stem.is_empty()).map(str::to_owned);
            Part::Document(document)
        }
    }
}

/// The last piece of a URL's path.
fn file_name(url: &str) -> Result<String> {
    if has_scheme(url, "s3://") {
        // A key is what it is: nothing in it is encoded, and `?` and `#` mean nothing.
        let name = url.rsplit('/').next().unwrap_or_default();
        return Ok(name.to_owned());
    }
    let scheme = url.split(':').next().unwrap_or_default();
    if !["https", "http"]
        .iter()
        .any(|it| it.eq_ignore_ascii_case(scheme))
    {
        return Err(Error::invalid_request(
            "the attachment's URL begins with something else than data:, s3:// or https:",
        ));
    }
    // That leaves the host and the path.
    let shown = shown_url(url)?;
    let path = shown.splitn(4, '/').nth(3).unwrap_or_default();
    let last = path.rsplit('/').next().unwrap_or_default();
    let name = percent_encoding::percent_decode_str(last).decode_utf8_lossy();
    Ok(name.into_owned())
}

fn is_url(what: &str) -> bool {
    ["data:", "s3://", "https://", "http://"]
        .iter()
        .any(|scheme| has_scheme(what, scheme))
}

fn has_scheme(url: &str, scheme: &str) -> bool {
    let begin = url.get(..scheme.len());
    begin.is_some_and(|begin| begin.eq_ignore_ascii_case(scheme))
}

#[cfg(test)]
mod tests;
