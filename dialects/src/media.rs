//! Formats of attachments by media type, in Bedrock's words.
//!
//! Source: the enums ImageFormat, DocumentFormat, VideoFormat and AudioFormat of the service model; the media types
//! are IANA's, with the aliases that are seen in the field.

/// A kind of attachment and its formats: Bedrock's word, and the media types that mean it.
pub struct Formats {
    kind: &'static str,
    table: &'static [(&'static str, &'static [&'static str])],
}

/// Images.
pub const IMAGE: Formats = Formats {
    kind: "image",
    table: &[
        ("png", &["image/png"]),
        ("jpeg", &["image/jpeg", "image/jpg"]),
        ("gif", &["image/gif"]),
        ("webp", &["image/webp"]),
    ],
};

/// Documents.
pub const DOCUMENT: Formats = Formats {
    kind: "document",
    table: &[
        ("pdf", &["application/pdf"]),
        ("csv", &["text/csv"]),
        ("doc", &["application/msword"]),
        (
            "docx",
            &["application/vnd.openxmlformats-officedocument.wordprocessingml.document"],
        ),
        ("xls", &["application/vnd.ms-excel"]),
        (
            "xlsx",
            &["application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"],
        ),
        ("html", &["text/html"]),
        ("txt", &["text/plain"]),
        ("md", &["text/markdown", "text/x-markdown"]),
    ],
};

/// Videos.
pub const VIDEO: Formats = Formats {
    kind: "video",
    table: &[
        ("mp4", &["video/mp4"]),
        ("mkv", &["video/x-matroska", "video/matroska"]),
        ("mov", &["video/quicktime"]),
        ("webm", &["video/webm"]),
        ("flv", &["video/x-flv"]),
        ("mpeg", &["video/mpeg"]),
        ("mpg", &["video/mpg"]),
        ("wmv", &["video/x-ms-wmv"]),
        ("three_gp", &["video/3gpp"]),
    ],
};

/// Sounds.
pub const AUDIO: Formats = Formats {
    kind: "audio",
    table: &[
        ("mp3", &["audio/mpeg", "audio/mp3"]),
        ("mpeg", &["audio/x-mpeg"]),
        ("opus", &["audio/opus"]),
        ("wav", &["audio/wav", "audio/x-wav", "audio/wave"]),
        ("aac", &["audio/aac"]),
        ("flac", &["audio/flac", "audio/x-flac"]),
        ("mp4", &["audio/mp4"]),
        ("m4a", &["audio/x-m4a", "audio/m4a"]),
        ("ogg", &["audio/ogg"]),
        ("mkv", &["audio/x-matroska"]),
        ("webm", &["audio/webm"]),
        ("pcm", &["audio/pcm"]),
    ],
};

/// Whether a URL is of S3.
pub fn is_s3(url: &str) -> bool {
    url.get(..5)
        .is_some_and(|scheme| scheme.eq_ignore_ascii_case("s3://"))
}

impl Formats {
    /// As [`Formats::of`]; where the media type says nothing, the end of the name does.
    pub fn of_named(&self, media_type: &str, name: Option<&str>) -> Result<&'static str, String> {
        let says_nothing = matches!(
            bare(media_type).as_str(),
            "" | "application/octet-stream" | "binary/octet-stream"
        );
        let end = name
            .and_then(|name| name.rsplit_once('.'))
            .map(|(_, end)| end.to_ascii_lowercase());
        match end.filter(|_| says_nothing) {
            Some(end) => self.of(&end).or_else(|_| self.of(media_type)),
            None => self.of(media_type),
        }
    }

    /// Bedrock's word for a media type; parameters such as `; charset=utf-8` do not matter. A word of Bedrock's own
    /// will do too.
    pub fn of(&self, media_type: &str) -> Result<&'static str, String> {
        let bare = bare(media_type);
        self.table
            .iter()
            .find(|(format, media_types)| *format == bare || media_types.contains(&bare.as_str()))
            .map(|(format, _)| *format)
            .ok_or_else(|| {
                let known: Vec<&str> = self.table.iter().map(|(_, types)| types[0]).collect();
                format!(
                    "`media_type` of the {} is {media_type:?}; one of these would do: {}",
                    self.kind,
                    known.join(", ")
                )
            })
    }
}

/// A media type in lower case, without parameters.
fn bare(media_type: &str) -> String {
    let bare = media_type.split(';').next().unwrap_or_default();
    bare.trim().to_ascii_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn media_types_become_formats() {
        assert_eq!(IMAGE.of("image/jpg"), Ok("jpeg"));
        assert_eq!(DOCUMENT.of("text/plain; charset=utf-8"), Ok("txt"));
        assert_eq!(VIDEO.of("three_gp"), Ok("three_gp"));
        assert_eq!(AUDIO.of("audio/MPEG"), Ok("mp3"));
        let error = DOCUMENT.of("application/zip").unwrap_err();
        assert!(error.contains("application/pdf"), "{error}");
    }

    #[test]
    fn a_name_tells_what_a_media_type_does_not() {
        let of = |media_type, name| DOCUMENT.of_named(media_type, name);
        assert_eq!(
            of("application/octet-stream", Some("Report.PDF")),
            Ok("pdf")
        );
        assert_eq!(of("application/pdf", Some("notes.txt")), Ok("pdf"));
        assert!(of("application/octet-stream", Some("report")).is_err());
        assert!(of("application/zip", Some("report.pdf")).is_err());
    }
}
