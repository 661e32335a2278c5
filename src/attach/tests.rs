use proptest::prelude::*;

use super::*;

const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01";
const JPEG: &[u8] = b"\xff\xd8\xff\xe0\0\x10JFIF\0";
const GIF: &[u8] = b"GIF89a\x01\0\x01\0\x80\0\0";
const WEBP: &[u8] = b"RIFF\x24\0\0\0WEBPVP8 ";
const MP4: &[u8] = b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom";
const WAV: &[u8] = b"RIFF\x24\0\0\0WAVEfmt \x10\0\0\0";
const MP3: &[u8] = b"ID3\x04\0\0\0\0\0\x0f";
const PDF: &[u8] = b"%PDF-1.4\n1 0 obj\n";
const ZIP: &[u8] = b"PK\x03\x04\x14\0\0\0\x08\0abcdefghijklmnopqrstuvwxyz";
const OLE: &[u8] = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\0\0\0\0";
const RUBBISH: &[u8] = b"\0\x01\x02\x03\xfe\xff";

fn kind_and_type(part: &Part) -> (&'static str, &str) {
    let media_type = match part {
        Part::Image(media) | Part::Video(media) | Part::Audio(media) => &media.media_type,
        Part::Document(document) => &document.media_type,
        other => panic!("{other:?}"),
    };
    (part.kind(), media_type)
}

#[test]
fn content_says_what_it_is_whatever_it_is_called() {
    for (content, kind, media_type) in [
        (PNG, "image", "image/png"),
        (JPEG, "image", "image/jpeg"),
        (GIF, "image", "image/gif"),
        (WEBP, "image", "image/webp"),
        (MP4, "video", "video/mp4"),
        (WAV, "audio", "audio/x-wav"),
        (MP3, "audio", "audio/mpeg"),
        (PDF, "document", "application/pdf"),
    ] {
        for name in [
            None,
            Some("no-ending"),
            Some("wrong.txt"),
            Some("wrong.docx"),
        ] {
            let part = bytes(content, name).unwrap();
            assert_eq!(kind_and_type(&part), (kind, media_type), "{name:?}");
        }
    }
}

#[test]
fn names_say_which_text_and_which_container_it_is() {
    let docx = "application/vnd.openxmlformats-officedocument.wordprocessingml.document";
    for (content, name, media_type) in [
        (&b"# Title\n"[..], "notes.md", "text/markdown"),
        (
            b"<p align=\"center\">Logo</p>\n",
            "README.md",
            "text/markdown",
        ),
        (b"a,b\n1,2\n", "table.CSV", "text/csv"),
        (b"<!DOCTYPE html>", "page.html", "text/html"),
        (b"BMW is a make of car.", "cars", "text/plain"),
        (b"{\"a\": 1}", "data.json", "text/plain"),
        (b"fn main() {}", "main.rs", "text/plain"),
        ("Grüße\r\n".as_bytes(), "wrong.png", "text/plain"),
        (b"{\\rtf1 hi}", "letter.rtf", "application/rtf"),
        (ZIP, "letter.docx", docx),
        (OLE, "letter.doc", "application/msword"),
        (OLE, "table.xls", "application/vnd.ms-excel"),
        (RUBBISH, "sound.pcm", "audio/pcm"),
    ] {
        assert_eq!(
            kind_and_type(&bytes(content, Some(name)).unwrap()).1,
            media_type,
            "{name}"
        );
    }
}

#[test]
fn documents_are_named_after_their_files() {
    let name = |file_name| match bytes(PDF, file_name).unwrap() {
        Part::Document(document) => document.name,
        other => panic!("{other:?}"),
    };
    assert_eq!(
        name(Some("annual.report.pdf")).as_deref(),
        Some("annual.report")
    );
    assert_eq!(name(Some("report")).as_deref(), Some("report"));
    assert_eq!(name(Some(".pdf")), None);
    assert_eq!(name(None), None);
}

#[test]
fn what_is_nothing_to_a_model_is_refused() {
    for (content, name, word) in [
        (&b""[..], "empty.png", "is empty"),
        (ZIP, "things.zip", "application/zip"),
        (ZIP, "things.png", "application/zip"),
        (OLE, "things.bin", "application/x-ole-storage"),
        (RUBBISH, "things", "no kind that is known"),
    ] {
        let error = bytes(content, Some(name)).unwrap_err();
        assert!(error.message().contains(word), "{error}");
        assert!(error.message().contains(name), "{error}");
    }
}

#[test]
fn urls_are_read_or_kept() {
    let part = attach("data:text/csv,a%2Cb").unwrap();
    assert_eq!(kind_and_type(&part), ("document", "text/csv"));
    let part = attach("data:image/jpeg;base64,iVBORw0KGgoAAAANSUhEUgAAAAE=").unwrap();
    assert_eq!(
        kind_and_type(&part),
        ("image", "image/png"),
        "content comes first"
    );
    let Part::Image(image) = &part else {
        panic!("{part:?}")
    };
    assert!(matches!(&image.source, Source::Data(_)));
    for (url, kind) in [
        ("s3://bucket/some key/film.mp4", "video"),
        ("s3://bucket/a?b#c.png", "image"),
        ("https://example.com/cat.JPG?width=100#top", "image"),
        ("https://example.com/a report.pdf", "document"),
        ("https://example.com/cat.png\n", "image"),
        ("HTTPS://example.com/a%20report.pdf", "document"),
    ] {
        let part = attach(url).unwrap();
        assert_eq!(part.kind(), kind, "{url}");
        match part {
            Part::Image(media) | Part::Video(media) => {
                assert_eq!(media.source, Source::Url(url.to_owned()));
            }
            Part::Document(document) => assert_eq!(document.name.as_deref(), Some("a report")),
            other => panic!("{other:?}"),
        }
    }
    for unsaid in [
        "https://example.com/",
        "https://example.com/cat",
        "s3://bucket/key",
        "s3://bucket/a.zip",
    ] {
        let error = attach(unsaid).unwrap_err();
        assert!(
            error.message().contains("does not say what it is"),
            "{error}"
        );
    }
    assert!(
        url("ftp://example.com/a.png")
            .unwrap_err()
            .message()
            .contains("https:")
    );
}

#[test]
fn an_end_that_the_type_does_not_say_stays_in_the_name() {
    for (name, kept) in [
        ("main.py", "main.py"),
        ("main.rs", "main.rs"),
        ("notes.TXT", "notes"),
        ("table.csv", "table"),
        ("README", "README"),
    ] {
        let Part::Document(document) = bytes(&b"some text"[..], Some(name)).unwrap() else {
            panic!("text is a document");
        };
        assert_eq!(document.name.as_deref(), Some(kept));
    }
}

#[test]
fn files_are_read_and_errors_name_them() {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let part = attach(here.join("Cargo.toml").to_str().unwrap()).unwrap();
    assert_eq!(kind_and_type(&part), ("document", "text/plain"));
    for (path, word) in [
        ("src", "is no file"),
        ("no/such/file.png", "cannot be read"),
    ] {
        let error = file(here.join(path)).unwrap_err();
        assert!(error.message().contains(word), "{error}");
        assert!(error.message().contains(path), "{error}");
    }
}

proptest! {
    #[test]
    fn no_bytes_make_it_panic(
        head in prop::sample::select(vec![PNG, GIF, MP4, ZIP, OLE, PDF, b"PK\x03\x04", b""]),
        tail in prop::collection::vec(any::<u8>(), 0..200),
        name in "[a-z.]{0,8}",
    ) {
        let content = [head, &tail].concat();
        let _ = bytes(content, Some(&name));
    }

    #[test]
    fn every_text_is_a_document(content in "[^\\x00-\\x1f\\x7f]{1,200}") {
        prop_assume!(!content.starts_with("%PDF-") && !content.starts_with("{\\rtf"));
        let part = bytes(content.into_bytes(), None).unwrap();
        prop_assert_eq!(kind_and_type(&part), ("document", "text/plain"));
    }
}
