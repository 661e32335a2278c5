//! What stands in a `data:` URL, RFC 2397.

use base64::Engine as _;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use percent_encoding::percent_decode_str;
use reqllm_core::{Bytes, Error, Result};

/// Padding is often forgotten in URLs.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

pub(super) struct Data {
    pub(super) bytes: Bytes,
    /// What it says that it is, without parameters.
    pub(super) media_type: Option<String>,
}

/// Reads one. Its content may be private: errors do not repeat it.
pub(super) fn read(url: &str) -> Result<Data> {
    let rest = url.get("data:".len()..).unwrap_or_default();
    let Some((head, body)) = rest.split_once(',') else {
        return Err(Error::invalid_request(
            "the data: URL has no comma before its content; data:image/png;base64,… would do",
        ));
    };
    let mut members = head.split(';').map(str::trim);
    let media_type = members.next().filter(|it| !it.is_empty());
    let is_base64 = members.any(|member| member.eq_ignore_ascii_case("base64"));
    let content: Vec<u8> = percent_decode_str(body).collect();
    let bytes = if is_base64 {
        let content: Vec<u8> = content
            .into_iter()
            .filter(|byte| !byte.is_ascii_whitespace())
            .collect();
        BASE64.decode(content).map_err(|error| {
            Error::invalid_request(format!(
                "the content of the data: URL is no base64: {error}"
            ))
        })?
    } else {
        content
    };
    Ok(Data {
        bytes: bytes.into(),
        media_type: media_type.map(str::to_ascii_lowercase),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_is_read() {
        for (url, media_type, content) in [
            ("data:text/plain;base64,aGk=", Some("text/plain"), "hi"),
            (
                "DATA:Text/Plain;charset=utf-8;BASE64,aGk",
                Some("text/plain"),
                "hi",
            ),
            ("data:;base64,aG%6B%3D", None, "hi"),
            ("data:,a%20b", None, "a b"),
        ] {
            let data = read(url).unwrap();
            assert_eq!(data.bytes, content, "{url}");
            assert_eq!(data.media_type.as_deref(), media_type, "{url}");
        }
        for url in ["data:image/png;base64", "data:image/png;base64,???"] {
            assert!(read(url).is_err(), "{url}");
        }
    }
}
