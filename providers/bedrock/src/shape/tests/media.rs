//! `data:` URLs.

use reqllm_core::{Call, ErrorKind, Part, Source, ToolContent, ToolResultPart, user};

use super::*;

fn image(media_type: &str, url: &str) -> Part {
    Part::image(media_type, Source::Url(url.into()))
}

fn source(part: &Part) -> &Source {
    match part {
        Part::Image(image) => &image.source,
        other => panic!("an image, not {other:?}"),
    }
}

#[test]
fn data_urls_become_bytes_however_they_are_written() {
    for url in [
        "data:image/png;base64,iVBORw0KGgo=",
        "DATA:image/png;BASE64,iVBORw0KGgo%3D",
        "data:image/png;base64,iVBORw0KGgo",
    ] {
        let outcome = of(CLAUDE, &Call::new([user(image("image/png", url))]));
        let bytes = Source::Data(b"\x89PNG\r\n\x1a\n".as_slice().into());
        assert_eq!(
            source(&outcome.call.messages[0].content[0]),
            &bytes,
            "{url}"
        );
        assert!(outcome.warnings.is_empty(), "{url}");
    }
}

#[test]
fn broken_and_empty_ones_are_refused() {
    for url in [
        "data:image/png;base64,!!!",
        "data:image/png;base64,",
        "data:image/png",
    ] {
        let call = Call::new([user(image("image/png", url))]);
        let error = shaped(&Model::new("bedrock", CLAUDE), &call).err().unwrap();
        assert_eq!(error.kind(), ErrorKind::InvalidRequest);
        assert!(error.message().starts_with("messages[0]: "), "{error}");
    }
}

#[test]
fn another_type_is_said() {
    let url = "data:image/jpeg;base64,iVBORw0KGgo=";
    let outcome = of(CLAUDE, &Call::new([user(image("image/png", url))]));
    assert_eq!(outcome.codes(), ["conflict"]);
}

#[test]
fn they_are_read_inside_of_tool_results_too() {
    let inner = image("image/png", "data:image/png;base64,iVBORw0KGgo=");
    let result = ToolResultPart::new("t", ToolContent::Parts(vec![inner]));
    let outcome = of(CLAUDE, &Call::new([user(vec![result.into()])]));
    let Part::ToolResult(result) = &outcome.call.messages[0].content[0] else {
        panic!("a result")
    };
    let ToolContent::Parts(parts) = &result.content else {
        panic!("parts")
    };
    assert!(matches!(source(&parts[0]), Source::Data(_)));
}
